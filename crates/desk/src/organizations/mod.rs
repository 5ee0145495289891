//! Customers' organizations: their facts decide priorities, their mail domains say who belongs to them.

pub(crate) mod facts;
mod memberships;
mod read;

use domain::{Organization, OrganizationId, TeamId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use store::{Kind, Tx};

use crate::users::{Retag, clean_tags};
use crate::{Act, Ctx, Error, require};

pub use memberships::{
    join, leave, leave_organization, make_default, make_default_organization, membership, named,
    page as memberships,
};
pub use read::{Listed, Related, by_keys, count, list, related, show, tags};
pub use store::memberships::Filter as MembershipFilter;
pub use store::organizations::{Filter, Order};

/// Most mail domains of one organization.
const DOMAINS: usize = 200;

/// What is said about an organization. What is not said stays; an inner `None` clears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// Unique name.
    pub name: Option<String>,
    /// Another system's name.
    pub external_id: Option<Option<String>>,
    /// All its mail domains.
    pub domains: Option<Vec<String>>,
    /// About it.
    pub details: Option<Option<String>>,
    /// About it, for agents.
    pub notes: Option<Option<String>>,
    /// The API's `group_id`.
    pub team: Option<Option<TeamId>>,
    /// Its people see each other's tickets.
    pub shared_tickets: Option<bool>,
    /// Its people may write on each other's tickets.
    pub shared_comments: Option<bool>,
    /// All its tags.
    pub tags: Option<Vec<String>>,
    /// Facts and values of organization fields, by key; null clears one.
    pub fields: Map<String, Value>,
    /// Who says the facts and says them anew each time; nobody named is the API, which says changes.
    pub source: Option<&'static str>,
}

/// Makes an organization known.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<Organization, Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    let mut organization = Organization {
        id: OrganizationId(tx.next_id(Kind::Organization)?),
        name: String::new(),
        external_id: None,
        domains: Vec::new(),
        details: None,
        notes: None,
        team: None,
        shared_tickets: false,
        shared_comments: false,
        tags: Vec::new(),
        fields: Map::new(),
        facts_source: None,
        facts_at: None,
        created_at: ctx.now,
        updated_at: ctx.now,
        deleted_at: None,
    };
    let name = input.name.clone().or(Some(String::new()));
    apply(tx, ctx, &mut organization, &Input { name, ..input.clone() })?;
    store::organizations::insert(tx, &organization).map_err(taken)?;
    tx.touch(format!("organization:{}", organization.id));
    crate::tickets::reconsider_domains(tx, ctx, &organization.domains)?;
    Ok(organization)
}

/// Changes an organization. When its facts or tags change, its open tickets are decided anew.
pub fn update(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: OrganizationId,
    input: &Input,
) -> Result<Organization, Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    store::organizations::lock(tx, id)?;
    let known = store::organizations::load(tx, id)?.ok_or(Error::NotFound)?;
    let mut organization = known.clone();
    apply(tx, ctx, &mut organization, input)?;
    if organization == known {
        return Ok(known);
    }
    organization.updated_at = ctx.now;
    store::organizations::update(tx, &organization).map_err(taken)?;
    tx.touch(format!("organization:{id}"));
    // Who had come by a domain that is given up leaves; who comes by a new one arrives.
    if organization.facts() != known.facts() || organization.domains != known.domains {
        crate::tickets::reconsider_organization(tx, ctx, id)?;
    }
    let mut domains = organization.domains.clone();
    domains.retain(|domain| !known.domains.contains(domain));
    crate::tickets::reconsider_domains(tx, ctx, &domains)?;
    Ok(organization)
}

/// Changes the organization with this number or external id, or makes it known. Says whether it is new.
pub fn create_or_update(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Option<OrganizationId>,
    input: &Input,
) -> Result<(Organization, bool), Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    if let Some(Some(external_id)) = &input.external_id {
        // The second of two such calls at once waits and finds what the first made.
        tx.lock_name(&format!("organization external_id {}", domain::fold(external_id)))?;
    }
    let known = match (id, &input.external_id) {
        (Some(id), _) => Some(store::organizations::load(tx, id)?.ok_or(Error::NotFound)?),
        (None, Some(Some(external_id))) => store::organizations::by_external_id(tx, external_id)?,
        (None, _) => None,
    };
    match known {
        Some(known) => Ok((update(tx, ctx, known.id, input)?, false)),
        None => Ok((create(tx, ctx, input)?, true)),
    }
}

