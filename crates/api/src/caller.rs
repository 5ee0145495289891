//! Who calls: credentials to actor, before anything else happens.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::identity;
use desk::limits::{Address, Limit};
use desk::{Act, Ctx, Desk, Error};
use domain::{Actor, Channel, User};

use crate::answers::Problem;

/// The one who calls, as far as the credentials say.
#[derive(Clone)]
pub struct Caller {
    /// The circumstances of this request.
    pub ctx: Ctx,
    /// The person; none for an anonymous caller.
    pub user: Option<User>,
    /// The token by which an app says who its user is, where anybody may come in and it is looked at later.
    pub(crate) identity: Option<String>,
    /// Where the call comes from, for limits.
    pub(crate) address: Option<Address>,
    /// Scheme and host as the caller sees them; every URL in the answer begins with it.
    pub base: String,
}

impl Caller {
    /// Counts the call against a limit of where it comes from.
    pub(crate) fn admit(&self, desk: &Desk, limit: Limit) -> Result<(), Error> {
        self.address.as_ref().map_or(Ok(()), |address| desk.admit(limit, address.as_str()))
    }

    /// Counts the call against a limit of who calls; those who answer have none.
    pub(crate) fn admit_person(&self, desk: &Desk, limit: Limit) -> Result<(), Error> {
        match &self.user {
            Some(user) if !user.role.answers() => desk.admit(limit, &format!("user {}", user.id)),
            _ => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::Desk(Error::Unauthenticated))
    }
}

/// Finds out who calls and whether they may do what the route does.
pub(crate) async fn authorize(
    State((desk, act)): State<(Desk, Act)>,
    mut request: Request,
    next: Next,
) -> Response {
    let address = request.extensions().get::<Address>().cloned();
    match caller(&desk, request.headers(), address, act).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => Problem::Desk(error).into_response(),
    }
}

async fn caller(
    desk: &Desk,
    headers: &HeaderMap,
    address: Option<Address>,
    act: Act,
) -> Result<Caller, Error> {
    let base = base(desk, headers);
    let authorization = match headers.get(header::AUTHORIZATION) {
        Some(value) => Some(value.to_str().map_err(|_| Error::Unauthenticated)?),
        None => None,
    };
    let identity = authorization.and_then(identity_in);
    let (user, identity) = match (authorization, identity) {
        (None, _) => (None, None),
        // Who may not be believed may ask all the same.
        (Some(_), Some(token)) if act == Act::OpenRequest => (None, Some(token.to_owned())),
        (Some(_), Some(token)) => (Some(signed(desk, token).await?), None),
        (Some(value), None) => (Some(user(desk, value).await?), None),
    };
    let actor = user
        .as_ref()
        .map_or(Actor::Anonymous, |user| Actor::Person { id: user.id, role: user.role });
    desk::require(&actor, act)?;
    Ok(Caller { ctx: desk.ctx(actor, Channel::Api), user, identity, address, base })
}

/// The token of an app, which is a bearer of three parts.
fn identity_in(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && identity::is_token(token)).then_some(token)
}

/// The person an app has signed for; somebody new is made known.
pub(crate) async fn signed(desk: &Desk, token: &str) -> Result<User, Error> {
    let ctx = desk.ctx(Actor::Anonymous, Channel::App);
    let asked = token.to_owned();
    let known = desk.read(ctx.clone(), move |tx, ctx| identity::known(tx, ctx, &asked)).await?;
    match known {
        Some(user) => Ok(user),
        None => {
            let token = token.to_owned();
            desk.write(ctx, move |tx, ctx| identity::authenticate(tx, ctx, &token)).await
        }
    }
}

/// `Basic email/token:TOKEN`, `Basic email:password` or `Bearer TOKEN`.
async fn user(desk: &Desk, authorization: &str) -> Result<User, Error> {
    let (scheme, rest) = authorization.split_once(' ').ok_or(Error::Unauthenticated)?;
    let ctx = desk.ctx(Actor::Anonymous, Channel::Api);
    if scheme.eq_ignore_ascii_case("bearer") {
        let token = rest.trim().to_owned();
        let used = token.clone();
        let user = desk.read(ctx, move |tx, _| desk::sessions::by_bearer(tx, &token)).await?;
        note_use(desk, used).await?;
        return Ok(user);
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Error::Unauthenticated);
    }
    let pair = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.ok_or(Error::Unauthenticated)?;
    let (name, secret) = pair.split_once(':').ok_or(Error::Unauthenticated)?;
    let secret = secret.to_owned();
    if let Some(email) = name.strip_suffix("/token") {
        let email = email.to_owned();
        let used = secret.clone();
        let user =
            desk.read(ctx, move |tx, _| desk::sessions::by_token(tx, &email, &secret)).await?;
        note_use(desk, used).await?;
        return Ok(user);
    }
    desk.sign_in(name, secret).await
}

/// Writes down that a token was used, once an hour.
async fn note_use(desk: &Desk, token: String) -> Result<(), Error> {
    let ctx = desk.ctx(Actor::System, Channel::Api);
    let asked = token.clone();
    let is_news =
        desk.read(ctx.clone(), move |tx, ctx| desk::sessions::is_use_news(tx, ctx, &asked)).await?;
    if is_news {
        desk.write(ctx, move |tx, ctx| desk::sessions::token_used(tx, ctx, &token)).await?;
    }
    Ok(())
}

/// Scheme and host of the request; behind a proxy the configured public address.
fn base(desk: &Desk, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let public = &desk.settings().public_url;
    match host {
        Some(host)
            if desk.settings().demo
                && host.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c)) =>
        {
            format!("http://{host}")
        }
        _ => public.to_string(),
    }
}
