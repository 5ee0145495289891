//! What a macro would do, and doing it.

use domain::actions::{Acting, Action, Used, stage};
use domain::{Applied, Changes, Macro, Ticket, TicketId};
use store::Tx;
use store::tickets::Stored;

use crate::placeholders::{self, Audience};
use crate::texts::Body;
use crate::tickets::{Done, Reply, Update};
use crate::{Act, Ctx, Error, require};

/// What a macro would do to a ticket; nothing is changed.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// Everything but the words.
    pub update: Update,
    /// The words, filled in.
    pub words: Option<String>,
    /// Whether they are for the customer; none is as the ticket is.
    pub public: Option<bool>,
}

/// What a macro would do to a ticket. What is not there any more, a team or an agent, is left out.
pub fn prepare(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    one: &Macro,
    stored: &Stored,
) -> Result<Prepared, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let mut actions = Vec::new();
    for object in &one.actions {
        match crate::actions::check(tx, Used::Macro, std::slice::from_ref(object)) {
            Ok(checked) => actions.extend(checked),
            Err(Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let public = actions.iter().rev().find_map(|action| match action {
        Action::IsPublic(public) => Some(*public),
        _ => None,
    });
    let acting = acting(tx, ctx)?;
    let mut prepared = Prepared { public, ..Prepared::default() };
    let mut changes = Changes::default();
    for action in &actions {
        match action {
            Action::Comment(text) => {
                let audience =
                    if public == Some(false) { Audience::Ourselves } else { Audience::Others };
                let words = placeholders::filled(tx, ctx, stored, text, audience)?;
                prepared.words = Some(match prepared.words.take() {
                    Some(before) => format!("{before}\n\n{words}"),
                    None => words,
                });
            }
            Action::Field(id, value) => {
                field(
                    tx,
                    &mut changes,
                    &mut prepared.update,
                    &stored.ticket,
                    (*id, value.as_deref()),
                )?;
            }
            other => stage(&mut changes, other, &stored.ticket, acting, &reason(one)),
        }
    }
    let update = &mut prepared.update;
    update.status = changes.status;
    update.level = changes.level;
    update.severity = changes.severity;
    update.area = changes.area;
    update.kind = changes.kind;
    update.team = changes.team;
    update.assignee = changes.assignee;
    update.tags = changes.tags;
    update.applied = Some(Applied {
        used: Used::Macro,
        id: one.id.0,
        title: one.title.clone(),
        effects: Vec::new(),
        refused: Vec::new(),
    });
    Ok(prepared)
}

/// An update with what its macro changes, where the update itself says nothing. A macro that was deleted meanwhile
/// changes nothing.
pub(crate) fn merged(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    update: &Update,
) -> Result<Update, Error> {
    let Some(id) = update.macro_used else { return Ok(update.clone()) };
    let one = match super::show(tx, ctx, id) {
        Ok(one) => one,
        Err(Error::NotFound) => return Ok(update.clone()),
        Err(error) => return Err(error),
    };
    let said = prepare(tx, ctx, &one, stored)?.update;
    let mut merged = update.clone();
    merged.status = merged.status.or(said.status);
    merged.level = merged.level.or(said.level);
    merged.severity = merged.severity.or(said.severity);
    merged.area = merged.area.or(said.area);
    merged.kind = merged.kind.or(said.kind);
    merged.team = merged.team.or(said.team);
    merged.assignee = merged.assignee.or(said.assignee);
    merged.tags = merged.tags.or(said.tags);
    if merged.fields.is_empty() {
        merged.fields = said.fields;
    }
    merged.applied = said.applied;
    Ok(merged)
}

fn reason(one: &Macro) -> String {
    format!("macro {}", one.title)
}

/// A field that is set, and the tags its choices stand for.
fn field(
    tx: &mut Tx<'_>,
    changes: &mut Changes,
    update: &mut Update,
    ticket: &Ticket,
    (id, value): (i64, Option<&str>),
) -> Result<(), Error> {
    let fields = store::fields::all(tx, "ticket")?;
    let Some(known) = fields.iter().find(|field| field.id.0 == id) else { return Ok(()) };
    let Ok(set) = crate::fields::value(known, value) else { return Ok(()) };
    update.fields.retain(|(other, _)| *other != id);
    update.fields.push(set.value);
    for action in [Action::RemoveTags(set.remove), Action::AddTags(set.add)] {
        let (Action::RemoveTags(tags) | Action::AddTags(tags)) = &action else { continue };
        if !tags.is_empty() {
            stage(changes, &action, ticket, Acting::default(), "");
        }
    }
    Ok(())
}

/// The one who acts and their own team.
pub(crate) fn acting(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Acting, Error> {
    let Some(user) = ctx.actor.user() else { return Ok(Acting::default()) };
    let team = crate::tickets::candidate(tx, user)?.default_team;
    Ok(Acting { user: Some(user), team })
}

/// Does at once what a macro without words does; `seen` is the version the caller has read.
///
/// # Errors
///
/// A macro with words is refused: they are looked at and sent by the one who answers.
pub fn apply(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: TicketId,
    one: &Macro,
    seen: Option<i64>,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = &crate::tickets::fresh(tx, ctx, ticket)?;
    let prepared = prepare(tx, ctx, one, stored)?;
    if prepared.words.is_some() {
        let what = "Macro: has words, which are sent from the composer";
        return Err(Error::invalid("macro", "InvalidValue", what));
    }
    crate::tickets::update(tx, ctx, ticket, &Update { seen, ..prepared.update })
}

/// Does at once all that a macro does, and sends its words as any reply.
///
/// # Errors
///
/// Words in which a placeholder is left, for nothing is known that fits it, are not sent; neither is anything of a macro
/// that is not offered any more.
pub fn send(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, one: &Macro) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if !one.active {
        return Err(Error::NotFound);
    }
    let (stored, ctx) = &crate::tickets::fresh(tx, ctx, ticket)?;
    let prepared = prepare(tx, ctx, one, stored)?;
    let mut update = prepared.update;
    if let Some(words) = &prepared.words {
        if let Some(left) = domain::placeholders::unfilled(words) {
            let what = format!("Macro: nothing is known for {left}");
            return Err(Error::invalid("macro", "InvalidValue", what));
        }
        let public = Some(prepared.public.unwrap_or(stored.ticket.public));
        let body = Body::markdown(words);
        update.comment = Some(Reply { body, public, author: None, details: None });
    }
    crate::tickets::update(tx, ctx, ticket, &update)
}
