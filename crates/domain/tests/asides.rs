//! What was set aside comes back as it was: bounced answers, spam, merged tickets. Mistakes that were found by asking.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{AGENT, Desk, REPLAY, agent, instant};
use domain::{
    Actor, Author, Brought, Cause, Changes, Command, CommentId, Refusal, Severity, Status, TicketId,
};

/// An answer, and the number it goes by when it bounces.
fn answer(desk: &mut Desk) -> CommentId {
    let comment = desk.comment(AGENT, Author::Agent, true);
    let id = comment.id;
    desk.update(&agent(), Changes { comment: Some(comment), ..Changes::default() }).unwrap();
    id
}

fn bounce(desk: &mut Desk, comment: CommentId) {
    desk.run(&Actor::System, &Command::Bounced { comment }).unwrap();
}

fn asked() -> Desk {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-08T11:00");
    desk
}

/// SLA-05, D-23: the customer who writes again because no answer came has still the first promise
#[test]
fn a_bounce_after_the_customer_wrote_again_resumes_the_first_clock() {
    let mut desk = asked();
    let first = answer(&mut desk);
    desk.go("2026-06-08T12:00");
    desk.customer_writes();

    bounce(&mut desk, first);

    let clocks = ["first running 12h due Mon 08 22:00", "next cancelled 24h due Tue 09 12:00"];
    assert_eq!(desk.clocks(), clocks);
    desk.go("2026-06-08T22:00:01");
    assert_eq!(desk.count("breached"), 1);
    answer(&mut desk);
    assert_eq!(desk.clocks()[0], "first missed 12h due Mon 08 22:00");
    assert_eq!(desk.ticket().current_clock(), None);
}

/// SLA-05, ESC-03: the escalated promise waits for the first one again
#[test]
fn a_bounce_after_an_escalation_resumes_the_first_clock_and_owes_the_escalated_one() {
    let mut desk = asked();
    let first = answer(&mut desk);
    desk.escalate(REPLAY).unwrap();
    desk.go("2026-06-08T12:00");

    bounce(&mut desk, first);

    assert_eq!(desk.clocks()[0], "first running 12h due Mon 08 22:00");
    assert!(desk.clocks()[1].starts_with("escalated cancelled"));
    answer(&mut desk);
    assert_eq!(desk.clocks()[0], "first met 12h due Mon 08 22:00");
    assert_eq!(desk.clocks()[2], "escalated running 2 business days due Wed 10 11:00");
}

/// SLA-05: as long as one of two answers arrived, the customer has one; when both bounced, none
#[test]
fn two_answers_in_a_row_have_to_bounce_both() {
    for order in [[0, 1], [1, 0]] {
        let mut desk = asked();
        let answers = [answer(&mut desk), answer(&mut desk)];
        desk.status(Status::Pending).unwrap();

        bounce(&mut desk, answers[order[0]]);
        assert_eq!(desk.clocks(), ["first met 12h due Mon 08 22:00"]);
        assert_eq!(desk.ticket().status, Status::Pending);

        bounce(&mut desk, answers[order[1]]);
        assert_eq!(desk.clocks(), ["first running 12h due Mon 08 22:00"]);
        assert_eq!(desk.ticket().status, Status::Open);
    }
}

/// ST-06: nobody could answer a clock that ran on a closed ticket
#[test]
fn a_bounce_on_a_closed_ticket_is_noted_and_starts_nothing() {
    let mut desk = asked();
    let first = answer(&mut desk);
    desk.status(Status::Solved).unwrap();
    desk.status(Status::Closed).unwrap();

    bounce(&mut desk, first);

    assert_eq!(desk.count("answer_bounced"), 1);
    assert_eq!(desk.ticket().current_clock(), None);
    assert_eq!(desk.ticket().asked_at, None);
    let only_the_survey = |timer: &domain::Timer| timer.kind == domain::TimerKind::Survey;
    assert!(desk.ticket().timers.iter().all(only_the_survey));
}

/// SLA-12: the customer who wrote while we took it for spam waits since then
#[test]
fn a_message_that_came_while_it_was_spam_counts_from_its_arrival() {
    for done in [false, true] {
        let mut desk = asked();
        answer(&mut desk);
        if done {
            desk.status(Status::Solved).unwrap();
        }
        desk.run(&agent(), &Command::MarkSpam).unwrap();
        desk.go("2026-06-08T12:00");
        desk.customer_writes();
        assert_eq!(desk.ticket().current_clock(), None);
        assert_eq!(desk.ticket().asked_at, None);
        desk.go("2026-06-08T15:00");

        desk.run(&agent(), &Command::UnmarkSpam).unwrap();

        assert_eq!(desk.ticket().status, Status::Open, "solved before: {done}");
        assert_eq!(desk.clocks()[1], "next running 24h due Tue 09 12:00");
    }
}

