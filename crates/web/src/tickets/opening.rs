//! `/tickets/new`: one of us opens a ticket for a customer, who asked in some other way.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::attachments::Files;
use desk::fields::Whose;
use desk::idempotency::{self, Key};
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Stored};
use desk::{Ctx, Error, FieldError, Tx};
use domain::{Channel, Kind, Severity, Status, TicketId, User};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field, summary};
use crate::form::Form;
use crate::problem::{Answer, Problem, refused};
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{fields, frame, routes};

/// A closed ticket that goes on, and who asked there.
struct Source {
    stored: Stored,
    requester: User,
}

impl Source {
    /// The one that a form or an address names, if it names one.
    async fn named(visitor: &Visitor, form: &Form) -> Result<Option<Self>, Problem> {
        let Some(id) = form.number("follow_up").map(TicketId) else { return Ok(None) };
        let read = move |tx: &mut Tx<'_>, ctx: &Ctx| -> Result<_, Error> {
            let stored = desk::tickets::show(tx, ctx, id)?;
            let requester = desk::users::show(tx, ctx, stored.ticket.requester)?;
            Ok(Self { stored, requester })
        };
        Ok(Some(visitor.desk.read(visitor.ctx.clone(), read).await?))
    }

    /// What the form begins with.
    fn begun(&self) -> Form {
        let ticket = &self.stored.ticket;
        let pairs = [
            ("follow_up", ticket.id.to_string()),
            ("email", self.requester.email.clone().unwrap_or_default()),
            ("name", self.requester.name.clone()),
            ("subject", self.stored.subject.clone()),
            ("area", ticket.area.clone().unwrap_or_default()),
            ("kind", ticket.kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default()),
        ];
        Form::of_all(pairs.map(|(name, value)| (name.to_owned(), value)))
    }

    /// Whether the form is for whoever asked there, who may have no address.
    fn is_of(&self, form: &Form) -> bool {
        let email = form.some("email");
        email.is_none_or(|typed| Some(typed) == self.requester.email.as_deref())
    }
}

/// The empty form; `?email=` says for whom, `?follow_up=` which closed ticket goes on.
pub(super) async fn ask(visitor: Visitor) -> Answer {
    let Some(source) = Source::named(&visitor, &visitor.query).await? else {
        return page(&visitor, &visitor.query, &[]).await;
    };
    // Others are answered where they are.
    if source.stored.ticket.status != Status::Closed {
        let to = routes::ticket(source.stored.ticket.id.0);
        return Ok(Redirect::to(&to).into_response());
    }
    page(&visitor, &source.begun(), &[]).await
}

/// Opens it.
pub(super) async fn open(visitor: Visitor, form: Form) -> Answer {
    let source = Source::named(&visitor, &form).await?;
    let custom = custom(&visitor).await?;
    let new = match asked(&visitor, &form, source.as_ref(), &custom) {
        Ok(new) => new,
        Err(errors) => return page(&visitor, &form, &errors).await,
    };
    let chosen = form.files("files");
    if let Err(Error::Invalid(errors)) = desk::attachments::check("files", &chosen) {
        return page(&visitor, &form, &errors).await;
    }
    let kept = visitor.desk.keep(chosen).await?;
    let new = NewTicket { files: Files::of(kept), ..new };
    let user = visitor.person()?.id;
    let key =
        form.some("key").map(|key| Key::new("opening", &format!("{user}:{key}"), &form.content()));
    let ctx = visitor.ctx.clone();
    let opened = visitor
        .desk
        .write(ctx, move |tx, ctx| {
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                let done = desk::tickets::open(tx, ctx, &new)?;
                Ok(done.stored.ticket.id.to_string())
            })
        })
        .await;
    match opened {
        Ok((id, _)) => {
            let id = id.parse().map_err(|_| Problem::NotFound)?;
            Ok(Redirect::to(&routes::ticket(id)).into_response())
        }
        Err(Error::Invalid(errors)) => page(&visitor, &form, &errors).await,
        Err(Error::Refused(refusal)) => page(&visitor, &form, &[refused(&refusal)]).await,
        Err(error) => Err(error.into()),
    }
}

/// The custom fields.
async fn custom(visitor: &Visitor) -> Result<Vec<domain::Field>, Problem> {
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| desk::fields::custom(tx, ctx, Whose::Ours);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

fn wrong(field: &str, text: Text) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code: "BlankValue",
        description: Words::default().say(text).to_owned(),
    }
}

/// The ticket a form asks for, or everything that is wrong with it.
fn asked(
    visitor: &Visitor,
    form: &Form,
    source: Option<&Source>,
    custom: &[domain::Field],
) -> Result<NewTicket, Vec<FieldError>> {
    let known = source.filter(|source| source.is_of(form)).map(|source| source.requester.id);
    let missing = [
        ("email", Text::EmailMissing),
        ("subject", Text::SubjectMissing),
        ("body", Text::BodyMissing),
    ];
    let mut errors: Vec<FieldError> = missing
        .into_iter()
        .filter(|(name, _)| form.some(name).is_none() && (*name != "email" || known.is_none()))
        .map(|(name, text)| wrong(name, text))
        .collect();
    let area = form.some("area").map(str::to_owned);
    if area.as_deref().is_some_and(|slug| visitor.ctx.handbook.area(slug).is_none()) {
        errors.push(wrong("area", Text::AreaUnknown));
    }
    let filled = fields::filled(custom, form, |_| false);
    let said = match fields::read(Words::default(), filled, form, |_| false) {
        Ok(said) if errors.is_empty() => said,
        Ok(_) => return Err(errors),
        Err(wrong) => {
            errors.extend(wrong);
            return Err(errors);
        }
    };
    let requester = match known {
        Some(id) => Person::Known(id),
        None => Person::Address {
            email: form.get("email").trim().to_owned(),
            name: form.some("name").map(str::to_owned),
        },
    };
    let body = Body::markdown(form.get("body"));
    let mut new = NewTicket::request(requester, form.get("subject"), body, Channel::Web);
    new.area = area;
    (new.fields, new.tags) = (said.values, said.add);
    new.follow_up_of = source.map(|source| source.stored.ticket.id);
    new.severity = form.some("severity").and_then(|word| word.parse::<Severity>().ok());
    new.kind = form.some("kind").and_then(|word| word.parse::<Kind>().ok());
    // A note among us is ours; else these are the customer's words, and their clock begins.
    new.public = form.get("words") != "note";
    if !new.public {
        new.submitter = visitor.user.as_ref().map(|user| user.id);
        new.author = new.submitter;
    }
    Ok(new)
}

