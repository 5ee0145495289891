//! Mail as it came, what became of it, and which ticket a Message-ID belongs to.
//!
//! The same bytes are one row, found by their digest. While `due_at` is set nothing was decided about a mail yet.

use domain::{CommentId, TicketId, UserId};
use jiff::Timestamp;

use crate::page::Page;
use crate::{Error, Kind, Row, Sql, Tx, blobs, keysets, params};

/// The outcome of a mail about which nothing was decided yet.
pub const WAITING: &str = "waiting";
/// The outcome of a mail about which nothing could be decided yet.
pub const FAILED: &str = "failed";

/// A mail in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Its number.
    pub id: i64,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The mailbox it came to.
    pub mailbox: String,
    /// waiting, failed, created, continued, claimed, duplicate, automatic, suspended or refused.
    pub outcome: String,
    /// Why it is automatic or suspended.
    pub cause: Option<String>,
    /// The ticket it belongs to.
    pub ticket: Option<TicketId>,
    /// The comment made of it.
    pub comment: Option<CommentId>,
    /// The blob that holds it, if it is a long one.
    pub hash: Option<String>,
    /// Who says to have sent it, in lower case.
    pub sender: Option<String>,
    /// The name beside that address.
    pub sender_name: Option<String>,
    /// Its subject.
    pub subject: String,
    /// Its Message-ID, without brackets.
    pub message_id: Option<String>,
    /// How its text begins.
    pub excerpt: String,
    /// Whether its sender was believed, as JSON.
    pub trust: Option<String>,
    /// When somebody decided about it.
    pub decided_at: Option<Timestamp>,
    /// Who did.
    pub decided_by: Option<UserId>,
}

const COLUMNS: &str =
    "id, received_at, mailbox, outcome, cause, ticket_id, comment_id, hash, sender, sender_name,
    subject, message_id, excerpt, trust, decided_at, decided_by";

fn filed(row: &Row) -> Result<Filed, Error> {
    Ok(Filed {
        id: row.get(0)?,
        received_at: row.get(1)?,
        mailbox: row.get(2)?,
        outcome: row.get(3)?,
        cause: row.get(4)?,
        ticket: row.get::<Option<i64>>(5)?.map(TicketId),
        comment: row.get::<Option<i64>>(6)?.map(CommentId),
        hash: row.get(7)?,
        sender: row.get(8)?,
        sender_name: row.get(9)?,
        subject: row.get::<Option<String>>(10)?.unwrap_or_default(),
        message_id: row.get(11)?,
        excerpt: row.get::<Option<String>>(12)?.unwrap_or_default(),
        trust: row.get(13)?,
        decided_at: row.get(14)?,
        decided_by: row.get::<Option<i64>>(15)?.map(UserId),
    })
}

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
    /// Who handed it in, as one line; only while nothing was decided.
    pub session: Option<String>,
}

const WAITING_COLUMNS: &str =
    "id, received_at, mailbox, outcome, cause, ticket_id, attempts, session";

fn archived(row: &Row) -> Result<Archived, Error> {
    Ok(Archived {
        id: row.get(0)?,
        received_at: row.get(1)?,
        mailbox: row.get(2)?,
        outcome: row.get(3)?,
        cause: row.get(4)?,
        ticket: row.get::<Option<i64>>(5)?.map(TicketId),
        attempts: row.get(6)?,
        session: row.get(7)?,
    })
}

/// Keeps the bytes of a message; the same bytes again change nothing. Says its number and whether it is new.
pub fn archive(
    tx: &mut Tx<'_>,
    received_at: Timestamp,
    (mailbox, session): (&str, Option<&str>),
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
        "INSERT INTO mails (id, received_at, mailbox, raw, outcome, digest, due_at, session)
         VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7) ON CONFLICT (digest) DO NOTHING",
        params![id, received_at, mailbox, raw, digest, now, session],
    )?;
    if inserted > 0 {
        tx.touch("mails");
        return Ok((id, true));
    }
    Ok((tx.query_one(FIND, params![digest])?.get(0)?, false))
}

