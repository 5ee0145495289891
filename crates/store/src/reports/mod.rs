//! What reports count: the facts of each ticket, their weekly sums, and the promises that were told.
//!
//! A fact is written in the transaction of its event. The sums follow a moment later, so that tickets do not wait for each
//! other at the same counter; a report adds what the sums do not hold yet, and is therefore always exact.

mod backfill;
mod facts;
mod folding;
mod lists;
mod mails;
mod promises;
mod sums;

pub use backfill::{begin, next, upto};
pub use facts::{book, save};
pub use folding::{fold, is_pending};
pub use lists::{Behind, Place, behind, in_backlog};
pub use mails::{Mail, forget_mail, keep_mail, mails};
pub use promises::{Page, Shown, page, words};
pub use sums::{Row, sums};
