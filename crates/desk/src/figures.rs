//! Figures for those who watch over the desk. Counts and ages, by team, level and channel; nothing about any person.

use std::collections::HashMap;

use domain::reports::{Measure, Week};
use domain::{ClockKind, TeamId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Tx;

use crate::{Ctx, Error};

/// One number with its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What tells it from others of its name: `("team", "flags")`.
    pub labels: Vec<(&'static str, String)>,
    /// The number.
    pub value: i64,
}

/// What is counted: a name, what it means, and the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Without the name of the product.
    pub name: &'static str,
    /// In a sentence.
    pub help: &'static str,
    /// The numbers; none where there is nothing to tell.
    pub figures: Vec<Figure>,
}

impl Family {
    /// A family of one number.
    pub fn one(name: &'static str, help: &'static str, value: i64) -> Self {
        Self { name, help, figures: vec![Figure { labels: Vec::new(), value }] }
    }

    /// A family of numbers with a label each.
    pub fn by(
        name: &'static str,
        help: &'static str,
        label: &'static str,
        values: impl IntoIterator<Item = (String, i64)>,
    ) -> Self {
        let figure = |(of, value)| Figure { labels: vec![(label, of)], value };
        Self { name, help, figures: values.into_iter().map(figure).collect() }
    }
}

/// The figures of tickets, of what leaves, of mail and of time.
pub fn all(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Family>, Error> {
    let mut families = tickets(tx, ctx)?;
    families.extend(ways(tx, ctx)?);
    Ok(families)
}

/// The teams by what the handbook calls them, else by their name.
fn teams(tx: &mut Tx<'_>) -> Result<HashMap<TeamId, String>, Error> {
    let names = store::teams::names(tx)?.into_iter();
    Ok(names.map(|(id, slug, name)| (id, slug.unwrap_or(name))).collect())
}

fn tickets(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Family>, Error> {
    let teams = teams(tx)?;
    let name = |id: TeamId| teams.get(&id).cloned().unwrap_or_else(|| id.0.to_string());
    let unsolved = store::figures::unsolved(tx)?.into_iter().map(|one| Figure {
        labels: vec![("team", name(one.team)), ("priority", one.priority), ("status", one.status)],
        value: one.count,
    });
    let waiting = store::figures::waiting(tx, ctx.now)?;
    let late = waiting.iter().map(|(team, late, _)| (name(*team), *late));
    let free = waiting.iter().map(|(team, _, free)| (name(*team), *free));
    let mut families = vec![
        Family {
            name: "tickets_unsolved",
            help: "Tickets that are not solved, by team, priority and status.",
            figures: unsolved.collect(),
        },
        Family::by("tickets_overdue", "New and open tickets past their target.", "team", late),
        Family::by("tickets_unassigned", "New and open tickets that nobody has.", "team", free),
    ];
    let zone = TimeZone::get(&ctx.handbook.company.timezone).unwrap_or(TimeZone::UTC);
    let week = Week::of(ctx.now, &zone).0;
    let (kept, missed) = (Measure::Kept as fn(ClockKind) -> Measure, Measure::Missed as _);
    for (family, help, measure) in [
        ("targets_kept", "Targets kept since Monday, by team and kind.", kept),
        ("targets_missed", "Targets missed since Monday, by team and kind.", missed),
    ] {
        let mut figures = Vec::new();
        for (kind, of) in [
            (ClockKind::First, "first"),
            (ClockKind::Next, "next"),
            (ClockKind::Escalated, "escalated"),
        ] {
            for (team, value) in store::figures::in_week(tx, measure(kind).as_str(), week)? {
                let labels = vec![("team", name(team)), ("kind", of.to_owned())];
                figures.push(Figure { labels, value });
            }
        }
        families.push(Family { name: family, help, figures });
    }
    Ok(families)
}

fn ways(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Family>, Error> {
    const MOST: i64 = 10_000;
    let age = |since: Timestamp| ctx.now.duration_since(since).as_secs().max(0);
    let outbox = store::figures::outbox(tx)?;
    let depths = outbox.iter().map(|(channel, count, _)| (channel.clone(), *count));
    let ages = outbox.iter().map(|(channel, _, since)| (channel.clone(), age(*since)));
    let mail = store::figures::oldest_mail(tx)?.map_or(0, age);
    let (due, since) = store::figures::wakeups(tx, ctx.now, MOST)?;
    let mailboxes = store::mailboxes::all(tx)?;
    let looked = mailboxes.iter().filter_map(|one| Some((one.name.clone(), age(one.reached_at?))));
    let suspended = store::mails::count_up_to(tx, "suspended", MOST)?;
    let depth = "Deliveries that wait to leave, by channel.";
    let old = "Age of the oldest delivery that waits to leave, by channel.";
    let decided = "Age of the oldest mail about which nothing is decided.";
    let lag = "How late the first wake-up is that is due: nothing happens by itself meanwhile.";
    let reached = "Seconds since a mailbox was last looked at.";
    Ok(vec![
        Family::by("outbox_depth", depth, "channel", depths),
        Family::by("outbox_oldest_seconds", old, "channel", ages),
        Family::one("mails_oldest_seconds", decided, mail),
        Family::one("mails_suspended", "Suspended mails that wait for a decision.", suspended),
        Family::by("mailbox_looked_at_seconds", reached, "mailbox", looked),
        Family::one("wakeups_due", "Wake-ups that are due, up to ten thousand.", due),
        Family::one("wakeups_lag_seconds", lag, since.map_or(0, age)),
    ])
}
