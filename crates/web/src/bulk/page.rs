//! The form of one change for many tickets: a page without script, a dialog with it.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::FieldError;
use domain::{Level, Status};
use maud::{Markup, html};

use super::selection::Selection;
use super::{What, macros, status_of};
use crate::components::badge::{level_text, status_text};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, field, summary};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::tickets::actions;
use crate::visitor::{Visitor, local};
use crate::words::{Text, Words};
use crate::{frame, routes};

/// What a form is about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What is set.
    pub(super) what: What,
    /// On what.
    pub(super) selection: &'a Selection,
    /// What was typed.
    pub(super) typed: &'a Form,
    /// Where it was asked for, and where one goes afterwards.
    pub(super) from: &'a str,
}

/// The form, with what the address says filled in.
pub(super) async fn ask(visitor: Visitor, headers: HeaderMap) -> Answer {
    let from = super::from(&visitor.query, &headers);
    let selection = Selection::read(&visitor, &visitor.query, &from).await?;
    if selection.ids.len() > super::MOST {
        return Ok(too_many(&visitor, selection.ids.len()).await?.into_response());
    }
    let what = What::named(visitor.query.get("do")).filter(|what| what.is_for_many());
    match what.filter(|what| *what != What::Spam && !selection.ids.is_empty()) {
        Some(what) => {
            let typed = &visitor.query;
            again(&visitor, Asked { what, selection: &selection, typed, from: &from }, &[]).await
        }
        None => none(&visitor).await,
    }
}

