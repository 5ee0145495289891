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

fn status_text_for_customer(status: Status) -> Text {
    match status {
        Status::New | Status::Open => Text::CustomerOpen,
        Status::Pending => Text::CustomerPending,
        Status::Hold => Text::CustomerHold,
        Status::Solved => Text::CustomerSolved,
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

/// The status, in the words for the customer.
pub fn status_for_customer(words: Words, status: Status) -> Markup {
    html! {
        span class={ "badge badge-status badge-" (status.as_str()) } {
            (icon(status.as_str()))
            (words.say(status_text_for_customer(status)))
        }
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
