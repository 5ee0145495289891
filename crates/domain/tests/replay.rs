//! Replays: under the handbook that was live nothing differs, under another one what it says differs.

mod common;

use std::sync::Arc;

use common::{AGENT, CUSTOMER, Desk, HANDBOOK, REPLAY, SUPPORT, agent, customer};
use domain::replay::{Difference, Happening, Setting, Shadow, Sum, differences, replay};
use domain::{
    Actor, Author, Brought, Cause, Changes, Command, Envelope, Level, Refusal, Role, Severity,
    Status, UserId,
};
use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn changed(changes: &[(&str, &str)]) -> Handbook {
    let mut text = HANDBOOK.to_owned();
    for (before, after) in changes {
        assert!(text.contains(before), "{before}");
        text = text.replace(before, after);
    }
    Handbook::parse(&text).expect("the handbook is right")
}

fn setting(until: Timestamp) -> Setting {
    Setting {
        teams: Arc::new(common::teams()),
        reader: common::reader(),
        email: String::new(),
        subject: String::new(),
        until,
    }
}

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

fn as_it_was(log: &[Envelope], handbooks: &[Handbook], until: Timestamp) -> Shadow {
    let live = |envelope: &Envelope| {
        handbooks
            .iter()
            .find(|one| one.version == envelope.policy)
            .expect("every version is at hand")
    };
    replay(log, live, &setting(until)).expect("the log has an opening")
}

