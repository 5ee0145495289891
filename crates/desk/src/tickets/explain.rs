//! Why a ticket is as important as it is, why that team has it, and how each deadline came about. (NF-05)

use domain::{Clock, Event, Level, Provenance, TicketId};
use handbook::{Route, Tried, Walk};
use store::Tx;

use crate::{Ctx, Error};

/// The reasons for the level in force, the team and every clock.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The handbook that decided the level.
    pub policy: String,
    /// The level in force.
    pub level: Level,
    /// Its reasons.
    pub because: Vec<String>,
    /// All rules tried, in order; none after an override.
    pub rules: Vec<Tried>,
    /// Where the facts came from.
    pub provenance: Option<Provenance>,
    /// The route that was decided.
    pub route: Option<Route>,
    /// Every clock with the walk over the calendar that led to its deadline.
    pub clocks: Vec<(Clock, Walk)>,
}

/// Gathers the stored reasons of a ticket.
pub fn explain(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Explained, Error> {
    let stored = super::show(tx, ctx, id)?;
    let events = store::events::of_ticket(tx, id)?;
    let mut explained = Explained {
        policy: ctx.handbook.version.clone(),
        level: stored.ticket.priority,
        because: Vec::new(),
        rules: Vec::new(),
        provenance: None,
        route: None,
        clocks: Vec::new(),
    };
    let mut clocks = stored.ticket.clocks.into_iter();
    for envelope in events {
        match envelope.event {
            Event::PriorityDecided { decision, provenance } => {
                explained.policy = envelope.policy;
                explained.because = decision.because;
                explained.rules = decision.rules;
                explained.provenance = Some(provenance);
            }
            Event::PriorityOverridden { level, reason } => {
                explained.because = vec![format!("{} by hand: {reason}", level.as_str())];
            }
            Event::Routed { route, .. } => explained.route = Some(route),
            Event::ClockStarted { clock } => explained.clocks.extend(clocks.next().map(|state| (state, clock.walk))),
            Event::ClockMoved { walk, .. } => {
                if let Some(last) = explained.clocks.last_mut() {
                    last.1 = walk;
                }
            }
            _ => {}
        }
    }
    Ok(explained)
}
