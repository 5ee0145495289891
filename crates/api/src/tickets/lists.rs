//! Lists of tickets and comments.

use std::fmt::Write as _;

use axum::Extension;
use axum::extract::{Path, State};
use desk::tickets::{Filter, Order};
use desk::{Desk, Error, Key, Start};
use domain::{OrganizationId, TicketId, UserId};
use serde_json::{Value, json};

use super::json as shape;
use super::rendered::Shelf;
use crate::answers::{Answer, Problem, ok};
use crate::body::{id_list, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::sideloads;

const SORTS: [&str; 8] =
    ["id", "created_at", "updated_at", "status", "subject", "assignee", "group", "requester"];

fn order(sort: Option<&str>) -> Order {
    match sort {
        Some("updated_at") => Order::UpdatedAt,
        Some("status") => Order::Status,
        Some("subject") => Order::Subject,
        Some("assignee") => Order::Assignee,
        Some("group") => Order::Team,
        Some("requester") => Order::Requester,
        _ => Order::Id,
    }
}

/// A cursor of another order is refused, not misread.
fn check_cursor(paging: &Paging, order: Order) -> Result<(), Problem> {
    let (Start::After(key) | Start::Before(key)) = &paging.page.start else { return Ok(()) };
    let fits = match (&key.value, order) {
        (None, Order::Id) => true,
        (Some(desk::KeyValue::Text(_)), Order::Status | Order::Subject) => true,
        (Some(desk::KeyValue::Int(_)), Order::Id | Order::Status | Order::Subject) => false,
        (Some(desk::KeyValue::Int(_)), _) => true,
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(Problem::Attribute("the cursor belongs to another order".to_owned()))
    }
}

pub(super) async fn list(
    State(desk): State<Desk>,
    Extension(shelf): Extension<Shelf>,
    caller: Caller,
    query: Query,
) -> Answer {
    let filter =
        Filter { external_id: query.get("external_id").map(str::to_owned), ..Filter::default() };
    page(desk, shelf, caller, query, filter).await
}

pub(super) async fn requested(
    State(desk): State<Desk>,
    Extension(shelf): Extension<Shelf>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let filter = Filter { requester: Some(UserId(path_id(&id)?)), ..Filter::default() };
    page(desk, shelf, caller, query, filter).await
}

pub(super) async fn assigned(
    State(desk): State<Desk>,
    Extension(shelf): Extension<Shelf>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let filter = Filter { assignee: Some(Some(UserId(path_id(&id)?))), ..Filter::default() };
    page(desk, shelf, caller, query, filter).await
}

pub(super) async fn of_organization(
    State(desk): State<Desk>,
    Extension(shelf): Extension<Shelf>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let filter = Filter { organization: Some(OrganizationId(path_id(&id)?)), ..Filter::default() };
    page(desk, shelf, caller, query, filter).await
}

/// One page of tickets with whatever goes beside it.
async fn page(desk: Desk, shelf: Shelf, caller: Caller, query: Query, filter: Filter) -> Answer {
    let paging = Paging::read(&query, &SORTS)?;
    let order = order(paging.sort.as_deref());
    check_cursor(&paging, order)?;
    let base = caller.base;
    let counter = desk.clone();
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let versions = desk::tickets::versions(tx, ctx, &filter, order, &paging.page)?;
            let mut rows = shelf.fetch(tx, ctx, &versions, &base)?;
            let count = match (paging.wants_count(), filter == Filter::default()) {
                (false, _) => None,
                (true, true) => Some(counter.count_tickets(tx)?),
                (true, false) => Some(desk::tickets::count_all(tx, ctx, &filter)?),
            };
            let mut rest = paging.finish(&query, &base, &mut rows, count, |row| {
                desk::tickets::key(order, &row.stored)
            });
            let mut body = String::with_capacity(rows.len() * 2560 + 1024);
            body.push_str("{\"tickets\":[");
            let embeds = sideloads::embeds(&query);
            let stored = rows.iter().map(|row| &row.stored);
            let figures = sideloads::figures(tx, ctx, &query, stored)?;
            for (index, row) in rows.iter().enumerate() {
                if index > 0 {
                    body.push(',');
                }
                if embeds {
                    let mut value = serde_json::from_str(&row.json).unwrap_or_default();
                    sideloads::embed(&query, &base, &row.stored, &figures, &mut value);
                    body.push_str(&value.to_string());
                } else {
                    body.push_str(&row.json);
                }
            }
            body.push(']');
            sideloads::add(tx, &query, &base, rows.iter().map(|row| &row.stored), &mut rest)?;
            for (key, value) in rest {
                let _ = write!(body, ",{}:{value}", Value::from(key));
            }
            body.push('}');
            Ok(body)
        })
        .await?;
    Ok(crate::answers::raw(answer))
}

pub(super) async fn count(State(desk): State<Desk>, caller: Caller) -> Answer {
    let counter = desk.clone();
    let now = caller.ctx.now;
    let value = desk.read(caller.ctx, move |tx, _| counter.count_tickets(tx)).await?;
    Ok(ok(json!({ "count": { "value": value, "refreshed_at": shape::time(now) } })))
}

