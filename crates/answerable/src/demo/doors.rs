//! The demo's own doors: its clock, its outbox and its mailbox. They need no authentication and listen on loopback.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use channels::authentication::Authenticator;
use desk::mailbox::Arrival;
use desk::{Desk, Error};
use domain::{Actor, Channel, DeliveryId};
use jiff::{SignedDuration, Timestamp};
use jobs::Worker;
use serde_json::{Map, Value, json};

/// Largest mail taken in.
const MAIL_LIMIT: usize = 50 * 1024 * 1024;

pub(super) fn router(worker: Arc<Worker>) -> Router<Desk> {
    Router::new()
        .route("/demo/clock", get(clock).post(move_clock))
        .route("/demo/outbox.json", get(outbox))
        .route("/demo/inbox/email", post(receive).layer(DefaultBodyLimit::max(MAIL_LIMIT)))
        .layer(axum::Extension(worker))
}

fn now(desk: &Desk) -> Response {
    Json(json!({ "now": desk.clock().now().to_string() })).into_response()
}

fn wrong(field: &str, what: &str) -> Response {
    let body = json!({
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": { field: [{ "error": "InvalidValue", "description": format!("{field}: {what}") }] },
    });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}

fn failed(error: &Error) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "a demo call failed");
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "InternalError" }))).into_response()
}

async fn clock(State(desk): State<Desk>) -> Response {
    now(&desk)
}

/// Moves the clock forward. JSON answers the new instant; a form goes back to its page.
async fn move_clock(
    State(desk): State<Desk>,
    axum::Extension(worker): axum::Extension<Arc<Worker>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // JSON is JSON whatever its label says; anything else is a form from a page.
    let json = object(&body);
    let is_form = json.is_none() && !body.trim_ascii_start().starts_with(b"{");
    let fields = json.or_else(|| if is_form { form(&body) } else { None });
    let Some(fields) = fields else {
        return wrong("body", "expected {\"set\": …} or {\"advance\": …}");
    };
    let next = match worker.next_due().await {
        Ok(next) => next,
        Err(error) => return failed(&error),
    };
    let target = match target(&fields, desk.clock().now(), next) {
        Ok(target) => target,
        Err((field, what)) => return wrong(field, &what),
    };
    let by = fields
        .get("advance")
        .and_then(Value::as_str)
        .filter(|_| !fields.contains_key("set"))
        .and_then(span);
    let moved = match by {
        Some(span) => worker.advance_by(span).await,
        None => worker.advance_to(target).await,
    };
    if let Err(error) = moved {
        return failed(&error);
    }
    if is_form {
        let asked = fields.get("back").and_then(Value::as_str);
        let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
        return Redirect::to(local(asked.or(referer).unwrap_or("/"))).into_response();
    }
    now(&desk)
}

/// The path of an address, so that a form never leads elsewhere.
fn local(address: &str) -> &str {
    let path = match address.find("://") {
        Some(scheme) => {
            address[scheme + 3..].find('/').map_or("/", |slash| &address[scheme + 3 + slash..])
        }
        None => address,
    };
    if path.starts_with('/') && !path.starts_with("//") { path } else { "/" }
}

fn object(body: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}

fn form(body: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(body).ok()?;
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    Some(
        pairs
            .map(|(key, value)| (key.to_owned(), Value::from(unescaped(value))))
            .filter(|(_, value)| value != "")
            .collect(),
    )
}

