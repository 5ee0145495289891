//! The gate: the only way out. What may not leave is refused here, and says why.
//!
//! A mail is tried for each of those it is for, in a conversation of its own, so that who is refused does not keep it
//! from the others. What became of it is written down at once: after a crash at most one of them gets it twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use channels::{Outcome, Transport};
use desk::deliveries::Said;
use desk::tickets::Queued;
use desk::{Ctx, Desk, Error};
use domain::{Actor, Channel, DeliveryId};

/// How many deliveries are taken at once.
const BATCH: i64 = 100;
/// How long of its lease a worker uses to begin something: what it has begun then ends in time.
const BEGIN_WITHIN: Duration = Duration::from_secs(150);

/// Sends everything that is due.
pub(crate) async fn run(desk: &Desk, transport: &Transport, node: &str) -> Result<(), Error> {
    let node: Arc<str> = node.into();
    loop {
        let ctx = desk.ctx(Actor::System, Channel::System);
        let waiting = desk.read(ctx.clone(), desk::deliveries::is_due).await?;
        if !waiting {
            return Ok(());
        }
        let who = node.clone();
        let claimed = desk
            .write(ctx.clone(), move |tx, ctx| desk::deliveries::claim(tx, ctx, &who, BATCH))
            .await?;
        if claimed.is_empty() {
            return Ok(());
        }
        if desk.settings().demo {
            capture(desk, ctx, claimed).await?;
        } else if !send_all(desk, &ctx, transport, claimed).await? {
            return Ok(());
        }
    }
}

/// Nothing leaves the machine: everything that could be sent counts as sent.
async fn capture(desk: &Desk, ctx: Ctx, claimed: Vec<Queued>) -> Result<(), Error> {
    let ids: Vec<DeliveryId> = claimed.iter().map(|queued| queued.delivery.id).collect();
    desk.write(ctx, move |tx, ctx| desk::deliveries::sent(tx, ctx, &ids)).await
}

/// Sends what was claimed, and gives back the rest when nobody answers or time runs out. Says whether to go on.
async fn send_all(
    desk: &Desk,
    ctx: &Ctx,
    transport: &Transport,
    claimed: Vec<Queued>,
) -> Result<bool, Error> {
    let since = Instant::now();
    let mut left = claimed.into_iter();
    let mut goes_on = true;
    for queued in left.by_ref() {
        goes_on =
            send(desk, ctx, transport, queued, since).await? && since.elapsed() < BEGIN_WITHIN;
        if !goes_on {
            break;
        }
    }
    let rest: Vec<DeliveryId> = left.map(|queued| queued.delivery.id).collect();
    if !rest.is_empty() {
        desk.write(ctx.clone(), move |tx, ctx| desk::deliveries::put_back(tx, ctx, &rest)).await?;
    }
    Ok(goes_on)
}

/// Sends one delivery. Says whether somebody answers at the other end.
async fn send(
    desk: &Desk,
    ctx: &Ctx,
    transport: &Transport,
    queued: Queued,
    since: Instant,
) -> Result<bool, Error> {
    if queued.delivery.channel != "email" {
        let why = format!("no connection to {} is configured", queued.delivery.channel);
        return fail(desk, ctx, queued, why).await.map(|()| true);
    }
    let instance = ctx.secrets.instance.clone();
    let mail = desk::deliveries::outgoing(&queued.delivery, &instance);
    if let Err(error) = mail.envelope() {
        return fail(desk, ctx, queued, error.to_string()).await.map(|()| true);
    }
    let asked = queued.clone();
    let waiting = desk
        .read(ctx.clone(), move |tx, _| desk::deliveries::waiting(tx, &asked, &instance))
        .await?;
    let last = waiting.len();
    for (place, address) in waiting.into_iter().enumerate() {
        let (said, answers) = heard(transport.send(&mail, &address).await);
        if !matches!(said, Said::Yes(_)) {
            // What the other side said may name an address: it stands on the ticket, not in the log.
            tracing::warn!(delivery.id = queued.delivery.id.0, "a mail did not leave");
        }
        let is_over = place + 1 == last || !answers || since.elapsed() > BEGIN_WITHIN;
        let queued = queued.clone();
        let ctx = desk.ctx(Actor::System, Channel::System);
        desk.write(ctx, move |tx, ctx| {
            desk::deliveries::heard(tx, ctx, &queued, &address, &said)?;
            if is_over { desk::deliveries::concluded(tx, ctx, &queued) } else { Ok(()) }
        })
        .await?;
        if is_over {
            return Ok(answers);
        }
    }
    // Everybody has it; the crash came before that was written down.
    let ctx = desk.ctx(Actor::System, Channel::System);
    desk.write(ctx, move |tx, ctx| desk::deliveries::concluded(tx, ctx, &queued)).await?;
    Ok(true)
}

/// What the other side said, and whether it said anything at all.
fn heard(outcome: Outcome) -> (Said, bool) {
    match outcome {
        Outcome::Sent { response } => (Said::Yes(response), true),
        Outcome::Later { reason } => (Said::Later(reason), true),
        Outcome::Unreachable { reason } => (Said::Later(reason), false),
        Outcome::Failed { reason } => (Said::No(reason), true),
    }
}

async fn fail(desk: &Desk, ctx: &Ctx, queued: Queued, why: String) -> Result<(), Error> {
    tracing::warn!(delivery.id = queued.delivery.id.0, "a delivery cannot leave");
    desk.write(ctx.clone(), move |tx, ctx| desk::deliveries::failed(tx, ctx, &queued, &why)).await
}
