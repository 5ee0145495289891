//! The order of work: the top of a queue, and tickets placed anew under another handbook. (ROT-06, ROT-11)

use domain::work::WorkClass;
use domain::{TeamId, TicketId, UserId};
use jiff::Timestamp;

use crate::tickets::{COLUMNS, Stored, stored};
use crate::{Error, Sql, Tx, params};

/// For whom the next ticket is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeker {
    /// Who.
    pub user: UserId,
    /// Their teams.
    pub teams: Vec<TeamId>,
    /// The areas they are limited to, if they are. (ROT-03)
    pub areas: Option<Vec<String>>,
}

/// The earliest tickets of somebody's queues that they may be given: one of each of their teams that nobody has, and
/// one that is theirs already. What somebody else has taken or they gave back lately is passed over. Each is the first
/// of one walk along an index.
pub fn candidates(tx: &mut Tx<'_>, seeker: &Seeker, now: Timestamp) -> Result<Vec<Stored>, Error> {
    let mut found = Vec::new();
    for team in &seeker.teams {
        let mut sql = walk();
        sql.push(" AND t.team_id = ").bind(team.0).push(" AND t.assignee_id IS NULL");
        if let Some(areas) = &seeker.areas {
            sql.push(" AND t.area IN (");
            sql.join(areas, ", ", "NULL", |sql, area| {
                sql.bind(area.as_str());
            });
            sql.push(")");
        }
        first(tx, sql, seeker.user, now, &mut found)?;
    }
    if !seeker.teams.is_empty() {
        let mut sql = walk();
        sql.push(" AND t.assignee_id = ").bind(seeker.user.0).push(" AND t.team_id IN (");
        sql.join(&seeker.teams, ", ", "", |sql, team| {
            sql.bind(team.0);
        });
        sql.push(")");
        first(tx, sql, seeker.user, now, &mut found)?;
    }
    Ok(found)
}

fn walk<'a>() -> Sql<'a> {
    let mut sql = Sql::new();
    // Written as in the partial indexes, so that they serve.
    sql.push("SELECT ").push(COLUMNS);
    sql.push(" FROM tickets t WHERE t.status IN ('new', 'open') AND t.deleted_at IS NULL");
    sql
}

fn first(
    tx: &mut Tx<'_>,
    mut sql: Sql<'_>,
    user: UserId,
    now: Timestamp,
    found: &mut Vec<Stored>,
) -> Result<(), Error> {
    sql.push(" AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.ticket_id = t.id AND l.until_at > ");
    sql.bind(now).push(" AND l.user_id <> ").bind(user.0);
    sql.push(") AND NOT EXISTS (SELECT 1 FROM skips s WHERE s.ticket_id = t.id AND s.user_id = ");
    sql.bind(user.0).push(" AND s.again_at > ").bind(now);
    sql.push(") ORDER BY t.work_rank, t.due_sort, t.created_at, t.id LIMIT 1");
    for row in tx.query(sql.text(), sql.params())? {
        found.push(stored(&row)?);
    }
    Ok(())
}

/// The tickets that want work among those with numbers above `after` up to `until`.
pub fn waiting(tx: &mut Tx<'_>, after: TicketId, until: TicketId) -> Result<Vec<Stored>, Error> {
    let mut sql = walk();
    sql.push(" AND t.id > ").bind(after.0).push(" AND t.id <= ").bind(until.0);
    sql.push(" ORDER BY t.id");
    tx.query(sql.text(), sql.params())?.iter().map(stored).collect()
}

/// The highest number of a ticket; 0 without any.
pub fn last_ticket(tx: &mut Tx<'_>) -> Result<TicketId, Error> {
    let last: Option<i64> = tx.query_one("SELECT max(id) FROM tickets", params![])?.get(0)?;
    Ok(TicketId(last.unwrap_or(0)))
}

/// Places a ticket; nothing else about it changes, and nobody needs to read it again because of it.
pub fn place(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    class: WorkClass,
    area: Option<&str>,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE tickets SET work_rank = $2, area = $3 WHERE id = $1",
        params![ticket.0, class.number(), area],
    )
    .map(|_| ())
}

/// Drops every placing that was begun.
pub fn forget_placing(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute("DELETE FROM wakeups WHERE subject_kind = 'work'", params![]).map(|_| ())
}
