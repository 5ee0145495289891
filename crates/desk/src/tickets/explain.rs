//! Why a ticket is as important as it is, why that team has it, and how each deadline came about. (NF-05)

use domain::{Clock, Envelope, Event, Level, Provenance, Ticket, TicketId};
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
    /// The handbook that set the last clock's deadline; a running clock keeps it. (SLA-15)
    pub clock_policy: Option<String>,
}

/// Gathers the stored reasons of a ticket.
pub fn explain(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Explained, Error> {
    let stored = super::show(tx, ctx, id)?;
    let events = store::events::of_ticket(tx, id)?;
    Ok(Explained::of(&stored.ticket, &events, &ctx.handbook.version))
}

impl Explained {
    /// The reasons that stand in a ticket's log, or in the end of it; the version is said where nothing was decided.
    pub fn of(ticket: &Ticket, events: &[Envelope], version: &str) -> Self {
        let mut explained = Self {
            policy: version.to_owned(),
            level: ticket.priority,
            because: Vec::new(),
            rules: Vec::new(),
            provenance: None,
            route: None,
            clocks: Vec::new(),
            clock_policy: None,
        };
        let started = events
            .iter()
            .filter(|envelope| matches!(envelope.event, Event::ClockStarted { .. }))
            .count();
        let mut clocks = ticket.clocks.iter().skip(ticket.clocks.len().saturating_sub(started));
        for envelope in events {
            if matches!(
                envelope.event,
                Event::ClockStarted { .. } | Event::ClockMoved { .. } | Event::Reapplied
            ) {
                explained.clock_policy = Some(envelope.policy.clone());
            }
            match &envelope.event {
                Event::PriorityDecided { decision, provenance, .. } => {
                    explained.policy.clone_from(&envelope.policy);
                    explained.because.clone_from(&decision.because);
                    explained.rules.clone_from(&decision.rules);
                    explained.provenance = Some(provenance.clone());
                }
                Event::PriorityOverridden { level, reason, until } => {
                    let end = until.map(|at| format!(", until {at}")).unwrap_or_default();
                    explained.because = vec![format!("{} by hand{end}: {reason}", level.as_str())];
                }
                Event::Routed { route, .. } => explained.route = Some(route.clone()),
                Event::ClockStarted { clock } => {
                    explained
                        .clocks
                        .extend(clocks.next().map(|state| (state.clone(), clock.walk.clone())));
                }
                Event::ClockMoved { walk, .. } => {
                    if let Some(last) = explained.clocks.last_mut() {
                        last.1 = walk.clone();
                    }
                }
                _ => {}
            }
        }
        explained
    }
}
