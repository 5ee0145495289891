//! What is between a person and a ticket: being there, having seen it, looking away for a while, following it; and what
//! is offered while one types a name or a tag.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use desk::presence::Doing;
use desk::{Act, Error, FieldError};
use domain::TicketId;
use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use maud::{Markup, html};

use super::{Seen, doing, number};
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field, summary};
use crate::components::notice::{self, Notice};
use crate::components::ticket_header::ticket_presence;
use crate::form::Form;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{bulk, frame, routes, times};

/// No list shows more tickets.
const MOST_LOOKED_AT: usize = 100;
/// How much is offered while one types.
const OFFERED: usize = 8;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/presence", Act::ReadDesk, here),
        Route::post("/tickets/{id}/presence", Act::ReadDesk, say),
        Route::post("/tickets/{id}/seen", Act::ReadDesk, seen),
        Route::post("/tickets/{id}/follow", Act::WorkTickets, follow),
        Route::get("/tickets/{id}/snooze", Act::WorkTickets, ask),
        Route::post("/tickets/{id}/snooze", Act::WorkTickets, snooze),
        Route::post("/tickets/{id}/wake", Act::WorkTickets, wake),
        Route::get(routes::PRESENCE, Act::ReadDesk, at_these),
        Route::get("/mentions", Act::WorkTickets, mentions),
        Route::get("/tags", Act::WorkTickets, tags),
    ]
}

/// Who is there, as it is now.
async fn here(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let seen = Seen::read(&visitor, number(&id)?, 1).await?;
    Ok(frame::html(seen.with_header(None, |header| ticket_presence(&seen.reader, header))))
}

/// Who is at the tickets of a list, in words: those at which somebody is.
async fn at_these(visitor: Visitor) -> Answer {
    let ids = visitor.query.get("ids").split(',').filter_map(|id| id.parse().ok());
    let ids: Vec<TicketId> = ids.take(MOST_LOOKED_AT).collect();
    let read = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| desk::presence::named(tx, ctx, &ids);
    let here = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let words = visitor.reader().words;
    let mut at: BTreeMap<TicketId, Vec<String>> = BTreeMap::new();
    for (id, name, writes) in here {
        at.entry(id).or_default().push(doing(words, &name, writes));
    }
    Ok(frame::html(html! { @for (id, here) in &at { p data-id=(id) { (here.join(", ")) } } }))
}

