//! Lists with a query over them: what everybody has, filtered, and what people keep. One form changes both.

mod forms;
mod live;
mod place;
mod rows;
mod way;

use axum::response::{IntoResponse, Redirect};
use desk::tickets::{Filter, Order};
use desk::views::Held;
use desk::{Act, Ctx, Error, Tx};
use domain::conditions::{Condition, Misread, Query};
use domain::{Level, Status};
use maud::{Markup, html};

use crate::components::badge::status_text;
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::filter_bar::{Choice, FilterBar, filter_bar};
use crate::components::pagination::{Pages, pagination};
use crate::components::row::{self, Row, WorkList};
use crate::form::Form;
use crate::memory::Around;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::Line;
use crate::search::misread;
use crate::table::Route;
use crate::views::View;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes, views};

pub(crate) use live::{changed_rows, news};
use place::ListOrder;
pub(crate) use place::Place;
pub(crate) use way::{Beside, CameFrom, beside, onward, whole};

/// The properties that selects write into the query.
const SELECTS: [&str; 5] = ["status", "priority", "area", "team", "assignee"];

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get(routes::NEW_VIEW, Act::WorkTickets, forms::new),
        Route::post(routes::NEW_VIEW, Act::WorkTickets, forms::create),
        Route::get("/views/{slug}/edit", Act::WorkTickets, forms::edit),
        Route::post("/views/{slug}/edit", Act::WorkTickets, forms::update),
        Route::post("/views/{slug}/deletion", Act::WorkTickets, forms::delete),
    ]
}

/// Whether a query or a select is asked for over a list that everybody has.
pub(crate) fn is_filtered(visitor: &Visitor) -> bool {
    visitor.query.some("q").is_some()
        || place::order_of(&visitor.query).is_some()
        || chosen(visitor)
}

/// Whether a select was used.
fn chosen(visitor: &Visitor) -> bool {
    visitor.query.pairs().any(|(name, _)| SELECTS.contains(&name))
}

/// Which list it is, and what is asked of it.
#[derive(Clone)]
struct Asked {
    /// The list everybody has, if it is one.
    built_in: Option<View>,
    /// The kept one, if it is one.
    kept: Option<domain::View>,
    /// Where it is; the query of a kept one is its own, unless another one was typed.
    place: Place,
}

impl Asked {
    async fn read(visitor: &Visitor, built_in: Option<View>, slug: &str) -> Result<Self, Problem> {
        Self::read_with(visitor, built_in, slug, &visitor.query).await
    }

    /// The same as an address with this query asks for it.
    async fn read_with(
        visitor: &Visitor,
        built_in: Option<View>,
        slug: &str,
        query: &Form,
    ) -> Result<Self, Problem> {
        let typed = query.pairs().any(|(name, _)| name == "q");
        let typed = typed.then(|| query.get("q").trim().to_owned());
        let kept = match built_in {
            Some(_) => None,
            None => {
                let slug = slug.to_owned();
                let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::views::by_slug(tx, ctx, &slug);
                Some(visitor.desk.read(visitor.ctx.clone(), read).await?)
            }
        };
        let own = kept.as_ref().map(|view| view.query.clone()).unwrap_or_default();
        let href = built_in.map_or_else(|| routes::view(slug), View::href);
        // The order of work is a walk along an index only where the list is one of teams or of nobody.
        let has_work = built_in.is_some_and(|view| view.order() == Order::Work);
        let order = place::order_of(query).filter(|order| has_work || *order != ListOrder::Work);
        Ok(Self { built_in, kept, place: Place { href, query: typed.unwrap_or(own), order } })
    }

    /// The order it has unless another one is chosen.
    fn own_order(&self) -> Option<ListOrder> {
        let chosen = Query::parse(&self.place.query).query.order;
        match (chosen, self.built_in) {
            (Some(order), _) => {
                ListOrder::ALL.into_iter().find(|one| one.in_query() == Some(order))
            }
            (None, Some(view)) => ListOrder::of(view.order(), view.descending()),
            (None, None) => Some(ListOrder::Updated),
        }
    }

