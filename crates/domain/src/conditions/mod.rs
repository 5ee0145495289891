//! Conditions: which tickets are meant. One language for views, the API's search, filters, and whatever else looks at
//! tickets and asks "is this one?".
//!
//! A [`Condition`] is read from the query language of the API ([`Query::parse`]) or from its condition objects
//! ([`objects::read`]), and printed back to either. Every part is true or false of a ticket, never undecided:
//! [`Condition::holds`] says which, and the storage's SQL says the same of all tickets at once.

mod changes;
mod edit;
mod holds;
mod lexer;
pub mod objects;
mod parse;
mod people;
mod print;
mod properties;
mod times;

use handbook::Level;

use crate::search::Words;
use crate::{Channel, Kind, Severity, Status, TeamId, TicketId, UserId};

pub use changes::{ChangeSet, Changed, Happened, is_update};
pub use holds::Item;
pub use parse::{Misread, Parsed, Why};
pub use people::Person;
pub use times::{Span, TimeField, Unit, When};

/// Which tickets are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of these hold; without any it always holds.
    All(Vec<Condition>),
    /// One of these holds; without any it never does.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// The number.
    Number(TicketId),
    /// The status, in the order of [`Status`].
    Status(Op, Status),
    /// The priority, in the order of [`Level`].
    Priority(Op, Level),
    /// What sort of request; none is that nobody said.
    Kind(Option<Kind>),
    /// How bad the requester says it is.
    Severity(Option<Severity>),
    /// The part of the product.
    Area(Option<String>),
    /// Where it came from.
    Via(Channel),
    /// With this tag; none is without any.
    Tag(Option<String>),
    /// Somebody who has to do with it.
    Person(PersonField, Named),
    /// The team it is with; "me" is the asker's own teams.
    Team(Named),
    /// The requester's organization.
    Organization(Named),
    /// Another system's name for it.
    ExternalId(Option<String>),
    /// Handed to another team and not handed back.
    Escalated,
    /// An instant of it.
    Time(TimeField, Op, When),
    /// Words in it.
    Text(Place, Vec<Words>),
    /// The value of a custom field.
    Custom(CustomField, Option<String>),
    /// It is another one than before the change set at hand.
    Changed(Changed),
    /// This held before the change set at hand.
    Was(Box<Condition>),
    /// This is what happened in the change set at hand.
    Happened(Happened),
    /// Something of people and organizations, which no ticket has.
    Other(OtherField, Option<String>),
    /// What nobody understood, as typed. It never holds.
    Unknown(String),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The same.
    Is,
    /// Smaller.
    Less,
    /// Smaller or the same.
    LessOrIs,
    /// Greater.
    Greater,
    /// Greater or the same.
    GreaterOrIs,
}

impl Op {
    /// Whether `has` stands so to `wanted`.
    pub fn holds<T: Ord>(self, has: &T, wanted: &T) -> bool {
        match self {
            Self::Is => has == wanted,
            Self::Less => has < wanted,
            Self::LessOrIs => has <= wanted,
            Self::Greater => has > wanted,
            Self::GreaterOrIs => has >= wanted,
        }
    }
}

/// In which part somebody has to do with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonField {
    /// Who needs help.
    Requester,
    /// Who answers.
    Assignee,
    /// Who typed it in.
    Submitter,
    /// Who is copied in.
    Cc,
    /// Who wrote on it.
    Commenter,
}

/// Somebody or something, by what one knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// The one who asks.
    Me,
    /// Nobody, nothing.
    None,
    /// By number.
    Id(i64),
    /// By name or address. It has to be [resolved](Condition::resolve) before it can hold.
    Name(String),
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the subject, the tags and the first message together, or in any single comment.
    Anywhere,
    /// In the subject.
    Subject,
    /// In the first message.
    Description,
    /// In a single comment.
    Comment,
}

/// A custom field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomField {
    /// The API's type of a ticket. It has to be [resolved](Condition::resolve) before it can hold.
    Type,
    /// By number.
    Id(i64),
}

/// Something of people and organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherField {
    /// What a person may do: `end-user`, `agent`, `admin`.
    Role,
    /// The name.
    Name,
    /// An address; `*@acme.test` is every one of a domain.
    Email,
    /// The telephone number.
    Phone,
    /// What agents wrote down.
    Notes,
    /// What is known.
    Details,
    /// Whether the address is proved.
    IsVerified,
    /// Whether the person is locked out.
    IsSuspended,
}

/// What a search or a view asks for: of which sort, which of them, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The sorts of things; none is all.
    pub sorts: Vec<Sort>,
    /// Which of them.
    pub condition: Condition,
    /// In which order; none is by relevance, or what suits the list.
    pub order: Option<Order>,
}

