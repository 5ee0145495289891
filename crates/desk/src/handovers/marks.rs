//! What is said about a ticket before the week ends: done, next owner told, or waiting until a day. (ROT-07)

use domain::TicketId;
use domain::handovers::{Handover, Line, Mark};
use jiff::civil::Date;
use store::Tx;

use super::read::named;
use crate::{Act, Ctx, Error, require, rota, texts};

/// How many letters a word may have.
const LONGEST: usize = 300;

/// What is to be said about a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marking {
    /// The mark; none takes it back.
    pub mark: Option<Mark>,
    /// With `waiting`: until which day of the team.
    pub until: Option<Date>,
    /// A word; may be empty.
    pub word: String,
}

/// Marks a ticket on a sheet; the last word counts.
///
/// # Errors
///
/// [`Error::NotFound`] for a sheet or a ticket on it that is not there, [`Error::Invalid`] once the week has ended, or
/// for something that waits without a day ahead.
pub fn mark(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    week: Date,
    ticket: TicketId,
    marking: &Marking,
) -> Result<Line, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    // Not while the week ends.
    let team = rota::team(tx, &ctx.handbook, slug)?;
    tx.lock_name(&format!("rota:{}", team.id))?;
    let (_, handover) = named(tx, ctx, slug, week)?;
    if handover.passed_at.is_some() || handover.ends_at <= ctx.now {
        let what = "Mark: the week has ended; what was left went on";
        return Err(Error::invalid("mark", "InvalidValue", what));
    }
    if handover.drawn_at.is_none() {
        return Err(Error::NotFound);
    }
    let before = known(tx, &handover, ticket)?.ok_or(Error::NotFound)?;
    let waits_until = match (marking.mark, marking.until) {
        (Some(Mark::Waiting), day) => Some(ahead(ctx, slug, day)?),
        _ => None,
    };
    let line = Line {
        mark: marking.mark,
        waits_until,
        word: texts::one_line(&marking.word, LONGEST),
        marked_by: ctx.actor.user(),
        marked_at: Some(ctx.now),
        ..before
    };
    store::handovers::set_line(tx, &handover, &line)?;
    tx.touch(format!("team:{}", handover.team));
    Ok(line)
}

/// The line of a ticket: written down already, or in the queue since.
fn known(tx: &mut Tx<'_>, handover: &Handover, ticket: TicketId) -> Result<Option<Line>, Error> {
    let written = store::handovers::lines(tx, handover)?;
    if let Some(line) = written.into_iter().find(|line| line.ticket == ticket) {
        return Ok(Some(line));
    }
    let queue = super::queue(tx, handover)?;
    let waits = queue.into_iter().find(|(id, _)| *id == ticket);
    Ok(waits.map(|(id, class)| Line::unmarked(id, class)))
}

/// The beginning of a day ahead, where the team is.
fn ahead(ctx: &Ctx, slug: &str, day: Option<Date>) -> Result<jiff::Timestamp, Error> {
    let day = day.ok_or_else(|| Error::blank("until", "Until"))?;
    let zone = ctx.handbook.calendar(slug).zone();
    let begins = zone.to_timestamp(day.at(0, 0, 0, 0)).ok();
    begins.filter(|at| *at > ctx.now && day.year() < 2200).ok_or_else(|| {
        Error::invalid("until", "InvalidValue", format!("Until: {day} is not a day ahead"))
    })
}
