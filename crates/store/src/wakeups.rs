//! When something has to be looked at again. One row a subject; tickets, rotas and jobs are subjects.

use jiff::Timestamp;

use crate::{Error, Tx, params};

/// A subject that wants to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wakeup {
    /// "ticket", "rota", "work"; later also cases, reports.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: i64,
    /// When.
    pub due_at: Timestamp,
}

/// Sets when a subject wants to be looked at; `None` is never. `existed` says that there may be an older row.
pub fn set(
    tx: &mut Tx<'_>,
    subject_kind: &str,
    subject_id: i64,
    due_at: Option<Timestamp>,
    existed: bool,
) -> Result<(), Error> {
    match due_at {
        Some(due_at) => tx.execute(
            "INSERT INTO wakeups (subject_kind, subject_id, due_at) VALUES ($1, $2, $3)
             ON CONFLICT (subject_kind, subject_id) DO UPDATE SET due_at = excluded.due_at",
            params![subject_kind, subject_id, due_at],
        ),
        None if existed => tx.execute(
            "DELETE FROM wakeups WHERE subject_kind = $1 AND subject_id = $2",
            params![subject_kind, subject_id],
        ),
        None => Ok(0),
    }
    .map(|_| ())
}

/// Takes a wake-up away. Says whether it was there: of two at once only one finds it.
pub fn take(tx: &mut Tx<'_>, subject_kind: &str, subject_id: i64) -> Result<bool, Error> {
    let rows = tx.execute(
        "DELETE FROM wakeups WHERE subject_kind = $1 AND subject_id = $2",
        params![subject_kind, subject_id],
    )?;
    Ok(rows > 0)
}

/// Makes sure that a subject is looked at by an instant; if it would be sooner anyway, that stays.
pub fn sooner(
    tx: &mut Tx<'_>,
    subject_kind: &str,
    subject_id: i64,
    due_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO wakeups (subject_kind, subject_id, due_at) VALUES ($1, $2, $3)
         ON CONFLICT (subject_kind, subject_id) DO UPDATE SET due_at = excluded.due_at
         WHERE excluded.due_at < wakeups.due_at",
        params![subject_kind, subject_id, due_at],
    )
    .map(|_| ())
}

/// The earliest wake-ups that are due by `now`, in order.
pub fn due(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Wakeup>, Error> {
    let rows = tx.query(
        "SELECT subject_kind, subject_id, due_at FROM wakeups WHERE due_at <= $1
         ORDER BY due_at, subject_kind, subject_id LIMIT $2",
        params![now, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Wakeup { subject_kind: row.get(0)?, subject_id: row.get(1)?, due_at: row.get(2)? })
        })
        .collect()
}

/// The instant of the next wake-up, if any.
pub fn next(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one("SELECT min(due_at) FROM wakeups", params![])?.get(0)
}
