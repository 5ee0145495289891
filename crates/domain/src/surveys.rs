//! The survey: who is asked how the help was, when, and what they said. (CS rows)
//!
//! It is a timer of the ticket like the others: set when a stretch of solved and closed begins, taken away when the ticket
//! opens again, and gone for good once somebody was asked or has rated. Closing by age does not end the stretch. (D-08)

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::TeamId;

/// How long an answer may be changed that says nothing of it: what its handbook said is kept where it is another time.
const CHANGEABLE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How good the help was, from 1 (very bad) to 5 (very good).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rating(u8);

/// A number outside the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rating is a whole number from 1 to 5")]
pub struct NoRating;

impl Rating {
    /// The whole scale, the best first.
    pub const ALL: [Self; 5] = [Self(5), Self(4), Self(3), Self(2), Self(1)];
    /// Very good.
    pub const BEST: Self = Self(5);
    /// Very bad.
    pub const WORST: Self = Self(1);

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether the API calls it good; else it is bad.
    pub fn is_good(self) -> bool {
        self.0 >= 4
    }
}

impl TryFrom<u8> for Rating {
    type Error = NoRating;

    fn try_from(number: u8) -> Result<Self, NoRating> {
        if (1..=5).contains(&number) { Ok(Self(number)) } else { Err(NoRating) }
    }
}

impl From<Rating> for u8 {
    fn from(rating: Rating) -> u8 {
        rating.0
    }
}

impl std::str::FromStr for Rating {
    type Err = NoRating;

    fn from_str(text: &str) -> Result<Self, NoRating> {
        Self::ALL.into_iter().find(|rating| rating.0.to_string() == text).ok_or(NoRating)
    }
}

impl std::fmt::Display for Rating {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Why somebody was not asked. (CS-02, CS-03)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unasked {
    /// No human answered.
    NoReply,
    /// A ticket that went on here was asked about already.
    Merged,
    /// The requester was removed.
    Erased,
    /// There is no address to write to.
    NoAddress,
    /// Mail to the address does not arrive.
    Undeliverable,
    /// The requester wants no surveys.
    Unsubscribed,
    /// The requester was asked about another ticket not long ago.
    Cap,
}

impl Unasked {
    /// The word the log has.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoReply => "no_reply",
            Self::Merged => "merged",
            Self::Erased => "erased",
            Self::NoAddress => "no_address",
            Self::Undeliverable => "undeliverable",
            Self::Unsubscribed => "unsubscribed",
            Self::Cap => "cap",
        }
    }

    /// Whether the ticket itself says so; everything else is brought to the decision as a fact.
    pub(crate) fn is_of_ticket(self) -> bool {
        matches!(self, Self::NoReply | Self::Merged)
    }
}

/// A ticket's one survey. (CS-02, D-26)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// When its requester was asked; not, if they rated of their own accord.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// What they said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<SurveyAnswer>,
}

/// What a requester said, without the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAnswer {
    /// The last rating.
    pub rating: Rating,
    /// When they first answered.
    pub first_at: Timestamp,
    /// When they answered last.
    pub at: Timestamp,
    /// Until when it may be changed, if that is not seven days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl SurveyAnswer {
    /// Until when it may be changed, that instant included. (CS-07)
    pub fn changeable_until(&self) -> Timestamp {
        let usual = || self.first_at.checked_add(CHANGEABLE).unwrap_or(Timestamp::MAX);
        self.until.unwrap_or_else(usual)
    }
}

impl Survey {
    /// Whether what was said stays as it is. (CS-07)
    pub fn is_settled(&self, now: Timestamp) -> bool {
        self.answer.is_some_and(|answer| now > answer.changeable_until())
    }
}

/// The teams that had a ticket when it was solved: either cut of a report is possible. (CS-09)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners {
    /// Whose it was.
    pub team: TeamId,
    /// Who had it before it was ever escalated.
    pub first_line: TeamId,
    /// To whom it was escalated last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated: Option<TeamId>,
}
