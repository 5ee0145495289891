//! Handing a ticket to another team with a note, and back. (ESC rows)

use domain::{AuditId, Author, Command, CommentId, NewComment, TeamId, TicketId, decide};
use store::comments::Comment;
use store::{Kind as Ids, Tx};

use super::append::{Done, append};
use super::{open, situation, update};
use crate::texts::Body;
use crate::{Act, Ctx, Error, require, secrets};

/// Hands a ticket to another team. The note is mandatory: why, what was tried, what is expected. (ESC-02)
pub fn escalate(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    team: TeamId,
    note: &Body,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if note.is_empty() {
        return Err(Error::blank("note", "Note"));
    }
    let author = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let stored = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let comment = Comment {
        id: CommentId(tx.next_id(Ids::Entry)?),
        ticket: id,
        audit,
        author,
        public: false,
        body: note.text.clone(),
        html: note.html.clone(),
        salt: open::salt(),
        via: ctx.via,
        details: None,
        created_at: ctx.now,
    };
    let digest = secrets::digest(&comment.salt, &comment.body);
    let new = NewComment { id: comment.id, author, by: Author::Agent, public: false, digest };
    let done = run(tx, ctx, stored, audit, &Command::Escalate { team, note: new })?;
    store::comments::insert(tx, &comment)?;
    Ok(done)
}

/// Hands a ticket back to the team it came from. (ESC-06)
pub fn deescalate(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let stored = update::lock(tx, ctx, id)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    run(tx, ctx, stored, audit, &Command::Deescalate)
}

/// Decides a command on a ticket and saves what follows.
pub(super) fn run(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: store::tickets::Stored,
    audit: AuditId,
    command: &Command,
) -> Result<Done, Error> {
    let requester = store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    let belonging = situation::belonging(
        tx,
        ctx,
        &requester,
        stored.ticket.organization,
        &handbook::TicketFacts::default(),
    )?;
    let facts = situation::facts(tx, ctx, &requester, &belonging, &stored.subject)?;
    let decided =
        decide(Some(&stored.ticket), command, &facts, &ctx.actor, &ctx.handbook, ctx.now)?;
    append(tx, ctx, audit, stored, decided, &requester)
}
