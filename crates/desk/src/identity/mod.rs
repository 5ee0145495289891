//! Who a customer is, as the app they come from says: a token that the app's own server has signed. (CH-01)
//!
//! A token is a JWT in the compact form, signed with HS256 or `EdDSA` by a key that an admin has made known, named by
//! its `kid`, and good for an hour at most. Whose signature is right is that person, and what it says of their
//! organization is taken over. Whose is not may ask all the same: the ticket is made, the organization they speak of
//! decides the priority, and nothing else is believed; the answer says why, for the app's developer.

mod claims;
pub mod keys;
mod reasons;
mod settle;
mod token;

use domain::{Claimed, ClaimedOrganization, User};
use store::Tx;

use crate::tickets::Person;
use crate::{Ctx, Error};

pub use claims::{Claims, SaidOrganization};
pub use reasons::Reason;

/// What a door was given about who asks.
#[derive(Clone, Debug)]
pub enum Checked {
    /// The app's server signed it.
    Verified(Box<Claims>),
    /// It is not to be believed.
    Refused {
        /// Why not.
        reason: Reason,
        /// What it says all the same, as far as it can be read.
        said: Box<Claims>,
    },
}

/// What a request stands on once its requester was looked at.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Who asks, if the token says so; else the door has to know.
    pub person: Option<Person>,
    /// The organization that was signed.
    pub organization: Option<domain::OrganizationId>,
    /// What the ticket remembers.
    pub claimed: Claimed,
    /// Why the token was not believed.
    pub refused: Option<Reason>,
    /// The zone and language that were said.
    pub speaks: crate::tickets::Speaks,
}

/// Checks a token. A wrong one is no error: it is refused with its reason, and with what it says.
pub fn check(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Checked, Error> {
    let parts = match token::Parts::read(token) {
        Ok(parts) => parts,
        Err(reason) => return Ok(Checked::Refused { reason, said: Box::default() }),
    };
    let (said, wrong) = Claims::read(&parts.payload);
    let said = Box::new(said);
    let checked = keys::find(tx, ctx, &parts)?.and_then(|key| {
        key.verify(&parts)?;
        token::check(&parts.payload, ctx)
    });
    Ok(match (checked, wrong.into_iter().next()) {
        (Err(reason), _) => Checked::Refused { reason, said },
        (Ok(()), Some(wrong)) => Checked::Refused { reason: Reason::ClaimInvalid(wrong), said },
        (Ok(()), None) => Checked::Verified(said),
    })
}

/// Takes what an app says about its user without any signature, as it comes.
pub fn unsigned(said: &serde_json::Map<String, serde_json::Value>) -> Checked {
    let (said, _) = Claims::read(said);
    Checked::Refused { reason: Reason::Unsigned, said: Box::new(said) }
}

/// The person whom a token that is used as a credential belongs to. They act for themselves alone, whatever their role
/// is here: the app vouches for customers, not for us.
///
/// # Errors
///
/// [`Error::Identity`] with the reason.
pub fn authenticate(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<User, Error> {
    match check(tx, ctx, token)? {
        Checked::Verified(claims) => {
            let (user, _) = settle::settle(tx, ctx, &claims)?;
            Ok(User { role: domain::Role::EndUser, ..user })
        }
        Checked::Refused { reason, .. } => Err(Error::Identity(reason)),
    }
}

/// The person a token belongs to, if they are known already: the common case, in which nothing has to be written.
///
/// # Errors
///
/// [`Error::Identity`] with the reason.
pub fn known(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<User>, Error> {
    match check(tx, ctx, token)? {
        Checked::Verified(claims) => {
            let found = store::users::by_external_id(tx, &claims.subject)?;
            let usable = found.filter(|user| user.active && !user.suspended);
            Ok(usable.map(|user| User { role: domain::Role::EndUser, ..user }))
        }
        Checked::Refused { reason, .. } => Err(Error::Identity(reason)),
    }
}

/// Whether a bearer is a token of this kind rather than one of the API's.
pub fn is_token(bearer: &str) -> bool {
    bearer.split('.').count() == 3
}

/// Makes known whom a signature speaks of, or remembers what was claimed without one.
pub fn stand(tx: &mut Tx<'_>, ctx: &Ctx, checked: &Checked) -> Result<Standing, Error> {
    match checked {
        Checked::Verified(claims) => {
            let (user, organization) = settle::settle(tx, ctx, claims)?;
            let claimed = Claimed { verified: true, admin: claims.is_admin, ..Claimed::default() };
            Ok(Standing {
                person: Some(Person::Known(user.id)),
                organization,
                claimed,
                refused: None,
                speaks: claims.speaks(),
            })
        }
        Checked::Refused { reason, said } => Ok(Standing {
            person: said
                .email
                .clone()
                .map(|email| Person::Address { email, name: said.name.clone() }),
            organization: None,
            claimed: Claimed {
                verified: false,
                reason: Some(reason.as_str().to_owned()),
                admin: false,
                organization: claimed(tx, said)?,
            },
            refused: Some(reason.clone()),
            speaks: said.speaks(),
        }),
    }
}

/// What a ticket remembers of somebody about whom nothing was said at all.
pub fn unstated() -> Claimed {
    Claimed { reason: Some(Reason::Unsigned.as_str().to_owned()), ..Claimed::default() }
}

/// The organization that is spoken of, and which of ours it is.
fn claimed(tx: &mut Tx<'_>, said: &Claims) -> Result<Option<ClaimedOrganization>, Error> {
    let Some(organization) = &said.organization else { return Ok(None) };
    let mut known = match &organization.id {
        Some(id) => store::organizations::by_external_id(tx, id)?,
        None => None,
    };
    if let (None, Some(name)) = (&known, &organization.name) {
        known = store::organizations::by_name(tx, name)?;
    }
    let name = organization.name.clone().or(organization.id.clone()).unwrap_or_default();
    let fields = organization.fields.clone();
    Ok(Some(ClaimedOrganization { known: known.map(|known| known.id), name, fields }))
}
