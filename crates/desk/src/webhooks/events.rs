//! What webhooks are told by themselves: each event of a ticket that they subscribe to. Notes never leave.

use domain::webhooks::Webhook;
use domain::{Envelope, Event, EventId, Ticket};
use serde_json::{Value, json};
use store::Tx;
use store::tickets::Stored;

use super::{BY_TRIGGERS, queue};
use crate::{Ctx, Error, deliveries};

/// The types of events one can subscribe to.
pub(super) const TYPES: [&str; 7] = [
    "zen:event-type:ticket.created",
    "zen:event-type:ticket.status_changed",
    "zen:event-type:ticket.priority_changed",
    "zen:event-type:ticket.group_assignment_changed",
    "zen:event-type:ticket.agent_assignment_changed",
    "zen:event-type:ticket.tags_changed",
    "zen:event-type:ticket.comment_added",
];

/// The webhooks that are told by themselves.
pub(crate) fn subscribed(tx: &mut Tx<'_>) -> Result<Vec<Webhook>, Error> {
    let mut all = store::webhooks::all(tx)?;
    all.retain(|one| one.active && one.subscriptions.iter().any(|name| name != BY_TRIGGERS));
    Ok(all)
}

/// Queues what these webhooks want to know of a change set.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    webhooks: &[Webhook],
    before: Option<&Ticket>,
    stored: &Stored,
    events: &[Envelope],
) -> Result<(), Error> {
    for envelope in events {
        let Some((kind, event)) = told(before, &stored.ticket, envelope) else { continue };
        let kind = format!("zen:event-type:ticket.{kind}");
        for webhook in webhooks.iter().filter(|one| one.subscriptions.contains(&kind)) {
            let id = envelope.id;
            let body = json!({
                "account_id": ctx.secrets.instance,
                "id": format!("{}-{id}", ctx.secrets.instance),
                "type": kind,
                "subject": format!("zen:ticket:{}", stored.ticket.id),
                "time": envelope.at.to_string(),
                "zendesk_event_version": "2022-11-06",
                "detail": detail(stored),
                "event": event,
            });
            let key = key(webhook, id);
            let what = (Some(stored.ticket.id), "event");
            let id = queue(tx, ctx, webhook, what, key, &body.to_string())?;
            deliveries::wait(tx, ctx, id)?;
            // What happened first is told first.
            store::outbox::queue_up(tx, id)?;
        }
    }
    Ok(())
}

fn key(webhook: &Webhook, event: EventId) -> String {
    format!("webhook:{}:event:{event}", webhook.id)
}

/// Takes back what webhooks were to be told of events and were not yet. Says whether something had left: it stays.
pub(crate) fn untell(tx: &mut Tx<'_>, events: &[Envelope]) -> Result<bool, Error> {
    let mut left = false;
    for webhook in subscribed(tx)? {
        for envelope in events {
            left |= !store::outbox::take_back(tx, &key(&webhook, envelope.id))?;
        }
    }
    Ok(left)
}

/// The API's name of an event, and what it says; none for what nobody subscribes to, and for notes.
fn told(
    before: Option<&Ticket>,
    after: &Ticket,
    envelope: &Envelope,
) -> Option<(&'static str, Value)> {
    let text = |id: Option<i64>| id.map_or(Value::Null, |id| id.to_string().into());
    let changed =
        |current: Value, previous: Value| json!({ "current": current, "previous": previous });
    let word = |ticket: &Ticket| Value::from(ticket.priority.as_str().to_uppercase());
    Some(match &envelope.event {
        Event::Opened(_) => ("created", json!({ "meta": { "version": "1.0" } })),
        Event::StatusChanged { from, to, .. } => {
            let upper = |status: &domain::Status| Value::from(status.as_str().to_uppercase());
            ("status_changed", changed(upper(to), upper(from)))
        }
        Event::PriorityDecided { .. } | Event::PriorityOverridden { .. } => {
            let before = before.filter(|before| before.priority != after.priority)?;
            ("priority_changed", changed(word(after), word(before)))
        }
        Event::TeamChanged { from, to } => {
            ("group_assignment_changed", changed(text(Some(to.0)), text(Some(from.0))))
        }
        Event::Assigned { to } => {
            let previous = before.and_then(|before| before.assignee).map(|id| id.0);
            ("agent_assignment_changed", changed(text(to.map(|id| id.0)), text(previous)))
        }
        Event::Tagged { tags } => {
            let had = before.map(|before| before.tags.clone()).unwrap_or_default();
            let added: Vec<&String> = tags.iter().filter(|tag| !had.contains(tag)).collect();
            let removed: Vec<&String> = had.iter().filter(|tag| !tags.contains(tag)).collect();
            ("tags_changed", json!({ "tags_added": added, "tags_removed": removed }))
        }
        Event::Commented { comment, author, public: true, .. } => {
            let id = comment.to_string();
            let author = json!({ "id": author.to_string() });
            (
                "comment_added",
                json!({ "comment": { "id": id, "author": author, "is_public": true } }),
            )
        }
        _ => return None,
    })
}

fn detail(stored: &Stored) -> Value {
    let ticket = &stored.ticket;
    let text = |id: Option<i64>| id.map_or(Value::Null, |id| id.to_string().into());
    json!({
        "id": ticket.id.to_string(),
        "subject": stored.subject,
        "status": ticket.status.as_str().to_uppercase(),
        "priority": ticket.priority.as_str().to_uppercase(),
        "requester_id": ticket.requester.to_string(),
        "submitter_id": ticket.submitter.to_string(),
        "assignee_id": text(ticket.assignee.map(|id| id.0)),
        "group_id": ticket.team.to_string(),
        "organization_id": text(ticket.organization.map(|id| id.0)),
        "tags": ticket.tags,
        "via": { "channel": ticket.channel.as_str() },
        "created_at": ticket.created_at.to_string(),
        "updated_at": ticket.updated_at.to_string(),
    })
}
