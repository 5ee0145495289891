//! The order of work: which ticket is answered first, and why. (ROT-06)
//!
//! A ticket stands in one of six classes, by what it is and not by the hour, so its place changes only when the ticket
//! or the handbook does:
//!
//! 1. tagged by customer success,
//! 2. escalated, of a top account,
//! 3. escalated at High, or above it,
//! 4. escalated at Normal,
//! 5. everything else that was promised an answer: the deadline orders it, so that what is over comes first, then what
//!    soon will be, then what has time,
//! 6. the rest: Low, or without a promise.
//!
//! Which tags and which accounts is the handbook's to say. Within a class the deadline decides, then the age, then the
//! number; what has no deadline comes last.

use std::cmp::Ordering;

use handbook::{Handbook, TicketFacts};
use jiff::Timestamp;

use crate::{Level, Status, Ticket, TicketId};

/// A class of the work order, the first one coming first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkClass {
    /// Tagged by customer success.
    Tagged,
    /// Escalated, of a top account.
    TopAccount,
    /// Escalated at High or above.
    EscalatedHigh,
    /// Escalated at Normal.
    EscalatedNormal,
    /// Promised an answer.
    Promised,
    /// Low, or without a promise.
    Rest,
}

impl WorkClass {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Tagged,
        Self::TopAccount,
        Self::EscalatedHigh,
        Self::EscalatedNormal,
        Self::Promised,
        Self::Rest,
    ];

    /// The last class that a week's hero hands over. (ROT-07)
    pub const LAST_HANDED_OVER: Self = Self::Promised;

    /// The number people call it by, from 1.
    pub fn number(self) -> i64 {
        match self {
            Self::Tagged => 1,
            Self::TopAccount => 2,
            Self::EscalatedHigh => 3,
            Self::EscalatedNormal => 4,
            Self::Promised => 5,
            Self::Rest => 6,
        }
    }

    /// The class with this number.
    pub fn numbered(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.number() == number)
    }

    /// The class of a ticket. Its subject and its requester's address are brought along, for they may be erased.
    pub fn of(ticket: &Ticket, subject: &str, email: &str, handbook: &Handbook) -> Self {
        if handbook.work.tag_of(&ticket.tags).is_some() {
            return Self::Tagged;
        }
        if ticket.escalation.is_some() {
            if handbook.is_top_account(&facts(ticket, subject, email)) {
                return Self::TopAccount;
            }
            match ticket.priority {
                Level::Urgent | Level::High => return Self::EscalatedHigh,
                Level::Normal => return Self::EscalatedNormal,
                Level::Low => {}
            }
        }
        if ticket.current_clock().is_some() { Self::Promised } else { Self::Rest }
    }
}

/// What a rule sees of a ticket: the organization as it was when a decision last looked.
fn facts(ticket: &Ticket, subject: &str, email: &str) -> handbook::Facts {
    let word = |text: Option<&'static str>| text.unwrap_or_default().to_owned();
    let known = ticket.facts.with(email, subject);
    let own = TicketFacts {
        channel: ticket.channel.as_str().to_owned(),
        area: ticket.area.clone().unwrap_or_default(),
        severity: word(ticket.severity.map(crate::Severity::as_str)),
        kind: word(ticket.kind.map(crate::Kind::as_str)),
        tags: ticket.tags.clone(),
        ..known.ticket
    };
    handbook::Facts { ticket: own, ..known }
}

/// Where a ticket stands in the order of work: smaller is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its class.
    pub class: WorkClass,
    /// When its answer is due, if one is.
    pub due_at: Option<Timestamp>,
    /// Its age.
    pub created_at: Timestamp,
    /// Its number.
    pub id: TicketId,
}

impl Place {
    /// The place of a ticket whose class is known.
    pub fn of(ticket: &Ticket, class: WorkClass) -> Self {
        Self { class, due_at: ticket.due_at(), created_at: ticket.created_at, id: ticket.id }
    }

    fn key(&self) -> (WorkClass, bool, Option<Timestamp>, Timestamp, TicketId) {
        (self.class, self.due_at.is_none(), self.due_at, self.created_at, self.id)
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Ticket {
    /// Whether it is ours: new or open, not waiting for the customer or a day, and not done.
    pub fn wants_work(&self) -> bool {
        matches!(self.status, Status::New | Status::Open) && self.deleted_at.is_none()
    }

    /// Whether we have answered and owe nothing more until the customer writes again.
    pub fn is_answered(&self) -> bool {
        self.replied_at.is_some() && self.asked_at.is_none() && self.current_clock().is_none()
    }
}
