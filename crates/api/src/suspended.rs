//! Mail that waits for a decision.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::mailbox::{self, Filed, Queue};
use desk::{Act, Desk, Error, Key};
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, no_content, ok, with};
use crate::body::{id_list, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json as shape;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/suspended_tickets", Act::ReadDesk, list),
        Route::put("/suspended_tickets/recover_many", Act::WorkTickets, recover_many),
        Route::delete("/suspended_tickets/destroy_many", Act::WorkTickets, destroy_many),
        Route::get("/suspended_tickets/{id}", Act::ReadDesk, show),
        Route::delete("/suspended_tickets/{id}", Act::WorkTickets, destroy),
        Route::put("/suspended_tickets/{id}/recover", Act::WorkTickets, recover),
    ]
}

fn suspended(mail: &Filed, base: &str) -> Value {
    let at = shape::time(mail.received_at);
    json!({
        "id": mail.id,
        "url": format!("{base}/api/v2/suspended_tickets/{}.json", mail.id),
        "author": { "id": null, "name": mail.sender_name, "email": mail.sender },
        "subject": mail.subject,
        "content": mail.excerpt,
        "cause": mail.cause,
        "cause_id": 0,
        "message_id": mail.message_id.as_ref().map(|id| format!("<{id}>")),
        "ticket_id": mail.ticket.map(|id| id.0),
        "recipient": mail.mailbox,
        "brand_id": 1,
        "via": shape::via(domain::Channel::Email),
        "attachments": [],
        "error_messages": null,
        "created_at": at,
        "updated_at": at,
    })
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let paging = Paging::read(&query, &["id", "created_at"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut rows = mailbox::queue(tx, ctx, Queue::Suspended, &paging.page)?;
            let count =
                if paging.wants_count() { Some(mailbox::count_suspended(tx, ctx)?) } else { None };
            let mut answer = paging
                .finish(&query, &base, &mut rows, count, |row| Key { value: None, id: row.id });
            let list = rows.iter().map(|row| suspended(row, &base));
            answer.insert("suspended_tickets".to_owned(), list.collect());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let mail = desk.read(caller.ctx, move |tx, ctx| mailbox::waiting(tx, ctx, id)).await?;
    Ok(ok(json!({ "suspended_ticket": suspended(&mail, &caller.base) })))
}

/// Accepts a mail and gives the ticket it belongs to.
async fn accepted(desk: &Desk, caller: &Caller, id: i64) -> Result<Value, Problem> {
    desk.read(caller.ctx.clone(), move |tx, ctx| mailbox::waiting(tx, ctx, id)).await?;
    let received = desk.accept_mail(caller.ctx.clone(), id).await?;
    let ticket = received.ticket.ok_or(Error::NotFound)?;
    let base = caller.base.clone();
    let value = desk
        .read(caller.ctx.clone(), move |tx, ctx| {
            let stored = desk::tickets::show(tx, ctx, ticket)?;
            let listed = desk::tickets::whole(tx, stored)?;
            let fields = shape::custom_fields(tx)?;
            Ok(serde_json::to_value(shape::ticket(&listed, &fields, &base)).unwrap_or_default())
        })
        .await?;
    Ok(value)
}

async fn recover(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let ticket = accepted(&desk, &caller, path_id(&id)?).await?;
    Ok(ok(json!({ "ticket": [ticket] })))
}

async fn recover_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let mut tickets = Vec::new();
    let mut left = Vec::new();
    for id in id_list(query.get("ids").unwrap_or_default())? {
        match accepted(&desk, &caller, id).await {
            Ok(ticket) => tickets.push(ticket),
            Err(Problem::Desk(Error::NotFound | Error::Conflict(_))) => {
                left.push(json!({ "id": id }));
            }
            Err(problem) => return Err(problem),
        }
    }
    if left.is_empty() {
        return Ok(ok(json!({ "tickets": tickets })));
    }
    let answer = json!({ "tickets": tickets, "suspended_tickets": left });
    Ok(with(StatusCode::UNPROCESSABLE_ENTITY, answer))
}

async fn destroy(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    desk.write(caller.ctx, move |tx, ctx| {
        mailbox::waiting(tx, ctx, id)?;
        mailbox::refuse(tx, ctx, id)
    })
    .await?;
    Ok(no_content())
}

async fn destroy_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    desk.write(caller.ctx, move |tx, ctx| {
        for id in &ids {
            mailbox::waiting(tx, ctx, *id)?;
            mailbox::refuse(tx, ctx, *id)?;
        }
        Ok(())
    })
    .await?;
    Ok(no_content())
}
