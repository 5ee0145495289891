//! Who wants to be told of what is said on a ticket.

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Sql, Tx, params};

/// Somebody wants to be told. Says whether they did not before.
pub fn put(tx: &mut Tx<'_>, ticket: TicketId, user: UserId, now: Timestamp) -> Result<bool, Error> {
    let rows = tx.execute(
        "INSERT INTO follows (ticket_id, user_id, since) VALUES ($1, $2, $3) ON CONFLICT (ticket_id, user_id) DO NOTHING",
        params![ticket.0, user.0, now],
    )?;
    Ok(rows > 0)
}

/// Somebody does not any more. Says whether they did.
pub fn delete(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Result<bool, Error> {
    let sql = "DELETE FROM follows WHERE ticket_id = $1 AND user_id = $2";
    Ok(tx.execute(sql, params![ticket.0, user.0])? > 0)
}

/// Who wants to be told of what is said on these tickets, by their numbers.
pub fn on(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Result<Vec<(TicketId, UserId)>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ticket_id, user_id FROM follows WHERE ticket_id IN (");
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY ticket_id, user_id");
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((TicketId(row.get(0)?), UserId(row.get(1)?)))).collect()
}
