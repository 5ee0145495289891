//! The pages, thin.
//!
//! [`components`] is the design system: functions from plain values to markup, one file each. A page calls them, and a
//! fragment is the same function called alone. [`words`] has every text, [`times`] every way to write an instant,
//! [`assets`] what the browser loads. [`routes()`] is the table of everything that answers: each module beside it holds
//! the pages of one thing, and nobody gets past `guard`, which knows who visits and what they may do.

mod attachments;
mod bulk;
mod cookies;
mod csrf;
mod demo;
mod digests;
mod editions;
mod fields;
mod form;
mod frame;
mod guard;
mod handbook;
mod home;
mod lists;
mod live;
mod mailboxes;
mod memory;
mod multipart;
mod notices;
mod people;
mod problem;
mod questions;
mod reports;
mod requests;
mod rota;
mod rows;
mod search;
mod settings;
mod sign_in;
mod support_hours;
mod surveys;
mod suspended;
mod table;
mod tickets;
mod tour;
mod views;
mod visitor;
mod walks;

pub mod assets;
pub mod components;
pub mod keys;
pub mod reader;
pub mod routes;
pub mod times;
pub mod words;

pub use table::{Method, Route, router, routes};
