//! Public questions, their answers, and what readers say about a question's page.

use domain::questions::{Answer, Question, QuestionState};
use domain::words::Locale;
use domain::{AnswerId, QuestionId, TicketId, UserId};
use jiff::Timestamp;

use crate::page::Page;
use crate::search::{self, Of};
use crate::{Error, Kind, Row, Sql, Tx, keysets, params};

const SELECT: &str = "SELECT q.id, q.state, q.title, q.body, q.html, q.area, q.locale, q.accepted_answer_id, q.ticket_id, \
    q.version, q.created_at, q.updated_at FROM questions q WHERE ";

fn question(row: &Row) -> Result<Question, Error> {
    let state: String = row.get(1)?;
    let locale: String = row.get(6)?;
    Ok(Question {
        id: QuestionId(row.get(0)?),
        state: state.parse().map_err(|error| Error::corrupt("questions.state", error))?,
        title: row.get(2)?,
        body: row.get(3)?,
        html: row.get(4)?,
        area: row.get(5)?,
        locale: Locale::nearest(&locale),
        accepted: row.get::<Option<i64>>(7)?.map(AnswerId),
        ticket: row.get::<Option<i64>>(8)?.map(TicketId),
        version: row.get(9)?,
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}

fn answer(row: &Row) -> Result<Answer, Error> {
    Ok(Answer {
        id: AnswerId(row.get(0)?),
        question: QuestionId(row.get(1)?),
        author: UserId(row.get(2)?),
        body: row.get(3)?,
        html: row.get(4)?,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}

/// The number of the next question, answer or remark.
pub fn next_id(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.next_id(Kind::Question)
}

/// The question with this number, whether it can be read or not.
pub fn load(tx: &mut Tx<'_>, id: QuestionId) -> Result<Option<Question>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("q.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(question).transpose()
}

/// The same, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, id: QuestionId) -> Result<Option<Question>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("q.id = ").bind(id.0).push(tx.lock_suffix());
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(question).transpose()
}

/// The questions with these numbers, in no order.
pub fn many(tx: &mut Tx<'_>, ids: &[QuestionId]) -> Result<Vec<Question>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(SELECT).push("q.id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(question).collect()
}

/// A page of the questions in a state, by number.
pub fn page(tx: &mut Tx<'_>, state: QuestionState, page: &Page) -> Result<Vec<Question>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("q.state = ").bind(state.as_str());
    keysets::by_id(&mut sql, page, "q.id");
    let rows =
        tx.query(sql.text(), sql.params())?.iter().map(question).collect::<Result<_, _>>()?;
    Ok(keysets::in_order(rows, page))
}

/// How many questions are in a state, counted up to `most`.
pub fn count(tx: &mut Tx<'_>, state: QuestionState, most: i64) -> Result<i64, Error> {
    tx.query_one(
        "SELECT count(*) FROM (SELECT 1 AS one FROM questions WHERE state = $1 LIMIT $2) counted",
        params![state.as_str(), most],
    )?
    .get(0)
}

/// The questions that were written from a ticket, the newest first.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Question>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("q.ticket_id = ").bind(ticket.0).push(" ORDER BY q.id DESC LIMIT 20");
    tx.query(sql.text(), sql.params())?.iter().map(question).collect()
}

/// The answers with these numbers, in no order.
pub fn answers(tx: &mut Tx<'_>, ids: &[AnswerId]) -> Result<Vec<Answer>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(
        "SELECT id, question_id, author_id, body, html, created_at, updated_at FROM answers WHERE id IN (",
    );
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(answer).collect()
}

/// Stores a new question.
pub fn insert(tx: &mut Tx<'_>, question: &Question) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO questions (id, state, title, body, html, area, locale, accepted_answer_id, ticket_id, version,
            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            question.id.0,
            question.state.as_str(),
            &question.title,
            &question.body,
            &question.html,
            question.area.as_deref(),
            question.locale.tag(),
            question.accepted.map(|id| id.0),
            question.ticket.map(|id| id.0),
            question.version,
            question.created_at,
            question.updated_at
        ],
    )
    .map(|_| ())
}

/// Stores a question that changed.
pub fn update(tx: &mut Tx<'_>, question: &Question) -> Result<(), Error> {
    tx.execute(
        "UPDATE questions SET state = $2, title = $3, body = $4, html = $5, area = $6, locale = $7,
            accepted_answer_id = $8, version = $9, updated_at = $10
         WHERE id = $1",
        params![
            question.id.0,
            question.state.as_str(),
            &question.title,
            &question.body,
            &question.html,
            question.area.as_deref(),
            question.locale.tag(),
            question.accepted.map(|id| id.0),
            question.version,
            question.updated_at
        ],
    )
    .map(|_| ())
}

