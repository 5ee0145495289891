//! Who is in which team: `group_memberships`.

use axum::extract::{Path, State};
use desk::organizations::MembershipFilter as Filter;
use desk::{Act, Desk, Error, Key, Tx};
use domain::{Membership, MembershipId, TeamId, UserId};
use serde_json::{Map, Value, json as object};

use crate::answers::{Answer, created, no_content, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::organizations::memberships::read;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json::time;

type Place = Membership<TeamId>;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/group_memberships", Act::ReadDesk, list),
        Route::post("/group_memberships", Act::Configure, create),
        Route::get("/group_memberships/assignable", Act::ReadDesk, list),
        Route::get("/group_memberships/{id}", Act::ReadDesk, show),
        Route::delete("/group_memberships/{id}", Act::Configure, delete),
        Route::get("/groups/{id}/memberships", Act::ReadDesk, of_group),
        Route::get("/groups/{id}/memberships/assignable", Act::ReadDesk, of_group),
        Route::get("/users/{id}/group_memberships", Act::ReadDesk, of_user),
        Route::post("/users/{id}/group_memberships", Act::Configure, create_for),
        Route::get("/users/{id}/group_memberships/{membership}", Act::ReadDesk, show_of),
        Route::delete("/users/{id}/group_memberships/{membership}", Act::Configure, delete_of),
        Route::put(
            "/users/{id}/group_memberships/{membership}/make_default",
            Act::ReadDesk,
            make_default,
        ),
    ]
}

fn json(membership: &Place, base: &str) -> Value {
    object!({
        "id": membership.id.0,
        "url": url(membership, base),
        "user_id": membership.user.0,
        "group_id": membership.of.0,
        "default": membership.default,
        "created_at": time(membership.created_at),
        "updated_at": time(membership.updated_at),
    })
}

fn url(membership: &Place, base: &str) -> String {
    format!("{base}/api/v2/group_memberships/{}.json", membership.id)
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, Filter::default()).await
}

async fn of_group(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let of = Some(TeamId(path_id(&id)?));
    page(desk, caller, query, Filter { of, user: None }).await
}

async fn of_user(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let user = Some(UserId(path_id(&id)?));
    page(desk, caller, query, Filter { user, of: None }).await
}

async fn page(desk: Desk, caller: Caller, query: Query, filter: Filter<TeamId>) -> Answer {
    let paging = Paging::read(&query, &["id", "created_at"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let (mut rows, count) = desk::teams::memberships(tx, ctx, &filter, &paging.page)?;
            let key = |row: &Place| Key { value: None, id: row.id.0 };
            let mut answer = paging.finish(&query, &base, &mut rows, Some(count), key);
            beside(tx, &query, &base, &rows, &mut answer)?;
            let list = rows.iter().map(|membership| json(membership, &base)).collect();
            answer.insert("group_memberships".to_owned(), list);
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

/// The people and teams of memberships, if they are asked for.
fn beside(
    tx: &mut Tx<'_>,
    query: &Query,
    base: &str,
    rows: &[Place],
    answer: &mut Map<String, Value>,
) -> Result<(), Error> {
    let (users, teams) =
        desk::teams::of_memberships(tx, rows, query.includes("users"), query.includes("groups"))?;
    if query.includes("users") {
        answer.insert(
            "users".to_owned(),
            users.iter().map(|user| crate::users::json(user, base)).collect(),
        );
    }
    if query.includes("groups") {
        answer.insert(
            "groups".to_owned(),
            teams.iter().map(|team| super::json(team, base)).collect(),
        );
    }
    Ok(())
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    found(desk, caller, None, MembershipId(path_id(&id)?)).await
}

async fn show_of(
    State(desk): State<Desk>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    found(desk, caller, Some(UserId(path_id(&user)?)), MembershipId(path_id(&id)?)).await
}

async fn found(desk: Desk, caller: Caller, user: Option<UserId>, id: MembershipId) -> Answer {
    let membership =
        desk.read(caller.ctx, move |tx, ctx| desk::teams::membership(tx, ctx, user, id)).await?;
    Ok(ok(object!({ "group_membership": json(&membership, &caller.base) })))
}

async fn create(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    join(desk, caller, body, None).await
}

async fn create_for(
    State(desk): State<Desk>,
    caller: Caller,
    Path(user): Path<String>,
    body: Body,
) -> Answer {
    let user = path_id(&user)?;
    join(desk, caller, body, Some(user)).await
}

async fn join(desk: Desk, caller: Caller, body: Body, user: Option<i64>) -> Answer {
    let (user, team, default) = read(&body, "group_membership", "group_id", user)?;
    let membership = desk
        .write(caller.ctx, move |tx, ctx| desk::teams::join(tx, ctx, user, TeamId(team), default))
        .await?;
    let value = json(&membership, &caller.base);
    Ok(created(&url(&membership, &caller.base), object!({ "group_membership": value })))
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    end(desk, caller, None, MembershipId(path_id(&id)?)).await
}

async fn delete_of(
    State(desk): State<Desk>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    end(desk, caller, Some(UserId(path_id(&user)?)), MembershipId(path_id(&id)?)).await
}

async fn end(desk: Desk, caller: Caller, user: Option<UserId>, id: MembershipId) -> Answer {
    desk.write(caller.ctx, move |tx, ctx| desk::teams::leave(tx, ctx, user, id)).await?;
    Ok(no_content())
}

async fn make_default(
    State(desk): State<Desk>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    let (user, id) = (UserId(path_id(&user)?), MembershipId(path_id(&id)?));
    let all =
        desk.write(caller.ctx, move |tx, ctx| desk::teams::make_default(tx, ctx, user, id)).await?;
    let list: Vec<Value> = all.iter().map(|membership| json(membership, &caller.base)).collect();
    Ok(ok(object!({ "group_memberships": list })))
}
