//! Keeping a list, changing and dropping it.

use domain::conditions::{Order, Query};
use domain::{TeamId, UserId, View, ViewFor, ViewId, slug};
use serde_json::json;
use store::{Kind, Tx};

use super::built_in::{FIRST_KEPT, is_taken};
use super::{TOPIC, tidied};
use crate::texts::title;
use crate::{Act, Ctx, Error, may, require, search};

/// Views a person may keep, and views that may be shared.
const MOST: i64 = 200;

/// What a door asks for; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What it is called.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// What it holds.
    pub query: Option<String>,
    /// In which order, in place of what the query says.
    pub order: Option<Order>,
    /// The columns that API clients asked for.
    pub columns: Option<Vec<String>>,
    /// Whether it is offered.
    pub active: Option<bool>,
    /// Its place among the others.
    pub position: Option<i64>,
    /// For whom it is kept.
    pub kept_for: Option<ViewFor>,
}

/// Whether somebody may keep, change and drop views for these: their own, those of their teams, and admins all that are
/// shared.
pub fn may_change(tx: &mut Tx<'_>, ctx: &Ctx, kept_for: ViewFor) -> Result<bool, Error> {
    let asker = search::asker(tx, ctx)?;
    Ok(match kept_for {
        ViewFor::Person(owner) => asker.user == Some(owner),
        ViewFor::Team(team) => may(&ctx.actor, Act::Configure) || asker.teams.contains(&team),
        ViewFor::Everybody => may(&ctx.actor, Act::Configure),
    })
}

/// Keeps a list.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<View, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let kept_for = match input.kept_for {
        Some(kept_for) => kept_for,
        None => ViewFor::Person(ctx.actor.user().ok_or_else(Error::forbidden)?),
    };
    check(tx, ctx, kept_for)?;
    // Two at once come one after the other, so that each gets a name and a place of its own.
    tx.lock_name(TOPIC)?;
    let owner = match kept_for {
        ViewFor::Person(owner) => Some(owner),
        ViewFor::Team(_) | ViewFor::Everybody => None,
    };
    let known = store::views::count(tx, owner)?;
    if known >= MOST {
        let text = format!("View: there are {known} already (maximum is {MOST})");
        return Err(Error::invalid("base", "TooLong", text));
    }
    let title = title(input.title.as_deref().unwrap_or_default())?;
    let id = ViewId(FIRST_KEPT - 1 + tx.next_id(Kind::View)?);
    let view = View {
        id,
        slug: free_slug(tx, &title, id)?,
        title,
        description: input.description.clone().flatten(),
        query: query(input, "")?,
        columns: input.columns.clone().unwrap_or_default(),
        active: input.active.unwrap_or(true),
        position: input.position.unwrap_or(id.0),
        kept_for,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::views::insert(tx, &view)?;
    record(tx, ctx, &view, "view_created")?;
    Ok(view)
}

/// A list that nobody keeps, to be looked at.
pub fn tried(ctx: &Ctx, input: &Input) -> Result<View, Error> {
    Ok(View {
        id: ViewId(0),
        slug: String::new(),
        title: input.title.clone().unwrap_or_default(),
        description: None,
        query: query(input, "")?,
        columns: input.columns.clone().unwrap_or_default(),
        active: true,
        position: 0,
        kept_for: ViewFor::Everybody,
        created_at: ctx.now,
        updated_at: ctx.now,
    })
}

/// What a list holds: as it is asked for, else as it was; an order that is asked for alone goes with that.
fn query(input: &Input, before: &str) -> Result<String, Error> {
    let text = tidied(input.query.as_deref().unwrap_or(before))?;
    let mut query = Query::parse(&text).query;
    if input.order.is_some() {
        query.order = input.order;
    } else if query.order.is_none() && input.query.is_some() {
        query.order = Query::parse(before).query.order;
    }
    Ok(query.to_string())
}

/// Changes a kept list. Its address stays.
pub fn update(tx: &mut Tx<'_>, ctx: &Ctx, id: ViewId, input: &Input) -> Result<View, Error> {
    let view = changeable(tx, ctx, id)?;
    let kept_for = input.kept_for.unwrap_or(view.kept_for);
    check(tx, ctx, kept_for)?;
    let view = View {
        title: input.title.as_deref().map_or(Ok(view.title), title)?,
        description: input.description.clone().unwrap_or(view.description),
        query: query(input, &view.query)?,
        columns: input.columns.clone().unwrap_or(view.columns),
        active: input.active.unwrap_or(view.active),
        position: input.position.unwrap_or(view.position),
        kept_for,
        updated_at: ctx.now,
        ..view
    };
    store::views::update(tx, &view)?;
    record(tx, ctx, &view, "view_changed")?;
    Ok(view)
}

/// Drops a kept list. The tickets in it stay.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: ViewId) -> Result<(), Error> {
    let view = changeable(tx, ctx, id)?;
    store::views::delete(tx, id)?;
    record(tx, ctx, &view, "view_deleted")
}

/// A kept view that the one who acts may change. What everybody has is not to be changed.
fn changeable(tx: &mut Tx<'_>, ctx: &Ctx, id: ViewId) -> Result<View, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if id.0 < FIRST_KEPT && id.0 > 0 {
        let text = "View: this list is built in; keep another one beside it";
        return Err(Error::invalid("base", "InvalidValue", text));
    }
    tx.lock_name(TOPIC)?;
    let view = store::views::load(tx, id)?.ok_or(Error::NotFound)?;
    if may_change(tx, ctx, view.kept_for)? { Ok(view) } else { Err(Error::forbidden()) }
}

/// Refuses to keep a list for others than one may.
fn check(tx: &mut Tx<'_>, ctx: &Ctx, kept_for: ViewFor) -> Result<(), Error> {
    let wrong = |text: &str| Err(Error::invalid("restriction", "InvalidValue", text));
    match kept_for {
        ViewFor::Team(TeamId(id)) => {
            let team = store::teams::load(tx, TeamId(id))?.filter(|team| team.deleted_at.is_none());
            if team.is_none() {
                return wrong("Restriction: there is no such group");
            }
        }
        ViewFor::Person(UserId(id)) if ctx.actor.user() != Some(UserId(id)) => {
            return wrong("Restriction: a list of one person is kept by that person");
        }
        ViewFor::Person(_) | ViewFor::Everybody => {}
    }
    if may_change(tx, ctx, kept_for)? {
        return Ok(());
    }
    match kept_for {
        ViewFor::Team(_) => wrong("Restriction: you are not in this group"),
        ViewFor::Person(_) | ViewFor::Everybody => {
            wrong("Restriction: only an admin keeps lists for everybody")
        }
    }
}

/// A name in addresses that nobody has: from the title, else from the number.
fn free_slug(tx: &mut Tx<'_>, title: &str, id: ViewId) -> Result<String, Error> {
    let wanted = slug(title);
    let numbered = if wanted.is_empty() { format!("view-{id}") } else { format!("{wanted}-{id}") };
    if wanted.is_empty() || is_taken(&wanted) || store::views::by_slug(tx, &wanted)?.is_some() {
        return Ok(numbered);
    }
    Ok(wanted)
}

/// Tells pages that the lists are others now, and writes down who changed what others use.
fn record(tx: &mut Tx<'_>, ctx: &Ctx, view: &View, kind: &str) -> Result<(), Error> {
    tx.touch(TOPIC);
    if matches!(view.kept_for, ViewFor::Person(_)) {
        return Ok(());
    }
    let payload = json!({ "query": view.query, "active": view.active }).to_string();
    crate::handbooks::record_admin(tx, ctx, "view", view.id.0, kind, &payload)
}
