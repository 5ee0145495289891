//! Mailboxes we fetch: who does it, how far, and where every message went that one of them ever listed. (CH-03, NF-01)

use jiff::{SignedDuration, Timestamp};

use crate::{Error, Row, Sql, Tx, params};

/// How far a mailbox is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Its name in the configuration.
    pub name: String,
    /// The UIDVALIDITY that the UIDs belong to; 0 before the first look.
    pub validity: u32,
    /// Everything up to this UID was listed.
    pub last_uid: u32,
    /// When it was last seen whole: signed in and listed.
    pub reached_at: Option<Timestamp>,
    /// When all its UIDs were last compared with ours.
    pub counted_at: Option<Timestamp>,
    /// Since when it cannot be reached.
    pub failing_since: Option<Timestamp>,
    /// What was in the way.
    pub last_error: Option<String>,
}

const COLUMNS: &str = "name, validity, last_uid, reached_at, counted_at, failing_since, last_error";

fn mailbox(row: &Row) -> Result<Mailbox, Error> {
    Ok(Mailbox {
        name: row.get(0)?,
        validity: narrow(row, 1)?,
        last_uid: narrow(row, 2)?,
        reached_at: row.get(3)?,
        counted_at: row.get(4)?,
        failing_since: row.get(5)?,
        last_error: row.get(6)?,
    })
}

fn narrow(row: &Row, column: usize) -> Result<u32, Error> {
    u32::try_from(row.get::<i64>(column)?).map_err(|error| Error::corrupt("mailboxes", error))
}

/// Takes a mailbox for a while, unless somebody else has it, and says how far it is read.
pub fn hold(
    tx: &mut Tx<'_>,
    name: &str,
    holder: &str,
    now: Timestamp,
    span: SignedDuration,
) -> Result<Option<Mailbox>, Error> {
    let until = now.checked_add(span).unwrap_or(now);
    let held = tx.execute(
        "INSERT INTO mailboxes (name, holder, held_until) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
         WHERE mailboxes.holder IS NULL OR mailboxes.holder = excluded.holder OR mailboxes.held_until <= $4",
        params![name, holder, until, now],
    )?;
    if held == 0 { Ok(None) } else { load(tx, name) }
}

/// Lets a mailbox go, so that another node need not wait.
pub fn let_go(tx: &mut Tx<'_>, name: &str, holder: &str) -> Result<(), Error> {
    tx.execute(
        "UPDATE mailboxes SET holder = NULL, held_until = 0 WHERE name = $1 AND holder = $2",
        params![name, holder],
    )
    .map(|_| ())
}

/// One mailbox.
pub fn load(tx: &mut Tx<'_>, name: &str) -> Result<Option<Mailbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM mailboxes WHERE name = $1");
    tx.query_opt(&sql, params![name])?.as_ref().map(mailbox).transpose()
}

/// All mailboxes that were ever fetched.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Mailbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM mailboxes ORDER BY name");
    tx.query(&sql, params![])?.iter().map(mailbox).collect()
}

/// Records that a mailbox is listed up to a UID; `whole` says that all of it was compared.
pub fn reached(
    tx: &mut Tx<'_>,
    name: &str,
    validity: u32,
    last_uid: u32,
    now: Timestamp,
    whole: bool,
) -> Result<(), Error> {
    let counted = whole.then_some(now);
    tx.execute(
        "UPDATE mailboxes SET validity = $2, last_uid = $3, reached_at = $4, failing_since = NULL, last_error = NULL,
            counted_at = coalesce(CAST($5 AS BIGINT), counted_at)
         WHERE name = $1",
        params![name, validity, last_uid, now, counted],
    )
    .map(|_| ())
}

/// Records that a mailbox could not be read.
pub fn failing(tx: &mut Tx<'_>, name: &str, why: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE mailboxes SET failing_since = coalesce(failing_since, $2), last_error = $3 WHERE name = $1",
        params![name, now, why],
    )
    .map(|_| ())
}

/// Where a message is in a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The mailbox's name.
    pub mailbox: &'a str,
    /// The UIDVALIDITY.
    pub validity: u32,
    /// The UID.
    pub uid: u32,
}

/// Writes down that a mailbox lists these UIDs, and says how many are new to us.
pub fn list(
    tx: &mut Tx<'_>,
    mailbox: &str,
    validity: u32,
    uids: &[u32],
    day: &str,
    now: Timestamp,
) -> Result<u64, Error> {
    let mut new = 0;
    for some in uids.chunks(500) {
        let mut sql = Sql::new();
        sql.push(
            "INSERT INTO arrivals (mailbox, validity, uid, day, listed_at, state, due_at) VALUES ",
        );
        sql.join(some, ", ", "", |sql, uid| {
            sql.push("(").bind(mailbox).push(", ").bind(validity).push(", ").bind(*uid);
            sql.push(", ").bind(day).push(", ").bind(now);
            sql.push(", 'listed', ").bind(now).push(")");
        });
        sql.push(" ON CONFLICT (mailbox, validity, uid) DO NOTHING");
        new += tx.execute(sql.text(), sql.params())?;
    }
    Ok(new)
}