/// Deletes an organization: its people leave it, and its open tickets are decided without its facts.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: OrganizationId) -> Result<(), Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    store::organizations::lock(tx, id)?;
    let known = store::organizations::load(tx, id)?.ok_or(Error::NotFound)?;
    for membership in store::organizations::memberships(tx, id)? {
        memberships::end(tx, ctx, &membership)?;
    }
    let deleted = Organization {
        deleted_at: Some(ctx.now),
        updated_at: ctx.now,
        domains: Vec::new(),
        ..known
    };
    store::organizations::update(tx, &deleted)?;
    tx.touch(format!("organization:{id}"));
    crate::handbooks::record_admin(tx, ctx, "organization", id.0, "organization_deleted", "{}")?;
    crate::tickets::leave_organization(tx, ctx, id)
}

/// Changes an organization's tags.
pub fn retag(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: OrganizationId,
    how: Retag,
    given: &[String],
) -> Result<Vec<String>, Error> {
    store::organizations::lock(tx, id)?;
    let present = tags(tx, ctx, id)?;
    let input = Input { tags: Some(how.apply(&present, given)), ..Input::default() };
    Ok(update(tx, ctx, id, &input)?.tags)
}

fn apply(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &mut Organization,
    input: &Input,
) -> Result<(), Error> {
    if let Some(name) = &input.name {
        let name = crate::texts::one_line(name, 255);
        if name.is_empty() {
            return Err(Error::blank("name", "Name"));
        }
        if store::organizations::by_name(tx, &name)?
            .is_some_and(|other| other.id != organization.id)
        {
            let what = format!("Name: {name} has already been taken");
            return Err(Error::invalid("name", "DuplicateValue", what));
        }
        organization.name = name;
    }
    if let Some(external_id) = &input.external_id {
        let external_id =
            external_id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        if let Some(external_id) = &external_id
            && store::organizations::by_external_id(tx, external_id)?
                .is_some_and(|other| other.id != organization.id)
        {
            let what = format!("External: {external_id} has already been taken");
            return Err(Error::invalid("external_id", "DuplicateValue", what));
        }
        organization.external_id = external_id;
    }
    if let Some(domains) = &input.domains {
        organization.domains = domain_names(domains)?;
    }
    if let Some(team) = input.team {
        if let Some(team) = team
            && store::teams::load(tx, team)?.is_none_or(|team| team.deleted_at.is_some())
        {
            let what = format!("Group: {team} is not a group we know");
            return Err(Error::invalid("group_id", "InvalidValue", what));
        }
        organization.team = team;
    }
    for (sent, kept) in
        [(&input.details, &mut organization.details), (&input.notes, &mut organization.notes)]
    {
        if let Some(sent) = sent {
            *kept = sent.clone().filter(|text| !text.is_empty());
        }
    }
    organization.shared_tickets = input.shared_tickets.unwrap_or(organization.shared_tickets);
    organization.shared_comments = input.shared_comments.unwrap_or(organization.shared_comments);
    if let Some(tags) = &input.tags {
        organization.tags = clean_tags(tags);
    }
    if !input.fields.is_empty() {
        let defined = store::fields::all(tx, "organization")?;
        let is_new = facts::keep(&mut organization.fields, &input.fields, &defined)?;
        if is_new || input.source.is_some() && is_old(organization.facts_at, ctx.now) {
            organization.facts_source = Some(input.source.unwrap_or("api").to_owned());
            organization.facts_at = Some(ctx.now);
        }
    }
    Ok(())
}

/// Whether the age of facts is worth writing again although they are the same.
fn is_old(said: Option<Timestamp>, now: Timestamp) -> bool {
    said.is_none_or(|said| now.duration_since(said) >= SignedDuration::from_mins(15))
}

/// Domains in lower case, each once, as `acme.test`; `@acme.test` is understood too.
fn domain_names(sent: &[String]) -> Result<Vec<String>, Error> {
    let mut domains: Vec<String> = Vec::new();
    for written in sent {
        let domain = written.trim().trim_start_matches('@').to_lowercase();
        if domain.is_empty() || domains.contains(&domain) {
            continue;
        }
        if crate::users::address(&format!("somebody@{domain}")).is_none() {
            let what = format!("Domain names: {written} is not a domain such as acme.test");
            return Err(Error::invalid("domain_names", "InvalidFormat", what));
        }
        domains.push(domain);
    }
    if domains.len() > DOMAINS {
        let what = format!("Domain names: is too long (maximum is {DOMAINS} domains)");
        return Err(Error::invalid("domain_names", "TooLong", what));
    }
    Ok(domains)
}

/// What is said when somebody else took the name or the external id a moment ago.
fn taken(error: store::Error) -> Error {
    if error.is_unique_violation() {
        Error::invalid("name", "DuplicateValue", "Name: or external id has already been taken")
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_kept_in_lower_case_and_once() {
        let sent = ["Acme.Test", "@acme.test", " ", "mail.acme.test"].map(str::to_owned);
        assert_eq!(domain_names(&sent).unwrap(), ["acme.test", "mail.acme.test"]);
        assert!(domain_names(&["two words".to_owned()]).is_err());
        assert!(domain_names(&["a@b.test".to_owned()]).is_err());
    }
}
