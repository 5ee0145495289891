//! What the rules of the handbook may look at.

use serde::{Deserialize, Serialize};

/// Everything known about a ticket when its priority is decided. What is not known has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// The customer's organization.
    pub organization: OrganizationFacts,
    /// The ticket itself.
    pub ticket: TicketFacts,
    /// Who asks.
    pub requester: RequesterFacts,
}

/// What is known about the requester's organization.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrganizationFacts {
    /// The plan's slug, like `startups`.
    pub plan: String,
    /// Monthly revenue.
    pub mrr: f64,
    /// Whether a trial runs.
    pub trial: bool,
    /// Slugs of the add-ons subscribed to.
    pub addons: Vec<String>,
    /// Whether a payment card is on file.
    pub card: bool,
    /// Free words agents gave it.
    pub tags: Vec<String>,
    /// Whether an organization was found at all. (PR-09)
    pub known: bool,
}

/// What is known about the ticket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TicketFacts {
    /// Where it came from, like `email`.
    pub channel: String,
    /// The slug of the product area, or nothing.
    pub area: String,
    /// How bad the requester says it is: `critical`, `high`, `medium`, `low`.
    pub severity: String,
    /// What it is: a question, a bug, feedback.
    pub kind: String,
    /// The subject line.
    pub subject: String,
    /// Free words agents gave it.
    pub tags: Vec<String>,
}

/// What is known about the person who asks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequesterFacts {
    /// The address they write from.
    pub email: String,
    /// The part of it after the `@`.
    pub domain: String,
    /// Whether the address was proven to be theirs.
    pub verified: bool,
    /// Whether they administer the organization.
    pub admin: bool,
}

/// One fact a rule looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its name in the rules, like `organization.mrr`.
    pub name: String,
    /// The value it had, written as in a rule: `2400.0`, `"startups"`, `["teams"]`.
    pub value: String,
}
