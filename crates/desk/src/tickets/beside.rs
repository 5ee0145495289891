//! What is shown beside tickets: fields, people, teams, organizations. Rights were checked for the tickets themselves.

use domain::{Field, Organization, OrganizationId, Team, TeamId, User, UserId};
use store::Tx;

use crate::Error;

/// All ticket fields in order.
pub fn fields(tx: &mut Tx<'_>) -> Result<Vec<Field>, Error> {
    Ok(store::fields::all(tx, "ticket")?)
}

/// A number that is another one after a ticket field was added, removed, moved, renamed or switched on or off.
pub fn fields_fingerprint(tx: &mut Tx<'_>) -> Result<u64, Error> {
    Ok(store::fields::fingerprint(tx, "ticket")?)
}

/// The people with these ids, each once.
pub fn people(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<User>, Error> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Ok(store::users::many(tx, &ids)?)
}

/// All teams.
pub fn teams(tx: &mut Tx<'_>) -> Result<Vec<Team>, Error> {
    Ok(store::teams::all(tx)?)
}

/// The teams that any of these people is in, each once.
pub fn teams_of(tx: &mut Tx<'_>, people: &[UserId]) -> Result<Vec<Team>, Error> {
    let mut ids: Vec<TeamId> =
        store::memberships::of_users(tx, people)?.into_iter().map(|one| one.of).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(store::teams::many(tx, &ids)?)
}

/// The organizations with these ids, each once.
pub fn organizations(tx: &mut Tx<'_>, ids: &[OrganizationId]) -> Result<Vec<Organization>, Error> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Ok(store::organizations::many(tx, &ids)?)
}
