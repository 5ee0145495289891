//! A view as the API writes it.

use domain::conditions::objects::{self, Object};
use domain::conditions::{Order, Query};
use domain::{View, ViewFor};
use serde_json::{Value, json as object};

use crate::tickets::json::time;

/// The columns that a list has when nobody chose any, and what is above them.
pub(super) const COLUMNS: [(&str, &str); 14] = [
    ("nice_id", "ID"),
    ("subject", "Subject"),
    ("requester", "Requester"),
    ("assignee", "Assignee"),
    ("group", "Group"),
    ("organization", "Organization"),
    ("status", "Status"),
    ("priority", "Priority"),
    ("type", "Ticket type"),
    ("created", "Requested"),
    ("updated", "Updated"),
    ("solved", "Solved"),
    ("due_date", "Due date"),
    ("submitter", "Submitter"),
];
/// Those of them that are shown when nobody chose any.
const USUAL: [&str; 6] = ["subject", "requester", "assignee", "status", "priority", "updated"];

/// The columns of a view: their names and what is above them.
pub(super) fn columns(chosen: &[String]) -> Vec<(&'static str, &'static str)> {
    let is_shown = |name: &str| {
        if chosen.is_empty() { USUAL.contains(&name) } else { chosen.iter().any(|one| one == name) }
    };
    COLUMNS.into_iter().filter(|(name, _)| is_shown(name)).collect()
}

pub(super) fn url(view: &View, base: &str) -> String {
    format!("{base}/api/v2/views/{}.json", view.id)
}

/// A view.
pub(super) fn view(view: &View, base: &str) -> Value {
    let query = Query::parse(&view.query).query;
    let (all, any) = objects::write(&query.condition);
    object!({
        "id": view.id.0,
        "url": url(view, base),
        "title": view.title,
        "raw_title": view.title,
        "description": view.description,
        "active": view.active,
        "default": view.id.0 < desk::views::FIRST_KEPT,
        "position": view.position,
        "created_at": time(view.created_at),
        "updated_at": time(view.updated_at),
        "restriction": restriction(view.kept_for),
        "conditions": { "all": conditions(&all), "any": conditions(&any) },
        "execution": execution(&view.columns, query.order),
        "query": view.query,
    })
}

/// For whom something is kept.
pub(crate) fn restriction(kept_for: ViewFor) -> Value {
    match kept_for {
        ViewFor::Everybody => Value::Null,
        ViewFor::Person(user) => object!({ "type": "User", "id": user.0 }),
        ViewFor::Team(team) => object!({ "type": "Group", "id": team.0, "ids": [team.0] }),
    }
}

/// Conditions as the API writes them.
pub(crate) fn conditions(objects: &[Object]) -> Value {
    let one = |one: &Object| object!({ "field": one.field, "operator": one.operator, "value": one.value });
    objects.iter().map(one).collect()
}

/// How a view is shown: its columns and its order.
pub(super) fn execution(chosen: &[String], order: Option<Order>) -> Value {
    let columns: Value =
        columns(chosen).iter().map(|(id, title)| object!({ "id": id, "title": title })).collect();
    let by = order.map_or("updated", |order| match order.by.as_str() {
        "due" => "due_date",
        "ticket_type" => "type",
        other => other,
    });
    let direction = if order.is_some_and(|order| order.is_rising) { "asc" } else { "desc" };
    object!({
        "group_by": null,
        "group_order": null,
        "sort_by": by,
        "sort_order": direction,
        "group": null,
        "sort": { "id": by, "order": direction },
        "columns": columns.clone(),
        "fields": columns,
        "custom_fields": [],
    })
}
