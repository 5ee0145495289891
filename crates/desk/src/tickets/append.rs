//! Saving what was decided: events, projection, wake-up and outbox in the same transaction.

use domain::work::WorkClass;
use domain::{Actor, AuditId, Decided, Envelope, Event, EventId, User};
use store::tickets::Stored;
use store::{Kind, Tx};

use crate::{Ctx, Error};

/// A ticket after a command, and the change set it made.
#[derive(Clone, Debug)]
pub struct Done {
    /// The ticket as it is now.
    pub stored: Stored,
    /// The change set's id.
    pub audit: AuditId,
    /// Its events; none if nothing changed.
    pub events: Vec<Envelope>,
}

/// Numbers kept free after an opening, which the API tells as one event for each field it sets.
const OPENING_SPARE: i64 = 7;

/// The same after a change set was taken back: one event for each field that is another one again.
const UNDOING_SPARE: i64 = 4;

/// How many numbers an event takes: the API may tell it as several.
fn width(event: &Event) -> i64 {
    match event {
        Event::Opened(_) => 1 + OPENING_SPARE,
        Event::Undone { .. } => 1 + UNDOING_SPARE,
        Event::Applied(applied) => {
            let told = applied.effects.len() + applied.refused.len();
            i64::try_from(told).unwrap_or(0).max(1)
        }
        _ => 1,
    }
}

/// The rule of the handbook that makes this event happen by itself, if one does.
fn rule(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::PriorityDecided { .. } | Event::FactsChanged { .. } => "priority",
        Event::Routed { .. } => "routing",
        Event::ClockStarted { .. } | Event::ClockMoved { .. } | Event::ClockStopped { .. } => {
            "response target"
        }
        Event::Acknowledged { .. } | Event::PromiseImproved { .. } => "acknowledgement",
        Event::Warned { .. } => "warning",
        Event::Breached { .. } => "breach",
        Event::Reminded => "reminder",
        Event::TimersSet { .. } => "pending",
        Event::SurveyIssued { .. } | Event::SurveySuppressed { .. } => "survey",
        _ => return None,
    })
}

/// The rule that a status change by nobody follows from.
fn rule_of_status(event: &Event) -> &'static str {
    match event {
        Event::StatusChanged { to: domain::Status::Solved, .. } => "auto-solve",
        Event::StatusChanged { to: domain::Status::Closed, .. } => "closing by age",
        Event::StatusChanged { to: domain::Status::Open, .. } => "end of hold",
        _ => "system",
    }
}

fn actor(ctx: &Ctx, event: &Event) -> (String, String) {
    if let Some(rule) = rule(event) {
        return ("rule".to_owned(), rule.to_owned());
    }
    match &ctx.actor {
        Actor::System => ("rule".to_owned(), rule_of_status(event).to_owned()),
        other => (other.kind().to_owned(), other.label()),
    }
}

/// Writes the events, the fold and every effect that follows, then lets the triggers act that the change asks for.
/// Fails as a conflict if the ticket moved meanwhile.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    audit: AuditId,
    stored: Stored,
    decided: Decided,
    requester: &User,
) -> Result<Done, Error> {
    let rules = crate::rules::active(tx)?;
    let is_new = stored.ticket.seq == decided.ticket.seq;
    let before = (!rules.is_empty() && !is_new).then(|| stored.ticket.clone());
    let mut done = save(tx, ctx, audit, stored, decided, requester)?;
    if !rules.is_empty() {
        done = crate::rules::after(tx, ctx, &rules, before.as_ref(), done)?;
    }
    crate::availability::after(tx, ctx, done)
}

/// Writes the events, the fold and every effect that follows, and nothing else.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    audit: AuditId,
    mut stored: Stored,
    decided: Decided,
    requester: &User,
) -> Result<Done, Error> {
    // A new ticket's projection is the decision's own, so nothing was stored before it.
    let is_new = stored.ticket.seq == decided.ticket.seq && !decided.events.is_empty();
    let before = stored.ticket.seq;
    let (new_tags, new_ccs) =
        (stored.ticket.tags != decided.ticket.tags, stored.ticket.ccs != decided.ticket.ccs);
    let previous = std::mem::replace(&mut stored.ticket, decided.ticket);
    let previous = if is_new { None } else { Some(previous) };
    if decided.events.is_empty() {
        return Ok(Done { stored, audit, events: Vec::new() });
    }
    let mut next =
        tx.next_ids(Kind::Entry, decided.events.iter().map(|(_, event)| width(event)).sum())?;
    let start = if is_new { 0 } else { before };
    let events: Vec<Envelope> = (0..)
        .zip(decided.events)
        .map(|(index, (at, event))| {
            let (actor_kind, actor_id) = actor(ctx, &event);
            let id = EventId(next);
            next += width(&event);
            Envelope {
                id,
                ticket: stored.ticket.id,
                seq: start + index + 1,
                audit,
                at,
                actor_kind,
                actor_id,
                via: ctx.via,
                policy: ctx.handbook.version.clone(),
                event,
            }
        })
        .collect();
    let email = requester.email.as_deref().unwrap_or_default();
    stored.work = WorkClass::of(&stored.ticket, &stored.subject, email, &ctx.handbook);
    store::events::append(tx, &events)?;
    if is_new {
        store::tickets::insert(tx, &stored)?;
    } else {
        store::tickets::update(tx, &stored)?;
        crate::work::end_lease(tx, stored.ticket.id, &events)?;
        if new_tags {
            store::tickets::set_tags(tx, &stored.ticket)?;
        }
        if new_ccs {
            store::tickets::set_ccs(tx, &stored.ticket)?;
        }
        let new_subject = |one: &Envelope| matches!(one.event, Event::SubjectChanged { .. });
        if new_tags || events.iter().any(new_subject) {
            store::tickets::index(tx, &stored)?;
        }
    }
    let webhooks = crate::webhooks::subscribed(tx)?;
    if !webhooks.is_empty() {
        crate::webhooks::tell(tx, ctx, &webhooks, previous.as_ref(), &stored, &events)?;
    }
    crate::reports::record(tx, ctx, previous, &stored, requester, &events)?;
    crate::deliveries::cause(tx, ctx, &stored, requester, &events)?;
    tx.touch(format!("ticket:{}", stored.ticket.id));
    tx.touch("tickets");
    Ok(Done { stored, audit, events })
}
