//! What a week was like for a team, counted from its tickets. (ROT-09)
//!
//! A digest's week is the seven days up to the handbook's moment of the week, such as Friday 16:00 of the team, so that
//! nothing falls between two of them. It is named by the Monday before that moment. Every number is the list of tickets behind it.

use std::collections::BTreeMap;

use handbook::{Calendar, Handover, Level};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::{ClockKind, ClockState, TeamId, Ticket, TicketId};

/// Of fewer first replies no median is told.
const LEAST: usize = 5;
/// How many tags and issues are named.
const MOST: usize = 10;
/// How many notable tickets are named for each reason.
const MOST_NOTABLE: usize = 5;

/// The Monday of the week a day lies in.
pub fn monday(day: Date) -> Date {
    let passed = i64::from(day.weekday().since(Weekday::Monday));
    day.checked_sub(Span::new().days(passed)).unwrap_or(day)
}

/// The instants between which the week of a Monday lies: up to its moment, from the same moment a week before, in a zone.
pub fn span(monday: Date, ends: Handover, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let after = i64::from(ends.weekday.to_monday_zero_offset());
    let moment = |days: i64| {
        let day = monday.checked_add(Span::new().days(days)).ok()?;
        zone.to_timestamp(day.to_datetime(ends.time)).ok()
    };
    Some((moment(after - 7)?, moment(after)?))
}

/// The Monday of the week that is running at an instant: the one whose moment comes next.
pub fn running(at: Timestamp, ends: Handover, zone: &TimeZone) -> Date {
    let today = monday(zone.to_datetime(at).date());
    match span(today, ends, zone) {
        Some((_, to)) if to <= at => today.checked_add(Span::new().days(7)).unwrap_or(today),
        _ => today,
    }
}

/// Tickets that have something in common.
pub type Theme = (String, Vec<TicketId>);

/// How promises of one level were kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promises {
    /// The level.
    pub level: Level,
    /// Answered in time.
    pub met: Vec<TicketId>,
    /// Not.
    pub missed: Vec<TicketId>,
}

/// Why a ticket is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notable {
    /// Its target was missed.
    Missed,
    /// It was escalated to the team.
    Escalated,
    /// Whoever asked was not content. (CS-09)
    RatedBadly,
    /// It has waited longest.
    Waits,
}

/// What a week was like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Opened in it.
    pub asked: Vec<TicketId>,
    /// Answered in it.
    pub answered: Vec<TicketId>,
    /// By level, the highest first; levels without a promise are left out.
    pub promises: Vec<Promises>,
    /// Escalated to the team.
    pub escalated_in: Vec<TicketId>,
    /// Escalated by the team.
    pub escalated_out: Vec<TicketId>,
    /// Those that were answered for the first time.
    pub first_replies: Vec<TicketId>,
    /// The median of the open seconds until then; none of fewer than five.
    pub median_seconds: Option<i64>,
    /// Rated in it by those who asked: the help was good.
    pub rated_well: Vec<TicketId>,
    /// It was not. (CS-09)
    pub rated_badly: Vec<TicketId>,
    /// What was asked, by area, the most frequent first.
    pub areas: Vec<Theme>,
    /// By kind.
    pub kinds: Vec<Theme>,
    /// By tag.
    pub tags: Vec<Theme>,
    /// Public issues that tickets of the week are linked to.
    pub issues: Vec<Theme>,
    /// Asked or answered in it, and the documentation should have had the answer: tagged `docs`.
    pub docs: Vec<TicketId>,
    /// Tickets worth naming.
    pub notable: Vec<(Notable, TicketId)>,
}

