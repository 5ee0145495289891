//! Reading people: one, lists, searches, and what belongs to them.

use domain::{OrganizationId, TeamId, User, UserId};
use store::Tx;
use store::page::Page;
use store::users::{Filter, Order};

use super::search::{Query, parse};
use crate::{Act, Ctx, Error, require};

/// Beyond this nobody counts.
const COUNTED: i64 = 100_000;

/// A page of people and, if it was asked for, how many there are in all.
pub type Listed = (Vec<User>, Option<i64>);

/// How many things belong to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Related {
    /// Tickets assigned to them.
    pub assigned_tickets: i64,
    /// Tickets they asked.
    pub requested_tickets: i64,
    /// How often a severity they stated was graded down: shown, never held against them. (PR-04)
    pub severities_graded_down: i64,
}

/// A person, also a deleted one: agents see everybody, everybody sees themselves.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<User, Error> {
    if ctx.actor.user() != Some(id) {
        require(&ctx.actor, Act::ReadDesk)?;
    }
    store::users::load(tx, id)?.ok_or(Error::NotFound)
}

/// The people with these numbers, also deleted ones, or else the active ones with these external ids.
pub fn by_keys(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ids: &[UserId],
    external_ids: Vec<String>,
) -> Result<Vec<User>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if external_ids.is_empty() {
        return Ok(store::users::many(tx, ids)?);
    }
    let filter = Filter { external_ids, ..Filter::default() };
    Ok(store::users::page(tx, &filter, Order::Id, &Page::first(100))?)
}

/// One page of people.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filter: &Filter,
    order: Order,
    page: &Page,
    counted: bool,
) -> Result<Listed, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let count = if counted { Some(store::users::count_up_to(tx, filter, COUNTED)?) } else { None };
    Ok((store::users::page(tx, filter, order, page)?, count))
}

/// How many people a filter finds.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx, filter: &Filter) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    members(tx, filter)?;
    Ok(store::users::count_up_to(tx, filter, COUNTED)?)
}

/// Refuses a filter whose team or organization does not exist.
pub fn members(tx: &mut Tx<'_>, filter: &Filter) -> Result<(), Error> {
    if let Some(id) = filter.organization {
        store::organizations::load(tx, id)?.ok_or(Error::NotFound)?;
    }
    if let Some(id) = filter.team {
        let team = store::teams::load(tx, id)?;
        team.filter(|team| team.deleted_at.is_none()).ok_or(Error::NotFound)?;
    }
    Ok(())
}

/// The people a search finds.
pub fn search(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    query: &str,
    page: &Page,
    counted: bool,
) -> Result<Listed, Error> {
    let Query { mut filter, organization } = parse(query);
    if let Some(name) = organization {
        let id = name.parse().ok().map(OrganizationId);
        let id = match id {
            Some(id) => Some(id),
            None => store::organizations::by_name(tx, &name)?.map(|organization| organization.id),
        };
        let Some(id) = id else { return Ok((Vec::new(), counted.then_some(0))) };
        filter.organization = Some(id);
    }
    list(tx, ctx, &filter, Order::Id, page, counted)
}

/// The people whose names or addresses begin so, by name.
pub fn autocomplete(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    name: &str,
    page: &Page,
    counted: bool,
) -> Result<Listed, Error> {
    let words = name.split_whitespace().map(str::to_owned).collect();
    list(tx, ctx, &Filter { words, ..Filter::default() }, Order::Name, page, counted)
}

/// What belongs to a person.
pub fn related(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<Related, Error> {
    show(tx, ctx, id)?;
    require(&ctx.actor, Act::ReadDesk)?;
    let assigned =
        store::tickets::Filter { assignee: Some(Some(id)), ..store::tickets::Filter::default() };
    let requested =
        store::tickets::Filter { requester: Some(id), ..store::tickets::Filter::default() };
    Ok(Related {
        assigned_tickets: store::tickets::count_up_to(tx, &assigned, COUNTED)?,
        requested_tickets: store::tickets::count_up_to(tx, &requested, COUNTED)?,
        severities_graded_down: store::users::times_graded_down(tx, id)?,
    })
}

/// One page of deleted people.
pub fn deleted(tx: &mut Tx<'_>, ctx: &Ctx, page: &Page, counted: bool) -> Result<Listed, Error> {
    list(tx, ctx, &Filter { deleted: true, ..Filter::default() }, Order::Id, page, counted)
}

/// A deleted person.
pub fn show_deleted(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<User, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    store::users::load(tx, id)?.filter(|user| !user.active).ok_or(Error::NotFound)
}

/// What lists of people may bring along, one entry a person that has any.
pub struct Extras {
    /// Their organizations, each once.
    pub organizations: Vec<domain::Organization>,
    /// Their teams, each once.
    pub teams: Vec<domain::Team>,
    /// Their identities.
    pub identities: Vec<domain::Identity>,
    /// How many unsolved tickets they have asked.
    pub open_tickets: Vec<(UserId, i64)>,
    /// Their default teams.
    pub default_teams: Vec<(UserId, TeamId)>,
}

/// Which extras are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for on its own")]
pub struct Wanted {
    /// Their organizations.
    pub organizations: bool,
    /// Their teams.
    pub teams: bool,
    /// Their identities.
    pub identities: bool,
    /// Counts of unsolved tickets.
    pub open_tickets: bool,
}

/// What belongs to people of a list.
pub fn extras(tx: &mut Tx<'_>, users: &[User], wanted: Wanted) -> Result<Extras, Error> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let mut organizations: Vec<OrganizationId> =
        users.iter().filter_map(|user| user.organization).collect();
    organizations.sort();
    organizations.dedup();
    let mut teams: Vec<TeamId> = Vec::new();
    if wanted.teams {
        let memberships = store::memberships::of_users::<TeamId>(tx, &ids)?;
        teams = memberships.iter().map(|membership| membership.of).collect();
        teams.sort();
        teams.dedup();
    }
    Ok(Extras {
        organizations: if wanted.organizations {
            store::organizations::many(tx, &organizations)?
        } else {
            Vec::new()
        },
        teams: store::teams::many(tx, &teams)?,
        identities: if wanted.identities {
            store::users::identities_of(tx, &ids)?
        } else {
            Vec::new()
        },
        open_tickets: if wanted.open_tickets {
            store::users::open_ticket_counts(tx, &ids)?
        } else {
            Vec::new()
        },
        default_teams: crate::teams::defaults(tx, users)?,
    })
}
