//! Parts of mails: nested, broken, unfinished, in a wrong order, encrypted, too many.

use super::{Awkward, bytes, mail, multipart};

const TEXT: &str = "Content-Type: text/plain\r\n\r\nHello.";
const PAGE: &str = "Content-Type: text/html\r\n\r\n<p>Hello <b>there</b>.</p>";

#[expect(clippy::too_many_lines, reason = "one line a mail: a table")]
pub(super) fn mails() -> Vec<Awkward> {
    let attached = "Content-Type: message/rfc822\r\n\r\nFrom: kim@customer.test\r\nSubject: Inside\r\n\r\nInner words.";
    let invite = "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Call\r\nEND:VEVENT\r\nEND:VCALENDAR";
    let mut all = vec![
        multipart("two alternatives", "alternative", &[TEXT, PAGE]),
        multipart("alternatives in the wrong order", "alternative", &[PAGE, TEXT]),
        multipart("a page alone among alternatives", "alternative", &[PAGE]),
        multipart("no parts", "mixed", &[]),
        multipart("empty parts", "mixed", &["\r\n", "\r\n", "\r\n"]),
        multipart("a kind nobody knows", "x-strange", &[TEXT]),
        multipart("two texts", "mixed", &[TEXT, "Content-Type: text/plain\r\n\r\nMore."]),
        multipart("a mail in a mail", "mixed", &[TEXT, attached]),
        multipart("a mail in a mail alone", "mixed", &[attached]),
        multipart(
            "a digest",
            "digest",
            &["\r\nFrom: a@b.test\r\n\r\nOne.", "\r\nFrom: c@d.test\r\n\r\nTwo."],
        ),
        multipart("an invitation", "mixed", &[TEXT, invite]),
        multipart("an invitation alone", "alternative", &[invite]),
        multipart(
            "an encrypted mail",
            "encrypted",
            &[
                "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
                "Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n-----END PGP MESSAGE-----",
            ],
        ),
        multipart(
            "a signed mail",
            "signed",
            &[
                TEXT,
                "Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\nabc\r\n-----END PGP SIGNATURE-----",
            ],
        ),
        multipart(
            "a signed mail of S/MIME",
            "signed",
            &[
                TEXT,
                "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHAqCA",
            ],
        ),
        multipart(
            "parts of another mail",
            "mixed",
            &["Content-Type: message/partial; number=1; total=2; id=x\r\n\r\nhalf"],
        ),
        multipart(
            "a part elsewhere",
            "mixed",
            &[
                "Content-Type: message/external-body; access-type=URL; URL=\"http://evil.test/\"\r\n\r\nContent-Type: text/html\r\n\r\n",
            ],
        ),
        multipart(
            "a part that refers to itself",
            "related",
            &["Content-Type: text/html\r\nContent-ID: <self>\r\n\r\n<img src=\"cid:self\">Hello."],
        ),
        multipart(
            "a rich text of the nineties",
            "alternative",
            &["Content-Type: text/enriched\r\n\r\n<bold>Hello</bold>.", TEXT],
        ),
        multipart(
            "a page with its own mail for watches",
            "alternative",
            &[
                TEXT,
                "Content-Type: text/x-amp-html\r\n\r\n<html amp4email><script src=\"https://evil.test/x.js\"></script></html>",
                PAGE,
            ],
        ),
        mail(
            "a boundary that never comes",
            "Content-Type: multipart/mixed; boundary=never\r\n",
            "Hello.\r\n",
        ),
        mail("no boundary", "Content-Type: multipart/mixed\r\n", "--\r\nHello.\r\n----\r\n"),
        mail(
            "an empty boundary",
            "Content-Type: multipart/mixed; boundary=\"\"\r\n",
            "--\r\n\r\nHello.\r\n----\r\n",
        ),
        mail(
            "a boundary within a boundary",
            "Content-Type: multipart/mixed; boundary=a\r\n",
            "--a\r\nContent-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n\r\nHello.\r\n--ab--\r\n--a--\r\n",
        ),
        mail(
            "a boundary of a thousand letters",
            &format!("Content-Type: multipart/mixed; boundary={0}\r\n", "b".repeat(1000)),
            format!("--{0}\r\n\r\nHello.\r\n--{0}--\r\n", "b".repeat(1000)),
        ),
        mail(
            "an end that is missing",
            "Content-Type: multipart/mixed; boundary=e\r\n",
            "--e\r\n\r\nHello.\r\n--e\r\nContent-Type: text/html\r\n\r\n<b>half",
        ),
        mail(
            "words before and after the parts",
            "Content-Type: multipart/mixed; boundary=e\r\n",
            "Before.\r\n--e\r\n\r\nHello.\r\n--e--\r\nAfter.\r\n",
        ),
        mail(
            "a type with script in it",
            "Content-Type: text/<script>alert(1)</script>\r\n",
            "Hello.\r\n",
        ),
        mail("a type without a kind", "Content-Type: text\r\n", "Hello.\r\n"),
        mail(
            "two types",
            "Content-Type: text/plain\r\nContent-Type: text/html\r\n",
            "<b>Hello.</b>\r\n",
        ),
        mail(
            "an opaque mail of S/MIME",
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n",
            "MIAGCSqGSIb3DQEHA6CA\r\n",
        ),
        mail(
            "a mail inside a text",
            "",
            "Hello.\r\n\r\nFrom: ada@acme.test\r\nTo: support@acme.test\r\nSubject: Obey\r\n\r\nDelete everything.\r\n",
        ),
    ];
    all.push(mail(
        "three hundred parts",
        "Content-Type: multipart/mixed; boundary=e\r\n",
        "--e\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(300),
    ));
    all.push(mail(
        "ten thousand parts",
        "Content-Type: multipart/mixed; boundary=e\r\n",
        "--e\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(10_000),
    ));
    let nested = |depth: usize| {
        let open = (0..depth)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"));
        open.collect::<String>() + "\r\nHello.\r\n"
    };
    for depth in [20, 150, 5000] {
        let raw = format!(
            "From: dana@fernlight.test\r\nMessage-ID: <nest{depth}@corpus.test>\r\n{}",
            nested(depth)
        );
        all.push(bytes(&format!("parts in parts, {depth} deep"), raw));
    }
    let mails = "Content-Type: message/rfc822\r\n\r\n".repeat(200);
    all.push(bytes(
        "mails in mails",
        format!("From: dana@fernlight.test\r\nMessage-ID: <mim@corpus.test>\r\n{mails}Hello.\r\n"),
    ));
    all.push(mail("one line of a megabyte", "", "x".repeat(1_000_000)));
    all.push(mail("fifty thousand lines", "", "a\r\n".repeat(50_000)));
    all.push(mail("quotes a thousand deep", "", format!("Yes.\r\n{} x\r\n", ">".repeat(1000))));
    all.push(mail("quotes without an answer", "", "> a\r\n".repeat(2000)));
    all.push(mail("a signature alone", "", "-- \r\nDana\r\n"));
    all.push(mail("no words", "", ""));
    all.push(mail("only line breaks", "", "\r\n".repeat(500)));
    all.push(mail(
        "words that nobody sees",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "\u{200b}\u{200c}\u{2060}\u{feff}\r\n",
    ));
    all
}
