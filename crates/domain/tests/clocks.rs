//! Clocks: when they start, what ends them, and what does not.

mod common;

use common::{AGENT, Desk, REPLAY, agent, customer};
use domain::{Author, Changes, Command, Level, Refusal, Severity, Status};

/// SLA-01, SLA-04, V1: the weekend holds the change to summer time
#[test]
fn a_high_ticket_of_friday_evening_is_due_on_monday_morning() {
    let mut desk = Desk::at("2026-03-27T20:00");
    desk.ask(Some(Severity::Critical));
    assert_eq!(desk.clocks(), ["first running 12h due Mon 30 08:00"]);
}

/// SLA-04, V2
#[test]
fn a_ticket_of_saturday_counts_from_monday() {
    let mut desk = Desk::at("2026-06-06T11:00");
    desk.ask(Some(Severity::Critical));
    assert_eq!(desk.clocks(), ["first running 12h due Mon 08 12:00"]);
}

/// SLA-02, V3
#[test]
fn a_normal_ticket_is_due_a_weekday_later() {
    let mut desk = Desk::at("2026-06-05T10:00");
    desk.ask(Some(Severity::High));
    assert_eq!(desk.clocks(), ["first running 24h due Mon 08 10:00"]);
}

/// SLA-03, PR-03
#[test]
fn a_low_ticket_has_no_clock_and_an_honest_promise() {
    let mut desk = Desk::at("2026-06-05T10:00");
    desk.ask(None);
    assert_eq!(desk.level(), Level::Low);
    assert_eq!(desk.clocks(), [""; 0]);
    assert_eq!(desk.ticket().next_wakeup(), None);
    let promise = desk.ticket().promise.clone().unwrap();
    assert!(promise.text.contains("we promise neither an answer nor a time"), "{}", promise.text);
}

/// PR-06
#[test]
fn the_promise_names_day_time_and_zone() {
    let mut desk = Desk::at("2026-06-05T20:00");
    desk.ask(Some(Severity::Critical));
    let promise = desk.ticket().promise.clone().unwrap();
    assert_eq!(
        promise.text,
        "An engineer will answer by Mon 8 Jun, 08:00 London time (BST). \
         We answer on weekdays; there is no weekend support."
    );
    assert_eq!(desk.count("acknowledged"), 1);
}

/// SLA-03: exactly at the deadline is in time, and nothing was told before
#[test]
fn a_reply_at_exactly_the_deadline_is_met() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-04T21:00");
    desk.reply();
    assert_eq!(desk.clocks(), ["first met 12h due Thu 04 21:00"]);
    assert_eq!(desk.count("breached"), 0);
}

/// SLA-03, SLA-09
#[test]
fn a_reply_after_the_deadline_is_missed_and_was_told_once() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-04T21:00:00.000001");
    assert_eq!(desk.clocks(), ["first missed 12h due Thu 04 21:00"]);
    assert!(desk.ticket().current_clock().is_some(), "it waits for an answer");
    desk.go("2026-06-20T09:00");
    desk.reply();
    assert_eq!(desk.clocks(), ["first missed 12h due Thu 04 21:00"]);
    assert!(desk.ticket().current_clock().is_none());
    assert_eq!(desk.count("breached"), 1);
}

/// SLA-04: a reply on Saturday does stop the clock
#[test]
fn a_reply_on_the_weekend_counts() {
    let mut desk = Desk::at("2026-06-05T20:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-06T12:00");
    desk.reply();
    assert_eq!(desk.clocks(), ["first met 12h due Mon 08 08:00"]);
}

/// SLA-05
#[test]
fn a_note_stops_nothing() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.note();
    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 21:00"]);
    assert_eq!(desk.ticket().status, Status::New);
}

/// SLA-05: only a human agent's words are an answer
#[test]
fn words_of_a_machine_stop_nothing() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    let comment = desk.comment(AGENT, Author::Other, true);
    desk.update(
        &domain::Actor::Ai("draft".into()),
        Changes { comment: Some(comment), ..Changes::default() },
    )
    .unwrap();
    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 21:00"]);
}

/// SLA-06, V5
#[test]
fn a_follow_up_has_twice_the_target() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.go("2026-06-05T18:00");
    desk.customer_writes();
    assert_eq!(
        desk.clocks(),
        ["first met 12h due Thu 04 21:00", "next running 24h due Mon 08 18:00"]
    );
}

