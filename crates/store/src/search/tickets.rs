//! Finding tickets and comments by words and everything else.
//!
//! Words lead: the newest texts that have them are few, and what else is asked for is looked at there. When more texts have
//! the words than are looked at, and the rest of the condition holds for few tickets, that leads, and the words are looked
//! for ticket by ticket. When both are common, many more of the newest texts are looked at.

use domain::conditions::{Condition, Order, OrderBy};
use domain::search::Words;
use domain::{CommentId, Level, Status, TicketId, UserId};
use jiff::Timestamp;

use super::{Asked, Of, WIDE, hits, plan_for_these_words, query};
use crate::conditions::{Fragment, Look, Meant, predicate};
use crate::engine::Engine;
use crate::{Error, Row, Sql, Tx};

/// Letters of a text that are looked at to judge it or to show a part of it.
const LETTERS: i64 = 20_000;

/// The field of a ticket's entry that has its first message.
const DESCRIPTION: usize = 2;

/// How tickets are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// In which order; none is newest first.
    pub order: Option<Order>,
    /// Only tickets with a smaller number.
    pub before: Option<TicketId>,
    /// How many at most.
    pub most: i64,
    /// How many texts with the words are looked at.
    pub texts: i64,
    /// In how many tickets words are looked for one by one; none is in all of them, so that not one is left out.
    pub each: Option<i64>,
}

/// A ticket that was found, and what it may be ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub id: TicketId,
    /// Its last change.
    pub updated_at: Timestamp,
    /// Its deadline in microseconds; without one the greatest number.
    pub due_sort: i64,
    /// Where it stands.
    pub status: Status,
    /// How much it presses.
    pub priority: Level,
}

/// The tickets that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hits {
    /// In the order asked for.
    pub found: Vec<Found>,
    /// Whether that is all there is.
    pub is_all: bool,
    /// The newest comments with the words, whatever else is asked for.
    pub said: Vec<CommentId>,
}

/// How a ticket begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Which.
    pub id: TicketId,
    /// What it is about.
    pub subject: String,
    /// The first message.
    pub description: String,
}

/// A comment that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which.
    pub id: CommentId,
    /// On which ticket.
    pub ticket: TicketId,
    /// What that is about.
    pub subject: String,
    /// Who wrote it.
    pub author: UserId,
    /// Visible to the requester.
    pub is_public: bool,
    /// Its words; of a very long one the beginning.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
}

/// The tickets a condition means, newest or as ordered.
pub fn tickets(tx: &mut Tx<'_>, meant: &Meant, ask: Ask) -> Result<Hits, Error> {
    let (words, rest) = meant.condition.split_words();
    let engine = tx.engine();
    let mut from = Fragment::default();
    from.push("tickets t WHERE t.deleted_at IS NULL AND ");
    let mut is_all = true;
    let mut said = Vec::new();
    plan_for_these_words(tx)?;
    if words.is_empty() {
        from.extend(predicate(engine, meant, Look::Lead(ask.texts.max(WIDE))));
    } else {
        let Some(asked) = query(engine, words, None) else {
            return Ok(Hits { found: Vec::new(), is_all: true, said });
        };
        let rest = Meant { condition: rest, asker: meant.asker.clone() };
        let (about, few_tickets) = newest(tx, Of::Ticket, &asked, ask.texts)?;
        let (comments, few_comments) = newest(tx, Of::Comment, &asked, ask.texts)?;
        let few = few_tickets && few_comments;
        let alone = rest.condition == Condition::always();
        let one_by_one = match ask.each {
            None => !few,
            Some(each) => !few && !alone && holds_for_few(tx, &rest, each)?,
        };
        if one_by_one {
            from.extend(predicate(engine, meant, Look::Each));
        } else {
            is_all = few;
            let [about, comments] = if few || alone {
                [listed(engine, &about), listed(engine, &comments)]
            } else {
                [Of::Ticket, Of::Comment]
                    .map(|of| hits(engine, of, asked.clone(), ask.texts.max(WIDE)))
            };
            from = by_words(words, about, comments);
            from.extend(predicate(engine, &rest, Look::Lead(WIDE)));
        }
        said = comments.into_iter().map(CommentId).collect();
    }
    let mut found = read(tx, &from, ask)?;
    if i64::try_from(found.len()).unwrap_or(i64::MAX) > ask.most {
        found.pop();
        is_all = false;
    }
    Ok(Hits { found, is_all, said })
}

