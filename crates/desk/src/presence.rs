//! Who is at a ticket, in words for the others: "Ada is viewing", "Ada is writing". Said by pages that are looked at, never
//! by asking for one; believed for a short while; no part of the log.

use domain::{TicketId, UserId};
use jiff::SignedDuration;
use store::Tx;
pub use store::presence::Present;

use crate::{Act, Ctx, Error, require, tickets};

/// How long somebody is believed to be there; a page says so again every twenty seconds.
const STAYS: SignedDuration = SignedDuration::from_secs(50);

/// What a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It is looked at.
    Viewing,
    /// Something is being written.
    Writing,
    /// It is left.
    Leaving,
}

/// The caller is at a ticket, or leaves it. Others hear of it when it is something else than before.
pub fn say(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, doing: Doing) -> Result<(), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    if doing == Doing::Leaving {
        if store::presence::delete(tx, ticket, user)? {
            touch(tx, ticket);
        }
        return Ok(());
    }
    tickets::show(tx, ctx, ticket)?;
    let before = store::presence::load(tx, ticket, user)?.filter(|one| one.until > ctx.now);
    let was_writing = before.is_some_and(|one| one.writing_until > ctx.now);
    let until = ctx.now.checked_add(STAYS).unwrap_or(ctx.now);
    let writing = doing == Doing::Writing;
    let writing_until = if writing { until } else { ctx.now };
    if before.is_none() {
        store::presence::sweep(tx, ctx.now)?;
    }
    store::presence::put(tx, &Present { ticket, user, until, writing_until })?;
    if before.is_none() || was_writing != writing {
        touch(tx, ticket);
    }
    Ok(())
}

/// Whoever looks at the ticket hears of it, and whoever looks at a list.
fn touch(tx: &mut Tx<'_>, ticket: TicketId) {
    tx.touch(format!("{TOPIC}:{ticket}"));
    tx.touch(TOPIC);
}

/// What lists of tickets are told when somebody comes to one, leaves it, or begins or ends writing.
pub const TOPIC: &str = "presence";

/// Who else is at these tickets now, by name, and whether they write.
pub fn named(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    tickets: &[TicketId],
) -> Result<Vec<(TicketId, String, bool)>, Error> {
    let present = others(tx, ctx, tickets)?;
    let ids: Vec<UserId> = present.iter().map(|(_, user, _)| *user).collect();
    let people = store::users::many(tx, &ids)?;
    let named = |(ticket, user, writes): (TicketId, UserId, bool)| {
        let person = people.iter().find(|one| one.id == user)?;
        Some((ticket, person.name.clone(), writes))
    };
    Ok(present.into_iter().filter_map(named).collect())
}

/// Who else is at these tickets now, and whether they write.
pub fn others(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    tickets: &[TicketId],
) -> Result<Vec<(TicketId, UserId, bool)>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let me = ctx.actor.user();
    let found = store::presence::on(tx, tickets, ctx.now)?.into_iter();
    let others = found.filter(|one| Some(one.user) != me);
    Ok(others.map(|one| (one.ticket, one.user, one.writing_until > ctx.now)).collect())
}
