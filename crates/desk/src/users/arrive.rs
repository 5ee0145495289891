//! How people become known: by writing to us, through the API, or by the handbook.

use domain::{
    Identity, IdentityId, Membership, MembershipId, OrganizationId, Role, User, UserId, fold,
};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use store::{Kind, Tx};

use crate::handbooks::record_admin;
use crate::{Act, Ctx, Error, require};

/// An address or account given along with a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIdentity {
    /// "email", "`phone_number`", …
    pub kind: String,
    /// As written.
    pub value: String,
    /// Proved.
    pub verified: bool,
    /// The one we write to.
    pub primary: bool,
}

/// What is said about a person. What is not said stays; an inner `None` clears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// The name shown.
    pub name: Option<String>,
    /// The address: the primary one of a new person, one more of a known one.
    pub email: Option<String>,
    /// More addresses and accounts of a new person.
    pub identities: Vec<NewIdentity>,
    /// What they may do.
    pub role: Option<Role>,
    /// Another system's name for them.
    pub external_id: Option<Option<String>>,
    /// Language tag.
    pub locale: Option<Option<String>>,
    /// IANA zone.
    pub time_zone: Option<Option<String>>,
    /// Telephone number.
    pub phone: Option<Option<String>>,
    /// The name shown to customers.
    pub alias: Option<Option<String>>,
    /// About the person.
    pub details: Option<Option<String>>,
    /// About the person.
    pub notes: Option<Option<String>>,
    /// All their tags.
    pub tags: Option<Vec<String>>,
    /// Values of user fields, by key; null clears one.
    pub fields: Map<String, Value>,
    /// The default organization.
    pub organization: Option<Option<OrganizationId>>,
    /// The default organization by its name; made if it is not known.
    pub organization_name: Option<String>,
    /// The primary address is proved.
    pub verified: Option<bool>,
    /// Locked out.
    pub suspended: Option<bool>,
}

/// The active person with this address, else a new end user, not verified, in the organization of the mail domain.
/// What is wrong with the address is said about the field `requester.email`.
pub fn find_or_create(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &str,
    name: Option<&str>,
) -> Result<User, Error> {
    let email = address(email).ok_or_else(|| wrong_address("requester.email", email))?;
    if let Some(known) = store::users::by_email(tx, &email)? {
        return Ok(known);
    }
    let name = name.map(tidy).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| name_from_address(&email));
    let new = blank(tx, ctx, &name)?;
    insert_with_address(tx, ctx, new, &email)
}

/// Makes a person known.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<User, Error> {
    let role = input.role.unwrap_or(Role::EndUser);
    require(&ctx.actor, if role == Role::EndUser { Act::ManagePeople } else { Act::Configure })?;
    let name = input.name.as_deref().map(tidy).unwrap_or_default();
    if name.is_empty() {
        return Err(Error::blank("name", "Name"));
    }
    let mut user = User { role, ..blank(tx, ctx, &name)? };
    super::change::apply(tx, &mut user, input)?;
    user.verified = input.verified.unwrap_or_default();
    user.suspended = input.suspended.unwrap_or_default();
    store::users::insert(tx, &user).map_err(taken)?;
    let mut identities = input.identities.clone();
    if let Some(email) = &input.email {
        let primary = NewIdentity {
            kind: "email".to_owned(),
            value: email.clone(),
            verified: user.verified,
            primary: true,
        };
        identities.insert(0, primary);
    }
    super::identities::give(tx, ctx, &mut user, &identities)?;
    settle(tx, ctx, &mut user, input)?;
    store::users::update(tx, &user)?;
    tx.touch(format!("user:{}", user.id));
    if role != Role::EndUser {
        record_admin(
            tx,
            ctx,
            "user",
            user.id.0,
            "agent_created",
            &json!({ "role": role.as_str() }).to_string(),
        )?;
    }
    Ok(user)
}

/// Changes the person with this address or external id, or makes them known. Says whether they are new.
pub fn create_or_update(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<(User, bool), Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    // The second of two such calls at once waits and finds whom the first made.
    for (what, key) in [
        ("email", input.email.as_deref()),
        ("external_id", input.external_id.as_ref().and_then(Option::as_deref)),
    ] {
        if let Some(key) = key {
            tx.lock_name(&format!("user {what} {}", fold(key)))?;
        }
    }
    let mut known = match &input.email {
        Some(email) => store::users::by_email(tx, email)?,
        None => None,
    };
    if let (None, Some(Some(external_id))) = (&known, &input.external_id) {
        known = store::users::by_external_id(tx, external_id)?;
    }
    match known {
        Some(known) => Ok((super::update(tx, ctx, known.id, input)?, false)),
        None => Ok((create(tx, ctx, input)?, true)),
    }
}

/// The organization of a new person: the one that was named, else the one of the mail domain.
fn settle(tx: &mut Tx<'_>, ctx: &Ctx, user: &mut User, input: &Input) -> Result<(), Error> {
    let organization = match super::change::organization(tx, ctx, input)? {
        Some(named) => named,
        None if user.role == Role::EndUser => {
            of_domain(tx, user.email.as_deref().unwrap_or_default())?
        }
        None => None,
    };
    if let Some(organization) = organization {
        join_first(tx, ctx, user, organization)?;
    }
    Ok(())
}

/// A person about whom nothing is known but a name.
pub(crate) fn blank(tx: &mut Tx<'_>, ctx: &Ctx, name: &str) -> Result<User, Error> {
    Ok(User {
        id: UserId(tx.next_id(Kind::User)?),
        name: name.to_owned(),
        role: Role::EndUser,
        email: None,
        external_id: None,
        locale: None,
        time_zone: None,
        verified: false,
        suspended: false,
        active: true,
        organization: None,
        phone: None,
        alias: None,
        details: None,
        notes: None,
        tags: Vec::new(),
        fields: Map::new(),
        password_hash: None,
        last_login_at: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    })
}

