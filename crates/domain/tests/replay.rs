//! Replays: under the handbook that was live nothing differs, under another one what it says differs.

mod common;

use common::replaying::{as_it_was, assert_reproduced, changed, setting};
use common::{AGENT, Desk, REPLAY, agent, customer};
use domain::replay::{Difference, Happening, Sum, differences, replay};
use domain::{Actor, Author, Cause, Changes, Command, Level, Refusal, Severity, Status};
use handbook::Handbook;
use jiff::SignedDuration;

/// What differs under another handbook, and the sum of it.
fn against(desk: &Desk, other: &Handbook) -> (Vec<Difference>, Sum) {
    let setting = setting(desk.now);
    let shadow = replay(&desk.envelopes, |_| other, &setting).expect("the log has an opening");
    let (differences, breaches) =
        differences(&desk.envelopes, &shadow, &setting).expect("the log has an opening");
    let mut sum = Sum::default();
    sum.add(&differences, breaches);
    (differences.differences, sum)
}

/// SLA-01: the same questions under a quicker promise
#[test]
fn another_target_moves_the_deadline_and_misses_it() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.go("2026-06-04T19:00");
    desk.reply();

    let (found, sum) = against(&desk, &changed(&[("\"12h\"", "\"8h\"")]));

    let [Difference::Clock { was: Some(was), would_be: Some(would_be) }] = found.as_slice() else {
        panic!("one clock differs: {found:?}");
    };
    assert_eq!((was.target.as_str(), was.breached), ("12h", false));
    assert_eq!((would_be.target.as_str(), would_be.breached), ("8h", true));
    assert_eq!(would_be.due_at, common::instant("2026-06-04T17:00"));
    assert_eq!((sum.tickets, sum.different, sum.deadlines.sooner), (1, 1, 1));
    assert_eq!((sum.breaches.was, sum.breaches.would_be, sum.breaches.more), (0, 1, 1));
}

/// PR-01: also a rule that looks at a fact which no rule of the day looked at
#[test]
fn a_rule_about_an_unseen_fact_decides_another_level() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.organization.plan = "startups".into();
    desk.ask(None);
    let rule = "ticket.severity == 'high'";

    let (found, sum) =
        against(&desk, &changed(&[(rule, "organization.plan in ['startups', 'yc']")]));

    assert!(
        matches!(
            found.as_slice(),
            [
                Difference::Priority { was, would_be },
                Difference::Clock { was: None, would_be: Some(_) }
            ] if *was == [Level::Low] && *would_be == [Level::Normal]
        ),
        "{found:?}"
    );
    assert_eq!(sum.changes.get("low → normal"), Some(&1));
    assert_eq!(sum.deadlines.more, 1);
}

/// PR-07: a plan that changed while the ticket was open, which the live handbook did not look at
#[test]
fn a_plan_change_counts_under_a_handbook_that_looks_at_it() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::High));
    desk.go("2026-06-04T10:00");
    desk.organization.card = true;
    desk.run(&Actor::Rule("plan change".into()), &Command::Reconsider).unwrap();

    let (found, _) = against(&desk, &changed(&[("organization.trial", "organization.card")]));

    let [Difference::Priority { was, would_be }, Difference::Clock { would_be: Some(clock), .. }] =
        found.as_slice()
    else {
        panic!("{found:?}");
    };
    assert_eq!(
        (was.as_slice(), would_be.as_slice()),
        ([Level::Normal].as_slice(), [Level::Normal, Level::High].as_slice())
    );
    assert_eq!(clock.due_at, common::instant("2026-06-04T22:00"), "12 h from the change");
}