    fn title(&self, words: Words) -> &str {
        match (&self.kept, self.built_in) {
            (Some(view), _) => &view.title,
            (None, Some(view)) => words.say(view.label()),
            (None, None) => "",
        }
    }

    /// By what it is ordered, and by what it can be.
    fn ordered(&self, (order, descending): (Order, bool)) -> Ordered {
        let has_work = self.built_in.is_some_and(|view| view.order() == Order::Work);
        let all = ListOrder::ALL.into_iter().filter(|one| has_work || *one != ListOrder::Work);
        let is = ListOrder::of(order, descending);
        Ordered { offered: all.collect(), is }
    }

    /// Whether the query is not the one that is kept.
    fn is_changed(&self) -> bool {
        self.place.order.is_some()
            || self.kept.as_ref().is_none_or(|view| view.query != self.place.query)
    }

    /// What the list holds: filters no ticket is found by twice, and their order.
    fn held(&self, tx: &mut Tx<'_>, ctx: &Ctx, around: &Around) -> Result<Lists, Error> {
        let held = desk::views::held(tx, ctx, &self.place.query)?;
        let Held { filter, order, descending, misread } = held;
        let is_ordered = Query::parse(&self.place.query).query.order.is_some();
        let (mut filters, mut by) = (vec![filter], (order, descending));
        if let (Some(view), Some(user)) = (self.built_in, ctx.actor.user()) {
            let meant = filters.pop().and_then(|filter| filter.meant);
            let own = view.filters(ctx, user, &around.own).into_iter();
            filters = own.map(|own| Filter { meant: meant.clone(), ..own }).collect();
            if !is_ordered {
                by = (view.order(), view.descending());
            }
        }
        let (order, descending) = self.place.order.map_or(by, ListOrder::column);
        Ok(Lists { filters, order, descending, misread })
    }
}

/// The same with the ticket's place in the list.
fn placed(within: &str, place: Option<i64>) -> String {
    place.map_or_else(|| within.to_owned(), |place| format!("{within}&n={place}"))
}

/// By what a list is ordered, and by what it can be; nothing of these if only its query says so.
pub(crate) struct Ordered {
    offered: Vec<ListOrder>,
    is: Option<ListOrder>,
}

impl Ordered {
    /// Of a list that everybody has, as it is.
    pub(crate) fn of(view: View) -> Self {
        let asked = Asked { built_in: Some(view), kept: None, place: Place::of(view) };
        asked.ordered((view.order(), view.descending()))
    }

    /// The select, which belongs to the form over the list.
    fn choice(&self, words: Words) -> Markup {
        html! {
            span.line {
                label.hidden for="filter-order" { (words.say(Text::OrderLabel)) }
                select #filter-order name="order" form="filters" {
                    @if self.is.is_none() { option value="" selected { (words.say(Text::OrderOfQuery)) } }
                    @for one in &self.offered {
                        option value=(one.as_str()) selected[self.is == Some(*one)] { (words.say(one.label())) }
                    }
                }
                @if self.is == Some(ListOrder::Work) { span { (words.say(Text::InWorkOrder)) } }
            }
        }
    }
}

/// A page of a list, ready to be shown.
pub(crate) struct Shown<'a> {
    pub(crate) title: &'a str,
    /// By what it is ordered.
    pub(crate) ordered: Ordered,
    /// Where the list is.
    pub(crate) place: &'a Place,
    pub(crate) lines: &'a [Line],
    pub(crate) pages: Pages<'a>,
}

