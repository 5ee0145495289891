//! A list of properties: what each is, and its value or values, padded to four bytes. (MS-OXCDATA, section 2.11)

use super::{Reader, decoded, wide};

/// More properties than that has no message.
const MAX_PROPERTIES: u32 = 20_000;

/// Properties with an id of the fixed range, one after the other.
pub(super) struct Properties<'a> {
    reader: Reader<'a>,
    left: u32,
    /// Whether everything so far could be read.
    pub(super) is_whole: bool,
}

/// The value of one; of several values the first.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    kind: u16,
    data: &'a [u8],
}

const NOTHING: u16 = 0x0001;
const SEVERAL: u16 = 0x1000;
const OBJECT: u16 = 0x000d;
const WIDE: u16 = 0x001f;

impl<'a> Properties<'a> {
    pub(super) fn of(data: &'a [u8]) -> Self {
        let mut reader = Reader(data);
        let left = reader.u32().unwrap_or_default();
        Self { reader, left: left.min(MAX_PROPERTIES), is_whole: left <= MAX_PROPERTIES }
    }

    /// The next property, also one that means nothing to us.
    fn property(&mut self) -> Option<(u16, Value<'a>)> {
        let (kind, id) = (self.reader.u16()?, self.reader.u16()?);
        if id >= 0x8000 {
            self.reader.take(16)?;
            if self.reader.u32()? == 0 {
                self.reader.take(4)?;
            } else {
                let length = self.length()?;
                self.padded(length)?;
            }
        }
        let single = kind & !SEVERAL;
        let is_long = matches!(single, 0x001e | WIDE | 0x0102 | OBJECT);
        let count = if is_long || kind & SEVERAL != 0 { self.reader.u32()? } else { 1 };
        let mut first = None;
        // Of what takes no room there may be any number.
        for _ in 0..if single == NOTHING { 1 } else { count } {
            let data = if is_long {
                let length = self.length()?;
                self.padded(length)?
            } else {
                self.padded(width(single)?)?
            };
            first.get_or_insert(data);
        }
        Some((id, Value { kind: single, data: first.unwrap_or_default() }))
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.reader.u32()?).ok()
    }

    fn padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.reader.take(length)?;
        // The last one may come without its padding.
        let padding = (4 - length % 4) % 4;
        self.reader.take(padding.min(self.reader.0.len()))?;
        Some(taken)
    }
}

impl<'a> Iterator for Properties<'a> {
    type Item = (u16, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let property = self.property();
        if property.is_none() {
            (self.left, self.is_whole) = (0, false);
        }
        property
    }
}

/// How many bytes a value of a kind has whose length is not written down; nothing, if there is no such kind.
fn width(kind: u16) -> Option<usize> {
    match kind {
        NOTHING => Some(0),
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        _ => None,
    }
}

impl<'a> Value<'a> {
    /// As text; nothing, if it is none.
    pub(super) fn text(&self, codepage: u32) -> String {
        match self.kind {
            WIDE => wide(self.data),
            0x001e | 0x0102 => decoded(self.data, codepage),
            _ => String::new(),
        }
    }

    /// As bytes, if it is bytes.
    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        matches!(self.kind, 0x0102 | OBJECT).then_some(self.data)
    }

    /// Whether it begins with what kind of thing it is.
    pub(super) fn is_object(&self) -> bool {
        self.kind == OBJECT
    }
}
