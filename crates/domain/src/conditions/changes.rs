//! What only a trigger can ask: what happened in the change set at hand, and how it was before.
//!
//! A list asks about tickets as they are, so nothing of this ever holds there.

use super::{Condition, Item};
use crate::actions::Used;
use crate::{Actor, Envelope, Event, FieldId, Ticket};

/// A change set that a trigger looks at.
#[derive(Clone, Copy, Debug)]
pub struct ChangeSet<'a> {
    /// The ticket before it; none of a new ticket.
    pub before: Option<&'a Ticket>,
    /// Its events, with those that triggers have added so far.
    pub events: &'a [Envelope],
    /// Who made it.
    pub actor: &'a Actor,
    /// Whether it was made within the hours of the ticket's team.
    pub in_hours: bool,
}

/// A part of a ticket that may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The status.
    Status,
    /// The priority.
    Priority,
    /// The severity.
    Severity,
    /// The area.
    Area,
    /// The kind.
    Kind,
    /// The team.
    Team,
    /// Who has it.
    Assignee,
    /// Who needs help.
    Requester,
    /// The organization.
    Organization,
    /// The tags.
    Tags,
    /// The subject.
    Subject,
    /// A custom field.
    Field(i64),
}

impl Changed {
    const PLAIN: [(Self, &'static str); 11] = [
        (Self::Status, "status"),
        (Self::Priority, "priority"),
        (Self::Severity, "severity"),
        (Self::Area, "area"),
        (Self::Kind, "kind"),
        (Self::Team, "team"),
        (Self::Assignee, "assignee"),
        (Self::Requester, "requester"),
        (Self::Organization, "organization"),
        (Self::Tags, "tags"),
        (Self::Subject, "subject"),
    ];

    /// The word of the query language.
    pub fn word(self) -> String {
        let plain = Self::PLAIN.into_iter().find(|(known, _)| *known == self);
        match (plain, self) {
            (_, Self::Field(id)) => format!("custom_field_{id}"),
            (Some((_, word)), _) => word.to_owned(),
            (None, _) => String::new(),
        }
    }

    /// The part that a word of the query language, or a field of the API, names.
    pub fn named(word: &str) -> Option<Self> {
        let plain = match word {
            "group_id" | "group" => "team",
            "assignee_id" => "assignee",
            "requester_id" => "requester",
            "organization_id" => "organization",
            "current_tags" => "tags",
            other => other,
        };
        let custom = word.strip_prefix("custom_fields_").or(word.strip_prefix("custom_field_"));
        if let Some(id) = custom {
            return id.parse().ok().map(Self::Field);
        }
        Self::PLAIN.into_iter().find(|(_, known)| *known == plain).map(|(part, _)| part)
    }

    /// The API's name of it.
    pub(super) fn field(self) -> String {
        match self {
            Self::Team => "group_id".to_owned(),
            Self::Assignee => "assignee_id".to_owned(),
            Self::Requester => "requester_id".to_owned(),
            Self::Organization => "organization_id".to_owned(),
            Self::Tags => "current_tags".to_owned(),
            Self::Field(id) => format!("custom_fields_{id}"),
            other => other.word(),
        }
    }

    fn holds(self, ticket: &Ticket, change: &ChangeSet<'_>) -> bool {
        let Some(before) = change.before else { return false };
        match self {
            Self::Status => before.status != ticket.status,
            Self::Priority => before.priority != ticket.priority,
            Self::Severity => before.severity != ticket.severity,
            Self::Area => before.area != ticket.area,
            Self::Kind => before.kind != ticket.kind,
            Self::Team => before.team != ticket.team,
            Self::Assignee => before.assignee != ticket.assignee,
            Self::Requester => before.requester != ticket.requester,
            Self::Organization => before.organization != ticket.organization,
            Self::Tags => before.tags != ticket.tags,
            Self::Subject => {
                change.events.iter().any(|one| matches!(one.event, Event::SubjectChanged { .. }))
            }
            Self::Field(id) => change.events.iter().any(
                |one| matches!(one.event, Event::FieldChanged { field, .. } if field == FieldId(id)),
            ),
        }
    }
}

/// Something that may have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The ticket is new.
    Created,
    /// It was there before.
    Updated,
    /// Somebody wrote.
    Comment,
    /// For the customer to read.
    PublicComment,
    /// For ourselves.
    Note,
    /// One of us did it.
    ByAgent,
    /// A customer did it.
    ByCustomer,
    /// Within the hours of the ticket's team.
    InHours,
}

