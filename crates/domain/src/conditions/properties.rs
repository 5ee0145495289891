//! The properties of the query language: what `name operator value` means.

use jiff::Timestamp;
use jiff::civil::Date;

use super::lexer::Term;
use super::{
    Changed, Condition, CustomField, Happened, Named, Op, OtherField, PersonField, Place, Sort,
    TimeField, Unit, When, Why,
};
use crate::search::Words;
use crate::{Status, TicketId, fold};

/// The condition a term with a property stands for.
pub(super) fn read(name: &str, op: Op, term: &Term) -> Result<Condition, Why> {
    let value = term.value.as_str();
    let some = || (!is_none(value)).then(|| value.to_owned());
    if let Some(field) = time_field(name) {
        let when = when(value).ok_or(Why::Expected("a day, an instant or a span of time"))?;
        return Ok(Condition::Time(field, op, when));
    }
    if let Some(inner) = name.strip_prefix("was_") {
        return was(inner, op, term);
    }
    match name {
        "status" => return Ok(Condition::Status(op, word(value)?)),
        "priority" => return Ok(Condition::Priority(op, word(value)?)),
        _ if op != Op::Is => {}
        "id" | "ticket_id" => {
            return Ok(Condition::Number(TicketId(
                number(value).ok_or(Why::Expected("a number"))?,
            )));
        }
        "kind" => return Ok(Condition::Kind(some().map(|value| word(&value)).transpose()?)),
        "severity" => {
            return Ok(Condition::Severity(some().map(|value| word(&value)).transpose()?));
        }
        "area" => return Ok(Condition::Area(some())),
        "via" | "channel" => return Ok(Condition::Via(word(value)?)),
        "tags" | "tag" => return Ok(tags(term)),
        "external_id" => return Ok(Condition::ExternalId(some())),
        "organization" | "organization_id" => return Ok(Condition::Organization(named(term, ""))),
        "team" | "group" | "group_id" => return Ok(Condition::Team(named(term, "mine"))),
        "is" => return is(value),
        "changed" => {
            let part =
                Changed::named(value).ok_or(Why::Expected("a part of a ticket that can change"))?;
            return Ok(Condition::Changed(part));
        }
        "update" => {
            const WORDS: &str = "created, changed, comment, public_comment, note, by_agent, by_customer or in_hours";
            return Happened::named(value).map(Condition::Happened).ok_or(Why::Expected(WORDS));
        }
        "ticket_type" => return Ok(Condition::Custom(CustomField::Type, some())),
        "type" => return ticket_type(value),
        "subject" => return Ok(Condition::Text(Place::Subject, vec![words(term)])),
        "description" => return Ok(Condition::Text(Place::Description, vec![words(term)])),
        "comment" => return Ok(Condition::Text(Place::Comment, vec![words(term)])),
        _ => {}
    }
    if let (Some(field), Op::Is) = (OtherField::named(name), op) {
        return Ok(Condition::Other(field, some()));
    }
    if let (Some(field), Op::Is) = (person_field(name), op) {
        return Ok(Condition::Person(field, named(term, "me")));
    }
    match name.strip_prefix("custom_field_").map(number) {
        Some(Some(id)) if op == Op::Is => Ok(Condition::Custom(CustomField::Id(id), some())),
        _ if is_known(name) => Err(Why::Expected("a colon")),
        _ => Err(Why::NoSuchProperty),
    }
}

/// How a part of a ticket was before: the same properties with `was_` in front, those alone that the fold has.
fn was(name: &str, op: Op, term: &Term) -> Result<Condition, Why> {
    let inner = read(name, op, term)?;
    match &inner {
        Condition::Status(..)
        | Condition::Priority(..)
        | Condition::Kind(_)
        | Condition::Severity(_)
        | Condition::Area(_)
        | Condition::Tag(_)
        | Condition::Team(_)
        | Condition::Organization(_)
        | Condition::Person(PersonField::Assignee | PersonField::Requester, _) => {
            Ok(Condition::Was(Box::new(inner)))
        }
        _ => Err(Why::NoSuchProperty),
    }
}

