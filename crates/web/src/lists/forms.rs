//! Keeping a list, changing and dropping it, by forms.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::views::Input;
use desk::{Act, Ctx, Error, FieldError, Tx, may};
use domain::conditions::Query;
use domain::{TeamId, View, ViewFor};
use maud::{Markup, html};

use super::ListOrder;
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, checkbox, field, summary};
use crate::form::Form;
use crate::memory::Around;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes};

/// The orders a form offers.
const ORDERS: [ListOrder; 4] =
    [ListOrder::Updated, ListOrder::Due, ListOrder::Newest, ListOrder::Oldest];

/// What stands in the form.
#[derive(Default)]
struct Typed {
    title: String,
    description: String,
    query: String,
    order: String,
    kept_for: String,
    position: String,
    active: bool,
    errors: Vec<FieldError>,
}

impl Typed {
    /// A new list with this query.
    fn new(text: &str) -> Self {
        let (query, order) = split(text);
        Self { query, order, kept_for: "me".to_owned(), active: true, ..Self::default() }
    }

    /// A kept list.
    fn of(view: &View) -> Self {
        let (query, order) = split(&view.query);
        Self {
            title: view.title.clone(),
            description: view.description.clone().unwrap_or_default(),
            query,
            order,
            kept_for: match view.kept_for {
                ViewFor::Person(_) => "me".to_owned(),
                ViewFor::Team(team) => format!("team-{team}"),
                ViewFor::Everybody => "all".to_owned(),
            },
            position: view.position.to_string(),
            active: view.active,
            errors: Vec::new(),
        }
    }

    fn sent(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            title: text("title"),
            description: text("description"),
            query: text("query"),
            order: text("order"),
            kept_for: text("restriction"),
            position: text("position"),
            active: form.get("active") == "true",
            errors: Vec::new(),
        }
    }

    /// What is asked for; whoever keeps a list for themselves is the one who acts.
    fn input(&self, visitor: &Visitor) -> Result<Input, Error> {
        let position = match self.position.trim() {
            "" => None,
            text => match text.parse::<i64>() {
                Ok(place) => Some(place),
                Err(_) => {
                    let text = "Place: expected a number";
                    return Err(Error::invalid("position", "InvalidValue", text));
                }
            },
        };
        let order = ListOrder::named(&self.order).and_then(ListOrder::in_query);
        let team = self.kept_for.strip_prefix("team-").and_then(|id| id.parse().ok());
        let kept_for = match (self.kept_for.as_str(), team) {
            ("all", _) => ViewFor::Everybody,
            (_, Some(team)) => ViewFor::Team(TeamId(team)),
            _ => ViewFor::Person(visitor.person()?.id),
        };
        let description = Some(self.description.trim().to_owned());
        Ok(Input {
            title: Some(self.title.clone()),
            description: Some(description.filter(|text| !text.is_empty())),
            query: Some(self.query.clone()),
            order,
            columns: None,
            active: Some(self.active),
            position,
            kept_for: Some(kept_for),
        })
    }

    fn error(&self, name: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    }
}

/// A query without its order, and the order's name in the form.
fn split(text: &str) -> (String, String) {
    let query = Query::parse(text).query;
    let known =
        query.order.and_then(|order| ORDERS.iter().find(|one| one.in_query() == Some(order)));
    match (known, query.order) {
        (Some(order), _) => (query.ordered(None).to_string(), order.as_str().to_owned()),
        (None, Some(_)) => (text.to_owned(), String::new()),
        (None, None) => (text.to_owned(), "updated".to_owned()),
    }
}

/// The form of a new list.
pub(super) async fn new(visitor: Visitor) -> Answer {
    let typed = Typed::new(visitor.query.get("q"));
    page(&visitor, None, &typed).await
}

pub(super) async fn create(visitor: Visitor, form: Form) -> Answer {
    let typed = Typed::sent(&form);
    let done = match typed.input(&visitor) {
        Ok(input) => {
            let create = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::views::create(tx, ctx, &input);
            visitor.desk.write(visitor.ctx.clone(), create).await
        }
        Err(error) => Err(error),
    };
    done_or_again(&visitor, None, typed, done).await
}

/// The form of a kept list.
pub(super) async fn edit(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let view = changeable(&visitor, &slug).await?;
    let typed = Typed::of(&view);
    page(&visitor, Some(&view), &typed).await
}

pub(super) async fn update(visitor: Visitor, Path(slug): Path<String>, form: Form) -> Answer {
    let view = changeable(&visitor, &slug).await?;
    let typed = Typed::sent(&form);
    let done = match typed.input(&visitor) {
        Ok(input) => {
            let id = view.id;
            let update = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::views::update(tx, ctx, id, &input);
            visitor.desk.write(visitor.ctx.clone(), update).await
        }
        Err(error) => Err(error),
    };
    done_or_again(&visitor, Some(&view), typed, done).await
}

pub(super) async fn delete(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let view = changeable(&visitor, &slug).await?;
    let delete = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::views::delete(tx, ctx, view.id);
    visitor.desk.write(visitor.ctx.clone(), delete).await?;
    Ok(Redirect::to(&routes::view("all")).into_response())
}

