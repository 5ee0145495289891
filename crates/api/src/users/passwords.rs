//! Passwords: admins set anybody's, everybody changes their own.

use axum::extract::{Path, State};
use desk::{Act, Desk, Error};
use domain::UserId;
use serde_json::json as object;

use crate::answers::{Answer, Problem, ok};
use crate::body::{Body, Object, path_id};
use crate::caller::Caller;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/users/{id}/password", Act::Configure, set),
        Route::put("/users/{id}/password", Act::OwnRequests, change),
        Route::get("/users/{id}/password/requirements", Act::OwnRequests, requirements),
    ]
}

/// A text that has to be there.
fn secret(body: &Body, key: &str) -> Result<String, Problem> {
    let mut sent = Object::new(&body.value, "");
    let text = sent.text(key, 255).flatten();
    if !sent.has(key) {
        sent.complain(key, "BlankValue", "cannot be blank");
    }
    sent.finish()?;
    Ok(text.unwrap_or_default())
}

async fn set(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = UserId(path_id(&id)?);
    store(desk, caller, id, secret(&body, "password")?).await
}

async fn change(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = UserId(path_id(&id)?);
    let (previous, password) = (secret(&body, "previous_password")?, secret(&body, "password")?);
    let user = caller.user.clone().filter(|user| user.id == id).ok_or(Error::NotFound)?;
    if desk::sessions::check_password(Some(user), previous).await.is_err() {
        let what = "Previous password: is not right";
        return Err(Error::invalid("previous_password", "InvalidValue", what).into());
    }
    store(desk, caller, id, password).await
}

async fn store(desk: Desk, caller: Caller, id: UserId, password: String) -> Answer {
    desk::sessions::check_new_password(&password)?;
    // Hashing is slow on purpose and keeps no thread of the server waiting.
    let hash = tokio::task::spawn_blocking(move || desk::sessions::hash_password(&password)).await;
    let hash = hash.map_err(|_| {
        Error::Conflict("The password could not be hashed; please try again".to_owned())
    })?;
    desk.write(caller.ctx, move |tx, ctx| desk::users::set_password(tx, ctx, id, &hash)).await?;
    Ok(ok(object!({})))
}

async fn requirements(caller: Caller, Path(id): Path<String>) -> Answer {
    path_id(&id)?;
    let _ = caller;
    Ok(ok(object!({ "requirements": ["must be at least 10 characters"] })))
}