/// Whether terms with this property and a colon are alternatives when it is repeated; they are told apart by this name.
pub(super) fn key(condition: &Condition) -> Option<String> {
    Some(match condition {
        Condition::Number(_) => "id".to_owned(),
        Condition::Status(Op::Is, _) => "status".to_owned(),
        Condition::Priority(Op::Is, _) => "priority".to_owned(),
        Condition::Kind(_) => "kind".to_owned(),
        Condition::Severity(_) => "severity".to_owned(),
        Condition::Area(_) => "area".to_owned(),
        Condition::Via(_) => "via".to_owned(),
        Condition::Tag(_) => "tags".to_owned(),
        Condition::Person(field, _) => field.as_str().to_owned(),
        Condition::Team(_) => "team".to_owned(),
        Condition::Organization(_) => "organization".to_owned(),
        Condition::ExternalId(_) => "external_id".to_owned(),
        Condition::Time(field, Op::Is, _) => field.as_str().to_owned(),
        Condition::Text(place, _) => place.as_str()?.to_owned(),
        Condition::Custom(CustomField::Type, _) => "ticket_type".to_owned(),
        Condition::Custom(CustomField::Id(id), _) => format!("custom_field_{id}"),
        Condition::All(_)
        | Condition::Any(_)
        | Condition::Not(_)
        | Condition::Status(..)
        | Condition::Priority(..)
        | Condition::Escalated
        | Condition::Time(..)
        | Condition::Changed(_)
        | Condition::Was(_)
        | Condition::Happened(_)
        | Condition::Unknown(_) => return None,
        Condition::Other(field, _) => field.as_str().to_owned(),
    })
}

impl PersonField {
    pub(super) const ALL: [Self; 5] =
        [Self::Requester, Self::Assignee, Self::Submitter, Self::Cc, Self::Commenter];

    /// The word of the query language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Assignee => "assignee",
            Self::Submitter => "submitter",
            Self::Cc => "cc",
            Self::Commenter => "commenter",
        }
    }
}

impl OtherField {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Role,
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Notes,
        Self::Details,
        Self::IsVerified,
        Self::IsSuspended,
    ];

    /// The word of the query language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Notes => "notes",
            Self::Details => "details",
            Self::IsVerified => "is_verified",
            Self::IsSuspended => "is_suspended",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

impl TimeField {
    const ALL: [Self; 6] =
        [Self::Created, Self::Updated, Self::Solved, Self::Due, Self::InStatus, Self::Assigned];

    /// The word of the query language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Solved => "solved",
            Self::Due => "due",
            Self::InStatus => "in_status",
            Self::Assigned => "assigned",
        }
    }
}

impl Place {
    /// The word of the query language; words anywhere need none.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Anywhere => None,
            Self::Subject => Some("subject"),
            Self::Description => Some("description"),
            Self::Comment => Some("comment"),
        }
    }
}

impl Op {
    const ALL: [Self; 5] = [Self::Is, Self::Less, Self::LessOrIs, Self::Greater, Self::GreaterOrIs];

    /// As it is written between property and value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Is => ":",
            Self::Less => "<",
            Self::LessOrIs => "<=",
            Self::Greater => ">",
            Self::GreaterOrIs => ">=",
        }
    }

    pub(super) fn written(text: &str) -> Self {
        Self::ALL.into_iter().find(|op| op.as_str() == text).unwrap_or(Self::Is)
    }
}

/// The property an order is named by, also with the API's endings.
pub(super) fn order_by(word: &str) -> Option<super::OrderBy> {
    let word = word.strip_suffix("_at").unwrap_or(word);
    super::OrderBy::ALL.into_iter().find(|by| by.as_str() == word)
}

pub(super) fn sort(word: &str) -> Option<Sort> {
    Sort::ALL.into_iter().find(|sort| sort.as_str() == word)
}

fn is_none(value: &str) -> bool {
    matches!(value, "" | "none")
}

/// A number as ids are written: no sign, no zeros in front.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| *number >= 0 && number.to_string() == text)
}

fn word<T: std::str::FromStr<Err: std::fmt::Display>>(value: &str) -> Result<T, Why> {
    value.to_lowercase().parse().map_err(|error: T::Err| Why::Refused(error.to_string()))
}

