//! Status and priority: an icon with an outline of its own, and the word.

use maud::{Markup, html};

use super::icon::icon;
use crate::words::{Text, Words};

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has looked at it.
    New,
    /// It is being worked on.
    Open,
    /// It waits for the requester.
    Pending,
    /// It waits until a day.
    Hold,
    /// It is done, until the requester says otherwise.
    Solved,
    /// It is done for good.
    Closed,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Hold => "hold",
            Self::Solved => "solved",
            Self::Closed => "closed",
        }
    }

    fn text(self) -> Text {
        match self {
            Self::New => Text::StatusNew,
            Self::Open => Text::StatusOpen,
            Self::Pending => Text::StatusPending,
            Self::Hold => Text::StatusHold,
            Self::Solved => Text::StatusSolved,
            Self::Closed => Text::StatusClosed,
        }
    }

    fn text_for_customer(self) -> Text {
        match self {
            Self::New | Self::Open => Text::CustomerOpen,
            Self::Pending => Text::CustomerPending,
            Self::Hold => Text::CustomerHold,
            Self::Solved => Text::CustomerSolved,
            Self::Closed => Text::StatusClosed,
        }
    }
}

/// How much a ticket presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Above all levels of the handbook.
    Urgent,
    /// The first level.
    High,
    /// The second.
    Normal,
    /// The last, without a promise.
    Low,
}

impl Priority {
    fn name(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    fn text(self) -> Text {
        match self {
            Self::Urgent => Text::PriorityUrgent,
            Self::High => Text::PriorityHigh,
            Self::Normal => Text::PriorityNormal,
            Self::Low => Text::PriorityLow,
        }
    }
}

/// The status, in the words of those who answer.
pub fn status(words: Words, status: Status) -> Markup {
    html! {
        span class={ "badge badge-status badge-" (status.name()) } {
            (icon(status.name()))
            span.hidden { (words.say(Text::Status)) " " }
            (words.say(status.text()))
        }
    }
}

/// The status, in the words for the customer.
pub fn status_for_customer(words: Words, status: Status) -> Markup {
    html! {
        span class={ "badge badge-status badge-" (status.name()) } {
            (icon(status.name()))
            (words.say(status.text_for_customer()))
        }
    }
}

/// The priority.
pub fn priority(words: Words, priority: Priority) -> Markup {
    let symbol = if priority == Priority::Urgent { Priority::High.name() } else { priority.name() };
    html! {
        span class={ "badge badge-priority badge-" (priority.name()) } {
            (icon(symbol))
            span.hidden { (words.say(Text::Priority)) " " }
            (words.say(priority.text()))
        }
    }
}
