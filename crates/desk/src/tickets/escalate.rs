//! Handing a ticket to another team with a note, and back. (ESC rows)

use domain::{AuditId, Author, Command, TeamId, TicketId};
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::command::{note_on, run};
use super::update;
use crate::texts::Body;
use crate::{Act, Ctx, Error, require};

/// Hands a ticket to another team. The note is mandatory: why, what was tried, what is expected. (ESC-02)
pub fn escalate(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    team: TeamId,
    note: &Body,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if note.is_empty() {
        return Err(Error::blank("note", "Note"));
    }
    let author = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let stored = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let (comment, new) = note_on(tx, ctx, id, audit, (author, Author::Agent), note, false)?;
    // Whom the note names is told with the decision, which undoes all of it if it refuses.
    store::comments::insert(tx, &comment)?;
    run(tx, ctx, stored, audit, &Command::Escalate { team, note: new })
}

/// Hands a ticket back to the team it came from. (ESC-06)
pub fn deescalate(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let stored = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    run(tx, ctx, stored, audit, &Command::Deescalate)
}