/// Stores an answer, in place of what it was before.
pub fn put_answer(tx: &mut Tx<'_>, answer: &Answer) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO answers (id, question_id, author_id, body, html, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET author_id = excluded.author_id, body = excluded.body, html = excluded.html,
            updated_at = excluded.updated_at",
        params![
            answer.id.0,
            answer.question.0,
            answer.author.0,
            &answer.body,
            &answer.html,
            answer.created_at,
            answer.updated_at
        ],
    )
    .map(|_| ())
}

/// Writes the words that a question is found by. One that nobody can read has none.
pub fn index(tx: &mut Tx<'_>, question: &Question, accepted: Option<&Answer>) -> Result<(), Error> {
    if question.state != QuestionState::Published {
        return search::forget(tx, Of::Question, question.id.0);
    }
    let answer = accepted.map_or("", |answer| answer.body.as_str());
    search::put(tx, Of::Question, question.id.0, &[&question.title, answer, &question.body])
}

/// What readers of one version of a page said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// Which version.
    pub version: i64,
    /// How many found it useful.
    pub useful: i64,
    /// How many did not.
    pub useless: i64,
}

/// Counts what a reader of a version said.
pub fn judge(
    tx: &mut Tx<'_>,
    question: QuestionId,
    version: i64,
    is_useful: bool,
) -> Result<(), Error> {
    let (useful, useless) = (i64::from(is_useful), i64::from(!is_useful));
    tx.execute(
        "INSERT INTO page_verdicts (question_id, version, useful, useless) VALUES ($1, $2, $3, $4)
         ON CONFLICT (question_id, version) DO UPDATE SET useful = page_verdicts.useful + excluded.useful,
            useless = page_verdicts.useless + excluded.useless",
        params![question.0, version, useful, useless],
    )
    .map(|_| ())
}

/// What was said about the versions of a page, the newest first.
pub fn verdicts(tx: &mut Tx<'_>, question: QuestionId) -> Result<Vec<Verdicts>, Error> {
    let rows = tx.query(
        "SELECT version, useful, useless FROM page_verdicts WHERE question_id = $1 ORDER BY version DESC LIMIT 20",
        params![question.0],
    )?;
    rows.iter()
        .map(|row| Ok(Verdicts { version: row.get(0)?, useful: row.get(1)?, useless: row.get(2)? }))
        .collect()
}

/// Pages that somebody found of no use as they are now, those that most did first: the ones that are still to be mended,
/// or those that were since the last who said so.
pub fn gaps(tx: &mut Tx<'_>, mended: bool, most: i64) -> Result<Vec<(Question, Verdicts)>, Error> {
    let rows = tx.query(
        "SELECT q.id, v.version, v.useful, v.useless FROM page_verdicts v JOIN questions q
            ON q.id = v.question_id AND q.version = v.version
         WHERE v.useless > 0 AND (v.useless <= v.mended) = $1 AND q.state = $2
         ORDER BY v.useless DESC, q.id LIMIT $3",
        params![mended, QuestionState::Published.as_str(), most],
    )?;
    let mut found = Vec::new();
    for row in &rows {
        let verdicts = Verdicts { version: row.get(1)?, useful: row.get(2)?, useless: row.get(3)? };
        found.push((QuestionId(row.get(0)?), verdicts));
    }
    let ids: Vec<QuestionId> = found.iter().map(|(id, _)| *id).collect();
    let questions = many(tx, &ids)?;
    let known = |id| questions.iter().find(|question| question.id == id).cloned();
    Ok(found.into_iter().filter_map(|(id, verdicts)| Some((known(id)?, verdicts))).collect())
}

/// Marks what readers missed in a version of a page as mended, or takes that back.
pub fn mend(
    tx: &mut Tx<'_>,
    question: QuestionId,
    version: i64,
    mended: bool,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE page_verdicts SET mended = CASE WHEN $3 THEN useless ELSE 0 END
         WHERE question_id = $1 AND version = $2",
        params![question.0, version, mended],
    )
    .map(|_| ())
}

/// Words of a reader about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// About which version.
    pub version: i64,
    /// Whether they found it useful.
    pub is_useful: bool,
    /// What they wrote.
    pub words: String,
    /// When.
    pub created_at: Timestamp,
}

/// Keeps words about a page.
pub fn remark(tx: &mut Tx<'_>, question: QuestionId, remark: &Remark) -> Result<(), Error> {
    let id = next_id(tx)?;
    tx.execute(
        "INSERT INTO page_remarks (id, question_id, version, is_useful, words, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, question.0, remark.version, remark.is_useful, &remark.words, remark.created_at],
    )
    .map(|_| ())
}

/// The newest words about a page.
pub fn remarks(tx: &mut Tx<'_>, question: QuestionId, most: i64) -> Result<Vec<Remark>, Error> {
    let rows = tx.query(
        "SELECT version, is_useful, words, created_at FROM page_remarks WHERE question_id = $1
         ORDER BY id DESC LIMIT $2",
        params![question.0, most],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Remark {
                version: row.get(0)?,
                is_useful: row.get(1)?,
                words: row.get(2)?,
                created_at: row.get(3)?,
            })
        })
        .collect()
}
