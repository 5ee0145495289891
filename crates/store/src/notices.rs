//! What people are told, and what they have chosen about it.

use domain::notices::{Named, Notice, Preferences};
use domain::{NoticeId, TeamId, TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Kind, Row, Sql, Tx, params};

/// What became of the mail of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// It left.
    Sent,
    /// It was over before it could leave.
    Dropped,
    /// They do not want it by mail.
    Muted,
}

impl Mail {
    fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dropped => "dropped",
            Self::Muted => "muted",
        }
    }
}

/// Which notices somebody has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Everything up to one of them.
    UpTo(NoticeId),
    /// Everything about a ticket.
    Ticket(TicketId),
    /// These.
    These(Vec<NoticeId>),
}

const SELECT: &str = "SELECT id, user_id, at, what, ticket_id, team_id, by_id, read_at FROM notices WHERE user_id = ";

fn notice(row: &Row) -> Result<Notice, Error> {
    let what: String = row.get(3)?;
    Ok(Notice {
        id: NoticeId(row.get(0)?),
        to: UserId(row.get(1)?),
        at: row.get(2)?,
        what: serde_json::from_str(&what).map_err(|error| Error::corrupt("notices.what", error))?,
        ticket: row.get::<Option<i64>>(4)?.map(TicketId),
        team: row.get::<Option<i64>>(5)?.map(TeamId),
        by: row.get::<Option<i64>>(6)?.map(UserId),
        read_at: row.get(7)?,
    })
}

/// Takes the number of the next notice.
pub fn next_id(tx: &mut Tx<'_>) -> Result<NoticeId, Error> {
    tx.next_id(Kind::Notice).map(NoticeId)
}

/// Stores a notice that waits for its mail, which leaves no sooner than an instant, if one is given. Says whether it was
/// new: a key is told once.
pub fn insert(
    tx: &mut Tx<'_>,
    notice: &Notice,
    key: &str,
    not_before: Option<Timestamp>,
) -> Result<bool, Error> {
    let what = serde_json::to_string(&notice.what)
        .map_err(|error| Error::corrupt("notices.what", error))?;
    let rows = tx.execute(
        "INSERT INTO notices (id, user_id, key, at, what, ticket_id, team_id, by_id, not_before, mail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waits') ON CONFLICT (user_id, key) DO NOTHING",
        params![
            notice.id.0,
            notice.to.0,
            key,
            notice.at,
            &what,
            notice.ticket.map(|id| id.0),
            notice.team.map(|id| id.0),
            notice.by.map(|id| id.0),
            not_before
        ],
    )?;
    Ok(rows > 0)
}

/// What waits to be mailed to somebody, may leave by now and was not read meanwhile, the oldest first.
pub fn waiting(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Notice>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).bind(user.0);
    sql.push(" AND mail = 'waits' AND read_at IS NULL AND (not_before IS NULL OR not_before <= ");
    sql.bind(now).push(") ORDER BY id LIMIT ").bind(limit);
    tx.query(sql.text(), sql.params())?.iter().map(notice).collect()
}

/// When the next of what may not leave yet may.
pub fn held_until(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT min(not_before) FROM notices
         WHERE user_id = $1 AND mail = 'waits' AND read_at IS NULL AND not_before > $2",
        params![user.0, now],
    )?
    .get(0)
}

