//! One's own requests: the list, the conversation, a reply, and "This is solved".

use axum::extract::Path;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect};
use desk::attachments::Files;
use desk::pages::Own;
use desk::texts::Body;
use desk::tickets::{Listed, Own as Which, Reply, Update};
use desk::{Error, Page, Start};
use domain::{Cause, Severity, Status, Ticket, TicketId, TimerKind, User};
use maud::{Markup, html};

use super::rating::Refused;
use crate::attachments::{Along, with_pictures};
use crate::components::badge::status_for_customer;
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, field};
use crate::components::prose::prose;
use crate::components::signed_out::Width;
use crate::components::time;
use crate::components::timeline::{Message, message, timeline};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::subject;
use crate::tickets::{SHOWN, number};
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{fields, frame, routes, times};

/// How many requests a page lists.
const SIZE: i64 = 50;

/// The list, newest first.
pub(crate) async fn list(visitor: Visitor) -> Answer {
    let start = visitor
        .query
        .number("after")
        .map_or(Start::Offset(0), |id| Start::After(desk::Key { value: None, id }));
    let page = Page { start, size: SIZE + 1, descending: true };
    let ctx = visitor.ctx.clone();
    let mut found = visitor
        .desk
        .read(ctx, move |tx, ctx| desk::tickets::own(tx, ctx, &Which::default(), &page))
        .await?;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let more = found.len() > size;
    found.truncate(size);
    let reader = visitor.customer();
    let words = reader.words;
    let ask = button::link(routes::NEW_REQUEST, Button::primary(words.say(Text::AskForHelp)));
    let main = html! {
        div.heading { h1 tabindex="-1" { (words.say(Text::YourRequests)) } (ask) }
        @if found.is_empty() {
            (empty_state(words.say(Text::NoRequests), words.say(Text::NoRequestsWhy), None))
        } @else {
            ul.requests { @for listed in &found { (line(&reader, listed)) } }
            p.hint { (times::whose(&reader)) }
        }
        @if more {
            @if let Some(last) = found.last() {
                nav.pages aria-label=(words.say(Text::Pages)) {
                    a.button.quiet href={ (routes::REQUESTS) "?after=" (last.stored.ticket.id) } rel="next" { (words.say(Text::Older)) }
                }
            }
        }
    };
    let title = words.say(Text::YourRequests);
    Ok(frame::html(frame::column(&visitor, &reader, title, Width::Text, &main).await?))
}

fn line(reader: &Reader, listed: &Listed) -> Markup {
    let ticket = &listed.stored.ticket;
    html! {
        li {
            a href=(routes::request(ticket.id.0)) dir="auto" { "#" (ticket.id) " " (subject(reader.words, &listed.stored.subject)) }
            span.line { (status(reader, ticket)) span.muted { (time::past(reader, ticket.created_at)) } }
        }
    }
}

/// The status, and the day until which it stays so.
fn status(reader: &Reader, ticket: &Ticket) -> Markup {
    let kind = match ticket.status {
        Status::Hold => TimerKind::Wake,
        _ => TimerKind::Close,
    };
    let timer = ticket.timers.iter().find(|timer| timer.kind == kind);
    let until = timer.map(|timer| times::day(reader.words, timer.at, &reader.zone, reader.now));
    status_for_customer(reader.words, ticket.status, until.as_deref())
}

/// One request.
pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    if let Some(on) = goes_on(&visitor, id).await? {
        return Ok(Redirect::to(&routes::request(on.0)).into_response());
    }
    Ok(frame::html(page(&visitor, id, "", None, None).await?))
}

