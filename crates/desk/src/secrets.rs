//! What is secret, and where randomness comes from.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail::ReplyKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
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
        Some(Self::new(unhex(key)?, epoch.parse().ok()?))
    }

    /// A secret as it may stand in the database: whoever has the data alone cannot read it. `about` is what it belongs
    /// to; sealed for one thing it does not open for another.
    pub fn seal(&self, about: &str, secret: &[u8]) -> String {
        let nonce: [u8; NONCE_LEN] = random();
        let mut bytes = secret.to_vec();
        self.seal_key()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(about.as_bytes()),
                &mut bytes,
            )
            .expect("a secret is far shorter than what can be sealed");
        STANDARD.encode([nonce.as_slice(), &bytes].concat())
    }

    /// The secret that [`Secrets::seal`] made this of, with the same key.
    pub fn open(&self, about: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let secret = self.seal_key().open_in_place(nonce, Aad::from(about.as_bytes()), &mut sealed);
        secret.ok().map(|secret| secret.to_vec())
    }

    fn seal_key(&self) -> LessSafeKey {
        let label = b"answerable stored secrets";
        let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.key), label);
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref());
        LessSafeKey::new(key.expect("a SHA-256 is as long as the key"))
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

    /// The signature of an address with these parts, for one purpose only.
    pub fn sign(&self, purpose: &str, parts: &[&str]) -> String {
        hex(&self.mac(purpose, parts).as_ref()[..16])
    }

    /// Whether a signature was made by [`Secrets::sign`] for the same purpose and parts.
    pub fn is_signed(&self, purpose: &str, parts: &[&str], signature: &str) -> bool {
        let Some(sent) = unhex::<16>(signature) else { return false };
        let right = self.mac(purpose, parts);
        // Every byte is looked at, so that the time taken tells nothing.
        right.as_ref().iter().zip(sent).fold(0, |differ, (right, sent)| differ | (right ^ sent))
            == 0
    }

    /// Each part with its length, so that none can borrow from the next.
    fn mac(&self, purpose: &str, parts: &[&str]) -> hmac::Tag {
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.key));
        mac.update(b"answerable address\0");
        mac.update(&self.epoch.to_be_bytes());
        for part in std::iter::once(&purpose).chain(parts) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.sign()
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

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_thing() {
        let secrets = Secrets::new([1; 32], 1);
        let sealed = secrets.seal("key k1", b"hello");

        assert_ne!(sealed, secrets.seal("key k1", b"hello"));
        assert_eq!(secrets.open("key k1", &sealed).as_deref(), Some(b"hello".as_slice()));
        assert_eq!(secrets.open("key k2", &sealed), None);
        assert_eq!(Secrets::new([2; 32], 1).open("key k1", &sealed), None);
        for broken in ["", "AAAA", "not base64!", &sealed[..sealed.len() - 4]] {
            assert_eq!(secrets.open("key k1", broken), None, "{broken}");
        }
    }

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
