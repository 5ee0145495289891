//! A ticket that somebody does not want to see in their lists for a while. It is theirs alone: nobody else notices, and it
//! ends at its instant, or earlier when the customer writes.

use domain::notices::What;
use domain::{TicketId, UserId};
use jiff::{SignedDuration, Timestamp};
use store::Tx;

use crate::notices::{self, New};
use crate::{Act, Ctx, Error, require, tickets};

/// The kind of their wake-ups; the person's number is the subject.
pub(crate) const SUBJECT: &str = "snoozes";
/// How many end in one go.
const MOST: i64 = 100;
/// For how long one may look away.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Hides a ticket from the caller's own lists until an instant.
///
/// # Errors
///
/// [`Error::Invalid`] for an instant that is over or more than a year away, about the field `until`.
pub fn begin(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, until: Timestamp) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    tickets::show(tx, ctx, ticket)?;
    let latest = ctx.now.checked_add(LONGEST).unwrap_or(ctx.now);
    if until <= ctx.now || until > latest {
        let what = "Until: choose an instant that lies ahead, within a year";
        return Err(Error::invalid("until", "InvalidValue", what));
    }
    store::snoozes::put(tx, ticket, user, until)?;
    next(tx, user)?;
    changed(tx, ticket);
    Ok(())
}

/// Shows it to the caller again.
pub fn end(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    tickets::show(tx, ctx, ticket)?;
    if store::snoozes::delete(tx, ticket, user)? {
        next(tx, user)?;
        changed(tx, ticket);
    }
    Ok(())
}

fn changed(tx: &mut Tx<'_>, ticket: TicketId) {
    tx.touch(format!("ticket:{ticket}"));
    tx.touch("tickets");
}

fn next(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    let next = store::snoozes::next(tx, user)?;
    Ok(store::wakeups::set(tx, SUBJECT, user.0, next, true)?)
}

/// Ends what is over for somebody, and tells them.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<(), Error> {
    for (ticket, until) in store::snoozes::due(tx, user, ctx.now, MOST)? {
        if store::snoozes::delete(tx, ticket, user)? {
            tell(tx, ctx, ticket, user, until)?;
        }
    }
    next(tx, user)
}

/// The customer wrote: whoever had looked away sees the ticket again.
pub(crate) fn end_all(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId) -> Result<(), Error> {
    for user in store::snoozes::of_ticket(tx, ticket)? {
        if store::snoozes::delete(tx, ticket, user)? {
            tell(tx, ctx, ticket, user, ctx.now)?;
            next(tx, user)?;
        }
    }
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    user: UserId,
    at: Timestamp,
) -> Result<(), Error> {
    changed(tx, ticket);
    let key = format!("ticket:{ticket}:snooze:{}", at.as_microsecond());
    let new = New {
        to: user,
        what: What::SnoozeOver,
        ticket: Some(ticket),
        team: None,
        by: None,
        at,
        key,
    };
    notices::tell(tx, ctx, new)
}
