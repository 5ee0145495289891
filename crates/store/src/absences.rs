//! Who is away, and the tickets that went elsewhere because of it.

use domain::rota::Absence;
use domain::{ShiftId, TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Row, Sql, Tx, params};

const SELECT: &str =
    "SELECT id, user_id, from_at, to_at FROM rota_absences WHERE team_id IS NULL AND ";

fn absence(row: &Row) -> Result<Absence, Error> {
    Ok(Absence {
        id: ShiftId(row.get(0)?),
        person: UserId(row.get(1)?),
        left: false,
        from: row.get(2)?,
        to: row.get(3)?,
    })
}

/// The absence with this number; not that of somebody who left a team.
pub fn load(tx: &mut Tx<'_>, id: ShiftId) -> Result<Option<Absence>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(absence).transpose()
}

/// A person's absences that are not over at an instant, in order.
pub fn of_person(tx: &mut Tx<'_>, person: UserId, after: Timestamp) -> Result<Vec<Absence>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("user_id = ").bind(person.0);
    sql.push(" AND (to_at IS NULL OR to_at > ").bind(after).push(") ORDER BY from_at, id");
    tx.query(sql.text(), sql.params())?.iter().map(absence).collect()
}

/// Everybody's absences that are not over at an instant, in order.
pub fn all(tx: &mut Tx<'_>, after: Timestamp, limit: i64) -> Result<Vec<Absence>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("to_at > ").bind(after);
    sql.push(" AND to_at > from_at ORDER BY from_at, id LIMIT ").bind(limit);
    tx.query(sql.text(), sql.params())?.iter().map(absence).collect()
}

/// A ticket that went to somebody else, or to nobody, because of an absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub ticket: TicketId,
    /// To whom; none is nobody.
    pub to: Option<UserId>,
}

/// Records that a ticket went elsewhere.
pub fn insert_moved(tx: &mut Tx<'_>, absence: ShiftId, moved: Moved) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO moved_work (absence_id, ticket_id, to_id) VALUES ($1, $2, $3)
         ON CONFLICT (absence_id, ticket_id) DO UPDATE SET to_id = excluded.to_id",
        params![absence.0, moved.ticket.0, moved.to.map(|id| id.0)],
    )
    .map(|_| ())
}

/// What went elsewhere because of an absence, by number.
pub fn moved(tx: &mut Tx<'_>, absence: ShiftId) -> Result<Vec<Moved>, Error> {
    let sql = "SELECT ticket_id, to_id FROM moved_work WHERE absence_id = $1 ORDER BY ticket_id";
    let moved = |row: &Row| {
        Ok(Moved { ticket: TicketId(row.get(0)?), to: row.get::<Option<i64>>(1)?.map(UserId) })
    };
    tx.query(sql, params![absence.0])?.iter().map(moved).collect()
}

/// Lets another absence account for what went elsewhere: the person stays away.
pub fn pass_on(tx: &mut Tx<'_>, from: ShiftId, to: ShiftId) -> Result<(), Error> {
    for one in moved(tx, from)? {
        insert_moved(tx, to, one)?;
    }
    tx.execute("DELETE FROM moved_work WHERE absence_id = $1", params![from.0]).map(|_| ())
}

/// Forgets that a ticket went elsewhere, once it is back or stays.
pub fn forget_one(tx: &mut Tx<'_>, absence: ShiftId, ticket: TicketId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM moved_work WHERE absence_id = $1 AND ticket_id = $2",
        params![absence.0, ticket.0],
    )
    .map(|_| ())
}

/// The tickets somebody has that wait for an answer of ours, by number.
pub fn open_work(tx: &mut Tx<'_>, person: UserId) -> Result<Vec<TicketId>, Error> {
    let sql = "SELECT id FROM tickets WHERE assignee_id = $1 AND status IN ('new', 'open') AND deleted_at IS NULL
               ORDER BY id";
    tx.query(sql, params![person.0])?.iter().map(|row| Ok(TicketId(row.get(0)?))).collect()
}