/// The form, with what was typed and what is wrong with it.
pub(super) async fn again(visitor: &Visitor, asked: Asked<'_>, errors: &[FieldError]) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let tickets = asked.selection.said(words);
    let chosen = match asked.what {
        What::Macro => macros::chosen(visitor, asked.typed).await?,
        _ => None,
    };
    let text = match asked.what {
        What::Assign => Text::BulkTitleAssign,
        What::Status => Text::BulkTitleStatus,
        What::Priority => Text::BulkTitlePriority,
        What::Team => Text::BulkTitleTeam,
        What::Area => Text::BulkTitleArea,
        What::Macro => Text::BulkTitleMacro,
        What::Tags | What::Escalate | What::Spam => Text::BulkTitleTags,
    };
    let title = words.fill(text, &[("tickets", &tickets)]);
    let (fields, label) = match (asked.what, &chosen) {
        (What::Macro, Some(chosen)) => (chosen.markup(words), chosen.button()),
        (What::Macro, None) => (macros::select(visitor, errors).await?, Text::BulkLook),
        _ => (fields(visitor, asked.what, asked.typed, errors).await?, Text::BulkApply),
    };
    // A macro is chosen first, and looked at before it is sent.
    let looks = asked.what == What::Macro && chosen.is_none();
    let named = match &chosen {
        Some(_) => asked.selection.as_it_is(visitor).await?,
        None => asked.selection.fields(),
    };
    let label = words.fill(label, &[("tickets", &tickets)]);
    let form = html! {
        form.stack method=(if looks { "get" } else { "post" }) action=(routes::BULK) data-send[!looks] {
            @if !looks { (button::csrf(&reader)) }
            input type="hidden" name="form" value="1";
            input type="hidden" name="do" value=(asked.what.word());
            input type="hidden" name="from" value=(asked.from);
            (named)
            (fields)
            div.field-actions {
                button.button.primary type="submit" data-send-button { (label) }
                a.button href=(asked.from) data-close { (words.say(Text::Cancel)) }
            }
        }
    };
    if visitor.fragment {
        let head = [("hx-retarget", "#dialog-content"), ("hx-reswap", "innerHTML")];
        let form = frame::html(html! { h2 #dialog-heading { (title) } (form) });
        return Ok((status_of(errors), head, form).into_response());
    }
    let main = html! { div.stack.narrow { h1 tabindex="-1" { (title) } (form) } };
    let frame = frame::Frame { title: &title, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &reader, frame, &main, None).await?;
    Ok((status_of(errors), frame::html(page)).into_response())
}

async fn fields(
    visitor: &Visitor,
    what: What,
    typed: &Form,
    errors: &[FieldError],
) -> Result<Markup, Problem> {
    let words = Words::default();
    let error = |name: &str| {
        errors.iter().find(|error| error.field == name).map(|error| error.description.as_str())
    };
    let value = |name, label, control| Field {
        value: typed.get(name),
        error: error(name),
        control,
        ..Field::line(name, words.say(label))
    };
    let show = |all: &[Field<'_>]| {
        html! {
            (summary(words, &all.iter().collect::<Vec<_>>()))
            @for one in all { (field(words, one)) }
        }
    };
    let date = Control::Line { kind: "date", autocomplete: "off" };
    Ok(match what {
        What::Status => {
            let some = [Status::Open, Status::Pending, Status::Solved, Status::Hold];
            let options = some.map(|one| (one.as_str(), words.say(status_text(one)), ""));
            show(&[
                value("value", Text::NewStatus, Control::Radio(&options)),
                Field { optional: true, ..value("until", Text::HoldUntil, date) },
            ])
        }
        What::Priority => {
            let some = [Level::Urgent, Level::High, Level::Normal, Level::Low];
            let options = some.map(|one| (one.as_str(), words.say(level_text(one)), ""));
            let hint = Some(words.say(Text::ReasonHint));
            let line = Control::Line { kind: "text", autocomplete: "off" };
            show(&[
                value("value", Text::PriorityColumn, Control::Radio(&options)),
                Field { hint, ..value("reason", Text::Reason, line) },
            ])
        }
        What::Team => {
            let around = visitor.around().await?;
            let teams: Vec<(String, &str)> =
                around.teams.iter().map(|team| (team.id.to_string(), team.name.as_str())).collect();
            let teams: Vec<(&str, &str)> =
                teams.iter().map(|(id, name)| (id.as_str(), *name)).collect();
            show(&[value("value", Text::Team, Control::Select(&teams))])
        }
        What::Area => {
            let areas = visitor.ctx.handbook.areas.iter();
            let mut areas: Vec<(&str, &str)> =
                areas.map(|area| (area.slug.as_str(), area.name.as_str())).collect();
            areas.push(("none", words.say(Text::NoArea)));
            show(&[value("value", Text::Area, Control::Select(&areas))])
        }
        What::Assign => {
            let agents = actions::agents(visitor).await?;
            let mut people = vec![("none".to_owned(), words.say(Text::PickNobody).to_owned())];
            if let Some(me) = &visitor.user {
                people.push(("me".to_owned(), words.fill(Text::Me, &[("name", &me.name)])));
            }
            people.extend(agents.into_iter().map(|agent| (agent.id.to_string(), agent.name)));
            let people: Vec<(&str, &str)> =
                people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
            show(&[value("value", Text::Assignee, Control::Select(&people))])
        }
        What::Tags | What::Escalate | What::Macro | What::Spam => {
            let hint = Some(words.say(Text::TagsHint));
            let line = Control::Line { kind: "text", autocomplete: "off" };
            show(&[
                Field { hint, optional: true, ..value("add", Text::BulkAddTags, line) },
                Field { optional: true, ..value("take", Text::BulkTakeTags, line) },
            ])
        }
    })
}

/// Nothing was selected.
pub(super) async fn none(visitor: &Visitor) -> Answer {
    let page = said(visitor, Words::default().say(Text::BulkNone), Text::BulkNoneWhy).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// More than are changed at once.
pub(super) async fn too_many(
    visitor: &Visitor,
    count: usize,
) -> Result<(StatusCode, Response), Problem> {
    let heading = Words::default().fill(Text::BulkTooMany, &[("n", &count)]);
    let page = said(visitor, &heading, Text::BulkTooManyWhy).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page))
}

async fn said(visitor: &Visitor, heading: &str, why: Text) -> Result<Response, Problem> {
    let reader = visitor.reader();
    let back = local(visitor.query.get("from"));
    let action = button::link(back, Button::plain(reader.words.say(Text::YourQueue)));
    let main = html! {
        h1.hidden tabindex="-1" { (heading) }
        (empty_state(heading, reader.words.say(why), Some(&action)))
    };
    let frame = frame::Frame { title: heading, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(visitor, &reader, frame, &main, None).await?))
}
