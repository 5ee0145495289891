//! Mail as it came, and which ticket a Message-ID belongs to.

use domain::{CommentId, TicketId};
use jiff::Timestamp;

use crate::{Error, Kind, Tx, params};

/// Archives a raw message with what became of it.
pub fn insert(
    tx: &mut Tx<'_>,
    received_at: Timestamp,
    mailbox: &str,
    raw: &[u8],
    outcome: &str,
    cause: Option<&str>,
    place: (Option<TicketId>, Option<CommentId>),
) -> Result<i64, Error> {
    let id = tx.next_id(Kind::Mail)?;
    tx.execute(
        "INSERT INTO mails (id, received_at, mailbox, raw, outcome, cause, ticket_id, comment_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            id,
            received_at,
            mailbox,
            raw,
            outcome,
            cause,
            place.0.map(|id| id.0),
            place.1.map(|id| id.0)
        ],
    )?;
    Ok(id)
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
