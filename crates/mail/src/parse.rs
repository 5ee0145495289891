//! From bytes to a message, whatever the bytes are.
//!
//! The work on MIME is `mail-parser`'s; here are the limits around it and the choice of what
//! a help desk needs. Limits come first: a part tree too deep or headers too long never reach
//! the parser, and if it should ever panic, the mail is still shown as plain bytes, for a mail
//! that stops the mailbox is worse than an ugly one.

use std::{borrow::Cow, panic::catch_unwind};

use mail_parser::{HeaderForm, HeaderName, MessageParser, MimeHeaders, PartType};

use crate::{
    automatic, fingerprint, forward, html,
    message::{Address, Attachment, Defect, Message},
    quote, text, winmail,
};

/// Longer texts are cut here.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
const MAX_HTML_BYTES: usize = 512 * 1024;
const MAX_HEADER_BYTES: usize = 256 * 1024;
const MAX_SUBJECT_BYTES: usize = 1000;
const MAX_ADDRESS_BYTES: usize = 320;
const MAX_ADDRESSES: usize = 200;
const MAX_REFERENCES: usize = 100;
const MAX_ID_BYTES: usize = 998;
const MAX_ATTACHMENTS: usize = 100;
const MAX_PARTS: usize = 300;

/// Reads a message. Never fails and never panics: what is wrong becomes a [`Defect`].
pub fn parse(raw: &[u8]) -> Message {
    let (bytes, headers_cut) = with_short_headers(raw);
    let too_many_parts = parts_announced(&bytes) > MAX_PARTS;
    let read = catch_unwind(|| {
        let parser = MessageParser::default();
        if too_many_parts {
            let body = String::from_utf8_lossy(&bytes[end_of_headers(&bytes)..]);
            parser.parse_headers(&*bytes).map(|mail| read(mail, Some(&body)))
        } else {
            parser.parse(&*bytes).map(|mail| read(mail, None))
        }
    });
    let Ok(Some(mut message)) = read else {
        return unreadable(raw);
    };
    if headers_cut {
        message.defects.push(Defect::HeadersCut);
    }
    if message.message_id.is_none() && message.from.is_none() {
        // Nothing tells it from another one but its bytes.
        message.fingerprint = fingerprint::of_bytes(raw);
    }
    message
}

/// How often a Content-Type stands at the head of a line, however it is spaced. Messages can
/// be nested no deeper than that, and the parser has no limit of its own.
fn parts_announced(raw: &[u8]) -> usize {
    let is_content_type = |line: &&[u8]| {
        let mut name = line
            .iter()
            .skip_while(|b| b.is_ascii_whitespace() || **b == b':')
            .take_while(|b| **b != b':')
            .filter(|b| !b.is_ascii_whitespace())
            .map(u8::to_ascii_lowercase);
        b"content-type".iter().all(|b| name.next() == Some(*b)) && name.next().is_none()
    };
    raw.split(|b| *b == b'\n').filter(is_content_type).count()
}

/// The message with at most so many bytes of headers, cut at a line end.
fn with_short_headers(raw: &[u8]) -> (Cow<'_, [u8]>, bool) {
    let body = end_of_headers(raw);
    if body <= MAX_HEADER_BYTES {
        return (Cow::Borrowed(raw), false);
    }
    let kept = raw[..MAX_HEADER_BYTES].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let mut short = raw[..kept].to_vec();
    short.push(b'\n');
    short.extend_from_slice(&raw[body..]);
    (Cow::Owned(short), true)
}

/// Just after the first empty line.
fn end_of_headers(raw: &[u8]) -> usize {
    let mut at = 0;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        at += line.len();
        if line == b"\n" || line == b"\r\n" {
            break;
        }
    }
    at
}

fn unreadable(raw: &[u8]) -> Message {
    let (body, removed) = text::clean(&String::from_utf8_lossy(raw));
    let mut message = Message { defects: vec![Defect::Unreadable], ..Message::default() };
    if removed {
        message.defects.push(Defect::ControlCharacters);
    }
    message.defects.extend([Defect::MissingFrom, Defect::MissingMessageId, Defect::MissingDate]);
    finish(message, body)
}

