//! What people did last and can take back.

use domain::UserId;
use jiff::Timestamp;

use crate::{Error, Row, Tx, params};

/// How many a person has; what is older cannot be taken back any more.
const KEPT: i64 = 20;

/// One thing somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Its name, which nobody can guess.
    pub id: String,
    /// Who did it.
    pub user: UserId,
    /// When.
    pub created_at: Timestamp,
    /// What it was, as a document of whoever keeps it.
    pub content: String,
}

fn undo(row: &Row) -> Result<Undo, Error> {
    Ok(Undo {
        id: row.get(0)?,
        user: UserId(row.get(1)?),
        created_at: row.get(2)?,
        content: row.get(3)?,
    })
}

/// Keeps one, and forgets the person's oldest.
pub fn insert(tx: &mut Tx<'_>, undo: &Undo) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO undos (id, user_id, created_at, content) VALUES ($1, $2, $3, $4)",
        params![undo.id.as_str(), undo.user.0, undo.created_at, undo.content.as_str()],
    )?;
    tx.execute(
        "DELETE FROM undos WHERE user_id = $1 AND id IN
            (SELECT u.id FROM undos u WHERE u.user_id = $2 ORDER BY u.created_at DESC, u.id LIMIT 1000 OFFSET $3)",
        params![undo.user.0, undo.user.0, KEPT],
    )
    .map(|_| ())
}

/// The one with this name, if it is this person's.
pub fn load(tx: &mut Tx<'_>, user: UserId, id: &str) -> Result<Option<Undo>, Error> {
    let sql = "SELECT id, user_id, created_at, content FROM undos WHERE id = $1 AND user_id = $2";
    tx.query_opt(sql, params![id, user.0])?.as_ref().map(undo).transpose()
}

/// What somebody did last.
pub fn last(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Undo>, Error> {
    let sql = "SELECT id, user_id, created_at, content FROM undos WHERE user_id = $1
         ORDER BY created_at DESC, id LIMIT 1";
    tx.query_opt(sql, params![user.0])?.as_ref().map(undo).transpose()
}

/// Forgets all of somebody's.
pub fn delete_all(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    tx.execute("DELETE FROM undos WHERE user_id = $1", params![user.0]).map(|_| ())
}

/// Forgets one.
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM undos WHERE id = $1", params![id]).map(|_| ())
}
