//! The JSON API, thin.