/// Records what became of their mails.
pub fn settle(tx: &mut Tx<'_>, ids: &[NoticeId], mail: Mail, now: Timestamp) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new();
    sql.push("UPDATE notices SET mail = ").bind(mail.as_str());
    if mail == Mail::Sent {
        sql.push(", mailed_at = ").bind(now);
    }
    sql.push(" WHERE id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// When the last mail left for somebody about tickets, and when about anything else.
pub fn last_mailed(
    tx: &mut Tx<'_>,
    user: UserId,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Error> {
    let row = tx.query_one(
        "SELECT (SELECT max(mailed_at) FROM notices
                 WHERE user_id = $1 AND mailed_at IS NOT NULL AND ticket_id IS NOT NULL),
                (SELECT max(mailed_at) FROM notices
                 WHERE user_id = $1 AND mailed_at IS NOT NULL AND ticket_id IS NULL)",
        params![user.0],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Somebody's notices, the newest first, older than one of them.
pub fn page(
    tx: &mut Tx<'_>,
    user: UserId,
    before: Option<NoticeId>,
    limit: i64,
) -> Result<Vec<Notice>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).bind(user.0).push(" AND id < ");
    sql.bind(before.map_or(i64::MAX, |id| id.0)).push(" ORDER BY id DESC LIMIT ").bind(limit);
    tx.query(sql.text(), sql.params())?.iter().map(notice).collect()
}

/// How many notices somebody has not read, up to a number.
pub fn unread(tx: &mut Tx<'_>, user: UserId, most: i64) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM
         (SELECT 1 FROM notices WHERE user_id = $1 AND read_at IS NULL LIMIT $2) AS few";
    tx.query_one(sql, params![user.0, most])?.get(0)
}

/// Marks notices of somebody as read. Says how many were not.
pub fn read(tx: &mut Tx<'_>, user: UserId, which: &Which, now: Timestamp) -> Result<u64, Error> {
    let mut sql = Sql::new();
    sql.push("UPDATE notices SET read_at = ").bind(now).push(" WHERE user_id = ").bind(user.0);
    sql.push(" AND read_at IS NULL AND ");
    match which {
        Which::UpTo(id) => {
            sql.push("id <= ").bind(id.0);
        }
        Which::Ticket(id) => {
            sql.push("ticket_id = ").bind(id.0);
        }
        Which::These(ids) if ids.is_empty() => return Ok(0),
        Which::These(ids) => {
            sql.push("id IN (");
            sql.join(ids, ", ", "", |sql, id| {
                sql.bind(id.0);
            });
            sql.push(")");
        }
    }
    tx.execute(sql.text(), sql.params())
}

/// Takes back what somebody was told and did not get by mail yet. Says whether there was anything.
pub fn forget(tx: &mut Tx<'_>, user: UserId, key: &str) -> Result<bool, Error> {
    let sql = "DELETE FROM notices WHERE user_id = $1 AND key = $2 AND mailed_at IS NULL";
    Ok(tx.execute(sql, params![user.0, key])? > 0)
}

/// Whether somebody was told this.
pub fn is_there(tx: &mut Tx<'_>, user: UserId, key: &str) -> Result<bool, Error> {
    let sql = "SELECT id FROM notices WHERE user_id = $1 AND key = $2";
    Ok(tx.query_opt(sql, params![user.0, key])?.is_some())
}

/// Everybody a note can name.
pub fn nameable(tx: &mut Tx<'_>) -> Result<Vec<Named>, Error> {
    let sql = "SELECT id, name, email FROM users WHERE role IN ('agent', 'admin') AND is_active ORDER BY id";
    let named =
        |row: &Row| Ok(Named { id: UserId(row.get(0)?), name: row.get(1)?, email: row.get(2)? });
    tx.query(sql, params![])?.iter().map(named).collect()
}

/// What somebody has chosen; the defaults if nothing.
pub fn preferences(tx: &mut Tx<'_>, user: UserId) -> Result<Preferences, Error> {
    let row =
        tx.query_opt("SELECT content FROM preferences WHERE user_id = $1", params![user.0])?;
    let Some(row) = row else { return Ok(Preferences::default()) };
    let content: String = row.get(0)?;
    serde_json::from_str(&content).map_err(|error| Error::corrupt("preferences.content", error))
}

/// Stores what somebody has chosen.
pub fn set_preferences(
    tx: &mut Tx<'_>,
    user: UserId,
    preferences: &Preferences,
) -> Result<(), Error> {
    let content = serde_json::to_string(preferences)
        .map_err(|error| Error::corrupt("preferences.content", error))?;
    tx.execute(
        "INSERT INTO preferences (user_id, content) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET content = excluded.content",
        params![user.0, &content],
    )
    .map(|_| ())
}
