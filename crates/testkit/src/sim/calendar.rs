//! A calendar the slow way: every quarter of an hour of the whole time is looked at once, by its local date and time.
//!
//! It shares no thought with the product's own walk over days. Open time is a sum over quarters, a deadline is found
//! by searching in the sums, so that the two can only agree by both being right.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// All zones and hours in here change on a quarter of an hour.
const QUARTER: i64 = 15 * 60 * 1_000_000;

/// When somebody answers, as data.
#[derive(Clone, Debug)]
pub(super) struct Hours {
    pub(super) zone: &'static str,
    /// Monday first.
    pub(super) days: [bool; 7],
    /// In minutes of the day; none is all day.
    pub(super) ranges: &'static [(i32, i32)],
    pub(super) holidays: Vec<Date>,
}

impl Hours {
    fn is_open(&self, local: DateTime) -> bool {
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        self.is_working(local.date())
            && (self.ranges.is_empty()
                || self.ranges.iter().any(|(from, to)| (*from..*to).contains(&minute)))
    }

    fn is_working(&self, date: Date) -> bool {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.days[weekday] && !self.holidays.contains(&date)
    }
}

/// The quarters of the simulated time, counted.
#[derive(Debug)]
pub(super) struct Calendar {
    hours: Hours,
    zone: TimeZone,
    /// In microseconds.
    from: i64,
    /// How many quarters before this one are open.
    before: Vec<i64>,
}

impl Calendar {
    /// Looks at every quarter between two instants.
    pub(super) fn look(hours: Hours, from: Timestamp, to: Timestamp) -> Self {
        let zone = TimeZone::get(hours.zone).expect("the zones of the simulation exist");
        let from = from.as_microsecond().div_euclid(QUARTER) * QUARTER;
        let mut before = vec![0];
        let mut at = from;
        while at < to.as_microsecond() {
            let local = zone.to_datetime(micros(at));
            let so_far = before.last().copied().unwrap_or_default();
            before.push(so_far + i64::from(hours.is_open(local)));
            at += QUARTER;
        }
        Self { hours, zone, from, before }
    }

    fn place(&self, at: Timestamp) -> (usize, i64) {
        let since = at.as_microsecond() - self.from;
        let place = usize::try_from(since.div_euclid(QUARTER)).unwrap_or(usize::MAX);
        assert!(place + 1 < self.before.len(), "{at} lies outside of the time that was looked at");
        (place, since.rem_euclid(QUARTER))
    }

    fn start(&self, place: usize) -> i64 {
        self.from + i64::try_from(place).unwrap_or_default() * QUARTER
    }

    /// Whether somebody answers at this instant.
    pub(super) fn is_open(&self, at: Timestamp) -> bool {
        let (place, _) = self.place(at);
        self.before[place + 1] > self.before[place]
    }

    /// Open microseconds since the beginning.
    fn sum(&self, at: Timestamp) -> i64 {
        let (place, rest) = self.place(at);
        self.before[place] * QUARTER + if self.is_open(at) { rest } else { 0 }
    }

    /// The first instant by which so much open time has passed.
    pub(super) fn after(&self, from: Timestamp, seconds: i64) -> Timestamp {
        let wanted = self.sum(from) + seconds * 1_000_000;
        let end = self.before.partition_point(|count| count * QUARTER < wanted);
        assert!(end < self.before.len(), "a deadline lies outside of the time looked at");
        micros(self.start(end - 1) + wanted - self.before[end - 1] * QUARTER)
    }

    /// The last instant from which there is so much open time left.
    pub(super) fn back(&self, until: Timestamp, seconds: i64) -> Timestamp {
        let wanted = self.sum(until) - seconds * 1_000_000;
        let place = self.before.partition_point(|count| count * QUARTER <= wanted) - 1;
        micros(self.start(place) + wanted - self.before[place] * QUARTER)
    }

    /// This instant, or the next at which somebody answers.
    pub(super) fn next_open(&self, at: Timestamp) -> Timestamp {
        if self.is_open(at) {
            return at;
        }
        let (place, _) = self.place(at);
        let end = self.before.partition_point(|count| *count <= self.before[place]);
        assert!(end < self.before.len(), "nobody answers any more in the time looked at");
        micros(self.start(end - 1))
    }

    /// The same local time so many working days later.
    pub(super) fn days_after(&self, from: Timestamp, days: u32) -> Timestamp {
        let begin = self.next_open(from);
        let local = self.zone.to_datetime(begin);
        let mut date = local.date();
        let mut left = days;
        while left > 0 {
            date = date.tomorrow().expect("the simulation ends before time does");
            left -= u32::from(self.hours.is_working(date));
        }
        let at = self.zone.to_timestamp(date.to_datetime(local.time()));
        let at = at.expect("the simulation ends before time does");
        let (place, rest) = self.place(at);
        let closes = rest == 0 && place > 0 && self.before[place] > self.before[place - 1];
        if closes { at } else { self.next_open(at) }
    }
}

pub(super) fn micros(at: i64) -> Timestamp {
    Timestamp::from_microsecond(at).expect("the simulation ends before time does")
}
