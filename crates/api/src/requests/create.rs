//! A customer asks. Whoever they are, a ticket is made; how much is believed of who they are is another question. (CH-01)

use axum::extract::State;
use axum::http::HeaderMap;
use desk::identity::{self, Checked, Standing};
use desk::limits::Limit;
use desk::tickets::{NewTicket, Person, Speaks};
use desk::{Desk, Error, idempotency};
use domain::{Actor, Channel, Role};
use serde_json::{Map, Value, json};

use super::json::{Sees, request};
use crate::answers::{Answer, Problem, created};
use crate::body::{Body, Object};
use crate::caller::Caller;
use crate::tickets::json::{self as shape, CustomFields};
use crate::tickets::{idempotency_key, input, looked_up};

/// What was sent along about who asks: the app's token, or only words.
enum Presented {
    Token(String),
    Words(Map<String, Value>),
}

/// The token of the head, else what the body says: a beacon has no head.
fn presented(caller: &Caller, body: &Body) -> Option<Presented> {
    if let Some(token) = &caller.identity {
        return Some(Presented::Token(token.clone()));
    }
    match body.value.get("identity")? {
        Value::String(token) => Some(Presented::Token(token.clone())),
        Value::Object(words) => Some(Presented::Words(words.clone())),
        _ => None,
    }
}

pub(super) async fn create(
    State(desk): State<Desk>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    if caller.user.is_none() {
        caller.admit(&desk, Limit::FromAddress)?;
    }
    let fields = desk.read(caller.ctx.clone(), |tx, _| shape::custom_fields(tx)).await?;
    let checked = match presented(&caller, &body) {
        Some(Presented::Token(token)) => {
            let check =
                move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| identity::check(tx, ctx, &token);
            Some(desk.read(caller.ctx.clone(), check).await?)
        }
        Some(Presented::Words(words)) => Some(identity::unsigned(&words)),
        None => None,
    };
    let asked = asked(&caller, &body, &fields, checked.as_ref())?;
    if caller.user.is_none() {
        desk.admit(Limit::ByPerson, &named(asked.person.as_ref(), checked.as_ref()))?;
    }
    let key = idempotency_key("requests", &headers, &body)?;
    let keyed = key.is_some();
    let sees = Sees::of(&caller);
    let base = caller.base;
    let (answer, hit) = desk
        .write(caller.ctx, move |tx, ctx| {
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                let standing =
                    checked.as_ref().map(|one| identity::stand(tx, ctx, one)).transpose()?;
                let new = asked.on(standing.as_ref());
                let ctx = acting(ctx, standing.as_ref());
                let done = desk::tickets::open(tx, &ctx, &new)?;
                let listed = desk::tickets::whole(tx, done.stored)?;
                let mut value = request(&listed, &fields, &base, sees);
                value["identity"] = believed(&new, standing.as_ref());
                if new.claimed.as_ref().is_some_and(|claimed| !claimed.verified) {
                    // Whoever speaks of an address does not hear where its owner belongs.
                    value["organization_id"] = Value::Null;
                }
                Ok(json!({ "request": value }).to_string())
            })
        })
        .await?;
    let value: Value = serde_json::from_str(&answer).unwrap_or_default();
    let location = value["request"]["url"].as_str().unwrap_or_default().to_owned();
    Ok(looked_up(created(&location, value), keyed, hit))
}

/// Whom a limit counts: the app's user, or the address that is spoken of.
fn named(person: Option<&Person>, checked: Option<&Checked>) -> String {
    match (checked, person) {
        (Some(Checked::Verified(claims)), _) => format!("signed {}", claims.subject),
        (_, Some(Person::Address { email, .. })) => format!("address {email}"),
        (_, Some(Person::Known(id))) => format!("user {id}"),
        (_, None) => String::new(),
    }
}

/// A signed person acts for themselves.
fn acting(ctx: &desk::Ctx, standing: Option<&Standing>) -> desk::Ctx {
    match standing.and_then(|standing| standing.person.as_ref()) {
        Some(Person::Known(id)) if ctx.actor == Actor::Anonymous => {
            ctx.acting_as(Actor::Person { id: *id, role: Role::EndUser })
        }
        _ => ctx.clone(),
    }
}

/// Whether the identity was believed, and if not why; nothing about the account.
fn believed(new: &NewTicket, standing: Option<&Standing>) -> Value {
    let Some(claimed) = &new.claimed else { return Value::Null };
    let refused = standing.and_then(|standing| standing.refused.as_ref());
    json!({
        "verified": claimed.verified,
        "reason": claimed.reason,
        "description": refused.map(ToString::to_string),
    })
}