impl Numbers {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
            && self.answered.is_empty()
            && self.promises.is_empty()
            && self.escalated_in.is_empty()
            && self.escalated_out.is_empty()
            && self.rated_well.is_empty()
            && self.rated_badly.is_empty()
    }

    /// The tickets behind a number, by the name of the number: `asked`, `missed-high`, `tag:safari`.
    pub fn tickets(&self, of: &str) -> Option<&[TicketId]> {
        let theme = |themes: &'_ [Theme], name: &str| -> Option<usize> {
            themes.iter().position(|(known, _)| known == name)
        };
        let found = match of.split_once([':', '-']) {
            Some(("area", name)) => &self.areas[theme(&self.areas, name)?].1,
            Some(("kind", name)) => &self.kinds[theme(&self.kinds, name)?].1,
            Some(("tag", name)) => &self.tags[theme(&self.tags, name)?].1,
            Some(("issue", name)) => &self.issues[theme(&self.issues, name)?].1,
            Some((kept @ ("met" | "missed"), level)) => {
                let level: Level = level.parse().ok()?;
                let promises = self.promises.iter().find(|one| one.level == level)?;
                if kept == "met" { &promises.met } else { &promises.missed }
            }
            Some(("escalated", "in")) => &self.escalated_in,
            Some(("escalated", "out")) => &self.escalated_out,
            Some(("first", "replies")) => &self.first_replies,
            Some(("rated", "well")) => &self.rated_well,
            Some(("rated", "badly")) => &self.rated_badly,
            _ => match of {
                "asked" => &self.asked,
                "answered" => &self.answered,
                "docs" => &self.docs,
                _ => return None,
            },
        };
        Some(found)
    }
}

/// A team as a digest looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// Whose promises are counted.
    pub team: TeamId,
    /// The parts of the product that are the team's, whoever answers first for them.
    pub areas: &'a [&'a str],
    /// The tag of a ticket whose answer should have been in the documentation.
    pub docs_tag: &'a str,
}

/// Counts a team's week. What was asked is what the team has now, and what is about its areas, for that is the feedback
/// it needs; how promises were kept is of its own tickets alone. What was marked as spam, merged or asked by one of us
/// is not counted.
pub fn count(
    Counted { team, areas, docs_tag }: Counted<'_>,
    (from, to): (Timestamp, Timestamp),
    calendar: &Calendar,
    tickets: &[Ticket],
) -> Numbers {
    let within = |at: Timestamp| from <= at && at < to;
    let counts =
        |ticket: &&Ticket| ticket.spam.is_none() && ticket.merged.is_none() && !ticket.internal;
    let all: Vec<&Ticket> = tickets.iter().filter(counts).collect();
    let own: Vec<&Ticket> = all.iter().copied().filter(|ticket| ticket.team == team).collect();
    let is_about =
        |ticket: &Ticket| ticket.area.as_deref().is_some_and(|area| areas.contains(&area));
    let about: Vec<&Ticket> =
        all.iter().copied().filter(|ticket| ticket.team == team || is_about(ticket)).collect();
    let some = |tickets: &[&Ticket], is_so: &dyn Fn(&Ticket) -> bool| -> Vec<TicketId> {
        tickets.iter().filter(|ticket| is_so(ticket)).map(|ticket| ticket.id).collect()
    };
    let escalated = |ticket: &Ticket| {
        ticket.escalation.as_ref().filter(|one| within(one.at)).map(|one| (one.from, one.team))
    };
    let asked: Vec<&Ticket> =
        about.iter().copied().filter(|ticket| within(ticket.created_at)).collect();
    let first = |ticket: &Ticket| ticket.replied_at.is_some_and(within);
    let answered = |ticket: &Ticket| {
        first(ticket) || ticket.answered.as_ref().is_some_and(|answer| within(answer.at))
    };
    let rated = |ticket: &Ticket| {
        let answer = ticket.survey.as_ref().and_then(|survey| survey.answer);
        answer.filter(|answer| within(answer.at)).map(|answer| answer.rating.is_good())
    };
    let mut numbers = Numbers {
        asked: some(&asked, &|_| true),
        answered: some(&own, &answered),
        promises: promises(&own, &within),
        escalated_in: some(&all, &|ticket| escalated(ticket).is_some_and(|(_, to)| to == team)),
        escalated_out: some(&all, &|ticket| {
            escalated(ticket).is_some_and(|(from, _)| from == team)
        }),
        first_replies: some(&own, &first),
        median_seconds: median(&own, &first, calendar),
        rated_well: some(&about, &|ticket| rated(ticket) == Some(true)),
        rated_badly: some(&about, &|ticket| rated(ticket) == Some(false)),
        areas: themes(&asked, |ticket| ticket.area.iter().cloned().collect()),
        kinds: themes(&asked, |ticket| {
            ticket.kind.iter().map(|kind| kind.as_str().to_owned()).collect()
        }),
        tags: themes(&asked, |ticket| ticket.tags.clone()),
        issues: themes(&about, |ticket| {
            if within(ticket.created_at) || answered(ticket) {
                ticket.issues.clone()
            } else {
                Vec::new()
            }
        }),
        docs: some(&about, &|ticket| {
            (within(ticket.created_at) || answered(ticket))
                && ticket.tags.iter().any(|tag| tag == docs_tag)
        }),
        notable: Vec::new(),
    };
    numbers.tags.truncate(MOST);
    numbers.issues.truncate(MOST);
    numbers.notable = notable(&numbers, &own, to);
    numbers
}

