//! `/settings/macros`: prepared words and changes, a list and one form.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::macros::Input;
use desk::{Act, Ctx, Error, FieldError, Tx, may};
use domain::actions::{Object, Used};
use domain::{Macro, MacroId, TeamId, ViewFor};
use maud::{Markup, html};

use super::actions::{self, Known, Rest, Typed as Actions};
use super::frame::{page, status};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, checkbox, field};
use crate::components::table::{Column, listing};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// What stands in the form.
#[derive(Default)]
struct Typed {
    title: String,
    description: String,
    kept_for: String,
    position: String,
    active: bool,
    actions: Actions,
    errors: Vec<FieldError>,
}

impl Typed {
    fn of(one: &Macro) -> Self {
        Self {
            title: one.title.clone(),
            description: one.description.clone().unwrap_or_default(),
            kept_for: match one.kept_for {
                ViewFor::Person(_) => "me".to_owned(),
                ViewFor::Team(team) => format!("team-{team}"),
                ViewFor::Everybody => "all".to_owned(),
            },
            position: one.position.to_string(),
            active: one.active,
            actions: Actions::of(&one.actions),
            errors: Vec::new(),
        }
    }

    fn sent(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            title: text("title"),
            description: text("description"),
            kept_for: text("restriction"),
            position: text("position"),
            active: form.get("active") == "true",
            actions: Actions::sent(form),
            errors: Vec::new(),
        }
    }

    fn error(&self, name: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    }

    fn input(&self, visitor: &Visitor, actions: Vec<Object>) -> Result<Input, Error> {
        let team = self.kept_for.strip_prefix("team-").and_then(|id| id.parse().ok());
        let kept_for = match (self.kept_for.as_str(), team) {
            ("all", _) => ViewFor::Everybody,
            (_, Some(team)) => ViewFor::Team(TeamId(team)),
            _ => ViewFor::Person(visitor.person()?.id),
        };
        let description = self.description.trim();
        Ok(Input {
            title: Some(self.title.clone()),
            description: Some((!description.is_empty()).then(|| description.to_owned())),
            actions: Some(actions),
            active: Some(self.active),
            position: super::position(&self.position)?,
            kept_for: Some(kept_for),
        })
    }
}

pub(super) async fn list(visitor: Visitor) -> Answer {
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| {
        Ok::<_, Error>((desk::macros::all(tx, ctx)?, super::known(tx, ctx)?))
    };
    let (all, known) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let make = button::link(routes::NEW_MACRO, Button::primary(words.say(Text::MacroMake)));
    let main = html! {
        @if all.is_empty() { (empty_state(words.say(Text::MacroNoneYet), words.say(Text::MacroNoneWhy), Some(&make))) }
        @else { p { (make) } (listed(&reader, &known, &all)) }
    };
    let here = (routes::MACROS, words.say(Text::Macros));
    page(&visitor, &reader, here, &main, StatusCode::OK).await
}

