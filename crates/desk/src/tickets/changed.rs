//! Two people change one thing: what somebody else made of it since one looked. Only the same thing asks; whatever else
//! happened meanwhile does not matter.

use domain::{Envelope, Event, TicketId};
use store::Tx;

use super::update;
use crate::{Act, Ctx, Error, require};

/// How many events back are looked at.
const MOST: i64 = 200;

/// What of a ticket a form changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// Where it stands.
    Status,
    /// Who has it.
    Owner,
    /// How much it presses.
    Priority,
    /// How bad it is.
    Severity,
    /// Its tags.
    Tags,
}

impl Thing {
    fn is_in(self, event: &Event) -> bool {
        match self {
            Self::Status => matches!(event, Event::StatusChanged { .. }),
            Self::Owner => matches!(
                event,
                Event::Assigned { .. }
                    | Event::TeamChanged { .. }
                    | Event::Routed { .. }
                    | Event::Escalated { .. }
                    | Event::Deescalated { .. }
            ),
            Self::Priority => {
                matches!(event, Event::PriorityOverridden { .. } | Event::PriorityDecided { .. })
            }
            Self::Severity => matches!(event, Event::SeverityChanged { .. }),
            Self::Tags => matches!(event, Event::Tagged { .. }),
        }
    }
}

/// What somebody else last made of a thing after an event, if they did. The ticket stays locked until the transaction ends,
/// so that nothing comes between looking and writing.
pub fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    (thing, seen): (Thing, i64),
) -> Result<Option<Envelope>, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, _) = update::lock(tx, ctx, id)?;
    let behind = (stored.ticket.seq - seen).clamp(0, MOST);
    if behind == 0 {
        return Ok(None);
    }
    let me = ctx.actor.user();
    let last = store::events::tail(tx, id, behind)?
        .into_iter()
        .rev()
        .find(|envelope| envelope.seq > seen && thing.is_in(&envelope.event));
    Ok(last.filter(|envelope| envelope.person().is_none() || envelope.person() != me))
}
