//! Files at comments, and files sent ahead that wait for one. The contents are in [`crate::blobs`].

use domain::{CommentId, TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Kind, Row, Sql, Tx, blobs, params};

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its number.
    pub id: i64,
    /// Its content.
    pub hash: String,
    /// The ticket it belongs to, once it does.
    pub ticket: Option<TicketId>,
    /// The comment it came with, once there is one.
    pub comment: Option<CommentId>,
    /// What its address is made of; nobody can guess it.
    pub token: String,
    /// Its name, without folders.
    pub name: String,
    /// What it is, by its content.
    pub content_type: String,
    /// How large it is.
    pub size: i64,
    /// A picture that stands in the text of a mail.
    pub inline: bool,
    /// Width and height, of a picture that says how large it is.
    pub picture: Option<(i64, i64)>,
    /// Who sent it ahead.
    pub uploader: Option<UserId>,
    /// When it came.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "id, hash, ticket_id, comment_id, token, name, content_type, size_bytes, is_inline, uploader_id,
    created_at, width, height";

fn attachment(row: &Row) -> Result<Attachment, Error> {
    Ok(Attachment {
        id: row.get(0)?,
        hash: row.get(1)?,
        ticket: row.get::<Option<i64>>(2)?.map(TicketId),
        comment: row.get::<Option<i64>>(3)?.map(CommentId),
        token: row.get(4)?,
        name: row.get(5)?,
        content_type: row.get(6)?,
        size: row.get(7)?,
        inline: row.get(8)?,
        uploader: row.get::<Option<i64>>(9)?.map(UserId),
        created_at: row.get(10)?,
        picture: row.get::<Option<i64>>(11)?.zip(row.get::<Option<i64>>(12)?),
    })
}

/// Takes the number of the next attachment.
pub fn next_id(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.next_id(Kind::Attachment)
}

/// Stores a file whose content is there. `upload` is the hash of the token that binds it later, if it was sent ahead.
pub fn insert(tx: &mut Tx<'_>, file: &Attachment, upload: Option<&str>) -> Result<(), Error> {
    blobs::insert(tx, &file.hash, file.size, file.created_at)?;
    tx.execute(
        "INSERT INTO attachments (id, hash, ticket_id, comment_id, token, name, content_type, size_bytes, is_inline,
            created_at, upload_hash, uploader_id, width, height)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        params![
            file.id,
            &file.hash,
            file.ticket.map(|id| id.0),
            file.comment.map(|id| id.0),
            &file.token,
            &file.name,
            &file.content_type,
            file.size,
            file.inline,
            file.created_at,
            upload,
            file.uploader.map(|id| id.0),
            file.picture.map(|(width, _)| width),
            file.picture.map(|(_, height)| height)
        ],
    )
    .map(|_| ())
}

/// A file by its number; one that was erased is not there.
pub fn load(tx: &mut Tx<'_>, id: i64) -> Result<Option<Attachment>, Error> {
    one(tx, |sql| {
        sql.push("id = ").bind(id);
    })
}

/// A file by what its address is made of.
pub fn by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Attachment>, Error> {
    one(tx, |sql| {
        sql.push("token = ").bind(token);
    })
}

fn one<'v>(tx: &mut Tx<'_>, which: impl FnOnce(&mut Sql<'v>)) -> Result<Option<Attachment>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM attachments WHERE deleted_at IS NULL AND ");
    which(&mut sql);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(attachment).transpose()
}

/// The files that came with these comments, in order.
pub fn of_comments(tx: &mut Tx<'_>, comments: &[CommentId]) -> Result<Vec<Attachment>, Error> {
    if comments.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM attachments WHERE comment_id IN (");
    sql.join(comments, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") AND deleted_at IS NULL ORDER BY comment_id, id");
    tx.query(sql.text(), sql.params())?.iter().map(attachment).collect()
}

/// The files that were sent ahead under a token's hash since an instant, and wait; where something changes they are locked,
/// so that they are bound once.
pub fn of_upload(
    tx: &mut Tx<'_>,
    upload: &str,
    since: Timestamp,
) -> Result<Vec<Attachment>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM attachments WHERE upload_hash = ").bind(upload);
    sql.push(" AND comment_id IS NULL AND deleted_at IS NULL AND created_at > ").bind(since);
    sql.push(" ORDER BY id");
    if tx.is_writer() {
        sql.push(tx.lock_suffix());
    }
    tx.query(sql.text(), sql.params())?.iter().map(attachment).collect()
}

/// Binds a file that was sent ahead to a comment.
pub fn bind(tx: &mut Tx<'_>, id: i64, ticket: TicketId, comment: CommentId) -> Result<(), Error> {
    tx.execute(
        "UPDATE attachments SET ticket_id = $2, comment_id = $3, upload_hash = NULL WHERE id = $1",
        params![id, ticket.0, comment.0],
    )
    .map(|_| ())
}

/// Lets the files of a comment wait again under a token's hash, as if they had just been sent ahead.
pub fn unbind(
    tx: &mut Tx<'_>,
    comment: CommentId,
    upload: &str,
    whose: Option<UserId>,
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE attachments SET ticket_id = NULL, comment_id = NULL, upload_hash = $2, uploader_id = $3,
            created_at = $4
         WHERE comment_id = $1 AND deleted_at IS NULL",
        params![comment.0, upload, whose.map(|id| id.0), now],
    )
}

/// Erases a file. Its content goes when nothing else has it.
pub fn delete(tx: &mut Tx<'_>, file: &Attachment) -> Result<(), Error> {
    tx.execute("DELETE FROM attachments WHERE id = $1", params![file.id])?;
    blobs::release(tx, &file.hash)
}

/// Files that were sent ahead before an instant and never bound.
pub fn unbound(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<Vec<Attachment>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ")
        .push(COLUMNS)
        .push(" FROM attachments WHERE comment_id IS NULL AND created_at <= ");
    sql.bind(before).push(" ORDER BY created_at, id LIMIT ").bind(limit);
    tx.query(sql.text(), sql.params())?.iter().map(attachment).collect()
}
