//! `/settings/webhooks`: other programs that are told, and what was sent to each.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::webhooks::{Authentication, BY_TRIGGERS, Input, Invocation};
use desk::{Ctx, Error, FieldError, Key, Page, Start, Tx};
use domain::WebhookId;
use domain::webhooks::Webhook;
use maud::{Markup, html};

use super::deliveries::state_text;
use super::frame::{page, status};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, checkbox, field};
use crate::components::notice::{Tone, message_box};
use crate::components::table::{Column, listing};
use crate::components::time;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// How many deliveries a page of the log has.
const SIZE: i64 = 25;
/// The events one can subscribe to: the last part of their names, and in words.
const EVENTS: [(&str, Text); 7] = [
    ("created", Text::WebhookOpened),
    ("status_changed", Text::WebhookStatus),
    ("priority_changed", Text::WebhookPriority),
    ("group_assignment_changed", Text::WebhookTeam),
    ("agent_assignment_changed", Text::WebhookAssignee),
    ("tags_changed", Text::WebhookTags),
    ("comment_added", Text::WebhookComment),
];

fn event(name: &str) -> String {
    format!("zen:event-type:ticket.{name}")
}

/// What stands in the form; nothing secret ever does.
#[derive(Default)]
struct Typed {
    name: String,
    about: String,
    endpoint: String,
    method: String,
    subscriptions: Vec<String>,
    active: bool,
    errors: Vec<FieldError>,
}

impl Typed {
    fn of(one: &Webhook) -> Self {
        Self {
            name: one.name.clone(),
            about: one.description.clone().unwrap_or_default(),
            endpoint: one.endpoint.clone(),
            method: one.http_method.clone(),
            subscriptions: one.subscriptions.clone(),
            active: one.active,
            errors: Vec::new(),
        }
    }

    fn sent(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        let ticked = form.pairs().filter(|(name, _)| *name == "subscriptions");
        Self {
            name: text("name"),
            about: text("description"),
            endpoint: text("endpoint"),
            method: text("http_method"),
            subscriptions: ticked.map(|(_, value)| value.to_owned()).collect(),
            active: form.get("active") == "true",
            errors: Vec::new(),
        }
    }

    fn error(&self, name: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    }

    fn input(&self, form: &Form) -> Input {
        let (name, value) = (form.get("proof_name").to_owned(), form.get("proof_value").to_owned());
        let about = self.about.trim();
        Input {
            name: Some(self.name.clone()),
            description: Some((!about.is_empty()).then(|| about.to_owned())),
            active: Some(self.active),
            endpoint: Some(self.endpoint.clone()),
            http_method: Some(self.method.clone()),
            request_format: None,
            subscriptions: Some(self.subscriptions.clone()),
            authentication: match form.get("proof") {
                "none" => Some(None),
                "bearer_token" => Some(Some(Authentication::BearerToken { token: value })),
                "basic_auth" => {
                    Some(Some(Authentication::BasicAuth { username: name, password: value }))
                }
                "api_key" => Some(Some(Authentication::ApiKey { name, value })),
                _ => None,
            },
            custom_headers: None,
        }
    }
}