/// The list with its head and its foot.
pub(crate) fn shown(reader: &Reader, list: &Shown<'_>) -> Markup {
    let words = reader.words;
    let whole = list.place.address();
    let first = if list.pages.newer.is_none() { "first=1&" } else { "" };
    let (href, asked) = (&list.place.href, list.place.asked());
    let news = format!("{href}/news?{first}n={}&{asked}", list.pages.first);
    let within = list.place.within();
    let withins: Vec<String> = (list.pages.first..)
        .take(list.lines.len())
        .map(|place| placed(&within, Some(place)))
        .collect();
    let whys: Vec<Vec<&str>> =
        list.lines.iter().map(|line| line.why.iter().map(String::as_str).collect()).collect();
    let rows: Vec<Row<'_>> = list
        .lines
        .iter()
        .zip(&whys)
        .zip(&withins)
        .map(|((line, why), within)| Row { within, ..line.row(why) })
        .collect();
    html! {
        div.list-head {
            (list.ordered.choice(words))
            p.list-news #list-news role="status" {}
        }
        (row::work_list(reader, &WorkList { label: list.title, href: &whole, news: &news, rows: &rows, all: list.pages.all }))
        div.list-foot {
            (pagination(words, &list.pages))
            p.keys { a href=(routes::KEYS) { (words.say(Text::KeysHere)) } }
        }
    }
}

/// What a list holds, and what of its query was not understood.
struct Lists {
    filters: Vec<Filter>,
    order: Order,
    descending: bool,
    misread: Vec<Misread>,
}

/// A list with a query over it.
pub(crate) async fn show(visitor: &Visitor, built_in: Option<View>, slug: &str) -> Answer {
    let asked = Asked::read(visitor, built_in, slug).await?;
    if chosen(visitor) {
        let query = with_choices(visitor, &asked.place.query);
        let order = asked.place.order.filter(|order| asked.own_order() != Some(*order));
        let place = Place { query, order, ..asked.place };
        return Ok(Redirect::to(&place.address()).into_response());
    }
    let around = visitor.around().await?;
    let listed = rows::Listed::read(visitor, &asked, &around).await?;
    let reader = visitor.reader();
    let save = save(&visitor.ctx, &asked);
    let main = page(&reader, (&asked, save.as_deref()), &listed, &around);
    let frame = frame::Frame {
        title: asked.title(reader.words),
        view: built_in,
        kept: asked.kept.as_ref().map(|view| view.slug.as_str()),
        topics: Some("tickets,presence"),
        ..frame::Frame::default()
    };
    Ok(frame::html(frame::workspace(visitor, &reader, frame, &main, None).await?))
}

/// The query with what the selects say written into it.
fn with_choices(visitor: &Visitor, query: &str) -> String {
    let mut query = Query::parse(query).query;
    for property in SELECTS {
        if visitor.query.pairs().any(|(name, _)| name == property) {
            let value = visitor.query.get(property);
            // A select that shows "any" because the query says more than it can is left alone.
            if !value.is_empty() || query.value_of(property).is_some() {
                query = query.with(property, value);
            }
        }
    }
    query.to_string()
}

fn page(
    reader: &Reader,
    (asked, save): (&Asked, Option<&str>),
    listed: &rows::Listed,
    around: &Around,
) -> Markup {
    let words = reader.words;
    let title = asked.title(words);
    let all = views::summary(words, listed.count, None);
    let edit = asked.kept.as_ref().filter(|_| listed.may_change).map(|view| {
        button::link(
            &format!("{}/edit", routes::view(&view.slug)),
            Button::plain(words.say(Text::EditView)),
        )
    });
    html! {
        div.heading {
            h1 tabindex="-1" dir="auto" { (title) }
            p { (all) @if let Some(keeper) = &listed.keeper { " · " (words.fill(Text::ViewBy, &[("name", keeper)])) } }
            @if let Some(edit) = edit { (edit) }
        }
        @if let Some(description) = asked.kept.as_ref().and_then(|view| view.description.as_deref()) { p.hint dir="auto" { (description) } }
        (filters(reader, around, &asked.place, save))
        (misread(words, &listed.misread))
        @if listed.lines.is_empty() {
            (nothing(words, asked))
        } @else { (listed.markup(reader, asked, title)) }
    }
}

fn nothing(words: Words, asked: &Asked) -> Markup {
    let whole = button::link(&asked.place.href, Button::plain(words.say(Text::WholeList)));
    let action = asked.is_changed().then_some(&whole);
    empty_state(words.say(Text::EmptyQueue), words.say(Text::EmptyFilterWhy), action)
}

