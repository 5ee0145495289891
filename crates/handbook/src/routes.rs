//! Routes: which team gets a new ticket. (ROT-01, ROT-02)

use serde::{Deserialize, Serialize};

use crate::Handbook;

/// The team a ticket goes to, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The slug of the team.
    pub team: String,
    /// The slug of the area, if it is one of the handbook's.
    pub area: Option<String>,
    /// The reason in words.
    pub because: String,
    /// The slug of the team that owns the product, to which first level may escalate.
    pub product_team: Option<String>,
}

impl Handbook {
    /// The team for a ticket about this area. Total: what is not known goes to triage.
    pub fn route(&self, area: Option<&str>) -> Route {
        let slug = area.filter(|slug| !slug.is_empty());
        let Some(area) = slug.and_then(|slug| self.area(slug)) else {
            let triage = self.triage();
            let which = slug
                .map_or_else(|| "no area".to_owned(), |slug| format!("unknown area \"{slug}\""));
            let because = format!("{which}: triage team {}", triage.name);
            return Route { team: triage.slug.clone(), area: None, because, product_team: None };
        };
        let name =
            |slug: &str| self.team(slug).map_or_else(|| slug.to_owned(), |team| team.name.clone());
        let (team, because) = match &area.first_level {
            Some(first) => (first, format!("{}: first level is {}", area.name, name(first))),
            None => (
                &area.team,
                format!("{}: the {} team answers directly", area.name, name(&area.team)),
            ),
        };
        Route {
            team: team.clone(),
            area: Some(area.slug.clone()),
            because,
            product_team: Some(area.team.clone()),
        }
    }
}
