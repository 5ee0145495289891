//! Deciding: from what is and what is asked to what happens, or why it may not.

mod answers;
mod bounces;
mod changes;
mod clocks;
mod escalations;
mod levels;
mod merging;
mod openings;
mod reapplying;
mod spam;
mod statuses;
mod surveys;
mod telling;
mod wakes;

use handbook::Handbook;
use jiff::Timestamp;

use crate::{
    Actor, Applied, AuditId, Cause, Channel, Clock, CommentId, Event, Facts, FieldId, Kind, Level,
    OrganizationId, Rating, Refusal, Severity, Status, TeamId, Ticket, TicketId, UserId,
};

/// On whose side the author of a comment stands. (SLA-05)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The requester or somebody copied in.
    Customer,
    /// A human agent.
    Agent,
    /// A rule, a machine, or somebody who takes no part: neither asks nor answers.
    Other,
}

/// A comment whose words are already stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComment {
    /// Its row.
    pub id: CommentId,
    /// Who wrote it.
    pub author: UserId,
    /// On whose side.
    pub by: Author,
    /// Visible to the requester.
    pub public: bool,
    /// Digest of the words.
    pub digest: String,
}

/// A level set by hand. (PR-11)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The level.
    pub level: Level,
    /// Why.
    pub reason: String,
    /// When the rules decide again; none is never.
    pub until: Option<Timestamp>,
}

/// What a ticket that is merged brings along. (SLA-13)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Its number.
    pub ticket: TicketId,
    /// Since when its customer waits for an answer, if they do.
    pub asked_at: Option<Timestamp>,
    /// Its current clock, with the walk that led to the deadline.
    pub clock: Option<Box<(Clock, handbook::Walk)>>,
    /// Its people.
    pub people: Vec<UserId>,
    /// Whether its requester was asked how the help was, or has said so. (CS-02)
    pub surveyed: bool,
}

/// A custom field that gets another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomChange {
    /// Which.
    pub field: FieldId,
    /// Digest of the value; none empties it.
    pub digest: Option<String>,
}

/// A new ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its number, taken before deciding.
    pub id: TicketId,
    /// Who needs help.
    pub requester: UserId,
    /// Who typed it in.
    pub submitter: UserId,
    /// The organization that counts.
    pub organization: Option<OrganizationId>,
    /// The requester is one of us. (SLA-05)
    pub internal: bool,
    /// Where it came from.
    pub channel: Channel,
    /// How bad.
    pub severity: Option<Severity>,
    /// The part of the product.
    pub area: Option<String>,
    /// What sort of request.
    pub kind: Option<Kind>,
    /// Sorted, lower case, unique.
    pub tags: Vec<String>,
    /// People copied in.
    pub ccs: Vec<UserId>,
    /// The closed ticket it continues.
    pub follow_up_of: Option<TicketId>,
    /// A ticket its sender named without a right to it.
    pub claims: Option<TicketId>,
    /// The ticket whose message it is split out of.
    pub split_from: Option<TicketId>,
    /// When the message it begins with arrived, if that was before now. (SLA-13)
    pub arrived_at: Option<Timestamp>,
    /// Digest of the subject.
    pub subject_digest: String,
    /// The first comment.
    pub comment: NewComment,
    /// What an agent sets at once: status, assignee, team, priority, custom fields.
    pub changes: Changes,
}

/// What one update asks for; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// A comment.
    pub comment: Option<NewComment>,
    /// When the customer's message arrived, if that was before now.
    pub arrived_at: Option<Timestamp>,
    /// Another status.
    pub status: Option<Status>,
    /// When a held ticket comes back.
    pub hold_until: Option<Timestamp>,
    /// Why it is solved.
    pub cause: Option<Cause>,
    /// Somebody, or nobody.
    pub assignee: Option<Option<UserId>>,
    /// Another team.
    pub team: Option<TeamId>,
    /// A level by hand. (PR-11)
    pub level: Option<ByHand>,
    /// A public issue that follows up on it. (GH-02)
    pub issue: Option<String>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// All people copied in.
    pub ccs: Option<Vec<UserId>>,
    /// How bad.
    pub severity: Option<Option<Severity>>,
    /// Why it is graded so. (PR-04)
    pub severity_reason: Option<String>,
    /// The part of the product.
    pub area: Option<Option<String>>,
    /// What sort of request.
    pub kind: Option<Option<Kind>>,
    /// Somebody else needs help.
    pub requester: Option<UserId>,
    /// Another organization counts.
    pub organization: Option<Option<OrganizationId>>,
    /// Digest of another subject.
    pub subject_digest: Option<String>,
    /// Custom fields.
    pub fields: Vec<CustomChange>,
    /// The macro that somebody used, or the trigger or automation that asks for this.
    pub applied: Option<Applied>,
}

