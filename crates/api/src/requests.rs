//! The customer's side of a ticket.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use desk::tickets::{Listed, NewTicket, Person, Reply, Update};
use desk::{Act, Desk, Error, Key, idempotency};
use domain::{Cause, Channel, Status, TicketId};
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, created, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::sideloads;
use crate::tickets::json::{self as shape, CustomFields};
use crate::tickets::{idempotency_key, input, looked_up};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/requests", Act::OpenRequest, create),
        Route::get("/requests", Act::OwnRequests, list),
        Route::get("/requests/open", Act::OwnRequests, open),
        Route::get("/requests/solved", Act::OwnRequests, solved),
        Route::get("/requests/{id}", Act::OwnRequests, show),
        Route::put("/requests/{id}", Act::OwnRequests, update),
        Route::get("/requests/{id}/comments", Act::OwnRequests, comments),
    ]
}

fn request(listed: &Listed, fields: &CustomFields, base: &str) -> Value {
    let stored = &listed.stored;
    let ticket = &stored.ticket;
    let values = serde_json::to_value(shape::field_values(listed, fields)).unwrap_or_default();
    let ccs: Vec<i64> = ticket.ccs.iter().map(|id| id.0).collect();
    json!({
        "id": ticket.id.0,
        "url": format!("{base}/api/v2/requests/{}.json", ticket.id),
        "status": ticket.status.as_str(),
        "priority": ticket.priority.as_str(),
        "type": null,
        "subject": stored.subject,
        "description": listed.description,
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
        "assignee_id": ticket.assignee.map(|id| id.0),
        "group_id": ticket.team.0,
        "ticket_form_id": 1,
        "custom_status_id": null,
        "promise": ticket.promise.as_ref().map(|promise| &promise.text),
    })
}

async fn create(
    State(desk): State<Desk>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let mut input = body.object("request")?;
    let key = idempotency_key("requests", &headers, &body);
    let keyed = key.is_some();
    let fields = desk.read(caller.ctx.clone(), |tx, _| shape::custom_fields(tx)).await?;
    let custom = input::custom(&mut input, &fields, input::Choices::Dropped);
    let named = input::requester(&mut input);
    let comment = input::comment(&mut input, true).filter(|comment| !comment.is_empty());
    let subject = input.text("subject", 1000).flatten().unwrap_or_default();
    let person = match (&caller.user, named) {
        (Some(user), None) => Some(Person::Known(user.id)),
        // Agents may ask for a customer; a customer always asks for himself.
        (Some(user), Some(_)) if !user.role.answers() => Some(Person::Known(user.id)),
        (_, Some(named)) => Some(named),
        (None, None) => None,
    };
    if person.is_none() && !input.has("requester") {
        input.complain("requester", "BlankValue", "cannot be blank without credentials");
    }
    if comment.is_none() {
        input.complain("comment", "BlankValue", "cannot be blank");
    }
    let tags = input.texts("tags", 100).flatten().unwrap_or_default();
    let ccs = input::people(&mut input, "collaborators").unwrap_or_default();
    input.finish()?;
    let (Some(person), Some(comment)) = (person, comment) else { return Err(Problem::BrokenJson) };
    let words = input::worded(comment.body);
    let mut new = NewTicket::request(person, &subject, words, Channel::Web);
    new.files = comment.files;
    new.severity = custom.severity.flatten();
    new.area = custom.area.flatten();
    new.kind = custom.kind.flatten();
    new.fields = custom.values.into_iter().filter(|(_, value)| value.is_some()).collect();
    new.tags = tags;
    new.tags.extend(custom.add_tags);
    new.ccs = if caller.user.is_some() { ccs } else { Vec::new() };
    let base = caller.base;
    // The requests endpoints treat agents as end users.
    let (answer, hit) = desk
        .write(caller.ctx, move |tx, ctx| {
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                let done = desk::tickets::open(tx, ctx, &new)?;
                let listed = desk::tickets::whole(tx, done.stored)?;
                Ok(json!({ "request": request(&listed, &fields, &base) }).to_string())
            })
        })
        .await?;
    let value: Value = serde_json::from_str(&answer).unwrap_or_default();
    let location = value["request"]["url"].as_str().unwrap_or_default().to_owned();
    Ok(looked_up(created(&location, value), keyed, hit))
}

