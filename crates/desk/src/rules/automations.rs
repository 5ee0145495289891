//! As time passes: automations.
//!
//! No list of tickets is searched through again and again. A ticket that changes says when an automation's condition
//! may next become true on it, and that is its wake-up. A condition can also be true at once after a change; an hour
//! later it is looked at, so that whoever works on the ticket is not interrupted. When an automation is activated, the
//! tickets that are there are gone through once, by their numbers and in steps.

use domain::actions::{Acting, Used};
use domain::conditions::{Asker, Condition};
use domain::rules::{Rule, next_instant};
use domain::{Actor, Status, Ticket, TicketId};
use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::conditions::Meant;
use store::page::Page;
use store::tickets::{Filter, Order, Stored};

use super::{act, condition};
use crate::{Ctx, Error, search};

/// The kind of wake-ups of tickets that automations look at.
pub(crate) const TICKET: &str = "automations";
/// The kind of the wake-up that goes through all tickets; the subject is the last one that was looked at.
pub(crate) const WALK: &str = "automations_walk";

/// How many numbers are gone through at once.
const STEP: i64 = 500;
/// How long after a change automations look at a ticket.
const LATER: SignedDuration = SignedDuration::from_hours(1);
/// How many times automations act when a ticket is woken at most, all of them together.
const MOST: usize = 50;

/// Goes through the tickets that are there.
pub(super) fn begin(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
    Ok(store::wakeups::set(tx, WALK, 0, Some(ctx.now), true)?)
}

/// Sets down when a ticket that changed is to be looked at.
pub(super) fn schedule(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rules: &[Rule],
    ticket: &Ticket,
) -> Result<(), Error> {
    if !rules.iter().any(|rule| rule.used == Used::Automation) {
        return Ok(());
    }
    if ticket.status == Status::Closed || ticket.deleted_at.is_some() {
        return Ok(store::wakeups::set(tx, TICKET, ticket.id.0, None, true)?);
    }
    let asker = asker(tx, ctx)?;
    let later = ctx.now.checked_add(LATER).unwrap_or(ctx.now);
    let at = next(rules, ticket, &asker).map_or(later, |at| at.min(later));
    Ok(store::wakeups::sooner(tx, TICKET, ticket.id.0, at)?)
}

/// Whoever asks for automations is nobody.
fn asker(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Asker, Error> {
    search::asker(tx, &ctx.acting_as(Actor::System))
}

/// The next instant at which one of the automations may act on a ticket because time passes.
fn next(rules: &[Rule], ticket: &Ticket, asker: &Asker) -> Option<Timestamp> {
    let automations = rules.iter().filter(|rule| rule.used == Used::Automation);
    automations.filter_map(|rule| next_instant(&condition(rule), ticket, asker)).min()
}

/// Lets the automations act on a ticket that has come due.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<(), Error> {
    if !store::wakeups::take(tx, TICKET, id.0)? {
        return Ok(());
    }
    let (stored, ctx) = match crate::tickets::fresh(tx, &ctx.acting_as(Actor::System), id) {
        Ok(found) => found,
        Err(Error::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    look(tx, &ctx, stored)
}

/// Asks all automations about a ticket; those whose condition holds act, each once.
fn look(tx: &mut Tx<'_>, ctx: &Ctx, mut stored: Stored) -> Result<(), Error> {
    let rules = super::active(tx)?;
    let id = stored.ticket.id;
    let mut waiting: Vec<&Rule> =
        rules.iter().filter(|rule| rule.used == Used::Automation).collect();
    let mut times = 0;
    while !waiting.is_empty() && stored.ticket.status != Status::Closed && times < MOST {
        let mut found = None;
        for (place, rule) in waiting.iter().enumerate() {
            if holds(tx, ctx, rule, id)? {
                found = Some(place);
                break;
            }
        }
        let Some(place) = found else { break };
        let rule = waiting.remove(place);
        times += 1;
        if let Some(done) = act::act(tx, ctx, rule, &stored, Acting::default())? {
            let before = stored.ticket;
            // What an automation did is a change that triggers look at.
            stored =
                super::after(tx, &super::as_rule(ctx, rule), &rules, Some(&before), done)?.stored;
        }
    }
    let is_over = stored.ticket.status == Status::Closed || waiting.is_empty() && times == 0;
    let asker = asker(tx, ctx)?;
    let at = next(&rules, &stored.ticket, &asker).filter(|_| !is_over);
    Ok(store::wakeups::set(tx, TICKET, id.0, at, true)?)
}

/// Whether an automation's condition holds for a ticket as it is stored: the storage says so, as it does for lists.
fn holds(tx: &mut Tx<'_>, ctx: &Ctx, rule: &Rule, id: TicketId) -> Result<bool, Error> {
    let one = Condition::Number(id);
    let whole = Condition::All(vec![one, condition(rule)]);
    let condition = search::meant(tx, ctx, &whole)?.condition;
    let meant = Some(Meant { condition, asker: asker(tx, ctx)? });
    let filter = Filter { meant, ..Filter::default() };
    Ok(!store::tickets::page(tx, &filter, Order::Id, &Page::first(1))?.is_empty())
}

/// Looks at the tickets of one step after `last`, and says where the next one begins.
pub(crate) fn walk(tx: &mut Tx<'_>, ctx: &Ctx, last: i64) -> Result<(), Error> {
    if !store::wakeups::take(tx, WALK, last)? {
        return Ok(());
    }
    let until = last.saturating_add(STEP);
    for id in store::rules::unclosed(tx, TicketId(last), TicketId(until))? {
        store::wakeups::sooner(tx, TICKET, id.0, ctx.now)?;
    }
    if store::work::last_ticket(tx)?.0 > until {
        store::wakeups::set(tx, WALK, until, Some(ctx.now), true)?;
    }
    Ok(())
}