/// What is asked of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A new ticket.
    Open(Box<Opening>),
    /// Changes of an existing one.
    Update(Box<Changes>),
    /// Do what has come due.
    Wake,
    /// The facts about the organization changed. (PR-07)
    Reconsider,
    /// Hand it to another team. (ESC-02)
    Escalate {
        /// To whom.
        team: TeamId,
        /// Why, what was tried, what is expected.
        note: NewComment,
        /// The customer is told.
        tell: bool,
    },
    /// Hand it back. (ESC-06)
    Deescalate,
    /// Let the present handbook's targets apply to the running clock. (SLA-15)
    Reapply,
    /// Take back what the customer was promised, and say so. (PR-06)
    WithdrawPromise {
        /// Why, in words for the customer.
        reason: String,
    },
    /// It is no request. (SLA-12)
    MarkSpam,
    /// It was a request after all. (SLA-12)
    UnmarkSpam,
    /// The latest change set is taken back by whoever made it.
    Undo {
        /// Which.
        audit: AuditId,
        /// How the ticket stood before it.
        before: Box<Ticket>,
    },
    /// It goes on in another ticket. (ST-10)
    MergeInto {
        /// Which.
        into: TicketId,
        /// What is said about it here.
        note: Option<NewComment>,
    },
    /// Another ticket goes on in this one. (ST-10, SLA-13)
    TakeIn {
        /// What it brings along.
        brought: Box<Brought>,
        /// What is said about it here.
        note: Option<NewComment>,
    },
    /// It stands for itself again. (ST-10)
    Unmerge,
    /// A ticket that was taken in stands for itself again. (ST-10)
    LetGo {
        /// Which.
        ticket: TicketId,
    },
    /// One of its messages has become a ticket of its own. (ST-10)
    SplitOff {
        /// The new ticket.
        ticket: TicketId,
        /// The message.
        comment: CommentId,
    },
    /// An answer could not be delivered, for good. (SLA-05)
    Bounced {
        /// The answer.
        comment: CommentId,
    },
    /// An answer that had not arrived did. (SLA-05)
    Delivered {
        /// The answer.
        comment: CommentId,
    },
    /// A reply is taken back before it leaves.
    TakeBack {
        /// The reply.
        comment: CommentId,
        /// The ticket as it was before, if nothing but the reply has happened since.
        before: Option<Box<Ticket>>,
    },
    /// Its requester says how the help was. (CS-05)
    Rate {
        /// From 1 to 5.
        rating: Rating,
        /// Digest of the words, if there are any or other ones.
        digest: Option<String>,
    },
    /// Remove it from every list.
    Delete,
}

/// What follows from a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// The ticket after the events.
    pub ticket: Ticket,
    /// The events, each with its instant, in order.
    pub events: Vec<(Timestamp, Event)>,
}

/// Decides what follows from a command. The same arguments always give the same answer.
///
/// `ticket` is `None` only for [`Command::Open`].
///
/// # Errors
///
/// A [`Refusal`] when a rule forbids it; then nothing happened.
pub fn decide(
    ticket: Option<&Ticket>,
    command: &Command,
    facts: &Facts,
    actor: &Actor,
    handbook: &Handbook,
    now: Timestamp,
) -> Result<Decided, Refusal> {
    let mut deciding = match (ticket, command) {
        (None, Command::Open(opening)) => Deciding::open(opening, facts, actor, handbook, now)?,
        (Some(ticket), _) => {
            Deciding { ticket: ticket.clone(), events: Vec::new(), facts, actor, handbook, now }
        }
        (None, _) => return Err(Refusal::Closed),
    };
    match command {
        Command::Open(opening) => deciding.opening(opening)?,
        Command::Update(changes) => deciding.update(changes)?,
        Command::Wake => deciding.wake(),
        Command::Reconsider => deciding.reconsider(),
        Command::Escalate { team, note, tell } => deciding.escalate(*team, note, *tell)?,
        Command::Deescalate => deciding.deescalate()?,
        Command::Reapply => deciding.reapply()?,
        Command::WithdrawPromise { reason } => deciding.withdraw_promise(reason)?,
        Command::MarkSpam => deciding.mark_spam()?,
        Command::UnmarkSpam => deciding.unmark_spam()?,
        Command::Undo { audit, before } => deciding.undo(*audit, before)?,
        Command::MergeInto { into, note } => deciding.merge_into(*into, note.as_ref())?,
        Command::TakeIn { brought, note } => deciding.take_in(brought, note.as_ref())?,
        Command::Unmerge => deciding.unmerge()?,
        Command::LetGo { ticket } => deciding.let_go(*ticket),
        Command::SplitOff { ticket, comment } => {
            deciding.record(Event::SplitOff { ticket: *ticket, comment: *comment });
        }
        Command::Bounced { comment } => deciding.bounced(*comment),
        Command::Delivered { comment } => deciding.delivered(*comment),
        Command::TakeBack { comment, before } => deciding.take_back(*comment, before.as_deref()),
        Command::Rate { rating, digest } => deciding.rate(*rating, digest.as_deref())?,
        Command::Delete => deciding.delete(),
    }
    Ok(Decided { ticket: deciding.ticket, events: deciding.events })
}

/// A decision in the making: the ticket as it is so far, and the events that made it so.
struct Deciding<'a> {
    ticket: Ticket,
    events: Vec<(Timestamp, Event)>,
    facts: &'a Facts,
    actor: &'a Actor,
    handbook: &'a Handbook,
    now: Timestamp,
}

impl Deciding<'_> {
    /// Lets an event happen: the following rules see the ticket with it.
    fn record(&mut self, event: Event) {
        self.ticket.fold(self.now, &event);
        self.events.push((self.now, event));
    }

    /// Takes the latest change set back. What would have come due in between comes due now, as of its own instant.
    fn undo(&mut self, audit: AuditId, before: &Ticket) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed || self.ticket.merged.is_some() {
            return Err(Refusal::Closed);
        }
        self.record(Event::Undone { audit, before: Box::new(before.clone()) });
        Ok(())
    }

    fn delete(&mut self) {
        if self.ticket.deleted_at.is_none() {
            self.cancel_clock("deleted");
            self.record(Event::Deleted);
        }
    }
}
