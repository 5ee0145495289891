//! How customers come to their own requests without a password: a link by mail, a link that an app asks for, and a
//! link that gives a moved conversation to whoever proves an address. (CH-02)
//!
//! Opening a link shows a page; only its button uses the link up, for mail scanners open links too. What begins is a
//! session for one's own requests and nothing else, also for those who answer.

use domain::words::{self, Locale};
use domain::{Actor, Refusal, Role, Status, TicketId, User, UserId, fold};
use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::customer_links::Link;
use store::sessions::Scope;

use crate::tickets::{Person, Update};
use crate::{Act, Ctx, Error, deliveries, require, secrets, tickets, users};

/// How long a mailed link is good.
const MAILED: SignedDuration = SignedDuration::from_hours(1);
/// How long a link is good that an app opens at once.
const OPENED: SignedDuration = SignedDuration::from_mins(2);
/// How long a conversation waits to be claimed.
const CLAIM: SignedDuration = SignedDuration::from_hours(24 * 14);
/// How long a session lasts that a mail began.
const BY_MAIL: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How long a session lasts that a signature began: as long as the signature may.
const BY_SIGNATURE: SignedDuration = SignedDuration::from_hours(1);
/// How long a link that is over is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What a link will do once its button is pressed.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Who will be signed in.
    pub user: User,
    /// The request it leads to.
    pub ticket: Option<TicketId>,
    /// Whether that request becomes theirs by it.
    pub claims: bool,
}

/// A session that has just begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its token, for the cookie.
    pub session: String,
    /// How long it lasts.
    pub seconds: i64,
    /// The request to go on with.
    pub ticket: Option<TicketId>,
}

fn later(ctx: &Ctx, span: SignedDuration) -> Timestamp {
    ctx.now.checked_add(span).unwrap_or(ctx.now)
}

/// Mails a link to the person with this address, leading to a request if it is theirs. Nobody hears whether there is
/// such a person.
pub fn send_link(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &str,
    ticket: Option<TicketId>,
    locale: Locale,
) -> Result<(), Error> {
    let Some(email) = users::address(email) else {
        return Err(Error::invalid("email", "InvalidFormat", "Email: is not an address"));
    };
    let known = store::users::by_email(tx, &email)?;
    let Some(user) = known.filter(|user| user.active && !user.suspended) else { return Ok(()) };
    let as_them = ctx.acting_as(Actor::Person { id: user.id, role: Role::EndUser });
    let own = ticket.filter(|ticket| tickets::show_own(tx, &as_them, *ticket).is_ok());
    mail_link(tx, ctx, &user, own.map(|ticket| (ticket, None)), locale)
}

/// Mails a link to the address we write to; the request it leads to, and the claim that gives that one.
fn mail_link(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: &User,
    to: Option<(TicketId, Option<String>)>,
    locale: Locale,
) -> Result<(), Error> {
    let (ticket, claim) = to.unzip();
    let claim = claim.flatten();
    let link = Link {
        user: Some(user.id),
        ticket,
        claim,
        session_seconds: BY_MAIL.as_secs(),
        expires_at: later(ctx, MAILED),
    };
    let url = format!("{}/requests/sign-in/{}", ctx.base_url, keep(tx, ctx, &link)?);
    let locale = user.locale.as_deref().map_or(locale, Locale::nearest);
    let company = &ctx.handbook.company.name;
    let subject = words::mail::sign_in_subject(locale, company);
    let text = words::mail::sign_in(locale, &url);
    deliveries::personal(tx, ctx, "sign_in", user, &subject, text)
}

/// Stores a link and gives its token.
fn keep(tx: &mut Tx<'_>, ctx: &Ctx, link: &Link) -> Result<String, Error> {
    let token = secrets::token();
    store::customer_links::forget(tx, ctx.now.checked_sub(KEPT).unwrap_or(ctx.now))?;
    store::customer_links::insert(tx, &secrets::token_hash(&token), link)?;
    Ok(token)
}

/// A link to one's own requests that is opened at once: its path, and until when it is good.
pub fn open_link(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: Option<TicketId>,
) -> Result<(String, Timestamp), Error> {
    require(&ctx.actor, Act::OwnRequests)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    if let Some(ticket) = ticket {
        tickets::show_own(tx, ctx, ticket)?;
    }
    let link = Link {
        user: Some(user),
        ticket,
        claim: None,
        session_seconds: BY_SIGNATURE.as_secs(),
        expires_at: later(ctx, OPENED),
    };
    let token = keep(tx, ctx, &link)?;
    Ok((format!("/requests/sign-in/{token}"), link.expires_at))
}