/// SLA-12, ST-09: what was solved for a reason is solved for that reason again
#[test]
fn unmarking_a_solved_ticket_gives_it_its_cause_back() {
    let mut desk = asked();
    answer(&mut desk);
    desk.status(Status::Solved).unwrap();
    desk.run(&agent(), &Command::MarkSpam).unwrap();
    assert_eq!(desk.ticket().cause, Some(Cause::Spam));

    desk.run(&agent(), &Command::UnmarkSpam).unwrap();

    assert_eq!(desk.ticket().status, Status::Solved);
    assert_eq!(desk.ticket().cause, Some(Cause::Answered));
    assert_eq!(desk.ticket().solved_at, Some(instant("2026-06-08T11:00")));
}

/// SLA-12: whatever an agent makes of it, a ticket in work is no spam, so that its customer is heard
#[test]
fn a_spam_ticket_that_is_taken_up_again_is_spam_no_more() {
    for status in [Status::Open, Status::Pending] {
        let mut desk = asked();
        desk.run(&agent(), &Command::MarkSpam).unwrap();

        desk.status(status).unwrap();

        assert_eq!(desk.ticket().spam, None);
        assert_eq!(desk.ticket().status, status);
        assert_eq!(desk.clocks(), ["first running 12h due Mon 08 22:00"]);
    }
}

/// SLA-12: spam has no clock, so it takes nobody in who waits
#[test]
fn nothing_is_merged_into_spam() {
    let mut desk = asked();
    desk.run(&agent(), &Command::MarkSpam).unwrap();
    let asked_at = Some(instant("2026-06-08T10:30"));
    let brought =
        Brought { ticket: TicketId(2), asked_at, clock: None, people: vec![], surveyed: false };

    let taken = Command::TakeIn { brought: Box::new(brought), note: None };
    let refused = desk.run(&agent(), &taken).unwrap_err();

    assert_eq!(refused, Refusal::Spam);
}

/// PR-07, ST-07: what changed while it was solved counts when one of us reopens it
#[test]
fn reopening_decides_the_level_anew() {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.organization.trial = true;
    desk.ask(Some(Severity::High));
    desk.reply();
    desk.status(Status::Solved).unwrap();
    desk.organization.trial = false;

    desk.status(Status::Open).unwrap();

    assert_eq!(desk.clocks()[1], "next running 48h due Wed 10 10:00");
}

/// ST-10: unmerging loses nobody's question
#[test]
fn unmerging_leaves_a_clock_alone_that_somebody_waits_for() {
    for writes in [false, true] {
        let mut desk = asked();
        answer(&mut desk);
        let asked_at = Some(instant("2026-06-08T10:30"));
        let brought =
            Brought { ticket: TicketId(2), asked_at, clock: None, people: vec![], surveyed: false };
        desk.run(&agent(), &Command::TakeIn { brought: Box::new(brought), note: None }).unwrap();
        desk.go("2026-06-08T12:00");
        if writes {
            desk.customer_writes();
        }

        desk.run(&agent(), &Command::LetGo { ticket: TicketId(2) }).unwrap();

        let since = writes.then(|| instant("2026-06-08T12:00"));
        assert_eq!(desk.ticket().asked_at, since);
        assert_eq!(desk.ticket().current_clock().is_some(), writes);
    }
}

/// ESC-08, PR-07: an escalated ticket without a promise gets the escalated one when its level rises
#[test]
fn a_low_escalated_ticket_that_rises_gets_the_escalated_target() {
    for replied in [false, true] {
        let mut desk = Desk::at("2026-06-08T10:00");
        desk.ask(None);
        if replied {
            desk.reply();
        }
        desk.escalate(REPLAY).unwrap();
        assert!(desk.clocks().is_empty());
        desk.go("2026-06-09T15:00");
        desk.organization.trial = true;

        desk.run(&Actor::System, &Command::Reconsider).unwrap();

        assert_eq!(desk.clocks(), ["escalated running 2 business days due Thu 11 15:00"]);
        desk.reply();
        desk.go("2026-06-09T16:00");
        desk.customer_writes();
        assert_eq!(desk.clocks()[1], "next running 24h due Wed 10 16:00");
    }
}