#[track_caller]
fn assert_reproduced(log: &[Envelope], handbooks: &[Handbook], until: Timestamp) {
    let shadow = as_it_was(log, handbooks, until);
    if !shadow.reproduces(log) {
        let line = |at: &Timestamp, event: &domain::Event| format!("{at} {}", event.encode());
        let was: Vec<String> = log.iter().map(|one| line(&one.at, &one.event)).collect();
        let is: Vec<String> = shadow.events.iter().map(|(at, event)| line(at, event)).collect();
        let place = was.iter().zip(&is).position(|(was, is)| was != is);
        panic!("differs from {place:?}:\n{was:#?}\n{is:#?}\n{:?}", shadow.refused);
    }
    assert_eq!(shadow.refused, []);
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

/// One thing that happens in a story.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Hours(i64),
    Reply,
    ReplyAndSolve,
    Note,
    CustomerWrites,
    CustomerSolves,
    Status(Status),
    Hold(i64, bool),
    Severity(Option<Severity>),
    Area(Option<&'static str>),
    AreaAndTeam(Option<&'static str>, bool),
    AreaAndTake(Option<&'static str>),
    Level(Level),
    Take,
    TakeAndMove(bool),
    Leave,
    Move(bool),
    Tags(u8),
    Escalate(bool),
    HandBack,
    Plan(f64, bool),
    PlanUnseen(bool),
    Members(u8),
    Activate(usize),
    Reapply,
    Delete,
    LevelFor(Level, i64),
    Spam,
    MarkSpam,
    UnmarkSpam,
    Merge,
    TakeIn(u8),
    Unmerge,
    LetGo,
    SplitOff,
    Bounce,
    Issue,
}

fn turn() -> impl Strategy<Value = Turn> {
    let area = prop::sample::select(vec![None, Some("session_replay"), Some("billing")]);
    let severity = prop::sample::select(vec![None, Some(Severity::Critical), Some(Severity::High)]);
    let status = prop::sample::select(vec![
        Status::New,
        Status::Open,
        Status::Pending,
        Status::Solved,
        Status::Closed,
    ]);
    let level = prop::sample::select(vec![Level::Low, Level::Normal, Level::High, Level::Urgent]);
    let by_hand = level.clone();
    prop_oneof![
        6 => (0i64..200).prop_map(Turn::Hours),
        4 => Just(Turn::Reply),
        1 => Just(Turn::ReplyAndSolve),
        1 => Just(Turn::Note),
        4 => Just(Turn::CustomerWrites),
        1 => Just(Turn::CustomerSolves),
        4 => status.prop_map(Turn::Status),
        2 => (1i64..40, any::<bool>()).prop_map(|(days, admin)| Turn::Hold(days, admin)),
        2 => severity.prop_map(Turn::Severity),
        2 => area.clone().prop_map(Turn::Area),
        1 => (area.clone(), any::<bool>())
            .prop_map(|(area, first)| Turn::AreaAndTeam(area, first)),
        1 => area.prop_map(Turn::AreaAndTake),
        1 => level.prop_map(Turn::Level),
        1 => Just(Turn::Take),
        1 => any::<bool>().prop_map(Turn::TakeAndMove),
        1 => Just(Turn::Leave),
        1 => any::<bool>().prop_map(Turn::Move),
        1 => any::<u8>().prop_map(Turn::Tags),
        2 => any::<bool>().prop_map(Turn::Escalate),
        1 => Just(Turn::HandBack),
        1 => (prop::sample::select(vec![0.0, 1999.99, 2400.0]), any::<bool>())
            .prop_map(|(mrr, trial)| Turn::Plan(mrr, trial)),
        1 => any::<bool>().prop_map(Turn::PlanUnseen),
        1 => (0u8..4).prop_map(Turn::Members),
        1 => (0usize..3).prop_map(Turn::Activate),
        1 => Just(Turn::Reapply),
        1 => prop::bool::weighted(0.05).prop_map(|yes| if yes { Turn::Delete } else { Turn::Note }),
        1 => (by_hand, 1i64..200).prop_map(|(level, hours)| Turn::LevelFor(level, hours)),
        1 => prop::sample::select(vec![Turn::Spam, Turn::MarkSpam]),
        1 => Just(Turn::UnmarkSpam),
        1 => prop::sample::select(vec![Turn::Merge, Turn::Unmerge, Turn::Unmerge]),
        1 => any::<u8>().prop_map(Turn::TakeIn),
        1 => prop::sample::select(vec![Turn::LetGo, Turn::SplitOff, Turn::Issue]),
        2 => Just(Turn::Bounce),
    ]
}

fn handbooks() -> Vec<Handbook> {
    vec![
        changed(&[]),
        changed(&[
            ("\"12h\"", "\"5h\""),
            ("ticket.severity == 'high'", "organization.card"),
            ("first_level = \"support\"\n", ""),
            (
                "[[team]]\nslug = \"support\"",
                "[lifecycle]\npending_reminder = \"2d\"\npending_solves_after = \"4d\"\ncloses_after = \"9d\"\nhold = { at_least = \"2d\", at_most = \"20d\" }\n\n[[team]]\nslug = \"support\"",
            ),
        ]),
        changed(&[
            ("organization.trial", "'vip' in ticket.tags"),
            (
                "name = \"low\"",
                "name = \"low\"\nfirst_reply = \"40h\"\nescalated = \"5 business days\"",
            ),
            (
                "[[team]]\nslug = \"support\"",
                "[replies]\nnext = 1.5\nwarn_before = [\"2h\"]\n\n[[team]]\nslug = \"support\"",
            ),
        ]),
    ]
}

/// Lives a story through; what the rules refuse does not happen.
fn live(desk: &mut Desk, turns: &[Turn], handbooks: &[Handbook]) {
    for turn in turns {
        if desk.ticket().deleted_at.is_some() {
            break;
        }
        // As the desk does: what is due is done before anything else.
        desk.go(&desk.now.to_string());
        // A refusal is part of life: nothing happened, and nothing is in the log.
        let _ = act(desk, *turn, handbooks);
    }
}

fn team(first: bool) -> domain::TeamId {
    if first { SUPPORT } else { REPLAY }
}

fn act(desk: &mut Desk, turn: Turn, handbooks: &[Handbook]) -> Result<(), Refusal> {
    let admin = Actor::Person { id: AGENT, role: Role::Admin };
    match turn {
        Turn::Hours(hours) => {
            let to = desk.now + SignedDuration::from_hours(hours);
            desk.go(&to.to_string());
        }
        Turn::Hold(days, by_admin) => {
            let hold_until = Some(desk.now + SignedDuration::from_hours(24 * days));
            let status = Some(Status::Hold);
            let changes = Changes { status, hold_until, ..Changes::default() };
            return desk.update(if by_admin { &admin } else { &CLERK }, changes);
        }
        Turn::Escalate(first) => return desk.escalate(team(first)),
        Turn::HandBack => return desk.run(&agent(), &Command::Deescalate),
        Turn::Plan(mrr, trial) => {
            desk.organization.mrr = mrr;
            desk.organization.trial = trial;
            return desk.run(&Actor::Rule("plan change".into()), &Command::Reconsider);
        }
        Turn::PlanUnseen(card) => desk.organization.card = card,
        Turn::Members(bits) => {
            let all = [SUPPORT, REPLAY].into_iter().enumerate();
            desk.agent_teams =
                all.filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, team)| team).collect();
        }
        Turn::Activate(number) => desk.handbook = handbooks[number].clone(),
        Turn::Reapply => return desk.run(&admin, &Command::Reapply),
        Turn::Delete => return desk.run(&agent(), &Command::Delete),
        Turn::MarkSpam => return desk.run(&agent(), &Command::MarkSpam),
        Turn::UnmarkSpam => return desk.run(&agent(), &Command::UnmarkSpam),
        Turn::Merge => {
            let note = Some(desk.comment(AGENT, Author::Agent, false));
            return desk.run(&agent(), &Command::MergeInto { into: OTHER, note });
        }
        Turn::TakeIn(bits) => return take_in(desk, bits),
        Turn::Unmerge => return desk.run(&agent(), &Command::Unmerge),
        Turn::LetGo => return desk.run(&agent(), &Command::LetGo { ticket: OTHER }),
        Turn::SplitOff => {
            let comment = domain::CommentId(1);
            return desk.run(&agent(), &Command::SplitOff { ticket: OTHER, comment });
        }
        Turn::Bounce => {
            let answers = desk.log.iter().rev().find_map(|(_, event)| match event {
                domain::Event::Commented { comment, answer: true, .. } => Some(*comment),
                _ => None,
            });
            let Some(comment) = answers else { return Ok(()) };
            return desk.run(&Actor::System, &Command::Bounced { comment });
        }
        update => {
            let by = match update {
                Turn::CustomerWrites | Turn::CustomerSolves => customer(),
                _ => agent(),
            };
            let changes = changes(desk, update);
            return desk.update(&by, changes);
        }
    }
    Ok(())
}

/// Another ticket is merged into this one, with what it brings along.
fn take_in(desk: &mut Desk, bits: u8) -> Result<(), Refusal> {
    let mut other = Desk::at("2026-03-25T16:30");
    other.handbook = desk.handbook.clone();
    other.now = desk.now;
    other.ask([None, Some(Severity::Critical), Some(Severity::High)][usize::from(bits % 3)]);
    let clock = other.ticket().current_clock().cloned();
    let walk = other.log.iter().find_map(|(_, event)| match event {
        domain::Event::ClockStarted { clock } => Some(clock.walk.clone()),
        _ => None,
    });
    let brought = Brought {
        ticket: OTHER,
        asked_at: (bits & 8 == 0).then_some(other.ticket().asked_at).flatten(),
        clock: clock.zip(walk).filter(|_| bits & 16 == 0).map(Box::new),
        people: vec![CUSTOMER, UserId(101)],
    };
    let note = Some(desk.comment(AGENT, Author::Agent, false)).filter(|_| bits & 32 == 0);
    desk.run(&agent(), &Command::TakeIn { brought: Box::new(brought), note })
}

/// What an update asks for.
fn changes(desk: &mut Desk, turn: Turn) -> Changes {
    let none = Changes::default();
    match turn {
        Turn::Reply => Changes { comment: Some(desk.comment(AGENT, Author::Agent, true)), ..none },
        Turn::ReplyAndSolve => {
            let comment = Some(desk.comment(AGENT, Author::Agent, true));
            Changes { comment, status: Some(Status::Solved), ..none }
        }
        Turn::Note => Changes { comment: Some(desk.comment(AGENT, Author::Agent, false)), ..none },
        Turn::CustomerWrites => {
            Changes { comment: Some(desk.comment(CUSTOMER, Author::Customer, true)), ..none }
        }
        Turn::CustomerSolves => {
            let comment = Some(desk.comment(CUSTOMER, Author::Customer, true));
            Changes { comment, status: Some(Status::Solved), ..none }
        }
        Turn::Status(status) => Changes { status: Some(status), ..none },
        Turn::Severity(severity) => Changes { severity: Some(severity), ..none },
        Turn::Area(area) => Changes { area: Some(area.map(str::to_owned)), ..none },
        Turn::AreaAndTeam(area, first) => {
            Changes { area: Some(area.map(str::to_owned)), team: Some(team(first)), ..none }
        }
        Turn::AreaAndTake(area) => {
            let area = Some(area.map(str::to_owned));
            Changes { area, assignee: Some(Some(AGENT)), ..none }
        }
        Turn::Level(level) => Changes { level: Some(common::by_hand(level)), ..none },
        Turn::LevelFor(level, hours) => {
            let until = Some(desk.now + SignedDuration::from_hours(hours));
            let level = domain::ByHand { until, ..common::by_hand(level) };
            Changes { level: Some(level), ..none }
        }
        Turn::Spam => Changes { status: Some(Status::Solved), cause: Some(Cause::Spam), ..none },
        Turn::Issue => Changes { issue: Some("https://code.test/issues/7".to_owned()), ..none },
        Turn::Take => Changes { assignee: Some(Some(AGENT)), ..none },
        Turn::TakeAndMove(first) => {
            Changes { assignee: Some(Some(AGENT)), team: Some(team(first)), ..none }
        }
        Turn::Leave => Changes { assignee: Some(None), ..none },
        Turn::Move(first) => Changes { team: Some(team(first)), ..none },
        Turn::Tags(bits) => {
            let tags = ["slow", "vip"].iter().enumerate();
            let tags = tags.filter(|(bit, _)| bits >> bit & 1 == 1);
            Changes { tags: Some(tags.map(|(_, tag)| (*tag).to_owned()).collect()), ..none }
        }
        _ => none,
    }
}

/// The other ticket of a merge.
const OTHER: domain::TicketId = domain::TicketId(2);

/// An agent who may not hold for longer than the total.
const CLERK: Actor = Actor::Person { id: UserId(7), role: Role::Agent };

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Replaying the handbooks that were live reproduces every recorded decision exactly.
    #[test]
    fn replaying_what_was_live_gives_what_was_recorded(
        severity in prop::sample::select(vec![None, Some(Severity::Critical), Some(Severity::High)]),
        area in prop::sample::select(vec![None, Some("session_replay"), Some("billing")]),
        internal in prop::bool::weighted(0.05),
        by_agent in prop::bool::weighted(0.2),
        turns in prop::collection::vec(turn(), 0..40),
    ) {
        let handbooks = handbooks();
        let mut desk = Desk::at("2026-03-25T16:30");
        let mut opening = desk.opening();
        opening.severity = severity;
        opening.area = area.map(str::to_owned);
        opening.internal = internal;
        let actor = if by_agent { agent() } else { customer() };
        if by_agent {
            opening.comment = desk.comment(AGENT, Author::Agent, true);
            opening.changes.assignee = Some(Some(AGENT));
            opening.changes.status = Some(Status::Pending);
        }
        desk.run(&actor, &Command::Open(Box::new(opening))).expect("it can be opened");

        live(&mut desk, &turns, &handbooks);

        assert_reproduced(&desk.envelopes, &handbooks, desk.now);
        let setting = setting(desk.now);
        let live = as_it_was(&desk.envelopes, &handbooks, desk.now);
        let (same, _) = differences(&desk.envelopes, &live, &setting).expect("there is a ticket");
        prop_assert_eq!(same.differences, vec![]);
        for other in &handbooks {
            let shadow = replay(&desk.envelopes, |_| other, &setting).expect("there is a ticket");
            let log = shadow.events.iter().map(|(at, event)| (*at, event));
            let folded = domain::Ticket::replay(shadow.ticket.id, log);
            prop_assert_eq!(folded.as_ref(), Some(&shadow.ticket), "a shadow is a ticket like any other");
        }
    }
}