/// What the body asks for.
struct Asked {
    person: Option<Person>,
    is_anonymous: bool,
    new: NewTicket,
}

impl Asked {
    /// The ticket, on what is known of who asks.
    fn on(&self, standing: Option<&Standing>) -> NewTicket {
        let mut new = self.new.clone();
        if let Some(standing) = standing {
            if let Some(person) = standing.person.as_ref().filter(|person| {
                standing.claimed.verified
                    || self.person.is_none() && matches!(person, Person::Address { .. })
            }) {
                new.requester = person.clone();
            }
            new.organization = standing.organization;
            new.claimed = Some(standing.claimed.clone());
            let Speaks { zone, locale } = standing.speaks.clone();
            new.speaks.zone = zone.or(new.speaks.zone);
            new.speaks.locale = locale.or(new.speaks.locale);
        } else if self.is_anonymous {
            new.claimed = Some(identity::unstated());
        }
        new
    }
}

fn asked(
    caller: &Caller,
    body: &Body,
    fields: &CustomFields,
    checked: Option<&Checked>,
) -> Result<Asked, Problem> {
    let mut input = body.object("request")?;
    let custom = input::custom(&mut input, fields, input::Choices::Dropped);
    let named = if matches!(checked, Some(Checked::Verified(_))) {
        None
    } else {
        input::requester(&mut input)
    };
    let comment = input::comment(&mut input, true).filter(|comment| !comment.is_empty());
    let subject = input.words("subject", 1000).flatten().unwrap_or_default();
    let person = match (&caller.user, named) {
        (Some(user), None) => Some(Person::Known(user.id)),
        // Agents may ask for a customer; a customer always asks for himself.
        (Some(user), Some(_)) if !user.role.answers() => Some(Person::Known(user.id)),
        (_, Some(named)) => Some(named),
        (None, None) => None,
    };
    let said = match checked {
        Some(Checked::Verified(claims)) => Some(&claims.email),
        Some(Checked::Refused { said, .. }) => Some(&said.email).filter(|email| email.is_some()),
        None => None,
    };
    if person.is_none() && said.is_none() {
        input.complain("requester", "BlankValue", "cannot be blank without credentials");
    }
    if comment.is_none() {
        input.complain("comment", "BlankValue", "cannot be blank");
    }
    let tags = input.texts("tags", 100).flatten().unwrap_or_default();
    let ccs = input::people(&mut input, "collaborators").unwrap_or_default();
    let context = input.raw("context").and_then(Value::as_object).cloned().unwrap_or_default();
    let speaks = speaks(&context, &mut input);
    input.finish()?;
    let Some(comment) = comment else { return Err(Problem::BrokenJson) };
    // Who it is comes from the token, once it has been looked at.
    let requester = match (&person, said) {
        (Some(person), _) => person.clone(),
        (None, Some(Some(email))) => Person::Address { email: email.clone(), name: None },
        (None, _) => return Err(Problem::Desk(Error::blank("requester", "Requester"))),
    };
    let is_from_app = !context.is_empty() || checked.is_some();
    let channel = if is_from_app { Channel::App } else { Channel::Web };
    let words = input::worded(comment.body);
    let mut new = NewTicket::request(requester, &subject, words, channel);
    new.files = comment.files;
    new.severity = custom.severity.flatten();
    new.area = custom.area.flatten();
    new.kind = custom.kind.flatten();
    new.fields = custom.values.into_iter().filter(|(_, value)| value.is_some()).collect();
    new.tags = tags;
    new.tags.extend(custom.add_tags);
    new.ccs = if caller.user.is_some() { ccs } else { Vec::new() };
    new.context = desk::sent_along::cut(&context);
    new.speaks = speaks;
    Ok(Asked { person, is_anonymous: caller.user.is_none(), new })
}

/// The zone and language of the browser. What cannot be one is left out: nobody typed it.
fn speaks(context: &Map<String, Value>, input: &mut Object<'_>) -> Speaks {
    let text = |key: &str| context.get(key).and_then(Value::as_str).map(str::to_owned);
    let said = input.raw("requester").and_then(Value::as_object);
    let locale = said.and_then(|said| said.get("locale")).and_then(Value::as_str);
    Speaks { zone: text("zone"), locale: locale.map(str::to_owned).or_else(|| text("locale")) }
}
