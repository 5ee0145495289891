//! Teams in the API: `groups`.

mod memberships;

use axum::extract::{Path, State};
use desk::teams::Input;
use desk::{Act, Desk, Key};
use domain::{Team, TeamId, UserId};
use serde_json::{Value, json as object};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query, part};
use crate::routes::Route;
use crate::tickets::json::time;
use crate::users::count_of;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/groups", Act::ReadDesk, list),
        Route::post("/groups", Act::Configure, create),
        Route::get("/groups/assignable", Act::ReadDesk, list),
        Route::get("/groups/count", Act::ReadDesk, count),
        Route::get("/groups/{id}", Act::ReadDesk, show),
        Route::put("/groups/{id}", Act::Configure, update),
        Route::delete("/groups/{id}", Act::Configure, delete),
        Route::get("/users/{id}/groups", Act::ReadDesk, of_user),
        Route::get("/users/{id}/groups/count", Act::ReadDesk, count_of_user),
    ];
    routes.extend(memberships::routes());
    routes
}

/// A team in the API's shape.
pub(crate) fn json(team: &Team, base: &str) -> Value {
    object!({
        "id": team.id.0,
        "url": url(team, base),
        "name": team.name,
        "description": team.description,
        "default": false,
        "is_public": true,
        "deleted": team.deleted_at.is_some(),
        "created_at": time(team.created_at),
        "updated_at": time(team.updated_at),
    })
}

fn url(team: &Team, base: &str) -> String {
    format!("{base}/api/v2/groups/{}.json", team.id)
}

fn input(body: &Body) -> Result<Input, Problem> {
    let mut sent = body.object("group")?;
    let name = sent.text("name", 255);
    if name == Some(None) {
        sent.complain("name", "BlankValue", "cannot be blank");
    }
    let input = Input { name: name.flatten(), description: sent.text("description", 65_536) };
    sent.finish()?;
    Ok(input)
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let all = desk.read(caller.ctx.clone(), desk::teams::list).await?;
    page(&caller, &query, all)
}

async fn of_user(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = UserId(path_id(&id)?);
    let all =
        desk.read(caller.ctx.clone(), move |tx, ctx| desk::teams::of_user(tx, ctx, id)).await?;
    page(&caller, &query, all)
}

fn page(caller: &Caller, query: &Query, all: Vec<Team>) -> Answer {
    let paging = Paging::read(query, &["id", "created_at"])?;
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let mut rows = part(&paging.page, all, |team| (0, team.id.0));
    let key = |team: &Team| Key { value: None, id: team.id.0 };
    let mut answer = paging.finish(query, &caller.base, &mut rows, Some(count), key);
    answer.insert("groups".to_owned(), rows.iter().map(|team| json(team, &caller.base)).collect());
    Ok(ok(answer))
}

async fn count(State(desk): State<Desk>, caller: Caller) -> Answer {
    let all = desk.read(caller.ctx.clone(), desk::teams::list).await?;
    Ok(ok(count_of(i64::try_from(all.len()).unwrap_or(i64::MAX), caller.ctx.now)))
}

async fn count_of_user(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = UserId(path_id(&id)?);
    let all =
        desk.read(caller.ctx.clone(), move |tx, ctx| desk::teams::of_user(tx, ctx, id)).await?;
    Ok(ok(count_of(i64::try_from(all.len()).unwrap_or(i64::MAX), caller.ctx.now)))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TeamId(path_id(&id)?);
    let team = desk.read(caller.ctx, move |tx, ctx| desk::teams::show(tx, ctx, id)).await?;
    Ok(ok(object!({ "group": json(&team, &caller.base) })))
}

async fn create(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let input = input(&body)?;
    let team = desk.write(caller.ctx, move |tx, ctx| desk::teams::create(tx, ctx, &input)).await?;
    Ok(created(&url(&team, &caller.base), object!({ "group": json(&team, &caller.base) })))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = TeamId(path_id(&id)?);
    let input = input(&body)?;
    let team =
        desk.write(caller.ctx, move |tx, ctx| desk::teams::update(tx, ctx, id, &input)).await?;
    Ok(ok(object!({ "group": json(&team, &caller.base) })))
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TeamId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| desk::teams::delete(tx, ctx, id)).await?;
    Ok(no_content())
}
