//! Mail as it came, what became of it, and which ticket a Message-ID belongs to.
//!
//! The same bytes are one row, found by their digest. While `due_at` is set nothing was decided about a mail yet.

use domain::TicketId;
use jiff::Timestamp;

use crate::{Error, Kind, Row, Tx, params};

/// The outcome of a mail about which nothing was decided yet.
pub const WAITING: &str = "waiting";
/// The outcome of a mail about which nothing could be decided yet.
pub const FAILED: &str = "failed";

/// What is known about an archived mail, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Its number.
    pub id: i64,
    /// When it came.
    pub received_at: Timestamp,
    /// Where it came in.
    pub mailbox: String,
    /// waiting, failed, or what was decided.
    pub outcome: String,
    /// Why.
    pub cause: Option<String>,
    /// The ticket it belongs to, if any.
    pub ticket: Option<TicketId>,
    /// How often deciding about it failed.
    pub attempts: i64,
}

const COLUMNS: &str = "id, received_at, mailbox, outcome, cause, ticket_id, attempts";

fn archived(row: &Row) -> Result<Archived, Error> {
    Ok(Archived {
        id: row.get(0)?,
        received_at: row.get(1)?,
        mailbox: row.get(2)?,
        outcome: row.get(3)?,
        cause: row.get(4)?,
        ticket: row.get::<Option<i64>>(5)?.map(TicketId),
        attempts: row.get(6)?,
    })
}

/// Keeps the bytes of a message; the same bytes again change nothing. Says its number and whether it is new.
pub fn archive(
    tx: &mut Tx<'_>,
    received_at: Timestamp,
    mailbox: &str,
    digest: &str,
    raw: &[u8],
    now: Timestamp,
) -> Result<(i64, bool), Error> {
    const FIND: &str = "SELECT id FROM mails WHERE digest = $1";
    if let Some(row) = tx.query_opt(FIND, params![digest])? {
        return Ok((row.get(0)?, false));
    }
    let id = tx.next_id(Kind::Mail)?;
    let inserted = tx.execute(
        "INSERT INTO mails (id, received_at, mailbox, raw, outcome, digest, due_at)
         VALUES ($1, $2, $3, $4, 'waiting', $5, $6) ON CONFLICT (digest) DO NOTHING",
        params![id, received_at, mailbox, raw, digest, now],
    )?;
    if inserted > 0 {
        tx.touch("mails");
        return Ok((id, true));
    }
    Ok((tx.query_one(FIND, params![digest])?.get(0)?, false))
}

/// The mail with this number, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Option<Archived>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM mails WHERE id = $1{}", tx.lock_suffix());
    tx.query_opt(&sql, params![id])?.as_ref().map(archived).transpose()
}

/// Records what was decided about a mail.
pub fn decided(
    tx: &mut Tx<'_>,
    id: i64,
    outcome: &str,
    cause: Option<&str>,
    ticket: Option<TicketId>,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE mails SET outcome = $2, cause = $3, ticket_id = $4, due_at = NULL WHERE id = $1",
        params![id, outcome, cause, ticket.map(|id| id.0)],
    )
    .map(|_| ())
}

/// Records that nothing could be decided about a mail, and when to try again.
pub fn put_off(tx: &mut Tx<'_>, id: i64, why: &str, due_at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE mails SET outcome = 'failed', cause = $2, due_at = $3, attempts = attempts + 1
         WHERE id = $1 AND due_at IS NOT NULL",
        params![id, why, due_at],
    )?;
    tx.touch("mails");
    Ok(())
}

/// The mails about which something is to be decided by `now`, in the order in which they came, with their bytes: at
/// most `limit`, and after the first no more than `bytes` together.
pub fn due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
    bytes: usize,
) -> Result<Vec<(Archived, Vec<u8>)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM mails WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2"
    );
    let mut found = Vec::new();
    let mut size = 0;
    for row in tx.query(&sql, params![now, limit])? {
        let one = archived(&row)?;
        let raw: Vec<u8> =
            tx.query_one("SELECT raw FROM mails WHERE id = $1", params![one.id])?.get(0)?;
        size += raw.len();
        if size > bytes && !found.is_empty() {
            break;
        }
        found.push((one, raw));
    }
    Ok(found)
}

/// The newest mails about which nothing could be decided.
pub fn failed(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Archived>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM mails WHERE outcome = 'failed' ORDER BY id DESC LIMIT $1");
    tx.query(&sql, params![limit])?.iter().map(archived).collect()
}

/// How many mails have an outcome.
pub fn count(tx: &mut Tx<'_>, outcome: &str) -> Result<i64, Error> {
    tx.query_one("SELECT count(*) FROM mails WHERE outcome = $1", params![outcome])?.get(0)
}

/// Remembers that a Message-ID belongs to a ticket.
pub fn link(tx: &mut Tx<'_>, message_id: &str, ticket: TicketId) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO message_ids (message_id, ticket_id) VALUES ($1, $2) ON CONFLICT (message_id, ticket_id) DO NOTHING",
        params![message_id, ticket.0],
    )
    .map(|_| ())
}

/// The tickets a Message-ID belongs to, newest first.
pub fn linked(tx: &mut Tx<'_>, message_id: &str) -> Result<Vec<TicketId>, Error> {
    let rows = tx.query(
        "SELECT ticket_id FROM message_ids WHERE message_id = $1 ORDER BY ticket_id DESC LIMIT 10",
        params![message_id],
    )?;
    rows.iter().map(|row| row.get(0).map(TicketId)).collect()
}
