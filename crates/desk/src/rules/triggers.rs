//! After a change of a ticket: the triggers, in the transaction that made it.
//!
//! They are asked by position. One whose condition holds acts, as a change set of its own, and then all are asked again
//! from the beginning, for it may have changed what others ask for. Each acts once for a change, so the rounds end;
//! where one would act again after others had undone what it did, that is written down as stopped.

use domain::actions::Used;
use domain::conditions::{Asker, ChangeSet, Condition, Item, Place, is_update};
use domain::rules::Rule;
use domain::{Actor, Envelope, Ticket, UserId};
use store::Tx;
use store::tickets::Stored;

use super::{act, automations, condition};
use crate::tickets::Done;
use crate::{Ctx, Error, search};

/// How many times triggers act for one change at most, all of them together.
const MOST: usize = 50;

/// A trigger with its condition, names looked up.
struct Asked<'r> {
    rule: &'r Rule,
    condition: Condition,
    /// Whether it has acted for this change, and whether its condition has been false since.
    acted: bool,
    settled: bool,
    stopped: bool,
}

/// What a change set looks like to triggers.
struct Change<'a> {
    before: Option<&'a Ticket>,
    events: Vec<Envelope>,
    actor: Actor,
}

/// Lets the triggers act that a change asks for, and says when automations are to look at the ticket.
pub(crate) fn after(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rules: &[Rule],
    before: Option<&Ticket>,
    done: Done,
) -> Result<Done, Error> {
    if done.events.is_empty() {
        return Ok(done);
    }
    let mut stored = done.stored;
    if is_update(&done.events) {
        let change = Change { before, events: done.events.clone(), actor: ctx.actor.clone() };
        stored = rounds(tx, ctx, rules, stored, change)?;
    }
    automations::schedule(tx, ctx, rules, &stored.ticket)?;
    Ok(Done { stored, ..done })
}

fn rounds(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rules: &[Rule],
    mut stored: Stored,
    mut change: Change<'_>,
) -> Result<Stored, Error> {
    let asker = search::asker(tx, ctx)?;
    let mut asked = Vec::new();
    for rule in rules.iter().filter(|rule| rule.used == Used::Trigger) {
        let condition = search::meant(tx, ctx, &condition(rule))?.condition;
        asked.push(Asked { rule, condition, acted: false, settled: false, stopped: false });
    }
    let acting = act::acting(tx, ctx, Used::Trigger)?;
    let mut times = 0;
    while let Some(next) = next(tx, ctx, &mut asked, &stored, &change, &asker)? {
        let rule = asked[next].rule;
        if times == MOST {
            let why = format!("{MOST} triggers had acted for this change already");
            act::record(tx, ctx, rule, stored.ticket.id, None, "stopped", vec![why])?;
            break;
        }
        times += 1;
        asked[next].acted = true;
        if let Some(done) = act::act(tx, ctx, rule, &stored, acting)? {
            stored = done.stored;
            change.events.extend(done.events);
        }
    }
    Ok(stored)
}

