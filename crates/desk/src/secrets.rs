//! What is secret, and where randomness comes from.

use mail::ReplyKey;
use sha2::{Digest, Sha256};

/// The installation's key, epoch and instance id. They live outside the database, so that a restored copy of the data
/// does not answer to the original's reply tokens.
pub struct Secrets {
    key: [u8; 32],
    epoch: i64,
    past: Vec<(i64, i64)>,
    /// Tells our own mails from others'.
    pub instance: String,
}

impl Secrets {
    /// The secrets of this installation.
    pub fn new(key: [u8; 32], epoch: i64) -> Self {
        let instance = hex(&Sha256::digest(key))[..16].to_owned();
        Self { key, epoch, past: Vec::new(), instance }
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
        let mut bytes = [0; 32];
        if key.len() != 64 || !key.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&key[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Self::new(bytes, epoch.parse().ok()?))
    }

    /// The same secrets in another epoch; tokens of past ones count for tickets up to a number.
    pub fn in_epoch(self, epoch: i64, past: Vec<(i64, i64)>) -> Self {
        Self { epoch, past, ..self }
    }

    /// The epoch in which tokens are made.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// Signs and checks reply tokens.
    pub fn reply_key(&self) -> ReplyKey {
        ReplyKey::new(&self.key, self.epoch).accepting(self.past.clone())
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

/// The address of content: the same bytes have the same.
pub(crate) fn content_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The salted digest of a text that lives in an erasable row.
pub fn digest(salt: &str, text: &str) -> String {
    let hash = Sha256::new().chain_update(salt).chain_update([0]).chain_update(text).finalize();
    hex(&hash[..16])
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
