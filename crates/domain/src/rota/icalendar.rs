//! Calendars as other programs subscribe to them: iCalendar. (RFC 5545)
//!
//! Instants are UTC, so no zone has to be described. A line is no longer than 75 octets and goes on after a break and a
//! space; commas, semicolons, backslashes and line ends in texts are escaped.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The longest line, in octets, without its end.
const LONGEST: usize = 75;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What makes it the same entry when it is fetched again.
    pub uid: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// What a calendar shows.
    pub summary: String,
    /// Where there is more.
    pub url: String,
}

/// The calendar. `stamp` is when it was made; the same one with the same entries is the same text.
pub fn icalendar(name: &str, stamp: Timestamp, entries: &[Entry]) -> String {
    let mut out = String::new();
    let mut line = |text: &str| folded(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Answerable//Rota//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    line("X-PUBLISHED-TTL:PT1H");
    for entry in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escaped(&entry.uid)));
        line(&format!("DTSTAMP:{}", utc(stamp)));
        line(&format!("DTSTART:{}", utc(entry.from)));
        line(&format!("DTEND:{}", utc(entry.to)));
        line(&format!("SUMMARY:{}", escaped(&entry.summary)));
        line(&format!("URL:{}", entry.url));
        // A hero's week does not keep anybody from meeting others.
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

fn utc(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, in pieces of no more than 75 octets that never cut a character.
fn folded(out: &mut String, text: &str) {
    let mut rest = text;
    let mut room = LONGEST;
    while rest.len() > room {
        let (piece, more) = rest.split_at(rest.floor_char_boundary(room));
        out.push_str(piece);
        out.push_str("\r\n ");
        rest = more;
        // The space counts.
        room = LONGEST - 1;
    }
    out.push_str(rest);
    out.push_str("\r\n");
}
