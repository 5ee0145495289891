//! Answers and errors in the shapes the API's clients know.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::{Error, FieldError};
use domain::Refusal;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What a handler answers.
pub(crate) type Answer = Result<Response, Problem>;

/// Everything that is answered with 4xx or 5xx.
#[derive(Debug)]
pub enum Problem {
    /// A use case says so.
    Desk(Error),
    /// The body is not JSON.
    BrokenJson,
    /// The body is too large.
    TooLarge,
    /// The file is too large.
    AttachmentTooLarge,
    /// A parameter of the path or the query is wrong.
    Attribute(String),
    /// More than a hundred.
    TooMany,
    /// There is no such route.
    NoSuchEndpoint,
    /// A query that is not understood, or asks for more than can be had.
    Unreadable(String),
    /// Right, but not to be had here, with the reason.
    Forbidden(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Desk(error)
    }
}

/// 200 with JSON.
pub(crate) fn ok(body: impl Serialize) -> Response {
    with(StatusCode::OK, body)
}

/// 201 with JSON and the address of what was made.
pub(crate) fn created(location: &str, body: impl Serialize) -> Response {
    let mut response = with(StatusCode::CREATED, body);
    if let Ok(value) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// 204 without a body.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// 200 with JSON that is already written.
pub(crate) fn raw(body: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))], body)
        .into_response()
}

/// A status with JSON.
pub(crate) fn with(status: StatusCode, body: impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

/// Validation errors, grouped by field.
fn invalid(errors: &[FieldError]) -> Response {
    let mut details = Map::new();
    for error in errors {
        let list = details.entry(error.field.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(json!({ "description": error.description, "error": error.code }));
        }
    }
    with(
        StatusCode::UNPROCESSABLE_ENTITY,
        json!({ "error": "RecordInvalid", "description": "Record validation errors", "details": details }),
    )
}

/// The field that a refusal is about.
fn refused(refusal: &Refusal) -> FieldError {
    let (field, human) = match refusal {
        Refusal::Closed | Refusal::Transition { .. } | Refusal::Done(_) => ("status", "Status"),
        Refusal::HoldWithoutDate { .. }
        | Refusal::HoldOutOfBounds { .. }
        | Refusal::HeldTooLong => ("hold_until", "Hold until"),
        Refusal::MergeWithItself | Refusal::NotMerged | Refusal::Spam => ("ids", "Ids"),
        Refusal::EndsInThePast { .. } => ("priority_until", "Priority until"),
        Refusal::NothingPromised => ("promise", "Promise"),
        Refusal::NeverSolved | Refusal::RatingSettled { .. } => ("score", "Score"),
        Refusal::AssigneeNotInTeam => ("assignee_id", "Assignee"),
        Refusal::UnknownTeam | Refusal::EscalationWithinTeam | Refusal::NotEscalated => {
            ("group_id", "Group")
        }
    };
    FieldError {
        field: field.to_owned(),
        code: "InvalidValue",
        description: format!("{human}: {refusal}"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Desk(error) => desk_problem(error),
            Self::BrokenJson => with(
                StatusCode::UNPROCESSABLE_ENTITY,
                json!({ "error": "Unprocessable Entity", "message": "Server could not parse JSON" }),
            ),
            Self::TooLarge => with(
                StatusCode::PAYLOAD_TOO_LARGE,
                json!({ "error": "PayloadTooLarge", "description": "The body has more than 2 MB; attachments go to uploads" }),
            ),
            Self::AttachmentTooLarge => with(
                StatusCode::PAYLOAD_TOO_LARGE,
                json!({ "error": "AttachmentTooLarge", "description": "The file has more than 20 MB" }),
            ),
            Self::Attribute(message) => with(
                StatusCode::BAD_REQUEST,
                json!({ "error": { "title": "Invalid attribute", "message": message } }),
            ),
            Self::TooMany => with(
                StatusCode::BAD_REQUEST,
                json!({ "error": "TooManyValues", "description": "More than 100 values were given", "max_count": 100 }),
            ),
            Self::NoSuchEndpoint => with(
                StatusCode::NOT_FOUND,
                json!({ "error": "InvalidEndpoint", "description": "Not found" }),
            ),
            Self::Unreadable(description) => with(
                StatusCode::UNPROCESSABLE_ENTITY,
                json!({ "error": "invalid", "description": description }),
            ),
            Self::Forbidden(message) => with(
                StatusCode::FORBIDDEN,
                json!({ "error": { "title": "Forbidden", "message": message } }),
            ),
        }
    }
}

fn desk_problem(error: Error) -> Response {
    match error {
        Error::NotFound => with(
            StatusCode::NOT_FOUND,
            json!({ "error": "RecordNotFound", "description": "Not found" }),
        ),
        Error::Unauthenticated => {
            with(StatusCode::UNAUTHORIZED, json!({ "error": "Couldn't authenticate you" }))
        }
        Error::Forbidden(message) => with(
            StatusCode::FORBIDDEN,
            json!({ "error": { "title": "Forbidden", "message": message } }),
        ),
        Error::Conflict(message) => {
            with(StatusCode::CONFLICT, json!({ "error": "UpdateConflict", "description": message }))
        }
        Error::Invalid(errors) => invalid(&errors),
        Error::Refused(refusal) => invalid(&[refused(&refusal)]),
        Error::KeyReused => with(
            StatusCode::BAD_REQUEST,
            json!({ "error": "IdempotentRequestError", "description": "The Idempotency-Key was used with another body" }),
        ),
        Error::Identity(reason) => with(
            StatusCode::UNAUTHORIZED,
            json!({
                "error": "Couldn't authenticate you",
                "identity": { "verified": false, "reason": reason.as_str(), "description": reason.to_string() },
            }),
        ),
        Error::TooManyAttempts { seconds } | Error::TooMany { seconds } => {
            let mut response = with(
                StatusCode::TOO_MANY_REQUESTS,
                json!({ "error": "TooManyRequests", "description": error.to_string() }),
            );
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Error::Store(error) => {
            let incident = &desk::token()[..8];
            tracing::error!(
                incident,
                error = &error as &dyn std::error::Error,
                "a request failed in the storage"
            );
            with(
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({ "error": "InternalError", "description": format!("This was not saved (incident {incident})") }),
            )
        }
    }
}
