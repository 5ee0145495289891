//! Days between their midnights, cut into open and closed pieces.

use std::iter;

use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
};

use super::{Calendar, HORIZON_DAYS};

/// A local date and the instants between which it lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    date: Date,
    begins: Timestamp,
    ends: Timestamp,
}

/// A stretch of time that is open, or closed for one reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) closed: Option<Closed>,
}

/// Why a calendar is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// A day of the week on which the calendar is never open.
    DayOff(Weekday),
    Holiday,
    OutsideHours,
}

impl Piece {
    pub(super) fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}

impl Closed {
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::OutsideHours => "outside hours",
            Self::DayOff(Weekday::Monday) => "closed on Mondays",
            Self::DayOff(Weekday::Tuesday) => "closed on Tuesdays",
            Self::DayOff(Weekday::Wednesday) => "closed on Wednesdays",
            Self::DayOff(Weekday::Thursday) => "closed on Thursdays",
            Self::DayOff(Weekday::Friday) => "closed on Fridays",
            Self::DayOff(Weekday::Saturday | Weekday::Sunday) => "weekend",
        }
    }
}

impl Calendar {
    /// The pieces of time from an instant on, without gaps.
    pub(super) fn forward(&self, at: Timestamp) -> impl Iterator<Item = Piece> + '_ {
        let days = iter::successors(self.day_at(at), |day| self.day_after(day)).take(HORIZON_DAYS);
        let pieces = days.flat_map(|day| self.pieces(&day)).filter(move |piece| piece.to > at);
        pieces.map(move |piece| Piece { from: piece.from.max(at), ..piece })
    }

    /// The pieces of time before an instant, latest first.
    pub(super) fn backward(&self, until: Timestamp) -> impl Iterator<Item = Piece> + '_ {
        let days = iter::successors(self.day_at(until), |day| self.day(day.date.yesterday().ok()?))
            .take(HORIZON_DAYS);
        let pieces = days.flat_map(|day| self.pieces(&day).into_iter().rev());
        let before = pieces.filter(move |piece| piece.from < until);
        before.map(move |piece| Piece { to: piece.to.min(until), ..piece })
    }

    /// Whether the calendar is open at some time of that date.
    pub(super) fn is_working_day(&self, date: Date) -> bool {
        self.closed_all_day(date).is_none()
            && self.day(date).is_some_and(|day| self.pieces(&day).iter().any(Piece::is_open))
    }

    /// The day an instant lies in. Where a clock goes back over midnight, the date it shows can be that of the day
    /// before or after.
    fn day_at(&self, at: Timestamp) -> Option<Day> {
        let mut day = self.day(self.zone.to_datetime(at).date())?;
        while at < day.begins {
            day = self.day(day.date.yesterday().ok()?)?;
        }
        while at >= day.ends {
            day = self.day_after(&day)?;
        }
        Some(day)
    }

    fn day(&self, date: Date) -> Option<Day> {
        Some(Day { date, begins: self.midnight(date), ends: self.midnight(date.tomorrow().ok()?) })
    }

    fn day_after(&self, day: &Day) -> Option<Day> {
        let date = day.date.tomorrow().ok()?;
        Some(Day { date, begins: day.ends, ends: self.midnight(date.tomorrow().ok()?) })
    }

    /// The first instant of a date; at either end of time, that end.
    fn midnight(&self, date: Date) -> Timestamp {
        let edge = if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.zone.to_timestamp(date.to_datetime(Time::midnight())).unwrap_or(edge)
    }

    fn closed_all_day(&self, date: Date) -> Option<Closed> {
        let weekday = date.weekday();
        if !self.days[usize::from(weekday.to_monday_zero_offset().unsigned_abs())] {
            return Some(Closed::DayOff(weekday));
        }
        self.holidays.contains(&date).then_some(Closed::Holiday)
    }

    /// A day from its begin to its end. Empty for a date that the zone skipped.
    fn pieces(&self, day: &Day) -> Vec<Piece> {
        let whole = |closed| Piece { from: day.begins, to: day.ends, closed };
        if day.begins == day.ends {
            return Vec::new();
        }
        if let Some(closed) = self.closed_all_day(day.date) {
            return vec![whole(Some(closed))];
        }
        if self.ranges.is_empty() {
            return vec![whole(None)];
        }
        let mut pieces = Vec::with_capacity(2 * self.ranges.len() + 1);
        let mut at = day.begins;
        let mut reach = |to: Timestamp, closed: Option<Closed>| {
            if to > at {
                pieces.push(Piece { from: at, to, closed });
                at = to;
            }
        };
        for range in &self.ranges {
            reach(self.within(day, Some(range.from)), Some(Closed::OutsideHours));
            reach(self.within(day, range.to), None);
        }
        reach(day.ends, Some(Closed::OutsideHours));
        pieces
    }

    /// A time of that day, cut to the day; none is its end.
    fn within(&self, day: &Day, time: Option<Time>) -> Timestamp {
        let at = time.and_then(|time| self.zone.to_timestamp(day.date.to_datetime(time)).ok());
        at.map_or(day.ends, |at| at.clamp(day.begins, day.ends))
    }
}
