//! People in the API: `users`.

mod identities;
mod input;
mod json;
mod lists;
mod passwords;
pub(crate) mod tags;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::{Act, Desk, Error, Tx};
use domain::{Role, User, UserId};
use serde_json::{Value, json as object};

use crate::answers::{Answer, created, ok, with};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;

pub(crate) use input::values;
pub(crate) use json::json;
pub(crate) use lists::{count_of, texts};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/users/me", Act::ReadPublic, me),
        Route::post("/users", Act::ManagePeople, create),
        Route::post("/users/create_or_update", Act::ManagePeople, create_or_update),
        Route::get("/users/{id}", Act::ReadDesk, show),
        Route::put("/users/{id}", Act::ManagePeople, update),
        Route::delete("/users/{id}", Act::ManagePeople, delete),
        Route::get("/users/{id}/related", Act::ReadDesk, related),
        Route::get("/end_users/{id}", Act::OwnRequests, show_own),
        Route::get("/deleted_users/{id}", Act::ReadDesk, show_deleted),
    ];
    routes.extend(lists::routes());
    routes.extend(identities::routes());
    routes.extend(tags::routes());
    routes.extend(passwords::routes());
    routes
}

/// A person under the key `user`, with what is asked for beside them.
pub(super) fn one(tx: &mut Tx<'_>, query: &Query, base: &str, user: &User) -> Result<Value, Error> {
    let (mut values, beside) = lists::rendered(tx, query, base, std::slice::from_ref(user))?;
    let mut answer = serde_json::Map::new();
    answer.insert("user".to_owned(), values.pop().unwrap_or_default());
    answer.extend(beside);
    Ok(answer.into())
}

async fn me(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let base = caller.base;
    let answer = match caller.user {
        None => object!({ "user": json::anonymous(&base) }),
        Some(user) if user.role == Role::EndUser => object!({ "user": json::short(&user, &base) }),
        Some(user) => desk.read(caller.ctx, move |tx, _| one(tx, &query, &base, &user)).await?,
    };
    Ok(ok(answer))
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = UserId(path_id(&id)?);
    let base = caller.base;
    let answer = desk.read(caller.ctx, move |tx, ctx| {
        let user = desk::users::show(tx, ctx, id)?;
        one(tx, &query, &base, &user)
    });
    Ok(ok(answer.await?))
}

async fn show_own(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = UserId(path_id(&id)?);
    let user = desk.read(caller.ctx, move |tx, ctx| desk::users::show(tx, ctx, id)).await?;
    Ok(ok(object!({ "user": json::short(&user, &caller.base) })))
}

async fn show_deleted(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = UserId(path_id(&id)?);
    let user = desk.read(caller.ctx, move |tx, ctx| desk::users::show_deleted(tx, ctx, id)).await?;
    Ok(ok(object!({ "deleted_user": json(&user, &caller.base) })))
}

async fn create(State(desk): State<Desk>, caller: Caller, query: Query, body: Body) -> Answer {
    let input = input::user(body.object("user")?, true)?;
    let base = caller.base;
    let (location, answer) = desk
        .write(caller.ctx, move |tx, ctx| {
            let user = desk::users::create(tx, ctx, &input)?;
            Ok((json::url(&user, &base), one(tx, &query, &base, &user)?))
        })
        .await?;
    Ok(created(&location, answer))
}

async fn create_or_update(
    State(desk): State<Desk>,
    caller: Caller,
    query: Query,
    body: Body,
) -> Answer {
    let input = input::user(body.object("user")?, true)?;
    let base = caller.base;
    let (location, answer, is_new) = desk
        .write(caller.ctx, move |tx, ctx| {
            let (user, is_new) = desk::users::create_or_update(tx, ctx, &input)?;
            Ok((json::url(&user, &base), one(tx, &query, &base, &user)?, is_new))
        })
        .await?;
    Ok(if is_new { created(&location, answer) } else { ok(answer) })
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
    body: Body,
) -> Answer {
    let id = UserId(path_id(&id)?);
    let input = input::user(body.object("user")?, false)?;
    let base = caller.base;
    let answer = desk.write(caller.ctx, move |tx, ctx| {
        let user = desk::users::update(tx, ctx, id, &input)?;
        one(tx, &query, &base, &user)
    });
    Ok(ok(answer.await?))
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = UserId(path_id(&id)?);
    let user = desk.write(caller.ctx, move |tx, ctx| desk::users::delete(tx, ctx, id)).await?;
    Ok(with(StatusCode::OK, object!({ "user": json(&user, &caller.base) })))
}

async fn related(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = UserId(path_id(&id)?);
    let related = desk.read(caller.ctx, move |tx, ctx| desk::users::related(tx, ctx, id)).await?;
    Ok(ok(object!({ "user_related": {
        "assigned_tickets": related.assigned_tickets,
        "requested_tickets": related.requested_tickets,
        "severities_graded_down": related.severities_graded_down,
        "ccd_tickets": 0,
        "organization_subscriptions": 0,
        "topics": 0,
        "topic_comments": 0,
        "votes": 0,
        "subscriptions": 0,
        "entry_subscriptions": 0,
        "forum_subscriptions": 0,
    } })))
}
