//! Keeping macros, changing and dropping them.

use domain::actions::{Object, Used};
use domain::{Macro, MacroId, UserId, ViewFor};
use serde_json::json;
use store::{Kind, Tx};

use super::{TOPIC, may_change, show};
use crate::texts::title;
use crate::{Act, Ctx, Error, require};

/// Macros a person may keep, and macros that may be shared.
const MOST: i64 = 500;

/// What a door asks for; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What it is called.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// What it does; all of it.
    pub actions: Option<Vec<Object>>,
    /// Whether it is offered.
    pub active: Option<bool>,
    /// Its place among the others.
    pub position: Option<i64>,
    /// For whom it is kept.
    pub kept_for: Option<ViewFor>,
}

/// Keeps a macro: for everybody if an admin does not say, else for the one who acts.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<Macro, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let kept_for = match (input.kept_for, ctx.actor.user()) {
        (Some(kept_for), _) => kept_for,
        (None, _) if may_change(ctx, ViewFor::Everybody) => ViewFor::Everybody,
        (None, Some(user)) => ViewFor::Person(user),
        (None, None) => return Err(Error::forbidden()),
    };
    check(tx, ctx, kept_for)?;
    tx.lock_name(TOPIC)?;
    let owner = match kept_for {
        ViewFor::Person(owner) => Some(owner),
        ViewFor::Team(_) | ViewFor::Everybody => None,
    };
    if store::macros::count(tx, owner)? >= MOST {
        let text = format!("Macro: there are {MOST} already, which is the most");
        return Err(Error::invalid("base", "TooLong", text));
    }
    let actions = input.actions.clone().unwrap_or_default();
    let title = title(input.title.as_deref().unwrap_or_default())?;
    crate::actions::check(tx, Used::Macro, &actions)?;
    let id = MacroId(tx.next_id(Kind::Macro)?);
    let new = Macro {
        id,
        title,
        description: input.description.clone().flatten(),
        actions,
        active: input.active.unwrap_or(true),
        position: input.position.unwrap_or(id.0),
        kept_for,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::macros::insert(tx, &new)?;
    record(tx, ctx, &new, "macro_created")?;
    Ok(new)
}

/// Changes a macro. Actions that are given take the place of all that were there.
pub fn update(tx: &mut Tx<'_>, ctx: &Ctx, id: MacroId, input: &Input) -> Result<Macro, Error> {
    let known = changeable(tx, ctx, id)?;
    let kept_for = input.kept_for.unwrap_or(known.kept_for);
    check(tx, ctx, kept_for)?;
    if let Some(actions) = &input.actions {
        crate::actions::check(tx, Used::Macro, actions)?;
    }
    let changed = Macro {
        title: input.title.as_deref().map_or(Ok(known.title), title)?,
        description: input.description.clone().unwrap_or(known.description),
        actions: input.actions.clone().unwrap_or(known.actions),
        active: input.active.unwrap_or(known.active),
        position: input.position.unwrap_or(known.position),
        kept_for,
        updated_at: ctx.now,
        ..known
    };
    store::macros::update(tx, &changed)?;
    record(tx, ctx, &changed, "macro_changed")?;
    Ok(changed)
}

/// Drops a macro.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: MacroId) -> Result<(), Error> {
    let known = changeable(tx, ctx, id)?;
    store::macros::delete(tx, id)?;
    record(tx, ctx, &known, "macro_deleted")
}

fn changeable(tx: &mut Tx<'_>, ctx: &Ctx, id: MacroId) -> Result<Macro, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    tx.lock_name(TOPIC)?;
    let known = show(tx, ctx, id)?;
    if may_change(ctx, known.kept_for) { Ok(known) } else { Err(Error::forbidden()) }
}

/// Refuses to keep a macro for others than one may.
fn check(tx: &mut Tx<'_>, ctx: &Ctx, kept_for: ViewFor) -> Result<(), Error> {
    let wrong = |text: &str| Err(Error::invalid("restriction", "InvalidValue", text));
    match kept_for {
        ViewFor::Team(id) => {
            let team = store::teams::load(tx, id)?.filter(|team| team.deleted_at.is_none());
            if team.is_none() {
                return wrong("Restriction: there is no such group");
            }
        }
        ViewFor::Person(UserId(id)) if ctx.actor.user() != Some(UserId(id)) => {
            return wrong("Restriction: a macro of one person is kept by that person");
        }
        ViewFor::Person(_) | ViewFor::Everybody => {}
    }
    if may_change(ctx, kept_for) {
        return Ok(());
    }
    wrong("Restriction: only an admin keeps macros for others")
}

/// Tells pages, and writes down who changed what others use.
fn record(tx: &mut Tx<'_>, ctx: &Ctx, one: &Macro, kind: &str) -> Result<(), Error> {
    tx.touch(TOPIC);
    if matches!(one.kept_for, ViewFor::Person(_)) {
        return Ok(());
    }
    let payload = json!({ "active": one.active, "actions": one.actions.len() }).to_string();
    crate::handbooks::record_admin(tx, ctx, "macro", one.id.0, kind, &payload)
}