fn unescaped(text: &str) -> String {
    let source = text.as_bytes();
    let mut bytes = Vec::with_capacity(source.len());
    let mut at = 0;
    while at < source.len() {
        let escape = source.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (source[at], escape.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(value)) => {
                bytes.push(value);
                at += 2;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The instant asked for: `set`, `advance`, or the next thing due.
fn target(
    fields: &Map<String, Value>,
    now: Timestamp,
    next: Option<Timestamp>,
) -> Result<Timestamp, (&'static str, String)> {
    let text = |key: &str| fields.get(key).map(|value| value.as_str().unwrap_or_default());
    if let Some(set) = text("set") {
        let set = instant(set)
            .ok_or(("set", "expected an instant such as 2026-06-08T09:00:00Z".to_owned()))?;
        return if set < now {
            Err(("set", format!("the clock does not go back; it is {now}")))
        } else {
            Ok(set)
        };
    }
    if let Some(advance) = text("advance") {
        let span = span(advance)
            .ok_or(("advance", "expected a number with s, m, h or d, such as 72h".to_owned()))?;
        return now.checked_add(span).map_err(|_| ("advance", "is too far".to_owned()));
    }
    if fields.contains_key("next") {
        return Ok(next.unwrap_or(now).max(now));
    }
    Err(("set", "expected {\"set\": …} or {\"advance\": …}".to_owned()))
}

/// RFC 3339, or what a browser's date field sends, taken as UTC.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .or_else(|| format!("{text}Z").parse().ok())
        .or_else(|| format!("{text}:00Z").parse().ok())
}

fn span(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: i64 =
        text[..text.len() - unit.len_utf8()].trim().parse().ok().filter(|number| *number >= 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    Some(SignedDuration::from_secs(number.checked_mul(seconds)?))
}

/// Every delivery, oldest first.
async fn outbox(
    State(desk): State<Desk>,
    axum::Extension(worker): axum::Extension<Arc<Worker>>,
) -> Response {
    if let Err(error) = worker.settle().await {
        return failed(&error);
    }
    let ctx = desk.ctx(Actor::System, Channel::System);
    let instance = ctx.secrets.instance.clone();
    let mut deliveries = Vec::new();
    let mut after = DeliveryId(0);
    loop {
        let page =
            desk.read(ctx.clone(), move |tx, _| desk::deliveries::all_sent(tx, after, 1000)).await;
        let page = match page {
            Ok(page) => page,
            Err(error) => return failed(&error),
        };
        let Some(last) = page.last() else { break };
        after = last.delivery.id;
        deliveries.extend(page.iter().map(|queued| delivery(&queued.delivery, &instance)));
    }
    Json(json!({ "deliveries": deliveries })).into_response()
}

fn delivery(delivery: &desk::deliveries::Delivery, instance: &str) -> Value {
    let headers: Map<String, Value> = if delivery.channel == "email" {
        let mail = desk::deliveries::outgoing(delivery, instance);
        mail.headers().into_iter().map(|(name, value)| (name, value.into())).collect()
    } else {
        let payload: Value = serde_json::from_str(&delivery.payload).unwrap_or_default();
        payload["headers"].as_object().cloned().unwrap_or_default()
    };
    let payload: Value = serde_json::from_str(&delivery.payload).unwrap_or_default();
    json!({
        "id": delivery.id.0,
        "at": delivery.at.to_string(),
        "channel": delivery.channel,
        "kind": delivery.kind,
        "to": delivery.to,
        "subject": delivery.subject,
        "text": delivery.text,
        "html": delivery.html,
        "headers": headers,
        "ticket_id": delivery.ticket.map(|id| id.0),
        "payload": payload,
    })
}

/// A raw message, taken in as if it had arrived in the support mailbox.
async fn receive(State(desk): State<Desk>, body: Bytes) -> Response {
    let ctx = desk.ctx(Actor::System, Channel::Email);
    let message = mail::parse(&body);
    let trust = Authenticator::Nobody.check(&body, &message, None).await;
    let incoming = match desk.incoming(body.into(), message, trust).await {
        Ok(incoming) => incoming,
        Err(error) => return failed(&error),
    };
    let arrival = Arrival::handed_in(&ctx.handbook.company.from, ctx.now);
    let outcome =
        desk.write(ctx, move |tx, ctx| desk::mailbox::receive(tx, ctx, &arrival, &incoming)).await;
    match outcome {
        Ok(received) => {
            let ticket = received.ticket.map(|id| id.0);
            Json(json!({ "ticket_id": ticket, "outcome": received.outcome })).into_response()
        }
        Err(error) => failed(&error),
    }
}
