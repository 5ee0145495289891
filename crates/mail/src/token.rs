//! The signed reply token: who holds it may continue the ticket it names.
//!
//! `t4812-1-` and 26 characters: the ticket, the epoch of the installation, and an HMAC-SHA-256
//! over both, truncated to 128 bits, in base32. It survives everything mail systems do to an
//! address: only `[a-z0-9-]`, and case does not matter.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const TAG_CHARS: usize = 26;

/// The key that signs reply tokens. A restored or cloned installation takes a new epoch.
#[derive(Clone)]
pub struct ReplyKey {
    mac: Hmac<Sha256>,
    epoch: i64,
    past: Vec<(i64, i64)>,
}

impl ReplyKey {
    /// A key of any length and the installation's epoch.
    pub fn new(key: &[u8], epoch: i64) -> Self {
        let mac = Hmac::new_from_slice(key).expect("HMAC takes keys of every length");
        Self { mac, epoch, past: Vec::new() }
    }

    /// The same key, which also takes tokens of past epochs, each for tickets up to a number: what came later in such
    /// an epoch did not happen here.
    pub fn accepting(self, past: Vec<(i64, i64)>) -> Self {
        Self { past, ..self }
    }

    /// The token of one ticket. Always the same for the same ticket, key and epoch.
    pub fn token(&self, ticket: i64) -> String {
        let tag = self.signed(self.epoch, ticket).finalize().into_bytes();
        let mut half = [0; 16];
        half.copy_from_slice(&tag[..16]);
        format!("t{ticket}-{}-{}", self.epoch, encode(u128::from_be_bytes(half)))
    }

    /// The ticket, if the token was made with this key in an epoch that counts.
    pub fn verify(&self, token: &str) -> Option<i64> {
        let Named { ticket, epoch, tag } = Named::read(token)?;
        let counts = epoch == self.epoch
            || self.past.iter().any(|(past, last)| *past == epoch && ticket <= *last);
        let ours =
            counts && self.signed(epoch, ticket).verify_truncated_left(&tag.to_be_bytes()).is_ok();
        ours.then_some(ticket)
    }

    fn signed(&self, epoch: i64, ticket: i64) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(b"answerable reply token\0");
        mac.update(&epoch.to_be_bytes());
        mac.update(&ticket.to_be_bytes());
        mac
    }
}

impl fmt::Debug for ReplyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyKey(…)")
    }
}

/// What a token-shaped string says, true or not.
pub(crate) struct Named {
    pub(crate) ticket: i64,
    epoch: i64,
    tag: u128,
}

impl Named {
    /// Reads the one spelling that [`ReplyKey::token`] writes, in any case.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let token = token.to_ascii_lowercase();
        let (numbers, tag) = token.rsplit_once('-')?;
        let (ticket, epoch) = numbers.strip_prefix('t')?.split_once('-')?;
        let (ticket, epoch) = (ticket.parse().ok()?, epoch.parse().ok()?);
        let canonical = format!("t{ticket}-{epoch}") == numbers;
        let tag = decode(tag)?;
        canonical.then_some(Self { ticket, epoch, tag })
    }
}

/// 128 bits as 26 characters; the last one carries three of them.
fn encode(bits: u128) -> String {
    let symbol = |bits: u128| char::from(ALPHABET[(bits & 31) as usize]);
    let mut out: String = (0..TAG_CHARS - 1).map(|i| symbol(bits >> (123 - 5 * i))).collect();
    out.push(symbol(bits << 2));
    out
}

fn decode(text: &str) -> Option<u128> {
    if text.len() != TAG_CHARS {
        return None;
    }
    let value = |c: u8| ALPHABET.iter().position(|&a| a == c).map(|i| i as u128);
    let (&last, rest) = text.as_bytes().split_last()?;
    let rest = rest.iter().try_fold(0, |bits, &c| Some(bits << 5 | value(c)?))?;
    let last = value(last)?;
    last.is_multiple_of(4).then_some(rest << 3 | last >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CH-03
    #[test]
    fn a_token_names_its_ticket_in_any_case() {
        let key = ReplyKey::new(b"key", 1);

        let token = key.token(4812);

        assert!(token.starts_with("t4812-1-"));
        assert_eq!(token.len(), "t4812-1-".len() + TAG_CHARS);
        assert_eq!(key.verify(&token), Some(4812));
        assert_eq!(key.verify(&token.to_uppercase()), Some(4812));
    }

    /// CH-03
    #[test]
    fn another_key_epoch_or_ticket_never_verifies() {
        let token = ReplyKey::new(b"key", 1).token(4812);

        assert_eq!(ReplyKey::new(b"other", 1).verify(&token), None);
        assert_eq!(ReplyKey::new(b"key", 2).verify(&token), None);
        assert_eq!(ReplyKey::new(b"key", 2).verify(&token.replace("-1-", "-2-")), None);
        assert_eq!(ReplyKey::new(b"key", 1).verify(&token.replace("4812", "4813")), None);
        assert_eq!(ReplyKey::new(b"key", 1).verify(&token.replace("t4812", "t04812")), None);
    }

    /// CH-03: a restored backup knows the tickets it has, and no token of those that were opened after it was made
    #[test]
    fn a_past_epoch_counts_for_the_tickets_it_left() {
        let past = ReplyKey::new(b"key", 1);
        let key = ReplyKey::new(b"key", 2).accepting(vec![(1, 4812)]);

        assert_eq!(key.verify(&past.token(4812)), Some(4812));
        assert_eq!(key.verify(&past.token(4813)), None);
        assert_eq!(key.verify(&ReplyKey::new(b"other", 1).token(4812)), None);
        assert_eq!(key.verify(&key.token(4813)), Some(4813));
    }

    #[test]
    fn the_key_is_never_printed() {
        assert_eq!(format!("{:?}", ReplyKey::new(b"secret", 7)), "ReplyKey(…)");
    }
}