impl Happened {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Created, "created"),
        (Self::Updated, "changed"),
        (Self::Comment, "comment"),
        (Self::PublicComment, "public_comment"),
        (Self::Note, "note"),
        (Self::ByAgent, "by_agent"),
        (Self::ByCustomer, "by_customer"),
        (Self::InHours, "in_hours"),
    ];

    /// The word of the query language.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(known, _)| *known == self).map_or("", |(_, word)| word)
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(happened, _)| happened)
    }

    fn holds(self, change: &ChangeSet<'_>) -> bool {
        let wrote = |wanted: Option<bool>| {
            change.events.iter().any(|one| match one.event {
                Event::Commented { public, .. } => wanted.is_none_or(|wanted| wanted == public),
                _ => false,
            })
        };
        match self {
            Self::Created => change.before.is_none(),
            Self::Updated => change.before.is_some(),
            Self::Comment => wrote(None),
            Self::PublicComment => wrote(Some(true)),
            Self::Note => wrote(Some(false)),
            Self::ByAgent => change.actor.is_agent(),
            Self::ByCustomer => {
                matches!(change.actor, Actor::Anonymous)
                    || (change.actor.user().is_some() && !change.actor.is_agent())
            }
            Self::InHours => change.in_hours,
        }
    }
}

impl Condition {
    /// What of it asks about a change, if anything does: that never holds in a list.
    pub fn of_changes(&self) -> Option<&Self> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(Self::of_changes),
            Self::Not(part) => part.of_changes(),
            Self::Changed(_) | Self::Was(_) | Self::Happened(_) => Some(self),
            _ => None,
        }
    }

    /// Whether it has a part that asks how much time has gone by.
    pub fn has_time(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_time),
            Self::Not(part) => part.has_time(),
            Self::Time(_, _, super::When::Ago(..) | super::When::In(..)) => true,
            _ => false,
        }
    }
}

/// Whether a part that asks about a change holds.
pub(super) fn holds(part: &Condition, item: &Item<'_>, asker: &super::Asker) -> bool {
    let Some(change) = &item.change else { return false };
    match part {
        Condition::Changed(part) => part.holds(item.ticket, change),
        Condition::Happened(happened) => happened.holds(change),
        Condition::Was(inner) => change.before.is_some_and(|before| {
            inner.holds(&Item { ticket: before, change: None, ..*item }, asker)
        }),
        _ => false,
    }
}

/// Whether a change set is one that triggers look at: something about the ticket is another way than before, and not
/// only its clocks.
pub fn is_update(events: &[Envelope]) -> bool {
    events.iter().any(|one| {
        !matches!(
            one.event,
            Event::FactsChanged { .. }
                | Event::ClockStarted { .. }
                | Event::ClockMoved { .. }
                | Event::ClockStopped { .. }
                | Event::ClockResumed { .. }
                | Event::Reapplied
                | Event::TimersSet { .. }
                | Event::Warned { .. }
                | Event::Breached { .. }
                | Event::Reminded
                | Event::Acknowledged { .. }
                | Event::PromiseImproved { .. }
                | Event::Told { .. }
                | Event::SurveyIssued { .. }
                | Event::SurveySuppressed { .. }
                | Event::AnswerBounced { .. }
                | Event::OverrideEnded
                | Event::Deleted
        ) && !matches!(&one.event, Event::Applied(applied) if applied.used != Used::Macro)
    })
}
