//! What the handbook's rules see of an organization: five facts with types of their own, beside the defined fields.

use domain::Field;
use serde_json::{Map, Value};

use crate::{Error, FieldError};

/// The facts, and what each has to be.
const FACTS: [(&str, &str); 5] = [
    ("plan", "a text"),
    ("mrr", "a number"),
    ("trial", "true or false"),
    ("card", "true or false"),
    ("addons", "a list of texts"),
];
/// Longest value of a defined field, as JSON.
const LENGTH: usize = 65_536;

/// Takes over what was sent: facts of the right type, small values of defined fields; null clears. Anything else is
/// ignored. Says whether a fact is another than before.
pub(super) fn keep(
    fields: &mut Map<String, Value>,
    sent: &Map<String, Value>,
    defined: &[Field],
) -> Result<bool, Error> {
    let errors = complaints(sent);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let mut is_new = false;
    for (key, value) in sent {
        let is_fact = is_fact(key);
        let is_defined = defined.iter().any(|field| field.key.as_deref() == Some(key));
        let is_kept = is_fact || is_defined && is_small(value);
        if !is_kept {
            continue;
        }
        let before = match value {
            Value::Null => fields.remove(key),
            value => fields.insert(key.clone(), value.clone()),
        };
        is_new |= is_fact && before.as_ref().unwrap_or(&Value::Null) != value;
    }
    Ok(is_new)
}

/// Everything that is wrong with these facts.
pub(crate) fn complaints(sent: &Map<String, Value>) -> Vec<FieldError> {
    sent.iter().filter_map(|(key, value)| wrong(key, value)).collect()
}

/// Whether rules see a fact of this name.
pub(crate) fn is_fact(key: &str) -> bool {
    FACTS.iter().any(|(fact, _)| *fact == key)
}

/// What is wrong with a fact.
fn wrong(key: &str, value: &Value) -> Option<FieldError> {
    let (_, expected) = FACTS.iter().find(|(fact, _)| *fact == key)?;
    let field = format!("organization_fields.{key}");
    let human = key
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .chain(key.chars().skip(1))
        .collect::<String>();
    let is_right = match (key, value) {
        (_, Value::Null) | ("plan", Value::String(_)) | ("mrr", Value::Number(_)) => true,
        ("trial" | "card", value) => value.is_boolean(),
        ("addons", Value::Array(list)) => list.iter().all(Value::is_string),
        _ => false,
    };
    if !is_right {
        let got: String = value.to_string().chars().take(40).collect();
        let description = format!("{human}: expected {expected}, got {got}");
        return Some(FieldError { field, code: "InvalidValue", description });
    }
    let is_long = match value {
        Value::String(text) => text.chars().count() > 255,
        Value::Array(list) => {
            list.len() > 100
                || list.iter().filter_map(Value::as_str).any(|one| one.chars().count() > 255)
        }
        _ => false,
    };
    let description = format!("{human}: is too long (maximum is 255 characters, and 100 texts)");
    is_long.then_some(FieldError { field, code: "TooLong", description })
}

fn is_small(value: &Value) -> bool {
    let is_plain = match value {
        Value::Object(_) => false,
        Value::Array(list) => list.iter().all(Value::is_string),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    };
    is_plain && value.to_string().len() <= LENGTH
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn complained(sent: &Value) -> Vec<(String, String)> {
        match keep(&mut Map::new(), &map(sent), &[]) {
            Err(Error::Invalid(errors)) => {
                errors.into_iter().map(|error| (error.field, error.description)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_fact_of_another_type_is_refused_by_name() {
        assert_eq!(
            complained(&json!({ "mrr": "2000", "plan": 4 })),
            [
                (
                    "organization_fields.mrr".to_owned(),
                    "Mrr: expected a number, got \"2000\"".to_owned()
                ),
                ("organization_fields.plan".to_owned(), "Plan: expected a text, got 4".to_owned()),
            ]
        );
        assert_eq!(complained(&json!({ "trial": "yes" })).len(), 1);
        assert_eq!(complained(&json!({ "card": 1 })).len(), 1);
        assert_eq!(complained(&json!({ "addons": "teams" })).len(), 1);
        assert_eq!(complained(&json!({ "addons": ["teams", 4] })).len(), 1);
        assert_eq!(complained(&json!({ "addons": [null] })).len(), 1);
        assert_eq!(complained(&json!({ "mrr": { "eur": 4 } })).len(), 1);
    }

    #[test]
    fn a_fact_that_changes_says_so_and_null_clears() {
        let mut fields = Map::new();
        assert!(
            keep(
                &mut fields,
                &map(&json!({ "mrr": 2000, "addons": ["teams"], "card": true })),
                &[]
            )
            .unwrap()
        );
        assert!(!keep(&mut fields, &map(&json!({ "mrr": 2000, "trial": null })), &[]).unwrap());
        assert!(keep(&mut fields, &map(&json!({ "mrr": null })), &[]).unwrap());
        assert_eq!(Value::Object(fields), json!({ "addons": ["teams"], "card": true }));
    }

    #[test]
    fn unknown_keys_are_ignored() {
        let mut fields = Map::new();
        assert!(!keep(&mut fields, &map(&json!({ "color": "red" })), &[]).unwrap());
        assert!(fields.is_empty());
    }
}
