//! winmail.dat: what Outlook packs is unpacked, and what only looks like it does no harm.

use mail::{Defect, parse, unpack};
use proptest::prelude::*;

/// An attribute: its level, its id, its bytes and their sum.
fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    let length = u32::try_from(data.len()).expect("a short one");
    let head = [&[level][..], &id.to_le_bytes(), &length.to_le_bytes()].concat();
    [&head, data, &sum.to_le_bytes()].concat()
}

/// A property of a kind whose length is written down.
fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    let mut out = [kind.to_le_bytes(), id.to_le_bytes()].concat();
    out.extend(1_u32.to_le_bytes());
    out.extend(u32::try_from(value.len()).expect("a short one").to_le_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn properties(all: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(all.len()).expect("a few");
    [count.to_le_bytes().to_vec(), all.concat()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
    [&[0x78, 0x9f, 0x3e, 0x22, 1, 0][..], &attributes.concat()].concat()
}

const PAGE: &[u8] = b"<p>See the <b>picture</b>.</p><img src=\"cid:1@mail\">";
const MESSAGE: [u8; 16] = [7, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// A letter with a page, a picture in it, a file with a long name, and a letter in the letter.
fn letter() -> Vec<u8> {
    let inner = stream(&[
        attribute(1, 0x0001_8004, b"Re: Contract\0"),
        attribute(1, 0x0002_800c, b"The inner words.\0"),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0001_8010, b"inner.txt\0"),
        attribute(2, 0x0006_800f, b"inner file"),
    ]);
    let named = [
        &[0x1f, 0, 0x05, 0x80][..],
        &[7; 16],
        &1_u32.to_le_bytes(),
        &4_u32.to_le_bytes(),
        &wide("a"),
    ];
    let named = [&named.concat()[..], &1_u32.to_le_bytes(), &2_u32.to_le_bytes(), &[0; 4]].concat();
    stream(&[
        attribute(1, 0x0008_9006, &0x0001_0000_u32.to_le_bytes()),
        attribute(1, 0x0006_9007, &[0xe3, 4, 0, 0, 0, 0, 0, 0]),
        attribute(1, 0x0006_9003, &properties(&[named, property(0x102, 0x1013, PAGE)])),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0001_8010, b"CONTRA~1.PDF\0"),
        attribute(2, 0x0006_800f, b"%PDF-1.7"),
        attribute(
            2,
            0x0006_9005,
            &properties(&[property(0x1f, 0x3707, &wide("Contract größer.pdf"))]),
        ),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0001_8010, b"\xef\xe8\xf1\xfc\xec\xee.png\0"),
        attribute(2, 0x0006_800f, b"\x89PNG"),
        attribute(
            2,
            0x0006_9005,
            &properties(&[
                property(0x1e, 0x370e, b"image/png\0"),
                property(0x1f, 0x3712, &wide("1@Mail")),
            ]),
        ),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(
            2,
            0x0006_9005,
            &properties(&[property(0x0d, 0x3701, &[&MESSAGE[..], &inner].concat())]),
        ),
    ])
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let mut whole = [0; 4];
        whole[1..=three.len()].copy_from_slice(three);
        let bits = u32::from_be_bytes(whole);
        for place in 0..4 {
            let letter = char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize]);
            out.push(if place <= three.len() { letter } else { '=' });
        }
    }
    out
}

/// A mail with such a file, and with words of its own or none.
fn mail(words: &str, file: &[u8]) -> Vec<u8> {
    format!(
        "From: Dana <dana@fernlight.test>\r\nSubject: Contract\r\nMessage-ID: <1@fernlight.test>\r\n\
         Date: Mon, 8 Jun 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n{words}\
         --b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\
         Content-Disposition: attachment; filename=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\
         --b\r\nContent-Type: text/plain; name=after.txt\r\nContent-Disposition: attachment; filename=after.txt\r\n\r\nx\r\n\
         --b--\r\n",
        base64(file)
    )
    .into_bytes()
}

/// CH-03
#[test]
fn what_outlook_packed_is_unpacked_and_the_file_stays() {
    let message = parse(&mail("", &letter()));

    assert_eq!(message.defects, []);
    assert_eq!(message.text, "See the picture.");
    assert_eq!(message.html.as_deref().map(str::as_bytes), Some(PAGE));
    let files: Vec<(&str, &str, Option<&str>, usize)> = message
        .attachments
        .iter()
        .map(|file| {
            (&*file.name, &*file.content_type, file.content_id.as_deref(), file.bytes.len())
        })
        .collect();
    let plain = "application/octet-stream";
    assert_eq!(
        files,
        [
            ("winmail.dat", "application/ms-tnef", None, letter().len()),
            ("Contract größer.pdf", plain, None, 8),
            ("письмо.png", "image/png", Some("1@mail"), 4),
            ("Re: Contract.txt", "text/plain", None, 16),
            ("inner.txt", plain, None, 10),
            ("after.txt", "text/plain", None, 1),
        ]
    );
}

