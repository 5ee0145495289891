//! Whether mail arrives at an address, as far as we were told. (SLA-05, CS-03)

use domain::User;
use store::Tx;

use super::NewIdentity;
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

/// Makes an address a person's first, theirs already or new; as it is written.
pub(crate) fn first_address(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: &User,
    address: &str,
) -> Result<String, Error> {
    let Some(address) = super::arrive::address(address) else {
        return Err(super::arrive::wrong_address("email", address));
    };
    let folded = address.to_lowercase();
    match store::users::by_email(tx, &folded)? {
        Some(other) if other.id != person.id => {
            let why = format!("Email: {address} belongs to {}", other.name);
            return Err(Error::invalid("email", "DuplicateValue", why));
        }
        Some(_) => {
            let all = store::users::identities(tx, person.id)?;
            let own =
                all.iter().find(|one| one.kind == "email" && one.value.to_lowercase() == folded);
            if let Some(own) = own.filter(|own| !own.primary) {
                super::identities::make_primary(tx, ctx, person.id, own.id)?;
            }
        }
        None => {
            let new = NewIdentity {
                kind: "email".to_owned(),
                value: address.clone(),
                verified: false,
                primary: true,
            };
            super::identities::add_identity(tx, ctx, person.id, &new)?;
        }
    }
    Ok(address)
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
