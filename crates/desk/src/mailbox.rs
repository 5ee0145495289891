//! A mail has arrived: whose it is, and which ticket it belongs to. (CH-03)
//!
//! A reply token or a References chain leads to a ticket only when the sender takes part in it; anybody else who names
//! a ticket gets a new one that says so. Automatic mail is kept and changes nothing.

use domain::{Channel, Role, Status, TicketId, User};
use mail::Automatic;
pub use mail::{Message, parse};
use store::Tx;
use store::tickets::Stored;

pub use crate::mailboxes::{Arrival, Source};
use crate::texts::Body;
use crate::tickets::{NewTicket, Person, Reply, Update, open, update};
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
    raw: &[u8],
    message: &Message,
) -> Result<Received, Error> {
    let id = crate::mailboxes::archive(tx, ctx, arrival, raw)?;
    let archived = store::mails::lock(tx, id)?.ok_or(Error::NotFound)?;
    if ![store::mails::WAITING, store::mails::FAILED].contains(&archived.outcome.as_str()) {
        return Ok(Received { ticket: archived.ticket, outcome: "duplicate" });
    }
    tx.lock_name(&format!("mail:{}", message.fingerprint))?;
    if let Some((ticket, _)) = store::dedupe::seen(tx, "email", &message.fingerprint)? {
        store::mails::decided(tx, id, "duplicate", None, ticket)?;
        return Ok(Received { ticket, outcome: "duplicate" });
    }
    let place = Mail { ctx, message, is_forged: authentication_failed(raw) };
    let (received, cause) = place.take_in(tx)?;
    store::mails::decided(tx, id, received.outcome, cause.as_deref(), received.ticket)?;
    store::dedupe::saw(
        tx,
        "email",
        &message.fingerprint,
        received.ticket,
        received.outcome,
        ctx.now,
    )?;
    if let (Some(id), Some(ticket)) = (&message.message_id, received.ticket)
        && received.outcome != "automatic"
    {
        store::mails::link(tx, id, ticket)?;
    }
    Ok(received)
}

struct Mail<'a> {
    ctx: &'a Ctx,
    message: &'a Message,
    /// The server that took it in says that the sender's domain disowns it.
    is_forged: bool,
}

