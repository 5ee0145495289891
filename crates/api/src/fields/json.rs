//! Fields and forms in the API's shape.

use domain::{Field, FieldOption};
use jiff::Timestamp;
use serde_json::{Map, Value, json as object};

use crate::tickets::json::time;

/// The choices of the fields every ticket has by itself.
const STATUSES: [(&str, &str); 5] = [
    ("Open", "open"),
    ("Pending", "pending"),
    ("On-hold", "hold"),
    ("Solved", "solved"),
    ("New", "new"),
];
const TYPES: [(&str, &str); 4] =
    [("Question", "question"), ("Incident", "incident"), ("Problem", "problem"), ("Task", "task")];
const PRIORITIES: [(&str, &str); 4] =
    [("Low", "low"), ("Normal", "normal"), ("High", "high"), ("Urgent", "urgent")];

/// A field of tickets, people or organizations.
pub(crate) fn json(field: &Field, base: &str) -> Value {
    let mut value = common(field, base);
    let more = if field.owner == "ticket" {
        ticket(field)
    } else {
        object!({ "key": field.key, "system": !field.removable, "tag": said(field, "tag") })
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
        choices(field, value);
    }
    value
}

/// The path under which fields of an owner are found.
pub(crate) fn url(field: &Field, base: &str) -> String {
    format!("{base}/api/v2/{}_fields/{}.json", field.owner, field.id)
}

fn common(field: &Field, base: &str) -> Value {
    object!({
        "id": field.id.0,
        "url": url(field, base),
        "type": field.kind,
        "title": field.title,
        "raw_title": field.title,
        "description": field.description,
        "raw_description": field.description,
        "position": field.position,
        "active": field.active,
        "regexp_for_validation": said(field, "regexp_for_validation"),
        "created_at": time(field.created_at),
        "updated_at": time(field.updated_at),
    })
}

fn ticket(field: &Field) -> Value {
    let flag = |key: &str| said(field, key).as_bool().unwrap_or_default();
    let in_portal = match said(field, "title_in_portal") {
        Value::String(title) => title,
        _ => field.title.clone(),
    };
    object!({
        "required": flag("required"),
        "collapsed_for_agents": flag("collapsed_for_agents"),
        "title_in_portal": in_portal,
        "raw_title_in_portal": in_portal,
        "visible_in_portal": flag("visible_in_portal"),
        "editable_in_portal": flag("editable_in_portal"),
        "required_in_portal": flag("required_in_portal"),
        "tag": said(field, "tag"),
        "removable": field.removable,
        "key": field.key,
        "agent_description": said(field, "agent_description"),
        "sub_type_id": said(field, "sub_type_id"),
    })
}

/// Drop-downs list their choices; so do the system's own.
fn choices(field: &Field, value: &mut Map<String, Value>) {
    let system: Option<&[(&str, &str)]> = match (field.owner.as_str(), field.kind.as_str()) {
        ("ticket", "status") => Some(&STATUSES),
        ("ticket", "tickettype") => Some(&TYPES),
        ("ticket", "priority") => Some(&PRIORITIES),
        ("ticket", "group" | "assignee") => Some(&[]),
        _ => None,
    };
    if let Some(system) = system {
        let list =
            system.iter().map(|(name, value)| object!({ "name": name, "value": value })).collect();
        value.insert("system_field_options".to_owned(), list);
    }
    if matches!(field.kind.as_str(), "tagger" | "multiselect" | "dropdown") {
        value.insert("custom_field_options".to_owned(), field.options.iter().map(option).collect());
    }
}

/// A choice of a drop-down.
pub(super) fn option(option: &FieldOption) -> Value {
    object!({
        "id": option.id,
        "name": option.name,
        "raw_name": option.name,
        "value": option.value,
        "default": option.default,
    })
}

fn said(field: &Field, key: &str) -> Value {
    field.properties.get(key).cloned().unwrap_or_default()
}

/// The one form there is: every active ticket field in its order.
pub(super) fn form(fields: &[Field], base: &str) -> Value {
    let active = fields.iter().filter(|field| field.active);
    let made = fields.iter().map(|field| field.created_at).min().unwrap_or(Timestamp::UNIX_EPOCH);
    let changed = fields.iter().map(|field| field.updated_at).max().unwrap_or(made);
    object!({
        "id": 1,
        "url": format!("{base}/api/v2/ticket_forms/1.json"),
        "name": "Default Ticket Form",
        "raw_name": "Default Ticket Form",
        "display_name": "Default Ticket Form",
        "raw_display_name": "Default Ticket Form",
        "position": 0,
        "active": true,
        "default": true,
        "end_user_visible": true,
        "in_all_brands": true,
        "restricted_brand_ids": [],
        "ticket_field_ids": active.map(|field| field.id.0).collect::<Vec<i64>>(),
        "agent_conditions": [],
        "end_user_conditions": [],
        "created_at": time(made),
        "updated_at": time(changed),
    })
}
