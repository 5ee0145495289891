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

/// Every handbook that was ever stored: its version and its text.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, Error> {
    let rows =
        tx.query("SELECT version, content FROM handbooks ORDER BY stored_at, version", params![])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// One time a handbook was put in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// Which handbook.
    pub version: String,
    /// When.
    pub at: Timestamp,
    /// Person or system.
    pub actor_kind: String,
    /// A user's number or a name.
    pub actor_id: String,
}

/// The last times a handbook was put in force, the newest first.
pub fn activations(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Activation>, Error> {
    let rows = tx.query(
        "SELECT version, at, actor_kind, actor_id FROM activations ORDER BY id DESC LIMIT $1",
        params![limit],
    )?;
    let activation = |row: &crate::Row| {
        Ok(Activation {
            version: row.get(0)?,
            at: row.get(1)?,
            actor_kind: row.get(2)?,
            actor_id: row.get(3)?,
        })
    };
    rows.iter().map(activation).collect()
}

/// The text of a stored handbook.
pub fn content(tx: &mut Tx<'_>, version: &str) -> Result<Option<String>, Error> {
    let row = tx.query_opt("SELECT content FROM handbooks WHERE version = $1", params![version])?;
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

/// A change by an admin, or by whoever may make such changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminEvent {
    /// When.
    pub at: Timestamp,
    /// Person or system.
    pub actor_kind: String,
    /// A user's number or a name.
    pub actor_id: String,
    /// What sort of change.
    pub kind: String,
    /// What it was, as JSON.
    pub payload: String,
}

/// The last changes of a subject, the newest first.
pub fn admin_events(
    tx: &mut Tx<'_>,
    subject_kind: &str,
    subject_id: i64,
    limit: i64,
) -> Result<Vec<AdminEvent>, Error> {
    let rows = tx.query(
        "SELECT at, actor_kind, actor_id, kind, payload FROM admin_events
         WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id DESC LIMIT $3",
        params![subject_kind, &subject_id.to_string(), limit],
    )?;
    let event = |row: &crate::Row| {
        Ok(AdminEvent {
            at: row.get(0)?,
            actor_kind: row.get(1)?,
            actor_id: row.get(2)?,
            kind: row.get(3)?,
            payload: row.get(4)?,
        })
    };
    rows.iter().map(event).collect()
}
