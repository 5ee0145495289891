//! The one way in: who visits, whether they may, whether a form is ours; and what every page carries.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use desk::limits::Address;
use desk::{Act, Desk};
use domain::Role;

use crate::editions::Edition;
use crate::form::{Form, escaped};
use crate::memory::Memory;
use crate::problem::{self, Problem};
use crate::visitor::{Visitor, referer};
use crate::words::Language;
use crate::{cookies, csrf, multipart, routes};

/// The largest form: a long message, written in three bytes a letter, each escaped.
const LARGEST: usize = 1024 * 1024;

/// The largest form with files: more than a file may have, so that the page can say how much too large it is.
const LARGEST_WITH_FILES: usize = 64 * 1024 * 1024;

/// Scripts, styles and pictures come from us, and nobody may frame a page or send its forms elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What a route asks of its visitors.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) desk: Desk,
    pub(crate) memory: Arc<Memory>,
    pub(crate) act: Act,
    pub(crate) demo: bool,
    pub(crate) signed: bool,
}

/// Lets a visitor in or says why not, and dresses the answer.
pub(crate) async fn guard(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let nothing = HeaderMap::new();
    let headers = if door.signed { &nothing } else { request.headers() };
    let mut visitor = match Visitor::of(&door.desk, &door.memory, request.uri(), headers).await {
        Ok(visitor) => visitor,
        Err(error) => return problem::bare(&Problem::from(error)),
    };
    visitor.address = request.extensions().get::<Address>().cloned();
    let changes = request.method() == Method::POST;
    let edition = Edition::of(&visitor, &door.memory, request.method(), request.headers());
    let answer = match admit(&door, &visitor, &mut request).await {
        Ok(()) => match edition.known() {
            Some(known) => known,
            None => {
                request.extensions_mut().insert(visitor.clone());
                next.run(request).await
            }
        },
        Err(refusal) => refusal.into_response(),
    };
    if changes && let Some(user) = &visitor.user {
        door.memory.forget(user.id);
    }
    let mut answer = problem::shown(&visitor, answer).await;
    // What a part of a page sent would be followed in secret; the page itself is to go there.
    if visitor.fragment
        && changes
        && let Some(to) = answer.headers_mut().remove(header::LOCATION)
    {
        *answer.status_mut() = StatusCode::NO_CONTENT;
        answer.headers_mut().insert(HeaderName::from_static("hx-redirect"), to);
    }
    edition.mark(&mut answer);
    dress(answer.headers_mut());
    if !door.signed {
        recognise(&visitor, answer.headers_mut());
    }
    answer
}

/// What a visitor may not do, in the order of what they are told.
async fn admit(door: &Door, visitor: &Visitor, request: &mut Request) -> Result<(), Refused> {
    if door.demo && !door.desk.settings().demo {
        return Err(Problem::NotFound.into());
    }
    let is_form = matches!(*request.method(), Method::POST | Method::PUT);
    let form = if is_form { Some(read(request).await?) } else { None };
    if !desk::may(&visitor.ctx.actor, door.act) {
        return Err(refuse(door.act, visitor, form.as_ref(), request.headers()));
    }
    if let Some(form) = form {
        if !door.signed && !is_ours(door.act, visitor, &form, request.headers()) {
            return Err(Problem::Foreign(kept(&form)).into());
        }
        request.extensions_mut().insert(form);
    }
    Ok(())
}

/// Reads the form and leaves nothing of the body behind.
async fn read(request: &mut Request) -> Result<Form, Problem> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multipart::boundary(content_type).map(str::to_owned);
    let is_form =
        content_type.is_empty() || content_type.starts_with("application/x-www-form-urlencoded");
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let largest = if boundary.is_some() { LARGEST_WITH_FILES } else { LARGEST };
    let bytes = to_bytes(body, largest).await.map_err(|_| Problem::TooLarge)?;
    if let Some(boundary) = boundary {
        return Form::read_parts(&bytes, &boundary).map_err(|wrong| Problem::NotText(wrong.0));
    }
    if !is_form {
        return Err(Problem::NotAForm);
    }
    Form::read(&bytes).map_err(|wrong| Problem::NotText(wrong.0))
}

fn refuse(act: Act, visitor: &Visitor, form: Option<&Form>, headers: &HeaderMap) -> Refused {
    match (&visitor.user, form) {
        (None, Some(form)) => {
            Problem::SignedOut { kept: kept(form), back: referer(headers).to_owned() }.into()
        }
        (None, None) if visitor.fragment => Problem::Unauthenticated.into(),
        (None, None) => Refused::SignIn(visitor.path.to_string()),
        // What customers have no business with is not there for them.
        (Some(user), _) if user.role == Role::EndUser && act != Act::OwnRequests => {
            Problem::NotFound.into()
        }
        (Some(_), _) => Problem::Forbidden.into(),
    }
}

/// Whether the form was made by us for this visitor. Asking for help, or judging a page, without any cookie needs no proof:
/// nothing of the visitor's is at stake that the sender would not have.
fn is_ours(act: Act, visitor: &Visitor, form: &Form, headers: &HeaderMap) -> bool {
    let cross = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    let asks = matches!(act, Act::OpenRequest | Act::JudgePage);
    let bare = asks && !headers.contains_key(header::COOKIE);
    !cross && (bare || (!visitor.is_new && csrf::holds(&visitor.cookie, form.get("csrf"))))
}

/// The words in a form that would be a pity to lose.
fn kept(form: &Form) -> String {
    ["body", "note", "reason"]
        .iter()
        .find_map(|name| form.some(name))
        .unwrap_or_default()
        .to_owned()
}

/// What every answer carries.
fn dress(headers: &mut HeaderMap) {
    // What is served for somebody else than a page has a stricter policy of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
}

/// What an answer for somebody in particular carries beside it.
fn recognise(visitor: &Visitor, headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("cookie, hx-request, accept-language"));
    if visitor.query.some("lang").is_some_and(|tag| Language::of(tag).is_some()) {
        let (name, tag) = (cookies::LANGUAGE, visitor.language.tag());
        let cookie = cookies::made(&visitor.desk, name, tag, cookies::YEAR_SECONDS);
        headers.append(SET_COOKIE, cookie);
    }
    if visitor.notice.is_some() && !visitor.fragment && !headers.contains_key(header::LOCATION) {
        // It has been told.
        headers.append(SET_COOKIE, cookies::made(&visitor.desk, cookies::NOTICE, "", 0));
    }
    if visitor.is_new {
        let seconds = cookies::SESSION_SECONDS;
        let cookie = cookies::made(&visitor.desk, cookies::ANONYMOUS, &visitor.cookie, seconds);
        headers.append(SET_COOKIE, cookie);
    }
}

/// Why somebody is not let in.
enum Refused {
    /// They may be once they have signed in.
    SignIn(String),
    /// They may not.
    Problem(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(back) if back == "/" => Redirect::to("/").into_response(),
            // Customers have no password; a link by mail lets them in.
            Self::SignIn(back) if back.starts_with(routes::REQUESTS) => {
                let to = format!("{}?back={}", routes::OWN_SIGN_IN, escaped(&back));
                Redirect::to(&to).into_response()
            }
            Self::SignIn(back) => {
                Redirect::to(&format!("/?back={}", escaped(&back))).into_response()
            }
            Self::Problem(problem) => problem.into_response(),
        }
    }
}
