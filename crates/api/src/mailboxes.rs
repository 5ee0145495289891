//! How mail comes in, and letting things leave again. (CH-03, NF-01)

use axum::extract::State;
use desk::mailboxes::{Account, Mailbox, Tally};
use desk::{Act, Desk};
use serde_json::{Value, json};

use crate::answers::{Answer, ok};
use crate::body::Body;
use crate::caller::Caller;
use crate::routes::Route;
use crate::tickets::json::time;

/// How many days are accounted for.
const DAYS: i64 = 14;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/mailboxes", Act::Configure, account),
        Route::post("/mailboxes/unmute", Act::Configure, unmute),
    ]
}

async fn account(State(desk): State<Desk>, caller: Caller) -> Answer {
    let (account, muted) = desk
        .read(caller.ctx, |tx, ctx| {
            Ok((desk::mailboxes::account(tx, ctx, DAYS)?, desk::installation::muted(tx)?))
        })
        .await?;
    let muted = muted.map(|(since, because)| json!({ "since": time(since), "because": because }));
    Ok(ok(json!({
        "mailboxes": account.mailboxes.iter().map(|one| mailbox(&account, one)).collect::<Vec<_>>(),
        "days": account.tallies.iter().map(day).collect::<Vec<_>>(),
        "undecided": account.alarms.failed,
        "muted": muted,
    })))
}

fn mailbox(account: &Account, one: &Mailbox) -> Value {
    let stuck = account.alarms.unarchived.iter().find(|(name, _)| *name == one.name);
    json!({
        "name": one.name,
        "reached_at": one.reached_at.map(time),
        "failing_since": one.failing_since.map(time),
        "last_error": one.last_error,
        "unarchived": stuck.map_or(0, |(_, count)| *count),
    })
}

fn day(one: &Tally) -> Value {
    json!({
        "day": one.day,
        "mailbox": one.mailbox,
        "listed": one.listed,
        "archived": one.archived,
        "gone": one.gone,
        "old": one.old,
        "open": one.open,
    })
}

/// Lets things leave again; with `send_held` also what waited when the silence began.
async fn unmute(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let mut input = body.bare();
    let held = input.flag("send_held").flatten().unwrap_or(false);
    input.finish()?;
    let released =
        desk.write(caller.ctx, move |tx, ctx| desk::installation::unmute(tx, ctx, held)).await?;
    Ok(ok(json!({ "released": released })))
}
