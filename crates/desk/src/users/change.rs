//! How people change, move between organizations, and leave.

use domain::{Membership, MembershipId, OrganizationId, Role, User, UserId};
use serde_json::{Map, Value};
use store::memberships;
use store::{Kind, Tx};

use super::arrive::{self, Input, NewIdentity};
use crate::handbooks::record_admin;
use crate::{Act, Ctx, Error, require, teams};

/// Most user fields that are kept of one person.
const FIELDS: usize = 100;
/// Longest value of a user field, as JSON.
const FIELD_LENGTH: usize = 65_536;

/// Changes a person. A new address is added to theirs. Agents manage end users and themselves; admins manage everybody.
pub fn update(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId, input: &Input) -> Result<User, Error> {
    let known = manageable(tx, ctx, id)?;
    let mut user = known.clone();
    if let Some(role) = input.role.filter(|role| *role != known.role) {
        may_become(tx, ctx, &known, role)?;
        user.role = role;
    }
    if let Some(name) = input.name.as_deref().map(arrive::tidy).filter(|name| *name != known.name) {
        if name.is_empty() {
            return Err(Error::blank("name", "Name"));
        }
        if let Some(team) = teams::handbook_team(tx, id)? {
            return Err(teams::named_by_handbook("name", "Name", &team));
        }
        user.name = name;
    }
    if let Some(suspended) = input.suspended {
        if suspended && ctx.actor.user() == Some(id) {
            return Err(Error::invalid(
                "suspended",
                "InvalidValue",
                "Suspended: nobody can suspend themselves",
            ));
        }
        if suspended && let Some(team) = teams::handbook_team(tx, id)? {
            return Err(teams::named_by_handbook("suspended", "Suspended", &team));
        }
        user.suspended = suspended;
    }
    apply(tx, &mut user, input)?;
    addresses(tx, ctx, &mut user, input)?;
    if let Some(organization) = organization(tx, ctx, input)? {
        move_to(tx, ctx, &mut user, organization)?;
    }
    if user == known {
        return Ok(known);
    }
    user.updated_at = ctx.now;
    store::users::update(tx, &user).map_err(arrive::taken)?;
    if user.role == Role::EndUser && known.role != Role::EndUser {
        teams::leave_all(tx, id)?;
    }
    tx.touch(format!("user:{id}"));
    if user.organization != known.organization {
        crate::tickets::reconsider_person(tx, ctx, id)?;
    }
    for (what, was, is) in [
        ("role_changed", known.role.as_str(), user.role.as_str()),
        ("suspension_changed", word(known.suspended), word(user.suspended)),
    ] {
        if was != is {
            let payload = serde_json::json!({ "from": was, "to": is }).to_string();
            record_admin(tx, ctx, "user", id.0, what, &payload)?;
        }
    }
    Ok(user)
}