fn promises(own: &[&Ticket], within: &dyn Fn(Timestamp) -> bool) -> Vec<Promises> {
    let mut levels: BTreeMap<Level, Promises> = BTreeMap::new();
    for ticket in own {
        for clock in &ticket.clocks {
            let met = clock.state == ClockState::Met && clock.stopped_at.is_some_and(within);
            let missed = clock.state == ClockState::Missed && within(clock.due_at);
            if !met && !missed {
                continue;
            }
            let level = ticket.priority;
            let promises = levels.entry(level).or_insert_with(|| Promises {
                level,
                met: Vec::new(),
                missed: Vec::new(),
            });
            let list = if met { &mut promises.met } else { &mut promises.missed };
            // Each promise counts, also a second one of a ticket.
            list.push(ticket.id);
        }
    }
    levels.into_values().rev().collect()
}

/// The median of the open seconds from asking to the first answer.
fn median(own: &[&Ticket], first: &dyn Fn(&Ticket) -> bool, calendar: &Calendar) -> Option<i64> {
    let seconds = |ticket: &&&Ticket| {
        let clock = ticket.clocks.iter().find(|clock| clock.kind == ClockKind::First);
        let since = clock.map_or(ticket.created_at, |clock| clock.started_at);
        Some(calendar.elapsed(since, ticket.replied_at?))
    };
    let replied = own.iter().filter(|ticket| first(ticket));
    let mut all: Vec<i64> = replied.filter_map(|ticket| seconds(&ticket)).collect();
    all.sort_unstable();
    let middle = all.len() / 2;
    match all.len() {
        few if few < LEAST => None,
        even if even % 2 == 0 => Some(all[middle - 1].midpoint(all[middle])),
        _ => Some(all[middle]),
    }
}

/// What tickets have in common, the most frequent first.
fn themes(tickets: &[&Ticket], of: impl Fn(&Ticket) -> Vec<String>) -> Vec<Theme> {
    let mut themes: BTreeMap<String, Vec<TicketId>> = BTreeMap::new();
    for ticket in tickets {
        for name in of(ticket) {
            themes.entry(name).or_default().push(ticket.id);
        }
    }
    let mut themes: Vec<Theme> = themes.into_iter().collect();
    themes.sort_by_key(|(_, tickets)| std::cmp::Reverse(tickets.len()));
    themes
}

fn notable(numbers: &Numbers, own: &[&Ticket], to: Timestamp) -> Vec<(Notable, TicketId)> {
    let mut found: Vec<(Notable, TicketId)> = Vec::new();
    let mut add = |why, id: TicketId| {
        if !found.iter().any(|(_, known)| *known == id) {
            found.push((why, id));
        }
    };
    let missed = numbers.promises.iter().flat_map(|one| one.missed.iter().copied());
    missed.take(MOST_NOTABLE).for_each(|id| add(Notable::Missed, id));
    let escalated = numbers.escalated_in.iter().copied();
    escalated.take(MOST_NOTABLE).for_each(|id| add(Notable::Escalated, id));
    let rated = numbers.rated_badly.iter().copied();
    rated.take(MOST_NOTABLE).for_each(|id| add(Notable::RatedBadly, id));
    let waiting = own.iter().filter(|ticket| !ticket.status.is_done());
    let mut waiting: Vec<(Timestamp, TicketId)> = waiting
        .filter_map(|ticket| Some((ticket.asked_at.filter(|at| *at < to)?, ticket.id)))
        .collect();
    waiting.sort_unstable();
    waiting.into_iter().take(1).for_each(|(_, id)| add(Notable::Waits, id));
    found
}
