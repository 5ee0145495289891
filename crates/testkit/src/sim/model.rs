//! What must be true of a ticket, told a second time from the rows and without the product's code.
//!
//! A [`Case`] is given the same inputs as the ticket and says what has to happen ([`Said`]) and what has to leave
//! ([`Letter`]). The product's log is held against it after every step.

mod answers;
mod changes;
mod clocks;

use std::sync::Arc;

use domain::{Level, Severity, Status};
use jiff::Timestamp;

use super::policy::{Plan, Policy};

/// Something that happened to a ticket, in words both sides have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// Told a promise, or that there is none.
    Acknowledged(Option<Timestamp>),
    /// Told a better one.
    Improved(Option<Timestamp>),
    /// A clock of a kind, from, due.
    Started(&'static str, Timestamp, Timestamp),
    /// The deadline came nearer.
    Moved(Timestamp),
    /// Met, missed or cancelled.
    Stopped(&'static str),
    /// So much open time is left.
    Warned(String),
    /// Past the deadline, with the team that had it.
    Breached(usize),
    /// The customer was reminded.
    Reminded,
    /// From one status to another.
    Became(Status, Status),
    /// The level in force.
    Level(Level),
    /// The team that has it.
    Team(usize),
    /// To a team, since when, and whether its promise waits for the first clock.
    Escalated(usize, Timestamp, bool),
    /// The escalated promise was kept along with the first one.
    Kept,
    /// Handed back to a team.
    Deescalated(usize),
    /// Public or not, an answer, a question.
    Commented(bool, bool, bool),
    /// The customer is asked how the help was.
    Asked,
    /// The customer is not asked, for a reason.
    Unasked(&'static str),
    /// Gone.
    Deleted,
}

/// Something that has to leave because of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    /// The kind of delivery.
    pub(super) kind: &'static str,
    pub(super) at: Timestamp,
    /// Words it must contain.
    pub(super) holds: String,
}

/// The rules cannot allow it.
#[derive(Clone, Copy, Debug)]
pub(super) struct No;

/// The circumstances of an input.
pub(super) struct Rules<'a> {
    pub(super) policy: &'a Arc<Policy>,
    /// What the ticket's organization pays; nothing if there is none.
    pub(super) plan: Plan,
    pub(super) now: Timestamp,
}

/// So much open time before a deadline, as written and in seconds.
type Warning = (&'static str, i64);

/// A clock that has not ended.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) kind: &'static str,
    pub(super) started: Timestamp,
    pub(super) due: Timestamp,
    pub(super) missed: bool,
    /// Whose calendar it keeps.
    team: usize,
    warnings: Vec<(Timestamp, Warning)>,
    breach: Option<Timestamp>,
}

/// An escalation that was not handed back.
#[derive(Clone, Debug)]
struct Escalation {
    team: usize,
    from: usize,
    since: Timestamp,
    owed: bool,
    /// Nothing was promised or answered since.
    silent: bool,
    /// From when on the owed promise counts at which level.
    marks: Vec<(Timestamp, Level)>,
}

/// One ticket, as it must be.
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are facts of their own, not states of one thing"
)]
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) organization: Option<usize>,
    /// Asked by one of us.
    pub(super) internal: bool,
    pub(super) status: Status,
    pub(super) level: Level,
    by_hand: bool,
    pub(super) severity: Option<Severity>,
    pub(super) area: Option<usize>,
    pub(super) team: usize,
    pub(super) clock: Option<Running>,
    clocks: u32,
    /// The oldest customer message without an answer.
    pub(super) asked: Option<Timestamp>,
    replied: bool,
    remind: Option<Timestamp>,
    solve: Option<Timestamp>,
    wake: Option<Timestamp>,
    close: Option<Timestamp>,
    /// When the customer is asked how the help was, since when it is done, and whether they were asked. (CS-01, CS-02)
    survey: Option<Timestamp>,
    done_since: Option<Timestamp>,
    surveyed: bool,
    held_since: Option<Timestamp>,
    held_seconds: i64,
    escalation: Option<Escalation>,
    /// What the customer was told.
    told: Option<Option<Timestamp>>,
    pub(super) deleted: bool,
    /// What happened since it was last compared.
    pub(super) said: Vec<(Timestamp, Said)>,
    /// What still has to leave.
    pub(super) letters: Vec<Letter>,
}

impl Case {
    /// A ticket before anything is decided about it.
    pub(super) fn new(organization: Option<usize>, internal: bool) -> Self {
        Self {
            organization,
            internal,
            status: Status::New,
            level: Level::Low,
            by_hand: false,
            severity: None,
            area: None,
            team: 0,
            clock: None,
            clocks: 0,
            asked: None,
            replied: false,
            remind: None,
            solve: None,
            wake: None,
            close: None,
            survey: None,
            done_since: None,
            surveyed: false,
            held_since: None,
            held_seconds: 0,
            escalation: None,
            told: None,
            deleted: false,
            said: Vec::new(),
            letters: Vec::new(),
        }
    }

