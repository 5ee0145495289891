//! Change sets in the API's shape.

use axum::extract::{Path, State};
use desk::tickets::{Comment, Done};
use desk::{Act, Desk, Error, Key, Tx};
use domain::{Envelope, Event, Ticket, TicketId};
use serde_json::{Value, json};

use super::json::{comment, time, via};
use crate::answers::{Answer, ok};
use crate::body::path_id;
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/audits", Act::ReadDesk, list),
        Route::get("/tickets/{id}/audits/count", Act::ReadDesk, count),
        Route::get("/tickets/{id}/audits/{audit}", Act::ReadDesk, show),
    ]
}

/// The change set of a command that has just run.
pub(super) fn of_change(tx: &mut Tx<'_>, ctx: &desk::Ctx, done: &Done) -> Result<Value, Error> {
    let ids: Vec<_> = done.events.iter().filter_map(comment_id).collect();
    let comments = desk::tickets::comments_by_id(tx, &ids)?;
    let words = Words::read(tx, ctx, &done.stored, &done.events)?;
    Ok(audit(&done.events, &comments, &words, &mut None, done))
}

/// The erasable words that events only have digests of. Present ones are known; what they were before is not kept.
struct Words {
    /// Where our pages are.
    base: std::sync::Arc<str>,
    subject: String,
    /// Values of custom fields as they are now.
    fields: Vec<(i64, Value)>,
    /// The events that set what is there now.
    latest: Vec<domain::EventId>,
}

impl Words {
    fn read(
        tx: &mut Tx<'_>,
        ctx: &desk::Ctx,
        stored: &desk::tickets::Stored,
        events: &[Envelope],
    ) -> Result<Self, Error> {
        let values = desk::tickets::field_values(tx, stored.ticket.id)?;
        let fields = values
            .into_iter()
            .map(|(field, value)| (field, serde_json::from_str(&value).unwrap_or_default()));
        let mut set = std::collections::HashMap::new();
        for envelope in events {
            let what = match &envelope.event {
                Event::Opened(_) | Event::SubjectChanged { .. } => 0,
                Event::FieldChanged { field, .. } => field.0,
                _ => continue,
            };
            set.insert(what, envelope.id);
        }
        Ok(Self {
            base: ctx.base_url.clone(),
            subject: stored.subject.clone(),
            fields: fields.collect(),
            latest: set.into_values().collect(),
        })
    }

    fn subject(&self, event: domain::EventId) -> Value {
        if self.latest.contains(&event) { self.subject.as_str().into() } else { Value::Null }
    }

