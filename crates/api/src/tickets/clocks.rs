//! Clocks, the reasons behind them, and handing a ticket on.

use axum::extract::{Path, State};
use desk::{Act, Desk};
use domain::{Clock, TeamId, TicketId};
use serde_json::{Value, json};

use super::json::time;
use crate::answers::{Answer, Problem, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/clocks", Act::ReadDesk, clocks),
        Route::get("/tickets/{id}/explanation", Act::ReadDesk, explanation),
        Route::post("/tickets/{id}/escalate", Act::WorkTickets, escalate),
        Route::post("/tickets/{id}/deescalate", Act::WorkTickets, deescalate),
        Route::post("/tickets/{id}/withdraw_promise", Act::WorkTickets, withdraw_promise),
        Route::post("/tickets/{id}/reapply", Act::Configure, reapply),
    ]
}

fn clock(clock: &Clock) -> Value {
    json!({
        "kind": clock.kind.as_str(),
        "state": clock.state.as_str(),
        "started_at": time(clock.started_at),
        "due_at": time(clock.due_at),
        "stopped_at": clock.stopped_at.map(time),
        "target": clock.target,
        "reason": clock.reason,
    })
}

async fn clocks(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let clocks = desk.read(caller.ctx, move |tx, ctx| desk::tickets::clocks(tx, ctx, id)).await?;
    Ok(ok(json!({ "clocks": clocks.iter().map(clock).collect::<Vec<_>>() })))
}

async fn explanation(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let explained =
        desk.read(caller.ctx, move |tx, ctx| desk::tickets::explain(tx, ctx, id)).await?;
    let clocks: Vec<Value> = explained
        .clocks
        .iter()
        .map(|(state, walk)| {
            let mut value = clock(state);
            value["walk"] = serde_json::to_value(walk).unwrap_or_default();
            value["text"] = domain::words::clock(domain::words::Locale::En, state, walk).into();
            value
        })
        .collect();
    Ok(ok(json!({ "explanation": {
        "policy": explained.policy,
        "priority": {
            "value": explained.level.as_str(),
            "because": explained.because,
            "rules": explained.rules,
            "facts": explained.provenance,
        },
        "route": explained.route,
        "clocks": clocks,
    } })))
}

async fn escalate(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let mut input = body.object("escalation")?;
    let team = input.id("group_id").flatten();
    let note = input.words("note", 65_536).flatten();
    let tell = input.flag("tell_requester").flatten().unwrap_or_default();
    if team.is_none() {
        input.complain("group_id", "BlankValue", "cannot be blank");
    }
    if note.as_ref().is_none_or(|note| note.trim().is_empty()) {
        input.complain(
            "note",
            "BlankValue",
            "cannot be blank: why, what was tried, what is expected",
        );
    }
    input.finish()?;
    let (Some(team), Some(note)) = (team, note) else { return Err(Problem::BrokenJson) };
    let note = desk::texts::Body::markdown(&note);
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let done = desk::tickets::escalate(tx, ctx, id, TeamId(team), &note, tell)?;
            super::changed(tx, ctx, done, &base)
        })
        .await?;
    Ok(ok(answer))
}

async fn withdraw_promise(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let mut input = body.object("promise")?;
    let reason = input.words("reason", 500).flatten().unwrap_or_default();
    input.finish()?;
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let done = desk::tickets::withdraw_promise(tx, ctx, id, &reason)?;
            super::changed(tx, ctx, done, &base)
        })
        .await?;
    Ok(ok(answer))
}

async fn deescalate(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let done = desk::tickets::deescalate(tx, ctx, id)?;
            super::changed(tx, ctx, done, &base)
        })
        .await?;
    Ok(ok(answer))
}

async fn reapply(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let done = desk::tickets::reapply(tx, ctx, id)?;
            super::changed(tx, ctx, done, &base)
        })
        .await?;
    Ok(ok(answer))
}
