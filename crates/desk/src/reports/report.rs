//! A report: facts added up by week and by what its rows are, and the tickets behind each number.

use std::collections::{BTreeMap, HashMap};

use domain::reports::{Dimension, Fact, Measure, Sums, Week};
use domain::words::Locale;
use domain::{Channel, Level, TeamId, TicketId, UserId};
use store::Tx;
use store::reports::{Place, Row};

use super::{Ask, By, Name};
use crate::{Act, Ctx, Error, may, require};

/// A row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name it has in addresses.
    pub name: String,
    /// What it is called; empty for what has no name, such as tickets about no area.
    pub label: String,
    /// Everything of it.
    pub sums: Sums,
    /// The same by week; of a backlog, how much waited when the week ended.
    pub by_week: Vec<Sums>,
}

/// A report.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub ask: Ask,
    /// The weeks, the oldest first.
    pub weeks: Vec<Week>,
    /// Its rows.
    pub groups: Vec<Group>,
    /// Everything together.
    pub total: Group,
    /// Older logs are still being read, so that older weeks tell too little.
    pub is_filling: bool,
}

/// Draws up a report.
///
/// # Errors
///
/// [`Error::Forbidden`] for whoever may not read it: who a week was is for admins and for those who lead a team. (CS-08)
pub fn report(tx: &mut Tx<'_>, ctx: &Ctx, ask: Ask) -> Result<Report, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    authorize(tx, ctx, ask.by)?;
    let now = Week::of(ctx.now, ctx.handbook.company_calendar().zone());
    let weeks: Vec<Week> = (0..ask.weeks).rev().map(|ago| now.back(ago)).collect();
    let first = weeks.first().copied().unwrap_or(now);
    let dimension = match ask.by {
        By::Dimension(dimension) => dimension,
        By::Week | By::Level => Dimension::Team,
    };
    // What waits now began to wait at any time.
    let from = if ask.name == Name::Backlog { Week(i64::MIN) } else { first };
    let rows = store::reports::sums(tx, &ask.name.measures(), dimension, (from, now), ask.level)?;
    let mut groups: BTreeMap<String, Vec<Sums>> = BTreeMap::new();
    let mut total = vec![Sums::default(); weeks.len()];
    for row in &rows {
        let name = match ask.by {
            By::Level => row.level.as_str().to_owned(),
            By::Week => String::new(),
            By::Dimension(_) => row.name.clone(),
        };
        let group = groups.entry(name).or_insert_with(|| vec![Sums::default(); weeks.len()]);
        add(group, ask.name, first, row);
        add(&mut total, ask.name, first, row);
    }
    let mut groups =
        if ask.by == By::Week { by_week(&weeks, &total) } else { named(tx, ctx, ask, groups)? };
    groups.retain(|group| ask.by == By::Week || !group.by_week.iter().all(Sums::is_empty));
    Ok(Report {
        ask,
        weeks,
        groups,
        total: group(ask.name, (String::new(), String::new()), total),
        is_filling: store::reports::upto(tx)?.is_some(),
    })
}

/// Who a week was is no business of everybody's. (CS-08)
fn authorize(tx: &mut Tx<'_>, ctx: &Ctx, by: By) -> Result<(), Error> {
    if by != By::Dimension(Dimension::Hero) || may(&ctx.actor, Act::Configure) {
        return Ok(());
    }
    let leads = ctx.handbook.teams.iter().filter_map(|team| team.lead.as_deref());
    for lead in leads {
        let user = store::users::by_email(tx, lead)?;
        if user.is_some() && user.map(|user| user.id) == ctx.actor.user() {
            return Ok(());
        }
    }
    let what = "Numbers by person are for admins and for those who lead a team";
    Err(Error::Forbidden(what.to_owned()))
}

/// Adds a row where it belongs. A backlog's row belongs to its own week and all later ones, and takes away once it has left.
fn add(weeks: &mut [Sums], name: Name, first: Week, row: &Row) {
    let place = usize::try_from(row.week.0.saturating_sub(first.0)).ok();
    if name == Name::Backlog {
        let times = row.counts.total() * if row.measure == Measure::Left { -1 } else { 1 };
        for sums in weeks.iter_mut().skip(place.unwrap_or(0)) {
            sums.add(Measure::Waiting, 0, times);
        }
    } else if let Some(sums) = place.and_then(|place| weeks.get_mut(place)) {
        sums.merge(row.measure, &row.counts);
    }
}

