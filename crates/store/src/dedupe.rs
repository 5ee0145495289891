//! Once is enough: answers remembered by key, and messages remembered by their outside id.

use domain::TicketId;
use jiff::Timestamp;

use crate::{Error, Tx, params};

/// A remembered answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Hash of the body it answered.
    pub body_hash: String,
    /// The status code.
    pub status: i64,
    /// The answer, or what leads to it.
    pub answer: String,
}

/// The answer remembered under a key that has not expired.
pub fn find(
    tx: &mut Tx<'_>,
    scope: &str,
    key: &str,
    now: Timestamp,
) -> Result<Option<Remembered>, Error> {
    let row = tx.query_opt(
        "SELECT body_hash, status, answer FROM dedupe WHERE scope = $1 AND key = $2 AND expires_at > $3",
        params![scope, key, now],
    )?;
    row.map(|row| {
        Ok(Remembered { body_hash: row.get(0)?, status: row.get(1)?, answer: row.get(2)? })
    })
    .transpose()
}

/// Remembers an answer; an expired one under the same key gives way.
pub fn remember(
    tx: &mut Tx<'_>,
    scope: &str,
    key: &str,
    remembered: &Remembered,
    expires_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO dedupe (scope, key, body_hash, status, answer, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (scope, key) DO UPDATE SET body_hash = excluded.body_hash, status = excluded.status,
            answer = excluded.answer, expires_at = excluded.expires_at",
        params![scope, key, &remembered.body_hash, remembered.status, &remembered.answer, expires_at],
    )
    .map(|_| ())
}

/// What became of a message from outside, if it was seen before.
pub fn seen(
    tx: &mut Tx<'_>,
    channel: &str,
    external_id: &str,
) -> Result<Option<(Option<TicketId>, String)>, Error> {
    let row = tx.query_opt(
        "SELECT ticket_id, outcome FROM external_ids WHERE channel = $1 AND external_id = $2",
        params![channel, external_id],
    )?;
    row.map(|row| Ok((row.get::<Option<i64>>(0)?.map(TicketId), row.get(1)?))).transpose()
}

/// A message that was seen has another end: somebody decided about it.
pub fn settle(
    tx: &mut Tx<'_>,
    channel: &str,
    external_id: &str,
    ticket: Option<TicketId>,
    outcome: &str,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE external_ids SET ticket_id = $3, outcome = $4 WHERE channel = $1 AND external_id = $2",
        params![channel, external_id, ticket.map(|id| id.0), outcome],
    )
    .map(|_| ())
}

/// Remembers what became of a message from outside. A second time is an error (unique violation).
pub fn saw(
    tx: &mut Tx<'_>,
    channel: &str,
    external_id: &str,
    ticket: Option<TicketId>,
    outcome: &str,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO external_ids (channel, external_id, ticket_id, outcome, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![channel, external_id, ticket.map(|id| id.0), outcome, now],
    )
    .map(|_| ())
}
