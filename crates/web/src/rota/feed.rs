//! Rotas as calendars: whoever has the secret link reads them, without signing in.

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::Error;

use crate::problem::{Answer, Problem};
use crate::visitor::Visitor;

/// The calendar behind a link; one that leads nowhere is not found, whatever is wrong with it.
pub(super) async fn feed(visitor: Visitor, Path(file): Path<String>, headers: HeaderMap) -> Answer {
    let token = file.strip_suffix(".ics").ok_or(Problem::NotFound)?.to_owned();
    let ctx = visitor.ctx.clone();
    let read = visitor.desk.read(ctx, move |tx, ctx| desk::calendars::read(tx, ctx, &token));
    let text = match read.await {
        Ok(text) => text,
        Err(Error::NotFound) => return Err(Problem::NotFound),
        Err(error) => return Err(error.into()),
    };
    let tag = format!("\"{}\"", &desk::token_hash(&text)[..32]);
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
    let is_known = known.any(|one| one == "*" || one.trim_start_matches("W/") == tag);
    let answer = Response::builder()
        .header(ETAG, &tag)
        .header(CACHE_CONTROL, "private, max-age=300")
        .header(CONTENT_TYPE, "text/calendar; charset=utf-8");
    let answer = if is_known {
        answer.status(StatusCode::NOT_MODIFIED).body(Body::empty())
    } else {
        answer.body(Body::from(text))
    };
    Ok(answer.map_err(|_| Problem::NotFound)?.into_response())
}
