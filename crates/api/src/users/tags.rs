//! A person's tags on their own; what is said about tags of organizations is read here too.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::users::Retag;
use desk::{Act, Desk};
use domain::UserId;
use serde_json::json as object;

use crate::answers::{Answer, Problem, ok, with};
use crate::body::{Body, Object, path_id};
use crate::caller::Caller;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/users/{id}/tags", Act::ReadDesk, show),
        Route::put("/users/{id}/tags", Act::ManagePeople, add),
        Route::post("/users/{id}/tags", Act::ManagePeople, set),
        Route::delete("/users/{id}/tags", Act::ManagePeople, remove),
    ]
}

/// The tags of a body.
pub(crate) fn read(body: &Body) -> Result<Vec<String>, Problem> {
    let mut sent = Object::new(&body.value, "");
    let tags = sent.texts("tags", 1000).flatten();
    if !sent.has("tags") {
        sent.complain("tags", "BlankValue", "cannot be blank");
    }
    sent.finish()?;
    Ok(tags.unwrap_or_default())
}

/// How setting answers differs from adding and removing.
pub(crate) fn status(how: Retag) -> StatusCode {
    if how == Retag::Set { StatusCode::CREATED } else { StatusCode::OK }
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = UserId(path_id(&id)?);
    let tags = desk.read(caller.ctx, move |tx, ctx| desk::users::tags(tx, ctx, id)).await?;
    Ok(ok(object!({ "tags": tags })))
}

async fn add(desk: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    change(desk, caller, path, body, Retag::Add).await
}

async fn set(desk: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    change(desk, caller, path, body, Retag::Set).await
}

async fn remove(desk: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    change(desk, caller, path, body, Retag::Remove).await
}

async fn change(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
    how: Retag,
) -> Answer {
    let id = UserId(path_id(&id)?);
    let given = read(&body)?;
    let tags =
        desk.write(caller.ctx, move |tx, ctx| desk::users::retag(tx, ctx, id, how, &given)).await?;
    Ok(with(status(how), object!({ "tags": tags })))
}
