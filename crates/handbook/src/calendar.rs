//! stub
use crate::Target;
use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A stretch of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    #[expect(dead_code)]
    days: [bool; 7],
    #[expect(dead_code)]
    ranges: Vec<Range>,
    #[expect(dead_code)]
    holidays: BTreeSet<Date>,
}
/// How a deadline was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// The zone.
    pub zone: String,
    /// The steps.
    pub steps: Vec<Step>,
}
/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From.
    pub from: Timestamp,
    /// To.
    pub to: Timestamp,
    /// Seconds that count.
    pub counts_seconds: i64,
    /// Why.
    pub why: String,
}
impl Calendar {
    /// A calendar.
    pub fn new(
        zone_name: &str,
        days: [bool; 7],
        ranges: Vec<Range>,
        holidays: BTreeSet<Date>,
    ) -> Result<Self, String> {
        let zone =
            TimeZone::get(zone_name).map_err(|_| format!("unknown time zone \"{zone_name}\""))?;
        Ok(Self { zone, zone_name: zone_name.to_owned(), days, ranges, holidays })
    }
    /// The zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }
    /// Its name.
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }
    /// Whether open.
    pub fn is_open(&self, _at: Timestamp) -> bool {
        true
    }
    /// Next open.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        at
    }
    /// Adds.
    pub fn add(&self, start: Timestamp, _target: &Target) -> (Timestamp, Walk) {
        (start, Walk::default())
    }
    /// Elapsed.
    pub fn elapsed(&self, from: Timestamp, to: Timestamp) -> i64 {
        to.duration_since(from).as_secs().max(0)
    }
    /// Back.
    pub fn back(&self, until: Timestamp, _seconds: i64) -> Timestamp {
        until
    }
}
