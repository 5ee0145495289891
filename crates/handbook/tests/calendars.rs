//! Calendars on known dates: the golden vectors, clock changes, office hours and walks.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeSet, process::Command};

use handbook::{Amount, Calendar, Range, Target};
use jiff::{Timestamp, civil::DateTime};

const WEEKDAYS: [bool; 7] = [true, true, true, true, true, false, false];

/// The instant at a local time; of a repeated one the first.
fn at(calendar: &Calendar, local: &str) -> Timestamp {
    calendar.zone().to_timestamp(local.parse::<DateTime>().unwrap()).unwrap()
}

fn local(calendar: &Calendar, at: Timestamp) -> String {
    calendar.zone().to_datetime(at).strftime("%a %Y-%m-%d %H:%M").to_string()
}

fn due(calendar: &Calendar, start: &str, target: &str) -> String {
    let (due, _) = calendar.add(at(calendar, start), &Target::parse(target).unwrap());
    local(calendar, due)
}

fn london() -> Calendar {
    Calendar::weekdays("Europe/London").unwrap()
}

fn office(zone: &str, ranges: &[&str], holidays: &[&str]) -> Calendar {
    let ranges = ranges.iter().map(|text| Range::parse(text).unwrap()).collect();
    let holidays = holidays.iter().map(|text| text.parse().unwrap()).collect();
    Calendar::new(zone, WEEKDAYS, ranges, holidays).unwrap()
}

/// The steps of a walk, one a line, in local time.
fn walked(calendar: &Calendar, start: &str, target: &str) -> String {
    let (_, walk) = calendar.add(at(calendar, start), &Target::parse(target).unwrap());
    let short = |at| calendar.zone().to_datetime(at).strftime("%a %H:%M").to_string();
    let step = |step: &handbook::Step| {
        format!("{} to {}: {}s {}", short(step.from), short(step.to), step.counts_seconds, step.why)
    };
    walk.steps.iter().map(step).collect::<Vec<_>>().join("\n")
}

/// SLA-01, SLA-02, SLA-04, SLA-06, ESC-01: V1 to V8
#[test]
fn the_golden_vectors_hold() {
    for (vector, target, start, expected) in [
        ("V1", "12h", "2026-03-27 20:00", "Mon 2026-03-30 08:00"),
        ("V2", "12h", "2026-06-06 11:00", "Mon 2026-06-08 12:00"),
        ("V3", "24h", "2026-06-05 10:00", "Mon 2026-06-08 10:00"),
        ("V4", "24h", "2026-06-04 23:30", "Fri 2026-06-05 23:30"),
        ("V5", "24h", "2026-06-05 18:00", "Mon 2026-06-08 18:00"),
        ("V6", "48h", "2026-06-04 09:00", "Mon 2026-06-08 09:00"),
        ("V7", "2 business days", "2026-06-04 15:00", "Mon 2026-06-08 15:00"),
        ("V8", "4 business days", "2026-06-05 15:00", "Thu 2026-06-11 15:00"),
    ] {
        assert_eq!(due(&london(), start, target), expected, "{vector}");
    }
}

/// 1.13
#[test]
fn the_zone_of_the_server_does_not_matter() {
    for zone in ["Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"] {
        let this = std::env::current_exe().unwrap();
        let run = Command::new(this)
            .args(["--exact", "the_golden_vectors_hold"])
            .env("TZ", zone)
            .output()
            .unwrap();

        assert!(run.status.success(), "{zone}: {}", String::from_utf8_lossy(&run.stdout));
        assert!(String::from_utf8_lossy(&run.stdout).contains("1 passed"), "{zone}");
    }
}

/// SLA-04
#[test]
fn nothing_counts_on_the_weekend() {
    let london = london();
    let monday = due(&london, "2026-06-08 00:00", "12h");

    for start in ["2026-06-06 00:00", "2026-06-06 11:00", "2026-06-07 23:59"] {
        assert_eq!(due(&london, start, "12h"), monday);
        assert!(!london.is_open(at(&london, start)));
        assert_eq!(local(&london, london.next_open(at(&london, start))), "Mon 2026-06-08 00:00");
    }
    assert_eq!(london.elapsed(at(&london, "2026-06-06 00:00"), at(&london, "2026-06-08 00:00")), 0);
}

