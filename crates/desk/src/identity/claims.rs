//! What a token says about a person, read with limits.

use serde_json::{Map, Value};

use crate::organizations::facts;
use crate::texts::one_line;
use crate::tickets::Speaks;
use crate::users;

/// What is said about somebody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// The app's own name for them.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the app has proved that address; it has unless it says no.
    pub is_email_proved: bool,
    /// Their name.
    pub name: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// IANA zone.
    pub zone: Option<String>,
    /// Whether they administer their organization.
    pub is_admin: bool,
    /// The organization they act for.
    pub organization: Option<SaidOrganization>,
}

/// What is said about an organization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaidOrganization {
    /// The app's own name for it.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// `plan`, `mrr`, `trial`, `addons`, `card`, as far as they were said.
    pub fields: Map<String, Value>,
}

impl Claims {
    /// Reads what is right, and says what is wrong with the rest.
    pub(super) fn read(said: &Map<String, Value>) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let subject = text(said, "sub").or_else(|| text(said, "external_id"));
        if subject.is_none() {
            wrong.push("sub: expected the user's id in your app".to_owned());
        }
        let email = text(said, "email").and_then(|email| users::address(&email));
        if email.is_none() {
            wrong.push("email: expected an address".to_owned());
        }
        let zone = text(said, "zone");
        if zone.as_deref().is_some_and(|zone| users::zone(zone).is_none()) {
            wrong.push("zone: expected a name such as Europe/London".to_owned());
        }
        let locale = text(said, "locale");
        if locale.as_deref().is_some_and(|tag| users::language(tag).is_none()) {
            wrong.push("locale: expected a tag such as de or pt-BR".to_owned());
        }
        for key in ["admin", "email_verified"] {
            if said.get(key).is_some_and(|value| !value.is_boolean() && !value.is_null()) {
                wrong.push(format!("{key}: expected true or false"));
            }
        }
        let flag = |key: &str| said.get(key).and_then(Value::as_bool);
        let claims = Self {
            subject: subject.unwrap_or_default(),
            email,
            is_email_proved: flag("email_verified").unwrap_or(true),
            name: text(said, "name").map(|name| users::tidy(&name)).filter(|name| !name.is_empty()),
            locale: locale.and_then(|tag| users::language(&tag)),
            zone: zone.and_then(|zone| users::zone(&zone)),
            is_admin: flag("admin").unwrap_or_default(),
            organization: organization(said, &mut wrong),
        };
        (claims, wrong)
    }

    /// The zone and language that were said.
    pub(super) fn speaks(&self) -> Speaks {
        Speaks { zone: self.zone.clone(), locale: self.locale.clone() }
    }
}

/// A text or a number, as one short line.
fn text(said: &Map<String, Value>, key: &str) -> Option<String> {
    let text = match said.get(key)? {
        Value::String(text) => one_line(text, 255),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn organization(said: &Map<String, Value>, wrong: &mut Vec<String>) -> Option<SaidOrganization> {
    let said = match said.get("organization")? {
        Value::Object(said) => said,
        Value::Null => return None,
        _ => {
            wrong.push("organization: expected an object".to_owned());
            return None;
        }
    };
    let mut fields: Map<String, Value> =
        said.iter().filter(|(key, _)| facts::is_fact(key)).map(clean).collect();
    for complaint in facts::complaints(&fields) {
        let key = complaint.field.trim_start_matches("organization_fields.");
        wrong.push(format!("organization.{key}: {}", complaint.description));
        fields.remove(key);
    }
    let organization = SaidOrganization { id: text(said, "id"), name: text(said, "name"), fields };
    if organization.id.is_none() {
        wrong.push("organization.id: expected its id in your app".to_owned());
    }
    let says_nothing = organization == SaidOrganization::default();
    (!says_nothing).then_some(organization)
}

/// A fact without characters that no database keeps.
fn clean((key, value): (&String, &Value)) -> (String, Value) {
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
    let value = match value {
        Value::String(text) => plain(text).into(),
        Value::Array(list) => list
            .iter()
            .map(|one| one.as_str().map_or_else(|| one.clone(), |text| plain(text).into()))
            .collect(),
        other => other.clone(),
    };
    (key.clone(), value)
}
