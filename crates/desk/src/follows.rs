//! Who wants to be told of what is said on a ticket that is not theirs.

use domain::{TicketId, UserId};
use store::Tx;

use crate::{Act, Ctx, Error, require, tickets};

/// The caller follows a ticket from now on, or does not any more.
pub fn set(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, follows: bool) -> Result<(), Error> {
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    set_for(tx, ctx, ticket, user, follows)
}

/// Somebody of us follows a ticket from now on, or does not any more.
///
/// # Errors
///
/// [`Error::Invalid`] for somebody who is none of us.
pub fn set_for(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    user: UserId,
    follows: bool,
) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = &tickets::fresh(tx, ctx, ticket)?;
    if change(tx, ctx, ticket, &[(user, follows)])? {
        // Exports and lists show who follows it.
        store::tickets::update(tx, stored)?;
    }
    Ok(())
}

/// Who follows a ticket from now on, and who does not any more. Says whether that is another than before.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    people: &[(UserId, bool)],
) -> Result<bool, Error> {
    let mut changed = false;
    for (user, follows) in people {
        require(&ctx.actor, Act::WorkTickets)?;
        if !follows {
            changed |= store::follows::delete(tx, ticket, *user)?;
            continue;
        }
        let person = store::users::load(tx, *user)?;
        if !person.is_some_and(|person| person.role.answers()) {
            let what = "Followers: only somebody of us follows a ticket; customers are copied in";
            return Err(Error::invalid("followers", "InvalidValue", what));
        }
        changed |= store::follows::put(tx, ticket, *user, ctx.now)?;
    }
    Ok(changed)
}

/// Who follows a ticket.
pub fn of_ticket(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId) -> Result<Vec<UserId>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::follows::on(tx, &[ticket])?.into_iter().map(|(_, user)| user).collect())
}
