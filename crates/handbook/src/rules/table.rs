//! The facts a rule may name, with their types.

use std::fmt;

use cel::Value;

use crate::Facts;

/// What kind of value an expression has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Int,
    Double,
    String,
    /// Of elements of one type; none for the empty list, which goes with all.
    List(Option<Box<Type>>),
}

impl Type {
    pub(super) fn strings() -> Self {
        Self::List(Some(Box::new(Self::String)))
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Double)
    }

    /// Whether values of the two can be compared: the same type, or two numbers.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(None), Self::List(_)) | (Self::List(_), Self::List(None)) => true,
            _ => self == other || (self.is_number() && other.is_number()),
        }
    }

    /// The word for several of it.
    pub(super) fn plural(&self) -> &'static str {
        match self {
            Self::Bool => "bools",
            Self::Int => "ints",
            Self::Double => "doubles",
            Self::String => "strings",
            Self::List(_) => "lists",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "a bool",
            Self::Int => "an int",
            Self::Double => "a double",
            Self::String => "a string",
            Self::List(_) => "a list",
        })
    }
}

/// One fact by its name.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// `organization.plan`.
    pub(super) name: &'static str,
    /// How to find it.
    pub(super) of: fn(&Facts) -> Known<'_>,
}

impl Member {
    /// The group and the field.
    pub(super) fn split(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').expect("every name in the table has a dot")
    }

    /// Its type, which is the same for all facts.
    pub(super) fn type_(&self) -> Type {
        match (self.of)(&Facts::default()) {
            Known::Bool(_) => Type::Bool,
            Known::Double(_) => Type::Double,
            Known::Text(_) => Type::String,
            Known::Texts(_) => Type::strings(),
        }
    }
}

/// Every fact there is.
pub(super) const MEMBERS: [Member; 17] = [
    Member { name: "organization.plan", of: |facts| Known::Text(&facts.organization.plan) },
    Member { name: "organization.mrr", of: |facts| Known::Double(facts.organization.mrr) },
    Member { name: "organization.trial", of: |facts| Known::Bool(facts.organization.trial) },
    Member { name: "organization.addons", of: |facts| Known::Texts(&facts.organization.addons) },
    Member { name: "organization.card", of: |facts| Known::Bool(facts.organization.card) },
    Member { name: "organization.tags", of: |facts| Known::Texts(&facts.organization.tags) },
    Member { name: "organization.known", of: |facts| Known::Bool(facts.organization.known) },
    Member { name: "ticket.channel", of: |facts| Known::Text(&facts.ticket.channel) },
    Member { name: "ticket.area", of: |facts| Known::Text(&facts.ticket.area) },
    Member { name: "ticket.severity", of: |facts| Known::Text(&facts.ticket.severity) },
    Member { name: "ticket.kind", of: |facts| Known::Text(&facts.ticket.kind) },
    Member { name: "ticket.subject", of: |facts| Known::Text(&facts.ticket.subject) },
    Member { name: "ticket.tags", of: |facts| Known::Texts(&facts.ticket.tags) },
    Member { name: "requester.email", of: |facts| Known::Text(&facts.requester.email) },
    Member { name: "requester.domain", of: |facts| Known::Text(&facts.requester.domain) },
    Member { name: "requester.verified", of: |facts| Known::Bool(facts.requester.verified) },
    Member { name: "requester.admin", of: |facts| Known::Bool(facts.requester.admin) },
];

/// The groups of the table.
pub(super) const GROUPS: [&str; 3] = ["organization", "ticket", "requester"];

/// The value of a fact.
pub(super) enum Known<'f> {
    Bool(bool),
    Double(f64),
    Text(&'f str),
    Texts(&'f [String]),
}

impl From<Known<'_>> for Value {
    fn from(known: Known<'_>) -> Self {
        match known {
            Known::Bool(value) => Self::Bool(value),
            Known::Double(value) => Self::Float(value),
            Known::Text(text) => text.into(),
            Known::Texts(texts) => texts.iter().map(String::as_str).collect::<Vec<_>>().into(),
        }
    }
}

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Double(value) => write!(f, "{value:?}"),
            Self::Text(text) => quoted(f, text),
            Self::Texts(texts) => {
                f.write_str("[")?;
                for (index, text) in texts.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    quoted(f, text)?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A text in double quotes, escaped as in JSON.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(f, "\\{letter}")?,
            '\n' => f.write_str("\\n")?,
            control if control.is_control() => write!(f, "\\u{:04x}", u32::from(control))?,
            _ => write!(f, "{letter}")?,
        }
    }
    f.write_str("\"")
}
