//! Words of what was there before there was an index, a little at a time. It may be stopped anywhere and go on.

use domain::{OrganizationId, QuestionId, TicketId, UserId};

use super::{Of, put};
use crate::{Error, Sql, Tx, params};

/// How much of it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being read: `users`, `organizations`, `questions`, `tickets`, `comments`.
    pub kind: String,
    /// Up to which number.
    pub upto: i64,
}

/// What is still to be done, the first first; nothing once the index is whole.
pub fn progress(tx: &mut Tx<'_>) -> Result<Vec<Progress>, Error> {
    // What there is less of comes first.
    let rows = tx.query(
        "SELECT kind, upto FROM search_backfill
         ORDER BY CASE kind WHEN 'users' THEN 1 WHEN 'organizations' THEN 2 WHEN 'questions' THEN 3 WHEN 'tickets' THEN 4
         ELSE 5 END",
        params![],
    )?;
    rows.iter().map(|row| Ok(Progress { kind: row.get(0)?, upto: row.get(1)? })).collect()
}

/// Writes the words of the next `most` texts. Says whether there are more.
pub fn step(tx: &mut Tx<'_>, most: i64) -> Result<bool, Error> {
    tx.lock_name("search backfill")?;
    let Some(Progress { kind, upto }) = progress(tx)?.into_iter().next() else { return Ok(false) };
    let ids = match kind.as_str() {
        "users" => users(tx, upto, most)?,
        "organizations" => organizations(tx, upto, most)?,
        "questions" => questions(tx, upto, most)?,
        "tickets" => tickets(tx, upto, most)?,
        _ => comments(tx, upto, most)?,
    };
    match ids {
        Some(upto) => tx.execute(
            "UPDATE search_backfill SET upto = $2 WHERE kind = $1",
            params![kind.as_str(), upto],
        )?,
        None => {
            tx.execute("DELETE FROM search_backfill WHERE kind = $1", params![kind.as_str()])?
        }
    };
    Ok(!progress(tx)?.is_empty())
}

/// The next numbers of a table, their rows locked, so that nobody changes what is being read.
fn next(tx: &mut Tx<'_>, table: &'static str, upto: i64, most: i64) -> Result<Vec<i64>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT id FROM ").push(table).push(" WHERE id > ").bind(upto);
    sql.push(" ORDER BY id LIMIT ").bind(most).push(tx.lock_suffix());
    tx.query(sql.text(), sql.params())?.iter().map(|row| row.get(0)).collect()
}

fn users(tx: &mut Tx<'_>, upto: i64, most: i64) -> Result<Option<i64>, Error> {
    let ids = next(tx, "users", upto, most)?;
    let wanted: Vec<UserId> = ids.iter().copied().map(UserId).collect();
    for user in crate::users::many(tx, &wanted)? {
        crate::users::index(tx, &user)?;
    }
    Ok(ids.last().copied())
}

fn organizations(tx: &mut Tx<'_>, upto: i64, most: i64) -> Result<Option<i64>, Error> {
    let ids = next(tx, "organizations", upto, most)?;
    let wanted: Vec<OrganizationId> = ids.iter().copied().map(OrganizationId).collect();
    for organization in crate::organizations::many(tx, &wanted)? {
        crate::organizations::index(tx, &organization)?;
    }
    Ok(ids.last().copied())
}

fn questions(tx: &mut Tx<'_>, upto: i64, most: i64) -> Result<Option<i64>, Error> {
    let ids = next(tx, "questions", upto, most)?;
    let wanted: Vec<QuestionId> = ids.iter().copied().map(QuestionId).collect();
    for question in crate::questions::many(tx, &wanted)? {
        let answers = crate::questions::answers(tx, question.accepted.as_slice())?;
        crate::questions::index(tx, &question, answers.first())?;
    }
    Ok(ids.last().copied())
}

fn tickets(tx: &mut Tx<'_>, upto: i64, most: i64) -> Result<Option<i64>, Error> {
    let ids = next(tx, "tickets", upto, most)?;
    for id in &ids {
        if let Some(stored) = crate::tickets::load(tx, TicketId(*id))? {
            crate::tickets::copy_columns(tx, &stored.ticket)?;
            crate::tickets::set_tags(tx, &stored.ticket)?;
            crate::tickets::set_ccs(tx, &stored.ticket)?;
            crate::tickets::index(tx, &stored)?;
        }
    }
    Ok(ids.last().copied())
}

fn comments(tx: &mut Tx<'_>, upto: i64, most: i64) -> Result<Option<i64>, Error> {
    let rows = tx.query(
        "SELECT c.id, c.body, CAST(t.first_comment_id = c.id AS INTEGER) FROM comments c
         JOIN tickets t ON t.id = c.ticket_id WHERE c.id > $1 ORDER BY c.id LIMIT $2",
        params![upto, most],
    )?;
    let mut last = None;
    for row in rows {
        let (id, body): (i64, String) = (row.get(0)?, row.get(1)?);
        if row.get::<i64>(2)? == 0 {
            put(tx, Of::Comment, id, &[&body])?;
        }
        last = Some(id);
    }
    Ok(last)
}
