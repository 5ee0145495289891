//! The ticket: the fold of its events.

mod fold;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Channel, Clock, CommentId, Event, Kind, Level, OrganizationId, Owners, Promise,
    RuleFacts, Severity, Status, Survey, TeamId, TicketId, Timer, UserId,
};

/// A level set by hand, which rules do not undo. (PR-11)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The level.
    pub level: Level,
    /// Why.
    pub reason: String,
    /// When the rules decide again; none is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// How a ticket stood before it was set aside: marked as spam, or merged into another. (SLA-12, ST-10)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// Its status.
    pub status: Status,
    /// Why it was solved, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Since when it was solved, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved_at: Option<Timestamp>,
    /// The oldest customer message without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// When it was to come back from hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<Timestamp>,
    /// Whether a clock was current.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock: bool,
}

/// A ticket that went on in another one. (ST-10)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The other one.
    pub into: TicketId,
    /// How it stood before.
    pub before: Aside,
}

/// A ticket that goes on in this one. (ST-10)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenIn {
    /// Which.
    pub ticket: TicketId,
    /// The people who came with it and did not take part before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ccs: Vec<UserId>,
    /// Since when its customer waits, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// What this ticket waited for before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_before: Option<Timestamp>,
    /// When a customer first wrote here after it was taken in. Which of the two it was is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_since: Option<Timestamp>,
    /// The clock that began because of it, by its place among the clocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<usize>,
    /// How this ticket stood before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Aside>,
    /// Whether its requester was asked how the help was, or has said so. (CS-02)
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub surveyed: bool,
}

/// The latest answered question, so that the answer can be taken back when it bounces. (SLA-05)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The comment that answered it.
    pub comment: CommentId,
    /// When.
    pub at: Timestamp,
    /// Further answers to it: one that arrived is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<CommentId>,
    /// The customer message it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
}

/// An answer that did not arrive. (SLA-05)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounced {
    /// The answer.
    pub comment: CommentId,
    /// When it was given: a clock that began later waits for something else.
    pub at: Timestamp,
}

/// An escalation that has not been handed back. (ESC-02)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// The team it was escalated to.
    pub team: TeamId,
    /// The team it came from, for the way back.
    pub from: TeamId,
    /// The instant it counts from: a further escalation keeps it as long as its promise is to be kept. (ESC-07)
    pub at: Timestamp,
    /// Whether the escalated promise is still to be kept once the first clock has ended. (ESC-03)
    pub owed: bool,
    /// Whether anybody of us has replied since. (ESC-08)
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replied: bool,
    /// While the promise is owed: at which level it counts from when. A higher level counts from the instant it was
    /// reached, a lower one takes the place of all before. (PR-07, ESC-08)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<(Timestamp, Level)>,
}

/// One private conversation and its state. Holds ids and words of closed sets only; texts and names live elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub id: TicketId,
    /// How many events it has: its version.
    pub seq: i64,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// The level in force.
    pub priority: Level,
    /// Why the handbook gave it this level: the true conditions; none for the last level, or a level set by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// The team responsible.
    pub team: TeamId,
    /// Who answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<UserId>,
    /// Who needs help.
    pub requester: UserId,
    /// Who typed it in.
    pub submitter: UserId,
    /// The requester's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Where it came from.
    pub channel: Channel,
    /// How bad the requester says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The part of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// What sort of request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Sorted, lower case, unique.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// People copied in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ccs: Vec<UserId>,
    /// Asked by one of us: no clock. (SLA-05)
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// Whether any comment is public.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// All clocks, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<Clock>,
    /// What happens by itself, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timers: Vec<Timer>,
    /// What the requester was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// The oldest customer message without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// The first human answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replied_at: Option<Timestamp>,
    /// Since when it has its status; none if it never had another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_since: Option<Timestamp>,
    /// Since when whoever has it has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<Timestamp>,
    /// When it was put on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at: Option<Timestamp>,
    /// When it comes back, as asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<Timestamp>,
    /// Seconds spent on hold before the present time on hold.
    #[serde(default)]
    pub held_seconds: i64,
    /// The start of the present stretch of solved and closed. (D-08)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved_at: Option<Timestamp>,
    /// The team that had it when that stretch began. (CS-09)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved_by: Option<TeamId>,
    /// Why it was solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What the rules could see when they were last asked.
    #[serde(default, skip_serializing_if = "RuleFacts::is_empty")]
    pub facts: RuleFacts,
    /// The level set by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_override: Option<Override>,
    /// The escalation in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// The teams before the first escalation and after the last one, also when it was handed back. (CS-09)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<(TeamId, TeamId)>,
    /// How its requester found the help. (CS-02)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<Survey>,
    /// The closed ticket it continues. (ST-06)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_of: Option<TicketId>,
    /// A ticket its sender named without a right to it. (CH-03)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<TicketId>,
    /// The ticket whose message it was split out of. (ST-10)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<TicketId>,
    /// The latest answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// The latest answer, if it did not arrive and nothing was said since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounced: Option<Bounced>,
    /// How it stood before it was marked as spam, if it is. (SLA-12)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spam: Option<Aside>,
    /// Where it goes on, if it was merged. (ST-10)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
    /// The tickets that go on here. (ST-10)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_in: Vec<TakenIn>,
    /// Public issues that follow up on it. (GH-02)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<String>,
    /// When it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

