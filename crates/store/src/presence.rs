//! Who looks at a ticket or writes on it, as far as their pages have said so lately.

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Row, Sql, Tx, params};

/// Somebody at a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// Which ticket.
    pub ticket: TicketId,
    /// Who.
    pub user: UserId,
    /// Until when they are believed to be there.
    pub until: Timestamp,
    /// Until when they are believed to write.
    pub writing_until: Timestamp,
}

fn present(row: &Row) -> Result<Present, Error> {
    Ok(Present {
        ticket: TicketId(row.get(0)?),
        user: UserId(row.get(1)?),
        until: row.get(2)?,
        writing_until: row.get(3)?,
    })
}

/// What was known of one person at one ticket.
pub fn load(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Result<Option<Present>, Error> {
    let sql = "SELECT ticket_id, user_id, until_at, writing_until FROM presence WHERE ticket_id = $1 AND user_id = $2";
    tx.query_opt(sql, params![ticket.0, user.0])?.as_ref().map(present).transpose()
}

/// Somebody is there.
pub fn put(tx: &mut Tx<'_>, one: &Present) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO presence (ticket_id, user_id, until_at, writing_until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (ticket_id, user_id) DO UPDATE SET until_at = excluded.until_at,
             writing_until = excluded.writing_until",
        params![one.ticket.0, one.user.0, one.until, one.writing_until],
    )
    .map(|_| ())
}

/// Somebody left. Says whether they were there.
pub fn delete(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Result<bool, Error> {
    let sql = "DELETE FROM presence WHERE ticket_id = $1 AND user_id = $2";
    Ok(tx.execute(sql, params![ticket.0, user.0])? > 0)
}

/// Forgets who is not believed to be anywhere any more.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    tx.execute("DELETE FROM presence WHERE until_at <= $1", params![now]).map(|_| ())
}

/// Who is at these tickets at an instant, by their numbers.
pub fn on(tx: &mut Tx<'_>, tickets: &[TicketId], now: Timestamp) -> Result<Vec<Present>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ticket_id, user_id, until_at, writing_until FROM presence WHERE until_at > ");
    sql.bind(now).push(" AND ticket_id IN (");
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY ticket_id, user_id");
    tx.query(sql.text(), sql.params())?.iter().map(present).collect()
}
