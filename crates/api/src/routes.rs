//! Every route of the API in one table: method, path, and what it takes to be let in.

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodRouter};
use axum::{Extension, Router};
use desk::{Act, Desk};

use crate::answers::Problem;
use crate::caller::authorize;
use crate::tickets::rendered::Shelf;

/// The verbs the API knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Create.
    Post,
    /// Change.
    Put,
    /// Change a part.
    Patch,
    /// Remove.
    Delete,
}

/// One route: nobody is let in who may not do its act.
pub struct Route {
    /// The verb.
    pub method: Method,
    /// The path below `/api/v2`, without `.json`.
    pub path: &'static str,
    /// What the caller must be allowed to do.
    pub act: Act,
    handler: MethodRouter<Desk>,
}

impl Route {
    /// A route that reads.
    pub(crate) fn get<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        Self { method: Method::Get, path, act, handler: routing::get(handler) }
    }

    /// A route that creates.
    pub(crate) fn post<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        Self { method: Method::Post, path, act, handler: routing::post(handler) }
    }

    /// A route that changes.
    pub(crate) fn put<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        Self { method: Method::Put, path, act, handler: routing::put(handler) }
    }

    /// A route that changes a part.
    pub(crate) fn patch<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        Self { method: Method::Patch, path, act, handler: routing::patch(handler) }
    }

    /// A route that removes.
    pub(crate) fn delete<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        Self { method: Method::Delete, path, act, handler: routing::delete(handler) }
    }
}

/// The whole table.
pub fn routes() -> Vec<Route> {
    let mut all = Vec::new();
    all.extend(crate::tickets::routes());
    all.extend(crate::bulk::routes());
    all.extend(crate::questions::routes());
    all.extend(crate::requests::routes());
    all.extend(crate::users::routes());
    all.extend(crate::organizations::routes());
    all.extend(crate::groups::routes());
    all.extend(crate::fields::routes());
    all.extend(crate::rotas::routes());
    all.extend(crate::handovers::routes());
    all.extend(crate::work::routes());
    all.extend(crate::widget::routes());
    all.extend(crate::satisfaction::routes());
    all.extend(crate::absences::routes());
    all.extend(crate::mailboxes::routes());
    all.extend(crate::policies::routes());
    all.extend(crate::search::routes());
    all.extend(crate::views::routes());
    all.extend(crate::macros::routes());
    all.extend(crate::rules::routes());
    all.extend(crate::webhooks::routes());
    all.extend(crate::attachments::routes());
    all.extend(crate::suspended::routes());
    all
}

/// The API as a router, to be nested at `/api/v2`.
pub fn router(desk: &Desk) -> Router<Desk> {
    let mut router = Router::new();
    for route in routes() {
        let guarded = route
            .handler
            .layer(middleware::from_fn_with_state((desk.clone(), route.act), authorize));
        router = router.route(route.path, guarded);
    }
    router
        .fallback(|| async { Problem::NoSuchEndpoint.into_response() })
        .method_not_allowed_fallback(|| async { Problem::NoSuchEndpoint.into_response() })
        .layer(Extension(Shelf::default()))
        .layer(middleware::from_fn(everywhere))
}

/// What holds for every answer: other origins may read it, it says how many calls are left, and it is not sniffed.
async fn everywhere(request: Request, next: Next) -> Response {
    let mut response = if request.method() == axum::http::Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        in_our_shape(next.run(request).await)
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "content-type, authorization, idempotency-key, x-requested-with",
        ),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "location, retry-after, x-rate-limit, x-rate-limit-remaining, x-idempotency-lookup",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-rate-limit"), "100000"),
        (HeaderName::from_static("x-rate-limit-remaining"), "100000"),
        (HeaderName::from_static("ratelimit-limit"), "100000"),
        (HeaderName::from_static("ratelimit-remaining"), "100000"),
        (HeaderName::from_static("ratelimit-reset"), "60"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A path that cannot be read is refused before a handler sees it; that refusal has our shape too.
fn in_our_shape(response: Response) -> Response {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let is_plain = content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if response.status().is_client_error() && is_plain {
        return Problem::Attribute("the path cannot be read".to_owned()).into_response();
    }
    response
}