    fn field(&self, event: domain::EventId, field: domain::FieldId) -> Value {
        let found = self.fields.iter().find(|(id, _)| *id == field.0);
        let value = found.filter(|_| self.latest.contains(&event));
        value.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

fn comment_id(envelope: &Envelope) -> Option<domain::CommentId> {
    match &envelope.event {
        Event::Commented { comment, .. } => Some(*comment),
        _ => None,
    }
}

trait Place {
    fn audit_id(&self) -> i64;
    fn ticket_id(&self) -> i64;
    fn at(&self) -> jiff::Timestamp;
}

impl Place for Done {
    fn audit_id(&self) -> i64 {
        self.audit.0
    }
    fn ticket_id(&self) -> i64 {
        self.stored.ticket.id.0
    }
    fn at(&self) -> jiff::Timestamp {
        self.stored.ticket.updated_at
    }
}

impl Place for Envelope {
    fn audit_id(&self) -> i64 {
        self.audit.0
    }
    fn ticket_id(&self) -> i64 {
        self.ticket.0
    }
    fn at(&self) -> jiff::Timestamp {
        self.at
    }
}

/// One change set. `state` is the ticket before it where it is known; previous values are read from it.
fn audit(
    events: &[Envelope],
    comments: &[Comment],
    words: &Words,
    state: &mut Option<Ticket>,
    place: &impl Place,
) -> Value {
    let person = events.iter().find_map(Envelope::person);
    let mut list = Vec::new();
    let opening = events.first().is_some_and(|envelope| envelope.seq == 1);
    for envelope in events {
        event(envelope, comments, words, state.as_ref(), opening, &mut list);
        match state {
            Some(ticket) => ticket.fold(envelope.at, &envelope.event),
            None => *state = Ticket::replay(envelope.ticket, [(envelope.at, &envelope.event)]),
        }
    }
    let applied = events.iter().find_map(|envelope| match &envelope.event {
        Event::Applied(applied) if person.is_none() => Some(applied),
        _ => None,
    });
    for value in &mut list {
        if let Some(applied) = applied.filter(|_| value["via"]["channel"] == "rule") {
            value["via"]["source"]["from"] = json!({ "id": applied.id, "title": applied.title });
            value["via"]["source"]["rel"] = applied.used.as_str().into();
        }
    }
    json!({
        "id": place.audit_id(),
        "ticket_id": place.ticket_id(),
        "created_at": time(events.first().map_or(place.at(), |envelope| envelope.at)),
        "author_id": person.map_or(-1, |id| id.0),
        "via": events.first().map(|envelope| via(envelope.via)),
        "metadata": { "system": {}, "custom": {} },
        "events": list,
    })
}

#[expect(clippy::too_many_lines, reason = "one line an event: the table of both vocabularies")]
fn event(
    envelope: &Envelope,
    comments: &[Comment],
    words: &Words,
    before: Option<&Ticket>,
    opening: bool,
    list: &mut Vec<Value>,
) {
    let id = envelope.id.0;
    let first = list.len();
    let mut push = |mut value: Value| {
        // The opening has numbers to spare, one for each field it sets.
        let place = i64::try_from(list.len() - first).unwrap_or_default();
        value["id"] = (id + place).into();
        if envelope.actor_kind == "rule" {
            value["via"] = json!({ "channel": "rule",
                "source": { "from": { "title": envelope.actor_id }, "to": {}, "rel": "trigger" } });
        }
        list.push(value);
    };
    let change = |field: &str, value: Value, previous: Value| {
        if opening {
            json!({ "type": "Create", "field_name": field, "value": value })
        } else {
            json!({ "type": "Change", "field_name": field, "value": value, "previous_value": previous })
        }
    };
    let text = |id: Option<i64>| id.map_or(Value::Null, |id| id.to_string().into());
    match &envelope.event {
        Event::Opened(opened) => {
            push(change("requester_id", opened.requester.to_string().into(), Value::Null));
            push(change("status", "new".into(), Value::Null));
            push(change("subject", words.subject(envelope.id), Value::Null));
            push(change("organization_id", text(opened.organization.map(|id| id.0)), Value::Null));
            push(change("tags", opened.tags.clone().into(), Value::Null));
        }
        Event::Commented { comment: wanted, .. } => {
            if let Some(found) = comments.iter().find(|comment| comment.id == *wanted) {
                let mut value = comment(found, &words.base, false);
                value["type"] = "Comment".into();
                push(value);
            }
        }
        Event::PriorityDecided { decision, .. } => {
            let previous = before.map_or(Value::Null, |ticket| ticket.priority.as_str().into());
            push(change("priority", decision.value.as_str().into(), previous));
        }
        Event::PriorityOverridden { level, .. } => {
            let previous = before.map_or(Value::Null, |ticket| ticket.priority.as_str().into());
            push(change("priority", level.as_str().into(), previous));
        }
        Event::Routed { team, .. } => {
            push(change(
                "group_id",
                team.to_string().into(),
                text(before.map(|ticket| ticket.team.0)),
            ));
        }
        Event::TeamChanged { from, to } => {
            push(change("group_id", to.to_string().into(), from.to_string().into()));
        }
        Event::Escalated { team, .. } => {
            push(change(
                "group_id",
                team.to_string().into(),
                text(before.map(|ticket| ticket.team.0)),
            ));
        }
        Event::Deescalated { to } => {
            push(change(
                "group_id",
                to.to_string().into(),
                text(before.map(|ticket| ticket.team.0)),
            ));
        }
        Event::StatusChanged { from, to, .. } => {
            push(change("status", to.as_str().into(), from.as_str().into()));
        }
        Event::Assigned { to } => {
            let previous = text(before.and_then(|ticket| ticket.assignee).map(|id| id.0));
            push(change("assignee_id", text(to.map(|id| id.0)), previous));
        }
        Event::Tagged { tags } => {
            let previous = before.map_or(Value::Null, |ticket| ticket.tags.clone().into());
            push(change("tags", tags.clone().into(), previous));
        }
        Event::RequesterChanged { to, .. } => {
            push(change(
                "requester_id",
                to.to_string().into(),
                text(before.map(|ticket| ticket.requester.0)),
            ));
        }
        Event::OrganizationChanged { to } => {
            let previous = text(before.and_then(|ticket| ticket.organization).map(|id| id.0));
            push(change("organization_id", text(to.map(|id| id.0)), previous));
        }
        Event::Acknowledged { promise }
        | Event::PromiseImproved { promise }
        | Event::Told { promise, .. } => {
            let recipients: Vec<i64> = before.iter().map(|ticket| ticket.requester.0).collect();
            push(
                json!({ "type": "Notification", "subject": "", "body": promise.text, "recipients": recipients }),
            );
        }
        Event::CcsChanged { ccs } => {
            let ids: Vec<i64> = ccs.iter().map(|id| id.0).collect();
            push(json!({ "type": "Cc", "recipients": ids }));
        }
        Event::SeverityChanged { from, to, .. } => push(change(
            "severity",
            to.map_or(Value::Null, |word| word.as_str().into()),
            from.map_or(Value::Null, |word| word.as_str().into()),
        )),
        Event::AreaChanged { to } => push(change("area", to.clone().into(), Value::Null)),
        Event::KindChanged { to } => {
            push(change("kind", to.map_or(Value::Null, |word| word.as_str().into()), Value::Null));
        }
        Event::FieldChanged { field, .. } => {
            let value = words.field(envelope.id, *field);
            push(change(&field.to_string(), value, Value::Null));
        }
        Event::SubjectChanged { .. } => {
            push(change("subject", words.subject(envelope.id), Value::Null));
        }
        Event::Undone { before: to, .. } => {
            if let Some(from) = before {
                for (field, from, to) in taken_back(from, to) {
                    push(change(field, to, from));
                }
            }
        }
        Event::Applied(applied) => told(applied, &mut push),
        Event::SurveyIssued { .. } => push(satisfaction("offered", before)),
        Event::SurveyAnswered { rating, .. } => {
            push(satisfaction(if rating.is_good() { "good" } else { "bad" }, before));
        }
        Event::FactsChanged { .. }
        | Event::SurveySuppressed { .. }
        | Event::OverrideEnded
        | Event::ClockResumed { .. }
        | Event::AnswerBounced { .. }
        | Event::AnswerDelivered { .. }
        | Event::ReplyTakenBack { .. }
        | Event::MarkedSpam
        | Event::UnmarkedSpam
        | Event::MergedInto { .. }
        | Event::Unmerged
        | Event::TookIn { .. }
        | Event::LetGo { .. }
        | Event::SplitOff { .. }
        | Event::IssueLinked { .. }
        | Event::ClockStarted { .. }
        | Event::ClockMoved { .. }
        | Event::Reapplied
        | Event::ClockStopped { .. }
        | Event::TimersSet { .. }
        | Event::Warned { .. }
        | Event::Breached { .. }
        | Event::Reminded
        | Event::EscalatedPromiseKept
        | Event::PromiseWithdrawn { .. }
        | Event::Deleted => {}
    }
}

/// The fields that are others again after a change set was taken back: name, value until then, value again.
fn taken_back(from: &Ticket, to: &Ticket) -> Vec<(&'static str, Value, Value)> {
    let id = |id: Option<i64>| id.map_or(Value::Null, |id| id.to_string().into());
    let fields = [
        ("status", from.status.as_str().into(), to.status.as_str().into()),
        ("priority", from.priority.as_str().into(), to.priority.as_str().into()),
        ("group_id", id(Some(from.team.0)), id(Some(to.team.0))),
        ("assignee_id", id(from.assignee.map(|id| id.0)), id(to.assignee.map(|id| id.0))),
        ("tags", Value::from(from.tags.clone()), Value::from(to.tags.clone())),
    ];
    fields.into_iter().filter(|(_, from, to)| from != to).collect()
}

/// The macro that was used, or whom a trigger or an automation told.
fn told(applied: &domain::Applied, push: &mut impl FnMut(Value)) {
    if applied.used == domain::actions::Used::Macro {
        push(json!({ "type": "AgentMacroReference", "macro_id": applied.id.to_string(),
            "macro_title": applied.title, "macro_deleted": false }));
    }
    for effect in &applied.effects {
        push(match effect {
            domain::Effect::Person(user) => {
                json!({ "type": "Notification", "subject": "", "body": "", "recipients": [user.0] })
            }
            domain::Effect::Team(team) => {
                json!({ "type": "Notification", "subject": "", "body": "", "recipients": [], "group_id": team.0 })
            }
            domain::Effect::Webhook(webhook) => {
                json!({ "type": "External", "resource": webhook.to_string(), "body": "", "success": null })
            }
        });
    }
    for refused in &applied.refused {
        push(json!({ "type": "Error", "message": refused }));
    }
}

/// How the requester found the help; the words are with the rating.
fn satisfaction(score: &str, before: Option<&Ticket>) -> Value {
    let assignee = before.and_then(|ticket| ticket.assignee).map(|id| id.0);
    json!({ "type": "SatisfactionRating", "score": score, "assignee_id": assignee, "body": null })
}

/// All change sets of a ticket, oldest first.
fn all(tx: &mut Tx<'_>, ctx: &desk::Ctx, id: TicketId) -> Result<Vec<Value>, Error> {
    let mut state = None;
    let sets = desk::tickets::audits(tx, ctx, id)?;
    let stored = desk::tickets::show(tx, ctx, id)?;
    let log: Vec<Envelope> = sets.iter().flat_map(|(events, _)| events.clone()).collect();
    let words = Words::read(tx, ctx, &stored, &log)?;
    Ok(sets
        .iter()
        .map(|(events, comments)| audit(events, comments, &words, &mut state, &events[0]))
        .collect())
}

async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let paging = Paging::read(&query, &["created_at"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let audits = all(tx, ctx, id)?;
            let count = i64::try_from(audits.len()).unwrap_or(0);
            let mut rows = paging.window(audits, |row| row["id"].as_i64().unwrap_or(0));
            let mut answer = paging.finish(&query, &base, &mut rows, Some(count), |row| Key {
                value: None,
                id: row["id"].as_i64().unwrap_or(0),
            });
            answer.insert("audits".to_owned(), rows.into());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

async fn count(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let now = caller.ctx.now;
    let audits = desk.read(caller.ctx, move |tx, ctx| all(tx, ctx, id)).await?;
    Ok(ok(json!({ "count": { "value": audits.len(), "refreshed_at": time(now) } })))
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Path((id, audit)): Path<(String, String)>,
) -> Answer {
    let (id, audit) = (TicketId(path_id(&id)?), path_id(&audit)?);
    let audits = desk.read(caller.ctx, move |tx, ctx| all(tx, ctx, id)).await?;
    let found = audits.into_iter().find(|one| one["id"] == audit).ok_or(Error::NotFound)?;
    Ok(ok(json!({ "audit": found })))
}
