//! A ticket in figures. (SLA-14)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{AGENT, Desk, REPLAY, SUPPORT, agent, instant};
use domain::{Changes, Metrics, Severity, Span, Status};

fn figures(desk: &Desk) -> Metrics {
    Metrics::of(&desk.envelopes, desk.handbook.calendar("support")).unwrap()
}

/// So many hours by the wall clock, and so many of them open.
fn hours(calendar: i64, business: i64) -> Span {
    Span { calendar: calendar * 3600, business: business * 3600 }
}

#[test]
fn a_ticket_that_waits_over_a_weekend_is_counted_by_both_clocks() {
    let mut desk = Desk::at("2026-06-05T20:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-08T09:00");
    desk.reply();
    desk.status(Status::Pending).unwrap();
    desk.go("2026-06-08T11:00");
    desk.customer_writes();
    desk.go("2026-06-08T12:00");
    desk.reply();
    desk.status(Status::Solved).unwrap();
    desk.go("2026-06-09T12:00");
    desk.customer_writes();
    desk.go("2026-06-09T13:00");
    desk.reply();
    desk.status(Status::Solved).unwrap();

    let figures = figures(&desk);

    assert_eq!(figures.reply, Some(hours(61, 13)));
    assert_eq!(figures.first_resolution, Some(hours(64, 16)));
    assert_eq!(figures.full_resolution, Some(hours(89, 41)));
    assert_eq!(figures.agent_wait, hours(2, 2));
    assert_eq!(figures.requester_wait, hours(61 + 1 + 1, 13 + 1 + 1));
    assert_eq!(figures.on_hold, hours(0, 0));
    assert_eq!((figures.replies, figures.reopens), (3, 1));
    assert_eq!(figures.solved_at, Some(instant("2026-06-09T13:00")));
    assert_eq!(figures.requester_updated_at, Some(instant("2026-06-09T12:00")));
    assert_eq!(figures.latest_comment_at, Some(instant("2026-06-09T13:00")));
}

#[test]
fn hands_and_holds_are_counted() {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.ask(None);
    let take = Changes { assignee: Some(Some(AGENT)), ..Changes::default() };
    desk.update(&agent(), take.clone()).unwrap();
    desk.escalate(REPLAY).unwrap();
    desk.agent_teams = vec![SUPPORT, REPLAY];
    desk.update(&agent(), take).unwrap();
    let hold_until = Some(instant("2026-06-18T10:00"));
    let hold = Changes { status: Some(Status::Hold), hold_until, ..Changes::default() };
    desk.update(&agent(), hold).unwrap();
    desk.go("2026-06-18T10:00");

    let figures = figures(&desk);

    assert_eq!((figures.team_stations, figures.assignee_stations), (2, 2));
    assert_eq!(figures.on_hold, hours(240, 8 * 24));
    assert_eq!(figures.requester_wait, hours(240, 8 * 24));
    assert_eq!(
        (figures.reply, figures.first_resolution, figures.full_resolution),
        (None, None, None)
    );
    assert_eq!(figures.initially_assigned_at, Some(instant("2026-06-08T10:00")));
    assert_eq!(figures.assignee_updated_at, Some(instant("2026-06-08T10:00")));
}
