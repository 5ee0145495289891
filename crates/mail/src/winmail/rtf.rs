//! Text as Outlook keeps it: RTF, packed by a dictionary of its own, and often a page in the clothes of RTF.

use super::{MAX_WORDS, Reader, decoded};

/// What the dictionary begins with. (MS-OXRTFCP, section 2.1.2.1)
const BEGINNING: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// The RTF, unpacked; nothing, if it is not packed in a way that is known.
pub(super) fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader(packed);
    reader.u32()?;
    let size = usize::try_from(reader.u32()?).ok()?.min(4 * MAX_WORDS);
    let kind = reader.u32()?;
    reader.u32()?;
    match kind {
        0x414c_454d => Some(reader.0[..reader.0.len().min(size)].to_vec()),
        0x7546_5a4c => Some(inflated(reader, size)),
        _ => None,
    }
}

/// Runs of eight: a bit says whether a byte follows, or a place in the last 4096 bytes and how many of them.
fn inflated(mut reader: Reader<'_>, size: usize) -> Vec<u8> {
    const RING: usize = 4096;
    let mut ring = [0; RING];
    ring[..BEGINNING.len()].copy_from_slice(BEGINNING);
    let mut at = BEGINNING.len();
    let mut out = Vec::new();
    while let Some(bits) = reader.take(1).filter(|_| out.len() < size) {
        for bit in 0..8 {
            let (mut from, length) = if bits[0] >> bit & 1 == 0 {
                let Some(byte) = reader.take(1) else { return out };
                ring[at] = byte[0];
                (at, 1)
            } else {
                let Some(place) = reader.take(2) else { return out };
                let place = usize::from(u16::from_be_bytes([place[0], place[1]]));
                if place >> 4 == at {
                    return out;
                }
                (place >> 4, (place & 15) + 2)
            };
            for _ in 0..length {
                let byte = ring[from];
                out.push(byte);
                ring[at] = byte;
                (from, at) = ((from + 1) % RING, (at + 1) % RING);
            }
        }
    }
    out
}

/// What RTF says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Text, or what can be read of it.
    Text(String),
    /// A page that was dressed up as RTF.
    Page(String),
}

/// Reads RTF; whatever it is, something comes of it.
pub(super) fn words(rtf: &[u8]) -> Words {
    let mut writer = Writer { codepage: 1252, ..Writer::default() };
    let mut rest = rtf;
    while let Some((&byte, after)) = rest.split_first() {
        if writer.out.len() > MAX_WORDS {
            break;
        }
        rest = after;
        match byte {
            b'{' => writer.open(),
            b'}' => writer.close(),
            b'\\' => rest = writer.control(rest),
            b'\r' | b'\n' => {}
            byte => writer.byte(byte),
        }
    }
    writer.flush();
    let out = writer.out;
    if writer.is_page { Words::Page(out) } else { Words::Text(out) }
}

/// How a group is read.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of RTF, and they combine freely"
)]
#[derive(Clone, Copy, Default)]
struct Group {
    /// Nothing in it is for readers.
    is_silent: bool,
    /// What stands here is RTF for those who do not see the page.
    is_dress: bool,
    /// It is a tag of the page.
    is_tag: bool,
    /// It began with `\*`: who does not know what follows passes over it.
    is_optional: bool,
    /// How many bytes stand in for a letter of `\u`.
    stands_in: usize,
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Bytes of a code page that are not letters yet.
    bytes: Vec<u8>,
    codepage: u32,
    is_page: bool,
    group: Group,
    outer: Vec<Group>,
    /// So many bytes only stand in for a letter that was written.
    passed: usize,
    /// The first half of a letter whose number needs two.
    half: Option<u32>,
}

impl Writer {
    fn open(&mut self) {
        const MAX_GROUPS: usize = 1000;
        self.flush();
        if self.outer.is_empty() {
            self.group.stands_in = 1;
        }
        if self.outer.len() < MAX_GROUPS {
            self.outer.push(self.group);
        }
        self.group.is_optional = false;
    }

    fn close(&mut self) {
        self.flush();
        self.passed = 0;
        if let Some(outer) = self.outer.pop() {
            self.group = outer;
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.passed > 0 {
            self.passed -= 1;
        } else if !self.is_mute() {
            self.bytes.push(byte);
        }
    }

    fn is_mute(&self) -> bool {
        self.group.is_silent || self.group.is_dress
    }

    fn text(&mut self, text: &str) {
        self.flush();
        if self.passed > 0 {
            self.passed -= 1;
        } else if !self.is_mute() {
            self.write(text);
        }
    }

    fn flush(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            let text = decoded(&bytes, self.codepage);
            self.write(&text);
        }
    }

    /// Words of a page are no tags.
    fn write(&mut self, text: &str) {
        if self.is_page && !self.group.is_tag {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            self.out.push_str(&text);
        } else {
            self.out.push_str(text);
        }
    }

