//! What is sent to webhooks: queued with the change that causes it, signed when it leaves, and what came back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::webhooks::Webhook;
use domain::{DeliveryId, TicketId, WebhookId};
use jiff::Timestamp;
use ring::hmac;
use serde_json::json;
use store::Tx;
use store::outbox::Queued;
use store::page::Page;
use store::webhooks::Attempt;

use super::change::{Authentication, about, endpoint, opened};
use super::show;
use crate::deliveries::Delivery;
use crate::{Act, Ctx, Error, require};

/// What is kept of an answer, in letters.
const KEPT: usize = 2_000;
/// What a request may weigh.
const HEAVIEST: usize = 256 * 1024;

/// Queues a request to a webhook. A key is sent once.
pub(crate) fn queue(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    webhook: &Webhook,
    (ticket, kind): (Option<TicketId>, &str),
    key: String,
    body: &str,
) -> Result<DeliveryId, Error> {
    let id = store::outbox::next_id(tx)?;
    let mut delivery = Delivery {
        id,
        key,
        at: ctx.now,
        channel: "webhook".to_owned(),
        kind: kind.to_owned(),
        automatic: true,
        ticket,
        user: None,
        to: vec![webhook.endpoint.clone()],
        subject: webhook.name.clone(),
        text: body.chars().take(HEAVIEST).collect(),
        html: None,
        payload: String::new(),
    };
    // What stands in the database is no proof of who we are: only the signature, and that of this instant.
    let headers: serde_json::Map<String, serde_json::Value> = signed(ctx, webhook, &delivery)
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let payload = json!({ "webhook_id": webhook.id.to_string(), "method": webhook.http_method, "headers": headers });
    delivery.payload = payload.to_string();
    store::outbox::insert(tx, &delivery)?;
    store::webhooks::invoke(tx, id, webhook.id)?;
    Ok(id)
}

