//! People, organizations, teams and ticket fields: what a desk knows besides tickets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FieldId, IdentityId, MembershipId, OrganizationId, Role, TeamId, UserId};

/// Text as it is compared and searched: trimmed, lower case in every script.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Somebody: agent or end user.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The name shown.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The primary address; identities hold all of them.
    pub email: Option<String>,
    /// Another system's name for them, unique.
    pub external_id: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// IANA zone, if they have told it.
    pub time_zone: Option<String>,
    /// The primary address is proved.
    pub verified: bool,
    /// Locked out.
    pub suspended: bool,
    /// False after deletion.
    pub active: bool,
    /// The default organization.
    pub organization: Option<OrganizationId>,
    /// Telephone number, as written.
    pub phone: Option<String>,
    /// The name shown to customers.
    pub alias: Option<String>,
    /// About the person, for agents.
    pub details: Option<String>,
    /// About the person, for agents.
    pub notes: Option<String>,
    /// Sorted, lower case, unique.
    pub tags: Vec<String>,
    /// Values of user fields by key.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Argon2id; none cannot sign in by password.
    pub password_hash: Option<String>,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
    /// When they were made known.
    pub created_at: Timestamp,
    /// When something about them changed.
    pub updated_at: Timestamp,
}

/// One address or account of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// Whose.
    pub user: UserId,
    /// "email", "`phone_number`", …
    pub kind: String,
    /// As written.
    pub value: String,
    /// The one we write to.
    pub primary: bool,
    /// Proved.
    pub verified: bool,
    /// Why mail to it does not arrive, if it does not.
    pub undeliverable: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}

/// A customer's organization; its fields hold the facts that decide priorities.
#[derive(Clone, Debug, PartialEq)]
pub struct Organization {
    /// Which.
    pub id: OrganizationId,
    /// Unique name.
    pub name: String,
    /// Another system's name, unique.
    pub external_id: Option<String>,
    /// Mail domains whose people belong to it.
    pub domains: Vec<String>,
    /// About it.
    pub details: Option<String>,
    /// About it, for agents.
    pub notes: Option<String>,
    /// The API's `group_id`.
    pub team: Option<TeamId>,
    /// Its people see each other's tickets.
    pub shared_tickets: bool,
    /// Its people may write on each other's tickets.
    pub shared_comments: bool,
    /// Sorted, lower case, unique.
    pub tags: Vec<String>,
    /// `plan`, `mrr`, `trial`, `card`, `addons` and whatever else is kept.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Who said the facts: "api".
    pub facts_source: Option<String>,
    /// When the facts were said.
    pub facts_at: Option<Timestamp>,
    /// When it was made known.
    pub created_at: Timestamp,
    /// When something about it changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

impl Organization {
    /// The facts that the handbook's rules see. Missing ones have their defaults.
    pub fn facts(&self) -> handbook::OrganizationFacts {
        organization_facts(&self.fields, &self.tags)
    }
}

/// The facts that rules see of an organization with these fields.
fn organization_facts(
    fields: &serde_json::Map<String, serde_json::Value>,
    tags: &[String],
) -> handbook::OrganizationFacts {
    let flag = |key: &str| fields.get(key).and_then(serde_json::Value::as_bool).unwrap_or_default();
    let list = |key: &str| {
        let values = fields.get(key).and_then(serde_json::Value::as_array);
        values.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    handbook::OrganizationFacts {
        plan: fields.get("plan").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned(),
        mrr: fields.get("mrr").and_then(serde_json::Value::as_f64).unwrap_or_default(),
        trial: flag("trial"),
        addons: list("addons"),
        card: flag("card"),
        tags: tags.to_vec(),
        known: true,
    }
}

/// What a door knew of a ticket's requester beside the account. It can be erased with the ticket's words. (CH-01)
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    /// The app's server signed it.
    pub verified: bool,
    /// Why it was not believed: "expired", "unsigned".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The requester administers their organization.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
    /// The organization they say they belong to, if nobody signed that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<ClaimedOrganization>,
}

/// An organization as somebody describes it without proof.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimedOrganization {
    /// Which of ours it is, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<OrganizationId>,
    /// Its name there.
    pub name: String,
    /// `plan`, `mrr`, `trial`, `card`, `addons`.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub fields: serde_json::Map<String, serde_json::Value>,
}

impl ClaimedOrganization {
    /// The facts that the handbook's rules see: a promise is cheap, a missed one is not.
    pub fn facts(&self) -> handbook::OrganizationFacts {
        organization_facts(&self.fields, &[])
    }
}

/// A team; the API calls it group.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// The handbook's slug; teams made through the API have none.
    pub slug: Option<String>,
    /// Its name.
    pub name: String,
    /// About it.
    pub description: Option<String>,
    /// When it was made known.
    pub created_at: Timestamp,
    /// When something about it changed.
    pub updated_at: Timestamp,
    /// When it was deleted, or left the handbook.
    pub deleted_at: Option<Timestamp>,
}

/// A person's place in a team or an organization.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership<Of> {
    /// Its id.
    pub id: MembershipId,
    /// Who.
    pub user: UserId,
    /// Where.
    pub of: Of,
    /// The one that counts when nothing else is said.
    pub default: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}

/// A choice of a drop-down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// Its id.
    pub id: i64,
    /// What people read.
    pub name: String,
    /// What is stored.
    pub value: String,
    /// Chosen when nothing is said.
    #[serde(default)]
    pub default: bool,
}

/// A field of tickets, users or organizations.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Which.
    pub id: FieldId,
    /// "ticket", "user" or "organization".
    pub owner: String,
    /// The API's type: "text", "tagger", "checkbox", "integer", …
    pub kind: String,
    /// "severity", "area" and "kind" are the desk's own; user and organization fields always have one.
    pub key: Option<String>,
    /// What people read.
    pub title: String,
    /// About it.
    pub description: String,
    /// Place in lists.
    pub position: i64,
    /// Offered.
    pub active: bool,
    /// May be deleted; system fields and the desk's own may not.
    pub removable: bool,
    /// Choices of a drop-down.
    pub options: Vec<FieldOption>,
    /// The API's other properties, as they were written.
    pub properties: serde_json::Map<String, serde_json::Value>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}
