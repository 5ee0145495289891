//! Whether mail arrives at an address, as far as we were told. (SLA-05, CS-03)

use domain::User;
use store::Tx;

use crate::{Ctx, Error};

/// A mail did not arrive there for good; the ticket's page and the person's say so.
pub(crate) fn mark_undeliverable(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    address: &str,
    why: &str,
) -> Result<(), Error> {
    if let Some(user) = store::users::set_undeliverable(tx, address, Some(why), ctx.now)? {
        tx.touch(format!("user:{user}"));
    }
    Ok(())
}

/// Who writes to us from an address reads there again.
pub(crate) fn hears_again(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    sender: &User,
    from: Option<&mail::Address>,
) -> Result<(), Error> {
    if let Some(from) = from
        && store::users::set_undeliverable(tx, &from.email, None, ctx.now)?.is_some()
    {
        tx.touch(format!("user:{}", sender.id));
    }
    Ok(())
}
