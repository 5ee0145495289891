//! `/settings/fields`: what is asked and noted of a ticket beside its words.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::fields::{Input, OptionInput, TICKET_KINDS};
use desk::{Ctx, Error, FieldError, Tx};
use domain::{Field as TicketField, FieldId};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::frame::{page, status};
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, checkbox, field};
use crate::components::table::{Column, listing};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// A type in words.
fn kind_text(kind: &str) -> Text {
    match kind {
        "subject" => Text::FieldKindSubject,
        "description" => Text::FieldKindDescription,
        "status" => Text::FieldKindStatus,
        "tickettype" => Text::FieldKindSort,
        "priority" => Text::FieldKindPriority,
        "group" => Text::FieldKindTeam,
        "assignee" => Text::FieldKindAssignee,
        "textarea" => Text::FieldKindLines,
        "checkbox" => Text::FieldKindTick,
        "date" => Text::FieldKindDate,
        "integer" => Text::FieldKindInteger,
        "decimal" => Text::FieldKindDecimal,
        "regexp" => Text::FieldKindPattern,
        "tagger" => Text::FieldKindChoice,
        "multiselect" => Text::FieldKindChoices,
        "partialcreditcard" => Text::FieldKindCard,
        "lookup" => Text::FieldKindLookup,
        _ => Text::FieldKindLine,
    }
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    title: String,
    about: String,
    kind: String,
    options: String,
    customers: Customers,
    active: bool,
    errors: Vec<FieldError>,
}

/// What customers have to do with a field.
#[derive(Clone, Copy, Default)]
struct Customers {
    see: bool,
    fill_in: bool,
    must: bool,
}

impl Typed {
    fn of(one: &TicketField) -> Self {
        let line = |option: &domain::FieldOption| format!("{} = {}", option.name, option.value);
        Self {
            title: one.title.clone(),
            about: one.description.clone(),
            kind: one.kind.clone(),
            options: one.options.iter().map(line).collect::<Vec<_>>().join("\n"),
            customers: Customers {
                see: desk::fields::is_visible(one),
                fill_in: desk::fields::is_asked(one),
                must: desk::fields::is_required(one),
            },
            active: one.active,
            errors: Vec::new(),
        }
    }

    fn sent(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            title: text("title"),
            about: text("description"),
            kind: text("type"),
            options: text("custom_field_options"),
            customers: Customers {
                see: form.get("shown") == "true",
                fill_in: form.get("asked") == "true",
                must: form.get("required") == "true",
            },
            active: form.get("active") == "true",
            errors: Vec::new(),
        }
    }

    fn error(&self, name: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    }

    /// What is asked for; the choices of the desk's own fields are not the form's to change.
    fn input(&self, known: Option<&TicketField>) -> Input {
        let own = known.is_some_and(|one| !one.removable);
        let has_choices = matches!(self.kind.as_str(), "tagger" | "multiselect");
        let options = self.options.lines().filter(|line| !line.trim().is_empty()).map(|line| {
            let (name, value) = line.rsplit_once('=').unwrap_or((line, line));
            let value = value.trim().to_lowercase().replace(' ', "_");
            let mut options = known.iter().flat_map(|one| &one.options);
            let default = options.any(|one| one.value == value && one.default);
            OptionInput { id: None, name: name.trim().to_owned(), value, default }
        });
        let mut properties = Map::new();
        // What must be filled in is asked for, and only what is seen.
        let Customers { see, fill_in, must } = self.customers;
        for (property, is) in [
            ("visible_in_portal", see),
            ("editable_in_portal", see && (fill_in || must)),
            ("required_in_portal", see && must),
        ] {
            properties.insert(property.to_owned(), Value::Bool(is));
        }
        Input {
            kind: known.is_none().then(|| self.kind.clone()),
            key: None,
            title: Some(self.title.clone()),
            description: Some(self.about.clone()),
            position: None,
            active: Some(self.active || own),
            options: (has_choices && !own).then(|| options.collect()),
            properties: if own { Map::new() } else { properties },
        }
    }
}

