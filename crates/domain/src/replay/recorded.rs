//! What people did, read back from what happened.

use jiff::Timestamp;

use super::Refused;
use crate::events::Opened;
use crate::{
    Actor, AuditId, Author, Brought, ByHand, Candidate, Changes, Command, CommentId, CustomChange,
    Decided, Envelope, Event, NewComment, Opening, Provenance, Rating, Refusal, Role, RuleFacts,
    Status, TeamId, Telling, Ticket, TicketId, Unasked, UserId,
};

/// What one change set of the log was.
pub(super) enum Step {
    /// Somebody asked for something.
    Asked(Box<Asked>),
    /// Something had come due.
    Time {
        /// The instant of its last event.
        until: Timestamp,
        /// The facts, where they were written down with it: a level by hand can run out. (PR-11)
        facts: Box<Option<(RuleFacts, Provenance)>>,
        /// Why the requester was not asked how the help was, if the reason is not the ticket's own. (CS-03)
        unasked: Option<Unasked>,
    },
}

/// A command, and what it saw that only the log still knows.
pub(super) struct Asked {
    pub(super) command: Command,
    pub(super) actor: Actor,
    /// The facts, where they were written down with it.
    pub(super) facts: Option<(RuleFacts, Provenance)>,
    pub(super) author: Candidate,
    /// Its author was in the team escalated to.
    pub(super) from_escalation: bool,
    /// Who took it.
    pub(super) assignee: Option<Candidate>,
    /// Who had it does not belong to the team it went to.
    pub(super) loses_it: bool,
}

impl Asked {
    pub(super) fn nothing() -> Self {
        Self {
            command: Command::Wake,
            actor: Actor::System,
            facts: None,
            author: Candidate::default(),
            from_escalation: false,
            assignee: None,
            loses_it: false,
        }
    }

    /// The reply among what was asked for, if there is one.
    pub(super) fn reply(&self) -> Option<CommentId> {
        let Command::Update(changes) = &self.command else { return None };
        let comment = changes.comment.as_ref()?;
        (comment.by == Author::Agent).then_some(comment.id)
    }

    /// The decision. Where only the status is refused, what came with it still counts.
    pub(super) fn answered(
        &self,
        at: Timestamp,
        decide: impl Fn(&Command) -> Result<Decided, Refusal>,
    ) -> (Option<Decided>, Vec<Refused>) {
        let why = match decide(&self.command) {
            Ok(decided) => return (Some(decided), Vec::new()),
            Err(why) => why,
        };
        let what = match &self.command {
            Command::Open(_) => "opening",
            Command::Update(_) => "update",
            Command::Escalate { .. } => "escalation",
            Command::Deescalate => "handing back",
            Command::WithdrawPromise { .. } => "taking a promise back",
            Command::Reapply => "reapplying",
            Command::MergeInto { .. } | Command::TakeIn { .. } => "merging",
            Command::Unmerge => "unmerging",
            Command::Rate { .. } => "rating",
            Command::Undo { .. } => "undoing",
            _ => "change",
        };
        let mut rest = self.command.clone();
        let status = match &mut rest {
            Command::Open(opening) => opening.changes.status.take(),
            Command::Update(changes) => changes.status.take(),
            _ => None,
        };
        let decided = status.and_then(|_| decide(&rest).ok());
        (decided, vec![Refused { at, what, why }])
    }
}

/// The recorded ticket, as far as it was read.
#[derive(Default)]
pub(super) struct Recorded {
    ticket: Option<Ticket>,
}

impl Recorded {
    /// Reads one change set. A command never finds anything due: what is due is done before it, in a change set of its
    /// own. So a change set that does find something due is that.
    pub(super) fn step(&mut self, audit: &[Envelope]) -> Step {
        let first = audit.first().map_or(Timestamp::MIN, |envelope| envelope.at);
        let is_time =
            self.ticket.as_ref().and_then(Ticket::next_wakeup).is_some_and(|due| due <= first);
        let is_status = |one: &&Envelope| matches!(one.event, Event::StatusChanged { .. });
        let statuses = audit.iter().filter(is_status).count();
        // What only one command begins with; facts that nobody stated changed by themselves.
        let order = audit.first().and_then(|envelope| match envelope.event {
            Event::PriorityDecided { .. } | Event::FactsChanged { .. } => Some(Order::Reconsider),
            Event::MarkedSpam => Some(Order::MarkSpam),
            // Another status than it comes back with was asked for.
            Event::UnmarkedSpam if statuses > 1 => None,
            Event::UnmarkedSpam => Some(Order::UnmarkSpam),
            _ => None,
        });
        let mut reading = Reading { order, ..Reading::default() };
        for envelope in audit {
            reading.read(self.ticket.as_ref(), envelope);
            match &mut self.ticket {
                Some(ticket) => ticket.fold(envelope.at, &envelope.event),
                None => self.ticket = Ticket::opened(envelope.ticket, envelope.at, &envelope.event),
            }
        }
        if is_time {
            let until = audit.iter().map(|envelope| envelope.at).max().unwrap_or(first);
            let unasked = reading.unasked;
            return Step::Time { until, facts: Box::new(reading.facts), unasked };
        }
        let id = audit.first().map_or(TicketId(0), |envelope| envelope.ticket);
        Step::Asked(Box::new(reading.asked(id)))
    }

