//! Webhooks in the API. (zendesk-api 34)

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::webhooks::{Attempt, Authentication, Input, Invocation};
use desk::{Act, Ctx, Desk, Error, Key, Tx};
use domain::webhooks::Webhook;
use domain::{DeliveryId, WebhookId};
use serde_json::{Map, Value, json};

use crate::answers::{Answer, Problem, created, no_content, ok, with};
use crate::body::{Body, Object};
use crate::caller::Caller;
use crate::paging::{Paging, Query, part};
use crate::routes::Route;
use crate::tickets::json::time;

/// How long a test is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often it is looked at meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/webhooks", Act::Configure, list),
        Route::post("/webhooks", Act::Configure, create),
        Route::post("/webhooks/test", Act::Configure, test),
        Route::get("/webhooks/{id}", Act::Configure, show),
        Route::put("/webhooks/{id}", Act::Configure, update),
        Route::patch("/webhooks/{id}", Act::Configure, update),
        Route::delete("/webhooks/{id}", Act::Configure, delete),
        Route::get("/webhooks/{id}/signing_secret", Act::Configure, secret),
        Route::post("/webhooks/{id}/signing_secret", Act::Configure, renew),
        Route::get("/webhooks/{id}/invocations", Act::Configure, invocations),
        Route::get("/webhooks/{id}/invocations/{invocation}/attempts", Act::Configure, attempts),
    ]
}

/// A webhook as the API writes it. What is secret about it is left out.
fn webhook(ctx: &Ctx, one: &Webhook, base: &str) -> Value {
    let proof = ctx
        .proof_of(one)
        .map(|kind| json!({ "type": kind, "add_position": "header", "data": null }));
    let headers: Map<String, Value> =
        ctx.headers_of(one).into_iter().map(|name| (name, "*****".into())).collect();
    json!({
        "id": one.id.to_string(),
        "url": format!("{base}/api/v2/webhooks/{}", one.id),
        "name": one.name,
        "description": one.description,
        "status": if one.active { "active" } else { "inactive" },
        "endpoint": one.endpoint,
        "http_method": one.http_method,
        "request_format": one.request_format,
        "subscriptions": one.subscriptions,
        "authentication": proof,
        "custom_headers": if headers.is_empty() { Value::Null } else { headers.into() },
        "created_at": time(one.created_at),
        "created_by": one.created_by.map(|id| id.to_string()),
        "updated_at": time(one.updated_at),
        "updated_by": one.updated_by.map(|id| id.to_string()),
    })
}

/// Ids of webhooks are texts; what is none is not there.
fn path_id(text: &str) -> Result<WebhookId, Problem> {
    text.parse().map_err(|_| Error::NotFound.into())
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let paging = Paging::read(&query, &["id", "name", "status"])?;
    let name = query.get("filter[name_contains]").unwrap_or_default().to_lowercase();
    let status = query.get("filter[status]").map(|status| status == "active");
    let ctx = caller.ctx.clone();
    let mut all = desk.read(caller.ctx, desk::webhooks::list).await?;
    all.retain(|one| {
        one.name.to_lowercase().contains(&name) && status.is_none_or(|status| one.active == status)
    });
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let mut rows = part(&paging.page, all, |one| (0, one.id.0));
    let key = |one: &Webhook| Key { value: None, id: one.id.0 };
    let mut answer = paging.finish(&query, &caller.base, &mut rows, Some(count), key);
    if !answer.contains_key("meta") {
        answer.insert("meta".to_owned(), json!({ "has_more": answer["next_page"] != Value::Null, "after_cursor": null, "before_cursor": null }));
    }
    let rows: Value = rows.iter().map(|one| webhook(&ctx, one, &caller.base)).collect();
    answer.insert("webhooks".to_owned(), rows);
    Ok(ok(answer))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let ctx = caller.ctx.clone();
    let one = desk.read(caller.ctx, move |tx, ctx| desk::webhooks::show(tx, ctx, id)).await?;
    Ok(ok(json!({ "webhook": webhook(&ctx, &one, &caller.base) })))
}

fn read(mut sent: Object<'_>) -> Result<Input, Problem> {
    let active = match sent.text("status", 20).flatten().as_deref() {
        None => None,
        Some("active") => Some(true),
        Some("inactive") => Some(false),
        Some(_) => {
            sent.complain("status", "InvalidValue", "expected active or inactive");
            None
        }
    };
    let input = Input {
        name: sent.text("name", 300).map(Option::unwrap_or_default),
        description: sent.text("description", 65_536),
        active,
        endpoint: sent.text("endpoint", 3_000).map(Option::unwrap_or_default),
        http_method: sent.text("http_method", 10).flatten(),
        request_format: sent.text("request_format", 20).flatten(),
        subscriptions: sent.texts("subscriptions", 100).flatten(),
        authentication: authentication(&mut sent),
        custom_headers: custom_headers(&mut sent),
    };
    sent.finish()?;
    Ok(input)
}

fn authentication(sent: &mut Object<'_>) -> Option<Option<Authentication>> {
    match sent.raw("authentication")? {
        Value::Null => Some(None),
        Value::Object(map) if map.get("data").is_some_and(Value::is_null) => None,
        given => match serde_json::from_value(given.clone()) {
            Ok(one) => Some(Some(one)),
            Err(_) => {
                let what = "expected basic_auth with username and password, bearer_token with token, or api_key with name and value";
                sent.complain("authentication", "InvalidValue", what);
                None
            }
        },
    }
}

