//! Publishing a question with its answer, by hand or from a ticket, changing it and taking it away.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::questions::{self, Answered, Draft, Input};
use desk::{Act, Ctx, Error, FieldError, Tx, idempotency};
use domain::words::Locale;
use domain::{QuestionId, TicketId};
use maud::{Markup, html};

use super::number;
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, checkbox, field, summary};
use crate::components::notice::{Tone, message_box};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes};

pub(super) fn pages() -> Vec<Route> {
    vec![
        Route::get(routes::NEW_QUESTION, Act::WorkTickets, new),
        Route::post(routes::NEW_QUESTION, Act::WorkTickets, publish),
        Route::get("/questions/{id}/edit", Act::WorkTickets, edit),
        Route::post("/questions/{id}/edit", Act::WorkTickets, change),
        Route::post("/questions/{id}/withdrawal", Act::WorkTickets, withdraw),
        Route::post("/questions/{id}/restoration", Act::WorkTickets, restore),
    ]
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    title: String,
    details: String,
    answer: String,
    area: String,
    locale: String,
    ticket: Option<TicketId>,
    checked: bool,
    /// What in a ticket's words looks private, before anybody has read them.
    private: Vec<String>,
    errors: Vec<FieldError>,
}

impl Typed {
    fn sent(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            title: text("title"),
            details: text("details"),
            answer: text("answer"),
            area: text("area"),
            locale: text("locale"),
            ticket: form.number("ticket").map(TicketId),
            checked: form.get("checked") == "true",
            ..Self::default()
        }
    }

    fn of_draft(ticket: TicketId, draft: Draft) -> Self {
        Self {
            title: draft.title,
            details: draft.body,
            answer: draft.answer,
            area: draft.area.unwrap_or_default(),
            locale: draft.locale.tag().to_owned(),
            ticket: Some(ticket),
            private: draft.private,
            ..Self::default()
        }
    }

    fn of(whole: &Answered) -> Self {
        let question = &whole.question;
        Self {
            title: question.title.clone(),
            details: question.body.clone(),
            answer: whole.answer.as_ref().map(|answer| answer.body.clone()).unwrap_or_default(),
            area: question.area.clone().unwrap_or_default(),
            locale: question.locale.tag().to_owned(),
            ticket: question.ticket,
            ..Self::default()
        }
    }

    fn input(&self) -> Input {
        Input {
            title: Some(self.title.clone()),
            body: Some(self.details.clone()),
            answer: Some(self.answer.clone()),
            area: Some(Some(self.area.clone()).filter(|area| !area.is_empty())),
            locale: Locale::of(&self.locale),
            ticket: self.ticket,
            is_checked: self.checked,
        }
    }

    fn error(&self, name: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    }
}

/// The form: empty, or with what a ticket proposes (`?ticket=7`).
async fn new(visitor: Visitor) -> Answer {
    let typed = match visitor.query.number("ticket").map(TicketId) {
        None => Typed { locale: visitor.language.tag().to_owned(), ..Typed::default() },
        Some(ticket) => {
            let draft = move |tx: &mut Tx<'_>, ctx: &Ctx| questions::draft(tx, ctx, ticket);
            let draft = visitor.desk.read(visitor.ctx.clone(), draft).await?;
            Typed::of_draft(ticket, draft)
        }
    };
    page(&visitor, None, &typed).await
}

async fn publish(visitor: Visitor, form: Form) -> Answer {
    let typed = Typed::sent(&form);
    let input = typed.input();
    // The same form sent twice, by a double click or a reload, is one question.
    let key = form.some("key").map(|key| idempotency::Key::new("question", key, &form.content()));
    let done = visitor
        .desk
        .write(visitor.ctx.clone(), move |tx, ctx| {
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                questions::publish(tx, ctx, &input).map(|whole| whole.question.id.to_string())
            })
        })
        .await;
    match done {
        Ok((id, _)) => Ok(Redirect::to(&routes::question(number(&id)?.0)).into_response()),
        Err(error) => again(&visitor, None, typed, error).await,
    }
}

async fn edit(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let show = move |tx: &mut Tx<'_>, ctx: &Ctx| questions::show(tx, ctx, id);
    let whole = visitor.desk.read(visitor.ctx.clone(), show).await?;
    page(&visitor, Some(id), &Typed::of(&whole)).await
}

async fn change(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let typed = Typed::sent(&form);
    let input = typed.input();
    let change = move |tx: &mut Tx<'_>, ctx: &Ctx| questions::change(tx, ctx, id, &input);
    match visitor.desk.write(visitor.ctx.clone(), change).await {
        Ok(_) => Ok(Redirect::to(&routes::question(id.0)).into_response()),
        Err(error) => again(&visitor, Some(id), typed, error).await,
    }
}

