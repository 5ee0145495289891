//! The company on its first day: handbooks, organizations, customers and agents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use desk::organizations::Input;
use desk::{Ctx, Error, Secrets, Store};
use domain::Role;
use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::dice::Dice;
use super::inputs::{any_plan, fields};
use super::policy::{self, TEAMS};
use super::world::{Agent, Customer, Organization, World};
use crate::trial::desk_error;

const ORGANIZATIONS: usize = 12;
const CUSTOMERS: usize = 60;
/// The days on which a simulation may begin: before clocks change, before the year does, in the middle of June.
const FIRST_DAYS: [&str; 4] = [
    "2026-03-16T00:00:00Z",
    "2026-10-12T00:00:00Z",
    "2026-12-10T00:00:00Z",
    "2026-06-08T08:00:00Z",
];
/// How long after the end something may still be due.
const MARGIN: i64 = 150;

impl World {
    /// Founds a company in an empty database.
    pub(super) fn found(store: &Store, seed: u64, days: i64) -> Result<Self, Error> {
        let mut dice = Dice::new(seed);
        let now: Timestamp = dice.pick(&FIRST_DAYS).parse().expect("the first days are instants");
        let span = SignedDuration::from_hours((days + MARGIN) * 24);
        let policies = Arc::new(policy::all(now - SignedDuration::from_hours(48), now + span));
        let first = policies[0].clone();
        let secrets = Arc::new(Secrets::new([7; 32], 1));
        let handbook: Handbook = (*first.handbook).clone();
        let base = Ctx { secrets: secrets.clone(), ..Ctx::starting(now, handbook) };
        let mut plans = Dice::new(seed ^ 1);
        let (organizations, customers, agents, teams) = store.write_blocking(move |tx| {
            desk::handbooks::start(tx, &base, &first.text).map_err(desk_error)?;
            let mut organizations = Vec::new();
            for place in 0..ORGANIZATIONS {
                let plan = any_plan(&mut plans);
                let input = Input {
                    name: Some(format!("Company {place}")),
                    domains: Some(vec![format!("company{place}.test")]),
                    fields: fields(&plan),
                    ..Input::default()
                };
                let id = desk::organizations::create(tx, &base, &input)?.id;
                organizations.push(Organization { id, plan });
            }
            let mut customers = Vec::new();
            for place in 0..CUSTOMERS {
                let organization =
                    Some(place % (ORGANIZATIONS + 3)).filter(|place| *place < ORGANIZATIONS);
                let domain = organization
                    .map_or("free.test".to_owned(), |place| format!("company{place}.test"));
                let email = format!("customer{place}@{domain}");
                desk::sessions::ensure_agent(tx, &base, &email, "Customer", Role::EndUser)?;
                customers.push(Customer { email, organization });
            }
            let mut agents: Vec<Agent> = Vec::new();
            for (place, (_, members)) in TEAMS.iter().enumerate() {
                for email in *members {
                    if let Some(known) = agents.iter_mut().find(|agent| agent.email == *email) {
                        known.teams.push(place);
                        continue;
                    }
                    let user = desk::sessions::candidate(tx, email)?.ok_or(Error::NotFound)?;
                    agents.push(Agent { id: user.id, email, teams: vec![place] });
                }
            }
            let known = store::teams::all(tx)?;
            let team = |slug: &str| known.iter().find(|team| team.slug.as_deref() == Some(slug));
            let teams: Option<Vec<_>> =
                TEAMS.iter().map(|(slug, _)| team(slug).map(|team| team.id)).collect();
            Ok::<_, Error>((organizations, customers, agents, teams.ok_or(Error::NotFound)?))
        })?;
        Ok(Self {
            dice,
            now,
            policies,
            policy: 0,
            customers: Arc::new(customers),
            organizations,
            agents: Arc::new(agents),
            teams: Arc::new(teams),
            secrets,
            threads: Vec::new(),
            numbers: BTreeMap::new(),
            live: BTreeSet::new(),
            plans: BTreeMap::new(),
            count: 0,
            arrived: Vec::new(),
            touched: BTreeSet::new(),
            unrecorded: Vec::new(),
            outbound: BTreeMap::new(),
            refused: Vec::new(),
            log: Sha256::new(),
            tally: BTreeMap::new(),
            doing: "found the company".to_owned(),
            steps: 0,
        })
    }
}
