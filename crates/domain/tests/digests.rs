//! The weeks of digests, and what is counted in them. (ROT-09)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use domain::digests::{Counted, Notable, count, monday, running, span};
use domain::{
    Answered, Channel, Clock, ClockKind, ClockState, CommentId, Escalation, Level, Status, TeamId,
    Ticket, TicketId,
};
use handbook::{Calendar, Handover};
use jiff::civil::{Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const FRIDAY: Handover = Handover { weekday: Weekday::Friday, time: Time::constant(16, 0, 0, 0) };
const OURS: TeamId = TeamId(1);
const OTHERS: TeamId = TeamId(2);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

/// A ticket of ours, asked on Tuesday.
fn ticket(id: i64) -> Ticket {
    let opened = domain::Event::Opened(
        serde_json::from_value(serde_json::json!({
            "requester": 7, "submitter": 7, "team": 1, "channel": Channel::Web, "subject_digest": "",
        }))
        .unwrap(),
    );
    let asked = at("2026-06-09T10:00:00Z");
    let mut ticket = Ticket::replay(TicketId(id), [(asked, &opened)]).unwrap();
    ticket.status = Status::Open;
    ticket.priority = Level::High;
    ticket
}

/// Answered for the first time after so many hours.
fn answered(id: i64, hours: i64) -> Ticket {
    let mut ticket = ticket(id);
    let when = ticket.created_at + SignedDuration::from_hours(hours);
    let due = ticket.created_at + SignedDuration::from_hours(12);
    let answer = Answered { comment: CommentId(id), at: when, further: Vec::new(), asked_at: None };
    ticket.replied_at = Some(when);
    ticket.answered = Some(answer);
    ticket.clocks.push(Clock {
        kind: ClockKind::First,
        state: if when <= due { ClockState::Met } else { ClockState::Missed },
        started_at: ticket.created_at,
        due_at: due,
        stopped_at: Some(when),
        target: "12h".to_owned(),
        reason: String::new(),
        team: OURS,
        warned: Vec::new(),
    });
    ticket
}

fn numbers(tickets: &[Ticket]) -> domain::digests::Numbers {
    let week = span(date(2026, 6, 8), FRIDAY, &london()).unwrap();
    let calendar = Calendar::weekdays("Europe/London").unwrap();
    count(Counted { team: OURS, areas: &["replay"], docs_tag: "docs" }, week, &calendar, tickets)
}

#[test]
fn a_week_is_seven_days_up_to_friday_afternoon_also_when_clocks_change() {
    let spring = span(date(2026, 3, 23), FRIDAY, &london()).unwrap();
    assert_eq!(spring.0, at("2026-03-20T16:00:00Z"));
    assert_eq!(spring.1, at("2026-03-27T16:00:00Z"));
    assert_eq!(span(date(2026, 3, 30), FRIDAY, &london()).unwrap().1, at("2026-04-03T15:00:00Z"));
    assert_eq!(monday(date(2026, 6, 14)), date(2026, 6, 8));
    assert_eq!(monday(date(2026, 6, 8)), date(2026, 6, 8));
    assert_eq!(running(at("2026-06-12T14:59:59Z"), FRIDAY, &london()), date(2026, 6, 8));
    assert_eq!(running(at("2026-06-12T15:00:00Z"), FRIDAY, &london()), date(2026, 6, 15));
    assert_eq!(running(at("2026-06-13T15:00:00Z"), FRIDAY, &london()), date(2026, 6, 15));
}

proptest! {
    /// Nothing falls between two digests, and nothing is told twice.
    #[test]
    fn every_instant_lies_in_exactly_one_week(
        second in 1_767_225_600i64..1_830_297_600,
        zone in prop::sample::select(vec!["Europe/London", "Pacific/Apia", "America/New_York", "Australia/Lord_Howe"]),
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let at = Timestamp::from_second(second).unwrap();
        let week = running(at, FRIDAY, &zone);

        let (from, to) = span(week, FRIDAY, &zone).unwrap();

        prop_assert!(from <= at && at < to, "{at} is not in {from} to {to}");
        let next = week.checked_add(jiff::Span::new().days(7)).unwrap();
        prop_assert_eq!(span(next, FRIDAY, &zone).unwrap().0, to);
    }
}

#[test]
fn what_is_not_a_request_of_this_team_or_week_is_not_counted() {
    let mut spam = ticket(2);
    spam.spam = Some(domain::Aside {
        status: Status::New,
        cause: None,
        solved_at: None,
        asked_at: None,
        hold_until: None,
        clock: false,
    });
    let mut internal = ticket(3);
    internal.internal = true;
    let mut elsewhere = ticket(4);
    elsewhere.team = OTHERS;
    let mut area = ticket(5);
    (area.team, area.area) = (OTHERS, Some("replay".to_owned()));
    let mut later = ticket(6);
    later.created_at = at("2026-06-12T15:00:00Z");

    let numbers = numbers(&[ticket(1), spam, internal, elsewhere, area, later]);

    assert_eq!(numbers.asked, [TicketId(1), TicketId(5)]);
    assert!(numbers.answered.is_empty() && numbers.promises.is_empty());
}

#[test]
fn promises_escalations_and_the_median_are_counted() {
    let mut tickets: Vec<Ticket> =
        [1, 2, 3, 4, 20].into_iter().zip(1..).map(|(hours, id)| answered(id, hours)).collect();
    let mut came = ticket(10);
    came.escalation = Some(Escalation {
        team: OURS,
        from: OTHERS,
        at: at("2026-06-10T10:00:00Z"),
        owed: false,
        replied: false,
        levels: Vec::new(),
    });
    let mut went = ticket(11);
    went.team = OTHERS;
    went.escalation =
        Some(Escalation { team: OTHERS, from: OURS, ..came.escalation.clone().unwrap() });
    let mut waits = ticket(12);
    waits.asked_at = Some(waits.created_at);
    tickets.extend([came, went, waits]);

    let numbers = numbers(&tickets);

    assert_eq!(
        (numbers.promises[0].met.len(), &numbers.promises[0].missed[..]),
        (4, &[TicketId(5)][..])
    );
    assert_eq!(numbers.median_seconds, Some(3 * 3600));
    assert_eq!(
        (&numbers.escalated_in[..], &numbers.escalated_out[..]),
        (&[TicketId(10)][..], &[TicketId(11)][..])
    );
    assert_eq!(
        numbers.notable,
        [
            (Notable::Missed, TicketId(5)),
            (Notable::Escalated, TicketId(10)),
            (Notable::Waits, TicketId(12))
        ]
    );
    for of in [
        "asked",
        "answered",
        "met-high",
        "missed-high",
        "escalated-in",
        "escalated-out",
        "first-replies",
    ] {
        assert!(numbers.tickets(of).is_some_and(|tickets| !tickets.is_empty()), "{of}");
    }
    for of in ["", "met-low", "met-", "area:x", "escalated", "tag:", "asked-"] {
        assert_eq!(numbers.tickets(of), None, "{of}");
    }
}
