//! What the requester is told, word for word. (PR-06)

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::words::{self, Locale};

/// The words that were said and the instant they name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Verbatim.
    pub text: String,
    /// The deadline it names; none where nothing was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it was said.
    pub at: Timestamp,
}

/// For whom a promise is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Reader {
    /// The language.
    pub locale: Locale,
    /// The zone.
    pub zone: TimeZone,
    /// The zone's name in the time-zone database.
    pub zone_name: String,
    /// Whether the zone is the reader's own; else it is the company's and named as such.
    pub own: bool,
}

impl Reader {
    /// A deadline in the reader's zone, rounded down to the minute, with the zone named.
    pub fn when(&self, at: Timestamp, now: Timestamp) -> (String, String) {
        let at = words::minute(at);
        let letters = words::zone_name(at, &self.zone);
        let zone =
            words::whose_time(self.locale, self.own, &words::place(&self.zone_name), &letters);
        (words::date_time(self.locale, at, &self.zone, now), zone)
    }

    /// The promise for a deadline, or for none.
    pub fn promise(&self, due_at: Option<Timestamp>, now: Timestamp) -> Promise {
        let text = match due_at {
            Some(due_at) => {
                let (when, zone) = self.when(due_at, now);
                words::promised(self.locale, &when, &zone)
            }
            None => words::not_promised(self.locale),
        };
        Promise { text, due_at, at: now }
    }

    /// The sentence that a promise has become better.
    pub fn improved(&self, due_at: Timestamp, now: Timestamp) -> Promise {
        let (when, zone) = self.when(due_at, now);
        Promise { text: words::improved(self.locale, &when, &zone), due_at: Some(due_at), at: now }
    }
}