    /// How far the record goes: up to `until`, but not over something due that has not been done yet.
    pub(super) fn settled_until(&self, until: Timestamp) -> Timestamp {
        let due = self.ticket.as_ref().and_then(Ticket::next_wakeup);
        due.map_or(until, |due| until.min(super::before(due)))
    }
}

/// A command that is not an update, by the event that only it makes.
enum Order {
    Escalate(TeamId),
    WithdrawPromise(String),
    Deescalate,
    Reapply,
    Delete,
    Reconsider,
    MarkSpam,
    UnmarkSpam,
    Undo(AuditId, Box<Ticket>),
    MergeInto(TicketId),
    TakeIn(Box<Brought>),
    Unmerge,
    LetGo(TicketId),
    SplitOff(TicketId, CommentId),
    Bounced(CommentId),
    Delivered(CommentId),
    TakeBack(CommentId, Option<Box<Ticket>>),
    Rate(Rating, Option<String>),
}

/// A change set, as far as it was read.
#[expect(clippy::struct_excessive_bools, reason = "each was or was not in the change set")]
#[derive(Default)]
struct Reading {
    actor: Option<Actor>,
    opened: Option<Opened>,
    changes: Changes,
    facts: Option<(RuleFacts, Provenance)>,
    unasked: Option<Unasked>,
    order: Option<Order>,
    routed: bool,
    told_of_escalation: bool,
    solved: bool,
    by_admin: bool,
    author: Candidate,
    from_escalation: bool,
    assignee: Option<Candidate>,
    loses_it: bool,
    area_without_route: Option<TeamId>,
}

/// The command that is nothing but this event, if there is one.
fn order(event: &Event) -> Option<Order> {
    Some(match event {
        Event::Escalated { team, .. } => Order::Escalate(*team),
        Event::Deescalated { .. } => Order::Deescalate,
        Event::Reapplied => Order::Reapply,
        Event::Deleted => Order::Delete,
        Event::Undone { audit, before } => Order::Undo(*audit, before.clone()),
        Event::MergedInto { into } => Order::MergeInto(*into),
        Event::Unmerged => Order::Unmerge,
        Event::LetGo { ticket } => Order::LetGo(*ticket),
        Event::SplitOff { ticket, comment } => Order::SplitOff(*ticket, *comment),
        Event::AnswerBounced { comment } => Order::Bounced(*comment),
        Event::AnswerDelivered { comment } => Order::Delivered(*comment),
        Event::ReplyTakenBack { comment, before } => Order::TakeBack(*comment, before.clone()),
        Event::PromiseWithdrawn { reason } => Order::WithdrawPromise(reason.clone()),
        _ => return None,
    })
}

