//! Views in the API: the lists everybody has, and those that are kept. (zendesk-api 26)

pub(crate) mod input;
pub(crate) mod json;
mod run;

use axum::extract::{Path, State};
use desk::{Act, Ctx, Desk, Error, Tx};
use domain::{View, ViewId};
use jiff::Timestamp;
use serde_json::{Value, json as object};

use crate::answers::{Answer, created, no_content, ok};
use crate::body::{Body, id_list, path_id};
use crate::caller::Caller;
use crate::kept::{self, Kept};
use crate::paging::Query;
use crate::routes::Route;
use crate::users::count_of;

/// What a list of views may be sorted by.
const SORTS: [&str; 5] = ["position", "title", "alphabetical", "created_at", "updated_at"];

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

impl Kept for View {
    fn id(&self) -> i64 {
        self.id.0
    }
    fn title(&self) -> &str {
        &self.title
    }
    fn position(&self) -> i64 {
        self.position
    }
    fn active(&self) -> bool {
        self.active
    }
    fn times(&self) -> (Timestamp, Timestamp) {
        (self.created_at, self.updated_at)
    }
    fn json(&self, base: &str) -> Value {
        json::view(self, base)
    }
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

async fn page(desk: Desk, caller: Caller, query: Query, keep: impl Fn(&View) -> bool) -> Answer {
    let mut all = desk.read(caller.ctx, desk::views::list).await?;
    all.retain(|view| keep(view) && kept::is_for(&query, view.kept_for));
    Ok(ok(kept::page(&query, &caller.base, ("views", &SORTS), all)?))
}

async fn compact(State(desk): State<Desk>, caller: Caller) -> Answer {
    let mut all = desk.read(caller.ctx.clone(), desk::views::list).await?;
    all.retain(|view| view.active);
    all.truncate(COMPACT);
    Ok(ok(kept::whole(&caller.base, "views", &all)))
}

async fn show_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    let base = caller.base;
    let views = desk.read(caller.ctx, move |tx, ctx| named(tx, ctx, &ids)).await?;
    Ok(ok(kept::whole(&base, "views", &views)))
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
    Ok(ok(kept::whole(&base, "views", &views)))
}

async fn destroy_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    desk.write(caller.ctx, move |tx, ctx| {
        ids.iter().try_for_each(|id| desk::views::delete(tx, ctx, ViewId(*id)))
    })
    .await?;
    Ok(no_content())
}
