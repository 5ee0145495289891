//! Tickets that somebody gave back, and why. (ROT-11)

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::keysets::{by_id, in_order};
use crate::page::Page;
use crate::{Error, Kind, Row, Sql, Tx, params};

/// Somebody would not take a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Its number.
    pub id: i64,
    /// Which ticket.
    pub ticket: TicketId,
    /// Who gave it back.
    pub user: UserId,
    /// Why, in their words. Erasable.
    pub reason: String,
    /// When.
    pub created_at: Timestamp,
    /// From when on they may be given it again.
    pub again_at: Timestamp,
}

/// Whose skips are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this ticket.
    pub ticket: Option<TicketId>,
    /// By this person.
    pub user: Option<UserId>,
}

fn skip(row: &Row) -> Result<Skip, Error> {
    Ok(Skip {
        id: row.get(0)?,
        ticket: TicketId(row.get(1)?),
        user: UserId(row.get(2)?),
        reason: row.get(3)?,
        created_at: row.get(4)?,
        again_at: row.get(5)?,
    })
}

/// The number of the next one.
pub fn next_id(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.next_id(Kind::Skip)
}

/// Keeps one.
pub fn insert(tx: &mut Tx<'_>, skip: &Skip) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO skips (id, ticket_id, user_id, reason, created_at, again_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![skip.id, skip.ticket.0, skip.user.0, &skip.reason, skip.created_at, skip.again_at],
    )
    .map(|_| ())
}

fn filtered(sql: &mut Sql<'_>, filter: Filter) {
    sql.push(" FROM skips s WHERE 1 = 1");
    if let Some(ticket) = filter.ticket {
        sql.push(" AND s.ticket_id = ").bind(ticket.0);
    }
    if let Some(user) = filter.user {
        sql.push(" AND s.user_id = ").bind(user.0);
    }
}

/// One page of them, by their numbers.
pub fn page(tx: &mut Tx<'_>, filter: Filter, page: &Page) -> Result<Vec<Skip>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT s.id, s.ticket_id, s.user_id, s.reason, s.created_at, s.again_at");
    filtered(&mut sql, filter);
    by_id(&mut sql, page, "s.id");
    let rows = tx.query(sql.text(), sql.params())?;
    let found = rows.iter().map(skip).collect::<Result<Vec<_>, _>>()?;
    Ok(in_order(found, page))
}

/// How many there are, counted up to `limit`.
pub fn count_up_to(tx: &mut Tx<'_>, filter: Filter, limit: i64) -> Result<i64, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM (SELECT 1 AS one");
    filtered(&mut sql, filter);
    sql.push(" LIMIT ").bind(limit).push(") AS counted");
    tx.query_one(sql.text(), sql.params())?.get(0)
}
