//! What clients say about fields.

use desk::fields::{Input, OptionInput};
use serde_json::{Map, Value};

use crate::answers::Problem;
use crate::body::Object;

/// Longest description.
const NOTE: usize = 65_536;

/// Reads a field.
pub(super) fn field(mut sent: Object<'_>) -> Result<Input, Problem> {
    let title = sent.text("title", 255).flatten().or_else(|| sent.text("raw_title", 255).flatten());
    let input = Input {
        kind: sent.text("type", 50).flatten(),
        key: sent.text("key", 255).flatten(),
        title,
        description: sent.text("description", NOTE).map(Option::unwrap_or_default),
        position: sent.id("position").flatten(),
        active: sent.flag("active").flatten(),
        options: options(&mut sent),
        properties: properties(&mut sent),
    };
    sent.finish()?;
    Ok(input)
}

/// Reads one choice.
pub(super) fn option(mut sent: Object<'_>) -> Result<OptionInput, Problem> {
    let option = one(&mut sent);
    sent.finish()?;
    Ok(option)
}

fn one(sent: &mut Object<'_>) -> OptionInput {
    let name = sent.text("name", 255).flatten().or_else(|| sent.text("raw_name", 255).flatten());
    let value = sent.text("value", 255).flatten();
    for (key, there) in [("name", name.is_some()), ("value", value.is_some())] {
        if !there && sent.raw(key).is_none_or(Value::is_null) {
            sent.complain(key, "BlankValue", "cannot be blank");
        }
    }
    OptionInput {
        id: sent.id("id").flatten(),
        name: name.unwrap_or_default(),
        value: value.unwrap_or_default(),
        default: sent.flag("default").flatten().unwrap_or_default(),
    }
}

fn options(sent: &mut Object<'_>) -> Option<Vec<OptionInput>> {
    match sent.raw("custom_field_options")? {
        Value::Array(list) => {
            let mut options = Vec::new();
            for choice in list {
                if let Value::Object(map) = choice {
                    let mut inner = Object::new(map, "custom_field_options.");
                    options.push(one(&mut inner));
                    sent.absorb(inner);
                } else {
                    sent.complain("custom_field_options", "InvalidValue", "expected objects");
                }
            }
            Some(options)
        }
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            sent.complain("custom_field_options", "InvalidValue", "expected a list of objects");
            None
        }
    }
}

/// Properties that are kept as they were written.
fn properties(sent: &mut Object<'_>) -> Map<String, Value> {
    let mut kept = Map::new();
    for key in [
        "required",
        "collapsed_for_agents",
        "visible_in_portal",
        "editable_in_portal",
        "required_in_portal",
    ] {
        if let Some(flag) = sent.flag(key) {
            kept.insert(key.to_owned(), flag.unwrap_or_default().into());
        }
    }
    for key in ["regexp_for_validation", "title_in_portal", "tag", "agent_description"] {
        if let Some(text) = sent.text(key, 1000) {
            kept.insert(key.to_owned(), text.into());
        }
    }
    if let Some(id) = sent.id("sub_type_id") {
        kept.insert("sub_type_id".to_owned(), id.into());
    }
    kept
}