/// The form over a list that nothing is asked of yet.
pub(crate) fn bar(reader: &Reader, around: &Around, view: View) -> Markup {
    filters(reader, around, &Place::of(view), None)
}

/// The form over a list.
fn filters(reader: &Reader, around: &Around, place: &Place, save: Option<&str>) -> Markup {
    let (href, text) = (place.href.as_str(), place.query.as_str());
    let words = reader.words;
    let query = Query::parse(text).query;
    let values: Vec<String> =
        SELECTS.iter().map(|name| query.value_of(name).unwrap_or_default()).collect();
    let options = options(words, around);
    let choices: Vec<Choice<'_>> = SELECTS
        .iter()
        .zip(&values)
        .zip(&options)
        .map(|((name, value), (label, options))| Choice { name, label, options, value })
        .collect();
    let without = |rest: Query| Place { query: rest.to_string(), ..place.clone() }.address();
    let chips: Vec<(String, String)> =
        query.chips().into_iter().map(|(part, rest)| (part, without(rest))).collect();
    let chips: Vec<(&str, &str)> =
        chips.iter().map(|(part, to)| (part.as_str(), to.as_str())).collect();
    let bar = FilterBar { action: href, query: text, choices: &choices, chips: &chips, save };
    filter_bar(words, &bar)
}

/// The form that keeps a list as it is asked for now, unless it is kept so already.
fn save(ctx: &Ctx, asked: &Asked) -> Option<String> {
    if !asked.is_changed() || (asked.place.query.is_empty() && asked.place.order.is_none()) {
        return None;
    }
    let built_in = desk::views::built_in(ctx);
    let base = built_in.into_iter().find(|view| routes::view(&view.slug) == asked.place.href);
    let mut whole = Query::parse(base.as_ref().map_or("", |view| &view.query)).query;
    let query = Query::parse(&asked.place.query).query;
    let chosen = asked.place.order.and_then(ListOrder::in_query);
    let order = chosen.or(query.order).or(whole.order);
    let parts = [whole.condition, query.condition].into_iter();
    whole.condition = Condition::all(parts.filter(|part| *part != Condition::always()).collect());
    Some(routes::filtered(routes::NEW_VIEW, &whole.ordered(order).to_string()))
}

type Options<'a> = Vec<(&'a str, &'a str)>;

/// The selects: label, and values with their words.
fn options(words: Words, around: &Around) -> [(&'static str, Options<'_>); 5] {
    let status = Status::ALL.iter().map(|one| (one.as_str(), words.say(status_text(*one))));
    let levels = [
        (Level::Urgent, Text::PriorityUrgent),
        (Level::High, Text::PriorityHigh),
        (Level::Normal, Text::PriorityNormal),
        (Level::Low, Text::PriorityLow),
    ];
    let levels = levels.into_iter().map(|(level, text)| (level.as_str(), words.say(text)));
    let areas = around.areas.iter().map(|(slug, name)| (slug.as_str(), name.as_str()));
    let teams =
        around.teams.iter().filter_map(|team| Some((team.slug.as_deref()?, team.name.as_str())));
    let teams = [("mine", words.say(Text::TeamMine))].into_iter().chain(teams);
    let any = |text| std::iter::once(("", words.say(text)));
    let people = [("me", words.say(Text::AssigneeMe)), ("none", words.say(Text::AssigneeNobody))];
    [
        (words.say(Text::StatusLabel), any(Text::AnyStatus).chain(status).collect()),
        (words.say(Text::PriorityLabel), any(Text::AnyPriority).chain(levels).collect()),
        (words.say(Text::AreaLabel), any(Text::AnyArea).chain(areas).collect()),
        (words.say(Text::Team), any(Text::AnyTeam).chain(teams).collect()),
        (words.say(Text::AssigneeLabel), any(Text::AnyAssignee).chain(people).collect()),
    ]
}
