//! Two people change one thing: what somebody else made of it since one looked. Only the same thing asks; whatever else
//! happened meanwhile does not matter.

use domain::{Envelope, Event, FieldId, TicketId};
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
    /// What it is about.
    Subject,
    /// Who needs help.
    Requester,
    /// The organization that counts.
    Organization,
    /// Who is copied in.
    Copies,
    /// The part of the product.
    Area,
    /// What sort of request.
    Kind,
    /// A custom field.
    Field(FieldId),
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
            Self::Subject => matches!(event, Event::SubjectChanged { .. }),
            Self::Requester => matches!(event, Event::RequesterChanged { .. }),
            Self::Organization => {
                matches!(event, Event::OrganizationChanged { .. } | Event::RequesterChanged { .. })
            }
            Self::Copies => matches!(event, Event::CcsChanged { .. }),
            Self::Area => matches!(event, Event::AreaChanged { .. }),
            Self::Kind => matches!(event, Event::KindChanged { .. }),
            Self::Field(id) => matches!(event, Event::FieldChanged { field, .. } if *field == id),
        }
    }
}

/// What somebody else last made of some things after an event: of each that they changed. The ticket stays locked until the
/// transaction ends, so that nothing comes between looking and writing.
pub fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    (things, seen): (&[Thing], i64),
) -> Result<Vec<(Thing, Envelope)>, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, _) = update::lock(tx, ctx, id)?;
    let behind = (stored.ticket.seq - seen).clamp(0, MOST);
    if behind == 0 {
        return Ok(Vec::new());
    }
    let me = ctx.actor.user();
    let tail = store::events::tail(tx, id, behind)?;
    let last = |thing: &Thing| {
        let mut newest = tail.iter().rev().filter(|envelope| envelope.seq > seen);
        let last = newest.find(|envelope| thing.is_in(&envelope.event))?;
        let is_other = last.person().is_none() || last.person() != me;
        is_other.then(|| (*thing, last.clone()))
    };
    Ok(things.iter().filter_map(last).collect())
}
