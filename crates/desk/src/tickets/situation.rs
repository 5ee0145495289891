//! Gathering what a decision may look at.

use std::sync::Arc;

use domain::words::Locale;
use domain::{
    Candidate, Claimed, Facts, Organization, OrganizationId, Provenance, Reader, TeamRef, User,
    UserId,
};
use jiff::tz::TimeZone;
use store::Tx;
use store::tickets::Stored;

use crate::{Ctx, Error};

/// The organization that counts for a ticket, and why it is that one. (PR-09, PR-10)
pub(crate) struct Belonging {
    pub(crate) organization: Option<Organization>,
    pub(crate) because: String,
}

impl Belonging {
    pub(crate) fn id(&self) -> Option<OrganizationId> {
        self.organization.as_ref().map(|organization| organization.id)
    }
}

/// Everything a decision on a known ticket may look at.
pub(crate) fn of_ticket(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    requester: &User,
) -> Result<Facts, Error> {
    within(tx, ctx, stored, requester, stored.ticket.organization)
}

/// The same with the facts of an organization, which may not be the ticket's yet; of none, the requester's own counts.
pub(crate) fn within(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    requester: &User,
    named: Option<OrganizationId>,
) -> Result<Facts, Error> {
    let belonging = belonging(tx, ctx, requester, named, &handbook::TicketFacts::default())?;
    let mut facts = facts(tx, ctx, requester, &belonging, &stored.subject)?;
    if let Some(claimed) = store::claims::load(tx, stored.ticket.id)? {
        with_claims(&mut facts, &claimed, named);
    }
    Ok(facts)
}

/// Adds what the door knew of the requester of a ticket that counts for `organization`. One that only they speak of
/// decides the priority all the same, until somebody of ours names another. (CH-01)
pub(crate) fn with_claims(
    facts: &mut Facts,
    claimed: &Claimed,
    organization: Option<OrganizationId>,
) {
    facts.rules.requester.verified = claimed.verified;
    facts.rules.requester.admin = claimed.verified && claimed.admin;
    facts.provenance.identity_verified = claimed.verified;
    let Some(named) = &claimed.organization else { return };
    if organization != named.known {
        return;
    }
    facts.provenance.because = "claimed, not verified".to_owned();
    if named.known.is_none() {
        facts.rules.organization = named.facts();
        facts.provenance.organization = None;
        facts.provenance.source = Some("the requester".to_owned());
        facts.provenance.as_of = None;
    }
}

/// Finds the organization: the one that was named if there still is one, else among the requester's own the one that gives the highest
/// level, else the one whose mail domain it is.
pub(crate) fn belonging(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    requester: &User,
    named: Option<OrganizationId>,
    ticket: &handbook::TicketFacts,
) -> Result<Belonging, Error> {
    let named = match named {
        Some(id) => store::organizations::load(tx, id)?,
        None => None,
    };
    if named.is_some() {
        return Ok(Belonging {
            organization: named,
            because: "the ticket's organization".to_owned(),
        });
    }
    let ids: Vec<OrganizationId> = store::organizations::of_user(tx, requester.id)?
        .iter()
        .map(|membership| membership.of)
        .collect();
    match ids.as_slice() {
        [] => {
            let domain = requester
                .email
                .as_deref()
                .and_then(|email| email.rsplit_once('@'))
                .map(|(_, domain)| domain);
            let found = match domain {
                Some(domain) => store::organizations::by_domain(tx, &domain.to_lowercase())?,
                None => None,
            };
            let organization = match found {
                Some(id) => store::organizations::load(tx, id)?,
                None => None,
            };
            let because = match (&organization, domain) {
                (Some(_), Some(domain)) => format!("by mail domain {}", domain.to_lowercase()),
                _ => "organization unknown".to_owned(),
            };
            Ok(Belonging { organization, because })
        }
        [only] => {
            let organization = store::organizations::load(tx, *only)?;
            Ok(Belonging { organization, because: "the requester's organization".to_owned() })
        }
        several => highest(tx, ctx, requester, several, ticket),
    }
}

