//! A handbook that changes while clocks run. (SLA-15)

mod common;

use common::{Desk, agent};
use domain::{Command, Refusal, Severity, Status};
use handbook::Handbook;

fn activate(desk: &mut Desk, before: &str, after: &str) {
    assert!(common::HANDBOOK.contains(before));
    desk.handbook =
        Handbook::parse(&common::HANDBOOK.replace(before, after)).expect("the handbook is right");
}

/// SLA-15: running clocks keep theirs, later ones do not
#[test]
fn a_running_clock_keeps_its_target_when_the_handbook_changes() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    activate(&mut desk, "\"12h\"", "\"8h\"");
    desk.customer_writes();
    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 21:00"]);

    desk.reply();
    desk.customer_writes();

    assert_eq!(
        desk.clocks(),
        ["first met 12h due Thu 04 21:00", "next running 16h due Fri 05 01:00"]
    );
}

/// SLA-15, PR-06: by an explicit, logged act the new target applies from the clock's own start, and the customer hears
#[test]
fn reapplying_brings_the_deadline_nearer_and_tells_the_customer() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    activate(&mut desk, "\"12h\"", "\"8h\"");
    desk.go("2026-06-04T10:00");

    desk.run(&agent(), &Command::Reapply).unwrap();

    assert_eq!(desk.clocks(), ["first running 8h due Thu 04 17:00"]);
    assert_eq!(desk.count("reapplied"), 1);
    assert_eq!(desk.count("promise_improved"), 1);
    desk.go("2026-06-04T17:00:00.000001");
    assert_eq!(desk.clocks(), ["first missed 8h due Thu 04 17:00"]);
}

/// PR-07: what was promised is not taken back
#[test]
fn reapplying_a_slower_handbook_changes_nothing_but_is_logged() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    activate(&mut desk, "\"12h\"", "\"20h\"");

    desk.run(&agent(), &Command::Reapply).unwrap();

    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 21:00"]);
    assert_eq!((desk.count("reapplied"), desk.count("clock_moved")), (1, 0));
}

/// PR-07: no clock is born breached
#[test]
fn reapplying_late_counts_from_now() {
    let mut desk = Desk::at("2026-06-04T00:00");
    desk.ask(Some(Severity::High));
    activate(&mut desk, "\"24h\"", "\"4h\"");
    desk.go("2026-06-04T10:00");

    desk.run(&agent(), &Command::Reapply).unwrap();

    assert_eq!(desk.clocks(), ["first running 4h due Thu 04 14:00"]);
}

/// PR-07: without a running clock and unanswered, one starts
#[test]
fn reapplying_starts_a_clock_where_the_handbook_now_promises_one() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(None);
    assert_eq!(desk.clocks(), [""; 0]);
    activate(&mut desk, "name = \"low\"", "name = \"low\"\nfirst_reply = \"48h\"");
    desk.go("2026-06-04T10:00");

    desk.run(&agent(), &Command::Reapply).unwrap();

    assert_eq!(desk.clocks(), ["first running 48h due Mon 08 10:00"]);
}

#[test]
fn a_done_ticket_is_reopened_first() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(None);
    desk.status(Status::Solved).unwrap();
    assert_eq!(desk.run(&agent(), &Command::Reapply), Err(Refusal::Done(Status::Solved)));
}
