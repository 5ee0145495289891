//! What reports count, told from the events of tickets. (SLA-09, SLA-14, CS-08)
//!
//! Whatever is counted is a [`Fact`]: one thing that happened to one ticket, with the team, the level and whatever else it
//! is looked at by **as they were at that instant**. A later change of the ticket changes no fact. What turns out not to
//! have happened (an answer that bounced) is taken back from where it was counted; what is set aside as spam does not count
//! as long as it is. A fact holds numbers and words of closed sets only, so that erasing a person leaves it as it is.

mod book;
mod counts;
mod ledger;
mod stations;
mod sums;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::{Channel, ClockKind, Level, TeamId, UserId};

pub use book::{Book, Circumstances, concerns};
pub use counts::{BrokenCounts, Counts};
pub use ledger::{Outcome, Saying, Told};
pub use stations::stations;
pub use sums::{LEAST, Sums, per_cent};

/// A week of the company: from Monday to Sunday in its zone, counted from the one in which 1970 began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(pub i64);

/// The Monday of week 0.
const FIRST: Date = Date::constant(1969, 12, 29);

impl Week {
    /// The week that holds an instant.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self::of_day(zone.to_datetime(at).date())
    }

    /// The week that holds a day.
    pub fn of_day(day: Date) -> Self {
        let monday = i64::from(day.weekday().since(Weekday::Monday));
        let days = day.since(FIRST).map_or(0, |span| i64::from(span.get_days()));
        Self((days - monday).div_euclid(7))
    }

    /// Its first day.
    pub fn monday(self) -> Date {
        let days = self.0.saturating_mul(7);
        FIRST.checked_add(Span::new().try_days(days).unwrap_or_default()).unwrap_or(Date::MAX)
    }

    /// The week some weeks before.
    pub fn back(self, weeks: i64) -> Self {
        Self(self.0 - weeks)
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// A customer asked: a ticket was opened.
    Asked,
    /// A ticket began to wait in the backlog, or came to stand in it under another name. Its value is the week in which
    /// that ended.
    Waiting,
    /// The end of such a stay.
    Left,
    /// A ticket was solved, also by itself.
    Solved,
    /// A ticket was solved that had been on hold.
    Held,
    /// A solved ticket was opened again.
    Reopened,
    /// A ticket was escalated.
    Escalated,
    /// A promise was kept: answered in time.
    Kept(ClockKind),
    /// A promise was missed: its deadline passed.
    Missed(ClockKind),
    /// A promise ended without an answer and was not missed: solved, merged, withdrawn.
    Void(ClockKind),
    /// An answer that a promise was about; its value is how many open minutes it took.
    Replied(ClockKind),
    /// A customer was asked how the help was.
    SurveyAsked,
    /// A customer who had been asked said so, from 1 to 5; counted in the week in which they were asked.
    Rated,
    /// A customer who had not been asked said so, from 1 to 5.
    RatedUnasked,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 22] = [
        Self::Asked,
        Self::Waiting,
        Self::Left,
        Self::Solved,
        Self::Held,
        Self::Reopened,
        Self::Escalated,
        Self::Kept(ClockKind::First),
        Self::Kept(ClockKind::Next),
        Self::Kept(ClockKind::Escalated),
        Self::Missed(ClockKind::First),
        Self::Missed(ClockKind::Next),
        Self::Missed(ClockKind::Escalated),
        Self::Void(ClockKind::First),
        Self::Void(ClockKind::Next),
        Self::Void(ClockKind::Escalated),
        Self::Replied(ClockKind::First),
        Self::Replied(ClockKind::Next),
        Self::Replied(ClockKind::Escalated),
        Self::SurveyAsked,
        Self::Rated,
        Self::RatedUnasked,
    ];

    /// The word that is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Waiting => "waiting",
            Self::Left => "left",
            Self::Solved => "solved",
            Self::Held => "held",
            Self::Reopened => "reopened",
            Self::Escalated => "escalated",
            Self::Kept(ClockKind::First) => "first_kept",
            Self::Kept(ClockKind::Next) => "next_kept",
            Self::Kept(ClockKind::Escalated) => "escalated_kept",
            Self::Missed(ClockKind::First) => "first_missed",
            Self::Missed(ClockKind::Next) => "next_missed",
            Self::Missed(ClockKind::Escalated) => "escalated_missed",
            Self::Void(ClockKind::First) => "first_void",
            Self::Void(ClockKind::Next) => "next_void",
            Self::Void(ClockKind::Escalated) => "escalated_void",
            Self::Replied(ClockKind::First) => "first_reply",
            Self::Replied(ClockKind::Next) => "next_reply",
            Self::Replied(ClockKind::Escalated) => "escalated_reply",
            Self::SurveyAsked => "survey_asked",
            Self::Rated => "rated",
            Self::RatedUnasked => "rated_unasked",
        }
    }

    /// The measure with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.as_str() == word)
    }

    /// Whether its facts are told apart by their value when they are added up.
    pub fn has_value(self) -> bool {
        matches!(self, Self::Replied(_) | Self::Rated | Self::RatedUnasked)
    }
}

