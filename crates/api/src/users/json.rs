//! People in the API's shape.

use domain::{Identity, Role, TeamId, User};
use serde_json::{Value, json};

use crate::tickets::json::time;

/// A person as agents see them.
pub(crate) fn json(user: &User, base: &str) -> Value {
    with_group(user, None, base)
}

/// A person as agents see them, with their default group.
pub(crate) fn with_group(user: &User, default_group: Option<TeamId>, base: &str) -> Value {
    let is_light = user.role == Role::Light;
    let is_staff = user.role != Role::EndUser;
    json!({
        "id": user.id.0,
        "url": url(user, base),
        "name": user.name,
        "email": user.email,
        "created_at": time(user.created_at),
        "updated_at": time(user.updated_at),
        "last_login_at": user.last_login_at.map(time),
        "role": role(user.role),
        "role_type": is_light.then_some(1),
        "custom_role_id": null,
        "external_id": user.external_id,
        "active": user.active,
        "verified": user.verified,
        "suspended": user.suspended,
        "moderator": is_staff && !is_light,
        "chat_only": false,
        "shared": false,
        "shared_agent": false,
        "restricted_agent": is_light,
        "only_private_comments": is_light,
        "report_csv": user.role == Role::Admin,
        "organization_id": user.organization.map(|id| id.0),
        "default_group_id": default_group.map(|id| id.0),
        "locale": user.locale.as_deref().unwrap_or("en-US"),
        "locale_id": 1,
        "time_zone": user.time_zone,
        "iana_time_zone": user.time_zone,
        "phone": user.phone,
        "shared_phone_number": null,
        "alias": user.alias,
        "signature": null,
        "details": user.details,
        "notes": user.notes,
        "ticket_restriction": if is_staff { None } else { Some("requested") },
        "two_factor_auth_enabled": null,
        "photo": null,
        "tags": user.tags,
        "user_fields": user.fields,
    })
}

/// A person as they see themselves, if they are an end user.
pub(crate) fn short(user: &User, base: &str) -> Value {
    json!({
        "id": user.id.0,
        "url": url(user, base),
        "name": user.name,
        "email": user.email,
        "created_at": time(user.created_at),
        "updated_at": time(user.updated_at),
        "role": role(user.role),
        "verified": user.verified,
        "organization_id": user.organization.map(|id| id.0),
        "locale": user.locale.as_deref().unwrap_or("en-US"),
        "locale_id": 1,
        "time_zone": user.time_zone,
        "iana_time_zone": user.time_zone,
        "phone": user.phone,
        "shared_phone_number": null,
        "photo": null,
    })
}

/// Nobody we know.
pub(crate) fn anonymous(base: &str) -> Value {
    json!({
        "id": null,
        "url": format!("{base}/api/v2/users/me.json"),
        "name": "Anonymous user",
        "email": "invalid@example.com",
        "created_at": null,
        "updated_at": null,
        "role": "end-user",
        "verified": false,
        "organization_id": null,
        "locale": "en-US",
        "locale_id": 1,
        "time_zone": null,
        "iana_time_zone": null,
        "phone": null,
        "shared_phone_number": null,
        "photo": null,
    })
}

/// One address or account.
pub(crate) fn identity(identity: &Identity, base: &str) -> Value {
    json!({
        "id": identity.id.0,
        "url": format!("{base}/api/v2/users/{}/identities/{}.json", identity.user, identity.id),
        "user_id": identity.user.0,
        "type": identity.kind,
        "value": identity.value,
        "verified": identity.verified,
        "primary": identity.primary,
        "verification_method": if identity.verified { "full" } else { "none" },
        "created_at": time(identity.created_at),
        "updated_at": time(identity.updated_at),
        "deliverable_state": if identity.undeliverable.is_some() { "undeliverable" } else { "deliverable" },
        "undeliverable_count": i32::from(identity.undeliverable.is_some()),
    })
}

/// The address of a person's record.
pub(crate) fn url(user: &User, base: &str) -> String {
    format!("{base}/api/v2/users/{}.json", user.id)
}

fn role(role: Role) -> &'static str {
    match role {
        Role::EndUser => "end-user",
        Role::Light | Role::Agent => "agent",
        Role::Admin => "admin",
    }
}
