//! Words in charsets that are named wrongly, seldom, or not at all.

use super::{Awkward, mail};

/// Labels that senders write; what the bytes are is another matter.
const LABELS: [&str; 44] = [
    "utf-8",
    "UTF8",
    "utf-7",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "utf-32",
    "us-ascii",
    "ascii",
    "ansi_x3.4-1968",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8-i",
    "iso-8859-9",
    "iso-8859-15",
    "latin1",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1254",
    "windows-1256",
    "windows-874",
    "koi8-r",
    "koi8-u",
    "macintosh",
    "ibm850",
    "cp437",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "euc-jp",
    "iso-2022-jp",
    "shift_jis",
    "euc-kr",
    "ks_c_5601-1987",
    "iso-2022-kr",
    "hz-gb-2312",
    "x-unknown",
    "unknown-8bit",
    "\"\"",
];

const WORDS: [(&str, &str); 16] = [
    ("a q word", "=?utf-8?q?=C3=9Cbersicht?="),
    ("a b word", "=?utf-8?b?w5xiZXJzaWNodA==?="),
    ("words cut within a letter", "=?utf-8?b?w5xiZXJzaWNod?= =?utf-8?b?IGzDpA==?="),
    ("a word of no charset", "=?x-none?q?=DCbersicht?="),
    ("a word of no encoding", "=?utf-8?x?abc?="),
    ("a word without an end", "=?utf-8?q?abc"),
    ("a word with a line break in it", "=?utf-8?q?a=0D=0ABcc:_eve@evil.test?="),
    ("a word with a null in it", "=?utf-8?q?a=00b?="),
    ("a word with script in it", "=?utf-8?q?=3Cscript=3Ealert(1)=3C/script=3E?="),
    ("a word that turns the text around", "=?utf-8?b?4oCuZ25wLmV4ZQ==?="),
    ("bare eight-bit letters", "\u{dc}bersicht l\u{e4}dt nicht"),
    ("faces", "\u{1f600}\u{1f525} help"),
    ("letters that are stacked", "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}algo"),
    ("right to left", "\u{645}\u{631}\u{62d}\u{628}\u{627}"),
    ("only spaces", "   \t "),
    ("letters without width", "\u{200b}\u{200d}\u{feff}"),
];

pub(super) fn mails() -> Vec<Awkward> {
    let mut all = Vec::new();
    for label in LABELS {
        let headers = format!("Content-Type: text/plain; charset={label}\r\n");
        // Letters that every table reads differently, and words that every reader must find.
        let mut body = b"Hello ".to_vec();
        body.extend_from_slice(b"\xc3\xa4 \xe4\xf6\xfc \x82\xb1\x82\xf1 \x1b$B$3$s\x1b(B");
        body.extend_from_slice(b" the flags are off.\r\n");
        all.push(mail(format!("text that says to be {label}"), &headers, body));
    }
    for (name, word) in WORDS {
        all.push(mail(
            format!("a subject of {name}"),
            &format!("Subject: {word}\r\n"),
            "Hello.\r\n",
        ));
    }
    all.push(mail(
        "quoted-printable that breaks off",
        "Content-Transfer-Encoding: quoted-printable\r\n",
        "caf=C3=A9 =\r\n=ZZ = =C3=",
    ));
    all.push(mail(
        "base64 with dirt in it",
        "Content-Transfer-Encoding: base64\r\n",
        "SGVsb G8g*dGhl***cmU=====\r\nIQ\r\n",
    ));
    all.push(mail(
        "an encoding nobody knows",
        "Content-Transfer-Encoding: x-uu\r\n",
        "begin 644 a\r\nend\r\n",
    ));
    all.push(mail(
        "a byte order mark",
        "Content-Type: text/plain; charset=utf-8\r\n",
        b"\xef\xbb\xbfHello.\r\n",
    ));
    all.push(mail("nulls in the text", "", b"He\0llo\0 the\0re.\r\n"));
    all.push(mail("terminal commands in the text", "", b"\x1b[2J\x1b]0;owned\x07Hello.\r\n"));
    all
}
