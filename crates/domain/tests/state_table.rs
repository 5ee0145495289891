//! Every command in every state, against a table written by hand. (ST-01 to ST-11)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::{AGENT, CUSTOMER, Desk, REPLAY, SUPPORT, agent, customer, instant};
use domain::{
    Author, Brought, Changes, Clock, ClockKind, ClockState, Command, CommentId, Refusal, Severity,
    Status, Ticket, TicketId, TimerKind,
};

const TABLE: &str = include_str!("state_table.txt");

/// The other ticket of a merge.
const OTHER: TicketId = TicketId(2);

/// The deadline of the clock that a merged ticket brings along, before any other.
const BROUGHT_DUE: &str = "2026-06-08T21:00";

/// ST-01 to ST-11, SLA-05 to SLA-13, ESC-02 to ESC-07
#[test]
fn every_command_in_every_state_does_what_the_table_says() {
    let table = table();
    let mut wrong = Vec::new();

    for block in &table {
        assert_eq!(stand(in_state(block.state).ticket()), block.stands, "{}", block.state);
        let mut left = commands(block.state);
        for (command, expected) in &block.outcomes {
            assert!(left.remove(command).is_some(), "{}: {command} twice or unknown", block.state);
            let outcome = outcome(block.state, command);
            if outcome != *expected {
                wrong.push(format!("{}: {command}: {outcome}, not {expected}", block.state));
            }
        }
        assert!(left.is_empty(), "{}: without an outcome: {left:?}", block.state);
    }

    assert_eq!(table.len(), STATES.len());
    assert!(wrong.is_empty(), "{} outcomes are others:\n{}", wrong.len(), wrong.join("\n"));
}

/// ST-10, ST-08: a refusal says what the ticket is and what it may become
#[test]
fn a_refused_status_is_refused_with_the_allowed_ones() {
    let mut refused = 0;
    for state in STATES {
        for to in Status::ALL {
            let mut desk = in_state(state);
            let from = desk.ticket().status;
            let Err(refusal) = desk.status(*to) else { continue };
            refused += 1;
            let words = refusal.to_string();
            match refusal {
                Refusal::Transition { .. } => {
                    assert!(words.starts_with(&format!("{from} does not become {to}")), "{words}");
                    for allowed in from.after() {
                        assert!(words.contains(allowed.as_str()), "{words} lacks {allowed}");
                    }
                }
                Refusal::Closed => assert!(words.contains("open a follow-up"), "{words}"),
                Refusal::HoldWithoutDate { .. } => {
                    for days in [7, 30] {
                        let bound = desk.now + jiff::SignedDuration::from_hours(24 * days);
                        assert!(words.contains(&bound.to_string()), "{words} lacks {bound}");
                    }
                }
                other => panic!("{state} to {to}: {other}"),
            }
        }
    }
    assert!(refused > 40, "{refused}");
}

const STATES: [&str; 17] = [
    "new",
    "new and missed",
    "new and low",
    "open",
    "open and answered",
    "open and asked again",
    "escalated unanswered",
    "escalated",
    "pending unanswered",
    "pending and answered",
    "hold unanswered",
    "hold and answered",
    "solved unanswered",
    "solved and answered",
    "closed",
    "spam",
    "merged",
];

/// A desk whose ticket was asked on Monday at ten, and stands there at one o'clock.
fn in_state(state: &str) -> Desk {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.ask((state != "new and low").then_some(Severity::Critical));
    desk.go("2026-06-08T11:00");
    match state {
        "new" | "new and low" => {}
        "new and missed" => desk.go("2026-06-09T13:00"),
        "open" => desk.status(Status::Open).unwrap(),
        "open and answered" => desk.reply(),
        "open and asked again" => {
            desk.reply();
            desk.go("2026-06-08T12:00");
            desk.customer_writes();
        }
        "escalated unanswered" => desk.escalate(REPLAY).unwrap(),
        "escalated" => {
            desk.reply();
            desk.escalate(REPLAY).unwrap();
        }
        "pending unanswered" => desk.status(Status::Pending).unwrap(),
        "pending and answered" => {
            desk.reply();
            desk.status(Status::Pending).unwrap();
        }
        "hold unanswered" => desk.update(&agent(), hold()).unwrap(),
        "hold and answered" => {
            desk.reply();
            desk.update(&agent(), hold()).unwrap();
        }
        "solved unanswered" => desk.status(Status::Solved).unwrap(),
        "solved and answered" => {
            desk.reply();
            desk.status(Status::Solved).unwrap();
        }
        "closed" => {
            desk.reply();
            desk.status(Status::Solved).unwrap();
            desk.status(Status::Closed).unwrap();
        }
        "spam" => {
            desk.status(Status::Open).unwrap();
            desk.run(&agent(), &Command::MarkSpam).unwrap();
        }
        "merged" => {
            desk.status(Status::Open).unwrap();
            desk.run(&agent(), &Command::MergeInto { into: OTHER, note: None }).unwrap();
        }
        _ => panic!("no such state: {state}"),
    }
    if state != "new and missed" {
        desk.go("2026-06-08T13:00");
    }
    desk
}

