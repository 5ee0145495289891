//! Who could stand in for somebody who will be away. (ROT-05)

use jiff::{SignedDuration, Timestamp};

use super::{Rota, Week};
use crate::UserId;

/// How far ahead a week in return is looked for.
const AHEAD: SignedDuration = SignedDuration::from_hours(13 * 7 * 24);

/// How a week could be covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Somebody takes it and gives the week that begins then in return.
    Swap {
        /// Who.
        with: UserId,
        /// When the week in return begins.
        in_return: Timestamp,
    },
    /// Somebody takes the days that are missed, and nothing in return.
    Override {
        /// Who.
        holder: UserId,
    },
    /// Nobody in the team is there: it falls back. (D-28)
    Nobody,
}

/// A week that an absence touches, and how it could be covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The week.
    pub week: Week,
    /// From when on they are missed in it.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// How it could be covered.
    pub cover: Cover,
}

impl Rota {
    /// What could be done about a person's weeks in a span in which they are away. Only weeks they have, and of the
    /// running one only what is still to come.
    pub fn proposals(&self, person: UserId, from: Timestamp, to: Timestamp) -> Vec<Proposal> {
        let mut taken: Vec<Timestamp> = Vec::new();
        let weeks = self.weeks(from, to);
        let own = weeks.iter().filter(|week| week.holder == Some(person));
        own.map(|week| {
            let (from, to) = (week.from.max(from), week.to.min(to));
            let cover = self.cover(person, week, (from, to), &taken);
            if let Cover::Swap { in_return, .. } = cover {
                taken.push(in_return);
            }
            Proposal { week: *week, from, to, cover }
        })
        .collect()
    }

    fn cover(
        &self,
        person: UserId,
        week: &Week,
        (from, to): (Timestamp, Timestamp),
        taken: &[Timestamp],
    ) -> Cover {
        let swappable = self.started_at(week.from).is_none() && week.turn == Some(person);
        if swappable && let Some(swap) = self.swap_for(person, week, taken) {
            return swap;
        }
        let order = &self.rule.order;
        let own = order.iter().position(|one| *one == person).map_or(0, |place| place + 1);
        let others = order[own..].iter().chain(&order[..own]).chain(&self.members).copied();
        let mut free = others.filter(|one| *one != person && !self.is_absent(*one, from, to));
        free.next().map_or(Cover::Nobody, |holder| Cover::Override { holder })
    }

    /// The nearest week of somebody who is there for the one, while this person is there for the other.
    fn swap_for(&self, person: UserId, week: &Week, taken: &[Timestamp]) -> Option<Cover> {
        let until = week.to.checked_add(AHEAD).ok()?;
        let candidates = self.weeks(week.to, until);
        let fits = |other: &&Week| {
            let Some(with) = other.holder.filter(|_| other.turn == other.holder) else {
                return false;
            };
            with != person
                && !taken.contains(&other.from)
                && !self.is_absent(with, week.from, week.to)
                && !self.is_absent(person, other.from, other.to)
        };
        let other = candidates.iter().find(fits)?;
        Some(Cover::Swap { with: other.holder?, in_return: other.from })
    }
}
