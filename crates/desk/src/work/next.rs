//! The next ticket: the top of somebody's queues, kept for them for a while. (ROT-11)

use domain::work::Place;
use domain::{Envelope, Event, Status, Ticket, TicketId, UserId};
use jiff::SignedDuration;
use store::Tx;
use store::leases::Lease;
use store::work::Seeker;

use crate::{Act, Ctx, Error, require, tickets};

/// How often somebody else may be faster before we say so.
const TRIES: usize = 100;

/// Takes the ticket at the top of the caller's queues for them; none when nothing is left that they may be given. What
/// they have taken and not finished is what they get again: to pass over a ticket needs a reason.
///
/// # Errors
///
/// [`Error::Conflict`] when others were faster time and again.
pub fn next(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Option<Lease>, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    if let Some(lease) = store::leases::of_user(tx, user, ctx.now)?.into_iter().next() {
        return Ok(Some(lease));
    }
    let seeker = seeker(tx, ctx, user)?;
    for _ in 0..TRIES {
        let found = store::work::candidates(tx, &seeker, ctx.now)?;
        let first = found.iter().min_by_key(|stored| Place::of(&stored.ticket, stored.work));
        let Some(id) = first.map(|stored| stored.ticket.id) else { return Ok(None) };
        // Locked, and with what was due done: it may be another's or done by now.
        let (stored, _) = match tickets::fresh(tx, ctx, id) {
            Ok(stored) => stored,
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
        if !fits(&seeker, &stored.ticket) {
            continue;
        }
        let span = SignedDuration::from_secs(ctx.handbook.work.lease);
        let until = ctx.now.checked_add(span).unwrap_or(ctx.now);
        let lease = Lease { ticket: id, user, taken_at: ctx.now, until };
        if store::leases::take(tx, &lease)? {
            touch(tx, id);
            return Ok(Some(lease));
        }
    }
    Err(Error::Conflict("others took the next tickets first; try again".to_owned()))
}

fn seeker(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<Seeker, Error> {
    let teams = store::teams::of_user(tx, user)?;
    let areas = super::limit(tx, ctx, user)?.map(|limit| limit.only);
    Ok(Seeker { user, teams: teams.iter().map(|membership| membership.of).collect(), areas })
}

/// Whether a ticket may be given to somebody: one that was given to them by hand is theirs whatever it is about.
fn fits(seeker: &Seeker, ticket: &Ticket) -> bool {
    let known = |areas: &Vec<String>| {
        ticket.area.as_ref().is_some_and(|area| areas.iter().any(|slug| slug == area))
    };
    let is_for_them = match ticket.assignee {
        Some(assignee) => assignee == seeker.user,
        None => seeker.areas.as_ref().is_none_or(known),
    };
    ticket.wants_work()
        && !ticket.is_answered()
        && seeker.teams.contains(&ticket.team)
        && is_for_them
}

/// The leases that last now on some tickets.
pub fn leases(tx: &mut Tx<'_>, ctx: &Ctx, tickets: &[TicketId]) -> Result<Vec<Lease>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::leases::on(tx, tickets, ctx.now)?)
}

/// A lease is over once its ticket was answered, given to somebody, moved, or waits for us no longer.
pub(crate) fn end_lease(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    events: &[Envelope],
) -> Result<(), Error> {
    let ends = |envelope: &Envelope| match &envelope.event {
        Event::Commented { answer, .. } => *answer,
        Event::StatusChanged { to, .. } => !matches!(to, Status::New | Status::Open),
        Event::Assigned { .. }
        | Event::Routed { .. }
        | Event::TeamChanged { .. }
        | Event::Escalated { .. }
        | Event::Deescalated { .. }
        | Event::Deleted => true,
        _ => false,
    };
    if events.iter().any(ends) {
        store::leases::end(tx, ticket)?;
    }
    Ok(())
}

/// Lists and the ticket's page show who has it.
pub(super) fn touch(tx: &mut Tx<'_>, ticket: TicketId) {
    tx.touch(format!("ticket:{ticket}"));
    tx.touch("tickets");
}
