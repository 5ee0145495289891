//! Lists of organizations, searches and counts.

use axum::extract::{Path, State};
use desk::organizations::{Filter, Order};
use desk::{Act, Desk};
use domain::{OrganizationId, UserId};
use serde_json::{Value, json as object};

use super::json;
use crate::answers::{Answer, Problem, ok};
use crate::body::{id_list, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::users::{count_of, texts};

/// What may order a list of organizations. Ids rise with the time of creation.
const SORTS: [&str; 3] = ["id", "name", "created_at"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/organizations", Act::ReadDesk, list),
        Route::get("/organizations/count", Act::ReadDesk, count),
        Route::get("/organizations/show_many", Act::ReadDesk, show_many),
        Route::get("/organizations/search", Act::ReadDesk, search),
        Route::get("/organizations/autocomplete", Act::ReadDesk, autocomplete),
        Route::get("/users/{id}/organizations", Act::ReadDesk, of_user),
        Route::get("/users/{id}/organizations/count", Act::ReadDesk, count_of_user),
    ]
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, Filter::default()).await
}

async fn of_user(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let user = Some(UserId(path_id(&id)?));
    page(desk, caller, query, Filter { user, ..Filter::default() }).await
}

async fn search(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let external_ids: Vec<String> =
        query.get("external_id").map(str::to_owned).into_iter().collect();
    let name = query.get("name").map(str::to_owned);
    if external_ids.is_empty() && name.is_none() {
        return Err(Problem::Attribute("search needs external_id or name".to_owned()));
    }
    page(desk, caller, query, Filter { name, external_ids, ..Filter::default() }).await
}

async fn autocomplete(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let prefix = query.get("name").unwrap_or_default().to_owned();
    page(desk, caller, query, Filter { prefix: Some(prefix), ..Filter::default() }).await
}

async fn show_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids: Vec<_> =
        id_list(query.get("ids").unwrap_or_default())?.into_iter().map(OrganizationId).collect();
    let external_ids = texts(query.get("external_ids").unwrap_or_default())?;
    let found = desk
        .read(caller.ctx, move |tx, ctx| {
            desk::organizations::by_keys(tx, ctx, &ids, external_ids.clone())
        })
        .await?;
    let list: Vec<Value> =
        found.iter().map(|organization| json(organization, &caller.base)).collect();
    let count = list.len();
    Ok(ok(
        object!({ "organizations": list, "count": count, "next_page": null, "previous_page": null }),
    ))
}

async fn count(State(desk): State<Desk>, caller: Caller) -> Answer {
    counted(desk, caller, Filter::default()).await
}

async fn count_of_user(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let user = Some(UserId(path_id(&id)?));
    counted(desk, caller, Filter { user, ..Filter::default() }).await
}

async fn counted(desk: Desk, caller: Caller, filter: Filter) -> Answer {
    let now = caller.ctx.now;
    let count =
        desk.read(caller.ctx, move |tx, ctx| desk::organizations::count(tx, ctx, &filter)).await?;
    Ok(ok(count_of(count, now)))
}

/// One page of organizations; what begins with a name is ordered by it.
async fn page(desk: Desk, caller: Caller, query: Query, filter: Filter) -> Answer {
    let paging = Paging::read(&query, &SORTS)?;
    let by_name = paging.sort.as_deref() == Some("name") || filter.prefix.is_some();
    let order = if by_name { Order::Name } else { Order::Id };
    let (asked, counted) = (paging.page.clone(), paging.wants_count());
    let (mut rows, count) = desk
        .read(caller.ctx, move |tx, ctx| {
            desk::organizations::list(tx, ctx, &filter, order, &asked, counted)
        })
        .await?;
    let mut answer = paging.finish(&query, &caller.base, &mut rows, count, |row| order.key(row));
    let list = rows.iter().map(|organization| json(organization, &caller.base)).collect();
    answer.insert("organizations".to_owned(), list);
    Ok(ok(answer))
}