/// What the caller worked on last. No call that reads leaves a trace, so that it is not what they looked at.
pub(super) async fn recent(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let mut paging = Paging::read(&query, &[])?;
    paging.page.descending = true;
    check_cursor(&paging, Order::UpdatedAt)?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut rows = desk::tickets::recent(tx, ctx, &paging.page)?;
            let count = if paging.wants_count() {
                let own = Filter { assignee: Some(ctx.actor.user()), ..Filter::default() };
                Some(desk::tickets::count_all(tx, ctx, &own)?)
            } else {
                None
            };
            let key =
                |row: &desk::tickets::Listed| desk::tickets::key(Order::UpdatedAt, &row.stored);
            let mut answer = paging.finish(&query, &base, &mut rows, count, key);
            let fields = shape::custom_fields(tx)?;
            let list = rows.iter().map(|row| {
                serde_json::to_value(shape::ticket(row, &fields, &base)).unwrap_or_default()
            });
            answer.insert("tickets".to_owned(), list.collect());
            let stored = rows.iter().map(|row| &row.stored);
            sideloads::add(tx, &query, &base, stored, &mut answer)?;
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

pub(super) async fn show_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids: Vec<TicketId> =
        id_list(query.get("ids").unwrap_or_default())?.into_iter().map(TicketId).collect();
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let rows = desk::tickets::many(tx, ctx, &ids)?;
            let fields = shape::custom_fields(tx)?;
            let stored = rows.iter().map(|row| &row.stored);
            let figures = sideloads::figures(tx, ctx, &query, stored)?;
            let mut tickets = Vec::new();
            for row in &rows {
                let mut value =
                    serde_json::to_value(shape::ticket(row, &fields, &base)).unwrap_or_default();
                sideloads::embed(&query, &base, &row.stored, &figures, &mut value);
                tickets.push(value);
            }
            let mut answer = serde_json::Map::new();
            answer.insert("count".to_owned(), tickets.len().into());
            answer.insert("tickets".to_owned(), tickets.into());
            answer.insert("next_page".to_owned(), Value::Null);
            answer.insert("previous_page".to_owned(), Value::Null);
            let stored = rows.iter().map(|row| &row.stored);
            sideloads::add(tx, &query, &base, stored, &mut answer)?;
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

pub(super) async fn comments(
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
            let mut rows = desk::tickets::comments(tx, ctx, id, &paging.page)?;
            let count = if paging.wants_count() {
                Some(desk::tickets::count_comments(tx, ctx, id)?)
            } else {
                None
            };
            let mut answer = paging
                .finish(&query, &base, &mut rows, count, |row| Key { value: None, id: row.id.0 });
            if query.includes("users") {
                let authors: Vec<UserId> = rows.iter().map(|row| row.author).collect();
                answer.insert("users".to_owned(), sideloads::users(tx, &authors, &base)?);
            }
            let inline = query.get("include_inline_images") == Some("true");
            let list = rows.iter().map(|row| shape::comment(row, &base, inline));
            answer.insert("comments".to_owned(), list.collect());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

pub(super) async fn comments_count(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let now = caller.ctx.now;
    let value =
        desk.read(caller.ctx, move |tx, ctx| desk::tickets::count_comments(tx, ctx, id)).await?;
    Ok(ok(json!({ "count": { "value": value, "refreshed_at": shape::time(now) } })))
}

pub(super) async fn related(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let stored = desk.read(caller.ctx, move |tx, ctx| desk::tickets::show(tx, ctx, id)).await?;
    let sources: Vec<i64> = stored.ticket.follow_up_of.iter().map(|id| id.0).collect();
    Ok(ok(json!({
        "topic_id": null, "jira_issue_ids": [], "followup_source_ids": sources, "from_archive": false, "incidents": 0,
    })))
}

pub(super) async fn ccs(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    people(desk, caller, &id, |stored, _| stored.ticket.ccs.clone()).await
}

/// Those who follow it and those copied in.
pub(super) async fn collaborators(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    people(desk, caller, &id, |stored, followers| [followers, &stored.ticket.ccs].concat()).await
}

pub(super) async fn followers(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    people(desk, caller, &id, |_, followers| followers.to_vec()).await
}

async fn people(
    desk: Desk,
    caller: Caller,
    id: &str,
    which: impl Fn(&desk::tickets::Stored, &[UserId]) -> Vec<UserId> + Send + 'static,
) -> Answer {
    let id = TicketId(path_id(id)?);
    let base = caller.base;
    let users = desk
        .read(caller.ctx, move |tx, ctx| -> Result<Value, Error> {
            let stored = desk::tickets::show(tx, ctx, id)?;
            let followers = desk::follows::of_ticket(tx, ctx, id)?;
            sideloads::users(tx, &which(&stored, &followers), &base)
        })
        .await?;
    Ok(ok(json!({ "users": users })))
}
