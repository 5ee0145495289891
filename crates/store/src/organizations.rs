//! Customers' organizations: the facts that decide priorities, and the mail domains whose people belong to them.

use domain::{Membership, Organization, OrganizationId, TeamId, UserId, fold};

use crate::page::{Key, KeyValue, Page};
use crate::search::{self, Of};
use crate::users::{document, encode};
use crate::{Error, Row, Sql, Tx, keysets, memberships, params};

pub use crate::memberships::{
    Filter as MembershipFilter, delete as delete_membership, insert as insert_membership,
};

const SELECT: &str = "SELECT o.id, o.name, o.external_id, o.details, o.notes, o.team_id, o.shared_tickets, \
    o.shared_comments, o.tags, o.fields, o.facts_source, o.facts_at, o.created_at, o.updated_at, o.deleted_at \
    FROM organizations o WHERE ";

fn organization(row: &Row) -> Result<Organization, Error> {
    Ok(Organization {
        id: OrganizationId(row.get(0)?),
        name: row.get(1)?,
        external_id: row.get(2)?,
        domains: Vec::new(),
        details: row.get(3)?,
        notes: row.get(4)?,
        team: row.get::<Option<i64>>(5)?.map(TeamId),
        shared_tickets: row.get(6)?,
        shared_comments: row.get(7)?,
        tags: document(&row.get::<String>(8)?, "organizations.tags")?,
        fields: document(&row.get::<String>(9)?, "organizations.fields")?,
        facts_source: row.get(10)?,
        facts_at: row.get(11)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
        deleted_at: row.get(14)?,
    })
}

/// Reads rows and the domains that belong to them.
fn read(tx: &mut Tx<'_>, sql: &Sql<'_>) -> Result<Vec<Organization>, Error> {
    let rows: Result<Vec<_>, _> =
        tx.query(sql.text(), sql.params())?.iter().map(organization).collect();
    let mut found = rows?;
    if found.is_empty() {
        return Ok(found);
    }
    let mut sql = Sql::new();
    sql.push("SELECT d.organization_id, d.domain FROM organization_domains d WHERE d.organization_id IN (");
    sql.join(&found, ", ", "", |sql, organization| {
        sql.bind(organization.id.0);
    });
    sql.push(") ORDER BY d.organization_id, d.position");
    for row in tx.query(sql.text(), sql.params())? {
        let id = OrganizationId(row.get(0)?);
        let domain: String = row.get(1)?;
        found
            .iter_mut()
            .filter(|one| one.id == id)
            .for_each(|one| one.domains.push(domain.clone()));
    }
    Ok(found)
}

/// The organization with this number, unless it was deleted.
pub fn load(tx: &mut Tx<'_>, id: OrganizationId) -> Result<Option<Organization>, Error> {
    Ok(many(tx, &[id])?.pop())
}

/// Takes an organization for this transaction, so that two changes of it come one after the other.
pub fn lock(tx: &mut Tx<'_>, id: OrganizationId) -> Result<(), Error> {
    let mut sql = Sql::new();
    sql.push("SELECT o.id FROM organizations o WHERE o.id = ").bind(id.0).push(tx.lock_suffix());
    tx.query_opt(sql.text(), sql.params()).map(|_| ())
}

/// The organizations with these numbers that are not deleted, by number.
pub fn many(tx: &mut Tx<'_>, ids: &[OrganizationId]) -> Result<Vec<Organization>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(SELECT).push("o.deleted_at IS NULL AND o.id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY o.id");
    read(tx, &sql)
}

/// The organization with exactly this name, whatever its case.
pub fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Organization>, Error> {
    let folded = fold(name);
    let mut sql = Sql::new();
    sql.push(SELECT).push("o.deleted_at IS NULL AND o.name_folded = ").bind(folded.as_str());
    Ok(read(tx, &sql)?.pop())
}

