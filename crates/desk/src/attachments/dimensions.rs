//! How large a picture is, read from its first bytes, so that a page keeps its place before it is there.

/// No picture is larger, whatever it says.
const MOST: u32 = 30_000;

/// Width and height of a PNG, JPEG, GIF or WebP; none for what is none of them, or says nothing that can be.
pub fn dimensions(content: &[u8]) -> Option<(u32, u32)> {
    let found = match content {
        [0x89, b'P', b'N', b'G', ..] => Some((big(content, 16, 4)?, big(content, 20, 4)?)),
        [b'G', b'I', b'F', b'8', ..] => Some((little(content, 6, 2)?, little(content, 8, 2)?)),
        [0xff, 0xd8, ..] => jpeg(content),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(content),
        _ => None,
    };
    found.filter(|(width, height)| (1..=MOST).contains(width) && (1..=MOST).contains(height))
}

fn big(content: &[u8], at: usize, count: usize) -> Option<u32> {
    let bytes = content.get(at..at + count)?;
    Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn little(content: &[u8], at: usize, count: usize) -> Option<u32> {
    let bytes = content.get(at..at + count)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// The frame's header is somewhere among segments that each say how long they are.
fn jpeg(content: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [0xff, kind] = *content.get(at..at + 2)? else { return None };
        match kind {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                return Some((big(content, at + 7, 2)?, big(content, at + 5, 2)?));
            }
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::try_from(big(content, at + 2, 2)?).ok()?,
        }
    }
}

fn webp(content: &[u8]) -> Option<(u32, u32)> {
    match content.get(12..16)? {
        b"VP8X" => Some((little(content, 24, 3)? + 1, little(content, 27, 3)? + 1)),
        b"VP8L" => {
            let bits = little(content, 21, 4)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => Some((little(content, 26, 2)? & 0x3fff, little(content, 28, 2)? & 0x3fff)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_picture_is_read() {
        let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0, 0, 2, 0, 0, 0, 1, 0]].concat();
        let gif = b"GIF89a\x40\x01\xf0\0";
        let jpeg =
            [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 90, 0, 120, 1, 0, 0, 0];
        let webp =
            [b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".as_slice(), &[99, 0, 0, 49, 0, 0]].concat();
        assert_eq!(dimensions(&png), Some((512, 256)));
        assert_eq!(dimensions(gif), Some((320, 240)));
        assert_eq!(dimensions(&jpeg), Some((120, 90)));
        assert_eq!(dimensions(&webp), Some((100, 50)));
    }

    #[test]
    fn what_is_broken_has_no_size() {
        let whole = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0";
        for length in 0..whole.len() {
            assert_eq!(dimensions(&whole[..length]), None, "{length}");
        }
        assert_eq!(dimensions(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\0\0\0\x01"), None);
        assert_eq!(dimensions(b"\xff\xd8\xff\xe0\0\0"), None, "a segment as long as nothing");
        assert_eq!(dimensions(b"<svg width='9' height='9'/>"), None);
    }
}
