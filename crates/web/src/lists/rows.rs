//! A page of a list, read and shown.

use desk::tickets::{Order, Stored};
use desk::{Ctx, Key, KeyValue, Page, Start, Tx};
use domain::ViewFor;
use domain::conditions::Misread;
use maud::Markup;

use super::{Asked, Shown, shown};
use crate::components::pagination::Pages;
use crate::form::escaped;
use crate::memory::Around;
use crate::problem::Problem;
use crate::reader::Reader;
use crate::rows::{Line, lines};
use crate::visitor::Visitor;

/// How many rows a page has.
pub(super) const SIZE: i64 = 50;

/// A page of a list, read.
pub(super) struct Listed {
    pub(super) lines: Vec<Line>,
    /// How many tickets there are, counted up to a thousand and one.
    pub(super) count: i64,
    pub(super) misread: Vec<Misread>,
    /// Whose view it is, if it is another one's own.
    pub(super) keeper: Option<String>,
    /// Whether the reader may change the kept view.
    pub(super) may_change: bool,
    order: Order,
    descending: bool,
    first: i64,
    older: Option<String>,
    newer: Option<String>,
}

impl Listed {
    pub(super) async fn read(
        visitor: &Visitor,
        asked: &Asked,
        around: &Around,
    ) -> Result<Self, Problem> {
        let start = start(visitor);
        let (wanted, list, circle) = (start.clone(), asked.clone(), around.clone());
        let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
            let held = list.held(tx, ctx, &circle)?;
            // One more than is shown says whether there is a next page.
            let page = Page { start: wanted.clone(), size: SIZE + 1, descending: held.descending };
            let rows = desk::pages::rows(tx, ctx, &held.filters, held.order, &page)?;
            let count: i64 = desk::tickets::view_counts(tx, ctx, &held.filters)?.into_iter().sum();
            let (keeper, may_change) = match &list.kept {
                Some(view) => {
                    (keeper(tx, ctx, view)?, desk::views::may_change(tx, ctx, view.kept_for)?)
                }
                None => (None, false),
            };
            Ok((held, rows, count, keeper, may_change))
        };
        let (held, mut rows, count, keeper, may_change) =
            visitor.desk.read(visitor.ctx.clone(), read).await?;
        let size = usize::try_from(SIZE).unwrap_or_default();
        let more = rows.tickets.len() > size;
        let backwards = matches!(start, Start::Before(_));
        if more && backwards {
            rows.tickets.remove(0);
        }
        rows.tickets.truncate(size);
        let first = visitor.query.number("n").unwrap_or(1).max(1);
        let shown = i64::try_from(rows.tickets.len()).unwrap_or_default();
        let link = |side: &str, stored: &Stored, n: i64| {
            let key = desk::tickets::key(held.order, stored);
            let place = &asked.place;
            format!("{}?{}&{side}={}&n={n}", place.href, place.asked(), written(&key))
        };
        let has_older = if backwards { true } else { more };
        let has_newer = if backwards { more } else { start != Start::Offset(0) };
        let older = rows.tickets.last().filter(|_| has_older);
        let newer = rows.tickets.first().filter(|_| has_newer);
        Ok(Self {
            older: older.map(|one| link("after", one, first + shown)),
            newer: newer.map(|one| link("before", one, (first - SIZE).max(1))),
            lines: lines(visitor, around, &rows, held.order),
            count,
            misread: held.misread,
            keeper,
            may_change,
            order: held.order,
            descending: held.descending,
            first,
        })
    }

    pub(super) fn markup(&self, reader: &Reader, asked: &Asked, title: &str) -> Markup {
        let last = self.first + i64::try_from(self.lines.len()).unwrap_or_default() - 1;
        shown(
            reader,
            &Shown {
                title,
                ordered: asked.ordered((self.order, self.descending)),
                place: &asked.place,
                lines: &self.lines,
                pages: Pages {
                    first: self.first,
                    last,
                    all: self.count.max(last),
                    newer: self.newer.as_deref(),
                    older: self.older.as_deref(),
                },
            },
        )
    }
}

/// The name of the one who keeps a view for themselves, to others.
fn keeper(tx: &mut Tx<'_>, ctx: &Ctx, view: &domain::View) -> Result<Option<String>, desk::Error> {
    match view.kept_for {
        ViewFor::Person(owner) if ctx.actor.user() != Some(owner) => {
            Ok(Some(desk::users::show(tx, ctx, owner)?.name))
        }
        ViewFor::Person(_) | ViewFor::Team(_) | ViewFor::Everybody => Ok(None),
    }
}

/// Where the page begins.
fn start(visitor: &Visitor) -> Start {
    let key = |name: &str| {
        let (value, id) = visitor.query.some(name)?.rsplit_once('.')?;
        let id = id.parse().ok()?;
        let numbers: Result<Vec<i64>, _> = value.split(',').map(str::parse).collect();
        let value = match numbers.as_deref() {
            Ok([number]) => Some(KeyValue::Int(*number)),
            Ok([class, due, age]) => Some(KeyValue::Place([*class, *due, *age])),
            _ if value.is_empty() => None,
            _ => Some(KeyValue::Text(value.to_owned())),
        };
        Some(Key { value, id })
    };
    match (key("after"), key("before")) {
        (Some(key), _) => Start::After(key),
        (None, Some(key)) => Start::Before(key),
        (None, None) => Start::Offset(0),
    }
}

/// A place in a list as the address of a page has it: `1780000000.7`, `open.7`, `.7`.
fn written(key: &Key) -> String {
    let value = match &key.value {
        Some(KeyValue::Int(number)) => number.to_string(),
        Some(KeyValue::Text(text)) => escaped(text),
        Some(KeyValue::Place(place)) => place.map(|number| number.to_string()).join(","),
        None => String::new(),
    };
    format!("{value}.{}", key.id)
}
