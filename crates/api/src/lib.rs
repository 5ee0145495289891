//! The JSON API under `/api/v2`, thin: a request becomes a command or a query, an answer becomes JSON.

mod absences;
mod answers;
mod attachments;
mod body;
mod bulk;
mod caller;
mod fields;
mod groups;
mod handovers;
mod json_paths;
mod kept;
mod macros;
mod mailboxes;
mod organizations;
mod paging;
mod policies;
mod questions;
mod requests;
mod rotas;
mod routes;
mod rules;
mod satisfaction;
mod search;
mod sideloads;
mod suspended;
mod tickets;
mod users;
mod views;
mod webhooks;
mod widget;
mod work;

pub use caller::Caller;
pub use json_paths::without_suffix;
pub use routes::{Method, Route, router, routes};
