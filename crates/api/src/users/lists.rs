//! Lists of people, searches and counts.

use axum::extract::{Path, State};
use desk::users::{Filter, Order, Wanted};
use desk::{Act, Ctx, Desk, Error, Page, Tx};
use domain::{OrganizationId, TeamId, User, UserId};
use jiff::Timestamp;
use serde_json::{Map, Value, json as object};

use super::json;
use crate::answers::{Answer, Problem, ok};
use crate::body::{id_list, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json::time;

/// What may order a list of people. Ids rise with the time of creation.
const SORTS: [&str; 3] = ["id", "name", "created_at"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/users", Act::ReadDesk, list),
        Route::get("/users/count", Act::ReadDesk, count),
        Route::get("/users/show_many", Act::ReadDesk, show_many),
        Route::get("/users/search", Act::ReadDesk, search),
        Route::get("/users/autocomplete", Act::ReadDesk, autocomplete),
        Route::get("/deleted_users", Act::ReadDesk, deleted),
        Route::get("/deleted_users/count", Act::ReadDesk, count_deleted),
        Route::get("/groups/{id}/users", Act::ReadDesk, of_group),
        Route::get("/groups/{id}/users/count", Act::ReadDesk, count_of_group),
        Route::get("/organizations/{id}/users", Act::ReadDesk, of_organization),
        Route::get("/organizations/{id}/users/count", Act::ReadDesk, count_of_organization),
    ]
}

/// People in the API's shape, and the lists beside them that `include` asks for.
pub(super) fn rendered(
    tx: &mut Tx<'_>,
    query: &Query,
    base: &str,
    users: &[User],
) -> Result<(Vec<Value>, Map<String, Value>), Error> {
    let wanted = Wanted {
        organizations: query.includes("organizations"),
        teams: query.includes("groups"),
        identities: query.includes("identities"),
        open_tickets: query.includes("open_ticket_count"),
    };
    let extras = desk::users::extras(tx, users, wanted)?;
    let values = users.iter().map(|user| {
        let group =
            extras.default_teams.iter().find(|(id, _)| *id == user.id).map(|(_, team)| *team);
        json::with_group(user, group, base)
    });
    let values = values.collect();
    let mut beside = Map::new();
    if wanted.organizations {
        let list =
            extras.organizations.iter().map(|one| crate::organizations::json(one, base)).collect();
        beside.insert("organizations".to_owned(), list);
    }
    if wanted.teams {
        let list = extras.teams.iter().map(|team| crate::groups::json(team, base)).collect();
        beside.insert("groups".to_owned(), list);
    }
    if wanted.identities {
        let list =
            extras.identities.iter().map(|identity| json::identity(identity, base)).collect();
        beside.insert("identities".to_owned(), list);
    }
    if wanted.open_tickets {
        let of = |user: &User| {
            extras.open_tickets.iter().find(|(id, _)| *id == user.id).map_or(0, |(_, count)| *count)
        };
        let counts: Map<String, Value> =
            users.iter().map(|user| (user.id.to_string(), of(user).into())).collect();
        beside.insert("open_ticket_count".to_owned(), counts.into());
    }
    if query.includes("roles") {
        beside.insert("roles".to_owned(), Value::Array(Vec::new()));
    }
    Ok((values, beside))
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let filter = filter(&query);
    page(desk, caller, query, "users", move |tx, ctx, order, page, counted| {
        desk::users::list(tx, ctx, &filter, order, page, counted)
    })
    .await
}

async fn of_group(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let filter = Filter { team: Some(TeamId(path_id(&id)?)), ..filter(&query) };
    members(desk, caller, query, filter).await
}

async fn of_organization(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let filter = Filter { organization: Some(OrganizationId(path_id(&id)?)), ..filter(&query) };
    members(desk, caller, query, filter).await
}

async fn members(desk: Desk, caller: Caller, query: Query, filter: Filter) -> Answer {
    page(desk, caller, query, "users", move |tx, ctx, order, page, counted| {
        desk::users::members(tx, &filter)?;
        desk::users::list(tx, ctx, &filter, order, page, counted)
    })
    .await
}

async fn deleted(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, "deleted_users", |tx, ctx, _, page, counted| {
        desk::users::deleted(tx, ctx, page, counted)
    })
    .await
}

