//! The order of work: which class a ticket is in, and how places compare. (ROT-06)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Desk, HANDBOOK, REPLAY};
use domain::work::{Place, WorkClass};
use domain::{Level, Severity, Ticket, TicketId};
use handbook::Handbook;
use jiff::Timestamp;
use proptest::prelude::*;

const WORK: &str = "\n[work]\ntagged = ['cs']\ntop_account = \"organization.mrr >= 5000.0 || requester.email == 'vip@acme.test' || ticket.subject.contains('down')\"\n";

fn policy() -> Handbook {
    Handbook::parse(&format!("{HANDBOOK}{WORK}")).unwrap()
}

/// An escalated ticket that promises nothing, as if it had this level.
fn escalated(level: Level) -> Ticket {
    let mut desk = Desk::at("2026-06-08T08:00:00Z");
    desk.ask(None);
    desk.escalate(REPLAY).unwrap();
    let mut ticket = desk.ticket().clone();
    assert!(ticket.current_clock().is_none());
    ticket.priority = level;
    ticket
}

/// ROT-06
#[test]
fn what_a_ticket_is_decides_its_class() {
    let handbook = policy();
    let class = |ticket: &Ticket| WorkClass::of(ticket, "", "", &handbook);
    let levels = [Level::Urgent, Level::High, Level::Normal, Level::Low];
    let classes = levels.map(|level| class(&escalated(level)));
    let (high, normal) = (WorkClass::EscalatedHigh, WorkClass::EscalatedNormal);
    assert_eq!(classes, [high, high, normal, WorkClass::Rest]);
    // A promise that was made stays one when the level goes down.
    let mut desk = Desk::at("2026-06-08T08:00:00Z");
    desk.ask(Some(Severity::Critical));
    desk.escalate(REPLAY).unwrap();
    let lowered = Ticket { priority: Level::Low, ..desk.ticket().clone() };
    assert_eq!(class(&lowered), WorkClass::Promised);

    let mut top = escalated(Level::Normal);
    top.facts.mrr = 5_000.0;
    assert_eq!(class(&top), WorkClass::TopAccount);
    // A top account that was not escalated waits for its deadline like anybody.
    top.escalation = None;
    assert!(class(&top) > WorkClass::EscalatedNormal);
    top.tags = vec!["beta".to_owned(), "cs".to_owned()];
    assert_eq!(class(&top), WorkClass::Tagged);
    // What may be erased is brought along.
    let ticket = escalated(Level::Low);
    for (subject, email) in [("It is down", ""), ("", "vip@acme.test")] {
        assert_eq!(WorkClass::of(&ticket, subject, email, &handbook), WorkClass::TopAccount);
    }
    // A handbook that says nothing has nothing in the first two classes.
    let silent = Handbook::parse(HANDBOOK).unwrap();
    assert_eq!(WorkClass::of(&top, "", "", &silent), class(&Ticket { tags: vec![], ..top }));
}

fn place() -> impl Strategy<Value = Place> {
    let instant = |seconds: i64| Timestamp::from_second(seconds).unwrap();
    (0..6_usize, prop::option::of(0..3_i64), 0..3_i64, 0..4_i64).prop_map(
        move |(class, due, age, id)| Place {
            class: WorkClass::ALL[class],
            due_at: due.map(instant),
            created_at: instant(age),
            id: TicketId(id),
        },
    )
}

proptest! {
    /// ROT-06: class, then deadline, none last; then age, then number.
    #[test]
    fn places_compare_part_by_part(one in place(), other in place()) {
        let due = |place: &Place| place.due_at.map_or(i64::MAX, Timestamp::as_second);
        let parts = |place: &Place| {
            (place.class.number(), due(place), place.created_at, place.id)
        };
        prop_assert_eq!(one.cmp(&other), parts(&one).cmp(&parts(&other)));
        prop_assert_eq!(one.cmp(&other), other.cmp(&one).reverse());
    }
}

#[test]
fn a_class_has_its_number() {
    for (class, number) in WorkClass::ALL.into_iter().zip(1..) {
        assert_eq!(class.number(), number);
        assert_eq!(WorkClass::numbered(number), Some(class));
    }
    assert_eq!(WorkClass::numbered(0), None);
    assert_eq!(WorkClass::numbered(7), None);
}