impl Reading {
    /// Takes in one event; `ticket` is the recorded one just before it.
    fn read(&mut self, ticket: Option<&Ticket>, envelope: &Envelope) {
        if self.actor.is_none() && envelope.actor_kind != "rule" {
            self.actor = Some(actor(envelope));
        }
        self.order = order(&envelope.event).or(self.order.take());
        let changes = &mut self.changes;
        match &envelope.event {
            Event::Opened(opened) => self.opened = Some(opened.clone()),
            Event::PriorityDecided { provenance, facts, .. }
            | Event::FactsChanged { provenance, facts } => {
                self.facts = Some((facts.clone(), provenance.clone()));
            }
            Event::PriorityOverridden { level, reason, until } => {
                let reason = reason.clone();
                changes.level = Some(ByHand { level: *level, reason, until: *until });
            }
            Event::Routed { .. } => self.routed = true,
            Event::Commented { .. } => self.read_comment(ticket, &envelope.event),
            Event::StatusChanged { to, cause, hold_until, by_admin, .. } => {
                // Also where it follows by itself, as Open does from an answer: asking for it again changes nothing.
                changes.status = Some(*to);
                changes.cause = *cause;
                changes.hold_until = *hold_until;
                self.by_admin = *by_admin;
                self.solved |= *to == Status::Solved;
            }
            Event::Assigned { to } => self.read_assignment(ticket, *to),
            Event::TeamChanged { to, .. } => changes.team = Some(*to),
            Event::Tagged { tags } => changes.tags = Some(tags.clone()),
            Event::CcsChanged { ccs } => changes.ccs = Some(ccs.clone()),
            Event::SeverityChanged { to, reason, .. } => {
                changes.severity = Some(*to);
                changes.severity_reason.clone_from(reason);
            }
            Event::Told { about, .. } => self.told_of_escalation |= *about == Telling::Escalated,
            Event::AreaChanged { to } => self.read_area(ticket, to.as_ref()),
            Event::KindChanged { to } => changes.kind = Some(*to),
            Event::RequesterChanged { .. }
            | Event::OrganizationChanged { .. }
            | Event::SubjectChanged { .. }
            | Event::FieldChanged { .. } => self.read_belonging(&envelope.event),
            Event::TookIn { .. } => self.read_taken_in(&envelope.event),
            Event::IssueLinked { url } => changes.issue = Some(url.clone()),
            Event::SurveyAnswered { .. } | Event::SurveySuppressed { .. } => {
                self.read_survey(&envelope.event);
            }
            Event::Applied(applied) => changes.applied = Some(applied.clone()),
            Event::UnmarkedSpam => changes.status = Some(Status::Open),
            // Orders; and what the handbook made of it. Of spam its status says the rest.
            Event::Escalated { .. }
            | Event::Deescalated { .. }
            | Event::Reapplied
            | Event::Deleted
            | Event::Undone { .. }
            | Event::MergedInto { .. }
            | Event::Unmerged
            | Event::LetGo { .. }
            | Event::SplitOff { .. }
            | Event::AnswerBounced { .. }
            | Event::AnswerDelivered { .. }
            | Event::ReplyTakenBack { .. }
            | Event::PromiseWithdrawn { .. }
            | Event::MarkedSpam
            | Event::ClockStarted { .. }
            | Event::ClockResumed { .. }
            | Event::OverrideEnded
            | Event::ClockMoved { .. }
            | Event::ClockStopped { .. }
            | Event::TimersSet { .. }
            | Event::Warned { .. }
            | Event::Breached { .. }
            | Event::Reminded
            | Event::Acknowledged { .. }
            | Event::PromiseImproved { .. }
            | Event::SurveyIssued { .. }
            | Event::EscalatedPromiseKept => {}
        }
    }

    fn read_area(&mut self, ticket: Option<&Ticket>, to: Option<&String>) {
        self.changes.area = Some(to.cloned());
        self.area_without_route =
            ticket.filter(|ticket| ticket.escalation.is_none()).map(|ticket| ticket.team);
    }

    /// Whose it is, and what is written beside it.
    fn read_belonging(&mut self, event: &Event) {
        let changes = &mut self.changes;
        match event {
            Event::RequesterChanged { to, organization } => {
                changes.requester = Some(*to);
                changes.organization = Some(*organization);
            }
            Event::OrganizationChanged { to } => changes.organization = Some(*to),
            Event::SubjectChanged { digest } => changes.subject_digest = Some(digest.clone()),
            Event::FieldChanged { field, digest } => {
                changes.fields.push(CustomChange { field: *field, digest: digest.clone() });
            }
            _ => {}
        }
    }

    fn read_taken_in(&mut self, event: &Event) {
        let Event::TookIn { ticket, asked_at, ccs, clock, surveyed, .. } = event else { return };
        self.order = Some(Order::TakeIn(Box::new(Brought {
            ticket: *ticket,
            asked_at: *asked_at,
            clock: clock.clone(),
            people: ccs.clone(),
            surveyed: *surveyed,
        })));
    }

    fn read_survey(&mut self, event: &Event) {
        match event {
            Event::SurveyAnswered { rating, digest, .. } => {
                self.order = Some(Order::Rate(*rating, digest.clone()));
            }
            Event::SurveySuppressed { reason } => {
                self.unasked = Some(*reason).filter(|reason| !reason.is_of_ticket());
            }
            _ => {}
        }
    }

    fn read_comment(&mut self, ticket: Option<&Ticket>, event: &Event) {
        let Event::Commented {
            comment,
            author,
            public,
            answer,
            from_escalation,
            ask,
            arrived_at,
            digest,
        } = event
        else {
            return;
        };
        // On an internal ticket a participant's words ask for nothing, but they are a customer's all the same.
        let takes_part =
            ticket.is_some_and(|ticket| ticket.internal && ticket.has_participant(*author));
        let by = match (answer, ask) {
            (true, _) => Author::Agent,
            (_, true) => Author::Customer,
            _ if *public && takes_part => Author::Customer,
            _ => Author::Other,
        };
        self.author.id = Some(*author);
        self.from_escalation = *from_escalation;
        self.changes.arrived_at = *arrived_at;
        self.changes.comment = Some(NewComment {
            id: *comment,
            author: *author,
            by,
            public: *public,
            digest: digest.clone(),
        });
    }

