//! `[hours]`, and the hours of a team where they differ.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    Calendar, Range,
    calendar::{WEEKDAYS, in_order, zone_named},
    file::sections::{Located, Section},
};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The parts of a calendar, each checked.
#[derive(Clone, Debug)]
pub(super) struct Hours {
    pub(super) zone: String,
    pub(super) days: [bool; 7],
    pub(super) ranges: Vec<Range>,
    pub(super) holidays: BTreeSet<Date>,
}

impl Hours {
    pub(super) fn calendar(&self) -> Calendar {
        Calendar::new(&self.zone, self.days, self.ranges.clone(), self.holidays.clone())
            .expect("every part of the hours was checked when it was read")
    }
}

/// The hours of the company, in its zone.
pub(super) fn company(company: &Section<'_, '_>, root: &Section<'_, '_>) -> Hours {
    let usual = Hours {
        zone: "UTC".to_owned(),
        days: WEEKDAYS,
        ranges: Vec::new(),
        holidays: BTreeSet::new(),
    };
    let table = root.section("hours");
    let hours =
        over(&table, Hours { zone: zone(company).unwrap_or_else(|| usual.zone.clone()), ..usual });
    table.close();
    hours
}

/// The hours of a team: what it does not say is as in the company.
pub(super) fn team(section: &Section<'_, '_>, company: &Hours) -> Hours {
    let mut hours = company.clone();
    if let Some(zone) = zone(section) {
        hours.zone = zone;
    }
    let inner = section.optional_section("hours");
    let twice = inner.as_ref().is_some_and(|table| table.has("holidays"));
    if let Some(table) = inner {
        hours = over(&table, hours);
        table.close();
    }
    if let Some(holidays) = section.dates("holidays") {
        if twice {
            section.refuse("holidays", section.line, "are given in hours already");
        }
        hours.holidays = values(holidays);
    }
    hours
}

fn zone(section: &Section<'_, '_>) -> Option<String> {
    section.parsed("timezone", |name| zone_named(name).map(|(_, name)| name)).map(|zone| zone.value)
}

fn over(table: &Section<'_, '_>, below: Hours) -> Hours {
    Hours {
        zone: below.zone,
        days: days(table).unwrap_or(below.days),
        ranges: ranges(table).unwrap_or(below.ranges),
        holidays: table.dates("holidays").map_or(below.holidays, values),
    }
}

fn values(dates: Vec<Located<Date>>) -> BTreeSet<Date> {
    dates.into_iter().map(|date| date.value).collect()
}

fn days(table: &Section<'_, '_>) -> Option<[bool; 7]> {
    let names = table.texts("days")?;
    if names.is_empty() {
        table.refuse(
            "days",
            table.line_of_key("days"),
            "no open hours at all: name at least one day",
        );
        return None;
    }
    let mut days = [false; 7];
    for name in &names {
        days[table.understood("days", name, day)?.value] = true;
    }
    Some(days)
}

/// The number of a day, Monday being 0.
pub(super) fn day(name: &str) -> Result<usize, String> {
    DAYS.iter()
        .position(|known| *known == name)
        .ok_or_else(|| format!("unknown day \"{name}\": the days are {}", DAYS.join(", ")))
}

fn ranges(table: &Section<'_, '_>) -> Option<Vec<Range>> {
    let texts = table.texts("ranges")?;
    let ranges =
        texts.iter().map(|text| Some(table.understood("ranges", text, Range::parse)?.value));
    let ranges: Vec<Range> = ranges.collect::<Option<_>>()?;
    match in_order(ranges) {
        Ok(ranges) => Some(ranges),
        Err(reason) => {
            table.refuse("ranges", table.line_of_key("ranges"), reason);
            None
        }
    }
}