/// On hold until ten days after the ticket was asked.
fn hold() -> Changes {
    Changes {
        status: Some(Status::Hold),
        hold_until: Some(instant("2026-06-18T10:00")),
        ..Changes::default()
    }
}

fn to(status: Status) -> Command {
    Command::Update(Box::new(Changes { status: Some(status), ..Changes::default() }))
}

/// What may be tried, each with its name in the table. An answer can bounce only where there is one.
fn commands(state: &str) -> BTreeMap<&'static str, Command> {
    let mut desk = in_state(state);
    let answered = desk.ticket().answered.as_ref().map(|answered| answered.comment);
    let mut says = |author, by, public| desk.comment(author, by, public);
    let writes = |comment| {
        Command::Update(Box::new(Changes { comment: Some(comment), ..Changes::default() }))
    };
    BTreeMap::from([
        ("to new", to(Status::New)),
        ("to open", to(Status::Open)),
        ("to pending", to(Status::Pending)),
        ("to hold undated", to(Status::Hold)),
        ("to hold", Command::Update(Box::new(hold()))),
        ("to solved", to(Status::Solved)),
        ("to closed", to(Status::Closed)),
        ("reply", writes(says(AGENT, Author::Agent, true))),
        ("note", writes(says(AGENT, Author::Agent, false))),
        ("customer", writes(says(CUSTOMER, Author::Customer, true))),
        (
            "escalate",
            Command::Escalate {
                team: another(state),
                note: says(AGENT, Author::Agent, false),
                tell: true,
            },
        ),
        ("withdraw", Command::WithdrawPromise { reason: "we cannot".into() }),
        ("deescalate", Command::Deescalate),
        ("reapply", Command::Reapply),
        ("mark spam", Command::MarkSpam),
        ("unmark spam", Command::UnmarkSpam),
        ("merge", Command::MergeInto { into: OTHER, note: None }),
        ("take in", Command::TakeIn { brought: Box::new(brought(true)), note: None }),
        ("take in quiet", Command::TakeIn { brought: Box::new(brought(false)), note: None }),
        ("unmerge", Command::Unmerge),
        (
            if answered.is_some() { "bounced" } else { "unbounced" },
            Command::Bounced { comment: answered.unwrap_or(CommentId(1)) },
        ),
        ("rate", Command::Rate { rating: domain::Rating::BEST, digest: None }),
        ("delete", Command::Delete),
        ("wake", Command::Wake),
    ])
}

/// A team the ticket is not with.
fn another(state: &str) -> domain::TeamId {
    if state.starts_with("escalated") { SUPPORT } else { REPLAY }
}

/// A merged ticket asked an hour before this one, or one that waits for nothing.
fn brought(with_clock: bool) -> Brought {
    let started_at = instant("2026-06-08T09:00");
    let clock = Clock {
        kind: ClockKind::First,
        state: ClockState::Running,
        started_at,
        due_at: instant(BROUGHT_DUE),
        stopped_at: None,
        target: "12h".into(),
        reason: "high priority".into(),
        team: SUPPORT,
        warned: Vec::new(),
    };
    let walk = handbook::Walk { zone: "Europe/London".into(), steps: vec![] };
    Brought {
        ticket: OTHER,
        asked_at: with_clock.then_some(started_at),
        clock: with_clock.then(|| Box::new((clock, walk))),
        people: vec![],
        surveyed: false,
    }
}