fn group(report: Name, (name, label): (String, String), by_week: Vec<Sums>) -> Group {
    let mut sums = Sums::default();
    if report == Name::Backlog {
        // A stock is not added up: what counts is how it stands at the end.
        sums = by_week.last().cloned().unwrap_or_default();
    } else {
        for week in &by_week {
            sums.merge_all(week);
        }
    }
    Group { name, label, sums, by_week }
}

fn by_week(weeks: &[Week], total: &[Sums]) -> Vec<Group> {
    let of = |(week, sums): (&Week, &Sums)| {
        let name = week.monday().to_string();
        Group { label: name.clone(), name, sums: sums.clone(), by_week: vec![sums.clone()] }
    };
    weeks.iter().zip(total).rev().map(of).collect()
}

/// The rows with what they are called, in order.
fn named(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ask: Ask,
    groups: BTreeMap<String, Vec<Sums>>,
) -> Result<Vec<Group>, Error> {
    let names: Vec<String> = groups.keys().cloned().collect();
    let labels = labels(tx, ctx, ask.by, &names)?;
    let labelled = groups.into_iter().map(|(name, weeks)| {
        let label = labels.get(&name).cloned().unwrap_or_else(|| name.clone());
        group(ask.name, (name, label), weeks)
    });
    let mut found: Vec<Group> = labelled.collect();
    match ask.by {
        By::Level => found.sort_by_key(|group| {
            std::cmp::Reverse(group.name.parse::<Level>().unwrap_or(Level::Low))
        }),
        // What has no name comes last.
        _ => found.sort_by_key(|group| (group.label.is_empty(), group.label.to_lowercase())),
    }
    Ok(found)
}

fn labels(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    by: By,
    names: &[String],
) -> Result<HashMap<String, String>, Error> {
    let mut labels = HashMap::new();
    match by {
        By::Dimension(Dimension::Team) => {
            let ids: Vec<_> =
                names.iter().filter_map(|name| name.parse().ok().map(TeamId)).collect();
            let teams = store::teams::many(tx, &ids)?;
            labels.extend(teams.into_iter().map(|team| (team.id.to_string(), team.name)));
        }
        By::Dimension(Dimension::Hero) => {
            let ids: Vec<UserId> =
                names.iter().filter_map(|name| name.parse().ok().map(UserId)).collect();
            let people = store::users::many(tx, &ids)?;
            labels.extend(people.into_iter().map(|user| (user.id.to_string(), user.name)));
        }
        By::Dimension(Dimension::Area) => {
            let areas = ctx.handbook.areas.iter();
            labels.extend(areas.map(|area| (area.slug.clone(), area.name.clone())));
        }
        By::Dimension(Dimension::Language) => {
            let name = |tag: &str| match Locale::nearest(tag) {
                Locale::En => "English",
                Locale::De => "German",
                Locale::Fr => "French",
                Locale::Es => "Spanish",
                Locale::Ja => "Japanese",
            };
            labels.extend(names.iter().map(|tag| (tag.clone(), name(tag).to_owned())));
        }
        By::Dimension(Dimension::Channel) => {
            let name = |word: &String| {
                let known = word.parse::<Channel>().ok();
                known.map_or(word.clone(), |channel| channel.as_str().replace('_', " "))
            };
            labels.extend(names.iter().map(|word| (word.clone(), name(word))));
        }
        By::Dimension(Dimension::Plan) | By::Level | By::Week => {}
    }
    Ok(labels)
}

/// Which tickets behind a number are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The report the number is in.
    pub ask: Ask,
    /// What was counted.
    pub measures: Vec<Measure>,
    /// The row's name; none for everything together.
    pub name: Option<String>,
    /// In one week only, by its Monday.
    pub week: Option<Week>,
    /// After this place in the list.
    pub after: Option<Place>,
    /// How many at most.
    pub most: usize,
}

/// A fact and the ticket it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The ticket.
    pub ticket: TicketId,
    /// What was counted.
    pub fact: Fact,
    /// What it is about; none once the ticket was deleted.
    pub subject: Option<String>,
    /// Of a promise that was missed: which team had the ticket how many open seconds until then. (SLA-09)
    pub held: Vec<(String, i64)>,
}

