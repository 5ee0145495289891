//! People and their addresses.

use domain::search::Words;
use domain::{Identity, IdentityId, OrganizationId, Role, TeamId, User, UserId, fold};
use jiff::Timestamp;

use crate::conditions::Fragment;
use crate::engine::Engine;
use crate::page::{Key, KeyValue, Page};
use crate::search::{self, Of};
use crate::{Error, Row, Sql, Tx, keysets, params};

const COLUMNS: &str = "u.id, u.name, u.role, u.email, u.external_id, u.locale, u.time_zone, u.is_verified, \
    u.is_suspended, u.is_active, u.organization_id, u.phone, u.alias, u.details, u.notes, u.tags, u.fields, \
    u.password_hash, u.last_login_at, u.created_at, u.updated_at";

fn user(row: &Row) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.get(0)?),
        name: row.get(1)?,
        role: role(&row.get::<String>(2)?)?,
        email: row.get(3)?,
        external_id: row.get(4)?,
        locale: row.get(5)?,
        time_zone: row.get(6)?,
        verified: row.get(7)?,
        suspended: row.get(8)?,
        active: row.get(9)?,
        organization: row.get::<Option<i64>>(10)?.map(OrganizationId),
        phone: row.get(11)?,
        alias: row.get(12)?,
        details: row.get(13)?,
        notes: row.get(14)?,
        tags: document(&row.get::<String>(15)?, "users.tags")?,
        fields: document(&row.get::<String>(16)?, "users.fields")?,
        password_hash: row.get(17)?,
        last_login_at: row.get(18)?,
        created_at: row.get(19)?,
        updated_at: row.get(20)?,
    })
}

fn role(word: &str) -> Result<Role, Error> {
    word.parse().map_err(|()| Error::corrupt("users.role", format!("unknown role {word}")))
}

/// A JSON column as what it holds.
pub(crate) fn document<T: serde::de::DeserializeOwned>(
    text: &str,
    column: &'static str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::corrupt(column, error))
}

/// What a JSON column holds, as text.
pub(crate) fn encode(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain values are always JSON")
}

/// The person with this number, also a deleted one.
pub fn load(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM users u WHERE u.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(user).transpose()
}

/// The people with these numbers, also deleted ones, by number.
pub fn many(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<User>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM users u WHERE u.id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY u.id");
    tx.query(sql.text(), sql.params())?.iter().map(user).collect()
}

/// The active person with this address among theirs, whatever its case.
pub fn by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<User>, Error> {
    by_identity(tx, "email", email)
}

/// The active person with this account or address among theirs.
pub fn by_identity(tx: &mut Tx<'_>, kind: &str, value: &str) -> Result<Option<User>, Error> {
    let folded = fold(value);
    let mut sql = Sql::new();
    sql.push("SELECT ")
        .push(COLUMNS)
        .push(" FROM identities i JOIN users u ON u.id = i.user_id WHERE i.kind = ");
    sql.bind(kind).push(" AND i.folded = ").bind(folded.as_str()).push(" AND u.is_active");
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(user).transpose()
}

/// The active person another system knows by this name, whatever its case.
pub fn by_external_id(tx: &mut Tx<'_>, external_id: &str) -> Result<Option<User>, Error> {
    let folded = fold(external_id);
    let mut sql = Sql::new();
    sql.push("SELECT ")
        .push(COLUMNS)
        .push(" FROM users u WHERE u.is_active AND u.external_folded = ");
    sql.bind(folded.as_str());
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(user).transpose()
}

/// Stores a new person. Their addresses are stored apart.
pub fn insert(tx: &mut Tx<'_>, user: &User) -> Result<(), Error> {
    let changed = tx.change_id()?;
    let external_folded = user.external_id.as_deref().map(fold);
    tx.execute(
        "INSERT INTO users (id, name, name_folded, role, email, external_id, external_folded, locale, time_zone,
            is_verified, is_suspended, is_active, organization_id, phone, alias, details, notes, tags, fields,
            password_hash, last_login_at, created_at, updated_at, changed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24)",
        params![
            user.id.0,
            &user.name,
            &fold(&user.name),
            user.role.as_str(),
            user.email.as_deref(),
            user.external_id.as_deref(),
            external_folded.as_deref(),
            user.locale.as_deref(),
            user.time_zone.as_deref(),
            user.verified,
            user.suspended,
            user.active,
            user.organization.map(|id| id.0),
            user.phone.as_deref(),
            user.alias.as_deref(),
            user.details.as_deref(),
            user.notes.as_deref(),
            &encode(&user.tags),
            &encode(&user.fields),
            user.password_hash.as_deref(),
            user.last_login_at,
            user.created_at,
            user.updated_at,
            changed
        ],
    )?;
    index(tx, user)
}

