//! Bodies are read to their end before anything is answered: a client that is still writing does not hear an answer.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;

/// What a door is given at most; each has a limit of its own, which is smaller.
const KEPT: usize = 2 * 1024 * 1024 + 1;
/// What the demo's mailbox is given at most.
const KEPT_MAIL: usize = 50 * 1024 * 1024 + 1;
/// What doors for files are given at most: more than a file may have, so that they can say how much too large it is.
const KEPT_FILES: usize = 64 * 1024 * 1024 + 1;
/// After so much nobody listens to us anyway.
const READ: usize = 256 * 1024 * 1024;

/// The request with its whole body, cut where it is larger than any door takes.
pub(crate) async fn whole(request: Request) -> Result<Request, Response> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(request);
    }
    let limit = limit(&request);
    let (parts, body) = request.into_parts();
    let mut chunks = body.into_data_stream();
    let mut kept = Vec::new();
    let mut read = 0;
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            return Err((StatusCode::BAD_REQUEST, "the body ended too soon\n").into_response());
        };
        read += chunk.len();
        let room = limit - kept.len();
        kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if read > READ {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n").into_response());
        }
    }
    Ok(Request::from_parts(parts, Body::from(Bytes::from(kept))))
}

fn limit(request: &Request) -> usize {
    let path = request.uri().path();
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let has_files = kind.is_some_and(|kind| kind.starts_with("multipart/form-data"));
    match path {
        "/demo/inbox/email" => KEPT_MAIL,
        "/api/v2/uploads" | "/api/v2/uploads.json" => KEPT_FILES,
        path if has_files && !path.starts_with("/api/") => KEPT_FILES,
        _ => KEPT,
    }
}
