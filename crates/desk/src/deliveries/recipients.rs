//! What became of a mail at each of those it was for. Who was refused does not keep it from the others, and who has it
//! does not get it twice. (CH-03, SLA-05)

use domain::{DeliveryId, TicketId};
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
    } else if outcome == SENT {
        crate::tickets::arrived(tx, ctx, &queued.delivery)?;
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

/// Records that a mail that had left did not arrive at an address after all.
pub(crate) fn refused(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    delivery: DeliveryId,
    address: &str,
    why: &str,
) -> Result<(), Error> {
    let (address, state) = (address.to_owned(), FAILED.to_owned());
    let one = Recipient { delivery, address, state, said: why.to_owned(), at: ctx.now };
    Ok(store::recipients::record(tx, &one)?)
}

/// A mail that did not arrive goes to another address of the person it was for, which is their first from then on.
///
/// # Errors
///
/// [`Error::Invalid`] when it is no address, or somebody else's. Else as [`try_again`].
pub fn send_elsewhere(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    delivery: DeliveryId,
    address: &str,
) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    crate::tickets::show(tx, ctx, ticket)?;
    let queued = of_this(tx, ticket, delivery)?;
    let [before] = queued.delivery.to.as_slice() else { return Err(nobody_left()) };
    let known = store::recipients::of_delivery(tx, delivery)?;
    let state = known.iter().find(|one| one.address.eq_ignore_ascii_case(before));
    let is_lost = queued.state == FAILED || state.is_some_and(|one| one.state == FAILED);
    if queued.delivery.channel != "email" || !is_lost {
        return Err(nobody_left());
    }
    let person = match queued.delivery.user {
        Some(user) => store::users::load(tx, user)?,
        None => store::users::by_email(tx, before)?,
    };
    let person = person.ok_or_else(nobody_left)?;
    let address = crate::users::first_address(tx, ctx, &person, address)?;
    store::outbox::readdress(tx, delivery, &address)?;
    again(tx, ctx, ticket, &queued)
}

fn of_this(tx: &mut Tx<'_>, ticket: TicketId, delivery: DeliveryId) -> Result<Queued, Error> {
    store::outbox::load(tx, delivery)?
        .filter(|queued| queued.delivery.ticket == Some(ticket))
        .ok_or(Error::NotFound)
}

fn nobody_left() -> Error {
    Error::Conflict("It is on its way, or everybody it was for has it.".to_owned())
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
    delivery: DeliveryId,
) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    crate::tickets::show(tx, ctx, ticket)?;
    let queued = of_this(tx, ticket, delivery)?;
    again(tx, ctx, ticket, &queued)
}

fn again(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, queued: &Queued) -> Result<(), Error> {
    let delivery = queued.delivery.id;
    let refused = store::recipients::forget_refusals(tx, delivery)?;
    let is_open = match queued.state.as_str() {
        FAILED | "held" | "suppressed" => true,
        SENT => refused > 0,
        _ => false,
    };
    if !is_open || !store::outbox::renew(tx, delivery, ctx.now)? {
        return Err(nobody_left());
    }
    tx.touch(format!("ticket:{ticket}"));
    Ok(())
}
