//! The chip that says when an answer is due, or that none is promised.

use jiff::Timestamp;
use maud::{Markup, html};

use super::icon::icon;
use crate::reader::Reader;
use crate::times;
use crate::words::Text;

const DAY_SECONDS: i64 = 86_400;

/// What a ticket waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLeft {
    /// An answer is due.
    Due {
        /// Which answer.
        promise: Promise,
        /// When, at the latest.
        at: Timestamp,
        /// How many seconds before that counts as soon: the handbook's first warning.
        soon_seconds: i64,
        /// Whether now is inside the hours the clock counts.
        counting: bool,
    },
    /// It was answered and solves itself then.
    Solves(Timestamp),
    /// It is on hold or snoozed and comes back then.
    Wakes(Timestamp),
    /// Nothing was promised.
    NoPromise,
    /// It was answered, and nothing is due.
    Answered,
    /// It is solved or closed.
    Done,
}

/// What was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// The first reply.
    First,
    /// The next reply.
    Next,
    /// The answer of the team it was escalated to.
    Escalated,
}

impl Promise {
    fn text(self) -> Text {
        match self {
            Self::First => Text::FirstReplyDue,
            Self::Next => Text::NextReplyDue,
            Self::Escalated => Text::EscalatedDue,
        }
    }
}

/// The chip.
pub fn time_left(reader: &Reader, left: TimeLeft) -> Markup {
    let words = reader.words;
    let soon = |at| times::soon(words, at, &reader.zone, reader.now);
    match left {
        TimeLeft::Due { promise, at, soon_seconds, counting } => {
            due(reader, promise, at, soon_seconds, counting)
        }
        TimeLeft::Solves(at) => {
            waiting(reader, &words.fill(Text::Solves, &[("when", &soon(at))]), at)
        }
        TimeLeft::Wakes(at) => {
            waiting(reader, &words.fill(Text::Wakes, &[("when", &soon(at))]), at)
        }
        TimeLeft::NoPromise => still("none", words.say(Text::NoPromise)),
        TimeLeft::Answered => still("pending", words.say(Text::Answered)),
        TimeLeft::Done => still("solved", words.say(Text::Done)),
    }
}

fn still(symbol: &str, said: &str) -> Markup {
    html! { time-left.none { (icon(symbol)) span { (said) } } }
}

/// What is due, in words: "First reply due Mon 8 Jun, 08:00".
pub fn due_words(reader: &Reader, left: TimeLeft) -> Option<String> {
    let TimeLeft::Due { promise, at, .. } = left else { return None };
    let when = times::promise(reader.words, at, &reader.zone, reader.now);
    Some(reader.words.fill(promise.text(), &[("when", &when)]))
}

/// The state of a running promise, its icon and its words.
fn state(
    reader: &Reader,
    at: Timestamp,
    soon_seconds: i64,
    counting: bool,
) -> (&'static str, &'static str, String) {
    let words = reader.words;
    let left = at.as_second() - reader.now.as_second();
    let span = times::span(words, left);
    if left < 0 {
        ("over", "over", words.fill(Text::Over, &[("span", &span)]))
    } else if !counting {
        ("paused", "night", due_at(reader, at))
    } else if left <= soon_seconds {
        ("soon", "soon", words.fill(Text::Left, &[("span", &span)]))
    } else if left < DAY_SECONDS {
        ("running", "running", words.fill(Text::Left, &[("span", &span)]))
    } else {
        ("running", "running", due_at(reader, at))
    }
}

fn due_at(reader: &Reader, at: Timestamp) -> String {
    reader
        .words
        .fill(Text::Due, &[("when", &times::soon(reader.words, at, &reader.zone, reader.now))])
}

fn due(
    reader: &Reader,
    promise: Promise,
    at: Timestamp,
    soon_seconds: i64,
    counting: bool,
) -> Markup {
    let words = reader.words;
    let (class, symbol, said) = state(reader, at, soon_seconds, counting);
    let ticks = (class != "paused").then_some(at);
    let when = times::promise(words, at, &reader.zone, reader.now);
    html! {
        time-left class=(class) due=[ticks] soon=[ticks.map(|_| soon_seconds)] {
            (icon(symbol))
            time datetime=(at) { (said) }
            span.hidden {
                ". " (words.fill(promise.text(), &[("when", &when)]))
                @if class == "paused" { ". " (words.say(Text::NotCounting)) }
            }
        }
    }
}

fn waiting(_reader: &Reader, said: &str, at: Timestamp) -> Markup {
    html! { time-left.waiting { (icon("pending")) time datetime=(at) { (said) } } }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::reader::Clock;
    use crate::words::Words;

    #[track_caller]
    fn check(at: &str, counting: bool, expected: (&str, &str)) {
        let reader = Reader {
            words: Words::default(),
            zone: TimeZone::get("Europe/London").unwrap(),
            zone_is_theirs: true,
            now: "2026-06-08T08:12:00Z".parse().unwrap(),
            clock: Clock::Running,
            exact: false,
            csrf: String::new(),
        };
        let (class, _, said) = state(&reader, at.parse().unwrap(), 10_800, counting);
        assert_eq!((class, said.as_str()), expected);
    }

    #[test]
    fn a_running_promise_says_how_long_below_a_day_and_when_above() {
        check("2026-06-08T19:05:59Z", true, ("running", "10 h 53 m left"));
        check("2026-06-10T09:00:00Z", true, ("running", "due Wed 10:00"));
    }

    #[test]
    fn inside_the_first_warning_it_is_due_soon() {
        check("2026-06-08T09:00:00Z", true, ("soon", "48 m left"));
        check("2026-06-08T08:12:00Z", true, ("soon", "under 1 m left"));
    }

    #[test]
    fn a_broken_promise_says_by_how_much() {
        check("2026-06-08T07:00:00Z", true, ("over", "1 h 12 m over"));
        check("2026-06-08T07:00:00Z", false, ("over", "1 h 12 m over"));
    }

    #[test]
    fn a_clock_that_does_not_count_names_the_instant() {
        check("2026-06-08T14:00:00Z", false, ("paused", "due Mon 15:00"));
    }
}