/// Stores a person who changed.
pub fn update(tx: &mut Tx<'_>, user: &User) -> Result<(), Error> {
    let changed = tx.change_id()?;
    let external_folded = user.external_id.as_deref().map(fold);
    tx.execute(
        "UPDATE users SET name = $2, name_folded = $3, role = $4, email = $5, external_id = $6, external_folded = $7,
            locale = $8, time_zone = $9, is_verified = $10, is_suspended = $11, is_active = $12,
            organization_id = $13, phone = $14, alias = $15, details = $16, notes = $17, tags = $18, fields = $19,
            password_hash = $20, last_login_at = $21, updated_at = $22, changed = $23
         WHERE id = $1",
        params![
            user.id.0,
            &user.name,
            &fold(&user.name),
            user.role.as_str(),
            user.email.as_deref(),
            user.external_id.as_deref(),
            external_folded.as_deref(),
            user.locale.as_deref(),
            user.time_zone.as_deref(),
            user.verified,
            user.suspended,
            user.active,
            user.organization.map(|id| id.0),
            user.phone.as_deref(),
            user.alias.as_deref(),
            user.details.as_deref(),
            user.notes.as_deref(),
            &encode(&user.tags),
            &encode(&user.fields),
            user.password_hash.as_deref(),
            user.last_login_at,
            user.updated_at,
            changed
        ],
    )?;
    index(tx, user)
}

/// Writes the words a person is found by; a deleted one is found by none.
pub(crate) fn index(tx: &mut Tx<'_>, user: &User) -> Result<(), Error> {
    if !user.active {
        return search::forget(tx, Of::User, user.id.0);
    }
    let name = format!("{} {}", user.name, user.alias.as_deref().unwrap_or_default());
    let rest = [&user.external_id, &user.phone, &user.details, &user.notes];
    let mut rest: Vec<&str> = rest.into_iter().flatten().map(String::as_str).collect();
    rest.extend(user.tags.iter().map(String::as_str));
    let fields = [name.as_str(), user.email.as_deref().unwrap_or_default(), &rest.join("\n")];
    search::put(tx, Of::User, user.id.0, &fields)
}

/// Takes a person back who was stored in this very transaction and turned out to be known already.
pub fn take_back(tx: &mut Tx<'_>, id: UserId) -> Result<(), Error> {
    search::forget(tx, Of::User, id.0)?;
    tx.execute("DELETE FROM users WHERE id = $1", params![id.0]).map(|_| ())
}

/// Which people a list holds. Every part that is given must be true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Deleted people instead of active ones.
    pub deleted: bool,
    /// With one of these roles.
    pub roles: Vec<Role>,
    /// In this organization, by any membership.
    pub organization: Option<OrganizationId>,
    /// In this team.
    pub team: Option<TeamId>,
    /// Known to another system by one of these names.
    pub external_ids: Vec<String>,
    /// With this address among theirs.
    pub email: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// Each of these is a word of theirs that may go on, or the beginning of an address.
    pub words: Vec<String>,
}

/// How many people with one word are looked at.
const MOST_OF_A_WORD: i64 = 100_000;

/// What a filter is compared with, kept as long as its statement.
struct Terms {
    external_ids: Vec<String>,
    email: Option<String>,
    tag: Option<String>,
    words: Vec<(Fragment, String, String)>,
}

impl Terms {
    fn of(engine: Engine, filter: &Filter) -> Self {
        let word = |word: &String| {
            let mut found = Fragment::default();
            if let Some(query) = search::query(engine, &[Words::open(word.as_str())], None) {
                found.extend(search::hits(engine, Of::User, query, MOST_OF_A_WORD));
                found.push(") h UNION ");
            }
            let word = fold(word);
            (found, word.clone(), keysets::after_prefix(&word))
        };
        Self {
            external_ids: filter.external_ids.iter().map(|id| fold(id)).collect(),
            email: filter.email.as_deref().map(fold),
            tag: filter.tag.as_deref().map(|tag| {
                let quoted =
                    encode(&fold(tag)).replace('!', "!!").replace('%', "!%").replace('_', "!_");
                format!("%{quoted}%")
            }),
            words: filter.words.iter().map(word).collect(),
        }
    }
}