/// A page says that it is looked at, written on, or left.
async fn say(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let doing = match form.get("doing") {
        "writing" => Doing::Writing,
        "leaving" => Doing::Leaving,
        _ => Doing::Viewing,
    };
    let ctx = visitor.ctx.clone();
    visitor.desk.write(ctx, move |tx, ctx| desk::presence::say(tx, ctx, id, doing)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn seen(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (id, seq) = (number(&id)?, form.number("seq").unwrap_or_default());
    let ctx = visitor.ctx.clone();
    visitor.desk.write(ctx, move |tx, ctx| desk::beside::seen(tx, ctx, id, seq)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Follows a ticket or does not any more; from a row of a list the other way round than before, and it is told there.
async fn follow(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let asked = form.some("follows").map(|value| value != "0");
    let me = visitor.person()?.id;
    let set = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        let follows = match asked {
            Some(follows) => follows,
            None => !desk::follows::of_ticket(tx, ctx, id)?.contains(&me),
        };
        desk::follows::set(tx, ctx, id, follows)?;
        Ok::<_, Error>(follows)
    };
    let follows = visitor.desk.write(visitor.ctx.clone(), set).await?;
    if visitor.fragment {
        let reader = visitor.reader();
        let text = if follows { Text::FollowedNow } else { Text::FollowedNoMore };
        let text = reader.words.fill(text, &[("id", &id)]);
        return Ok(frame::html(notice::in_place(&reader, Notice { text: &text, undo: None })));
    }
    Ok(Redirect::to(&routes::ticket(id.0)).into_response())
}

async fn wake(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    visitor.desk.write(visitor.ctx.clone(), move |tx, ctx| desk::snoozes::end(tx, ctx, id)).await?;
    Ok(Redirect::to(&routes::ticket(id.0)).into_response())
}

async fn ask(visitor: Visitor, Path(id): Path<String>) -> Answer {
    choose(&visitor, &id, &Form::default(), &[]).await
}

/// The instants that are offered: in three hours, tomorrow morning, next Monday.
fn offered(reader: &Reader) -> [(&'static str, Text, Timestamp); 3] {
    let now = reader.zone.to_datetime(reader.now);
    let morning = |day: jiff::civil::Date| {
        let at = day.to_datetime(Time::constant(9, 0, 0, 0));
        reader.zone.to_timestamp(at).unwrap_or(reader.now)
    };
    let monday = now.date().nth_weekday(1, jiff::civil::Weekday::Monday);
    let hours = reader.now.checked_add(SignedDuration::from_hours(3)).unwrap_or(reader.now);
    let tomorrow = now.date().checked_add(1.day()).unwrap_or(now.date());
    [
        ("hours", Text::SnoozeHours, hours),
        ("tomorrow", Text::SnoozeTomorrow, morning(tomorrow)),
        ("monday", Text::SnoozeMonday, morning(monday.unwrap_or(now.date()))),
    ]
}

async fn choose(visitor: &Visitor, id: &str, typed: &Form, errors: &[FieldError]) -> Answer {
    let id = number(id)?;
    let seen = Seen::read(visitor, id, 1).await?;
    let reader = &seen.reader;
    let words = reader.words;
    let offered = offered(reader).map(|(value, text, at)| {
        let when = times::soon(words, at, &reader.zone, reader.now);
        (value, words.fill(text, &[("when", &when)]))
    });
    let mut options: Vec<(&str, &str, &str)> =
        offered.iter().map(|(value, label)| (*value, label.as_str(), "")).collect();
    options.push(("own", words.say(Text::SnoozeAt), ""));
    let error = errors.first().map(|error| error.description.as_str());
    let until = Field {
        control: Control::Radio(&options),
        value: typed.some("until").unwrap_or("tomorrow"),
        error,
        ..Field::line("until", words.say(Text::SnoozeUntil))
    };
    let own = Field {
        control: Control::Line { kind: "datetime-local", autocomplete: "off" },
        value: typed.get("at"),
        optional: true,
        ..Field::line("at", words.say(Text::SnoozeOwn))
    };
    let form = html! {
        form.stack method="post" action=(routes::ticket_part(id.0, "snooze")) {
            (button::csrf(reader))
            (summary(words, &[&until, &own]))
            p.hint { (words.say(Text::SnoozeMeans)) }
            (field(words, &until))
            (field(words, &own))
            div.field-actions {
                (button::submit(Button::primary(words.say(Text::ButtonSnooze))))
                a.button href=(routes::ticket(id.0)) data-close { (words.say(Text::Cancel)) }
            }
        }
    };
    let title = words.say(Text::TitleSnooze);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if visitor.fragment {
        let form = frame::html(html! { h2 #dialog-heading { (title) } (form) });
        return Ok((status, form).into_response());
    }
    let main = html! {
        p.ticket-way { a href=(routes::ticket(id.0)) { (seen.title()) } }
        h1 tabindex="-1" { (title) }
        (form)
    };
    let tab = format!("{title}, #{id}");
    let frame = frame::Frame { title: &tab, ..frame::Frame::default() };
    let page = frame::workspace(visitor, reader, frame, &main, None).await?;
    Ok((status, frame::html(page)).into_response())
}

/// Hides a ticket for a while; who stood in a list stays there.
async fn snooze(
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let ticket = number(&id)?;
    let reader = visitor.reader();
    let chosen = form.get("until");
    let until = match offered(&reader).into_iter().find(|(value, ..)| *value == chosen) {
        Some((_, _, at)) => Some(at),
        None => form
            .some("at")
            .and_then(|text| text.parse::<DateTime>().ok())
            .and_then(|at| reader.zone.to_timestamp(at).ok()),
    };
    let Some(until) = until else {
        let wrong = FieldError {
            field: "until".to_owned(),
            code: "BlankValue",
            description: Words::default().say(Text::ChooseUntil).to_owned(),
        };
        return choose(&visitor, &id, &form, &[wrong]).await;
    };
    let ctx = visitor.ctx.clone();
    let done =
        visitor.desk.write(ctx, move |tx, ctx| desk::snoozes::begin(tx, ctx, ticket, until)).await;
    match done {
        Ok(()) => {
            let from = bulk::from(&form, &headers);
            let page = routes::ticket(ticket.0);
            if visitor.fragment {
                let until = times::soon(reader.words, until, &reader.zone, reader.now);
                let text = reader.words.fill(Text::SnoozedUntil, &[("when", &until)]);
                let notice = Some(Notice { text: &text, undo: None });
                if let Some(answer) =
                    bulk::in_place(&visitor, (&from, &page), &[ticket], notice).await?
                {
                    return Ok(answer);
                }
            }
            let to = if from.starts_with("/views/") { &from } else { &page };
            Ok(Redirect::to(to).into_response())
        }
        Err(Error::Invalid(errors)) => choose(&visitor, &id, &form, &errors).await,
        Err(error) => Err(error.into()),
    }
}

/// Those whom a note can name, while one types their name.
async fn mentions(visitor: Visitor) -> Answer {
    let beginning = visitor.query.get("q").to_owned();
    let ctx = visitor.ctx.clone();
    let people = visitor
        .desk
        .read(ctx, move |tx, ctx| desk::notices::nameable(tx, ctx, &beginning, OFFERED))
        .await?;
    let handle = |one: &domain::notices::Named| {
        let local = one.email.as_deref().and_then(|email| email.split_once('@'));
        local.map_or_else(|| one.name.clone(), |(local, _)| local.to_owned())
    };
    Ok(frame::html(html! {
        @for (at, one) in people.iter().enumerate() {
            @let handle = handle(one);
            li role="option" id={ "mention-" (at) } data-value=(handle) { b { (one.name) } " @" (handle) }
        }
    }))
}

/// Known tags for the last word of what was typed.
async fn tags(visitor: Visitor) -> Answer {
    let typed = visitor.query.get("tags").to_owned();
    let start = typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, last) = typed.split_at(start);
    let (before, last) = (before.to_owned(), last.to_owned());
    let ctx = visitor.ctx.clone();
    let found: Vec<String> = if last.is_empty() {
        Vec::new()
    } else {
        visitor.desk.read(ctx, move |tx, ctx| desk::beside::tags(tx, ctx, &last, OFFERED)).await?
    };
    Ok(frame::html(options(&before, &found)))
}

fn options(before: &str, found: &[String]) -> Markup {
    html! { @for tag in found { option value={ (before) (tag) " " } { (tag) } } }
}
