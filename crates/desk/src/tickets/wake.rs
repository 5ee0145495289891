//! What has come due.

use domain::{Actor, AuditId, Command, OrganizationId, Status, TeamId, TicketId, decide};
use jiff::Timestamp;
use store::tickets::Stored;
use store::{Kind as Ids, Tx};

use super::append::append;
use super::situation;
use super::update::through;
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

/// Does what has come due on a subject, whatever it is.
pub fn wake_one(tx: &mut Tx<'_>, ctx: &Ctx, wakeup: &store::wakeups::Wakeup) -> Result<(), Error> {
    match wakeup.subject_kind.as_str() {
        crate::rota::SUBJECT => crate::rota::wake(tx, ctx, TeamId(wakeup.subject_id)),
        crate::search::SUBJECT => crate::search::wake(tx, ctx, ctx.now),
        _ => wake(tx, ctx, TicketId(wakeup.subject_id)).map(|_| ()),
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
        if wakeup.subject_kind == crate::search::SUBJECT {
            // It is in no hurry: whatever else is due goes first.
            crate::search::wake(tx, ctx, until)?;
        } else {
            wake_one(tx, &ctx.at(wakeup.due_at), &wakeup)?;
        }
        last = Some(wakeup.due_at);
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
    let belonging = situation::belonging(
        tx,
        ctx,
        &requester,
        stored.ticket.organization,
        &handbook::TicketFacts::default(),
    )?;
    let facts = situation::facts(tx, ctx, &requester, &belonging, &stored.subject)?;
    let decided =
        decide(Some(&stored.ticket), command, &facts, &ctx.actor, &ctx.handbook, ctx.now)?;
    if decided.events.is_empty() {
        return Ok(stored);
    }
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    Ok(append(tx, ctx, audit, stored, decided, &requester)?.stored)
}

/// The facts about an organization changed: its open tickets are decided anew. (PR-07)
pub fn reconsider_organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: OrganizationId,
) -> Result<(), Error> {
    let ctx = ctx.acting_as(Actor::Rule("plan change".to_owned()));
    for ticket in store::tickets::unsolved_of_organization(tx, id)? {
        let Some(stored) = store::tickets::lock(tx, ticket)? else { continue };
        let stored = catch_up_first(tx, &ctx, stored)?;
        if stored.ticket.deleted_at.is_none()
            && !matches!(stored.ticket.status, Status::Solved | Status::Closed)
        {
            decide_on(tx, &ctx, stored, &Command::Reconsider)?;
        }
    }
    Ok(())
}

fn catch_up_first(tx: &mut Tx<'_>, ctx: &Ctx, stored: Stored) -> Result<Stored, Error> {
    if stored.ticket.next_wakeup().is_some_and(|at| at <= ctx.now) {
        catch_up(tx, ctx, stored)
    } else {
        Ok(stored)
    }
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
