//! How far somebody has read on a ticket.

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Tx, params};

/// Somebody has read up to an event; never less than before.
pub fn put(
    tx: &mut Tx<'_>,
    user: UserId,
    ticket: TicketId,
    seq: i64,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO readings (user_id, ticket_id, seq, read_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, ticket_id) DO UPDATE SET seq = excluded.seq, read_at = excluded.read_at
         WHERE readings.seq < excluded.seq",
        params![user.0, ticket.0, seq, now],
    )
    .map(|_| ())
}

/// The last event of a ticket that somebody has read, if they have read any.
pub fn load(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Result<Option<i64>, Error> {
    let sql = "SELECT seq FROM readings WHERE user_id = $1 AND ticket_id = $2";
    tx.query_opt(sql, params![user.0, ticket.0])?.map(|row| row.get(0)).transpose()
}
