//! The policy as people read it: the handbook in force or an earlier one, since when, and how often each rule decided.

use std::collections::{HashMap, HashSet};

use domain::{Event, Level, TicketId, UserId};
use jiff::{SignedDuration, Timestamp};
use store::Tx;

use crate::{Act, Ctx, Error, require};

pub use store::handbooks::Activation;

/// How far back decisions are counted.
pub const DAYS: i64 = 28;
/// Decisions are counted over no more than the newest so many tickets.
pub const MOST_TICKETS: i64 = 1_000;
/// How many activations are listed.
const MOST_ACTIVATIONS: i64 = 100;

/// A handbook with what is known about it.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its version.
    pub version: String,
    /// Its text.
    pub text: String,
    /// The last times a handbook was put in force, the newest first.
    pub activations: Vec<Activation>,
    /// The names of the people who did so.
    pub names: HashMap<UserId, String>,
    /// How often each rule decided lately.
    pub decided: Decided,
}

/// How often rules decided, over the tickets opened in the last [`DAYS`] days.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// Tickets by the level and the rule, as written, that gave it to them.
    pub by_rule: HashMap<(Level, String), u64>,
    /// Tickets by the level they were given, whether by a rule or for want of one.
    pub by_level: HashMap<Level, u64>,
    /// Tickets looked at.
    pub tickets: u64,
}

/// The handbook in force, or the one with this version.
///
/// # Errors
///
/// When the caller may not read the desk, or there was never such a handbook.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx, version: Option<&str>) -> Result<Policy, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let version = version.unwrap_or(&ctx.handbook.version).to_owned();
    let text = store::handbooks::content(tx, &version)?.ok_or(Error::NotFound)?;
    let activations = store::handbooks::activations(tx, MOST_ACTIVATIONS)?;
    let people: Vec<UserId> = activations.iter().filter_map(person).collect();
    let people = store::users::many(tx, &people)?;
    let names = people.into_iter().map(|user| (user.id, user.name)).collect();
    Ok(Policy { version, text, activations, names, decided: decided(tx, ctx.now)? })
}

/// Since when the handbook in force has been in force.
///
/// # Errors
///
/// When the caller may not read the desk.
pub fn since(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Timestamp, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let last = store::handbooks::activations(tx, 1)?.pop();
    Ok(last.map_or(ctx.now, |activation| activation.at))
}

/// The person who put a handbook in force, if it was one.
pub fn person(activation: &Activation) -> Option<UserId> {
    (activation.actor_kind == "person").then(|| activation.actor_id.parse().ok().map(UserId))?
}

fn decided(tx: &mut Tx<'_>, now: Timestamp) -> Result<Decided, Error> {
    let since = now.checked_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MIN);
    let Some(first) = store::tickets::first_opened_since(tx, since)? else {
        return Ok(Decided::default());
    };
    let events =
        store::events::of_kind_since(tx, "priority_decided", (first, since), MOST_TICKETS)?;
    let mut decided = Decided::default();
    let mut tickets: HashSet<TicketId> = HashSet::new();
    let mut rules: HashSet<(TicketId, Level, String)> = HashSet::new();
    let mut levels: HashSet<(TicketId, Level)> = HashSet::new();
    for envelope in events {
        let Event::PriorityDecided { decision, .. } = envelope.event else { continue };
        tickets.insert(envelope.ticket);
        levels.insert((envelope.ticket, decision.value));
        // Of the rules tried, those of the level that won are its reasons.
        let reasons =
            decision.rules.into_iter().filter(|rule| rule.holds && rule.level == decision.value);
        rules.extend(reasons.map(|rule| (envelope.ticket, rule.level, rule.when)));
    }
    decided.tickets = tickets.len() as u64;
    for (_, level, when) in rules {
        *decided.by_rule.entry((level, when)).or_default() += 1;
    }
    for (_, level) in levels {
        *decided.by_level.entry(level).or_default() += 1;
    }
    Ok(decided)
}
