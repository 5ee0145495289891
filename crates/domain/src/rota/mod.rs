//! Who answers for a team, and when: weeks, overrides, swaps and absences. (ROT-04, ROT-05, D-27, D-28)
//!
//! A [`Rota`] is computed, never drawn up: from the handbook's order, the weeks that have begun, and what people
//! agreed on. It gives exactly one holder, or an explicit nobody with somebody to fall back on, for every instant.
//!
//! # Weeks
//!
//! A week begins at a local time of the team's zone, by default on Monday at 00:00. Its instant is found for each week
//! anew, as the calendar finds deadlines: a time that does not exist moves forward by the length of the gap, of one
//! that exists twice the first is taken. A week ends where the next one begins, so there is never a gap.
//!
//! # Whose turn
//!
//! The first holder has the week in which the handbook's `from` lies, and the order goes round from there. A week that
//! began is recorded with whose turn it was and never changes. Turns of later weeks continue after the last recorded
//! *turn*, whoever held that week by a swap or an override, so the order never shifts. When the handbook names another
//! order, it applies from the next boundary and continues after the current turn; is that person gone, then after them
//! in the old order. A `from` that is later than the week that runs begins the order anew there.
//!
//! When the handover or the zone changes, the running week ends as recorded. The next one ends at the first new
//! boundary more than half a week later, so that nobody is given a stub or a fortnight.
//!
//! # Changes
//!
//! Two people may swap two weeks that have not begun. A swap is kept while both weeks are still the turns it speaks
//! of; else it is void, and shown as such. An override gives a span to somebody; of those that overlap, the last made
//! wins, and the others are named beside it. Who is away or has left the team does not hold: then nobody does, and it
//! falls back on the hero of the week before, then on the team's lead, then on the team.

mod changes;
mod cover;
mod icalendar;
mod shifts;
mod weeks;

use handbook::Handover;
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{ShiftId, UserId};

pub use changes::{Absence, Override, Swap, SwapState, Unfit};
pub use cover::{Cover, Proposal};
pub use icalendar::{Entry, icalendar};
pub use shifts::{Fallback, Reason, Shift, Why};
pub use weeks::{Title, Week};

/// The rule by which weeks pass on, as the handbook had it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Who takes turns; empty where the handbook names no hero.
    pub order: Vec<UserId>,
    /// A day in the first holder's first week.
    pub from: Date,
    /// The day of the week on which it passes on, 0 for Monday.
    weekday: i8,
    /// The local time at which it passes on.
    time: Time,
    /// Whose local time is meant.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
}

/// A week that has begun. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// When it began.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// Whose turn it was by the order.
    pub turn: UserId,
    /// Who holds it: another person after a swap.
    pub holder: UserId,
    /// The swap that made it so.
    pub swap: Option<ShiftId>,
}

/// What has happened to a rota so far. Everything may be empty.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Weeks that have begun, in order: the first ever, those of the span that is looked at, and the last.
    pub weeks: Vec<Started>,
    /// The rule under which the first of them began.
    pub first_rule: Option<Rule>,
    /// The rule under which the last of them began.
    pub last_rule: Option<Rule>,
    /// Overrides in the order in which they were made.
    pub overrides: Vec<Override>,
    /// Swaps in the order in which they were asked for.
    pub swaps: Vec<Swap>,
    /// When people are away or gone from the team.
    pub absences: Vec<Absence>,
}

/// The rota of one team.
#[derive(Clone, Debug)]
pub struct Rota {
    /// The rule in force.
    pub rule: Rule,
    /// Who is in the team now.
    pub members: Vec<UserId>,
    /// Who stands in when the hero of the week before does not.
    pub lead: Option<UserId>,
    /// What has happened.
    pub recorded: Recorded,
}

impl Rule {
    /// A rule. The order may be empty: then nobody has a turn.
    pub fn new(order: Vec<UserId>, from: Date, handover: Handover, zone: TimeZone) -> Self {
        let weekday = handover.weekday.to_monday_zero_offset();
        Self { order, from, weekday, time: handover.time, zone }
    }

    /// The rule of a team without a hero: weeks from Monday to Monday, and nobody's turn. (D-27)
    pub fn nobody(zone: TimeZone) -> Self {
        let handover = Handover { weekday: Weekday::Monday, time: Time::midnight() };
        Self::new(Vec::new(), jiff::civil::date(1970, 1, 5), handover, zone)
    }
}
