//! A mail has arrived: whose it is, whether that is believed, and which ticket it belongs to. (CH-03)
//!
//! A reply token or a References chain leads to a ticket only when the sender takes part in it; anybody else who names
//! a ticket gets a new one that says so. One of us may answer from a mail client only with a token and when nothing
//! speaks against the sender. Automatic mail is kept and changes nothing. What is suspicious waits for a decision.

mod details;
mod forwards;
mod incoming;
mod suspended;
mod words;

use domain::{Channel, CommentId, Event, Role, Status, TicketId, User};
use jiff::Timestamp;
use mail::Automatic;
pub use mail::{Message, Session, parse};
use store::Tx;
pub use store::mails::Filed;
use store::tickets::Stored;

pub use details::{Details, Proof};
pub use incoming::Incoming;
pub use suspended::{Queue, accept, archived, automatic, count_suspended, queue, refuse, waiting};

use crate::attachments::Files;
pub use crate::mailboxes::{Arrival, Source};
use crate::tickets::{Done, NewTicket, Person, Reply, Update, open, update};
use crate::{Ctx, Error};

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The ticket it belongs to, if any.
    pub ticket: Option<TicketId>,
    /// created, continued, claimed, duplicate, automatic or suspended.
    pub outcome: &'static str,
}

/// Takes in one mail: archived whole before anything else, decided once, however often it arrives.
pub fn receive(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    arrival: &Arrival,
    incoming: &Incoming,
) -> Result<Received, Error> {
    let message = &incoming.message;
    let id = crate::mailboxes::archive_as(tx, ctx, arrival, &incoming.digest, &incoming.raw)?;
    let archived = store::mails::lock(tx, id)?.ok_or(Error::NotFound)?;
    if ![store::mails::WAITING, store::mails::FAILED].contains(&archived.outcome.as_str()) {
        return Ok(Received { ticket: archived.ticket, outcome: "duplicate" });
    }
    tx.lock_name(&format!("mail:{}", message.fingerprint))?;
    let mail = Mail { ctx, incoming, message, id, waited_since: None };
    if let Some((ticket, _)) = store::dedupe::seen(tx, "email", &message.fingerprint)? {
        let end = End { ticket, comment: None, outcome: "duplicate", cause: None };
        store::mails::decided(tx, &mail.filed(archived, &end), incoming.size)?;
        return Ok(Received { ticket, outcome: "duplicate" });
    }
    let end = mail.take_in(tx)?;
    store::mails::decided(tx, &mail.filed(archived, &end), incoming.size)?;
    store::dedupe::saw(tx, "email", &message.fingerprint, end.ticket, end.outcome, ctx.now)?;
    mail.link(tx, &end)?;
    tx.touch("mails");
    Ok(Received { ticket: end.ticket, outcome: end.outcome })
}

/// How a mail ended.
struct End {
    ticket: Option<TicketId>,
    comment: Option<CommentId>,
    outcome: &'static str,
    cause: Option<String>,
}

impl End {
    fn suspended(cause: &str) -> Self {
        Self { ticket: None, comment: None, outcome: "suspended", cause: Some(cause.to_owned()) }
    }

    fn said(done: &Done, outcome: &'static str) -> Self {
        let comment = done.events.iter().find_map(|envelope| match &envelope.event {
            Event::Commented { comment, .. } => Some(*comment),
            _ => None,
        });
        Self { ticket: Some(done.stored.ticket.id), comment, outcome, cause: None }
    }
}

struct Mail<'a> {
    ctx: &'a Ctx,
    incoming: &'a Incoming,
    message: &'a Message,
    /// Its number in the archive.
    id: i64,
    /// Somebody has accepted it, and since when it waited for that.
    waited_since: Option<Timestamp>,
}

