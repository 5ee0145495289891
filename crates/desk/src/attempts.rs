//! Passwords that did not match: who guesses waits. Kept in memory, for it need not outlive the process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::Error;

/// Wrong passwords that one address may have within [`WINDOW`].
const MOST: u32 = 10;
/// From the first wrong password until the count begins anew.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// How many addresses are watched; beyond that those whose time is over are forgotten.
const WATCHED: usize = 10_000;

/// The wrong passwords of late.
#[derive(Default)]
pub(crate) struct Attempts {
    wrong: Mutex<HashMap<String, (u32, Timestamp)>>,
}

impl Attempts {
    /// Lets somebody try, unless too many tries were wrong.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyAttempts`] with the seconds to wait. It is the same for addresses nobody has.
    pub(crate) fn admit(&self, address: &str, now: Timestamp) -> Result<(), Error> {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        match wrong.get(&domain::fold(address)) {
            Some((count, first)) if *count >= MOST => {
                let left = WINDOW.as_secs() - now.duration_since(*first).as_secs();
                if left > 0 { Err(Error::TooManyAttempts { seconds: left }) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// Counts a wrong password, or forgets the count after a right one.
    pub(crate) fn note(&self, address: &str, right: bool, now: Timestamp) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let address = domain::fold(address);
        if right {
            wrong.remove(&address);
            return;
        }
        let is_over = |first: &Timestamp| now.duration_since(*first) >= WINDOW;
        if wrong.len() >= WATCHED {
            wrong.retain(|_, (_, first)| !is_over(first));
        }
        let entry = wrong.entry(address).or_insert((0, now));
        if is_over(&entry.1) {
            *entry = (0, now);
        }
        entry.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_waits() {
        let attempts = Attempts::default();
        let start: Timestamp = "2026-06-08T09:00:00Z".parse().unwrap();
        for _ in 0..MOST {
            assert!(attempts.admit("ada@acme.test", start).is_ok());
            attempts.note("Ada@acme.test", false, start);
        }

        let refused = attempts.admit("ADA@acme.test", start + SignedDuration::from_mins(5));
        assert!(matches!(refused, Err(Error::TooManyAttempts { seconds: 600 })));
        assert!(attempts.admit("bo@acme.test", start).is_ok());
        assert!(attempts.admit("ada@acme.test", start + WINDOW).is_ok());
    }

    #[test]
    fn a_right_password_forgets_the_wrong_ones() {
        let attempts = Attempts::default();
        let now: Timestamp = "2026-06-08T09:00:00Z".parse().unwrap();
        for _ in 1..MOST {
            attempts.note("ada@acme.test", false, now);
        }
        attempts.note("ada@acme.test", true, now);
        attempts.note("ada@acme.test", false, now);

        assert!(attempts.admit("ada@acme.test", now).is_ok());
    }
}
