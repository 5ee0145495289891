//! The proof that a form is ours: derived from the visitor's cookie, masked anew on every page.
//!
//! Another site can make a browser send a form, but it cannot read the cookie, so it cannot write the token. The mask
//! keeps the token from standing twice in the same compressed place.

use sha2::{Digest as _, Sha256};

const SIZE: usize = 16;

/// The token for a page.
pub(crate) fn masked(cookie: &str) -> String {
    let mask: [u8; SIZE] = desk::random();
    let mut bytes = [0; 2 * SIZE];
    for (index, own) in token(cookie).into_iter().enumerate() {
        bytes[index] = mask[index];
        bytes[SIZE + index] = mask[index] ^ own;
    }
    hex(&bytes)
}

/// Whether a form's token was made for this cookie.
pub(crate) fn holds(cookie: &str, sent: &str) -> bool {
    let Some(bytes) = unhex(sent) else { return false };
    let differs = token(cookie)
        .into_iter()
        .enumerate()
        .fold(0, |differs, (index, own)| differs | (bytes[index] ^ bytes[SIZE + index] ^ own));
    differs == 0
}

fn token(cookie: &str) -> [u8; SIZE] {
    let hash = Sha256::new().chain_update("csrf\0").chain_update(cookie).finalize();
    let mut token = [0; SIZE];
    token.copy_from_slice(&hash[..SIZE]);
    token
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<[u8; 2 * SIZE]> {
    let mut bytes = [0; 2 * SIZE];
    if text.len() != 4 * SIZE || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_cookie_alone() {
        let token = masked("cookie");

        assert!(holds("cookie", &token));
        assert!(!holds("another", &token));
    }

    #[test]
    fn two_pages_never_carry_the_same_token() {
        assert_ne!(masked("cookie"), masked("cookie"));
    }

    #[test]
    fn what_is_no_token_does_not_hold() {
        for sent in ["", "0", "zz", &"0".repeat(64), &"é".repeat(32)] {
            assert!(!holds("cookie", sent), "{sent}");
        }
    }
}
