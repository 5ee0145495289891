//! What a rule does to a ticket: decided as anything else is, saved as its own change set, and written down.

use std::collections::HashMap;

use domain::actions::{Acting, Action, Used, Who};
use domain::notices::What;
use domain::rules::{Asked, Outcome, Rule, decide_actions};
use domain::{
    Applied, AuditId, Author, CommentId, Effect, Event, FieldId, NewComment, Ticket, User, UserId,
};
use store::comments::Comment;
use store::rules::Run;
use store::tickets::Stored;
use store::{Kind, Tx};

use super::as_rule;
use crate::deliveries::Delivery;
use crate::notices::New;
use crate::placeholders::{self, Audience};
use crate::texts::{self, Body};
use crate::tickets::{CustomValue, Done};
use crate::{Ctx, Error, secrets};

/// Letters of what one of us is told at most.
const TOLD: usize = 500;
/// Letters of a post at most.
const POSTED: usize = 3_000;

/// What a rule asks for on a ticket, with the words it would write.
pub(super) struct Ready {
    pub(super) asked: Asked,
    note: Option<Comment>,
    values: Vec<CustomValue>,
    tells: Vec<Tell>,
    /// Actions that name what is not there any more.
    gone: Vec<String>,
    audit: AuditId,
}

/// Somebody or something to tell, once the rule has acted.
enum Tell {
    Person(UserId, String),
    Team(domain::TeamId, String, String),
    Webhook(domain::WebhookId, String),
}

/// Whether numbers are taken for what is to be stored; what is only tried needs none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    Taken,
    None,
}

/// Gets a rule's actions ready for a ticket: names looked up, words filled in. Nothing is stored yet.
pub(super) fn ready(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    stored: &Stored,
    acting: Acting,
    numbers: Numbers,
) -> Result<Ready, Error> {
    let (actions, gone) = present(tx, rule)?;
    let audit = match numbers {
        Numbers::Taken => AuditId(tx.next_id(Kind::Audit)?),
        Numbers::None => AuditId(0),
    };
    let mut ready = Ready {
        asked: Asked {
            actions: Vec::new(),
            note: None,
            fields: Vec::new(),
            acting,
            applied: Applied {
                used: rule.used,
                id: rule.id.0,
                title: rule.title.clone(),
                effects: Vec::new(),
                refused: Vec::new(),
            },
        },
        note: None,
        values: Vec::new(),
        tells: Vec::new(),
        gone,
        audit,
    };
    let mut words = Vec::new();
    for action in actions {
        match action {
            Action::Comment(text) => {
                words.push(placeholders::filled(tx, ctx, stored, &text, Audience::Ourselves)?);
            }
            Action::Field(id, value) => field(tx, &mut ready, stored, (id, value.as_deref()))?,
            Action::TellPerson(who, subject, body) => {
                let to = match who {
                    Who::Id(user) => Some(user),
                    Who::Assignee => stored.ticket.assignee,
                    Who::Me => acting.user,
                    Who::Nobody => None,
                };
                let said = if subject.is_empty() { body } else { format!("{subject}: {body}") };
                // Nobody is told what they did themselves.
                if let Some(to) = to.filter(|to| acting.user != Some(*to)) {
                    let said = plain(tx, ctx, stored, &said, TOLD)?;
                    ready.tells.push(Tell::Person(to, said));
                }
            }
            Action::TellTeam(team, subject, body) => {
                let subject = plain(tx, ctx, stored, &subject, 255)?;
                let body = plain(tx, ctx, stored, &body, POSTED)?;
                ready.tells.push(Tell::Team(team, subject, body));
            }
            Action::Webhook(webhook, body) => {
                let body = in_json(tx, ctx, stored, &body)?;
                ready.tells.push(Tell::Webhook(webhook, body));
            }
            other => ready.asked.actions.push(other),
        }
    }
    if !words.is_empty() {
        let id = match numbers {
            Numbers::Taken => CommentId(tx.next_id(Kind::Entry)?),
            Numbers::None => CommentId(0),
        };
        note(ctx, rule, stored, &mut ready, (id, &words.join("\n\n")));
    }
    ready.asked.applied.effects = ready
        .tells
        .iter()
        .map(|tell| match tell {
            Tell::Person(user, _) => Effect::Person(*user),
            Tell::Team(team, ..) => Effect::Team(*team),
            Tell::Webhook(webhook, _) => Effect::Webhook(*webhook),
        })
        .collect();
    Ok(ready)
}

