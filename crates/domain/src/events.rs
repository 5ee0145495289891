//! What happened to a ticket. Appended, never changed.
//!
//! An event carries every value that was resolved when it was decided (level, target, due instant, timers), so that
//! the fold needs no handbook. It holds ids and digests; words that can be erased live in rows of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AuditId, Cause, Channel, ClockKind, ClockState, CommentId, EventId, FieldId, Kind, Level,
    OrganizationId, Promise, Provenance, Severity, Status, TeamId, TicketId, Timer, UserId,
};

/// The facts a ticket begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Who needs help.
    pub requester: UserId,
    /// Who typed it in.
    pub submitter: UserId,
    /// The requester's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The team that has it before the route is decided.
    pub team: TeamId,
    /// Where it came from.
    pub channel: Channel,
    /// How bad, as the requester says.
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
    /// The closed ticket it continues. (ST-06)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_of: Option<TicketId>,
    /// A ticket its sender named without a right to it. (CH-03)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<TicketId>,
    /// Digest of the subject, which lives in a row of its own.
    pub subject_digest: String,
}

/// A clock that begins, with the instants that follow from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Which promise.
    pub kind: ClockKind,
    /// When it began to count; may lie before the event. (ESC-03)
    pub started_at: Timestamp,
    /// An answer at exactly this instant is in time.
    pub due_at: Timestamp,
    /// The target as the handbook writes it.
    pub target: String,
    /// Why it runs.
    pub reason: String,
    /// The team whose calendar it keeps. (D-05)
    pub team: TeamId,
    /// Warnings and the breach.
    pub timers: Vec<Timer>,
    /// The way through the calendar: what counted, what was skipped, and why.
    pub walk: handbook::Walk,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// The ticket exists.
    Opened(Opened),
    /// The handbook set the level. (PR-05)
    PriorityDecided {
        /// The level, its reasons and all rules tried.
        decision: handbook::PriorityDecision,
        /// Where the facts came from.
        provenance: Provenance,
    },
    /// A person set the level. (PR-11)
    PriorityOverridden {
        /// The level.
        level: Level,
        /// Why.
        reason: String,
    },
    /// The handbook chose the team. (ROT-01, ROT-02)
    Routed {
        /// The team.
        team: TeamId,
        /// Why it is that team.
        route: handbook::Route,
    },
    /// Somebody or something wrote.
    Commented {
        /// The comment's row.
        comment: CommentId,
        /// Who wrote.
        author: UserId,
        /// Visible to the requester; otherwise a note of ours.
        public: bool,
        /// A human public reply: it stops the clock. (SLA-05)
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        answer: bool,
        /// A customer message: it waits for an answer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ask: bool,
        /// Digest of the body, which lives in a row of its own.
        digest: String,
    },
    /// A clock began.
    ClockStarted {
        /// The clock and its instants.
        clock: Started,
    },
    /// The running clock's deadline came nearer. (PR-07)
    ClockMoved {
        /// The new deadline.
        due_at: Timestamp,
        /// The target it follows from.
        target: String,
        /// Why.
        reason: String,
        /// Warnings and the breach, anew.
        timers: Vec<Timer>,
        /// The way through the calendar.
        walk: handbook::Walk,
    },
    /// The current clock ended.
    ClockStopped {
        /// Met, missed or cancelled.
        state: ClockState,
        /// What ended it.
        reason: String,
    },
    /// The days that an answered ticket waits were set. (ST-01: a reply while pending restarts them)
    TimersSet {
        /// The reminder, if there is to be one, and the end; they replace what was set before.
        timers: Vec<Timer>,
    },
    /// The team was warned. (SLA-11)
    Warned {
        /// The handbook's `warn_before` that was reached.
        threshold: String,
        /// The deadline ahead.
        due_at: Timestamp,
    },
    /// The deadline passed. (SLA-09)
    Breached {
        /// The deadline.
        due_at: Timestamp,
        /// The team that had the ticket at that instant.
        team: TeamId,
    },
    /// The customer was reminded. (D-11)
    Reminded,
    /// The status changed.
    StatusChanged {
        /// Before.
        from: Status,
        /// After.
        to: Status,
        /// Why it was solved. (ST-09)
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Cause>,
        /// When a held ticket comes back, as asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_until: Option<Timestamp>,
        /// What happens by itself from here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        timers: Vec<Timer>,
    },
    /// Somebody took it, or nobody has it any more.
    Assigned {
        /// Who.
        to: Option<UserId>,
    },
    /// Another team has it.
    TeamChanged {
        /// Before.
        from: TeamId,
        /// After.
        to: TeamId,
    },
    /// The tags are now these.
    Tagged {
        /// Sorted, lower case, unique.
        tags: Vec<String>,
    },
    /// The people copied in are now these.
    CcsChanged {
        /// Their ids.
        ccs: Vec<UserId>,
    },
    /// The severity was graded anew. (PR-04)
    SeverityChanged {
        /// Before.
        from: Option<Severity>,
        /// After.
        to: Option<Severity>,
    },
    /// The area is another one.
    AreaChanged {
        /// The handbook's slug.
        to: Option<String>,
    },
    /// The kind is another one.
    KindChanged {
        /// After.
        to: Option<Kind>,
    },
    /// Somebody else is the requester.
    RequesterChanged {
        /// Who.
        to: UserId,
        /// And their organization.
        organization: Option<OrganizationId>,
    },
    /// Another organization counts.
    OrganizationChanged {
        /// Which.
        to: Option<OrganizationId>,
    },
    /// The subject is another one.
    SubjectChanged {
        /// Digest of the new one.
        digest: String,
    },
    /// A custom field has another value.
    FieldChanged {
        /// Which.
        field: FieldId,
        /// Digest of the new value; none when it was emptied.
        digest: Option<String>,
    },
    /// The requester was told what to expect. (PR-06)
    Acknowledged {
        /// The words and the instant.
        promise: Promise,
    },
    /// The requester was told of a better promise. (PR-06, PR-07)
    PromiseImproved {
        /// The words and the instant.
        promise: Promise,
    },
    /// Handed to another team for deeper investigation. (ESC-02)
    Escalated {
        /// To whom.
        team: TeamId,
        /// From whom.
        from: TeamId,
        /// The instant the escalated promise counts from. (ESC-07)
        since: Timestamp,
        /// Whether the escalated promise is still to start once the first clock has ended. (ESC-03)
        owed: bool,
        /// The mandatory note.
        note: CommentId,
    },
    /// The team escalated to replied while the first clock ran: both promises are kept. (ESC-03)
    EscalatedPromiseKept,
    /// Handed back. (ESC-06)
    Deescalated {
        /// To whom.
        to: TeamId,
    },
    /// Removed from every list.
    Deleted,
}

