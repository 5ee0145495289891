//! How far a change reaches that is taken back: its own events, and what triggers did because of it.

use crate::actions::Used;
use crate::{AuditId, Envelope, Event, Ticket, TicketId};

/// A change set that nothing has happened since, but for triggers that acted because of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach<'l> {
    /// The ticket as it was before; none if it was not there yet.
    pub before: Option<Ticket>,
    /// Its events.
    pub own: &'l [Envelope],
    /// What the triggers did; they act in the transaction of the change, so that nothing can come between.
    pub rules: &'l [Envelope],
}

/// How far a change set of a ticket's log reaches; none if anything else has happened since, or a trigger did what is not
/// taken back.
pub fn reach(id: TicketId, log: &[Envelope], audit: AuditId) -> Option<Reach<'_>> {
    let first = log.iter().position(|envelope| envelope.audit == audit)?;
    let (earlier, since) = log.split_at(first);
    let end = since.iter().take_while(|envelope| envelope.audit == audit).count();
    let (own, rules) = since.split_at(end);
    let by_trigger = |set: &[Envelope]| {
        set.iter().any(
            |one| matches!(&one.event, Event::Applied(applied) if applied.used == Used::Trigger),
        ) && set.iter().all(|one| one.person().is_none() && is_taken_along(&one.event))
    };
    rules.chunk_by(|one, next| one.audit == next.audit).all(by_trigger).then(|| Reach {
        before: Ticket::replay(id, earlier.iter().map(|one| (one.at, &one.event))),
        own,
        rules,
    })
}

/// Whether what a trigger did is taken back with what it followed from. A field's old value is nowhere: it may have been
/// erased. And what a customer was promised is no trigger's to take back.
fn is_taken_along(event: &Event) -> bool {
    match event {
        Event::Applied(_) | Event::SeverityChanged { .. } => true,
        Event::Commented { public, .. } => !public,
        other => other.can_be_undone(),
    }
}
