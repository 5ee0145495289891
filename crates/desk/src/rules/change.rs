//! Keeping rules, changing and dropping them.

use domain::RuleId;
use domain::actions::{Action, Object, Used};
use domain::conditions::{Query, Sort};
use domain::rules::{Rule, ends_itself};
use serde_json::json;
use store::{Kind, Tx};

use super::{TOPIC, automations, show};
use crate::texts::title;
use crate::{Act, Ctx, Error, require};

/// Triggers, and automations, at most: each change of a ticket asks all of them.
const MOST: i64 = 500;

/// What a door asks for; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What it is called.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// When it acts, in the language of searches.
    pub condition: Option<String>,
    /// What it does; all of it.
    pub actions: Option<Vec<Object>>,
    /// Whether it acts.
    pub active: Option<bool>,
    /// Its place among the others.
    pub position: Option<i64>,
}

/// Keeps a rule. It does not act until it is activated.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, used: Used, input: &Input) -> Result<Rule, Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name(TOPIC)?;
    if store::rules::count(tx, used)? >= MOST {
        let what = format!("Base: there are {MOST} already, which is the most");
        return Err(Error::invalid("base", "TooLong", what));
    }
    let rule = Rule {
        id: RuleId(0),
        used,
        title: String::new(),
        description: None,
        condition: String::new(),
        actions: Vec::new(),
        active: false,
        position: 0,
        made_by: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let required = Input {
        title: Some(input.title.clone().unwrap_or_default()),
        condition: Some(input.condition.clone().unwrap_or_default()),
        actions: Some(input.actions.clone().unwrap_or_default()),
        ..input.clone()
    };
    let mut rule = checked(tx, ctx, rule, &required)?;
    rule.id = RuleId(tx.next_id(Kind::Rule)?);
    rule.position = input.position.unwrap_or(rule.id.0);
    store::rules::insert(tx, &rule)?;
    changed(tx, ctx, &rule, "created", rule.active)?;
    Ok(rule)
}

/// Changes a rule. A condition or actions that are given take the place of all that were there.
pub fn update(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    used: Used,
    id: RuleId,
    input: &Input,
) -> Result<Rule, Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name(TOPIC)?;
    let before = show(tx, ctx, used, id)?;
    let rule = checked(tx, ctx, before.clone(), input)?;
    store::rules::update(tx, &rule)?;
    let acts_anew = rule.active && (!before.active || before.condition != rule.condition);
    changed(tx, ctx, &rule, "changed", acts_anew)?;
    Ok(rule)
}

/// Drops a rule. What it did stays.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, used: Used, id: RuleId) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name(TOPIC)?;
    let rule = show(tx, ctx, used, id)?;
    store::rules::delete(tx, id)?;
    changed(tx, ctx, &rule, "deleted", false)
}

/// A rule as it is asked for, if it can be one.
pub(super) fn checked(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: Rule,
    input: &Input,
) -> Result<Rule, Error> {
    let rule = Rule {
        title: input.title.as_deref().map_or(Ok(rule.title), title)?,
        description: input.description.clone().unwrap_or(rule.description),
        condition: input
            .condition
            .as_deref()
            .map_or(Ok(rule.condition), |text| tidied(rule.used, text))?,
        actions: input.actions.clone().unwrap_or(rule.actions),
        active: input.active.unwrap_or(rule.active),
        position: input.position.unwrap_or(rule.position),
        made_by: ctx.actor.user().or(rule.made_by),
        updated_at: ctx.now,
        ..rule
    };
    let actions = crate::actions::check(tx, rule.used, &rule.actions)?;
    check_end(&rule, &actions)?;
    Ok(rule)
}

/// An automation asks how much time has gone by, and ends by itself.
fn check_end(rule: &Rule, actions: &[Action]) -> Result<(), Error> {
    if rule.used != Used::Automation {
        return Ok(());
    }
    let condition = super::condition(rule);
    let wrong = |what: &str| Err(Error::invalid("conditions", "InvalidValue", what));
    if !condition.has_time() {
        return wrong(
            "Conditions: an automation needs one about time, such as in_status<24hours (longer than 24 hours in its status)",
        );
    }
    if !ends_itself(&condition, actions) {
        return wrong(
            "Conditions: nothing stops it from doing the same again; add an action that makes a condition false, such as a tag and -tags:… with it",
        );
    }
    Ok(())
}

/// The text of a condition that says the same and is written alike for everybody.
fn tidied(used: Used, text: &str) -> Result<String, Error> {
    let parsed = Query::parse(text);
    let wrong = |why: String| {
        Err(Error::invalid("conditions", "InvalidValue", format!("Conditions: {why}")))
    };
    if let Some(misread) = parsed.misread.first() {
        return wrong(misread.to_string());
    }
    if let Some(other) = parsed.query.sorts.iter().find(|sort| **sort != Sort::Ticket) {
        return wrong(format!("type:{}: rules look at tickets", other.as_str()));
    }
    let condition = parsed.query.condition;
    if let (Used::Automation, Some(part)) = (used, condition.of_changes()) {
        return wrong(format!("{part}: only a trigger knows what changes"));
    }
    if condition.parts().is_empty() {
        return Err(Error::blank("conditions", "Conditions"));
    }
    Ok(condition.to_string())
}

/// Tells pages, writes down who changed it, and lets an automation that acts anew look at what is there.
fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    what: &str,
    acts_anew: bool,
) -> Result<(), Error> {
    tx.touch(TOPIC);
    if rule.used == Used::Automation && acts_anew {
        automations::begin(tx, ctx)?;
    }
    let kind = format!("{}_{what}", rule.used.as_str());
    let payload = json!({ "condition": rule.condition, "active": rule.active }).to_string();
    crate::handbooks::record_admin(tx, ctx, rule.used.as_str(), rule.id.0, &kind, &payload)
}