/// What a command makes of a state, in the table's words. What holds in every cell is asserted here.
fn outcome(state: &str, name: &str) -> String {
    let mut desk = in_state(state);
    let before = desk.ticket().clone();
    let command = commands(state).remove(name).unwrap();
    let actor = match name {
        "customer" => customer(),
        "unbounced" | "bounced" | "wake" => domain::Actor::System,
        _ => agent(),
    };

    if let Err(refusal) = desk.run(&actor, &command) {
        assert_eq!(*desk.ticket(), before, "{state}: {name}: refused, and nothing happened");
        return format!("refused {}", reason(&refusal));
    }

    let now = desk.now;
    let after = desk.ticket();
    sound(&before, after, now, &format!("{state}: {name}"));
    let stands = stand(after);
    if stands == stand(&before) { "as it was".into() } else { stands }
}

fn reason(refusal: &Refusal) -> String {
    let debug = format!("{refusal:?}");
    debug.split([' ', '(']).next().unwrap_or_default().to_owned()
}

/// SLA-08 and the instants: one current clock, none born breached, deadlines never later, and none without a reason.
fn sound(before: &Ticket, after: &Ticket, now: jiff::Timestamp, cell: &str) {
    let current: Vec<_> = after.clocks.iter().filter(|clock| clock.is_current()).collect();
    assert!(current.len() <= 1, "{cell}: {current:?}");
    assert!(after.clocks.len() >= before.clocks.len(), "{cell}: a clock is gone");
    for (i, clock) in after.clocks.iter().enumerate() {
        match before.clocks.get(i) {
            Some(old) => {
                assert_eq!(old.started_at, clock.started_at, "{cell}: counted anew");
                let nearer = cell.ends_with(": take in").then(|| instant(BROUGHT_DUE));
                let due =
                    if nearer.is_some() && clock.is_current() && clock.state == ClockState::Running
                    {
                        old.due_at.min(instant(BROUGHT_DUE))
                    } else {
                        old.due_at
                    };
                assert_eq!(clock.due_at, due, "{cell}: another deadline");
            }
            None => assert!(clock.due_at > now, "{cell}: born breached: {clock:?}"),
        }
        assert_eq!(clock.is_current(), clock.stopped_at.is_none());
    }
    let breaches = after.timers.iter().filter(|timer| timer.kind == TimerKind::Breach).count();
    let running = current.iter().filter(|clock| clock.state == ClockState::Running).count();
    assert_eq!(
        breaches, running,
        "{cell}: a running clock has its breach ahead, and nothing else has"
    );
    assert!(after.timers.is_sorted(), "{cell}: the earliest timer is first");
    assert_eq!(after.solved_at.is_some(), after.status.is_done(), "{cell}: solved since");
    assert_eq!(after.cause.is_some(), after.status.is_done(), "{cell}: a cause (ST-09)");
}

/// How a ticket stands: status; clocks; what its status brings about by itself.
fn stand(ticket: &Ticket) -> String {
    let clocks: Vec<_> = ticket
        .clocks
        .iter()
        .map(|clock| format!("{} {}", clock.kind.as_str(), clock.state.as_str()))
        .collect();
    let ahead: Vec<_> = ticket
        .timers
        .iter()
        .filter_map(|timer| match timer.kind {
            TimerKind::Remind => Some("reminds"),
            TimerKind::Solve => Some("solves"),
            TimerKind::Wake => Some("wakes"),
            TimerKind::Close => Some("closes"),
            TimerKind::Survey => Some("asks"),
            TimerKind::Warn(_) | TimerKind::Breach | TimerKind::EndOverride => None,
        })
        .collect();
    tidy(&format!("{}; {}; {}", ticket.status, clocks.join(", "), ahead.join(", ")))
}

/// Empty parts at the end left out.
fn tidy(stands: &str) -> String {
    let parts: Vec<_> = stands.split(';').map(str::trim).collect();
    let last = parts.iter().rposition(|part| !part.is_empty()).unwrap_or(0);
    parts[..=last].join("; ")
}

/// A block of the table.
struct Block {
    state: &'static str,
    stands: String,
    outcomes: Vec<(&'static str, String)>,
}

fn table() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix("state ") {
            let (state, stands) = head.split_once(':').unwrap();
            blocks.push(Block { state, stands: tidy(stands), outcomes: Vec::new() });
        } else {
            let (names, outcome) = line.split_once(" = ").unwrap();
            let block = blocks.last_mut().unwrap();
            block.outcomes.extend(names.split(", ").map(|name| (name, tidy(outcome))));
        }
    }
    blocks
}
