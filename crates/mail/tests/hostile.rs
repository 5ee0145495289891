//! Mails made to break the reader, and copies made to deceive it.

use mail::{Defect, MAX_TEXT_BYTES, parse};

const HEAD: &str = "From: dana@fernlight.test\r\nMessage-ID: <m1@fernlight.test>\r\n";

/// CH-03
#[test]
fn a_huge_text_is_cut_on_a_character() {
    let mail = parse(format!("{HEAD}\r\n{}", "ä".repeat(5 * 1024 * 1024)).as_bytes());

    assert!(mail.text.len() <= MAX_TEXT_BYTES && mail.text.len() > MAX_TEXT_BYTES - 4);
    assert!(mail.defects.contains(&Defect::TextCut));
}

/// CH-03
#[test]
fn endless_headers_are_cut_and_the_body_stays() {
    let mail = parse(format!("{HEAD}{}\r\nHello.", "X: y\r\n".repeat(1_000_000)).as_bytes());

    assert_eq!(
        (mail.text.as_str(), mail.from.unwrap().email.as_str()),
        ("Hello.", "dana@fernlight.test")
    );
    assert!(mail.defects.contains(&Defect::HeadersCut));
}

/// CH-03
#[test]
fn messages_nested_without_end_do_not_exhaust_the_stack() {
    for spelling in ["Content-Type", "Content -Type", ":content-type\t"] {
        let nested = format!("{spelling}: message/rfc822\r\n\r\n").repeat(100_000);

        let mail = parse(format!("{HEAD}{nested}Hello.").as_bytes());

        assert!(mail.defects.contains(&Defect::TooManyParts), "{spelling}");
        assert_eq!(mail.from.unwrap().email, "dana@fernlight.test");
    }
}

#[test]
fn as_many_nested_messages_as_are_allowed_can_be_read() {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(299);

    parse(format!("{HEAD}{nested}").as_bytes());
}

#[test]
fn too_many_addresses_references_and_files_are_left_out() {
    let to: Vec<_> = (0..1000).map(|i| format!("a{i}@b.test")).collect();
    let references: Vec<_> = (0..1000).map(|i| format!("<{i}@b.test>")).collect();
    let part = "--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n".repeat(1000);

    let mail = parse(
        format!(
            "{HEAD}To: {}\r\nReferences: {}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{part}--b--",
            to.join(",\r\n "),
            references.join("\r\n ")
        )
        .as_bytes(),
    );

    assert_eq!((mail.to.len(), mail.references.len(), mail.attachments.len()), (200, 100, 100));
    assert_eq!(mail.references[0], "999@b.test");
    assert!(mail.defects.contains(&Defect::AddressesCut));
    assert!(mail.defects.contains(&Defect::AttachmentsCut));
}

#[test]
fn html_full_of_open_ends_takes_no_longer_than_its_length() {
    for piece in
        ["<a \"", "<a '\"", "<!--", "<style></styl", "<blockquote>x<br>", "&&&&", "<a href="]
    {
        let page = piece.repeat(2 * 1024 * 1024 / piece.len());

        parse(format!("{HEAD}Content-Type: text/html\r\n\r\n{page}").as_bytes());
    }
}

/// CH-03
#[test]
fn a_fingerprint_ignores_transport_and_sees_the_sender_and_the_words() {
    let print = |head: &str, body: &str| parse(format!("{head}\r\n{body}").as_bytes()).fingerprint;
    let first = print(HEAD, "Hello Dana.\r\n");

    let travelled =
        format!("Received: from a by b\r\nX-Spam: no\r\nDelivered-To: x@y.test\r\n{HEAD}");
    assert_eq!(print(&travelled, "Hello\r\nDana.  \r\n\r\n"), first);
    assert_ne!(print(HEAD, "Hello Eve."), first);
    assert_ne!(print(&HEAD.replace("dana", "eve"), "Hello Dana."), first);
    assert_ne!(print(&HEAD.replace("m1", "m2"), "Hello Dana."), first);
}

/// CH-03
#[test]
fn without_a_message_id_date_and_subject_tell_mails_apart() {
    let print = |subject: &str, day: u8| {
        let date = format!("Date: Fri, {day:02} Jun 2026 09:12:00 +0000");
        parse(format!("From: a@b.test\r\n{date}\r\nSubject: {subject}\r\n\r\nHi").as_bytes())
            .fingerprint
    };

    assert_eq!(print("One", 5), print("One", 5));
    assert_ne!(print("One", 5), print("Two", 5));
    assert_ne!(print("One", 5), print("One", 6));
}

#[test]
fn nothing_at_all_is_a_message_without_anything() {
    let mail = parse(b"");

    assert_eq!((mail.text.as_str(), mail.from), ("", None));
    assert!(mail.defects.contains(&Defect::Unreadable));
}

#[test]
fn an_address_keeps_its_writing_and_compares_without_it() {
    let mail = parse(b"From: =?utf-8?q?D=C3=B6rte?= <Doerte@Example.TEST>\r\n\r\nHi");

    let from = mail.from.unwrap();
    assert_eq!((from.name.as_deref(), from.email.as_str()), (Some("Dörte"), "Doerte@Example.TEST"));
    assert_eq!(from.folded(), "doerte@example.test");
}
