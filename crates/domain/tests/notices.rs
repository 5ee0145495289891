//! When a mail may reach somebody, what is still worth one, and whom a note names. (ROT-10)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use domain::UserId;
use domain::notices::{AfterSending, HOLD, Kind, Named, Preferences, Reach, What, mentioned};
use handbook::{Calendar, Range};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Nine to five on weekdays in New York.
fn office() -> Calendar {
    let hours = Range::parse("09:00-17:00").unwrap();
    Calendar::weekdays("America/New_York").unwrap().of_person(None, hours).unwrap()
}

#[track_caller]
fn leaves(reach: &Reach<'_>, now: &str, anytime: bool, expected: &str) {
    let next = reach.next(at(now), anytime).map_or("never".to_owned(), |at| at.to_string());
    assert_eq!(next, expected, "asked at {now}");
}

/// ROT-10
#[test]
fn a_first_notice_leaves_at_once_within_the_hours_and_else_when_they_begin() {
    let office = office();
    let reach = Reach { hours: &office, away: &[], last: None };
    leaves(&reach, "2026-06-08T14:00:00Z", false, "2026-06-08T14:00:00Z");
    leaves(&reach, "2026-06-08T12:59:59Z", false, "2026-06-08T13:00:00Z");
    leaves(&reach, "2026-06-08T21:00:00Z", false, "2026-06-09T13:00:00Z");
    leaves(&reach, "2026-06-12T22:00:00Z", false, "2026-06-15T13:00:00Z");
    leaves(&reach, "2026-06-12T22:00:00Z", true, "2026-06-12T22:00:00Z");
}

/// ROT-10: a burst is one message.
#[test]
fn after_a_mail_the_next_one_waits_some_minutes_and_never_past_the_hours() {
    let office = office();
    let reach = Reach { hours: &office, away: &[], last: Some(at("2026-06-08T14:00:00Z")) };
    leaves(&reach, "2026-06-08T14:01:00Z", false, "2026-06-08T14:05:00Z");
    leaves(&reach, "2026-06-08T14:05:00Z", false, "2026-06-08T14:05:00Z");
    leaves(&reach, "2026-06-08T15:00:00Z", false, "2026-06-08T15:00:00Z");
    let late = Reach { last: Some(at("2026-06-08T20:58:00Z")), ..reach };
    leaves(&late, "2026-06-08T20:59:00Z", false, "2026-06-09T13:00:00Z");
    leaves(&late, "2026-06-08T20:59:00Z", true, "2026-06-08T21:03:00Z");
}

/// ROT-10: who is away is not told, whatever they opted for.
#[test]
fn nobody_is_told_while_they_are_away() {
    let office = office();
    let away = [
        (at("2026-06-08T04:00:00Z"), Some(at("2026-06-10T04:00:00Z"))),
        (at("2026-06-09T04:00:00Z"), Some(at("2026-06-13T04:00:00Z"))),
    ];
    let reach = Reach { hours: &office, away: &away, last: None };
    leaves(&reach, "2026-06-08T14:00:00Z", false, "2026-06-15T13:00:00Z");
    leaves(&reach, "2026-06-08T14:00:00Z", true, "2026-06-13T04:00:00Z");
    let gone = [(at("2026-06-08T04:00:00Z"), None)];
    leaves(&Reach { away: &gone, ..reach }, "2026-06-08T14:00:00Z", true, "never");
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let zones = prop::sample::select(vec![
        "Europe/London",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
    ]);
    (zones, 0..23i8, 1..8i8).prop_map(|(zone, from, length)| {
        let hours = Range::parse(&format!("{from:02}:00-{:02}:30", (from + length).min(23)));
        let days = Calendar::weekdays(zone).unwrap();
        days.of_person(None, hours.unwrap()).unwrap()
    })
}

