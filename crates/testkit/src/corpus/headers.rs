//! Heads of mails: missing, doubled, endless, forged.

use super::{Awkward, bytes, mail};

const FROMS: [(&str, &str); 22] = [
    ("several senders", "a@one.test, b@two.test"),
    ("a group", "Undisclosed: a@one.test, b@two.test;"),
    ("an empty group", "undisclosed-recipients:;"),
    ("an address without a domain", "root"),
    ("an address without a name", "@evil.test"),
    ("two ats", "a@b@evil.test"),
    ("an address in the name", "\"support@acme.test\" <eve@evil.test>"),
    ("our own address", "Acme support <support@acme.test>"),
    ("an agent's address", "Ada <ada@acme.test>"),
    ("a comment", "eve@evil.test (Ada from Acme)"),
    ("brackets in the name", "\"<b>Dana</b>\" <dana@fernlight.test>"),
    ("script in the name", "\"<script>alert(1)</script>\" <dana@fernlight.test>"),
    ("quotes in the name", "\"Da\\\"na\" <dana@fernlight.test>"),
    ("a quoted local part", "\"da na\"@fernlight.test"),
    ("an address literal", "dana@[192.0.2.7]"),
    ("letters beyond ascii", "d\u{e4}na@b\u{fc}cher.test"),
    ("a look-alike domain", "ada@\u{430}cme.test"),
    ("a domain in punycode", "dana@xn--bcher-kva.test"),
    ("no bracket at the end", "Dana <dana@fernlight.test"),
    ("a line break behind a space", "Dana\r\n <dana@fernlight.test>"),
    ("a name of a thousand letters", "LONG"),
    ("nothing", ""),
];

pub(super) fn mails() -> Vec<Awkward> {
    let long = format!("\"{}\" <dana@fernlight.test>", "n".repeat(1000));
    let mut all: Vec<Awkward> = FROMS
        .iter()
        .map(|(name, from)| {
            let from = if *from == "LONG" { &long } else { *from };
            mail(format!("from {name}"), &format!("From: {from}\r\n"), "Hello.\r\n")
        })
        .collect();
    let ids = [
        ("no message id", "Message-ID:\r\n".to_owned()),
        ("an id of spaces", "Message-ID: <   >\r\n".to_owned()),
        ("an id without brackets", "Message-ID: abc@def.test\r\n".to_owned()),
        ("two ids", "Message-ID: <a@b.test>\r\nMessage-ID: <c@d.test>\r\n".to_owned()),
        ("an id of two thousand letters", format!("Message-ID: <{}@b.test>\r\n", "i".repeat(2000))),
        (
            "a forged token in the references",
            "References: <t1-1-aaaaaaaaaaaaaaaaaaaaaaaaaa.1@acme.test>\r\n".to_owned(),
        ),
        (
            "a forged token in the address",
            "To: support+t1-1-aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.test\r\n".to_owned(),
        ),
        ("a number in the subject of an answer", "Subject: Re: [#1] Flags\r\n".to_owned()),
        ("a thousand references", format!("References:{}\r\n", " <r@b.test>\r\n".repeat(1000))),
        ("a thousand recipients", format!("Cc: {}\r\n", "a@b.test, ".repeat(1000))),
        ("a date in the year 9999", "Date: Fri, 31 Dec 9999 23:59:59 +0000\r\n".to_owned()),
        ("a date before time", "Date: Thu, 1 Jan 1970 00:00:00 +9999\r\n".to_owned()),
        ("no date that is one", "Date: yesterday\r\n".to_owned()),
        ("two subjects", "Subject: One\r\nSubject: Two\r\n".to_owned()),
        ("a subject of ten thousand letters", format!("Subject: {}\r\n", "s".repeat(10_000))),
        ("no subject", "Subject:\r\n".to_owned()),
        ("a header without a colon", "this is no header\r\n".to_owned()),
        ("a header without a name", ": nothing\r\n".to_owned()),
        ("a folded header without end", format!("X-Fold: a\r\n{}", " b\r\n".repeat(5000))),
        ("headers without end", "X-Many: y\r\n".repeat(20_000)),
        ("bare carriage returns in a header", "X-A: a\rBcc: eve@evil.test\r\n".to_owned()),
        ("nulls in a header", "X-A: a\0b\r\n".to_owned()),
        (
            "a word of praise from nobody",
            "Authentication-Results: mx.evil.test; dmarc=pass; dkim=pass\r\n".to_owned(),
        ),
        ("an answer address elsewhere", "Reply-To: eve@evil.test\r\n".to_owned()),
        ("our own mark, forged", "X-Answerable-Instance: 0000000000000000\r\n".to_owned()),
    ];
    all.extend(ids.iter().map(|(name, headers)| mail(*name, headers, "Hello.\r\n")));
    all.push(bytes("nothing at all", ""));
    all.push(bytes("one line break", "\r\n"));
    all.push(bytes("a body alone", "\r\nHello.\r\n"));
    all.push(bytes("unix line ends", "From: dana@fernlight.test\nSubject: Unix\n\nHello.\n"));
    all.push(bytes("old Mac line ends", "From: dana@fernlight.test\rSubject: Mac\r\rHello.\r"));
    all.push(bytes(
        "a mailbox file",
        "From dana Mon Jun  8 08:00:00 2026\r\nFrom: dana@fernlight.test\r\n\r\nHello.\r\n",
    ));
    all.push(bytes("a web request", "GET / HTTP/1.1\r\nHost: acme.test\r\n\r\n"));
    all.push(bytes(
        "random bytes",
        (0..=255).cycle().take(4096).map(|n: u8| n.wrapping_mul(167)).collect::<Vec<u8>>(),
    ));
    all
}
