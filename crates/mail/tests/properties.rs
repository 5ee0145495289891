//! What holds for every mail and every token.

use mail::{Outgoing, ReplyKey, claims, find_token, parse, reply_address};
use proptest::prelude::*;

/// Pieces that mails are made of, in any order, so that the parser gets deep enough.
fn any_mail() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"From: a@b.test\r\n".to_vec()),
        Just(b"Subject: =?utf-8?q?=C3?= =?x?b?!?=\r\n".to_vec()),
        Just(b"Content-Type: multipart/mixed; boundary=\"b\"\r\n".to_vec()),
        Just(b"Content-Type: multipart/report; boundary=b\r\n".to_vec()),
        Just(b"Content-Type: message/delivery-status\r\n".to_vec()),
        Just(b"Content-Type: message/rfc822\r\n".to_vec()),
        Just(b"Content-Type: text/html; charset=shift_jis\r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: quoted-printable\r\n".to_vec()),
        Just(b"Content-Disposition: attachment; filename*0*=x''%zz\r\n".to_vec()),
        Just(b"References: <a@b> <c@\r\n".to_vec()),
        Just(b"Date: 99 Jun 26 99:99:99 +9999\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r\n--b\r\n".to_vec()),
        Just(b"--b--\r\n".to_vec()),
        Just(b"On 5 Jun 08:00 a@b.test wrote:\r\n> x\r\n".to_vec()),
        Just(b"\r\n-- \r\nDana\r\n".to_vec()),
        Just(b"Subject: Fwd: x\r\n".to_vec()),
        Just(b"---------- Forwarded message ---------\r\nFrom: K <k@c.test>\r\n".to_vec()),
        Just(b"<p>&amp;<a href='x'>=C3=".to_vec()),
        prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Words as people write them; `=?` would be read as an encoded word.
fn words() -> impl Strategy<Value = String> {
    prop::collection::vec("[a-zA-Z0-9äöüß旗é.,:;<>()\"'@#&+-]{1,12}", 0..20)
        .prop_map(|words| words.join(" "))
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec("[ -~äöü旗\u{1f600}]{0,90}", 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    /// CH-03
    #[test]
    fn reading_never_panics(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        parse(&raw);
    }

    /// CH-03
    #[test]
    fn reading_gives_plain_text_of_every_mail(raw in any_mail()) {
        let mail = parse(&raw);

        let plain = |text: &str| text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t');
        prop_assert!(plain(&mail.text) && plain(&mail.subject) && !mail.subject.contains('\n'));
        prop_assert_eq!(parse(&raw), mail);
    }

    /// CH-03
    #[test]
    fn nothing_of_the_text_is_lost_when_a_quote_is_folded(raw in any_mail()) {
        let mail = parse(&raw);

        let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let folded = mail.quoted.as_deref().map_or(0, count);
        // The line that sets a signature apart is two dashes.
        let signature = mail.signature.as_deref().map_or(0, |text| count(text) + 2);
        prop_assert_eq!(count(&mail.reply_text) + folded + signature, count(&mail.text));
    }

    /// CH-03
    #[test]
    fn a_token_comes_back_to_its_ticket(key: Vec<u8>, epoch in 0_i64.., ticket in 1_i64..) {
        let key = ReplyKey::new(&key, epoch);
        let to = reply_address("Acme <support@acme.test>", &key.token(ticket)).unwrap();
        let mail = parse(format!("To: {to}\r\n\r\n").as_bytes());

        prop_assert_eq!(find_token(&mail, &key, "support@acme.test"), Some(ticket));
        prop_assert_eq!(claims(&mail), Some(ticket));
    }

    /// CH-03
    #[test]
    fn one_changed_character_never_verifies(
        ticket in 1_i64..1_000_000,
        at in any::<prop::sample::Index>(),
        changed in "[a-z0-9-]",
    ) {
        let key = ReplyKey::new(b"key", 1);
        let mut token = key.token(ticket);
        let at = at.index(token.len());
        prop_assume!(token[at..=at] != changed);

        token.replace_range(at..=at, &changed);

        prop_assert_eq!(key.verify(&token), None);
    }

    #[test]
    fn any_string_at_all_is_refused_as_a_token(token: String) {
        prop_assert_eq!(ReplyKey::new(b"key", 1).verify(&token), None);
    }

    /// CH-03
    #[test]
    fn what_we_write_is_what_is_read(
        name in words(),
        subject in words(),
        text in lines(),
        html in prop::option::of(lines()),
        ids in prop::collection::vec("[a-z0-9.-]{1,60}@[a-z]{1,20}", 0..20),
        automatic: bool,
    ) {
        let mail = Outgoing {
            from: "support@acme.test".into(),
            to: vec![format!("{} <dana@fernlight.test>", name.replace(['<', '>', '"'], ""))],
            cc: vec!["lee@fernlight.test".into()],
            subject: subject.clone(),
            text: text.clone(),
            html,
            message_id: "m@acme.test".into(),
            in_reply_to: ids.first().cloned(),
            references: ids.clone(),
            automatic,
            ..Outgoing::default()
        };

        let read = parse(&mail.to_bytes().unwrap());

        let mut unique: Vec<String> = Vec::new();
        for id in ids {
            if !unique.contains(&id) {
                unique.push(id);
            }
        }
        prop_assert_eq!(read.subject, subject);
        prop_assert_eq!(read.references, unique);
        prop_assert_eq!(&read.to[0].email, "dana@fernlight.test");
        prop_assert_eq!(&read.cc[0].email, "lee@fernlight.test");
        prop_assert_eq!(read.automatic.is_some(), automatic);
        if !text.trim().is_empty() {
            prop_assert_eq!(read.text, text.trim_matches('\n').trim_end());
        }
    }
}

proptest! {
    /// CH-03: a word about the sender is read from any header, and none but a pass proves anything
    #[test]
    fn no_header_without_a_pass_proves_a_sender(results in "[ -~]{0,200}") {
        let raw = format!("From: a@b.test\r\nAuthentication-Results: mx; {results}\r\n\r\nx");
        let message = parse(raw.as_bytes());

        if let Some(trust) = mail::Trust::told_by("mx", &message)
            && !results.to_ascii_lowercase().contains("=pass")
        {
            prop_assert!(!trust.is_proved());
        }
    }
}