/// An object of names and values; values that were shown as stars are as they were.
fn custom_headers(sent: &mut Object<'_>) -> Option<Vec<(String, String)>> {
    match sent.raw("custom_headers")? {
        Value::Null => Some(Vec::new()),
        Value::Object(map) if !map.is_empty() && map.values().all(|value| value == "*****") => None,
        Value::Object(map) => {
            let pair =
                |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
            let pairs: Option<Vec<_>> = map.iter().map(pair).collect();
            if pairs.is_none() {
                sent.complain("custom_headers", "InvalidValue", "expected texts");
            }
            pairs
        }
        _ => {
            sent.complain("custom_headers", "InvalidValue", "expected an object");
            None
        }
    }
}

async fn create(State(desk): State<Desk>, caller: Caller, query: Query, body: Body) -> Answer {
    let base = caller.base.clone();
    let ctx = caller.ctx.clone();
    let mut input = read(body.object("webhook")?)?;
    if let Some(id) = query.get("clone_webhook_id") {
        let id = path_id(id)?;
        let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::show(tx, ctx, id);
        let one = desk.read(caller.ctx.clone(), read).await?;
        input = Input {
            name: input.name.or(Some(one.name)),
            description: input.description.or(Some(one.description)),
            endpoint: input.endpoint.or(Some(one.endpoint)),
            http_method: input.http_method.or(Some(one.http_method)),
            request_format: input.request_format.or(Some(one.request_format)),
            subscriptions: input.subscriptions.or(Some(one.subscriptions)),
            ..input
        };
    }
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::create(tx, ctx, &input);
    let one = desk.write(caller.ctx, write).await?;
    let location = format!("{base}/api/v2/webhooks/{}", one.id);
    Ok(created(&location, json!({ "webhook": webhook(&ctx, &one, &base) })))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = path_id(&id)?;
    let input = read(body.object("webhook")?)?;
    let write =
        move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::update(tx, ctx, id, &input).map(|_| ());
    desk.write(caller.ctx, write).await?;
    Ok(no_content())
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    desk.write(caller.ctx, move |tx, ctx| desk::webhooks::delete(tx, ctx, id)).await?;
    Ok(no_content())
}

fn signing(secret: &str) -> Value {
    json!({ "signing_secret": { "algorithm": "SHA256", "secret": secret } })
}

async fn secret(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let secret = desk.read(caller.ctx, move |tx, ctx| desk::webhooks::secret(tx, ctx, id)).await?;
    Ok(ok(signing(&secret)))
}

async fn renew(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::renew_secret(tx, ctx, id);
    let secret = desk.write(caller.ctx, write).await?;
    Ok(with(StatusCode::CREATED, signing(&secret)))
}

/// Sends a request through the outbox, as all of them leave, and waits for what comes back.
async fn test(State(desk): State<Desk>, caller: Caller, query: Query, body: Body) -> Answer {
    let id = query.get("webhook_id").ok_or_else(|| Error::blank("webhook_id", "Webhook"))?;
    let id = path_id(id)?;
    let (mut url, mut payload) = (None, "{}".to_owned());
    if body.value.contains_key("request") {
        let mut sent = body.object("request")?;
        url = sent.text("endpoint", 3_000).flatten().filter(|url| !url.is_empty());
        payload = match sent.raw("payload") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => payload,
            Some(other) => other.to_string(),
        };
        sent.finish()?;
    }
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        desk::webhooks::queue_test(tx, ctx, id, url.as_deref(), &payload)
    };
    let delivery = desk.write(caller.ctx.clone(), write).await?;
    let until = tokio::time::Instant::now() + PATIENCE;
    let answered = loop {
        let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::tested(tx, ctx, delivery);
        if let Some(answered) = desk.read(caller.ctx.clone(), read).await? {
            break Some(answered);
        }
        if tokio::time::Instant::now() > until {
            break None;
        }
        tokio::time::sleep(PAUSE).await;
    };
    let (status, said) =
        answered.map_or((None, "it is on its way still".to_owned()), |one| (one.status, one.said));
    Ok(ok(
        json!({ "response": { "status_code": status, "status": status, "headers": [], "payload": said } }),
    ))
}

fn invocation(one: &Invocation) -> Value {
    let last = one.attempts.last();
    let status = match one.queued.state.as_str() {
        "sent" => "success",
        "pending" => "retrying",
        _ => "failed",
    };
    json!({
        "id": one.queued.delivery.id.to_string(),
        "status_code": last.and_then(|attempt| attempt.status_code),
        "status": status,
        "latest_completed_at": last.map(|attempt| time(attempt.at)).or(one.queued.finished_at.map(time)),
    })
}

async fn invocations(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = path_id(&id)?;
    let paging = Paging::read(&query, &["latest_completed_at"])?;
    let page = paging.page.clone();
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::invocations(tx, ctx, id, &page);
    let mut rows = desk.read(caller.ctx, read).await?;
    let key = |one: &Invocation| Key { value: None, id: one.queued.delivery.id.0 };
    let mut answer = paging.finish(&query, &caller.base, &mut rows, None, key);
    answer.insert("invocations".to_owned(), rows.iter().map(invocation).collect());
    Ok(ok(answer))
}

async fn attempts(
    State(desk): State<Desk>,
    caller: Caller,
    Path((id, delivery)): Path<(String, String)>,
) -> Answer {
    let id = path_id(&id)?;
    let delivery = DeliveryId(delivery.parse().map_err(|_| Error::NotFound)?);
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::attempts(tx, ctx, id, delivery);
    let all = desk.read(caller.ctx, read).await?;
    let one = |attempt: &Attempt| {
        json!({
            "id": attempt.id.to_string(),
            "invocation_id": attempt.delivery.to_string(),
            "status_code": attempt.status_code,
            "status": attempt.outcome,
            "response": { "payload": attempt.response },
            "completed_at": time(attempt.at),
        })
    };
    Ok(ok(json!({ "attempts": all.iter().map(one).collect::<Value>() })))
}
