//! Bulk work asked for through the API, and how it went.

use domain::UserId;
use jiff::Timestamp;

use crate::{Error, Row, Tx, params};

/// A piece of bulk work that has been done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiJob {
    /// Its id, a text.
    pub id: String,
    /// What it did, for people: "Bulk Create Ticket".
    pub kind: String,
    /// "completed" or "failed".
    pub status: String,
    /// How many items.
    pub total: i64,
    /// A sentence for people.
    pub message: String,
    /// One entry an item, as JSON.
    pub results: String,
    /// Who asked for it.
    pub actor: UserId,
    /// When.
    pub created_at: Timestamp,
}

/// Stores how bulk work went.
pub fn insert(tx: &mut Tx<'_>, job: &ApiJob) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO api_jobs (id, kind, status, total, progress, message, request, results, actor_id, created_at)
         VALUES ($1, $2, $3, $4, $4, $5, '', $6, $7, $8)",
        params![&job.id, &job.kind, &job.status, job.total, &job.message, &job.results, job.actor.0, job.created_at],
    )
    .map(|_| ())
}

fn job(row: &Row) -> Result<ApiJob, Error> {
    Ok(ApiJob {
        id: row.get(0)?,
        kind: row.get(1)?,
        status: row.get(2)?,
        total: row.get(3)?,
        message: row.get(4)?,
        results: row.get(5)?,
        actor: UserId(row.get(6)?),
        created_at: row.get(7)?,
    })
}

/// The bulk work with this id.
pub fn load(tx: &mut Tx<'_>, id: &str) -> Result<Option<ApiJob>, Error> {
    let sql = "SELECT id, kind, status, total, message, results, actor_id, created_at FROM api_jobs WHERE id = $1";
    tx.query_opt(sql, params![id])?.as_ref().map(job).transpose()
}

/// The newest bulk work.
pub fn newest(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ApiJob>, Error> {
    let sql = "SELECT id, kind, status, total, message, results, actor_id, created_at FROM api_jobs
         ORDER BY created_at DESC, id LIMIT $1";
    tx.query(sql, params![limit])?.iter().map(job).collect()
}
