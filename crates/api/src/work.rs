//! The next ticket, and tickets that were given back: `leases` and `skips`. (ROT-11)

use axum::extract::{Path, State};
use desk::work::{Lease, Skip, SkipFilter};
use desk::{Act, Desk, Key};
use domain::{TicketId, UserId};
use serde_json::{Value, json};

use crate::answers::{Answer, created, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json::time;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/leases", Act::WorkTickets, next),
        Route::get("/skips", Act::ReadDesk, list),
        Route::post("/skips", Act::WorkTickets, skip),
        Route::get("/tickets/{id}/skips", Act::ReadDesk, of_ticket),
        Route::get("/users/{id}/skips", Act::ReadDesk, of_user),
    ]
}

/// Takes the next ticket for the caller; `{"lease": null}` when nothing is left.
async fn next(State(desk): State<Desk>, caller: Caller) -> Answer {
    let base = caller.base.clone();
    match desk.write(caller.ctx, desk::work::next).await? {
        Some(taken) => {
            let location = format!("{base}/api/v2/tickets/{}.json", taken.ticket);
            Ok(created(&location, json!({ "lease": lease(&taken) })))
        }
        None => Ok(ok(json!({ "lease": null }))),
    }
}

fn lease(lease: &Lease) -> Value {
    json!({
        "ticket_id": lease.ticket.0,
        "user_id": lease.user.0,
        "taken_at": time(lease.taken_at),
        "until": time(lease.until),
    })
}

fn json(skip: &Skip) -> Value {
    json!({
        "id": skip.id,
        "ticket_id": skip.ticket.0,
        "user_id": skip.user.0,
        "reason": skip.reason,
        "created_at": time(skip.created_at),
        // It is never changed.
        "updated_at": time(skip.created_at),
    })
}

async fn skip(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let mut sent = body.object("skip")?;
    let ticket = sent.id("ticket_id").flatten();
    if ticket.is_none() && sent.raw("ticket_id").is_none_or(Value::is_null) {
        sent.complain("ticket_id", "BlankValue", "cannot be blank");
    }
    let reason = sent.text("reason", 500).flatten().unwrap_or_default();
    if reason.trim().is_empty() && sent.raw("reason").is_none_or(Value::is_string) {
        sent.complain("reason", "BlankValue", "cannot be blank");
    }
    sent.finish()?;
    let ticket = TicketId(ticket.unwrap_or_default());
    let location = format!("{}/api/v2/tickets/{ticket}/skips.json", caller.base);
    let skip =
        desk.write(caller.ctx, move |tx, ctx| desk::work::skip(tx, ctx, ticket, &reason)).await?;
    Ok(created(&location, json!({ "skip": json(&skip) })))
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, SkipFilter::default()).await
}

async fn of_ticket(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let ticket = TicketId(path_id(&id)?);
    desk.read(caller.ctx.clone(), move |tx, ctx| desk::tickets::show(tx, ctx, ticket)).await?;
    page(desk, caller, query, SkipFilter { ticket: Some(ticket), user: None }).await
}

async fn of_user(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let user = UserId(path_id(&id)?);
    desk.read(caller.ctx.clone(), move |tx, ctx| desk::users::show(tx, ctx, user)).await?;
    page(desk, caller, query, SkipFilter { ticket: None, user: Some(user) }).await
}

async fn page(desk: Desk, caller: Caller, query: Query, filter: SkipFilter) -> Answer {
    let paging = Paging::read(&query, &[])?;
    let (asked, counts) = (paging.page.clone(), paging.wants_count());
    let (mut rows, count) = desk
        .read(caller.ctx, move |tx, ctx| {
            let rows = desk::work::skips(tx, ctx, filter, &asked)?;
            let count =
                if counts { Some(desk::work::count(tx, ctx, filter, MOST_COUNTED)?) } else { None };
            Ok((rows, count))
        })
        .await?;
    let place = |skip: &Skip| Key { value: None, id: skip.id };
    let mut answer = paging.finish(&query, &caller.base, &mut rows, count, place);
    answer.insert("skips".to_owned(), rows.iter().map(json).collect());
    Ok(ok(answer))
}

/// Lists beyond this are paged by cursor, which wants no count.
const MOST_COUNTED: i64 = 100_000;
