//! Calendars: when targets run. (SLA-04, ESC-01, D-01 to D-04, D-32)
//!
//! A calendar is a time zone, the days of the week on which it is open, the hours of those days (none given: all of
//! them), and holidays. Instants go in and instants come out. Local time exists only in here, so the zone of the
//! server never matters, and nothing is ever rounded.
//!
//! # Open time
//!
//! A target like `12h` counts the seconds that pass while the calendar is open. They are physical seconds: a day on
//! which the clocks go forward has 23 hours, and counts 23. From Friday 20:00 there are four hours left before the
//! weekend, and the other eight run on Monday, although the clocks went forward in between (vector V1):
//!
//! ```
//! use handbook::{Calendar, Target};
//!
//! let london = Calendar::weekdays("Europe/London").unwrap();
//! let friday = "2026-03-27T20:00:00Z".parse().unwrap();
//!
//! let (due, walk) = london.add(friday, &Target::parse("12h").unwrap());
//!
//! assert_eq!(due.to_string(), "2026-03-30T07:00:00Z"); // Monday 08:00 in London, British Summer Time
//! let steps: Vec<_> = walk.steps.iter().map(|step| (step.why.as_str(), step.counts_seconds / 3600)).collect();
//! assert_eq!(steps, [("counts", 4), ("weekend", 0), ("counts", 8)]);
//! ```
//!
//! A target that is used up exactly when the calendar closes is due at that closing moment, not when it next opens:
//! twelve hours from Friday noon end on Friday at 24:00. Whoever adds more time from there continues on Monday.
//!
//! # Business days
//!
//! `2 business days` is a unit of the calendar, not 48 hours: it is the same local time two working days later, also
//! when the clocks changed in between. From a moment outside the hours it starts when the calendar next opens (V7):
//!
//! ```
//! use handbook::{Calendar, Target};
//!
//! let london = Calendar::weekdays("Europe/London").unwrap();
//! let days = Target::parse("2 business days").unwrap();
//! let due = |start: &str| london.add(start.parse().unwrap(), &days).0.to_string();
//!
//! assert_eq!(due("2026-06-04T14:00:00Z"), "2026-06-08T14:00:00Z"); // Thursday 15:00 to Monday 15:00
//! assert_eq!(due("2026-06-06T10:00:00Z"), "2026-06-09T23:00:00Z"); // Saturday counts as Monday 00:00
//! ```
//!
//! # When the clocks change
//!
//! A local time that does not exist moves forward by the length of the gap, and of one that exists twice the first is
//! taken: 00:00 is the first 00:00. A day lies between its own first midnight and the next, and its hours are cut to
//! that, so no second is counted twice, and a date that was skipped altogether, like 30 December 2011 in Samoa, is no
//! working day. Within an hour that is repeated, business days follow the local clock and so step back with it; that
//! is the one place where a later start can have an earlier deadline.
//!
//! # Bounds
//!
//! A walk looks at no more than 200,000 days and then stays where it is. Targets are at most a year long, so
//! only nonsense gets there.

mod days;
mod walks;

use std::{collections::BTreeSet, fmt};

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

pub use walks::{Step, Walk};

use crate::{Amount, Target};

/// How many days any walk looks at: more than five centuries.
const HORIZON_DAYS: usize = 200_000;

pub(crate) const NANOS: i128 = 1_000_000_000;

/// A stretch of the day, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// When it opens.
    pub from: Time,
    /// When it closes; none is 24:00.
    pub to: Option<Time>,
}

/// When targets run.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    zone_name: String,
    /// Monday first.
    days: [bool; 7],
    /// In order and apart; empty is the whole day.
    ranges: Vec<Range>,
    holidays: BTreeSet<Date>,
}

impl Range {
    /// Reads `09:00-12:30`; `24:00` is the end of the day.
    ///
    /// # Errors
    ///
    /// One sentence that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bounds = text.split_once('-').map(|(from, to)| (from.trim(), to.trim()));
        let Some((from, to)) = bounds else {
            return Err(format!("\"{text}\" is not a range like \"09:00-17:00\""));
        };
        let whole_day = || format!("\"{text}\" is not a range like \"09:00-17:00\"");
        let from = time_of_day(from).ok_or_else(whole_day)?;
        let to = if to == "24:00" { None } else { Some(time_of_day(to).ok_or_else(whole_day)?) };
        match to {
            Some(to) if to <= from => Err(format!("\"{text}\" ends before it begins")),
            _ => Ok(Self { from, to }),
        }
    }
}

/// As [`Range::parse`] reads it.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: Time| time.strftime("%H:%M").to_string();
        write!(f, "{}-{}", time(self.from), self.to.map_or_else(|| "24:00".to_owned(), time))
    }
}

/// Reads `09:00`.
pub(crate) fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())
    };
    Time::new(two_digits(hour)??, two_digits(minute)??, 0, 0).ok()
}

impl Calendar {
    /// A calendar that is open on these days (Monday first) and in these ranges, but not on these dates.
    ///
    /// # Errors
    ///
    /// When the zone is unknown, ranges overlap, or it would never be open.
    pub fn new(
        zone: &str,
        days: [bool; 7],
        ranges: Vec<Range>,
        holidays: BTreeSet<Date>,
    ) -> Result<Self, String> {
        let (zone, zone_name) = zone_named(zone)?;
        if days == [false; 7] {
            return Err("no open hours at all: name at least one day".to_owned());
        }
        Ok(Self { zone, zone_name, days, ranges: in_order(ranges)?, holidays })
    }

    /// A calendar that is open around the clock from Monday to Friday. (D-01)
    ///
    /// # Errors
    ///
    /// When the zone is unknown.
    pub fn weekdays(zone: &str) -> Result<Self, String> {
        Self::new(zone, WEEKDAYS, Vec::new(), BTreeSet::new())
    }