async fn search(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    if let Some(external_id) = query.get("external_id") {
        let filter = Filter { external_ids: vec![external_id.to_owned()], ..Filter::default() };
        return members(desk, caller, query, filter).await;
    }
    let words = query.get("query").unwrap_or_default().to_owned();
    page(desk, caller, query, "users", move |tx, ctx, _, page, counted| {
        desk::users::search(tx, ctx, &words, page, counted)
    })
    .await
}

async fn autocomplete(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let name = query.get("name").or(query.get("query")).unwrap_or_default().to_owned();
    let paging = Paging::read(&query, &[])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let (rows, count) =
                desk::users::autocomplete(tx, ctx, &name, &paging.page, paging.wants_count())?;
            finished(tx, (&query, &paging, &base), "users", Order::Name, rows, count)
        })
        .await?;
    Ok(ok(answer))
}

async fn show_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids =
        id_list(query.get("ids").unwrap_or_default())?.into_iter().map(UserId).collect::<Vec<_>>();
    let external_ids = texts(query.get("external_ids").unwrap_or_default())?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let users = desk::users::by_keys(tx, ctx, &ids, external_ids.clone())?;
            let (values, beside) = rendered(tx, &query, &base, &users)?;
            let mut answer = Map::new();
            answer.insert("count".to_owned(), values.len().into());
            answer.insert("users".to_owned(), values.into());
            answer.insert("next_page".to_owned(), Value::Null);
            answer.insert("previous_page".to_owned(), Value::Null);
            answer.extend(beside);
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

async fn count(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    counted(desk, caller, filter(&query)).await
}

async fn count_deleted(State(desk): State<Desk>, caller: Caller) -> Answer {
    counted(desk, caller, Filter { deleted: true, ..Filter::default() }).await
}

async fn count_of_group(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let team = Some(TeamId(path_id(&id)?));
    counted(desk, caller, Filter { team, ..filter(&query) }).await
}

async fn count_of_organization(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let organization = Some(OrganizationId(path_id(&id)?));
    counted(desk, caller, Filter { organization, ..filter(&query) }).await
}

async fn counted(desk: Desk, caller: Caller, filter: Filter) -> Answer {
    let now = caller.ctx.now;
    let count = desk.read(caller.ctx, move |tx, ctx| desk::users::count(tx, ctx, &filter)).await?;
    Ok(ok(count_of(count, now)))
}

/// A count as the API writes it.
pub(crate) fn count_of(count: i64, now: Timestamp) -> Value {
    object!({ "count": { "value": count, "refreshed_at": time(now) } })
}

/// Up to a hundred texts separated by commas.
pub(crate) fn texts(list: &str) -> Result<Vec<String>, Problem> {
    let texts = list.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let texts: Vec<String> = texts.collect();
    if texts.len() > 100 { Err(Problem::TooMany) } else { Ok(texts) }
}

fn filter(query: &Query) -> Filter {
    let roles =
        query.all("role").into_iter().flat_map(|list| list.split(',')).flat_map(desk::users::roles);
    Filter {
        roles: roles.collect(),
        external_ids: query.get("external_id").map(str::to_owned).into_iter().collect(),
        ..Filter::default()
    }
}

/// One page of people under `key`.
async fn page<F>(desk: Desk, caller: Caller, query: Query, key: &'static str, mut read: F) -> Answer
where
    F: FnMut(&mut Tx<'_>, &Ctx, Order, &Page, bool) -> Result<desk::users::Listed, Error>
        + Send
        + 'static,
{
    let paging = Paging::read(&query, &SORTS)?;
    let order = if paging.sort.as_deref() == Some("name") && key == "users" {
        Order::Name
    } else {
        Order::Id
    };
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let (rows, count) = read(tx, ctx, order, &paging.page, paging.wants_count())?;
            finished(tx, (&query, &paging, &base), key, order, rows, count)
        })
        .await?;
    Ok(ok(answer))
}

fn finished(
    tx: &mut Tx<'_>,
    (query, paging, base): (&Query, &Paging, &str),
    key: &str,
    order: Order,
    mut rows: Vec<User>,
    count: Option<i64>,
) -> Result<Map<String, Value>, Error> {
    let rest = paging.finish(query, base, &mut rows, count, |user| order.key(user));
    let (values, beside) = rendered(tx, query, base, &rows)?;
    let mut answer = Map::new();
    answer.insert(key.to_owned(), values.into());
    answer.extend(rest);
    answer.extend(beside);
    Ok(answer)
}
