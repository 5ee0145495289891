//! An instant of the past, as short as may be, with the exact one behind it.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::reader::Reader;
use crate::times;

/// "14 min ago", "Fri 20:00", "5 Jun".
pub fn past(reader: &Reader, at: Timestamp) -> Markup {
    html! {
        time datetime=(at) title=(times::exact(reader.words, at, &reader.zone)) {
            (times::past(reader.words, at, &reader.zone, reader.now))
        }
    }
}

/// "Fri 5 Jun, 20:00".
pub fn dated(reader: &Reader, at: Timestamp) -> Markup {
    html! {
        time datetime=(at) title=(times::exact(reader.words, at, &reader.zone)) {
            (times::promise(reader.words, at, &reader.zone, reader.now))
        }
    }
}