/// Where a merged request goes on, if its reader takes part there: its number leads there for ever. (ST-10)
async fn goes_on(visitor: &Visitor, id: TicketId) -> Result<Option<TicketId>, Problem> {
    let ctx = visitor.ctx.clone();
    let found = visitor.desk.read(ctx, move |tx, ctx| -> Result<_, Error> {
        if desk::tickets::show_own(tx, ctx, id)?.ticket.merged.is_none() {
            return Ok(None);
        }
        let on = desk::tickets::resolve(tx, id)?.map(|stored| stored.ticket.id);
        Ok(on.filter(|on| desk::tickets::show_own(tx, ctx, *on).is_ok()))
    });
    Ok(found.await?)
}

/// The page, with what was typed into the reply and what is wrong with it, or with the rating.
pub(super) async fn page(
    visitor: &Visitor,
    id: TicketId,
    typed: &str,
    error: Option<(&str, &str)>,
    refused: Option<&Refused<'_>>,
) -> Result<Markup, Problem> {
    let most = visitor.query.number("shown").unwrap_or(SHOWN).clamp(SHOWN, 500);
    let ctx = visitor.ctx.clone();
    let own = visitor.desk.read(ctx, move |tx, ctx| desk::pages::own(tx, ctx, id, most)).await?;
    let reader = visitor.customer();
    let words = reader.words;
    let ticket = &own.stored.ticket;
    let title = format!("#{id} {}", subject(words, &own.stored.subject));
    let error = |field: &str| error.filter(|(name, _)| *name == field).map(|(_, why)| why);
    let main = html! {
        p.ticket-way { a href=(routes::REQUESTS) { (words.say(Text::YourRequests)) } }
        h1 tabindex="-1" dir="auto" { (title) }
        p #request-now { (status(&reader, ticket)) }
        @if let Some(promise) = &ticket.promise {
            p.muted { (words.say(Text::WeSaid)) " " span #promise-text { (promise.text) } " " (time::past(&reader, promise.at)) }
        }
        (facts(&reader, &own))
        (timeline(&conversation(visitor, &reader, &own, most)))
        request-live.list-news data-topic={ "ticket:" (id) } data-at=(visitor.mark) data-from={ (routes::request(id.0)) "?shown=" (most) } {
            p.hidden role="status" {}
            button.button type="button" hidden { "↓ " (words.say(Text::NewAnswerShow)) }
        }
        p.hint { (times::whose(&reader)) }
        @if let Some(rating) = &own.rating { (super::rating::form(&reader, id, rating, visitor.query.some("thanks").is_some(), refused)) }
        @if may_be_worse(ticket) { (severity(&reader, ticket, error("severity"))) }
        @if ticket.status == Status::Closed { (closed(&reader)) }
        @else { (answer(visitor, &reader, &own, (typed, error("body")))) }
    };
    frame::column(visitor, &reader, &title, Width::Text, &main).await
}

/// What custom fields that customers see hold.
fn facts(reader: &Reader, own: &Own) -> Markup {
    let shown =
        own.custom.iter().map(|(field, value)| (field, fields::shown(reader.words, field, value)));
    let shown: Vec<_> = shown.filter(|(_, value)| !value.is_empty()).collect();
    html! {
        @if !shown.is_empty() {
            dl.facts { @for (field, value) in &shown { dt dir="auto" { (field.title) } dd dir="auto" { (value) } } }
        }
    }
}

fn conversation(visitor: &Visitor, reader: &Reader, own: &Own, most: i64) -> Markup {
    let words = reader.words;
    let me = visitor.user.as_ref().map(|user| user.id);
    let company = &visitor.ctx.handbook.company.name;
    html! {
        @for (index, comment) in own.comments.iter().enumerate() {
            @let author = own.authors.iter().find(|user| user.id == comment.author);
            @let ours = author.is_some_and(|user| user.role.answers()) && !own.stored.ticket.has_participant(comment.author);
            @let name = if Some(comment.author) == me { words.say(Text::You).to_owned() } else { called(author, ours, company, reader) };
            @let files = Along::new(words, &comment.attachments);
            @let details = crate::tickets::details(comment);
            @let did = if ours { Text::DidAnswer } else if index == 0 { Text::DidAsk } else { Text::DidWrite };
            (message(reader, &Message {
                id: comment.id.0,
                author: &name,
                did: words.say(did),
                via: None,
                at: comment.created_at,
                ours,
                body: html! {
                    (prose(&with_pictures(&comment.html, &comment.attachments), 2))
                    @if let Some(details) = &details { (crate::tickets::folded(reader, details)) }
                },
                attachments: &files.shown(),
                delivery: None,
            }))
            @if index == 0 && own.left_out > 0 {
                li.mark { a href={ (routes::request(own.stored.ticket.id.0)) "?shown=" (most + 50) } { (words.count(Text::ShowEarlier, own.left_out)) } }
            }
        }
    }
}

/// What an author is called here: engineers by the name they show to customers.
fn called(author: Option<&User>, ours: bool, company: &str, reader: &Reader) -> String {
    let Some(author) = author else { return company.to_owned() };
    let name = author.alias.as_deref().unwrap_or(&author.name);
    if ours {
        reader.words.fill(Text::EngineerAt, &[("name", &name), ("company", &company)])
    } else {
        name.to_owned()
    }
}

/// Whether how bad it is can still be said: nothing is promised, and it is not over. (PR-04)
fn may_be_worse(ticket: &Ticket) -> bool {
    !ticket.status.is_done() && ticket.promise.as_ref().is_some_and(|told| told.due_at.is_none())
}

fn severity(reader: &Reader, ticket: &Ticket, error: Option<&str>) -> Markup {
    let words = reader.words;
    let options = super::ask::severities(words);
    let field_ = Field {
        value: ticket.severity.map(Severity::as_str).unwrap_or_default(),
        control: Control::Radio(&options),
        error,
        ..Field::line("severity", words.say(Text::HowBad))
    };
    html! {
        form method="post" action={ (routes::request(ticket.id.0)) "/severity" } {
            (button::csrf(reader))
            (field(words, &field_))
            div.field-actions { (button::submit(Button::plain(words.say(Text::SayHowBad)))) }
        }
    }
}

fn answer(
    visitor: &Visitor,
    reader: &Reader,
    own: &Own,
    (typed, error): (&str, Option<&str>),
) -> Markup {
    let words = reader.words;
    let ticket = &own.stored.ticket;
    let id = ticket.id.0;
    let solves = ticket.timers.iter().find(|timer| timer.kind == TimerKind::Solve);
    let is_solved = ticket.status == Status::Solved;
    let reply = Field {
        value: typed,
        error,
        hint: is_solved.then(|| words.say(Text::SolvedForYou)),
        control: Control::Text,
        ..Field::line("body", words.say(Text::YourReplyHere))
    };
    let files = Field {
        optional: true,
        hint: Some(words.say(Text::AttachHint)),
        control: Control::Files,
        ..Field::line("files", words.say(Text::Attach))
    };
    html! {
        form method="post" enctype="multipart/form-data" action={ (routes::request(id)) "/replies" } {
            (button::csrf(reader))
            input type="hidden" name="key" value=(desk::token());
            kept-reply name={ (visitor.user.as_ref().map_or(0, |user| user.id.0)) "-request-" (id) } { (field(words, &reply)) }
            (field(words, &files))
            div.field-actions { (button::submit(Button::primary(words.say(if is_solved { Text::Reopen } else { Text::Reply })))) }
        }
        @if !ticket.status.is_done() {
            hr;
            div.line {
                (button::action(reader, &format!("{}/solution", routes::request(id)), Button::plain(words.say(Text::ThisIsSolved))))
                @if let Some(timer) = solves {
                    p.hint { (words.fill(Text::ElseSolved, &[("when", &times::told(reader, timer.at))])) }
                }
            }
        }
    }
}

fn closed(reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        p { (words.say(Text::ClosedForYou)) }
        p { (button::link(routes::NEW_REQUEST, Button::primary(words.say(Text::AskForHelp)))) }
    }
}