/// Somebody of whom nothing is known, not even an address.
pub(crate) fn nameless(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<User, Error> {
    let user = blank(tx, ctx, "Unknown sender")?;
    store::users::insert(tx, &user)?;
    tx.touch(format!("user:{}", user.id));
    Ok(user)
}

/// Stores a new person with a valid address, who joins the organization of the mail domain if they are an end user. If
/// the address became somebody's meanwhile, it is that person who is answered and nobody new is kept.
pub(crate) fn insert_with_address(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: User,
    email: &str,
) -> Result<User, Error> {
    let mut user = User { email: Some(email.to_owned()), ..new };
    store::users::insert(tx, &user)?;
    let identity = Identity {
        id: IdentityId(tx.next_id(Kind::Identity)?),
        user: user.id,
        kind: "email".to_owned(),
        value: email.to_owned(),
        primary: true,
        verified: user.verified,
        undeliverable: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if !store::users::insert_identity(tx, &identity)? {
        store::users::take_back(tx, user.id)?;
        let known = store::users::by_email(tx, email)?;
        return known.ok_or_else(|| {
            Error::Conflict("The address is just being given to somebody else".to_owned())
        });
    }
    if user.role == Role::EndUser
        && let Some(organization) = of_domain(tx, email)?
    {
        join_first(tx, ctx, &mut user, organization)?;
        store::users::update(tx, &user)?;
    }
    tx.touch(format!("user:{}", user.id));
    Ok(user)
}

fn join_first(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: &mut User,
    organization: OrganizationId,
) -> Result<(), Error> {
    let membership = Membership {
        id: MembershipId(tx.next_id(Kind::Membership)?),
        user: user.id,
        of: organization,
        default: true,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    store::organizations::insert_membership(tx, &membership)?;
    user.organization = Some(organization);
    Ok(())
}

/// The organization that lists the domain of an address. A free-mail domain is an organization's only if it is listed.
fn of_domain(tx: &mut Tx<'_>, email: &str) -> Result<Option<OrganizationId>, Error> {
    match email.rsplit_once('@') {
        Some((_, domain)) => Ok(store::organizations::by_domain(tx, domain)?),
        None => Ok(None),
    }
}

/// A valid address without spaces around it, as written; none if it cannot be one.
pub(crate) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let local_is_fine = !local.is_empty()
        && local.chars().count() <= 64
        && !local
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "()<>[],;:\\\"@".contains(c));
    let label_is_fine = |label: &str| {
        let inside = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        !label.is_empty()
            && label.chars().count() <= 63
            && label.chars().all(inside)
            && !label.starts_with('-')
    };
    let domain_is_fine = domain.split('.').all(label_is_fine);
    (local_is_fine && domain_is_fine && text.chars().count() <= 254).then(|| text.to_owned())
}

/// The complaint about an address.
pub(crate) fn wrong_address(field: &str, email: &str) -> Error {
    let shown: String = email.chars().take(60).collect();
    Error::invalid(field, "InvalidFormat", format!("Email: {shown} is not properly formatted"))
}

/// A name for somebody who did not say theirs: `Ada Lovelace` for `ada.lovelace@acme.test`.
pub(crate) fn name_from_address(email: &str) -> String {
    let local = email.split('@').next().unwrap_or(email);
    let local = local.split('+').next().filter(|local| !local.is_empty()).unwrap_or(local);
    let words = local.split(['.', '_', '-']).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    let name = words.collect::<Vec<String>>().join(" ");
    if name.is_empty() { email.to_owned() } else { name }
}

/// A name without line breaks and doubled spaces, at most 255 characters.
pub(crate) fn tidy(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(255).collect()
}

/// A known zone, in its own spelling.
pub(crate) fn zone(name: &str) -> Option<String> {
    TimeZone::get(name).ok().and_then(|zone| zone.iana_name().map(str::to_owned))
}

/// A language tag such as `de` or `pt-BR`, if it can be one.
pub(crate) fn language(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-");
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (tag.len() <= 35 && tag.len() >= 2 && tag.split('-').all(is_part)).then_some(tag)
}

/// What a unique external id says when it is taken.
pub(crate) fn taken(error: store::Error) -> Error {
    if error.is_unique_violation() {
        Error::invalid("external_id", "DuplicateValue", "External: has already been taken")
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_written_or_not_at_all() {
        assert_eq!(address(" Ada@Acme.Test ").as_deref(), Some("Ada@Acme.Test"));
        assert_eq!(address("ada+tag@mail.acme.test").as_deref(), Some("ada+tag@mail.acme.test"));
        assert_eq!(address("jürgen@bücher.test").as_deref(), Some("jürgen@bücher.test"));
        for wrong in [
            "",
            "ada",
            "@acme.test",
            "ada@",
            "ada@@acme.test",
            "a da@acme.test",
            "ada@acme..test",
            "ada@a b",
        ] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
        assert_eq!(address("ada@acme.test\r\nBcc: eve@evil.test"), None);
    }

    #[test]
    fn a_name_is_made_of_the_local_part() {
        assert_eq!(name_from_address("ada.lovelace@acme.test"), "Ada Lovelace");
        assert_eq!(name_from_address("bo+list@acme.test"), "Bo");
        assert_eq!(name_from_address("...@acme.test"), "...@acme.test");
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(tidy("  Ada\r\n Lovelace "), "Ada Lovelace");
    }
}