/// ROT-02, ESC-02: another route, and an escalation that it makes pointless
#[test]
fn another_route_is_shown_and_what_it_refuses_is_told() {
    let mut desk = Desk::at("2026-06-04T09:00");
    let mut opening = desk.opening();
    opening.area = Some("session_replay".into());
    desk.run(&customer(), &Command::Open(Box::new(opening))).unwrap();
    desk.escalate(REPLAY).unwrap();

    let (found, sum) = against(&desk, &changed(&[("first_level = \"support\"\n", "")]));

    assert!(
        matches!(
            found.as_slice(),
            [Difference::Route { was, would_be }, Difference::Refused { act, .. }]
                if *was == ["support"] && *would_be == ["replay"] && act == "escalation"
        ),
        "{found:?}"
    );
    assert_eq!((sum.routes, sum.refused), (1, 1));
}

/// ST-01, D-11: what happens by itself
#[test]
fn another_patience_solves_at_another_time() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.status(Status::Pending).unwrap();
    desk.go("2026-06-20T09:00");
    assert_eq!(desk.ticket().cause, Some(Cause::Auto));
    let other = changed(&[(
        "[[team]]\nslug = \"support\"",
        "[lifecycle]\npending_reminder = \"never\"\npending_solves_after = \"9d\"\n\n[[team]]\nslug = \"support\"",
    )]);

    let (found, sum) = against(&desk, &other);

    let at = |day: &str| vec![common::instant(day)];
    assert_eq!(
        found,
        [
            Difference::ByItself {
                happening: Happening::Reminded,
                was: at("2026-06-06T09:00"),
                would_be: vec![]
            },
            Difference::ByItself {
                happening: Happening::AutoSolved,
                was: at("2026-06-08T09:00"),
                would_be: at("2026-06-10T09:00")
            },
            Difference::ByItself {
                happening: Happening::Surveyed,
                was: at("2026-06-11T09:00"),
                would_be: at("2026-06-13T09:00")
            },
        ]
    );
    assert_eq!(sum.by_itself, 1);
}

/// ST-04: a hold beyond the other handbook's bounds is left out, and the reply that came with it still counts
#[test]
fn a_refused_status_does_not_swallow_the_reply() {
    let mut desk = Desk::at("2026-06-01T09:00");
    desk.ask(Some(Severity::Critical));
    let comment = desk.comment(AGENT, Author::Agent, true);
    let until = common::instant("2026-06-20T09:00");
    desk.update(
        &agent(),
        Changes {
            comment: Some(comment),
            status: Some(Status::Hold),
            hold_until: Some(until),
            ..Changes::default()
        },
    )
    .unwrap();
    let other = changed(&[(
        "[[team]]\nslug = \"support\"",
        "[lifecycle]\nhold = { at_least = \"7d\", at_most = \"10d\" }\n\n[[team]]\nslug = \"support\"",
    )]);

    let setting = setting(desk.now);
    let shadow = replay(&desk.envelopes, |_| &other, &setting).expect("the log has an opening");

    assert!(
        matches!(shadow.refused.as_slice(), [one] if matches!(one.why, Refusal::HoldOutOfBounds { .. }))
    );
    assert_eq!(shadow.ticket.status, Status::Open);
    assert!(shadow.ticket.replied_at.is_some());
}

/// What was due and is not done yet is no difference.
#[test]
fn a_worker_that_lags_behind_is_no_difference() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    let later = common::instant("2026-06-10T09:00");
    let handbook = changed(&[]);

    assert_reproduced(&desk.envelopes, std::slice::from_ref(&handbook), later);
}

/// A log that does not follow from what people did is told from one that does.
#[test]
fn a_log_that_was_tampered_with_is_not_reproduced() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    let handbook = changed(&[]);
    let mut log = desk.envelopes.clone();
    assert!(as_it_was(&log, std::slice::from_ref(&handbook), desk.now).reproduces(&log));
    for envelope in &mut log {
        if let domain::Event::ClockStarted { clock } = &mut envelope.event {
            clock.due_at += SignedDuration::from_mins(1);
        }
    }

    assert!(!as_it_was(&log, &[handbook], desk.now).reproduces(&log));
}