#[test]
fn a_target_used_up_at_closing_time_is_due_then() {
    let london = london();

    assert_eq!(due(&london, "2026-06-05 12:00", "12h"), "Sat 2026-06-06 00:00");
    assert_eq!(due(&london, "2026-06-06 00:00", "1h"), "Mon 2026-06-08 01:00");
    let office = office("Europe/London", &["09:00-12:30", "13:30-17:00"], &[]);
    assert_eq!(due(&office, "2026-06-05 09:00", "7h"), "Fri 2026-06-05 17:00");
    assert_eq!(due(&office, "2026-06-05 09:00", "210m"), "Fri 2026-06-05 12:30");
    assert_eq!(due(&office, "2026-06-05 09:00", "211m"), "Fri 2026-06-05 13:31");
}

/// ESC-01, D-04
#[test]
fn business_days_start_when_the_calendar_next_opens() {
    assert_eq!(due(&london(), "2026-06-06 10:00", "2 business days"), "Wed 2026-06-10 00:00");
    let office = office("Europe/London", &["09:00-17:00"], &["2026-06-08"]);
    assert_eq!(due(&office, "2026-06-05 18:00", "1 business day"), "Wed 2026-06-10 09:00");
    assert_eq!(due(&office, "2026-06-05 16:00", "1 business day"), "Tue 2026-06-09 16:00");
}

/// ESC-01
#[test]
fn business_days_keep_the_local_time_over_a_clock_change() {
    assert_eq!(due(&london(), "2026-03-27 15:00", "1 business day"), "Mon 2026-03-30 15:00");
    assert_eq!(due(&london(), "2026-10-23 15:00", "1 business day"), "Mon 2026-10-26 15:00");
}

#[test]
fn a_local_time_that_does_not_exist_moves_forward() {
    let all_week = Calendar::new("Europe/London", [true; 7], vec![], BTreeSet::new()).unwrap();

    assert_eq!(due(&all_week, "2026-03-28 01:30", "1 business day"), "Sun 2026-03-29 02:30");
    assert_eq!(due(&all_week, "2026-10-24 01:30", "1 business day"), "Sun 2026-10-25 01:30");
}

#[test]
fn days_with_a_clock_change_count_their_real_hours() {
    let all_week = Calendar::new("Europe/London", [true; 7], vec![], BTreeSet::new()).unwrap();
    let hours = |from, to| all_week.elapsed(at(&all_week, from), at(&all_week, to)) / 3600;

    assert_eq!(hours("2026-03-29 00:00", "2026-03-30 00:00"), 23);
    assert_eq!(hours("2026-10-25 00:00", "2026-10-26 00:00"), 25);
    assert_eq!(due(&all_week, "2026-03-28 23:00", "3h"), "Sun 2026-03-29 03:00");
}

#[test]
fn a_zone_without_midnight_on_that_day_opens_an_hour_later() {
    let beirut = Calendar::new("Asia/Beirut", [true; 7], vec![], BTreeSet::new()).unwrap();

    assert_eq!(due(&beirut, "2026-03-28 23:30", "1h"), "Sun 2026-03-29 01:30");
    assert_eq!(
        beirut.elapsed(at(&beirut, "2026-03-29 00:00"), at(&beirut, "2026-03-30 00:00")),
        23 * 3600
    );
}

#[test]
fn a_date_that_was_skipped_is_no_working_day() {
    let apia = office("Pacific/Apia", &["09:00-17:00"], &[]);

    assert_eq!(due(&apia, "2011-12-29 10:00", "1 business day"), "Mon 2012-01-02 10:00");
    assert_eq!(
        apia.elapsed(at(&apia, "2011-12-29 00:00"), at(&apia, "2012-01-03 00:00")),
        16 * 3600
    );
}

#[test]
fn a_clock_that_goes_back_over_midnight_counts_no_second_twice() {
    // At 00:01 on 1 November 2009 it became 23:01 of the day before, in Newfoundland.
    let all_week = Calendar::new("America/St_Johns", [true; 7], vec![], BTreeSet::new()).unwrap();
    let from = at(&all_week, "2009-10-31 00:00");
    let to = at(&all_week, "2009-11-02 00:00");

    assert_eq!(all_week.elapsed(from, to), 49 * 3600);
    assert_eq!(to.duration_since(from).as_secs(), 49 * 3600);
}

/// D-03
#[test]
fn a_holiday_is_skipped_and_said_so() {
    let calendar = office("Europe/London", &[], &["2026-06-08"]);

    assert_eq!(
        walked(&calendar, "2026-06-05 20:00", "12h"),
        "Fri 20:00 to Sat 00:00: 14400s counts\n\
         Sat 00:00 to Mon 00:00: 0s weekend\n\
         Mon 00:00 to Tue 00:00: 0s holiday\n\
         Tue 00:00 to Tue 08:00: 28800s counts"
    );
}