async fn list(state: State<Desk>, caller: Caller, query: Query) -> Answer {
    let mut statuses = Vec::new();
    for word in query.get("status").unwrap_or_default().split(',').filter(|word| !word.is_empty()) {
        statuses.push(
            word.parse::<Status>()
                .map_err(|error| Problem::Attribute(format!("status: {error}")))?,
        );
    }
    page(state, caller, query, statuses).await
}

async fn open(state: State<Desk>, caller: Caller, query: Query) -> Answer {
    page(state, caller, query, vec![Status::New, Status::Open, Status::Pending, Status::Hold]).await
}

async fn solved(state: State<Desk>, caller: Caller, query: Query) -> Answer {
    page(state, caller, query, vec![Status::Solved, Status::Closed]).await
}

async fn page(
    State(desk): State<Desk>,
    caller: Caller,
    query: Query,
    statuses: Vec<Status>,
) -> Answer {
    let paging = Paging::read(&query, &["id", "created_at"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut rows = desk::tickets::own(tx, ctx, &statuses, &paging.page)?;
            let count = if paging.wants_count() {
                Some(desk::tickets::count_own(tx, ctx, &statuses)?)
            } else {
                None
            };
            let fields = shape::custom_fields(tx)?;
            let mut answer = paging.finish(&query, &base, &mut rows, count, |row| Key {
                value: None,
                id: row.stored.ticket.id.0,
            });
            let list: Vec<Value> = rows.iter().map(|row| request(row, &fields, &base)).collect();
            answer.insert("requests".to_owned(), list.into());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let stored = desk::tickets::show_own(tx, ctx, id)?;
            let listed = desk::tickets::whole(tx, stored)?;
            let fields = shape::custom_fields(tx)?;
            Ok(json!({ "request": request(&listed, &fields, &base) }))
        })
        .await?;
    Ok(ok(answer))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let mut input = body.object("request")?;
    let comment = input::comment(&mut input, true);
    let is_solved = input.flag("solved").flatten().unwrap_or_default();
    let fields = desk.read(caller.ctx.clone(), |tx, _| shape::custom_fields(tx)).await?;
    let custom = input::custom(&mut input, &fields, input::Choices::Dropped);
    input.finish()?;
    let author = caller.ctx.actor.user();
    let files = comment.as_ref().map(|comment| comment.files.clone()).unwrap_or_default();
    let change = Update {
        files,
        comment: comment.map(|comment| Reply {
            body: comment.body,
            public: Some(true),
            author,
            details: None,
        }),
        status: is_solved.then_some(Status::Solved),
        cause: is_solved.then_some(Cause::Confirmed),
        // A customer may say how bad it is, and it moves up. (PR-04)
        severity: custom.severity,
        area: custom.area,
        kind: custom.kind,
        ..Update::default()
    };
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            desk::tickets::show_own(tx, ctx, id)?;
            let done = desk::tickets::update(tx, ctx, id, &change)?;
            let listed = desk::tickets::whole(tx, done.stored)?;
            let fields = shape::custom_fields(tx)?;
            Ok(json!({ "request": request(&listed, &fields, &base) }))
        })
        .await?;
    Ok(ok(answer))
}

async fn comments(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let paging = Paging::read(&query, &["created_at"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| -> Result<_, Error> {
            let mut rows = desk::tickets::own_comments(tx, ctx, id, &paging.page)?;
            let count = if paging.wants_count() {
                Some(desk::tickets::count_own_comments(tx, ctx, id)?)
            } else {
                None
            };
            let mut answer = paging
                .finish(&query, &base, &mut rows, count, |row| Key { value: None, id: row.id.0 });
            if query.includes("users") {
                let authors: Vec<_> = rows.iter().map(|row| row.author).collect();
                answer.insert("users".to_owned(), sideloads::people(tx, &authors)?);
            }
            let inline = query.get("include_inline_images") == Some("true");
            let list = rows.iter().map(|row| {
                let mut value = shape::comment(row, &base, inline);
                value["request_id"] = id.0.into();
                value
            });
            answer.insert("comments".to_owned(), list.collect());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}
