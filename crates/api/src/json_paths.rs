//! Each path works with and without `.json`.

use axum::extract::Request;
use axum::http::Uri;

/// Takes `.json` off the end of an API path, so that one route serves both forms.
pub fn without_suffix(mut request: Request) -> Request {
    let uri = request.uri();
    let Some(path) = uri.path().strip_suffix(".json").filter(|path| path.starts_with("/api/v2/"))
    else {
        return request;
    };
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}
