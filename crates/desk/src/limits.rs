//! How often somebody may knock: per network address and per person, so that a form that is sent a thousand times a
//! minute does not become a thousand tickets. Kept in memory, each node for itself, for it need not outlive the process.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::Error;

/// How many callers are watched; beyond that those whose time is over are forgotten.
const WATCHED: usize = 100_000;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Requests and replies from one network address, where a whole office may sit.
    FromAddress,
    /// Requests and replies of one person, or in the name of one mail address.
    ByPerson,
    /// Links by mail asked for from one network address.
    LinksFromAddress,
    /// Links mailed to one address.
    LinksTo,
    /// Files sent ahead from one network address, by nobody we know.
    FilesFromAddress,
    /// Files sent ahead by one person.
    FilesByPerson,
    /// What is said about public pages from one network address.
    VerdictsFromAddress,
}

impl Limit {
    /// How many within how long.
    fn most(self) -> (u32, SignedDuration) {
        match self {
            Self::FromAddress => (60, SignedDuration::from_mins(1)),
            Self::ByPerson => (10, SignedDuration::from_mins(1)),
            Self::LinksFromAddress => (20, SignedDuration::from_mins(15)),
            Self::LinksTo => (3, SignedDuration::from_mins(15)),
            Self::FilesFromAddress => (60, SignedDuration::from_mins(5)),
            Self::FilesByPerson => (60, SignedDuration::from_mins(1)),
            Self::VerdictsFromAddress => (20, SignedDuration::from_mins(5)),
        }
    }
}

/// Where a call comes from, as far as limits see it: an IPv4 address, or the network of an IPv6 one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// The address, or its network of 64 bits, which one household or machine has.
    pub fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self(ip.to_string()),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Self(format!("{a:x}:{b:x}:{c:x}:{d:x}"))
            }
        }
    }

    /// As a key to count under.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was counted of late: how many, since when.
#[derive(Default)]
pub(crate) struct Limits {
    counts: Mutex<HashMap<(Limit, String), (u32, Timestamp)>>,
}

impl Limits {
    /// Counts a call, or refuses it.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] with the seconds to wait.
    pub(crate) fn admit(&self, limit: Limit, who: &str, now: Timestamp) -> Result<(), Error> {
        let (most, window) = limit.most();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= WATCHED {
            counts.retain(|(limit, _), (_, since)| now.duration_since(*since) < limit.most().1);
        }
        let (count, since) = counts.entry((limit, domain::fold(who))).or_insert((0, now));
        if now.duration_since(*since) >= window {
            (*count, *since) = (0, now);
        }
        if *count >= most {
            let left = window.as_secs() - now.duration_since(*since).as_secs();
            return Err(Error::TooMany { seconds: left.max(1) });
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_too_much_waits_and_nobody_else() {
        let limits = Limits::default();
        let start: Timestamp = "2026-06-08T09:00:00Z".parse().unwrap();
        for _ in 0..10 {
            assert!(limits.admit(Limit::ByPerson, "Ada@acme.test", start).is_ok());
        }

        let late = start + SignedDuration::from_secs(20);
        let refused = limits.admit(Limit::ByPerson, "ada@acme.test", late);
        assert!(matches!(refused, Err(Error::TooMany { seconds: 40 })));
        assert!(limits.admit(Limit::ByPerson, "bo@acme.test", late).is_ok());
        assert!(limits.admit(Limit::FromAddress, "ada@acme.test", late).is_ok());
        let over = start + SignedDuration::from_mins(1);
        assert!(limits.admit(Limit::ByPerson, "ada@acme.test", over).is_ok());
    }

    #[test]
    fn an_address_is_one_household() {
        let of = |text: &str| Address::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:3:4:5:6"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    }
}