/// CH-03: what the mail says by itself is what its writer wanted people to read who cannot open the rest
#[test]
fn words_of_the_mail_itself_come_first() {
    let message =
        parse(&mail("--b\r\nContent-Type: text/plain\r\n\r\nIt is attached.\r\n", &letter()));

    assert_eq!((message.text.as_str(), message.html), ("It is attached.", None));
    assert_eq!(message.attachments.len(), 6);
}

/// CH-03
#[test]
fn what_is_cut_off_gives_what_is_there_and_says_so() {
    let whole = letter();

    for end in 0..whole.len() {
        let opened = unpack(&whole[..end]);
        assert_eq!(opened.is_some(), end >= 6, "{end}");
    }
    let message = parse(&mail("", &whole[..whole.len() / 2]));
    assert!(message.defects.contains(&Defect::Winmail), "{:?}", message.defects);
    assert_eq!(message.attachments[1].name, "Contract größer.pdf");
}

/// CH-03, NF-11
#[test]
fn names_and_kinds_from_inside_are_as_harmless_as_those_from_outside() {
    let packed = stream(&[
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0001_8010, b"..\\..\\evil\r\nSet-Cookie: x.exe\0"),
        attribute(2, 0x0006_800f, b"MZ"),
        attribute(2, 0x0006_9005, &properties(&[property(0x1e, 0x370e, b"text/html\r\nX: y\0")])),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0006_800f, b"nameless"),
    ]);

    let opened = unpack(&packed).unwrap();

    assert_eq!(opened.files[0].name, "evil Set-Cookie: x.exe");
    assert_eq!(opened.files[0].content_type, "application/octet-stream");
    assert_eq!(opened.files[1].name, "attachment-2.bin");
}

/// CH-03: letters in letters in letters, and numbers that promise more than there is
#[test]
fn hostile_nesting_and_counts_end() {
    let mut nested = stream(&[attribute(1, 0x0002_800c, b"The innermost.\0")]);
    for _ in 0..50 {
        let object = property(0x0d, 0x3701, &[&MESSAGE[..], &nested].concat());
        nested = stream(&[
            attribute(2, 0x0006_9002, &[0; 14]),
            attribute(2, 0x0006_9005, &properties(&[object])),
        ]);
    }
    let opened = unpack(&nested).unwrap();
    assert!(!opened.is_whole && opened.files.is_empty());

    // Four thousand million times nothing.
    let nothings = [&1_u32.to_le_bytes()[..], &[0x01, 0x10, 1, 0], &[0xff; 4]].concat();
    let opened = unpack(&stream(&[attribute(1, 0x0006_9003, &nothings)])).unwrap();
    assert!(opened.is_whole && opened.text.is_empty());
    for kind in [0x1f_u16, 0x1003, 0x0102, 0x0001, 0x1001, 0x0048, 0x7777] {
        let promised = [&[0xff; 4][..], &kind.to_le_bytes(), &[0, 0x80], &[0xff; 40]].concat();
        unpack(&stream(&[attribute(1, 0x0006_9003, &promised)]));
    }
    let many: Vec<Vec<u8>> = (0..300)
        .flat_map(|_| [attribute(2, 0x0006_9002, &[0; 14]), attribute(2, 0x0006_800f, b"x")])
        .collect();
    let opened = unpack(&stream(&many)).unwrap();
    assert_eq!((opened.files.len(), opened.is_whole), (100, false));
    let message = parse(&mail("", &stream(&many)));
    assert!(message.attachments.len() <= 100 && message.defects.contains(&Defect::Winmail));
}

proptest! {
    /// CH-03
    #[test]
    fn changed_bytes_never_break_anything(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = letter();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));

        if let Some(opened) = unpack(&bytes) {
            let size: usize = opened.files.iter().map(|file| file.bytes.len()).sum();
            prop_assert!(size <= 2 * bytes.len());
            prop_assert!(opened.files.iter().all(|file| !file.name.contains(['/', '\\', '\n'])));
        }
    }
}
