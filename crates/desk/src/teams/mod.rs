//! Teams and who is in them. The handbook's teams follow the handbook and nothing else; teams made through the API
//! sit beside them, with company hours and no hero.

mod sync;

use domain::{Membership, MembershipId, Role, Team, TeamId, User, UserId};
use store::memberships;
pub use store::memberships::Filter;
use store::page::Page;
use store::{Kind, Tx};

use crate::handbooks::record_admin;
use crate::{Act, Ctx, Error, require};

pub use sync::sync;

/// What is said about a team. What is not said stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: Option<String>,
    /// About it.
    pub description: Option<Option<String>>,
}

/// All teams, for those who may read them.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Team>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::teams::all(tx)?)
}

/// The teams a person is in.
pub fn of_user(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<Vec<Team>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    store::users::load(tx, user)?.ok_or(Error::NotFound)?;
    let ids: Vec<TeamId> =
        store::teams::of_user(tx, user)?.iter().map(|membership| membership.of).collect();
    Ok(store::teams::many(tx, &ids)?)
}

/// The team with this number.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: TeamId) -> Result<Team, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    store::teams::load(tx, id)?.filter(|team| team.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// Makes a team beside the handbook's.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<Team, Error> {
    require(&ctx.actor, Act::Configure)?;
    let name = input.name.as_deref().unwrap_or_default().trim();
    if name.is_empty() {
        return Err(Error::blank("name", "Name"));
    }
    let team = Team {
        id: TeamId(tx.next_id(Kind::Team)?),
        slug: None,
        name: name.to_owned(),
        description: input.description.clone().flatten(),
        created_at: ctx.now,
        updated_at: ctx.now,
        deleted_at: None,
    };
    store::teams::insert(tx, &team)?;
    changed(tx, ctx, &team, "group_created")?;
    Ok(team)
}

/// Changes a team. The handbook's teams keep their names.
pub fn update(tx: &mut Tx<'_>, ctx: &Ctx, id: TeamId, input: &Input) -> Result<Team, Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name("teams")?;
    let mut team = show(tx, ctx, id)?;
    if let Some(name) = input.name.as_deref().map(str::trim)
        && name != team.name
    {
        if name.is_empty() {
            return Err(Error::blank("name", "Name"));
        }
        if team.slug.is_some() {
            return Err(named_by_handbook("name", "Name", &team.name));
        }
        name.clone_into(&mut team.name);
    }
    if let Some(description) = &input.description {
        team.description.clone_from(description);
    }
    team.updated_at = ctx.now;
    store::teams::update(tx, &team)?;
    changed(tx, ctx, &team, "group_changed")?;
    Ok(team)
}

/// Deletes a team made through the API; its people leave it.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: TeamId) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name("teams")?;
    let mut team = show(tx, ctx, id)?;
    if team.slug.is_some() {
        return Err(named_by_handbook("base", "Group", &team.name));
    }
    for membership in memberships::members(tx, id)? {
        end(tx, ctx, &membership)?;
    }
    team.deleted_at = Some(ctx.now);
    team.updated_at = ctx.now;
    store::teams::update(tx, &team)?;
    crate::tickets::leave_team(tx, ctx, id)?;
    changed(tx, ctx, &team, "group_deleted")
}

/// One page of memberships and how many there are in all.
pub fn memberships(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filter: &Filter<TeamId>,
    page: &Page,
) -> Result<(Vec<Membership<TeamId>>, i64), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if let Some(user) = filter.user {
        store::users::load(tx, user)?.ok_or(Error::NotFound)?;
    }
    if let Some(team) = filter.of {
        show(tx, ctx, team)?;
    }
    Ok((memberships::page(tx, filter, page)?, memberships::count(tx, filter)?))
}

/// The membership with this number, of this person if one is given.
pub fn membership(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Option<UserId>,
    id: MembershipId,
) -> Result<Membership<TeamId>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let found: Option<Membership<TeamId>> = memberships::load(tx, id)?;
    found
        .filter(|membership| user.is_none_or(|user| membership.user == user))
        .ok_or(Error::NotFound)
}

/// Puts an agent into a team made through the API. The first place of a person is the default.
pub fn join(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    team: TeamId,
    default: bool,
) -> Result<Membership<TeamId>, Error> {
    require(&ctx.actor, Act::Configure)?;
    let person = agent(tx, user)?;
    let team = store::teams::load(tx, team)?.filter(|team| team.deleted_at.is_none());
    let team = team.ok_or_else(|| {
        Error::invalid("group_id", "InvalidValue", "Group: is not a group we know")
    })?;
    if team.slug.is_some() {
        return Err(named_by_handbook("group_id", "Group", &team.name));
    }
    memberships::lock_user(tx, user)?;
    let own = store::teams::of_user(tx, user)?;
    let membership = Membership {
        id: MembershipId(tx.next_id(Kind::Membership)?),
        user,
        of: team.id,
        default: own.is_empty(),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if !memberships::insert(tx, &membership)? {
        let what = format!("User: {} is already a member of {}", person.name, team.name);
        return Err(Error::invalid("user_id", "DuplicateValue", what));
    }
    if default && !membership.default {
        memberships::set_default::<TeamId>(tx, user, membership.id, ctx.now)?;
    }
    tx.touch(format!("user:{user}"));
    changed(tx, ctx, &team, "group_joined")?;
    Ok(Membership { default: default || membership.default, ..membership })
}

/// Takes a person out of a team made through the API.
pub fn leave(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Option<UserId>,
    id: MembershipId,
) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    let membership = membership(tx, ctx, user, id)?;
    let team = show(tx, ctx, membership.of)?;
    if team.slug.is_some() {
        return Err(named_by_handbook("base", "Group", &team.name));
    }
    end(tx, ctx, &membership)?;
    changed(tx, ctx, &team, "group_left")
}