/// What a link will do. Looking does not use it up.
pub fn look_at(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Waiting, Error> {
    let hash = secrets::token_hash(token);
    let link = store::customer_links::load(tx, &hash, ctx.now)?.ok_or(Error::NotFound)?;
    let user = link.user.ok_or(Error::NotFound)?;
    let user = store::users::load(tx, user)?.filter(|user| user.active && !user.suspended);
    let user = user.ok_or(Error::NotFound)?;
    Ok(Waiting { user, ticket: link.ticket, claims: link.claim.is_some() })
}

/// Uses a link up: the address is proved, the claimed conversation becomes theirs, and a session begins.
pub fn follow(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Begun, Error> {
    let hash = secrets::token_hash(token);
    let link = store::customer_links::load(tx, &hash, ctx.now)?.ok_or(Error::NotFound)?;
    let waiting = look_at(tx, ctx, token)?;
    if !store::customer_links::use_up(tx, &hash, ctx.now)? {
        return Err(Error::NotFound);
    }
    let was_mailed = link.session_seconds == BY_MAIL.as_secs();
    if was_mailed {
        prove(tx, ctx, &waiting.user)?;
    }
    if let (Some(ticket), Some(claim)) = (link.ticket, &link.claim) {
        take_over(tx, ctx, waiting.user.id, ticket, claim)?;
    }
    let token = secrets::token();
    let session = secrets::token_hash(&token);
    let expires_at = later(ctx, SignedDuration::from_secs(link.session_seconds));
    store::sessions::insert_session(
        tx,
        waiting.user.id,
        Scope::Own,
        &session,
        ctx.now,
        expires_at,
    )?;
    Ok(Begun { session: token, seconds: link.session_seconds, ticket: link.ticket })
}

/// The address we write to has answered, so it is theirs.
fn prove(tx: &mut Tx<'_>, ctx: &Ctx, user: &User) -> Result<(), Error> {
    if user.verified || user.role != Role::EndUser {
        return Ok(());
    }
    let Some(email) = &user.email else { return Ok(()) };
    let identities = store::users::identities(tx, user.id)?;
    let own = identities.iter().find(|one| one.kind == "email" && fold(&one.value) == fold(email));
    if let Some(own) = own {
        users::verify(tx, &ctx.acting_as(Actor::System), user.id, own.id)?;
    }
    Ok(())
}

/// Makes a link that gives a conversation to whoever proves an address: its path, and until when it is good. (CH-02)
pub fn claim_link(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
) -> Result<(String, Timestamp), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if tickets::show(tx, ctx, ticket)?.ticket.status == Status::Closed {
        // Nobody could take it over any more.
        return Err(Refusal::Closed.into());
    }
    let link = Link {
        user: None,
        ticket: Some(ticket),
        claim: None,
        session_seconds: BY_MAIL.as_secs(),
        expires_at: later(ctx, CLAIM),
    };
    let token = keep(tx, ctx, &link)?;
    Ok((format!("/claim/{token}"), link.expires_at))
}

/// Whether a conversation still waits under this link. Nothing of it is shown: links get forwarded.
pub fn look_at_claim(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<(), Error> {
    claimable(tx, ctx, token).map(|_| ())
}

fn claimable(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<(TicketId, String), Error> {
    let hash = secrets::token_hash(token);
    let link = store::customer_links::load(tx, &hash, ctx.now)?.ok_or(Error::NotFound)?;
    match (link.user, link.ticket) {
        (None, Some(ticket)) => Ok((ticket, hash)),
        _ => Err(Error::NotFound),
    }
}

/// Somebody wants a conversation: whoever is signed in has it at once, anybody else is mailed a link first.
pub fn claim(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    token: &str,
    email: &str,
    locale: Locale,
) -> Result<Option<TicketId>, Error> {
    let (ticket, hash) = claimable(tx, ctx, token)?;
    if let Some(user) = ctx.actor.user() {
        take_over(tx, ctx, user, ticket, &hash)?;
        return Ok(Some(ticket));
    }
    let user = users::find_or_create(tx, ctx, email, None).map_err(named_email)?;
    if user.active && !user.suspended {
        mail_link(tx, ctx, &user, Some((ticket, Some(hash))), locale)?;
    }
    Ok(None)
}

fn named_email(error: Error) -> Error {
    match error {
        Error::Invalid(mut errors) => {
            for error in &mut errors {
                "email".clone_into(&mut error.field);
            }
            Error::Invalid(errors)
        }
        other => other,
    }
}

/// The conversation has a new requester; its link is used up by that.
fn take_over(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    ticket: TicketId,
    claim: &str,
) -> Result<(), Error> {
    if !store::customer_links::use_up(tx, claim, ctx.now)? {
        return Err(Error::NotFound);
    }
    let update = Update { requester: Some(Person::Known(user)), ..Update::default() };
    tickets::update(tx, &ctx.acting_as(Actor::System), ticket, &update).map(|_| ())
}

/// The person and what they may do in a session that was begun by a link.
pub(crate) fn scoped(user: User, scope: Scope) -> User {
    match scope {
        Scope::Whole => user,
        Scope::Own => User { role: Role::EndUser, ..user },
    }
}