impl Mail<'_> {
    fn take_in(&self, tx: &mut Tx<'_>) -> Result<End, Error> {
        if self.waited_since.is_none() {
            if let Some(why) = self.message.automatic_at(&self.ctx.secrets.instance) {
                return self.set_aside(tx, &why);
            }
            if let Some(cause) = self.suspicion(tx)? {
                return Ok(End::suspended(cause));
            }
        }
        let Some(sender) = self.sender(tx)? else {
            return Ok(End::suspended(suspended::NO_SENDER));
        };
        crate::users::hears_again(tx, self.ctx, &sender, self.message.from.as_ref())?;
        match self.named(tx)? {
            Some((stored, tokened)) if self.may_continue(&stored, tokened, &sender) => {
                self.proceed(tx, &stored, &sender)
            }
            Some((stored, _)) => self.begin(tx, &sender, Some(stored.ticket.id), None),
            None if self.speaks_for_us(&sender) => match self.on_behalf_of(tx, &sender)? {
                Some(requester) => self.pass_on(tx, &sender, &requester),
                None => self.begin(tx, &sender, None, None),
            },
            None => {
                let claimed = match mail::claims(self.message).map(TicketId) {
                    Some(id) => store::tickets::load(tx, id)?
                        .filter(|stored| !stored.ticket.has_participant(sender.id))
                        .map(|stored| stored.ticket.id),
                    None => None,
                };
                self.begin(tx, &sender, claimed, None)
            }
        }
    }

    /// Automatic mail is kept and does nothing; only a report that an answer did not arrive is heeded.
    fn set_aside(&self, tx: &mut Tx<'_>, why: &Automatic) -> Result<End, Error> {
        if let Automatic::Bounce(bounce) = why
            && bounce.permanent
        {
            crate::tickets::reported(tx, self.ctx, bounce)?;
        }
        let ticket = self.named(tx)?.map(|(stored, _)| stored.ticket.id);
        if let Some(ticket) = ticket {
            tx.touch(format!("ticket:{ticket}"));
        }
        let cause = Some(suspended::reason(why).to_owned());
        Ok(End { ticket, comment: None, outcome: "automatic", cause })
    }

    /// The person who sent it; nobody, if the sender's address is none. A mail that was accepted all the same is somebody's
    /// without an address.
    fn sender(&self, tx: &mut Tx<'_>) -> Result<Option<User>, Error> {
        let found = self.message.from.as_ref().map(|from| {
            crate::users::find_or_create(tx, self.ctx, &from.email, from.name.as_deref())
        });
        match found {
            Some(Err(Error::Invalid(_))) | None if self.waited_since.is_some() => {
                crate::users::nameless(tx, self.ctx).map(Some)
            }
            Some(Err(Error::Invalid(_))) | None => Ok(None),
            Some(found) => found.map(Some),
        }
    }

    /// The ticket whose token it carries, or to whose mails it refers; and whether it was the token.
    fn named(&self, tx: &mut Tx<'_>) -> Result<Option<(Stored, bool)>, Error> {
        let key = self.ctx.secrets.reply_key();
        if let Some(id) = mail::find_token(self.message, &key, &self.ctx.handbook.company.from) {
            let stored = crate::tickets::resolve(tx, TicketId(id))?;
            return Ok(stored.map(|stored| (stored, true)));
        }
        for reference in &self.message.references {
            for id in store::mails::linked(tx, reference)? {
                if let Some(stored) = crate::tickets::resolve(tx, id)? {
                    return Ok(Some((stored, false)));
                }
            }
        }
        Ok(None)
    }

    /// The sender goes on with a ticket; a closed one is followed by a new one. (ST-05, ST-06)
    fn proceed(&self, tx: &mut Tx<'_>, stored: &Stored, sender: &User) -> Result<End, Error> {
        let ctx = self.as_sender(sender);
        let (stored, ctx) = crate::tickets::fresh(tx, &ctx, stored.ticket.id)?;
        if stored.ticket.status == Status::Closed {
            return self.begin(tx, sender, None, Some(stored.ticket.id));
        }
        let (words, files, details) = self.words(tx, sender)?;
        let reply = Reply {
            body: words.body,
            public: Some(true),
            author: Some(sender.id),
            details: Some(details.write()),
        };
        let change = Update {
            comment: Some(reply),
            files,
            arrived_at: self.waited_since,
            ccs: self.more_copies(tx, &stored, sender)?,
            ..Update::default()
        };
        let done = update(tx, &ctx, stored.ticket.id, &change)?;
        Ok(End::said(&done, "continued"))
    }

    /// A new ticket, perhaps one that claims to continue another or that follows a closed one.
    fn begin(
        &self,
        tx: &mut Tx<'_>,
        sender: &User,
        claims: Option<TicketId>,
        follows: Option<TicketId>,
    ) -> Result<End, Error> {
        let mut new = self.new_ticket(tx, Person::Known(sender.id), sender)?;
        new.claims = claims;
        new.follow_up_of = follows;
        new.ccs = self.copies(tx)?;
        let done = open(tx, &self.as_sender(sender), &new)?;
        Ok(End::said(&done, if claims.is_some() { "claimed" } else { "created" }))
    }

    fn new_ticket(
        &self,
        tx: &mut Tx<'_>,
        requester: Person,
        sender: &User,
    ) -> Result<NewTicket, Error> {
        let subject = self.message.subject.trim();
        let subject = if subject.is_empty() { "(no subject)" } else { subject };
        let (words, files, details) = self.words(tx, sender)?;
        let mut new = NewTicket::request(requester, subject, words.body, Channel::Email);
        new.files = files;
        new.mailbox = self.message.to.first().map(|address| address.email.clone());
        new.details = Some(details.write());
        new.arrived_at = self.waited_since;
        Ok(new)
    }

    /// What is shown of it, its files, and what is kept beside.
    fn words(
        &self,
        tx: &mut Tx<'_>,
        sender: &User,
    ) -> Result<(words::Shown, Files, Details), Error> {
        let mut kept = self.incoming.files.clone();
        // An accepted mail is read again, and a token is one file's alone.
        for file in &mut kept {
            if store::attachments::by_token(tx, &file.token)?.is_some() {
                file.token = crate::token();
            }
        }
        let shown = words::shown(self.message, &mut kept);
        let message = self.message;
        let details = Details {
            mail: Some(self.id),
            message_id: message.message_id.clone(),
            from: message.from.as_ref().map(|from| from.email.clone()),
            from_name: message.from.as_ref().and_then(|from| from.name.clone()),
            to: message.to.iter().map(|to| to.email.clone()).collect(),
            cc: message.cc.iter().map(|cc| cc.email.clone()).collect(),
            quoted: message.quoted.clone(),
            signature: message.signature.clone().filter(|_| !shown.as_html),
            defects: details::named(&message.defects),
            signed: message.signed,
            remote_pictures: shown.remote_pictures,
            trust: Proof::from(&self.incoming.trust),
            unproved_agent: sender.role.answers() && !self.speaks_for_us(sender),
        };
        Ok((shown, Files::of(kept), details))
    }

    /// Who may go on with a ticket by mail: who takes part as a customer; and agents, when they hold its token and nothing
    /// speaks against their being who they say. An agent's words leave to the customer.
    fn may_continue(&self, stored: &Stored, tokened: bool, sender: &User) -> bool {
        let ticket = &stored.ticket;
        if sender.role.answers() && ticket.requester != sender.id {
            tokened && self.speaks_for_us(sender)
        } else {
            ticket.has_participant(sender.id)
        }
    }

    /// Whether this is one of us, as far as one may believe it. Where mail is checked, nothing less than a proof will do,
    /// for there everything unproved is known to be so.
    fn speaks_for_us(&self, sender: &User) -> bool {
        sender.role.answers() && self.incoming.trust.is_believable()
    }

    /// Whether an address is our own, with or without a token behind a plus.
    fn is_ours(&self, folded: &str) -> bool {
        let own = self.ctx.handbook.company.from.to_lowercase();
        let plain = folded.split_once('@').map(|(local, domain)| {
            format!("{}@{domain}", local.split('+').next().unwrap_or(local))
        });
        plain.is_some_and(|plain| own == plain || own.contains(&format!("<{plain}>")))
    }

    fn as_sender(&self, sender: &User) -> Ctx {
        let role = sender.role;
        let actor = domain::Actor::Person { id: sender.id, role };
        Ctx { via: Channel::Email, ..self.ctx.acting_as(actor) }
    }

    /// People copied in: not we ourselves, and not one of us.
    fn copies(&self, tx: &mut Tx<'_>) -> Result<Vec<Person>, Error> {
        let mut people = Vec::new();
        for address in self.message.cc.iter().take(20) {
            let folded = address.folded();
            let known = store::users::by_email(tx, &folded)?;
            let is_out = known.is_some_and(|user| user.role >= Role::Agent || user.suspended);
            if is_out || self.is_ours(&folded) || !crate::sessions::is_address(&address.email) {
                continue;
            }
            people
                .push(Person::Address { email: address.email.clone(), name: address.name.clone() });
        }
        Ok(people)
    }

    /// Those copied in so far and those that the customer has added. Who is not believed adds nobody: whoever is copied in
    /// reads everything that follows.
    fn more_copies(
        &self,
        tx: &mut Tx<'_>,
        stored: &Stored,
        sender: &User,
    ) -> Result<Option<Vec<Person>>, Error> {
        const MOST: usize = 20;
        let ticket = &stored.ticket;
        let trusted = self.incoming.trust.is_believable() && ticket.has_participant(sender.id);
        if !trusted || self.message.cc.is_empty() {
            return Ok(None);
        }
        let mut all: Vec<Person> = ticket.ccs.iter().copied().map(Person::Known).collect();
        let before = all.len();
        for person in self.copies(tx)? {
            let known = match &person {
                Person::Address { email, .. } => store::users::by_email(tx, email)?,
                Person::Known(_) => None,
            };
            if all.len() < MOST && !known.is_some_and(|user| ticket.has_participant(user.id)) {
                all.push(person);
            }
        }
        Ok((all.len() > before).then_some(all))
    }

    /// What the archive says about it.
    fn filed(&self, archived: Filed, end: &End) -> Filed {
        const EXCERPT: usize = 4000;
        let message = self.message;
        let from = message.from.as_ref();
        Filed {
            outcome: end.outcome.to_owned(),
            cause: end.cause.clone(),
            ticket: end.ticket,
            comment: end.comment,
            hash: self.incoming.hash.clone(),
            sender: from.map(mail::Address::folded),
            sender_name: from.and_then(|from| from.name.clone()),
            subject: message.subject.clone(),
            message_id: message.message_id.clone(),
            excerpt: message.text[..message.text.floor_char_boundary(EXCERPT)].to_owned(),
            trust: serde_json::to_string(&Proof::from(&self.incoming.trust)).ok(),
            ..archived
        }
    }

    /// Whoever refers to it refers to its ticket.
    fn link(&self, tx: &mut Tx<'_>, end: &End) -> Result<(), Error> {
        if let (Some(id), Some(ticket)) = (&self.message.message_id, end.ticket)
            && end.outcome != "automatic"
        {
            store::mails::link(tx, id, ticket)?;
        }
        Ok(())
    }
}
