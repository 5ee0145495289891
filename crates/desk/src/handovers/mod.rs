//! Handovers: a sheet before a hero's week ends, and what is left going on to the next hero, once. (ROT-07)

mod marks;
mod passing;
mod read;

use domain::handovers::{Handover, Line};
use domain::rota::Started;
use domain::work::WorkClass;
use domain::{Status, Team, TeamId, TicketId, UserId};
use handbook::{Amount, Handbook};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::page::Page;
use store::tickets::{Filter, Order};

use crate::rota::{self, moment_after};
use crate::{Ctx, Error};

pub use domain::handovers::{Mark, Outcome};
pub use marks::{Marking, mark};
pub use read::{Beside, Entry, Sheet, beside, read};

/// How many tickets a sheet names; those that somebody has come first. What is not on it stays in the team's queue.
const MOST: i64 = 500;

/// A week that began has a sheet ahead of it: it is drawn up so many open hours before the end as the handbook says.
pub(crate) fn expect(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    team: &Team,
    week: &Started,
) -> Result<(), Error> {
    let calendar = handbook.calendar(team.slug.as_deref().unwrap_or_default());
    let draw_at = match handbook.work.handover.amount {
        Amount::OpenSeconds(seconds) => calendar.back(week.to, seconds),
        Amount::BusinessDays(_) => week.to,
    };
    let handover = Handover {
        team: team.id,
        week: week.from,
        ends_at: week.to,
        draw_at: draw_at.max(week.from),
        drawn_at: None,
        passed_at: None,
        from: None,
        to: None,
    };
    Ok(store::handovers::expect(tx, &handover)?)
}

/// When something about a team's handovers is due next.
pub(crate) fn next_due(tx: &mut Tx<'_>, team: TeamId) -> Result<Option<Timestamp>, Error> {
    let ahead = store::handovers::ahead(tx, team)?;
    Ok(ahead.map(|one| if one.drawn_at.is_some() { one.ends_at } else { one.draw_at }))
}

/// Draws up what is due, and passes on what is due, week by week; the rota is held by the caller.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, team: &Team) -> Result<(), Error> {
    while let Some(mut handover) = store::handovers::ahead(tx, team.id)? {
        if handover.drawn_at.is_none() && handover.draw_at <= ctx.now {
            draw(tx, ctx, team, &mut handover)?;
        } else if handover.drawn_at.is_some() && handover.ends_at <= ctx.now {
            passing::pass(tx, ctx, team, &mut handover)?;
        } else {
            break;
        }
    }
    Ok(())
}

/// Writes down what the hero owes now.
fn draw(tx: &mut Tx<'_>, ctx: &Ctx, team: &Team, handover: &mut Handover) -> Result<(), Error> {
    handover.drawn_at = Some(ctx.now);
    handover.from = hero(tx, ctx, team, handover)?;
    store::handovers::update(tx, handover)?;
    let queue = queue(tx, handover)?;
    for (ticket, class) in &queue {
        store::handovers::set_line(tx, handover, &Line::unmarked(*ticket, *class))?;
    }
    let payload = json!({ "week": handover.week, "tickets": queue.len() });
    rota::record(tx, ctx, team.id, "handover_drawn", &payload)
}

/// Whose week it is, at its end: who holds just then, or whoever had the week and is away.
fn hero(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: &Team,
    handover: &Handover,
) -> Result<Option<UserId>, Error> {
    let span = (handover.week, moment_after(handover.ends_at));
    let loaded = rota::load(tx, &ctx.handbook, team.clone(), span)?;
    let last = handover.ends_at.checked_sub(SignedDuration::from_micros(1));
    let last = last.unwrap_or(handover.ends_at);
    let holder = loaded.rota.shift_at(last).and_then(|shift| shift.holder);
    Ok(holder.or(loaded.rota.week_at(last).and_then(|week| week.holder)))
}

/// Where what is handed over waits: with the week's hero, then with nobody.
fn filters(handover: &Handover) -> Vec<Filter> {
    let owners = handover.from.map(Some).into_iter().chain([None]);
    let filter = |owner| Filter {
        statuses: vec![Status::New, Status::Open],
        team: Some(handover.team),
        assignee: Some(owner),
        up_to: Some(WorkClass::LAST_HANDED_OVER),
        ..Filter::default()
    };
    owners.map(filter).collect()
}

/// What waits in the team's queue with the week's hero or with nobody, of the classes that are handed over.
fn queue(tx: &mut Tx<'_>, handover: &Handover) -> Result<Vec<(TicketId, WorkClass)>, Error> {
    let mut found = Vec::new();
    for filter in filters(handover) {
        let room = MOST - i64::try_from(found.len()).unwrap_or(MOST);
        if room > 0 {
            let page = Page::first(room);
            found.extend(store::tickets::page(tx, &filter, Order::Work, &page)?);
        }
    }
    Ok(found.iter().map(|stored| (stored.ticket.id, stored.work)).collect())
}
