//! Digests that were edited or sent, and the tickets that a digest tells of.

use domain::{TeamId, Ticket, UserId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Error, Row, Sql, Tx, params};

/// A digest as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Rises with every change.
    pub version: i64,
    /// What it says, in Markdown.
    pub text: String,
    /// Who changed it last; none is the desk itself.
    pub edited_by: Option<UserId>,
    /// When.
    pub edited_at: Timestamp,
    /// Who sent it.
    pub sent_by: Option<UserId>,
    /// When; none is a draft.
    pub sent_at: Option<Timestamp>,
}

/// The digest of a team and a week, if one is kept.
pub fn load(tx: &mut Tx<'_>, team: TeamId, week: Date) -> Result<Option<Kept>, Error> {
    let sql = "SELECT version, text, edited_by, edited_at, sent_by, sent_at FROM digests
               WHERE team_id = $1 AND week = $2";
    let row = tx.query_opt(sql, params![team.0, &week.to_string()])?;
    let kept = |row: &Row| {
        Ok(Kept {
            version: row.get(0)?,
            text: row.get(1)?,
            edited_by: row.get::<Option<i64>>(2)?.map(UserId),
            edited_at: row.get(3)?,
            sent_by: row.get::<Option<i64>>(4)?.map(UserId),
            sent_at: row.get(5)?,
        })
    };
    row.as_ref().map(kept).transpose()
}

/// Keeps a digest in place of an older version.
pub fn keep(tx: &mut Tx<'_>, team: TeamId, week: Date, kept: &Kept) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO digests (team_id, week, version, text, edited_by, edited_at, sent_by, sent_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (team_id, week) DO UPDATE SET version = excluded.version, text = excluded.text,
             edited_by = excluded.edited_by, edited_at = excluded.edited_at, sent_by = excluded.sent_by,
             sent_at = excluded.sent_at",
        params![
            team.0,
            &week.to_string(),
            kept.version,
            &kept.text,
            kept.edited_by.map(|id| id.0),
            kept.edited_at,
            kept.sent_by.map(|id| id.0),
            kept.sent_at
        ],
    )
    .map(|_| ())
}

/// The tickets that one of these teams has or that were escalated, and to which something happened since; each with its
/// subject, by number. No more than `most`, the ones that changed last.
pub fn tickets(
    tx: &mut Tx<'_>,
    teams: &[TeamId],
    since: Timestamp,
    most: i64,
) -> Result<Vec<(Ticket, String)>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT state, subject FROM tickets WHERE updated_at >= ").bind(since);
    sql.push(" AND deleted_at IS NULL AND (is_escalated");
    for team in teams {
        sql.push(" OR team_id = ").bind(team.0);
    }
    sql.push(") ORDER BY updated_at DESC, id DESC LIMIT ").bind(most);
    let ticket = |row: &Row| {
        let state: String = row.get(0)?;
        let ticket: Ticket =
            serde_json::from_str(&state).map_err(|error| Error::corrupt("tickets.state", error))?;
        Ok((ticket, row.get(1)?))
    };
    let rows = tx.query(sql.text(), sql.params())?;
    let mut found = rows.iter().map(ticket).collect::<Result<Vec<(Ticket, String)>, Error>>()?;
    found.sort_by_key(|(ticket, _)| ticket.id);
    Ok(found)
}
