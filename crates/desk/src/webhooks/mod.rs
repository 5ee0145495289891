//! Webhooks: other programs that are told what happens, by signed requests from the outbox. (zendesk-api 34)
//!
//! What proves us to them is sealed at rest, written into a request only when it leaves, and never told again. A note
//! never leaves: bodies are made of what is public.

mod change;
mod events;
mod sending;

use domain::WebhookId;
use domain::webhooks::Webhook;
use store::Tx;

use crate::{Act, Ctx, Error, require};

pub use change::{Authentication, Input, create, delete, renew_secret, secret, update};
pub use sending::{
    Answered, Invocation, Request, attempts, heard, invocations, queue_test, request, tested,
};
pub use store::webhooks::Attempt;

pub(crate) use events::{subscribed, tell, untell};
pub(crate) use sending::queue;

/// What open pages are told when webhooks changed.
const TOPIC: &str = "webhooks";

/// What a webhook subscribes to that only triggers call.
pub const BY_TRIGGERS: &str = "conditional_ticket_events";

/// All webhooks.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Webhook>, Error> {
    require(&ctx.actor, Act::Configure)?;
    Ok(store::webhooks::all(tx)?)
}

/// The webhook with this number.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: WebhookId) -> Result<Webhook, Error> {
    require(&ctx.actor, Act::Configure)?;
    store::webhooks::load(tx, id)?.ok_or(Error::NotFound)
}