/// The headers that say whose delivery it is, with the signature over this instant and the body.
fn signed(ctx: &Ctx, webhook: &Webhook, delivery: &Delivery) -> Vec<(String, String)> {
    let at = Timestamp::from_second(ctx.now.as_second()).unwrap_or(ctx.now).to_string();
    let secret = opened(ctx, webhook).unwrap_or_default();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut mac = hmac::Context::with_key(&key);
    mac.update(at.as_bytes());
    mac.update(delivery.text.as_bytes());
    [
        ("X-Zendesk-Account-Id", ctx.secrets.instance.clone()),
        ("X-Zendesk-Webhook-Id", webhook.id.to_string()),
        ("X-Zendesk-Webhook-Invocation-Id", delivery.id.to_string()),
        ("X-Zendesk-Webhook-Signature-Timestamp", at),
        ("X-Zendesk-Webhook-Signature", STANDARD.encode(mac.sign())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A request that is about to leave.
#[derive(Clone)]
pub struct Request {
    /// The verb.
    pub method: String,
    /// Where to.
    pub url: String,
    /// All headers, with whatever proves us.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: String,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// The request that a queued delivery stands for, signed now; none if its webhook is gone or stopped.
pub fn request(tx: &mut Tx<'_>, ctx: &Ctx, queued: &Queued) -> Result<Option<Request>, Error> {
    let payload: serde_json::Value =
        serde_json::from_str(&queued.delivery.payload).unwrap_or_default();
    let id = payload["webhook_id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
    let is_test = queued.delivery.kind == "webhook_test";
    let webhook = store::webhooks::load(tx, WebhookId(id))?.filter(|one| one.active || is_test);
    let Some(webhook) = webhook else { return Ok(None) };
    let mut headers = signed(ctx, &webhook, &queued.delivery);
    let kind = match webhook.request_format.as_str() {
        "xml" => "application/xml",
        "form_encoded" => "application/x-www-form-urlencoded",
        _ => "application/json",
    };
    headers.push(("Content-Type".to_owned(), kind.to_owned()));
    headers.extend(own_headers(ctx, &webhook));
    // A test may go to an address that is not kept, and then proves nothing there.
    let url = queued.delivery.to.first().cloned().unwrap_or_default();
    let url = if is_test { url } else { webhook.endpoint.clone() };
    if url == webhook.endpoint {
        headers.extend(proof(ctx, &webhook));
    }
    let method = webhook.http_method;
    Ok(Some(Request { method, url, headers, body: queued.delivery.text.clone() }))
}

fn unsealed<T: serde::de::DeserializeOwned>(
    ctx: &Ctx,
    id: WebhookId,
    part: &str,
    sealed: Option<&String>,
) -> Option<T> {
    let bytes = ctx.secrets.open(&about(id, part), sealed?)?;
    serde_json::from_slice(&bytes).ok()
}

fn own_headers(ctx: &Ctx, webhook: &Webhook) -> Vec<(String, String)> {
    let sealed = webhook.custom_headers.as_ref();
    unsealed(ctx, webhook.id, "headers", sealed).unwrap_or_default()
}

fn proof(ctx: &Ctx, webhook: &Webhook) -> Option<(String, String)> {
    let sealed = webhook.authentication.as_ref();
    let basic = |text: String| format!("Basic {}", STANDARD.encode(text));
    let authorization = "Authorization".to_owned();
    Some(match unsealed(ctx, webhook.id, "authentication", sealed)? {
        Authentication::BasicAuth { username, password } => {
            (authorization, basic(format!("{username}:{password}")))
        }
        Authentication::BearerToken { token } => (authorization, format!("Bearer {token}")),
        Authentication::ApiKey { name, value } => (name, value),
    })
}

/// The sort of authentication a webhook has, without what is secret about it.
pub(super) fn kind_of_proof(ctx: &Ctx, webhook: &Webhook) -> Option<&'static str> {
    let sealed = webhook.authentication.as_ref();
    unsealed::<Authentication>(ctx, webhook.id, "authentication", sealed).map(|one| one.kind())
}

impl Ctx {
    /// The sort of authentication a webhook has.
    pub fn proof_of(&self, webhook: &Webhook) -> Option<&'static str> {
        kind_of_proof(self, webhook)
    }

    /// The names of a webhook's own headers.
    pub fn headers_of(&self, webhook: &Webhook) -> Vec<String> {
        own_headers(self, webhook).into_iter().map(|(name, _)| name).collect()
    }
}

/// What came back, or why nothing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// The beginning of the answer, or why there was none.
    pub said: String,
}

/// Writes an attempt down; `outcome` is `success`, `retrying` or `failed`.
pub fn heard(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    delivery: DeliveryId,
    outcome: &str,
    answered: &Answered,
) -> Result<(), Error> {
    let attempt = Attempt {
        id: 0,
        delivery,
        at: ctx.now,
        status_code: answered.status.map(i64::from),
        outcome: outcome.to_owned(),
        response: answered.said.chars().filter(|letter| *letter != '\0').take(KEPT).collect(),
    };
    Ok(store::webhooks::attempted(tx, &attempt)?)
}

/// A delivery of a webhook, and its attempts.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The delivery.
    pub queued: Queued,
    /// The attempts, the oldest first.
    pub attempts: Vec<Attempt>,
}

/// A page of what was sent to a webhook.
pub fn invocations(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: WebhookId,
    page: &Page,
) -> Result<Vec<Invocation>, Error> {
    show(tx, ctx, id)?;
    let mut found = Vec::new();
    for delivery in store::webhooks::invocations(tx, id, page)? {
        if let Some(queued) = store::outbox::load(tx, delivery)? {
            found.push(Invocation { queued, attempts: store::webhooks::attempts(tx, delivery)? });
        }
    }
    Ok(found)
}

/// The attempts of one delivery of a webhook.
pub fn attempts(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: WebhookId,
    delivery: DeliveryId,
) -> Result<Vec<Attempt>, Error> {
    show(tx, ctx, id)?;
    Ok(store::webhooks::attempts(tx, delivery)?)
}

/// Queues a request that tries a webhook, perhaps at another address. It leaves as everything does, and is waited for.
pub fn queue_test(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: WebhookId,
    url: Option<&str>,
    body: &str,
) -> Result<DeliveryId, Error> {
    let mut webhook = show(tx, ctx, id)?;
    if let Some(url) = url {
        webhook.endpoint = endpoint(url)?;
    }
    let key = format!("webhook-test:{}", crate::token());
    queue(tx, ctx, &webhook, (None, "webhook_test"), key, body)
}

/// What came of a test: none while it is on its way.
pub fn tested(tx: &mut Tx<'_>, ctx: &Ctx, delivery: DeliveryId) -> Result<Option<Answered>, Error> {
    require(&ctx.actor, Act::Configure)?;
    let attempts = store::webhooks::attempts(tx, delivery)?;
    if let Some(last) = attempts.last() {
        let status = last.status_code.and_then(|code| u16::try_from(code).ok());
        return Ok(Some(Answered { status, said: last.response.clone() }));
    }
    let queued = store::outbox::load(tx, delivery)?.ok_or(Error::NotFound)?;
    Ok(match queued.state.as_str() {
        "pending" => None,
        // In the demo nothing leaves: it was captured.
        "sent" => Some(Answered { status: Some(200), said: String::new() }),
        _ => Some(Answered { status: None, said: queued.last_error.unwrap_or_default() }),
    })
}
