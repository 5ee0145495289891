//! Random stories, each replayed under the handbooks that were live and under others.

mod common;

use common::replaying::{as_it_was, assert_reproduced, changed, setting};
use common::{AGENT, CUSTOMER, Desk, REPLAY, SUPPORT, agent, customer};
use domain::replay::{differences, replay};
use domain::{
    Actor, Author, Brought, Cause, Changes, Command, Level, Refusal, Role, Severity, Status,
    Unasked, UserId,
};
use handbook::Handbook;
use jiff::SignedDuration;
use proptest::prelude::*;

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
    Rate(u8, bool),
    Unasked(Option<Unasked>),
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
        2 => (1..=5_u8, any::<bool>()).prop_map(|(rating, words)| Turn::Rate(rating, words)),
        1 => prop::sample::select(vec![None, Some(Unasked::Unsubscribed), Some(Unasked::Cap)])
            .prop_map(Turn::Unasked),
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
                "[lifecycle]\npending_reminder = \"2d\"\npending_solves_after = \"4d\"\ncloses_after = \"9d\"\nhold = { at_least = \"2d\", at_most = \"20d\" }\n\n[csat]\nafter = \"30h\"\n\n[[team]]\nslug = \"support\"",
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
        Turn::Rate(rating, words) => {
            let rating = rating.try_into().expect("the dice keep to the scale");
            let digest = words.then(|| "digest".to_owned());
            return desk.run(&customer(), &Command::Rate { rating, digest });
        }
        Turn::Unasked(reason) => desk.unasked = reason,
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
        surveyed: bits & 64 != 0,
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
