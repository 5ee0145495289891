//! How support is doing: what is counted while it happens, and what reports make of it.
//!
//! Every number of a report is the number of facts behind it ([`behind`]), each of which names its ticket. (SLA-14, CS-08)

mod asking;
mod figures;
mod ledger;
mod mails;
mod recording;
mod report;

pub use asking::{Ask, By, MOST_WEEKS, Name, levels};
pub use figures::{Figure, Unit};
pub use ledger::{Attained, Entry, Ledger, Wanted, attained, ledger, teams};
pub use mails::{is_mailed, mail_no_more, mail_weekly};
pub use recording::{fold, is_behind, wake};
pub use report::{Behind, Group, Line, Report, behind, report};
pub use store::reports::Place;

pub(crate) use mails::{MAIL, wake_mails};
pub(crate) use recording::record;

/// The kind of the wake-up that reads the logs from before there were reports.
pub(crate) const SUBJECT: &str = "reports";
