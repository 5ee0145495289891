//! Coming to one's own requests without a password: a link by mail, and a conversation that waits to be claimed. (CH-02)

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use desk::customers::{self, Begun};
use desk::limits::Limit;
use desk::{Error, FieldError};
use domain::TicketId;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field};
use crate::components::signed_out::Width;
use crate::form::{Form, escaped};
use crate::problem::Answer;
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{cookies, frame, routes};

/// The form that asks for a link.
pub(crate) async fn form(visitor: Visitor) -> Answer {
    page(&visitor, "", visitor.query.get("back"), None).await
}

async fn page(visitor: &Visitor, typed: &str, back: &str, error: Option<&str>) -> Answer {
    let reader = visitor.customer();
    let words = reader.words;
    let to_desk = format!("{}?back={}", routes::HOME, escaped(back));
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.say(Text::OwnSignIn)) }
            p { (words.say(Text::OwnSignInHint)) }
            form method="post" action=(routes::OWN_SIGN_IN) novalidate {
                (button::csrf(&reader))
                input type="hidden" name="back" value=(back);
                (address(&reader, typed, error))
                div.field-actions { (button::submit(Button::primary(words.say(Text::SendLink)))) }
            }
            p.hint { (words.say(Text::EngineersHere)) " " a href=(to_desk) { (words.say(Text::SignIn)) } }
        }
    };
    shown(visitor, &reader, Text::OwnSignIn, &main, error.is_some()).await
}

fn address(reader: &Reader, typed: &str, error: Option<&str>) -> Markup {
    let email = Field {
        value: typed,
        error,
        control: Control::Line { kind: "email", autocomplete: "email" },
        ..Field::line("email", reader.words.say(Text::Email))
    };
    field(reader.words, &email)
}

async fn shown(
    visitor: &Visitor,
    reader: &Reader,
    title: Text,
    main: &Markup,
    is_refused: bool,
) -> Answer {
    let title = reader.words.say(title);
    let page = frame::column(visitor, reader, title, Width::Narrow, main).await?;
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, frame::html(page)).into_response())
}

/// Mails a link if the address is known; the answer is the same if it is not.
pub(crate) async fn send(visitor: Visitor, form: Form) -> Answer {
    let email = form.get("email").trim().to_owned();
    admit(&visitor, &email)?;
    let ticket = leads_to(form.get("back"));
    let (asked, language) = (email.clone(), visitor.language);
    let ctx = visitor.ctx.clone();
    let send = visitor
        .desk
        .write(ctx, move |tx, ctx| customers::send_link(tx, ctx, &asked, ticket, language))
        .await;
    match send {
        Ok(()) => sent(&visitor, &email).await,
        Err(Error::Invalid(errors)) => {
            let why = complaint(&visitor, &errors);
            page(&visitor, &email, form.get("back"), Some(&why)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn admit(visitor: &Visitor, email: &str) -> Result<(), Error> {
    visitor.admit(Limit::LinksFromAddress)?;
    visitor.desk.admit(Limit::LinksTo, email)
}

/// What is wrong with an address, in the reader's words.
fn complaint(visitor: &Visitor, errors: &[FieldError]) -> String {
    let words = visitor.customer().words;
    match errors.first() {
        Some(error) if error.field == "email" => words.say(Text::AddressWrong).to_owned(),
        Some(_) => words.say(Text::RequestNotTaken).to_owned(),
        None => String::new(),
    }
}

/// The request that a path of ours is about.
fn leads_to(path: &str) -> Option<TicketId> {
    let rest = path.strip_prefix(routes::REQUESTS)?.strip_prefix('/')?;
    rest.split(['/', '?']).next()?.parse().ok().map(TicketId)
}

async fn sent(visitor: &Visitor, email: &str) -> Answer {
    let reader = visitor.customer();
    let words = reader.words;
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.say(Text::LinkSent)) }
            p { (words.fill(Text::LinkSentWhy, &[("email", &email)])) }
            p { a href=(routes::OWN_SIGN_IN) { (words.say(Text::OwnSignIn)) } }
        }
    };
    shown(visitor, &reader, Text::LinkSent, &main, false).await
}

