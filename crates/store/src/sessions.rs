//! Sessions, one-time links and API tokens, by the hash of their token.

use domain::{TokenId, UserId};
use jiff::Timestamp;

use crate::keysets::{by_id, in_order};
use crate::page::Page;
use crate::{Error, Sql, Tx, params};

fn user(row: Option<crate::Row>) -> Result<Option<UserId>, Error> {
    row.map(|row| row.get(0).map(UserId)).transpose()
}

/// The person an API token belongs to, unless it was revoked.
pub fn token_user(tx: &mut Tx<'_>, hash: &str) -> Result<Option<UserId>, Error> {
    let sql = "SELECT user_id FROM api_tokens WHERE token_hash = $1 AND revoked_at IS NULL";
    user(tx.query_opt(sql, params![hash])?)
}

/// Stores an API token's hash, and what the token is for.
pub fn insert_token(
    tx: &mut Tx<'_>,
    id: TokenId,
    user: UserId,
    (hash, name): (&str, Option<&str>),
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO api_tokens (id, user_id, token_hash, created_at, name) VALUES ($1, $2, $3, $4, $5)",
        params![id.0, user.0, hash, now, name],
    )
    .map(|_| ())
}

/// An API token without what is secret about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// Who made it.
    pub user: UserId,
    /// What it is for.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, to the hour.
    pub used_at: Option<Timestamp>,
}

/// A page of the tokens that are good, by number.
pub fn tokens(tx: &mut Tx<'_>, page: &Page) -> Result<Vec<Token>, Error> {
    let mut sql = Sql::new();
    sql.push(
        "SELECT id, user_id, name, created_at, used_at FROM api_tokens WHERE revoked_at IS NULL",
    );
    by_id(&mut sql, page, "id");
    let rows = tx.query(sql.text(), sql.params())?;
    let tokens = rows.iter().map(|row| {
        Ok(Token {
            id: TokenId(row.get(0)?),
            user: UserId(row.get(1)?),
            name: row.get(2)?,
            created_at: row.get(3)?,
            used_at: row.get(4)?,
        })
    });
    Ok(in_order(tokens.collect::<Result<Vec<_>, Error>>()?, page))
}

/// Ends a token; false if there is none.
pub fn revoke_token(tx: &mut Tx<'_>, id: TokenId, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id.0, now])? == 1)
}

/// Whether it is not written down yet that a token was used since an instant.
pub fn is_unused_since(tx: &mut Tx<'_>, hash: &str, since: Timestamp) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM api_tokens WHERE token_hash = $1 AND (used_at IS NULL OR used_at < $2)";
    let found: i64 = tx.query_one(sql, params![hash, since])?.get(0)?;
    Ok(found > 0)
}

/// Writes down that a token was used.
pub fn token_used(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute("UPDATE api_tokens SET used_at = $2 WHERE token_hash = $1", params![hash, now])
        .map(|_| ())
}

/// Stores a one-time link's hash.
pub fn insert_link(
    tx: &mut Tx<'_>,
    user: UserId,
    hash: &str,
    expires_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO sign_in_links (token_hash, user_id, expires_at) VALUES ($1, $2, $3)",
        params![hash, user.0, expires_at],
    )
    .map(|_| ())
}

/// The person a one-time link is for, if it is neither used nor expired.
pub fn link_user(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<UserId>, Error> {
    let sql = "SELECT user_id FROM sign_in_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    user(tx.query_opt(sql, params![hash, now])?)
}

/// Uses a one-time link up; false if somebody else just did.
pub fn use_link(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE sign_in_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    Ok(tx.execute(sql, params![hash, now])? == 1)
}

/// What a session lets its person do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything their role allows.
    Whole,
    /// Their own requests and nothing else, whatever their role.
    Own,
}

/// Stores a session's hash.
pub fn insert_session(
    tx: &mut Tx<'_>,
    user: UserId,
    scope: Scope,
    hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let scope = match scope {
        Scope::Whole => None,
        Scope::Own => Some("own"),
    };
    tx.execute(
        "INSERT INTO sessions (token_hash, user_id, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        params![hash, user.0, scope, now, expires_at],
    )
    .map(|_| ())
}

/// The person a session belongs to and what it lets them do, if it has not expired.
pub fn session_user(
    tx: &mut Tx<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(UserId, Scope)>, Error> {
    let row = tx.query_opt(
        "SELECT user_id, scope FROM sessions WHERE token_hash = $1 AND expires_at > $2",
        params![hash, now],
    )?;
    let Some(row) = row else { return Ok(None) };
    let scope: Option<String> = row.get(1)?;
    let scope = if scope.is_none() { Scope::Whole } else { Scope::Own };
    Ok(Some((UserId(row.get(0)?), scope)))
}

/// Ends a session.
pub fn delete_session(tx: &mut Tx<'_>, hash: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM sessions WHERE token_hash = $1", params![hash]).map(|_| ())
}