    /// The hours of one person on the days of this calendar, in their own zone if they have one. (ROT-10)
    ///
    /// # Errors
    ///
    /// When the zone is unknown.
    pub fn of_person(&self, zone: Option<&str>, hours: Range) -> Result<Self, String> {
        let zone = zone.unwrap_or(&self.zone_name);
        Self::new(zone, self.days, vec![hours], self.holidays.clone())
    }

    /// The zone whose local time is meant.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Its IANA name.
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// The days it is open, Monday first.
    pub fn days(&self) -> [bool; 7] {
        self.days
    }

    /// The hours of an open day; empty is the whole day.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// The dates it is closed on.
    pub fn holidays(&self) -> &BTreeSet<Date> {
        &self.holidays
    }

    /// Whether targets run at this instant. The closing moment itself is closed.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.forward(at).next().is_some_and(|piece| piece.is_open())
    }

    /// The first open instant from here on: `at` itself while open.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        self.forward(at).find(days::Piece::is_open).map_or(at, |piece| piece.from)
    }

    /// The instant at which the target is used up, and how it was counted.
    pub fn add(&self, start: Timestamp, target: &Target) -> (Timestamp, Walk) {
        match target.amount {
            Amount::OpenSeconds(seconds) => {
                let due = self.after(start, seconds);
                (due, self.walk(start, due))
            }
            Amount::BusinessDays(count) => {
                let marks = self.business_days(start, count);
                (marks.last().copied().unwrap_or(start), self.walk_days(start, &marks))
            }
        }
    }

    /// The whole open seconds between two instants; zero if they are the wrong way around.
    pub fn elapsed(&self, from: Timestamp, to: Timestamp) -> i64 {
        let pieces = self.forward(from).take_while(|piece| piece.from < to);
        let open = pieces
            .filter(days::Piece::is_open)
            .map(|piece| nanos_between(piece.from, piece.to.min(to)));
        i64::try_from(open.sum::<i128>() / NANOS).unwrap_or(i64::MAX)
    }

    /// The latest instant with this much open time between it and `until`: on a boundary, the later and open one.
    pub fn back(&self, until: Timestamp, seconds: i64) -> Timestamp {
        let mut left = i128::from(seconds.max(0)) * NANOS;
        let mut at = until;
        for piece in self.backward(until) {
            if left == 0 {
                return at;
            }
            at = piece.from;
            if piece.is_open() {
                let open = nanos_between(piece.from, piece.to);
                if left <= open {
                    return earlier(piece.to, left);
                }
                left -= open;
            }
        }
        at
    }

    /// The instant at which this much open time has passed.
    fn after(&self, start: Timestamp, seconds: i64) -> Timestamp {
        let mut left = i128::from(seconds.max(0)) * NANOS;
        let mut at = start;
        for piece in self.forward(start) {
            if left == 0 {
                return at;
            }
            at = piece.to;
            if piece.is_open() {
                let open = nanos_between(piece.from, piece.to);
                if left <= open {
                    return later(piece.from, left);
                }
                left -= open;
            }
        }
        at
    }

    /// Where the count starts, and the same local time on each of the working days that follow.
    fn business_days(&self, start: Timestamp, count: u32) -> Vec<Timestamp> {
        let begin = self.next_open(start);
        let local = self.zone.to_datetime(begin);
        let same_time = |date: Date| self.zone.to_timestamp(date.to_datetime(local.time())).ok();
        let following =
            std::iter::successors(local.date().tomorrow().ok(), |date| date.tomorrow().ok());
        let working = following.take(HORIZON_DAYS).filter(|date| self.is_working_day(*date));
        let marks = working.map_while(same_time).map(|mark| self.landed(mark));
        std::iter::once(begin).chain(marks.take(count as usize)).collect()
    }

    /// A moved clock can push a local time out of the hours; then the next open instant is meant.
    fn landed(&self, at: Timestamp) -> Timestamp {
        let closes_here = || self.backward(at).next().is_some_and(|piece| piece.is_open());
        if self.is_open(at) || closes_here() { at } else { self.next_open(at) }
    }
}

/// Monday to Friday.
pub(crate) const WEEKDAYS: [bool; 7] = [true, true, true, true, true, false, false];

/// Finds a zone, and its name in the usual spelling.
pub(crate) fn zone_named(name: &str) -> Result<(TimeZone, String), String> {
    match TimeZone::get(name) {
        Ok(zone) if !zone.is_unknown() => {
            let name = zone.iana_name().unwrap_or(name).to_owned();
            Ok((zone, name))
        }
        _ => Err(format!("unknown time zone \"{name}\": use an IANA name like \"Europe/London\"")),
    }
}

/// Sorts ranges and refuses those that overlap.
pub(crate) fn in_order(mut ranges: Vec<Range>) -> Result<Vec<Range>, String> {
    ranges.sort();
    if let Some(pair) = ranges.windows(2).find(|pair| pair[0].to.is_none_or(|to| to > pair[1].from))
    {
        let (from, other) = (pair[0].from, pair[1].from);
        return Err(format!(
            "the ranges from {} and from {} overlap",
            from.strftime("%H:%M"),
            other.strftime("%H:%M")
        ));
    }
    Ok(ranges)
}

fn nanos_between(from: Timestamp, to: Timestamp) -> i128 {
    to.as_nanosecond() - from.as_nanosecond()
}

fn later(at: Timestamp, nanos: i128) -> Timestamp {
    Timestamp::from_nanosecond(at.as_nanosecond() + nanos).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, nanos: i128) -> Timestamp {
    Timestamp::from_nanosecond(at.as_nanosecond() - nanos).unwrap_or(Timestamp::MIN)
}