/// What a link will do, and the button that does it. Looking does not use it up: scanners open links.
pub(crate) async fn link(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let asked = token.clone();
    let ctx = visitor.ctx.clone();
    let found = visitor.desk.read(ctx, move |tx, ctx| customers::look_at(tx, ctx, &asked)).await;
    let waiting = match found {
        Ok(waiting) => waiting,
        Err(Error::NotFound) => return over(&visitor).await,
        Err(error) => return Err(error.into()),
    };
    let reader = visitor.customer();
    let words = reader.words;
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.fill(Text::GoOnAsNamed, &[("name", &waiting.user.name)])) }
            p { (words.say(Text::GoOnWhy)) }
            (button::action(&reader, &routes::own_link(&token), Button::primary(words.say(Text::OpenMyRequests))))
        }
    };
    shown(&visitor, &reader, Text::OwnSignIn, &main, false).await
}

/// The link is over, was used, or never was: the same page for all three.
async fn over(visitor: &Visitor) -> Answer {
    let reader = visitor.customer();
    let words = reader.words;
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.say(Text::LinkIsOver)) }
            p { (words.say(Text::OwnLinkOverWhy)) }
            p { (button::link(routes::OWN_SIGN_IN, Button::primary(words.say(Text::OwnSignIn)))) }
        }
    };
    let title = words.say(Text::LinkIsOver);
    let page = frame::column(visitor, &reader, title, Width::Narrow, &main).await?;
    Ok((StatusCode::NOT_FOUND, frame::html(page)).into_response())
}

/// The button was pressed: the link is used up and a session begins.
pub(crate) async fn follow(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let ctx = visitor.ctx.clone();
    let begun = visitor.desk.write(ctx, move |tx, ctx| customers::follow(tx, ctx, &token)).await;
    match begun {
        Ok(begun) => Ok(signed_in(&visitor, &begun)),
        Err(Error::NotFound) => over(&visitor).await,
        Err(error) => Err(error.into()),
    }
}

fn signed_in(visitor: &Visitor, begun: &Begun) -> Response {
    let cookie = cookies::made(&visitor.desk, cookies::SESSION, &begun.session, begun.seconds);
    ([(SET_COOKIE, cookie)], Redirect::to(&home(begun.ticket))).into_response()
}

/// The request somebody came for, else all of them.
fn home(ticket: Option<TicketId>) -> String {
    ticket.map_or_else(|| routes::REQUESTS.to_owned(), |id| routes::request(id.0))
}

/// A conversation that waits for whoever proves an address. Nothing of it is shown.
pub(crate) async fn claim(visitor: Visitor, Path(token): Path<String>) -> Answer {
    claim_page(&visitor, &token, "", None).await
}

async fn claim_page(visitor: &Visitor, token: &str, typed: &str, error: Option<&str>) -> Answer {
    let asked = token.to_owned();
    let ctx = visitor.ctx.clone();
    let found =
        visitor.desk.read(ctx, move |tx, ctx| customers::look_at_claim(tx, ctx, &asked)).await;
    match found {
        Ok(()) => {}
        Err(Error::NotFound) => return over(visitor).await,
        Err(error) => return Err(error.into()),
    }
    let reader = visitor.customer();
    let words = reader.words;
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.say(Text::ClaimTitle)) }
            p { (words.say(Text::ClaimWhy)) }
            form method="post" action=(routes::claim(token)) novalidate {
                (button::csrf(&reader))
                @if visitor.user.is_none() { (address(&reader, typed, error)) }
                div.field-actions { (button::submit(Button::primary(words.say(Text::ClaimIt)))) }
            }
        }
    };
    shown(visitor, &reader, Text::ClaimTitle, &main, error.is_some()).await
}

/// Claims it at once for who is signed in; anybody else is mailed a link that does.
pub(crate) async fn take(visitor: Visitor, Path(token): Path<String>, form: Form) -> Answer {
    let email = form.get("email").trim().to_owned();
    if visitor.user.is_none() {
        admit(&visitor, &email)?;
    }
    let (asked, address, language) = (token.clone(), email.clone(), visitor.language);
    let ctx = visitor.ctx.clone();
    let taken = visitor
        .desk
        .write(ctx, move |tx, ctx| customers::claim(tx, ctx, &asked, &address, language))
        .await;
    match taken {
        Ok(Some(ticket)) => Ok(Redirect::to(&home(Some(ticket))).into_response()),
        Ok(None) => sent(&visitor, &email).await,
        Err(Error::NotFound) => over(&visitor).await,
        Err(Error::Invalid(errors)) => {
            let why = complaint(&visitor, &errors);
            claim_page(&visitor, &token, &email, Some(&why)).await
        }
        Err(error) => Err(error.into()),
    }
}
