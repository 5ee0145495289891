//! Keys that apps sign their users' identities with. (CH-01)

use jiff::Timestamp;

use crate::{Error, Row, Tx, params};

/// A key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// The `kid` in a token's head.
    pub id: String,
    /// "HS256" or "`EdDSA`".
    pub algorithm: String,
    /// A public key, or a sealed secret.
    pub material: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when nothing it signed counts any more.
    pub revoked_at: Option<Timestamp>,
}

fn key(row: &Row) -> Result<StoredKey, Error> {
    Ok(StoredKey {
        id: row.get(0)?,
        algorithm: row.get(1)?,
        material: row.get(2)?,
        created_at: row.get(3)?,
        revoked_at: row.get(4)?,
    })
}

/// The key with this id, also a revoked one.
pub fn load(tx: &mut Tx<'_>, id: &str) -> Result<Option<StoredKey>, Error> {
    let sql =
        "SELECT id, algorithm, material, created_at, revoked_at FROM identity_keys WHERE id = $1";
    tx.query_opt(sql, params![id])?.as_ref().map(key).transpose()
}

/// All keys, the oldest first; there are a handful.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<StoredKey>, Error> {
    let rows = tx.query(
        "SELECT id, algorithm, material, created_at, revoked_at FROM identity_keys ORDER BY created_at, id",
        params![],
    )?;
    rows.iter().map(key).collect()
}

/// Stores a key in the place of one with the same id.
pub fn put(tx: &mut Tx<'_>, key: &StoredKey) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO identity_keys (id, algorithm, material, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET algorithm = excluded.algorithm, material = excluded.material,
            created_at = excluded.created_at, revoked_at = NULL",
        params![key.id.as_str(), key.algorithm.as_str(), key.material.as_str(), key.created_at],
    )
    .map(|_| ())
}

/// Revokes a key; false if there is none or it was revoked before.
pub fn revoke(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE identity_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id, now])? == 1)
}