/// `FROM` the tickets with these texts, each once.
fn by_words(words: &[Words], about: Fragment, comments: Fragment) -> Fragment {
    let mut sql = Fragment::default();
    sql.push("(SELECT h.id FROM (").extend(about);
    sql.push(") h UNION SELECT c.ticket_id FROM (").extend(comments);
    sql.push(") h CROSS JOIN comments c WHERE c.id = h.id");
    if let [one] = words
        && let Some(id) = one.number()
    {
        sql.push(" UNION SELECT n.id FROM tickets n WHERE n.id = ").int(id);
    }
    sql.push(") f CROSS JOIN tickets t WHERE t.id = f.id AND t.deleted_at IS NULL AND ");
    sql
}

/// The numbers of the newest texts that have this, `most` of them, and whether that is all.
fn newest(tx: &mut Tx<'_>, of: Of, asked: &Asked, most: i64) -> Result<(Vec<i64>, bool), Error> {
    let fragment = hits(tx.engine(), of, asked.clone(), most.saturating_add(1));
    let mut sql = Sql::new();
    fragment.append_to(&mut sql);
    let rows = tx.query(sql.text(), sql.params())?;
    let mut ids: Vec<i64> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let is_all = i64::try_from(ids.len()).is_ok_and(|found| found <= most);
    if !is_all {
        ids.pop();
    }
    Ok((ids, is_all))
}

/// These numbers as a table `id`: one value, however many they are.
fn listed(engine: Engine, ids: &[i64]) -> Fragment {
    let ids = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let (before, after) = match engine {
        Engine::Sqlite => ("SELECT value AS id FROM json_each(", ")"),
        Engine::Postgres => {
            ("SELECT CAST(value AS BIGINT) AS id FROM json_array_elements_text(CAST(", " AS json))")
        }
    };
    let mut sql = Fragment::default();
    sql.push(before).text(format!("[{ids}]")).push(after);
    sql
}

/// Whether a condition holds for no more than `most` tickets.
fn holds_for_few(tx: &mut Tx<'_>, meant: &Meant, most: i64) -> Result<bool, Error> {
    let predicate = predicate(tx.engine(), meant, Look::Lead(WIDE));
    let mut sql = Sql::new();
    sql.push(
        "SELECT count(*) FROM (SELECT 1 AS one FROM tickets t WHERE t.deleted_at IS NULL AND ",
    );
    predicate.append_to(&mut sql);
    sql.push(" LIMIT ").bind(most.saturating_add(1)).push(") AS counted");
    Ok(tx.query_one(sql.text(), sql.params())?.get::<i64>(0)? <= most)
}

/// One more than `most`, which says whether that is all.
fn read(tx: &mut Tx<'_>, from: &Fragment, ask: Ask) -> Result<Vec<Found>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT t.id, t.updated_at, t.due_sort, t.status, t.priority FROM ");
    from.append_to(&mut sql);
    if let Some(before) = ask.before {
        sql.push(" AND t.id < ").bind(before.0);
    }
    let is_rising = ask.order.is_some_and(|order| order.is_rising);
    sql.push(match ask.order.map(|order| order.by) {
        Some(OrderBy::Updated) if is_rising => " ORDER BY t.updated_at, t.id",
        Some(OrderBy::Updated) => " ORDER BY t.updated_at DESC, t.id DESC",
        Some(OrderBy::Due) if is_rising => " ORDER BY t.due_sort, t.id",
        Some(OrderBy::Due) => " ORDER BY t.due_sort DESC, t.id DESC",
        Some(OrderBy::Created) if is_rising => " ORDER BY t.id",
        Some(OrderBy::Created | OrderBy::Priority | OrderBy::Status | OrderBy::Type) | None => {
            " ORDER BY t.id DESC"
        }
    });
    sql.push(" LIMIT ").bind(ask.most.saturating_add(1));
    let mut found: Vec<Found> =
        tx.query(sql.text(), sql.params())?.iter().map(ticket).collect::<Result<_, _>>()?;
    // What has no index is ordered among the newest.
    match ask.order.map(|order| order.by) {
        Some(OrderBy::Priority) => found.sort_by_key(|one| one.priority),
        Some(OrderBy::Status) => found.sort_by_key(|one| one.status),
        Some(OrderBy::Created | OrderBy::Updated | OrderBy::Due | OrderBy::Type) | None => {
            return Ok(found);
        }
    }
    if !is_rising {
        found.reverse();
    }
    Ok(found)
}

