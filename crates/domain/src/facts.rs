//! What a decision may look at, brought by the caller.

use handbook::Handbook;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{OrganizationId, Reader, TeamId, Unasked, UserId};

/// A team as a decision sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRef {
    /// Its id.
    pub id: TeamId,
    /// Its slug, if the handbook names it.
    pub slug: Option<String>,
    /// Its name.
    pub name: String,
}

/// Somebody a ticket may be assigned to, or who writes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Candidate {
    /// Who; `None` is nobody.
    pub id: Option<UserId>,
    /// The teams they are in.
    pub teams: Vec<TeamId>,
    /// The team a ticket goes to when only they are named.
    pub default_team: Option<TeamId>,
    /// Admins may take any ticket.
    pub is_admin: bool,
}

/// Where facts came from and how old they are. (PR-09, PR-12)
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// The organization that counts, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Why it is that organization: "by mail domain fernlight.test", "organization unknown".
    pub because: String,
    /// Who said the plan facts: "api", "billing".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When they were said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// Whether the requester's identity is proved. (CH-01)
    pub identity_verified: bool,
}

/// What the handbook's rules could see beside the ticket itself, as far as a log may keep it.
///
/// A decision writes down everything a rule may look at, not only what the rules of the day did look at, so that
/// another handbook can be tried on the same history. The requester's address and the subject are not in it: they can
/// be erased, and the log cannot.
#[expect(clippy::struct_excessive_bools, reason = "these are independent facts")]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleFacts {
    /// Whether an organization was found at all. (PR-09)
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
    /// The organization's plan.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// Monthly revenue.
    #[serde(with = "exact", skip_serializing_if = "is_zero")]
    pub mrr: f64,
    /// Whether a trial runs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
    /// Whether a payment card is on file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub card: bool,
    /// Add-ons subscribed to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addons: Vec<String>,
    /// The organization's tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The requester's mail domain.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub domain: String,
    /// Whether the requester's address is proved.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// Whether the requester administers the organization.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
}

/// Revenue comes from JSON, which has no number that differs from itself.
impl Eq for RuleFacts {}

impl RuleFacts {
    /// The part of these facts that a log may keep.
    pub fn of(facts: &handbook::Facts) -> Self {
        let handbook::Facts { organization, requester, .. } = facts.clone();
        Self {
            known: organization.known,
            plan: organization.plan,
            mrr: organization.mrr,
            trial: organization.trial,
            card: organization.card,
            addons: organization.addons,
            tags: organization.tags,
            domain: requester.domain,
            verified: requester.verified,
            admin: requester.admin,
        }
    }

    /// The facts for the rules; what a log may not keep is brought by the caller, empty once it was erased.
    pub fn with(&self, email: &str, subject: &str) -> handbook::Facts {
        let kept = self.clone();
        handbook::Facts {
            organization: handbook::OrganizationFacts {
                plan: kept.plan,
                mrr: kept.mrr,
                trial: kept.trial,
                addons: kept.addons,
                card: kept.card,
                tags: kept.tags,
                known: kept.known,
            },
            ticket: handbook::TicketFacts {
                subject: subject.to_owned(),
                ..handbook::TicketFacts::default()
            },
            requester: handbook::RequesterFacts {
                email: email.to_owned(),
                domain: kept.domain,
                verified: kept.verified,
                admin: kept.admin,
            },
        }
    }

    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

/// Numbers as text: a JSON number may come back off by its last bit, and a fact must come back as it was.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// Everything a decision may look at beside the ticket, the command and the handbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// What the handbook's rules see. The ticket's own facts are filled in by the decision.
    pub rules: handbook::Facts,
    /// Where the organization's facts came from.
    pub provenance: Provenance,
    /// All teams.
    pub teams: std::sync::Arc<Vec<TeamRef>>,
    /// The one who acts.
    pub author: Candidate,
    /// The one a ticket is to be assigned to, if the command names one.
    pub assignee: Candidate,
    /// For whom promises are written.
    pub reader: Reader,
    /// Why the requester is not to be asked how the help was, if anything but the ticket says so. (CS-03)
    pub unasked: Option<Unasked>,
}

impl Facts {
    /// The team the handbook calls `slug`.
    pub fn team_by_slug(&self, slug: &str) -> Option<&TeamRef> {
        self.teams.iter().find(|team| team.slug.as_deref() == Some(slug))
    }

    /// The team with this id.
    pub fn team(&self, id: TeamId) -> Option<&TeamRef> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// The calendar of a team; a team made through the API keeps company hours.
    pub fn calendar<'h>(&self, handbook: &'h Handbook, team: TeamId) -> &'h handbook::Calendar {
        match self.team(team).and_then(|team| team.slug.as_deref()) {
            Some(slug) => handbook.calendar(slug),
            None => handbook.company_calendar(),
        }
    }
}
