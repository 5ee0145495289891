//! The end of a week: what is left goes on to the next hero, who is told once. (ROT-07)

use domain::handovers::{Handover, Line, Mark, Outcome, closed};
use domain::rota::Shift;
use domain::{Actor, Channel, Team, TicketId, User, UserId};
use serde_json::json;
use store::Tx;
use store::tickets::Stored;

use crate::deliveries::{Notice, tell};
use crate::rota::{self, moment_after};
use crate::tickets::{Update, reader_of, update};
use crate::{Ctx, Error, work};

/// Ends a week: each line of the sheet gets its outcome, what the old hero had goes to the new one, and the new one is
/// told. Where the same person goes on nothing moves; where nobody does, whoever stands in is told.
pub(super) fn pass(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: &Team,
    handover: &mut Handover,
) -> Result<(), Error> {
    let span = (handover.ends_at, moment_after(handover.ends_at));
    let loaded = rota::load(tx, &ctx.handbook, team.clone(), span)?;
    let shift = loaded.rota.shift_at(handover.ends_at);
    handover.from = super::hero(tx, ctx, team, handover)?;
    handover.to = shift.as_ref().and_then(|shift| shift.holder);
    handover.passed_at = Some(ctx.now);
    let queue = super::queue(tx, handover)?;
    let lines = closed(store::handovers::lines(tx, handover)?, &queue);
    for line in &lines {
        store::handovers::set_line(tx, handover, line)?;
    }
    store::handovers::update(tx, handover)?;
    let left: Vec<&Line> =
        lines.iter().filter(|line| line.outcome == Some(Outcome::Left)).collect();
    let payload = json!({
        "week": handover.week, "from": handover.from, "to": handover.to, "left": left.len(),
        "without_a_word": left.iter().filter(|line| is_silent(line)).count(),
    });
    rota::record(tx, ctx, team.id, "handover_passed", &payload)?;
    if left.is_empty() || (handover.to.is_some() && handover.to == handover.from) {
        return Ok(());
    }
    let ids: Vec<TicketId> = left.iter().map(|line| line.ticket).collect();
    let tickets = store::tickets::many(tx, &ids)?;
    if let (Some(from), Some(to)) = (handover.from, handover.to) {
        move_on(tx, ctx, &tickets, from, to)?;
    }
    told(tx, ctx, team, handover, shift.as_ref(), &left, &tickets)
}

/// Whether a ticket was left without a word.
fn is_silent(line: &Line) -> bool {
    line.mark.is_none()
}

/// Gives what the old hero had to the new one; what the new one is not to be given yet goes back into the queue, and so
/// does what they cannot have.
fn move_on(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    tickets: &[Stored],
    from: UserId,
    to: UserId,
) -> Result<(), Error> {
    let rule = Ctx { via: Channel::System, ..ctx.acting_as(Actor::Rule("handover".to_owned())) };
    let limit = work::limit(tx, ctx, to)?;
    for stored in tickets.iter().filter(|stored| stored.ticket.assignee == Some(from)) {
        let ticket = &stored.ticket;
        let known = limit.as_ref().is_none_or(|limit| limit.allows(ticket.area.as_deref()));
        let give = |to| Update { assignee: Some(to), ..Update::default() };
        let given = known.then_some(to);
        let moved = tx.attempt(|tx| update(tx, &rule, ticket.id, &give(given)).map(|_| ()));
        match moved {
            Err(Error::Refused(_) | Error::Invalid(_)) => {
                update(tx, &rule, ticket.id, &give(None))?;
            }
            Err(error) => return Err(error),
            Ok(()) => {}
        }
    }
    Ok(())
}

/// Tells the new hero, or whoever stands in, what was left and with what word.
fn told(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: &Team,
    handover: &Handover,
    shift: Option<&Shift>,
    left: &[&Line],
    tickets: &[Stored],
) -> Result<(), Error> {
    let to = match shift.and_then(Shift::answers) {
        Some(id) => store::users::load(tx, id)?,
        None => None,
    };
    let from = match handover.from {
        Some(id) => store::users::load(tx, id)?,
        None => None,
    };
    let until = shift.map_or(handover.ends_at, |shift| shift.to);
    let (when, zone) = match &to {
        Some(user) => reader_of(ctx, user).when(until, handover.ends_at),
        None => company_when(ctx, until, handover),
    };
    let is_held = handover.to.is_some();
    let subject = if is_held {
        format!("You are hero of {}", team.name)
    } else {
        format!("Nobody is hero of {}; you are told instead", team.name)
    };
    let first = if is_held {
        format!("You are hero of {} until {when} {zone}.", team.name)
    } else {
        format!("Nobody is hero of {} now, so nothing moved and you are told.", team.name)
    };
    let subject_of = |line: &Line| {
        let stored = tickets.iter().find(|stored| stored.ticket.id == line.ticket);
        stored.map_or("", |stored| stored.subject.as_str())
    };
    let lines: Vec<String> = left
        .iter()
        .map(|line| format!("#{} {}: {}", line.ticket, subject_of(line), said(ctx, team, line)))
        .collect();
    let slug = team.slug.as_deref().unwrap_or_default();
    let day = ctx.handbook.calendar(slug).zone().to_datetime(handover.week).date();
    let link = format!("{}/rota/{slug}/{day}/handover", ctx.base_url);
    let summed = summed(from.as_ref(), left);
    let text = format!("{first} {summed}\n\n{}\n\n{link}\n", lines.join("\n"));
    let key = format!("handover:{}:{}", team.id, handover.week.as_microsecond());
    match to {
        Some(user) => {
            // Nobody's telephone rings at midnight. (ROT-10)
            let at = crate::notices::reachable(tx, ctx, &user, handover.ends_at)?;
            tell(tx, ctx, &user, Notice { key, at, kind: "handover", subject, text })
        }
        None => crate::notices::post(tx, ctx, team, ("handover", &key), (&subject, text)),
    }
}

fn company_when(ctx: &Ctx, until: jiff::Timestamp, handover: &Handover) -> (String, String) {
    let zone = ctx.handbook.company_calendar().zone().clone();
    let locale = domain::words::Locale::default();
    let when = domain::words::date_time(locale, until, &zone, handover.ends_at);
    (when, domain::words::zone_name(until, &zone))
}

/// "Cy handed over 3; 1 came without a word."
fn summed(from: Option<&User>, left: &[&Line]) -> String {
    let silent = left.iter().filter(|line| is_silent(line)).count();
    let who = from.map_or("Last week", |user| user.name.as_str());
    format!("{who} handed over {}; {silent} came without a word.", left.len())
}

/// With what word a ticket was left.
fn said(ctx: &Ctx, team: &Team, line: &Line) -> String {
    let slug = team.slug.as_deref().unwrap_or_default();
    let zone = ctx.handbook.calendar(slug).zone();
    let mark = match (line.mark, line.waits_until) {
        (None, _) => return "without a word".to_owned(),
        (Some(Mark::Done), _) => "marked done, but still open".to_owned(),
        (Some(Mark::Told), _) => "next owner told".to_owned(),
        (Some(Mark::Waiting), Some(until)) => {
            format!("waits until {}", zone.to_datetime(until).strftime("%a %-d %b"))
        }
        (Some(Mark::Waiting), None) => "waits".to_owned(),
    };
    if line.word.is_empty() { mark } else { format!("{mark}; {}", line.word) }
}
