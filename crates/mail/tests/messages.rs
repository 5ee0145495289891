//! Whole mails as programs write them, from the folder `messages`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, path::Path};

use mail::{Automatic, Bounce, Defect, Message, parse};

fn message(name: &str) -> Message {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    parse(&fs::read(folder.join(name).with_extension("eml")).unwrap())
}

fn emails(addresses: &[mail::Address]) -> Vec<&str> {
    addresses.iter().map(|address| address.email.as_str()).collect()
}

/// CH-03
#[test]
fn a_plain_mail_is_read_whole() {
    let mail = message("plain");

    let from = mail.from.unwrap();
    assert_eq!(
        (from.name.as_deref(), from.email.as_str()),
        (Some("Dana Fern"), "dana@fernlight.test")
    );
    assert_eq!(mail.message_id.as_deref(), Some("m1@fernlight.test"));
    assert_eq!(mail.subject, "Flags do not load");
    assert_eq!(mail.date, Some(1_780_647_120));
    assert_eq!(mail.text, "Hello,\n\nthe flags do not load in Safari.\n\nDana");
    assert_eq!((mail.reply_text, mail.quoted, mail.html), (mail.text, None, None));
    assert_eq!(emails(&mail.reply_to), ["team@fernlight.test"]);
    assert_eq!(
        emails(&mail.recipients),
        [
            "support+inbox@acme.test",
            "support@acme.test",
            "lee@fernlight.test",
            "sam@fernlight.test"
        ]
    );
    assert_eq!((mail.automatic, mail.defects), (None, vec![]));
}

/// CH-03
#[test]
fn an_html_mail_becomes_readable_text() {
    let mail = message("html_only");

    assert_eq!(
        mail.reply_text,
        "Hello & good day,\n\nthe export (https://acme.test/export) takes\n30 s."
    );
    assert_eq!(
        mail.quoted.unwrap(),
        "On Fri, 5 Jun 2026 at 08:00, Acme <support@acme.test> wrote:\n> How slow?"
    );
    assert!(mail.html.unwrap().contains("<script>"), "cleaning is not done here");
}

/// CH-03
#[test]
fn old_charsets_are_read() {
    let latin = message("latin_1");
    let chinese = message("gb18030");
    let japanese = message("shift_jis");

    assert_eq!(latin.from.unwrap().name.unwrap(), "Jürgen Müller");
    assert_eq!(
        (latin.subject.as_str(), latin.text.as_str()),
        ("Grüße aus Köln", "Die Übersicht lädt nicht. Schöne Grüße")
    );
    assert_eq!(
        (chinese.subject.as_str(), chinese.text.as_str()),
        ("旗帜无法加载", "你好，导出很慢。")
    );
    assert_eq!(
        (japanese.subject.as_str(), japanese.text.as_str()),
        ("フラグ", "エクスポートが遅いです。")
    );
}

/// CH-03
#[test]
fn parts_within_parts_give_one_text_and_all_files() {
    let mail = message("nested_multipart");

    assert_eq!(mail.text, "See the picture.");
    assert!(mail.html.unwrap().contains("cid:pic"));
    let files: Vec<_> = mail
        .attachments
        .iter()
        .map(|file| (file.name.as_str(), file.content_type.as_str()))
        .collect();
    assert_eq!(
        files,
        [
            ("pic.png", "image/png"),
            ("Rückgabe.pdf", "application/pdf"),
            ("attachment-3.eml", "message/rfc822"),
        ]
    );
    assert_eq!(mail.attachments[1].bytes, b"%PDF-");
    assert!(String::from_utf8_lossy(&mail.attachments[2].bytes).contains("Older text."));
}

/// CH-03
#[test]
fn what_cannot_be_opened_here_is_kept_and_marked() {
    let winmail = message("winmail");
    let invite = message("calendar_invite");
    let encrypted = message("encrypted");

    assert_eq!(
        (winmail.text.as_str(), winmail.defects),
        ("The contract is attached.", vec![Defect::Winmail])
    );
    assert_eq!(winmail.attachments[0].name, "winmail.dat");
    assert_eq!(invite.text, "Shall we talk?");
    assert_eq!(invite.attachments[0].name, "attachment-1.ics");
    assert!(invite.attachments[0].bytes.starts_with(b"BEGIN:VCALENDAR"));
    assert!(encrypted.defects.contains(&Defect::Encrypted));
    assert!(encrypted.defects.contains(&Defect::NoBody));
}