    /// Somebody took it, or nobody has it any more.
    fn read_assignment(&mut self, ticket: Option<&Ticket>, to: Option<UserId>) {
        let team = ticket.map(|ticket| ticket.team);
        match to {
            // Who solves a ticket that nobody has, and is in its team, has it.
            Some(_) if self.solved => {
                self.author.id = to;
                self.author.teams.extend(team);
            }
            Some(_) => {
                self.assignee = Some(Candidate {
                    id: to,
                    teams: team.into_iter().collect(),
                    default_team: team,
                    is_admin: false,
                });
                self.changes.assignee = Some(to);
            }
            None => {
                self.loses_it = true;
                self.changes.assignee = Some(None);
            }
        }
    }

    fn asked(mut self, id: TicketId) -> Asked {
        let actor = match self.actor.take() {
            Some(Actor::Person { id, .. }) if self.by_admin => {
                Actor::Person { id, role: Role::Admin }
            }
            Some(actor) => actor,
            None => Actor::System,
        };
        if self.author.id.is_none() {
            self.author.id = actor.user();
        }
        Asked {
            actor,
            facts: self.facts.take(),
            author: std::mem::take(&mut self.author),
            from_escalation: self.from_escalation,
            assignee: self.assignee.take(),
            loses_it: self.loses_it,
            command: self.command(id),
        }
    }

    /// The command that the events add up to.
    fn command(mut self, id: TicketId) -> Command {
        if let Some(opened) = self.opened {
            return Command::Open(Box::new(opening(id, opened, self.changes)));
        }
        match (self.order, self.changes.comment.take()) {
            (Some(Order::Escalate(team)), Some(note)) => {
                return Command::Escalate { team, note, tell: self.told_of_escalation };
            }
            (Some(Order::WithdrawPromise(reason)), _) => {
                return Command::WithdrawPromise { reason };
            }
            (Some(Order::Deescalate), _) => return Command::Deescalate,
            (Some(Order::Reapply), _) => return Command::Reapply,
            (Some(Order::Delete), _) => return Command::Delete,
            (Some(Order::Reconsider), _) => return Command::Reconsider,
            (Some(Order::MarkSpam), _) => return Command::MarkSpam,
            (Some(Order::UnmarkSpam), _) => return Command::UnmarkSpam,
            (Some(Order::Undo(audit, before)), _) => return Command::Undo { audit, before },
            (Some(Order::MergeInto(into)), note) => return Command::MergeInto { into, note },
            (Some(Order::TakeIn(brought)), note) => return Command::TakeIn { brought, note },
            (Some(Order::Unmerge), _) => return Command::Unmerge,
            (Some(Order::LetGo(ticket)), _) => return Command::LetGo { ticket },
            (Some(Order::SplitOff(ticket, comment)), _) => {
                return Command::SplitOff { ticket, comment };
            }
            (Some(Order::Bounced(comment)), _) => return Command::Bounced { comment },
            (Some(Order::Delivered(comment)), _) => return Command::Delivered { comment },
            (Some(Order::TakeBack(comment, before)), _) => {
                return Command::TakeBack { comment, before };
            }
            (Some(Order::Rate(rating, digest)), _) => return Command::Rate { rating, digest },
            (Some(Order::Escalate(_)) | None, comment) => self.changes.comment = comment,
        }
        // Another area is routed anew unless a team was named; the team of who then took it was not.
        let named = self.changes.team.or(self.area_without_route);
        self.changes.team = if self.routed { None } else { named };
        Command::Update(Box::new(self.changes))
    }
}

fn opening(id: TicketId, opened: Opened, mut changes: Changes) -> Opening {
    let nobody = NewComment {
        id: CommentId(0),
        author: opened.submitter,
        by: Author::Other,
        public: false,
        digest: String::new(),
    };
    Opening {
        id,
        requester: opened.requester,
        submitter: opened.submitter,
        organization: opened.organization,
        internal: opened.internal,
        channel: opened.channel,
        severity: opened.severity,
        area: opened.area,
        kind: opened.kind,
        tags: opened.tags,
        ccs: opened.ccs,
        follow_up_of: opened.follow_up_of,
        claims: opened.claims,
        split_from: opened.split_from,
        arrived_at: opened.arrived_at,
        subject_digest: opened.subject_digest,
        comment: changes.comment.take().unwrap_or(nobody),
        changes,
    }
}

fn actor(envelope: &Envelope) -> Actor {
    match (envelope.actor_kind.as_str(), envelope.actor_id.parse()) {
        ("person", Ok(id)) => Actor::Person { id: UserId(id), role: Role::Agent },
        ("ai", _) => Actor::Ai(envelope.actor_id.clone()),
        _ => Actor::System,
    }
}
