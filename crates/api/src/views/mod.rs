//! Views in the API: the lists everybody has, and those that are kept. (zendesk-api 26)

pub(crate) mod input;
pub(crate) mod json;
mod run;

use axum::extract::{Path, State};
use desk::{Act, Ctx, Desk, Error, Key, Tx};
use domain::{View, ViewFor, ViewId};
use serde_json::{Map, Value, json as object};

use crate::answers::{Answer, created, no_content, ok};
use crate::body::{Body, id_list, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query, part};
use crate::routes::Route;
use crate::users::count_of;

/// How many views the compact list has.
const COMPACT: usize = 32;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/views", Act::ReadDesk, list),
        Route::post("/views", Act::WorkTickets, create),
        Route::get("/views/active", Act::ReadDesk, active),
        Route::get("/views/compact", Act::ReadDesk, compact),
        Route::get("/views/count", Act::ReadDesk, count),
        Route::get("/views/search", Act::ReadDesk, search),
        Route::get("/views/show_many", Act::ReadDesk, show_many),
        Route::put("/views/update_many", Act::WorkTickets, update_many),
        Route::delete("/views/destroy_many", Act::WorkTickets, destroy_many),
        Route::get("/views/{id}", Act::ReadDesk, show),
        Route::put("/views/{id}", Act::WorkTickets, update),
        Route::delete("/views/{id}", Act::WorkTickets, delete),
    ];
    routes.extend(run::routes());
    routes
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, |_| true).await
}

async fn active(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, |view| view.active).await
}

async fn search(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let words = query.get("query").unwrap_or_default().to_lowercase();
    page(desk, caller, query, move |view| view.title.to_lowercase().contains(&words)).await
}

/// Whether a view is one of those that the parameters of a list ask for.
fn is_asked(query: &Query, view: &View) -> bool {
    let active = query.get("active").is_none_or(|active| (active == "true") == view.active);
    let group = query.get("group_id").is_none_or(|id| match view.kept_for {
        ViewFor::Team(team) => id.parse() == Ok(team.0),
        ViewFor::Person(_) | ViewFor::Everybody => false,
    });
    let access = match query.get("access") {
        Some("personal") => matches!(view.kept_for, ViewFor::Person(_)),
        Some("shared") => !matches!(view.kept_for, ViewFor::Person(_)),
        Some("account") => view.kept_for == ViewFor::Everybody,
        Some(_) | None => true,
    };
    active && group && access
}

async fn page(desk: Desk, caller: Caller, query: Query, keep: impl Fn(&View) -> bool) -> Answer {
    const SORTS: [&str; 5] = ["position", "title", "alphabetical", "created_at", "updated_at"];
    let paging = Paging::read(&query, &SORTS)?;
    let mut all = desk.read(caller.ctx.clone(), desk::views::list).await?;
    all.retain(|view| keep(view) && is_asked(&query, view));
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if matches!(paging.sort.as_deref(), Some("title" | "alphabetical")) {
        all.sort_by_key(|view| view.title.to_lowercase());
    }
    // By its place among all of them, whatever the order is by.
    let places: Vec<ViewId> = match paging.sort.as_deref() {
        Some("created_at") => sorted(&mut all, |view| view.created_at.as_microsecond()),
        Some("updated_at") => sorted(&mut all, |view| view.updated_at.as_microsecond()),
        Some("title" | "alphabetical") => all.iter().map(|view| view.id).collect(),
        Some(_) | None => sorted(&mut all, |view| view.position),
    };
    let place = |view: &View| {
        let at = places.iter().position(|id| *id == view.id).unwrap_or_default();
        i64::try_from(at).unwrap_or(i64::MAX)
    };
    let mut rows = part(&paging.page, all, |view| (0, place(view)));
    let key = |view: &View| Key { value: None, id: place(view) };
    let mut answer = paging.finish(&query, &caller.base, &mut rows, Some(count), key);
    answer.insert("views".to_owned(), json::list(&rows, &caller.base));
    Ok(ok(answer))
}

fn sorted(all: &mut [View], by: impl Fn(&View) -> i64) -> Vec<ViewId> {
    all.sort_by_key(|view| (by(view), view.id));
    all.iter().map(|view| view.id).collect()
}

async fn compact(State(desk): State<Desk>, caller: Caller) -> Answer {
    let mut all = desk.read(caller.ctx.clone(), desk::views::list).await?;
    all.retain(|view| view.active);
    all.truncate(COMPACT);
    Ok(ok(whole_list(&all, &caller.base)))
}

async fn show_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    let base = caller.base;
    let views = desk.read(caller.ctx, move |tx, ctx| named(tx, ctx, &ids)).await?;
    Ok(ok(whole_list(&views, &base)))
}

/// The views with these numbers that there are.
fn named(tx: &mut Tx<'_>, ctx: &Ctx, ids: &[i64]) -> Result<Vec<View>, Error> {
    let mut views = Vec::new();
    for id in ids {
        match desk::views::show(tx, ctx, ViewId(*id)) {
            Ok(view) => views.push(view),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(views)
}

/// A list that is answered at once.
fn whole_list(views: &[View], base: &str) -> Map<String, Value> {
    let mut answer = Map::new();
    answer.insert("views".to_owned(), json::list(views, base));
    answer.insert("count".to_owned(), views.len().into());
    answer.insert("next_page".to_owned(), Value::Null);
    answer.insert("previous_page".to_owned(), Value::Null);
    answer
}

async fn count(State(desk): State<Desk>, caller: Caller) -> Answer {
    let now = caller.ctx.now;
    let all = desk.read(caller.ctx, desk::views::list).await?;
    Ok(ok(count_of(i64::try_from(all.len()).unwrap_or(i64::MAX), now)))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = ViewId(path_id(&id)?);
    let view = desk.read(caller.ctx, move |tx, ctx| desk::views::show(tx, ctx, id)).await?;
    Ok(ok(object!({ "view": json::view(&view, &caller.base) })))
}

async fn create(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let input = input::read(body.object("view")?, caller.ctx.actor.user())?;
    let view = desk.write(caller.ctx, move |tx, ctx| desk::views::create(tx, ctx, &input)).await?;
    let base = &caller.base;
    Ok(created(&json::url(&view, base), object!({ "view": json::view(&view, base) })))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = ViewId(path_id(&id)?);
    let input = input::read(body.object("view")?, caller.ctx.actor.user())?;
    let view =
        desk.write(caller.ctx, move |tx, ctx| desk::views::update(tx, ctx, id, &input)).await?;
    Ok(ok(object!({ "view": json::view(&view, &caller.base) })))
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = ViewId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| desk::views::delete(tx, ctx, id)).await?;
    Ok(no_content())
}

/// Places and whether they are offered, of several at once: all of it or nothing.
async fn update_many(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let inputs = input::places(&body)?;
    let base = caller.base;
    let views = desk
        .write(caller.ctx, move |tx, ctx| {
            inputs
                .iter()
                .map(|(id, input)| desk::views::update(tx, ctx, *id, input))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(ok(whole_list(&views, &base)))
}

async fn destroy_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    desk.write(caller.ctx, move |tx, ctx| {
        ids.iter().try_for_each(|id| desk::views::delete(tx, ctx, ViewId(*id)))
    })
    .await?;
    Ok(no_content())
}