/// CH-03
#[test]
fn automatic_answers_are_known_by_what_their_makers_declare() {
    let submitted = |word: &str| Some(Automatic::AutoSubmitted(word.to_owned()));

    assert_eq!(message("auto_reply_exchange").automatic, submitted("auto-generated"));
    assert_eq!(message("auto_reply_gmail").automatic, submitted("auto-replied"));
    assert_eq!(message("auto_reply_old").automatic, Some(Automatic::AutoReply));
    assert_eq!(message("auto_reply_precedence").automatic, Some(Automatic::AutoReply));
    assert_eq!(message("list").automatic, Some(Automatic::List));
    assert_eq!(message("null_sender").automatic, Some(Automatic::NullSender));
    assert_eq!(message("read_receipt").automatic, Some(Automatic::Report));
    assert_eq!(message("suppressing_but_human").automatic, None);
}

/// CH-03
#[test]
fn only_the_own_instance_makes_a_loop() {
    let mail = message("our_own");

    assert_eq!(mail.automatic, None);
    assert_eq!(mail.automatic_at("desk-1"), Some(Automatic::OurOwn));
    assert_eq!(mail.automatic_at("desk-2"), None);
}

/// SLA-05
#[test]
fn a_bounce_says_whose_mail_failed_and_why() {
    let failed = Bounce {
        permanent: true,
        recipients: vec!["dana@fernlight.test".into()],
        status: Some("5.2.2".into()),
        diagnostic: Some("552 5.2.2 mailbox full".into()),
        original: Some("t4812-1-abc.77@acme.test".into()),
    };
    let delayed = Bounce {
        permanent: false,
        status: Some("4.4.1".into()),
        diagnostic: None,
        ..failed.clone()
    };

    assert_eq!(message("bounce").automatic, Some(Automatic::Bounce(failed)));
    assert_eq!(message("bounce_headers_only").automatic, Some(Automatic::Bounce(delayed)));
}

/// CH-03
#[test]
fn a_broken_mail_is_still_a_message() {
    let check = |name: &str, text: &str, defect: Defect| {
        let mail = message(name);

        assert!(mail.text.contains(text), "{name}: {:?}", mail.text);
        assert!(mail.defects.contains(&defect), "{name}: {:?}", mail.defects);
        assert_eq!(mail.from.unwrap().email, "dana@fernlight.test");
    };

    check("missing_message_id", "Hello.", Defect::MissingMessageId);
    check("broken_boundary", "Still readable.", Defect::Encoding);
    check("unclosed_boundary", "Still readable.", Defect::Encoding);
    check("empty_body", "", Defect::NoBody);
    check("headers_only", "", Defect::NoBody);
    check("broken_charset", "Caf\u{fffd}  is closed.", Defect::Charset);
    check("broken_charset", "", Defect::ControlCharacters);
    check("two_senders", "Who am I?", Defect::SeveralSenders);
}

/// CH-03
#[test]
fn garbage_is_still_a_message() {
    let mail = message("binary_garbage");

    assert_eq!(mail.from, None);
    assert!(mail.defects.contains(&Defect::MissingFrom));
    assert_eq!(mail.fingerprint.len(), 64);
}

/// CH-03
#[test]
fn the_quoted_rest_is_folded_as_mail_programs_write_it() {
    let check = |name: &str, reply: &str, quoted: &str| {
        let mail = message(name);

        assert_eq!(mail.reply_text, reply, "{name}");
        assert!(mail.quoted.unwrap().contains(quoted), "{name}");
    };

    check("quote_gmail", "It works now, thanks!", "> is it fixed?");
    check("quote_apple", "It works now.\n\nSent from my iPhone", "> Is it fixed?");
    check("quote_outlook", "It works now.", "Is it fixed?");
    check("quote_german", "Jetzt geht es.", "> Geht es wieder?");
    check("quote_french", "Ça marche.", "> Ça marche ?");
}

/// CH-03
#[test]
fn answers_between_the_quoted_lines_are_not_folded() {
    let mail = message("quote_inline");

    assert!(mail.reply_text.contains("Safari.") && mail.reply_text.contains("17."));
    assert_eq!(mail.quoted, None);
}

/// CH-03
#[test]
fn references_come_newest_first_and_once() {
    assert_eq!(message("quote_gmail").references, ["t1-1-x.7@acme.test", "first@fernlight.test"]);
}
