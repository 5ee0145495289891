//! Teams: the handbook's, found by slug, and beside them those made through the API.

use domain::{Membership, Team, TeamId, UserId};

use crate::{Error, Row, Sql, Tx, memberships, params};

pub use crate::memberships::{
    Filter as MembershipFilter, delete as delete_membership, insert as insert_membership,
};

const SELECT: &str = "SELECT t.id, t.slug, t.name, t.description, t.created_at, t.updated_at, t.deleted_at FROM teams t WHERE ";

fn team(row: &Row) -> Result<Team, Error> {
    Ok(Team {
        id: TeamId(row.get(0)?),
        slug: row.get(1)?,
        name: row.get(2)?,
        description: row.get(3)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
        deleted_at: row.get(6)?,
    })
}

/// All teams that are not deleted, the oldest first.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Team>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("t.deleted_at IS NULL ORDER BY t.id");
    tx.query(sql.text(), sql.params())?.iter().map(team).collect()
}

/// Number, slug and name of all teams that are not deleted, the oldest first.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<(TeamId, Option<String>, String)>, Error> {
    let sql = "SELECT id, slug, name FROM teams WHERE deleted_at IS NULL ORDER BY id";
    let rows = tx.query(sql, params![])?;
    rows.iter().map(|row| Ok((TeamId(row.get(0)?), row.get(1)?, row.get(2)?))).collect()
}

/// The team with this number, also a deleted one.
pub fn load(tx: &mut Tx<'_>, id: TeamId) -> Result<Option<Team>, Error> {
    Ok(many(tx, &[id])?.pop())
}

/// The teams with these numbers, also deleted ones, by number.
pub fn many(tx: &mut Tx<'_>, ids: &[TeamId]) -> Result<Vec<Team>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(SELECT).push("t.id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY t.id");
    tx.query(sql.text(), sql.params())?.iter().map(team).collect()
}

/// The team the handbook calls, or once called, so.
pub fn by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<Team>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("t.slug = ").bind(slug);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(team).transpose()
}

/// All teams the handbook names or once named, also deleted ones, the oldest first.
pub fn of_handbook(tx: &mut Tx<'_>) -> Result<Vec<Team>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("t.slug IS NOT NULL ORDER BY t.id");
    tx.query(sql.text(), sql.params())?.iter().map(team).collect()
}

/// Stores a new team.
pub fn insert(tx: &mut Tx<'_>, team: &Team) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO teams (id, slug, name, description, created_at, updated_at, deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            team.id.0,
            team.slug.as_deref(),
            &team.name,
            team.description.as_deref(),
            team.created_at,
            team.updated_at,
            team.deleted_at
        ],
    )
    .map(|_| ())
}

/// Stores a team that changed.
pub fn update(tx: &mut Tx<'_>, team: &Team) -> Result<(), Error> {
    tx.execute(
        "UPDATE teams SET slug = $2, name = $3, description = $4, updated_at = $5, deleted_at = $6 WHERE id = $1",
        params![
            team.id.0,
            team.slug.as_deref(),
            &team.name,
            team.description.as_deref(),
            team.updated_at,
            team.deleted_at
        ],
    )
    .map(|_| ())
}

/// A person's memberships, the default first.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Membership<TeamId>>, Error> {
    memberships::of_user(tx, user)
}

/// Everybody in a team, in order of joining.
pub fn members(tx: &mut Tx<'_>, team: TeamId) -> Result<Vec<UserId>, Error> {
    Ok(memberships::members(tx, team)?.into_iter().map(|membership| membership.user).collect())
}
