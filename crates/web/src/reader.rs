//! Who reads a page: their words, their zone and the clock the page is true by.

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use domain::looks::{Density, Theme};

use crate::words::Words;

/// What every component needs to know about the reader and the moment.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The language.
    pub words: Words,
    /// The zone times are written in.
    pub zone: TimeZone,
    /// Whether that is their own zone, and not the company's.
    pub zone_is_theirs: bool,
    /// The moment the page is true for.
    pub now: Timestamp,
    /// Whether time goes on while the page is open.
    pub clock: Clock,
    /// Whether instants of the past are written exactly.
    pub exact: bool,
    /// The masked token that proves a form is ours.
    pub csrf: String,
}

/// How the server's clock behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// As clocks do.
    Running,
    /// It moves only when told to, as the demo's may.
    Still,
}