#[test]
fn a_walk_merges_what_is_of_one_kind() {
    assert_eq!(
        walked(&london(), "2026-06-02 20:00", "36h"),
        "Tue 20:00 to Thu 08:00: 129600s counts"
    );
    assert_eq!(
        walked(&london(), "2026-06-06 11:00", "12h"),
        "Sat 11:00 to Mon 00:00: 0s weekend\nMon 00:00 to Mon 12:00: 43200s counts"
    );
}

#[test]
fn a_walk_over_business_days_counts_them() {
    assert_eq!(
        walked(&london(), "2026-06-04 15:00", "2 business days"),
        "Thu 15:00 to Fri 15:00: 86400s business day 1 of 2\n\
         Fri 15:00 to Sat 00:00: 32400s business day 2 of 2\n\
         Sat 00:00 to Mon 00:00: 0s weekend\n\
         Mon 00:00 to Mon 15:00: 54000s business day 2 of 2"
    );
    let office = office("Europe/London", &["09:00-17:00"], &[]);
    assert_eq!(
        walked(&office, "2026-06-01 18:00", "1 business day"),
        "Mon 18:00 to Tue 09:00: 0s outside hours\n\
         Tue 09:00 to Tue 17:00: 28800s business day 1 of 1\n\
         Tue 17:00 to Wed 09:00: 0s outside hours"
    );
}

#[test]
fn a_closed_weekday_is_named() {
    let days = [true, false, true, false, false, false, false];
    let calendar = Calendar::new("UTC", days, vec![], BTreeSet::new()).unwrap();

    assert_eq!(
        walked(&calendar, "2026-06-01 23:00", "2h"),
        "Mon 23:00 to Tue 00:00: 3600s counts\n\
         Tue 00:00 to Wed 00:00: 0s closed on Tuesdays\n\
         Wed 00:00 to Wed 01:00: 3600s counts"
    );
}

/// SLA-11
#[test]
fn counting_back_stops_at_the_later_side_of_a_closed_stretch() {
    let london = london();
    let back = |until, seconds| local(&london, london.back(at(&london, until), seconds));

    assert_eq!(back("2026-06-08 02:00", 3 * 3600), "Fri 2026-06-05 23:00");
    assert_eq!(back("2026-06-08 02:00", 2 * 3600), "Mon 2026-06-08 00:00");
    assert_eq!(back("2026-06-06 12:00", 3600), "Fri 2026-06-05 23:00");
    assert_eq!(back("2026-06-06 12:00", 0), "Sat 2026-06-06 12:00");
}

/// D-32
#[test]
fn nothing_is_rounded() {
    let start: Timestamp = "2026-06-05T21:00:00.123456Z".parse().unwrap();

    let (due, walk) = london().add(start, &Target::parse("12h").unwrap());

    assert_eq!(due.to_string(), "2026-06-08T09:00:00.123456Z");
    assert_eq!(walk.steps.iter().map(|step| step.counts_seconds).sum::<i64>(), 43_200);
}

#[test]
fn absurd_targets_and_instants_come_to_an_end() {
    let london = london();
    let absurd = |amount| Target { text: "for ever".to_owned(), amount };

    for start in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        for amount in
            [Amount::OpenSeconds(i64::MIN), Amount::OpenSeconds(0), Amount::BusinessDays(0)]
        {
            assert!(london.add(start, &absurd(amount)).0 >= start);
        }
    }
    assert!(london.add(Timestamp::MAX, &absurd(Amount::OpenSeconds(i64::MAX))).0 == Timestamp::MAX);
    assert!(london.back(Timestamp::MIN, i64::MAX) == Timestamp::MIN);
    assert!(london.elapsed(Timestamp::MIN, Timestamp::MAX) > 0);
}

#[test]
fn a_calendar_that_cannot_be_is_refused() {
    let new = |zone, days, ranges: &[&str]| {
        let ranges = ranges.iter().map(|text| Range::parse(text).unwrap()).collect();
        Calendar::new(zone, days, ranges, BTreeSet::new()).unwrap_err()
    };

    assert!(new("Mars/Olympus", WEEKDAYS, &[]).contains("unknown time zone"));
    assert!(new("UTC", [false; 7], &[]).contains("no open hours at all"));
    assert!(new("UTC", WEEKDAYS, &["09:00-12:00", "11:59-13:00"]).contains("overlap"));
    for text in ["9-17", "09:00", "17:00-09:00", "09:00-09:00", "09:00-25:00", "9:00-17:00", ""] {
        assert!(Range::parse(text).is_err(), "{text}");
    }
}
