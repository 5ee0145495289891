//! Signing in: one-time links, passwords, sessions, API tokens. Only hashes are stored.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use domain::{Role, TokenId, User, UserId};
use jiff::SignedDuration;
use store::Tx;
use store::page::Page;
use store::sessions::Scope;
pub use store::sessions::Token;

use crate::{Act, Ctx, Error, require, secrets};

/// How long a session lasts.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How long a one-time link is good.
const LINK: SignedDuration = SignedDuration::from_hours(72);
/// Shortest password.
const SHORTEST: usize = 10;

fn usable(user: User) -> Result<User, Error> {
    if user.active && !user.suspended { Ok(user) } else { Err(Error::Unauthenticated) }
}

/// The person an API token and an address belong to. The token belongs to the account; the address says as whom.
pub fn by_token(tx: &mut Tx<'_>, email: &str, token: &str) -> Result<User, Error> {
    store::sessions::token_user(tx, &secrets::token_hash(token))?.ok_or(Error::Unauthenticated)?;
    usable(store::users::by_email(tx, email)?.ok_or(Error::Unauthenticated)?)
}

/// The person a bearer token belongs to.
pub fn by_bearer(tx: &mut Tx<'_>, token: &str) -> Result<User, Error> {
    let id = store::sessions::token_user(tx, &secrets::token_hash(token))?
        .ok_or(Error::Unauthenticated)?;
    usable(store::users::load(tx, id)?.ok_or(Error::Unauthenticated)?)
}

/// The person who may be about to sign in by password; nothing is proved yet.
pub fn candidate(tx: &mut Tx<'_>, email: &str) -> Result<Option<User>, Error> {
    Ok(store::users::by_email(tx, email)?)
}

