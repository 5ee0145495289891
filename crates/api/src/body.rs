//! Bodies and parameters: parsed with limits, and every complaint names its field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use desk::{Error, FieldError};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::answers::Problem;

/// Largest JSON body.
const LIMIT: usize = 2 * 1024 * 1024;

/// A JSON body, whatever its label says: beacons send it as text. An empty body is an empty object.
pub(crate) struct Body {
    /// The parsed body.
    pub value: Map<String, Value>,
    /// The bytes as they came, for comparing repeated calls.
    pub raw: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let raw = axum::body::to_bytes(request.into_body(), LIMIT)
            .await
            .map_err(|_| Problem::TooLarge)?;
        if raw.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self { value: Map::new(), raw });
        }
        match serde_json::from_slice(&raw) {
            Ok(Value::Object(value)) => Ok(Self { value, raw }),
            Ok(_) | Err(_) => Err(Problem::BrokenJson),
        }
    }
}

impl Body {
    /// The object under the wrapper key, to be read field by field.
    pub(crate) fn object(&self, key: &str) -> Result<Object<'_>, Problem> {
        match self.value.get(key) {
            Some(Value::Object(map)) => Ok(Object::new(map, "")),
            Some(_) => Err(Error::invalid(
                key,
                "InvalidFormat",
                format!("{}: expected an object", human(key)),
            )
            .into()),
            None => Err(Error::blank(key, &human(key)).into()),
        }
    }

    /// The body itself, which has no wrapper.
    pub(crate) fn bare(&self) -> Object<'_> {
        Object::new(&self.value, "")
    }

    /// The list of objects under the wrapper key; more than a hundred are refused.
    pub(crate) fn objects(&self, key: &str) -> Result<Vec<Object<'_>>, Problem> {
        let Some(Value::Array(list)) = self.value.get(key) else {
            return Err(Error::blank(key, &human(key)).into());
        };
        if list.len() > 100 {
            return Err(Problem::TooMany);
        }
        list.iter()
            .map(|one| match one {
                Value::Object(map) => Ok(Object::new(map, "")),
                _ => Err(Error::invalid(
                    key,
                    "InvalidFormat",
                    format!("{}: expected objects", human(key)),
                )
                .into()),
            })
            .collect()
    }
}

/// An object of the body. What is wrong with its fields is collected, so that one answer names all of it.
pub(crate) struct Object<'a> {
    map: &'a Map<String, Value>,
    prefix: String,
    errors: Vec<FieldError>,
}

/// What is sent for a property: nothing, null, or a value.
pub(crate) type Sent<T> = Option<Option<T>>;

impl<'a> Object<'a> {
    /// An object whose fields are named with a prefix such as `comment.`.
    pub(crate) fn new(map: &'a Map<String, Value>, prefix: &str) -> Self {
        Self { map, prefix: prefix.to_owned(), errors: Vec::new() }
    }

