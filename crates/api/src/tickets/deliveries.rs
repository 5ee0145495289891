//! What left or could not leave for a ticket, and trying again. (CH-03)

use axum::extract::{Path, State};
use desk::deliveries::Recipient;
use desk::tickets::Queued;
use desk::{Act, Desk};
use domain::{DeliveryId, TicketId};
use serde_json::{Value, json};

use super::json::time;
use crate::answers::{Answer, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/deliveries", Act::ReadDesk, list),
        Route::post("/tickets/{id}/deliveries/{delivery}/retry", Act::WorkTickets, retry),
        Route::post("/tickets/{id}/deliveries/{delivery}/address", Act::WorkTickets, elsewhere),
    ]
}

async fn list(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let (deliveries, recipients) =
        desk.read(caller.ctx, move |tx, ctx| desk::deliveries::of_ticket(tx, ctx, id)).await?;
    let shown: Vec<Value> = deliveries.iter().map(|one| delivery(one, &recipients)).collect();
    Ok(ok(json!({ "deliveries": shown })))
}

fn delivery(queued: &Queued, recipients: &[Recipient]) -> Value {
    let delivery = &queued.delivery;
    let known: Vec<Value> = recipients
        .iter()
        .filter(|one| one.delivery == delivery.id)
        .map(|one| {
            json!({ "address": one.address, "state": one.state, "said": one.said, "at": time(one.at) })
        })
        .collect();
    json!({
        "id": delivery.id.0,
        "kind": delivery.kind,
        "channel": delivery.channel,
        "created_at": time(delivery.at),
        "to": delivery.to,
        "subject": delivery.subject,
        "state": queued.state,
        "attempts": queued.attempts,
        "due_at": (queued.state == "pending").then(|| time(queued.due_at)),
        "last_error": queued.last_error,
        "recipients": known,
    })
}

/// Tries a delivery again for those who did not get it.
async fn retry(
    State(desk): State<Desk>,
    caller: Caller,
    Path((id, delivery)): Path<(String, String)>,
) -> Answer {
    let (id, delivery) = (TicketId(path_id(&id)?), DeliveryId(path_id(&delivery)?));
    let again = desk
        .write(caller.ctx, move |tx, ctx| {
            desk::deliveries::try_again(tx, ctx, id, delivery)?;
            desk::deliveries::of_ticket(tx, ctx, id)
        })
        .await?;
    Ok(ok(one(delivery, &again)))
}

/// Sends a delivery that did not arrive to another address of the person it was for.
async fn elsewhere(
    State(desk): State<Desk>,
    caller: Caller,
    Path((id, delivery)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let (id, delivery) = (TicketId(path_id(&id)?), DeliveryId(path_id(&delivery)?));
    let mut asked = body.object("delivery")?;
    let address = asked.text("email", 254).flatten().unwrap_or_default();
    asked.finish()?;
    let sent = desk
        .write(caller.ctx, move |tx, ctx| {
            desk::deliveries::send_elsewhere(tx, ctx, id, delivery, &address)?;
            desk::deliveries::of_ticket(tx, ctx, id)
        })
        .await?;
    Ok(ok(one(delivery, &sent)))
}

fn one(id: DeliveryId, all: &(Vec<Queued>, Vec<Recipient>)) -> Value {
    let shown = all.0.iter().find(|one| one.delivery.id == id);
    json!({ "delivery": shown.map(|one| delivery(one, &all.1)) })
}
