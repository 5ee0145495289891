//! Views: lists that people keep.

use domain::{TeamId, UserId, View, ViewFor, ViewId};

use crate::users::{document, encode};
use crate::{Error, Row, Sql, Tx, params};

const SELECT: &str = "SELECT v.id, v.slug, v.title, v.description, v.query, v.columns, v.is_active, v.position, \
    v.owner_id, v.team_id, v.created_at, v.updated_at FROM views v WHERE ";

fn view(row: &Row) -> Result<View, Error> {
    let (owner, team) = (row.get::<Option<i64>>(8)?, row.get::<Option<i64>>(9)?);
    Ok(View {
        id: ViewId(row.get(0)?),
        slug: row.get(1)?,
        title: row.get(2)?,
        description: row.get(3)?,
        query: row.get(4)?,
        columns: document(&row.get::<String>(5)?, "views.columns")?,
        active: row.get(6)?,
        position: row.get(7)?,
        kept_for: match (owner, team) {
            (Some(owner), _) => ViewFor::Person(UserId(owner)),
            (None, Some(team)) => ViewFor::Team(TeamId(team)),
            (None, None) => ViewFor::Everybody,
        },
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}

/// The views that somebody in these teams may use, by position.
pub fn of(tx: &mut Tx<'_>, user: UserId, teams: &[TeamId]) -> Result<Vec<View>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("(v.owner_id IS NOT NULL AND v.owner_id = ").bind(user.0);
    sql.push(") OR (v.owner_id IS NULL AND v.team_id IS NULL) OR (v.team_id IS NOT NULL AND v.team_id IN (");
    sql.join(teams, ", ", "-1", |sql, team| {
        sql.bind(team.0);
    });
    sql.push(")) ORDER BY v.position, v.id");
    tx.query(sql.text(), sql.params())?.iter().map(view).collect()
}

/// The view with this number, whose ever it is.
pub fn load(tx: &mut Tx<'_>, id: ViewId) -> Result<Option<View>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("v.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(view).transpose()
}

/// The view with this name in addresses, whose ever it is.
pub fn by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<View>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("v.slug = ").bind(slug);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(view).transpose()
}

/// How many views a person keeps for themselves, or, without one, how many are shared.
pub fn count(tx: &mut Tx<'_>, owner: Option<UserId>) -> Result<i64, Error> {
    tx.query_one(
        "SELECT count(*) FROM views WHERE owner_id IS NOT DISTINCT FROM CAST($1 AS BIGINT)",
        params![owner.map(|id| id.0)],
    )?
    .get(0)
}

fn owner(view: &View) -> (Option<i64>, Option<i64>) {
    match view.kept_for {
        ViewFor::Person(user) => (Some(user.0), None),
        ViewFor::Team(team) => (None, Some(team.0)),
        ViewFor::Everybody => (None, None),
    }
}

/// Stores a new view.
pub fn insert(tx: &mut Tx<'_>, view: &View) -> Result<(), Error> {
    let (owner, team) = owner(view);
    tx.execute(
        "INSERT INTO views (id, slug, title, description, query, columns, is_active, position, owner_id, team_id,
            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            view.id.0,
            &view.slug,
            &view.title,
            view.description.as_deref(),
            &view.query,
            &encode(&view.columns),
            view.active,
            view.position,
            owner,
            team,
            view.created_at,
            view.updated_at
        ],
    )
    .map(|_| ())
}

/// Stores a view that changed; its name in addresses never does.
pub fn update(tx: &mut Tx<'_>, view: &View) -> Result<(), Error> {
    let (owner, team) = owner(view);
    tx.execute(
        "UPDATE views SET title = $2, description = $3, query = $4, columns = $5, is_active = $6, position = $7,
            owner_id = $8, team_id = $9, updated_at = $10
         WHERE id = $1",
        params![
            view.id.0,
            &view.title,
            view.description.as_deref(),
            &view.query,
            &encode(&view.columns),
            view.active,
            view.position,
            owner,
            team,
            view.updated_at
        ],
    )
    .map(|_| ())
}

/// Forgets a view.
pub fn delete(tx: &mut Tx<'_>, id: ViewId) -> Result<(), Error> {
    tx.execute("DELETE FROM views WHERE id = $1", params![id.0]).map(|_| ())
}