/// The tickets behind a number, the newest first, and how many there are. A ticket stands there as often as it was counted.
///
/// # Errors
///
/// As [`report`].
pub fn behind(tx: &mut Tx<'_>, ctx: &Ctx, wanted: &Behind) -> Result<(Vec<Line>, i64), Error> {
    let ask = wanted.ask;
    let whole = report(tx, ctx, ask)?;
    let group = match &wanted.name {
        Some(name) => whole.groups.iter().find(|group| group.name == *name),
        None => Some(&whole.total),
    };
    let Some(group) = group else { return Ok((Vec::new(), 0)) };
    let weeks: Vec<Week> = match (ask.by, &wanted.name) {
        (By::Week, Some(name)) => {
            whole.weeks.iter().copied().filter(|week| week.monday().to_string() == *name).collect()
        }
        _ => whole.weeks.clone(),
    };
    let counted = |sums: &Sums| wanted.measures.iter().map(|one| sums.count(*one)).sum::<i64>();
    let held = weeks
        .iter()
        .zip(&group.by_week)
        .filter(|(week, sums)| wanted.week.is_none_or(|only| only == **week) && counted(sums) > 0);
    let held: Vec<(Week, i64)> = held.map(|(week, sums)| (*week, counted(sums))).collect();
    let is_stock = ask.name == Name::Backlog;
    let last = wanted.week.or(weeks.last().copied()).unwrap_or(Week(0));
    let count = if is_stock {
        held.iter().find(|(week, _)| *week == last).map_or(0, |(_, count)| *count)
    } else {
        held.iter().map(|(_, count)| count).sum()
    };
    let by_level = (ask.by == By::Level).then(|| wanted.name.as_ref()?.parse().ok()).flatten();
    let cut = match ask.by {
        By::Dimension(dimension) => wanted.name.clone().map(|name| (dimension, name)),
        By::Level | By::Week => None,
    };
    let query = store::reports::Behind {
        measures: wanted.measures.clone(),
        weeks: (last, last),
        level: by_level.or(ask.level),
        cut,
    };
    let found = if is_stock {
        store::reports::in_backlog(tx, &query, wanted.after, wanted.most)?
    } else {
        let weeks: Vec<Week> = held.iter().map(|(week, _)| *week).collect();
        store::reports::behind(tx, &query, &weeks, wanted.after, wanted.most)?
    };
    Ok((lines(tx, ctx, found)?, count))
}

fn lines(tx: &mut Tx<'_>, ctx: &Ctx, found: Vec<(TicketId, Fact)>) -> Result<Vec<Line>, Error> {
    let mut ids: Vec<TicketId> = found.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let stored = store::tickets::many(tx, &ids)?;
    let subjects: HashMap<TicketId, String> = stored
        .into_iter()
        .filter(|one| one.ticket.deleted_at.is_none())
        .map(|one| (one.ticket.id, one.subject))
        .collect();
    let names = store::teams::names(tx)?;
    let mut lines = Vec::with_capacity(found.len());
    for (ticket, fact) in found {
        let held = if matches!(fact.measure, Measure::Missed(_)) {
            held(tx, ctx, (ticket, &fact), &names)?
        } else {
            Vec::new()
        };
        lines.push(Line { subject: subjects.get(&ticket).cloned(), ticket, fact, held });
    }
    Ok(lines)
}

/// Which team had a ticket how long before a promise of it was missed, by the calendar that measured it.
fn held(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (ticket, fact): (TicketId, &Fact),
    names: &[(TeamId, Option<String>, String)],
) -> Result<Vec<(String, i64)>, Error> {
    let Some(place) = fact.clock.and_then(|place| usize::try_from(place).ok()) else {
        return Ok(Vec::new());
    };
    let log = store::events::of_ticket(tx, ticket)?;
    let started = log.iter().filter_map(|envelope| match &envelope.event {
        domain::Event::ClockStarted { clock } => Some(clock.team),
        _ => None,
    });
    let measured = started.into_iter().nth(place);
    let known = |id: TeamId| names.iter().find(|(known, ..)| *known == id);
    let slug = measured.and_then(known).and_then(|(_, slug, _)| slug.as_deref());
    let calendar = match slug {
        Some(slug) => ctx.handbook.calendar(slug),
        None => ctx.handbook.company_calendar(),
    };
    let stations = domain::reports::stations(&log, place, fact.at).into_iter();
    let name = |team: TeamId| known(team).map_or_else(String::new, |(.., name)| name.clone());
    Ok(stations.map(|(team, from, to)| (name(team), calendar.elapsed(from, to))).collect())
}