/// The messages that are listed and not archived, and may be tried by `now`, the lowest UID first.
pub fn open(
    tx: &mut Tx<'_>,
    mailbox: &str,
    validity: u32,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<u32>, Error> {
    let rows = tx.query(
        "SELECT uid FROM arrivals WHERE mailbox = $1 AND validity = $2 AND state = 'listed' AND due_at <= $3
         ORDER BY uid LIMIT $4",
        params![mailbox, validity, now, limit],
    )?;
    rows.iter().map(|row| narrow(row, 0)).collect()
}

/// Records that a message is archived.
pub fn archived(
    tx: &mut Tx<'_>,
    place: Place<'_>,
    mail: i64,
    day: &str,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO arrivals (mailbox, validity, uid, day, listed_at, state, mail_id, due_at)
         VALUES ($1, $2, $3, $4, $5, 'archived', $6, $5)
         ON CONFLICT (mailbox, validity, uid) DO UPDATE SET state = 'archived', mail_id = excluded.mail_id,
            last_error = NULL",
        params![place.mailbox, place.validity, place.uid, day, now, mail],
    )
    .map(|_| ())
}

/// Records that messages will not be fetched: they are gone, or older than what is wanted.
pub fn left_out(
    tx: &mut Tx<'_>,
    mailbox: &str,
    validity: u32,
    uids: &[u32],
    state: &str,
) -> Result<(), Error> {
    for some in uids.chunks(500) {
        let mut sql = Sql::new();
        sql.push("UPDATE arrivals SET state = ").bind(state);
        sql.push(" WHERE state = 'listed' AND mailbox = ").bind(mailbox);
        sql.push(" AND validity = ").bind(validity).push(" AND uid IN (");
        sql.join(some, ", ", "", |sql, uid| {
            sql.bind(*uid);
        });
        sql.push(")");
        tx.execute(sql.text(), sql.params())?;
    }
    Ok(())
}

/// Records that a message could not be fetched, and when to try again.
pub fn put_off(
    tx: &mut Tx<'_>,
    place: Place<'_>,
    why: &str,
    due_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE arrivals SET attempts = attempts + 1, last_error = $4, due_at = $5
         WHERE mailbox = $1 AND validity = $2 AND uid = $3 AND state = 'listed'",
        params![place.mailbox, place.validity, place.uid, why, due_at],
    )
    .map(|_| ())
}

/// How often a message was tried in vain.
pub fn attempts(tx: &mut Tx<'_>, place: Place<'_>) -> Result<i64, Error> {
    let row = tx.query_opt(
        "SELECT attempts FROM arrivals WHERE mailbox = $1 AND validity = $2 AND uid = $3",
        params![place.mailbox, place.validity, place.uid],
    )?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// The messages of an earlier UIDVALIDITY have new UIDs now: what was not fetched under the old ones is not lost, and
/// not there any more under that name.
pub fn renumbered(tx: &mut Tx<'_>, mailbox: &str, validity: u32) -> Result<u64, Error> {
    tx.execute(
        "UPDATE arrivals SET state = 'gone' WHERE mailbox = $1 AND validity <> $2 AND state = 'listed'",
        params![mailbox, validity],
    )
}

/// Where a mailbox's messages of one day went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The day on which they were listed, in the company's zone.
    pub day: String,
    /// The mailbox.
    pub mailbox: String,
    /// How many it listed.
    pub listed: i64,
    /// How many of them are archived.
    pub archived: i64,
    /// How many were gone before they were fetched, or had got other UIDs.
    pub gone: i64,
    /// How many are older than what is wanted.
    pub old: i64,
    /// How many are still to be fetched.
    pub open: i64,
}

/// Where everything listed since a day went, newest day first.
pub fn tallies(tx: &mut Tx<'_>, since: &str, limit: i64) -> Result<Vec<Tally>, Error> {
    let rows = tx.query(
        "SELECT day, mailbox, count(*), count(*) FILTER (WHERE state = 'archived'),
            count(*) FILTER (WHERE state = 'gone'), count(*) FILTER (WHERE state = 'old'),
            count(*) FILTER (WHERE state = 'listed')
         FROM arrivals WHERE day >= $1 GROUP BY day, mailbox ORDER BY day DESC, mailbox LIMIT $2",
        params![since, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Tally {
                day: row.get(0)?,
                mailbox: row.get(1)?,
                listed: row.get(2)?,
                archived: row.get(3)?,
                gone: row.get(4)?,
                old: row.get(5)?,
                open: row.get(6)?,
            })
        })
        .collect()
}

/// How many messages of each mailbox were listed before an instant and are still not archived.
pub fn overdue(tx: &mut Tx<'_>, before: Timestamp) -> Result<Vec<(String, i64)>, Error> {
    let rows = tx.query(
        "SELECT mailbox, count(*) FROM arrivals WHERE state = 'listed' AND listed_at < $1
         GROUP BY mailbox ORDER BY mailbox",
        params![before],
    )?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
