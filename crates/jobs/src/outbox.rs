//! The gate: the only way out. What may not leave is refused here, and says why.

use channels::Outcome;
use desk::tickets::Queued;
use desk::{Ctx, Desk, Error};
use domain::{Actor, Channel, DeliveryId};

use crate::Ways;

/// How many deliveries are taken at once.
const BATCH: i64 = 100;

/// Sends everything that is due.
pub(crate) async fn run(desk: &Desk, ways: &Ways) -> Result<(), Error> {
    // What did not take one event takes none now; whoever waits behind them should not wait for each.
    let mut down: Option<String> = None;
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
            let is_event = queued.delivery.channel == "posthog";
            let outcome = match down.clone().filter(|_| is_event) {
                Some(reason) => Outcome::Later { reason },
                None => send(desk, ways, &ctx, &queued).await,
            };
            if let Outcome::Later { reason } = &outcome
                && is_event
            {
                down = Some(reason.clone());
            }
            match outcome {
                Outcome::Sent { .. } => sent.push(queued.delivery.id),
                other => record(desk, &ctx, queued, other).await?,
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

async fn record(desk: &Desk, ctx: &Ctx, queued: Queued, outcome: Outcome) -> Result<(), Error> {
    let id = queued.delivery.id;
    // What the other side said may name an address: it stands on the ticket, not in the log.
    match &outcome {
        Outcome::Later { .. } => tracing::warn!(delivery.id = id.0, "a delivery waits"),
        Outcome::Failed { .. } | Outcome::NobodyThere { .. } => {
            tracing::warn!(delivery.id = id.0, "a delivery failed for good");
        }
        Outcome::Sent { .. } | Outcome::Unwanted { .. } => {}
    }
    desk.write(ctx.clone(), move |tx, ctx| match &outcome {
        Outcome::Sent { .. } => desk::deliveries::sent(tx, ctx, &[id]),
        Outcome::Later { reason } => desk::deliveries::later(tx, ctx, &queued, reason),
        Outcome::Unwanted { reason } => desk::deliveries::unwanted(tx, ctx, &queued, reason),
        Outcome::Failed { reason } => desk::deliveries::failed(tx, ctx, &queued, reason),
        Outcome::NobodyThere { reason } => desk::deliveries::nobody_there(tx, ctx, &queued, reason),
    })
    .await
}

async fn send(desk: &Desk, ways: &Ways, ctx: &Ctx, queued: &Queued) -> Outcome {
    let captured = || Outcome::Sent { response: "captured".to_owned() };
    match queued.delivery.channel.as_str() {
        _ if desk.settings().demo => captured(),
        "email" => {
            let mail = desk::deliveries::outgoing(&queued.delivery, &ctx.secrets.instance);
            ways.mail.send(&mail).await
        }
        "posthog" => {
            let to = &ctx.handbook.csat.posthog;
            match ways.posthog.as_ref().filter(|_| !to.host.is_empty()) {
                Some(posthog) => {
                    posthog.send(&to.host, &to.key_env, &queued.delivery.payload).await
                }
                None => Outcome::Unwanted { reason: "not configured".to_owned() },
            }
        }
        other => Outcome::Failed { reason: format!("no connection to {other} is configured") },
    }
}
