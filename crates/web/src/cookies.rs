//! Cookies: read from a request, and made so that script and other sites cannot have them.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use desk::Desk;

/// Who is signed in.
pub(crate) const SESSION: &str = "session";
/// What forms of somebody who is not signed in are proved with.
pub(crate) const ANONYMOUS: &str = "form";
/// The colours.
pub(crate) const THEME: &str = "theme";
/// The language of pages for customers.
pub(crate) const LANGUAGE: &str = "language";
/// The zone the browser is in; script sets it.
pub(crate) const ZONE: &str = "zone";
/// The ticket that the demo's tour is about.
pub(crate) const TOUR: &str = "tour";

/// What the next page tells about the last action.
pub(crate) const NOTICE: &str = "notice";

/// As long as a notice waits for its page.
pub(crate) const NOTICE_SECONDS: i64 = 60;
/// The reply one has just sent, for as long as it can be undone: `ticket-comment`.
pub(crate) const LEAVING: &str = "leaving";

/// A year, for choices.
pub(crate) const YEAR_SECONDS: i64 = 365 * 24 * 3_600;
/// As long as a session lasts.
pub(crate) const SESSION_SECONDS: i64 = 30 * 24 * 3_600;

/// The value of a cookie.
pub(crate) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name && !value.is_empty()).then_some(value))
}

/// A cookie for so many seconds; none of them ends it. The value is ours and needs no escaping.
pub(crate) fn made(desk: &Desk, name: &str, value: &str, seconds: i64) -> HeaderValue {
    let secure = if desk.settings().public_url.starts_with("https://") { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).expect("our cookies are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers =
            HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("a=1; session=xyz; b="))]);
        assert_eq!(read(&headers, SESSION), Some("xyz"));
        assert_eq!(read(&headers, "b"), None);
        assert_eq!(read(&headers, "sess"), None);
    }
}
