//! The order of work: the top of a queue, and tickets placed anew under another handbook. (ROT-06, ROT-11)

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
/// one that is theirs already. What was answered, what somebody else has taken or they gave back lately is passed over. Each is the first
/// of one walk along an index.
pub fn candidates(tx: &mut Tx<'_>, seeker: &Seeker, now: Timestamp) -> Result<Vec<Stored>, Error> {
    let mut statements: Vec<Sql<'_>> =
        seeker.teams.iter().map(|team| unowned(seeker, *team, now)).collect();
    if !seeker.teams.is_empty() {
        statements.push(own(seeker, now));
    }
    let mut found = Vec::new();
    for sql in statements {
        for row in tx.query(sql.text(), sql.params())? {
            found.push(stored(&row)?);
        }
    }
    Ok(found)
}

/// The first ticket of a team that nobody has.
fn unowned(seeker: &Seeker, team: TeamId, now: Timestamp) -> Sql<'_> {
    let mut sql = walk();
    sql.push(" AND t.team_id = ").bind(team.0);
    // Written so that the walk is along the team's queue, and not along everything that nobody has.
    sql.push(" AND coalesce(t.assignee_id, 0) = 0");
    if let Some(areas) = &seeker.areas {
        sql.push(" AND t.area IN (");
        sql.join(areas, ", ", "NULL", |sql, area| {
            sql.bind(area.as_str());
        });
        sql.push(")");
    }
    free_first(&mut sql, seeker.user, now);
    sql
}

/// The first ticket that somebody has already.
fn own(seeker: &Seeker, now: Timestamp) -> Sql<'_> {
    let mut sql = walk();
    // Written so that the walk is along what they have, and not along the queues of their teams.
    sql.push(" AND t.assignee_id = ").bind(seeker.user.0).push(" AND coalesce(t.team_id, 0) IN (");
    sql.join(&seeker.teams, ", ", "", |sql, team| {
        sql.bind(team.0);
    });
    sql.push(")");
    free_first(&mut sql, seeker.user, now);
    sql
}

fn walk<'a>() -> Sql<'a> {
    let mut sql = Sql::new();
    // Written as in the partial indexes, so that they serve.
    sql.push("SELECT ").push(COLUMNS);
    sql.push(" FROM tickets t WHERE t.status IN ('new', 'open') AND t.deleted_at IS NULL");
    sql
}

/// The first one that waits for us, that nobody else keeps and that they did not give back lately.
fn free_first(sql: &mut Sql<'_>, user: UserId, now: Timestamp) {
    sql.push(" AND NOT t.is_answered");
    sql.push(" AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.ticket_id = t.id AND l.until_at > ");
    sql.bind(now).push(" AND l.user_id <> ").bind(user.0);
    sql.push(") AND NOT EXISTS (SELECT 1 FROM skips s WHERE s.ticket_id = t.id AND s.user_id = ");
    sql.bind(user.0).push(" AND s.again_at > ").bind(now);
    sql.push(") ORDER BY t.work_rank, t.due_sort, t.created_at, t.id LIMIT 1");
}

/// The tickets that want work among those with numbers above `after` up to `until`, locked until the
/// transaction ends.
pub fn waiting(tx: &mut Tx<'_>, after: TicketId, until: TicketId) -> Result<Vec<Stored>, Error> {
    let mut sql = walk();
    sql.push(" AND t.id > ").bind(after.0).push(" AND t.id <= ").bind(until.0);
    sql.push(" ORDER BY t.id").push(tx.lock_suffix());
    tx.query(sql.text(), sql.params())?.iter().map(stored).collect()
}

/// The highest number of a ticket; 0 without any.
pub fn last_ticket(tx: &mut Tx<'_>) -> Result<TicketId, Error> {
    let last: Option<i64> = tx.query_one("SELECT max(id) FROM tickets", params![])?.get(0)?;
    Ok(TicketId(last.unwrap_or(0)))
}

/// Places a ticket; nothing else about it changes. Says whether it stood elsewhere before.
pub fn place(tx: &mut Tx<'_>, stored: &Stored) -> Result<bool, Error> {
    let ticket = &stored.ticket;
    let rows = tx.execute(
        "UPDATE tickets SET work_rank = $2, area = $3, is_answered = $4
         WHERE id = $1 AND (work_rank <> $2 OR area IS DISTINCT FROM $3 OR is_answered <> $4)",
        params![ticket.id.0, stored.work.number(), ticket.area.as_deref(), ticket.is_answered()],
    )?;
    Ok(rows > 0)
}

/// Drops every placing that was begun.
pub fn forget_placing(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute("DELETE FROM wakeups WHERE subject_kind = 'work'", params![]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tickets::plans::{plan, with_store};

    /// ROT-11
    #[test]
    fn the_next_ticket_is_found_along_one_queue() {
        with_store("next", |store| {
            let areas = Some(vec!["billing".to_owned()]);
            let seeker = Seeker { user: UserId(7), teams: vec![TeamId(1), TeamId(2)], areas };
            let now = Timestamp::UNIX_EPOCH;
            for (sql, index) in [
                (unowned(&seeker, TeamId(1), now), "tickets_by_work (team_id=?"),
                (own(&seeker, now), "tickets_by_owner (assignee_id=?"),
            ] {
                let plan = plan(store, &sql);
                assert!(plan.contains(index), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        });
    }
}
