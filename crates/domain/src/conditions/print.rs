//! From a condition back to the query language. What is printed is read as the same condition.

use std::fmt;

use super::lexer::{is_plain_value, is_plain_word, quoted};
use super::{Condition, CustomField, Named, Order, PersonField, Place, Query, When, properties};
use crate::search::Words;

impl Words {
    /// What somebody typed for words: a word that may go on if it can be written so, else a phrase.
    pub fn typed(text: &str) -> Self {
        Self { text: text.to_owned(), is_exact: !is_plain_word(text) }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> =
            self.sorts.iter().map(|sort| format!("type:{}", sort.as_str())).collect();
        let condition = self.condition.to_string();
        let is_alternatives = matches!(self.condition, Condition::Any(_));
        if is_alternatives && (!parts.is_empty() || self.order.is_some()) {
            parts.push(format!("({condition})"));
        } else if !condition.is_empty() {
            parts.push(condition);
        }
        if let Some(Order { by, is_rising }) = self.order {
            let direction = if is_rising { "asc" } else { "desc" };
            parts.push(format!("order_by:{} sort:{direction}", by.as_str()));
        }
        f.write_str(&parts.join(" "))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(parts) if parts.is_empty() => f.write_str("-()"),
            Self::Any(parts) if values(parts).is_none() => f.write_str(&alternatives(parts)),
            Self::All(parts) if parts.is_empty() => Ok(()),
            other => f.write_str(&sequence(other.parts())),
        }
    }
}

/// The property that all of these give a value for, if it is one.
fn values(parts: &[Condition]) -> Option<String> {
    let key = properties::key(parts.first()?)?;
    let same = parts.iter().all(|part| properties::key(part).as_ref() == Some(&key));
    (same && parts.len() > 1).then_some(key)
}

fn alternatives(parts: &[Condition]) -> String {
    let one = |part: &Condition| match part {
        Condition::All(inner) if inner.is_empty() => "()".to_owned(),
        Condition::All(inner) => sequence(inner),
        other => sequence(std::slice::from_ref(other)),
    };
    parts.iter().map(one).collect::<Vec<_>>().join(" OR ")
}

/// Parts side by side. A property that stands there twice is kept apart by brackets, or its values would be alternatives.
fn sequence(parts: &[Condition]) -> String {
    let key = |part: &Condition| match part {
        Condition::Any(inner) => values(inner),
        other => properties::key(other),
    };
    let keys: Vec<Option<String>> = parts.iter().map(key).collect();
    let mut has_words = false;
    let printed = parts.iter().zip(&keys).map(|(part, key)| {
        let is_alone = key
            .as_ref()
            .is_none_or(|key| keys.iter().filter(|other| other.as_ref() == Some(key)).count() == 1);
        match part {
            Condition::Text(Place::Anywhere, words) if !words.is_empty() && !has_words => {
                has_words = true;
                words.iter().map(word).collect::<Vec<_>>().join(" ")
            }
            Condition::Any(inner) if key.is_some() && is_alone => {
                inner.iter().map(unit).collect::<Vec<_>>().join(" ")
            }
            Condition::Any(inner) if !inner.is_empty() => format!("({})", alternatives(inner)),
            Condition::Text(Place::Anywhere, _) => format!("({})", unit(part)),
            other if is_alone => unit(other),
            other => format!("({})", unit(other)),
        }
    });
    printed.collect::<Vec<_>>().join(" ")
}

/// A part that is read as one, wherever it stands.
fn unit(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) => format!("({})", sequence(parts)),
        Condition::Any(parts) if parts.is_empty() => "-()".to_owned(),
        Condition::Any(parts) => format!("({})", alternatives(parts)),
        Condition::Not(inner) => {
            let printed = unit(inner);
            let words =
                matches!(&**inner, Condition::Text(Place::Anywhere, words) if words.len() != 1);
            // Two minus signs side by side are a word.
            if words || printed.starts_with('-') {
                format!("-({printed})")
            } else {
                format!("-{printed}")
            }
        }
        leaf => leaf_of(leaf),
    }
}

fn leaf_of(condition: &Condition) -> String {
    let pair = |name: &str, value: &str| format!("{name}:{value}");
    match condition {
        Condition::Number(id) => pair("id", &id.to_string()),
        Condition::Status(op, status) => format!("status{}{status}", op.as_str()),
        Condition::Priority(op, level) => format!("priority{}{level}", op.as_str()),
        Condition::Kind(kind) => pair("kind", kind.map_or("none", crate::Kind::as_str)),
        Condition::Severity(severity) => {
            pair("severity", severity.map_or("none", crate::Severity::as_str))
        }
        Condition::Area(area) => pair("area", &text_or_none(area.as_deref())),
        Condition::Via(channel) => pair("via", channel.as_str()),
        Condition::Tag(tag) => pair("tags", &text_or_none(tag.as_deref())),
        Condition::Person(PersonField::Assignee, Named::None) => "assignee:none".to_owned(),
        Condition::Person(field, who) => pair(field.as_str(), &named(who, "me")),
        Condition::Team(which) => pair("team", &named(which, "mine")),
        Condition::Organization(which) => pair("organization", &named(which, "me")),
        Condition::ExternalId(name) => pair("external_id", &text_or_none(name.as_deref())),
        Condition::Escalated => "is:escalated".to_owned(),
        Condition::Time(field, op, when) => {
            format!("{}{}{}", field.as_str(), op.as_str(), instant(*when))
        }
        Condition::Text(place, words) => {
            let one = |words: &Words| match place.as_str() {
                Some(name) => pair(name, &word_value(words)),
                None => word(words),
            };
            words.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Condition::Custom(CustomField::Type, value) => {
            pair("ticket_type", &text_or_none(value.as_deref()))
        }
        Condition::Custom(CustomField::Id(id), value) => {
            pair(&format!("custom_field_{id}"), &text_or_none(value.as_deref()))
        }
        Condition::Changed(part) => pair("changed", &part.word()),
        Condition::Was(inner) => format!("was_{}", leaf_of(inner)),
        Condition::Happened(what) => pair("update", what.as_str()),
        Condition::Other(field, value) => pair(field.as_str(), &text_or_none(value.as_deref())),
        Condition::Unknown(source) => source.clone(),
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) => unit(condition),
    }
}

fn word(words: &Words) -> String {
    if words.is_exact { quoted(&words.text) } else { words.text.clone() }
}

fn word_value(words: &Words) -> String {
    if words.is_exact || !is_plain_value(&words.text) {
        quoted(&words.text)
    } else {
        words.text.clone()
    }
}

fn text_or_none(value: Option<&str>) -> String {
    match value {
        None => "none".to_owned(),
        Some(value) if is_plain_value(value) => value.to_owned(),
        Some(value) => quoted(value),
    }
}

/// A name is put in quotes where it would be read as something else.
fn named(what: &Named, me: &str) -> String {
    match what {
        Named::Me => me.to_owned(),
        Named::None => "none".to_owned(),
        Named::Id(id) => id.to_string(),
        Named::Name(name) => {
            let is_taken = matches!(name.as_str(), "me" | "mine" | "none")
                || name.chars().all(|letter| letter.is_ascii_digit());
            if is_taken || !is_plain_value(name) { quoted(name) } else { name.clone() }
        }
    }
}

fn instant(when: When) -> String {
    match when {
        When::Never => "none".to_owned(),
        When::At(at) => at.to_string(),
        When::Day(day) => day.to_string(),
        When::Ago(count, unit) => format!("{count}{}", unit.as_str()),
        When::In(count, unit) => format!("+{count}{}", unit.as_str()),
    }
}
