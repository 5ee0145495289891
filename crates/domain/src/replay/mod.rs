//! Replaying a recorded history under another handbook, without side effects. (NF-05)
//!
//! A ticket's log holds what people did and what the handbook of the day made of it. A replay takes out what the
//! handbook did, turns the rest back into the [`Command`]s people gave ([`recorded`](Recorded)), and lets [`decide()`]
//! answer them anew: the *shadow* ticket. Its own timers drive it between two commands, each fired at its own instant.
//!
//! Under the handbook that was live a replay gives every recorded event again ([`Shadow::reproduces`]); that is how we
//! know that it can be trusted under another one.
//!
//! # What is taken as given
//!
//! - What people did is not undone: they write, escalate and solve at the same instants, whatever the deadlines are.
//! - A level or a team named by hand that was in force already left no event, so it is not asked for again.
//! - Who took a ticket is trusted to have been allowed to.
//! - The requester's address and the subject are not in the log; rules that look at them see the present ones, and
//!   nothing once they were erased.
//! - A status that the other handbook refuses (a hold beyond its bounds) is left out and reported; the words that came
//!   with it still count.

mod differences;
mod recorded;

use std::collections::VecDeque;
use std::sync::Arc;

use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};

use crate::{
    Actor, AuditId, Candidate, Command, CommentId, Envelope, Event, Facts, Provenance, Reader,
    Refusal, RuleFacts, TeamRef, Ticket, Unasked, decide,
};

pub use differences::{
    Breaches, ClockSeen, Deadlines, Difference, Differences, Happening, Sum, differences,
};
use recorded::{Recorded, Step};

/// What a replay is told beside the log.
#[derive(Clone, Debug)]
pub struct Setting {
    /// All teams, also those that are gone, and those that only the other handbook knows.
    pub teams: Arc<Vec<TeamRef>>,
    /// For whom promises are written.
    pub reader: Reader,
    /// The requester's address; empty if it was erased.
    pub email: String,
    /// The subject; empty if it was erased.
    pub subject: String,
    /// How far time goes after the last event.
    pub until: Timestamp,
}

/// A ticket as it would have become.
#[derive(Clone, Debug)]
pub struct Shadow {
    /// The ticket.
    pub ticket: Ticket,
    /// Its events, each with its instant, in order.
    pub events: Vec<(Timestamp, Event)>,
    /// What people did and the handbook would not have allowed.
    pub refused: Vec<Refused>,
}

/// Something people did that the handbook of the replay refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When they did it.
    pub at: Timestamp,
    /// What it was: `update`, `escalation`, …
    pub what: &'static str,
    /// Why not.
    pub why: Refusal,
}

/// Replays a log; each change set is decided by the handbook that `handbook` names for it. `None` for a log that does
/// not begin with an opening.
///
/// To ask what another handbook would have done, name that one throughout; to prove the log, name the one whose
/// version each event carries.
pub fn replay<'h>(
    log: &[Envelope],
    handbook: impl Fn(&Envelope) -> &'h Handbook,
    setting: &Setting,
) -> Option<Shadow> {
    let mut recorded = Recorded::default();
    let mut run: Option<Run<'_>> = None;
    for audit in log.chunk_by(|one, next| one.audit == next.audit) {
        let first = audit.first()?;
        let handbook = handbook(first);
        let step = recorded.step(audit);
        match (&mut run, step) {
            (None, step) => run = Some(Run::open(&step, first.at, handbook, setting)?),
            (Some(run), Step::Time { until, facts, unasked }) => {
                run.know(*facts);
                run.unasked = unasked;
                run.pass(until, handbook);
            }
            (Some(run), Step::Asked(asked)) => {
                run.pass(first.at, handbook);
                run.ask(*asked, first, handbook);
            }
        }
    }
    let mut run = run?;
    let last = log.last()?;
    let until = recorded.settled_until(setting.until);
    if until > run.now {
        run.pass(until, handbook(last));
    }
    Some(Shadow { ticket: run.ticket, events: run.events, refused: run.refused })
}

impl Shadow {
    /// Whether every event of the log happened again, at the same instants and in the same order. Only the words of a
    /// promise may differ: they are written in the zone its reader has today.
    pub fn reproduces(&self, log: &[Envelope]) -> bool {
        self.events.len() == log.len()
            && self.events.iter().zip(log).all(|((at, event), envelope)| {
                *at == envelope.at && wordless(event) == wordless(&envelope.event)
            })
    }
}

fn wordless(event: &Event) -> Event {
    let mut event = event.clone();
    if let Event::Acknowledged { promise }
    | Event::PromiseImproved { promise }
    | Event::Told { promise, .. } = &mut event
    {
        promise.text.clear();
    }
    if let Event::ReplyTakenBack { before: Some(before), .. } = &mut event
        && let Some(promise) = &mut before.promise
    {
        promise.text.clear();
    }
    event
}