pub(super) async fn list(visitor: Visitor) -> Answer {
    let all = visitor.desk.read(visitor.ctx.clone(), desk::webhooks::list).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let make = button::link(routes::NEW_WEBHOOK, Button::primary(words.say(Text::WebhookMake)));
    let columns = [
        Column::text(words.say(Text::WebhookName)),
        Column::text(words.say(Text::WebhookEndpoint)),
        Column::text(words.say(Text::SettingsColumnState)),
    ];
    let row = |one: &Webhook| {
        let state = if one.active { Text::SettingsActive } else { Text::SettingsInactive };
        vec![
            html! { a href=(routes::webhook(one.id.0)) dir="auto" { (one.name) } },
            html! { code { (one.endpoint) } },
            html! { (words.say(state)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    let main = html! {
        @if rows.is_empty() {
            (empty_state(words.say(Text::WebhookNone), words.say(Text::WebhookNoneWhy), Some(&make)))
        } @else { p { (make) } (listing("webhooks", words.say(Text::SettingsWebhooks), &columns, &rows)) }
    };
    let here = (routes::WEBHOOKS, words.say(Text::SettingsWebhooks));
    page(&visitor, &reader, here, &main, status(&[])).await
}

pub(super) async fn new(visitor: Visitor) -> Answer {
    let typed = Typed {
        method: "POST".to_owned(),
        subscriptions: vec![BY_TRIGGERS.to_owned()],
        active: true,
        ..Typed::default()
    };
    form_page(&visitor, None, &typed, None).await
}

async fn load(visitor: &Visitor, id: &str) -> Result<Webhook, Problem> {
    let id = WebhookId(id.parse().map_err(|_| Problem::NotFound)?);
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::show(tx, ctx, id);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

pub(super) async fn edit(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let one = load(&visitor, &id).await?;
    form_page(&visitor, Some(&one), &Typed::of(&one), None).await
}

pub(super) async fn create(visitor: Visitor, form: Form) -> Answer {
    save(&visitor, None, &form).await
}

pub(super) async fn update(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let one = load(&visitor, &id).await?;
    save(&visitor, Some(&one), &form).await
}

async fn save(visitor: &Visitor, known: Option<&Webhook>, form: &Form) -> Answer {
    let mut typed = Typed::sent(form);
    let input = typed.input(form);
    let id = known.map(|one| one.id);
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| match id {
        Some(id) => desk::webhooks::update(tx, ctx, id, &input),
        None => desk::webhooks::create(tx, ctx, &input),
    };
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(one) => {
            Ok(Redirect::to(&format!("{}?saved=1", routes::webhook(one.id.0))).into_response())
        }
        Err(Error::Invalid(errors)) => {
            typed.errors = errors;
            form_page(visitor, known, &typed, None).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn delete(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = load(&visitor, &id).await?.id;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::delete(tx, ctx, id);
    visitor.desk.write(visitor.ctx.clone(), write).await?;
    Ok(Redirect::to(&format!("{}?deleted=1", routes::WEBHOOKS)).into_response())
}

/// Shows the secret, or a new one; only ever as the answer to a form.
pub(super) async fn secret(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let one = load(&visitor, &id).await?;
    let (id, renews) = (one.id, form.get("renew") == "true");
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        if renews {
            desk::webhooks::renew_secret(tx, ctx, id)
        } else {
            desk::webhooks::secret(tx, ctx, id)
        }
    };
    let secret = visitor.desk.write(visitor.ctx.clone(), write).await?;
    form_page(&visitor, Some(&one), &Typed::of(&one), Some(&secret)).await
}

/// Sends a test request, which shows in the log.
pub(super) async fn test(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = load(&visitor, &id).await?.id;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        desk::webhooks::queue_test(tx, ctx, id, None, "{\"test\":true}").map(|_| ())
    };
    visitor.desk.write(visitor.ctx.clone(), write).await?;
    Ok(Redirect::to(&format!("{}?tested=1#log-heading", routes::webhook(id.0))).into_response())
}

async fn form_page(
    visitor: &Visitor,
    one: Option<&Webhook>,
    typed: &Typed,
    secret: Option<&str>,
) -> Answer {
    let sent = match one {
        Some(one) => log(visitor, one.id).await?,
        None => Vec::new(),
    };
    let proof = one.and_then(|one| visitor.ctx.proof_of(one));
    let reader = visitor.reader();
    let words = reader.words;
    let heading = one.map_or(words.say(Text::WebhookNew), |one| one.name.as_str());
    let to = one.map_or_else(|| routes::NEW_WEBHOOK.to_owned(), |one| routes::webhook(one.id.0));
    let main = html! {
        @if let Some(secret) = secret {
            (message_box("secret", Tone::Ok, words.say(Text::WebhookSecret), &html! { p { code { (secret) } } }))
        }
        form.stack.narrow method="post" action=(to) {
            (button::csrf(&reader))
            (fields(&reader, typed, proof, one.is_none()))
            div.field-actions {
                (button::submit(Button::primary(words.say(Text::SettingsSaveChanges))))
                a.button href=(routes::WEBHOOKS) { (words.say(Text::Cancel)) }
            }
        }
        @if one.is_some() {
            (signing(&reader, &to))
            (logged(visitor, &reader, &to, &sent))
            (super::deletion(&reader, &format!("{to}/deletion"), Text::WebhookDelete, Text::WebhookDeleteWhy))
        }
    };
    page(visitor, &reader, (routes::WEBHOOKS, heading), &main, status(&typed.errors)).await
}

fn fields(reader: &Reader, typed: &Typed, proof: Option<&str>, is_new: bool) -> Markup {
    let words = reader.words;
    let line = |name, label, value| Field {
        error: typed.error(name),
        value,
        ..Field::line(name, words.say(label))
    };
    let methods = ["POST", "PUT", "PATCH"].map(|method| (method, method));
    let proofs = [
        ("", words.say(Text::WebhookProofKeep)),
        ("none", words.say(Text::WebhookProofNone)),
        ("bearer_token", words.say(Text::WebhookProofBearer)),
        ("basic_auth", words.say(Text::WebhookProofBasic)),
        ("api_key", words.say(Text::WebhookProofKey)),
    ];
    let proofs = if is_new { &proofs[1..] } else { &proofs[..] };
    let secret = Control::Line { kind: "password", autocomplete: "off" };
    html! {
        (super::errors_elsewhere(&typed.errors, &["name", "endpoint", "http_method", "description", "authentication"]))
        (field(words, &line("name", Text::WebhookName, &typed.name)))
        (field(words, &Field { hint: Some(words.say(Text::WebhookEndpointHint)), ..line("endpoint", Text::WebhookEndpoint, &typed.endpoint) }))
        (field(words, &Field { control: Control::Select(&methods), ..line("http_method", Text::WebhookMethod, &typed.method) }))
        fieldset.field {
            legend { (words.say(Text::WebhookSubscriptions)) }
            @let own = (BY_TRIGGERS.to_owned(), Text::WebhookByTriggers, None);
            @for (value, text, name) in std::iter::once(own).chain(EVENTS.map(|(name, text)| (event(name), text, Some(name)))) {
                label.choice {
                    input type="checkbox" name="subscriptions" value=(value) checked[typed.subscriptions.contains(&value)];
                    span { (words.say(text)) @if let Some(name) = name { " " code.muted { (name) } } }
                }
            }
        }
        (field(words, &Field { control: Control::Select(proofs), hint: proof, error: typed.error("authentication"), ..Field::line("proof", words.say(Text::WebhookProof)) }))
        (field(words, &Field { optional: true, ..Field::line("proof_name", words.say(Text::WebhookProofName)) }))
        (field(words, &Field { optional: true, control: secret, ..Field::line("proof_value", words.say(Text::WebhookProofValue)) }))
        (field(words, &Field { optional: true, ..line("description", Text::SettingsAbout, &typed.about) }))
        (checkbox("active", "active", words.say(Text::WebhookActive), typed.active, None))
    }
}

fn signing(reader: &Reader, to: &str) -> Markup {
    let words = reader.words;
    html! {
        section.stack aria-labelledby="signing-heading" {
            h2 #signing-heading { (words.say(Text::WebhookSecret)) }
            p.hint { (words.say(Text::WebhookSecretHint)) }
            form.rule-state method="post" action={ (to) "/secret" } {
                (button::csrf(reader))
                button.button type="submit" name="renew" value="false" { (words.say(Text::WebhookSecretShow)) }
                button.button.danger type="submit" name="renew" value="true" { (words.say(Text::WebhookSecretRenew)) }
            }
        }
    }
}

async fn log(visitor: &Visitor, id: WebhookId) -> Result<Vec<Invocation>, Problem> {
    let start = match visitor.query.number("before") {
        Some(id) => Start::After(Key { value: None, id }),
        None => Start::Offset(0),
    };
    let page = Page { start, size: SIZE + 1, descending: true };
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::webhooks::invocations(tx, ctx, id, &page);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

fn logged(visitor: &Visitor, reader: &Reader, to: &str, sent: &[Invocation]) -> Markup {
    let words = reader.words;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let columns = [
        Column::text(words.say(Text::DeliveryWhen)),
        Column::text(words.say(Text::DeliveryState)),
        Column::number(words.say(Text::DeliveryTries)),
        Column::text(words.say(Text::WebhookAnswer)),
    ];
    let row = |one: &Invocation| {
        let last = one.attempts.last();
        let code = last.and_then(|attempt| attempt.status_code);
        let said = last.map(|attempt| attempt.response.chars().take(200).collect::<String>());
        vec![
            time::dated(reader, one.queued.delivery.at),
            html! { (words.say(state_text(&one.queued.state))) },
            html! { (one.queued.attempts) },
            html! { @if let Some(code) = code { (code) " " } (said.unwrap_or_default()) },
        ]
    };
    let rows: Vec<Vec<Markup>> = sent.iter().take(size).map(row).collect();
    let more = sent.get(size.saturating_sub(1)).filter(|_| sent.len() > size);
    html! {
        div.stack {
            h2 #log-heading { (words.say(Text::WebhookLog)) }
            @if visitor.query.some("tested").is_some() { p role="status" { (words.say(Text::WebhookTestSent)) } }
            (button::action(reader, &format!("{to}/test"), Button::plain(words.say(Text::WebhookTest))))
            @if rows.is_empty() { p { (words.say(Text::WebhookLogNone)) } }
            @else { (listing("webhook-log", words.say(Text::WebhookLog), &columns, &rows)) }
            @if let Some(last) = more {
                p { a href={ (to) "?before=" (last.queued.delivery.id) "#log-heading" } { (words.say(Text::Older)) } }
            }
        }
    }
}
