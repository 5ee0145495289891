//! Who belongs to which organization: `organization_memberships`.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use desk::organizations::MembershipFilter as Filter;
use desk::{Act, Ctx, Desk, Error, Key, Tx};
use domain::{Membership, MembershipId, OrganizationId, UserId};
use serde_json::{Value, json as object};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json::time;

type Place = Membership<OrganizationId>;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/organization_memberships", Act::ReadDesk, list),
        Route::post("/organization_memberships", Act::ManagePeople, create),
        Route::get("/organization_memberships/{id}", Act::ReadDesk, show),
        Route::delete("/organization_memberships/{id}", Act::ManagePeople, delete),
        Route::get("/organizations/{id}/organization_memberships", Act::ReadDesk, of_organization),
        Route::get("/users/{id}/organization_memberships", Act::ReadDesk, of_user),
        Route::post("/users/{id}/organization_memberships", Act::ManagePeople, create_for),
        Route::get("/users/{id}/organization_memberships/{membership}", Act::ReadDesk, show_of),
        Route::delete(
            "/users/{id}/organization_memberships/{membership}",
            Act::ManagePeople,
            delete_of,
        ),
        Route::put(
            "/users/{id}/organization_memberships/{membership}/make_default",
            Act::ManagePeople,
            make_default,
        ),
        Route::put(
            "/users/{id}/organizations/{organization}/make_default",
            Act::ManagePeople,
            make_default_organization,
        ),
        Route::delete("/users/{id}/organizations/{organization}", Act::ManagePeople, leave),
    ]
}

fn json(membership: &Place, names: &BTreeMap<OrganizationId, String>, base: &str) -> Value {
    object!({
        "id": membership.id.0,
        "url": url(membership, base),
        "user_id": membership.user.0,
        "organization_id": membership.of.0,
        "organization_name": names.get(&membership.of),
        "default": membership.default,
        "view_tickets": false,
        "created_at": time(membership.created_at),
        "updated_at": time(membership.updated_at),
    })
}

fn url(membership: &Place, base: &str) -> String {
    format!("{base}/api/v2/organization_memberships/{}.json", membership.id)
}

fn one(tx: &mut Tx<'_>, membership: &Place, base: &str) -> Result<Value, Error> {
    let names = desk::organizations::named(tx, std::slice::from_ref(membership))?;
    Ok(object!({ "organization_membership": json(membership, &names, base) }))
}

fn several(tx: &mut Tx<'_>, memberships: &[Place], base: &str) -> Result<Vec<Value>, Error> {
    let names = desk::organizations::named(tx, memberships)?;
    Ok(memberships.iter().map(|membership| json(membership, &names, base)).collect())
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, Filter::default()).await
}

async fn of_organization(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let of = Some(OrganizationId(path_id(&id)?));
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

async fn page(desk: Desk, caller: Caller, query: Query, filter: Filter<OrganizationId>) -> Answer {
    let paging = Paging::read(&query, &["id"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let (mut rows, count) =
                desk::organizations::memberships(tx, ctx, &filter, &paging.page)?;
            let key = |row: &Place| Key { value: None, id: row.id.0 };
            let mut answer = paging.finish(&query, &base, &mut rows, Some(count), key);
            answer.insert("organization_memberships".to_owned(), several(tx, &rows, &base)?.into());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
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
    let base = caller.base;
    let answer = desk.read(caller.ctx, move |tx, ctx| {
        let membership = desk::organizations::membership(tx, ctx, user, id)?;
        one(tx, &membership, &base)
    });
    Ok(ok(answer.await?))
}

/// What a new membership says: who, where, and whether it is the default.
pub(crate) fn read(
    body: &Body,
    wrapper: &str,
    place: &str,
    user: Option<i64>,
) -> Result<(UserId, i64, bool), Problem> {
    let mut sent = body.object(wrapper)?;
    let user = user.or_else(|| sent.id("user_id").flatten());
    let of = sent.id(place).flatten();
    for (key, value) in [("user_id", user), (place, of)] {
        if value.is_none() && sent.raw(key).is_none_or(Value::is_null) {
            sent.complain(key, "BlankValue", "cannot be blank");
        }
    }
    let default = sent.flag("default").flatten().unwrap_or_default();
    sent.finish()?;
    Ok((UserId(user.unwrap_or_default()), of.unwrap_or_default(), default))
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
    let (user, of, default) = read(&body, "organization_membership", "organization_id", user)?;
    let base = caller.base;
    let (location, answer) = desk
        .write(caller.ctx, move |tx, ctx| {
            let membership = desk::organizations::join(tx, ctx, user, OrganizationId(of), default)?;
            Ok((url(&membership, &base), one(tx, &membership, &base)?))
        })
        .await?;
    Ok(created(&location, answer))
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
    desk.write(caller.ctx, move |tx, ctx| desk::organizations::leave(tx, ctx, user, id)).await?;
    Ok(no_content())
}

async fn leave(
    State(desk): State<Desk>,
    caller: Caller,
    Path((user, of)): Path<(String, String)>,
) -> Answer {
    let (user, of) = (UserId(path_id(&user)?), OrganizationId(path_id(&of)?));
    desk.write(caller.ctx, move |tx, ctx| {
        desk::organizations::leave_organization(tx, ctx, user, of)
    })
    .await?;
    Ok(no_content())
}

async fn make_default(
    State(desk): State<Desk>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Answer {
    let (user, id) = (UserId(path_id(&user)?), MembershipId(path_id(&id)?));
    chosen(desk, caller, move |tx, ctx| desk::organizations::make_default(tx, ctx, user, id)).await
}

async fn make_default_organization(
    State(desk): State<Desk>,
    caller: Caller,
    Path((user, of)): Path<(String, String)>,
) -> Answer {
    let (user, of) = (UserId(path_id(&user)?), OrganizationId(path_id(&of)?));
    chosen(desk, caller, move |tx, ctx| {
        desk::organizations::make_default_organization(tx, ctx, user, of)
    })
    .await
}

async fn chosen<F>(desk: Desk, caller: Caller, mut choose: F) -> Answer
where
    F: FnMut(&mut Tx<'_>, &Ctx) -> Result<Vec<Place>, Error> + Send + 'static,
{
    let base = caller.base;
    let list = desk.write(caller.ctx, move |tx, ctx| {
        let all = choose(tx, ctx)?;
        several(tx, &all, &base)
    });
    Ok(ok(object!({ "organization_memberships": list.await? })))
}
