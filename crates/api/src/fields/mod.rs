//! Fields of tickets, people and organizations in the API, and the form made of them.

mod forms;
mod input;
mod json;
mod options;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use desk::{Act, Desk, Key, KeyValue};
use domain::{Field, FieldId};
use serde_json::{Map, Value, json as object};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, Object, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query, part};
use crate::routes::Route;
use crate::users::count_of;

pub(crate) use json::json;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/ticket_fields", Act::OwnRequests, list),
        Route::post("/ticket_fields", Act::Configure, create),
        Route::get("/ticket_fields/count", Act::OwnRequests, count),
        Route::put("/ticket_fields/reorder", Act::Configure, reorder),
        Route::get("/ticket_fields/{id}", Act::OwnRequests, show),
        Route::put("/ticket_fields/{id}", Act::Configure, update),
        Route::delete("/ticket_fields/{id}", Act::Configure, delete),
        Route::get("/user_fields", Act::ReadDesk, list),
        Route::post("/user_fields", Act::Configure, create),
        Route::get("/user_fields/count", Act::ReadDesk, count),
        Route::put("/user_fields/reorder", Act::Configure, reorder),
        Route::get("/user_fields/{id}", Act::ReadDesk, show),
        Route::put("/user_fields/{id}", Act::Configure, update),
        Route::delete("/user_fields/{id}", Act::Configure, delete),
        Route::get("/organization_fields", Act::ReadDesk, list),
        Route::post("/organization_fields", Act::Configure, create),
        Route::get("/organization_fields/count", Act::ReadDesk, count),
        Route::put("/organization_fields/reorder", Act::Configure, reorder),
        Route::get("/organization_fields/{id}", Act::ReadDesk, show),
        Route::put("/organization_fields/{id}", Act::Configure, update),
        Route::delete("/organization_fields/{id}", Act::Configure, delete),
    ];
    routes.extend(options::routes());
    routes.extend(forms::routes());
    routes
}

/// Whose fields the path is about.
#[derive(Clone, Copy)]
struct Owner {
    /// "ticket", "user" or "organization".
    word: &'static str,
    /// The wrapper of one field.
    one: &'static str,
    /// The wrapper of a list.
    list: &'static str,
    /// The wrapper of an order.
    ids: &'static str,
}

const OWNERS: [Owner; 3] = [
    Owner { word: "ticket", one: "ticket_field", list: "ticket_fields", ids: "ticket_field_ids" },
    Owner { word: "user", one: "user_field", list: "user_fields", ids: "user_field_ids" },
    Owner {
        word: "organization",
        one: "organization_field",
        list: "organization_fields",
        ids: "organization_field_ids",
    },
];

impl<S: Send + Sync> FromRequestParts<S> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let mut segments = parts.uri.path().split('/');
        let owner =
            segments.find_map(|segment| OWNERS.into_iter().find(|owner| owner.list == segment));
        owner.ok_or(Problem::NoSuchEndpoint)
    }
}

async fn list(State(desk): State<Desk>, caller: Caller, owner: Owner, query: Query) -> Answer {
    let fields = desk
        .read(caller.ctx.clone(), move |tx, ctx| desk::fields::list(tx, ctx, owner.word))
        .await?;
    let count = i64::try_from(fields.len()).unwrap_or(i64::MAX);
    let (rows, mut answer) = if ["page", "per_page", "page[size]", "page[after]", "page[before]"]
        .iter()
        .any(|name| query.get(name).is_some())
    {
        let paging = Paging::read(&query, &["id", "position"])?;
        let place = |field: &Field| (field.position, field.id.0);
        let mut rows = part(&paging.page, fields, place);
        let key =
            |field: &Field| Key { value: Some(KeyValue::Int(field.position)), id: field.id.0 };
        let answer = paging.finish(&query, &caller.base, &mut rows, Some(count), key);
        (rows, answer)
    } else {
        (fields, whole(count))
    };
    answer.insert(
        owner.list.to_owned(),
        rows.iter().map(|field| json(field, &caller.base)).collect(),
    );
    Ok(ok(answer))
}

/// What stands beside a list that is answered at once.
fn whole(count: i64) -> Map<String, Value> {
    let entries =
        [("next_page", Value::Null), ("previous_page", Value::Null), ("count", count.into())];
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

async fn count(State(desk): State<Desk>, caller: Caller, owner: Owner) -> Answer {
    let fields = desk
        .read(caller.ctx.clone(), move |tx, ctx| desk::fields::list(tx, ctx, owner.word))
        .await?;
    Ok(ok(count_of(i64::try_from(fields.len()).unwrap_or(i64::MAX), caller.ctx.now)))
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    owner: Owner,
    Path(id): Path<String>,
) -> Answer {
    let id = FieldId(path_id(&id)?);
    let field =
        desk.read(caller.ctx, move |tx, ctx| desk::fields::show(tx, ctx, owner.word, id)).await?;
    Ok(ok(object!({ owner.one: json(&field, &caller.base) })))
}

async fn create(State(desk): State<Desk>, caller: Caller, owner: Owner, body: Body) -> Answer {
    let input = input::field(body.object(owner.one)?)?;
    let field = desk
        .write(caller.ctx, move |tx, ctx| desk::fields::create(tx, ctx, owner.word, &input))
        .await?;
    Ok(created(
        &json::url(&field, &caller.base),
        object!({ owner.one: json(&field, &caller.base) }),
    ))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    owner: Owner,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = FieldId(path_id(&id)?);
    let input = input::field(body.object(owner.one)?)?;
    let field = desk
        .write(caller.ctx, move |tx, ctx| desk::fields::update(tx, ctx, owner.word, id, &input))
        .await?;
    Ok(ok(object!({ owner.one: json(&field, &caller.base) })))
}

async fn delete(
    State(desk): State<Desk>,
    caller: Caller,
    owner: Owner,
    Path(id): Path<String>,
) -> Answer {
    let id = FieldId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| desk::fields::delete(tx, ctx, owner.word, id)).await?;
    Ok(no_content())
}

async fn reorder(State(desk): State<Desk>, caller: Caller, owner: Owner, body: Body) -> Answer {
    let mut sent = Object::new(&body.value, "");
    let list = sent.raw(owner.ids).and_then(Value::as_array);
    let ids: Option<Vec<FieldId>> =
        list.map(|list| list.iter().filter_map(Value::as_i64).map(FieldId).collect());
    if ids.as_ref().is_none_or(|ids| Some(ids.len()) != list.map(Vec::len)) {
        sent.complain(owner.ids, "InvalidValue", "expected a list of ids");
    }
    sent.finish()?;
    let ids = ids.unwrap_or_default();
    desk.write(caller.ctx, move |tx, ctx| desk::fields::reorder(tx, ctx, owner.word, &ids)).await?;
    Ok(ok(object!({})))
}