/// The organization another system knows by this name, whatever its case.
pub fn by_external_id(tx: &mut Tx<'_>, external_id: &str) -> Result<Option<Organization>, Error> {
    let folded = fold(external_id);
    let mut sql = Sql::new();
    sql.push(SELECT).push("o.deleted_at IS NULL AND o.external_folded = ").bind(folded.as_str());
    Ok(read(tx, &sql)?.pop())
}

/// The organization that lists this mail domain; the oldest, if several do.
pub fn by_domain(tx: &mut Tx<'_>, domain: &str) -> Result<Option<OrganizationId>, Error> {
    let row = tx.query_opt(
        "SELECT o.id FROM organization_domains d JOIN organizations o ON o.id = d.organization_id
         WHERE d.domain = $1 AND o.deleted_at IS NULL ORDER BY o.id LIMIT 1",
        params![&fold(domain)],
    )?;
    row.map(|row| row.get(0).map(OrganizationId)).transpose()
}

/// Stores a new organization.
pub fn insert(tx: &mut Tx<'_>, organization: &Organization) -> Result<(), Error> {
    let changed = tx.change_id()?;
    let external_folded = organization.external_id.as_deref().map(fold);
    tx.execute(
        "INSERT INTO organizations (id, name, name_folded, external_id, external_folded, details, notes, team_id,
            shared_tickets, shared_comments, tags, fields, facts_source, facts_at, created_at, updated_at, changed,
            deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        params![
            organization.id.0,
            &organization.name,
            &fold(&organization.name),
            organization.external_id.as_deref(),
            external_folded.as_deref(),
            organization.details.as_deref(),
            organization.notes.as_deref(),
            organization.team.map(|id| id.0),
            organization.shared_tickets,
            organization.shared_comments,
            &encode(&organization.tags),
            &encode(&organization.fields),
            organization.facts_source.as_deref(),
            organization.facts_at,
            organization.created_at,
            organization.updated_at,
            changed,
            organization.deleted_at
        ],
    )?;
    insert_domains(tx, organization)?;
    index(tx, organization)
}

/// Stores an organization that changed, its domains included.
pub fn update(tx: &mut Tx<'_>, organization: &Organization) -> Result<(), Error> {
    let changed = tx.change_id()?;
    let external_folded = organization.external_id.as_deref().map(fold);
    tx.execute(
        "UPDATE organizations SET name = $2, name_folded = $3, external_id = $4, external_folded = $5, details = $6,
            notes = $7, team_id = $8, shared_tickets = $9, shared_comments = $10, tags = $11, fields = $12,
            facts_source = $13, facts_at = $14, updated_at = $15, changed = $16, deleted_at = $17
         WHERE id = $1",
        params![
            organization.id.0,
            &organization.name,
            &fold(&organization.name),
            organization.external_id.as_deref(),
            external_folded.as_deref(),
            organization.details.as_deref(),
            organization.notes.as_deref(),
            organization.team.map(|id| id.0),
            organization.shared_tickets,
            organization.shared_comments,
            &encode(&organization.tags),
            &encode(&organization.fields),
            organization.facts_source.as_deref(),
            organization.facts_at,
            organization.updated_at,
            changed,
            organization.deleted_at
        ],
    )?;
    tx.execute(
        "DELETE FROM organization_domains WHERE organization_id = $1",
        params![organization.id.0],
    )?;
    insert_domains(tx, organization)?;
    index(tx, organization)
}

/// Writes the words an organization is found by; a deleted one is found by none.
pub(crate) fn index(tx: &mut Tx<'_>, organization: &Organization) -> Result<(), Error> {
    let id = organization.id.0;
    if organization.deleted_at.is_some() {
        return search::forget(tx, Of::Organization, id);
    }
    let rest = [&organization.external_id, &organization.details, &organization.notes];
    let mut rest: Vec<&str> = rest.into_iter().flatten().map(String::as_str).collect();
    rest.extend(organization.tags.iter().map(String::as_str));
    let domains = organization.domains.join(" ");
    search::put(tx, Of::Organization, id, &[&organization.name, &domains, &rest.join("\n")])
}