pub(super) async fn list(visitor: Visitor) -> Answer {
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| desk::fields::list(tx, ctx, "ticket");
    let all = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::FieldTitle)),
        Column::text(words.say(Text::FieldType)),
        Column::text(words.say(Text::FieldShown)),
        Column::text(words.say(Text::SettingsColumnState)),
    ];
    let row = |one: &TicketField| {
        let state = if one.active { Text::SettingsActive } else { Text::SettingsInactive };
        let shown = if desk::fields::is_visible(one) { Text::Yes } else { Text::No };
        vec![
            html! { a href=(routes::field(one.id.0)) dir="auto" { (one.title) } },
            html! { (words.say(kind_text(&one.kind))) },
            html! { (words.say(shown)) },
            html! { (words.say(state)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    let main = html! {
        p { (button::link(routes::NEW_FIELD, Button::primary(words.say(Text::FieldMake)))) }
        (listing("fields", words.say(Text::SettingsFields), &columns, &rows))
    };
    let here = (routes::FIELDS, words.say(Text::SettingsFields));
    page(&visitor, &reader, here, &main, status(&[])).await
}

pub(super) async fn new(visitor: Visitor) -> Answer {
    let kind = "text".to_owned();
    form_page(&visitor, None, &Typed { active: true, kind, ..Typed::default() }).await
}

async fn load(visitor: &Visitor, id: &str) -> Result<TicketField, Problem> {
    let id = FieldId(id.parse().map_err(|_| Problem::NotFound)?);
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::fields::show(tx, ctx, "ticket", id);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

pub(super) async fn edit(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let one = load(&visitor, &id).await?;
    form_page(&visitor, Some(&one), &Typed::of(&one)).await
}

pub(super) async fn create(visitor: Visitor, form: Form) -> Answer {
    save(&visitor, None, &form).await
}

pub(super) async fn update(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let one = load(&visitor, &id).await?;
    save(&visitor, Some(&one), &form).await
}

async fn save(visitor: &Visitor, known: Option<&TicketField>, form: &Form) -> Answer {
    let mut typed = Typed::sent(form);
    if let Some(one) = known {
        typed.kind.clone_from(&one.kind);
    }
    let input = typed.input(known);
    let id = known.map(|one| one.id);
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| match id {
        Some(id) => desk::fields::update(tx, ctx, "ticket", id, &input),
        None => desk::fields::create(tx, ctx, "ticket", &input),
    };
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(_) => Ok(Redirect::to(&format!("{}?saved=1", routes::FIELDS)).into_response()),
        Err(Error::Invalid(errors)) => {
            typed.errors = errors;
            form_page(visitor, known, &typed).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn delete(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let one = load(&visitor, &id).await?;
    let id = one.id;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::fields::delete(tx, ctx, "ticket", id);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(()) => Ok(Redirect::to(&format!("{}?deleted=1", routes::FIELDS)).into_response()),
        Err(Error::Invalid(errors)) => {
            form_page(&visitor, Some(&one), &Typed { errors, ..Typed::of(&one) }).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn form_page(visitor: &Visitor, one: Option<&TicketField>, typed: &Typed) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let heading = one.map_or(words.say(Text::FieldNew), |one| one.title.as_str());
    let to = one.map_or_else(|| routes::NEW_FIELD.to_owned(), |one| routes::field(one.id.0));
    let main = html! {
        @if one.is_some_and(|one| !one.removable) { p.hint { (words.say(Text::FieldFixed)) } }
        form.stack.narrow method="post" action=(to) {
            (button::csrf(&reader))
            (fields(&reader, one, typed))
            div.field-actions {
                (button::submit(Button::primary(words.say(Text::SettingsSaveChanges))))
                a.button href=(routes::FIELDS) { (words.say(Text::Cancel)) }
            }
        }
        @if let Some(one) = one.filter(|one| one.removable) {
            (super::deletion(&reader, &format!("{}/deletion", routes::field(one.id.0)), Text::FieldDelete, Text::FieldDeleteWhy))
        }
    };
    page(visitor, &reader, (routes::FIELDS, heading), &main, status(&typed.errors)).await
}

fn fields(reader: &Reader, one: Option<&TicketField>, typed: &Typed) -> Markup {
    let words = reader.words;
    let kinds: Vec<(&str, &str)> =
        TICKET_KINDS.iter().map(|kind| (*kind, words.say(kind_text(kind)))).collect();
    let line = |name, label, value| Field {
        error: typed.error(name),
        value,
        ..Field::line(name, words.say(label))
    };
    let own = one.is_some_and(|one| !one.removable);
    html! {
        (super::errors_elsewhere(&typed.errors, &["title", "type", "description", "custom_field_options"]))
        (field(words, &line("title", Text::FieldTitle, &typed.title)))
        @if one.is_none() { (field(words, &Field { control: Control::Select(&kinds), ..line("type", Text::FieldType, &typed.kind) })) }
        (field(words, &Field { optional: true, ..line("description", Text::SettingsAbout, &typed.about) }))
        @if !own {
            (field(words, &Field { optional: true, control: Control::Text, hint: Some(words.say(Text::FieldOptionsHint)), ..line("custom_field_options", Text::FieldOptions, &typed.options) }))
            (checkbox("shown", "shown", words.say(Text::FieldShown), typed.customers.see, None))
            (checkbox("asked", "asked", words.say(Text::FieldAsked), typed.customers.fill_in, None))
            (checkbox("required", "required", words.say(Text::FieldRequired), typed.customers.must, None))
            (checkbox("active", "active", words.say(Text::FieldOffered), typed.active, None))
        }
    }
}
