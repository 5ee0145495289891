//! What a decision may look at, brought by the caller.

use handbook::Handbook;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{OrganizationId, Reader, TeamId, UserId};

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
