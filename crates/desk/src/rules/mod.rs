//! Triggers and automations: what happens by itself because somebody of us wrote it down beside the handbook.
//!
//! A trigger looks at each change of a ticket, in the transaction that made it ([`triggers`]); an automation is asked
//! at the instants at which its condition can become true ([`automations`]). Both act through the same decision as a
//! person does ([`act`]), as the rule of their name, and can be tried on real tickets before they go live
//! ([`mod@trial`]).

mod act;
mod automations;
mod change;
mod trial;
mod triggers;

use domain::RuleId;
use domain::actions::Used;
use domain::conditions::{Condition, Query};
use domain::rules::Rule;
use store::Tx;
use store::page::Page;
pub use store::rules::Run;

use crate::{Act, Ctx, Error, require};

pub use change::{Input, create, delete, update};
pub use trial::{Found, Trial, trial};

pub(crate) use act::take_back;
pub(crate) use automations::{TICKET as SUBJECT, WALK, wake, walk};
pub(crate) use triggers::after;

/// What open pages are told when rules changed.
const TOPIC: &str = "rules";

/// All triggers, or all automations, by position.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, used: Used) -> Result<Vec<Rule>, Error> {
    require(&ctx.actor, Act::Configure)?;
    Ok(store::rules::all(tx, used)?)
}

/// A trigger, or an automation.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, used: Used, id: RuleId) -> Result<Rule, Error> {
    require(&ctx.actor, Act::Configure)?;
    store::rules::load(tx, id)?.filter(|rule| rule.used == used).ok_or(Error::NotFound)
}

/// A page of what a rule did, the newest first.
pub fn runs(tx: &mut Tx<'_>, ctx: &Ctx, id: RuleId, page: &Page) -> Result<Vec<Run>, Error> {
    require(&ctx.actor, Act::Configure)?;
    Ok(store::rules::runs(tx, id, page)?)
}

/// The rules that act, for whoever saves a change.
pub(crate) fn active(tx: &mut Tx<'_>) -> Result<Vec<Rule>, Error> {
    Ok(store::rules::active(tx)?)
}

/// When a rule acts. What is kept was understood when it was kept.
pub(crate) fn condition(rule: &Rule) -> Condition {
    Query::parse(&rule.condition).query.condition
}

/// The circumstances of a rule that acts.
fn as_rule(ctx: &Ctx, rule: &Rule) -> Ctx {
    Ctx { via: domain::Channel::System, ..ctx.acting_as(domain::Actor::Rule(rule.title.clone())) }
}
