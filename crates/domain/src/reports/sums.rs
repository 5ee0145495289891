//! Facts that were added up, and the figures that a report shows of them.

use std::collections::BTreeMap;

use super::{Counts, Measure};
use crate::ClockKind;

/// Of fewer answers no mean and no percentile is shown: they would tell of single people. (CS-08)
pub const LEAST: i64 = 5;

/// Facts of some tickets, added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<Measure, Counts>);

/// A share in tenths of a hundredth, rounded half up: 928 is 92.8 %. None of nothing.
pub fn per_cent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 2000 + whole) / (whole * 2))
}

impl Sums {
    /// Adds counts of a measure.
    pub fn merge(&mut self, measure: Measure, counts: &Counts) {
        self.0.entry(measure).or_default().merge(counts);
    }

    /// Adds everything that others add up to.
    pub fn merge_all(&mut self, other: &Self) {
        for (measure, counts) in &other.0 {
            self.merge(*measure, counts);
        }
    }

    /// Counts one value `times` more often.
    pub fn add(&mut self, measure: Measure, value: i64, times: i64) {
        self.0.entry(measure).or_default().add(value, times);
    }

    /// How many facts of a measure there are.
    pub fn count(&self, measure: Measure) -> i64 {
        self.0.get(&measure).map_or(0, Counts::total)
    }

    /// Whether there is none of anything.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(Counts::is_empty)
    }

    /// Promises of a kind that were settled: kept and missed.
    pub fn settled(&self, kind: ClockKind) -> i64 {
        self.count(Measure::Kept(kind)) + self.count(Measure::Missed(kind))
    }

    /// The share of settled promises that were kept, in tenths of a hundredth. (SLA-14)
    pub fn attainment(&self, kind: ClockKind) -> Option<i64> {
        per_cent(self.count(Measure::Kept(kind)), self.settled(kind))
    }

    /// How many open minutes so many of a hundred answers took at most; none of fewer than [`LEAST`].
    pub fn minutes(&self, kind: ClockKind, per_cent: i64) -> Option<i64> {
        let counts = self.0.get(&Measure::Replied(kind))?;
        if counts.total() < LEAST { None } else { counts.percentile(per_cent) }
    }

    /// Everything that was rated, asked for or not.
    pub fn ratings(&self) -> Counts {
        let mut all = Counts::default();
        for measure in [Measure::Rated, Measure::RatedUnasked] {
            if let Some(counts) = self.0.get(&measure) {
                all.merge(counts);
            }
        }
        all
    }

    /// The mean rating in hundredths, rounded half up; none of fewer than [`LEAST`]. (CS-08)
    pub fn mean_rating(&self) -> Option<i64> {
        let all = self.ratings();
        let n = all.total();
        if n < LEAST { None } else { Some((all.sum() * 200 + n) / (n * 2)) }
    }

    /// The share of those asked who answered, in tenths of a hundredth.
    pub fn response_rate(&self) -> Option<i64> {
        per_cent(self.count(Measure::Rated), self.count(Measure::SurveyAsked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SLA-14
    #[test]
    fn attainment_is_kept_of_kept_and_missed() {
        let mut sums = Sums::default();
        sums.add(Measure::Kept(ClockKind::First), 0, 182);
        sums.add(Measure::Missed(ClockKind::First), 0, 14);
        sums.add(Measure::Void(ClockKind::First), 0, 70);
        assert_eq!(sums.attainment(ClockKind::First), Some(929));
        assert_eq!(sums.attainment(ClockKind::Next), None);
    }

    /// CS-08
    #[test]
    fn fewer_than_five_ratings_have_no_mean() {
        let mut sums = Sums::default();
        sums.add(Measure::Rated, 5, 3);
        sums.add(Measure::RatedUnasked, 1, 1);
        assert_eq!(sums.mean_rating(), None);
        sums.add(Measure::Rated, 4, 1);
        assert_eq!(sums.mean_rating(), Some(400));
    }
}
