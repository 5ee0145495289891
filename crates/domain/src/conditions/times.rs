//! Instants in conditions: fixed ones, days, and so long ago.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::{Asker, Op};

/// An instant of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    /// When it was opened.
    Created,
    /// When it last changed.
    Updated,
    /// Since when it is solved.
    Solved,
    /// When an answer is due.
    Due,
    /// Since when it has its status.
    InStatus,
    /// Since when whoever has it has it.
    Assigned,
}

/// An instant, or a stretch of time, that another one is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// There is none.
    Never,
    /// This second.
    At(Timestamp),
    /// This day, where the asker is.
    Day(Date),
    /// So long before now.
    Ago(i64, Unit),
    /// So long after now.
    In(i64, Unit),
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 60 seconds.
    Minutes,
    /// 60 minutes.
    Hours,
    /// A day of the calendar.
    Days,
    /// Seven days.
    Weeks,
    /// A month of the calendar.
    Months,
    /// A year of the calendar.
    Years,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Minutes, Self::Hours, Self::Days, Self::Weeks, Self::Months, Self::Years];

    /// The word of the query language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Months => "months",
            Self::Years => "years",
        }
    }
}

/// Which instants are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// No instant at all, but that there is none.
    Missing,
    /// From one on, and before another.
    Within(Option<Timestamp>, Option<Timestamp>),
    /// Nothing fits.
    Nowhere,
}

impl Span {
    /// The instants that stand so to this.
    pub fn of(op: Op, when: When, asker: &Asker) -> Self {
        let Some((from, until)) = when.stretch(asker) else {
            return if op == Op::Is { Self::Missing } else { Self::Nowhere };
        };
        match op {
            Op::Is => Self::Within(Some(from), Some(until)),
            Op::Less => Self::Within(None, Some(from)),
            Op::LessOrIs => Self::Within(None, Some(until)),
            Op::Greater => Self::Within(Some(until), None),
            Op::GreaterOrIs => Self::Within(Some(from), None),
        }
    }

    /// Whether an instant, or that there is none, is meant.
    pub fn holds(self, at: Option<Timestamp>) -> bool {
        match (self, at) {
            (Self::Missing, at) => at.is_none(),
            (Self::Within(from, until), Some(at)) => {
                from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until)
            }
            (Self::Within(..), None) | (Self::Nowhere, _) => false,
        }
    }
}

impl When {
    /// Its first instant and the first behind it.
    fn stretch(self, asker: &Asker) -> Option<(Timestamp, Timestamp)> {
        let start_of = |date: Date| {
            date.to_zoned_datetime(asker.zone.clone())
                .map_or(Timestamp::MAX, |start| start.timestamp())
        };
        Some(match self {
            Self::Never => return None,
            Self::At(at) => (at, at.saturating_add(1.second()).unwrap_or(Timestamp::MAX)),
            Self::Day(date) => (start_of(date), date.tomorrow().map_or(Timestamp::MAX, start_of)),
            Self::Ago(count, unit) => {
                let at = moved(asker, count.saturating_neg(), unit);
                (at, at)
            }
            Self::In(count, unit) => {
                let at = moved(asker, count, unit);
                (at, at)
            }
        })
    }
}

/// So many units from now, as far as the calendar goes.
fn moved(asker: &Asker, count: i64, unit: Unit) -> Timestamp {
    unit.later(asker.now, count, &asker.zone)
}

impl Unit {
    /// So many units after an instant, as far as the calendar goes.
    pub(crate) fn later(self, from: Timestamp, count: i64, zone: &jiff::tz::TimeZone) -> Timestamp {
        let edge = if count < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let span = jiff::Span::new();
        let span = match self {
            Unit::Minutes => span.try_minutes(count),
            Unit::Hours => span.try_hours(count),
            Unit::Days => span.try_days(count),
            Unit::Weeks => span.try_weeks(count),
            Unit::Months => span.try_months(count),
            Unit::Years => span.try_years(count),
        };
        let zoned = from.to_zoned_datetime(zone.clone());
        span.and_then(|span| zoned.checked_add(span)).map_or(edge, |at| at.timestamp())
    }
}