fn filtered<'a>(sql: &mut Sql<'a>, filter: &Filter, terms: &'a Terms) {
    sql.push(if filter.deleted { " WHERE NOT u.is_active" } else { " WHERE u.is_active" });
    if !filter.roles.is_empty() {
        sql.push(" AND u.role IN (");
        sql.join(&filter.roles, ", ", "", |sql, role| {
            sql.bind(role.as_str());
        });
        sql.push(")");
    }
    if let Some(id) = filter.organization {
        sql.push(" AND u.id IN (SELECT m.user_id FROM organization_memberships m WHERE m.organization_id = ");
        sql.bind(id.0).push(")");
    }
    if let Some(id) = filter.team {
        sql.push(" AND u.id IN (SELECT m.user_id FROM team_memberships m WHERE m.team_id = ")
            .bind(id.0)
            .push(")");
    }
    if !terms.external_ids.is_empty() {
        sql.push(" AND u.external_folded IN (");
        sql.join(&terms.external_ids, ", ", "", |sql, id| {
            sql.bind(id.as_str());
        });
        sql.push(")");
    }
    if let Some(email) = &terms.email {
        sql.push(" AND u.id IN (SELECT i.user_id FROM identities i WHERE i.kind = 'email' AND i.folded = ");
        sql.bind(email.as_str()).push(")");
    }
    if let Some(tag) = &terms.tag {
        sql.push(" AND u.tags LIKE ").bind(tag.as_str()).push(" ESCAPE '!'");
    }
    for (found, word, end) in &terms.words {
        sql.push(" AND u.id IN (");
        if !found.is_empty() {
            sql.push("SELECT h.id FROM (");
            found.append_to(sql);
        }
        sql.push("SELECT i.user_id FROM identities i WHERE i.kind = 'email' AND i.folded >= ");
        sql.bind(word.as_str()).push(" AND i.folded < ").bind(end.as_str()).push(")");
    }
}

/// By what a list of people is ordered; the number decides between equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// The number.
    #[default]
    Id,
    /// The name.
    Name,
}

impl Order {
    /// What places a person in this order.
    pub fn key(self, user: &User) -> Key {
        let value = match self {
            Self::Id => None,
            Self::Name => Some(KeyValue::Text(fold(&user.name))),
        };
        Key { value, id: user.id.0 }
    }
}

/// One page of people.
pub fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Vec<User>, Error> {
    let terms = Terms::of(tx.engine(), filter);
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM users u");
    filtered(&mut sql, filter, &terms);
    match order {
        Order::Id => keysets::by_id(&mut sql, page, "u.id"),
        Order::Name => keysets::by_text(&mut sql, page, "u.name_folded", "u.id"),
    }
    let rows: Result<_, _> = tx.query(sql.text(), sql.params())?.iter().map(user).collect();
    Ok(keysets::in_order(rows?, page))
}

/// How many people a filter finds, counted up to `limit`.
pub fn count_up_to(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<i64, Error> {
    let terms = Terms::of(tx.engine(), filter);
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM (SELECT 1 AS one FROM users u");
    filtered(&mut sql, filter, &terms);
    sql.push(" LIMIT ").bind(limit).push(") AS counted");
    tx.query_one(sql.text(), sql.params())?.get(0)
}

/// How many unsolved tickets each of these people has asked; those without any are left out.
pub fn open_ticket_counts(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<(UserId, i64)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT t.requester_id, count(*) FROM tickets t WHERE t.requester_id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") AND t.deleted_at IS NULL AND t.status NOT IN ('solved', 'closed') GROUP BY t.requester_id");
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((UserId(row.get(0)?), row.get(1)?))).collect()
}

const IDENTITY: &str = "SELECT i.id, i.user_id, i.kind, i.value, i.is_primary, i.is_verified, i.undeliverable, \
    i.created_at, i.updated_at FROM identities i WHERE ";

