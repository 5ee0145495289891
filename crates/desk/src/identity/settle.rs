//! Taking over what a signature says: the person, their address, their organization and its facts.

use domain::{Actor, Organization, OrganizationId, Role, User, fold};
use store::Tx;

use super::{Claims, SaidOrganization};
use crate::users::{Input, NewIdentity};
use crate::{Ctx, Error, organizations, users};

/// Who says facts that were signed.
const SOURCE: &str = "signed by the app";

/// The person a signature speaks of and the organization they act for, both as it says they are.
///
/// The app's own name for them comes first. An address that has another account of the app stays there, and one that
/// the app has not proved is nobody's proof; then the person has no address here.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    claims: &Claims,
) -> Result<(User, Option<OrganizationId>), Error> {
    // The second of two such calls at once waits and finds whom the first made.
    tx.lock_name(&format!("user external_id {}", fold(&claims.subject)))?;
    let ctx = &ctx.acting_as(Actor::System);
    let user = person(tx, ctx, claims)?;
    if !user.active || user.suspended {
        return Err(Error::Unauthenticated);
    }
    let Some(said) = &claims.organization else { return Ok((user, None)) };
    let organization = organization(tx, ctx, said)?;
    let belongs = store::organizations::of_user(tx, user.id)?;
    if belongs.iter().all(|membership| membership.of != organization.id) {
        organizations::join(tx, ctx, user.id, organization.id, false)?;
    }
    Ok((user, Some(organization.id)))
}

fn person(tx: &mut Tx<'_>, ctx: &Ctx, claims: &Claims) -> Result<User, Error> {
    let by_address = match &claims.email {
        Some(email) => store::users::by_email(tx, email)?,
        None => None,
    };
    if let Some(known) = store::users::by_external_id(tx, &claims.subject)? {
        let is_free = by_address.as_ref().is_none_or(|other| other.id == known.id);
        return update(tx, ctx, &known, claims, is_free);
    }
    match by_address {
        Some(known) if known.external_id.is_none() && claims.is_email_proved => {
            update(tx, ctx, &known, claims, true)
        }
        taken => create(tx, ctx, claims, taken.is_none()),
    }
}

fn create(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    claims: &Claims,
    is_address_free: bool,
) -> Result<User, Error> {
    let email = claims.email.clone().filter(|_| is_address_free);
    let fallback = || claims.email.as_deref().map(users::name_from_address);
    let input = Input {
        name: claims.name.clone().or_else(fallback).or(Some(claims.subject.clone())),
        verified: Some(email.is_some() && claims.is_email_proved),
        email,
        external_id: Some(Some(claims.subject.clone())),
        locale: claims.locale.clone().map(Some),
        time_zone: claims.zone.clone().map(Some),
        ..Input::default()
    };
    users::create(tx, ctx, &input)
}

/// Brings a known person up to date. Those who answer are left as they are: the app knows customers.
fn update(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    known: &User,
    claims: &Claims,
    is_address_free: bool,
) -> Result<User, Error> {
    if known.role != Role::EndUser || !known.active {
        return Ok(known.clone());
    }
    let input = Input {
        name: claims.name.clone(),
        external_id: Some(Some(claims.subject.clone())),
        locale: claims.locale.clone().map(Some),
        time_zone: claims.zone.clone().map(Some),
        ..Input::default()
    };
    let mut user = users::update(tx, ctx, known.id, &input)?;
    if let Some(email) = claims.email.as_deref().filter(|_| is_address_free) {
        user = with_address(tx, ctx, user, email, claims.is_email_proved)?;
    }
    Ok(user)
}

/// Makes sure that an address is the person's, and proved if the app has proved it.
fn with_address(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: User,
    email: &str,
    is_proved: bool,
) -> Result<User, Error> {
    let identities = store::users::identities(tx, user.id)?;
    let own = identities.iter().find(|one| one.kind == "email" && fold(&one.value) == fold(email));
    match own {
        Some(own) if own.verified || !is_proved => return Ok(user),
        Some(own) => {
            users::verify(tx, ctx, user.id, own.id)?;
        }
        None => {
            let new = NewIdentity {
                kind: "email".to_owned(),
                value: email.to_owned(),
                verified: is_proved,
                primary: is_proved,
            };
            users::add_identity(tx, ctx, user.id, &new)?;
        }
    }
    store::users::load(tx, user.id)?.ok_or(Error::NotFound)
}

/// The organization as it was signed. One of ours with the same name and no name of the app's is that one.
fn organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    said: &SaidOrganization,
) -> Result<Organization, Error> {
    let id = said.id.clone().unwrap_or_default();
    tx.lock_name(&format!("organization external_id {}", fold(&id)))?;
    let wanted = said.name.clone().unwrap_or_else(|| id.clone());
    let mut known = store::organizations::by_external_id(tx, &id)?;
    let named = store::organizations::by_name(tx, &wanted)?;
    let mut name = Some(wanted.clone());
    if let Some(named) = named
        && known.as_ref().is_none_or(|known| known.id != named.id)
    {
        if known.is_none() && named.external_id.is_none() {
            known = Some(named);
        } else {
            // Two accounts of the app have one name; ours are told apart.
            name = Some(format!("{wanted} ({id})"));
        }
    }
    let input = organizations::Input {
        name,
        external_id: Some(Some(id)),
        fields: said.fields.clone(),
        source: Some(SOURCE),
        ..organizations::Input::default()
    };
    match known {
        Some(known) => organizations::update(tx, ctx, known.id, &input),
        None => organizations::create(tx, ctx, &input),
    }
}
