//! A reply is taken back before it leaves. It counts from the press and leaves after its writer's undo seconds.
//!
//! Whether it has left is decided by its row in the outbox: whoever sends takes the row, and whoever takes back takes it
//! away, so that of the two exactly one succeeds. The log keeps that it was written; its words go back to its writer.

use domain::{AuditId, Command, CommentId, Envelope, Event, Ticket, TicketId};
use jiff::Timestamp;
use store::comments::Comment;
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::{command, update};
use crate::drafts::{self, Kind};
use crate::{Act, Ctx, Error, attachments, require};

/// Takes the caller's own reply back. Its words and files are their draft again.
///
/// # Errors
///
/// [`Error::Conflict`] when it has left, [`Error::NotFound`] when there is no such reply of theirs.
pub fn take_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    comment: CommentId,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = &update::lock(tx, ctx, id)?;
    let reply = store::comments::load(tx, comment)?
        .filter(|one| one.ticket == id && Some(one.author) == ctx.actor.user())
        .ok_or(Error::NotFound)?;
    let log = store::events::of_ticket(tx, id)?;
    let seq = log.iter().find(|envelope| says(envelope, comment)).map(|envelope| envelope.seq);
    let seq = seq.ok_or(Error::NotFound)?;
    let waits = reply.leaves_at.is_some_and(|at| at > ctx.now);
    if !waits || !store::outbox::take_back(tx, &format!("ticket:{id}:{seq}:reply"))? {
        return Err(Error::Conflict("The reply has left; it can no longer be undone.".to_owned()));
    }
    give_back(tx, ctx, &reply)?;
    crate::notices::unsaid(tx, id, seq)?;
    let before = before(&log, &reply).map(Box::new);
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    command::run(tx, ctx, stored.clone(), audit, &Command::TakeBack { comment, before })
}

/// Until when a reply of the caller's can be taken back, and to whom it goes; none once it has left.
pub fn leaving(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    comment: CommentId,
) -> Result<Option<(Timestamp, String)>, Error> {
    let found = store::comments::load(tx, comment)?
        .filter(|one| one.ticket == id && Some(one.author) == ctx.actor.user());
    let Some(until) = found.and_then(|one| one.leaves_at).filter(|at| *at > ctx.now) else {
        return Ok(None);
    };
    let stored = super::show(tx, ctx, id)?;
    let requester = store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    Ok(Some((until, requester.name)))
}

fn says(envelope: &Envelope, reply: CommentId) -> bool {
    matches!(&envelope.event, Event::Commented { comment, answer: true, .. } if *comment == reply)
}

/// The words and files of a reply as a draft, and no comment any more.
fn give_back(tx: &mut Tx<'_>, ctx: &Ctx, reply: &Comment) -> Result<(), Error> {
    let upload = attachments::unbind(tx, ctx, reply.id)?;
    let input = drafts::Input {
        device: "undo".to_owned(),
        text: reply.body.clone(),
        upload,
        ..drafts::Input::default()
    };
    drafts::save(tx, ctx, reply.ticket, Kind::Reply, &input)?;
    Ok(store::comments::delete(tx, reply.id)?)
}

/// The ticket as it was before a reply, if nothing has happened since but what followed from the reply alone.
fn before(log: &[Envelope], reply: &Comment) -> Option<Ticket> {
    let first = log.iter().position(|envelope| envelope.audit == reply.audit)?;
    let (earlier, since) = log.split_at(first);
    let only_the_reply = since.iter().all(|envelope| {
        envelope.audit == reply.audit
            && matches!(
                envelope.event,
                Event::Commented { .. }
                    | Event::ClockStopped { .. }
                    | Event::ClockStarted { .. }
                    | Event::EscalatedPromiseKept
                    | Event::StatusChanged { .. }
                    | Event::Assigned { .. }
                    | Event::IssueLinked { .. }
                    | Event::TimersSet { .. }
                    | Event::Tagged { .. }
                    | Event::TeamChanged { .. }
                    | Event::PriorityOverridden { .. }
                    | Event::Applied(_)
            )
    });
    if !only_the_reply {
        return None;
    }
    Ticket::replay(reply.ticket, earlier.iter().map(|one| (one.at, &one.event)))
}
