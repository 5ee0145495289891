//! Tickets in figures, in the API's shape. A ticket's figures have its number.

use axum::extract::{Path, State};
use desk::tickets::{Filter, Order};
use desk::{Act, Desk, Error};
use domain::{Metrics, Span, TicketId};
use serde_json::{Value, json};

use super::json::time;
use crate::answers::{Answer, ok};
use crate::body::path_id;
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/metrics", Act::ReadDesk, show),
        Route::get("/ticket_metrics", Act::ReadDesk, list),
        Route::get("/ticket_metrics/{id}", Act::ReadDesk, show),
    ]
}

/// Whole minutes, by the wall clock and in open time.
fn minutes(span: Option<Span>) -> Value {
    json!({
        "calendar": span.map(|span| span.calendar / 60),
        "business": span.map(|span| span.business / 60),
    })
}

/// The figures of a ticket.
pub(crate) fn metric(id: TicketId, metrics: &Metrics, base: &str) -> Value {
    json!({
        "id": id.0,
        "url": format!("{base}/api/v2/ticket_metrics/{id}.json"),
        "ticket_id": id.0,
        "created_at": time(metrics.created_at),
        "updated_at": time(metrics.updated_at),
        "group_stations": metrics.team_stations,
        "assignee_stations": metrics.assignee_stations,
        "reopens": metrics.reopens,
        "replies": metrics.replies,
        "assignee_updated_at": metrics.assignee_updated_at.map(time),
        "requester_updated_at": metrics.requester_updated_at.map(time),
        "status_updated_at": time(metrics.status_updated_at),
        "initially_assigned_at": metrics.initially_assigned_at.map(time),
        "assigned_at": metrics.assigned_at.map(time),
        "solved_at": metrics.solved_at.map(time),
        "latest_comment_added_at": metrics.latest_comment_at.map(time),
        "custom_status_updated_at": time(metrics.status_updated_at),
        "reply_time_in_minutes": minutes(metrics.reply),
        "first_resolution_time_in_minutes": minutes(metrics.first_resolution),
        "full_resolution_time_in_minutes": minutes(metrics.full_resolution),
        "agent_wait_time_in_minutes": minutes(Some(metrics.agent_wait)),
        "requester_wait_time_in_minutes": minutes(Some(metrics.requester_wait)),
        "on_hold_time_in_minutes": minutes(Some(metrics.on_hold)),
        "reply_time_in_seconds": { "calendar": metrics.reply.map(|span| span.calendar) },
    })
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let base = caller.base;
    let value = desk
        .read(caller.ctx, move |tx, ctx| {
            let stored = desk::tickets::show(tx, ctx, id)?;
            let all = desk::tickets::metrics(tx, ctx, std::iter::once(&stored))?;
            all.get(&id).map(|metrics| metric(id, metrics, &base)).ok_or(Error::NotFound)
        })
        .await?;
    Ok(ok(json!({ "ticket_metric": value })))
}

/// The newest tickets first.
async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let mut paging = Paging::read(&query, &[])?;
    paging.page.descending = true;
    let base = caller.base;
    let counter = desk.clone();
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let filter = Filter::default();
            let mut rows = desk::tickets::list(tx, ctx, &filter, Order::Id, &paging.page)?;
            let count = if paging.wants_count() { Some(counter.count_tickets(tx)?) } else { None };
            let mut answer = paging.finish(&query, &base, &mut rows, count, |row| {
                desk::tickets::key(Order::Id, &row.stored)
            });
            let all = desk::tickets::metrics(tx, ctx, rows.iter().map(|row| &row.stored))?;
            let metrics = rows.iter().filter_map(|row| {
                let id = row.stored.ticket.id;
                Some(metric(id, all.get(&id)?, &base))
            });
            answer.insert("ticket_metrics".to_owned(), metrics.collect());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}
