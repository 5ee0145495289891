//! Actions: what a macro, a trigger or an automation does to a ticket. One language for all three. (zendesk-api 28)
//!
//! An [`Action`] is read from the API's objects ([`read`]) and kept as these. Whatever an action asks for is a part of
//! an ordinary update ([`stage`]), so that no rule can do what a person could not: levels are set by hand, a comment of
//! a rule is a note, and on hold needs a day that somebody names.

use serde::{Deserialize, Serialize};

use crate::{
    ByHand, Changes, Kind, Level, Severity, Status, TeamId, Ticket, UserId, WebhookId, fold,
};

/// Letters of a text in an action at most.
pub const LONGEST_TEXT: usize = 65_536;
/// Letters of a notification's subject at most.
const LONGEST_SUBJECT: usize = 255;
/// Tags of one action at most.
const MOST_TAGS: usize = 100;

/// An action as the API writes it: a field, and one value or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// What is changed or done.
    pub field: String,
    /// Into what; a list where the field takes one.
    pub value: Value,
}

/// The value of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// One.
    One(String),
    /// Several, in their order.
    Many(Vec<String>),
}

impl Value {
    /// The parts in their order.
    pub fn parts(&self) -> Vec<&str> {
        match self {
            Self::One(text) => vec![text.as_str()],
            Self::Many(list) => list.iter().map(String::as_str).collect(),
        }
    }
}

/// What uses actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// A macro: by hand.
    Macro,
    /// A trigger: when a ticket changes.
    Trigger,
    /// An automation: as time passes.
    Automation,
}

impl Used {
    /// The word the database and the API store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Macro => "macro",
            Self::Trigger => "trigger",
            Self::Automation => "automation",
        }
    }
}

/// Somebody an action names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody.
    Nobody,
    /// The one who acts.
    Me,
    /// Whoever has the ticket.
    Assignee,
    /// This person.
    Id(UserId),
}

/// A team an action names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The team of the one who acts.
    Mine,
    /// This team.
    Id(TeamId),
}

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Another status.
    Status(Status),
    /// A level by hand. (PR-11)
    Priority(Level),
    /// How bad.
    Severity(Option<Severity>),
    /// The part of the product.
    Area(Option<String>),
    /// What sort of request.
    Kind(Option<Kind>),
    /// Another team.
    Team(Where),
    /// Somebody, or nobody.
    Assignee(Who),
    /// These tags and no others.
    SetTags(Vec<String>),
    /// These tags too.
    AddTags(Vec<String>),
    /// Not these tags.
    RemoveTags(Vec<String>),
    /// A custom field: its value as people write it; none empties it.
    Field(i64, Option<String>),
    /// Words: a macro's answer, a rule's note.
    Comment(String),
    /// Whether a macro's words are for the customer.
    IsPublic(bool),
    /// One of us is told.
    TellPerson(Who, String, String),
    /// A team is told in its channel.
    TellTeam(TeamId, String, String),
    /// Another program is told.
    Webhook(WebhookId, String),
}

