//! The gate: the only way out. What may not leave is refused here, and says why.

use channels::{Outcome, Transport};
use desk::tickets::Queued;
use desk::{Ctx, Desk, Error};
use domain::{Actor, Channel, DeliveryId};

/// How many deliveries are taken at once.
const BATCH: i64 = 100;

/// Sends everything that is due.
pub(crate) async fn run(desk: &Desk, transport: &Transport) -> Result<(), Error> {
    loop {
        let ctx = desk.ctx(Actor::System, Channel::System);
        let waiting = desk.read(ctx.clone(), desk::deliveries::is_due).await?;
        if !waiting {
            return Ok(());
        }
        let claimed =
            desk.write(ctx.clone(), |tx, ctx| desk::deliveries::claim(tx, ctx, BATCH)).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        let mut sent = Vec::new();
        for queued in claimed {
            match send(desk, transport, &ctx, &queued).await {
                Outcome::Sent { .. } => sent.push(queued.delivery.id),
                Outcome::Later { reason } => {
                    record(desk, &ctx, queued, reason, false).await?;
                }
                Outcome::Failed { reason } => {
                    record(desk, &ctx, queued, reason, true).await?;
                }
            }
        }
        mark_sent(desk, ctx, sent).await?;
    }
}

async fn mark_sent(desk: &Desk, ctx: Ctx, ids: Vec<DeliveryId>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    desk.write(ctx, move |tx, ctx| desk::deliveries::sent(tx, ctx, &ids)).await
}

async fn record(
    desk: &Desk,
    ctx: &Ctx,
    queued: Queued,
    reason: String,
    for_good: bool,
) -> Result<(), Error> {
    let id = queued.delivery.id;
    // What the other side said may name an address: it stands on the ticket, not in the log.
    tracing::warn!(delivery.id = id.0, for_good, "a delivery did not leave");
    desk.write(ctx.clone(), move |tx, ctx| {
        if for_good {
            desk::deliveries::failed(tx, ctx, &queued, &reason)
        } else {
            desk::deliveries::later(tx, ctx, &queued, &reason)
        }
    })
    .await
}

async fn send(desk: &Desk, transport: &Transport, ctx: &Ctx, queued: &Queued) -> Outcome {
    let captured = || Outcome::Sent { response: "captured".to_owned() };
    match queued.delivery.channel.as_str() {
        _ if desk.settings().demo => captured(),
        "email" => match desk.outgoing(&queued.delivery, &ctx.secrets.instance).await {
            Ok(mail) => transport.send(&mail).await,
            Err(error) => {
                tracing::error!(
                    delivery.id = queued.delivery.id.0,
                    error = &error as &dyn std::error::Error,
                    "a file of a mail cannot be read"
                );
                Outcome::Later { reason: "a file that goes along cannot be read".to_owned() }
            }
        },
        other => Outcome::Failed { reason: format!("no connection to {other} is configured") },
    }
}
