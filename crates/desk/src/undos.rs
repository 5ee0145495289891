//! Taking back what one has just done: until the ticket's next change, and only what has had no effect elsewhere.

use domain::undoing::reach;
use domain::{AuditId, Command, CommentId, Event, TicketId};
use serde::{Deserialize, Serialize};
use store::{Kind as Ids, Tx};

use crate::tickets::{Done, TakenBack};
use crate::{Act, Ctx, Error, require, secrets, tickets};

/// What somebody did, to one ticket or to many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// What was done, and with which value: words of whoever keeps it.
    pub what: (String, String),
    /// How many tickets it changed.
    pub changed: usize,
    /// How many it left as they were, for that is how they should be.
    pub same: usize,
    /// Which it could not be done to, and why.
    pub failed: Vec<(TicketId, String)>,
    /// The change sets that can be taken back.
    pub sets: Vec<(TicketId, AuditId)>,
    /// The replies, which can be taken back until they leave.
    #[serde(default)]
    pub replies: Vec<(TicketId, CommentId)>,
}

/// A deed that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Its name in addresses.
    pub id: String,
    /// What was done.
    pub deed: Deed,
}

impl Deed {
    /// Counts a change of one ticket.
    pub fn count(&mut self, done: &Done) {
        if done.events.is_empty() {
            self.same += 1;
            return;
        }
        self.changed += 1;
        let reply = done.events.iter().find_map(|envelope| match envelope.event {
            Event::Commented { comment, answer: true, .. } => Some(comment),
            _ => None,
        });
        let id = done.stored.ticket.id;
        if let Some(reply) = reply {
            self.replies.push((id, reply));
        } else if done.events.iter().all(|envelope| envelope.event.can_be_undone()) {
            self.sets.push((id, done.audit));
        }
    }

    /// Whether any of it can be taken back.
    pub fn can_be_undone(&self) -> bool {
        !self.sets.is_empty() || !self.replies.is_empty()
    }
}

/// Drops the replies of a deed that left at once, or have left by now: those cannot be taken back.
///
/// # Errors
///
/// When the storage fails.
pub fn drop_what_left(tx: &mut Tx<'_>, ctx: &Ctx, deed: &mut Deed) -> Result<(), Error> {
    for (ticket, comment) in std::mem::take(&mut deed.replies) {
        if tickets::leaving(tx, ctx, ticket, comment)?.is_some() {
            deed.replies.push((ticket, comment));
        }
    }
    Ok(())
}

/// Keeps what was done, so that it can be told and taken back.
///
/// # Errors
///
/// When nobody acts.
pub fn remember(tx: &mut Tx<'_>, ctx: &Ctx, deed: &Deed) -> Result<String, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let id = secrets::token();
    let row = store::undos::Undo {
        id: id.clone(),
        user,
        created_at: ctx.now,
        content: serde_json::to_string(deed).expect("numbers and words are always JSON"),
    };
    store::undos::insert(tx, &row)?;
    Ok(id)
}

/// What the one who acts did under this name; without one, what they did last.
///
/// # Errors
///
/// [`Error::NotFound`] if it was taken back, is too old or is another one's.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: Option<&str>) -> Result<Undo, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let row = match id {
        Some(id) => store::undos::load(tx, user, id)?,
        None => store::undos::last(tx, user)?,
    };
    let row = row.ok_or(Error::NotFound)?;
    let deed = serde_json::from_str(&row.content)
        .map_err(|error| store::Error::corrupt("undos.content", error))?;
    Ok(Undo { id: row.id, deed })
}

/// Forgets everything the one who acts did so far: what they did since cannot be taken back, and what was before it must
/// not be taken back in its place.
///
/// # Errors
///
/// When nobody acts.
pub fn forget_all(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    Ok(store::undos::delete_all(tx, user)?)
}

/// Forgets what was taken back, or could not be.
///
/// # Errors
///
/// [`Error::NotFound`] if it is another one's.
pub fn forget(tx: &mut Tx<'_>, ctx: &Ctx, id: &str) -> Result<(), Error> {
    let undo = show(tx, ctx, Some(id))?;
    Ok(store::undos::delete(tx, &undo.id)?)
}

/// Takes one's own change set of a ticket back, with what triggers did because of it, if nothing else has happened there
/// since.
///
/// # Errors
///
/// [`Error::Conflict`] when the ticket has changed since, or something had an effect elsewhere.
pub fn take_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    audit: AuditId,
) -> Result<TakenBack, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = tickets::fresh(tx, ctx, id)?;
    let log = store::events::of_ticket(tx, id)?;
    let me = ctx.actor.user();
    let reach = reach(id, &log, audit).filter(|reach| {
        let by_me = reach.own.iter().any(|envelope| me.is_some() && envelope.person() == me);
        by_me && reach.own.iter().all(|envelope| envelope.event.can_be_undone())
    });
    let Some(reach) = reach else {
        return Err(Error::Conflict(format!("#{id} has changed since")));
    };
    // What was no request after all has a way back of its own, on which no promise is forgotten. (SLA-12)
    let is_spam = reach.own.iter().any(|envelope| envelope.event == Event::MarkedSpam);
    let command = match reach.before.clone() {
        Some(_) if is_spam && reach.rules.is_empty() => Command::UnmarkSpam,
        Some(before) if !is_spam => Command::Undo { audit, before: Box::new(before) },
        _ => return Err(Error::Conflict(format!("#{id} has changed since"))),
    };
    let left = tickets::untell(tx, &reach)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let done = tickets::run(tx, &ctx, stored, audit, &command)?;
    Ok(TakenBack { done, left })
}