/// SLA-06, V6
#[test]
fn a_normal_follow_up_has_48_hours_and_further_messages_do_not_extend_it() {
    let mut desk = Desk::at("2026-06-03T09:00");
    desk.ask(Some(Severity::High));
    desk.reply();
    desk.go("2026-06-04T09:00");
    desk.customer_writes();
    desk.go("2026-06-05T09:00");
    desk.customer_writes();
    assert_eq!(desk.clocks()[1..], ["next running 48h due Mon 08 09:00"]);
}

/// SLA-07
#[test]
fn a_second_message_before_the_first_reply_leaves_the_first_clock_alone() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-04T12:00");
    desk.customer_writes();
    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 21:00"]);
}

/// ST-05
#[test]
fn a_message_on_a_solved_ticket_reopens_it_with_a_next_clock() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.status(Status::Solved).unwrap();
    desk.go("2026-06-02T09:00");
    desk.customer_writes();
    assert_eq!(desk.ticket().status, Status::Open);
    assert_eq!(desk.ticket().cause, None);
    assert_eq!(desk.clocks()[1..], ["next running 24h due Wed 03 09:00"]);
}

/// ST-01, D-11
#[test]
fn a_pending_ticket_reminds_on_day_five_and_solves_itself_on_day_seven() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.status(Status::Pending).unwrap();
    desk.go("2026-06-06T08:59:59");
    assert_eq!(desk.count("reminded"), 0);
    desk.go("2026-06-06T09:00");
    assert_eq!(desk.count("reminded"), 1);
    desk.go("2026-06-08T08:59:59");
    assert_eq!(desk.ticket().status, Status::Pending);
    desk.go("2026-06-08T09:00");
    assert_eq!(desk.ticket().status, Status::Solved);
    assert_eq!(desk.ticket().cause, Some(domain::Cause::Auto));
}

/// SLA-10
#[test]
fn pending_without_an_answer_stops_nothing_and_ends_nothing() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(Some(Severity::Critical));
    desk.status(Status::Pending).unwrap();
    desk.go("2026-06-20T09:00");
    assert_eq!(desk.ticket().status, Status::Pending);
    assert_eq!(desk.clocks(), ["first missed 12h due Mon 01 21:00"]);
    assert_eq!(desk.count("reminded"), 0);
}

/// SLA-11
#[test]
fn warnings_come_once_each_before_the_deadline() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-04T17:59:59");
    assert_eq!(desk.count("warned"), 0);
    desk.go("2026-06-04T18:00");
    assert_eq!(desk.count("warned"), 1);
    desk.go("2026-06-04T20:00");
    assert_eq!(desk.count("warned"), 2);
    desk.go("2026-06-05T20:00");
    assert_eq!(desk.count("warned"), 2);
    assert_eq!(desk.count("breached"), 1);
}

/// ESC-01, V7, and ESC-03: no unmet first clock, so the escalated one starts at once
#[test]
fn an_escalated_ticket_is_due_two_business_days_later() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.go("2026-06-04T15:00");
    desk.escalate(REPLAY).unwrap();
    assert_eq!(desk.clocks()[1..], ["escalated running 2 business days due Mon 08 15:00"]);
    assert_eq!(desk.ticket().team, REPLAY);
}

/// ESC-03: the first clock survives; a reply by somebody else ends it and the escalated one then runs
#[test]
fn escalation_does_not_cancel_the_first_clock() {
    let mut desk = Desk::at("2026-06-04T15:00");
    desk.ask(Some(Severity::Critical));
    desk.escalate(REPLAY).unwrap();
    assert_eq!(desk.clocks(), ["first running 12h due Fri 05 03:00"]);
    desk.go("2026-06-04T16:00");
    desk.reply();
    assert_eq!(
        desk.clocks(),
        ["first met 12h due Fri 05 03:00", "escalated running 2 business days due Mon 08 15:00"]
    );
}

/// ESC-02
#[test]
fn escalation_within_the_team_is_refused() {
    let mut desk = Desk::at("2026-06-04T15:00");
    desk.ask(Some(Severity::Critical));
    assert_eq!(desk.escalate(common::SUPPORT), Err(Refusal::EscalationWithinTeam));
}

/// PR-07: a higher level brings the deadline nearer, and the customer is told
#[test]
fn an_upgrade_hastens_the_clock_and_improves_the_promise() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::High));
    desk.go("2026-06-04T10:00");
    desk.organization.trial = true;
    desk.run(&domain::Actor::System, &Command::Reconsider).unwrap();
    assert_eq!(desk.level(), Level::High);
    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 22:00"]);
    assert_eq!(desk.count("promise_improved"), 1);
}