/// A sort of thing that can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Tickets.
    Ticket,
    /// People.
    User,
    /// Organizations.
    Organization,
    /// Teams.
    Group,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ticket, Self::User, Self::Organization, Self::Group];

    /// The API's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::User => "user",
            Self::Organization => "organization",
            Self::Group => "group",
        }
    }
}

/// In which order things come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: OrderBy,
    /// Smallest or oldest first.
    pub is_rising: bool,
}

/// What an order looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// The number, which rises with time.
    Created,
    /// The last change.
    Updated,
    /// The deadline; without one last.
    Due,
    /// The priority.
    Priority,
    /// The status.
    Status,
    /// The API's type.
    Type,
}

impl OrderBy {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Updated, Self::Due, Self::Priority, Self::Status, Self::Type];

    /// The word of the query language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Due => "due",
            Self::Priority => "priority",
            Self::Status => "status",
            Self::Type => "ticket_type",
        }
    }
}

/// Who asks, and when: what "me" and "three hours ago" mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The person, if it is one.
    pub user: Option<UserId>,
    /// Their teams.
    pub teams: Vec<TeamId>,
    /// Now.
    pub now: jiff::Timestamp,
    /// Where days begin.
    pub zone: jiff::tz::TimeZone,
}

/// Finds what a condition only names.
pub trait Resolve {
    /// Why it could not be looked up.
    type Error;

    /// The numbers of the people of this name or address.
    fn people(&mut self, name: &str) -> Result<Vec<i64>, Self::Error>;
    /// The numbers of the teams of this name.
    fn teams(&mut self, name: &str) -> Result<Vec<i64>, Self::Error>;
    /// The numbers of the organizations of this name.
    fn organizations(&mut self, name: &str) -> Result<Vec<i64>, Self::Error>;
    /// What a custom field holds: another part of the ticket, or its own values under a number.
    fn custom(&mut self, field: CustomField, value: Option<&str>)
    -> Result<Condition, Self::Error>;
}

impl Condition {
    /// Always true.
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    /// Never true.
    pub fn never() -> Self {
        Self::Any(Vec::new())
    }

    /// All of these; one alone is itself.
    pub fn all(mut parts: Vec<Self>) -> Self {
        match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only,
            (Some(last), false) => {
                parts.push(last);
                Self::All(parts)
            }
            (None, _) => Self::always(),
        }
    }

    /// One of these; one alone is itself.
    pub fn any(mut parts: Vec<Self>) -> Self {
        match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only,
            (Some(last), false) => {
                parts.push(last);
                Self::Any(parts)
            }
            (None, _) => Self::never(),
        }
    }

    /// The opposite.
    pub fn negated(self) -> Self {
        match self {
            Self::All(parts) if parts.is_empty() => Self::never(),
            Self::Any(parts) if parts.is_empty() => Self::always(),
            other => Self::Not(Box::new(other)),
        }
    }

    /// The parts that must all hold.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::All(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// The words that are looked for anywhere, and the condition without them.
    pub fn split_words(&self) -> (&[Words], Self) {
        let is_words = |part: &&Self| matches!(part, Self::Text(Place::Anywhere, _));
        let words = match self.parts().iter().find(is_words) {
            Some(Self::Text(_, words)) => words.as_slice(),
            _ => return (&[], self.clone()),
        };
        let at = self.parts().iter().position(|part| is_words(&part));
        let rest = self.parts().iter().enumerate().filter(|(index, _)| Some(*index) != at);
        (words, Self::all(rest.map(|(_, part)| part.clone()).collect()))
    }

    /// The same with every name in place of what it stands for; a name of nothing holds never.
    ///
    /// # Errors
    ///
    /// When something could not be looked up.
    pub fn resolve<R: Resolve>(&self, by: &mut R) -> Result<Self, R::Error> {
        let one_of = |ids: Vec<i64>, part: &dyn Fn(Named) -> Self| {
            Self::any(ids.into_iter().map(|id| part(Named::Id(id))).collect())
        };
        Ok(match self {
            Self::All(parts) => Self::All(resolved(parts, by)?),
            Self::Any(parts) => Self::Any(resolved(parts, by)?),
            Self::Not(part) => part.resolve(by)?.negated(),
            Self::Was(part) => Self::Was(Box::new(part.resolve(by)?)),
            Self::Person(field, Named::Name(name)) => {
                one_of(by.people(name)?, &|id| Self::Person(*field, id))
            }
            Self::Team(Named::Name(name)) => one_of(by.teams(name)?, &Self::Team),
            Self::Organization(Named::Name(name)) => {
                one_of(by.organizations(name)?, &Self::Organization)
            }
            Self::Custom(field, value) => by.custom(*field, value.as_deref())?,
            other => other.clone(),
        })
    }
}

fn resolved<R: Resolve>(parts: &[Condition], by: &mut R) -> Result<Vec<Condition>, R::Error> {
    parts.iter().map(|part| part.resolve(by)).collect()
}
