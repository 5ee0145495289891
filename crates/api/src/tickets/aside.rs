//! Tickets that are set aside: merged into another, split in two, marked as spam; and the way back. (ST-10, SLA-12)

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use desk::texts::Body as Words;
use desk::tickets::Said;
use desk::{Act, Ctx, Desk, Error, Tx};
use domain::{CommentId, TicketId};
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, created, ok};
use crate::body::{Body, id_list, path_id};
use crate::bulk;
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/tickets/{id}/merge", Act::WorkTickets, merge),
        Route::post("/tickets/{id}/unmerge", Act::WorkTickets, unmerge),
        Route::post("/tickets/{id}/split", Act::WorkTickets, split),
        Route::put("/tickets/{id}/mark_as_spam", Act::WorkTickets, mark_spam),
        Route::put("/tickets/{id}/unmark_as_spam", Act::WorkTickets, unmark_spam),
        Route::put("/tickets/mark_many_as_spam", Act::WorkTickets, mark_many_spam),
    ]
}

/// Merges tickets into this one. The answer is a job, completed or failed as a whole.
async fn merge(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let target = TicketId(path_id(&id)?);
    let mut input = body.bare();
    let ids = input.ids("ids").flatten().unwrap_or_default();
    if ids.is_empty() {
        input.complain("ids", "BlankValue", "cannot be blank");
    }
    if ids.len() > 100 {
        return Err(Problem::TooMany);
    }
    let mut words = |name: &str, public: &str| {
        let text = input.text(name, 65_536).flatten().filter(|text| !text.trim().is_empty());
        let public = input.flag(public).flatten().unwrap_or(false);
        text.map(|text| (Words::markdown(&text), public))
    };
    let said = Said {
        target: words("target_comment", "target_comment_is_public"),
        sources: words("source_comment", "source_comment_is_public"),
    };
    input.finish()?;
    let sources: Vec<TicketId> = ids.into_iter().map(TicketId).collect();
    let outcome = desk
        .write(caller.ctx.clone(), move |tx, ctx| {
            desk::tickets::merge(tx, ctx, target, &sources, &said).map(|_| ())
        })
        .await;
    let result = match outcome {
        Err(error @ (Error::Forbidden(_) | Error::Unauthenticated | Error::Store(_))) => {
            return Err(error.into());
        }
        other => bulk::result(target.0, "merge", "Merged", other.map_err(Problem::from)),
    };
    bulk::finish(desk, caller.ctx, caller.base, "Ticket Merge", vec![result]).await
}

/// The ticket after a command, and the change set it made.
async fn change(
    desk: Desk,
    caller: Caller,
    id: &str,
    command: fn(&mut Tx<'_>, &Ctx, TicketId) -> Result<desk::tickets::Done, Error>,
) -> Answer {
    let id = TicketId(path_id(id)?);
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let done = command(tx, ctx, id)?;
            super::changed(tx, ctx, done, &base)
        })
        .await?;
    Ok(ok(answer))
}

async fn unmerge(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    change(desk, caller, &id, desk::tickets::unmerge).await
}

async fn unmark_spam(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    change(desk, caller, &id, no_spam).await
}

/// The way back: who asked for something is heard again. (SLA-12)
fn no_spam(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<desk::tickets::Done, Error> {
    let done = desk::tickets::unmark_spam(tx, ctx, id)?;
    if !done.events.is_empty() {
        desk::users::hear_sender(tx, ctx, done.stored.ticket.requester)?;
    }
    Ok(done)
}

/// Sets a ticket aside and suspends its requester, if that is nobody of ours: what they send is not taken in any more.
fn spam(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<(), Error> {
    let done = desk::tickets::mark_spam(tx, ctx, id)?;
    desk::users::suspend_sender(tx, ctx, done.stored.ticket.requester)
}

async fn mark_spam(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| spam(tx, ctx, id)).await?;
    Ok(StatusCode::OK.into_response())
}

async fn mark_many_spam(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    let mut results: Vec<Value> = Vec::new();
    for id in ids {
        let ctx = caller.ctx.clone();
        let outcome = desk.write(ctx, move |tx, ctx| spam(tx, ctx, TicketId(id))).await;
        results.push(bulk::result(id, "spam", "Marked", outcome.map_err(Problem::from)));
    }
    bulk::finish(desk, caller.ctx, caller.base, "Bulk Mark as Spam", results).await
}

/// Makes a ticket of one message: `{"split": {"comment_id", "subject"}}`.
async fn split(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let mut input = body.object("split")?;
    let comment = input.id("comment_id").flatten();
    let subject = input.text("subject", 1000).flatten().unwrap_or_default();
    if comment.is_none() {
        input.complain("comment_id", "BlankValue", "cannot be blank");
    }
    input.finish()?;
    let Some(comment) = comment.map(CommentId) else { return Err(Problem::BrokenJson) };
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let done = desk::tickets::split(tx, ctx, id, comment, &subject)?;
            super::changed(tx, ctx, done, &base)
        })
        .await?;
    let location = answer["ticket"]["url"].as_str().unwrap_or_default().to_owned();
    Ok(created(&location, json!(answer)))
}
