//! Reading handover sheets.

use std::collections::HashMap;

use domain::handovers::{Handover, Line, with_queue};
use domain::work::Place;
use domain::{Team, TicketId, User, UserId};
use jiff::SignedDuration;
use jiff::civil::Date;
use store::Tx;
use store::tickets::Stored;

use crate::{Act, Ctx, Error, require, rota};

/// A line with its ticket as it is now; a deleted one is none.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the sheet says.
    pub line: Line,
    /// The ticket.
    pub stored: Option<Stored>,
}

/// A sheet and everybody it names.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Whose it is.
    pub team: Team,
    /// The week, and what has become of it.
    pub handover: Handover,
    /// Its lines in the order of work; none before it is drawn up.
    pub entries: Vec<Entry>,
    /// Everybody it names.
    pub people: HashMap<UserId, User>,
}

impl Sheet {
    /// The name of a person.
    pub fn name(&self, person: UserId) -> &str {
        self.people.get(&person).map_or("?", |user| &user.name)
    }
}

/// The team, and the handover of the week in which a day begins.
pub(super) fn named(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    week: Date,
) -> Result<(Team, Handover), Error> {
    let team = rota::team(tx, &ctx.handbook, slug)?;
    let zone = ctx.handbook.calendar(slug).zone();
    // A day on which a week begins means the week that begins, at whatever hour.
    let ends = week.tomorrow().ok().and_then(|next| zone.to_timestamp(next.at(0, 0, 0, 0)).ok());
    let last = ends.and_then(|at| at.checked_sub(SignedDuration::from_micros(1)).ok());
    let last = last.ok_or(Error::NotFound)?;
    let handover = store::handovers::at(tx, team.id, last)?;
    let begins = zone.to_timestamp(week.at(0, 0, 0, 0)).map_err(|_| Error::NotFound)?;
    let handover = handover.filter(|one| begins < one.ends_at).ok_or(Error::NotFound)?;
    Ok((team, handover))
}

/// The sheet of a week.
///
/// # Errors
///
/// [`Error::NotFound`] for a team the handbook does not name, or a week that did not begin.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, week: Date) -> Result<Sheet, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let (team, handover) = named(tx, ctx, slug, week)?;
    let lines = lines(tx, &handover)?;
    let ids: Vec<TicketId> = lines.iter().map(|line| line.ticket).collect();
    let mut tickets: HashMap<TicketId, Stored> = HashMap::new();
    for some in ids.chunks(500) {
        let found = store::tickets::many(tx, some)?;
        tickets.extend(found.into_iter().map(|stored| (stored.ticket.id, stored)));
    }
    let mut entries: Vec<Entry> = lines
        .into_iter()
        .map(|line| Entry { stored: tickets.remove(&line.ticket), line })
        .collect();
    entries.sort_by_key(|entry| {
        let place = entry.stored.as_ref().map(|one| Place::of(&one.ticket, entry.line.class));
        (place.is_none(), place, entry.line.ticket)
    });
    let mut people: Vec<UserId> = handover.from.into_iter().chain(handover.to).collect();
    people.extend(entries.iter().filter_map(|entry| entry.line.marked_by));
    let has = |entry: &Entry| entry.stored.as_ref().and_then(|stored| stored.ticket.assignee);
    people.extend(entries.iter().filter_map(has));
    people.sort_unstable();
    people.dedup();
    let people = store::users::many(tx, &people)?;
    let people = people.into_iter().map(|user| (user.id, user)).collect();
    Ok(Sheet { team, handover, entries, people })
}

/// The lines of a sheet as they are now.
fn lines(tx: &mut Tx<'_>, handover: &Handover) -> Result<Vec<Line>, Error> {
    let written = store::handovers::lines(tx, handover)?;
    if handover.drawn_at.is_none() || handover.passed_at.is_some() {
        return Ok(written);
    }
    let queue = super::queue(tx, handover)?;
    Ok(with_queue(written, &queue))
}

/// The sheet that somebody who works in a team's queue should see: of the week that ends, or of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The day that names it.
    pub week: Date,
    /// The handover.
    pub handover: Handover,
    /// How many tickets are on it, and how many of them without a word.
    pub counts: (i64, i64),
}

/// What a team's queue points to; none while there is neither a sheet for this week nor something handed over.
pub fn beside(tx: &mut Tx<'_>, ctx: &Ctx, team: &Team) -> Result<Option<Beside>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let Some(running) = store::handovers::at(tx, team.id, ctx.now)? else { return Ok(None) };
    let before = match running.drawn_at {
        Some(_) => Some(running),
        None => match running.week.checked_sub(SignedDuration::from_micros(1)) {
            Ok(before) => store::handovers::at(tx, team.id, before)?,
            Err(_) => None,
        },
    };
    let Some(handover) = before.filter(|one| one.drawn_at.is_some()) else { return Ok(None) };
    let counts = if handover.passed_at.is_some() {
        store::handovers::count_left(tx, &handover)?
    } else {
        let mut all = 0;
        for filter in super::filters(&handover) {
            all += store::tickets::count_up_to(tx, &filter, super::MOST)?;
        }
        (all, all - store::handovers::count_marked(tx, &handover)?)
    };
    let zone = ctx.handbook.calendar(team.slug.as_deref().unwrap_or_default()).zone();
    Ok(Some(Beside { week: zone.to_datetime(handover.week).date(), handover, counts }))
}
