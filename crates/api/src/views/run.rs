//! What views hold: their tickets, as rows, and how many.

use axum::extract::{Path, State};
use desk::tickets::Listed;
use desk::views::Held;
use desk::{Act, Ctx, Desk, Error, Tx};
use domain::{View, ViewId};
use serde_json::{Map, Value, json};

use super::input;
use super::json as shape;
use crate::answers::{Answer, Problem, ok};
use crate::body::{Body, id_list, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::sideloads;
use crate::tickets::json::{custom_fields, ticket, time};

/// Tickets of a view are counted up to here.
const COUNTED: i64 = 10_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/views/count_many", Act::ReadDesk, count_many),
        Route::post("/views/preview", Act::ReadDesk, preview),
        Route::post("/views/preview/count", Act::ReadDesk, preview_count),
        Route::get("/views/{id}/tickets", Act::ReadDesk, tickets),
        Route::get("/views/{id}/execute", Act::ReadDesk, execute),
        Route::get("/views/{id}/count", Act::ReadDesk, count),
        Route::get("/views/{id}/export", Act::ReadDesk, export),
    ]
}

/// A page of what a view holds.
struct Page {
    rows: Vec<Listed>,
    rest: Map<String, Value>,
}

fn page(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    text: &str,
    (query, paging, base): (&Query, &Paging, &str),
) -> Result<Page, Error> {
    let held: Held = desk::views::held(tx, ctx, text)?;
    let wanted = desk::Page { descending: held.descending, ..paging.page.clone() };
    let mut rows = desk::views::page(tx, ctx, &held, &wanted)?;
    let count = if paging.wants_count() {
        Some(desk::views::count(tx, ctx, &held, COUNTED)?)
    } else {
        None
    };
    let rest = paging
        .finish(query, base, &mut rows, count, |row| desk::tickets::key(held.order, &row.stored));
    Ok(Page { rows, rest })
}

async fn tickets(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = ViewId(path_id(&id)?);
    let paging = Paging::read(&query, &[])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let view = desk::views::show(tx, ctx, id)?;
            let Page { rows, mut rest } = page(tx, ctx, &view.query, (&query, &paging, &base))?;
            let fields = custom_fields(tx)?;
            let figures = sideloads::figures(tx, ctx, &query, rows.iter().map(|row| &row.stored))?;
            let one = |row: &Listed| {
                let mut value =
                    serde_json::to_value(ticket(row, &fields, &base)).unwrap_or_default();
                sideloads::embed(&query, &base, &row.stored, &figures, &mut value);
                value
            };
            rest.insert("tickets".to_owned(), rows.iter().map(one).collect());
            sideloads::add(tx, &query, &base, rows.iter().map(|row| &row.stored), &mut rest)?;
            Ok(rest)
        })
        .await?;
    Ok(ok(answer))
}

async fn execute(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = ViewId(path_id(&id)?);
    let paging = Paging::read(&query, &[])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let view = desk::views::show(tx, ctx, id)?;
            executed(tx, ctx, &view, (&query, &paging, &base))
        })
        .await?;
    Ok(ok(answer))
}

/// Rows and columns of a view, and everybody named in them.
fn executed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    view: &View,
    asked: (&Query, &Paging, &str),
) -> Result<Map<String, Value>, Error> {
    let Page { rows, rest: mut answer } = page(tx, ctx, &view.query, asked)?;
    let (query, _, base) = asked;
    let columns = shape::columns(&view.columns);
    let titles: Value =
        columns.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect();
    answer.insert("rows".to_owned(), rows.iter().map(|row| one_row(row, &columns, base)).collect());
    answer.insert("columns".to_owned(), titles);
    answer.insert("view".to_owned(), shape::view(view, base));
    sideloads::add(tx, query, base, rows.iter().map(|row| &row.stored), &mut answer)?;
    answer.entry("groups").or_insert_with(|| Value::Array(Vec::new()));
    Ok(answer)
}

