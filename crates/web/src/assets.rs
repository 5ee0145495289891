//! What the browser loads besides pages: bundled and compressed when the program is built, named after its content.

use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// How long a browser may keep an asset: for ever, since another content has another name.
pub const CACHE: &str = "public, max-age=31536000, immutable";

/// One file for the browser.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The path it is served at, with the hash of its content.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// The content.
    pub bytes: &'static [u8],
    /// The content, compressed.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// All of them.
pub const ALL: [Asset; 7] =
    [APP_CSS, APP_JS, CUSTOMERS_JS, HTMX_JS, ICONS_SVG, FAVICON_SVG, WIDGET_JS];

/// Where the style sheet is.
pub fn css_url() -> &'static str {
    APP_CSS.path
}

/// Where our own script is.
pub fn js_url() -> &'static str {
    APP_JS.path
}

/// Where the script of customers' pages is.
pub fn customers_js_url() -> &'static str {
    CUSTOMERS_JS.path
}

/// Where htmx is.
pub fn htmx_url() -> &'static str {
    HTMX_JS.path
}

/// Where the sprite of icons is.
pub fn icons_url() -> &'static str {
    ICONS_SVG.path
}

/// Where the picture for the browser's tab is.
pub fn favicon_url() -> &'static str {
    FAVICON_SVG.path
}

/// The asset at a path such as `/assets/app.1f2e.css`.
pub fn find(path: &str) -> Option<&'static Asset> {
    const { &ALL }.iter().find(|asset| asset.path == path)
}

/// Answers `GET /assets/{name}`.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = find(&format!("/assets/{name}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    content(asset, CACHE, &headers).into_response()
}

/// How long a browser may keep the in-app help without asking: its address has to stay the same for ever.
const WIDGET_CACHE: &str = "public, max-age=600, stale-while-revalidate=86400";

/// Answers `GET /widget.js`, which pages of other origins load.
pub async fn widget(headers: HeaderMap) -> Response {
    let other_origins = [
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (HeaderName::from_static("access-control-allow-origin"), "*"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
    ];
    let etag = format!("\"{}\"", WIDGET_JS.path);
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, other_origins, [(ETAG, etag)]).into_response();
    }
    (other_origins, [(ETAG, etag)], content(&WIDGET_JS, WIDGET_CACHE, &headers)).into_response()
}

/// An asset, compressed for who can read that.
fn content(asset: &'static Asset, cache: &'static str, headers: &HeaderMap) -> Response {
    let head = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (CACHE_CONTROL, HeaderValue::from_static(cache)),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if accepts_gzip(headers) {
        (head, [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))], asset.gzip).into_response()
    } else {
        (head, asset.bytes).into_response()
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| matches!(coding.trim().split_once(';').unwrap_or((coding.trim(), "")), ("gzip" | "*", rest) if !rest.trim().eq_ignore_ascii_case("q=0")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_by_its_path_alone() {
        assert_eq!(find(css_url()).unwrap().content_type, "text/css; charset=utf-8");
        assert!(find("/assets/app.css").is_none());
    }

    #[test]
    fn each_asset_keeps_its_budget() {
        for (asset, most) in [
            (APP_CSS, 14_000),
            (APP_JS, 12_000),
            (HTMX_JS, 17_000),
            (ICONS_SVG, 3_000),
            (WIDGET_JS, 20_000),
        ] {
            assert!(
                asset.gzip.len() <= most,
                "{} has {} bytes of {most}",
                asset.path,
                asset.gzip.len()
            );
        }
    }

    #[test]
    fn gzip_is_sent_only_to_who_can_read_it() {
        let said = |value: &'static str| {
            accepts_gzip(&HeaderMap::from_iter([(
                ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(said("br, gzip"));
        assert!(said("gzip;q=0.5"));
        assert!(!said("br"));
        assert!(!said("gzip;q=0"));
    }
}