    /// What happens by itself, and when; earliest first.
    pub(super) fn timers(&self) -> Vec<(Timestamp, String)> {
        let mut all: Vec<(Timestamp, String)> = Vec::new();
        if let Some(clock) = &self.clock {
            all.extend(clock.warnings.iter().map(|(at, (text, _))| (*at, format!("warn {text}"))));
            all.extend(clock.breach.map(|at| (at, "breach".to_owned())));
        }
        let named = [
            ("remind", self.remind),
            ("solve", self.solve),
            ("wake", self.wake),
            ("close", self.close),
            ("survey", self.survey),
        ];
        all.extend(named.into_iter().filter_map(|(name, at)| Some((at?, name.to_owned()))));
        all.sort();
        all
    }

    /// When something happens by itself next.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let clock = self
            .clock
            .iter()
            .flat_map(|clock| clock.warnings.iter().map(|(at, _)| *at).chain(clock.breach));
        let status = self.remind.into_iter().chain(self.solve).chain(self.wake).chain(self.close);
        clock.chain(status).chain(self.survey).min()
    }

    /// Whether somebody escalated it and it was not handed back.
    pub(super) fn is_escalated(&self) -> bool {
        self.escalation.is_some()
    }

    fn say(&mut self, at: Timestamp, said: Said) {
        self.said.push((at, said));
    }

    /// One of us grades it; whoever said that it is worse is told. (PR-04)
    pub(super) fn grade(&mut self, rules: &Rules<'_>, severity: Option<Severity>) {
        const WORST_FIRST: [Severity; 4] =
            [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
        let rank = |one: Option<Severity>| WORST_FIRST.iter().position(|other| Some(*other) == one);
        let milder = rank(self.severity).zip(rank(severity)).is_some_and(|(from, to)| from < to);
        if milder && !self.internal && !matches!(self.status, Status::Solved | Status::Closed) {
            self.send("promise", rules.now, "we have graded it as".to_owned());
        }
        self.severity = severity;
    }

    fn send(&mut self, kind: &'static str, at: Timestamp, holds: String) {
        self.letters.push(Letter { kind, at, holds });
    }

    /// Time passes: everything that falls due by then happens at its own instant. (NF-03)
    pub(super) fn advance(&mut self, rules: &Rules<'_>, until: Timestamp) {
        while let Some(at) = self.next().filter(|at| *at <= until) {
            let rules = Rules { policy: rules.policy, plan: rules.plan.clone(), now: at };
            if let Some(clock) = &mut self.clock
                && let Some(place) = clock.warnings.iter().position(|(when, _)| *when == at)
            {
                let (_, (text, _)) = clock.warnings.remove(place);
                self.say(at, Said::Warned(text.to_owned()));
                self.send("warning", at, " left".to_owned());
            } else if self.clock.as_ref().is_some_and(|clock| clock.breach == Some(at)) {
                self.breach(at);
            } else if self.remind == Some(at) {
                self.remind = None;
                self.say(at, Said::Reminded);
                self.send("reminder", at, "wait for you".to_owned());
            } else if self.solve == Some(at) {
                self.solved(&rules);
                self.send("auto_solved", at, "marked as solved".to_owned());
            } else if self.wake == Some(at) {
                self.send("notification", at, "is back from hold".to_owned());
                self.become_(Status::Open, at);
                if self.clock.is_none() {
                    self.start("next", at, &rules);
                }
            } else if self.close == Some(at) {
                self.become_(Status::Closed, at);
            } else {
                self.ask_how_it_was(at);
            }
        }
    }

    /// The customer is asked once, and only if somebody answered them. (CS-01 to CS-03)
    fn ask_how_it_was(&mut self, at: Timestamp) {
        assert!(self.status.is_done() && !self.surveyed, "nobody is asked twice or too early");
        self.survey = None;
        if self.replied {
            self.surveyed = true;
            self.say(at, Said::Asked);
            self.send("survey", at, "How was our help?".to_owned());
        } else {
            self.say(at, Said::Unasked("no_reply"));
        }
    }

    fn breach(&mut self, at: Timestamp) {
        let team = self.team;
        if let Some(clock) = &mut self.clock {
            assert!(at > clock.due, "a breach falls due after its deadline");
            clock.breach = None;
            clock.missed = true;
        }
        self.say(at, Said::Breached(team));
        self.send("breach", at, "past its target".to_owned());
    }

    /// Another status; what hung on the old one does not happen any more.
    fn become_(&mut self, to: Status, at: Timestamp) {
        self.say(at, Said::Became(self.status, to));
        (self.remind, self.solve, self.wake, self.close) = (None, None, None, None);
        if let Some(since) = self.held_since.take() {
            self.held_seconds += at.duration_since(since).as_secs();
        }
        if to == Status::Hold {
            self.held_since = Some(at);
        }
        if to.is_done() {
            self.asked = None;
            self.done_since.get_or_insert(at);
        } else {
            (self.survey, self.done_since) = (None, None);
        }
        self.status = to;
    }
}
