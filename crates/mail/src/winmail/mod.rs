//! winmail.dat: a whole message in Outlook's own format (TNEF), sent to people whose mail programs cannot read it.
//!
//! A stream is a list of attributes: which, how long, the bytes, and a sum that is not asked about. Some hold a list of
//! properties ([`properties`]), and the text may be there as compressed RTF ([`rtf`]). Everything is read from the bytes
//! that are there, nothing is computed from a number without looking, and what is in a stream is at most as large as it.
//! (MS-OXTNEF, MS-OXCDATA, MS-OXRTFCP, MS-OXRTFEX)

mod properties;
mod rtf;

use crate::message::Attachment;
use crate::{html, text};
use properties::{Properties, Value};

const SIGNATURE: u32 = 0x223E_9F78;
/// Messages in messages are opened so far.
const MAX_DEPTH: usize = 4;
/// A stream has no more files and attributes than that.
const MAX_FILES: usize = 100;
const MAX_ATTRIBUTES: usize = 10_000;
/// Longer texts are cut here before they are read.
const MAX_WORDS: usize = 1024 * 1024;

/// What was in such a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Winmail {
    /// The text, if there is one.
    pub text: String,
    /// The page, if there is one: **not cleaned**.
    pub html: Option<String>,
    /// The files, those of messages within it too.
    pub files: Vec<Attachment>,
    /// Whether it was read to its end and nothing had to be left out.
    pub is_whole: bool,
}

/// Reads such a file. Nothing, if it is none.
pub fn unpack(bytes: &[u8]) -> Option<Winmail> {
    let mut found = Winmail { is_whole: true, ..Winmail::default() };
    let letter = stream(bytes, MAX_DEPTH, &mut found)?;
    (found.text, found.html) = (letter.text, letter.html);
    Some(found)
}

/// The words of one message of the file.
#[derive(Default)]
struct Letter {
    subject: String,
    text: String,
    html: Option<String>,
}

/// A file while its attributes are read.
#[derive(Default)]
struct Parcel<'a> {
    title: String,
    long_name: String,
    kind: String,
    content_id: String,
    data: Option<&'a [u8]>,
    inner: Option<&'a [u8]>,
}

fn stream(bytes: &[u8], depth: usize, found: &mut Winmail) -> Option<Letter> {
    let mut reader = Reader(bytes);
    if reader.u32()? != SIGNATURE {
        return None;
    }
    reader.u16()?;
    let mut letter = Letter::default();
    let mut parcel: Option<Parcel<'_>> = None;
    let mut codepage = 1252;
    for number in 0.. {
        if reader.0.is_empty() {
            break;
        }
        let Some((id, data)) = attribute(&mut reader).filter(|_| number < MAX_ATTRIBUTES) else {
            found.is_whole = false;
            break;
        };
        match id {
            0x9007 => codepage = Reader(data).u32().unwrap_or(codepage),
            0x8004 => letter.subject = decoded(data, codepage),
            0x800c => letter.text = decoded(data, codepage),
            0x9003 => found.is_whole &= letter_of(data, codepage, &mut letter),
            // The data for drawing its icon begins a file.
            0x9002 => {
                pack(parcel.replace(Parcel::default()), depth, found);
            }
            0x8010 => parcel.get_or_insert_default().title = decoded(data, codepage),
            0x800f => parcel.get_or_insert_default().data = Some(data),
            0x9005 => {
                let parcel = parcel.get_or_insert_default();
                found.is_whole &= parcel_of(data, codepage, parcel);
            }
            _ => {}
        }
    }
    pack(parcel, depth, found);
    Some(letter)
}

/// The next attribute: which, and its bytes.
fn attribute<'a>(reader: &mut Reader<'a>) -> Option<(u32, &'a [u8])> {
    reader.take(1)?;
    let id = reader.u32()? & 0xffff;
    let length = usize::try_from(reader.u32()?).ok()?;
    let data = reader.take(length)?;
    // Some writers leave the last sum out.
    let _ = reader.u16();
    Some((id, data))
}

/// Takes a message's words from its properties; says whether all could be read.
fn letter_of(data: &[u8], codepage: u32, letter: &mut Letter) -> bool {
    let mut properties = Properties::of(data);
    let mut packed = None;
    for (id, value) in properties.by_ref() {
        match id {
            0x0037 => letter.subject = value.text(codepage),
            0x1000 => letter.text = value.text(codepage),
            0x1013 => letter.html = Some(page(&value, codepage)),
            0x1009 => packed = value.bytes(),
            _ => {}
        }
    }
    let is_mute = letter.html.is_none() && letter.text.trim().is_empty();
    if let Some(words) = packed.filter(|_| is_mute).and_then(rtf::unpacked) {
        match rtf::words(&words) {
            rtf::Words::Page(page) => letter.html = Some(page),
            rtf::Words::Text(text) => letter.text = text,
        }
    }
    properties.is_whole
}

