//! A ticket and its comments as the API writes them.

use desk::tickets::{Comment, Listed};
use desk::{Error, Tx};
use domain::{Channel, Field};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::attachments;

/// An instant as the API writes it: UTC, whole seconds.
pub(crate) fn time(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// The fields of tickets that are not the API's own system fields, and the one that holds the type.
pub(crate) struct CustomFields {
    /// Every field, system ones included.
    pub all: Vec<Field>,
}

/// The API's own fields, which are properties of the ticket itself.
const SYSTEM: [&str; 7] =
    ["subject", "description", "status", "tickettype", "priority", "group", "assignee"];

/// Loads the ticket fields.
pub(crate) fn custom_fields(tx: &mut Tx<'_>) -> Result<CustomFields, Error> {
    Ok(CustomFields { all: desk::tickets::beside::fields(tx)? })
}

impl CustomFields {
    /// The fields clients call custom, active ones only.
    pub(crate) fn custom(&self) -> impl Iterator<Item = &Field> {
        self.all.iter().filter(|field| field.active && !SYSTEM.contains(&field.kind.as_str()))
    }

    /// The system field that keeps the ticket's type.
    pub(crate) fn ticket_type(&self) -> Option<&Field> {
        self.all.iter().find(|field| field.kind == "tickettype")
    }
}

/// A custom field's value on a ticket.
#[derive(Serialize, Clone)]
pub(crate) struct FieldValue {
    pub(crate) id: i64,
    value: Value,
}

/// `via` with all three keys of its source.
#[derive(Serialize, Clone)]
pub(crate) struct Via {
    channel: &'static str,
    source: Source,
}

#[derive(Serialize, Clone)]
struct Source {
    from: Value,
    to: Value,
    rel: Option<&'static str>,
}

/// The word for a channel in the API.
pub(crate) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::App => "web",
        other => other.as_str(),
    }
}

/// A plain `via`.
pub(crate) fn via(of: Channel) -> Via {
    Via { channel: channel(of), source: Source { from: json!({}), to: json!({}), rel: None } }
}

/// A ticket as the API writes it; every key is always there.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the wire format has them")]
pub(crate) struct Ticket<'t> {
    id: i64,
    url: String,
    external_id: Option<&'t str>,
    via: Via,
    created_at: String,
    updated_at: String,
    generated_timestamp: i64,
    r#type: Value,
    subject: &'t str,
    raw_subject: &'t str,
    description: &'t str,
    priority: &'static str,
    status: &'static str,
    custom_status_id: Option<i64>,
    recipient: Option<&'t str>,
    requester_id: i64,
    submitter_id: i64,
    assignee_id: Option<i64>,
    group_id: i64,
    organization_id: Option<i64>,
    brand_id: Option<i64>,
    ticket_form_id: Option<i64>,
    problem_id: Option<i64>,
    collaborator_ids: Vec<i64>,
    follower_ids: Vec<i64>,
    email_cc_ids: Vec<i64>,
    sharing_agreement_ids: Vec<i64>,
    followup_ids: Vec<i64>,
    forum_topic_id: Option<i64>,
    has_incidents: bool,
    is_public: bool,
    due_at: Option<String>,
    tags: &'t [String],
    custom_fields: Vec<FieldValue>,
    fields: Vec<FieldValue>,
    satisfaction_rating: Value,
    allow_channelback: bool,
    allow_attachments: bool,
    from_messaging_channel: bool,
    version: i64,
    hold_until: Option<String>,
    solve_cause: Option<&'static str>,
    claims_ticket_id: Option<i64>,
}

/// The values of all custom fields of a ticket, null where empty.
pub(crate) fn field_values(listed: &Listed, fields: &CustomFields) -> Vec<FieldValue> {
    let ticket = &listed.stored.ticket;
    let text = |word: Option<&str>| word.map_or(Value::Null, Value::from);
    fields
        .custom()
        .map(|field| {
            let value = match field.key.as_deref() {
                Some("severity") => text(ticket.severity.map(domain::Severity::as_str)),
                Some("area") => text(ticket.area.as_deref()),
                Some("kind") => text(ticket.kind.map(domain::Kind::as_str)),
                _ => stored_value(listed, field.id.0),
            };
            FieldValue { id: field.id.0, value }
        })
        .collect()
}

