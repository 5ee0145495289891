//! Placing tickets anew when another handbook says what comes first. (ROT-06)
//!
//! The place of a ticket is stored when it changes. Another handbook changes none of them, so they are gone through in
//! the background, by their numbers and in steps of some milliseconds. How far it got is the wake-up itself, so a crash
//! loses nothing. It is gone through once more a minute later: a node that had not heard of the handbook yet may have
//! stored a place by the old one behind the first walk.

use std::collections::HashMap;
use std::sync::Arc;

use domain::work::WorkClass;
use domain::{TicketId, UserId};
use handbook::Handbook;
use jiff::SignedDuration;
use store::Tx;
use store::tickets::Stored;

use super::SUBJECT;
use crate::{Ctx, Error};

/// How many numbers are gone through at once; most are of tickets that are done.
const STEP: i64 = 1_000;
/// The subject of the second walk before it begins.
const AGAIN: i64 = -1;
/// By then every node follows the handbook.
const LATER: SignedDuration = SignedDuration::from_mins(1);

/// Every ticket that wants work is to be placed anew, by the handbook that is in force from now on.
pub(crate) fn begin(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
    store::work::forget_placing(tx)?;
    store::wakeups::set(tx, SUBJECT, 0, Some(ctx.now), true)?;
    let later = ctx.now.checked_add(LATER).unwrap_or(ctx.now);
    Ok(store::wakeups::set(tx, SUBJECT, AGAIN, Some(later), true)?)
}

/// Places the tickets of one step after `last`, and says where the next one begins.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, last: i64) -> Result<(), Error> {
    if !store::wakeups::take(tx, SUBJECT, last)? {
        return Ok(());
    }
    let handbook = in_force(tx, ctx)?;
    let after = last.max(0);
    let until = after.saturating_add(STEP);
    let waiting = store::work::waiting(tx, TicketId(after), TicketId(until))?;
    let addresses = addresses(tx, &handbook, &waiting)?;
    let mut moved = false;
    for stored in waiting {
        let email = addresses.get(&stored.ticket.requester).map_or("", String::as_str);
        let work = WorkClass::of(&stored.ticket, &stored.subject, email, &handbook);
        moved |= store::work::place(tx, &Stored { work, ..stored })?;
    }
    if moved {
        tx.touch("tickets");
    }
    if store::work::last_ticket(tx)?.0 > until {
        store::wakeups::set(tx, SUBJECT, until, Some(ctx.now), true)?;
    }
    Ok(())
}

/// The handbook that is in force, also where this node has not heard of it yet.
fn in_force(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Arc<Handbook>, Error> {
    if store::handbooks::active_version(tx)?.as_deref() == Some(ctx.handbook.version.as_str()) {
        return Ok(ctx.handbook.clone());
    }
    match crate::handbooks::active(tx) {
        Ok(Some(active)) => Ok(Arc::new(active)),
        // One that this release cannot read is not in force here.
        Ok(None) | Err(crate::handbooks::LoadError::Wrong(_)) => Ok(ctx.handbook.clone()),
        Err(crate::handbooks::LoadError::Desk(error)) => Err(error),
    }
}

/// The requesters' addresses, where a rule may look at them.
fn addresses(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    waiting: &[Stored],
) -> Result<HashMap<UserId, String>, Error> {
    let mut ids: Vec<UserId> = Vec::new();
    if handbook.work.top_account.is_some() {
        let escalated = waiting.iter().filter(|stored| stored.ticket.escalation.is_some());
        ids.extend(escalated.map(|stored| stored.ticket.requester));
        ids.sort_unstable();
        ids.dedup();
    }
    let people = store::users::many(tx, &ids)?;
    Ok(people.into_iter().map(|user| (user.id, user.email.unwrap_or_default())).collect())
}