/// The customer writes again.
pub(crate) async fn reply(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let body = Body::plain(form.get("body"));
    let chosen = form.files("files");
    if body.is_empty() && chosen.is_empty() {
        let why = visitor.customer().words.say(Text::NothingWritten);
        return refuse(&visitor, id, "", why).await;
    }
    if let Some(why) = super::files_wrong(visitor.customer().words, &chosen) {
        return refuse(&visitor, id, form.get("body"), &why).await;
    }
    if let Err(Error::TooMany { seconds }) = super::ask::admit(&visitor, &form) {
        let why = visitor.customer().words.count(Text::WidgetTooOften, seconds);
        let page = page(&visitor, id, form.get("body"), Some(("body", &why)), None).await?;
        let wait = [(RETRY_AFTER, HeaderValue::from(seconds))];
        return Ok((StatusCode::TOO_MANY_REQUESTS, wait, frame::html(page)).into_response());
    }
    let files = Files::of(visitor.desk.keep(chosen).await?);
    let comment = Reply { body, public: Some(true), author: None, details: None };
    let update = Update { comment: Some(comment), files, ..Update::default() };
    let user = visitor.user.as_ref().map_or(0, |user| user.id.0);
    let key = form.some("key").map(|key| {
        desk::idempotency::Key::new("own-reply", &format!("{user}:{id}:{key}"), &form.content())
    });
    change(&visitor, id, form.get("body"), key, update).await
}

