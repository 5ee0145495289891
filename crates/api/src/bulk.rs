//! Bulk calls: at most a hundred items, one bad item does not stop the others, and the answer is a job status.
//!
//! The work is done before the answer, so the job is completed when a client first sees it.

use axum::extract::{Path, State};
use desk::bulk::ApiJob;
use desk::{Act, Ctx, Desk, Error};
use domain::TicketId;
use serde_json::{Map, Value, json};

use crate::answers::{Answer, Problem, ok};
use crate::body::{Body, Object, id_list};
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;
use crate::tickets::input;
use crate::tickets::json::{self as shape, CustomFields};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/tickets/create_many", Act::WorkTickets, create_many),
        Route::put("/tickets/update_many", Act::WorkTickets, update_many),
        Route::delete("/tickets/destroy_many", Act::WorkTickets, destroy_many),
        Route::get("/job_statuses", Act::ReadDesk, list),
        Route::get("/job_statuses/show_many", Act::ReadDesk, show_many),
        Route::get("/job_statuses/{id}", Act::ReadDesk, show),
    ]
}

fn status(job: &ApiJob, base: &str) -> Value {
    let results: Value = serde_json::from_str(&job.results).unwrap_or_default();
    json!({
        "id": job.id,
        "url": format!("{base}/api/v2/job_statuses/{}.json", job.id),
        "job_type": job.kind,
        "total": job.total,
        "progress": job.total,
        "status": job.status,
        "message": job.message,
        "results": results,
    })
}

pub(crate) async fn finish(
    desk: Desk,
    ctx: Ctx,
    base: String,
    kind: &'static str,
    results: Vec<Value>,
) -> Answer {
    let job = desk.write(ctx, move |tx, ctx| desk::bulk::record(tx, ctx, kind, &results)).await?;
    Ok(ok(json!({ "job_status": status(&job, &base) })))
}

/// What went wrong with one item, as a job tells it.
pub(crate) fn told(problem: Problem) -> (String, String) {
    match problem {
        Problem::Desk(Error::NotFound) => ("RecordNotFound".to_owned(), "Not found".to_owned()),
        Problem::Desk(Error::Invalid(fields)) => {
            let details: Vec<String> = fields.into_iter().map(|field| field.description).collect();
            ("RecordInvalid".to_owned(), details.join("; "))
        }
        Problem::Desk(Error::Conflict(message)) => ("UpdateConflict".to_owned(), message),
        Problem::Desk(Error::Refused(refusal)) => ("RecordInvalid".to_owned(), refusal.to_string()),
        Problem::Desk(Error::Forbidden(message)) | Problem::Forbidden(message) => {
            ("Forbidden".to_owned(), message)
        }
        other => ("InternalError".to_owned(), format!("{other:?}").chars().take(100).collect()),
    }
}

async fn fields(desk: &Desk, caller: &Caller) -> Result<CustomFields, Problem> {
    Ok(desk.read(caller.ctx.clone(), |tx, _| shape::custom_fields(tx)).await?)
}

async fn create_many(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let items = body.objects("tickets")?;
    let fields = fields(&desk, &caller).await?;
    let mut results = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        results.push(match create(&desk, &caller, item, &fields).await {
            Ok(id) => json!({ "index": index, "id": id.0, "account_id": 1 }),
            Err(problem) => {
                let (error, details) = told(problem);
                json!({ "index": index, "error": error, "details": details })
            }
        });
    }
    finish(desk, caller.ctx, caller.base, "Bulk Create Ticket", results).await
}

async fn create(
    desk: &Desk,
    caller: &Caller,
    item: Object<'_>,
    fields: &CustomFields,
) -> Result<TicketId, Problem> {
    let new = input::new_ticket(item, fields, caller.ctx.actor.user())?;
    let id = desk
        .write(caller.ctx.clone(), move |tx, ctx| {
            let new = new.resolve(tx)?;
            Ok(desk::tickets::open(tx, ctx, &new)?.stored.ticket.id)
        })
        .await?;
    Ok(id)
}

async fn update_many(State(desk): State<Desk>, caller: Caller, query: Query, body: Body) -> Answer {
    let fields = fields(&desk, &caller).await?;
    let mut results = Vec::new();
    if let Some(ids) = query.get("ids") {
        let ids = id_list(ids)?;
        let Some(Value::Object(map)) = body.value.get("ticket") else {
            return Err(Error::blank("ticket", "Ticket").into());
        };
        for id in ids {
            results.push(update(&desk, &caller, id, map, &fields).await);
        }
    } else {
        body.objects("tickets")?;
        let list = body.value.get("tickets").and_then(Value::as_array).cloned().unwrap_or_default();
        for item in &list {
            let id = item["id"].as_i64().unwrap_or_default();
            let Value::Object(map) = item else { continue };
            results.push(update(&desk, &caller, id, map, &fields).await);
        }
    }
    finish(desk, caller.ctx, caller.base, "Bulk Update Ticket", results).await
}

async fn update(
    desk: &Desk,
    caller: &Caller,
    id: i64,
    map: &Map<String, Value>,
    fields: &CustomFields,
) -> Value {
    let outcome = async {
        let change = input::update(Object::new(map, ""), fields)?;
        desk.write(caller.ctx.clone(), move |tx, ctx| {
            let change = change.resolve(tx)?;
            desk::tickets::update(tx, ctx, TicketId(id), &change).map(|_| ())
        })
        .await?;
        Ok(())
    };
    result(id, "update", "Updated", outcome.await)
}

pub(crate) fn result(id: i64, action: &str, done: &str, outcome: Result<(), Problem>) -> Value {
    match outcome {
        Ok(()) => json!({ "id": id, "action": action, "success": true, "status": done }),
        Err(problem) => {
            let (error, details) = told(problem);
            json!({ "id": id, "action": action, "success": false, "error": error, "details": details })
        }
    }
}

async fn destroy_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    let mut results = Vec::new();
    for id in ids {
        let outcome = desk
            .write(caller.ctx.clone(), move |tx, ctx| {
                desk::tickets::delete(tx, ctx, TicketId(id)).map(|_| ())
            })
            .await;
        results.push(result(id, "delete", "Deleted", outcome.map_err(Problem::from)));
    }
    finish(desk, caller.ctx, caller.base, "Bulk Delete Ticket", results).await
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let job = desk.read(caller.ctx, move |tx, ctx| desk::bulk::show(tx, ctx, &id)).await?;
    Ok(ok(json!({ "job_status": status(&job, &caller.base) })))
}

async fn show_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids: Vec<String> = query
        .get("ids")
        .unwrap_or_default()
        .split(',')
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    if ids.len() > 100 {
        return Err(Problem::TooMany);
    }
    let base = caller.base;
    let jobs = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut found = Vec::new();
            for id in &ids {
                match desk::bulk::show(tx, ctx, id) {
                    Ok(job) => found.push(status(&job, &base)),
                    Err(Error::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(found)
        })
        .await?;
    Ok(ok(json!({ "job_statuses": jobs })))
}

async fn list(State(desk): State<Desk>, caller: Caller) -> Answer {
    let base = caller.base;
    let jobs = desk.read(caller.ctx, desk::bulk::newest).await?;
    let jobs: Vec<Value> = jobs.iter().map(|job| status(job, &base)).collect();
    Ok(ok(json!({
        "job_statuses": jobs,
        "meta": { "has_more": false, "after_cursor": null, "before_cursor": null },
        "links": { "next": null, "prev": null },
    })))
}
