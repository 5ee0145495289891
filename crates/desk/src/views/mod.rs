//! Views: the lists everybody has, and those that people keep. A view is a query in the language of searches; what it
//! holds is asked for anew each time.

mod built_in;
mod change;

use domain::conditions::{Misread, OrderBy, Query, Sort};
use domain::{View, ViewId};
use store::Tx;
use store::page::Page;
use store::tickets::{Filter, Order};

use crate::tickets::{Listed, listed};
use crate::{Act, Ctx, Error, require, search};

pub use built_in::{FIRST_KEPT, all as built_in};
pub use change::{Input, create, delete, may_change, tried, update};

/// The places of all views change.
pub const TOPIC: &str = "views";
/// Beyond this nobody counts.
const COUNTED: i64 = 10_000;

/// Everything somebody may use: what everybody has, then what is kept, by position.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<View>, Error> {
    let mut views = built_in(ctx);
    views.extend(kept(tx, ctx)?);
    Ok(views)
}

/// What is kept for the one who acts, their teams and everybody.
pub fn kept(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<View>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let asker = search::asker(tx, ctx)?;
    let Some(user) = asker.user else { return Ok(Vec::new()) };
    Ok(store::views::of(tx, user, &asker.teams)?)
}

/// The view with this number. Who has its address may look at it, whose ever it is: it shows what they may see anyway.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: ViewId) -> Result<View, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let known = built_in(ctx).into_iter().find(|view| view.id == id);
    match known {
        Some(view) => Ok(view),
        None => store::views::load(tx, id)?.ok_or(Error::NotFound),
    }
}

/// The kept view with this name in addresses.
pub fn by_slug(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str) -> Result<View, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    store::views::by_slug(tx, slug)?.ok_or(Error::NotFound)
}

/// What a view holds, as a list is asked for it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which tickets.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// Newest or largest first.
    pub descending: bool,
    /// What of its query is not understood any more.
    pub misread: Vec<Misread>,
}

/// What a query holds, as a list.
pub fn held(tx: &mut Tx<'_>, ctx: &Ctx, text: &str) -> Result<Held, Error> {
    let (parsed, meant) = search::understand(tx, ctx, text)?;
    let (order, descending) = match parsed.query.order {
        None => (Order::UpdatedAt, true),
        Some(order) => (column(order.by), !order.is_rising),
    };
    let filter = Filter { meant: Some(meant), ..Filter::default() };
    Ok(Held { filter, order, descending, misread: parsed.misread })
}

/// The columns with an index that an order has.
fn column(by: OrderBy) -> Order {
    match by {
        OrderBy::Created | OrderBy::Priority | OrderBy::Type => Order::Id,
        OrderBy::Updated => Order::UpdatedAt,
        OrderBy::Due => Order::Due,
        OrderBy::Status => Order::Status,
    }
}

/// A page of what a list holds.
pub fn page(tx: &mut Tx<'_>, ctx: &Ctx, held: &Held, page: &Page) -> Result<Vec<Listed>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let found = store::tickets::page(tx, &held.filter, held.order, page)?;
    listed(tx, found)
}

/// How many tickets a list holds, counted up to `most`.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx, held: &Held, most: i64) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::tickets::count_up_to(tx, &held.filter, most.min(COUNTED))?)
}

/// How many tickets the query of a view finds, counted up to a thousand and one.
pub fn count_of(tx: &mut Tx<'_>, ctx: &Ctx, view: &View) -> Result<i64, Error> {
    let held = held(tx, ctx, &view.query)?;
    count(tx, ctx, &held, 1_001)
}

/// The text of a query that says the same and is written alike for everybody.
fn tidied(text: &str) -> Result<String, Error> {
    let parsed = Query::parse(text);
    let wrong = |why: String| Error::invalid("query", "InvalidValue", format!("Query: {why}"));
    if let Some(misread) = parsed.misread.first() {
        return Err(wrong(misread.to_string()));
    }
    if let Some(other) = parsed.query.sorts.iter().find(|sort| **sort != Sort::Ticket) {
        return Err(wrong(format!("type:{}: a view holds tickets", other.as_str())));
    }
    if let Some(part) = parsed.query.condition.of_changes() {
        return Err(wrong(format!("{part}: only a trigger knows what changes")));
    }
    Ok(parsed.query.to_string())
}
