//! Keeping webhooks, changing and dropping them.

use domain::WebhookId;
use domain::webhooks::Webhook;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Kind, Tx};

use super::{BY_TRIGGERS, TOPIC, events, show};
use crate::{Act, Ctx, Error, require, secrets};

/// Webhooks at most.
const MOST: usize = 100;
/// Letters of an address at most.
const LONGEST: usize = 2_000;
/// Headers of its own at most.
const HEADERS: usize = 5;

/// How we prove who we are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum Authentication {
    /// A name and a password.
    BasicAuth {
        /// The name.
        username: String,
        /// The password.
        password: String,
    },
    /// A token.
    BearerToken {
        /// The token.
        token: String,
    },
    /// A header.
    ApiKey {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

impl Authentication {
    /// The API's word for its sort.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BasicAuth { .. } => "basic_auth",
            Self::BearerToken { .. } => "bearer_token",
            Self::ApiKey { .. } => "api_key",
        }
    }
}

impl std::fmt::Debug for Authentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

/// What a door asks for; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What it is called.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// Whether anything is sent.
    pub active: Option<bool>,
    /// Where to.
    pub endpoint: Option<String>,
    /// The verb.
    pub http_method: Option<String>,
    /// What is sent: `json`, `xml`, `form_encoded`.
    pub request_format: Option<String>,
    /// What it is told by itself.
    pub subscriptions: Option<Vec<String>>,
    /// How we prove who we are; none is not at all.
    pub authentication: Option<Option<Authentication>>,
    /// Headers of its own.
    pub custom_headers: Option<Vec<(String, String)>>,
}

/// What a sealed part belongs to.
pub(super) fn about(id: WebhookId, part: &str) -> String {
    format!("webhook {id} {part}")
}

/// Makes a webhook, with a secret of its own.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<Webhook, Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name(TOPIC)?;
    if store::webhooks::all(tx)?.len() >= MOST {
        let what = format!("Webhook: there are {MOST} already, which is the most");
        return Err(Error::invalid("base", "TooLong", what));
    }
    let id = WebhookId(tx.next_id(Kind::Webhook)?);
    let required = Input {
        name: Some(input.name.clone().unwrap_or_default()),
        endpoint: Some(input.endpoint.clone().unwrap_or_default()),
        ..input.clone()
    };
    let empty = Webhook {
        id,
        name: String::new(),
        description: None,
        active: true,
        endpoint: String::new(),
        http_method: "POST".to_owned(),
        request_format: "json".to_owned(),
        subscriptions: vec![BY_TRIGGERS.to_owned()],
        authentication: None,
        custom_headers: None,
        secret: ctx.secrets.seal(&about(id, "secret"), secrets::token().as_bytes()),
        created_by: ctx.actor.user(),
        created_at: ctx.now,
        updated_by: None,
        updated_at: ctx.now,
    };
    let webhook = checked(ctx, empty, &required)?;
    store::webhooks::insert(tx, &webhook)?;
    record(tx, ctx, &webhook, "webhook_created")?;
    Ok(webhook)
}

/// Changes a webhook.
pub fn update(tx: &mut Tx<'_>, ctx: &Ctx, id: WebhookId, input: &Input) -> Result<Webhook, Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name(TOPIC)?;
    let webhook = checked(ctx, show(tx, ctx, id)?, input)?;
    store::webhooks::update(tx, &webhook)?;
    record(tx, ctx, &webhook, "webhook_changed")?;
    Ok(webhook)
}

/// Drops a webhook; what waits to be sent to it is not.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: WebhookId) -> Result<(), Error> {
    let webhook = show(tx, ctx, id)?;
    store::webhooks::delete(tx, id)?;
    record(tx, ctx, &webhook, "webhook_deleted")
}

/// What deliveries are signed with, for whoever checks them.
pub fn secret(tx: &mut Tx<'_>, ctx: &Ctx, id: WebhookId) -> Result<String, Error> {
    let webhook = show(tx, ctx, id)?;
    opened(ctx, &webhook).ok_or(Error::NotFound)
}

/// The secret, if it was sealed with our key.
pub(super) fn opened(ctx: &Ctx, webhook: &Webhook) -> Option<String> {
    let bytes = ctx.secrets.open(&about(webhook.id, "secret"), &webhook.secret)?;
    String::from_utf8(bytes).ok()
}

/// Makes a new secret; the old one signs nothing any more.
pub fn renew_secret(tx: &mut Tx<'_>, ctx: &Ctx, id: WebhookId) -> Result<String, Error> {
    tx.lock_name(TOPIC)?;
    let webhook = show(tx, ctx, id)?;
    let secret = secrets::token();
    let sealed = ctx.secrets.seal(&about(id, "secret"), secret.as_bytes());
    let webhook =
        Webhook { secret: sealed, updated_by: ctx.actor.user(), updated_at: ctx.now, ..webhook };
    store::webhooks::update(tx, &webhook)?;
    record(tx, ctx, &webhook, "webhook_secret_renewed")?;
    Ok(secret)
}

