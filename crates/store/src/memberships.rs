//! People's places in organizations and in teams: two tables of one shape.

use domain::{Membership, MembershipId, OrganizationId, TeamId, UserId};
use jiff::Timestamp;

use crate::page::Page;
use crate::{Error, Row, Sql, Tx, keysets};

/// What a person can have a place in.
pub trait Place: Copy {
    #[doc(hidden)]
    const TABLE: &'static str;
    #[doc(hidden)]
    const COLUMN: &'static str;

    /// The place with this number.
    fn from_id(id: i64) -> Self;

    /// Its number.
    fn id(self) -> i64;
}

impl Place for OrganizationId {
    const TABLE: &'static str = "organization_memberships";
    const COLUMN: &'static str = "organization_id";

    fn from_id(id: i64) -> Self {
        Self(id)
    }

    fn id(self) -> i64 {
        self.0
    }
}

impl Place for TeamId {
    const TABLE: &'static str = "team_memberships";
    const COLUMN: &'static str = "team_id";

    fn from_id(id: i64) -> Self {
        Self(id)
    }

    fn id(self) -> i64 {
        self.0
    }
}

/// Which memberships a list holds. Every part that is given must be true.
#[derive(Clone, Copy, Debug)]
pub struct Filter<P> {
    /// Of this person.
    pub user: Option<UserId>,
    /// In this place.
    pub of: Option<P>,
}

impl<P> Default for Filter<P> {
    fn default() -> Self {
        Self { user: None, of: None }
    }
}

fn membership<P: Place>(row: &Row) -> Result<Membership<P>, Error> {
    Ok(Membership {
        id: MembershipId(row.get(0)?),
        user: UserId(row.get(1)?),
        of: P::from_id(row.get(2)?),
        default: row.get(3)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
    })
}

fn select<P: Place>(sql: &mut Sql<'_>) {
    sql.push("SELECT m.id, m.user_id, m.").push(P::COLUMN);
    sql.push(", m.is_default, m.created_at, m.updated_at FROM ").push(P::TABLE).push(" m WHERE ");
}

fn filtered<P: Place>(sql: &mut Sql<'_>, filter: &Filter<P>) {
    sql.push("TRUE");
    if let Some(user) = filter.user {
        sql.push(" AND m.user_id = ").bind(user.0);
    }
    if let Some(of) = filter.of {
        sql.push(" AND m.").push(P::COLUMN).push(" = ").bind(of.id());
    }
}

/// One page of memberships, ordered by id.
pub fn page<P: Place>(
    tx: &mut Tx<'_>,
    filter: &Filter<P>,
    page: &Page,
) -> Result<Vec<Membership<P>>, Error> {
    let mut sql = Sql::new();
    select::<P>(&mut sql);
    filtered(&mut sql, filter);
    keysets::by_id(&mut sql, page, "m.id");
    let rows: Result<_, _> = tx.query(sql.text(), sql.params())?.iter().map(membership).collect();
    Ok(keysets::in_order(rows?, page))
}

/// How many memberships a filter finds.
pub fn count<P: Place>(tx: &mut Tx<'_>, filter: &Filter<P>) -> Result<i64, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM ").push(P::TABLE).push(" m WHERE ");
    filtered(&mut sql, filter);
    tx.query_one(sql.text(), sql.params())?.get(0)
}

/// A person's memberships, the default first.
pub fn of_user<P: Place>(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Membership<P>>, Error> {
    let mut sql = Sql::new();
    select::<P>(&mut sql);
    sql.push("m.user_id = ").bind(user.0).push(" ORDER BY m.is_default DESC, m.id");
    tx.query(sql.text(), sql.params())?.iter().map(membership).collect()
}

/// The memberships of several people.
pub fn of_users<P: Place>(tx: &mut Tx<'_>, users: &[UserId]) -> Result<Vec<Membership<P>>, Error> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    select::<P>(&mut sql);
    sql.push("m.user_id IN (");
    sql.join(users, ", ", "", |sql, user| {
        sql.bind(user.0);
    });
    sql.push(") ORDER BY m.id");
    tx.query(sql.text(), sql.params())?.iter().map(membership).collect()
}

/// Everybody in a place, in order of joining.
pub fn members<P: Place>(tx: &mut Tx<'_>, of: P) -> Result<Vec<Membership<P>>, Error> {
    let mut sql = Sql::new();
    select::<P>(&mut sql);
    sql.push("m.").push(P::COLUMN).push(" = ").bind(of.id()).push(" ORDER BY m.id");
    tx.query(sql.text(), sql.params())?.iter().map(membership).collect()
}

/// The membership with this number.
pub fn load<P: Place>(tx: &mut Tx<'_>, id: MembershipId) -> Result<Option<Membership<P>>, Error> {
    let mut sql = Sql::new();
    select::<P>(&mut sql);
    sql.push("m.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(membership).transpose()
}

/// Stores a membership; false if the person is there already.
pub fn insert<P: Place>(tx: &mut Tx<'_>, membership: &Membership<P>) -> Result<bool, Error> {
    let mut sql = Sql::new();
    sql.push("INSERT INTO ").push(P::TABLE).push(" (id, user_id, ").push(P::COLUMN);
    sql.push(", is_default, created_at, updated_at) VALUES (").bind(membership.id.0);
    sql.push(", ").bind(membership.user.0).push(", ").bind(membership.of.id());
    sql.push(", ").bind(membership.default).push(", ").bind(membership.created_at);
    sql.push(", ").bind(membership.updated_at);
    sql.push(") ON CONFLICT (user_id, ").push(P::COLUMN).push(") DO NOTHING");
    Ok(tx.execute(sql.text(), sql.params())? == 1)
}

/// Ends a membership.
pub fn delete<P: Place>(tx: &mut Tx<'_>, id: MembershipId) -> Result<(), Error> {
    let mut sql = Sql::new();
    sql.push("DELETE FROM ").push(P::TABLE).push(" WHERE id = ").bind(id.0);
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Makes one membership of a person the default, and no other.
pub fn set_default<P: Place>(
    tx: &mut Tx<'_>,
    user: UserId,
    id: MembershipId,
    now: Timestamp,
) -> Result<(), Error> {
    let mut sql = Sql::new();
    sql.push("UPDATE ").push(P::TABLE).push(" SET is_default = (id = ").bind(id.0);
    sql.push("), updated_at = ").bind(now).push(" WHERE user_id = ").bind(user.0);
    sql.push(" AND is_default <> (id = ").bind(id.0).push(")");
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Ends all memberships of a person.
pub fn delete_of_user<P: Place>(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    let mut sql = Sql::new();
    sql.push("DELETE FROM ").push(P::TABLE).push(" WHERE user_id = ").bind(user.0);
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Takes a person's row for this transaction, so that two changes of their memberships come one after the other.
pub fn lock_user(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    let mut sql = Sql::new();
    sql.push("SELECT u.id FROM users u WHERE u.id = ").bind(user.0).push(tx.lock_suffix());
    tx.query_opt(sql.text(), sql.params()).map(|_| ())
}