fn instants() -> impl Strategy<Value = Timestamp> {
    // Two years around both changes of the clocks.
    (1_767_225_600i64..1_830_297_600).prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    /// ROT-10
    #[test]
    fn a_mail_leaves_as_soon_as_it_may_and_not_before(
        calendar in calendars(),
        now in instants(),
        last in prop::option::of(0..20i64),
        away in prop::collection::vec((0..200i64, 1..100i64), 0..3),
        anytime: bool,
    ) {
        let hour = |hours: i64| now + SignedDuration::from_hours(hours);
        let last = last.map(|minutes| now - SignedDuration::from_mins(minutes));
        let away: Vec<_> = away
            .iter()
            .map(|(from, length)| (hour(from - 50), Some(hour(from - 50 + length))))
            .collect();
        let reach = Reach { hours: &calendar, away: &away, last };
        let is_there = |at: Timestamp| {
            (anytime || calendar.is_open(at))
                && last.is_none_or(|last| last + HOLD <= at)
                && !away.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at < to))
        };

        let leaves = reach.next(now, anytime).unwrap();

        prop_assert!(leaves >= now && is_there(leaves));
        // Not one minute of the time until then would have done.
        let mut minute = now;
        while minute < leaves {
            prop_assert!(!is_there(minute), "it could have left at {minute}");
            minute += SignedDuration::from_mins(7);
        }
        prop_assert_eq!(reach.next(leaves, anytime), Some(leaves));
    }
}

#[test]
fn what_somebody_has_chosen_is_read_as_it_was_written() {
    let chosen = Preferences {
        undo_seconds: Some(30),
        after_sending: AfterSending::Stay,
        hours: Some(Range::parse("08:30-24:00").unwrap()),
        muted: vec![Kind::Assigned],
        anytime: vec![Kind::Escalated, Kind::Rota],
        ..Preferences::default()
    };
    let text = serde_json::to_string(&chosen).unwrap();
    assert_eq!(
        text,
        r#"{"hours":"08:30-24:00","muted":["assigned"],"anytime":["escalated","rota"],"undo_seconds":30,"after_sending":"stay"}"#
    );
    assert_eq!(serde_json::from_str::<Preferences>(&text).unwrap(), chosen);
    assert_eq!(serde_json::from_str::<Preferences>("{}").unwrap(), Preferences::default());
    let what = What::WeekBegins { until: at("2026-06-15T00:00:00Z"), stands_in: false };
    let text = serde_json::to_string(&what).unwrap();
    assert_eq!(
        text,
        r#"{"kind":"week_begins","data":{"until":"2026-06-15T00:00:00Z","stands_in":false}}"#
    );
}

fn people() -> Vec<Named> {
    let named = |id, name: &str, email: &str| Named {
        id: UserId(id),
        name: name.to_owned(),
        email: Some(email.to_owned()),
    };
    vec![
        named(1, "Bo", "bo@acme.test"),
        named(2, "Bo Li", "li@acme.test"),
        named(3, "Ada Byron", "ada@acme.test"),
        named(4, "Émile", "emile@acme.test"),
        named(5, "Jo", "jo@acme.test"),
    ]
}

/// A note names people by name, first name or the first part of their address.
#[test]
fn a_note_names_whom_it_says() {
    for (words, expected) in [
        ("@Bo, look", &[1][..]),
        ("@bo li knows", &[2]),
        ("@ada: same as @Ada Byron's", &[3]),
        ("@li and @jo", &[2, 5]),
        ("ask @émile!", &[4]),
        ("(@jo)", &[5]),
        ("@joanna is a customer", &[]),
        ("write to bo@acme.test", &[]),
        ("@bo@acme.test", &[1]),
        ("@ bo", &[]),
        ("@", &[]),
        ("@nobody", &[]),
        ("@everyone @ADA @ada", &[3]),
    ] {
        let found: Vec<i64> = mentioned(words, &people()).iter().map(|id| id.0).collect();
        assert_eq!(found, expected, "{words}");
    }
}

proptest! {
    #[test]
    fn whatever_a_note_says_it_names_each_person_once(words in ".{0,80}") {
        let found = mentioned(&format!("{words} @Bo {words} @jo"), &people());
        let mut once = found.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(found.len(), once.len());
    }
}
