//! Who holds when, and why: the weeks with overrides and absences laid over them.

use jiff::Timestamp;

use super::{Override, Rota, Title, Week};
use crate::{ShiftId, UserId};

/// A stretch of time with one holder, or with nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// Who holds.
    pub holder: Option<UserId>,
    /// Why they do, or why nobody does.
    pub reason: Reason,
    /// Overrides that would apply if a later one did not win, the oldest first.
    pub beneath: Vec<ShiftId>,
}

/// Why somebody holds, or why nobody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is their turn in the order.
    Turn,
    /// They swapped weeks with whoever's turn it is.
    Swap(ShiftId, UserId),
    /// An override gives it to them.
    Override(ShiftId),
    /// Nobody holds; then this is who is told instead.
    Nobody(Why, Fallback),
}

/// Why nobody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The one who would is away.
    Away(UserId),
    /// The one who would is no longer in the team.
    Left(UserId),
    /// The rota begins later.
    NotBegun,
    /// The handbook names no hero.
    NoRota,
}

/// Who is told when nobody holds. (D-28)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// The hero of the week before.
    Previous(UserId),
    /// The team's lead.
    Lead(UserId),
    /// Everybody in the team.
    Team,
}

impl Shift {
    /// Who is to be told: the holder, else the person it falls back on; none is the whole team.
    pub fn answers(&self) -> Option<UserId> {
        self.holder.or(match self.reason {
            Reason::Nobody(_, Fallback::Previous(person) | Fallback::Lead(person)) => Some(person),
            Reason::Nobody(_, Fallback::Team)
            | Reason::Turn
            | Reason::Swap(..)
            | Reason::Override(_) => None,
        })
    }
}

impl Rota {
    /// Who holds in a span: one entry a week, never merged, split by overrides and absences, without gap or overlap,
    /// cut to the span. (ROT-04)
    pub fn shifts(&self, from: Timestamp, to: Timestamp) -> Vec<Shift> {
        let weeks = self.weeks(from, to);
        let mut shifts = Vec::with_capacity(weeks.len());
        for week in &weeks {
            self.split(week, week.from.max(from), week.to.min(to), &mut shifts);
        }
        shifts
    }

    /// Who holds at an instant, and since and until when within the week; none only at the ends of time.
    pub fn shift_at(&self, at: Timestamp) -> Option<Shift> {
        let week = self.week_at(at)?;
        let mut shifts = Vec::new();
        self.split(&week, week.from, week.to, &mut shifts);
        shifts.into_iter().find(|shift| shift.from <= at && at < shift.to)
    }

    /// Adds the pieces of a week, as far as it lies in a span.
    fn split(&self, week: &Week, from: Timestamp, to: Timestamp, shifts: &mut Vec<Shift>) {
        let first = shifts.len();
        let mut begin = from;
        for end in self.cuts(from, to) {
            let (holder, reason, beneath) = self.holds(week, begin);
            match shifts[first..].last_mut() {
                Some(last)
                    if (last.holder, &last.reason, &last.beneath)
                        == (holder, &reason, &beneath) =>
                {
                    last.to = end;
                }
                _ => shifts.push(Shift { from: begin, to: end, holder, reason, beneath }),
            }
            begin = end;
        }
    }

    /// The instants within a span at which something may change, and its end.
    fn cuts(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let overrides = self.recorded.overrides.iter().flat_map(|one| [one.from, one.to]);
        let absences =
            self.recorded.absences.iter().flat_map(|one| [Some(one.from), one.to]).flatten();
        let inside = overrides.chain(absences).filter(|at| from < *at && *at < to);
        let mut cuts: Vec<Timestamp> = inside.chain([to]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }

    fn holds(&self, week: &Week, at: Timestamp) -> (Option<UserId>, Reason, Vec<ShiftId>) {
        let covers = |one: &&Override| one.from <= at && at < one.to;
        let mut live: Vec<&Override> = self.recorded.overrides.iter().filter(covers).collect();
        let winner = live.pop();
        let beneath = live.iter().map(|one| one.id).collect();
        let titled = match winner {
            Some(one) => Some((one.holder, Reason::Override(one.id))),
            None => week.holder.map(|holder| (holder, reason(week))),
        };
        let why = match titled {
            Some((holder, reason)) => match self.absence(holder, at) {
                None => return (Some(holder), reason, beneath),
                Some(absence) if absence.left => Why::Left(holder),
                Some(_) => Why::Away(holder),
            },
            None if week.title == Title::NotBegun => Why::NotBegun,
            None => Why::NoRota,
        };
        (None, Reason::Nobody(why, self.fallback(week, why, at)), beneath)
    }

    /// Previous hero, then lead, then the team; whoever is away, gone or missed already is passed over. (D-28)
    fn fallback(&self, week: &Week, why: Why, at: Timestamp) -> Fallback {
        let missed = match why {
            Why::Away(person) | Why::Left(person) => Some(person),
            Why::NotBegun | Why::NoRota => None,
        };
        let there =
            |person: &UserId| Some(*person) != missed && self.absence(*person, at).is_none();
        let previous = || self.week_before(week)?.holder.filter(|one| self.members.contains(one));
        if let Some(person) = missed.and_then(|_| previous()).filter(there) {
            return Fallback::Previous(person);
        }
        self.lead.filter(there).map_or(Fallback::Team, Fallback::Lead)
    }
}

fn reason(week: &Week) -> Reason {
    match (week.title, week.turn) {
        (Title::Swap(id), Some(turn)) => Reason::Swap(id, turn),
        _ => Reason::Turn,
    }
}
