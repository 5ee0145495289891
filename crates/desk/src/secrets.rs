//! What is secret, and where randomness comes from.

use hmac::{Hmac, KeyInit as _, Mac as _};
use mail::ReplyKey;
use sha2::{Digest, Sha256};

/// The installation's key, epoch and instance id. They live outside the database, so that a restored copy of the data
/// does not answer to the original's reply tokens.
pub struct Secrets {
    key: [u8; 32],
    epoch: i64,
    /// Tells our own mails from others'.
    pub instance: String,
}

impl Secrets {
    /// The secrets of this installation.
    pub fn new(key: [u8; 32], epoch: i64) -> Self {
        let instance = hex(&Sha256::digest(key))[..16].to_owned();
        Self { key, epoch, instance }
    }

    /// Fresh secrets, for a demo or a first start.
    pub fn fresh() -> Self {
        Self::new(random(), 1)
    }

    /// The key and the epoch as one line of text, to be kept in a file that only we may read.
    pub fn to_line(&self) -> String {
        format!("{} {}", self.epoch, hex(&self.key))
    }

    /// Reads what [`Secrets::to_line`] wrote.
    pub fn from_line(line: &str) -> Option<Self> {
        let (epoch, key) = line.trim().split_once(' ')?;
        Some(Self::new(unhex(key)?, epoch.parse().ok()?))
    }

    /// Signs and checks reply tokens.
    pub fn reply_key(&self) -> ReplyKey {
        ReplyKey::new(&self.key, self.epoch)
    }

    /// The signature of an address with these parts, for one purpose only.
    pub fn sign(&self, purpose: &str, parts: &[&str]) -> String {
        hex(&self.mac(purpose, parts).finalize().into_bytes()[..16])
    }

    /// Whether a signature was made by [`Secrets::sign`] for the same purpose and parts.
    pub fn is_signed(&self, purpose: &str, parts: &[&str], signature: &str) -> bool {
        let sent = unhex::<16>(signature);
        sent.is_some_and(|sent| self.mac(purpose, parts).verify_truncated_left(&sent).is_ok())
    }

    /// Each part with its length, so that none can borrow from the next.
    fn mac(&self, purpose: &str, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of every length");
        mac.update(b"answerable address\0");
        mac.update(&self.epoch.to_be_bytes());
        for part in std::iter::once(&purpose).chain(parts) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random token of 160 bits, as text.
pub fn token() -> String {
    hex(&random::<20>())
}

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The salted digest of a text that lives in an erasable row.
pub fn digest(salt: &str, text: &str) -> String {
    let hash = Sha256::new().chain_update(salt).chain_update([0]).chain_update(text).finalize();
    hex(&hash[..16])
}

/// Bytes from hexadecimal text of exactly their length, in lower case.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Bytes as hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CS-04
    #[test]
    fn a_signature_holds_for_its_purpose_its_parts_and_its_key_alone() {
        let secrets = Secrets::new([7; 32], 1);
        let signature = secrets.sign("survey", &["user-7", "12", "Support"]);

        assert!(secrets.is_signed("survey", &["user-7", "12", "Support"], &signature));
        let others: [(&str, &[&str]); 4] = [
            ("refusal", &["user-7", "12", "Support"]),
            ("survey", &["user-71", "2", "Support"]),
            ("survey", &["user-7", "12", "support"]),
            ("survey", &["user-7", "12Support"]),
        ];
        for (purpose, parts) in others {
            assert!(!secrets.is_signed(purpose, parts, &signature), "{purpose} {parts:?}");
        }
        for other in [Secrets::new([8; 32], 1), Secrets::new([7; 32], 2)] {
            assert!(!other.is_signed("survey", &["user-7", "12", "Support"], &signature));
        }
        for broken in ["", "0", &signature[1..], &signature.to_uppercase(), &"é".repeat(16)] {
            assert!(!secrets.is_signed("survey", &["user-7", "12", "Support"], broken), "{broken}");
        }
    }
}
