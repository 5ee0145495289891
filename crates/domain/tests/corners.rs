//! Where two rules meet: mistakes that the simulation found, each in a few lines.

mod common;

use common::{AGENT, Desk, REPLAY, agent, customer, instant};
use domain::{Author, Changes, Command, Refusal, Severity, Status, TimerKind};
use handbook::Handbook;

/// ST-01, SLA-10, ESC-03: while the escalated promise runs, the customer is not left alone
#[test]
fn a_waiting_ticket_that_is_escalated_does_not_solve_itself() {
    let mut desk = Desk::at("2026-06-05T10:00");
    desk.ask(Some(Severity::High));
    desk.reply();
    desk.status(Status::Pending).unwrap();
    desk.go("2026-06-10T09:00");

    desk.escalate(REPLAY).unwrap();
    desk.go("2026-07-20T09:00");

    assert_eq!(desk.ticket().status, Status::Pending);
    assert_eq!(desk.count("reminded"), 0);
    assert_eq!(desk.clocks()[1], "escalated missed 4 business days due Tue 16 09:00");

    desk.reply();
    desk.go("2026-07-27T08:59");
    assert_eq!(desk.ticket().status, Status::Pending);
    desk.go("2026-07-27T09:00");
    assert_eq!(desk.ticket().status, Status::Solved, "the days count from the reply");
}

/// ST-01, D-11: a reply restarts the days, also when the handbook has done away with reminders since
#[test]
fn a_reminder_counted_from_an_older_reply_does_not_go_out() {
    let mut desk = Desk::at("2026-06-05T10:00");
    desk.ask(Some(Severity::High));
    desk.reply();
    desk.status(Status::Pending).unwrap();
    desk.go("2026-06-10T09:00");
    let never = format!("{}\n[lifecycle]\npending_reminder = \"never\"\n", common::HANDBOOK);
    desk.handbook = Handbook::parse(&never).unwrap();

    desk.reply();

    let kinds: Vec<_> = desk.ticket().timers.iter().map(|timer| timer.kind.clone()).collect();
    assert_eq!(kinds, [TimerKind::Solve]);
}

/// ST-06, ESC-06
#[test]
fn a_closed_ticket_is_not_handed_back() {
    let mut desk = Desk::at("2026-06-05T10:00");
    desk.ask(Some(Severity::High));
    desk.escalate(REPLAY).unwrap();
    desk.status(Status::Solved).unwrap();
    desk.status(Status::Closed).unwrap();

    let refused = desk.run(&agent(), &Command::Deescalate).unwrap_err();

    assert_eq!(refused, Refusal::Closed);
}

/// ST-05, SLA-05: a ticket of our own opens again without a clock
#[test]
fn a_ticket_of_our_own_opens_again_when_its_requester_writes() {
    for status in [Status::Solved, Status::Pending] {
        let mut desk = Desk::at("2026-06-05T10:00");
        let mut opening = desk.opening();
        opening.internal = true;
        desk.run(&customer(), &Command::Open(Box::new(opening))).unwrap();
        desk.reply();
        desk.status(status).unwrap();

        desk.customer_writes();

        assert_eq!(desk.ticket().status, Status::Open);
        assert!(desk.clocks().is_empty());
        assert_eq!(desk.ticket().next_wakeup(), None);
    }
}

/// ESC-03, SLA-11: a clock that counts from long ago may begin past its deadline; that is told when it begins
#[test]
fn a_breach_is_never_told_before_its_clock_began() {
    let mut desk = Desk::at("2026-06-01T10:00");
    desk.ask(Some(Severity::Critical));
    desk.escalate(REPLAY).unwrap();
    desk.go("2026-06-10T10:00");

    desk.reply();
    desk.go("2026-06-10T10:00");

    assert_eq!(desk.clocks()[1], "escalated missed 2 business days due Wed 03 10:00");
    assert_eq!(desk.count("breached"), 2);
    assert_eq!(desk.log.last().unwrap().0, instant("2026-06-10T10:00"));
    assert!(desk.log.is_sorted_by_key(|(at, _)| *at));
}

/// ESC-03, ST-09: what was solved owes no escalated reply any more
#[test]
fn solving_ends_an_escalated_promise_that_had_not_begun() {
    let mut desk = Desk::at("2026-06-01T10:00");
    desk.ask(Some(Severity::Critical));
    desk.escalate(REPLAY).unwrap();
    desk.status(Status::Solved).unwrap();
    desk.go("2026-06-10T10:00");

    desk.customer_writes();
    desk.reply();

    let clocks = desk.clocks();
    assert_eq!(clocks.len(), 2, "{clocks:?}");
    assert_eq!(clocks[1], "next met 24h due Thu 11 10:00");
}

/// PR-07, SLA-06: the level is decided on the customer's message, and the next clock is of that level
#[test]
fn a_next_clock_has_the_level_of_the_message_that_starts_it() {
    let mut desk = Desk::at("2026-06-01T10:00");
    desk.organization.trial = true;
    desk.ask(None);
    desk.reply();
    desk.status(Status::Solved).unwrap();
    desk.organization.trial = false;

    desk.customer_writes();

    assert_eq!(desk.level(), domain::Level::Low);
    assert_eq!(desk.clocks().len(), 1, "low promises nothing: {:?}", desk.clocks());

    let mut desk = Desk::at("2026-06-01T10:00");
    desk.ask(Some(Severity::High));
    desk.reply();
    desk.status(Status::Solved).unwrap();
    desk.organization.trial = true;
    desk.customer_writes();
    assert_eq!(desk.clocks()[1], "next running 24h due Tue 02 10:00");
    assert_eq!(desk.count("clock_moved"), 0);
}

/// SLA-05: an agent's own words on their own ticket are no answer
#[test]
fn a_requester_of_ours_does_not_answer_themselves() {
    let mut desk = Desk::at("2026-06-05T10:00");
    let mut opening = desk.opening();
    opening.internal = true;
    opening.requester = AGENT;
    desk.run(&agent(), &Command::Open(Box::new(opening))).unwrap();

    let words = desk.comment(AGENT, Author::Customer, true);
    desk.update(
        &agent(),
        Changes { comment: Some(words), status: Some(Status::Pending), ..Changes::default() },
    )
    .unwrap();
    desk.go("2026-08-01T10:00");

    assert_eq!(desk.ticket().replied_at, None);
    assert_eq!(desk.ticket().status, Status::Pending, "nothing waits for them");
}

/// SLA-11, SLA-15: each threshold fires once a clock, also when another handbook brings the deadline nearer
#[test]
fn a_clock_that_is_moved_does_not_warn_twice() {
    let mut desk = Desk::at("2026-06-05T02:00");
    desk.ask(Some(Severity::High));
    desk.go("2026-06-06T10:00");
    assert_eq!(desk.count("warned"), 1, "three hours of Friday and Monday are left");
    let all_week =
        "[hours]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]";
    desk.handbook = Handbook::parse(&format!("{}\n{all_week}\n", common::HANDBOOK)).unwrap();

    let graded = Changes { severity: Some(Some(Severity::Critical)), ..Changes::default() };
    desk.update(&agent(), graded).unwrap();
    assert_eq!(desk.clocks(), ["first running 12h due Sat 06 22:00"]);
    desk.go("2026-06-07T10:00");

    assert_eq!(desk.count("clock_moved"), 1);
    assert_eq!(desk.count("warned"), 2, "three hours before once, one hour before once");
}