fn listed(reader: &Reader, known: &Known, all: &[Macro]) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::SettingsTitle)),
        Column::text(words.say(Text::MacroChanges)),
        Column::text(words.say(Text::MacroFor)),
        Column::text(words.say(Text::SettingsColumnState)),
    ];
    let row = |one: &Macro| {
        let does = actions::in_words(words, known, Used::Macro, &one.actions);
        let state = if one.active { Text::SettingsActive } else { Text::SettingsInactive };
        vec![
            html! { a href=(routes::macro_(one.id.0)) dir="auto" { (one.title) } },
            html! { (does.join(" · ")) },
            html! { (audience(words, known, one.kept_for)) },
            html! { (words.say(state)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    listing("macros", words.say(Text::Macros), &columns, &rows)
}

fn audience(words: Words, known: &Known, kept_for: ViewFor) -> String {
    match kept_for {
        ViewFor::Person(_) => words.say(Text::MacroForMe).to_owned(),
        ViewFor::Everybody => words.say(Text::MacroForAll).to_owned(),
        ViewFor::Team(id) => {
            let team = known.teams.iter().find(|team| team.id == id);
            team.map(|team| team.name.clone()).unwrap_or_default()
        }
    }
}

pub(super) async fn new(visitor: Visitor) -> Answer {
    let everybody = may(&visitor.ctx.actor, Act::Configure);
    let kept_for = if everybody { "all" } else { "me" }.to_owned();
    form_page(&visitor, None, &Typed { active: true, kept_for, ..Typed::default() }).await
}

pub(super) async fn edit(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let one = changeable(&visitor, &id).await?;
    form_page(&visitor, Some(&one), &Typed::of(&one)).await
}

async fn changeable(visitor: &Visitor, id: &str) -> Result<Macro, Problem> {
    let id = MacroId(id.parse().map_err(|_| Problem::NotFound)?);
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let one = desk::macros::show(tx, ctx, id)?;
        if desk::macros::may_change(ctx, one.kept_for) { Ok(one) } else { Err(Error::forbidden()) }
    };
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

pub(super) async fn create(visitor: Visitor, form: Form) -> Answer {
    save(&visitor, None, &form).await
}

pub(super) async fn update(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let one = changeable(&visitor, &id).await?;
    save(&visitor, Some(&one), &form).await
}

async fn save(visitor: &Visitor, known: Option<&Macro>, form: &Form) -> Answer {
    let mut typed = Typed::sent(form);
    let mut names = Vec::new();
    let input = typed.actions.actions().map_err(|error| Error::Invalid(vec![error])).and_then(
        |(objects, fields)| {
            names = fields;
            typed.input(visitor, objects)
        },
    );
    let id = known.map(|one| one.id);
    let done = match input {
        Ok(input) => {
            let write = move |tx: &mut Tx<'_>, ctx: &Ctx| match id {
                Some(id) => desk::macros::update(tx, ctx, id, &input),
                None => desk::macros::create(tx, ctx, &input),
            };
            visitor.desk.write(visitor.ctx.clone(), write).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("{}?saved=1", routes::MACROS)).into_response()),
        Err(Error::Invalid(errors)) => {
            typed.errors = actions::at_fields(errors, &names);
            form_page(visitor, known, &typed).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn delete(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let one = changeable(&visitor, &id).await?;
    let delete = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::macros::delete(tx, ctx, one.id);
    visitor.desk.write(visitor.ctx.clone(), delete).await?;
    Ok(Redirect::to(&format!("{}?deleted=1", routes::MACROS)).into_response())
}

async fn form_page(visitor: &Visitor, one: Option<&Macro>, typed: &Typed) -> Answer {
    let known = visitor.desk.read(visitor.ctx.clone(), super::known).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let heading = match one {
        Some(one) => words.fill(Text::MacroEdit, &[("title", &one.title)]),
        None => words.say(Text::MacroNew).to_owned(),
    };
    let shared = may(&visitor.ctx.actor, Act::Configure);
    let to = one.map_or_else(|| routes::NEW_MACRO.to_owned(), |one| routes::macro_(one.id.0));
    let main = html! {
        form.stack.narrow method="post" action=(to) {
            (button::csrf(&reader))
            (fields(words, &known, typed, shared))
            div.field-actions {
                (button::submit(Button::primary(words.say(Text::SettingsSaveChanges))))
                a.button href=(routes::MACROS) { (words.say(Text::Cancel)) }
            }
        }
        @if let Some(one) = one {
            (super::deletion(&reader, &format!("{}/deletion", routes::macro_(one.id.0)), Text::MacroDelete, Text::MacroDeleteWhy))
        }
    };
    page(visitor, &reader, (routes::MACROS, &heading), &main, status(&typed.errors)).await
}

fn fields(words: Words, known: &Known, typed: &Typed, shared: bool) -> Markup {
    let line = |name, label, value| Field {
        error: typed.error(name),
        value,
        ..Field::line(name, words.say(label))
    };
    let mut audiences = vec![("me".to_owned(), words.say(Text::MacroForMe).to_owned())];
    if shared {
        let teams = known.teams.iter().map(|team| (format!("team-{}", team.id), team.name.clone()));
        audiences.extend(teams);
        audiences.push(("all".to_owned(), words.say(Text::MacroForAll).to_owned()));
    }
    let audiences: Vec<(&str, &str)> =
        audiences.iter().map(|(value, label)| (value.as_str(), label.as_str())).collect();
    let rest = Rest { words, typed: &typed.actions, errors: &typed.errors };
    let sides: Vec<(String, String)> =
        [("true", Text::MacroSideReply), ("false", Text::MacroSideNote)]
            .map(|(value, text)| (value.to_owned(), words.say(text).to_owned()))
            .into();
    html! {
        (super::errors_elsewhere(&typed.errors, &["title", "description", "restriction", "position"]))
        (field(words, &Field { hint: Some(words.say(Text::MacroTitleHint)), ..line("title", Text::SettingsTitle, &typed.title) }))
        (rest.text("a_words", Text::MacroWords, Some(Text::MacroWordsHint)))
        (rest.select("a_side", Text::MacroSide, (words.say(Text::MacroSideAsIs), &sides), None))
        h2 { (words.say(Text::MacroChanges)) }
        (actions::fields(words, known, Used::Macro, &typed.actions, &typed.errors))
        h2 { (words.say(Text::MacroFor)) }
        (field(words, &Field { control: Control::Select(&audiences), ..line("restriction", Text::MacroFor, &typed.kept_for) }))
        (field(words, &Field { optional: true, ..line("description", Text::SettingsAbout, &typed.description) }))
        (field(words, &Field { optional: true, hint: Some(words.say(Text::SettingsPlaceHint)), ..line("position", Text::SettingsPlace, &typed.position) }))
        (checkbox("active", "active", words.say(Text::MacroOffered), typed.active, None))
    }
}
