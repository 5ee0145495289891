//! What goes wrong, as a page: the fact, the reason, the next step.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use desk::{Error, FieldError};
use domain::Refusal;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::signed_out::{PublicPage, Width, public_page};
use crate::form::escaped;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes};

/// What a handler answers.
pub(crate) type Answer = Result<Response, Problem>;

/// Everything that is answered with 4xx or 5xx and has no page of its own.
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    /// Not there, or not for the visitor to know about.
    NotFound,
    /// The role does not allow it.
    Forbidden,
    /// Part of a page for somebody who is signed out.
    Unauthenticated,
    /// A form from somebody who was signed out meanwhile; what they wrote, and where.
    SignedOut {
        /// Their words.
        kept: String,
        /// The page with the form.
        back: String,
    },
    /// A form that is not ours; what was written in it.
    Foreign(String),
    /// More than we read.
    TooLarge,
    /// A body that is no form.
    NotAForm,
    /// A field whose value is no text.
    NotText(String),
    /// Somebody was faster.
    Conflict(String),
    /// Too often; how many seconds to wait.
    TooOften(i64),
    /// Fields are wrong, on a page that cannot show them in their places.
    Invalid(Vec<FieldError>),
    /// An address asks for what there is none of; each part that does.
    Unknown(Vec<FieldError>),
    /// It failed; the log knows it by this name.
    Failed(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Unauthenticated => Self::Unauthenticated,
            Error::Forbidden(_) => Self::Forbidden,
            Error::Conflict(what) => Self::Conflict(what),
            Error::TooManyAttempts { seconds } | Error::TooMany { seconds } => {
                Self::TooOften(seconds)
            }
            Error::Identity(_) => Self::Unauthenticated,
            Error::KeyReused => Self::Conflict(Error::KeyReused.to_string()),
            Error::Invalid(errors) => Self::Invalid(errors),
            Error::Refused(refusal) => Self::Invalid(vec![refused(&refusal)]),
            Error::Store(error) => {
                let incident = desk::token()[..8].to_owned();
                tracing::error!(
                    incident,
                    error = &error as &dyn std::error::Error,
                    "a page failed"
                );
                Self::Failed(incident)
            }
        }
    }
}

/// A rule's refusal, as what is wrong with the form.
pub(crate) fn refused(refusal: &Refusal) -> FieldError {
    let field = match refusal {
        Refusal::Closed | Refusal::Transition { .. } | Refusal::Done(_) => "status",
        Refusal::HoldWithoutDate { .. }
        | Refusal::HoldOutOfBounds { .. }
        | Refusal::HeldTooLong
        | Refusal::EndsInThePast { .. } => "until",
        Refusal::MergeWithItself | Refusal::NotMerged | Refusal::Spam => "into",
        Refusal::NeverSolved | Refusal::RatingSettled { .. } => "rating",
        Refusal::AssigneeNotInTeam => "assignee",
        Refusal::NothingPromised => "reason",
        Refusal::UnknownTeam | Refusal::EscalationWithinTeam | Refusal::NotEscalated => "team",
    };
    FieldError {
        field: field.to_owned(),
        code: "InvalidValue",
        description: sentence(&refusal.to_string()),
    }
}

