//! One-time links of customers, by the hash of their token. (CH-02)

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Tx, params};

/// A link as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who is signed in by it; nobody for a link that waits to be claimed.
    pub user: Option<UserId>,
    /// The ticket it gives, or leads to.
    pub ticket: Option<TicketId>,
    /// The hash of the claim it completes.
    pub claim: Option<String>,
    /// How long the session lasts that begins with it.
    pub session_seconds: i64,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Stores a link under the hash of its token.
pub fn insert(tx: &mut Tx<'_>, hash: &str, link: &Link) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO customer_links (token_hash, user_id, ticket_id, claim_hash, session_seconds, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            hash,
            link.user.map(|id| id.0),
            link.ticket.map(|id| id.0),
            link.claim.as_deref(),
            link.session_seconds,
            link.expires_at
        ],
    )
    .map(|_| ())
}

/// The link, if it is neither used nor expired.
pub fn load(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<Option<Link>, Error> {
    let row = tx.query_opt(
        "SELECT user_id, ticket_id, claim_hash, session_seconds, expires_at FROM customer_links
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        params![hash, now],
    )?;
    let Some(row) = row else { return Ok(None) };
    let (user, ticket): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
    Ok(Some(Link {
        user: user.map(UserId),
        ticket: ticket.map(TicketId),
        claim: row.get(2)?,
        session_seconds: row.get(3)?,
        expires_at: row.get(4)?,
    }))
}

/// Uses a link up; false if it is over or somebody else just did.
pub fn use_up(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE customer_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(tx.execute(sql, params![hash, now])? == 1)
}

/// Forgets links that have been over for long.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), Error> {
    tx.execute("DELETE FROM customer_links WHERE expires_at < $1", params![before]).map(|_| ())
}
