//! Tickets in figures, told from their logs.

use std::collections::HashMap;

use domain::{Metrics, TicketId};
use store::Tx;
use store::tickets::Stored;

use crate::{Act, Ctx, Error, require};

/// The figures of these tickets, in open time of the team that has each now.
pub fn metrics<'s>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    tickets: impl Iterator<Item = &'s Stored>,
) -> Result<HashMap<TicketId, Metrics>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let teams: HashMap<TicketId, _> =
        tickets.map(|stored| (stored.ticket.id, stored.ticket.team)).collect();
    let ids: Vec<TicketId> = teams.keys().copied().collect();
    let names = store::teams::names(tx)?;
    let calendar = |id: TicketId| {
        let team = teams.get(&id);
        let known = names.iter().find(|(known, ..)| Some(known) == team);
        match known.and_then(|(_, slug, _)| slug.as_deref()) {
            Some(slug) => ctx.handbook.calendar(slug),
            None => ctx.handbook.company_calendar(),
        }
    };
    let events = store::events::of_tickets(tx, &ids)?;
    let logs = events.chunk_by(|one, next| one.ticket == next.ticket);
    let figures = logs.filter_map(|log| {
        let id = log.first()?.ticket;
        Some((id, Metrics::of(log, calendar(id))?))
    });
    Ok(figures.collect())
}
