//! The closed sets of words a ticket is described with.

use serde::{Deserialize, Serialize};

/// A word that is not in the set; the message lists the set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {expected}, got {got:?}")]
pub struct UnknownWord {
    expected: &'static str,
    got: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $all:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),*
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as the API and the database write it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(UnknownWord { expected: $all, got: text.chars().take(40).collect() }),
                }
            }
        }
    };
}

words! {
    /// Where a ticket stands. (ST rows)
    Status, "new, open, pending, hold, solved, closed" {
        /// Nobody has answered or taken it; never returns. (ST-08)
        New = "new",
        /// We are on it.
        Open = "open",
        /// Waits for the customer; solves itself after a while. (ST-01)
        Pending = "pending",
        /// We come back at a named day. (ST-04)
        Hold = "hold",
        /// Done, reopens when the customer writes. (ST-05)
        Solved = "solved",
        /// Done for good, by age. (ST-06)
        Closed = "closed",
    }
}

impl Status {
    /// What a person may make of it. New never returns, and closed is final.
    pub fn after(self) -> &'static [Self] {
        match self {
            Self::New => &[Self::Open, Self::Pending, Self::Hold, Self::Solved],
            Self::Open => &[Self::Pending, Self::Hold, Self::Solved],
            Self::Pending => &[Self::Open, Self::Hold, Self::Solved],
            Self::Hold => &[Self::Open, Self::Pending, Self::Solved],
            Self::Solved => &[Self::Open, Self::Pending, Self::Hold, Self::Closed],
            Self::Closed => &[],
        }
    }

    /// Solved or closed.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Solved | Self::Closed)
    }
}

words! {
    /// How bad the requester says it is; a fact, not a priority. (PR-04)
    Severity, "critical, high, medium, low" {
        /// Nothing works.
        Critical = "critical",
        /// Something important does not work.
        High = "high",
        /// A nuisance.
        Medium = "medium",
        /// A detail.
        Low = "low",
    }
}

impl Severity {
    /// Whether it is less bad; the worst comes first.
    pub fn is_milder_than(self, other: Self) -> bool {
        self > other
    }
}

words! {
    /// What sort of request it is.
    Kind, "question, bug, feedback, feature" {
        /// How does it work?
        Question = "question",
        /// It does not work.
        Bug = "bug",
        /// An opinion.
        Feedback = "feedback",
        /// A wish.
        Feature = "feature",
    }
}

words! {
    /// Where a ticket or comment came from.
    Channel, "app, web, email, api, slack, community, social, github, system" {
        /// The help menu inside the product. (CH-01)
        App = "app",
        /// A form or the workspace.
        Web = "web",
        /// Mail. (CH-03)
        Email = "email",
        /// The HTTP API.
        Api = "api",
        /// A dedicated channel. (CH-07)
        Slack = "slack",
        /// A public question. (CH-05)
        Community = "community",
        /// A social network.
        Social = "social",
        /// A code forge.
        Github = "github",
        /// The desk itself.
        System = "system",
    }
}

words! {
    /// Why a ticket was solved. (ST-09)
    Cause, "answered, confirmed, issue_opened, auto, duplicate, spam, no_reply_needed, handed_to_sales, unstated" {
        /// A reply went out.
        Answered = "answered",
        /// The customer said so.
        Confirmed = "confirmed",
        /// A public issue was opened; follow it there.
        IssueOpened = "issue_opened",
        /// The customer did not write for seven days.
        Auto = "auto",
        /// Merged into another ticket.
        Duplicate = "duplicate",
        /// Not a request.
        Spam = "spam",
        /// Nothing to say.
        NoReplyNeeded = "no_reply_needed",
        /// Given to sales. (PB-03)
        HandedToSales = "handed_to_sales",
        /// The API gave no cause and there was no reply.
        Unstated = "unstated",
    }
}
