//! What is true of calendar arithmetic everywhere. (1.13)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use handbook::{Amount, Calendar, Range, Target};
use jiff::{Timestamp, ToSpan, civil::date};
use proptest::prelude::*;

/// Zones with large, small and odd clock changes, some at midnight, and one date that never was.
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
];

/// Microseconds from 1970 to 2200, as they are stored.
fn instants() -> impl Strategy<Value = Timestamp> {
    let end = "2200-01-01T00:00:00Z".parse::<Timestamp>().unwrap().as_microsecond();
    let recent = "2005-01-01T00:00:00Z".parse::<Timestamp>().unwrap().as_microsecond();
    prop_oneof![0..end, recent..recent + 30 * 366 * 86_400 * 1_000_000]
        .prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
}

/// Instants within a month of another, so that pairs meet the same weekend.
fn pairs() -> impl Strategy<Value = (Timestamp, Timestamp)> {
    (instants(), 0..31_i64 * 86_400).prop_map(|(one, apart)| (one, one + apart.seconds()))
}

fn ranges() -> impl Strategy<Value = Vec<Range>> {
    let parse =
        |texts: &[&str]| texts.iter().map(|text| Range::parse(text).unwrap()).collect::<Vec<_>>();
    prop_oneof![
        Just(vec![]),
        Just(parse(&["09:00-17:00"])),
        Just(parse(&["09:00-12:30", "13:30-17:00"])),
        Just(parse(&["00:00-01:30", "02:15-24:00"])),
        Just(parse(&["01:10-01:50", "22:00-24:00"])),
    ]
}

prop_compose! {
    /// A calendar with some holidays in 2026, around which half of the instants are not far.
    fn calendars()(
        zone in prop::sample::select(&ZONES[..]),
        mut days in any::<[bool; 7]>(),
        usual in any::<bool>(),
        ranges in ranges(),
        holidays in prop::collection::vec(0..10_950_i32, 0..200),
    ) -> Calendar {
        if usual || days == [false; 7] {
            days = [true, true, true, true, true, false, false];
        }
        let holidays: BTreeSet<_> = holidays.into_iter().map(|day| date(2005, 1, 1) + day.days()).collect();
        Calendar::new(zone, days, ranges, holidays).unwrap()
    }
}

fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![0..200_000_i64, 0..600_i64, (0..60_i64).prop_map(|hours| hours * 3600)]
}

fn after(calendar: &Calendar, start: Timestamp, seconds: i64) -> Timestamp {
    calendar.add(start, &Target { text: String::new(), amount: Amount::OpenSeconds(seconds) }).0
}

proptest! {
    /// 1.13
    #[test]
    fn a_later_start_is_never_due_earlier(calendar in calendars(), (one, other) in pairs(), seconds in amounts()) {
        prop_assert!(after(&calendar, one, seconds) <= after(&calendar, other, seconds));
    }

    /// 1.13
    #[test]
    fn a_longer_target_is_never_due_earlier(calendar in calendars(), start in instants(), a in amounts(), b in amounts()) {
        prop_assert!(after(&calendar, start, a.min(b)) <= after(&calendar, start, a.max(b)));
    }

    /// 1.13
    #[test]
    fn adding_in_two_parts_is_adding_at_once(calendar in calendars(), start in instants(), a in amounts(), b in amounts()) {
        let parts = after(&calendar, after(&calendar, start, a), b);

        prop_assert_eq!(parts, after(&calendar, start, a + b));
    }

    /// 1.13
    #[test]
    fn what_was_added_has_elapsed(calendar in calendars(), start in instants(), seconds in amounts()) {
        prop_assert_eq!(calendar.elapsed(start, after(&calendar, start, seconds)), seconds);
    }

    /// 1.13
    #[test]
    fn a_deadline_is_open_or_the_closing_moment(calendar in calendars(), start in instants(), seconds in 1..200_000_i64) {
        let due = after(&calendar, start, seconds);
        let just_before = due - 1.microsecond();

        prop_assert!(calendar.is_open(due) || calendar.is_open(just_before));
    }

    /// ESC-01
    #[test]
    fn business_days_end_in_open_time(calendar in calendars(), start in instants(), count in 1..8_u32) {
        let (due, walk) =
            calendar.add(start, &Target { text: String::new(), amount: Amount::BusinessDays(count) });
        let (next, _) =
            calendar.add(start, &Target { text: String::new(), amount: Amount::BusinessDays(count + 1) });

        prop_assert!(calendar.is_open(due) || calendar.is_open(due - 1.microsecond()));
        prop_assert!(start <= due && due <= next);
        let last = format!("business day {count} of {count}");
        prop_assert!(walk.steps.iter().any(|step| step.why == last) || calendar.elapsed(start, due) == 0);
    }

    #[test]
    fn going_back_undoes_adding(calendar in calendars(), start in instants(), seconds in amounts()) {
        let open = calendar.next_open(start);

        if seconds > 0 {
            prop_assert_eq!(calendar.back(after(&calendar, open, seconds), seconds), open);
        }
        prop_assert_eq!(calendar.elapsed(calendar.back(start, seconds), start), seconds);
    }

    #[test]
    fn the_next_open_instant_is_open_and_the_first(calendar in calendars(), start in instants()) {
        let open = calendar.next_open(start);

        prop_assert!(calendar.is_open(open));
        prop_assert_eq!(calendar.elapsed(start, open), 0);
        prop_assert_eq!(calendar.is_open(start), open == start);
    }

    #[test]
    fn a_walk_has_no_gaps_and_adds_up(calendar in calendars(), start in instants(), seconds in amounts()) {
        let (due, walk) = calendar.add(start, &Target { text: String::new(), amount: Amount::OpenSeconds(seconds) });

        let total: i64 = walk.steps.iter().map(|step| step.counts_seconds).sum();
        prop_assert_eq!(total, seconds);
        prop_assert!(walk.steps.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].why != pair[1].why));
        prop_assert_eq!(walk.steps.first().map_or(start, |step| step.from), start);
        prop_assert_eq!(walk.steps.last().map_or(due, |step| step.to), due);
    }
}
