//! Tickets in the API's shape.

mod aside;
mod audits;
mod claims;
mod clocks;
mod deliveries;
pub(crate) mod input;
pub(crate) mod json;
mod lists;
pub(crate) mod metrics;
pub(crate) mod rendered;
mod tags;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::IntoResponse as _;
use desk::work::Unfamiliar;
use desk::{Act, Ctx, Desk, Error, Tx, idempotency};
use domain::{Envelope, Event, TicketId};
use serde_json::{Value, json};

use self::json as shape;

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;
use crate::sideloads;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/tickets", Act::ReadDesk, lists::list),
        Route::post("/tickets", Act::WorkTickets, create),
        Route::get("/tickets/count", Act::ReadDesk, lists::count),
        Route::get("/tickets/show_many", Act::ReadDesk, lists::show_many),
        Route::get("/tickets/recent", Act::ReadDesk, lists::recent),
        Route::get("/tickets/{id}", Act::ReadDesk, show),
        Route::put("/tickets/{id}", Act::WorkTickets, update),
        Route::delete("/tickets/{id}", Act::WorkTickets, delete),
        Route::get("/tickets/{id}/comments", Act::ReadDesk, lists::comments),
        Route::get("/tickets/{id}/comments/count", Act::ReadDesk, lists::comments_count),
        Route::get("/tickets/{id}/related", Act::ReadDesk, lists::related),
        Route::get("/tickets/{id}/collaborators", Act::ReadDesk, lists::collaborators),
        Route::get("/tickets/{id}/email_ccs", Act::ReadDesk, lists::ccs),
        Route::get("/tickets/{id}/followers", Act::ReadDesk, lists::followers),
        Route::get("/users/{id}/tickets/requested", Act::ReadDesk, lists::requested),
        Route::get("/users/{id}/tickets/assigned", Act::ReadDesk, lists::assigned),
        Route::get("/organizations/{id}/tickets", Act::ReadDesk, lists::of_organization),
    ];
    routes.extend(aside::routes());
    routes.extend(audits::routes());
    routes.extend(claims::routes());
    routes.extend(clocks::routes());
    routes.extend(deliveries::routes());
    routes.extend(metrics::routes());
    routes.extend(tags::routes());
    routes
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let base = caller.base;
    let found = desk
        .read(caller.ctx, move |tx, ctx| {
            let stored = desk::tickets::show(tx, ctx, id)?;
            let mut answer = serde_json::Map::new();
            sideloads::add(tx, &query, &base, std::iter::once(&stored), &mut answer)?;
            answer.insert("ticket".to_owned(), one(tx, ctx, stored, &base, &query)?);
            Ok(answer)
        })
        .await?;
    Ok(ok(found))
}

/// One ticket in the API's shape.
pub(crate) fn one(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: desk::tickets::Stored,
    base: &str,
    query: &Query,
) -> Result<Value, Error> {
    let listed = desk::tickets::whole(tx, stored)?;
    let fields = shape::custom_fields(tx)?;
    let figures = sideloads::figures(tx, ctx, query, std::iter::once(&listed.stored))?;
    let mut value = serde_json::to_value(shape::ticket(&listed, &fields, base)).unwrap_or_default();
    sideloads::embed(query, base, &listed.stored, &figures, &mut value);
    Ok(value)
}

async fn create(
    State(desk): State<Desk>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let input = body.object("ticket")?;
    let key = idempotency_key("tickets", &headers, &body)?;
    let keyed = key.is_some();
    let fields = desk.read(caller.ctx.clone(), |tx, _| shape::custom_fields(tx)).await?;
    let new = input::new_ticket(input, &fields, caller.ctx.actor.user())?;
    let base = caller.base.clone();
    let (answer, hit) = desk
        .write(caller.ctx, move |tx, ctx| {
            let base = base.clone();
            let new = new.resolve(tx)?;
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                let done = desk::tickets::open(tx, ctx, &new)?;
                Ok(changed(tx, ctx, done, &base)?.to_string())
            })
        })
        .await?;
    let value: Value = serde_json::from_str(&answer).unwrap_or_default();
    let location = value["ticket"]["url"].as_str().unwrap_or_default().to_owned();
    Ok(looked_up(created(&location, value), keyed, hit))
}

/// The key a caller repeats a call under. One that cannot be used is an error: ignoring it could do something twice.
pub(crate) fn idempotency_key(
    scope: &'static str,
    headers: &HeaderMap,
    body: &Body,
) -> Result<Option<idempotency::Key>, Problem> {
    let Some(key) = headers.get("idempotency-key").filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    let key = key.to_str().ok().filter(|key| key.len() <= 255);
    let wrong = "Invalid parameter: Idempotency-Key must be at most 255 plain characters";
    let key = key.ok_or_else(|| Problem::Attribute(wrong.to_owned()))?;
    Ok(Some(idempotency::Key::new(scope, key, &body.raw)))
}

/// Says whether the answer was remembered.
pub(crate) fn looked_up(
    mut response: axum::response::Response,
    keyed: bool,
    hit: bool,
) -> axum::response::Response {
    if keyed {
        let value = HeaderValue::from_static(if hit { "hit" } else { "miss" });
        response.headers_mut().insert("x-idempotency-lookup", value);
    }
    response
}

/// The answer to a change: the ticket and the change set it made.
pub(crate) fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    done: desk::tickets::Done,
    base: &str,
) -> Result<Value, Error> {
    let audit = audits::of_change(tx, ctx, &done)?;
    let query = Query::new(&axum::http::Uri::from_static("/"));
    let assigned = |one: &Envelope| matches!(one.event, Event::Assigned { to: Some(_) });
    let unfamiliar = if done.events.iter().any(assigned) {
        desk::work::unfamiliar(tx, ctx, &done.stored.ticket)?
    } else {
        None
    };
    let ticket = one(tx, ctx, done.stored, base, &query)?;
    let mut answer = json!({ "ticket": ticket, "audit": audit });
    if let Some(unfamiliar) = unfamiliar {
        answer["warnings"] = json!([warning(&unfamiliar)]);
    }
    Ok(answer)
}

/// It was done all the same: whoever reads answers by their keys sees no difference. (ROT-03)
fn warning(unfamiliar: &Unfamiliar) -> Value {
    let until = unfamiliar.until.map(|day| format!(" until {day}")).unwrap_or_default();
    let areas = unfamiliar.areas.join(", ");
    json!({
        "field": "assignee_id",
        "code": "UnfamiliarArea",
        "description": format!("Assignee: {} is new and is to be given only {areas}{until}", unfamiliar.name),
    })
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let input = body.object("ticket")?;
    let fields = desk.read(caller.ctx.clone(), |tx, _| shape::custom_fields(tx)).await?;
    let change = input::update(input, &fields)?;
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let change = change.resolve(tx)?;
            let done = desk::tickets::update(tx, ctx, id, &change)?;
            changed(tx, ctx, done, &base)
        })
        .await?;
    Ok(ok(answer))
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| desk::tickets::delete(tx, ctx, id).map(|_| ())).await?;
    Ok(no_content().into_response())
}
