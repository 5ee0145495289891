//! Files at comments: kept once by content, bound to a comment in the transaction that writes it, erased by count.
//!
//! A content is written before the transaction ([`keep`], [`Desk::keep`]); what became of it is a row. A file may be sent
//! ahead ([`upload`]): its token is good for an hour and for one comment. (NF-11, CH-01)

mod dimensions;
mod kinds;

use domain::{CommentId, TicketId};
use jiff::SignedDuration;
use store::Tx;
pub use store::attachments::Attachment;
use store::blobs::Blobs;
pub use store::blobs::hash_of;

pub use dimensions::dimensions;
pub use kinds::{is_picture, kind_of};

use crate::{Act, Ctx, Desk, Error, require, secrets};

/// The largest file somebody may send along.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// How many files one comment may have from a form or an upload.
pub const MOST: usize = 50;
/// How long a file that was sent ahead waits for its comment.
const WAITS: SignedDuration = SignedDuration::from_mins(60);
/// How long a content that no row names stays: longer than any writing takes.
const STAYS: SignedDuration = SignedDuration::from_hours(24);

/// A file as a door was given it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewFile {
    /// The name it was given.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
    /// What the HTML of a mail calls it by.
    pub content_id: Option<String>,
}

/// A file whose content is kept, and which is nobody's yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its content.
    pub hash: String,
    /// Its name, without folders.
    pub name: String,
    /// What it is, by its content.
    pub content_type: String,
    /// How large it is.
    pub size: i64,
    /// What its address will be made of.
    pub token: String,
    /// What the HTML of a mail calls it by.
    pub content_id: Option<String>,
    /// A picture that stands in the text of a mail.
    pub inline: bool,
    /// Width and height, of a picture that says how large it is.
    pub picture: Option<(i64, i64)>,
}

/// What goes along with a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Files that came with it.
    pub kept: Vec<Kept>,
    /// Tokens of files that were sent ahead.
    pub uploads: Vec<String>,
}

impl Files {
    /// Files that came with it.
    pub fn of(kept: Vec<Kept>) -> Self {
        Self { kept, uploads: Vec::new() }
    }

    /// Whether nothing goes along.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.uploads.is_empty()
    }
}

/// Refuses a file that is too large, and too many of them, about this field.
///
/// # Errors
///
/// What is wrong, with the size as people read it.
pub fn check(field: &str, files: &[NewFile]) -> Result<(), Error> {
    if files.len() > MOST {
        let said = format!("These are {} files; the limit is {MOST}.", files.len());
        return Err(Error::invalid(field, "TooLong", said));
    }
    match files.iter().find(|file| file.content.len() > LARGEST) {
        Some(file) => {
            let megabytes = file.content.len().div_ceil(1024 * 1024);
            let said = format!("This file has {megabytes} MB; the limit is 20 MB: {}", file.name);
            Err(Error::invalid(field, "TooLong", said))
        }
        None => Ok(()),
    }
}

/// Keeps a content, however large. Waits for the disk.
///
/// # Errors
///
/// When the folder of files does not work.
pub fn keep(blobs: &Blobs, file: NewFile, now: jiff::Timestamp) -> Result<Kept, Error> {
    let picture = dimensions(&file.content);
    Ok(Kept {
        hash: blobs.put(&file.content, now)?,
        content_type: kind_of(&file.name, &file.content).to_owned(),
        size: i64::try_from(file.content.len()).unwrap_or(i64::MAX),
        name: plain_name(&file.name),
        token: secrets::token(),
        content_id: file.content_id,
        inline: false,
        picture: picture.map(|(width, height)| (width.into(), height.into())),
    })
}

/// The last component of whatever path was written, on one line.
fn plain_name(written: &str) -> String {
    let line = crate::texts::one_line(written, 1000);
    let name = line.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let name: String = name.chars().take(200).collect();
    if name.is_empty() || name == "." || name == ".." { "file".to_owned() } else { name }
}

/// Binds files to a comment, in the transaction that writes it.
///
/// # Errors
///
/// When a token is not one of the author's that still waits, about the field `uploads`.
pub(crate) fn bind(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    files: &Files,
    (ticket, comment): (TicketId, CommentId),
) -> Result<(), Error> {
    for kept in &files.kept {
        let row = row(tx, ctx, kept)?;
        let row = Attachment { ticket: Some(ticket), comment: Some(comment), ..row };
        store::attachments::insert(tx, &row, None)?;
    }
    for token in &files.uploads {
        for file in waiting(tx, ctx, token)? {
            store::attachments::bind(tx, file.id, ticket, comment)?;
        }
    }
    Ok(())
}

