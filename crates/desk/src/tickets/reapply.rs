//! The handbook changed while a clock ran. (SLA-15)

use domain::{AuditId, Command, TicketId};
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::{command, update};
use crate::{Act, Ctx, Error, require};

/// Lets the present handbook's targets apply to a ticket's running clock; an admin's explicit act, and an event of the
/// ticket. What was promised is not taken back: a deadline comes nearer or stays. (SLA-15)
///
/// # Errors
///
/// When the ticket is done: there is nothing to apply a target to.
pub fn reapply(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
    require(&ctx.actor, Act::Configure)?;
    let (stored, ctx) = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    command::run(tx, &ctx, stored, audit, &Command::Reapply)
}