fn checked(ctx: &Ctx, webhook: Webhook, input: &Input) -> Result<Webhook, Error> {
    let id = webhook.id;
    let seal = |part: &str, text: String| ctx.secrets.seal(&about(id, part), text.as_bytes());
    Ok(Webhook {
        name: input.name.as_deref().map_or(Ok(webhook.name), name)?,
        description: input.description.clone().unwrap_or(webhook.description),
        active: input.active.unwrap_or(webhook.active),
        endpoint: input.endpoint.as_deref().map_or(Ok(webhook.endpoint), endpoint)?,
        http_method: word(
            ("http_method", "Http method"),
            input.http_method.as_deref(),
            webhook.http_method,
            &["GET", "POST", "PUT", "PATCH", "DELETE"],
        )?,
        request_format: word(
            ("request_format", "Request format"),
            input.request_format.as_deref(),
            webhook.request_format,
            &["json", "xml", "form_encoded"],
        )?,
        subscriptions: input
            .subscriptions
            .clone()
            .map_or(Ok(webhook.subscriptions), subscriptions)?,
        authentication: match &input.authentication {
            None => webhook.authentication,
            Some(None) => None,
            Some(Some(given)) => {
                proof(given)?;
                let text = serde_json::to_string(given).expect("it is made of texts");
                Some(seal("authentication", text))
            }
        },
        custom_headers: match &input.custom_headers {
            None => webhook.custom_headers,
            Some(headers) if headers.is_empty() => None,
            Some(headers) => {
                if headers.len() > HEADERS {
                    let what = format!("Custom headers: maximum is {HEADERS}");
                    return Err(Error::invalid("custom_headers", "TooLong", what));
                }
                headers
                    .iter()
                    .try_for_each(|(name, value)| header("custom_headers", name, value))?;
                let text = serde_json::to_string(headers).expect("it is made of texts");
                Some(seal("headers", text))
            }
        },
        updated_by: ctx.actor.user(),
        updated_at: ctx.now,
        ..webhook
    })
}

fn name(text: &str) -> Result<String, Error> {
    let name = crate::texts::one_line(text, 256);
    match name.chars().count() {
        0 => Err(Error::blank("name", "Name")),
        256.. => {
            let what = "Name: is too long (maximum is 255 characters)";
            Err(Error::invalid("name", "TooLong", what))
        }
        _ => Ok(name),
    }
}

/// An address of the web: a scheme, a host, no name or password in it. Whether it may be reached is looked at when it is.
pub(super) fn endpoint(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::blank("endpoint", "Endpoint"));
    }
    let wrong =
        |why: &str| Err(Error::invalid("endpoint", "InvalidFormat", format!("Endpoint: {why}")));
    if text.len() > LONGEST {
        return wrong("is too long (maximum is 2000 characters)");
    }
    let rest = text.strip_prefix("https://").or(text.strip_prefix("http://"));
    let Some(rest) = rest else { return wrong("expected an address that begins with https://") };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return wrong("expected a host");
    }
    if host.contains('@') {
        return wrong("a name or a password belongs into the authentication");
    }
    if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return wrong("has a space in it");
    }
    Ok(text.to_owned())
}

fn word(
    (field, human): (&str, &str),
    given: Option<&str>,
    before: String,
    known: &[&str],
) -> Result<String, Error> {
    let Some(given) = given else { return Ok(before) };
    let same = known.iter().find(|word| word.eq_ignore_ascii_case(given.trim()));
    let what = || format!("{human}: expected one of {}", known.join(", "));
    same.map(|word| (*word).to_owned()).ok_or_else(|| Error::invalid(field, "InvalidValue", what()))
}

fn subscriptions(given: Vec<String>) -> Result<Vec<String>, Error> {
    for one in &given {
        if one != BY_TRIGGERS && !events::TYPES.contains(&one.as_str()) {
            let shown: String = one.chars().take(60).collect();
            let what = format!("Subscriptions: there is no {shown:?}");
            return Err(Error::invalid("subscriptions", "InvalidValue", what));
        }
    }
    Ok(given)
}

fn proof(given: &Authentication) -> Result<(), Error> {
    let (name, value) = match given {
        Authentication::BasicAuth { username, password } => {
            if username.contains(':') {
                let what = "Authentication: a name has no colon";
                return Err(Error::invalid("authentication", "InvalidValue", what));
            }
            ("authorization", format!("{username}{password}"))
        }
        Authentication::BearerToken { token } => ("authorization", token.clone()),
        Authentication::ApiKey { name, value } => (name.as_str(), value.clone()),
    };
    if value.is_empty() {
        return Err(Error::blank("authentication", "Authentication"));
    }
    if name == "authorization" {
        return value_of("authentication", &value);
    }
    header("authentication", name, &value)
}

/// A header that may be sent: a plain name, no line breaks, none that is ours.
fn header(field: &str, name: &str, value: &str) -> Result<(), Error> {
    let lower = name.to_ascii_lowercase();
    let is_name = !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let is_ours = lower.starts_with("x-zendesk-")
        || matches!(
            lower.as_str(),
            "host"
                | "content-length"
                | "transfer-encoding"
                | "connection"
                | "content-type"
                | "upgrade"
        );
    if !is_name || is_ours {
        let what =
            "the name of a header is letters, digits and -, and none of those that are set for it";
        return Err(Error::invalid(field, "InvalidFormat", format!("Header: {what}")));
    }
    value_of(field, value)
}

fn value_of(field: &str, value: &str) -> Result<(), Error> {
    if value.len() > 4_000 || value.chars().any(|letter| !(' '..='~').contains(&letter)) {
        let what = "Header: the value is up to 4000 plain characters in one line";
        return Err(Error::invalid(field, "InvalidFormat", what));
    }
    Ok(())
}

/// Tells pages, and writes down who changed it; nothing secret is in it.
fn record(tx: &mut Tx<'_>, ctx: &Ctx, webhook: &Webhook, kind: &str) -> Result<(), Error> {
    tx.touch(TOPIC);
    let payload = json!({ "name": webhook.name, "active": webhook.active }).to_string();
    crate::handbooks::record_admin(tx, ctx, "webhook", webhook.id.0, kind, &payload)
}
