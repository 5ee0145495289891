//! Comments: the words of a ticket. Erasable; the log keeps only their digests.

use domain::{AuditId, Channel, CommentId, TicketId, UserId};
use jiff::Timestamp;

use crate::attachments::{self, Attachment};
use crate::page::Page;
use crate::{Error, Row, Sql, Tx, keysets, params, search};

/// One comment as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its id, from the same sequence as events: it orders them.
    pub id: CommentId,
    /// Its ticket.
    pub ticket: TicketId,
    /// The change set it came with.
    pub audit: AuditId,
    /// Who wrote it.
    pub author: UserId,
    /// Visible to the requester.
    pub public: bool,
    /// As typed: Markdown or plain text.
    pub body: String,
    /// Cleaned HTML.
    pub html: String,
    /// Salt of the digest in the log.
    pub salt: String,
    /// Through which door it came.
    pub via: Channel,
    /// Delivery details of a mail, as JSON: addresses, quoted rest, warnings.
    pub details: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// Until when its writer can take it back; customers do not see it before.
    pub leaves_at: Option<Timestamp>,
    /// What came along; only where it is asked for by [`with_attachments`].
    pub attachments: Vec<Attachment>,
}

/// Stores a comment, and its words where comments are found by them.
pub fn insert(tx: &mut Tx<'_>, comment: &Comment) -> Result<(), Error> {
    insert_first(tx, comment)?;
    search::put(tx, search::Of::Comment, comment.id.0, &[&comment.body])
}

/// Stores the comment a ticket begins with: its words go into the ticket's own entry of the index and are found there.
pub fn insert_first(tx: &mut Tx<'_>, comment: &Comment) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO comments (id, ticket_id, audit_id, author_id, is_public, body, html, salt, via, details, created_at,
            leaves_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            comment.id.0,
            comment.ticket.0,
            comment.audit.0,
            comment.author.0,
            comment.public,
            &comment.body,
            &comment.html,
            &comment.salt,
            comment.via.as_str(),
            comment.details.as_deref(),
            comment.created_at,
            comment.leaves_at
        ],
    )
    .map(|_| ())
}

fn comment(row: &Row) -> Result<Comment, Error> {
    Ok(Comment {
        id: CommentId(row.get(0)?),
        ticket: TicketId(row.get(1)?),
        audit: AuditId(row.get(2)?),
        author: UserId(row.get(3)?),
        public: row.get(4)?,
        body: row.get(5)?,
        html: row.get(6)?,
        salt: row.get(7)?,
        via: row
            .get::<String>(8)?
            .parse()
            .map_err(|error| Error::corrupt("comments.via", error))?,
        details: row.get(9)?,
        created_at: row.get(10)?,
        leaves_at: row.get(11)?,
        attachments: Vec::new(),
    })
}

/// Comments with the files that came along.
pub fn with_attachments(
    tx: &mut Tx<'_>,
    mut comments: Vec<Comment>,
) -> Result<Vec<Comment>, Error> {
    let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
    for file in attachments::of_comments(tx, &ids)? {
        let whose = comments.iter_mut().find(|comment| Some(comment.id) == file.comment);
        if let Some(comment) = whose {
            comment.attachments.push(file);
        }
    }
    Ok(comments)
}

const COLUMNS: &str = "id, ticket_id, audit_id, author_id, is_public, body, html, salt, via, details, created_at, leaves_at";

/// Which comments are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All of them.
    Ours,
    /// What customers may read at an instant: what is public and has left.
    Customers(Timestamp),
}

impl Whose {
    fn narrow(self, sql: &mut Sql<'_>) {
        if let Self::Customers(now) = self {
            sql.push(" AND is_public AND (leaves_at IS NULL OR leaves_at <= ").bind(now).push(")");
        }
    }
}

/// When somebody other than this person last said something on each of these tickets that customers may read now, if
/// anybody did.
pub fn last_of_others(
    tx: &mut Tx<'_>,
    tickets: &[TicketId],
    user: UserId,
    now: Timestamp,
) -> Result<Vec<(TicketId, Timestamp)>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT t.id, (SELECT c.created_at FROM comments c WHERE c.ticket_id = t.id AND c.is_public AND (c.leaves_at IS NULL OR c.leaves_at <= ");
    sql.bind(now).push(") AND c.author_id <> ").bind(user.0);
    sql.push(" ORDER BY c.id DESC LIMIT 1) FROM tickets t WHERE t.id IN (");
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    let mut found = Vec::new();
    for row in tx.query(sql.text(), sql.params())? {
        if let Some(at) = row.get::<Option<Timestamp>>(1)? {
            found.push((TicketId(row.get(0)?), at));
        }
    }
    Ok(found)
}

/// When a customer last wrote by each way, among the newest so many messages.
pub fn last_by_way(tx: &mut Tx<'_>, most: i64) -> Result<Vec<(String, Timestamp)>, Error> {
    let sql = "SELECT c.via, MAX(c.created_at) FROM
            (SELECT via, created_at, author_id FROM comments ORDER BY id DESC LIMIT $1) c
         JOIN users u ON u.id = c.author_id WHERE u.role = 'end_user' GROUP BY c.via";
    tx.query(sql, params![most])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A page of a ticket's comments in the order they were written.
pub fn page(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    whose: Whose,
    page: &Page,
) -> Result<Vec<Comment>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM comments WHERE ticket_id = ").bind(ticket.0);
    whose.narrow(&mut sql);
    keysets::by_id(&mut sql, page, "id");
    let found =
        tx.query(sql.text(), sql.params())?.iter().map(comment).collect::<Result<_, _>>()?;
    Ok(keysets::in_order(found, page))
}

/// One comment by its id.
pub fn load(tx: &mut Tx<'_>, id: CommentId) -> Result<Option<Comment>, Error> {
    Ok(many(tx, &[id])?.pop())
}

/// Takes a comment away, with the words it is found by.
pub fn delete(tx: &mut Tx<'_>, id: CommentId) -> Result<(), Error> {
    tx.execute("DELETE FROM comments WHERE id = $1", params![id.0])?;
    search::forget(tx, search::Of::Comment, id.0)
}

/// The comments with these ids, in no order.
pub fn many(tx: &mut Tx<'_>, ids: &[CommentId]) -> Result<Vec<Comment>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM comments WHERE id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(comment).collect()
}

/// The delivery details of the last comment that came by mail, if one did.
pub fn last_details(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Option<String>, Error> {
    let row = tx.query_opt(
        "SELECT details FROM comments WHERE ticket_id = $1 AND details IS NOT NULL ORDER BY id DESC LIMIT 1",
        params![ticket.0],
    )?;
    row.map(|row| row.get(0)).transpose()
}

/// How many comments a ticket has.
pub fn count(tx: &mut Tx<'_>, ticket: TicketId, whose: Whose) -> Result<i64, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM comments WHERE ticket_id = ").bind(ticket.0);
    whose.narrow(&mut sql);
    tx.query_one(sql.text(), sql.params())?.get(0)
}

/// How many comments a ticket has after one.
pub fn count_after(tx: &mut Tx<'_>, ticket: TicketId, id: i64) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM comments WHERE ticket_id = $1 AND id > $2";
    tx.query_one(sql, params![ticket.0, id])?.get(0)
}