/// What is wrong with an action: the part of it, and why.
pub type Wrong = (&'static str, String);

/// Reads actions. What is wrong is named by its place such as `actions[1].value`.
///
/// # Errors
///
/// The first action that is not understood.
pub fn read_all(used: Used, objects: &[Object]) -> Result<Vec<Action>, (String, String)> {
    let one = |(place, object): (usize, &Object)| {
        read(used, object).map_err(|(part, why)| (format!("actions[{place}].{part}"), why))
    };
    objects.iter().enumerate().map(one).collect()
}

/// Reads one action.
///
/// # Errors
///
/// Which part of it is wrong, and why.
pub fn read(used: Used, object: &Object) -> Result<Action, Wrong> {
    let parts = object.value.parts();
    let value = parts.first().copied().unwrap_or_default().trim();
    let wrong = |why: &str| ("value", why.to_owned());
    let by_rule = used != Used::Macro;
    match object.field.as_str() {
        "status" => status(value),
        "priority" => value
            .parse()
            .map(Action::Priority)
            .map_err(|_| wrong("expected low, normal, high or urgent")),
        "severity" => word(value).map(Action::Severity),
        "kind" => word(value).map(Action::Kind),
        "area" => Ok(Action::Area(some(value))),
        "group_id" => match (value, value.parse()) {
            ("current_groups", _) if !by_rule => Ok(Action::Team(Where::Mine)),
            (_, Ok(id)) => Ok(Action::Team(Where::Id(TeamId(id)))),
            _ => Err(wrong("expected the number of a group")),
        },
        "assignee_id" => match (value, value.parse()) {
            ("" | "none", _) => Ok(Action::Assignee(Who::Nobody)),
            ("current_user", _) => Ok(Action::Assignee(Who::Me)),
            (_, Ok(id)) => Ok(Action::Assignee(Who::Id(UserId(id)))),
            _ => Err(wrong("expected the number of an agent, current_user or nothing")),
        },
        "set_tags" => tags(&parts).map(Action::SetTags),
        "current_tags" => tags(&parts).map(Action::AddTags),
        "remove_tags" => tags(&parts).map(Action::RemoveTags),
        "comment_value" | "comment_value_html" => {
            let text = parts.last().copied().unwrap_or_default();
            words(text, LONGEST_TEXT).map(Action::Comment)
        }
        "comment_mode_is_public" => match value {
            "true" if by_rule => {
                Err(wrong("a rule's comment is a note: only people answer customers"))
            }
            "true" => Ok(Action::IsPublic(true)),
            "false" => Ok(Action::IsPublic(false)),
            _ => Err(wrong("expected true or false")),
        },
        "notification_user" | "notification_group" | "notification_webhook" if !by_rule => {
            Err(("field", "a macro notifies nobody; a trigger can".to_owned()))
        }
        "notification_user" => person(value).and_then(|who| {
            let (subject, body) = told(&parts)?;
            Ok(Action::TellPerson(who, subject, body))
        }),
        "notification_group" => {
            let team = value.parse().map_err(|_| wrong("expected the number of a group"))?;
            let (subject, body) = told(&parts)?;
            Ok(Action::TellTeam(TeamId(team), subject, body))
        }
        "notification_webhook" => {
            let id = value.parse().map_err(|_| wrong("expected the id of a webhook"))?;
            let body = parts.get(1).copied().unwrap_or_default();
            if body.chars().count() > LONGEST_TEXT {
                return Err(wrong("is too long (maximum is 65536 characters)"));
            }
            Ok(Action::Webhook(WebhookId(id), body.to_owned()))
        }
        field => custom(field, value),
    }
}

fn status(value: &str) -> Result<Action, Wrong> {
    match value.parse() {
        Ok(Status::New) => Err(("value", "nothing becomes new again".to_owned())),
        Ok(Status::Hold) => {
            Err(("value", "on hold needs a day to come back, which somebody names".to_owned()))
        }
        Ok(status) => Ok(Action::Status(status)),
        Err(_) => Err(("value", "expected open, pending, solved or closed".to_owned())),
    }
}

fn some(value: &str) -> Option<String> {
    (!value.is_empty() && value != "none").then(|| value.to_owned())
}

fn word<T: std::str::FromStr<Err: std::fmt::Display>>(value: &str) -> Result<Option<T>, Wrong> {
    some(value)
        .map(|value| value.parse().map_err(|error: T::Err| ("value", error.to_string())))
        .transpose()
}

fn tags(parts: &[&str]) -> Result<Vec<String>, Wrong> {
    let tags: Vec<String> = parts
        .iter()
        .flat_map(|part| part.split([' ', ',', '\n']))
        .filter(|tag| !tag.is_empty())
        .map(fold)
        .collect();
    if tags.is_empty() {
        return Err(("value", "expected at least one tag".to_owned()));
    }
    if tags.len() > MOST_TAGS || tags.iter().any(|tag| tag.chars().count() > 255) {
        return Err(("value", "is too long (maximum is 100 tags of 255 characters)".to_owned()));
    }
    Ok(tags)
}

fn words(text: &str, most: usize) -> Result<String, Wrong> {
    if text.trim().is_empty() {
        return Err(("value", "cannot be blank".to_owned()));
    }
    if text.chars().count() > most {
        return Err(("value", format!("is too long (maximum is {most} characters)")));
    }
    Ok(text.replace('\0', ""))
}

/// Only our own people: what a customer is told is the handbook's to say.
fn person(value: &str) -> Result<Who, Wrong> {
    match (value, value.parse()) {
        ("assignee_id", _) => Ok(Who::Assignee),
        ("current_user", _) => Ok(Who::Me),
        ("requester_id" | "requester_and_ccs" | "all_agents", _) => Err((
            "value",
            "a rule tells our own people one by one, or a team; customers hear from people and the handbook"
                .to_owned(),
        )),
        (_, Ok(id)) => Ok(Who::Id(UserId(id))),
        _ => Err(("value", "expected the number of an agent, or assignee_id".to_owned())),
    }
}

/// The subject and the words of a notification.
fn told(parts: &[&str]) -> Result<(String, String), Wrong> {
    let part = |place: usize| parts.get(place).copied().unwrap_or_default();
    let (subject, body) = match parts.len() {
        ..=1 => ("", ""),
        2 => ("", part(1)),
        _ => (part(1), part(2)),
    };
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(("value", "the subject is too long (maximum is 255 characters)".to_owned()));
    }
    let body = if body.trim().is_empty() { subject } else { body };
    words(body, LONGEST_TEXT).map(|body| (subject.to_owned(), body))
}