/// The files of a comment for another one: the same contents under addresses of their own.
pub(crate) fn copies(tx: &mut Tx<'_>, comment: CommentId) -> Result<Files, Error> {
    let files = store::attachments::of_comments(tx, &[comment])?.into_iter();
    let kept = files.map(|file| Kept {
        hash: file.hash,
        name: file.name,
        content_type: file.content_type,
        size: file.size,
        token: secrets::token(),
        content_id: None,
        inline: file.inline,
        picture: file.picture,
    });
    Ok(Files::of(kept.collect()))
}

fn row(tx: &mut Tx<'_>, ctx: &Ctx, kept: &Kept) -> Result<Attachment, Error> {
    Ok(Attachment {
        id: store::attachments::next_id(tx)?,
        hash: kept.hash.clone(),
        ticket: None,
        comment: None,
        token: kept.token.clone(),
        name: kept.name.clone(),
        content_type: kept.content_type.clone(),
        size: kept.size,
        inline: kept.inline,
        picture: kept.picture,
        uploader: ctx.actor.user(),
        created_at: ctx.now,
    })
}

/// The files that wait under a token: of the caller's, or of nobody we knew then, where the token is all there is. None
/// under one that is unknown, too old or used up.
pub fn of_upload(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Vec<Attachment>, Error> {
    let since = ctx.now.checked_sub(WAITS).unwrap_or(ctx.now);
    let hash = secrets::token_hash(token);
    let mut found = store::attachments::of_upload(tx, &hash, since)?;
    found.retain(|file| file.uploader.is_none() || file.uploader == ctx.actor.user());
    Ok(found)
}

/// Lets the files of a comment wait again for another one of the caller's; what binds them, if there are any.
pub(crate) fn unbind(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    comment: CommentId,
) -> Result<Option<String>, Error> {
    let token = secrets::token();
    let hash = secrets::token_hash(&token);
    let files = store::attachments::unbind(tx, comment, &hash, ctx.actor.user(), ctx.now)?;
    Ok((files > 0).then_some(token))
}

/// Takes one file back that was sent ahead; what is left under the token.
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, token: &str, id: i64) -> Result<Vec<Attachment>, Error> {
    require(&ctx.actor, Act::OwnRequests)?;
    let mut files = of_upload(tx, ctx, token)?;
    if let Some(place) = files.iter().position(|file| file.id == id) {
        store::attachments::delete(tx, &files.remove(place))?;
    }
    Ok(files)
}

/// The files that wait under a token of the caller's.
fn waiting(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Vec<Attachment>, Error> {
    let found = of_upload(tx, ctx, token)?;
    if found.is_empty() {
        let said = "Uploads: the token is unknown, too old or used up";
        return Err(Error::invalid("uploads", "InvalidValue", said));
    }
    Ok(found)
}

/// Files that were sent ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// What binds them, once.
    pub token: String,
    /// Until when.
    pub expires_at: jiff::Timestamp,
    /// All of them, the newest last.
    pub files: Vec<Attachment>,
}

/// A file sent ahead; with a token it joins those sent under it. Whoever may ask may send along what belongs to it.
pub fn upload(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kept: &Kept,
    token: Option<&str>,
) -> Result<Upload, Error> {
    require(&ctx.actor, Act::OpenRequest)?;
    let (token, mut files) = match token {
        Some(token) => (token.to_owned(), waiting(tx, ctx, token)?),
        None => (secrets::token(), Vec::new()),
    };
    if files.len() >= MOST {
        let said = format!("Uploads: at most {MOST} files go under one token");
        return Err(Error::invalid("token", "TooLong", said));
    }
    let file = row(tx, ctx, kept)?;
    store::attachments::insert(tx, &file, Some(&secrets::token_hash(&token)))?;
    files.push(file);
    let first = files.iter().map(|file| file.created_at).min().unwrap_or(ctx.now);
    Ok(Upload { token, expires_at: first.checked_add(WAITS).unwrap_or(first), files })
}

/// Takes files back that were sent ahead.
pub fn take_back(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<(), Error> {
    require(&ctx.actor, Act::OpenRequest)?;
    let files = waiting(tx, ctx, token).map_err(|error| match error {
        Error::Invalid(_) => Error::NotFound,
        error => error,
    })?;
    for file in files {
        store::attachments::delete(tx, &file)?;
    }
    Ok(())
}

/// A file by its number, for somebody who may read the comment it came with; and whether that is public.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: i64) -> Result<(Attachment, bool), Error> {
    require(&ctx.actor, Act::OwnRequests)?;
    let file = store::attachments::load(tx, id)?.ok_or(Error::NotFound)?;
    let (Some(ticket), Some(comment)) = (file.ticket, file.comment) else {
        let is_own = file.uploader == ctx.actor.user();
        return if is_own { Ok((file, true)) } else { Err(Error::NotFound) };
    };
    let public = store::comments::load(tx, comment)?.ok_or(Error::NotFound)?.public;
    if crate::may(&ctx.actor, Act::ReadDesk) {
        crate::tickets::show(tx, ctx, ticket)?;
    } else {
        crate::tickets::show_own(tx, ctx, ticket)?;
        if !public {
            return Err(Error::NotFound);
        }
    }
    Ok((file, public))
}