/// An event whose kind or version this program does not know.
#[derive(Debug, thiserror::Error)]
#[error("event {kind} version {version} cannot be read")]
pub struct UnknownEvent {
    /// The stored kind.
    pub kind: String,
    /// The stored version.
    pub version: i64,
    #[source]
    source: Option<serde_json::Error>,
}

impl Event {
    /// The version that [`Event::encode`] writes.
    pub const VERSION: i64 = 1;

    /// The stored kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::PriorityDecided { .. } => "priority_decided",
            Self::PriorityOverridden { .. } => "priority_overridden",
            Self::Routed { .. } => "routed",
            Self::Commented { .. } => "commented",
            Self::ClockStarted { .. } => "clock_started",
            Self::ClockMoved { .. } => "clock_moved",
            Self::ClockStopped { .. } => "clock_stopped",
            Self::TimersSet { .. } => "timers_set",
            Self::Warned { .. } => "warned",
            Self::Breached { .. } => "breached",
            Self::Reminded => "reminded",
            Self::StatusChanged { .. } => "status_changed",
            Self::Assigned { .. } => "assigned",
            Self::TeamChanged { .. } => "team_changed",
            Self::Tagged { .. } => "tagged",
            Self::CcsChanged { .. } => "ccs_changed",
            Self::SeverityChanged { .. } => "severity_changed",
            Self::AreaChanged { .. } => "area_changed",
            Self::KindChanged { .. } => "kind_changed",
            Self::RequesterChanged { .. } => "requester_changed",
            Self::OrganizationChanged { .. } => "organization_changed",
            Self::SubjectChanged { .. } => "subject_changed",
            Self::FieldChanged { .. } => "field_changed",
            Self::Acknowledged { .. } => "acknowledged",
            Self::PromiseImproved { .. } => "promise_improved",
            Self::Escalated { .. } => "escalated",
            Self::EscalatedPromiseKept => "escalated_promise_kept",
            Self::Deescalated { .. } => "deescalated",
            Self::Deleted => "deleted",
        }
    }

    /// The event as the database keeps it.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("an event is made of plain values")
    }

    /// The event a row stands for. Older versions are brought up to date here.
    pub fn decode(kind: &str, version: i64, payload: &str) -> Result<Event, UnknownEvent> {
        let unknown = |source| UnknownEvent { kind: kind.to_owned(), version, source };
        if version != Self::VERSION {
            return Err(unknown(None));
        }
        serde_json::from_str(payload).map_err(|error| unknown(Some(error)))
    }
}

/// An event with everything known about its happening.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// Its id.
    pub id: EventId,
    /// The ticket.
    pub ticket: TicketId,
    /// Its place in the ticket's log, from 1.
    pub seq: i64,
    /// The change set it belongs to.
    pub audit: AuditId,
    /// When it happened.
    pub at: Timestamp,
    /// Person, rule, system or ai.
    pub actor_kind: String,
    /// A user's number or a rule's name.
    pub actor_id: String,
    /// Through which door it came.
    pub via: Channel,
    /// The handbook it was decided by.
    pub policy: String,
    /// What happened.
    pub event: Event,
}

impl Envelope {
    /// The person who did it, if it was one.
    pub fn person(&self) -> Option<UserId> {
        if self.actor_kind == "person" { self.actor_id.parse().ok() } else { None }
    }
}
