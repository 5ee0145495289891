//! How instants and spans are written.
//!
//! A promise is absolute: weekday, day, month, 24-hour time, in a zone that is named. The past is as short as it can be
//! without doubt. A span has two units and is rounded down, so that nothing is ever claimed that is not yet so.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::reader::Reader;
use crate::words::{Text, Words};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Abbreviations that mean one zone to nearly every reader. CST and IST mean several, and are not here.
const CLEAR_ABBREVIATIONS: &[&str] = &[
    "UTC", "GMT", "BST", "WET", "WEST", "CET", "CEST", "EET", "EEST", "EST", "EDT", "MST", "MDT",
    "PST", "PDT", "AKST", "AKDT", "HST", "AEST", "AEDT", "ACST", "ACDT", "AWST", "NZST", "NZDT",
    "JST", "KST", "SAST",
];

/// A promise: "Mon 8 Jun, 08:00", with the year only if it is another than now's.
pub fn promise(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()));
    let pattern = if at.year() == now.year() { Text::DayAndTime } else { Text::DayYearAndTime };
    written(words, pattern, &at)
}

/// A promise to a reader whose zone is known: "Mon 8 Jun, 08:00 your time (BST)".
pub fn promise_to_reader(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let when = promise(words, at, zone, now);
    words.fill(Text::YourTime, &[("when", &when), ("zone", &zone_name(at, zone))])
}

/// A promise to a reader whose zone is not known: "Mon 8 Jun, 08:00 London time (BST)".
pub fn promise_in_place(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let when = promise(words, at, zone, now);
    let name = zone_name(at, zone);
    match zone.iana_name().and_then(|name| name.rsplit('/').next()) {
        Some(place) if place != name => words.fill(
            Text::PlaceTime,
            &[("when", &when), ("place", &place.replace('_', " ")), ("zone", &name)],
        ),
        _ => words.fill(Text::Exact, &[("when", &when), ("zone", &name)]),
    }
}

/// A promise to this reader, in a zone that is named: theirs, else the company's.
pub fn told(reader: &Reader, at: Timestamp) -> String {
    let write = if reader.zone_is_theirs { promise_to_reader } else { promise_in_place };
    write(reader.words, at, &reader.zone, reader.now)
}

/// Whose time a page is written in: "Times are in your zone (BST)."
pub fn whose(reader: &Reader) -> String {
    let name = zone_name(reader.now, &reader.zone);
    if reader.zone_is_theirs {
        return reader.words.fill(Text::TimesAreTheirs, &[("zone", &name)]);
    }
    let place = reader.zone.iana_name().and_then(|name| name.rsplit('/').next());
    let place = place.unwrap_or(&name).replace('_', " ");
    reader.words.fill(Text::TimesAreOfPlace, &[("place", &place), ("zone", &name)])
}

/// A coming instant within a chip: "Mon 08:00" within the next six days, else "Mon 15 Jun".
pub fn soon(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let away = at.as_second() - now.as_second();
    let (at, now) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()));
    if away < 6 * DAY {
        written(words, Text::WeekdayAndTime, &at)
    } else if at.year() == now.year() {
        written(words, Text::Day, &at)
    } else {
        written(words, Text::DayYear, &at)
    }
}

/// A coming instant where today goes without saying: "10:00" today, else as [`soon`].
pub fn next(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let today = now.to_zoned_datetime(zone.clone()).date();
    if at.to_zoned_datetime(zone.clone()).date() == today {
        time_of_day(at, zone)
    } else {
        soon(words, at, zone, now)
    }
}

/// A day: "Tue 16 Jun", with the year only if it is another than now's.
pub fn day(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()));
    written(words, if at.year() == now.year() { Text::Day } else { Text::DayYear }, &at)
}

/// A day where there is room for little: "16 Jun".
pub fn short_day(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()));
    let pattern = if at.year() == now.year() { Text::ShortDay } else { Text::ShortDayYear };
    written(words, pattern, &at)
}