/// Takes the message apart; a body given as it came stands for parts nobody took apart.
fn read(mut mail: mail_parser::Message<'_>, whole_body: Option<&str>) -> Message {
    let mut defects = Vec::new();
    let mut message = head(&mail, &mut defects);
    let body = if let Some(whole) = whole_body {
        defects.push(Defect::TooManyParts);
        text::clean(whole).0
    } else {
        body(&mail, &mut message.html, &mut defects)
    };
    message.original_sender = original_sender(&mail);
    message.attachments = attachments(&mut mail, &mut defects);
    let body = open_winmail(&mut message, body, &mut defects);
    message.signed = message.attachments.iter().any(Attachment::is_signature);
    message.defects = defects;
    finish(message, body)
}

/// What stands above the body.
fn head(mail: &mail_parser::Message<'_>, defects: &mut Vec<Defect>) -> Message {
    let mut message = Message {
        message_id: message_ids(mail, HeaderName::MessageId).into_iter().next(),
        reply_to: addresses(mail, HeaderName::ReplyTo, defects),
        to: addresses(mail, HeaderName::To, defects),
        cc: addresses(mail, HeaderName::Cc, defects),
        date: date(mail),
        automatic: automatic::reason(mail),
        instance: automatic::text(mail, "X-Answerable-Instance"),
        authentication_results: authentication_results(mail),
        ..Message::default()
    };
    message.from = sender(mail, defects);
    message.subject = subject(mail, defects);
    message.references = references(mail, defects);
    message.recipients = recipients(mail, &message, defects);
    if message.message_id.is_none() {
        defects.push(Defect::MissingMessageId);
    }
    if message.date.is_none() {
        defects.push(Defect::MissingDate);
    }
    message
}

/// What depends on the whole text: the fingerprint before it is cut, the answer after it.
fn finish(mut message: Message, mut body: String) -> Message {
    message.fingerprint = fingerprint::of(&message, &body);
    if text::cut(&mut body, MAX_TEXT_BYTES) {
        message.defects.push(Defect::TextCut);
    }
    message.forwarded = forward::is_forward(&message.subject, &body);
    if message.forwarded {
        // What was forwarded is what the mail is about.
        message.original_sender = message.original_sender.or_else(|| forward::sender(&body));
        message.reply_text.clone_from(&body);
    } else {
        message.original_sender = None;
        (message.reply_text, message.quoted) = quote::split(&body);
        (message.reply_text, message.signature) = quote::without_signature(message.reply_text);
    }
    message.text = body;
    message
}

/// The sender of the first mail that is attached, if one is.
fn original_sender(mail: &mail_parser::Message<'_>) -> Option<Address> {
    let attached = mail.parts.iter().find_map(|part| match &part.body {
        PartType::Message(attached) => Some(attached),
        _ => None,
    })?;
    addresses(attached, HeaderName::From, &mut Vec::new()).into_iter().next()
}

/// What servers on the way say about the sender, the last one first.
fn authentication_results(mail: &mail_parser::Message<'_>) -> Vec<String> {
    const MAX_HEADERS: usize = 20;
    let headers = mail
        .headers_raw()
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("Authentication-Results"));
    headers.map(|(_, value)| text::one_line(value)).take(MAX_HEADERS).collect()
}

fn sender(mail: &mail_parser::Message<'_>, defects: &mut Vec<Defect>) -> Option<Address> {
    let mut senders = addresses(mail, HeaderName::From, defects).into_iter();
    let first = senders.next();
    if first.is_none() {
        defects.push(Defect::MissingFrom);
    }
    if senders.next().is_some() {
        defects.push(Defect::SeveralSenders);
    }
    first
}

fn subject(mail: &mail_parser::Message<'_>, defects: &mut Vec<Defect>) -> String {
    let mut subject = text::one_line(mail.subject().unwrap_or_default());
    if text::cut(&mut subject, MAX_SUBJECT_BYTES) {
        defects.push(Defect::SubjectCut);
    }
    subject
}

fn date(mail: &mail_parser::Message<'_>) -> Option<i64> {
    mail.date().filter(|date| date.is_valid()).map(mail_parser::DateTime::to_timestamp)
}

/// All addresses in all headers of one name, in order, without repetition.
fn addresses(
    mail: &mail_parser::Message<'_>,
    name: HeaderName<'static>,
    defects: &mut Vec<Defect>,
) -> Vec<Address> {
    let mut found = Vec::new();
    for value in mail.header_as(name, HeaderForm::Addresses) {
        for address in value.as_address().into_iter().flat_map(mail_parser::Address::iter) {
            if let Some(address) = usable(address) {
                add(&mut found, address, defects);
            }
        }
    }
    found
}

