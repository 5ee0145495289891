//! What a mail from outside is once it has been read.

use crate::automatic::Automatic;

/// A message from outside, parsed with limits. Defects are kept, never fatal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The Message-ID, without brackets.
    pub message_id: Option<String>,
    /// The first sender. Anybody can write anything here.
    pub from: Option<Address>,
    /// Where answers are wanted, if elsewhere.
    pub reply_to: Vec<Address>,
    /// The addresses in To.
    pub to: Vec<Address>,
    /// The addresses in Cc.
    pub cc: Vec<Address>,
    /// The decoded subject, on one line.
    pub subject: String,
    /// The Date header, in seconds since 1970. The sender's clock, not ours.
    pub date: Option<i64>,
    /// Message-IDs from In-Reply-To and References, newest first, without brackets.
    pub references: Vec<String>,
    /// The whole body as text.
    pub text: String,
    /// The body without the quoted rest.
    pub reply_text: String,
    /// The quoted rest, if `reply_text` leaves one out.
    pub quoted: Option<String>,
    /// The signature below the answer, if `reply_text` leaves one out.
    pub signature: Option<String>,
    /// It passes another mail on; then `reply_text` is all of it.
    pub forwarded: bool,
    /// Who wrote the mail that is passed on, as far as it says so.
    pub original_sender: Option<Address>,
    /// It carries a signature (PGP, S/MIME), which nobody has checked.
    pub signed: bool,
    /// Authentication-Results, the topmost first. Anybody can write one.
    pub authentication_results: Vec<String>,
    /// The HTML body as it came: **not cleaned**.
    pub html: Option<String>,
    /// Why this is not a person writing, if so.
    pub automatic: Option<Automatic>,
    /// The X-Answerable-Instance header, for [`Message::automatic_at`].
    pub instance: Option<String>,
    /// Every address it was meant for or delivered to; where a token may stand.
    pub recipients: Vec<Address>,
    /// The files.
    pub attachments: Vec<Attachment>,
    /// The same for another copy of this message, different for any other message.
    pub fingerprint: String,
    /// What was wrong or had to be left out.
    pub defects: Vec<Defect>,
}

impl Message {
    /// Like `automatic`, and also knows mail that this installation sent itself.
    pub fn automatic_at(&self, instance: &str) -> Option<Automatic> {
        match &self.instance {
            Some(own) if own == instance => Some(Automatic::OurOwn),
            _ => self.automatic.clone(),
        }
    }
}

/// A name and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The decoded display name.
    pub name: Option<String>,
    /// The address as written, trimmed. It always has an `@`.
    pub email: String,
}

impl Address {
    /// The address for comparing: lower case.
    pub fn folded(&self) -> String {
        self.email.to_lowercase()
    }
}

/// A file that came with the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A file name without folders or control characters.
    pub name: String,
    /// As the sender says, for example `image/png`; lower case.
    pub content_type: String,
    /// What the HTML calls it by (`cid:…`), in lower case.
    pub content_id: Option<String>,
    /// The decoded content.
    pub bytes: Vec<u8>,
}

impl Attachment {
    /// Whether it only proves who wrote the rest.
    pub fn is_signature(&self) -> bool {
        matches!(
            self.content_type.as_str(),
            "application/pgp-signature"
                | "application/pkcs7-signature"
                | "application/x-pkcs7-signature"
        )
    }
}

/// What was wrong with a message, or had to be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Defect {
    /// Not a mail at all; the bytes are shown as text.
    Unreadable,
    /// More MIME parts than anybody writes; the bytes are shown as text.
    TooManyParts,
    /// The headers were too long; the later ones are left out.
    HeadersCut,
    /// There is no usable From.
    MissingFrom,
    /// From names several senders; the first one counts.
    SeveralSenders,
    /// There is no Message-ID.
    MissingMessageId,
    /// There is no Date, or none that can be read.
    MissingDate,
    /// There is neither text nor HTML.
    NoBody,
    /// A part does not decode, or a boundary is missing.
    Encoding,
    /// The text has bytes that its charset does not know.
    Charset,
    /// Control characters were removed from the text.
    ControlCharacters,
    /// The subject was too long; the rest is left out.
    SubjectCut,
    /// The text was too long; the rest is left out.
    TextCut,
    /// The HTML was too long; the rest is left out.
    HtmlCut,
    /// There were more addresses or references than are kept.
    AddressesCut,
    /// There were more attachments than are kept.
    AttachmentsCut,
    /// A part is encrypted and cannot be read here.
    Encrypted,
    /// A part is in Microsoft's own format (winmail.dat) and could not be opened, or not all of it.
    Winmail,
}
