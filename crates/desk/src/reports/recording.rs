//! Keeping books: in the transaction of each event, and for the logs from before.

use std::collections::HashMap;
use std::sync::Arc;

use domain::reports::{Book, Circumstances, Measure, concerns};
use domain::{Envelope, Event, TeamId, Ticket, User, UserId};
use handbook::Handbook;
use jiff::Timestamp;
use store::Tx;
use store::tickets::Stored;

use super::SUBJECT;
use crate::surveys::language;
use crate::{Ctx, Error};

/// How many old logs one step reads.
const STEP: i64 = 25;

/// Slugs of teams, by their numbers.
type Slugs = HashMap<TeamId, String>;

/// Writes down what events add to what is counted of a ticket. A ticket whose older events nobody has counted yet is left
/// alone: its whole log is read later.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    previous: Option<Ticket>,
    stored: &Stored,
    requester: &User,
    events: &[Envelope],
) -> Result<(), Error> {
    let id = stored.ticket.id;
    if previous.is_some() && !events.iter().any(|envelope| concerns(&envelope.event)) {
        return Ok(());
    }
    let before = if previous.is_none() { Book::default() } else { store::reports::book(tx, id)? };
    if previous.is_some() && before.facts.is_empty() {
        return Ok(());
    }
    let stops = |envelope: &Envelope| matches!(envelope.event, Event::ClockStopped { .. });
    let slugs = if events.iter().any(stops) { slugs(tx)? } else { Slugs::new() };
    let language = language(stored, requester);
    let mut book = before.clone();
    book.follow(
        id,
        previous,
        events.iter().map(|envelope| (envelope.at, &envelope.event)),
        &Circumstances {
            zone: ctx.handbook.company_calendar().zone(),
            language: language.tag(),
            open_seconds: &|team, from, to| open_seconds(&ctx.handbook, &slugs, team, (from, to)),
        },
    );
    name_heroes(tx, &ctx.handbook, &before, &mut book)?;
    Ok(store::reports::save(tx, id, &before, &book)?)
}

fn slugs(tx: &mut Tx<'_>) -> Result<Slugs, Error> {
    let names = store::teams::names(tx)?;
    Ok(names.into_iter().filter_map(|(id, slug, _)| Some((id, slug?))).collect())
}

fn open_seconds(
    handbook: &Handbook,
    slugs: &Slugs,
    team: TeamId,
    (from, to): (Timestamp, Timestamp),
) -> i64 {
    let calendar = match slugs.get(&team) {
        Some(slug) => handbook.calendar(slug),
        None => handbook.company_calendar(),
    };
    calendar.elapsed(from, to)
}

/// Brings to each new fact whose week it was. A stay in the backlog is nobody's.
fn name_heroes(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    before: &Book,
    book: &mut Book,
) -> Result<(), Error> {
    let known = before.facts.len();
    let mut found: HashMap<(TeamId, Timestamp), Option<UserId>> = HashMap::new();
    for fact in book.facts.iter_mut().skip(known) {
        let is_stay = matches!(fact.measure, Measure::Waiting | Measure::Left);
        if is_stay || fact.hero.is_some() {
            continue;
        }
        let asked = (fact.team, fact.at);
        fact.hero = match found.get(&asked) {
            Some(hero) => *hero,
            None => {
                let team = store::teams::load(tx, fact.team)?;
                let has_hero =
                    |slug: &String| handbook.team(slug).is_some_and(|named| named.hero.is_some());
                let hero = match team.filter(|team| team.slug.as_ref().is_some_and(has_hero)) {
                    Some(team) => crate::rota::holder(tx, handbook, &team, fact.at)?,
                    None => None,
                };
                *found.entry(asked).or_insert(hero)
            }
        };
    }
    Ok(())
}

/// Adds what was counted to the weekly sums, up to `most` facts. Says how many there were. Reports are exact before and
/// after it; it only keeps them fast.
pub fn fold(tx: &mut Tx<'_>, most: i64) -> Result<usize, Error> {
    Ok(store::reports::fold(tx, most)?)
}

/// Whether anything waits to be added.
pub fn is_behind(tx: &mut Tx<'_>) -> Result<bool, Error> {
    Ok(store::reports::is_pending(tx)?)
}

/// Reads the next old logs into the books, and comes again until all of them are in. Whatever was due before `until` goes
/// first.
pub fn wake(tx: &mut Tx<'_>, ctx: &Ctx, until: Timestamp) -> Result<(), Error> {
    let tickets = store::reports::next(tx, STEP)?;
    let slugs = slugs(tx)?;
    let mut handbooks: HashMap<String, Arc<Handbook>> = HashMap::new();
    for id in &tickets {
        let Some(stored) = store::tickets::load(tx, *id)? else { continue };
        let log = store::events::of_ticket(tx, *id)?;
        for envelope in &log {
            if !handbooks.contains_key(&envelope.policy) {
                let read = in_force(tx, ctx, &envelope.policy)?;
                handbooks.insert(envelope.policy.clone(), read);
            }
        }
        read_log(tx, ctx, (&stored, &log), &handbooks, &slugs)?;
    }
    let more = !tickets.is_empty();
    Ok(store::wakeups::set(tx, SUBJECT, 0, more.then_some(until), true)?)
}

/// The handbook that events were decided by; the one in force now where it is not kept or cannot be read any more.
fn in_force(tx: &mut Tx<'_>, ctx: &Ctx, version: &str) -> Result<Arc<Handbook>, Error> {
    if version == ctx.handbook.version {
        return Ok(ctx.handbook.clone());
    }
    let content = store::handbooks::content(tx, version)?;
    let read = content.and_then(|content| Handbook::parse(&content).ok());
    Ok(read.map_or_else(|| ctx.handbook.clone(), Arc::new))
}

fn read_log(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (stored, log): (&Stored, &[Envelope]),
    handbooks: &HashMap<String, Arc<Handbook>>,
    slugs: &Slugs,
) -> Result<(), Error> {
    let id = stored.ticket.id;
    let Some(requester) = store::users::load(tx, stored.ticket.requester)? else { return Ok(()) };
    let language = language(stored, &requester);
    let before = store::reports::book(tx, id)?;
    let mut book = Book::default();
    let mut ticket = None;
    // Weeks and hours are those of the handbook that was in force.
    for events in log.chunk_by(|one, next| one.policy == next.policy) {
        let named = events.first().and_then(|envelope| handbooks.get(&envelope.policy));
        let handbook = named.unwrap_or(&ctx.handbook);
        let circumstances = Circumstances {
            zone: handbook.company_calendar().zone(),
            language: language.tag(),
            open_seconds: &|team, from, to| open_seconds(handbook, slugs, team, (from, to)),
        };
        let events = events.iter().map(|envelope| (envelope.at, &envelope.event));
        ticket = book.follow(id, ticket, events, &circumstances);
    }
    if before.facts.is_empty() {
        name_heroes(tx, &ctx.handbook, &before, &mut book)?;
    }
    Ok(store::reports::save(tx, id, &before, &book)?)
}
