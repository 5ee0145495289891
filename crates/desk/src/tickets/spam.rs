//! What is no request. (SLA-12)

use domain::{AuditId, Command, TicketId};
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::{command, update};
use crate::{Act, Ctx, Error, require};

/// Sets a ticket aside as spam: no clock, no survey, and nobody is told. (SLA-12)
///
/// # Errors
///
/// When the ticket is closed.
pub fn mark_spam(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
    run(tx, ctx, id, &Command::MarkSpam)
}

/// It was a request after all: its clock counts from the arrival of the message. (SLA-12)
///
/// # Errors
///
/// When the ticket is closed.
pub fn unmark_spam(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
    run(tx, ctx, id, &Command::UnmarkSpam)
}

fn run(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, command: &Command) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    command::run(tx, &ctx, stored, audit, command)
}
