//! Organizations in the API: `organizations`.

mod input;
mod lists;
pub(crate) mod memberships;

use axum::extract::{Path, State};
use desk::users::Retag;
use desk::{Act, Desk};
use domain::{Organization, OrganizationId};
use serde_json::{Value, json as object};

use crate::answers::{Answer, created, no_content, ok, with};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::routes::Route;
use crate::tickets::json::time;
use crate::users::tags;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::post("/organizations", Act::ManagePeople, create),
        Route::post("/organizations/create_or_update", Act::ManagePeople, create_or_update),
        Route::get("/organizations/{id}", Act::ReadDesk, show),
        Route::put("/organizations/{id}", Act::ManagePeople, update),
        Route::delete("/organizations/{id}", Act::ManagePeople, delete),
        Route::get("/organizations/{id}/related", Act::ReadDesk, related),
        Route::get("/organizations/{id}/tags", Act::ReadDesk, show_tags),
        Route::put("/organizations/{id}/tags", Act::ManagePeople, add_tags),
        Route::post("/organizations/{id}/tags", Act::ManagePeople, set_tags),
        Route::delete("/organizations/{id}/tags", Act::ManagePeople, remove_tags),
    ];
    routes.extend(lists::routes());
    routes.extend(memberships::routes());
    routes
}

/// An organization in the API's shape.
pub(crate) fn json(organization: &Organization, base: &str) -> Value {
    object!({
        "id": organization.id.0,
        "url": url(organization, base),
        "name": organization.name,
        "external_id": organization.external_id,
        "domain_names": organization.domains,
        "details": organization.details,
        "notes": organization.notes,
        "group_id": organization.team.map(|id| id.0),
        "shared_tickets": organization.shared_tickets,
        "shared_comments": organization.shared_comments,
        "tags": organization.tags,
        "organization_fields": organization.fields,
        "created_at": time(organization.created_at),
        "updated_at": time(organization.updated_at),
    })
}

fn url(organization: &Organization, base: &str) -> String {
    format!("{base}/api/v2/organizations/{}.json", organization.id)
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = OrganizationId(path_id(&id)?);
    let found =
        desk.read(caller.ctx, move |tx, ctx| desk::organizations::show(tx, ctx, id)).await?;
    Ok(ok(object!({ "organization": json(&found, &caller.base) })))
}

async fn create(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let (_, input) = input::organization(body.object("organization")?)?;
    let made =
        desk.write(caller.ctx, move |tx, ctx| desk::organizations::create(tx, ctx, &input)).await?;
    Ok(created(&url(&made, &caller.base), object!({ "organization": json(&made, &caller.base) })))
}

async fn create_or_update(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let (id, input) = input::organization(body.object("organization")?)?;
    let (found, is_new) = desk
        .write(caller.ctx, move |tx, ctx| {
            desk::organizations::create_or_update(tx, ctx, id, &input)
        })
        .await?;
    let answer = object!({ "organization": json(&found, &caller.base) });
    Ok(if is_new { created(&url(&found, &caller.base), answer) } else { ok(answer) })
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = OrganizationId(path_id(&id)?);
    let (_, input) = input::organization(body.object("organization")?)?;
    let changed = desk
        .write(caller.ctx, move |tx, ctx| desk::organizations::update(tx, ctx, id, &input))
        .await?;
    Ok(ok(object!({ "organization": json(&changed, &caller.base) })))
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = OrganizationId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| desk::organizations::delete(tx, ctx, id)).await?;
    Ok(no_content())
}

async fn related(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = OrganizationId(path_id(&id)?);
    let related =
        desk.read(caller.ctx, move |tx, ctx| desk::organizations::related(tx, ctx, id)).await?;
    let counts = object!({ "tickets_count": related.tickets, "users_count": related.users });
    Ok(ok(object!({ "organization_related": counts })))
}

async fn show_tags(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = OrganizationId(path_id(&id)?);
    let tags = desk.read(caller.ctx, move |tx, ctx| desk::organizations::tags(tx, ctx, id)).await?;
    Ok(ok(object!({ "tags": tags })))
}

async fn add_tags(desk: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    retag(desk, caller, path, body, Retag::Add).await
}

async fn set_tags(desk: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    retag(desk, caller, path, body, Retag::Set).await
}

async fn remove_tags(desk: State<Desk>, caller: Caller, path: Path<String>, body: Body) -> Answer {
    retag(desk, caller, path, body, Retag::Remove).await
}

async fn retag(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
    how: Retag,
) -> Answer {
    let id = OrganizationId(path_id(&id)?);
    let given = tags::read(&body)?;
    let kept = desk
        .write(caller.ctx, move |tx, ctx| desk::organizations::retag(tx, ctx, id, how, &given))
        .await?;
    Ok(with(tags::status(how), object!({ "tags": kept })))
}