/// Records what was decided about an archived mail, and what is known of it. Where a blob holds it, its own column is
/// emptied.
pub fn decided(tx: &mut Tx<'_>, mail: &Filed, size: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE mails SET outcome = $2, cause = $3, ticket_id = $4, comment_id = $5, hash = $6, sender = $7,
            sender_name = $8, subject = $9, message_id = $10, excerpt = $11, trust = $12, due_at = NULL, session = NULL
         WHERE id = $1",
        params![
            mail.id,
            &mail.outcome,
            mail.cause.as_deref(),
            mail.ticket.map(|id| id.0),
            mail.comment.map(|id| id.0),
            mail.hash.as_deref(),
            mail.sender.as_deref(),
            mail.sender_name.as_deref(),
            &mail.subject,
            mail.message_id.as_deref(),
            &mail.excerpt,
            mail.trust.as_deref()
        ],
    )?;
    if let Some(hash) = &mail.hash {
        blobs::insert(tx, hash, size, mail.received_at)?;
        let nothing: &[u8] = b"";
        tx.execute("UPDATE mails SET raw = $2 WHERE id = $1", params![mail.id, nothing])?;
    }
    Ok(())
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
        "SELECT {WAITING_COLUMNS} FROM mails WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2"
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
    let sql = format!(
        "SELECT {WAITING_COLUMNS} FROM mails WHERE outcome = 'failed' ORDER BY id DESC LIMIT $1"
    );
    tx.query(&sql, params![limit])?.iter().map(archived).collect()
}

/// How many mails have an outcome.
pub fn count(tx: &mut Tx<'_>, outcome: &str) -> Result<i64, Error> {
    tx.query_one("SELECT count(*) FROM mails WHERE outcome = $1", params![outcome])?.get(0)
}

/// A mail by its number.
pub fn load(tx: &mut Tx<'_>, id: i64) -> Result<Option<Filed>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM mails WHERE id = ").bind(id);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(filed).transpose()
}

/// A mail by its number, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Option<Filed>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM mails WHERE id = ").bind(id);
    sql.push(tx.lock_suffix());
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(filed).transpose()
}

/// The bytes of a mail that no blob holds.
pub fn raw(tx: &mut Tx<'_>, id: i64) -> Result<Option<Vec<u8>>, Error> {
    let row = tx.query_opt("SELECT raw FROM mails WHERE id = $1", params![id])?;
    row.map(|row| row.get(0)).transpose()
}

/// A ticket's mails that ended in one way, oldest first.
pub fn of_ticket(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    outcome: &str,
    limit: i64,
) -> Result<Vec<Filed>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM mails WHERE ticket_id = ").bind(ticket.0);
    sql.push(" AND outcome = ").bind(outcome).push(" ORDER BY id LIMIT ").bind(limit);
    tx.query(sql.text(), sql.params())?.iter().map(filed).collect()
}

/// A page of the mails that ended in one way. With `homeless` only those of no ticket.
pub fn page(
    tx: &mut Tx<'_>,
    outcome: &str,
    homeless: bool,
    page: &Page,
) -> Result<Vec<Filed>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM mails WHERE outcome = ").bind(outcome);
    if homeless {
        sql.push(" AND ticket_id IS NULL");
    }
    keysets::by_id(&mut sql, page, "id");
    let found = tx.query(sql.text(), sql.params())?.iter().map(filed).collect::<Result<_, _>>()?;
    Ok(keysets::in_order(found, page))
}

/// How many mails ended in one way, counted up to `limit`.
pub fn count_up_to(tx: &mut Tx<'_>, outcome: &str, limit: i64) -> Result<i64, Error> {
    tx.query_one(
        "SELECT count(*) FROM (SELECT 1 FROM mails WHERE outcome = $1 LIMIT $2) AS counted",
        params![outcome, limit],
    )?
    .get(0)
}

/// How many mails a sender sent us since an instant, counted up to `limit`.
pub fn count_from(
    tx: &mut Tx<'_>,
    sender: &str,
    since: Timestamp,
    limit: i64,
) -> Result<i64, Error> {
    tx.query_one(
        "SELECT count(*) FROM (SELECT 1 FROM mails WHERE sender = $1 AND received_at > $2 LIMIT $3) AS counted",
        params![sender, since, limit],
    )?
    .get(0)
}

/// Records what somebody decided about a mail that waited.
pub fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    outcome: &str,
    place: (Option<TicketId>, Option<CommentId>),
    by: Option<UserId>,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE mails SET outcome = $2, ticket_id = $3, comment_id = $4, decided_at = $5, decided_by = $6 WHERE id = $1",
        params![id, outcome, place.0.map(|id| id.0), place.1.map(|id| id.0), now, by.map(|id| id.0)],
    )
    .map(|_| ())
}

/// Erases the bytes of the mail that a comment was made of.
pub fn erase(tx: &mut Tx<'_>, comment: CommentId) -> Result<(), Error> {
    let rows = tx.query(
        "SELECT hash FROM mails WHERE comment_id = $1 AND hash IS NOT NULL",
        params![comment.0],
    )?;
    let hashes: Vec<String> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let nothing: &[u8] = b"";
    tx.execute(
        "UPDATE mails SET raw = $2, hash = NULL, excerpt = '' WHERE comment_id = $1",
        params![comment.0, nothing],
    )?;
    for hash in hashes {
        blobs::release(tx, &hash)?;
    }
    Ok(())
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
