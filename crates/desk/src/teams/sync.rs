//! Teams and members as the handbook says, after it was put in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{Membership, MembershipId, Role, Team, TeamId, User, UserId};
use handbook::Handbook;
use store::memberships;
use store::{Kind, Tx};

use crate::handbooks::record_admin;
use crate::{Ctx, Error};

/// Makes teams, agents and memberships what the handbook says. Teams that left it are deleted, with their memberships;
/// people who left a team stay agents.
pub fn sync(tx: &mut Tx<'_>, ctx: &Ctx, handbook: &Handbook) -> Result<(), Error> {
    tx.lock_name("teams")?;
    let teams = teams(tx, ctx, handbook)?;
    let mut people: BTreeMap<&str, UserId> = BTreeMap::new();
    for email in handbook.teams.iter().flat_map(|team| &team.members) {
        if !people.contains_key(email.as_str()) {
            people.insert(email, member(tx, ctx, handbook, email)?);
        }
    }
    let mut wanted: BTreeMap<TeamId, Vec<UserId>> = BTreeMap::new();
    for (id, slug) in &teams {
        let members = slug
            .as_deref()
            .and_then(|slug| handbook.team(slug))
            .map(|team| team.members.as_slice());
        let members = members
            .unwrap_or_default()
            .iter()
            .filter_map(|email| people.get(email.as_str()).copied());
        wanted.insert(*id, members.collect());
    }
    part(tx, ctx, &wanted)?;
    for (id, slug) in &teams {
        if slug.is_some() {
            gather(tx, ctx, *id, &wanted[id])?;
        }
    }
    crate::rota::follow(tx, ctx, handbook)
}

/// The rows of the handbook's teams in its order, then of those that left it, which have no slug here.
fn teams(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    handbook: &Handbook,
) -> Result<Vec<(TeamId, Option<String>)>, Error> {
    let known = store::teams::of_handbook(tx)?;
    let mut all = Vec::new();
    for named in &handbook.teams {
        let row = known.iter().find(|team| team.slug.as_deref() == Some(named.slug.as_str()));
        let id = match row {
            Some(team) => {
                if team.name != named.name || team.deleted_at.is_some() {
                    let team = Team {
                        name: named.name.clone(),
                        deleted_at: None,
                        updated_at: ctx.now,
                        ..team.clone()
                    };
                    store::teams::update(tx, &team)?;
                    tx.touch(format!("team:{}", team.id));
                }
                team.id
            }
            None => insert(tx, ctx, named)?,
        };
        all.push((id, Some(named.slug.clone())));
    }
    for team in known {
        if team.slug.as_deref().is_some_and(|slug| handbook.team(slug).is_some()) {
            continue;
        }
        all.push((team.id, None));
        if team.deleted_at.is_none() {
            tx.touch(format!("team:{}", team.id));
            let id = team.id;
            store::teams::update(
                tx,
                &Team { deleted_at: Some(ctx.now), updated_at: ctx.now, ..team },
            )?;
            let ctx = Ctx { handbook: Arc::new(handbook.clone()), ..ctx.clone() };
            crate::tickets::leave_team(tx, &ctx, id)?;
        }
    }
    Ok(all)
}

fn insert(tx: &mut Tx<'_>, ctx: &Ctx, named: &handbook::Team) -> Result<TeamId, Error> {
    let team = Team {
        id: TeamId(tx.next_id(Kind::Team)?),
        slug: Some(named.slug.clone()),
        name: named.name.clone(),
        description: None,
        created_at: ctx.now,
        updated_at: ctx.now,
        deleted_at: None,
    };
    store::teams::insert(tx, &team)?;
    tx.touch(format!("team:{}", team.id));
    Ok(team.id)
}

/// The agent with this address; made, promoted, renamed or moved to another zone as the handbook says.
fn member(tx: &mut Tx<'_>, ctx: &Ctx, handbook: &Handbook, email: &str) -> Result<UserId, Error> {
    let person = handbook.person(email);
    let name = person.and_then(|person| person.name.clone());
    let zone = person.and_then(|person| person.timezone.clone());
    let Some(known) = store::users::by_email(tx, email)? else {
        let name = name.unwrap_or_else(|| crate::users::name_from_address(email));
        let new = User {
            role: Role::Agent,
            verified: true,
            time_zone: zone,
            ..crate::users::blank(tx, ctx, &name)?
        };
        let user = crate::users::insert_with_address(tx, ctx, new, email)?;
        record_admin(tx, ctx, "user", user.id.0, "agent_created", r#"{"by":"handbook"}"#)?;
        return Ok(user.id);
    };
    let role = if known.role.answers() { known.role } else { Role::Agent };
    let user = User {
        role,
        name: name.unwrap_or_else(|| known.name.clone()),
        time_zone: zone.or_else(|| known.time_zone.clone()),
        ..known.clone()
    };
    if user != known {
        store::users::update(tx, &User { updated_at: ctx.now, ..user })?;
        tx.touch(format!("user:{}", known.id));
    }
    if role != known.role {
        let payload = serde_json::json!({ "from": known.role.as_str(), "to": role.as_str(), "by": "handbook" });
        record_admin(tx, ctx, "user", known.id.0, "role_changed", &payload.to_string())?;
    }
    Ok(known.id)
}

/// Ends the memberships that the handbook does not name.
fn part(tx: &mut Tx<'_>, ctx: &Ctx, wanted: &BTreeMap<TeamId, Vec<UserId>>) -> Result<(), Error> {
    for (team, people) in wanted {
        let people: BTreeSet<UserId> = people.iter().copied().collect();
        for membership in memberships::members(tx, *team)? {
            if !people.contains(&membership.user) {
                super::end(tx, ctx, &membership)?;
            }
        }
    }
    Ok(())
}

/// Adds the memberships that are missing; the first place of a person is the default.
fn gather(tx: &mut Tx<'_>, ctx: &Ctx, team: TeamId, people: &[UserId]) -> Result<(), Error> {
    for user in people {
        let own = store::teams::of_user(tx, *user)?;
        if own.iter().any(|membership| membership.of == team) {
            continue;
        }
        let membership = Membership {
            id: MembershipId(tx.next_id(Kind::Membership)?),
            user: *user,
            of: team,
            default: own.is_empty(),
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        memberships::insert(tx, &membership)?;
        tx.touch(format!("user:{user}"));
    }
    Ok(())
}
