//! What happened to a ticket. Appended, never changed.
//!
//! An event carries every value that was resolved when it was decided (level, target, due instant, timers), so that
//! the fold needs no handbook. It holds ids and digests; words that can be erased live in rows of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actions::Used;
use crate::{
    AuditId, Cause, Channel, Clock, ClockKind, ClockState, CommentId, EventId, FieldId, Kind,
    Level, OrganizationId, Owners, Promise, Provenance, Rating, RuleFacts, Severity, Status,
    TeamId, Ticket, TicketId, Timer, Unasked, UserId, WebhookId,
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
    /// The ticket whose message it was split out of. (ST-10)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<TicketId>,
    /// When the message it begins with arrived, if that was before the ticket was made. (SLA-13)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Timestamp>,
    /// Digest of the subject, which lives in a row of its own.
    pub subject_digest: String,
}

/// What the requester is told about, beside what they may expect from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Telling {
    /// Another team looks into it. (ESC-02)
    Escalated,
    /// One of us graded the severity down. (PR-04, D-21)
    GradedDown,
    /// A promise is taken back. (PR-06)
    Withdrawn,
}

/// What a macro, a trigger or an automation did, beside the changes that are events of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// What it is.
    pub used: Used,
    /// Its number among those.
    pub id: i64,
    /// What it was called.
    pub title: String,
    /// Who is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// What the rules of the desk did not let it do, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
}