/// A stretch of a calendar: "Fri 20:00–24:00", "Sat, Sun", "Mon–Wed", "Mon 09:00 – Wed 17:00".
pub fn stretch(words: Words, from: Timestamp, to: Timestamp, zone: &TimeZone) -> String {
    let begins = from.to_zoned_datetime(zone.clone());
    let ends = to.to_zoned_datetime(zone.clone());
    let at_midnight = (ends.hour(), ends.minute(), ends.second()) == (0, 0, 0);
    // The day a stretch ends on is the one it ends with: midnight belongs to the day before, as 24:00.
    let last = if at_midnight { to.as_second() - 1 } else { to.as_second() };
    let last = Timestamp::from_second(last).unwrap_or(to).to_zoned_datetime(zone.clone());
    let day = |at: &ZonedDateTime| words.weekday(at.weekday().to_monday_one_offset());
    let end = if at_midnight { "24:00".to_owned() } else { clock(&ends) };
    let whole = at_midnight && (begins.hour(), begins.minute()) == (0, 0);
    let far = to.as_second() - from.as_second() > 7 * DAY;
    match (begins.date() == last.date(), whole) {
        _ if far => {
            format!("{} – {}", written(words, Text::Day, &begins), written(words, Text::Day, &last))
        }
        (true, true) => day(&begins).to_owned(),
        (true, false) => format!("{} {}–{end}", day(&begins), clock(&begins)),
        (false, true) if last.date() == begins.date().tomorrow().unwrap_or(begins.date()) => {
            format!("{}, {}", day(&begins), day(&last))
        }
        (false, true) => format!("{}–{}", day(&begins), day(&last)),
        (false, false) => format!("{} {} – {} {end}", day(&begins), clock(&begins), day(&last)),
    }
}

/// A past instant: "14 min ago", "3 h ago", "Fri 20:00", "5 Jun", "5 Jun 2025".
pub fn past(words: Words, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let ago = now.as_second() - at.as_second();
    let (at, now) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()));
    match ago {
        ..MINUTE => words.say(Text::JustNow).to_owned(),
        MINUTE..HOUR => words.fill(Text::MinutesAgo, &[("n", &(ago / MINUTE))]),
        HOUR..DAY => words.fill(Text::HoursAgo, &[("n", &(ago / HOUR))]),
        _ if ago < 7 * DAY => written(words, Text::WeekdayAndTime, &at),
        _ if at.year() == now.year() => written(words, Text::ShortDay, &at),
        _ => written(words, Text::ShortDayYear, &at),
    }
}

/// The whole truth about an instant: "Fri 5 Jun 2026, 20:00 BST".
pub fn exact(words: Words, at: Timestamp, zone: &TimeZone) -> String {
    let when = written(words, Text::DayYearAndTime, &at.to_zoned_datetime(zone.clone()));
    words.fill(Text::Exact, &[("when", &when), ("zone", &zone_name(at, zone))])
}

/// The time of day: "09:12".
pub fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    clock(&at.to_zoned_datetime(zone.clone()))
}

/// A span of so many seconds: "2 d 4 h", "1 h 12 m", "48 m", "under 1 m".
pub fn span(words: Words, seconds: i64) -> String {
    let seconds = seconds.abs();
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE);
    if days > 0 {
        words.fill(Text::DaysHours, &[("d", &days), ("h", &hours)])
    } else if hours > 0 {
        words.fill(Text::HoursMinutes, &[("h", &hours), ("m", &minutes)])
    } else if minutes > 0 {
        words.fill(Text::Minutes, &[("m", &minutes)])
    } else {
        words.say(Text::UnderMinute).to_owned()
    }
}

/// What a zone is called at an instant: its abbreviation if that is clear, else "UTC+8".
pub fn zone_name(at: Timestamp, zone: &TimeZone) -> String {
    let info = zone.to_offset_info(at);
    let abbreviation = info.abbreviation();
    if CLEAR_ABBREVIATIONS.contains(&abbreviation) {
        return abbreviation.to_owned();
    }
    let seconds = i64::from(info.offset().seconds());
    let (sign, hours, minutes) =
        (if seconds < 0 { '-' } else { '+' }, seconds.abs() / HOUR, seconds.abs() % HOUR / MINUTE);
    if minutes == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours}:{minutes:02}")
    }
}

fn written(words: Words, pattern: Text, at: &ZonedDateTime) -> String {
    words.fill(
        pattern,
        &[
            ("weekday", &words.weekday(at.weekday().to_monday_one_offset())),
            ("day", &at.day()),
            ("month", &words.month(at.month())),
            ("year", &at.year()),
            ("time", &clock(at)),
        ],
    )
}

