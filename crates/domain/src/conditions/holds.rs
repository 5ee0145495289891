//! Whether a condition holds for a ticket.

use serde_json::Value;

use super::{Asker, Condition, CustomField, Named, PersonField, Place, Span, TimeField};
use super::{ChangeSet, changes};
use crate::search::{Doc, Words};
use crate::{Ticket, UserId};

/// A ticket with everything a condition may look at.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// What it is about.
    pub subject: &'a str,
    /// Its first message.
    pub description: &'a str,
    /// Another system's name for it.
    pub external_id: Option<&'a str>,
    /// Values of custom fields, as JSON text.
    pub fields: &'a [(i64, String)],
    /// Who wrote what on it; for a trigger only what was written in the change set at hand.
    pub comments: &'a [(UserId, String)],
    /// The change set that a trigger looks at.
    pub change: Option<ChangeSet<'a>>,
}

impl Item<'_> {
    /// The ticket's own text as the index knows it.
    pub fn doc(&self) -> Doc {
        Doc::of(&[self.subject, &self.ticket.tags.join(" "), self.description])
    }

    fn says(&self, place: Place, words: &[Words]) -> bool {
        let in_ticket = |field| self.doc().has(words, field);
        let in_comment = || self.comments.iter().any(|(_, text)| Doc::of(&[text]).has(words, None));
        match place {
            Place::Anywhere => {
                let is_number = matches!(words, [one] if one.number() == Some(self.ticket.id.0));
                is_number || in_ticket(None) || in_comment()
            }
            Place::Subject => in_ticket(Some(0)),
            Place::Description => in_ticket(Some(2)),
            Place::Comment => in_comment(),
        }
    }

    fn people(&self, field: PersonField) -> Vec<UserId> {
        let ticket = self.ticket;
        match field {
            PersonField::Requester => vec![ticket.requester],
            PersonField::Assignee => ticket.assignee.into_iter().collect(),
            PersonField::Submitter => vec![ticket.submitter],
            PersonField::Cc => ticket.ccs.clone(),
            PersonField::Commenter => self.comments.iter().map(|(author, _)| *author).collect(),
        }
    }

    fn instant(&self, field: TimeField) -> Option<jiff::Timestamp> {
        crate::rules::instant(field, self.ticket)
    }

    fn custom(&self, field: i64, wanted: Option<&str>) -> bool {
        let value = self.fields.iter().find(|(id, _)| *id == field);
        match (value, wanted) {
            (None, wanted) => wanted.is_none(),
            (Some(_), None) => false,
            (Some((_, value)), Some(wanted)) => match serde_json::from_str(value) {
                Ok(Value::String(text)) => text == wanted,
                Ok(Value::Array(list)) => list.iter().any(|one| one.as_str() == Some(wanted)),
                Ok(_) | Err(_) => value == wanted,
            },
        }
    }
}

impl Condition {
    /// Whether it holds for this ticket.
    pub fn holds(&self, item: &Item<'_>, asker: &Asker) -> bool {
        let ticket = item.ticket;
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(item, asker)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(item, asker)),
            Self::Not(part) => !part.holds(item, asker),
            Self::Number(id) => ticket.id == *id,
            Self::Status(op, status) => op.holds(&ticket.status, status),
            Self::Priority(op, level) => op.holds(&ticket.priority, level),
            Self::Kind(kind) => ticket.kind == *kind,
            Self::Severity(severity) => ticket.severity == *severity,
            Self::Area(area) => ticket.area == *area,
            Self::Via(channel) => ticket.channel == *channel,
            Self::Tag(None) => ticket.tags.is_empty(),
            Self::Tag(Some(tag)) => ticket.tags.contains(tag),
            Self::Person(field, who) => {
                let people = item.people(*field);
                match who {
                    Named::Me => asker.user.is_some_and(|user| people.contains(&user)),
                    Named::None => people.is_empty(),
                    Named::Id(id) => people.contains(&UserId(*id)),
                    Named::Name(_) => false,
                }
            }
            Self::Team(which) => match which {
                Named::Me => asker.teams.contains(&ticket.team),
                Named::Id(id) => ticket.team.0 == *id,
                Named::None | Named::Name(_) => false,
            },
            Self::Organization(which) => match which {
                Named::None => ticket.organization.is_none(),
                Named::Id(id) => ticket.organization.is_some_and(|has| has.0 == *id),
                Named::Me | Named::Name(_) => false,
            },
            Self::ExternalId(name) => item.external_id == name.as_deref(),
            Self::Escalated => ticket.escalation.is_some(),
            Self::Time(field, op, when) => Span::of(*op, *when, asker).holds(item.instant(*field)),
            Self::Text(place, words) => item.says(*place, words),
            Self::Custom(CustomField::Id(id), value) => item.custom(*id, value.as_deref()),
            Self::Changed(_) | Self::Was(_) | Self::Happened(_) => {
                changes::holds(self, item, asker)
            }
            Self::Custom(CustomField::Type, _) | Self::Other(..) | Self::Unknown(_) => false,
        }
    }
}
