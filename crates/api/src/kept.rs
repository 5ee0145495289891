//! What views, macros, triggers and automations have in common: lists by position, whom they are kept for, actions, places
//! of several at once.

use domain::ViewFor;
use domain::actions::{Object as ActionObject, Value as ActionValue};
use jiff::Timestamp;
use serde_json::{Map, Value, json as object};

use crate::answers::Problem;
use crate::body::{Body, Object, shown};
use crate::paging::{Paging, Query, part};

/// Letters of an action's text at most; the desk says so again.
const LONGEST: usize = 70_000;

/// Something with a place among others.
pub(crate) trait Kept {
    /// Its number.
    fn id(&self) -> i64;
    /// What it is called.
    fn title(&self) -> &str;
    /// Its place.
    fn position(&self) -> i64;
    /// Whether it is in use.
    fn active(&self) -> bool;
    /// When it was made, and when it changed.
    fn times(&self) -> (Timestamp, Timestamp);
    /// As the API writes it.
    fn json(&self, base: &str) -> Value;
}

/// What a list may be sorted by; how often they were used is not counted.
pub(crate) const SORTS: [&str; 10] = [
    "position",
    "title",
    "alphabetical",
    "created_at",
    "updated_at",
    "usage_1h",
    "usage_24h",
    "usage_7d",
    "usage_30d",
    "id",
];

/// Whether `group_id` and `access` ask for what is kept for these people.
pub(crate) fn is_for(query: &Query, kept_for: ViewFor) -> bool {
    let group = query.get("group_id").is_none_or(|id| match kept_for {
        ViewFor::Team(team) => id.parse() == Ok(team.0),
        ViewFor::Person(_) | ViewFor::Everybody => false,
    });
    let access = match query.get("access") {
        Some("personal") => matches!(kept_for, ViewFor::Person(_)),
        Some("shared") => !matches!(kept_for, ViewFor::Person(_)),
        Some("account") => kept_for == ViewFor::Everybody,
        Some(_) | None => true,
    };
    group && access
}

/// A page of a list that has an end: all of it was read.
pub(crate) fn page<T: Kept>(
    query: &Query,
    base: &str,
    (name, sorts): (&str, &[&str]),
    mut all: Vec<T>,
) -> Result<Map<String, Value>, Problem> {
    let paging = Paging::read(query, sorts)?;
    let wanted = query.get("active").map(|active| active == "true");
    all.retain(|one| wanted.is_none_or(|wanted| one.active() == wanted));
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let sort = paging.sort.as_deref().unwrap_or("position");
    if matches!(sort, "title" | "alphabetical") {
        all.sort_by_key(|one| (one.title().to_lowercase(), one.id()));
    } else {
        let by = |one: &T| match sort {
            "created_at" => one.times().0.as_microsecond(),
            "updated_at" => one.times().1.as_microsecond(),
            "id" => one.id(),
            _ => one.position(),
        };
        all.sort_by_key(|one| (by(one), one.id()));
    }
    let places: Vec<i64> = all.iter().map(Kept::id).collect();
    let place = |one: &T| {
        let at = places.iter().position(|id| *id == one.id()).unwrap_or_default();
        i64::try_from(at).unwrap_or(i64::MAX)
    };
    let mut rows = part(&paging.page, all, |one| (0, place(one)));
    let key = |one: &T| desk::Key { value: None, id: place(one) };
    let mut answer = paging.finish(query, base, &mut rows, Some(count), key);
    answer.insert(name.to_owned(), rows.iter().map(|one| one.json(base)).collect());
    Ok(answer)
}

/// A list that is answered at once.
pub(crate) fn whole<T: Kept>(base: &str, name: &str, all: &[T]) -> Map<String, Value> {
    let mut answer = Map::new();
    answer.insert(name.to_owned(), all.iter().map(|one| one.json(base)).collect());
    answer.insert("count".to_owned(), all.len().into());
    answer.insert("next_page".to_owned(), Value::Null);
    answer.insert("previous_page".to_owned(), Value::Null);
    answer
}

/// A number, its new position, and whether it is in use; each as far as it was sent.
pub(crate) type Place = (i64, Option<i64>, Option<bool>);

/// Places and whether they are in use: `{"macros": [{"id", "position", "active"}]}`.
pub(crate) fn places(body: &Body, name: &str) -> Result<Vec<Place>, Problem> {
    let read = |mut sent: Object<'_>| {
        let id = sent.id("id").flatten();
        if id.is_none() {
            sent.complain("id", "BlankValue", "cannot be blank");
        }
        let position = sent.id("position").flatten();
        let active = sent.flag("active").flatten();
        sent.finish()?;
        Ok((id.unwrap_or_default(), position, active))
    };
    body.objects(name)?.into_iter().map(read).collect()
}

/// `actions`: a list of `{"field", "value"}`.
pub(crate) fn actions(sent: &mut Object<'_>) -> Option<Vec<ActionObject>> {
    let list = match sent.raw("actions")? {
        Value::Array(list) => list,
        Value::Null => return Some(Vec::new()),
        other => {
            let what = format!("expected a list of actions, got {}", shown(other));
            sent.complain("actions", "InvalidValue", &what);
            return None;
        }
    };
    let mut actions = Vec::new();
    for (place, one) in list.iter().enumerate() {
        match action(one) {
            Some(action) => actions.push(action),
            None => {
                let part = format!("actions[{place}]");
                sent.complain(&part, "InvalidValue", "expected an object with field and value");
            }
        }
    }
    Some(actions)
}

fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('\0', ""),
        other => other.to_string(),
    };
    text.chars().take(LONGEST).collect()
}

fn action(value: &Value) -> Option<ActionObject> {
    let map = value.as_object()?;
    let field = map.get("field")?.as_str()?.to_owned();
    let value = match map.get("value") {
        Some(Value::Array(list)) => ActionValue::Many(list.iter().map(text).collect()),
        Some(one) => ActionValue::One(text(one)),
        None => ActionValue::One(String::new()),
    };
    Some(ActionObject { field, value })
}

/// Actions as the API writes them.
pub(crate) fn actions_json(actions: &[ActionObject]) -> Value {
    let value = |one: &ActionObject| match &one.value {
        ActionValue::One(text) => Value::from(text.as_str()),
        ActionValue::Many(list) => Value::from(list.clone()),
    };
    actions.iter().map(|one| object!({ "field": one.field, "value": value(one) })).collect()
}