fn usable(address: &mail_parser::Addr<'_>) -> Option<Address> {
    let email = address.address()?.trim();
    let odd = |c: char| c.is_control() || c.is_whitespace();
    if email.len() > MAX_ADDRESS_BYTES || email.contains(odd) {
        return None;
    }
    let (local, domain) = email.rsplit_once('@')?;
    if local.is_empty() || domain.is_empty() {
        return None;
    }
    let mut name = text::one_line(address.name().unwrap_or_default());
    text::cut(&mut name, MAX_ADDRESS_BYTES);
    Some(Address { name: (!name.is_empty()).then_some(name), email: email.to_owned() })
}

fn add(found: &mut Vec<Address>, address: Address, defects: &mut Vec<Defect>) {
    if found.len() >= MAX_ADDRESSES {
        if !defects.contains(&Defect::AddressesCut) {
            defects.push(Defect::AddressesCut);
        }
    } else if !found.iter().any(|known| known.folded() == address.folded()) {
        found.push(address);
    }
}

/// What delivery wrote down comes first: it is the most certain.
fn recipients(
    mail: &mail_parser::Message<'_>,
    message: &Message,
    defects: &mut Vec<Defect>,
) -> Vec<Address> {
    let mut found = Vec::new();
    for name in ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"] {
        for address in addresses(mail, name.into(), defects) {
            add(&mut found, address, defects);
        }
    }
    for address in message.to.iter().chain(&message.cc) {
        add(&mut found, address.clone(), defects);
    }
    found
}

