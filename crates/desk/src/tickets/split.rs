//! A message becomes a ticket of its own. (ST-10, SLA-13)

use domain::{AuditId, Author, Command, CommentId, TicketId};
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::open::{NewTicket, Person, open, side};
use super::{command, update};
use crate::attachments;
use crate::texts::Body;
use crate::{Act, Ctx, Error, require};

/// Makes a ticket of one of a customer's messages. Its clock counts from the arrival of that message, and nobody is
/// told, for nothing was asked anew. Merging it back undoes it. (SLA-13)
///
/// # Errors
///
/// When there is no such message, or it is not a customer's: a note or an answer of ours asks for nothing.
pub fn split(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    comment: CommentId,
    subject: &str,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (from, ctx) = &update::lock(tx, ctx, id)?;
    let wrong = |why: &str| Error::invalid("comment_id", "InvalidValue", format!("Comment: {why}"));
    let message = store::comments::load(tx, comment)?
        .filter(|message| message.ticket == id)
        .ok_or_else(|| wrong("the ticket has no such message"))?;
    let author = store::users::load(tx, message.author)?.ok_or(Error::NotFound)?;
    let by = side(&author, from.ticket.requester, &from.ticket.ccs);
    if !message.public || by != Author::Customer {
        return Err(wrong("only a customer's message can be split out"));
    }
    if from.first_comment == comment {
        return Err(wrong("the first message is the ticket itself"));
    }
    let words = Body { text: message.body.clone(), html: message.html.clone() };
    let subject = if subject.trim().is_empty() { &from.subject } else { subject };
    let mut new = NewTicket::request(Person::Known(author.id), subject, words, message.via);
    new.split_from = Some((id, message.created_at));
    new.submitter = Some(author.id);
    new.details = message.details.clone();
    new.files = attachments::copies(tx, comment)?;
    // What was promised for the message was promised at the level it came with. (PR-07)
    new.severity = from.ticket.severity;
    new.area.clone_from(&from.ticket.area);
    new.organization = from.ticket.organization.filter(|_| author.id == from.ticket.requester);
    new.mailbox.clone_from(&from.mailbox);
    let done = open(tx, ctx, &new)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let ticket = done.stored.ticket.id;
    command::run(tx, ctx, from.clone(), audit, &Command::SplitOff { ticket, comment })?;
    Ok(done)
}