fn insert_domains(tx: &mut Tx<'_>, organization: &Organization) -> Result<(), Error> {
    if organization.domains.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new();
    sql.push("INSERT INTO organization_domains (organization_id, domain, position) VALUES ");
    sql.join((0_i64..).zip(&organization.domains), ", ", "", |sql, (position, domain)| {
        sql.push("(")
            .bind(organization.id.0)
            .push(", ")
            .bind(domain.as_str())
            .push(", ")
            .bind(position)
            .push(")");
    });
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Which organizations a list holds. Every part that is given must be true; deleted ones are never in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// With this person in it.
    pub user: Option<UserId>,
    /// With exactly this name, whatever its case.
    pub name: Option<String>,
    /// With a name that begins so, whatever its case.
    pub prefix: Option<String>,
    /// Known to another system by one of these names, whatever their case.
    pub external_ids: Vec<String>,
}

/// What a filter is compared with, kept as long as its statement.
struct Terms {
    name: Option<String>,
    prefix: Option<(String, String)>,
    external_ids: Vec<String>,
}

impl Terms {
    fn of(filter: &Filter) -> Self {
        let prefix = filter.prefix.as_deref().map(fold);
        Self {
            name: filter.name.as_deref().map(fold),
            prefix: prefix.map(|prefix| (prefix.clone(), keysets::after_prefix(&prefix))),
            external_ids: filter.external_ids.iter().map(|id| fold(id)).collect(),
        }
    }
}

fn filtered<'a>(sql: &mut Sql<'a>, filter: &Filter, terms: &'a Terms) {
    sql.push("o.deleted_at IS NULL");
    if let Some(user) = filter.user {
        sql.push(" AND o.id IN (SELECT m.organization_id FROM organization_memberships m WHERE m.user_id = ");
        sql.bind(user.0).push(")");
    }
    if let Some(name) = &terms.name {
        sql.push(" AND o.name_folded = ").bind(name.as_str());
    }
    if let Some((prefix, end)) = &terms.prefix {
        sql.push(" AND o.name_folded >= ").bind(prefix.as_str());
        sql.push(" AND o.name_folded < ").bind(end.as_str());
    }
    if !terms.external_ids.is_empty() {
        sql.push(" AND o.external_folded IN (");
        sql.join(&terms.external_ids, ", ", "", |sql, id| {
            sql.bind(id.as_str());
        });
        sql.push(")");
    }
}

/// By what a list of organizations is ordered; the number decides between equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// The number.
    #[default]
    Id,
    /// The name.
    Name,
}

impl Order {
    /// What places an organization in this order.
    pub fn key(self, organization: &Organization) -> Key {
        let value = match self {
            Self::Id => None,
            Self::Name => Some(KeyValue::Text(fold(&organization.name))),
        };
        Key { value, id: organization.id.0 }
    }
}

/// One page of organizations.
pub fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Vec<Organization>, Error> {
    let terms = Terms::of(filter);
    let mut sql = Sql::new();
    sql.push(SELECT);
    filtered(&mut sql, filter, &terms);
    match order {
        Order::Id => keysets::by_id(&mut sql, page, "o.id"),
        Order::Name => keysets::by_text(&mut sql, page, "o.name_folded", "o.id"),
    }
    Ok(keysets::in_order(read(tx, &sql)?, page))
}

/// How many organizations a filter finds, counted up to `limit`.
pub fn count_up_to(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<i64, Error> {
    let terms = Terms::of(filter);
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM (SELECT 1 AS one FROM organizations o WHERE ");
    filtered(&mut sql, filter, &terms);
    sql.push(" LIMIT ").bind(limit).push(") AS counted");
    tx.query_one(sql.text(), sql.params())?.get(0)
}

/// A person's memberships, the default first.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Membership<OrganizationId>>, Error> {
    memberships::of_user(tx, user)
}

/// An organization's memberships, the oldest first.
pub fn memberships(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
) -> Result<Vec<Membership<OrganizationId>>, Error> {
    memberships::members(tx, organization)
}
