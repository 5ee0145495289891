//! Macros: prepared words and changes.

use domain::{Macro, MacroId, TeamId, UserId, ViewFor};

use crate::users::{document, encode};
use crate::{Error, Row, Sql, Tx, params};

const SELECT: &str = "SELECT m.id, m.title, m.description, m.actions, m.is_active, m.position, m.owner_id, m.team_id, \
    m.created_at, m.updated_at FROM macros m WHERE ";

fn read(row: &Row) -> Result<Macro, Error> {
    let (owner, team) = (row.get::<Option<i64>>(6)?, row.get::<Option<i64>>(7)?);
    Ok(Macro {
        id: MacroId(row.get(0)?),
        title: row.get(1)?,
        description: row.get(2)?,
        actions: document(&row.get::<String>(3)?, "macros.actions")?,
        active: row.get(4)?,
        position: row.get(5)?,
        kept_for: match (owner, team) {
            (Some(owner), _) => ViewFor::Person(UserId(owner)),
            (None, Some(team)) => ViewFor::Team(TeamId(team)),
            (None, None) => ViewFor::Everybody,
        },
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
    })
}

/// The macros that somebody in these teams may use, by position.
pub fn of(tx: &mut Tx<'_>, user: UserId, teams: &[TeamId]) -> Result<Vec<Macro>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("(m.owner_id IS NOT NULL AND m.owner_id = ").bind(user.0);
    sql.push(") OR (m.owner_id IS NULL AND m.team_id IS NULL) OR (m.team_id IS NOT NULL AND m.team_id IN (");
    sql.join(teams, ", ", "-1", |sql, team| {
        sql.bind(team.0);
    });
    sql.push(")) ORDER BY m.position, m.id");
    tx.query(sql.text(), sql.params())?.iter().map(read).collect()
}

/// One's own and all that are shared, by position.
pub fn own_and_shared(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Macro>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("m.owner_id IS NULL OR m.owner_id = ").bind(user.0);
    sql.push(" ORDER BY m.position, m.id");
    tx.query(sql.text(), sql.params())?.iter().map(read).collect()
}

/// The macro with this number, whose ever it is.
pub fn load(tx: &mut Tx<'_>, id: MacroId) -> Result<Option<Macro>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("m.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(read).transpose()
}

/// How many macros a person keeps for themselves, or, without one, how many are shared.
pub fn count(tx: &mut Tx<'_>, owner: Option<UserId>) -> Result<i64, Error> {
    tx.query_one(
        "SELECT count(*) FROM macros WHERE owner_id IS NOT DISTINCT FROM CAST($1 AS BIGINT)",
        params![owner.map(|id| id.0)],
    )?
    .get(0)
}

fn owner(kept_for: ViewFor) -> (Option<i64>, Option<i64>) {
    match kept_for {
        ViewFor::Person(user) => (Some(user.0), None),
        ViewFor::Team(team) => (None, Some(team.0)),
        ViewFor::Everybody => (None, None),
    }
}

/// Stores a new macro.
pub fn insert(tx: &mut Tx<'_>, new: &Macro) -> Result<(), Error> {
    let (owner, team) = owner(new.kept_for);
    tx.execute(
        "INSERT INTO macros (id, title, description, actions, is_active, position, owner_id, team_id, created_at,
            updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            new.id.0,
            &new.title,
            new.description.as_deref(),
            &encode(&new.actions),
            new.active,
            new.position,
            owner,
            team,
            new.created_at,
            new.updated_at
        ],
    )
    .map(|_| ())
}

/// Stores a macro that changed.
pub fn update(tx: &mut Tx<'_>, changed: &Macro) -> Result<(), Error> {
    let (owner, team) = owner(changed.kept_for);
    tx.execute(
        "UPDATE macros SET title = $2, description = $3, actions = $4, is_active = $5, position = $6, owner_id = $7,
            team_id = $8, updated_at = $9
         WHERE id = $1",
        params![
            changed.id.0,
            &changed.title,
            changed.description.as_deref(),
            &encode(&changed.actions),
            changed.active,
            changed.position,
            owner,
            team,
            changed.updated_at
        ],
    )
    .map(|_| ())
}

/// Forgets a macro. The log keeps what it was called.
pub fn delete(tx: &mut Tx<'_>, id: MacroId) -> Result<(), Error> {
    tx.execute("DELETE FROM macros WHERE id = $1", params![id.0]).map(|_| ())
}
