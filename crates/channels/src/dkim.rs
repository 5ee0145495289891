//! DKIM: a signature by which the receiver knows that a mail is ours and unchanged. (RFC 6376, RFC 8463)
//!
//! Headers and body are made canonical in the relaxed way, which survives what servers do to blanks. From and Subject
//! are signed once more than they are there, so that nobody can add a second one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest, Sha256};

/// The headers that are signed where they are there.
const SIGNED: [&str; 13] = [
    "from",
    "to",
    "cc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
];
/// The headers of which there must not be another one.
const ONCE: [&str; 2] = ["from", "subject"];

/// Why a key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not PEM with a private key.
    #[error("it is not a private key in PEM")]
    Pem,
    /// It is neither RSA of at least 2048 bits nor Ed25519.
    #[error("it is neither an RSA key of 2048 bits or more nor an Ed25519 key")]
    Kind,
    /// A domain or a selector has characters that it may not have.
    #[error("the domain and the selector are letters, digits, hyphens and dots")]
    Name,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Signs for one domain with one key.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// A signer for a domain and a selector, with a key in PEM (PKCS#8, or PKCS#1 for RSA).
    pub fn new(domain: &str, selector: &str, pem: &[u8]) -> Result<Self, Error> {
        let is_name = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        };
        if !is_name(domain) || !is_name(selector) {
            return Err(Error::Name);
        }
        let key = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| Error::Pem)? {
            PrivateKeyDer::Pkcs1(der) => rsa(RsaKeyPair::from_der(der.secret_pkcs1_der()))?,
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    Ok(key) => Key::Ed25519(key),
                    Err(_) => rsa(RsaKeyPair::from_pkcs8(der))?,
                }
            }
            _ => return Err(Error::Kind),
        };
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// Where the public key belongs in DNS.
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The public key as the record's `p=` has it, and the record's `k=`.
    pub fn record(&self) -> (String, &'static str) {
        match &self.key {
            Key::Ed25519(key) => (STANDARD.encode(key.public_key()), "ed25519"),
            Key::Rsa(key) => (STANDARD.encode(subject_public_key_info(key)), "rsa"),
        }
    }

    /// The domain that is signed for.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The header to put before a mail, which was written at `at`, in seconds since 1970.
    pub fn sign(&self, mail: &[u8], at: i64) -> Vec<u8> {
        let (head, body) = halves(mail);
        let headers = headers(head);
        let names: Vec<&str> = SIGNED
            .iter()
            .flat_map(|name| {
                let count = headers.iter().filter(|(own, _)| own == name).count();
                let more = usize::from(ONCE.contains(name));
                std::iter::repeat_n(*name, count + more)
            })
            .collect();
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let body_hash = STANDARD.encode(Sha256::digest(relaxed_body(body)));
        let unsigned = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={};\r\n\tt={}; h={};\r\n\tbh={body_hash};\r\n\tb=",
            self.domain,
            self.selector,
            at.max(0),
            names.join(":\r\n\t ")
        );
        let mut data = Vec::new();
        let mut left = headers;
        for name in names {
            // Of several headers of a name the last is signed first.
            if let Some(place) = left.iter().rposition(|(own, _)| own == name) {
                let (name, value) = left.remove(place);
                data.extend(relaxed_header(&name, value).into_bytes());
                data.extend(b"\r\n");
            }
        }
        data.extend(relaxed_header("dkim-signature", unsigned.as_bytes()).into_bytes());
        let signature = STANDARD.encode(self.signature(&data));
        let folded: Vec<&str> = signature
            .as_bytes()
            .chunks(72)
            .map(|line| std::str::from_utf8(line).unwrap_or_default())
            .collect();
        format!("DKIM-Signature: {unsigned}{}\r\n", folded.join("\r\n\t ")).into_bytes()
    }

    fn signature(&self, data: &[u8]) -> Vec<u8> {
        match &self.key {
            // Ed25519 signs the hash, as RFC 8463 has it.
            Key::Ed25519(key) => key.sign(&Sha256::digest(data)).as_ref().to_vec(),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature)
                    .expect("the buffer has the size of the modulus");
                signature
            }
        }
    }
}

fn rsa(key: Result<RsaKeyPair, ring::error::KeyRejected>) -> Result<Key, Error> {
    key.map(Key::Rsa).map_err(|_| Error::Kind)
}

/// The header lines and the body of a mail.
fn halves(mail: &[u8]) -> (&[u8], &[u8]) {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n");
    match end {
        Some(end) => (&mail[..end + 2], &mail[end + 4..]),
        None => (mail, &[]),
    }
}

/// The headers, folded as they are: the name in small letters, and the value.
fn headers(head: &[u8]) -> Vec<(String, &[u8])> {
    let mut headers: Vec<(String, &[u8])> = Vec::new();
    let mut start = 0;
    while start < head.len() {
        let mut end = start;
        loop {
            end = head[end..]
                .windows(2)
                .position(|two| two == b"\r\n")
                .map_or(head.len(), |place| end + place + 2);
            if !head.get(end).is_some_and(|next| matches!(next, b' ' | b'\t')) {
                break;
            }
        }
        let line = &head[start..end];
        if let Some(colon) = line.iter().position(|byte| *byte == b':') {
            let name = String::from_utf8_lossy(&line[..colon]).trim().to_ascii_lowercase();
            headers.push((name, &line[colon + 1..]));
        }
        start = end;
    }
    headers
}

/// One line, blanks shortened, nothing at its ends.
fn relaxed_header(name: &str, value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value);
    let words: Vec<&str> =
        value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{name}:{}", words.join(" "))
}

/// Blanks shortened, none at the ends of lines, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut empty = 0;
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut kept = Vec::with_capacity(line.len());
        let mut blank = false;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if blank {
                kept.push(b' ');
                blank = false;
            }
            kept.push(*byte);
        }
        if kept.is_empty() {
            empty += 1;
            continue;
        }
        out.extend(std::iter::repeat_n(b"\r\n", empty).flatten());
        empty = 0;
        out.extend(kept);
        out.extend(b"\r\n");
    }
    out
}

/// An RSA public key as DNS records hold it: with the name of its kind around it.
fn subject_public_key_info(key: &RsaKeyPair) -> Vec<u8> {
    /// rsaEncryption, without parameters.
    const KIND: [u8; 15] = [48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0];
    let mut bits = vec![0];
    bits.extend_from_slice(key.public_key().as_ref());
    let mut inside = KIND.to_vec();
    inside.extend(der(3, &bits));
    der(48, &inside)
}

/// A value of DER with its tag and its length.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut out = vec![tag];
    match content.len() {
        short @ 0..128 => out.push(u8::try_from(short).expect("a length below 128")),
        _ => {
            out.push(128 + u8::try_from(length.len()).expect("a length of a few bytes"));
            out.extend(length);
        }
    }
    out.extend(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6376, section 3.4.5
    #[test]
    fn the_example_of_the_standard_becomes_canonical() {
        let mail = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";

        let (head, body) = halves(mail);
        let lines: Vec<String> =
            headers(head).iter().map(|(name, value)| relaxed_header(name, value)).collect();

        assert_eq!(lines, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed_body(body), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"a\r\n\r\n b"), b"a\r\n\r\n b\r\n");
    }

    #[test]
    fn what_is_no_key_or_no_name_is_refused() {
        let refused = |domain, pem: &str| Signer::new(domain, "s1", pem.as_bytes()).err();

        assert!(matches!(refused("acme.test", "hello"), Some(Error::Pem)));
        assert!(matches!(refused("acme.test; x", ""), Some(Error::Name)));
    }
}