fn one_row(row: &Listed, columns: &[(&str, &str)], base: &str) -> Value {
    let stored = &row.stored;
    let ticket = &stored.ticket;
    let mut line = Map::new();
    for (column, _) in columns {
        let (key, value): (&str, Value) = match *column {
            "nice_id" => ("ticket_id", ticket.id.0.into()),
            "subject" => ("subject", stored.subject.as_str().into()),
            "requester" => ("requester_id", ticket.requester.0.into()),
            "submitter" => ("submitter_id", ticket.submitter.0.into()),
            "assignee" => ("assignee_id", ticket.assignee.map(|id| id.0).into()),
            "group" => ("group_id", ticket.team.0.into()),
            "organization" => ("organization_id", ticket.organization.map(|id| id.0).into()),
            "status" => ("status", ticket.status.as_str().into()),
            "priority" => ("priority", ticket.priority.as_str().into()),
            "type" => ("type", Value::Null),
            "created" => ("created", time(ticket.created_at).into()),
            "updated" => ("updated", time(ticket.updated_at).into()),
            "solved" => ("solved", ticket.solved_at.map(time).into()),
            _ => ("due_date", ticket.due_at().map(time).into()),
        };
        line.insert(key.to_owned(), value);
    }
    line.insert(
        "ticket".to_owned(),
        json!({
            "id": ticket.id.0,
            "subject": stored.subject,
            "description": row.description,
            "status": ticket.status.as_str(),
            "type": null,
            "priority": ticket.priority.as_str(),
            "url": format!("{base}/api/v2/tickets/{}.json", ticket.id),
            "last_comment": null,
        }),
    );
    line.into()
}

async fn count(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = ViewId(path_id(&id)?);
    let base = caller.base;
    let value = desk
        .read(caller.ctx, move |tx, ctx| {
            let view = desk::views::show(tx, ctx, id)?;
            counted(tx, ctx, Some(&view), &view.query, &base)
        })
        .await?;
    Ok(ok(json!({ "view_count": value })))
}

async fn count_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    let base = caller.base;
    let values = desk
        .read(caller.ctx, move |tx, ctx| {
            let views = super::named(tx, ctx, &ids)?;
            let counts = views.iter().map(|view| counted(tx, ctx, Some(view), &view.query, &base));
            counts.collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(ok(json!({ "view_counts": values })))
}

fn counted(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    view: Option<&View>,
    text: &str,
    base: &str,
) -> Result<Value, Error> {
    let held = desk::views::held(tx, ctx, text)?;
    let value = desk::views::count(tx, ctx, &held, COUNTED)?;
    let pretty = if value >= COUNTED { format!("{COUNTED}+") } else { value.to_string() };
    let id = view.map(|view| view.id.0);
    let url = id.map(|id| format!("{base}/api/v2/views/{id}/count.json"));
    let active = view.is_none_or(|view| view.active);
    Ok(json!({
        "view_id": id, "url": url, "value": value, "pretty": pretty, "fresh": true, "active": active,
    }))
}

/// A view that nobody keeps.
fn tried(caller: &Caller, body: &Body) -> Result<View, Problem> {
    let input = input::read(body.object("view")?, caller.ctx.actor.user())?;
    let ctx = &caller.ctx;
    Ok(desk::views::tried(ctx, &input)?)
}

async fn preview(State(desk): State<Desk>, caller: Caller, query: Query, body: Body) -> Answer {
    let view = tried(&caller, &body)?;
    let paging = Paging::read(&query, &[])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| executed(tx, ctx, &view, (&query, &paging, &base)))
        .await?;
    Ok(ok(answer))
}

async fn preview_count(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let view = tried(&caller, &body)?;
    let base = caller.base;
    let value =
        desk.read(caller.ctx, move |tx, ctx| counted(tx, ctx, None, &view.query, &base)).await?;
    Ok(ok(json!({ "view_count": value })))
}

/// An export is made in the background elsewhere; here the tickets of a view can be read at once.
async fn export(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = ViewId(path_id(&id)?);
    desk.read(caller.ctx, move |tx, ctx| desk::views::show(tx, ctx, id)).await?;
    Ok(ok(json!({ "export": { "view_id": id.0, "status": "completed" } })))
}
