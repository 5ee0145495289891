//! What became of a mail at each of those it was for. Who was refused does not keep it from the others, and who has it
//! does not get it twice. (CH-03, SLA-05)

use domain::TicketId;
use store::Tx;
use store::outbox::Queued;
pub use store::recipients::Recipient;

use super::{ATTEMPTS, again_at, outgoing};
use crate::{Act, Ctx, Error, require};

/// What the other side said about one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It took the mail.
    Yes(String),
    /// Not now.
    Later(String),
    /// Never.
    No(String),
    /// Never, and no other mail either: nobody is there.
    Nobody(String),
}

/// The state of a recipient who has it.
const SENT: &str = "sent";
/// The state of one for whom it is tried again.
const LATER: &str = "later";
/// The state of one who was refused.
const FAILED: &str = "failed";

/// The addresses of a delivery at which nothing is decided yet.
pub fn waiting(tx: &mut Tx<'_>, queued: &Queued, instance: &str) -> Result<Vec<String>, Error> {
    let mut all = addresses(queued, instance);
    let known = store::recipients::of_delivery(tx, queued.delivery.id)?;
    all.retain(|address| !known.iter().any(|one| one.address == *address && one.state != LATER));
    Ok(all)
}

/// Records what was said about one recipient. After the last attempt "later" is a refusal.
pub fn heard(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    queued: &Queued,
    address: &str,
    said: &Said,
) -> Result<(), Error> {
    let is_last = queued.attempts + 1 >= ATTEMPTS;
    let (state, text) = match said {
        Said::Yes(text) => (SENT, text),
        Said::Later(text) if is_last => (FAILED, text),
        Said::Later(text) => (LATER, text),
        Said::No(text) | Said::Nobody(text) => (FAILED, text),
    };
    if let Said::Nobody(why) = said {
        crate::users::mark_undeliverable(tx, ctx, address, why)?;
    }
    let one = Recipient {
        delivery: queued.delivery.id,
        address: address.to_owned(),
        state: state.to_owned(),
        said: text.clone(),
        at: ctx.now,
    };
    Ok(store::recipients::record(tx, &one)?)
}

/// Ends an attempt. The delivery is sent once nobody is left to try and somebody it is addressed to has it; it is
/// failed when none of them can have it, and then the answer it carried is taken back.
pub fn concluded(tx: &mut Tx<'_>, ctx: &Ctx, queued: &Queued) -> Result<(), Error> {
    let id = queued.delivery.id;
    let known = store::recipients::of_delivery(tx, id)?;
    let all = addresses(queued, &ctx.secrets.instance);
    let state = |address: &String| {
        known.iter().find(|one| one.address == *address).map_or(LATER, |one| &one.state)
    };
    let is_lost = |addresses: &[String]| addresses.iter().all(|one| state(one) == FAILED);
    let addressed = &all[..queued.delivery.to.len().min(all.len())];
    let said = known.iter().find(|one| one.state != SENT).map(|one| one.said.as_str());
    let waits = all.iter().any(|address| state(address) == LATER);
    let (outcome, due_at) = match (waits, is_lost(addressed)) {
        (true, _) => ("pending", again_at(ctx.now, queued.attempts)),
        (false, true) => (FAILED, ctx.now),
        (false, false) => (SENT, ctx.now),
    };
    store::outbox::finish(tx, id, outcome, said, due_at, ctx.now)?;
    if is_lost(addressed) {
        crate::tickets::bounced(tx, ctx, &queued.delivery)?;
    }
    if let Some(ticket) = queued.delivery.ticket
        && said.is_some()
    {
        tx.touch(format!("ticket:{ticket}"));
    }
    Ok(())
}

/// To first, then Cc, each once, as on the envelope.
fn addresses(queued: &Queued, instance: &str) -> Vec<String> {
    outgoing(&queued.delivery, instance).envelope().map(|envelope| envelope.to).unwrap_or_default()
}

/// What left or tries to leave for a ticket, and what became of it at each of those it was for.
pub fn of_ticket(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
) -> Result<(Vec<Queued>, Vec<Recipient>), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    crate::tickets::show(tx, ctx, id)?;
    Ok((store::outbox::of_ticket(tx, id)?, store::recipients::of_ticket(tx, id)?))
}

/// A page of everything that leaves or left, by number; of one channel or in one state if they are named.
pub fn all(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (channel, state): (Option<&str>, Option<&str>),
    page: &store::page::Page,
) -> Result<Vec<Queued>, Error> {
    require(&ctx.actor, Act::Configure)?;
    Ok(store::outbox::page(tx, (channel, state), page)?)
}

/// Tries a delivery again, whatever it is about, for those who did not get it.
///
/// # Errors
///
/// [`Error::NotFound`] when there is none, [`Error::Conflict`] when it is on its way or was sent.
pub fn try_any_again(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    delivery: domain::DeliveryId,
) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    let queued = store::outbox::load(tx, delivery)?.ok_or(Error::NotFound)?;
    if let Some(ticket) = queued.delivery.ticket {
        return try_again(tx, ctx, ticket, delivery);
    }
    let is_open = matches!(queued.state.as_str(), FAILED | "held" | "suppressed");
    if is_open && store::outbox::renew(tx, delivery, ctx.now)? {
        return Ok(());
    }
    Err(Error::Conflict("It is on its way, or it was sent.".to_owned()))
}

/// Tries a delivery again for those who did not get it.
///
/// # Errors
///
/// [`Error::NotFound`] when it is none of the ticket's, [`Error::Conflict`] when there is nobody to try it for.
pub fn try_again(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    delivery: domain::DeliveryId,
) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    crate::tickets::show(tx, ctx, ticket)?;
    let queued = store::outbox::load(tx, delivery)?
        .filter(|queued| queued.delivery.ticket == Some(ticket))
        .ok_or(Error::NotFound)?;
    let refused = store::recipients::forget_refusals(tx, delivery)?;
    let is_open = match queued.state.as_str() {
        FAILED | "held" | "suppressed" => true,
        SENT => refused > 0,
        _ => false,
    };
    if !is_open || !store::outbox::renew(tx, delivery, ctx.now)? {
        return Err(Error::Conflict(
            "It is on its way, or everybody it was for has it.".to_owned(),
        ));
    }
    tx.touch(format!("ticket:{ticket}"));
    Ok(())
}