    /// Reads what follows a backslash, and gives the rest.
    fn control<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Some((&first, after)) = rest.split_first() else { return rest };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first, after);
        }
        let letters = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, after) = rest.split_at(letters);
        let sign = usize::from(after.first() == Some(&b'-'));
        let digits = after[sign..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, after) = after.split_at(if digits > 0 { sign + digits } else { 0 });
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse::<i64>().ok());
        let after = after.strip_prefix(b" ").unwrap_or(after);
        if word == b"bin" {
            let length = number.and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
            return &after[length.min(after.len())..];
        }
        self.word(word, number);
        after
    }

    fn symbol<'a>(&mut self, first: u8, after: &'a [u8]) -> &'a [u8] {
        match first {
            b'\'' => {
                let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
                if let Some(byte) = digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
                    self.byte(byte);
                    return &after[2..];
                }
            }
            b'*' => self.group.is_optional = true,
            b'~' => self.text("\u{a0}"),
            b'_' => self.text("-"),
            b'\r' | b'\n' => self.text("\n"),
            b'{' | b'}' | b'\\' => self.byte(first),
            _ => {}
        }
        after
    }

    fn word(&mut self, word: &[u8], number: Option<i64>) {
        if std::mem::take(&mut self.group.is_optional) && word != b"htmltag" {
            self.group.is_silent = true;
            return;
        }
        match word {
            b"htmltag" => self.group.is_tag = true,
            b"fromhtml" => self.is_page = true,
            b"htmlrtf" => {
                self.flush();
                self.group.is_dress = number != Some(0);
            }
            b"ansicpg" => {
                let codepage = number.and_then(|number| u32::try_from(number).ok());
                self.codepage = codepage.filter(|page| *page > 0).unwrap_or(self.codepage);
            }
            b"uc" => {
                let count = number.and_then(|number| usize::try_from(number).ok());
                self.group.stands_in = count.unwrap_or(1).min(8);
            }
            b"u" => self.letter(number),
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object"
            | b"header" | b"footer" | b"footnote" | b"listtable" | b"revtbl" | b"mhtmltag"
            | b"xe" | b"tc" => {
                self.group.is_silent = true;
            }
            b"par" | b"line" | b"row" | b"sect" | b"page" => self.text("\n"),
            b"tab" | b"cell" => self.text("\t"),
            b"lquote" => self.text("\u{2018}"),
            b"rquote" => self.text("\u{2019}"),
            b"ldblquote" => self.text("\u{201c}"),
            b"rdblquote" => self.text("\u{201d}"),
            b"bullet" => self.text("\u{2022}"),
            b"endash" => self.text("\u{2013}"),
            b"emdash" => self.text("\u{2014}"),
            _ => {}
        }
    }

    /// A letter by its number, negative from the middle on; some come in halves.
    fn letter(&mut self, number: Option<i64>) {
        let number = number.map(|number| if number < 0 { number + 0x1_0000 } else { number });
        let number = number.and_then(|number| u32::try_from(number).ok());
        self.passed = 0;
        match (self.half.take(), number) {
            (_, Some(half @ 0xd800..0xdc00)) => self.half = Some(half),
            (first, number) => {
                let whole = match (first, number) {
                    (Some(first), Some(half @ 0xdc00..0xe000)) => {
                        Some(0x1_0000 + ((first - 0xd800) << 10) + (half - 0xdc00))
                    }
                    (_, number) => number,
                };
                let letter = whole.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.text(letter.encode_utf8(&mut [0; 4]));
            }
        }
        self.passed = self.group.stands_in;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of MS-OXRTFCP, section 3.1.
    const PACKED: [u8; 49] = [
        0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00,
        0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
        0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
        0xa0,
    ];

    #[test]
    fn what_is_packed_is_unpacked() {
        let rtf = unpacked(&PACKED).unwrap();

        assert_eq!(rtf, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert_eq!(words(&rtf), Words::Text("hello world".to_owned()));
        for end in 0..PACKED.len() {
            let _ = unpacked(&PACKED[..end]);
        }
        assert_eq!(unpacked(b"0123456789abcdef"), None);
    }

    #[test]
    fn letters_are_read_and_what_is_not_for_readers_is_not() {
        let rtf = b"{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0 Arial;}}{\\*\\generator x}\\uc1 A\\'e4\\u8364?\\par\n\
            \\{b\\}\\tab\\u-3913 ?\\u-10179?\\u-8704?{\\pict 00ff}\\bin3 \x01\x02}{end}";

        assert_eq!(words(rtf), Words::Text("Aд€\n{b}\t\u{f0b7}\u{1f600}end".to_owned()));
    }

    #[test]
    fn a_page_in_the_clothes_of_rtf_is_a_page() {
        let rtf = b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 1 < 2\\htmlrtf \\par}\\htmlrtf0 \
            {\\*\\htmltag72 </p>}{\\*\\mhtmltag 84 x}}";

        assert_eq!(words(rtf), Words::Page("<p>1 &lt; 2</p>".to_owned()));
    }
}
