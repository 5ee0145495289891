//! Which installation may speak for this data, and whose reply tokens count.

use jiff::Timestamp;

use crate::{Engine, Error, Tx, params};

/// Who used this data last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The instance id, which follows from the key.
    pub instance: String,
    /// What tells this database from a copy of it.
    pub place: String,
    /// Where its pages are.
    pub public_url: String,
    /// The last sign of life.
    pub alive_at: Timestamp,
    /// Since when nothing leaves.
    pub muted_at: Option<Timestamp>,
    /// Why nothing leaves.
    pub muted_because: Option<String>,
}

/// The installation, once one has used this data; locked until the transaction ends if it is written.
pub fn load(tx: &mut Tx<'_>) -> Result<Option<Installation>, Error> {
    let row = tx.query_opt(
        "SELECT instance, place, public_url, alive_at, muted_at, muted_because FROM installation WHERE id = 1",
        params![],
    )?;
    row.map(|row| {
        Ok(Installation {
            instance: row.get(0)?,
            place: row.get(1)?,
            public_url: row.get(2)?,
            alive_at: row.get(3)?,
            muted_at: row.get(4)?,
            muted_because: row.get(5)?,
        })
    })
    .transpose()
}

/// Writes it down.
pub fn save(tx: &mut Tx<'_>, one: &Installation) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO installation (id, instance, place, public_url, alive_at, muted_at, muted_because)
         VALUES (1, $1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET instance = excluded.instance, place = excluded.place,
            public_url = excluded.public_url, alive_at = excluded.alive_at, muted_at = excluded.muted_at,
            muted_because = excluded.muted_because",
        params![
            &one.instance,
            &one.place,
            &one.public_url,
            one.alive_at,
            one.muted_at,
            &one.muted_because
        ],
    )?;
    tx.touch("installation");
    Ok(())
}

/// Writes down a sign of life, and gives the last one, which never goes back.
pub fn alive(tx: &mut Tx<'_>, now: Timestamp) -> Result<Timestamp, Error> {
    tx.execute(
        "UPDATE installation SET alive_at = $1 WHERE id = 1 AND alive_at < $1",
        params![now],
    )?;
    tx.query_one("SELECT alive_at FROM installation WHERE id = 1", params![])?.get(0)
}

/// What tells this database on this server from a copy that was restored elsewhere. A file says nothing; its path does.
pub fn server(tx: &mut Tx<'_>) -> Result<String, Error> {
    match tx.engine() {
        Engine::Sqlite => Ok(String::new()),
        Engine::Postgres => tx
            .query_one(
                "SELECT CAST(oid AS TEXT) || ' ' || datname FROM pg_database WHERE datname = current_database()",
                params![],
            )?
            .get(0),
    }
}

/// Whether this data has tickets.
pub fn has_tickets(tx: &mut Tx<'_>) -> Result<bool, Error> {
    Ok(tx.query_opt("SELECT id FROM tickets LIMIT 1", params![])?.is_some())
}

/// The epochs whose tokens count, each with the last ticket that it may name.
pub fn epochs(tx: &mut Tx<'_>) -> Result<Vec<(i64, Option<i64>)>, Error> {
    let rows = tx.query("SELECT epoch, last_ticket FROM epochs ORDER BY epoch", params![])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Begins an epoch: tokens of earlier ones may name what is there now, and nothing that comes later.
pub fn begin_epoch(tx: &mut Tx<'_>, epoch: i64, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE epochs SET last_ticket = (SELECT coalesce(max(id), 0) FROM tickets) WHERE last_ticket IS NULL",
        params![],
    )?;
    tx.execute(
        "INSERT INTO epochs (epoch, began_at) VALUES ($1, $2) ON CONFLICT (epoch) DO NOTHING",
        params![epoch, now],
    )
    .map(|_| ())
}