async fn page(visitor: &Visitor, typed: &Form, errors: &[FieldError]) -> Answer {
    let reader = visitor.reader();
    let custom = custom(visitor).await?;
    let title = match typed.number("follow_up") {
        Some(id) => reader.words.fill(Text::TitleFollowUp, &[("id", &id)]),
        None => reader.words.say(Text::TitleNewTicket).to_owned(),
    };
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (title) }
            (form(visitor, &reader, &custom, typed, errors))
        }
    };
    let frame = frame::Frame { title: &title, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &reader, frame, &main, None).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, frame::html(page)).into_response())
}

fn form(
    visitor: &Visitor,
    reader: &Reader,
    custom: &[domain::Field],
    typed: &Form,
    errors: &[FieldError],
) -> Markup {
    let words = reader.words;
    let error = |name: &str| {
        let is_it = |field: &str| {
            let stands_above = name == "base" && field == "via_followup_source_id";
            field == name || field.ends_with(&format!(".{name}")) || stands_above
        };
        errors.iter().find(|error| is_it(&error.field)).map(|error| error.description.as_str())
    };
    let line = |name: &'static str, label: Text| Field {
        value: typed.get(name),
        error: error(name),
        ..Field::line(name, words.say(label))
    };
    let areas: Vec<(&str, &str)> = std::iter::once(("", words.say(Text::NoArea)))
        .chain(visitor.ctx.handbook.areas.iter().map(|one| (one.slug.as_str(), one.name.as_str())))
        .collect();
    let severities = [
        ("", words.say(Text::NotSaid)),
        ("critical", words.say(Text::SeverityCritical)),
        ("high", words.say(Text::SeverityHigh)),
        ("medium", words.say(Text::SeverityMedium)),
        ("low", words.say(Text::SeverityLow)),
    ];
    let kinds = [
        ("", words.say(Text::KindOpen)),
        ("question", words.say(Text::KindQuestion)),
        ("bug", words.say(Text::KindBug)),
        ("feedback", words.say(Text::KindFeedback)),
        ("feature", words.say(Text::KindFeature)),
    ];
    let whose = [
        ("customer", words.say(Text::WordsOfCustomer), words.say(Text::WordsOfCustomerHint)),
        ("note", words.say(Text::WordsAmongUs), words.say(Text::WordsAmongUsHint)),
    ];
    let own = [
        Field {
            control: Control::Offered { kind: "email", from: routes::REQUESTERS },
            ..line("email", Text::RequesterEmail)
        },
        Field {
            optional: true,
            hint: Some(words.say(Text::RequesterNameHint)),
            ..line("name", Text::RequesterName)
        },
        line("subject", Text::AskSubject),
        Field { control: Control::Select(&areas), ..line("area", Text::Area) },
        Field {
            control: Control::Select(&severities),
            optional: true,
            ..line("severity", Text::Severity)
        },
        Field { control: Control::Select(&kinds), optional: true, ..line("kind", Text::Kind) },
        Field { control: Control::Text, ..line("body", Text::WhatTheyAsk) },
        Field {
            control: Control::Radio(&whose),
            value: typed.some("words").unwrap_or("customer"),
            ..line("words", Text::WhoseWords)
        },
        Field { control: Control::Files, optional: true, ..line("files", Text::Attach) },
    ];
    let key = typed.some("key").map_or_else(desk::token, str::to_owned);
    let value = |field: &domain::Field| fields::standing(typed, errors, field);
    let custom = fields::Asked::new(words, custom, value, errors, |_| false);
    let all = custom.with(|custom| fields_of_form(words, &own, custom));
    html! {
        form.stack method="post" enctype="multipart/form-data" action=(routes::NEW_TICKET) novalidate {
            (button::csrf(reader))
            input type="hidden" name="key" value=(key);
            @if let Some(id) = typed.number("follow_up") { input type="hidden" name="follow_up" value=(id); }
            @if let Some(base) = error("base") { p.error role="alert" { (base) } }
            (all)
            div.field-actions { (button::submit(Button::primary(words.say(Text::ButtonNewTicket)))) }
        }
    }
}

/// What is wrong on top, then all fields: those that somebody made follow what the ticket is about.
fn fields_of_form(words: Words, own: &[Field<'_>], custom: &[Field<'_>]) -> Markup {
    let at = own.iter().position(|one| one.name == "body").unwrap_or(own.len());
    let (before, after) = own.split_at(at);
    let all = [before, custom, after].concat();
    html! {
        (summary(words, &all.iter().collect::<Vec<_>>()))
        @for one in &all { (field(words, one)) }
    }
}
