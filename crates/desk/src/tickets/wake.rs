//! What has come due.

use domain::{Actor, AuditId, Command, OrganizationId, ShiftId, TeamId, TicketId, UserId, decide};
use jiff::Timestamp;
use store::tickets::Stored;
use store::{Kind as Ids, Tx};

use super::append::append;
use super::update::through;
use super::{belong, situation};
use crate::{Ctx, Error};

/// What became of a wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// Something happened.
    Done,
    /// Somebody else was faster, or it had been put off.
    Nothing,
}

/// The earliest subjects that want to be looked at by `now`.
pub fn due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<store::wakeups::Wakeup>, Error> {
    Ok(store::wakeups::due(tx, now, limit)?)
}

/// Does what has come due on a ticket by the context's instant.
pub fn wake(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Woken, Error> {
    let stored = store::tickets::lock(tx, id)?;
    let next = stored.as_ref().and_then(|stored| stored.ticket.next_wakeup());
    match (stored, next) {
        (Some(stored), Some(at)) if at <= ctx.now => {
            catch_up(tx, ctx, stored)?;
            Ok(Woken::Done)
        }
        (_, next) => {
            // Whatever the row said, this is when the ticket wants to be looked at.
            store::wakeups::set(tx, "ticket", id.0, next, true)?;
            Ok(Woken::Nothing)
        }
    }
}

/// Does what has come due on a subject, whatever it is. What is promised happens as of the instant it was due, whatever
/// the delay; what concerns people at work happens in the present: nobody is told at night what was due in the day, and
/// whoever has been away and back keeps their work.
pub fn wake_one(tx: &mut Tx<'_>, ctx: &Ctx, wakeup: &store::wakeups::Wakeup) -> Result<(), Error> {
    let id = wakeup.subject_id;
    let due = ctx.at(wakeup.due_at);
    let present = ctx.at(ctx.now.max(wakeup.due_at));
    match wakeup.subject_kind.as_str() {
        crate::rota::SUBJECT => crate::rota::wake(tx, &due, TeamId(id)),
        crate::digests::SUBJECT => crate::digests::wake(tx, &due, TeamId(id)),
        crate::work::SUBJECT => crate::work::wake(tx, &due, id),
        crate::search::SUBJECT => crate::search::wake(tx, ctx, ctx.now),
        crate::reports::SUBJECT => crate::reports::wake(tx, ctx, ctx.now),
        crate::reports::MAIL => crate::reports::wake_mails(tx, &present, UserId(id)),
        crate::rules::SUBJECT => crate::rules::wake(tx, &due, TicketId(id)),
        crate::rules::WALK => crate::rules::walk(tx, &present, id),
        crate::notices::SUBJECT => crate::notices::wake(tx, &present, UserId(id)),
        crate::snoozes::SUBJECT => crate::snoozes::wake(tx, &present, UserId(id)),
        crate::availability::SUBJECT => crate::availability::wake(tx, &present, ShiftId(id)),
        belong::ORGANIZATION => belong::leave_organization(tx, &present, OrganizationId(id)),
        belong::TEAM => belong::leave_team(tx, &present, TeamId(id)),
        _ => wake(tx, &due, TicketId(id)).map(|_| ()),
    }
}

/// Wakes up to `most` subjects that are due by `until`, the earliest first, each as of its own instant. Gives the instant of
/// the last one; none when nothing was due.
///
/// # Errors
///
/// When one of them fails; then none of them happened, and they are to be woken one by one.
pub fn wake_some(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    until: Timestamp,
    most: usize,
) -> Result<Option<Timestamp>, Error> {
    let mut last = None;
    for _ in 0..most {
        // One after the other, for what one of them does may be due again before the next.
        let Some(wakeup) = store::wakeups::due(tx, until, 1)?.pop() else { break };
        last = Some(wakeup.due_at);
        // What reads old rows is in no hurry: whatever else is due goes first, and a step of it ends the transaction, so
        // that nobody waits long for the writer.
        match wakeup.subject_kind.as_str() {
            crate::search::SUBJECT => {
                crate::search::wake(tx, ctx, until)?;
                break;
            }
            crate::reports::SUBJECT => {
                crate::reports::wake(tx, ctx, until)?;
                break;
            }
            _ => wake_one(tx, ctx, &wakeup)?,
        }
    }
    Ok(last)
}

/// Fires every timer that is due by now, in order, each at its own instant.
pub(crate) fn catch_up(tx: &mut Tx<'_>, ctx: &Ctx, stored: Stored) -> Result<Stored, Error> {
    let ctx = through(&ctx.acting_as(Actor::System), domain::Channel::System);
    decide_on(tx, &ctx, stored, &Command::Wake)
}

fn decide_on(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: Stored,
    command: &Command,
) -> Result<Stored, Error> {
    let requester = store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    let mut facts = situation::of_ticket(tx, ctx, &stored, &requester)?;
    facts.unasked = crate::surveys::unasked(tx, ctx, &stored.ticket, &requester)?;
    let decided =
        decide(Some(&stored.ticket), command, &facts, &ctx.actor, &ctx.handbook, ctx.now)?;
    if decided.events.is_empty() {
        return Ok(stored);
    }
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    Ok(append(tx, ctx, audit, stored, decided, &requester)?.stored)
}

/// The next instant at which a subject wants to be looked at.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    Ok(store::wakeups::next(tx)?)
}

/// A wake-up that failed is tried again in ten minutes, so that it cannot hold up the others.
pub fn put_off(tx: &mut Tx<'_>, ctx: &Ctx, wakeup: &store::wakeups::Wakeup) -> Result<(), Error> {
    let at = ctx.now.checked_add(jiff::SignedDuration::from_mins(10)).unwrap_or(ctx.now);
    Ok(store::wakeups::set(tx, &wakeup.subject_kind, wakeup.subject_id, Some(at), true)?)
}