/// What facts are looked at by. The level is beside it: it can be chosen together with any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The team that had the ticket.
    Team,
    /// The part of the product.
    Area,
    /// The door it came through.
    Channel,
    /// The language of the requester.
    Language,
    /// The organization's plan.
    Plan,
    /// Whose week it was in that team.
    Hero,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 6] =
        [Self::Team, Self::Area, Self::Channel, Self::Language, Self::Plan, Self::Hero];

    /// The word that is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Area => "area",
            Self::Channel => "channel",
            Self::Language => "language",
            Self::Plan => "plan",
            Self::Hero => "hero",
        }
    }

    /// The dimension with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.as_str() == word)
    }
}

/// Beyond every week: a stay in the backlog that has not ended.
pub const LASTS: i64 = 1_000_000;

/// One thing that happened to a ticket and is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub measure: Measure,
    /// Which one of the ticket: the place of the event in its log.
    pub place: i64,
    /// The promise it is about, by its place among the ticket's clocks.
    pub clock: Option<i64>,
    /// When it happened.
    pub at: Timestamp,
    /// The week it is counted in.
    pub week: Week,
    /// The level in force.
    pub level: Level,
    /// The team that had the ticket.
    pub team: TeamId,
    /// The part of the product; empty without one.
    pub area: String,
    /// The door the ticket came through.
    pub channel: Channel,
    /// The requester's language, as a tag.
    pub language: String,
    /// The organization's plan; empty without one.
    pub plan: String,
    /// Whose week it was in the team, if anybody's. Brought by whoever knows the rotas.
    pub hero: Option<UserId>,
    /// Minutes, a rating or a week, as the measure says; else 0.
    pub value: i64,
    /// Whether it counts.
    pub counts: bool,
    /// Whether it would count if the ticket were not set aside as spam.
    pub aside: bool,
}

impl Fact {
    /// The name it has in a dimension.
    pub fn key(&self, dimension: Dimension) -> String {
        match dimension {
            Dimension::Team => self.team.to_string(),
            Dimension::Area => self.area.clone(),
            Dimension::Channel => self.channel.as_str().to_owned(),
            Dimension::Language => self.language.clone(),
            Dimension::Plan => self.plan.clone(),
            Dimension::Hero => self.hero.map(|hero| hero.to_string()).unwrap_or_default(),
        }
    }

    /// The value it is told apart by when facts are added up.
    pub fn bucket(&self) -> i64 {
        if self.measure.has_value() { self.value } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday_in_the_zone() {
        let zone = TimeZone::get("Europe/London").expect("a zone");
        let week = |at: &str| Week::of(at.parse().expect("an instant"), &zone);
        let monday = jiff::civil::date(2026, 6, 8);
        assert_eq!(
            week("2026-06-07T22:59:59Z").monday(),
            monday.saturating_sub(Span::new().days(7))
        );
        assert_eq!(week("2026-06-07T23:00:00Z").monday(), monday);
        assert_eq!(week("2026-06-14T22:59:59Z").monday(), monday);
        assert_eq!(Week::of_day(monday).back(1).0, Week::of_day(monday).0 - 1);
    }

    #[test]
    fn the_words_of_measures_and_dimensions_are_read_again() {
        assert!(Measure::ALL.iter().all(|one| Measure::parse(one.as_str()) == Some(*one)));
        assert!(Dimension::ALL.iter().all(|one| Dimension::parse(one.as_str()) == Some(*one)));
    }
}
