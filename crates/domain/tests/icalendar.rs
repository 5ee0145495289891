//! Calendars in the words of RFC 5545.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use domain::rota::{Entry, icalendar};
use jiff::Timestamp;
use proptest::prelude::*;

fn entry(summary: &str) -> Entry {
    Entry {
        uid: "hero-3-1780873200@desk".to_owned(),
        from: "2026-06-07T23:00:00Z".parse().unwrap(),
        to: "2026-06-14T23:00:00Z".parse().unwrap(),
        summary: summary.to_owned(),
        url: "http://desk.test/rota/replay".to_owned(),
    }
}

fn stamp() -> Timestamp {
    "2026-06-08T00:00:00Z".parse().unwrap()
}

#[test]
fn a_week_is_an_event_in_utc() {
    let text = icalendar("Bo: hero", stamp(), &[entry("Hero of Session replay")]);

    assert_eq!(
        text.split("\r\n").collect::<Vec<_>>(),
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Answerable//Rota//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "X-WR-CALNAME:Bo: hero",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "BEGIN:VEVENT",
            "UID:hero-3-1780873200@desk",
            "DTSTAMP:20260608T000000Z",
            "DTSTART:20260607T230000Z",
            "DTEND:20260614T230000Z",
            "SUMMARY:Hero of Session replay",
            "URL:http://desk.test/rota/replay",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    );
}

#[test]
fn commas_and_line_ends_are_escaped() {
    let text = icalendar("a;b", stamp(), &[entry("Bo, Cy; \\ and\r\nmore\u{7}")]);
    assert!(text.contains("X-WR-CALNAME:a\\;b\r\n"), "{text}");
    assert!(text.contains("SUMMARY:Bo\\, Cy\\; \\\\ and\\nmore\r\n"), "{text}");
}

/// What a reader makes of a text value.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => match letters.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

proptest! {
    #[test]
    fn no_line_is_longer_than_75_octets_and_a_reader_gets_the_words_back(summary in "\\PC{0,200}") {
        let text = icalendar("x", stamp(), &[entry(&summary)]);

        for line in text.split("\r\n") {
            prop_assert!(line.len() <= 75, "{} octets: {line}", line.len());
        }
        let unfolded = text.replace("\r\n ", "");
        let read = unfolded.split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
        prop_assert_eq!(unescaped(read), summary);
    }
}