/// In-Reply-To names the answered message; References goes from the oldest to the newest.
fn references(mail: &mail_parser::Message<'_>, defects: &mut Vec<Defect>) -> Vec<String> {
    let answered = message_ids(mail, HeaderName::InReplyTo);
    let chain = message_ids(mail, HeaderName::References);
    let mut found: Vec<String> = Vec::new();
    for id in answered.into_iter().chain(chain.into_iter().rev()) {
        if found.len() >= MAX_REFERENCES {
            defects.push(Defect::AddressesCut);
            break;
        }
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn message_ids(mail: &mail_parser::Message<'_>, name: HeaderName<'static>) -> Vec<String> {
    let mut found = Vec::new();
    for value in mail.header_values(name) {
        let one = value.as_text_list().is_none().then(|| value.as_text()).flatten();
        let many = value.as_text_list().unwrap_or_default().iter().map(|id| &**id);
        for id in one.into_iter().chain(many) {
            let id = id.trim_matches(|c: char| c.is_whitespace() || c == '<' || c == '>');
            let odd = id.is_empty() || id.len() > MAX_ID_BYTES || id.contains(char::is_control);
            if !odd {
                found.push(id.to_owned());
            }
        }
    }
    found
}

/// The text parts, or else the HTML parts as text. Sets the HTML body on the way.
fn body(
    mail: &mail_parser::Message<'_>,
    html: &mut Option<String>,
    defects: &mut Vec<Defect>,
) -> String {
    let mut plain = String::new();
    let mut page = String::new();
    for part in mail.text_bodies().chain(mail.html_bodies()) {
        if part.is_encoding_problem && !defects.contains(&Defect::Encoding) {
            defects.push(Defect::Encoding);
        }
    }
    for part in mail.text_bodies() {
        if let PartType::Text(text) = &part.body {
            append(&mut plain, text);
        }
    }
    for part in mail.html_bodies() {
        if let PartType::Html(text) = &part.body {
            append(&mut page, text);
        }
    }
    if let Some(rest) = body_without_parts(mail).filter(|_| plain.is_empty() && page.is_empty()) {
        plain.push_str(rest);
        defects.push(Defect::Encoding);
    }
    let readable = if plain.trim().is_empty() { html::to_text(&page) } else { plain };
    let (body, removed) = text::clean(&readable);
    if removed {
        defects.push(Defect::ControlCharacters);
    }
    if body.contains(char::REPLACEMENT_CHARACTER) {
        defects.push(Defect::Charset);
    }
    if text::cut(&mut page, MAX_HTML_BYTES) {
        defects.push(Defect::HtmlCut);
    }
    *html = (!page.trim().is_empty()).then_some(page);
    let body = body.trim_matches('\n').trim_end();
    if body.is_empty() && html.is_none() {
        defects.push(Defect::NoBody);
    }
    body.to_owned()
}

/// The body of a multipart mail whose boundary never comes.
fn body_without_parts<'m>(mail: &'m mail_parser::Message<'_>) -> Option<&'m str> {
    let root = mail.parts.first()?;
    match (&root.body, root.content_type()?.ctype()) {
        (PartType::Text(text), "multipart") => Some(text),
        _ => None,
    }
}

fn append(body: &mut String, part: &str) {
    if !body.is_empty() && !body.ends_with('\n') {
        body.push('\n');
    }
    body.push_str(part);
}

fn attachments(mail: &mut mail_parser::Message<'_>, defects: &mut Vec<Defect>) -> Vec<Attachment> {
    let mut found = Vec::new();
    for id in std::mem::take(&mut mail.attachments) {
        let Some(part) = usize::try_from(id).ok().and_then(|id| mail.parts.get_mut(id)) else {
            continue;
        };
        if found.len() >= MAX_ATTACHMENTS {
            defects.push(Defect::AttachmentsCut);
            break;
        }
        let content_type = content_type(part);
        match content_type.as_str() {
            "application/pgp-encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                defects.push(Defect::Encrypted);
            }
            _ => {}
        }
        let name = file_name(part.attachment_name().unwrap_or_default());
        let name = name.unwrap_or_else(|| default_name(&content_type, found.len() + 1));
        let content_id = part.content_id().map(|id| text::one_line(id).to_lowercase());
        found.push(Attachment { name, content_type, content_id, bytes: contents(part) });
    }
    found
}

/// Unpacks files in Outlook's own format; they stay among the files, and what was in them follows. The words in them are
/// the body of a mail that has none. Gives the body.
fn open_winmail(message: &mut Message, mut body: String, defects: &mut Vec<Defect>) -> String {
    const KINDS: [&str; 2] = ["application/ms-tnef", "application/vnd.ms-tnef"];
    let mut at = 0;
    while let Some(file) = message.attachments.get(at) {
        at += 1;
        let is_named = file.name.eq_ignore_ascii_case("winmail.dat");
        if !is_named && !KINDS.contains(&&*file.content_type) {
            continue;
        }
        let opened = winmail::unpack(&file.bytes).unwrap_or_default();
        let room = MAX_ATTACHMENTS.saturating_sub(message.attachments.len());
        let is_whole = opened.is_whole && opened.files.len() <= room;
        if !is_whole && !defects.contains(&Defect::Winmail) {
            defects.push(Defect::Winmail);
        }
        if body.is_empty() && message.html.is_none() {
            body = opened.words().trim_matches('\n').trim_end().to_owned();
            message.html = opened.html.filter(|page| !page.trim().is_empty());
            if message.html.as_mut().is_some_and(|page| text::cut(page, MAX_HTML_BYTES)) {
                defects.push(Defect::HtmlCut);
            }
            if !body.is_empty() || message.html.is_some() {
                defects.retain(|defect| *defect != Defect::NoBody);
            }
        }
        let files: Vec<Attachment> = opened.files.into_iter().take(room).collect();
        let count = files.len();
        message.attachments.splice(at..at, files);
        at += count;
    }
    body
}

/// Takes the content out of a part: a long one is not copied.
fn contents(part: &mut mail_parser::MessagePart<'_>) -> Vec<u8> {
    match std::mem::take(&mut part.body) {
        PartType::Text(text) | PartType::Html(text) => text.into_owned().into_bytes(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.into_owned(),
        PartType::Message(message) => message.raw_message.into_owned(),
        PartType::Multipart(_) => Vec::new(),
    }
}

fn content_type(part: &mail_parser::MessagePart<'_>) -> String {
    let fallback = match part.body {
        PartType::Text(_) => "text/plain",
        PartType::Html(_) => "text/html",
        PartType::Message(_) => "message/rfc822",
        _ => "application/octet-stream",
    };
    let said = part.content_type().and_then(|kind| {
        let name = format!("{}/{}", kind.ctype(), kind.subtype()?).to_ascii_lowercase();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/.+-_".contains(&b);
        (name.len() < 128 && name.bytes().all(plain)).then_some(name)
    });
    said.unwrap_or_else(|| fallback.to_owned())
}

/// The last component of whatever path the sender wrote.
pub(crate) fn file_name(written: &str) -> Option<String> {
    const MAX_NAME_BYTES: usize = 200;
    let one_line = text::one_line(written);
    let mut name = one_line.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    text::cut(&mut name, MAX_NAME_BYTES);
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

pub(crate) fn default_name(content_type: &str, number: usize) -> String {
    let ending = match content_type {
        "message/rfc822" => "eml",
        "text/calendar" => "ics",
        "text/html" => "html",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "application/pdf" => "pdf",
        text if text.starts_with("text/") || text.starts_with("message/") => "txt",
        _ => "bin",
    };
    format!("attachment-{number}.{ending}")
}
