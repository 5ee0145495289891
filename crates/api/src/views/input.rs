//! A view as clients send it.

use desk::views::Input;
use domain::conditions::objects::{self, Object as Condition};
use domain::conditions::{Order, OrderBy};
use domain::{TeamId, UserId, ViewFor, ViewId};
use serde_json::{Map, Value};

use super::json::COLUMNS;
use crate::answers::Problem;
use crate::body::{Body, Object};

/// Condition objects of a view at most.
const MOST: usize = 100;

/// Reads a view. Conditions that are sent replace all that were there.
pub(super) fn read(mut sent: Object<'_>, user: Option<UserId>) -> Result<Input, Problem> {
    let title = sent.text("title", 300);
    let input = Input {
        title: title.map(Option::unwrap_or_default),
        description: sent.text("description", 65_536),
        active: sent.flag("active").flatten(),
        position: sent.id("position").flatten(),
        kept_for: restriction(&mut sent, user),
        query: query(&mut sent),
        columns: columns(&mut sent),
        order: order(&mut sent),
    };
    sent.finish()?;
    Ok(input)
}

/// Places and whether they are offered: `{"views": [{"id", "position", "active"}]}`.
pub(super) fn places(body: &Body) -> Result<Vec<(ViewId, Input)>, Problem> {
    let read = |mut sent: Object<'_>| {
        let id = sent.id("id").flatten();
        if id.is_none() {
            sent.complain("id", "BlankValue", "cannot be blank");
        }
        let input = Input {
            position: sent.id("position").flatten(),
            active: sent.flag("active").flatten(),
            ..Input::default()
        };
        sent.finish()?;
        Ok((ViewId(id.unwrap_or_default()), input))
    };
    body.objects("views")?.into_iter().map(read).collect()
}

/// `null`, `{"type": "User", "id"}` or `{"type": "Group", "id", "ids"}`.
pub(crate) fn restriction(sent: &mut Object<'_>, user: Option<UserId>) -> Option<ViewFor> {
    if sent.raw("restriction") == Some(&Value::Null) {
        return Some(ViewFor::Everybody);
    }
    let inner = sent.object("restriction")?;
    let id = |key: &str| inner.raw(key).and_then(Value::as_i64);
    let ids: Vec<i64> = match inner.raw("ids") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_i64).collect(),
        _ => id("id").into_iter().collect(),
    };
    match (inner.raw("type").and_then(Value::as_str), ids.as_slice()) {
        (Some("User"), []) => user.map(ViewFor::Person),
        (Some("User"), [one]) => Some(ViewFor::Person(UserId(*one))),
        (Some("Group"), [one]) => Some(ViewFor::Team(TeamId(*one))),
        (Some("Group"), _) => {
            sent.complain("restriction", "InvalidValue", "a view is kept for one group");
            None
        }
        _ => {
            sent.complain("restriction", "InvalidValue", "type must be User or Group");
            None
        }
    }
}

/// What a view asks: `query` in our language, or `conditions` with `all` and `any`, or these two beside the title.
pub(crate) fn query(sent: &mut Object<'_>) -> Option<String> {
    asked(sent, Asked::Lists)
}

/// What a rule asks, which may be about the change itself.
pub(crate) fn conditions_of_rule(sent: &mut Object<'_>) -> Option<String> {
    asked(sent, Asked::Changes)
}

/// What conditions may look at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Tickets as they are.
    Lists,
    /// What changes, too.
    Changes,
}

fn asked(sent: &mut Object<'_>, what: Asked) -> Option<String> {
    if let Some(query) = sent.text("query", 2_000) {
        return Some(query.unwrap_or_default());
    }
    let inner = if sent.has("conditions") { sent.object("conditions") } else { None };
    let raw = |key: &str| match &inner {
        Some(inner) => inner.raw(key),
        None => sent.raw(key),
    };
    let (all, any) = (raw("all"), raw("any"));
    if all.is_none() && any.is_none() {
        return None;
    }
    let read = match (list("all", all), list("any", any)) {
        (Ok(all), Ok(any)) if all.len() + any.len() <= MOST => {
            let read = objects::read(&all, &any).map_err(|one| (one.part, one.why.to_string()));
            match (what, of_changes("all", &all).or_else(|| of_changes("any", &any))) {
                (Asked::Lists, Some(part)) if read.is_ok() => {
                    Err((part, "only a trigger knows what changes".to_owned()))
                }
                _ => read,
            }
        }
        (Ok(_), Ok(_)) => Err(("conditions".to_owned(), format!("maximum is {MOST} conditions"))),
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    match read {
        Ok(condition) => Some(condition.to_string()),
        Err((part, why)) => {
            sent.complain(&part, "InvalidValue", &why);
            None
        }
    }
}

/// The first of these that asks about a change, by its place.
fn of_changes(name: &str, objects: &[Condition]) -> Option<String> {
    let asks = |object: &Condition| {
        let read = objects::read(std::slice::from_ref(object), &[]);
        read.is_ok_and(|condition| condition.of_changes().is_some())
    };
    objects.iter().position(asks).map(|place| format!("{name}[{place}].operator"))
}

fn list(name: &str, value: Option<&Value>) -> Result<Vec<Condition>, (String, String)> {
    let wrong = |part: String| (part, "expected a list of conditions".to_owned());
    let objects = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong(name.to_owned())),
    };
    let one = |(place, value): (usize, &Value)| match value {
        Value::Object(map) => Ok(condition(map)),
        _ => Err(wrong(format!("{name}[{place}]"))),
    };
    objects.iter().enumerate().map(one).collect()
}

fn condition(map: &Map<String, Value>) -> Condition {
    let text = |key: &str| match map.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace('\0', ""),
        Some(Value::Array(list)) => {
            let words = list.iter().map(|one| one.as_str().map_or(one.to_string(), str::to_owned));
            words.collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
    };
    Condition { field: text("field"), operator: text("operator"), value: text("value") }
}

/// What is said about how a view is shown: `output`, or `execution` as it is answered.
fn output<'a>(sent: &mut Object<'a>) -> Option<Object<'a>> {
    if sent.has("output") { sent.object("output") } else { sent.object("execution") }
}

/// The names of columns; those we do not have are left out.
fn columns(sent: &mut Object<'_>) -> Option<Vec<String>> {
    let output = output(sent)?;
    let Some(Value::Array(list)) = output.raw("columns") else { return None };
    let name = |one: &Value| {
        let name = one.as_str().or_else(|| one.get("id")?.as_str())?;
        COLUMNS.iter().find(|(known, _)| *known == name).map(|(known, _)| (*known).to_owned())
    };
    Some(list.iter().filter_map(name).collect())
}

fn order(sent: &mut Object<'_>) -> Option<Order> {
    let output = output(sent)?;
    let by = match output.raw("sort_by").and_then(Value::as_str)? {
        "created" | "created_at" | "nice_id" => OrderBy::Created,
        "updated" | "updated_at" => OrderBy::Updated,
        "due_date" | "sla_next_breach_at" => OrderBy::Due,
        "status" => OrderBy::Status,
        "priority" => OrderBy::Priority,
        "type" => OrderBy::Type,
        _ => return None,
    };
    let is_rising = output.raw("sort_order").and_then(Value::as_str) != Some("desc");
    Some(Order { by, is_rising })
}
