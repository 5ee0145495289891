//! Ratings in lists, and a rating given without a link.

use domain::words::Locale;
use domain::{Event, Rating, Refusal, Status, Ticket, TicketId, User};
use jiff::Timestamp;
use store::Tx;
use store::page::Page;
use store::surveys::{Answer, Filter, Survey};
use store::tickets::Stored;

use super::answer::{record, words_of};
use crate::{Act, Ctx, Error, require, tickets};

/// One page of the surveys.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, filter: Filter, page: &Page) -> Result<Vec<Survey>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::surveys::page(tx, filter, page)?)
}

/// How many surveys a filter finds.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx, filter: Filter) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::surveys::count(tx, filter)?)
}

/// The survey with this number.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: i64) -> Result<Survey, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    store::surveys::load(tx, id)?.ok_or(Error::NotFound)
}

/// A ticket's survey, if it has one.
pub fn of_ticket(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId) -> Result<Option<Survey>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::surveys::of_ticket(tx, ticket)?)
}

/// Everything that was said, oldest first.
pub fn history(tx: &mut Tx<'_>, ctx: &Ctx, survey: i64) -> Result<Vec<Answer>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::surveys::answers(tx, survey)?)
}

/// The requester rates a ticket of theirs that is or was solved; a second rating replaces the first.
///
/// # Errors
///
/// When it was never solved, when the days for changing it are over, or when somebody else asks.
pub fn rate(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    rating: Rating,
    words: &str,
) -> Result<Survey, Error> {
    require(&ctx.actor, Act::OwnRequests)?;
    let words = words_of(words)?;
    let (stored, ctx) = tickets::fresh(tx, ctx, id)?;
    let ctx = &ctx;
    authorize(ctx, &stored.ticket)?;
    if stored.ticket.spam.is_some() || !was_solved(tx, &stored.ticket)? {
        return Err(Refusal::NeverSolved.into());
    }
    let survey = match store::surveys::of_ticket(tx, id)? {
        Some(survey) => survey,
        None => {
            // Nobody was asked: the requester speaks first.
            let requester =
                store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
            let survey = about(store::surveys::next_id(tx)?, ctx, &stored, &requester);
            store::surveys::insert(tx, &survey)?;
            survey
        }
    };
    record(tx, ctx, stored, &survey, rating, words)?;
    store::surveys::load(tx, survey.id)?.ok_or(Error::NotFound)
}

/// How a requester's own ticket stands to being rated on its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRating {
    /// What they said last.
    pub rating: Option<Rating>,
    /// Their words with it.
    pub words: Option<String>,
    /// Until when it can be changed, once something was said.
    pub until: Option<Timestamp>,
    /// For how many elapsed seconds an answer can be changed.
    pub changeable: i64,
    /// Whether it cannot be changed any more.
    pub is_settled: bool,
}

/// How a ticket stands to being rated by whoever looks at it as their own; none if it is not theirs to rate, or there was
/// no help to rate yet. It is the one survey of the ticket: what is said here is what the link in a mail shows. (CS-02)
pub fn own(ctx: &Ctx, stored: &Stored, survey: Option<&Survey>) -> Option<OwnRating> {
    let ticket = &stored.ticket;
    let was_asked = survey.is_some_and(|survey| survey.issued_at.is_some());
    let is_theirs =
        authorize(ctx, ticket).is_ok() && ticket.spam.is_none() && ticket.merged.is_none();
    let is_over = ticket.status.is_done() && ticket.replied_at.is_some();
    if !is_theirs || !(is_over || was_asked || ticket.survey.is_some()) {
        return None;
    }
    let state = ticket.survey.unwrap_or_default();
    Some(OwnRating {
        rating: survey.and_then(|survey| survey.rating),
        words: survey.and_then(|survey| survey.comment.clone()),
        until: state.answer.map(|answer| answer.changeable_until()),
        changeable: ctx.handbook.csat.changeable,
        is_settled: state.is_settled(ctx.now),
    })
}

/// Only the requester rates: not whoever is copied in, and not we for them. A ticket of our own is rated by nobody.
fn authorize(ctx: &Ctx, ticket: &Ticket) -> Result<(), Error> {
    let person = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    if ticket.requester == person && ticket.public && !ticket.internal {
        return Ok(());
    }
    let knows =
        ticket.has_participant(person) && ticket.public || crate::may(&ctx.actor, Act::ReadDesk);
    let only = "Only the requester can rate a ticket.".to_owned();
    Err(if knows { Error::Forbidden(only) } else { Error::NotFound })
}

fn was_solved(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<bool, Error> {
    if ticket.status.is_done() || ticket.survey.is_some() {
        return Ok(true);
    }
    let solved = |event: &Event| matches!(event, Event::StatusChanged { to: Status::Solved, .. });
    let log = store::events::of_ticket(tx, ticket.id)?;
    Ok(log.iter().any(|envelope| solved(&envelope.event)))
}

/// A survey about a ticket as it stands, before anybody was asked or has said anything.
pub(crate) fn about(id: i64, ctx: &Ctx, stored: &Stored, requester: &User) -> Survey {
    let ticket = &stored.ticket;
    Survey {
        id,
        ticket: ticket.id,
        requester: requester.id,
        organization: ticket.organization,
        owners: ticket.owners(),
        assignee: ticket.assignee,
        area: ticket.area.clone(),
        priority: ticket.priority,
        locale: language(stored, requester).tag().to_owned(),
        solved_at: ticket.solved_at,
        issued_at: None,
        expires_at: None,
        delivery: None,
        rating: None,
        comment: None,
        answered_at: None,
        first_answered_at: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

/// The requester's language, else that of the conversation.
pub(crate) fn language(stored: &Stored, requester: &User) -> Locale {
    let tag = requester.locale.as_deref().or(stored.locale.as_deref());
    tag.map(Locale::nearest).unwrap_or_default()
}
