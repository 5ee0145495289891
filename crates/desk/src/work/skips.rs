//! Giving a ticket back: allowed, with a reason that others can read. (ROT-11)

use domain::{TicketId, User};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Tx;
use store::page::Page;
use store::skips::{Filter, Skip};

use crate::{Act, Ctx, Error, require, texts, tickets};

/// How many letters a reason may have.
const LONGEST: usize = 500;

/// Gives a ticket back, whether it was taken or only stood on top. The caller is not given it again today.
///
/// # Errors
///
/// [`Error::Invalid`] without a reason, [`Error::NotFound`] for no ticket.
pub fn skip(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, reason: &str) -> Result<Skip, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    tickets::show(tx, ctx, id)?;
    let reason = texts::one_line(reason, LONGEST);
    if reason.is_empty() {
        return Err(Error::blank("reason", "Reason"));
    }
    let person = store::users::load(tx, user)?.ok_or(Error::Unauthenticated)?;
    let skip = Skip {
        id: store::skips::next_id(tx)?,
        ticket: id,
        user,
        reason,
        created_at: ctx.now,
        again_at: tomorrow(ctx, &person),
    };
    store::skips::insert(tx, &skip)?;
    store::leases::give_back(tx, id, user)?;
    super::next::touch(tx, id);
    Ok(skip)
}

/// When the next day begins where somebody is.
fn tomorrow(ctx: &Ctx, person: &User) -> Timestamp {
    let own = person.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
    let zone = own.unwrap_or_else(|| ctx.handbook.company_calendar().zone().clone());
    let day = zone.to_datetime(ctx.now).date().tomorrow();
    let begins = day.ok().and_then(|day| zone.to_timestamp(day.at(0, 0, 0, 0)).ok());
    begins.unwrap_or(ctx.now)
}

/// One page of what was given back.
pub fn skips(tx: &mut Tx<'_>, ctx: &Ctx, filter: Filter, page: &Page) -> Result<Vec<Skip>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::skips::page(tx, filter, page)?)
}

/// How many of them there are, counted up to a limit.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx, filter: Filter, limit: i64) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::skips::count_up_to(tx, filter, limit)?)
}
