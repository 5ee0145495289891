//! An answer could not be delivered. (SLA-05, D-23)

use domain::{Actor, AuditId, Channel, Command, DeliveryId, Event};
use store::outbox::Delivery;
use store::{Kind as Ids, Tx};

use super::{command, update};
use crate::deliveries::Letter;
use crate::{Ctx, Error};

/// Takes the answer back that a delivery carried: the customer waits again, and the clock it had stopped counts on.
/// Does nothing for a delivery that was no answer, or whose ticket is gone.
pub(crate) fn bounced(tx: &mut Tx<'_>, ctx: &Ctx, delivery: &Delivery) -> Result<(), Error> {
    let (Some(id), "reply") = (delivery.ticket, delivery.kind.as_str()) else { return Ok(()) };
    let Some(seq) = delivery.key.split(':').nth(2).and_then(|seq| seq.parse::<i64>().ok()) else {
        return Ok(());
    };
    let Some(stored) = store::tickets::lock(tx, id)? else { return Ok(()) };
    if stored.ticket.deleted_at.is_some() {
        return Ok(());
    }
    let ctx = Ctx { via: Channel::Email, ..ctx.acting_as(Actor::Rule("bounce".to_owned())) };
    let (stored, ctx) = update::settled(tx, &ctx, stored)?;
    let events = store::events::of_ticket(tx, id)?;
    let answer = events.iter().find_map(|envelope| match &envelope.event {
        Event::Commented { comment, answer: true, .. } if envelope.seq == seq => Some(*comment),
        _ => None,
    });
    // Sent again it may have arrived, and been reported again.
    let already = events.iter().rev().find_map(|envelope| match &envelope.event {
        Event::AnswerBounced { comment } if Some(*comment) == answer => Some(true),
        Event::AnswerDelivered { comment } if Some(*comment) == answer => Some(false),
        _ => None,
    });
    let Some(comment) = answer.filter(|_| already != Some(true)) else { return Ok(()) };
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    command::run(tx, &ctx, stored, audit, &Command::Bounced { comment })?;
    Ok(())
}

/// An answer left. If it had not arrived before, it has now, and what waits for it does not wait any more.
pub(crate) fn arrived(tx: &mut Tx<'_>, ctx: &Ctx, delivery: &Delivery) -> Result<(), Error> {
    let (Some(id), "reply") = (delivery.ticket, delivery.kind.as_str()) else { return Ok(()) };
    let Some(seen) = store::tickets::load(tx, id)? else { return Ok(()) };
    let Some(bounced) = seen.ticket.bounced.filter(|_| seen.ticket.deleted_at.is_none()) else {
        return Ok(());
    };
    let is_it = store::events::of_ticket(tx, id)?.iter().any(|envelope| {
        matches!(&envelope.event, Event::Commented { comment, .. } if *comment == bounced.comment)
            && delivery.key.split(':').nth(2) == Some(&envelope.seq.to_string())
    });
    let Some(stored) = store::tickets::lock(tx, id)?.filter(|_| is_it) else { return Ok(()) };
    let ctx = Ctx { via: Channel::Email, ..ctx.acting_as(Actor::Rule("bounce".to_owned())) };
    let (stored, ctx) = update::settled(tx, &ctx, stored)?;
    if stored.ticket.bounced.is_some_and(|still| still.comment == bounced.comment) {
        let audit = AuditId(tx.next_id(Ids::Audit)?);
        command::run(tx, &ctx, stored, audit, &Command::Delivered { comment: bounced.comment })?;
    }
    Ok(())
}

/// The same, for a delivery that a report names by its Message-ID: `token.number@domain`. Where only copies of it failed,
/// the customer has it, and nothing follows.
pub(crate) fn reported(tx: &mut Tx<'_>, ctx: &Ctx, bounce: &mail::Bounce) -> Result<(), Error> {
    let Some(message_id) = &bounce.original else { return Ok(()) };
    let failed = &bounce.recipients;
    let Some((local, _)) = message_id.rsplit_once('@') else { return Ok(()) };
    let Some((token, number)) = local.rsplit_once('.') else { return Ok(()) };
    let Some(ticket) = ctx.secrets.reply_key().verify(token) else { return Ok(()) };
    let Ok(number) = number.parse() else { return Ok(()) };
    match store::outbox::load(tx, DeliveryId(number))? {
        Some(queued) if queued.delivery.ticket.is_some_and(|id| id.0 == ticket) => {
            mark(tx, ctx, &queued.delivery, failed, &said(bounce))?;
            tx.touch(format!("ticket:{ticket}"));
            if only_copies(&queued.delivery, failed) {
                return Ok(());
            }
            bounced(tx, ctx, &queued.delivery)
        }
        _ => Ok(()),
    }
}

/// What the other server said, in a line.
fn said(bounce: &mail::Bounce) -> String {
    let parts = bounce.status.iter().chain(&bounce.diagnostic).map(String::as_str);
    let said = crate::texts::one_line(&parts.collect::<Vec<_>>().join(" "), 300);
    if said.is_empty() { "a mail could not be delivered".to_owned() } else { said }
}

/// Remembers of the addresses that a delivery went to that mail does not arrive there. A report may name others, about
/// which it proves nothing; one that names nobody means the only one there was.
fn mark(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    delivery: &Delivery,
    failed: &[String],
    why: &str,
) -> Result<(), Error> {
    let copies = copies(delivery);
    let went_to = delivery.to.iter().chain(&copies);
    let is_meant = |address: &&String| match failed {
        [] => copies.is_empty(),
        failed => failed.iter().any(|one| one.eq_ignore_ascii_case(address)),
    };
    for address in went_to.filter(is_meant) {
        crate::users::mark_undeliverable(tx, ctx, address, why)?;
        crate::deliveries::refused(tx, ctx, delivery.id, address, why)?;
    }
    Ok(())
}

fn copies(delivery: &Delivery) -> Vec<String> {
    serde_json::from_str::<Letter>(&delivery.payload).map(|letter| letter.cc).unwrap_or_default()
}

/// Whether all addresses that failed are of people copied in. An unknown one may be where the customer's mail went on to.
fn only_copies(delivery: &Delivery, failed: &[String]) -> bool {
    let copies = copies(delivery);
    let copied = |one: &String| copies.iter().any(|copy| copy.eq_ignore_ascii_case(one));
    !failed.is_empty() && failed.iter().all(copied)
}
