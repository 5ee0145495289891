//! People, organizations and teams. What their filters cannot say is looked at one by one.

use domain::conditions::{Condition, Named, OtherField, Person};
use domain::search::{Doc, Words};
use domain::{Organization, OrganizationId, TeamId, User, UserId, fold};
use store::Tx;
use store::conditions::Meant;
use store::page::{Key, Page, Start};
use store::users::Filter;

use crate::Error;

/// How many are looked at one by one.
const LOOKED_AT: i64 = 1_000;

/// The numbers of the people that are found, the best fit first, and how many there are.
pub(super) fn users(tx: &mut Tx<'_>, meant: &Meant, most: usize) -> Result<(Vec<i64>, i64), Error> {
    let found = looked_at(tx, meant, None)?;
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let (words, _) = meant.condition.split_words();
    let score = |user: &User| {
        let address = user.email.as_deref().unwrap_or_default();
        Doc::of(&[&user.name, address]).score(words)
    };
    let mut found: Vec<(f64, i64)> = found.iter().map(|user| (score(user), user.id.0)).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok((found.into_iter().map(|(_, id)| id).take(most).collect(), count))
}

/// The numbers of the people that are found below `before`, the newest first.
pub(super) fn users_before(
    tx: &mut Tx<'_>,
    meant: &Meant,
    before: Option<i64>,
    size: usize,
) -> Result<Vec<i64>, Error> {
    page_by_page(before, size, |before| {
        let (page, last) = page_of_users(tx, meant, before)?;
        Ok((page.iter().map(|user| user.id.0).collect(), last))
    })
}

/// What is found below `before` until there is enough of it, page by page: each says what it found and where the next
/// begins.
fn page_by_page(
    mut before: Option<i64>,
    size: usize,
    mut read: impl FnMut(Option<i64>) -> Result<(Vec<i64>, Option<i64>), Error>,
) -> Result<Vec<i64>, Error> {
    let mut ids = Vec::new();
    loop {
        let (found, last) = read(before)?;
        ids.extend(found);
        before = last;
        if ids.len() >= size || last.is_none() {
            ids.truncate(size);
            return Ok(ids);
        }
    }
}

fn looked_at(tx: &mut Tx<'_>, meant: &Meant, before: Option<i64>) -> Result<Vec<User>, Error> {
    Ok(page_of_users(tx, meant, before)?.0)
}

/// The people of a page for whom the condition holds, and where the next page begins.
fn page_of_users(
    tx: &mut Tx<'_>,
    meant: &Meant,
    before: Option<i64>,
) -> Result<(Vec<User>, Option<i64>), Error> {
    let Some(filter) = filter(&meant.condition) else { return Ok((Vec::new(), None)) };
    let start = before.map_or(Start::Offset(0), |id| Start::After(Key { value: None, id }));
    let page = Page { start, size: LOOKED_AT, descending: true };
    let users = store::users::page(tx, &filter, store::users::Order::Id, &page)?;
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let is_full = i64::try_from(ids.len()).unwrap_or(i64::MAX) == LOOKED_AT;
    let last = ids.last().map(|id| id.0).filter(|_| is_full);
    let identities = store::users::identities_of(tx, &ids)?;
    let memberships = store::memberships::of_users::<TeamId>(tx, &ids)?;
    let holds = |user: &User| {
        let own = identities.iter().filter(|one| one.user == user.id && one.kind == "email");
        let addresses: Vec<String> = own.map(|one| one.value.clone()).collect();
        let own = memberships.iter().filter(|one| one.user == user.id);
        let teams: Vec<TeamId> = own.map(|one| one.of).collect();
        let person = Person { user, addresses: &addresses, teams: &teams };
        meant.condition.holds_for_person(&person, &meant.asker)
    };
    Ok((users.into_iter().filter(|user| holds(user)).collect(), last))
}

