//! The use cases: authorize, load, decide, save, queue. Plain functions over one transaction; nothing here can wait
//! for the network, because nothing here can wait.

mod clock;
mod context;
mod error;
mod rights;
mod secrets;

pub mod attachments;
mod attempts;
pub mod bulk;
pub mod deliveries;
pub mod fields;
pub mod handbooks;
pub mod idempotency;
pub mod mailbox;
pub mod organizations;
pub mod pages;
pub mod policy;
pub mod replay;
pub mod rota;
pub mod sessions;
pub mod teams;
pub mod texts;
pub mod tickets;
pub mod users;

pub use clock::Clock;
pub use context::{Ctx, Desk, Settings};
pub use error::{Error, FieldError};
pub use rights::{Act, may, require};
pub use secrets::{Secrets, digest, random, token, token_hash};
pub use store::blobs::Blobs;
pub use store::page::{Key, KeyValue, Page, Start};
pub use store::{Store, Tx};
