//! Mail that waits for a decision, with the cause; and automatic mail, which may turn out to be a person's after all.

use domain::UserId;
use jiff::SignedDuration;
use mail::Automatic;
use store::Tx;
use store::mails::Filed;
use store::page::Page;

use super::{Incoming, Mail, Received};
use crate::{Act, Ctx, Desk, Error, require};

/// How many mails of one sender are taken in within an hour: more is a loop or a flood, whatever they say.
const MOST_AN_HOUR: i64 = 1000;

/// The causes of waiting. There is no guessing from words.
pub(super) const NO_SENDER: &str = "there is no sender that could be answered";
const IS_SUSPENDED: &str = "the sender is suspended";
const IS_REFUSED: &str = "the sender's domain disowns it and asks to refuse it";
const TOO_MANY: &str = "the sender has sent a thousand mails within an hour";

impl Mail<'_> {
    /// Why it has to wait, if so.
    pub(super) fn suspicion(&self, tx: &mut Tx<'_>) -> Result<Option<&'static str>, Error> {
        if self.incoming.trust.is_to_be_refused() {
            return Ok(Some(IS_REFUSED));
        }
        let Some(from) = &self.message.from else { return Ok(Some(NO_SENDER)) };
        let folded = from.folded();
        if store::users::by_email(tx, &folded)?.is_some_and(|user| user.suspended) {
            return Ok(Some(IS_SUSPENDED));
        }
        let since = self.ctx.now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(self.ctx.now);
        let sent = store::mails::count_from(tx, &folded, since, MOST_AN_HOUR)?;
        Ok((sent >= MOST_AN_HOUR).then_some(TOO_MANY))
    }
}

/// Why a mail is automatic, in words.
pub(super) fn reason(why: &Automatic) -> &'static str {
    match why {
        Automatic::OurOwn => "a mail of our own came back",
        Automatic::Bounce(bounce) if bounce.permanent => "a mail could not be delivered",
        Automatic::Bounce(_) => "a report about a delivery",
        Automatic::Report => "a report about a mail",
        Automatic::AutoSubmitted(_) | Automatic::AutoReply => "an automatic answer",
        Automatic::List => "it came through a mailing list",
        Automatic::Bulk => "it was sent in bulk",
        Automatic::NullSender => "it was sent from nobody",
        _ => "a machine wrote it",
    }
}

/// Which mails are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Queue {
    /// Those that wait.
    #[default]
    Suspended,
    /// Automatic ones of no ticket.
    Automatic,
}

impl Queue {
    fn outcome(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Automatic => "automatic",
        }
    }
}

/// A page of mails that wait for a decision, or could have one.
pub fn queue(tx: &mut Tx<'_>, ctx: &Ctx, queue: Queue, page: &Page) -> Result<Vec<Filed>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::mails::page(tx, queue.outcome(), queue == Queue::Automatic, page)?)
}

/// How many mails wait, counted up to a thousand and one.
pub fn count_suspended(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::mails::count_up_to(tx, Queue::Suspended.outcome(), 1001)?)
}

/// A mail that waits.
pub fn waiting(tx: &mut Tx<'_>, ctx: &Ctx, id: i64) -> Result<Filed, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let found = store::mails::load(tx, id)?;
    found.filter(|mail| mail.outcome == "suspended").ok_or(Error::NotFound)
}

/// Any mail of the archive; its ticket, if it has one, must not be deleted.
pub fn archived(tx: &mut Tx<'_>, ctx: &Ctx, id: i64) -> Result<Filed, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let mail = store::mails::load(tx, id)?.ok_or(Error::NotFound)?;
    if let Some(ticket) = mail.ticket {
        crate::tickets::show(tx, ctx, ticket)?;
    }
    Ok(mail)
}

/// A ticket's automatic mail, oldest first.
pub fn automatic(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: domain::TicketId,
) -> Result<Vec<Filed>, Error> {
    const MOST: i64 = 200;
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::mails::of_ticket(tx, ticket, "automatic", MOST)?)
}

/// Whether somebody may still decide about it.
fn is_open(mail: &Filed) -> bool {
    mail.outcome == "suspended" || mail.outcome == "automatic" && mail.ticket.is_none()
}

/// Lets a mail in that waited: whoever accepts it vouches for it, and its clock counts from its arrival.
///
/// # Errors
///
/// [`Error::Conflict`] when somebody has decided about it meanwhile.
pub fn accept(tx: &mut Tx<'_>, ctx: &Ctx, id: i64, incoming: &Incoming) -> Result<Received, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let filed = lock(tx, id)?;
    let system = Ctx { via: domain::Channel::Email, ..ctx.acting_as(domain::Actor::System) };
    let message = &incoming.message;
    let waited_since = Some(filed.received_at);
    let mail = Mail { ctx: &system, incoming, message, id, waited_since };
    let end = mail.take_in(tx)?;
    let by = ctx.actor.user();
    store::mails::decide(tx, id, end.outcome, (end.ticket, end.comment), by, ctx.now)?;
    store::dedupe::settle(tx, "email", &message.fingerprint, end.ticket, end.outcome)?;
    mail.link(tx, &end)?;
    tx.touch("mails");
    Ok(Received { ticket: end.ticket, outcome: end.outcome })
}

/// Refuses a mail that waited. It stays in the archive and is in no list any more.
///
/// # Errors
///
/// [`Error::Conflict`] when somebody has decided about it meanwhile.
pub fn refuse(tx: &mut Tx<'_>, ctx: &Ctx, id: i64) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    lock(tx, id)?;
    let by: Option<UserId> = ctx.actor.user();
    store::mails::decide(tx, id, "refused", (None, None), by, ctx.now)?;
    tx.touch("mails");
    Ok(())
}

fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Filed, Error> {
    let filed = store::mails::lock(tx, id)?.ok_or(Error::NotFound)?;
    if is_open(&filed) {
        return Ok(filed);
    }
    match filed.decided_at {
        Some(_) => Err(Error::Conflict("Somebody has decided about this mail".to_owned())),
        None => Err(Error::NotFound),
    }
}

impl Desk {
    /// The bytes of a mail in the archive.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when it was erased.
    pub async fn source(&self, ctx: Ctx, mail: &Filed) -> Result<Vec<u8>, Error> {
        if let Some(hash) = &mail.hash {
            return self.content(hash).await;
        }
        let id = mail.id;
        let raw = self.read(ctx, move |tx, _| Ok(store::mails::raw(tx, id)?)).await?;
        raw.filter(|raw| !raw.is_empty()).ok_or(Error::NotFound)
    }

    /// Accepts a mail that waited.
    ///
    /// # Errors
    ///
    /// As [`accept`], and when it cannot be read any more.
    pub async fn accept_mail(&self, ctx: Ctx, id: i64) -> Result<Received, Error> {
        let filed = self.read(ctx.clone(), move |tx, ctx| archived(tx, ctx, id)).await?;
        let raw = self.source(ctx.clone(), &filed).await?;
        let message = mail::parse(&raw);
        // Whoever accepts it vouches for it, not for who it says it is.
        let trust = mail::Trust { verdict: mail::Verdict::Unaligned, ..mail::Trust::default() };
        let incoming = self.incoming(raw, message, trust).await?;
        self.write(ctx, move |tx, ctx| accept(tx, ctx, id, &incoming)).await
    }
}
