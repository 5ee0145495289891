//! Figures for those who watch over the desk: each of what waits, none of what is over, so that none grows with history.

use domain::TeamId;
use jiff::Timestamp;

use crate::{Error, Row, Tx, params};

/// How many unsolved tickets a team has at a level in a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsolved {
    /// The team.
    pub team: TeamId,
    /// low, normal, high, urgent.
    pub priority: String,
    /// new, open, pending, hold.
    pub status: String,
    /// How many.
    pub count: i64,
}

/// Unsolved tickets by team, priority and status.
pub fn unsolved(tx: &mut Tx<'_>) -> Result<Vec<Unsolved>, Error> {
    // Always true, the last condition names the index of what is unsolved.
    let rows = tx.query(
        "SELECT team_id, priority, status, count(*) FROM tickets
         WHERE status IN ('new', 'open', 'pending', 'hold') AND deleted_at IS NULL AND team_id > 0
         GROUP BY team_id, priority, status ORDER BY 1, 2, 3",
        params![],
    )?;
    let unsolved = |row: &Row| {
        Ok(Unsolved {
            team: TeamId(row.get(0)?),
            priority: row.get(1)?,
            status: row.get(2)?,
            count: row.get(3)?,
        })
    };
    rows.iter().map(unsolved).collect()
}

/// By team: tickets past their deadline, and tickets that nobody has.
pub fn waiting(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<(TeamId, i64, i64)>, Error> {
    // With a sign before it a column is no reason to walk an index of all tickets.
    let rows = tx.query(
        "SELECT +team_id, CAST(sum(CASE WHEN due_sort < $1 THEN 1 ELSE 0 END) AS BIGINT),
            CAST(sum(CASE WHEN assignee_id IS NULL THEN 1 ELSE 0 END) AS BIGINT)
         FROM tickets WHERE status IN ('new', 'open') AND deleted_at IS NULL GROUP BY +team_id ORDER BY 1",
        params![now],
    )?;
    rows.iter().map(|row| Ok((TeamId(row.get(0)?), row.get(1)?, row.get(2)?))).collect()
}

/// By channel: how much waits to leave, and since when the oldest of it does.
pub fn outbox(tx: &mut Tx<'_>) -> Result<Vec<(String, i64, Timestamp)>, Error> {
    // The second condition names the index that does not grow with what was sent.
    let rows = tx.query(
        "SELECT channel, count(*), min(at) FROM outbox WHERE state = 'pending' AND state <> 'sent'
         GROUP BY channel ORDER BY channel",
        params![],
    )?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// When the oldest mail came about which nothing was decided.
pub fn oldest_mail(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one("SELECT min(received_at) FROM mails WHERE due_at IS NOT NULL", params![])?.get(0)
}

/// How many wake-ups are due, counted up to a limit, and since when the first is.
pub fn wakeups(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<(i64, Option<Timestamp>), Error> {
    let row = tx.query_one(
        "SELECT count(*), min(due_at) FROM (SELECT due_at FROM wakeups WHERE due_at <= $1
            ORDER BY due_at, subject_kind, subject_id LIMIT $2) AS due",
        params![now, limit],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// By team: how often something was counted in a week, such as a target that was missed.
pub fn in_week(tx: &mut Tx<'_>, measure: &str, week: i64) -> Result<Vec<(TeamId, i64)>, Error> {
    let rows = tx.query(
        "SELECT +team_id, count(*) FROM report_facts WHERE measure = $1 AND week = $2 AND counts
         GROUP BY +team_id ORDER BY 1",
        params![measure, week],
    )?;
    rows.iter().map(|row| Ok((TeamId(row.get(0)?), row.get(1)?))).collect()
}