/// A file by what its address is made of, which nobody can guess. A file at a note is for agents only, whoever holds its
/// address.
pub fn by_token(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Attachment, Error> {
    let file = store::attachments::by_token(tx, token)?.ok_or(Error::NotFound)?;
    let (Some(ticket), Some(comment)) = (file.ticket, file.comment) else {
        // What a stranger has sent ahead is not handed round before a ticket has it.
        return if file.uploader.is_some() { Ok(file) } else { Err(Error::NotFound) };
    };
    let stored = store::tickets::load(tx, ticket)?;
    if stored.is_none_or(|stored| stored.ticket.deleted_at.is_some()) {
        return Err(Error::NotFound);
    }
    let comment = store::comments::load(tx, comment)?.ok_or(Error::NotFound)?;
    if comment.public || crate::may(&ctx.actor, Act::ReadDesk) {
        Ok(file)
    } else {
        Err(Error::NotFound)
    }
}

/// Erases a file at a comment for good: its row, its content if nothing else has it, and the mail it came in, which holds it
/// too.
pub fn erase(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (ticket, comment): (TicketId, CommentId),
    id: i64,
) -> Result<Attachment, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    crate::tickets::fresh(tx, ctx, ticket)?;
    let file = store::attachments::load(tx, id)?
        .filter(|file| file.ticket == Some(ticket) && file.comment == Some(comment))
        .ok_or(Error::NotFound)?;
    store::mails::erase(tx, comment)?;
    store::attachments::delete(tx, &file)?;
    let facts = serde_json::json!({ "comment": comment, "attachment": id }).to_string();
    crate::handbooks::record_admin(tx, ctx, "ticket", ticket.0, "attachment_erased", &facts)?;
    tx.touch(format!("ticket:{ticket}"));
    Ok(file)
}

impl Desk {
    /// Keeps the contents of files before the transaction that names them.
    ///
    /// # Errors
    ///
    /// When the folder of files does not work.
    pub async fn keep(&self, files: Vec<NewFile>) -> Result<Vec<Kept>, Error> {
        let now = self.clock().now();
        self.with_blobs(move |blobs| files.into_iter().map(|file| keep(blobs, file, now)).collect())
            .await
    }

    /// The content of a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn content(&self, hash: &str) -> Result<Vec<u8>, Error> {
        let hash = hash.to_owned();
        self.with_blobs(move |blobs| Ok(blobs.get(&hash)?)).await
    }

    /// Runs something that waits for the disk where nobody else waits.
    pub(crate) async fn with_blobs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Blobs) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let blobs = self.blobs().clone();
        tokio::task::spawn_blocking(move || work(&blobs))
            .await
            .map_err(|error| store::Error::Panicked(error.to_string()))?
    }

    /// Takes away what nobody wants any more: files sent ahead that no comment came for, and contents that no row names.
    /// Gives how many contents went.
    ///
    /// # Errors
    ///
    /// When the database or the folder of files does not work.
    pub async fn sweep_files(&self) -> Result<usize, Error> {
        const TOGETHER: usize = 200;
        let ctx = self.ctx(domain::Actor::System, domain::Channel::System);
        let late = ctx.now.checked_sub(WAITS).unwrap_or(ctx.now);
        let old = ctx.now.checked_sub(STAYS).unwrap_or(ctx.now);
        while self.write(ctx.clone(), move |tx, _| forget_unbound(tx, late)).await? {}
        let mut gone = 0;
        let found = self.with_blobs(move |blobs| Ok(blobs.older_than(old)?)).await?;
        for some in found.chunks(TOGETHER) {
            let some = some.to_vec();
            let asked = some.clone();
            let known =
                self.read(ctx.clone(), move |tx, _| Ok(store::blobs::known(tx, &asked)?)).await?;
            let orphans = some.into_iter().filter(move |hash| !known.contains(hash));
            let orphans: Vec<String> = orphans.collect();
            gone += self
                .with_blobs(move |blobs| {
                    let mut gone = 0;
                    for hash in orphans {
                        gone += usize::from(blobs.take_away(&hash, old)?);
                    }
                    Ok(gone)
                })
                .await?;
        }
        Ok(gone)
    }
}

/// Forgets some of the files that were sent ahead too long ago. Says whether there may be more.
fn forget_unbound(tx: &mut Tx<'_>, before: jiff::Timestamp) -> Result<bool, Error> {
    const TOGETHER: usize = 100;
    let limit = i64::try_from(TOGETHER).unwrap_or(i64::MAX);
    let found = store::attachments::unbound(tx, before, limit)?;
    for file in &found {
        store::attachments::delete(tx, file)?;
    }
    Ok(found.len() == TOGETHER)
}