async fn withdraw(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let withdraw = move |tx: &mut Tx<'_>, ctx: &Ctx| questions::withdraw(tx, ctx, id);
    visitor.desk.write(visitor.ctx.clone(), withdraw).await?;
    Ok(Redirect::to(&routes::question(id.0)).into_response())
}

async fn restore(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let restore = move |tx: &mut Tx<'_>, ctx: &Ctx| questions::restore(tx, ctx, id);
    visitor.desk.write(visitor.ctx.clone(), restore).await?;
    Ok(Redirect::to(&routes::question(id.0)).into_response())
}

/// The form once more, with what is wrong and everything that was typed.
async fn again(
    visitor: &Visitor,
    known: Option<QuestionId>,
    mut typed: Typed,
    error: Error,
) -> Answer {
    match error {
        Error::Invalid(errors) => {
            typed.errors = errors;
            page(visitor, known, &typed).await
        }
        error => Err(Problem::from(error)),
    }
}

async fn page(visitor: &Visitor, known: Option<QuestionId>, typed: &Typed) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let title = words.say(if known.is_some() { Text::EditQuestion } else { Text::PublishQuestion });
    let to = known
        .map_or_else(|| routes::NEW_QUESTION.to_owned(), |id| routes::question_part(id.0, "edit"));
    let main = html! {
        div.stack.narrow {
            h1 tabindex="-1" { (title) }
            p { (words.say(Text::PublishWhy)) }
            @if let Some(ticket) = typed.ticket { (warning(visitor, ticket, typed)) }
            form method="post" action=(to) novalidate {
                (button::csrf(&reader))
                input type="hidden" name="key" value=(desk::token());
                @if let Some(ticket) = typed.ticket { input type="hidden" name="ticket" value=(ticket); }
                (fields(visitor, typed))
                (checkbox("checked", "checked", words.say(Text::NothingPrivate), typed.checked, None))
                @if let Some(error) = typed.error("checked") { p.error #checked-error role="alert" { (error) } }
                div.field-actions { (button::submit(Button::primary(words.say(if known.is_some() { Text::SaveQuestion } else { Text::PublishButton })))) }
            }
        }
    };
    let frame = frame::Frame { title, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &reader, frame, &main, None).await?;
    let wrong = !typed.errors.is_empty();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, frame::html(page)).into_response())
}

/// That these words come from a private conversation, and what in them looks as if it should stay there.
fn warning(visitor: &Visitor, ticket: TicketId, typed: &Typed) -> Markup {
    let words = visitor.reader().words;
    let heading = words.fill(Text::FromTicket, &[("id", &ticket)]);
    let rest = html! {
        p { (words.say(Text::FromTicketWhy)) " " a href=(routes::ticket(ticket.0)) { "#" (ticket) } }
        @if !typed.private.is_empty() {
            p { (words.say(Text::LooksPrivate)) " " strong dir="auto" { (typed.private.join(", ")) } }
        }
    };
    message_box("from-ticket", Tone::Warn, &heading, &rest)
}

fn fields(visitor: &Visitor, typed: &Typed) -> Markup {
    let words = visitor.reader().words;
    let areas: Vec<(&str, &str)> = std::iter::once(("", words.say(Text::NoArea)))
        .chain(
            visitor.ctx.handbook.areas.iter().map(|area| (area.slug.as_str(), area.name.as_str())),
        )
        .collect();
    let locales: Vec<(&str, &str)> =
        Locale::ALL.iter().map(|locale| (locale.tag(), frame::language_name(*locale))).collect();
    let line = |name: &'static str, label: Text, value| Field {
        value,
        error: typed.error(name),
        ..Field::line(name, words.say(label))
    };
    let all = [
        line("title", Text::QuestionTitle, typed.title.as_str()),
        Field { control: Control::Text, ..line("details", Text::QuestionDetails, &typed.details) },
        Field { control: Control::Text, ..line("answer", Text::QuestionAnswer, &typed.answer) },
        Field {
            control: Control::Select(&areas),
            optional: true,
            ..line("area", Text::Area, &typed.area)
        },
        Field {
            control: Control::Select(&locales),
            ..line("locale", Text::WrittenIn, &typed.locale)
        },
    ];
    html! {
        (summary(words, &all.iter().collect::<Vec<_>>()))
        @for one in &all { (field(words, one)) }
    }
}
