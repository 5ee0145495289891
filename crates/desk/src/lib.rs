//! The use cases: authorize, load, decide, save, queue. Plain functions over one transaction; nothing here can wait
//! for the network, because nothing here can wait.

mod clock;
mod context;
mod error;
mod rights;
mod secrets;

mod actions;
pub mod attachments;
mod attempts;
pub mod availability;
pub mod bulk;
pub mod calendars;
pub mod customers;
pub mod deliveries;
pub mod digests;
pub mod drafts;
pub mod fields;
pub mod figures;
pub mod handbooks;
pub mod handovers;
pub mod idempotency;
pub mod identity;
pub mod installation;
pub mod limits;
pub mod macros;
pub mod mailbox;
pub mod mailboxes;
pub mod notices;
pub mod organizations;
pub mod pages;
pub mod placeholders;
pub mod policy;
pub mod preferences;
pub mod replay;
pub mod reports;
pub mod rota;
pub mod rules;
pub mod search;
pub mod sent_along;
pub mod sessions;
pub mod surveys;
pub mod teams;
pub mod texts;
pub mod tickets;
pub mod users;
pub mod views;
pub mod work;

pub use clock::Clock;
pub use context::{Ctx, Desk, Settings};
pub use error::{Error, FieldError};
pub use rights::{Act, may, require};
pub use secrets::{Secrets, digest, random, token, token_hash};
pub use store::blobs::Blobs;
pub use store::page::{Key, KeyValue, Page, Start};
pub use store::{Store, Tx};