fn identity(row: &Row) -> Result<Identity, Error> {
    Ok(Identity {
        id: IdentityId(row.get(0)?),
        user: UserId(row.get(1)?),
        kind: row.get(2)?,
        value: row.get(3)?,
        primary: row.get(4)?,
        verified: row.get(5)?,
        undeliverable: row.get(6)?,
        created_at: row.get(7)?,
        updated_at: row.get(8)?,
    })
}

/// A person's addresses and accounts, the oldest first.
pub fn identities(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Identity>, Error> {
    identities_of(tx, &[user])
}

/// The addresses and accounts of several people, the oldest first.
pub fn identities_of(tx: &mut Tx<'_>, users: &[UserId]) -> Result<Vec<Identity>, Error> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(IDENTITY).push("i.user_id IN (");
    sql.join(users, ", ", "", |sql, user| {
        sql.bind(user.0);
    });
    sql.push(") ORDER BY i.id");
    tx.query(sql.text(), sql.params())?.iter().map(identity).collect()
}

/// The address or account with this number.
pub fn load_identity(tx: &mut Tx<'_>, id: IdentityId) -> Result<Option<Identity>, Error> {
    let mut sql = Sql::new();
    sql.push(IDENTITY).push("i.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(identity).transpose()
}

/// Remembers that mail does not arrive at an address, or does again. Gives whose it is, if that is news.
pub fn set_undeliverable(
    tx: &mut Tx<'_>,
    address: &str,
    why: Option<&str>,
    now: Timestamp,
) -> Result<Option<UserId>, Error> {
    let row = tx.query_opt(
        "UPDATE identities SET undeliverable = $2, updated_at = $3
         WHERE kind = 'email' AND folded = $1 AND undeliverable IS DISTINCT FROM $2 RETURNING user_id",
        params![&fold(address), why, now],
    )?;
    row.map(|row| row.get(0).map(UserId)).transpose()
}

/// Stores an address or account; false if somebody has it already.
pub fn insert_identity(tx: &mut Tx<'_>, identity: &Identity) -> Result<bool, Error> {
    let rows = tx.execute(
        "INSERT INTO identities (id, user_id, kind, value, folded, is_primary, is_verified, undeliverable, created_at,
            updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (kind, folded) DO NOTHING",
        params![
            identity.id.0,
            identity.user.0,
            &identity.kind,
            &identity.value,
            &fold(&identity.value),
            identity.primary,
            identity.verified,
            identity.undeliverable.as_deref(),
            identity.created_at,
            identity.updated_at
        ],
    )?;
    Ok(rows == 1)
}

/// Stores an address or account that changed; its value is unique (unique violation).
pub fn update_identity(tx: &mut Tx<'_>, identity: &Identity) -> Result<(), Error> {
    tx.execute(
        "UPDATE identities SET user_id = $2, value = $3, folded = $4, is_primary = $5, is_verified = $6,
            undeliverable = $7, updated_at = $8
         WHERE id = $1",
        params![
            identity.id.0,
            identity.user.0,
            &identity.value,
            &fold(&identity.value),
            identity.primary,
            identity.verified,
            identity.undeliverable.as_deref(),
            identity.updated_at
        ],
    )
    .map(|_| ())
}

/// Forgets an address or account.
pub fn delete_identity(tx: &mut Tx<'_>, id: IdentityId) -> Result<(), Error> {
    tx.execute("DELETE FROM identities WHERE id = $1", params![id.0]).map(|_| ())
}

/// Forgets all addresses and accounts of a person, so that others may have them.
pub fn delete_identities(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    tx.execute("DELETE FROM identities WHERE user_id = $1", params![user.0]).map(|_| ())
}

/// Somebody's severity was graded down once more. (PR-04)
pub fn graded_down(tx: &mut Tx<'_>, id: UserId) -> Result<(), Error> {
    let sql = "UPDATE users SET graded_down = graded_down + 1 WHERE id = $1";
    tx.execute(sql, params![id.0]).map(|_| ())
}

/// How often severities that somebody stated were graded down. (PR-04)
pub fn times_graded_down(tx: &mut Tx<'_>, id: UserId) -> Result<i64, Error> {
    tx.query_one("SELECT graded_down FROM users WHERE id = $1", params![id.0])?.get(0)
}
