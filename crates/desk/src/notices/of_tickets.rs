//! Who is told of what happens to a ticket.

use domain::notices::{What, mentioned};
use domain::{CommentId, Envelope, Event, Status, UserId};
use store::Tx;
use store::notices::Which;
use store::tickets::Stored;

use super::{New, tell};
use crate::{Ctx, Error};

/// Tells everybody whom these events concern. Who works on a ticket has read what they were told about it.
pub(crate) fn of_ticket(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    events: &[Envelope],
) -> Result<(), Error> {
    if let Some(agent) = ctx.actor.user().filter(|_| ctx.actor.is_agent())
        && store::notices::read(tx, agent, &Which::Ticket(stored.ticket.id), ctx.now)? > 0
    {
        tx.touch(format!("notices:{agent}"));
    }
    let is_new = events.iter().any(|envelope| matches!(envelope.event, Event::Opened(_)));
    let has_asked = |one: &Envelope| matches!(one.event, Event::Commented { ask: true, .. });
    if !is_new && events.iter().any(has_asked) {
        crate::snoozes::end_all(tx, ctx, stored.ticket.id)?;
    }
    for envelope in events {
        let told = Told { ctx, stored, envelope };
        match &envelope.event {
            Event::Escalated { .. } => {
                let hero = hero(tx, ctx, stored, envelope)?;
                told.tell(tx, hero, What::Escalated)?;
            }
            Event::StatusChanged { from: Status::Hold, to: Status::Open, .. }
                if envelope.actor_kind == "rule" =>
            {
                let owner = owner_or_hero(tx, ctx, stored, envelope)?;
                told.tell(tx, owner, What::BackFromHold)?;
            }
            // Of several in one change set only who has it in the end is told.
            Event::Assigned { to: Some(to) } if stored.ticket.assignee == Some(*to) => {
                told.tell(tx, Some(*to), What::Assigned)?;
            }
            Event::Commented { ask: true, .. } if !is_new => {
                told.tell(tx, stored.ticket.assignee, What::CustomerWrote)?;
            }
            Event::SurveyAnswered { rating, digest, .. }
                if !rating.is_good() || digest.is_some() =>
            {
                told.tell(tx, stored.ticket.assignee, What::RatedLow { rating: *rating })?;
            }
            Event::Commented { public: false, comment, author, .. } => {
                told.mentions(tx, *comment, *author)?;
            }
            _ => {}
        }
        if let Event::Commented { author, ask, .. } = &envelope.event {
            told.followers(tx, *author, *ask)?;
        }
    }
    Ok(())
}

/// Takes back what followers and those it names were told of something that was never said. Says whether somebody has the
/// mail of it already.
pub(crate) fn unsaid(tx: &mut Tx<'_>, ticket: domain::TicketId, seq: i64) -> Result<bool, Error> {
    let mut left = false;
    for named in store::notices::nameable(tx)? {
        for kind in [What::Followed.kind(), What::Mentioned.kind()] {
            left |= !forget(tx, named.id, &format!("ticket:{ticket}:{seq}:{}", kind.as_str()))?;
        }
    }
    Ok(left)
}

/// Takes one notice back, if there is one. Says whether its mail has not left: whoever mails it at the same time waits for
/// us, or we for them.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId, key: &str) -> Result<bool, Error> {
    if !store::notices::is_there(tx, user, key)? {
        return Ok(true);
    }
    tx.lock_name(&format!("notices:{user}"))?;
    tx.touch(format!("notices:{user}"));
    Ok(store::notices::forget(tx, user, key)?)
}

/// Who has a ticket, else the hero of its team at the instant of an event.
pub(crate) fn owner_or_hero(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    envelope: &Envelope,
) -> Result<Option<UserId>, Error> {
    match stored.ticket.assignee {
        Some(owner) => Ok(Some(owner)),
        None => hero(tx, ctx, stored, envelope),
    }
}

/// Who holds the team's hero role at the instant of an event, or stands in.
fn hero(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    envelope: &Envelope,
) -> Result<Option<UserId>, Error> {
    let Some(team) = store::teams::load(tx, stored.ticket.team)? else { return Ok(None) };
    Ok(crate::rota::answering(tx, ctx, &team, envelope.at)?.map(|user| user.id))
}

/// One event's telling.
struct Told<'a> {
    ctx: &'a Ctx,
    stored: &'a Stored,
    envelope: &'a Envelope,
}

impl Told<'_> {
    fn by(&self) -> Option<UserId> {
        let person = self.envelope.actor_kind == "person";
        person.then(|| self.envelope.actor_id.parse().ok()).flatten()
    }

    fn tell(&self, tx: &mut Tx<'_>, to: Option<UserId>, what: What) -> Result<(), Error> {
        let Some(to) = to else { return Ok(()) };
        let ticket = self.stored.ticket.id;
        let new = New {
            to,
            key: format!("ticket:{ticket}:{}:{}", self.envelope.seq, what.kind().as_str()),
            what,
            ticket: Some(ticket),
            team: None,
            by: self.by(),
            at: self.envelope.at,
        };
        tell(tx, self.ctx, new)
    }

    /// Everybody who follows the ticket, but whoever said it and whoever is told as its owner.
    fn followers(&self, tx: &mut Tx<'_>, author: UserId, asks: bool) -> Result<(), Error> {
        let owner = self.stored.ticket.assignee.filter(|_| asks);
        for (_, user) in store::follows::on(tx, &[self.stored.ticket.id])? {
            if user != author && Some(user) != owner {
                self.tell(tx, Some(user), What::Followed)?;
            }
        }
        Ok(())
    }

    /// Everybody a note names, but its author.
    fn mentions(&self, tx: &mut Tx<'_>, comment: CommentId, author: UserId) -> Result<(), Error> {
        let Some(note) = store::comments::load(tx, comment)? else { return Ok(()) };
        if note.public || !note.body.contains('@') {
            return Ok(());
        }
        let people = store::notices::nameable(tx)?;
        for person in mentioned(&note.body, &people) {
            if person != author {
                self.tell(tx, Some(person), What::Mentioned)?;
            }
        }
        Ok(())
    }
}
