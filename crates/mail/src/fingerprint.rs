//! Which mails are the same mail.
//!
//! The same message reaches us twice: in two mailboxes, after a lost acknowledgement, fetched
//! again. What transport adds or rewrites must not count; what the sender wrote must. A
//! Message-ID alone is not enough: programs reuse them. (CH-03)

use sha2::{Digest, Sha256};

use crate::message::Message;

/// Sixty-four hexadecimal digits over identity, sender, body and files.
pub(crate) fn of(message: &Message, whole_text: &str) -> String {
    let mut hash = Sha256::new();
    let from = message.from.as_ref().map_or_else(String::new, crate::Address::folded);
    if let Some(id) = &message.message_id {
        add(&mut hash, b"id", id.as_bytes());
    } else {
        let date = message.date.map_or_else(String::new, |date| date.to_string());
        add(&mut hash, b"date", date.as_bytes());
        add(&mut hash, b"subject", message.subject.as_bytes());
    }
    add(&mut hash, b"from", from.as_bytes());
    // Servers re-encode and re-wrap: only the words count.
    let words: Vec<&str> = whole_text.split_whitespace().collect();
    add(&mut hash, b"body", words.join(" ").as_bytes());
    for attachment in &message.attachments {
        add(&mut hash, b"file", &attachment.bytes);
    }
    hex(&hash.finalize())
}

/// The same over the bytes of a mail that names neither itself nor its sender.
pub(crate) fn of_bytes(raw: &[u8]) -> String {
    hex(&Sha256::digest(raw))
}

/// Length first, so that no two lists of fields run together into the same bytes.
fn add(hash: &mut Sha256, field: &[u8], value: &[u8]) {
    hash.update(field);
    hash.update((value.len() as u64).to_be_bytes());
    hash.update(value);
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
