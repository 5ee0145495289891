//! Tickets that somebody does not want to see in their own lists until an instant.

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Tx, params};

/// Hides a ticket from somebody until an instant, in place of an earlier one.
pub fn put(tx: &mut Tx<'_>, ticket: TicketId, user: UserId, until: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO snoozes (ticket_id, user_id, until_at) VALUES ($1, $2, $3)
         ON CONFLICT (ticket_id, user_id) DO UPDATE SET until_at = excluded.until_at",
        params![ticket.0, user.0, until],
    )
    .map(|_| ())
}

/// Until when a ticket is hidden from somebody.
pub fn load(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT until_at FROM snoozes WHERE ticket_id = $1 AND user_id = $2";
    tx.query_opt(sql, params![ticket.0, user.0])?.map(|row| row.get(0)).transpose()
}

/// Shows it again. Says whether it was hidden.
pub fn delete(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Result<bool, Error> {
    let sql = "DELETE FROM snoozes WHERE ticket_id = $1 AND user_id = $2";
    Ok(tx.execute(sql, params![ticket.0, user.0])? > 0)
}

/// From whom a ticket is hidden.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<UserId>, Error> {
    let sql = "SELECT user_id FROM snoozes WHERE ticket_id = $1 ORDER BY user_id";
    tx.query(sql, params![ticket.0])?.iter().map(|row| row.get(0).map(UserId)).collect()
}

/// What is hidden from somebody no longer than an instant, what ends first before the rest.
pub fn due(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(TicketId, Timestamp)>, Error> {
    let rows = tx.query(
        "SELECT ticket_id, until_at FROM snoozes WHERE user_id = $1 AND until_at <= $2
         ORDER BY until_at, ticket_id LIMIT $3",
        params![user.0, now, limit],
    )?;
    rows.iter().map(|row| Ok((TicketId(row.get(0)?), row.get(1)?))).collect()
}

/// When the next one ends for somebody.
pub fn next(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT min(until_at) FROM snoozes WHERE user_id = $1";
    tx.query_one(sql, params![user.0])?.get(0)
}