/// Makes a membership a person's default.
pub fn make_default(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    id: MembershipId,
) -> Result<Vec<Membership<TeamId>>, Error> {
    if ctx.actor.user() != Some(user) {
        require(&ctx.actor, Act::Configure)?;
    }
    membership(tx, ctx, Some(user), id)?;
    memberships::lock_user(tx, user)?;
    memberships::set_default::<TeamId>(tx, user, id, ctx.now)?;
    tx.touch(format!("user:{user}"));
    let mut own = store::teams::of_user(tx, user)?;
    own.sort_by_key(|membership| membership.id);
    Ok(own)
}

/// The people and the teams of memberships, each once, as far as they are wanted.
pub fn of_memberships(
    tx: &mut Tx<'_>,
    memberships: &[Membership<TeamId>],
    people: bool,
    teams: bool,
) -> Result<(Vec<User>, Vec<Team>), Error> {
    let users: Vec<UserId> =
        memberships.iter().filter(|_| people).map(|membership| membership.user).collect();
    let ids: Vec<TeamId> =
        memberships.iter().filter(|_| teams).map(|membership| membership.of).collect();
    Ok((store::users::many(tx, &users)?, store::teams::many(tx, &ids)?))
}

/// The default team of each of these people who has one.
pub fn defaults(tx: &mut Tx<'_>, users: &[User]) -> Result<Vec<(UserId, TeamId)>, Error> {
    let staff: Vec<UserId> =
        users.iter().filter(|user| user.role != Role::EndUser).map(|user| user.id).collect();
    let all = memberships::of_users::<TeamId>(tx, &staff)?;
    Ok(all.into_iter().filter(|one| one.default).map(|one| (one.user, one.of)).collect())
}

/// The name of a handbook team this person is in, if any.
pub(crate) fn handbook_team(tx: &mut Tx<'_>, user: UserId) -> Result<Option<String>, Error> {
    let ids: Vec<TeamId> =
        store::teams::of_user(tx, user)?.iter().map(|membership| membership.of).collect();
    Ok(store::teams::many(tx, &ids)?
        .into_iter()
        .find(|team| team.slug.is_some())
        .map(|team| team.name))
}

/// Takes a person out of everything.
pub(crate) fn leave_all(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    Ok(memberships::delete_of_user::<TeamId>(tx, user)?)
}

/// What may be changed only in the handbook.
pub(crate) fn named_by_handbook(field: &str, human: &str, team: &str) -> Error {
    let what = format!(
        "{human}: the team {team} and its members are set by the handbook; change them there"
    );
    Error::invalid(field, "InvalidValue", what)
}

/// Ends a membership; if it was the default, the oldest of the others is.
fn end(tx: &mut Tx<'_>, ctx: &Ctx, membership: &Membership<TeamId>) -> Result<(), Error> {
    memberships::lock_user(tx, membership.user)?;
    memberships::delete::<TeamId>(tx, membership.id)?;
    let left = store::teams::of_user(tx, membership.user)?;
    if let Some(oldest) = left.iter().min_by_key(|one| one.id)
        && !left.iter().any(|one| one.default)
    {
        memberships::set_default::<TeamId>(tx, membership.user, oldest.id, ctx.now)?;
    }
    tx.touch(format!("user:{}", membership.user));
    Ok(())
}

fn agent(tx: &mut Tx<'_>, id: UserId) -> Result<User, Error> {
    let user = store::users::load(tx, id)?.filter(|user| user.active);
    let user = user
        .ok_or_else(|| Error::invalid("user_id", "InvalidValue", "User: is not a user we know"))?;
    if user.role == Role::EndUser {
        let what =
            format!("User: {} is an end user; only agents can be members of a group", user.name);
        return Err(Error::invalid("user_id", "InvalidValue", what));
    }
    Ok(user)
}

fn changed(tx: &mut Tx<'_>, ctx: &Ctx, team: &Team, kind: &str) -> Result<(), Error> {
    tx.touch(format!("team:{}", team.id));
    let payload = serde_json::json!({ "name": team.name }).to_string();
    record_admin(tx, ctx, "group", team.id.0, kind, &payload)
}
