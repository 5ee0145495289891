//! What every ability shares: a comment ready to be decided on, and a command decided and saved.

use domain::{
    AuditId, Author, Command, CommentId, NewComment, OrganizationId, TicketId, UserId, decide,
};
use store::comments::Comment;
use store::{Kind as Ids, Tx};

use super::append::{Done, append};
use super::{open, situation};
use crate::texts::Body;
use crate::{Ctx, Error, secrets};

/// A comment and what a decision sees of it. It is stored by the caller, once the decision allows it.
pub(super) fn note_on(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    audit: AuditId,
    (author, by): (UserId, Author),
    body: &Body,
    public: bool,
) -> Result<(Comment, NewComment), Error> {
    let comment = Comment {
        id: CommentId(tx.next_id(Ids::Entry)?),
        ticket,
        audit,
        author,
        public,
        body: body.text.clone(),
        html: body.html.clone(),
        salt: open::salt(),
        via: ctx.via,
        details: None,
        attachments: Vec::new(),
        leaves_at: None,
        created_at: ctx.now,
    };
    let digest = secrets::digest(&comment.salt, &comment.body);
    let new = NewComment { id: comment.id, author, by, public, digest };
    Ok((comment, new))
}

/// Decides a command on a ticket and saves what follows.
pub(crate) fn run(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: store::tickets::Stored,
    audit: AuditId,
    command: &Command,
) -> Result<Done, Error> {
    let organization = stored.ticket.organization;
    run_within(tx, ctx, stored, audit, command, organization)
}

/// The same with the facts of an organization, which may not be the ticket's yet; of none, the requester's own counts.
pub(super) fn run_within(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: store::tickets::Stored,
    audit: AuditId,
    command: &Command,
    organization: Option<OrganizationId>,
) -> Result<Done, Error> {
    let requester = store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    let facts = situation::within(tx, ctx, &stored, &requester, organization)?;
    let decided =
        decide(Some(&stored.ticket), command, &facts, &ctx.actor, &ctx.handbook, ctx.now)?;
    append(tx, ctx, audit, stored, decided, &requester)
}
