//! Handbooks by their hash, which one is in force since when, and what admins change.

use jiff::Timestamp;

use crate::{Error, Tx, params};

/// Whether a handbook with this version was ever stored.
pub fn exists(tx: &mut Tx<'_>, version: &str) -> Result<bool, Error> {
    Ok(tx
        .query_opt("SELECT 1 AS one FROM handbooks WHERE version = $1", params![version])?
        .is_some())
}

/// Stores a handbook's text under its version.
pub fn insert(tx: &mut Tx<'_>, version: &str, content: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO handbooks (version, content, stored_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING",
        params![version, content, now],
    )
    .map(|_| ())
}

/// Puts a stored handbook in force.
pub fn activate(
    tx: &mut Tx<'_>,
    id: i64,
    version: &str,
    now: Timestamp,
    actor_kind: &str,
    actor_id: &str,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO activations (id, version, at, actor_kind, actor_id) VALUES ($1, $2, $3, $4, $5)",
        params![id, version, now, actor_kind, actor_id],
    )
    .map(|_| ())
}

/// The text of the handbook in force.
pub fn active(tx: &mut Tx<'_>) -> Result<Option<String>, Error> {
    let row = tx.query_opt(
        "SELECT h.content FROM activations a JOIN handbooks h ON h.version = a.version ORDER BY a.id DESC LIMIT 1",
        params![],
    )?;
    row.map(|row| row.get(0)).transpose()
}

/// The version of the handbook in force.
pub fn active_version(tx: &mut Tx<'_>) -> Result<Option<String>, Error> {
    let row =
        tx.query_opt("SELECT version FROM activations ORDER BY id DESC LIMIT 1", params![])?;
    row.map(|row| row.get(0)).transpose()
}

/// Writes down what an admin changed.
pub fn record_admin(
    tx: &mut Tx<'_>,
    id: i64,
    now: Timestamp,
    (actor_kind, actor_id): (&str, &str),
    via: &str,
    (subject_kind, subject_id): (&str, &str),
    (kind, payload): (&str, &str),
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO admin_events (id, at, actor_kind, actor_id, via, subject_kind, subject_id, kind, payload)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![id, now, actor_kind, actor_id, via, subject_kind, subject_id, kind, payload],
    )
    .map(|_| ())
}
