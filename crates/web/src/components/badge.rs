//! Status and priority: an icon with an outline of its own, and the word.

use domain::Status;
use handbook::Level;
use maud::{Markup, html};

use super::icon::icon;
use crate::words::{Text, Words};

/// The word for a status.
pub fn status_text(status: Status) -> Text {
    match status {
        Status::New => Text::StatusNew,
        Status::Open => Text::StatusOpen,
        Status::Pending => Text::StatusPending,
        Status::Hold => Text::StatusHold,
        Status::Solved => Text::StatusSolved,
        Status::Closed => Text::StatusClosed,
    }
}

/// The word for a level.
pub fn level_text(of: Level) -> Text {
    level(of).0
}

/// The text and the symbol of a level.
fn level(level: Level) -> (Text, &'static str) {
    match level {
        Level::Urgent => (Text::PriorityUrgent, "high"),
        Level::High => (Text::PriorityHigh, "high"),
        Level::Normal => (Text::PriorityNormal, "normal"),
        Level::Low => (Text::PriorityLow, "low"),
    }
}

/// The status, in the words of those who answer.
pub fn status(words: Words, status: Status) -> Markup {
    html! {
        span class={ "badge badge-status badge-" (status.as_str()) } {
            (icon(status.as_str()))
            span.hidden { (words.say(Text::Status)) " " }
            span { (words.say(status_text(status))) }
        }
    }
}

/// The status, in the words for the customer; until when it stays so, if that is known.
pub fn status_for_customer(words: Words, status: Status, until: Option<&str>) -> Markup {
    let text = match (status, until) {
        (Status::New | Status::Open, _) => words.say(Text::CustomerOpen).to_owned(),
        (Status::Pending, _) => words.say(Text::CustomerPending).to_owned(),
        (Status::Hold, None) => words.say(Text::CustomerHold).to_owned(),
        (Status::Hold, Some(when)) => words.fill(Text::CustomerHoldUntil, &[("when", &when)]),
        (Status::Solved, None) => words.say(Text::CustomerSolved).to_owned(),
        (Status::Solved, Some(when)) => words.fill(Text::CustomerSolvedUntil, &[("when", &when)]),
        (Status::Closed, _) => words.say(Text::StatusClosed).to_owned(),
    };
    html! {
        span class={ "badge badge-status badge-" (status.as_str()) } { (icon(status.as_str())) (text) }
    }
}

/// The priority.
pub fn priority(words: Words, priority: Level) -> Markup {
    let (text, symbol) = level(priority);
    html! {
        span class={ "badge badge-priority badge-" (priority.as_str()) } {
            (icon(symbol))
            span.hidden { (words.say(Text::Priority)) " " }
            span { (words.say(text)) }
        }
    }
}
