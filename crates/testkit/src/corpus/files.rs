//! Files that lie about their names and kinds.

use super::{Awkward, multipart};

/// What stands behind `Content-Disposition: attachment`.
const NAMES: [(&str, &str); 20] = [
    ("a path", "filename=\"../../../etc/passwd\""),
    ("a path of Windows", "filename=\"C:\\\\Windows\\\\evil.exe\""),
    ("two endings", "filename=\"photo.jpg.exe\""),
    ("an ending turned around", "filename*=utf-8''photo%E2%80%AEgpj.exe"),
    ("a line break", "filename*=utf-8''a%0D%0ASet-Cookie:x.txt"),
    ("a null", "filename*=utf-8''a%00.txt"),
    ("script", "filename=\"<img src=x onerror=alert(1)>.txt\""),
    ("quotes", "filename=\"a\\\"b;c.txt\""),
    ("only dots", "filename=\"..\""),
    ("nothing", "filename=\"\""),
    ("a thousand letters", "filename=\"LONG\""),
    ("pieces", "filename*0=\"re\"; filename*1=\"port\"; filename*2=\".pdf\""),
    ("pieces in the wrong order", "filename*1=\"port\"; filename*0=\"re\""),
    ("a charset nobody knows", "filename*=x-none'en'%ff%fe.txt"),
    ("an encoded word", "filename=\"=?utf-8?b?w5xiZXI=?=.txt\""),
    ("bare eight-bit letters", "filename=\"\u{dc}ber.txt\""),
    ("a device of old", "filename=\"CON\""),
    ("a space at the end", "filename=\"a.exe \""),
    ("a semicolon", "filename=a;b.txt"),
    ("faces", "filename=\"\u{1f600}.txt\""),
];

/// Kinds that are not what the content is.
const KINDS: [(&str, &str, &str); 16] = [
    ("a page that says to be a picture", "image/png; name=a.png", "<script>alert(1)</script>"),
    ("a page that says to be text", "text/plain; name=a.html", "<script>alert(1)</script>"),
    (
        "a vector drawing",
        "image/svg+xml; name=a.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
    ),
    (
        "a document with a page in it",
        "application/xhtml+xml; name=a.xhtml",
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></html>",
    ),
    (
        "markup with entities that grow",
        "text/xml; name=a.xml",
        "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]><a>&d;</a>",
    ),
    ("a script", "application/javascript; name=a.js", "alert(1)"),
    ("a program", "application/x-msdownload; name=a.exe", "MZ\u{1}\u{2}"),
    ("a document of old with macros", "application/msword; name=a.doc", "\u{1}\u{2}not one"),
    ("an archive that is none", "application/zip; name=a.zip", "PK\u{3}\u{4}"),
    ("a letter of Outlook", "application/ms-tnef; name=winmail.dat", "x\u{9f}>\""),
    (
        "a card",
        "text/vcard; name=a.vcf",
        "BEGIN:VCARD\r\nFN:<script>alert(1)</script>\r\nEND:VCARD",
    ),
    (
        "a shortcut",
        "application/octet-stream; name=a.url",
        "[InternetShortcut]\r\nURL=https://evil.test",
    ),
    ("a kind of three words", "image/png/evil; name=a.png", "x"),
    ("a kind with a line break", "text/plain;\r\n name=\"a.txt\";\r\n x=y", "x"),
    ("nothing in it", "application/pdf; name=a.pdf", ""),
    (
        "a mail with a page",
        "message/rfc822; name=a.eml",
        "From: a@b.test\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    ),
];

/// A part of a letter of Outlook: its level, which it is, and what is in it.
type Attribute<'a> = (u8, u32, &'a str);

/// Letters of Outlook: a page that would run, names that would lead elsewhere, and what never ends.
fn letters() -> Vec<Awkward> {
    let page = "<p>Hello.</p><script>alert(1)</script><img src=x onerror=alert(1)>";
    let path = "..\\..\\start\\evil.exe";
    let within = packed(&[(1, 0x0002_800c, "The inner words.")]);
    let within = within.iter().map(|byte| char::from(*byte)).collect::<String>();
    let letters: [(&str, Vec<Attribute<'_>>); 6] = [
        ("words alone", vec![(1, 0x0002_800c, "Hello.")]),
        ("nothing", vec![]),
        ("a page for text", vec![(1, 0x0002_800c, page)]),
        ("a path", vec![(2, 0x0006_9002, ""), (2, 0x0001_8010, path), (2, 0x0006_800f, "MZ")]),
        ("a letter as a file", vec![(2, 0x0006_9002, ""), (2, 0x0006_800f, &within)]),
        ("properties that are none", vec![(1, 0x0006_9003, "\u{1}\u{1}\u{1}\u{1}\u{1f}")]),
    ];
    let whole = letters.into_iter().map(|(name, attributes)| (name, packed(&attributes)));
    let cut = packed(&[(1, 0x0002_800c, "Hello, and there is much more.")]);
    let cut = ("the beginning of one", cut[..30].to_vec());
    let all = whole.chain([cut]).map(|(name, bytes)| {
        let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}={byte:02X}"));
        let file = format!(
            "Content-Type: application/ms-tnef; name=winmail.dat\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{hex}"
        );
        multipart(format!("a letter of Outlook with {name}"), "mixed", &[&file])
    });
    all.collect()
}

/// Such a letter, of its attributes; a letter of a text stands for a byte.
fn packed(attributes: &[Attribute<'_>]) -> Vec<u8> {
    let mut out = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    for (level, id, text) in attributes {
        let data: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        out.push(*level);
        out.extend(id.to_le_bytes());
        out.extend(u32::try_from(data.len()).unwrap_or_default().to_le_bytes());
        out.extend(&data);
        out.extend(
            data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte))).to_le_bytes(),
        );
    }
    out
}

pub(super) fn mails() -> Vec<Awkward> {
    let text = "Content-Type: text/plain\r\n\r\nSee the file.";
    let long = format!("filename=\"{}.txt\"", "l".repeat(1000));
    let named = NAMES.iter().map(|(name, disposition)| {
        let disposition = if disposition.contains("LONG") { &long } else { *disposition };
        let file = format!(
            "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; {disposition}\r\n\r\ncontent"
        );
        multipart(format!("a file named with {name}"), "mixed", &[text, &file])
    });
    let kinds = KINDS.iter().map(|(name, kind, content)| {
        let file =
            format!("Content-Type: {kind}\r\nContent-Disposition: attachment\r\n\r\n{content}");
        multipart(format!("a file: {name}"), "mixed", &[text, &file])
    });
    let mut all: Vec<Awkward> = named.chain(kinds).collect();
    let many = "Content-Disposition: attachment; filename=a.txt\r\n\r\nx";
    all.push(multipart("a hundred and fifty files", "mixed", &[many; 150]));
    all.push(multipart("files without a word", "mixed", &[many, many]));
    all.extend(letters());
    all
}
