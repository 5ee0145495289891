//! The identities of a person.

use axum::extract::{Path, State};
use desk::{Act, Desk, Key};
use domain::{Identity, IdentityId, UserId};
use serde_json::json as object;

use super::{input, json};
use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query, part};
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/users/{id}/identities", Act::OwnRequests, list),
        Route::post("/users/{id}/identities", Act::ManagePeople, add),
        Route::get("/users/{id}/identities/{identity}", Act::OwnRequests, show),
        Route::put("/users/{id}/identities/{identity}", Act::ManagePeople, update),
        Route::delete("/users/{id}/identities/{identity}", Act::OwnRequests, delete),
        Route::put(
            "/users/{id}/identities/{identity}/make_primary",
            Act::OwnRequests,
            make_primary,
        ),
        Route::put("/users/{id}/identities/{identity}/verify", Act::ManagePeople, verify),
        Route::put(
            "/users/{id}/identities/{identity}/request_verification",
            Act::OwnRequests,
            request_verification,
        ),
        Route::get("/end_users/{id}/identities", Act::OwnRequests, list),
        Route::get("/end_users/{id}/identities/{identity}", Act::OwnRequests, show),
        Route::delete("/end_users/{id}/identities/{identity}", Act::OwnRequests, delete),
        Route::put(
            "/end_users/{id}/identities/{identity}/make_primary",
            Act::OwnRequests,
            make_primary,
        ),
        Route::put(
            "/end_users/{id}/identities/{identity}/request_verification",
            Act::OwnRequests,
            request_verification,
        ),
    ]
}

fn ids((user, identity): &(String, String)) -> Result<(UserId, IdentityId), Problem> {
    Ok((UserId(path_id(user)?), IdentityId(path_id(identity)?)))
}

async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = UserId(path_id(&id)?);
    let paging = Paging::read(&query, &["id"])?;
    let all = desk.read(caller.ctx, move |tx, ctx| desk::users::identities(tx, ctx, id)).await?;
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let mut rows = part(&paging.page, all, |identity| (0, identity.id.0));
    let key = |identity: &Identity| Key { value: None, id: identity.id.0 };
    let mut answer = paging.finish(&query, &caller.base, &mut rows, Some(count), key);
    let list = rows.iter().map(|identity| json::identity(identity, &caller.base)).collect();
    answer.insert("identities".to_owned(), list);
    Ok(ok(answer))
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (user, id) = ids(&path)?;
    let identity =
        desk.read(caller.ctx, move |tx, ctx| desk::users::identity(tx, ctx, user, id)).await?;
    Ok(ok(object!({ "identity": json::identity(&identity, &caller.base) })))
}

async fn add(
    State(desk): State<Desk>,
    caller: Caller,
    Path(user): Path<String>,
    body: Body,
) -> Answer {
    let user = UserId(path_id(&user)?);
    let new = input::new_identity(body.object("identity")?)?;
    let identity = desk
        .write(caller.ctx, move |tx, ctx| desk::users::add_identity(tx, ctx, user, &new))
        .await?;
    let value = json::identity(&identity, &caller.base);
    let location = value["url"].as_str().unwrap_or_default().to_owned();
    Ok(created(&location, object!({ "identity": value })))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    body: Body,
) -> Answer {
    let (user, id) = ids(&path)?;
    let input = input::identity(body.object("identity")?)?;
    let identity = desk
        .write(caller.ctx, move |tx, ctx| desk::users::change_identity(tx, ctx, user, id, &input))
        .await?;
    Ok(ok(object!({ "identity": json::identity(&identity, &caller.base) })))
}

async fn delete(
    State(desk): State<Desk>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (user, id) = ids(&path)?;
    desk.write(caller.ctx, move |tx, ctx| desk::users::delete_identity(tx, ctx, user, id)).await?;
    Ok(no_content())
}

async fn make_primary(
    State(desk): State<Desk>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (user, id) = ids(&path)?;
    let all =
        desk.write(caller.ctx, move |tx, ctx| desk::users::make_primary(tx, ctx, user, id)).await?;
    let list: Vec<_> = all.iter().map(|identity| json::identity(identity, &caller.base)).collect();
    Ok(ok(object!({ "identities": list })))
}

async fn verify(
    State(desk): State<Desk>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (user, id) = ids(&path)?;
    let identity =
        desk.write(caller.ctx, move |tx, ctx| desk::users::verify(tx, ctx, user, id)).await?;
    Ok(ok(object!({ "identity": json::identity(&identity, &caller.base) })))
}

async fn request_verification(
    State(desk): State<Desk>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Answer {
    let (user, id) = ids(&path)?;
    desk.read(caller.ctx, move |tx, ctx| desk::users::request_verification(tx, ctx, user, id))
        .await?;
    Ok(ok(object!({})))
}
