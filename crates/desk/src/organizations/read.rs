//! Reading organizations: one, lists, searches, and what belongs to them.

use domain::{Organization, OrganizationId};
use store::Tx;
use store::organizations::{Filter, Order};
use store::page::Page;

use crate::{Act, Ctx, Error, require};

/// Beyond this nobody counts.
const COUNTED: i64 = 100_000;

/// A page of organizations and, if it was asked for, how many there are in all.
pub type Listed = (Vec<Organization>, Option<i64>);

/// How many things belong to an organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Related {
    /// Its tickets.
    pub tickets: i64,
    /// Its people.
    pub users: i64,
}

/// The organization with this number.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: OrganizationId) -> Result<Organization, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    store::organizations::load(tx, id)?.ok_or(Error::NotFound)
}

/// The organizations with these numbers or external ids that exist.
pub fn by_keys(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ids: &[OrganizationId],
    external_ids: Vec<String>,
) -> Result<Vec<Organization>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if external_ids.is_empty() {
        return Ok(store::organizations::many(tx, ids)?);
    }
    let filter = Filter { external_ids, ..Filter::default() };
    Ok(store::organizations::page(tx, &filter, Order::Id, &Page::first(100))?)
}

/// One page of organizations.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filter: &Filter,
    order: Order,
    page: &Page,
    counted: bool,
) -> Result<Listed, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if let Some(user) = filter.user {
        store::users::load(tx, user)?.ok_or(Error::NotFound)?;
    }
    let count =
        if counted { Some(store::organizations::count_up_to(tx, filter, COUNTED)?) } else { None };
    Ok((store::organizations::page(tx, filter, order, page)?, count))
}

/// How many organizations a filter finds.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx, filter: &Filter) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if let Some(user) = filter.user {
        store::users::load(tx, user)?.ok_or(Error::NotFound)?;
    }
    Ok(store::organizations::count_up_to(tx, filter, COUNTED)?)
}

/// What belongs to an organization.
pub fn related(tx: &mut Tx<'_>, ctx: &Ctx, id: OrganizationId) -> Result<Related, Error> {
    show(tx, ctx, id)?;
    let tickets =
        store::tickets::Filter { organization: Some(id), ..store::tickets::Filter::default() };
    let users = store::users::Filter { organization: Some(id), ..store::users::Filter::default() };
    Ok(Related {
        tickets: store::tickets::count_up_to(tx, &tickets, COUNTED)?,
        users: store::users::count_up_to(tx, &users, COUNTED)?,
    })
}

/// An organization's tags.
pub fn tags(tx: &mut Tx<'_>, ctx: &Ctx, id: OrganizationId) -> Result<Vec<String>, Error> {
    Ok(show(tx, ctx, id)?.tags)
}
