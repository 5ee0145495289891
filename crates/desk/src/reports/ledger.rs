//! What each customer was told, and whether it was kept. (PR-06)

use std::collections::HashMap;

use domain::reports::{Outcome, Sums, Told, Week};
use domain::{ClockKind, Level, TeamId, TicketId};
use jiff::Timestamp;
use store::Tx;

use super::Name;
use crate::{Act, Ctx, Error, require};

/// Which promises are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// With this outcome only.
    pub outcome: Option<Outcome>,
    /// At this level only.
    pub level: Option<Level>,
    /// Told by this team only.
    pub team: Option<TeamId>,
    /// Told before this one: instant, ticket, place.
    pub before: Option<(Timestamp, i64, i64)>,
    /// How many at most.
    pub most: i64,
}

/// A promise in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The ticket.
    pub ticket: TicketId,
    /// What it is about; none once the ticket was deleted.
    pub subject: Option<String>,
    /// The promise and what became of it.
    pub told: Told,
    /// What was said, word for word.
    pub words: Option<String>,
    /// The name of the team that had the ticket.
    pub team: String,
}

/// A page of the ledger, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Whether there are older ones.
    pub more: bool,
}

/// A page of the ledger.
///
/// # Errors
///
/// [`Error::Forbidden`] for whoever does not work here.
pub fn ledger(tx: &mut Tx<'_>, ctx: &Ctx, wanted: &Wanted) -> Result<Ledger, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let page = store::reports::Page {
        outcome: wanted.outcome,
        level: wanted.level,
        team: wanted.team,
        ticket: None,
        before: wanted.before,
        most: wanted.most + 1,
    };
    let mut shown = store::reports::page(tx, &page)?;
    let size = usize::try_from(wanted.most).unwrap_or(0);
    let more = shown.len() > size;
    shown.truncate(size);
    let words = store::reports::words(tx, &shown)?;
    let ids: Vec<TicketId> = shown.iter().map(|(ticket, _)| *ticket).collect();
    let stored = store::tickets::many(tx, &ids)?;
    let subjects: HashMap<TicketId, String> = stored
        .into_iter()
        .filter(|one| one.ticket.deleted_at.is_none())
        .map(|one| (one.ticket.id, one.subject))
        .collect();
    let teams: Vec<TeamId> = shown.iter().map(|(_, told)| told.team).collect();
    let teams: HashMap<TeamId, String> =
        store::teams::many(tx, &teams)?.into_iter().map(|team| (team.id, team.name)).collect();
    let entries = shown.into_iter().zip(words).map(|((ticket, told), words)| Entry {
        ticket,
        subject: subjects.get(&ticket).cloned(),
        team: teams.get(&told.team).cloned().unwrap_or_default(),
        told,
        words,
    });
    Ok(Ledger { entries: entries.collect(), more })
}

/// The teams that may be chosen, by name.
///
/// # Errors
///
/// As [`ledger`].
pub fn teams(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<(TeamId, String)>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let names = store::teams::names(tx)?;
    Ok(names.into_iter().map(|(id, _, name)| (id, name)).collect())
}

/// How promises were kept, as a company shows it to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attained {
    /// The weeks it is about, the oldest first.
    pub weeks: Vec<Week>,
    /// First replies and follow-ups.
    pub kinds: Vec<(ClockKind, Sums)>,
}

/// What `/promises` shows: the last so many whole weeks, of everything together.
///
/// # Errors
///
/// [`Error::NotFound`] unless the handbook lets it be public.
pub fn attained(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Attained, Error> {
    let weeks = ctx.handbook.reports.public_weeks.ok_or(Error::NotFound)?;
    let now = Week::of(ctx.now, ctx.handbook.company_calendar().zone());
    let span = (now.back(weeks), now.back(1));
    let mut kinds = Vec::new();
    for (kind, name) in [(ClockKind::First, Name::FirstReply), (ClockKind::Next, Name::NextReply)] {
        let dimension = domain::reports::Dimension::Team;
        let mut sums = Sums::default();
        for row in store::reports::sums(tx, &name.measures(), dimension, span, None)? {
            sums.merge(row.measure, &row.counts);
        }
        kinds.push((kind, sums));
    }
    Ok(Attained { weeks: (0..weeks).rev().map(|ago| now.back(ago + 1)).collect(), kinds })
}