/// A kept list that the visitor may change; what they may only look at is forbidden.
async fn changeable(visitor: &Visitor, slug: &str) -> Result<View, Problem> {
    let slug = slug.to_owned();
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let view = desk::views::by_slug(tx, ctx, &slug)?;
        if desk::views::may_change(tx, ctx, view.kept_for)? {
            Ok(view)
        } else {
            Err(Error::forbidden())
        }
    };
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

/// The list, or the form again with what is wrong.
async fn done_or_again(
    visitor: &Visitor,
    known: Option<&View>,
    typed: Typed,
    done: Result<View, Error>,
) -> Answer {
    match done {
        Ok(view) => Ok(Redirect::to(&routes::view(&view.slug)).into_response()),
        Err(Error::Invalid(errors)) => {
            let mut answer = page(visitor, known, &Typed { errors, ..typed }).await?;
            *answer.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(visitor: &Visitor, known: Option<&View>, typed: &Typed) -> Answer {
    let around = visitor.around().await?;
    let reader = visitor.reader();
    let words = reader.words;
    let heading = match known {
        Some(view) => words.fill(Text::EditThisView, &[("title", &view.title)]),
        None => words.say(Text::NewView).to_owned(),
    };
    let shared = may(&visitor.ctx.actor, Act::Configure);
    let main = html! {
        div.stack.narrow {
            h1 tabindex="-1" dir="auto" { (heading) }
            (form(&reader, &around, known, typed, shared))
            @if let Some(view) = known { (deletion(&reader, view)) }
        }
    };
    let frame = frame::Frame {
        title: &heading,
        kept: known.map(|view| view.slug.as_str()),
        ..frame::Frame::default()
    };
    Ok(frame::html(frame::workspace(visitor, &reader, frame, &main, None).await?))
}

/// For whom a list may be kept by the reader: value and words.
fn audiences(words: Words, around: &Around, shared: bool) -> Vec<(String, String)> {
    let mut all = vec![("me".to_owned(), words.say(Text::ViewForMe).to_owned())];
    let teams = around.teams.iter().filter(|team| shared || around.own.contains(&team.id));
    all.extend(teams.map(|team| {
        (format!("team-{}", team.id), words.fill(Text::ViewForTeam, &[("team", &team.name)]))
    }));
    if shared {
        all.push(("all".to_owned(), words.say(Text::ViewForAll).to_owned()));
    }
    all
}

fn form(
    reader: &Reader,
    around: &Around,
    known: Option<&View>,
    typed: &Typed,
    shared: bool,
) -> Markup {
    let words = reader.words;
    let to = known.map_or_else(
        || routes::NEW_VIEW.to_owned(),
        |view| format!("{}/edit", routes::view(&view.slug)),
    );
    let orders = ORDERS.iter().map(|order| (order.as_str(), words.say(order.label())));
    let orders: Vec<(&str, &str)> = orders.collect();
    let audiences = audiences(words, around, shared);
    let audiences: Vec<(&str, &str)> =
        audiences.iter().map(|(value, label)| (value.as_str(), label.as_str())).collect();
    let line = |name, label, value| Field {
        error: typed.error(name),
        value,
        ..Field::line(name, words.say(label))
    };
    let fields = [
        line("title", Text::ViewTitle, &typed.title),
        Field {
            hint: Some(words.say(Text::ViewQueryHint)),
            optional: true,
            ..line("query", Text::ViewQuery, &typed.query)
        },
        Field { control: Control::Select(&orders), ..line("order", Text::ViewOrder, &typed.order) },
        Field {
            control: Control::Select(&audiences),
            ..line("restriction", Text::ViewFor, &typed.kept_for)
        },
        Field { optional: true, ..line("description", Text::ViewDescription, &typed.description) },
        Field {
            hint: Some(words.say(Text::ViewPlaceHint)),
            optional: true,
            ..line("position", Text::ViewPlace, &typed.position)
        },
    ];
    let others =
        typed.errors.iter().filter(|error| fields.iter().all(|one| one.name != error.field));
    html! {
        form.stack method="post" action=(to) {
            (button::csrf(reader))
            (summary(words, &fields.iter().collect::<Vec<_>>()))
            @for error in others { p.error role="alert" { (error.description) } }
            @for one in &fields { (field(words, one)) }
            (checkbox("active", "active", words.say(Text::ViewOffered), typed.active, None))
            div.field-actions { (button::submit(Button::primary(words.say(Text::KeepView)))) }
        }
    }
}

fn deletion(reader: &Reader, view: &View) -> Markup {
    let words = reader.words;
    html! {
        section.stack aria-labelledby="deletion-heading" {
            h2 #deletion-heading { (words.say(Text::DropView)) }
            p { (words.say(Text::DropViewWhy)) }
            form method="post" action={ (routes::view(&view.slug)) "/deletion" } {
                (button::csrf(reader))
                (button::submit(Button::danger(words.say(Text::DropView))))
            }
        }
    }
}
