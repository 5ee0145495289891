//! How far somebody has read on a ticket.

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Sql, Tx, params};

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

/// On which of these tickets somebody else said the last word, and this person has not read it yet.
pub fn unread(tx: &mut Tx<'_>, user: UserId, tickets: &[TicketId]) -> Result<Vec<TicketId>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(
        "SELECT t.id FROM tickets t
         JOIN comments c ON c.id = (SELECT max(one.id) FROM comments one WHERE one.ticket_id = t.id)
         LEFT JOIN readings r ON r.ticket_id = t.id AND r.user_id = ",
    );
    sql.bind(user.0).push(" WHERE c.author_id <> ").bind(user.0);
    sql.push(
        " AND (r.seq IS NULL OR EXISTS (
             SELECT 1 FROM events e WHERE e.ticket_id = t.id AND e.seq > r.seq AND e.audit_id = c.audit_id
         )) AND t.id IN (",
    );
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(|row| Ok(TicketId(row.get(0)?))).collect()
}
