//! A ticket as its customer sees it, in JSON.

use desk::tickets::Listed;
use domain::Field;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::tickets::json::{self as shape, CustomFields};

/// How much of a ticket a request shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sees {
    /// What one of us may see.
    Everything,
    /// What its customer may see: no word about who works on it, how pressing it is, or what only we write down.
    Own,
}

impl Sees {
    /// What the caller may see.
    pub(super) fn of(caller: &Caller) -> Self {
        let answers = caller.user.as_ref().is_some_and(|user| user.role.answers());
        if answers { Self::Everything } else { Self::Own }
    }
}

/// A ticket from its customer's side.
pub(super) fn request(listed: &Listed, fields: &CustomFields, base: &str, sees: Sees) -> Value {
    let stored = &listed.stored;
    let ticket = &stored.ticket;
    let inside = sees == Sees::Everything;
    let mut values = shape::field_values(listed, fields);
    if !inside {
        values
            .retain(|value| fields.custom().any(|field| field.id.0 == value.id && is_open(field)));
    }
    let values = serde_json::to_value(values).unwrap_or_default();
    let ccs: Vec<i64> = ticket.ccs.iter().map(|id| id.0).collect();
    json!({
        "id": ticket.id.0,
        "url": format!("{base}/api/v2/requests/{}.json", ticket.id),
        "status": ticket.status.as_str(),
        "priority": inside.then(|| ticket.priority.as_str()),
        "type": null,
        "subject": stored.subject,
        "description": if inside || listed.first_is_public { listed.description.as_str() } else { "" },
        "organization_id": ticket.organization.map(|id| id.0),
        "via": shape::via(ticket.channel),
        "custom_fields": values,
        "fields": values,
        "requester_id": ticket.requester.0,
        "collaborator_ids": ccs,
        "email_cc_ids": ccs,
        "is_public": ticket.public,
        "due_at": null,
        "can_be_solved_by_me": !ticket.status.is_done() && ticket.assignee.is_some(),
        "solved": ticket.status.is_done(),
        "created_at": shape::time(ticket.created_at),
        "updated_at": shape::time(ticket.updated_at),
        "recipient": stored.mailbox,
        "followup_source_id": ticket.follow_up_of.map(|id| id.0),
        "assignee_id": ticket.assignee.filter(|_| inside).map(|id| id.0),
        "group_id": inside.then_some(ticket.team.0),
        "ticket_form_id": 1,
        "custom_status_id": null,
        "promise": ticket.promise.as_ref().map(|promise| &promise.text),
    })
}

/// Whether customers see a field: what they were asked themselves, and what an admin shows them.
fn is_open(field: &Field) -> bool {
    let is_shown = field.properties.get("visible_in_portal").and_then(Value::as_bool);
    field.key.is_some() || is_shown.unwrap_or_default()
}
