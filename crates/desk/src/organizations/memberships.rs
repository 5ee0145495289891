//! Who belongs to which organization. A person's default membership is their organization.

use std::collections::BTreeMap;

use domain::{Membership, MembershipId, OrganizationId, User, UserId};
use store::memberships::{self, Filter};
use store::page::Page;
use store::{Kind, Tx};

use crate::{Act, Ctx, Error, require};

type Place = Membership<OrganizationId>;

/// One page of memberships and how many there are in all.
pub fn page(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filter: &Filter<OrganizationId>,
    page: &Page,
) -> Result<(Vec<Place>, i64), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if let Some(user) = filter.user {
        store::users::load(tx, user)?.ok_or(Error::NotFound)?;
    }
    if let Some(organization) = filter.of {
        store::organizations::load(tx, organization)?.ok_or(Error::NotFound)?;
    }
    Ok((memberships::page(tx, filter, page)?, memberships::count(tx, filter)?))
}

/// The names of the organizations of these memberships.
pub fn named(
    tx: &mut Tx<'_>,
    memberships: &[Place],
) -> Result<BTreeMap<OrganizationId, String>, Error> {
    let mut ids: Vec<OrganizationId> = memberships.iter().map(|membership| membership.of).collect();
    ids.sort();
    ids.dedup();
    Ok(store::organizations::many(tx, &ids)?.into_iter().map(|one| (one.id, one.name)).collect())
}

/// The membership with this number, of this person if one is given.
pub fn membership(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Option<UserId>,
    id: MembershipId,
) -> Result<Place, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let found: Option<Place> = memberships::load(tx, id)?;
    found
        .filter(|membership| user.is_none_or(|user| membership.user == user))
        .ok_or(Error::NotFound)
}

/// Lets a person belong to an organization. The first membership of a person is the default.
pub fn join(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    organization: OrganizationId,
    default: bool,
) -> Result<Place, Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    memberships::lock_user(tx, user)?;
    let person = store::users::load(tx, user)?.filter(|user| user.active);
    let person = person
        .ok_or_else(|| Error::invalid("user_id", "InvalidValue", "User: is not a user we know"))?;
    let known = store::organizations::load(tx, organization)?;
    let known = known.ok_or_else(|| {
        Error::invalid(
            "organization_id",
            "InvalidValue",
            "Organization: is not an organization we know",
        )
    })?;
    let is_first = store::organizations::of_user(tx, user)?.is_empty();
    let membership = Membership {
        id: MembershipId(tx.next_id(Kind::Membership)?),
        user,
        of: organization,
        default: is_first,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if !memberships::insert(tx, &membership)? {
        let what = format!("User: {} already belongs to {}", person.name, known.name);
        return Err(Error::invalid("user_id", "DuplicateValue", what));
    }
    if is_first || default {
        choose(tx, ctx, person, &membership)?;
    }
    touch(tx, &membership);
    crate::tickets::reconsider_person(tx, ctx, user)?;
    Ok(Membership { default: is_first || default, ..membership })
}

/// Ends a membership.
pub fn leave(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Option<UserId>,
    id: MembershipId,
) -> Result<(), Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    let membership = membership(tx, ctx, user, id)?;
    end(tx, ctx, &membership)
}

/// Ends a person's membership in an organization.
pub fn leave_organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    of: OrganizationId,
) -> Result<(), Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    let own = store::organizations::of_user(tx, user)?;
    let membership = own.iter().find(|membership| membership.of == of).ok_or(Error::NotFound)?;
    end(tx, ctx, membership)
}

/// Makes a membership a person's default, and answers all of them.
pub fn make_default(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    id: MembershipId,
) -> Result<Vec<Place>, Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    let membership = membership(tx, ctx, Some(user), id)?;
    memberships::lock_user(tx, user)?;
    let person = store::users::load(tx, user)?.ok_or(Error::NotFound)?;
    choose(tx, ctx, person, &membership)?;
    touch(tx, &membership);
    crate::tickets::reconsider_person(tx, ctx, user)?;
    let mut own = store::organizations::of_user(tx, user)?;
    own.sort_by_key(|membership| membership.id);
    Ok(own)
}

/// Makes a person's membership in an organization the default.
pub fn make_default_organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    of: OrganizationId,
) -> Result<Vec<Place>, Error> {
    let own = store::organizations::of_user(tx, user)?;
    let membership = own.iter().find(|membership| membership.of == of).ok_or(Error::NotFound)?;
    make_default(tx, ctx, user, membership.id)
}

/// Ends a membership; if it was the default, the oldest of the others is.
pub(super) fn end(tx: &mut Tx<'_>, ctx: &Ctx, membership: &Place) -> Result<(), Error> {
    memberships::lock_user(tx, membership.user)?;
    memberships::delete::<OrganizationId>(tx, membership.id)?;
    touch(tx, membership);
    let left = store::organizations::of_user(tx, membership.user)?;
    let person = store::users::load(tx, membership.user)?;
    if let Some(person) = person.filter(|_| !left.iter().any(|one| one.default)) {
        match left.iter().min_by_key(|one| one.id) {
            Some(oldest) => choose(tx, ctx, person, oldest)?,
            None => store::users::update(
                tx,
                &User { organization: None, updated_at: ctx.now, ..person },
            )?,
        }
    }
    crate::tickets::reconsider_person(tx, ctx, membership.user)
}

/// Makes a membership the default; the person's organization follows.
fn choose(tx: &mut Tx<'_>, ctx: &Ctx, person: User, membership: &Place) -> Result<(), Error> {
    memberships::set_default::<OrganizationId>(tx, person.id, membership.id, ctx.now)?;
    store::users::update(
        tx,
        &User { organization: Some(membership.of), updated_at: ctx.now, ..person },
    )?;
    Ok(())
}

fn touch(tx: &mut Tx<'_>, membership: &Place) {
    tx.touch(format!("user:{}", membership.user));
    tx.touch(format!("organization:{}", membership.of));
}
