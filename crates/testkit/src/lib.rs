//! Builders, a fixed clock and the both-engines harness, for tests only.
//!
//! Stories start the real program with [`on_each_engine`] and speak HTTP to it; use cases are tried with [`each_desk`]
//! on a desk of this process. Both run the same body on a fresh SQLite file and on a fresh PostgreSQL database.

mod analytics;
mod caller;
mod chatter;
mod corpus;
mod crowd;
mod handbooks;
mod http;
mod identities;
mod place;
mod program;
pub mod recount;
pub mod servers;
pub mod sim;
mod stories;
mod surveys;
mod trial;
mod visitor;

pub use analytics::Analytics;
pub use caller::Caller;
pub use corpus::{Awkward, corpus};
pub use crowd::{Crowd, Failure};
pub use handbooks::{AREA, HANDBOOK, KIND, SEVERITY};
pub use http::{Answer, Connection};
pub use identities::{AppKeys, DEMO_KEY, signed, unsigned};
pub use place::{Engine, Place};
pub use program::{Program, Start, on_each_engine, on_each_engine_with, on_sqlite, on_sqlite_with};
pub use stories::{Mail, fields, request, unique};
pub use trial::{MONDAY_MORNING, TrialDesk, each_desk};
pub use visitor::Visitor;
