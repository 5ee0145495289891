//! How often which value: exact, and small enough to be one row.

use std::collections::BTreeMap;

/// How often each value was counted. Exact to the unit, so that a percentile is the one that sorting everything would
/// give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<i64, i64>);

/// Bytes that are no counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("counts end in the middle of a number")]
pub struct BrokenCounts;

impl Counts {
    /// Counts a value `times` more often, or less often.
    pub fn add(&mut self, value: i64, times: i64) {
        let count = self.0.entry(value).or_default();
        *count = count.wrapping_add(times);
        if *count == 0 {
            self.0.remove(&value);
        }
    }

    /// Counts everything that others count.
    pub fn merge(&mut self, other: &Self) {
        for (value, times) in &other.0 {
            self.add(*value, *times);
        }
    }

    /// How much was counted.
    pub fn total(&self) -> i64 {
        self.0.values().sum()
    }

    /// The sum of all values.
    pub fn sum(&self) -> i64 {
        self.0.iter().map(|(value, times)| value * times).sum()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values and how often each was counted, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().map(|(value, times)| (*value, *times))
    }

    /// The smallest value that at least so many of a hundred do not exceed: the nearest rank, which is always a value that
    /// was counted. None of nothing.
    pub fn percentile(&self, per_cent: i64) -> Option<i64> {
        let rank = (self.total() * per_cent + 99) / 100;
        let mut passed = 0;
        for (value, times) in &self.0 {
            passed += times;
            if passed >= rank.max(1) {
                return Some(*value);
            }
        }
        None
    }

    /// As the database keeps it: for each value the step from the one before and how often, in seven bits a byte.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 3);
        let mut before = 0;
        for (value, times) in &self.0 {
            push(&mut bytes, value - before);
            push(&mut bytes, *times);
            before = *value;
        }
        bytes
    }

    /// What was encoded.
    ///
    /// # Errors
    ///
    /// [`BrokenCounts`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, BrokenCounts> {
        let mut rest = bytes.iter();
        let mut counts = Self::default();
        let mut value: i64 = 0;
        while !rest.as_slice().is_empty() {
            value = value.wrapping_add(take(&mut rest)?);
            counts.add(value, take(&mut rest)?);
        }
        Ok(counts)
    }
}

/// A number with its sign in the last bit, seven bits a byte, the lowest first.
fn push(bytes: &mut Vec<u8>, number: i64) {
    let mut left = ((number << 1) ^ (number >> 63)).cast_unsigned();
    loop {
        let low = (left & 0x7f) as u8;
        left >>= 7;
        if left == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take(rest: &mut std::slice::Iter<'_, u8>) -> Result<i64, BrokenCounts> {
    let mut number: u64 = 0;
    for shift in (0..64).step_by(7) {
        let byte = *rest.next().ok_or(BrokenCounts)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
        }
    }
    Err(BrokenCounts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_are_read_as_they_were_written(values in prop::collection::vec((-5_000_i64..5_000, -3_i64..9), 0..60)) {
            let mut counts = Counts::default();
            for (value, times) in values {
                counts.add(value, times);
            }
            prop_assert_eq!(Counts::decode(&counts.encode()), Ok(counts));
        }

        #[test]
        fn a_percentile_is_the_one_that_sorting_gives(mut values in prop::collection::vec(0_i64..400, 1..80), per_cent in 1_i64..=100) {
            let mut counts = Counts::default();
            for value in &values {
                counts.add(*value, 1);
            }
            values.sort_unstable();
            let rank = (values.len() * usize::try_from(per_cent).unwrap_or(0)).div_ceil(100);
            prop_assert_eq!(counts.percentile(per_cent), Some(values[rank.max(1) - 1]));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Counts::decode(&bytes);
        }
    }

    #[test]
    fn of_nothing_there_is_no_percentile() {
        assert_eq!(Counts::default().percentile(50), None);
    }
}
