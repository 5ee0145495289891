//! A mail of ours, as bytes.
//!
//! The same value always gives the same bytes: date, Message-ID and boundary come from it.
//! Names and subjects are flattened to one line and addresses are checked, so that nothing a
//! stranger wrote can become a header.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::{
    Body, Mailbox, Mailboxes, MultiPart, SinglePart,
    header::{self, ContentTransferEncoding, ContentType, HeaderName, HeaderValue, Headers},
};
use sha2::{Digest, Sha256};

use crate::{fingerprint::hex, message::Attachment, text};

const MAX_REFERENCES: usize = 20;
/// The last second of the year 9999, beyond which a date has no form.
const MAX_DATE: i64 = 253_402_300_799;

/// Why a mail cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address in this header cannot be used.
    #[error("{0} is not a usable address")]
    Address(&'static str),
    /// There is nobody to send it to.
    #[error("there is no recipient")]
    NoRecipient,
    /// The Message-ID is empty or has characters that it may not have.
    #[error("the Message-ID is not usable")]
    MessageId,
}

/// A mail to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// `Name <address>` or the address alone, here and in the next three.
    pub from: String,
    /// Whom it is for.
    pub to: Vec<String>,
    /// Who gets a copy.
    pub cc: Vec<String>,
    /// Where answers go: the address with the token.
    pub reply_to: Option<String>,
    /// Any text; it becomes one line.
    pub subject: String,
    /// The body that every reader can show.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// The files that go along.
    pub attachments: Vec<Attachment>,
    /// With or without brackets, here and in the next two.
    pub message_id: String,
    /// The message this one answers.
    pub in_reply_to: Option<String>,
    /// The conversation so far, newest first as in [`crate::Message::references`].
    pub references: Vec<String>,
    /// No person wrote it: other machines are asked not to answer.
    pub automatic: bool,
    /// Where one says, by one request, that one wants no more mails of this sort (RFC 8058).
    pub unsubscribe: Option<String>,
    /// The id of this installation, by which it knows its own mail.
    pub instance: String,
    /// When it was written, in seconds since 1970.
    pub date_unix: i64,
}

/// Who sends and who receives, as bare addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The address that bounces go to.
    pub from: String,
    /// To and Cc.
    pub to: Vec<String>,
}

impl Outgoing {
    /// The headers as on the wire, unfolded. An unusable address is left out here and is an
    /// error in [`Outgoing::to_bytes`].
    pub fn headers(&self) -> Vec<(String, String)> {
        let written = self.written_headers().to_string().replace("\r\n ", " ");
        let pairs = written.lines().filter_map(|line| line.split_once(": "));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The whole mail.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        self.envelope()?;
        if self.reply_to.as_ref().is_some_and(|address| mailbox(address).is_none()) {
            return Err(Error::Address("Reply-To"));
        }
        if bracketed(&self.message_id).is_none() {
            return Err(Error::MessageId);
        }
        let mut bytes = format!("{}MIME-Version: 1.0\r\n", self.written_headers()).into_bytes();
        let (plain, _) = text::clean(&self.text);
        let plain = SinglePart::plain(plain);
        let words = self.html.as_ref().map(|html| {
            MultiPart::alternative()
                .boundary(self.boundary("words"))
                .singlepart(plain.clone())
                .singlepart(SinglePart::html(html.clone()))
        });
        if self.attachments.is_empty() {
            bytes.extend(words.map_or_else(|| plain.formatted(), |words| words.formatted()));
            return Ok(bytes);
        }
        let mixed = MultiPart::mixed().boundary(self.boundary("files"));
        let whole = match words {
            Some(words) => mixed.multipart(words),
            None => mixed.singlepart(plain),
        };
        let whole = self.attachments.iter().fold(whole, |whole, file| whole.singlepart(part(file)));
        bytes.extend(whole.formatted());
        Ok(bytes)
    }

    /// Who sends and who receives.
    pub fn envelope(&self) -> Result<Envelope, Error> {
        let from = mailbox(&self.from).ok_or(Error::Address("From"))?.email.to_string();
        let mut to = Vec::new();
        for (name, list) in [("To", &self.to), ("Cc", &self.cc)] {
            for written in list {
                let email = mailbox(written).ok_or(Error::Address(name))?.email.to_string();
                if !to.contains(&email) {
                    to.push(email);
                }
            }
        }
        if to.is_empty() { Err(Error::NoRecipient) } else { Ok(Envelope { from, to }) }
    }

