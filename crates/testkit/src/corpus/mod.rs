//! Awkward and hostile mails, each with a name: written from what the standards forbid, what mail programs get wrong and
//! what attackers try. Every one must become a ticket that is not empty, or wait with a cause, and must run nothing.

use std::fmt::Write as _;

mod charsets;
mod files;
mod headers;
mod machines;
mod pages;
mod parts;

/// A mail that is hard to take in.
#[derive(Clone, Debug)]
pub struct Awkward {
    /// What it is, in a few words; each once.
    pub name: String,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// All of them, always the same.
pub fn corpus() -> Vec<Awkward> {
    let mut all = Vec::new();
    all.extend(charsets::mails());
    all.extend(headers::mails());
    all.extend(parts::mails());
    all.extend(pages::mails());
    all.extend(files::mails());
    all.extend(machines::mails());
    all
}

/// A mail by its name, its headers and its body; what every mail needs is added unless the headers have it.
fn mail(name: impl Into<String>, headers: &str, body: impl AsRef<[u8]>) -> Awkward {
    let name = name.into();
    let mut head = String::new();
    for (header, value) in [
        ("From", "Dana Reyes <dana@fernlight.test>"),
        ("To", "support@acme.test"),
        ("Subject", "Flags are off"),
        ("Date", "Mon, 8 Jun 2026 08:00:00 +0000"),
    ] {
        let there = headers.lines().any(|line| {
            line.split(':').next().is_some_and(|one| one.trim().eq_ignore_ascii_case(header))
        });
        if !there {
            let _ = write!(head, "{header}: {value}\r\n");
        }
    }
    let id: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    if !headers.to_ascii_lowercase().contains("message-id:") {
        let _ = write!(head, "Message-ID: <{id}@corpus.test>\r\n");
    }
    let mut raw = head.into_bytes();
    raw.extend_from_slice(headers.as_bytes());
    raw.extend_from_slice(b"\r\n");
    raw.extend_from_slice(body.as_ref());
    Awkward { name, raw }
}

/// Exactly these bytes.
fn bytes(name: &str, raw: impl AsRef<[u8]>) -> Awkward {
    Awkward { name: name.to_owned(), raw: raw.as_ref().to_vec() }
}

/// A mail of several parts, each with its own head.
fn multipart(name: impl Into<String>, kind: &str, parts: &[&str]) -> Awkward {
    let mut body = String::new();
    for part in parts {
        let _ = write!(body, "--edge\r\n{part}\r\n");
    }
    body.push_str("--edge--\r\n");
    let headers =
        format!("MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary=\"edge\"\r\n");
    mail(name, &headers, body)
}
