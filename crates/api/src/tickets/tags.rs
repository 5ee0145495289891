//! A ticket's tags on their own.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::tickets::Update;
use desk::{Act, Desk};
use domain::TicketId;
use jiff::Timestamp;
use serde_json::json;

use crate::answers::{Answer, ok, with};
use crate::body::{Body, Object, path_id};
use crate::caller::Caller;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/tags", Act::ReadDesk, show),
        Route::put("/tickets/{id}/tags", Act::WorkTickets, add),
        Route::post("/tickets/{id}/tags", Act::WorkTickets, replace),
        Route::delete("/tickets/{id}/tags", Act::WorkTickets, remove),
    ]
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let stored = desk.read(caller.ctx, move |tx, ctx| desk::tickets::show(tx, ctx, id)).await?;
    Ok(ok(json!({ "tags": stored.ticket.tags })))
}

async fn add(state: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    let (tags, stamp) = read(&body)?;
    change(
        state,
        caller,
        path,
        Update { add_tags: tags, stamp, ..Update::default() },
        StatusCode::OK,
    )
    .await
}

async fn replace(state: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    let (tags, stamp) = read(&body)?;
    change(
        state,
        caller,
        path,
        Update { tags: Some(tags), stamp, ..Update::default() },
        StatusCode::CREATED,
    )
    .await
}

async fn remove(state: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    let (tags, stamp) = read(&body)?;
    change(
        state,
        caller,
        path,
        Update { remove_tags: tags, stamp, ..Update::default() },
        StatusCode::OK,
    )
    .await
}

fn read(body: &Body) -> Result<(Vec<String>, Option<Timestamp>), crate::answers::Problem> {
    let mut input = Object::new(&body.value, "");
    let tags = input.texts("tags", 1000).flatten();
    if tags.is_none() {
        input.complain("tags", "BlankValue", "cannot be blank");
    }
    let stamp =
        if input.has("safe_update") { input.instant("updated_stamp").flatten() } else { None };
    input.finish()?;
    Ok((tags.unwrap_or_default(), stamp))
}

async fn change(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    change: Update,
    status: StatusCode,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let done =
        desk.write(caller.ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &change)).await?;
    Ok(with(status, json!({ "tags": done.stored.ticket.tags })))
}