fn person_field(name: &str) -> Option<PersonField> {
    let name = name.strip_suffix("_id").unwrap_or(name);
    PersonField::ALL.into_iter().find(|field| field.as_str() == name)
}

pub(super) fn time_field(name: &str) -> Option<TimeField> {
    let name = name.strip_suffix("_at").or(name.strip_suffix("_date")).unwrap_or(name);
    TimeField::ALL.into_iter().find(|field| field.as_str() == name)
}

fn is_known(name: &str) -> bool {
    const OTHERS: [&str; 23] = [
        "changed",
        "update",
        "id",
        "ticket_id",
        "kind",
        "severity",
        "area",
        "via",
        "channel",
        "tags",
        "tag",
        "external_id",
        "organization",
        "organization_id",
        "team",
        "group",
        "group_id",
        "is",
        "ticket_type",
        "type",
        "subject",
        "description",
        "comment",
    ];
    OTHERS.contains(&name) || person_field(name).is_some() || name.starts_with("custom_field_")
}

/// Somebody or something by number or name; in quotes it is always a name.
fn named(term: &Term, me: &str) -> Named {
    let value = term.value.as_str();
    if term.is_quoted && !value.is_empty() {
        return Named::Name(value.to_owned());
    }
    match value {
        _ if is_none(value) => Named::None,
        _ if value == me || (!me.is_empty() && value == "me") => Named::Me,
        _ => number(value).map_or_else(|| Named::Name(value.to_owned()), Named::Id),
    }
}

fn words(term: &Term) -> Words {
    Words { text: term.value.clone(), is_exact: term.is_quoted }
}

/// One tag, or in quotes all of several.
fn tags(term: &Term) -> Condition {
    if !term.is_quoted && is_none(&term.value) {
        return Condition::Tag(None);
    }
    let tags: Vec<String> = term.value.split_whitespace().map(fold).collect();
    if tags.is_empty() {
        return Condition::Tag(None);
    }
    Condition::all(tags.into_iter().map(|tag| Condition::Tag(Some(tag))).collect())
}

fn is(value: &str) -> Result<Condition, Why> {
    match value {
        "escalated" => Ok(Condition::Escalated),
        "unsolved" => Ok(Condition::Status(Op::Less, Status::Solved)),
        "solved" => Ok(Condition::Status(Op::GreaterOrIs, Status::Solved)),
        "unassigned" => Ok(Condition::Person(PersonField::Assignee, Named::None)),
        _ => Err(Why::Expected("escalated, unsolved, solved or unassigned")),
    }
}

/// `type:incident` is the API's type of a ticket; `type:user` is dealt with before.
fn ticket_type(value: &str) -> Result<Condition, Why> {
    match value {
        "question" | "incident" | "problem" | "task" => {
            Ok(Condition::Custom(CustomField::Type, Some(value.to_owned())))
        }
        _ => Err(Why::Expected(
            "ticket, user, organization, group, question, incident, problem or task",
        )),
    }
}

/// `2026-01-01`, `2026-01-01T10:00:00Z`, `4hours`, `+4hours`, `none`.
pub(super) fn when(value: &str) -> Option<When> {
    if is_none(value) {
        return Some(When::Never);
    }
    if value.len() == 10
        && let Ok(day) = value.parse::<Date>()
    {
        return Some(When::Day(day));
    }
    if value.contains(['T', 't'])
        && let Ok(at) = value.parse::<Timestamp>()
    {
        return Timestamp::from_second(at.as_second()).ok().map(When::At);
    }
    let later = value.strip_prefix('+');
    let span = later.unwrap_or(value);
    let digits = span.find(|letter: char| !letter.is_ascii_digit())?;
    let count: i64 = span[..digits].parse().ok()?;
    let unit = unit(&span[digits..])?;
    Some(if later.is_some() { When::In(count, unit) } else { When::Ago(count, unit) })
}

fn unit(word: &str) -> Option<Unit> {
    let word = word.to_lowercase();
    let known = |unit: &Unit| {
        let whole = unit.as_str();
        word == whole || word == whole.trim_end_matches('s') || (word == whole[..1] && word != "m")
    };
    Unit::ALL.into_iter().find(known)
}