fn clock(at: &ZonedDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(instant: &str) -> Timestamp {
        instant.parse().unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    const NOW: &str = "2026-06-08T08:12:00Z";

    #[track_caller]
    fn check_promise(instant: &str, place: &str, expected: &str) {
        assert_eq!(
            promise_to_reader(Words::default(), at(instant), &zone(place), at(NOW)),
            expected
        );
    }

    #[test]
    fn a_promise_is_absolute_and_names_the_zone() {
        check_promise("2026-06-08T07:00:00Z", "Europe/London", "Mon 8 Jun, 08:00 your time (BST)");
        check_promise(
            "2027-01-04T09:00:00Z",
            "Europe/London",
            "Mon 4 Jan 2027, 09:00 your time (GMT)",
        );
        check_promise(
            "2026-06-08T07:00:00Z",
            "America/New_York",
            "Mon 8 Jun, 03:00 your time (EDT)",
        );
    }

    #[test]
    fn an_ambiguous_or_missing_abbreviation_becomes_an_offset() {
        check_promise(
            "2026-06-08T07:00:00Z",
            "Asia/Shanghai",
            "Mon 8 Jun, 15:00 your time (UTC+8)",
        );
        check_promise(
            "2026-06-08T07:00:00Z",
            "America/Chicago",
            "Mon 8 Jun, 02:00 your time (UTC-5)",
        );
        check_promise(
            "2026-06-08T07:00:00Z",
            "Asia/Kolkata",
            "Mon 8 Jun, 12:30 your time (UTC+5:30)",
        );
        check_promise(
            "2026-06-08T07:00:00Z",
            "America/Sao_Paulo",
            "Mon 8 Jun, 04:00 your time (UTC-3)",
        );
    }

    #[test]
    fn without_a_known_zone_the_place_is_named() {
        let promised = promise_in_place(
            Words::default(),
            at("2026-06-08T07:00:00Z"),
            &zone("America/New_York"),
            at(NOW),
        );
        assert_eq!(promised, "Mon 8 Jun, 03:00 New York time (EDT)");
        let promised =
            promise_in_place(Words::default(), at("2026-06-08T07:00:00Z"), &TimeZone::UTC, at(NOW));
        assert_eq!(promised, "Mon 8 Jun, 07:00 UTC");
    }

    #[test]
    fn the_past_is_short() {
        for (instant, expected) in [
            ("2026-06-08T08:11:30Z", "just now"),
            ("2026-06-08T08:12:00Z", "just now"),
            ("2026-06-08T07:58:00Z", "14 min ago"),
            ("2026-06-08T05:00:00Z", "3 h ago"),
            ("2026-06-05T19:00:00Z", "Fri 20:00"),
            ("2026-05-05T19:00:00Z", "5 May"),
            ("2025-06-05T19:00:00Z", "5 Jun 2025"),
        ] {
            assert_eq!(
                past(Words::default(), at(instant), &zone("Europe/London"), at(NOW)),
                expected,
                "{instant}"
            );
        }
    }

    #[test]
    fn a_span_has_two_units_rounded_down() {
        for (seconds, expected) in [
            (0, "under 1 m"),
            (59, "under 1 m"),
            (48 * 60 + 59, "48 m"),
            (72 * 60, "1 h 12 m"),
            (-72 * 60, "1 h 12 m"),
            (12 * 3_600, "12 h 0 m"),
            (52 * 3_600 + 3_599, "2 d 4 h"),
        ] {
            assert_eq!(span(Words::default(), seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn a_coming_instant_is_named_by_its_weekday_for_six_days() {
        let said = |instant| soon(Words::default(), at(instant), &zone("Europe/London"), at(NOW));
        assert_eq!(said("2026-06-10T09:00:00Z"), "Wed 10:00");
        assert_eq!(said("2026-06-15T09:00:00Z"), "Mon 15 Jun");
        assert_eq!(said("2027-06-15T09:00:00Z"), "Tue 15 Jun 2027");
    }

    #[test]
    fn a_stretch_of_a_calendar_is_short() {
        let said = |from, to| stretch(Words::default(), at(from), at(to), &zone("Europe/London"));
        assert_eq!(said("2026-06-05T19:00:00Z", "2026-06-05T23:00:00Z"), "Fri 20:00–24:00");
        assert_eq!(said("2026-06-05T23:00:00Z", "2026-06-07T23:00:00Z"), "Sat, Sun");
        assert_eq!(said("2026-06-07T23:00:00Z", "2026-06-08T07:00:00Z"), "Mon 00:00–08:00");
        assert_eq!(said("2026-06-07T23:00:00Z", "2026-06-10T23:00:00Z"), "Mon–Wed");
        assert_eq!(said("2026-06-08T08:00:00Z", "2026-06-10T08:00:00Z"), "Mon 09:00 – Wed 09:00");
        assert_eq!(said("2026-06-01T00:00:00Z", "2026-06-21T00:00:00Z"), "Mon 1 Jun – Sun 21 Jun");
    }

    #[test]
    fn the_exact_instant_has_year_and_zone() {
        assert_eq!(
            exact(Words::default(), at("2026-06-05T19:00:00Z"), &zone("Europe/London")),
            "Fri 5 Jun 2026, 20:00 BST"
        );
    }
}
