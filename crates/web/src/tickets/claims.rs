//! Giving a conversation that was moved here to whoever it belongs to, and making a public question of what was answered.
//! (CH-02, CH-04)

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Act;
use domain::TicketId;
use maud::{Markup, html};

use super::{Seen, number};
use crate::components::button::{self, Button};
use crate::problem::{Answer, Problem};
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes, times};

pub(super) fn pages() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/claim", Act::WorkTickets, ask),
        Route::post("/tickets/{id}/claim", Act::WorkTickets, make),
        Route::get("/tickets/{id}/question", Act::WorkTickets, question),
    ]
}

async fn ask(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let words = visitor.reader().words;
    let form = html! {
        p { (words.say(Text::ClaimLinkWhy)) }
        (button::action(&visitor.reader(), &routes::ticket_part(id.0, "claim"), Button::primary(words.say(Text::MakeClaimLink))))
    };
    shown(&visitor, id, &form).await
}

/// The link is shown here and nowhere else: only its digest is kept.
async fn make(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let make = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        let (path, until) = desk::customers::claim_link(tx, ctx, id)?;
        Ok::<_, desk::Error>((format!("{}{path}", ctx.base_url), until))
    };
    let (url, until) = visitor.desk.write(visitor.ctx.clone(), make).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let until = times::promise(words, until, &reader.zone, reader.now);
    let link = html! {
        div.field {
            label for="claim-link" { (words.say(Text::ClaimLink)) }
            p.hint #claim-link-hint { (words.fill(Text::ClaimLinkUntil, &[("until", &until)])) }
            input #claim-link type="text" value=(url) readonly autofocus aria-describedby="claim-link-hint";
        }
        p { (button::link(&routes::ticket(id.0), Button::plain(words.say(Text::BackToTicket)))) }
    };
    let page = shown(&visitor, id, &link).await?;
    Ok((StatusCode::CREATED, page).into_response())
}

async fn shown(visitor: &Visitor, id: TicketId, form: &Markup) -> Result<Response, Problem> {
    let seen = Seen::read(visitor, id, 1).await?;
    let title = seen.reader.words.say(Text::TitleClaim);
    if visitor.fragment {
        return Ok(frame::html(html! { h2 #dialog-heading { (title) } (form) }));
    }
    let main = html! {
        p.ticket-way { a href=(routes::ticket(id.0)) { (seen.title()) } }
        h1 tabindex="-1" { (title) }
        div.stack.narrow { (form) }
    };
    let tab = format!("{title}, #{id}");
    let frame = frame::Frame { title: &tab, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(visitor, &seen.reader, frame, &main, None).await?))
}

/// The form of a public question, with what was said in public here as a proposal. It is a page of its own, not a dialog.
async fn question(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let to = format!("{}?ticket={}", routes::NEW_QUESTION, number(&id)?);
    if visitor.fragment {
        return Ok(([("hx-redirect", to)], StatusCode::NO_CONTENT).into_response());
    }
    Ok(Redirect::to(&to).into_response())
}
