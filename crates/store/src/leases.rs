//! Tickets that somebody has taken for a while, so that nobody else is given them. (ROT-11)

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Row, Sql, Tx, params};

/// A ticket kept for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Which ticket.
    pub ticket: TicketId,
    /// For whom.
    pub user: UserId,
    /// Since when.
    pub taken_at: Timestamp,
    /// Until when, unless it ends earlier.
    pub until: Timestamp,
}

fn lease(row: &Row) -> Result<Lease, Error> {
    Ok(Lease {
        ticket: TicketId(row.get(0)?),
        user: UserId(row.get(1)?),
        taken_at: row.get(2)?,
        until: row.get(3)?,
    })
}

/// Keeps a ticket for somebody, in place of a lease that is over or was theirs. Says whether they have it now; of two
/// at once only one does.
pub fn take(tx: &mut Tx<'_>, lease: &Lease) -> Result<bool, Error> {
    let rows = tx.execute(
        "INSERT INTO leases (ticket_id, user_id, taken_at, until_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (ticket_id) DO UPDATE SET user_id = excluded.user_id, taken_at = excluded.taken_at,
             until_at = excluded.until_at
         WHERE leases.until_at <= excluded.taken_at OR leases.user_id = excluded.user_id",
        params![lease.ticket.0, lease.user.0, lease.taken_at, lease.until],
    )?;
    Ok(rows > 0)
}

/// The leases on these tickets that last at an instant.
pub fn on(tx: &mut Tx<'_>, tickets: &[TicketId], now: Timestamp) -> Result<Vec<Lease>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ticket_id, user_id, taken_at, until_at FROM leases WHERE until_at > ")
        .bind(now);
    sql.push(" AND ticket_id IN (");
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(lease).collect()
}

/// What somebody has taken and not finished at an instant, what was taken first before the rest.
pub fn of_user(tx: &mut Tx<'_>, user: UserId, now: Timestamp) -> Result<Vec<Lease>, Error> {
    let rows = tx.query(
        "SELECT ticket_id, user_id, taken_at, until_at FROM leases WHERE user_id = $1 AND until_at > $2
         ORDER BY taken_at, ticket_id",
        params![user.0, now],
    )?;
    rows.iter().map(lease).collect()
}

/// Ends somebody's own lease on a ticket, if they have it.
pub fn give_back(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Result<(), Error> {
    let sql = "DELETE FROM leases WHERE ticket_id = $1 AND user_id = $2";
    tx.execute(sql, params![ticket.0, user.0]).map(|_| ())
}

/// Ends the lease on a ticket, whoever has it.
pub fn end(tx: &mut Tx<'_>, ticket: TicketId) -> Result<(), Error> {
    tx.execute("DELETE FROM leases WHERE ticket_id = $1", params![ticket.0]).map(|_| ())
}