/// The actions of a rule that can still be done, and why the others cannot.
fn present(tx: &mut Tx<'_>, rule: &Rule) -> Result<(Vec<Action>, Vec<String>), Error> {
    let (mut actions, mut gone) = (Vec::new(), Vec::new());
    for object in &rule.actions {
        match crate::actions::check(tx, rule.used, std::slice::from_ref(object)) {
            Ok(checked) => actions.extend(checked),
            Err(Error::Invalid(errors)) => {
                let why =
                    |error: &crate::FieldError| format!("{}: {}", object.field, error.description);
                gone.extend(errors.iter().map(why));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((actions, gone))
}

/// Words with what they name filled in, as plain text that others may read.
fn plain(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    text: &str,
    most: usize,
) -> Result<String, Error> {
    let values = placeholders::values(tx, ctx, stored, &[text], Audience::Others)?;
    let filled = domain::placeholders::fill(text, |name| values.get(name).cloned());
    Ok(filled.chars().take(most).collect())
}

/// A webhook's body: what it names is filled in so that it stays JSON.
fn in_json(tx: &mut Tx<'_>, ctx: &Ctx, stored: &Stored, text: &str) -> Result<String, Error> {
    let values: HashMap<String, String> =
        placeholders::values(tx, ctx, stored, &[text], Audience::Others)?;
    let value = |name: &str| values.get(name).map(|value| domain::placeholders::in_json(value));
    Ok(domain::placeholders::fill(text, value))
}

fn note(
    ctx: &Ctx,
    rule: &Rule,
    stored: &Stored,
    ready: &mut Ready,
    (id, words): (CommentId, &str),
) {
    let author = rule.made_by.unwrap_or(UserId(-1));
    let body = Body::markdown(words);
    let row = Comment {
        id,
        ticket: stored.ticket.id,
        audit: ready.audit,
        author,
        public: false,
        body: body.text,
        html: body.html,
        salt: secrets::hex(&secrets::random::<12>()),
        via: domain::Channel::System,
        details: None,
        attachments: Vec::new(),
        leaves_at: None,
        created_at: ctx.now,
    };
    let digest = secrets::digest(&row.salt, &row.body);
    ready.asked.note = Some(NewComment { id, author, by: Author::Other, public: false, digest });
    ready.note = Some(row);
}

/// A field that gets another value, and the tags its choices stand for.
fn field(
    tx: &mut Tx<'_>,
    ready: &mut Ready,
    stored: &Stored,
    (id, value): (i64, Option<&str>),
) -> Result<(), Error> {
    let Some(known) = store::fields::load(tx, FieldId(id))? else { return Ok(()) };
    let Ok(set) = crate::fields::value(&known, value) else { return Ok(()) };
    let present = store::tickets::field_values(tx, &[stored.ticket.id])?;
    let old = present.into_iter().find(|(_, field, _)| *field == id).map(|(_, _, value)| value);
    if old != set.value.1 {
        let place = ready.asked.actions.len();
        let change = domain::CustomChange {
            field: FieldId(id),
            digest: set
                .value
                .1
                .as_deref()
                .map(|value| secrets::digest(&secrets::hex(&secrets::random::<12>()), value)),
        };
        ready.asked.fields.retain(|(_, other)| other.field != FieldId(id));
        ready.asked.fields.push((place, change));
        ready.values.retain(|(other, _)| *other != id);
        ready.values.push(set.value);
    }
    if !set.remove.is_empty() {
        ready.asked.actions.push(Action::RemoveTags(set.remove));
    }
    if !set.add.is_empty() {
        ready.asked.actions.push(Action::AddTags(set.add));
    }
    Ok(())
}

/// What would become of it; nothing is stored.
pub(super) fn outcome(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    stored: &Stored,
    requester: &User,
    ready: &Ready,
) -> Result<Outcome, Error> {
    let ctx = as_rule(ctx, rule);
    let mut facts = crate::tickets::facts_of(tx, &ctx, stored, requester)?;
    let named = ready.asked.actions.iter().rev().find_map(|action| match action {
        Action::Assignee(Who::Id(user)) => Some(Some(*user)),
        Action::Assignee(Who::Me) => Some(ready.asked.acting.user),
        _ => None,
    });
    if let Some(user) = named.flatten().or(stored.ticket.assignee) {
        let is_agent = crate::actions::is_agent(tx, user)?;
        if is_agent || named.is_none() {
            facts.assignee = crate::tickets::candidate(tx, user)?;
        }
    }
    let mut outcome =
        decide_actions(&stored.ticket, &ready.asked, &facts, &ctx.actor, &ctx.handbook, ctx.now);
    outcome.refused.extend(ready.gone.iter().cloned());
    Ok(outcome)
}

/// Lets a rule act on a ticket. None if nothing came of it.
pub(super) fn act(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    stored: &Stored,
    acting: Acting,
) -> Result<Option<Done>, Error> {
    let requester = store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    let ready = ready(tx, ctx, rule, stored, acting, Numbers::Taken)?;
    let outcome = outcome(tx, ctx, rule, stored, &requester, &ready)?;
    let ctx = &as_rule(ctx, rule);
    let Some(decided) = outcome.decided else {
        if !outcome.refused.is_empty() {
            record(tx, ctx, rule, stored.ticket.id, None, "refused", outcome.refused)?;
        }
        return Ok(None);
    };
    let wrote = decided.events.iter().any(|(_, event)| matches!(event, Event::Commented { .. }));
    if let Some(note) = ready.note.as_ref().filter(|_| wrote) {
        store::comments::insert(tx, note)?;
    }
    for (field, value) in &ready.values {
        let is_set = |(_, event): &(jiff::Timestamp, Event)| matches!(event, Event::FieldChanged { field: set, .. } if set.0 == *field);
        if decided.events.iter().any(is_set) {
            store::tickets::set_field(tx, stored.ticket.id, *field, value.as_deref())?;
        }
    }
    let done = crate::tickets::save(tx, ctx, ready.audit, stored.clone(), decided, &requester)?;
    for (place, tell) in ready.tells.iter().enumerate() {
        told(tx, ctx, rule, &done, place, tell)?;
    }
    let result = if outcome.refused.is_empty() { "acted" } else { "refused" };
    record(tx, ctx, rule, stored.ticket.id, Some(done.audit), result, outcome.refused)?;
    Ok(Some(done))
}

/// What a rule tells somebody by one of its actions.
fn key(ticket: domain::TicketId, audit: AuditId, place: usize) -> String {
    format!("ticket:{ticket}:rule:{audit}:{place}")
}

/// Takes back what nobody has got yet of what rules told because of a change; and their notes, as an undone reply is.
/// Says whether something had left: it stays.
pub(crate) fn take_back(tx: &mut Tx<'_>, events: &[domain::Envelope]) -> Result<bool, Error> {
    let mut left = false;
    for one in events {
        match &one.event {
            Event::Commented { comment, .. } => {
                store::comments::delete(tx, *comment)?;
                left |= crate::notices::unsaid(tx, one.ticket, one.seq)?;
            }
            Event::Applied(applied) => {
                for (place, effect) in applied.effects.iter().enumerate() {
                    let key = key(one.ticket, one.audit, place);
                    left |= match effect {
                        Effect::Person(user) => !crate::notices::forget(tx, *user, &key)?,
                        Effect::Team(_) | Effect::Webhook(_) => {
                            !store::outbox::take_back(tx, &key)?
                        }
                    };
                }
            }
            _ => {}
        }
    }
    Ok(left)
}

fn told(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    done: &Done,
    place: usize,
    tell: &Tell,
) -> Result<(), Error> {
    let ticket: &Ticket = &done.stored.ticket;
    let key = key(ticket.id, done.audit, place);
    match tell {
        Tell::Person(to, text) => crate::notices::tell(
            tx,
            ctx,
            New {
                to: *to,
                what: What::Ruled { rule: rule.title.clone(), text: text.clone() },
                ticket: Some(ticket.id),
                team: None,
                by: None,
                at: ctx.now,
                key,
            },
        ),
        Tell::Team(team, subject, text) => {
            let Some(team) = store::teams::load(tx, *team)? else { return Ok(()) };
            let title =
                texts::one_line(if subject.is_empty() { &rule.title } else { subject }, 255);
            let link = format!("{}/tickets/{}", ctx.base_url, ticket.id);
            let id = store::outbox::next_id(tx)?;
            let delivery = Delivery {
                id,
                key,
                at: ctx.now,
                channel: "slack".to_owned(),
                kind: "notification".to_owned(),
                automatic: true,
                ticket: Some(ticket.id),
                user: None,
                to: vec![crate::notices::channel(ctx, &team)],
                subject: title,
                text: format!("{text}\n{link}"),
                html: None,
                payload: "{}".to_owned(),
            };
            store::outbox::insert(tx, &delivery)?;
            crate::deliveries::wait(tx, ctx, id)
        }
        Tell::Webhook(id, body) => match store::webhooks::load(tx, *id)? {
            Some(webhook) if webhook.active => {
                let what = (Some(ticket.id), rule.used.as_str());
                let id = crate::webhooks::queue(tx, ctx, &webhook, what, key, body)?;
                crate::deliveries::wait(tx, ctx, id)
            }
            Some(_) | None => Ok(()),
        },
    }
}

/// Writes down what a rule did, or why it could not.
pub(super) fn record(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    rule: &Rule,
    ticket: domain::TicketId,
    audit: Option<AuditId>,
    outcome: &str,
    details: Vec<String>,
) -> Result<(), Error> {
    let run = Run {
        id: 0,
        rule: rule.id,
        ticket,
        audit,
        at: ctx.now,
        outcome: outcome.to_owned(),
        details,
    };
    Ok(store::rules::record(tx, &run)?)
}

/// Who a change is by, as far as a rule's actions can name them.
pub(super) fn acting(tx: &mut Tx<'_>, ctx: &Ctx, rule: Used) -> Result<Acting, Error> {
    if rule == Used::Automation || !ctx.actor.is_agent() {
        return Ok(Acting::default());
    }
    crate::macros::acting(tx, ctx)
}