/// PR-07: a promise made is never withdrawn by a rule
#[test]
fn a_downgrade_leaves_the_running_clock_alone() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.organization.trial = true;
    desk.ask(None);
    desk.organization.trial = false;
    desk.run(&domain::Actor::System, &Command::Reconsider).unwrap();
    assert_eq!(desk.level(), Level::Low);
    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 21:00"]);
}

/// PR-07: an unanswered ticket without a promise gets one from the instant its level rises
#[test]
fn an_upgrade_from_low_starts_the_first_clock() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(None);
    desk.go("2026-06-04T09:00");
    desk.update(
        &agent(),
        Changes { severity: Some(Some(Severity::Critical)), ..Changes::default() },
    )
    .unwrap();
    assert_eq!(desk.clocks(), ["first running 12h due Thu 04 21:00"]);
}

/// PR-11
#[test]
fn a_level_by_hand_is_not_undone_by_rules() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.update(
        &agent(),
        Changes { level: Some(common::by_hand(Level::Low)), ..Changes::default() },
    )
    .unwrap();
    desk.organization.trial = true;
    desk.run(&domain::Actor::System, &Command::Reconsider).unwrap();
    assert_eq!(desk.level(), Level::Low);
}

/// ST-06
#[test]
fn a_closed_ticket_refuses_everything() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(None);
    desk.reply();
    desk.status(Status::Solved).unwrap();
    desk.go("2026-06-21T09:00");
    assert_eq!(desk.ticket().status, Status::Closed);
    let comment = desk.comment(common::CUSTOMER, Author::Customer, true);
    let refused =
        desk.update(&customer(), Changes { comment: Some(comment), ..Changes::default() });
    assert_eq!(refused, Err(Refusal::Closed));
}

/// ST-08
#[test]
fn new_never_returns() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(None);
    desk.reply();
    assert_eq!(desk.ticket().status, Status::Open);
    assert_eq!(
        desk.status(Status::New),
        Err(Refusal::Transition { from: Status::Open, to: Status::New })
    );
}

/// ST-04
#[test]
fn hold_is_for_more_than_a_week_and_less_than_a_month() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    assert!(matches!(desk.status(Status::Hold), Err(Refusal::HoldWithoutDate { .. })));
    let hold = |until: &str| Changes {
        status: Some(Status::Hold),
        hold_until: Some(common::instant(until)),
        ..Changes::default()
    };
    assert!(matches!(
        desk.update(&agent(), hold("2026-06-05T09:00")),
        Err(Refusal::HoldOutOfBounds { .. })
    ));
    assert!(matches!(
        desk.update(&agent(), hold("2026-07-02T09:00")),
        Err(Refusal::HoldOutOfBounds { .. })
    ));
    desk.update(&agent(), hold("2026-06-13T09:00")).unwrap();
    desk.go("2026-06-14T23:59:59");
    assert_eq!(desk.ticket().status, Status::Hold, "Saturday is closed; it wakes on Monday");
    desk.go("2026-06-15T00:00");
    assert_eq!(desk.ticket().status, Status::Open);
    assert_eq!(desk.clocks()[1..], ["next running 24h due Tue 16 00:00"]);
}

/// SLA-05: one of us as requester
#[test]
fn an_internal_ticket_has_no_clock() {
    let mut desk = Desk::at("2026-06-01T09:00");
    let mut opening = desk.opening();
    opening.internal = true;
    opening.severity = Some(Severity::Critical);
    desk.run(&agent(), &Command::Open(Box::new(opening))).unwrap();
    assert_eq!(desk.clocks(), [""; 0]);
    assert_eq!(desk.ticket().promise, None);
}

/// SLA-05: we wrote first; the customer's answer starts a next clock
#[test]
fn a_ticket_opened_by_our_own_message_waits_for_the_customer() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.organization.trial = true;
    let mut opening = desk.opening();
    opening.comment = desk.comment(AGENT, Author::Agent, true);
    desk.run(&agent(), &Command::Open(Box::new(opening))).unwrap();
    assert_eq!(desk.clocks(), [""; 0]);
    desk.customer_writes();
    assert_eq!(desk.clocks(), ["next running 24h due Fri 05 09:00"]);
}
