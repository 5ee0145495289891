//! What can go wrong in a use case: the only error that meets HTTP.

use domain::Refusal;

/// One thing wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field as the caller wrote it: `organization_fields.mrr`.
    pub field: String,
    /// `BlankValue`, `DuplicateValue`, `InvalidValue`, `InvalidFormat`, `TooLong`, `TooShort`.
    pub code: &'static str,
    /// A sentence that begins with the field's human name.
    pub description: String,
}

/// Why a use case did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not yours to know about.
    #[error("not found")]
    NotFound,
    /// The credentials are missing or wrong.
    #[error("could not authenticate")]
    Unauthenticated,
    /// The role does not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// Somebody else changed it meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// Fields that are wrong.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// A rule of the desk refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The same idempotency key came with another body.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// Too many wrong passwords.
    #[error("too many wrong passwords; try again in {seconds} seconds")]
    TooManyAttempts {
        /// How long to wait.
        seconds: i64,
    },
    /// Too many calls from one address or one person.
    #[error("too many requests; try again in {seconds} seconds")]
    TooMany {
        /// How long to wait.
        seconds: i64,
    },
    /// A signed identity that is not believed.
    #[error("{0}")]
    Identity(crate::identity::Reason),
    /// The storage failed.
    #[error("the storage failed")]
    Store(#[from] store::Error),
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: &str, code: &'static str, description: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            code,
            description: description.into(),
        }])
    }

    /// A field that must not be empty.
    pub fn blank(field: &str, human: &str) -> Self {
        Self::invalid(field, "BlankValue", format!("{human}: cannot be blank"))
    }

    /// The role does not allow it.
    pub fn forbidden() -> Self {
        Self::Forbidden(
            "You do not have access to this page. Please contact the account owner for help."
                .to_owned(),
        )
    }
}
