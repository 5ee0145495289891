//! The pages, thin.
