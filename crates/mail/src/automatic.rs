//! Mail that no person wrote: it is kept, and neither answered nor counted.
//!
//! Only what the sender's machine declares counts (RFC 3834 and the headers that came before
//! it), never words in the subject: a customer may well write about "Automatic reply".
//! X-Auto-Response-Suppress alone proves nothing: Exchange puts it on mail people wrote.

use mail_parser::{HeaderName, MessageParser, MimeHeaders, PartType};

/// Why a message is automatic mail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Automatic {
    /// This installation sent it: a loop. Only [`crate::Message::automatic_at`] says so.
    OurOwn,
    /// A mail could not be delivered, or not yet.
    Bounce(Bounce),
    /// Another report about a mail: read receipts, abuse feedback.
    Report,
    /// Auto-Submitted says so: `auto-replied`, `auto-generated` or another keyword.
    AutoSubmitted(String),
    /// An automatic answer, by the older headers.
    AutoReply,
    /// It came through a mailing list, or can be unsubscribed from.
    List,
    /// Precedence says bulk or junk.
    Bulk,
    /// It was sent from nobody (`Return-Path: <>`), so that nothing can bounce.
    NullSender,
}

/// What a delivery report says (RFC 3464).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounce {
    /// It failed for good; otherwise it is late, or the report does not say.
    pub permanent: bool,
    /// The addresses that failed for good; if none did, those it is late for.
    pub recipients: Vec<String>,
    /// The status code, for example `5.2.2`.
    pub status: Option<String>,
    /// What the other server said.
    pub diagnostic: Option<String>,
    /// The Message-ID of the mail that came back, without brackets.
    pub original: Option<String>,
}

/// Why the message is automatic, if it is; the strongest reason first.
pub(crate) fn reason(mail: &mail_parser::Message<'_>) -> Option<Automatic> {
    report(mail)
        .or_else(|| auto_submitted(mail))
        .or_else(|| precedence(mail))
        .or_else(|| older_headers(mail))
        .or_else(|| list(mail))
        .or_else(|| null_sender(mail))
}

fn report(mail: &mail_parser::Message<'_>) -> Option<Automatic> {
    let content_type = mail.content_type();
    let is_report = content_type
        .is_some_and(|kind| kind.ctype() == "multipart" && kind.subtype() == Some("report"));
    if is_report {
        let kind = content_type.and_then(|kind| kind.attribute("report-type")).unwrap_or_default();
        let delivery = kind.is_empty() || kind.eq_ignore_ascii_case("delivery-status");
        return Some(if delivery { Automatic::Bounce(bounce(mail)) } else { Automatic::Report });
    }
    let daemon = mail.header_values(HeaderName::From).filter_map(|value| value.as_address());
    let daemon = daemon.flat_map(mail_parser::Address::iter).any(|sender| {
        let local = sender.address().unwrap_or_default().split('@').next().unwrap_or_default();
        local.eq_ignore_ascii_case("mailer-daemon") || local.eq_ignore_ascii_case("postmaster")
    });
    daemon.then(|| Automatic::Bounce(bounce(mail)))
}

fn bounce(mail: &mail_parser::Message<'_>) -> Bounce {
    let mut bounce = Bounce::default();
    for part in &mail.parts {
        let kind = part.content_type().map(|kind| (kind.ctype(), kind.subtype()));
        match (kind, &part.body) {
            (Some(("message", Some("delivery-status" | "global-delivery-status"))), _) => {
                read_status(&String::from_utf8_lossy(part.contents()), &mut bounce);
            }
            (Some(("text", Some("rfc822-headers"))), _) => {
                let headers = MessageParser::default().parse_headers(part.contents());
                bounce.original = headers.and_then(|headers| id_of(&headers));
            }
            (_, PartType::Message(original)) => bounce.original = id_of(original),
            _ => {}
        }
    }
    bounce
}

fn id_of(mail: &mail_parser::Message<'_>) -> Option<String> {
    mail.message_id().map(str::to_owned)
}

/// The fields of a `message/delivery-status` part; folded lines are joined first.
fn read_status(report: &str, bounce: &mut Bounce) {
    const MAX_RECIPIENTS: usize = 100;
    let unfolded = report.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    // A mail to several people has a block for each, and may have reached some of them.
    let mut named = Vec::new();
    for block in unfolded.split("\n\n") {
        let mut recipient = None;
        let mut failed = false;
        for (name, value) in block.lines().filter_map(|line| line.split_once(':')) {
            let value = crate::text::one_line(value);
            let after_type = || value.split_once(';').map_or(&*value, |(_, rest)| rest).trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "action" => failed = value.eq_ignore_ascii_case("failed"),
                "final-recipient" => recipient = Some(after_type().to_owned()),
                "status" if bounce.status.is_none() => bounce.status = Some(value),
                "diagnostic-code" if bounce.diagnostic.is_none() => {
                    bounce.diagnostic = Some(after_type().to_owned());
                }
                _ => {}
            }
        }
        bounce.permanent |= failed;
        named.extend(recipient.map(|recipient| (recipient, failed)));
    }
    let told = named.into_iter().filter(|(_, failed)| *failed || !bounce.permanent);
    bounce.recipients.extend(told.map(|(recipient, _)| recipient).take(MAX_RECIPIENTS));
}

fn auto_submitted(mail: &mail_parser::Message<'_>) -> Option<Automatic> {
    let value = text(mail, "Auto-Submitted")?;
    let keyword = value.split([';', ' ', '(']).next().unwrap_or_default().to_ascii_lowercase();
    (!keyword.is_empty() && keyword != "no").then_some(Automatic::AutoSubmitted(keyword))
}

fn precedence(mail: &mail_parser::Message<'_>) -> Option<Automatic> {
    match text(mail, "Precedence")?.to_ascii_lowercase().as_str() {
        "auto_reply" | "auto-reply" => Some(Automatic::AutoReply),
        "list" => Some(Automatic::List),
        "bulk" | "junk" => Some(Automatic::Bulk),
        _ => None,
    }
}

fn older_headers(mail: &mail_parser::Message<'_>) -> Option<Automatic> {
    const NAMES: [&str; 5] =
        ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Mail-Autoreply"];
    let set = |name| text(mail, name).is_some_and(|value| !value.eq_ignore_ascii_case("no"));
    NAMES.into_iter().any(set).then_some(Automatic::AutoReply)
}

fn list(mail: &mail_parser::Message<'_>) -> Option<Automatic> {
    let listed = [HeaderName::ListId, HeaderName::ListUnsubscribe]
        .into_iter()
        .any(|name| mail.header(name).is_some());
    listed.then_some(Automatic::List)
}

fn null_sender(mail: &mail_parser::Message<'_>) -> Option<Automatic> {
    let path = mail.header_raw(HeaderName::ReturnPath)?;
    (path.trim() == "<>").then_some(Automatic::NullSender)
}

/// A header as one line, if it is there.
pub(crate) fn text(mail: &mail_parser::Message<'_>, name: &'static str) -> Option<String> {
    mail.header_raw(name).map(crate::text::one_line)
}
