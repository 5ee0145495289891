//! A reply is taken back before it leaves. It counts from the press and leaves after its writer's undo seconds.
//!
//! Whether it has left is decided by its row in the outbox: whoever sends takes the row, and whoever takes back takes it
//! away, so that of the two exactly one succeeds. The log keeps that it was written; its words go back to its writer.

use domain::undoing::{Reach, reach};
use domain::{AuditId, Command, CommentId, Envelope, Event, TicketId};
use jiff::Timestamp;
use store::comments::Comment;
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::{command, update};
use crate::drafts::{self, Kind};
use crate::{Act, Ctx, Error, attachments, require};

/// What was taken back.
#[derive(Clone, Debug)]
pub struct TakenBack {
    /// The ticket as it is now.
    pub done: Done,
    /// Something that rules or webhooks were to tell because of it had left already: that stays.
    pub left: bool,
}

/// Takes the caller's own reply back, with what triggers did because of it. Its words and files are their draft again.
///
/// # Errors
///
/// [`Error::Conflict`] when it has left, [`Error::NotFound`] when there is no such reply of theirs.
pub fn take_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    comment: CommentId,
) -> Result<TakenBack, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = &update::lock(tx, ctx, id)?;
    let reply = store::comments::load(tx, comment)?
        .filter(|one| one.ticket == id && Some(one.author) == ctx.actor.user())
        .ok_or(Error::NotFound)?;
    let log = store::events::of_ticket(tx, id)?;
    let said = log.iter().find(|envelope| says(envelope, comment)).ok_or(Error::NotFound)?;
    let waits = reply.leaves_at.is_some_and(|at| at > ctx.now);
    if !waits || !store::outbox::take_back(tx, &format!("ticket:{id}:{}:reply", said.seq))? {
        return Err(Error::Conflict("The reply has left; it can no longer be undone.".to_owned()));
    }
    give_back(tx, ctx, &reply)?;
    let told = crate::notices::unsaid(tx, id, said.seq)?;
    let reach = reach(id, &log, reply.audit).filter(|reach| reach.own.iter().all(follows));
    // Where something else has happened since, what rules did because of the reply stays with it.
    let left = match &reach {
        Some(reach) => untell(tx, reach)?,
        None => crate::webhooks::untell(tx, std::slice::from_ref(said))?,
    };
    let before = reach.and_then(|reach| reach.before).map(Box::new);
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let command = Command::TakeBack { comment, before };
    let done = command::run(tx, ctx, stored.clone(), audit, &command)?;
    Ok(TakenBack { done, left: left || told })
}

/// Takes back what nobody has got yet of what was told because of a change. Says whether something had left.
pub(crate) fn untell(tx: &mut Tx<'_>, reach: &Reach<'_>) -> Result<bool, Error> {
    let by_rules = crate::rules::take_back(tx, reach.rules)?;
    let own = crate::webhooks::untell(tx, reach.own)?;
    Ok(crate::webhooks::untell(tx, reach.rules)? || own || by_rules)
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

/// Whether an event of a reply's change set follows from the reply alone.
fn follows(envelope: &Envelope) -> bool {
    matches!(
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
}