/// A shadow in the making.
struct Run<'s> {
    setting: &'s Setting,
    ticket: Ticket,
    events: Vec<(Timestamp, Event)>,
    refused: Vec<Refused>,
    /// The facts that were last written down.
    known: (RuleFacts, Provenance),
    /// Why the requester was not to be asked how the help was, when that was looked at last. (CS-03)
    unasked: Option<Unasked>,
    /// What was asked for last: it may be taken back.
    earlier: VecDeque<Earlier>,
    /// How far time has come.
    now: Timestamp,
}

/// How things stood before somebody asked for something.
struct Earlier {
    audit: AuditId,
    reply: Option<CommentId>,
    ticket: Ticket,
    known: (RuleFacts, Provenance),
}

/// How many of them: more triggers hardly act because of one change, and more is hardly written before the first has left.
const REMEMBERED: usize = 64;

impl<'s> Run<'s> {
    fn open(step: &Step, at: Timestamp, handbook: &Handbook, setting: &'s Setting) -> Option<Self> {
        let Step::Asked(asked) = step else { return None };
        let known = asked.facts.clone().unwrap_or_default();
        let facts = facts(setting, &known, asked, None);
        let answer = |command: &Command| decide(None, command, &facts, &asked.actor, handbook, at);
        let (decided, refused) = asked.answered(at, answer);
        let decided = decided?;
        Some(Self {
            setting,
            ticket: decided.ticket,
            events: decided.events,
            refused,
            known,
            unasked: None,
            earlier: VecDeque::new(),
            now: at,
        })
    }

    /// From here on these are the facts, if any were written down.
    fn know(&mut self, facts: Option<(RuleFacts, Provenance)>) {
        self.known = facts.unwrap_or_else(|| std::mem::take(&mut self.known));
    }

    /// Lets time pass; what falls due on the way happens. Time does not go back.
    fn pass(&mut self, to: Timestamp, handbook: &Handbook) {
        self.now = self.now.max(to);
        if self.ticket.next_wakeup().is_some_and(|at| at <= self.now) {
            let mut facts = facts(self.setting, &self.known, &recorded::Asked::nothing(), None);
            facts.unasked = self.unasked;
            let command = Command::Wake;
            let ticket = Some(&self.ticket);
            // Nothing that comes due is refused.
            if let Ok(decided) =
                decide(ticket, &command, &facts, &Actor::System, handbook, self.now)
            {
                self.ticket = decided.ticket;
                self.events.extend(decided.events);
            }
        }
    }

    fn ask(&mut self, mut asked: recorded::Asked, first: &Envelope, handbook: &Handbook) {
        let at = first.at;
        let now = Earlier {
            audit: first.audit,
            reply: asked.reply(),
            ticket: self.ticket.clone(),
            known: self.known.clone(),
        };
        self.know(asked.facts.clone());
        // What is taken back is what this handbook made of it.
        let (stood, before) = match &mut asked.command {
            Command::Undo { audit, before } => {
                (self.earlier.iter().find(|one| one.audit == *audit), Some(before))
            }
            Command::TakeBack { comment, before: Some(before) } => {
                (self.earlier.iter().find(|one| one.reply == Some(*comment)), Some(before))
            }
            _ => (None, None),
        };
        if let (Some(stood), Some(before)) = (stood, before) {
            **before = stood.ticket.clone();
            self.known = stood.known.clone();
        }
        if self.earlier.len() == REMEMBERED {
            self.earlier.pop_front();
        }
        self.earlier.push_back(now);
        let asked = &asked;
        let facts = facts(self.setting, &self.known, asked, Some(&self.ticket));
        let ticket = &self.ticket;
        let answer =
            |command: &Command| decide(Some(ticket), command, &facts, &asked.actor, handbook, at);
        let (decided, refused) = asked.answered(at, answer);
        self.refused.extend(refused);
        if let Some(decided) = decided {
            self.ticket = decided.ticket;
            self.events.extend(decided.events);
        }
    }
}

fn facts(
    setting: &Setting,
    (known, provenance): &(RuleFacts, Provenance),
    asked: &recorded::Asked,
    ticket: Option<&Ticket>,
) -> Facts {
    let mut author = asked.author.clone();
    if asked.from_escalation
        && let Some(escalation) = ticket.and_then(|ticket| ticket.escalation.as_ref())
    {
        author.teams.push(escalation.team);
    }
    // Who had it keeps it or loses it as recorded; who took it belongs where they took it.
    let assignee = asked.assignee.clone().unwrap_or_else(|| Candidate {
        id: ticket.and_then(|ticket| ticket.assignee),
        is_admin: !asked.loses_it,
        ..Candidate::default()
    });
    Facts {
        rules: known.with(&setting.email, &setting.subject),
        provenance: provenance.clone(),
        teams: setting.teams.clone(),
        author,
        assignee,
        reader: setting.reader.clone(),
        unasked: None,
    }
}

/// The instant just before another.
fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_micros(1)).unwrap_or(at)
}