/// The customer says how bad it is.
pub(crate) async fn say_severity(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let Ok(severity) = form.get("severity").parse::<Severity>() else {
        let why = Some(("severity", visitor.customer().words.say(Text::SeverityUnknown)));
        let page = page(&visitor, id, "", why, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, frame::html(page)).into_response());
    };
    let update = Update { severity: Some(Some(severity)), ..Update::default() };
    let write = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| -> Result<(), Error> {
        // The page may be an old one: what was graded or promised since stays.
        if may_be_worse(&desk::tickets::show_own(tx, ctx, id)?.ticket) {
            desk::tickets::update(tx, ctx, id, &update)?;
        }
        Ok(())
    };
    visitor.desk.write(visitor.ctx.clone(), write).await?;
    Ok(Redirect::to(&routes::request(id.0)).into_response())
}

/// The customer says that it is done.
pub(crate) async fn solve(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let update =
        Update { status: Some(Status::Solved), cause: Some(Cause::Confirmed), ..Update::default() };
    change(&visitor, number(&id)?, "", None, update).await
}

async fn change(
    visitor: &Visitor,
    id: TicketId,
    typed: &str,
    key: Option<desk::idempotency::Key>,
    update: Update,
) -> Answer {
    let ctx = visitor.ctx.clone();
    let done = visitor
        .desk
        .write(ctx, move |tx, ctx| {
            desk::idempotency::once(tx, ctx, key.as_ref(), |tx| {
                // Agents ask for help too, and then see no more than any customer.
                desk::tickets::show_own(tx, ctx, id)?;
                desk::tickets::update(tx, ctx, id, &update).map(|_| String::new())
            })
        })
        .await;
    match done {
        Ok(_) | Err(Error::KeyReused) => Ok(Redirect::to(&routes::request(id.0)).into_response()),
        Err(Error::Refused(refusal)) => {
            let why = super::refused(visitor.customer().words, &refusal);
            refuse(visitor, id, typed, why).await
        }
        Err(Error::Invalid(_)) => {
            let why = visitor.customer().words.say(Text::RequestNotTaken);
            refuse(visitor, id, typed, why).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refuse(visitor: &Visitor, id: TicketId, typed: &str, why: &str) -> Answer {
    let page = page(visitor, id, typed, Some(("body", why)), None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, frame::html(page)).into_response())
}