fn ticket(row: &Row) -> Result<Found, Error> {
    Ok(Found {
        id: TicketId(row.get(0)?),
        updated_at: row.get(1)?,
        due_sort: row.get(2)?,
        status: word(row, 3, "tickets.status")?,
        priority: word(row, 4, "tickets.priority")?,
    })
}

fn word<T>(row: &Row, column: usize, name: &'static str) -> Result<T, Error>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.get::<String>(column)?.parse().map_err(|error| Error::corrupt(name, error))
}

/// How these tickets begin, in no order.
pub fn started(tx: &mut Tx<'_>, ids: &[TicketId]) -> Result<Vec<Started>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT t.id, t.subject, substr(c.body, 1, CAST(").bind(LETTERS);
    sql.push(
        " AS INTEGER)) FROM tickets t JOIN comments c ON c.id = t.first_comment_id WHERE t.id IN (",
    );
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    let rows = tx.query(sql.text(), sql.params())?;
    let one = |row: &Row| {
        Ok(Started { id: TicketId(row.get(0)?), subject: row.get(1)?, description: row.get(2)? })
    };
    rows.iter().map(one).collect()
}

/// Of the newest `most` comments with the words of a condition, first messages among them, those on tickets for which the
/// rest of it holds. `hits` are the newest others, as [`tickets`] found them.
pub fn comments(
    tx: &mut Tx<'_>,
    meant: &Meant,
    hits: &[CommentId],
    most: i64,
) -> Result<Vec<Said>, Error> {
    let (words, rest) = meant.condition.split_words();
    let engine = tx.engine();
    let Some(first) = query(engine, words, Some(DESCRIPTION)) else {
        return Ok(Vec::new());
    };
    plan_for_these_words(tx)?;
    let most_hits = usize::try_from(most).unwrap_or(usize::MAX);
    let hits: Vec<i64> = hits.iter().take(most_hits).map(|id| id.0).collect();
    let mut from = listed(engine, &hits);
    from.push(" UNION SELECT f.first_comment_id FROM (");
    from.extend(super::hits(engine, Of::Ticket, first, most));
    from.push(") h CROSS JOIN tickets f WHERE f.id = h.id ORDER BY 1 DESC LIMIT ").int(most);
    let rest = Meant { condition: rest, asker: meant.asker.clone() };
    let rest = predicate(engine, &rest, Look::Lead(WIDE));
    let mut sql = Sql::new();
    sql.push(
        "SELECT c.id, c.ticket_id, t.subject, c.author_id, c.is_public, substr(c.body, 1, CAST(",
    );
    sql.bind(LETTERS).push(" AS INTEGER)), c.created_at FROM (");
    from.append_to(&mut sql);
    sql.push(
        ") h CROSS JOIN comments c CROSS JOIN tickets t WHERE c.id = h.id AND t.id = c.ticket_id",
    );
    sql.push(" AND t.deleted_at IS NULL AND ");
    rest.append_to(&mut sql);
    sql.push(" ORDER BY c.id DESC");
    tx.query(sql.text(), sql.params())?.iter().map(said).collect()
}

fn said(row: &Row) -> Result<Said, Error> {
    Ok(Said {
        id: CommentId(row.get(0)?),
        ticket: TicketId(row.get(1)?),
        subject: row.get(2)?,
        author: UserId(row.get(3)?),
        is_public: row.get(4)?,
        body: row.get(5)?,
        created_at: row.get(6)?,
    })
}