/// Somebody or something that a rule tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// One of us.
    Person(UserId),
    /// A team, in its channel.
    Team(TeamId),
    /// Another program.
    Webhook(WebhookId),
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
        /// Everything the rules could see, also what this handbook did not look at.
        #[serde(default, skip_serializing_if = "RuleFacts::is_empty")]
        facts: RuleFacts,
    },
    /// The facts are others than before, and the level stays. Another handbook might have decided otherwise.
    FactsChanged {
        /// Everything the rules can see now.
        facts: RuleFacts,
        /// Where the facts came from.
        provenance: Provenance,
    },
    /// A person set the level. (PR-11)
    PriorityOverridden {
        /// The level.
        level: Level,
        /// Why.
        reason: String,
        /// When the rules decide again; none is never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// A level set by hand has run out; the rules decide again. (PR-11)
    OverrideEnded,
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
        /// Its author was in the team the ticket was escalated to; memberships change later. (ESC-03)
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        from_escalation: bool,
        /// A customer message: it waits for an answer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ask: bool,
        /// When the message arrived, if it was kept waiting before it became a comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrived_at: Option<Timestamp>,
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
    /// Somebody let the present handbook's targets apply to a clock that ran under an older one. (SLA-15)
    Reapplied,
    /// The current clock ended.
    ClockStopped {
        /// Met, missed or cancelled.
        state: ClockState,
        /// What ended it.
        reason: String,
    },
    /// A clock that had ended runs again, counted from its own beginning: its answer bounced, or what ended it was a
    /// mistake. One that was missed is missed still. (D-23, SLA-12)
    ClockResumed {
        /// Which, by its place among the clocks, if it is not the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<usize>,
        /// Warnings that lie ahead, and the breach.
        timers: Vec<Timer>,
    },
    /// An answer could not be delivered, for good: it answered nothing. (SLA-05)
    AnswerBounced {
        /// The answer.
        comment: CommentId,
    },
    /// An answer that had not arrived did, at another attempt or another address: it counts from now. (SLA-05)
    AnswerDelivered {
        /// The answer.
        comment: CommentId,
    },
    /// A reply was taken back before it left: nobody was answered.
    ReplyTakenBack {
        /// The reply.
        comment: CommentId,
        /// The ticket as it was before the reply, if nothing but the reply has happened since.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Box<Ticket>>,
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
        /// An admin held it, who may do so beyond the total; roles change later. (ST-04)
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_admin: bool,
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
        /// Why, if one of us graded it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
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
    /// The requester was told where their request stands.
    Told {
        /// What about.
        about: Telling,
        /// The words, and the instant they name.
        promise: Promise,
    },
    /// What was promised no longer holds, one of us says. (PR-06)
    PromiseWithdrawn {
        /// Why, in words for the customer.
        reason: String,
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
    /// It is no request: no clock, no survey, and nobody is told. (SLA-12)
    MarkedSpam,
    /// It was a request after all. (SLA-12)
    UnmarkedSpam,
    /// Whoever made the latest change set took it back: the ticket is as it was before.
    Undone {
        /// The change set.
        audit: AuditId,
        /// How the ticket stood before it.
        before: Box<Ticket>,
    },
    /// It goes on in another ticket. (ST-10)
    MergedInto {
        /// Which.
        into: TicketId,
    },
    /// It stands for itself again. (ST-10)
    Unmerged,
    /// Another ticket goes on in this one. (ST-10, SLA-13)
    TookIn {
        /// Which.
        ticket: TicketId,
        /// Since when its customer waits for an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked_at: Option<Timestamp>,
        /// Its people, who take part in this one from now on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ccs: Vec<UserId>,
        /// Its current clock and the walk that led to the deadline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<Box<(Clock, handbook::Walk)>>,
        /// Whether a clock of this ticket begins because of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        brings_clock: bool,
        /// Whether its requester was asked how the help was, or has said so. (CS-02)
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        surveyed: bool,
    },
    /// A ticket that had been taken in stands for itself again. (ST-10)
    LetGo {
        /// Which.
        ticket: TicketId,
    },
    /// One of its messages became a ticket of its own. (ST-10)
    SplitOff {
        /// The new ticket.
        ticket: TicketId,
        /// The message.
        comment: CommentId,
    },
    /// A public issue follows up on it. (GH-02)
    IssueLinked {
        /// Where it is.
        url: String,
    },
    /// The requester is asked how the help was. (CS-01)
    SurveyIssued {
        /// The teams it was when the ticket was solved.
        owners: Owners,
    },
    /// The requester would have been asked now, and is not. (CS-03)
    SurveySuppressed {
        /// Why.
        reason: Unasked,
    },
    /// The requester said how the help was, or said something else than before. (CS-05, CS-07)
    SurveyAnswered {
        /// From 1 to 5.
        rating: Rating,
        /// The teams it was when the ticket was solved.
        owners: Owners,
        /// Digest of the words, which live in a row of their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
        /// Until when it may be changed, said with the first answer if that is not seven days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Somebody used a macro, or a trigger or an automation acted; what it changed follows.
    Applied(Applied),
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
            Self::FactsChanged { .. } => "facts_changed",
            Self::PriorityOverridden { .. } => "priority_overridden",
            Self::OverrideEnded => "override_ended",
            Self::Routed { .. } => "routed",
            Self::Commented { .. } => "commented",
            Self::ClockStarted { .. } => "clock_started",
            Self::ClockMoved { .. } => "clock_moved",
            Self::Reapplied => "reapplied",
            Self::ClockStopped { .. } => "clock_stopped",
            Self::ClockResumed { .. } => "clock_resumed",
            Self::AnswerBounced { .. } => "answer_bounced",
            Self::AnswerDelivered { .. } => "answer_delivered",
            Self::ReplyTakenBack { .. } => "reply_taken_back",
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
            Self::Told { .. } => "told",
            Self::PromiseWithdrawn { .. } => "promise_withdrawn",
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
            Self::MarkedSpam => "marked_spam",
            Self::UnmarkedSpam => "unmarked_spam",
            Self::Undone { .. } => "undone",
            Self::MergedInto { .. } => "merged_into",
            Self::Unmerged => "unmerged",
            Self::TookIn { .. } => "took_in",
            Self::LetGo { .. } => "let_go",
            Self::SplitOff { .. } => "split_off",
            Self::IssueLinked { .. } => "issue_linked",
            Self::SurveyIssued { .. } => "survey_issued",
            Self::SurveySuppressed { .. } => "survey_suppressed",
            Self::SurveyAnswered { .. } => "survey_answered",
            Self::Applied(_) => "applied",
            Self::Deleted => "deleted",
        }
    }

    /// Whether nothing outside of the ticket follows from it, so that whoever made it can take it back.
    pub fn can_be_undone(&self) -> bool {
        match self {
            Self::Applied(applied) => applied.effects.is_empty(),
            Self::StatusChanged { .. }
            | Self::Assigned { .. }
            | Self::TeamChanged { .. }
            | Self::Routed { .. }
            | Self::Tagged { .. }
            | Self::AreaChanged { .. }
            | Self::KindChanged { .. }
            | Self::PriorityDecided { .. }
            | Self::PriorityOverridden { .. }
            | Self::OverrideEnded
            | Self::FactsChanged { .. }
            | Self::ClockStarted { .. }
            | Self::ClockMoved { .. }
            | Self::ClockStopped { .. }
            | Self::ClockResumed { .. }
            | Self::TimersSet { .. }
            | Self::IssueLinked { .. }
            | Self::MarkedSpam => true,
            _ => false,
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
