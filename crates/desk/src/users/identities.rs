//! The addresses and accounts of a person. The primary address is the one we write to.

use domain::{Identity, IdentityId, User, UserId, fold};
use store::{Kind, Tx};

use super::arrive::{NewIdentity, address, wrong_address};
use super::change::manageable;
use crate::{Act, Ctx, Error, require};

/// The kinds of identities there are.
const KINDS: [&str; 8] = [
    "email",
    "phone_number",
    "google",
    "facebook",
    "twitter",
    "agent_forwarding",
    "foreign",
    "sdk",
];

/// What changes about an identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityInput {
    /// As written.
    pub value: Option<String>,
    /// Proved.
    pub verified: Option<bool>,
}

/// A person's identities: agents see everybody's, everybody sees their own.
pub fn identities(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<Vec<Identity>, Error> {
    seen(tx, ctx, user)?;
    Ok(store::users::identities(tx, user)?)
}

/// One identity of a person.
pub fn identity(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    id: IdentityId,
) -> Result<Identity, Error> {
    seen(tx, ctx, user)?;
    let found = store::users::load_identity(tx, id)?;
    found.filter(|identity| identity.user == user).ok_or(Error::NotFound)
}

/// Adds an identity to a person; a taken value is refused.
pub fn add_identity(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    new: &NewIdentity,
) -> Result<Identity, Error> {
    let mut person = manageable(tx, ctx, user)?;
    let identity = add(tx, ctx, &mut person, new, "value")?;
    save(tx, ctx, &mut person)?;
    Ok(identity)
}

/// Changes an identity's value, or says that it is proved.
pub fn change_identity(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    id: IdentityId,
    input: &IdentityInput,
) -> Result<Identity, Error> {
    let mut person = manageable(tx, ctx, user)?;
    let known = identity(tx, ctx, user, id)?;
    let mut changed = Identity { updated_at: ctx.now, ..known.clone() };
    if let Some(value) = input.value.as_deref().filter(|value| fold(value) != fold(&known.value)) {
        not_the_handbooks(ctx, &known)?;
        changed.value = valid(&known.kind, value, "value")?;
        changed.verified = false;
        changed.undeliverable = None;
    }
    if let Some(verified) = input.verified {
        changed.verified = verified;
    }
    store::users::update_identity(tx, &changed).map_err(|error| {
        if error.is_unique_violation() { taken("value", &changed.value) } else { error.into() }
    })?;
    if changed.primary && changed.kind == "email" {
        person.email = Some(changed.value.clone());
        person.verified = changed.verified;
    }
    save(tx, ctx, &mut person)?;
    Ok(changed)
}

/// Makes an address the primary one; `user.email` follows. People choose among their own proved addresses themselves.
pub fn make_primary(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    id: IdentityId,
) -> Result<Vec<Identity>, Error> {
    let own = ctx.actor.user() == Some(user);
    store::memberships::lock_user(tx, user)?;
    let mut person = if own { seen(tx, ctx, user)? } else { manageable(tx, ctx, user)? };
    let chosen = identity(tx, ctx, user, id)?;
    if own && !chosen.verified && !ctx.actor.is_agent() {
        return Err(Error::invalid(
            "identity",
            "InvalidValue",
            "Identity: has to be verified first",
        ));
    }
    primary(tx, ctx, &mut person, &chosen)?;
    save(tx, ctx, &mut person)?;
    Ok(store::users::identities(tx, user)?)
}

/// Says that an identity is proved.
pub fn verify(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId, id: IdentityId) -> Result<Identity, Error> {
    change_identity(
        tx,
        ctx,
        user,
        id,
        &IdentityInput { verified: Some(true), ..IdentityInput::default() },
    )
}

/// Asks for a proof of an identity. There is nothing to see but that it exists.
pub fn request_verification(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    id: IdentityId,
) -> Result<(), Error> {
    identity(tx, ctx, user, id).map(|_| ())
}

/// Forgets an identity that is not the primary one.
pub fn delete_identity(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    id: IdentityId,
) -> Result<(), Error> {
    let own = ctx.actor.user() == Some(user);
    store::memberships::lock_user(tx, user)?;
    let mut person = if own { seen(tx, ctx, user)? } else { manageable(tx, ctx, user)? };
    let known = identity(tx, ctx, user, id)?;
    if known.primary && known.kind == "email" {
        let what = "Identity: is the primary one; make another one primary first";
        return Err(Error::invalid("identity", "InvalidValue", what));
    }
    not_the_handbooks(ctx, &known)?;
    store::users::delete_identity(tx, id)?;
    save(tx, ctx, &mut person)
}

/// Gives a new person their identities.
pub(super) fn give(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: &mut User,
    identities: &[NewIdentity],
) -> Result<(), Error> {
    for (place, new) in identities.iter().enumerate() {
        let known = store::users::identities(tx, user.id)?;
        if known.iter().any(|one| one.kind == new.kind && fold(&one.value) == fold(&new.value)) {
            continue;
        }
        let is_first_address = place == 0 && new.kind == "email";
        add(tx, ctx, user, new, if is_first_address { "email" } else { "identities" })?;
    }
    Ok(())
}

/// Adds an identity; the first address of a person is the primary one. The person is not saved.
pub(super) fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: &mut User,
    new: &NewIdentity,
    field: &str,
) -> Result<Identity, Error> {
    let is_address = new.kind == "email";
    let identity = Identity {
        id: IdentityId(tx.next_id(Kind::Identity)?),
        user: user.id,
        value: valid(&new.kind, &new.value, field)?,
        kind: new.kind.clone(),
        primary: false,
        verified: new.verified,
        undeliverable: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if !store::users::insert_identity(tx, &identity)? {
        return Err(taken(field, &identity.value));
    }
    if is_address && (new.primary || user.email.is_none()) {
        primary(tx, ctx, user, &identity)?;
        return Ok(Identity { primary: true, ..identity });
    }
    Ok(identity)
}

/// Says whether the primary address is proved.
pub(super) fn prove_primary(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: &mut User,
    verified: bool,
) -> Result<(), Error> {
    for identity in store::users::identities(tx, user.id)? {
        if identity.primary && identity.kind == "email" {
            store::users::update_identity(
                tx,
                &Identity { verified, updated_at: ctx.now, ..identity },
            )?;
        }
    }
    user.verified = verified;
    Ok(())
}

/// Makes one address primary and no other of its kind.
fn primary(tx: &mut Tx<'_>, ctx: &Ctx, user: &mut User, chosen: &Identity) -> Result<(), Error> {
    for identity in store::users::identities(tx, user.id)? {
        let is_primary = identity.id == chosen.id;
        if identity.kind == chosen.kind && identity.primary != is_primary {
            store::users::update_identity(
                tx,
                &Identity { primary: is_primary, updated_at: ctx.now, ..identity },
            )?;
        }
    }
    if chosen.kind == "email" {
        user.email = Some(chosen.value.clone());
        user.verified = chosen.verified;
    }
    Ok(())
}

fn valid(kind: &str, value: &str, field: &str) -> Result<String, Error> {
    if !KINDS.contains(&kind) {
        let kinds = KINDS.join(", ");
        return Err(Error::invalid("type", "InvalidValue", format!("Type: is not one of {kinds}")));
    }
    if kind == "email" {
        return address(value).ok_or_else(|| wrong_address(field, value));
    }
    let value = value.trim();
    if value.is_empty() {
        return Err(Error::blank(field, "Value"));
    }
    Ok(value.to_owned())
}

fn taken(field: &str, value: &str) -> Error {
    let human = if field == "value" { "Value" } else { "Email" };
    Error::invalid(
        field,
        "DuplicateValue",
        format!("{human}: {value} is already being used by another user"),
    )
}

/// The handbook finds its people by their addresses.
fn not_the_handbooks(ctx: &Ctx, identity: &Identity) -> Result<(), Error> {
    let folded = fold(&identity.value);
    match ctx.handbook.teams.iter().find(|team| team.members.contains(&folded)) {
        Some(team) if identity.kind == "email" => {
            Err(crate::teams::named_by_handbook("value", "Value", &team.name))
        }
        _ => Ok(()),
    }
}

/// An active person whom the actor may look at.
fn seen(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<User, Error> {
    if ctx.actor.user() != Some(user) {
        require(&ctx.actor, Act::ReadDesk)?;
    }
    store::users::load(tx, user)?.filter(|user| user.active).ok_or(Error::NotFound)
}

fn save(tx: &mut Tx<'_>, ctx: &Ctx, user: &mut User) -> Result<(), Error> {
    user.updated_at = ctx.now;
    store::users::update(tx, user)?;
    tx.touch(format!("user:{}", user.id));
    Ok(())
}
