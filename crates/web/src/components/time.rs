//! An instant of the past, as short as may be, with the exact one behind it.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::reader::Reader;
use crate::times;

/// "14 min ago", "Fri 20:00", "5 Jun".
pub fn past(reader: &Reader, at: Timestamp) -> Markup {
    told(reader, at, times::past(reader.words, at, &reader.zone, reader.now))
}

/// "Fri 5 Jun, 20:00".
pub fn dated(reader: &Reader, at: Timestamp) -> Markup {
    told(reader, at, times::promise(reader.words, at, &reader.zone, reader.now))
}

/// One in sight and the other behind it, as the reader wants it.
fn told(reader: &Reader, at: Timestamp, short: String) -> Markup {
    let exact = times::exact(reader.words, at, &reader.zone);
    let (shown, behind) = if reader.exact { (exact, short) } else { (short, exact) };
    html! { time datetime=(at) title=(behind) { (shown) } }
}
