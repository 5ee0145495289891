//! The design system: one component per file, each a function from plain values to markup.
//!
//! Every action is a form or a link that works without script; ids are `thing-7-part`; no component carries a style or
//! a script of its own, since the pages forbid both.

pub mod avatar;
pub mod badge;
pub mod button;
pub mod composer;
pub mod demo_bar;
pub mod empty_state;
pub mod excerpt;
pub mod facts;
pub mod field;
pub mod file_drop;
pub mod filter_bar;
pub mod icon;
pub mod leaving;
pub mod navigation;
pub mod notice;
pub mod notices_link;
pub mod outbox;
pub mod pagination;
pub mod prose;
pub mod row;
pub mod rules;
pub mod shell;
pub mod signed_out;
pub mod survey;
pub mod table;
pub mod ticket_header;
pub mod time;
pub mod time_left;
pub mod timeline;
pub mod walk;