/// Checks a password away from the storage's threads, for it is slow on purpose. An unknown person takes as long.
pub async fn check_password(candidate: Option<User>, password: String) -> Result<User, Error> {
    let checked = tokio::task::spawn_blocking(move || {
        let hash = candidate.as_ref().and_then(|user| user.password_hash.clone());
        let right = match hash.as_deref().and_then(|hash| PasswordHash::new(hash).ok()) {
            Some(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
            None => {
                let _ = hash_password(&password);
                false
            }
        };
        candidate.filter(|_| right)
    });
    usable(checked.await.ok().flatten().ok_or(Error::Unauthenticated)?)
}

/// What is stored of a password: argon2id with a fresh salt.
pub fn hash_password(password: &str) -> String {
    let salt: [u8; 16] = secrets::random();
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.expect("argon2's own parameters are valid").to_string()
}

/// Whether a text can be a mail address.
pub fn is_address(text: &str) -> bool {
    crate::users::address(text).is_some()
}

/// Makes sure that somebody is known with at least this role; the command line does this before anybody can sign in.
pub fn ensure_agent(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &str,
    name: &str,
    role: Role,
) -> Result<User, Error> {
    let mut user = crate::users::find_or_create(tx, ctx, email, Some(name))?;
    if user.role < role {
        user.role = role;
        user.verified = true;
        user.updated_at = ctx.now;
        store::users::update(tx, &user)?;
        let payload = serde_json::json!({ "role": role.as_str() }).to_string();
        crate::handbooks::record_admin(tx, ctx, "user", user.id.0, "role_changed", &payload)?;
    }
    Ok(user)
}

/// Whether a password may be used; too short is refused.
pub fn check_new_password(password: &str) -> Result<(), Error> {
    if password.chars().count() < SHORTEST {
        return Err(Error::invalid(
            "password",
            "TooShort",
            format!("Password: is too short (minimum is {SHORTEST} characters)"),
        ));
    }
    Ok(())
}

/// Stores a password's hash; hashing is slow on purpose and happens before the transaction.
pub fn store_password(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId, hash: &str) -> Result<(), Error> {
    let mut user = store::users::load(tx, user)?.ok_or(Error::NotFound)?;
    user.password_hash = Some(hash.to_owned());
    user.updated_at = ctx.now;
    store::users::update(tx, &user)?;
    Ok(())
}

/// Sets a person's password; too short is refused.
pub fn set_password(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId, password: &str) -> Result<(), Error> {
    check_new_password(password)?;
    store_password(tx, ctx, user, &hash_password(password))
}

/// Makes an API token and shows it this once.
pub fn create_token(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<String, Error> {
    name_token(tx, ctx, user, None)
}

/// The tokens that are good, a page of them.
pub fn tokens(tx: &mut Tx<'_>, ctx: &Ctx, page: &Page) -> Result<Vec<Token>, Error> {
    require(&ctx.actor, Act::Configure)?;
    Ok(store::sessions::tokens(tx, page)?)
}

/// Makes an API token of the one who acts, for something, and shows it this once.
pub fn own_token(tx: &mut Tx<'_>, ctx: &Ctx, name: &str) -> Result<String, Error> {
    require(&ctx.actor, Act::Configure)?;
    let user = ctx.actor.user().ok_or_else(Error::forbidden)?;
    let name = crate::texts::one_line(name, 255);
    if name.is_empty() {
        return Err(Error::blank("name", "Name"));
    }
    name_token(tx, ctx, user, Some(&name))
}

/// Ends a token.
pub fn revoke_token(tx: &mut Tx<'_>, ctx: &Ctx, id: TokenId) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    if !store::sessions::revoke_token(tx, id, ctx.now)? {
        return Err(Error::NotFound);
    }
    crate::handbooks::record_admin(tx, ctx, "token", id.0, "token_revoked", "{}")
}

/// How old the last use that is written down may be.
const USED: SignedDuration = SignedDuration::from_hours(1);

/// Whether the use of a token is to be written down: it was not, for an hour.
pub fn is_use_news(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<bool, Error> {
    let since = ctx.now.checked_sub(USED).unwrap_or(ctx.now);
    Ok(store::sessions::is_unused_since(tx, &secrets::token_hash(token), since)?)
}

/// Writes down that a token was used.
pub fn token_used(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<(), Error> {
    Ok(store::sessions::token_used(tx, &secrets::token_hash(token), ctx.now)?)
}

/// Makes somebody one of us, or gives one of us a new way in: the person, and a link's token that is good once.
pub fn invite(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (email, name): (&str, &str),
    role: Role,
) -> Result<(User, String), Error> {
    require(&ctx.actor, Act::Configure)?;
    let name = crate::texts::one_line(name, 255);
    if name.is_empty() {
        return Err(Error::blank("name", "Name"));
    }
    if !is_address(email) {
        let what = "Email: is not a mail address";
        return Err(Error::invalid("email", "InvalidFormat", what));
    }
    if role == Role::EndUser {
        return Err(Error::invalid("role", "InvalidValue", "Role: expected admin, agent or light"));
    }
    let user = ensure_agent(tx, ctx, email, &name, role)?;
    let token = create_link(tx, ctx, user.id)?;
    crate::handbooks::record_admin(tx, ctx, "user", user.id.0, "invited", "{}")?;
    Ok((user, token))
}

/// A new link of one use for one of us.
pub fn invite_again(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<String, Error> {
    require(&ctx.actor, Act::Configure)?;
    let user = usable(store::users::load(tx, id)?.ok_or(Error::NotFound)?)?;
    if user.role == Role::EndUser {
        return Err(Error::NotFound);
    }
    crate::handbooks::record_admin(tx, ctx, "user", id.0, "invited", "{}")?;
    create_link(tx, ctx, id)
}

fn name_token(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: UserId,
    name: Option<&str>,
) -> Result<String, Error> {
    let token = secrets::token();
    let id = tx.next_id(store::Kind::Token)?;
    let hash = secrets::token_hash(&token);
    store::sessions::insert_token(tx, TokenId(id), user, (&hash, name), ctx.now)?;
    crate::handbooks::record_admin(tx, ctx, "user", user.0, "token_created", "{}")?;
    Ok(token)
}

/// Makes a one-time link's token.
pub fn create_link(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<String, Error> {
    let token = secrets::token();
    let expires_at = ctx.now.checked_add(LINK).unwrap_or(ctx.now);
    store::sessions::insert_link(tx, user, &secrets::token_hash(&token), expires_at)?;
    Ok(token)
}

/// Whose one-time link this is, if it is still good. Looking does not use it up.
pub fn look_at_link(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<User, Error> {
    let id = store::sessions::link_user(tx, &secrets::token_hash(token), ctx.now)?
        .ok_or(Error::NotFound)?;
    usable(store::users::load(tx, id)?.ok_or(Error::NotFound)?)
}

/// Uses a one-time link up: stores the new password's hash and signs in.
pub fn use_link(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    token: &str,
    password_hash: &str,
) -> Result<(User, String), Error> {
    let user = look_at_link(tx, ctx, token)?;
    store_password(tx, ctx, user.id, password_hash)?;
    if !store::sessions::use_link(tx, &secrets::token_hash(token), ctx.now)? {
        return Err(Error::NotFound);
    }
    let session = sign_in(tx, ctx, user.id)?;
    Ok((user, session))
}

/// Begins a session; the token goes into the cookie.
pub fn sign_in(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<String, Error> {
    let token = secrets::token();
    let expires_at = ctx.now.checked_add(SESSION).unwrap_or(ctx.now);
    let hash = secrets::token_hash(&token);
    store::sessions::insert_session(tx, user, Scope::Whole, &hash, ctx.now, expires_at)?;
    Ok(token)
}

/// The person a session belongs to, with no more rights than the session gives.
pub fn by_session(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<User, Error> {
    let (id, scope) = store::sessions::session_user(tx, &secrets::token_hash(token), ctx.now)?
        .ok_or(Error::Unauthenticated)?;
    let user = usable(store::users::load(tx, id)?.ok_or(Error::Unauthenticated)?)?;
    Ok(crate::customers::scoped(user, scope))
}

/// Ends a session.
pub fn sign_out(tx: &mut Tx<'_>, token: &str) -> Result<(), Error> {
    Ok(store::sessions::delete_session(tx, &secrets::token_hash(token))?)
}