/// A page as it is kept: in UTF-8 or in the code page of the message, whatever it says itself.
fn page(value: &Value<'_>, codepage: u32) -> String {
    match value.bytes().map(|bytes| std::str::from_utf8(&bytes[..bytes.len().min(MAX_WORDS)])) {
        Some(Ok(page)) => page.trim_end_matches('\0').to_owned(),
        _ => value.text(codepage),
    }
}

/// Takes a file's name, kind and content from its properties; says whether all could be read.
fn parcel_of<'a>(data: &'a [u8], codepage: u32, parcel: &mut Parcel<'a>) -> bool {
    const MESSAGE: [u8; 16] = [0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    let mut properties = Properties::of(data);
    for (id, value) in properties.by_ref() {
        match id {
            0x3707 => parcel.long_name = value.text(codepage),
            0x3704 | 0x3001 if parcel.title.is_empty() => parcel.title = value.text(codepage),
            0x370e => parcel.kind = value.text(codepage),
            0x3712 => parcel.content_id = value.text(codepage),
            0x3701 => {
                let content = value.bytes();
                match content.and_then(|content| content.split_at_checked(16)) {
                    Some((kind, inner)) if value.is_object() && kind == MESSAGE => {
                        parcel.inner = Some(inner);
                    }
                    Some((_, inner)) if value.is_object() => parcel.data = Some(inner),
                    _ => parcel.data = content,
                }
            }
            _ => {}
        }
    }
    properties.is_whole
}

/// Adds a file that was read, or what is in it if it is a message.
fn pack(parcel: Option<Parcel<'_>>, depth: usize, found: &mut Winmail) {
    let Some(parcel) = parcel else { return };
    let name = if parcel.long_name.is_empty() { parcel.title } else { parcel.long_name };
    if let Some(inner) = parcel.inner {
        return open(inner, &name, depth, found);
    }
    let Some(data) = parcel.data else { return };
    let id = parcel.content_id.trim_matches(['<', '>', ' ']).to_lowercase();
    add(found, &name, &parcel.kind, (!id.is_empty()).then_some(id), data.to_vec());
}

/// A message in the message: its words become a file, and its files are files.
fn open(inner: &[u8], name: &str, depth: usize, found: &mut Winmail) {
    if depth == 0 || found.files.len() >= MAX_FILES {
        found.is_whole = false;
        return;
    }
    let at = found.files.len();
    let Some(letter) = stream(inner, depth - 1, found) else {
        found.is_whole = false;
        return;
    };
    let words = match letter.html {
        Some(page) if letter.text.trim().is_empty() => html::to_text(&page),
        _ => letter.text,
    };
    if words.trim().is_empty() {
        // A contact, a list of people or the like.
        found.is_whole &= found.files.len() > at;
    } else {
        let subject = if letter.subject.trim().is_empty() { name } else { &letter.subject };
        let subject = if subject.trim().is_empty() { "message" } else { subject.trim() };
        let name = format!("{}.txt", subject.replace(['/', '\\'], "-"));
        add(found, &name, "text/plain", None, words.into_bytes());
        // The words come before the files they speak of.
        if let Some(last) = found.files.pop() {
            found.files.insert(at.min(found.files.len()), last);
        }
    }
}

fn add(found: &mut Winmail, name: &str, kind: &str, id: Option<String>, bytes: Vec<u8>) {
    if found.files.len() >= MAX_FILES {
        found.is_whole = false;
        return;
    }
    let is_kind = kind.len() < 128
        && kind.split('/').count() == 2
        && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b"/.+-_".contains(&b));
    let content_type =
        if is_kind { kind.to_ascii_lowercase() } else { "application/octet-stream".to_owned() };
    let name = crate::parse::file_name(name)
        .unwrap_or_else(|| crate::parse::default_name(&content_type, found.files.len() + 1));
    found.files.push(Attachment { name, content_type, content_id: id, bytes });
}

/// Text in a code page of Windows, up to its end.
fn decoded(bytes: &[u8], codepage: u32) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()).min(MAX_WORDS);
    let bytes = &bytes[..end];
    let name = match codepage {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        874 => "windows-874".to_owned(),
        20866 => "koi8-r".to_owned(),
        28591..=28606 => format!("iso-8859-{}", codepage - 28590),
        65001 => return String::from_utf8_lossy(bytes).into_owned(),
        other => format!("cp{other}"),
    };
    let decoder = mail_parser::decoders::charsets::map::charset_decoder(name.as_bytes());
    decoder.map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |decode| decode(bytes))
}

/// Text in UTF-16, up to its end.
fn wide(bytes: &[u8]) -> String {
    let units = bytes.as_chunks::<2>().0.iter().take(MAX_WORDS).map(|two| u16::from_le_bytes(*two));
    let units = units.take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Bytes that are still to be read.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}

impl Winmail {
    /// The text as it is shown, with control characters taken out.
    pub(crate) fn words(&self) -> String {
        let words = match &self.html {
            Some(page) if self.text.trim().is_empty() => html::to_text(page),
            _ => self.text.clone(),
        };
        text::clean(&words).0
    }
}
