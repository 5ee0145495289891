//! Whether a condition holds for a person or an organization. What only tickets have never does.

use super::{Asker, Condition, Named, OtherField, Place, Span, TimeField};
use crate::search::Doc;
use crate::{Organization, Role, TeamId, User, fold};

/// A person with everything a condition may look at.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The person.
    pub user: &'a User,
    /// All addresses.
    pub addresses: &'a [String],
    /// The teams they are in.
    pub teams: &'a [TeamId],
}

impl Condition {
    /// Whether it holds for this person.
    pub fn holds_for_person(&self, person: &Person<'_>, asker: &Asker) -> bool {
        let user = person.user;
        match self {
            Self::Team(Named::Id(id)) => person.teams.contains(&TeamId(*id)),
            Self::Team(Named::Me) => person.teams.iter().any(|team| asker.teams.contains(team)),
            Self::Organization(Named::Id(id)) => user.organization.is_some_and(|has| has.0 == *id),
            Self::Organization(Named::None) => user.organization.is_none(),
            Self::Text(Place::Anywhere, words) => {
                let texts =
                    [&user.alias, &user.external_id, &user.phone, &user.details, &user.notes];
                let rest: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
                let tags = user.tags.join(" ");
                let addresses = person.addresses.join(" ");
                Doc::of(&[&user.name, &addresses, &rest.join("\n"), &tags]).has(words, None)
            }
            Self::Other(field, value) => other(*field, value.as_deref(), person),
            all => all.holds_for_both(
                &|part| part.holds_for_person(person, asker),
                (&user.tags, user.external_id.as_deref()),
                (user.created_at, user.updated_at),
                asker,
            ),
        }
    }

    /// Whether it holds for this organization.
    pub fn holds_for_organization(&self, organization: &Organization, asker: &Asker) -> bool {
        match self {
            Self::Text(Place::Anywhere, words) => {
                let texts = [&organization.external_id, &organization.details, &organization.notes];
                let rest: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
                let (tags, domains) = (organization.tags.join(" "), organization.domains.join(" "));
                Doc::of(&[&organization.name, &domains, &rest.join("\n"), &tags]).has(words, None)
            }
            Self::Other(OtherField::Name, value) => {
                begins(Some(&organization.name), value.as_deref())
            }
            Self::Other(OtherField::Notes, value) => {
                begins(organization.notes.as_deref(), value.as_deref())
            }
            Self::Other(OtherField::Details, value) => {
                begins(organization.details.as_deref(), value.as_deref())
            }
            all => all.holds_for_both(
                &|part| part.holds_for_organization(organization, asker),
                (&organization.tags, organization.external_id.as_deref()),
                (organization.created_at, organization.updated_at),
                asker,
            ),
        }
    }

    /// What people and organizations have in common.
    fn holds_for_both(
        &self,
        each: &dyn Fn(&Self) -> bool,
        (tags, external_id): (&[String], Option<&str>),
        (created_at, updated_at): (jiff::Timestamp, jiff::Timestamp),
        asker: &Asker,
    ) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(each),
            Self::Any(parts) => parts.iter().any(each),
            Self::Not(part) => !each(part),
            Self::Tag(None) => tags.is_empty(),
            Self::Tag(Some(tag)) => tags.contains(tag),
            Self::ExternalId(None) => external_id.is_none(),
            Self::ExternalId(Some(name)) => external_id.is_some_and(|has| fold(has) == fold(name)),
            Self::Time(TimeField::Created, op, when) => {
                Span::of(*op, *when, asker).holds(Some(created_at))
            }
            Self::Time(TimeField::Updated, op, when) => {
                Span::of(*op, *when, asker).holds(Some(updated_at))
            }
            _ => false,
        }
    }
}

fn other(field: OtherField, value: Option<&str>, person: &Person<'_>) -> bool {
    let user = person.user;
    match field {
        OtherField::Role => value.is_some_and(|value| match value {
            "end-user" | "end_user" => user.role == Role::EndUser,
            "agent" => matches!(user.role, Role::Light | Role::Agent),
            "admin" => user.role == Role::Admin,
            _ => false,
        }),
        OtherField::Name => begins(Some(&user.name), value),
        OtherField::Email => match value {
            None => person.addresses.is_empty(),
            Some(value) => person.addresses.iter().any(|address| is_address(address, value)),
        },
        OtherField::Phone => begins(user.phone.as_deref(), value),
        OtherField::Notes => begins(user.notes.as_deref(), value),
        OtherField::Details => begins(user.details.as_deref(), value),
        OtherField::IsVerified => value == Some(if user.verified { "true" } else { "false" }),
        OtherField::IsSuspended => value == Some(if user.suspended { "true" } else { "false" }),
    }
}

/// Whether a text has these words, the last of which may go on; without words, whether there is no text.
fn begins(text: Option<&str>, value: Option<&str>) -> bool {
    match (text, value) {
        (None, value) => value.is_none(),
        (Some(_), None) => false,
        (Some(text), Some(value)) => {
            Doc::of(&[text]).has(&[crate::search::Words::open(value)], None)
        }
    }
}

/// `dana@acme.test`, `*@acme.test`, or the beginning of an address.
fn is_address(address: &str, value: &str) -> bool {
    let (address, value) = (fold(address), fold(value));
    match value.strip_prefix('*') {
        Some(end) => address.ends_with(end),
        None if value.contains('@') && !value.ends_with('*') => address == value,
        None => address.starts_with(value.trim_end_matches('*')),
    }
}
