//! Trying a rule on real tickets before it goes live: what it would have done. Nothing is sent and nothing changes.
//!
//! A trigger is asked about the last changes of the tickets that changed last, an automation about the tickets that its
//! condition finds now. Each is asked alone: what other rules would have made of it is not looked at.

use domain::actions::{Acting, Used};
use domain::rules::Rule;
use domain::{Actor, Effect, Event, Role, Ticket, TicketId, UserId};
use jiff::Timestamp;
use store::Tx;
use store::page::Page;
use store::tickets::{Filter, Order, Stored};

use super::change::checked;
use super::{Input, act, condition, triggers};
use crate::{Act, Ctx, Error, require, search};

/// How many tickets are looked at.
const TICKETS: i64 = 100;
/// How many changes of each.
const EVENTS: i64 = 60;
/// How many hits are told.
const MOST: usize = 50;

/// What a rule would have done.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// How many tickets were looked at.
    pub tickets: usize,
    /// How many changes of theirs; of an automation none.
    pub changes: usize,
    /// Where it would have acted, the newest first.
    pub found: Vec<Found>,
    /// Whether there were more.
    pub more: bool,
}

/// One time that it would have acted.
#[derive(Clone, Debug)]
pub struct Found {
    /// On which ticket.
    pub ticket: TicketId,
    /// What that is about.
    pub subject: String,
    /// After which change; of an automation now.
    pub at: Timestamp,
    /// What would have changed: the events of the ticket as it is today.
    pub events: Vec<Event>,
    /// Who would be told.
    pub effects: Vec<Effect>,
    /// What would have been refused.
    pub refused: Vec<String>,
}

/// Tries a rule as it is asked for, on top of the kept one if there is one.
///
/// # Errors
///
/// What keeping it would say.
pub fn trial(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    used: Used,
    known: Option<&Rule>,
    input: &Input,
) -> Result<Trial, Error> {
    require(&ctx.actor, Act::Configure)?;
    let empty = Rule {
        id: domain::RuleId(0),
        used,
        title: String::new(),
        description: None,
        condition: String::new(),
        actions: Vec::new(),
        active: false,
        position: 0,
        made_by: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let rule = checked(tx, ctx, known.cloned().unwrap_or(empty), input)?;
    match used {
        Used::Automation => automation(tx, ctx, &rule),
        Used::Trigger | Used::Macro => trigger(tx, ctx, &rule),
    }
}

fn automation(tx: &mut Tx<'_>, ctx: &Ctx, rule: &Rule) -> Result<Trial, Error> {
    let meant = search::meant(tx, &ctx.acting_as(Actor::System), &condition(rule))?;
    let filter = Filter { meant: Some(meant), ..Filter::default() };
    let page = Page { descending: true, ..Page::first(TICKETS) };
    let mut trial = Trial::default();
    for stored in store::tickets::page(tx, &filter, Order::Id, &page)? {
        trial.tickets += 1;
        let at = ctx.now;
        found(tx, ctx, rule, &stored, (at, Acting::default()), &mut trial)?;
    }
    Ok(trial)
}

fn trigger(tx: &mut Tx<'_>, ctx: &Ctx, rule: &Rule) -> Result<Trial, Error> {
    let page = Page { descending: true, ..Page::first(TICKETS) };
    let mut trial = Trial::default();
    for stored in store::tickets::page(tx, &Filter::default(), Order::UpdatedAt, &page)? {
        trial.tickets += 1;
        of_ticket(tx, ctx, rule, &stored, &mut trial)?;
    }
    trial.found.sort_by_key(|found| std::cmp::Reverse(found.at));
    Ok(trial)
}

/// Asks about each of the last change sets of a ticket: as it was after it, and before.
fn of_ticket(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    stored: &Stored,
    trial: &mut Trial,
) -> Result<(), Error> {
    if stored.ticket.seq > 4 * EVENTS {
        // Of a very long one the beginning is not read.
        return Ok(());
    }
    let log = store::events::of_ticket(tx, stored.ticket.id)?;
    let skipped = log.len().saturating_sub(usize::try_from(EVENTS).unwrap_or(usize::MAX));
    let mut ticket: Option<Ticket> = None;
    let mut read = 0;
    for change in log.chunk_by(|one, next| one.audit == next.audit) {
        let before = ticket.clone();
        for envelope in change {
            match &mut ticket {
                Some(ticket) => ticket.fold(envelope.at, &envelope.event),
                None => ticket = Ticket::replay(envelope.ticket, [(envelope.at, &envelope.event)]),
            }
        }
        read += change.len();
        let (Some(after), Some(first)) = (&ticket, change.first()) else { continue };
        if read <= skipped {
            continue;
        }
        trial.changes += 1;
        let actor = actor(tx, change)?;
        let then = Stored { ticket: after.clone(), ..stored.clone() };
        let at = ctx.at(first.at);
        if triggers::holds_for(tx, &at, rule, &then, (before.as_ref(), change, &actor))? {
            let by = at.acting_as(actor);
            let acting = act::acting(tx, &by, Used::Trigger)?;
            found(tx, &at, rule, &then, (first.at, acting), trial)?;
        }
    }
    Ok(())
}

/// Who made a recorded change set, with the role they have today.
fn actor(tx: &mut Tx<'_>, change: &[domain::Envelope]) -> Result<Actor, Error> {
    let person: Option<UserId> = change.iter().find_map(domain::Envelope::person);
    let Some(id) = person else { return Ok(Actor::System) };
    let role = store::users::load(tx, id)?.map_or(Role::EndUser, |user| user.role);
    Ok(Actor::Person { id, role })
}

/// What it would do to a ticket; told up to a limit.
fn found(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    stored: &Stored,
    (at, acting): (Timestamp, Acting),
    trial: &mut Trial,
) -> Result<(), Error> {
    if trial.found.len() == MOST {
        trial.more = true;
        return Ok(());
    }
    let Some(requester) = store::users::load(tx, stored.ticket.requester)? else { return Ok(()) };
    let ready = act::ready(tx, ctx, rule, stored, acting, act::Numbers::None)?;
    let outcome = act::outcome(tx, ctx, rule, stored, &requester, &ready)?;
    let events = outcome.decided.map(|decided| decided.events).unwrap_or_default();
    let events: Vec<Event> = events
        .into_iter()
        .map(|(_, event)| event)
        .filter(|event| !matches!(event, Event::Applied(_)))
        .collect();
    trial.found.push(Found {
        ticket: stored.ticket.id,
        subject: stored.subject.clone(),
        at,
        events,
        effects: ready.asked.applied.effects,
        refused: outcome.refused,
    });
    Ok(())
}