    fn written_headers(&self) -> Headers {
        let mut headers = Headers::new();
        let seconds = self.date_unix.clamp(0, MAX_DATE).unsigned_abs();
        if let Some(from) = mailbox(&self.from) {
            headers.set(header::From::from(Mailboxes::from(from)));
        }
        if let Some(to) = mailboxes(&self.to) {
            headers.set(header::To::from(to));
        }
        if let Some(cc) = mailboxes(&self.cc) {
            headers.set(header::Cc::from(cc));
        }
        if let Some(reply_to) = self.reply_to.as_deref().and_then(mailbox) {
            headers.set(header::ReplyTo::from(Mailboxes::from(reply_to)));
        }
        headers.set(header::Subject::from(text::one_line(&self.subject)));
        headers.set(header::Date::new(UNIX_EPOCH + Duration::from_secs(seconds)));
        self.write_threading(&mut headers);
        self.write_origin(&mut headers);
        headers
    }

    fn write_threading(&self, headers: &mut Headers) {
        if let Some(id) = bracketed(&self.message_id) {
            headers.set(header::MessageId::from(id));
        }
        if let Some(id) = self.in_reply_to.as_deref().and_then(bracketed) {
            headers.set(header::InReplyTo::from(id));
        }
        let newest = self.references.iter().filter_map(|id| bracketed(id)).take(MAX_REFERENCES);
        let mut references: Vec<String> = newest.collect();
        references.reverse();
        if !references.is_empty() {
            headers.set(header::References::from(references.join(" ")));
        }
    }

    /// No Precedence: it would make an acknowledgement bulk mail. And machines are asked for
    /// every kind of silence but one: a mail that does not arrive must come back.
    fn write_origin(&self, headers: &mut Headers) {
        let mut set = |name, value: &str| {
            let name = HeaderName::new_from_ascii_str(name);
            headers.insert_raw(HeaderValue::new(name, text::one_line(value)));
        };
        if self.automatic {
            set("Auto-Submitted", "auto-generated");
            set("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply");
        }
        if let Some(address) = self.unsubscribe.as_deref().filter(|address| is_address(address)) {
            set("List-Unsubscribe", &format!("<{address}>"));
            set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        set("X-Answerable-Instance", &self.instance);
    }

    /// Derived from the content, which therefore cannot contain it.
    fn boundary(&self, of: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(of);
        hash.update(&self.message_id);
        hash.update(&self.text);
        hash.update(self.html.as_deref().unwrap_or_default());
        format!("answerable-{}", &hex(&hash.finalize())[..32])
    }
}

/// A file, encoded so that nothing on the way can change it.
fn part(file: &Attachment) -> SinglePart {
    let kind = ContentType::parse(&file.content_type);
    let kind = kind.or_else(|_| ContentType::parse("application/octet-stream"));
    let kind = kind.unwrap_or(ContentType::TEXT_PLAIN);
    let body = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64);
    let body = body.unwrap_or_else(Body::new);
    lettre::message::Attachment::new(text::one_line(&file.name)).body(body, kind)
}

fn mailboxes(written: &[String]) -> Option<Mailboxes> {
    let usable: Mailboxes = written.iter().filter_map(|address| mailbox(address)).collect();
    (usable.iter().next().is_some()).then_some(usable)
}

/// `Name <address>`, `"Name" <address>` or the address alone.
fn mailbox(written: &str) -> Option<Mailbox> {
    let (name, email) = match written.trim().strip_suffix('>') {
        Some(inside) => inside.rsplit_once('<')?,
        None => ("", written),
    };
    let email = email.trim();
    let odd = |c: char| c.is_control() || c.is_whitespace() || "<>,;:\"()".contains(c);
    if email.contains(odd) {
        return None;
    }
    let name = text::one_line(name);
    let name = name.strip_prefix('"').and_then(|n| n.strip_suffix('"')).unwrap_or(&name).trim();
    Some(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), email.parse().ok()?))
}

/// Whether a header may hold this as an address of the web.
fn is_address(address: &str) -> bool {
    let plain = address.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    plain && (address.starts_with("https://") || address.starts_with("http://"))
}

/// `<id>`, if a Message-ID may look like this.
fn bracketed(id: &str) -> Option<String> {
    const MAX_BYTES: usize = 250;
    let id = id.trim();
    let id = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
    let plain = id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    (!id.is_empty() && id.len() <= MAX_BYTES && plain).then(|| format!("<{id}>"))
}