/// The first trigger that has not acted for this change and whose condition holds.
fn next(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    asked: &mut [Asked<'_>],
    stored: &Stored,
    change: &Change<'_>,
    asker: &Asker,
) -> Result<Option<usize>, Error> {
    let texts = Texts::read(tx, &asked.iter().map(|one| &one.condition), stored, change)?;
    let in_hours = in_hours(tx, ctx, &stored.ticket)?;
    let item = texts.item(stored, change, in_hours);
    for (place, one) in asked.iter_mut().enumerate() {
        let holds = one.condition.holds(&item, asker);
        match (one.acted, holds) {
            (false, true) => return Ok(Some(place)),
            (true, false) => one.settled = true,
            (true, true) if one.settled && !one.stopped => {
                one.stopped = true;
                let why = "it acted for this change already, and other triggers undid what it did";
                let id = stored.ticket.id;
                act::record(tx, ctx, one.rule, id, None, "stopped", vec![why.to_owned()])?;
            }
            _ => {}
        }
    }
    Ok(None)
}

fn in_hours(tx: &mut Tx<'_>, ctx: &Ctx, ticket: &Ticket) -> Result<bool, Error> {
    let team = store::teams::load(tx, ticket.team)?;
    let slug = team.and_then(|team| team.slug);
    let calendar = match slug.as_deref() {
        Some(slug) => ctx.handbook.calendar(slug),
        None => ctx.handbook.company_calendar(),
    };
    Ok(calendar.is_open(ctx.now))
}

/// Words and fields that conditions look at, as far as any does.
#[derive(Default)]
struct Texts {
    description: String,
    comments: Vec<(UserId, String)>,
    fields: Vec<(i64, String)>,
}

impl Texts {
    fn read<'c>(
        tx: &mut Tx<'_>,
        conditions: &(impl Iterator<Item = &'c Condition> + Clone),
        stored: &Stored,
        change: &Change<'_>,
    ) -> Result<Self, Error> {
        let mut texts = Self::default();
        let wants = |wanted: fn(&Condition) -> bool| {
            conditions.clone().any(|condition| mentions(condition, wanted))
        };
        let has_words = |one: &Condition| {
            matches!(
                one,
                Condition::Text(..)
                    | Condition::Person(domain::conditions::PersonField::Commenter, _)
            )
        };
        if wants(|one| matches!(one, Condition::Text(Place::Anywhere | Place::Description, _))) {
            let first = store::comments::load(tx, stored.first_comment)?;
            texts.description = first.map(|first| first.body).unwrap_or_default();
        }
        if wants(has_words) {
            let ids: Vec<domain::CommentId> = change
                .events
                .iter()
                .filter_map(|one| match one.event {
                    domain::Event::Commented { comment, .. } => Some(comment),
                    _ => None,
                })
                .collect();
            let said = store::comments::many(tx, &ids)?;
            texts.comments = said.into_iter().map(|one| (one.author, one.body)).collect();
        }
        if wants(|one| matches!(one, Condition::Custom(..))) {
            let values = store::tickets::field_values(tx, &[stored.ticket.id])?;
            texts.fields = values.into_iter().map(|(_, field, value)| (field, value)).collect();
        }
        Ok(texts)
    }

    fn item<'a>(&'a self, stored: &'a Stored, change: &'a Change<'_>, in_hours: bool) -> Item<'a> {
        Item {
            ticket: &stored.ticket,
            subject: &stored.subject,
            description: &self.description,
            external_id: stored.external_id.as_deref(),
            fields: &self.fields,
            comments: &self.comments,
            change: Some(ChangeSet {
                before: change.before,
                events: &change.events,
                actor: &change.actor,
                in_hours,
            }),
        }
    }
}

/// Whether a part of a condition is so.
fn mentions(condition: &Condition, wanted: fn(&Condition) -> bool) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().any(|part| mentions(part, wanted))
        }
        Condition::Not(part) | Condition::Was(part) => mentions(part, wanted),
        other => wanted(other),
    }
}

/// Which of these triggers' conditions a recorded change set fulfils; for trying them. (see `trial`)
pub(super) fn holds_for(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    stored: &Stored,
    (before, events, actor): (Option<&Ticket>, &[Envelope], &Actor),
) -> Result<bool, Error> {
    let change = Change { before, events: events.to_vec(), actor: actor.clone() };
    if !is_update(events) {
        return Ok(false);
    }
    let by = ctx.acting_as(actor.clone());
    let meant = search::meant(tx, &by, &condition(rule))?;
    let texts = Texts::read(tx, &std::iter::once(&meant.condition), stored, &change)?;
    let in_hours = in_hours(tx, ctx, &stored.ticket)?;
    let item = texts.item(stored, &change, in_hours);
    Ok(meant.condition.holds(&item, &meant.asker))
}