    /// The raw value, if the property was sent.
    pub(crate) fn raw(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    /// Whether the property was sent at all.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// Adds a complaint about a field. One that is wrong is not also missing.
    pub(crate) fn complain(&mut self, key: &str, code: &'static str, what: &str) {
        let field = format!("{}{key}", self.prefix);
        let is_known = |known: &FieldError| {
            known
                .field
                .strip_prefix(&field)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if code == "BlankValue" && self.errors.iter().any(is_known) {
            return;
        }
        self.errors.push(FieldError {
            description: format!("{}: {what}", human(key)),
            field,
            code,
        });
    }

    /// Takes over the complaints of an inner object.
    pub(crate) fn absorb(&mut self, inner: Object<'_>) {
        self.errors.extend(inner.errors);
    }

    /// The errors found so far, as one answer.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(self.errors).into()) }
    }

    fn typed<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Sent<T> {
        match self.map.get(key)? {
            Value::Null => Some(None),
            value => {
                if let Some(read) = read(value) {
                    Some(Some(read))
                } else {
                    self.complain(
                        key,
                        "InvalidValue",
                        &format!("expected {expected}, got {}", shown(value)),
                    );
                    None
                }
            }
        }
    }

    /// A text of at most `max` characters. Numbers are taken for texts, as clients send them for names of other systems.
    pub(crate) fn text(&mut self, key: &str, max: usize) -> Sent<String> {
        self.text_of(key, max, |value| match value {
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// Words that people wrote, at most `max` characters: anything but a text is a mistake.
    pub(crate) fn words(&mut self, key: &str, max: usize) -> Sent<String> {
        self.text_of(key, max, |_| None)
    }

    fn text_of(
        &mut self,
        key: &str,
        max: usize,
        other: impl FnOnce(&Value) -> Option<String>,
    ) -> Sent<String> {
        let sent = self.typed(key, "a text", |value| match value {
            Value::String(text) => Some(text.replace('\0', "")),
            value => other(value),
        })?;
        if let Some(text) = &sent
            && text.chars().count() > max
        {
            self.complain(key, "TooLong", &format!("is too long (maximum is {max} characters)"));
            return None;
        }
        Some(sent)
    }

    /// An id. Texts of digits are taken for numbers; an empty text is null.
    pub(crate) fn id(&mut self, key: &str) -> Sent<i64> {
        if self.map.get(key).and_then(Value::as_str) == Some("") {
            return Some(None);
        }
        self.typed(key, "a number", |value| match value {
            Value::Number(number) => number.as_i64().filter(|id| (0..1 << 53).contains(id)),
            Value::String(text) => text.parse().ok().filter(|id| (0..1 << 53).contains(id)),
            _ => None,
        })
    }

    /// A list of ids.
    pub(crate) fn ids(&mut self, key: &str) -> Sent<Vec<i64>> {
        self.typed(key, "a list of numbers", |value| {
            let numbers = value.as_array()?.iter().map(|one| match one {
                Value::Number(number) => number.as_i64(),
                Value::String(text) => text.parse().ok(),
                _ => None,
            });
            numbers.map(|id| id.filter(|id| (0..1 << 53).contains(id))).collect()
        })
    }

    /// True or false.
    pub(crate) fn flag(&mut self, key: &str) -> Sent<bool> {
        self.typed(key, "true or false", |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// An instant in RFC 3339.
    pub(crate) fn instant(&mut self, key: &str) -> Sent<Timestamp> {
        self.typed(key, "a date and time such as 2026-06-08T09:00:00Z", |value| {
            value.as_str()?.parse().ok()
        })
    }

    /// A list of texts; one text with spaces is a list too, as old clients send tags.
    pub(crate) fn texts(&mut self, key: &str, max: usize) -> Sent<Vec<String>> {
        let sent = self.typed(key, "a list of texts", |value| match value {
            Value::Array(list) => list
                .iter()
                .map(|one| match one {
                    Value::String(text) => Some(text.replace('\0', "")),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                })
                .collect(),
            Value::String(text) => {
                Some(text.split_whitespace().map(|word| word.replace('\0', "")).collect::<Vec<_>>())
            }
            _ => None,
        })?;
        if let Some(texts) = &sent
            && (texts.len() > max || texts.iter().any(|text| text.chars().count() > 255))
        {
            self.complain(
                key,
                "TooLong",
                &format!("is too long (maximum is {max} texts of 255 characters)"),
            );
            return None;
        }
        Some(sent)
    }

    /// An inner object.
    pub(crate) fn object(&mut self, key: &str) -> Option<Object<'a>> {
        let prefix = format!("{}{key}.", self.prefix);
        self.typed(key, "an object", Value::as_object)
            .flatten()
            .map(|map| Object::new(map, &prefix))
    }

    /// One of a closed set of words; an empty text is null.
    pub(crate) fn word<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        key: &str,
    ) -> Sent<T> {
        let text = self.text(key, 100)?;
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Some(None) };
        match text.parse() {
            Ok(word) => Some(Some(word)),
            Err(error) => {
                self.complain(key, "InvalidValue", &format!("{error}"));
                None
            }
        }
    }
}

/// A value as a complaint shows it, shortened.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 40 { text.chars().take(40).collect::<String>() + "…" } else { text }
}

/// `organization_id` as a person reads it: "Organization".
pub(crate) fn human(key: &str) -> String {
    let words = key.strip_suffix("_id").unwrap_or(key).replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// A number from a path, or 400.
pub(crate) fn path_id(text: &str) -> Result<i64, Problem> {
    text.parse()
        .ok()
        .filter(|id| (0..1 << 53).contains(id))
        .ok_or_else(|| Problem::Attribute(format!("You passed an invalid value for the id attribute. Invalid parameter: id must be an integer, got {:?}", text.chars().take(40).collect::<String>())))
}

/// Up to a hundred numbers separated by commas.
pub(crate) fn id_list(text: &str) -> Result<Vec<i64>, Problem> {
    let ids: Vec<i64> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(path_id)
        .collect::<Result<_, _>>()?;
    if ids.len() > 100 { Err(Problem::TooMany) } else { Ok(ids) }
}