/// Of several organizations the one that gives the highest level; the first of equals. (PR-10)
fn highest(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    requester: &User,
    ids: &[OrganizationId],
    ticket: &handbook::TicketFacts,
) -> Result<Belonging, Error> {
    let mut best: Option<(handbook::Level, bool, Organization)> = None;
    let mut organizations = store::organizations::many(tx, ids)?;
    organizations.sort_by_key(|organization| organization.id);
    for organization in organizations {
        let facts = handbook::Facts {
            organization: organization.facts(),
            ticket: ticket.clone(),
            requester: requester_facts(requester),
        };
        let level = ctx.handbook.decide_priority(&facts).value;
        let is_default = requester.organization == Some(organization.id);
        if best.as_ref().is_none_or(|(top, default, _)| (level, is_default) > (*top, *default)) {
            best = Some((level, is_default, organization));
        }
    }
    let because = format!("of {} organizations the one with the highest level", ids.len());
    Ok(Belonging { organization: best.map(|(_, _, organization)| organization), because })
}

/// Refuses an organization that is not the requester's own, by membership or by mail domain.
pub(crate) fn check_named(
    tx: &mut Tx<'_>,
    requester: &User,
    id: OrganizationId,
) -> Result<(), Error> {
    if belongs_to(tx, requester, id)? {
        return Ok(());
    }
    let what = "Organization: is not one of the requester's organizations";
    Err(Error::invalid("organization_id", "InvalidValue", what))
}

/// Whether an organization is a person's own, by membership or by mail domain.
pub(crate) fn belongs_to(
    tx: &mut Tx<'_>,
    person: &User,
    id: OrganizationId,
) -> Result<bool, Error> {
    let own = store::organizations::of_user(tx, person.id)?;
    if own.iter().any(|membership| membership.of == id) {
        return Ok(true);
    }
    let domain = person.email.as_deref().and_then(|email| email.rsplit_once('@'));
    Ok(match domain {
        Some((_, domain)) => {
            store::organizations::by_domain(tx, &domain.to_lowercase())? == Some(id)
        }
        None => false,
    })
}

fn requester_facts(requester: &User) -> handbook::RequesterFacts {
    let email = requester.email.clone().unwrap_or_default().to_lowercase();
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    handbook::RequesterFacts { email, domain, verified: requester.verified, admin: false }
}

/// Everything a decision may look at beside the ticket and the command.
pub(crate) fn facts(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    requester: &User,
    belonging: &Belonging,
    subject: &str,
) -> Result<Facts, Error> {
    let organization = belonging.organization.as_ref();
    let rules = handbook::Facts {
        organization: organization.map(Organization::facts).unwrap_or_default(),
        ticket: handbook::TicketFacts {
            subject: subject.to_owned(),
            ..handbook::TicketFacts::default()
        },
        requester: requester_facts(requester),
    };
    let provenance = Provenance {
        organization: belonging.id(),
        because: belonging.because.clone(),
        source: organization.and_then(|organization| organization.facts_source.clone()),
        as_of: organization.and_then(|organization| organization.facts_at),
        identity_verified: requester.verified,
    };
    Ok(Facts {
        rules,
        provenance,
        teams: Arc::new(teams(tx)?),
        author: Candidate::default(),
        assignee: Candidate::default(),
        reader: reader(ctx, requester),
        unasked: None,
    })
}

pub(crate) fn teams(tx: &mut Tx<'_>) -> Result<Vec<TeamRef>, Error> {
    let teams = store::teams::names(tx)?;
    Ok(teams.into_iter().map(|(id, slug, name)| TeamRef { id, slug, name }).collect())
}

/// Somebody as a decision sees them: their teams and whether they are an admin.
pub(crate) fn candidate(tx: &mut Tx<'_>, id: UserId) -> Result<Candidate, Error> {
    let memberships = store::teams::of_user(tx, id)?;
    let user = store::users::load(tx, id)?;
    let default = memberships.iter().find(|membership| membership.default).or(memberships.first());
    Ok(Candidate {
        id: Some(id),
        default_team: default.map(|membership| membership.of),
        teams: memberships.iter().map(|membership| membership.of).collect(),
        is_admin: user.is_some_and(|user| user.role == domain::Role::Admin),
    })
}

/// For whom a promise is written: the requester's zone if they told it, else the company's.
pub(crate) fn reader(ctx: &Ctx, requester: &User) -> Reader {
    let own =
        requester.time_zone.as_deref().and_then(|name| Some((name, TimeZone::get(name).ok()?)));
    let locale = requester.locale.as_deref().map(Locale::nearest).unwrap_or_default();
    match own {
        Some((name, zone)) => Reader { locale, zone, zone_name: name.to_owned(), own: true },
        None => {
            let name = ctx.handbook.company.timezone.clone();
            let zone = TimeZone::get(&name).unwrap_or(TimeZone::UTC);
            Reader { locale, zone, zone_name: name, own: false }
        }
    }
}
