//! The ticket: the fold of its events.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Channel, Clock, ClockState, Event, Kind, Level, OrganizationId, Promise, Severity,
    Status, TeamId, TicketId, Timer, TimerKind, UserId,
};

/// A level set by hand, which rules do not undo. (PR-11)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The level.
    pub level: Level,
    /// Why.
    pub reason: String,
}

/// An escalation that has not been handed back. (ESC-02)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// The team it was escalated to.
    pub team: TeamId,
    /// The team it came from, for the way back.
    pub from: TeamId,
    /// The first escalation's instant; a further one keeps it. (ESC-07)
    pub at: Timestamp,
    /// Whether the escalated promise is still to be kept once the first clock has ended. (ESC-03)
    pub owed: bool,
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
    /// Why it was solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The level set by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_override: Option<Override>,
    /// The escalation in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// The closed ticket it continues. (ST-06)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_of: Option<TicketId>,
    /// A ticket its sender named without a right to it. (CH-03)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<TicketId>,
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
        self.clocks.last().filter(|clock| clock.is_current())
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

    pub(crate) fn opened(id: TicketId, at: Timestamp, event: &Event) -> Option<Ticket> {
        let Event::Opened(opened) = event else { return None };
        Some(Ticket {
            id,
            seq: 1,
            created_at: at,
            updated_at: at,
            status: Status::New,
            priority: Level::Low,
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
            held_at: None,
            hold_until: None,
            held_seconds: 0,
            solved_at: None,
            cause: None,
            level_override: None,
            escalation: None,
            follow_up_of: opened.follow_up_of,
            claims: opened.claims,
            deleted_at: None,
        })
    }

    /// Takes one more event in. Needs nothing but the event: every value in it is already resolved.
    pub fn fold(&mut self, at: Timestamp, event: &Event) {
        self.seq += 1;
        self.updated_at = self.updated_at.max(at);
        match event {
            Event::Opened(_) => {}
            Event::PriorityDecided { decision, .. } => self.priority = decision.value,
            Event::PriorityOverridden { level, reason } => {
                self.priority = *level;
                self.level_override = Some(Override { level: *level, reason: reason.clone() });
            }
            Event::Routed { team, .. } | Event::TeamChanged { to: team, .. } => self.team = *team,
            Event::Commented { public, answer, ask, .. } => {
                self.fold_comment(at, *public, *answer, *ask);
            }
            Event::ClockStarted { clock, .. } => self.fold_clock(clock),
            Event::ClockMoved { due_at, target, reason, timers, .. } => {
                if let Some(clock) = self.clocks.last_mut() {
                    clock.due_at = *due_at;
                    clock.target.clone_from(target);
                    clock.reason.clone_from(reason);
                }
                self.timers.retain(|timer| !timer.kind.is_of_clock());
                self.add_timers(timers);
            }
            Event::ClockStopped { state, reason } => self.fold_clock_end(at, *state, reason),
            Event::TimersSet { timers } => {
                self.timers.retain(|timer| !timer.kind.is_of_wait());
                self.add_timers(timers);
            }
            Event::Warned { threshold, .. } => {
                self.timers.retain(|timer| timer.kind != TimerKind::Warn(threshold.clone()));
            }
            Event::Breached { .. } => {
                self.timers.retain(|timer| timer.kind != TimerKind::Breach);
                if let Some(clock) = self.clocks.last_mut() {
                    clock.state = ClockState::Missed;
                }
            }
            Event::Reminded => self.timers.retain(|timer| timer.kind != TimerKind::Remind),
            Event::StatusChanged { to, cause, hold_until, timers, .. } => {
                self.fold_status(at, *to, *cause, *hold_until);
                self.add_timers(timers);
            }
            Event::Assigned { to } => self.assignee = *to,
            Event::Tagged { tags } => self.tags.clone_from(tags),
            Event::CcsChanged { ccs } => self.ccs.clone_from(ccs),
            Event::SeverityChanged { to, .. } => self.severity = *to,
            Event::AreaChanged { to } => self.area.clone_from(to),
            Event::KindChanged { to } => self.kind = *to,
            Event::RequesterChanged { to, organization } => {
                self.requester = *to;
                self.organization = *organization;
            }
            Event::OrganizationChanged { to } => self.organization = *to,
            Event::Acknowledged { promise } | Event::PromiseImproved { promise } => {
                self.promise = Some(promise.clone());
            }
            Event::Escalated { team, from, since, owed, .. } => {
                self.escalation =
                    Some(Escalation { team: *team, from: *from, at: *since, owed: *owed });
                self.team = *team;
                self.assignee = None;
            }
            Event::EscalatedPromiseKept => {
                if let Some(escalation) = &mut self.escalation {
                    escalation.owed = false;
                }
            }
            Event::Deescalated { to } => {
                self.escalation = None;
                self.team = *to;
                self.assignee = None;
            }
            Event::Deleted => {
                self.deleted_at = Some(at);
                self.timers.clear();
            }
            Event::FieldChanged { .. } | Event::SubjectChanged { .. } => {}
        }
    }

    fn fold_comment(&mut self, at: Timestamp, public: bool, answer: bool, ask: bool) {
        self.public |= public;
        if ask {
            self.asked_at.get_or_insert(at);
        }
        if answer {
            self.replied_at.get_or_insert(at);
            self.asked_at = None;
        }
    }

    /// While an answer is owed, the customer is neither reminded nor left alone. (SLA-10, ST-01)
    fn fold_clock(&mut self, started: &crate::events::Started) {
        self.timers.retain(|timer| !timer.kind.is_of_clock() && !timer.kind.is_of_wait());
        self.clocks.push(Clock {
            kind: started.kind,
            state: ClockState::Running,
            started_at: started.started_at,
            due_at: started.due_at,
            stopped_at: None,
            target: started.target.clone(),
            reason: started.reason.clone(),
            team: started.team,
        });
        self.add_timers(&started.timers);
    }

    fn fold_clock_end(&mut self, at: Timestamp, state: ClockState, reason: &str) {
        self.timers.retain(|timer| !timer.kind.is_of_clock());
        if let Some(clock) = self.clocks.last_mut() {
            if clock.kind == crate::ClockKind::Escalated
                && let Some(escalation) = &mut self.escalation
            {
                escalation.owed = false;
            }
            clock.state = state;
            clock.stopped_at = Some(at);
            reason.clone_into(&mut clock.reason);
        }
    }

    fn fold_status(
        &mut self,
        at: Timestamp,
        to: Status,
        cause: Option<Cause>,
        hold_until: Option<Timestamp>,
    ) {
        self.timers.retain(|timer| timer.kind.is_of_clock());
        if let Some(since) = self.held_at.take() {
            self.held_seconds += at.duration_since(since).as_secs().max(0);
        }
        self.hold_until = hold_until;
        if to == Status::Hold {
            self.held_at = Some(at);
        }
        if to.is_done() {
            self.solved_at.get_or_insert(at);
            self.asked_at = None;
            if let Some(escalation) = &mut self.escalation {
                escalation.owed = false;
            }
        } else {
            self.solved_at = None;
        }
        self.cause =
            if to == Status::Closed { self.cause } else { cause.filter(|_| to == Status::Solved) };
        self.status = to;
    }

    fn add_timers(&mut self, timers: &[Timer]) {
        for timer in timers {
            self.timers.retain(|old| old.kind != timer.kind);
            self.timers.push(timer.clone());
        }
        self.timers.sort();
    }
}
