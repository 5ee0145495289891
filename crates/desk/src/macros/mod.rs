//! Macros: prepared words and changes that somebody applies by hand. For one ticket a macro fills in the composer and says
//! what else would change, and the one who answers sends it; for many its words are looked at once and then sent to each.

mod apply;
mod change;

use domain::{Macro, MacroId, ViewFor};
use store::Tx;

use crate::{Act, Ctx, Error, may, require, search};

pub use apply::{Prepared, apply, prepare, send};
pub(crate) use apply::{acting, merged};
pub use change::{Input, create, delete, update};

/// What open pages are told when macros changed.
const TOPIC: &str = "macros";

/// What the one who acts may use: their own, those of their teams, and everybody's, by position.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Macro>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let asker = search::asker(tx, ctx)?;
    let Some(user) = asker.user else { return Ok(Vec::new()) };
    Ok(store::macros::of(tx, user, &asker.teams)?)
}

/// What the one who acts may see in the settings: an admin also those of all teams.
pub fn all(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Macro>, Error> {
    match ctx.actor.user() {
        Some(user) if may(&ctx.actor, Act::Configure) => {
            Ok(store::macros::own_and_shared(tx, user)?)
        }
        _ => list(tx, ctx),
    }
}

/// The macro with this number. One that somebody keeps for themselves, or a team's of which one is no part, is not found.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: MacroId) -> Result<Macro, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let found = store::macros::load(tx, id)?.ok_or(Error::NotFound)?;
    let asker = search::asker(tx, ctx)?;
    let is_seen = match found.kept_for {
        ViewFor::Person(owner) => asker.user == Some(owner),
        ViewFor::Team(team) => asker.teams.contains(&team) || may(&ctx.actor, Act::Configure),
        ViewFor::Everybody => true,
    };
    if is_seen { Ok(found) } else { Err(Error::NotFound) }
}

/// Whether somebody may keep, change and drop macros for these: everybody their own; admins what is shared.
pub fn may_change(ctx: &Ctx, kept_for: ViewFor) -> bool {
    match kept_for {
        ViewFor::Person(owner) => ctx.actor.user() == Some(owner),
        ViewFor::Team(_) | ViewFor::Everybody => may(&ctx.actor, Act::Configure),
    }
}
