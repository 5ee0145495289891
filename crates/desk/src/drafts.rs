//! What somebody is writing, kept until it is sent or discarded: per person, ticket and kind, and each device's own.

use domain::TicketId;
use jiff::SignedDuration;
use store::Tx;
pub use store::drafts::Draft;

use crate::attachments::{self, Attachment};
use crate::{Act, Ctx, Error, require, tickets};

/// The longest draft in bytes, as long as a comment may be.
const LONGEST: usize = 64 * 1024;
/// How many devices' drafts of one text are kept.
const MOST_DEVICES: usize = 5;

/// What is being written. Nothing goes from the one to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// For the requester.
    #[default]
    Reply,
    /// Among us.
    Note,
}

impl Kind {
    /// Its name in rows and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Reply, Self::Note].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A text as a device has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// What the device calls itself.
    pub device: String,
    /// What people call it: `phone`, `computer`.
    pub device_name: String,
    /// As typed; empty together with no files is no draft.
    pub text: String,
    /// What binds the files that were chosen.
    pub upload: Option<String>,
    /// The device whose draft this one goes on from, if it is another's: then there are not two.
    pub goes_on: Option<String>,
}

/// Keeps a device's draft. Says whether one is kept: an empty one is none.
///
/// # Errors
///
/// [`Error::Invalid`] when it is longer than a comment may be.
pub fn save(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    kind: Kind,
    input: &Input,
) -> Result<bool, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    tickets::show(tx, ctx, ticket)?;
    if input.text.len() > LONGEST {
        let what = "Body: is longer than a comment may be; the draft is kept on this device only";
        return Err(Error::invalid("body", "TooLong", what));
    }
    let device = name(&input.device);
    if let Some(other) = input.goes_on.as_deref().map(name).filter(|other| *other != device) {
        store::drafts::forget(tx, user, ticket, kind.as_str(), Some(&other))?;
    }
    let known = of_kind(tx, ctx, ticket, kind)?;
    if input.text.trim().is_empty() && input.upload.is_none() {
        store::drafts::forget(tx, user, ticket, kind.as_str(), Some(&device))?;
        return Ok(false);
    }
    for old in known.iter().filter(|draft| draft.device != device).skip(MOST_DEVICES - 1) {
        store::drafts::forget(tx, user, ticket, kind.as_str(), Some(&old.device))?;
    }
    // The one that was saved last is the newest, also while the clock stands still.
    let after = known.first().and_then(|newest| newest.saved_at.checked_add(TICK).ok());
    let draft = Draft {
        user,
        ticket,
        kind: kind.as_str().to_owned(),
        device,
        device_name: name(&input.device_name),
        text: input.text.clone(),
        upload: input.upload.clone(),
        saved_at: after.map_or(ctx.now, |after| after.max(ctx.now)),
    };
    store::drafts::put(tx, &draft)?;
    Ok(true)
}

const TICK: SignedDuration = SignedDuration::from_micros(1);

fn name(given: &str) -> String {
    given.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect()
}

/// The caller's drafts of a kind on a ticket, the newest first.
fn of_kind(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, kind: Kind) -> Result<Vec<Draft>, Error> {
    let Some(user) = ctx.actor.user() else { return Ok(Vec::new()) };
    let mut all = store::drafts::of_ticket(tx, user, ticket)?;
    all.retain(|draft| draft.kind == kind.as_str());
    Ok(all)
}

/// What the caller was writing in one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The drafts of their devices, the newest first; those with the same words once.
    pub drafts: Vec<Draft>,
    /// The files of the newest that still wait for it.
    pub files: Vec<Attachment>,
}

/// What the caller was writing on a ticket: a reply, and a note.
pub fn of_ticket(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId) -> Result<(Kept, Kept), Error> {
    let Some(user) = ctx.actor.user() else { return Ok(Default::default()) };
    let all = store::drafts::of_ticket(tx, user, ticket)?;
    if all.is_empty() {
        return Ok(Default::default());
    }
    let (replies, notes) = all.into_iter().partition(|draft| draft.kind == Kind::Reply.as_str());
    Ok((kept(tx, ctx, replies)?, kept(tx, ctx, notes)?))
}

fn kept(tx: &mut Tx<'_>, ctx: &Ctx, all: Vec<Draft>) -> Result<Kept, Error> {
    let mut drafts: Vec<Draft> = Vec::new();
    for draft in all {
        if !drafts.iter().any(|known| known.text == draft.text) {
            drafts.push(draft);
        }
    }
    let upload = drafts.first().and_then(|newest| newest.upload.as_deref());
    let files = match upload {
        Some(token) => attachments::of_upload(tx, ctx, token)?,
        None => Vec::new(),
    };
    Ok(Kept { drafts, files })
}

/// Forgets the caller's drafts of a kind on a ticket, whatever device they are from: they were sent, or are not wanted.
pub fn discard(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, kind: Kind) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    store::drafts::forget(tx, user, ticket, kind.as_str(), None)?;
    Ok(())
}
