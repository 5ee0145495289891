//! What clients say about people.

use desk::users::{IdentityInput, Input, NewIdentity};
use domain::{OrganizationId, Role};
use serde_json::{Map, Value};

use crate::answers::Problem;
use crate::body::Object;

/// Longest note.
const NOTE: usize = 65_536;

/// Reads a person. Only for a new one, `skip_verify_email` says that the address is proved.
pub(super) fn user(mut sent: Object<'_>, new: bool) -> Result<Input, Problem> {
    let verified = sent.flag("verified").flatten();
    let skipped = sent.flag("skip_verify_email").flatten();
    let zone = sent.text("iana_time_zone", 100);
    let plain_zone = sent.text("time_zone", 100);
    let input = Input {
        name: sent.text("name", 255).flatten(),
        email: sent.text("email", 255).flatten().filter(|email| !email.trim().is_empty()),
        identities: if new { identities(&mut sent) } else { Vec::new() },
        role: role(&mut sent),
        external_id: sent.text("external_id", 255),
        locale: sent.text("locale", 20),
        time_zone: zone.filter(Option::is_some).or(plain_zone),
        phone: sent.text("phone", 255),
        alias: sent.text("alias", 255),
        details: sent.text("details", NOTE),
        notes: sent.text("notes", NOTE),
        tags: sent.texts("tags", 1000).map(Option::unwrap_or_default),
        fields: values(&mut sent, "user_fields"),
        organization: sent.id("organization_id").map(|id| id.map(OrganizationId)),
        organization_name: organization_name(&mut sent),
        verified: if new { verified.or(skipped.filter(|skipped| *skipped)) } else { verified },
        suspended: sent.flag("suspended").flatten(),
    };
    sent.finish()?;
    Ok(input)
}

/// Reads an identity to be added.
pub(super) fn new_identity(mut sent: Object<'_>) -> Result<NewIdentity, Problem> {
    let identity = one_identity(&mut sent);
    sent.finish()?;
    Ok(identity)
}

/// Reads changes to an identity.
pub(super) fn identity(mut sent: Object<'_>) -> Result<IdentityInput, Problem> {
    let input = IdentityInput {
        value: sent.text("value", 255).flatten(),
        verified: sent.flag("verified").flatten(),
    };
    sent.finish()?;
    Ok(input)
}

/// The values of fields by key; what is not an object is complained about.
pub(crate) fn values(sent: &mut Object<'_>, key: &str) -> Map<String, Value> {
    match sent.raw(key) {
        Some(Value::Object(values)) => values.clone(),
        None | Some(Value::Null) => Map::new(),
        Some(Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            sent.complain(key, "InvalidValue", "expected an object");
            Map::new()
        }
    }
}

fn one_identity(sent: &mut Object<'_>) -> NewIdentity {
    let value = sent.text("value", 255).flatten();
    if !sent.has("value") {
        sent.complain("value", "BlankValue", "cannot be blank");
    }
    let verified = sent.flag("verified").flatten().unwrap_or_default();
    let skipped = sent.flag("skip_verify_email").flatten().unwrap_or_default();
    NewIdentity {
        kind: sent.text("type", 50).flatten().unwrap_or_else(|| "email".to_owned()),
        value: value.unwrap_or_default(),
        verified: verified || skipped,
        primary: sent.flag("primary").flatten().unwrap_or_default(),
    }
}

fn identities(sent: &mut Object<'_>) -> Vec<NewIdentity> {
    let Some(Value::Array(list)) = sent.raw("identities") else { return Vec::new() };
    if list.len() > 20 {
        sent.complain("identities", "TooLong", "is too long (maximum is 20 identities)");
        return Vec::new();
    }
    let mut identities = Vec::new();
    for one in list {
        if let Value::Object(map) = one {
            let mut inner = Object::new(map, "identities.");
            identities.push(one_identity(&mut inner));
            sent.absorb(inner);
        } else {
            sent.complain("identities", "InvalidValue", "expected objects");
        }
    }
    identities
}

fn organization_name(sent: &mut Object<'_>) -> Option<String> {
    let mut inner = sent.object("organization")?;
    let name = inner.text("name", 255).flatten().filter(|name| !name.trim().is_empty());
    sent.absorb(inner);
    name
}

fn role(sent: &mut Object<'_>) -> Option<Role> {
    let word = sent.text("role", 50).flatten().filter(|word| !word.is_empty())?;
    match word.as_str() {
        "end-user" => Some(Role::EndUser),
        "agent" if sent.raw("role_type").and_then(Value::as_i64) == Some(1) => Some(Role::Light),
        "agent" => Some(Role::Agent),
        "admin" => Some(Role::Admin),
        _ => {
            sent.complain("role", "InvalidValue", "is not one of end-user, agent, admin");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value, new: bool) -> Result<Input, Problem> {
        let Value::Object(map) = value else { unreachable!("an object") };
        user(Object::new(map, ""), new)
    }

    #[test]
    fn what_is_not_sent_stays_and_null_clears() {
        let input = read(
            &json!({ "id": 7, "phone": null, "unknown": [1], "time_zone": "Europe/London" }),
            false,
        )
        .unwrap();
        assert_eq!(input.phone, Some(None));
        assert_eq!(input.notes, None);
        assert_eq!(input.time_zone, Some(Some("Europe/London".to_owned())));
        assert_eq!(input.organization, None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let Err(Problem::Desk(desk::Error::Invalid(errors))) = read(
            &json!({ "name": "x".repeat(256), "role": "king", "tags": 7, "user_fields": [] }),
            true,
        ) else {
            unreachable!("all of it is wrong")
        };
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "role", "tags", "user_fields"]);
    }

    #[test]
    fn a_skipped_verification_proves_a_new_address_only() {
        assert_eq!(read(&json!({ "skip_verify_email": true }), true).unwrap().verified, Some(true));
        assert_eq!(read(&json!({ "skip_verify_email": true }), false).unwrap().verified, None);
    }
}
