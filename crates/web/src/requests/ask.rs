//! Asking for help: a form that needs neither an account nor script.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use desk::attachments::Files;
use desk::fields::{Whose, is_required};
use desk::idempotency::{self, Key};
use desk::limits::Limit;
use desk::texts::Body;
use desk::tickets::{NewTicket, Person};
use desk::{Ctx, Error, FieldError, Tx};
use domain::{Channel, Kind, Severity};
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field, summary};
use crate::components::notice::{Tone, message_box};
use crate::components::signed_out::Width;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{fields, frame, routes};

/// The longest subject and name.
const LONGEST_LINE: usize = 255;

/// The empty form; what the address says is filled in.
pub(crate) async fn form(visitor: Visitor) -> Answer {
    let typed = visitor.query.clone();
    page(&visitor, &typed, &[]).await
}

/// Takes the form.
pub(crate) async fn send(visitor: Visitor, form: Form) -> Answer {
    let custom = custom(&visitor).await?;
    let mut new = match asked(&visitor, &form, &custom) {
        Ok(new) => new,
        Err(errors) => return page(&visitor, &form, &errors).await,
    };
    if let Err(error) = admit(&visitor, &form) {
        return too_often(&visitor, &form, error).await;
    }
    let chosen = form.files("files");
    if let Some(why) = super::files_wrong(visitor.customer().words, &chosen) {
        return page(&visitor, &form, &[wrong("files", &why)]).await;
    }
    new.files = Files::of(visitor.desk.keep(chosen).await?);
    // The same form sent twice, by a double click or a reload, is one ticket.
    let key = form.some("key").map(|key| Key::new("request-form", key, &form.content()));
    let ctx = visitor.ctx.clone();
    let sent = visitor
        .desk
        .write(ctx, move |tx, ctx| {
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                let ticket = desk::tickets::open(tx, ctx, &new)?.stored.ticket;
                let promise = ticket.promise.map(|promise| promise.text);
                Ok(json!({ "id": ticket.id, "promise": promise }).to_string())
            })
        })
        .await;
    match sent {
        Ok((answer, _)) => done(&visitor, form.get("email"), &answer).await,
        Err(Error::Invalid(errors)) => {
            let words = visitor.customer().words;
            let errors: Vec<FieldError> = errors.iter().map(|error| told(words, error)).collect();
            page(&visitor, &form, &errors).await
        }
        Err(Error::KeyReused) => {
            let words = visitor.customer().words;
            let twice = wrong("base", words.say(Text::SentBefore));
            page(&visitor, &form, &[twice]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The custom fields that customers fill in.
async fn custom(visitor: &Visitor) -> Result<Vec<domain::Field>, Problem> {
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| desk::fields::custom(tx, ctx, Whose::Asked);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

/// Counts a request against the limits of its network address and of whom it is for.
pub(super) fn admit(visitor: &Visitor, form: &Form) -> Result<(), Error> {
    match &visitor.user {
        Some(user) if user.role.answers() => Ok(()),
        Some(user) => visitor.desk.admit(Limit::ByPerson, &format!("user {}", user.id)),
        None => {
            visitor.admit(Limit::FromAddress)?;
            visitor.desk.admit(Limit::ByPerson, &format!("address {}", form.get("email").trim()))
        }
    }
}

/// The form again with what was typed, and how long to wait.
async fn too_often(visitor: &Visitor, form: &Form, error: Error) -> Answer {
    let Error::TooMany { seconds } = error else { return Err(error.into()) };
    let words = visitor.customer().words;
    let wait = wrong("base", &words.count(Text::WidgetTooOften, seconds));
    let page = markup(visitor, form, &[wait]).await?;
    let wait = [(RETRY_AFTER, HeaderValue::from(seconds))];
    Ok((StatusCode::TOO_MANY_REQUESTS, wait, frame::html(page)).into_response())
}

/// What the desk found wrong, in the reader's words.
fn told(words: Words, error: &FieldError) -> FieldError {
    match error.field.as_str() {
        "requester.email" => wrong("email", words.say(Text::AddressWrong)),
        _ => wrong("base", words.say(Text::RequestNotTaken)),
    }
}

fn wrong(field: &str, description: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code: "InvalidValue",
        description: description.to_owned(),
    }
}

/// The ticket a form asks for, or everything that is wrong with it.
fn asked(
    visitor: &Visitor,
    form: &Form,
    custom: &[domain::Field],
) -> Result<NewTicket, Vec<FieldError>> {
    let words = visitor.customer().words;
    let mut errors = Vec::new();
    let mut complain = |field: &str, text: Text| errors.push(wrong(field, words.say(text)));
    if visitor.user.is_none() && form.some("email").is_none() {
        complain("email", Text::EmailMissing);
    }
    match form.some("subject") {
        None => complain("subject", Text::SubjectMissing),
        Some(subject) if subject.chars().count() > LONGEST_LINE => {
            complain("subject", Text::SubjectTooLong);
        }
        Some(_) => {}
    }
    if form.some("name").is_some_and(|name| name.chars().count() > LONGEST_LINE) {
        complain("name", Text::NameTooLong);
    }
    if form.some("body").is_none() {
        complain("body", Text::BodyMissing);
    }
    let area = form.some("area").map(str::to_owned);
    if area.as_deref().is_some_and(|slug| visitor.ctx.handbook.area(slug).is_none()) {
        complain("area", Text::AreaUnknown);
    }
    let severity: Option<Option<Severity>> = form.some("severity").map(|word| word.parse().ok());
    if severity == Some(None) {
        complain("severity", Text::SeverityUnknown);
    }
    let kind: Option<Option<Kind>> = form.some("kind").map(|word| word.parse().ok());
    if kind == Some(None) {
        complain("kind", Text::KindUnknown);
    }
    let filled = fields::filled(custom, form, is_required);
    let said = match fields::read(words, filled, form, is_required) {
        Ok(said) if errors.is_empty() => said,
        Ok(_) => return Err(errors),
        Err(wrong) => {
            errors.extend(wrong);
            return Err(errors);
        }
    };
    let body = Body::plain(form.get("body"));
    let mut new = NewTicket::request(asker(visitor, form), form.get("subject"), body, Channel::Web);
    new.area = area;
    (new.fields, new.tags) = (said.values, said.add);
    new.severity = severity.flatten();
    new.kind = kind.flatten();
    if visitor.user.is_none() {
        new.claimed = Some(desk::identity::unstated());
        new.speaks.locale = Some(words.tag().to_owned());
    }
    if visitor.own_zone().is_none() {
        let zone = visitor.browser_zone.as_ref();
        new.speaks.zone = zone.and_then(|zone| zone.iana_name()).map(str::to_owned);
    }
    Ok(new)
}

/// Who asks: whoever is signed in, else who they say they are.
fn asker(visitor: &Visitor, form: &Form) -> Person {
    match &visitor.user {
        Some(user) => Person::Known(user.id),
        None => Person::Address {
            email: form.get("email").trim().to_owned(),
            name: form.some("name").map(str::to_owned),
        },
    }
}

async fn page(visitor: &Visitor, typed: &Form, errors: &[FieldError]) -> Answer {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = markup(visitor, typed, errors).await?;
    Ok((status, frame::html(page)).into_response())
}

async fn markup(visitor: &Visitor, typed: &Form, errors: &[FieldError]) -> Result<Markup, Problem> {
    let reader = visitor.customer();
    let words = reader.words;
    let custom = custom(visitor).await?;
    let main = html! {
        h1 tabindex="-1" { (words.say(Text::AskForHelp)) }
        (ask(visitor, &reader, &custom, (typed, errors)))
    };
    frame::column(visitor, &reader, words.say(Text::AskForHelp), Width::Text, &main).await
}

fn ask(
    visitor: &Visitor,
    reader: &Reader,
    custom: &[domain::Field],
    (typed, errors): (&Form, &[FieldError]),
) -> Markup {
    let words = reader.words;
    let error = |name: &str| {
        let found = errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    };
    let line = |name: &'static str, label: Text| Field {
        value: typed.get(name),
        error: error(name),
        ..Field::line(name, words.say(label))
    };
    let areas: Vec<(&str, &str)> = std::iter::once(("", words.say(Text::NoArea)))
        .chain(
            visitor.ctx.handbook.areas.iter().map(|area| (area.slug.as_str(), area.name.as_str())),
        )
        .collect();
    let severities = severities(words);
    let kinds = kinds(words);
    let mut own = Vec::new();
    if visitor.user.is_none() {
        let email = Control::Line { kind: "email", autocomplete: "email" };
        own.push(Field { control: email, ..line("email", Text::Email) });
        let name = Control::Line { kind: "text", autocomplete: "name" };
        own.push(Field { control: name, optional: true, ..line("name", Text::YourName) });
    }
    own.push(line("subject", Text::AskSubject));
    own.push(Field {
        hint: Some(words.say(Text::AreaHint)),
        control: Control::Select(&areas),
        ..line("area", Text::Area)
    });
    own.push(Field {
        control: Control::Radio(&severities),
        optional: true,
        ..line("severity", Text::HowBad)
    });
    own.push(Field {
        control: Control::Select(&kinds),
        optional: true,
        ..line("kind", Text::WhatSort)
    });
    own.push(Field {
        hint: Some(words.say(Text::TellUsHint)),
        control: Control::Text,
        ..line("body", Text::TellUs)
    });
    own.push(Field {
        hint: Some(words.say(Text::AttachHint)),
        control: Control::Files,
        optional: true,
        ..line("files", Text::Attach)
    });
    let value = |field: &domain::Field| fields::standing(typed, errors, field);
    let custom = fields::Asked::new(words, custom, value, errors, is_required);
    let all = custom.with(|custom| fields_of_form(words, &own, custom));
    html! {
        form method="post" enctype="multipart/form-data" action=(routes::NEW_REQUEST) novalidate {
            (button::csrf(reader))
            input type="hidden" name="key" value=(typed.some("key").filter(|_| error("base").is_none()).map_or_else(desk::token, str::to_owned));
            @if let Some(base) = error("base") { p.error role="alert" { (base) } }
            (all)
            div.field-actions { (button::submit(Button::primary(words.say(Text::Send)))) }
        }
    }
}

/// What is wrong on top, then all fields: those that somebody made come before the words.
fn fields_of_form(words: Words, own: &[Field<'_>], custom: &[Field<'_>]) -> Markup {
    let at = own.iter().position(|one| one.name == "body").unwrap_or(own.len());
    let (before, after) = own.split_at(at);
    let all = [before, custom, after].concat();
    html! {
        (summary(words, &all.iter().collect::<Vec<_>>()))
        @for one in &all {
            (field(words, one))
            @if one.id == "subject" { (crate::questions::hints(words, one.id)) }
        }
    }
}

pub(super) fn severities(words: Words) -> [(&'static str, &'static str, &'static str); 4] {
    [
        ("critical", words.say(Text::SeverityCritical), words.say(Text::SeverityCriticalHint)),
        ("high", words.say(Text::SeverityHigh), words.say(Text::SeverityHighHint)),
        ("medium", words.say(Text::SeverityMedium), words.say(Text::SeverityMediumHint)),
        ("low", words.say(Text::SeverityLow), words.say(Text::SeverityLowHint)),
    ]
}

/// The sorts of requests, and none.
pub(crate) fn kinds(words: Words) -> [(&'static str, &'static str); 5] {
    [
        ("", words.say(Text::KindOpen)),
        ("question", words.say(Text::KindQuestion)),
        ("bug", words.say(Text::KindBug)),
        ("feedback", words.say(Text::KindFeedback)),
        ("feature", words.say(Text::KindFeature)),
    ]
}

/// What was told, word for word.
async fn done(visitor: &Visitor, email: &str, answer: &str) -> Answer {
    let answer: Value = serde_json::from_str(answer).map_err(|_| Problem::Failed(String::new()))?;
    let id = answer["id"].as_i64().unwrap_or_default();
    let promise = answer["promise"].as_str().unwrap_or_default();
    let reader = visitor.customer();
    let words = reader.words;
    let title = words.fill(Text::RequestNumber, &[("id", &id)]);
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (title) }
            (message_box("promise", Tone::Ok, words.say(Text::WeHaveIt), &html! { p #promise-text { (promise) } }))
            @match &visitor.user {
                Some(_) => p { (button::link(&routes::request(id), Button::primary(words.say(Text::OpenRequest)))) },
                None => p { (words.fill(Text::CopyWent, &[("email", &email.trim())])) },
            }
            p { a href=(routes::SUPPORT_HOURS) { (words.say(Text::SupportHoursLink)) } }
        }
    };
    let page = frame::column(visitor, &reader, &title, Width::Text, &main).await?;
    Ok(frame::html(page))
}
