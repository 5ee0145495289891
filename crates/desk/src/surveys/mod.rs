//! The survey: the signed link, who is not to be asked, and what was said. (CS rows)
//!
//! When somebody is asked is decided by the ticket (`domain::decide`); the mail and what an answer causes are in
//! `deliveries`. The local rows are the truth; analytics get a copy.

mod answer;
mod link;
mod ratings;

use domain::{Ticket, TicketId, TimerKind, Unasked, User};
use jiff::{SignedDuration, Timestamp};
use store::Tx;
pub use store::surveys::{Answer, Filter, Survey};

use crate::{Ctx, Error};

pub use answer::{MOST_WORDS, Said, Standing, answer, look, tell};
pub use link::{Link, Opened, allow, refusal_of, refuse};
pub use ratings::{OwnRating, count, history, list, of_ticket, own, rate, show};

pub(crate) use link::refusal_address;
pub(crate) use ratings::{about, language};

/// Why somebody is not to be asked now, as far as others than the ticket know; looked at only when it is time to ask.
pub(crate) fn unasked(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: &Ticket,
    requester: &User,
) -> Result<Option<Unasked>, Error> {
    let is_time = |at: Timestamp| at <= ctx.now;
    let due =
        ticket.timers.iter().any(|timer| timer.kind == TimerKind::Survey && is_time(timer.at));
    if !due {
        return Ok(None);
    }
    if !requester.active {
        return Ok(Some(Unasked::Erased));
    }
    let Some(email) = requester.email.as_deref() else { return Ok(Some(Unasked::NoAddress)) };
    let identities = store::users::identities(tx, requester.id)?;
    let gone = |one: &domain::Identity| one.undeliverable.is_some() && one.value == email;
    if identities.iter().any(gone) {
        return Ok(Some(Unasked::Undeliverable));
    }
    if store::surveys::is_refused(tx, requester.id)? {
        return Ok(Some(Unasked::Unsubscribed));
    }
    let Some(seconds) = ctx.handbook.csat.cap else { return Ok(None) };
    // Two tickets of one person may be looked at at once.
    store::memberships::lock_user(tx, requester.id)?;
    let last = store::surveys::last_issued(tx, requester.id)?;
    let again = last.map(|last| last.checked_add(SignedDuration::from_secs(seconds)));
    let capped = again.is_some_and(|again| again.is_ok_and(|again| ctx.now < again));
    Ok(capped.then_some(Unasked::Cap))
}

/// The link that somebody was sent who was asked about a ticket, and may still answer.
pub fn link(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Option<Link>, Error> {
    let Some(survey) = store::surveys::of_ticket(tx, ticket)? else { return Ok(None) };
    let Some(until) = survey.expires_at else { return Ok(None) };
    let Some(requester) = store::users::load(tx, survey.requester)? else { return Ok(None) };
    link_of(tx, &survey, &requester, until).map(Some)
}

/// The link of a survey, good until an instant.
pub(crate) fn link_of(
    tx: &mut Tx<'_>,
    survey: &Survey,
    requester: &User,
    until: Timestamp,
) -> Result<Link, Error> {
    let team = store::teams::load(tx, survey.owners.team)?;
    Ok(Link {
        distinct_id: distinct_id(tx, survey.ticket, requester)?,
        ticket: survey.ticket,
        team: team.map(|team| team.name).unwrap_or_default(),
        person: requester.id,
        until,
    })
}

/// The id in a context: at its top, or within what one program said of itself.
fn captured(context: &serde_json::Value) -> Option<&str> {
    let parts = context.as_object()?.values();
    std::iter::once(context).chain(parts).find_map(|part| part.get("distinct_id")?.as_str())
}

/// The name analytics know a person by: what the app sent along with the ticket, else our own number. (CS-04)
pub(crate) fn distinct_id(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    requester: &User,
) -> Result<String, Error> {
    let context = store::tickets::context(tx, ticket)?;
    let context = context.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let captured = context.as_ref().and_then(captured);
    let captured = captured.map(|id| crate::texts::one_line(id, 200)).filter(|id| !id.is_empty());
    Ok(captured.unwrap_or_else(|| format!("user-{}", requester.id)))
}
