//! Every SQL statement, on SQLite and PostgreSQL.
//!
//! [`Store`] opens either engine and runs closures in transactions; a closure is given a [`Tx`] and speaks the common
//! dialect: `$1` for parameters, `BIGINT`, `TEXT`, `BOOLEAN` and `BYTEA` for columns, instants as microseconds.

// The engines.
mod engine;
mod error;
mod ids;
pub mod migrate;
mod sql;
mod value;

pub use engine::{Engine, Options, Store, Tx};
pub use error::Error;
pub use ids::Kind;
pub use sql::Sql;
pub use value::{FromValue, Param, Row, Value};

// The tables, a module each.
pub mod absences;
pub mod api_jobs;
pub mod attachments;
pub mod blobs;
pub mod calendar_links;
pub mod claims;
pub mod comments;
pub mod conditions;
pub mod customer_links;
pub mod dedupe;
pub mod digests;
pub mod drafts;
pub mod events;
pub mod fields;
pub mod figures;
pub mod follows;
pub mod handbooks;
pub mod handovers;
pub mod identity_keys;
pub mod installation;
mod keysets;
pub mod leases;
pub mod macros;
pub mod mailboxes;
pub mod mails;
pub mod memberships;
pub mod notices;
pub mod organizations;
pub mod outbox;
pub mod page;
pub mod presence;
pub mod questions;
pub mod readings;
pub mod recipients;
pub mod reports;
pub mod rota;
pub mod rules;
pub mod search;
pub mod sessions;
pub mod skips;
pub mod snoozes;
pub mod surveys;
pub mod teams;
pub mod tickets;
pub mod undos;
pub mod users;
pub mod views;
pub mod wakeups;
pub mod webhooks;
pub mod work;