/// What of a condition the storage can look for. None if a part of it can hold for nobody.
fn filter(condition: &Condition) -> Option<Filter> {
    let mut filter = Filter::default();
    for part in condition.parts() {
        match part {
            Condition::Text(_, words) => {
                filter.words.extend(
                    words.iter().filter(|one| one.needle().is_some()).map(|one| one.text.clone()),
                );
                if filter.words.is_empty() {
                    return None;
                }
            }
            Condition::Tag(Some(tag)) => filter.tag = Some(tag.clone()),
            Condition::ExternalId(Some(name)) => filter.external_ids.push(name.clone()),
            Condition::Organization(Named::Id(id)) => {
                filter.organization = Some(OrganizationId(*id));
            }
            Condition::Team(Named::Id(id)) => filter.team = Some(TeamId(*id)),
            Condition::Other(OtherField::Email, Some(email))
                if email.contains('@') && !email.contains('*') =>
            {
                filter.email = Some(email.clone());
            }
            Condition::Other(OtherField::Role, Some(role)) => {
                filter.roles = crate::users::roles(role);
                if filter.roles.is_empty() {
                    return None;
                }
            }
            Condition::Other(OtherField::Name, Some(name)) => {
                filter.words.extend(name.split_whitespace().map(str::to_owned));
            }
            Condition::Status(..)
            | Condition::Priority(..)
            | Condition::Escalated
            | Condition::Unknown(_) => {
                return None;
            }
            _ => {}
        }
    }
    filter.words.truncate(10);
    Some(filter)
}

/// The numbers of the organizations that are found, the best fit first, and how many there are.
pub(super) fn organizations(
    tx: &mut Tx<'_>,
    meant: &Meant,
    most: usize,
) -> Result<(Vec<i64>, i64), Error> {
    let (found, _) = page_of_organizations(tx, meant, None)?;
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let (words, _) = meant.condition.split_words();
    let score = |one: &Organization| Doc::of(&[&one.name, &one.domains.join(" ")]).score(words);
    let mut found: Vec<(f64, i64)> = found.iter().map(|one| (score(one), one.id.0)).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok((found.into_iter().map(|(_, id)| id).take(most).collect(), count))
}

/// The numbers of the organizations that are found below `before`, the newest first.
pub(super) fn organizations_before(
    tx: &mut Tx<'_>,
    meant: &Meant,
    before: Option<i64>,
    size: usize,
) -> Result<Vec<i64>, Error> {
    page_by_page(before, size, |before| {
        let (page, last) = page_of_organizations(tx, meant, before)?;
        Ok((page.iter().map(|one| one.id.0).collect(), last))
    })
}

fn page_of_organizations(
    tx: &mut Tx<'_>,
    meant: &Meant,
    before: Option<i64>,
) -> Result<(Vec<Organization>, Option<i64>), Error> {
    let (words, _) = meant.condition.split_words();
    let (found, last) = if words.is_empty() {
        let filter = store::organizations::Filter::default();
        let start = before.map_or(Start::Offset(0), |id| Start::After(Key { value: None, id }));
        let page = Page { start, size: LOOKED_AT, descending: true };
        let order = store::organizations::Order::Id;
        let found = store::organizations::page(tx, &filter, order, &page)?;
        let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) == LOOKED_AT;
        let last = found.last().map(|one| one.id.0).filter(|_| is_full);
        (found, last)
    } else {
        let ids = store::search::newest(tx, store::search::Of::Organization, words, LOOKED_AT)?;
        let ids = ids.into_iter().filter(|id| before.is_none_or(|before| *id < before));
        let ids: Vec<_> = ids.map(OrganizationId).collect();
        let mut found = store::organizations::many(tx, &ids)?;
        found.sort_by_key(|one| std::cmp::Reverse(one.id));
        (found, None)
    };
    let holds = |one: &Organization| meant.condition.holds_for_organization(one, &meant.asker);
    Ok((found.into_iter().filter(holds).collect(), last))
}

/// The numbers of the teams whose name has the words, and how many there are.
pub(super) fn teams(tx: &mut Tx<'_>, meant: &Meant) -> Result<(Vec<i64>, i64), Error> {
    let names = store::teams::names(tx)?.into_iter();
    let found: Vec<i64> = names
        .filter(|(_, _, name)| is_team(&meant.condition, name))
        .map(|(id, _, _)| id.0)
        .collect();
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Ok((found, count))
}

fn is_team(condition: &Condition, name: &str) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| is_team(part, name)),
        Condition::Any(parts) => parts.iter().any(|part| is_team(part, name)),
        Condition::Not(part) => !is_team(part, name),
        Condition::Text(_, words) => Doc::of(&[name]).has(words, None),
        Condition::Other(OtherField::Name, Some(value)) => {
            fold(name) == fold(value) || Doc::of(&[name]).has(&[Words::open(value.as_str())], None)
        }
        _ => false,
    }
}