/// What a rule says, as a sentence.
fn sentence(said: &str) -> String {
    let mut letters = said.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::SignedOut { .. } | Self::Foreign(_) => StatusCode::FORBIDDEN,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotText(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Invalid(_) | Self::Unknown(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The fact.
    fn heading(&self) -> Text {
        match self {
            Self::NotFound => Text::NothingHere,
            Self::Forbidden => Text::NotAllowed,
            Self::Unauthenticated | Self::SignedOut { .. } => Text::WereSignedOut,
            Self::Foreign(_) => Text::NotOurForm,
            Self::TooLarge => Text::TooLarge,
            Self::NotAForm | Self::NotText(_) => Text::Unreadable,
            Self::Conflict(_) => Text::ChangedMeanwhile,
            Self::TooOften(_) => Text::TooOften,
            Self::Invalid(_) => Text::NotSaved,
            Self::Unknown(_) => Text::UnknownAddress,
            Self::Failed(_) => Text::Failed,
        }
    }

    /// The reason, or each of them.
    fn reasons(&self, words: Words) -> Vec<String> {
        let one = |text| vec![words.say(text).to_owned()];
        match self {
            Self::NotFound => one(Text::NothingHereWhy),
            Self::Forbidden => one(Text::NotAllowedWhy),
            Self::Unauthenticated | Self::SignedOut { .. } => one(Text::WereSignedOutWhy),
            Self::Foreign(_) => one(Text::NotOurFormWhy),
            Self::TooLarge => one(Text::TooLargeWhy),
            Self::NotAForm => one(Text::NotAFormWhy),
            Self::NotText(field) => vec![words.fill(Text::NotTextWhy, &[("field", field)])],
            Self::Conflict(what) => vec![what.clone()],
            Self::TooOften(seconds) => vec![words.count(Text::TooOftenWhy, *seconds)],
            Self::Invalid(errors) | Self::Unknown(errors) => {
                errors.iter().map(|error| error.description.clone()).collect()
            }
            Self::Failed(incident) => vec![words.fill(Text::FailedWhy, &[("incident", incident)])],
        }
    }

    /// All of it as one line, for a page that goes on.
    fn line(&self, words: Words) -> String {
        let mut line = format!("{}.", words.say(self.heading()));
        for reason in self.reasons(words) {
            line = format!("{line} {reason}");
        }
        line
    }

    /// The next step.
    fn next(&self, words: Words) -> Markup {
        let sign_in = |to: &str| button::link(to, Button::primary(words.say(Text::SignIn)));
        match self {
            Self::SignedOut { back, .. } => {
                sign_in(&format!("{}?back={}", routes::HOME, escaped(back)))
            }
            Self::Unauthenticated => sign_in(routes::HOME),
            Self::NotFound
            | Self::Forbidden
            | Self::Foreign(_)
            | Self::TooLarge
            | Self::NotAForm
            | Self::NotText(_)
            | Self::Conflict(_)
            | Self::TooOften(_)
            | Self::Invalid(_)
            | Self::Unknown(_)
            | Self::Failed(_) => {
                button::link(routes::HOME, Button::primary(words.say(Text::ToStart)))
            }
        }
    }

    fn kept(&self) -> &str {
        match self {
            Self::SignedOut { kept, .. } | Self::Foreign(kept) => kept,
            _ => "",
        }
    }

    fn markup(&self, words: Words) -> Markup {
        html! {
            div.stack {
                h1 tabindex="-1" { (words.say(self.heading())) }
                @match self.reasons(words).as_slice() {
                    [one] => p { (one) },
                    all => ul { @for one in all { li { (one) } } },
                }
                @if !self.kept().is_empty() {
                    div.field {
                        label for="kept" { (words.say(Text::KeptText)) }
                        textarea #kept rows="8" readonly dir="auto" { (self.kept()) }
                    }
                }
                p { (self.next(words)) }
            }
        }
    }
}

/// The page is made by [`shown`], which knows who reads it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns a problem into its page; anything else stays as it is.
pub(crate) async fn shown(visitor: &Visitor, mut answer: Response) -> Response {
    let Some(problem) = answer.extensions_mut().remove::<Problem>() else { return answer };
    if let Problem::TooOften(seconds) = &problem {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
    }
    let reader = visitor.everybody();
    if visitor.fragment {
        *answer.body_mut() = problem.line(reader.words).into();
        return answer;
    }
    let title = reader.words.say(problem.heading());
    let main = problem.markup(reader.words);
    let around = frame::everybodys(visitor, &reader, title, &main).await;
    // A page about a failure must not fail: what stands around it is left out if that is what fails.
    let markup = around.unwrap_or_else(|_| {
        let page = PublicPage {
            reader: &reader,
            title,
            theme: visitor.theme,
            width: Width::Text,
            demo: None,
            person: visitor.user.as_ref().map(|user| user.name.as_str()),
        };
        public_page(&page, &main)
    });
    let kept = answer.headers().get(RETRY_AFTER).cloned().map(|value| [(RETRY_AFTER, value)]);
    (answer.status(), kept, Html(markup.into_string())).into_response()
}

/// A problem before anybody knows who reads it.
pub(crate) fn bare(problem: &Problem) -> Response {
    let words = Words::default();
    (problem.status(), Html(problem.markup(words).into_string())).into_response()
}