impl Mail<'_> {
    fn take_in(&self, tx: &mut Tx<'_>) -> Result<(Received, Option<String>), Error> {
        if let Some(why) = self.message.automatic_at(&self.ctx.secrets.instance) {
            if let Automatic::Bounce(bounce) = &why
                && bounce.permanent
                && let Some(original) = &bounce.original
            {
                crate::tickets::reported(tx, self.ctx, original, &bounce.recipients)?;
            }
            let ticket = self.named(tx)?.map(|stored| stored.ticket.id);
            return Ok((Received { ticket, outcome: "automatic" }, Some(format!("{why:?}"))));
        }
        let Some(from) = &self.message.from else {
            return Ok((
                Received { ticket: None, outcome: "suspended" },
                Some("no sender".to_owned()),
            ));
        };
        let sender =
            match crate::users::find_or_create(tx, self.ctx, &from.email, from.name.as_deref()) {
                Ok(sender) => sender,
                Err(Error::Invalid(_)) => {
                    let cause = Some("the sender's address is not usable".to_owned());
                    return Ok((Received { ticket: None, outcome: "suspended" }, cause));
                }
                Err(error) => return Err(error),
            };
        if sender.suspended {
            return Ok((
                Received { ticket: None, outcome: "suspended" },
                Some("the sender is suspended".to_owned()),
            ));
        }
        // Who writes can be written to again.
        store::users::set_undeliverable(tx, &from.email, None, self.ctx.now)?;
        let received = match self.named(tx)? {
            Some(stored) if self.may_continue(&stored, &sender) => {
                self.proceed(tx, &stored, &sender)?
            }
            Some(stored) => self.begin(tx, &sender, Some(stored.ticket.id), None)?,
            None => {
                let claimed = mail::claims(self.message).map(TicketId);
                let claimed = match claimed {
                    Some(id) => store::tickets::load(tx, id)?
                        .filter(|stored| !stored.ticket.has_participant(sender.id))
                        .map(|stored| stored.ticket.id),
                    None => None,
                };
                self.begin(tx, &sender, claimed, None)?
            }
        };
        Ok((received, None))
    }

    /// The ticket whose token it carries, or to whose mails it refers.
    fn named(&self, tx: &mut Tx<'_>) -> Result<Option<Stored>, Error> {
        let key = self.ctx.secrets.reply_key();
        if let Some(id) = mail::find_token(self.message, &key, &self.ctx.handbook.company.from) {
            return crate::tickets::resolve(tx, TicketId(id));
        }
        for reference in &self.message.references {
            for id in store::mails::linked(tx, reference)? {
                if let Some(stored) = crate::tickets::resolve(tx, id)? {
                    return Ok(Some(stored));
                }
            }
        }
        Ok(None)
    }

    /// The sender goes on with a ticket; a closed one is followed by a new one. (ST-05, ST-06)
    fn proceed(&self, tx: &mut Tx<'_>, stored: &Stored, sender: &User) -> Result<Received, Error> {
        let ctx = self.as_sender(sender);
        let (stored, ctx) = crate::tickets::fresh(tx, &ctx, stored.ticket.id)?;
        if stored.ticket.status == Status::Closed {
            return self.begin(tx, sender, None, Some(stored.ticket.id));
        }
        let reply = Reply {
            body: self.body(),
            public: Some(true),
            author: Some(sender.id),
            details: Some(self.details()),
        };
        let change = Update { comment: Some(reply), ..Update::default() };
        update(tx, &ctx, stored.ticket.id, &change)?;
        Ok(Received { ticket: Some(stored.ticket.id), outcome: "continued" })
    }

    /// A new ticket, perhaps one that claims to continue another or that follows a closed one.
    fn begin(
        &self,
        tx: &mut Tx<'_>,
        sender: &User,
        claims: Option<TicketId>,
        follows: Option<TicketId>,
    ) -> Result<Received, Error> {
        let subject = if self.message.subject.trim().is_empty() {
            "(no subject)"
        } else {
            &self.message.subject
        };
        let mut new =
            NewTicket::request(Person::Known(sender.id), subject, self.body(), Channel::Email);
        if new.body.is_empty() {
            new.body = Body::plain("(empty mail)");
        }
        new.claims = claims;
        new.follow_up_of = follows;
        new.mailbox = self.message.to.first().map(|address| address.email.clone());
        new.details = Some(self.details());
        new.ccs = self.copies(tx)?;
        let done = open(tx, &self.as_sender(sender), &new)?;
        let outcome = if claims.is_some() { "claimed" } else { "created" };
        Ok(Received { ticket: Some(done.stored.ticket.id), outcome })
    }

    /// Who may go on with a ticket by mail: who takes part as a customer, and agents, who hold the token and are not
    /// known to be somebody else.
    fn may_continue(&self, stored: &Stored, sender: &User) -> bool {
        stored.ticket.has_participant(sender.id) || sender.role.answers() && !self.is_forged
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

    fn body(&self) -> Body {
        Body::plain(&self.message.reply_text)
    }

    /// People copied in: not we ourselves, and not one of us.
    fn copies(&self, tx: &mut Tx<'_>) -> Result<Vec<Person>, Error> {
        let mut people = Vec::new();
        for address in self.message.cc.iter().take(20) {
            let folded = address.folded();
            let is_own = self.is_ours(&folded);
            let known = store::users::by_email(tx, &folded)?;
            if is_own || known.is_some_and(|user| user.role >= Role::Agent || user.suspended) {
                continue;
            }
            people
                .push(Person::Address { email: address.email.clone(), name: address.name.clone() });
        }
        Ok(people)
    }

    fn details(&self) -> String {
        let defects: Vec<String> =
            self.message.defects.iter().map(|defect| format!("{defect:?}")).collect();
        let details = serde_json::json!({
            "message_id": self.message.message_id,
            "from": self.message.from.as_ref().map(|from| &from.email),
            "from_name": self.message.from.as_ref().and_then(|from| from.name.as_deref()),
            "to": self.message.to.iter().map(|to| &to.email).collect::<Vec<_>>(),
            "quoted": self.message.quoted,
            "defects": defects,
        });
        details.to_string()
    }
}

/// Whether the mail server's own verdict is that the sender's domain disowns this mail.
fn authentication_failed(raw: &[u8]) -> bool {
    let head = &raw[..raw.len().min(64 * 1024)];
    let head = String::from_utf8_lossy(head).to_lowercase();
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    head.contains("authentication-results:") && head.contains("dmarc=fail")
}