fn custom(field: &str, value: &str) -> Result<Action, Wrong> {
    let number = field.strip_prefix("custom_fields_").or(field.strip_prefix("custom_field_"));
    match number.map(str::parse) {
        Some(Ok(id)) => Ok(Action::Field(id, some(value))),
        _ => {
            let shown: String = field.chars().take(40).collect();
            Err(("field", format!("there is no action {shown:?} here")))
        }
    }
}

/// Who acts, as far as an action can name them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acting {
    /// The person.
    pub user: Option<UserId>,
    /// Their own team.
    pub team: Option<TeamId>,
}

/// Adds what an action asks for to an update of a ticket. Words, fields and whoever is told need more than the ticket
/// and are not in it. `because` is the reason of a level that it sets.
pub fn stage(
    changes: &mut Changes,
    action: &Action,
    ticket: &Ticket,
    acting: Acting,
    because: &str,
) {
    let tags = |changes: &Changes| changes.tags.clone().unwrap_or_else(|| ticket.tags.clone());
    match action {
        Action::Status(status) => changes.status = Some(*status),
        Action::Priority(level) => {
            let reason = because.to_owned();
            changes.level = Some(ByHand { level: *level, reason, until: None });
        }
        Action::Severity(severity) => changes.severity = Some(*severity),
        Action::Area(area) => changes.area = Some(area.clone()),
        Action::Kind(kind) => changes.kind = Some(*kind),
        Action::Team(Where::Id(team)) => changes.team = Some(*team),
        Action::Team(Where::Mine) => changes.team = acting.team.or(changes.team),
        Action::Assignee(who) => {
            changes.assignee = match who {
                Who::Nobody => Some(None),
                Who::Me => acting.user.map(Some),
                Who::Assignee => None,
                Who::Id(user) => Some(Some(*user)),
            };
        }
        Action::SetTags(set) => changes.tags = Some(sorted(set.clone())),
        Action::AddTags(added) => {
            let all = tags(changes).into_iter().chain(added.iter().cloned()).collect();
            changes.tags = Some(sorted(all));
        }
        Action::RemoveTags(removed) => {
            let mut left = tags(changes);
            left.retain(|tag| !removed.contains(tag));
            changes.tags = Some(left);
        }
        Action::Field(..)
        | Action::Comment(_)
        | Action::IsPublic(_)
        | Action::TellPerson(..)
        | Action::TellTeam(..)
        | Action::Webhook(..) => {}
    }
}

fn sorted(mut tags: Vec<String>) -> Vec<String> {
    tags.sort_unstable();
    tags.dedup();
    tags
}
