//! The JSON API under `/api/v2`, thin: a request becomes a command or a query, an answer becomes JSON.

mod answers;
mod attachments;
mod body;
mod bulk;
mod caller;
mod fields;
mod groups;
mod json_paths;
mod organizations;
mod paging;
mod requests;
mod rotas;
mod routes;
mod sideloads;
mod suspended;
mod tickets;
mod users;

pub use caller::Caller;
pub use json_paths::without_suffix;
pub use routes::{Method, Route, router, routes};
