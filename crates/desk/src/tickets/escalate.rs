//! Handing a ticket to another team with a note, and back (ESC rows); taking back what was promised. (PR-06)

use domain::{AuditId, Author, Command, CommentId, Event, NewComment, TeamId, TicketId, decide};
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::command::{note_on, run};
use super::{situation, update};
use crate::texts::Body;
use crate::{Act, Ctx, Error, require};

/// Hands a ticket to another team. The note is mandatory: why, what was tried, what is expected. The customer is told if
/// the agent says so, and never reads the note. (ESC-02)
pub fn escalate(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    team: TeamId,
    note: &Body,
    tell: bool,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if note.is_empty() {
        return Err(Error::blank("note", "Note"));
    }
    let author = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let (stored, ctx) = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let (comment, new) = note_on(tx, &ctx, id, audit, (author, Author::Agent), note, false)?;
    // Whom the note names is told with the decision, which undoes all of it if it refuses.
    store::comments::insert(tx, &comment)?;
    run(tx, &ctx, stored, audit, &Command::Escalate { team, note: new, tell })
}

/// What the customer would be told if a ticket were escalated to a team now; nothing if they would not be.
pub fn escalation_words(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    team: TeamId,
) -> Result<Option<String>, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let stored = super::show(tx, ctx, id)?;
    let author = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let requester = store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    let facts = situation::of_ticket(tx, ctx, &stored, &requester)?;
    let digest = String::new();
    let (id, by, public) = (CommentId(0), Author::Agent, false);
    let note = NewComment { id, author, by, public, digest };
    let command = Command::Escalate { team, note, tell: true };
    let decided =
        decide(Some(&stored.ticket), &command, &facts, &ctx.actor, &ctx.handbook, ctx.now);
    let told =
        decided.ok().into_iter().flat_map(|decided| decided.events).find_map(|(_, event)| {
            match event {
                Event::Told { promise, .. } => Some(promise.text),
                _ => None,
            }
        });
    Ok(told)
}

/// Hands a ticket back to the team it came from. (ESC-06)
pub fn deescalate(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    run(tx, &ctx, stored, audit, &Command::Deescalate)
}

/// Takes back what the customer was promised, and tells them why. (PR-06)
///
/// # Errors
///
/// When nothing is promised at present, or no reason is given.
pub fn withdraw_promise(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    reason: &str,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let reason = crate::texts::one_line(reason, 500);
    if reason.is_empty() {
        return Err(Error::blank("reason", "Reason"));
    }
    let (stored, ctx) = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    run(tx, &ctx, stored, audit, &Command::WithdrawPromise { reason })
}
