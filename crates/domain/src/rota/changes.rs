//! What people agree on about a rota.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Rota;
use crate::{ShiftId, UserId};

/// A span given to somebody, whoever's week it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Its number.
    pub id: ShiftId,
    /// Who holds.
    pub holder: UserId,
    /// From when on.
    pub from: Timestamp,
    /// Until when; the end itself is not part of it.
    pub to: Timestamp,
    /// Why, in the words of whoever made it.
    pub reason: String,
}

/// Where a swap stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapState {
    /// Asked for.
    Offered,
    /// Agreed on.
    Accepted,
    /// Turned down.
    Refused,
    /// Taken back before it was answered.
    Withdrawn,
}

impl SwapState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Offered, Self::Accepted, Self::Refused, Self::Withdrawn];

    /// The word that is stored and shown in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl std::str::FromStr for SwapState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// Two people exchange two weeks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// Its number.
    pub id: ShiftId,
    /// Where it stands.
    pub state: SwapState,
    /// Who wants to give a week away.
    pub asker: UserId,
    /// When that week begins.
    pub week: Timestamp,
    /// Who is asked.
    pub other: UserId,
    /// When the week begins that is given in return.
    pub in_return: Timestamp,
}

/// Somebody is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Its number.
    pub id: ShiftId,
    /// Who.
    pub person: UserId,
    /// From when on.
    pub from: Timestamp,
    /// Until when; none is until further notice.
    pub to: Option<Timestamp>,
    /// Whether they are no longer in the team, rather than away.
    pub left: bool,
}

/// Why an agreed swap is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A week is no longer the turn of the one who swapped it: the order or the handover changed.
    OrderChanged,
}

impl Swap {
    /// What becomes of the week that begins then: whose turn it must be, and who takes it.
    pub(super) fn passes(&self, from: Timestamp) -> Option<(UserId, UserId)> {
        if self.week == from {
            Some((self.asker, self.other))
        } else if self.in_return == from {
            Some((self.other, self.asker))
        } else {
            None
        }
    }

    /// The later of its two weeks.
    pub fn last_week(&self) -> Timestamp {
        self.week.max(self.in_return)
    }
}

impl Absence {
    /// Whether they are not there at an instant.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }

    /// Whether they are not there at some time of a span.
    pub fn touches(&self, from: Timestamp, to: Timestamp) -> bool {
        self.from < to && self.to.is_none_or(|end| from < end)
    }
}

impl Rota {
    /// Why an agreed swap is not kept; none if it is. A week that began under it stays so, and asks for the other.
    pub fn unfit(&self, swap: &Swap) -> Option<Unfit> {
        let fits = |from: Timestamp| {
            let (turn, _) = swap.passes(from)?;
            match self.started_at(from) {
                Some(week) => (week.swap == Some(swap.id)).then_some(()),
                None => (self.turn_from(from) == Some(turn)).then_some(()),
            }
        };
        if fits(swap.week).is_some() && fits(swap.in_return).is_some() {
            return None;
        }
        Some(Unfit::OrderChanged)
    }

    /// The agreed swap that decides who has the week that begins then.
    pub(super) fn swap_of(&self, from: Timestamp) -> Option<&Swap> {
        let mut swaps = self.recorded.swaps.iter().rev();
        swaps.find(|swap| {
            swap.state == SwapState::Accepted
                && swap.passes(from).is_some()
                && self.unfit(swap).is_none()
        })
    }

    /// Whether somebody is away or gone at an instant.
    pub fn absence(&self, person: UserId, at: Timestamp) -> Option<&Absence> {
        self.recorded.absences.iter().find(|one| one.person == person && one.covers(at))
    }

    /// Whether somebody is away or gone at some time of a span.
    pub fn is_absent(&self, person: UserId, from: Timestamp, to: Timestamp) -> bool {
        self.recorded.absences.iter().any(|one| one.person == person && one.touches(from, to))
    }
}