fn stored_value(listed: &Listed, field: i64) -> Value {
    let found = listed.fields.iter().find(|(id, _)| *id == field);
    found.and_then(|(_, value)| serde_json::from_str(value).ok()).unwrap_or_default()
}

/// Whose mail it was, and to whom.
fn from_mail(source: &mut Source, details: &str, mailbox: Option<&str>) {
    let details: Value = serde_json::from_str(details).unwrap_or_default();
    source.from = json!({ "address": details["from"], "name": details["from_name"] });
    source.to = json!({ "address": mailbox, "name": null });
}

/// Those who follow a ticket, and those copied in, each once.
fn collaborators(listed: &Listed) -> Vec<domain::UserId> {
    let mut all = listed.followers.clone();
    all.extend(listed.stored.ticket.ccs.iter().filter(|id| !listed.followers.contains(id)));
    all
}

/// A ticket as the API writes it.
pub(crate) fn ticket<'t>(listed: &'t Listed, fields: &CustomFields, base: &str) -> Ticket<'t> {
    let stored = &listed.stored;
    let ticket = &stored.ticket;
    let custom_fields = field_values(listed, fields);
    let ccs: Vec<i64> = ticket.ccs.iter().map(|id| id.0).collect();
    let mut source = via(ticket.channel);
    if let Some(details) = &listed.details {
        from_mail(&mut source.source, details, stored.mailbox.as_deref());
    }
    if let Some(id) = ticket.follow_up_of {
        source.source.rel = Some("follow_up");
        source.source.from["ticket_id"] = id.0.into();
    }
    Ticket {
        id: ticket.id.0,
        url: format!("{base}/api/v2/tickets/{}.json", ticket.id),
        external_id: stored.external_id.as_deref(),
        via: source,
        created_at: time(ticket.created_at),
        updated_at: time(ticket.updated_at),
        generated_timestamp: ticket.updated_at.as_second(),
        r#type: fields
            .ticket_type()
            .map(|field| stored_value(listed, field.id.0))
            .unwrap_or_default(),
        subject: &stored.subject,
        raw_subject: &stored.subject,
        description: &listed.description,
        priority: ticket.priority.as_str(),
        status: ticket.status.as_str(),
        custom_status_id: None,
        recipient: stored.mailbox.as_deref(),
        requester_id: ticket.requester.0,
        submitter_id: ticket.submitter.0,
        assignee_id: ticket.assignee.map(|id| id.0),
        group_id: ticket.team.0,
        organization_id: ticket.organization.map(|id| id.0),
        brand_id: stored.brand.map(|id| id.0).or(Some(1)),
        ticket_form_id: Some(1),
        problem_id: None,
        collaborator_ids: collaborators(listed).into_iter().map(|id| id.0).collect(),
        follower_ids: listed.followers.iter().map(|id| id.0).collect(),
        email_cc_ids: ccs,
        sharing_agreement_ids: Vec::new(),
        followup_ids: listed.follow_ups.iter().map(|id| id.0).collect(),
        forum_topic_id: None,
        has_incidents: false,
        is_public: ticket.public,
        due_at: None,
        tags: &ticket.tags,
        fields: custom_fields.clone(),
        custom_fields,
        satisfaction_rating: crate::satisfaction::of_ticket(listed.survey.as_ref()),
        allow_channelback: false,
        allow_attachments: true,
        from_messaging_channel: false,
        version: ticket.seq,
        hold_until: ticket.hold_until.map(time),
        solve_cause: ticket.cause.map(domain::Cause::as_str),
        claims_ticket_id: ticket.claims.map(|id| id.0),
    }
}

/// A comment as the API writes it. The pictures that stand in its text are listed where they are asked for.
pub(crate) fn comment(comment: &Comment, base: &str, inline: bool) -> Value {
    let files = comment.attachments.iter().filter(|file| inline || !file.inline);
    let files: Vec<Value> =
        files.map(|file| attachments::attachment(file, comment.public, base)).collect();
    json!({
        "id": comment.id.0,
        "type": "Comment",
        "author_id": comment.author.0,
        "audit_id": comment.audit.0,
        "body": comment.body,
        "html_body": comment.html,
        "plain_body": desk::texts::words_of(&comment.html),
        "public": comment.public,
        "attachments": files,
        "via": via(comment.via),
        "metadata": { "system": {}, "custom": {} },
        "created_at": time(comment.created_at),
    })
}
