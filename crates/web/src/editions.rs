//! What a browser has already: an unchanged list or ticket is answered in two lines, and what it asks for ahead may be kept.

use std::fmt::Write as _;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::memory::{Memory, answers};
use crate::visitor::Visitor;
use crate::{assets, routes};

/// Which links a browser may ask for ahead: tickets and lists whose link is hovered or touched.
const RULES: &str = r#"{"prefetch":[{"where":{"or":[{"href_matches":"/tickets/*"},{"href_matches":"/views/*"}]},"eagerness":"moderate"}]}"#;

/// How long a page that was asked for ahead may be kept: the stream brings it up to date.
const AHEAD: HeaderValue = HeaderValue::from_static("private, max-age=300");

/// Answers `GET /speculation-rules.json`.
pub(crate) async fn rules() -> Response {
    let head = [
        (CONTENT_TYPE, HeaderValue::from_static("application/speculationrules+json")),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
    ];
    (head, RULES).into_response()
}

/// The edition of a page: nothing if it has none.
#[derive(Clone, Debug)]
pub(crate) struct Edition {
    etag: Option<HeaderValue>,
    ahead: bool,
    is_known: bool,
}

impl Edition {
    /// What is asked for, and whether the visitor has it.
    pub(crate) fn of(
        visitor: &Visitor,
        memory: &Memory,
        method: &Method,
        headers: &HeaderMap,
    ) -> Self {
        let path = visitor.path.split('?').next().unwrap_or_default();
        let listed = path == routes::HOME || path.starts_with("/views/");
        let worked = visitor.user.as_deref().is_some_and(answers) && *method == Method::GET;
        let ahead = worked && headers.contains_key("sec-purpose");
        let plain = !visitor.fragment && visitor.notice.is_none() && !path.ends_with("/news");
        let etag = (worked && listed && plain).then(|| etag(visitor, memory)).flatten();
        let known = headers.get(IF_NONE_MATCH);
        let is_known = etag.is_some() && known == etag.as_ref();
        Self { etag, ahead, is_known }
    }

    /// The whole answer, if the visitor has the page.
    pub(crate) fn known(&self) -> Option<Response> {
        self.is_known.then(|| StatusCode::NOT_MODIFIED.into_response())
    }

    /// Marks an answer with its edition.
    pub(crate) fn mark(&self, answer: &mut Response) {
        let status = answer.status();
        if status != StatusCode::OK && status != StatusCode::NOT_MODIFIED {
            return;
        }
        let headers = answer.headers_mut();
        if let Some(etag) = &self.etag {
            headers.insert(ETAG, etag.clone());
            let rules = HeaderValue::from_static("\"/speculation-rules.json\"");
            headers.insert(HeaderName::from_static("speculation-rules"), rules);
        }
        if self.ahead {
            headers.insert(CACHE_CONTROL, AHEAD);
        }
    }
}

fn etag(visitor: &Visitor, memory: &Memory) -> Option<HeaderValue> {
    let parts = [
        memory.edition(&visitor.ctx),
        visitor.user.as_ref()?.id.to_string(),
        visitor.cookie.to_string(),
        visitor.path.to_string(),
        format!("{:?}", visitor.browser_zone.as_ref().and_then(TimeZone::iana_name)),
        format!("{:?} {:?}", visitor.theme, visitor.looks),
        format!("{} {}", assets::css_url(), assets::js_url()),
        visitor.desk.clock().is_running().to_string(),
    ];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let name = hash.finalize().iter().take(12).fold(String::new(), |mut name, byte| {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    });
    HeaderValue::from_str(&format!("W/\"{name}\"")).ok()
}