/// Suspends who sent something that is no request, unless it was one of us: what they send is kept, and nothing more.
pub fn suspend_sender(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<(), Error> {
    let sender = store::users::load(tx, id)?.filter(|user| user.active && !user.suspended);
    if sender.is_some_and(|sender| sender.role == Role::EndUser) {
        update(tx, ctx, id, &Input { suspended: Some(true), ..Input::default() })?;
    }
    Ok(())
}

/// Takes in again what somebody sends who had been suspended. (SLA-12)
pub fn hear_sender(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<(), Error> {
    let sender = store::users::load(tx, id)?.filter(|user| user.active && user.suspended);
    if sender.is_some_and(|sender| sender.role == Role::EndUser) {
        update(tx, ctx, id, &Input { suspended: Some(false), ..Input::default() })?;
    }
    Ok(())
}

fn word(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

/// An active person whom the actor may change; nobody else changes them until this transaction ends.
pub(super) fn manageable(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<User, Error> {
    require(&ctx.actor, Act::ManagePeople)?;
    memberships::lock_user(tx, id)?;
    let user = store::users::load(tx, id)?.filter(|user| user.active).ok_or(Error::NotFound)?;
    if user.role != Role::EndUser && ctx.actor.user() != Some(id) {
        require(&ctx.actor, Act::Configure)?;
    }
    Ok(user)
}

/// Whether a person's role may become this. Nobody takes their own rights away, so an admin always remains.
fn may_become(tx: &mut Tx<'_>, ctx: &Ctx, user: &User, role: Role) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    if ctx.actor.user() == Some(user.id) {
        return Err(Error::invalid(
            "role",
            "InvalidValue",
            "Role: nobody can change their own role",
        ));
    }
    if !role.answers()
        && let Some(team) = teams::handbook_team(tx, user.id)?
    {
        return Err(teams::named_by_handbook("role", "Role", &team));
    }
    Ok(())
}

/// Sets what needs no other rows: everything but names, addresses, role and organization.
pub(super) fn apply(tx: &mut Tx<'_>, user: &mut User, input: &Input) -> Result<(), Error> {
    if let Some(external_id) = &input.external_id {
        let external_id =
            external_id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        if let Some(external_id) = &external_id
            && store::users::by_external_id(tx, external_id)?
                .is_some_and(|other| other.id != user.id)
        {
            let what = format!("External: {external_id} has already been taken");
            return Err(Error::invalid("external_id", "DuplicateValue", what));
        }
        user.external_id = external_id;
    }
    if let Some(zone) = &input.time_zone {
        user.time_zone = match zone.as_deref().filter(|zone| !zone.is_empty()) {
            Some(zone) => Some(arrive::zone(zone).ok_or_else(|| {
                Error::invalid(
                    "time_zone",
                    "InvalidValue",
                    format!("Time zone: {zone} is not a time zone we know"),
                )
            })?),
            None => None,
        };
    }
    for (sent, kept) in [
        (&input.locale, &mut user.locale),
        (&input.phone, &mut user.phone),
        (&input.alias, &mut user.alias),
        (&input.details, &mut user.details),
        (&input.notes, &mut user.notes),
    ] {
        if let Some(sent) = sent {
            *kept = sent.clone().filter(|text| !text.is_empty());
        }
    }
    if let Some(tags) = &input.tags {
        user.tags = super::clean_tags(tags);
    }
    keep(&mut user.fields, &input.fields)
}

/// Keeps small values of user fields: one value or a list of texts. Null clears; anything else is ignored.
fn keep(fields: &mut Map<String, Value>, sent: &Map<String, Value>) -> Result<(), Error> {
    for (key, value) in sent {
        match value {
            Value::Null => {
                fields.remove(key);
            }
            Value::Object(_) => {}
            Value::Array(list) if !list.iter().all(Value::is_string) => {}
            Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let is_new = !fields.contains_key(key);
                if value.to_string().len() > FIELD_LENGTH
                    || key.len() > 255
                    || (is_new && fields.len() >= FIELDS)
                {
                    let what = format!(
                        "User fields: at most {FIELDS} values of {FIELD_LENGTH} bytes are kept"
                    );
                    return Err(Error::invalid(&format!("user_fields.{key}"), "TooLong", what));
                }
                fields.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(())
}

/// A new address becomes one more of theirs; `verified` is about the primary one.
fn addresses(tx: &mut Tx<'_>, ctx: &Ctx, user: &mut User, input: &Input) -> Result<(), Error> {
    if let Some(email) = &input.email {
        let owner = store::users::by_email(tx, email)?;
        if owner.is_none_or(|owner| owner.id != user.id) {
            let new = NewIdentity {
                kind: "email".to_owned(),
                value: email.clone(),
                verified: input.verified.unwrap_or_default(),
                primary: false,
            };
            super::identities::add(tx, ctx, user, &new, "email")?;
        }
    }
    if let Some(verified) = input.verified.filter(|verified| *verified != user.verified) {
        super::identities::prove_primary(tx, ctx, user, verified)?;
    }
    Ok(())
}

/// The organization that was named, by number or by name; an inner `None` is none at all.
#[expect(clippy::option_option, reason = "nothing said, none, and one are three things")]
pub(super) fn organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    input: &Input,
) -> Result<Option<Option<OrganizationId>>, Error> {
    if let Some(id) = input.organization {
        let Some(id) = id else { return Ok(Some(None)) };
        if store::organizations::load(tx, id)?.is_none() {
            let what = format!("Organization: {id} is not an organization we know");
            return Err(Error::invalid("organization_id", "InvalidValue", what));
        }
        return Ok(Some(Some(id)));
    }
    let Some(name) = &input.organization_name else { return Ok(None) };
    if let Some(known) = store::organizations::by_name(tx, name)? {
        return Ok(Some(Some(known.id)));
    }
    let new = crate::organizations::Input {
        name: Some(name.clone()),
        ..crate::organizations::Input::default()
    };
    Ok(Some(Some(crate::organizations::create(tx, ctx, &new)?.id)))
}

/// Makes an organization the default in place of the old one; without one, the oldest other membership becomes it.
fn move_to(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: &mut User,
    to: Option<OrganizationId>,
) -> Result<(), Error> {
    if user.organization == to {
        return Ok(());
    }
    let own = store::organizations::of_user(tx, user.id)?;
    if let Some(old) = own.iter().find(|one| one.default) {
        memberships::delete::<OrganizationId>(tx, old.id)?;
    }
    let mut others = own.iter().filter(|one| !one.default);
    user.organization = match to {
        Some(to) => {
            match others.find(|one| one.of == to) {
                Some(there) => {
                    memberships::set_default::<OrganizationId>(tx, user.id, there.id, ctx.now)?;
                }
                None => enter(tx, ctx, user.id, to)?,
            }
            Some(to)
        }
        None => match others.min_by_key(|one| one.id) {
            Some(next) => {
                memberships::set_default::<OrganizationId>(tx, user.id, next.id, ctx.now)?;
                Some(next.of)
            }
            None => None,
        },
    };
    Ok(())
}

fn enter(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    organization: OrganizationId,
) -> Result<(), Error> {
    let membership = Membership {
        id: MembershipId(tx.next_id(Kind::Membership)?),
        user,
        of: organization,
        default: true,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    memberships::insert(tx, &membership)?;
    Ok(())
}

/// Deletes a person: they can no longer sign in, and their addresses may be somebody else's. Their tickets stay.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<User, Error> {
    let known = manageable(tx, ctx, id)?;
    if ctx.actor.user() == Some(id) {
        return Err(Error::invalid("base", "InvalidValue", "User: nobody can delete themselves"));
    }
    if let Some(team) = teams::handbook_team(tx, id)? {
        return Err(teams::named_by_handbook("base", "User", &team));
    }
    if known.role != Role::EndUser {
        require(&ctx.actor, Act::Configure)?;
    }
    store::users::delete_identities(tx, id)?;
    teams::leave_all(tx, id)?;
    memberships::delete_of_user::<OrganizationId>(tx, id)?;
    let user = User {
        active: false,
        organization: None,
        password_hash: None,
        updated_at: ctx.now,
        ..known
    };
    store::users::update(tx, &user)?;
    tx.touch(format!("user:{id}"));
    record_admin(tx, ctx, "user", id.0, "user_deleted", "{}")?;
    Ok(user)
}

/// Stores the hash of somebody's new password: an admin for others, everybody for themselves.
pub fn set_password(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId, hash: &str) -> Result<(), Error> {
    if ctx.actor.user() != Some(id) {
        require(&ctx.actor, Act::Configure)?;
    }
    store::users::load(tx, id)?.filter(|user| user.active).ok_or(Error::NotFound)?;
    crate::sessions::store_password(tx, ctx, id, hash)?;
    record_admin(tx, ctx, "user", id.0, "password_set", "{}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn user_fields_keep_values_and_lists_of_texts() {
        let mut fields = map(&json!({ "color": "red", "size": 4 }));
        let sent = map(
            &json!({ "color": null, "likes": ["tea"], "deep": { "er": 1 }, "mixed": [1], "size": 5 }),
        );

        keep(&mut fields, &sent).unwrap();

        assert_eq!(Value::Object(fields), json!({ "likes": ["tea"], "size": 5 }));
    }

    #[test]
    fn more_user_fields_than_the_limit_are_refused() {
        let mut fields: Map<String, Value> =
            (0..FIELDS).map(|n| (format!("f{n}"), Value::from(n))).collect();

        assert!(keep(&mut fields, &map(&json!({ "f1": 7 }))).is_ok());
        assert!(keep(&mut fields, &map(&json!({ "one_more": 7 }))).is_err());
    }
}
