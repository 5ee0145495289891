//! The demo's tour: the first minute of a newcomer in six steps, each of which goes there on the demo's own data.

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect};
use desk::tickets::{Filter, Order};
use desk::{Act, Ctx, Error, Page, Tx};
use domain::{Actor, Channel, Status, TicketId, UserId};

use crate::demo::ticket_of;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::table::Route;
use crate::views::View;
use crate::visitor::{Visitor, local};
use crate::{cookies, routes, sign_in};

pub(crate) fn pages() -> Vec<Route> {
    vec![Route::post(routes::DEMO_TOUR, Act::ReadPublic, step).in_demo()]
}

/// Goes to a step: signs in as whoever takes it, and leads to where it is. The clock's own step is the clock's form.
async fn step(visitor: Visitor, form: Form) -> Answer {
    let asked = local(form.get("back")).to_owned();
    let me = visitor.user.as_ref().map(|user| user.id);
    let before = ticket_of(&asked).or(visitor.toured);
    let ctx = visitor.desk.ctx(Actor::System, Channel::System);
    let wanted = form.get("step").to_owned();
    let first = matches!(&*wanted, "queue" | "ticket");
    let found = visitor
        .desk
        .read(ctx, move |tx, ctx| {
            let Some((hero, top)) = begin(tx, ctx, me)? else { return Ok(None) };
            let ticket = if first { top } else { before.unwrap_or(top) };
            let asker = desk::tickets::show(tx, ctx, ticket)?.ticket.requester;
            Ok::<_, Error>(Some((hero, asker, ticket)))
        })
        .await?;
    let Some((hero, asker, ticket)) = found else {
        return Ok(Redirect::to(routes::HOME).into_response());
    };
    let page = routes::ticket(ticket.0);
    let (person, to) = match &*wanted {
        "queue" => (hero, View::MyQueue.href()),
        "ticket" => (hero, page),
        "answer" => (hero, format!("{page}#composer")),
        "customer" => (asker, routes::request(ticket.0)),
        "coming" => (hero, format!("{page}#coming")),
        _ => return Err(Problem::NotFound),
    };
    let session = sign_in::begin(&visitor, person).await?;
    let mut answer = sign_in::signed_in(&visitor, &session, &to);
    let (name, seconds) = (cookies::TOUR, cookies::SESSION_SECONDS);
    let cookie = cookies::made(&visitor.desk, name, &ticket.to_string(), seconds);
    answer.headers_mut().append(SET_COOKIE, cookie);
    Ok(answer)
}

/// A hero and the top of their queue: whoever looks, if they are one, else the hero with the fullest queue.
fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    me: Option<UserId>,
) -> Result<Option<(UserId, TicketId)>, Error> {
    let mut best: Option<(bool, i64, UserId, TicketId)> = None;
    for team in desk::teams::list(tx, ctx)? {
        let holding = desk::rota::holding(tx, ctx, &team)?;
        let Some(hero) = holding.and_then(|holding| holding.person) else { continue };
        let statuses = vec![Status::New, Status::Open];
        let filters = [Filter { team: Some(team.id), statuses, ..Filter::default() }];
        let waiting = desk::tickets::view_counts(tx, ctx, &filters)?.into_iter().sum();
        let rows = desk::pages::rows(tx, ctx, &filters, Order::Work, &Page::first(1))?;
        let Some(first) = rows.tickets.first() else { continue };
        let mine = Some(hero.id) == me;
        if best.is_none_or(|(own, most, ..)| (mine, waiting) > (own, most)) {
            best = Some((mine, waiting, hero.id, first.ticket.id));
        }
    }
    Ok(best.map(|(.., hero, ticket)| (hero, ticket)))
}
