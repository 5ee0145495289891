//! Who reads a page: their words, their zone and the clock the page is true by.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::words::Words;

/// What every component needs to know about the reader and the moment.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The language.
    pub words: Words,
    /// The zone times are written in.
    pub zone: TimeZone,
    /// The moment the page is true for.
    pub now: Timestamp,
    /// Whether time goes on while the page is open.
    pub clock: Clock,
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

/// The colours a reader has chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What their system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The theme a cookie's value names.
    pub fn from_cookie(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// How much room a row takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// Two lines.
    #[default]
    Comfortable,
    /// One line; touch screens are comfortable all the same.
    Compact,
}

impl Density {
    /// The density a cookie's value names.
    pub fn from_cookie(value: &str) -> Self {
        if value == "compact" { Self::Compact } else { Self::Comfortable }
    }
}