impl Ticket {
    /// The ticket that a log of events adds up to; `None` for an empty log or one that does not begin with `Opened`.
    pub fn replay<'e>(
        id: TicketId,
        log: impl IntoIterator<Item = (Timestamp, &'e Event)>,
    ) -> Option<Ticket> {
        let mut ticket = None;
        for (at, event) in log {
            match &mut ticket {
                None => ticket = Some(Ticket::opened(id, at, event)?),
                Some(ticket) => ticket.fold(at, event),
            }
        }
        ticket
    }

    /// The clock that has not ended yet, if any.
    pub fn current_clock(&self) -> Option<&Clock> {
        self.clocks.iter().rfind(|clock| clock.is_current())
    }

    /// When the ticket has to be looked at again.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.timers.first().map(|timer| timer.at)
    }

    /// When an answer is due, if one is.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.current_clock().map(|clock| clock.due_at)
    }

    /// Whether this person takes part as a customer: the requester or somebody copied in.
    pub fn has_participant(&self, user: UserId) -> bool {
        self.requester == user || self.ccs.contains(&user)
    }

    /// The teams that a survey is about. (CS-09)
    pub fn owners(&self) -> Owners {
        let team = self.solved_by.unwrap_or(self.team);
        Owners {
            team,
            first_line: self.lines.map_or(team, |(first, _)| first),
            escalated: self.lines.map(|(_, last)| last),
        }
    }

    /// Whether its requester was asked how the help was, or has said so, here or where it came from. (CS-02)
    pub fn is_surveyed(&self) -> bool {
        self.survey.is_some() || self.taken_in.iter().any(|taken| taken.surveyed)
    }

    pub(crate) fn opened(id: TicketId, at: Timestamp, event: &Event) -> Option<Ticket> {
        let Event::Opened(opened) = event else { return None };
        Some(Ticket {
            id,
            seq: 1,
            created_at: at,
            updated_at: at,
            status: Status::New,
            priority: Level::Low,
            because: Vec::new(),
            team: opened.team,
            assignee: None,
            requester: opened.requester,
            submitter: opened.submitter,
            organization: opened.organization,
            channel: opened.channel,
            severity: opened.severity,
            area: opened.area.clone(),
            kind: opened.kind,
            tags: opened.tags.clone(),
            ccs: opened.ccs.clone(),
            internal: opened.internal,
            public: false,
            clocks: Vec::new(),
            timers: Vec::new(),
            promise: None,
            asked_at: None,
            replied_at: None,
            status_since: None,
            assigned_at: None,
            held_at: None,
            hold_until: None,
            held_seconds: 0,
            solved_at: None,
            solved_by: None,
            cause: None,
            facts: RuleFacts::default(),
            level_override: None,
            escalation: None,
            lines: None,
            survey: None,
            follow_up_of: opened.follow_up_of,
            claims: opened.claims,
            split_from: opened.split_from,
            answered: None,
            bounced: None,
            spam: None,
            merged: None,
            taken_in: Vec::new(),
            issues: Vec::new(),
            deleted_at: None,
        })
    }
}
