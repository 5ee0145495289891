//! Our own mail: the same bytes for the same value, and nothing smuggled in.

use mail::{Attachment, Error, Outgoing, parse};

fn reply() -> Outgoing {
    Outgoing {
        from: "Acme support <support@acme.test>".into(),
        to: vec!["Dörte Müller <dana@fernlight.test>".into()],
        cc: vec!["lee@fernlight.test".into()],
        reply_to: Some("support+t1-1-abc@acme.test".into()),
        subject: "Re: Übersicht lädt nicht".into(),
        text: "Schöne Grüße\nhttps://acme.test/a?b=c\n".into(),
        html: Some("<p>Schöne Grüße</p>".into()),
        attachments: Vec::new(),
        message_id: "t1-1-abc.7@acme.test".into(),
        in_reply_to: Some("<m2@fernlight.test>".into()),
        references: vec!["m2@fernlight.test".into(), "m1@fernlight.test".into()],
        automatic: false,
        unsubscribe: None,
        instance: "desk-1".into(),
        date_unix: 1_780_647_120,
    }
}

fn header(mail: &Outgoing, name: &str) -> Option<String> {
    let mut found = mail.headers().into_iter().filter(|(key, _)| key == name);
    let first = found.next().map(|(_, value)| value);
    assert_eq!(found.next(), None, "{name} stands once");
    first
}

/// CS-03: one may say by one request that one wants no more, and only at an address that is one
#[test]
fn a_mail_says_where_one_says_that_one_wants_no_more() {
    let at = |address: &str| Outgoing { unsubscribe: Some(address.into()), ..reply() };
    let stop = "https://desk.test/survey/refusal?person=7&signature=abc";

    let mail = at(stop);

    assert_eq!(header(&mail, "List-Unsubscribe"), Some(format!("<{stop}>")));
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click".into()));
    for wrong in ["https://a b", "mailto:x@acme.test", "https://a>\r\nBcc: x@y.test", ""] {
        assert_eq!(header(&at(wrong), "List-Unsubscribe"), None, "{wrong:?}");
        assert_eq!(header(&at(wrong), "Bcc"), None, "{wrong:?}");
    }
    assert_eq!(header(&reply(), "List-Unsubscribe"), None);
}

/// CH-03
#[test]
fn the_headers_are_those_on_the_wire() {
    let mail = reply();

    assert_eq!(header(&mail, "From").unwrap(), "\"Acme support\" <support@acme.test>");
    assert_eq!(header(&mail, "Reply-To").unwrap(), "support+t1-1-abc@acme.test");
    assert_eq!(header(&mail, "Message-ID").unwrap(), "<t1-1-abc.7@acme.test>");
    assert_eq!(header(&mail, "In-Reply-To").unwrap(), "<m2@fernlight.test>");
    assert_eq!(header(&mail, "References").unwrap(), "<m1@fernlight.test> <m2@fernlight.test>");
    assert_eq!(header(&mail, "Date").unwrap(), "Fri, 05 Jun 2026 08:12:00 +0000");
    assert!(header(&mail, "Subject").unwrap().is_ascii());
    assert_eq!(header(&mail, "Auto-Submitted"), None);
    let wire = String::from_utf8(mail.to_bytes().unwrap()).unwrap().replace("\r\n ", " ");
    for (name, value) in mail.headers() {
        assert!(wire.contains(&format!("{name}: {value}\r\n")), "{name}: {value}");
    }
}

/// CH-03
#[test]
fn what_we_write_is_what_is_read() {
    let read = parse(&reply().to_bytes().unwrap());

    assert_eq!(read.from.unwrap().name.unwrap(), "Acme support");
    assert_eq!(read.to[0].name.as_deref(), Some("Dörte Müller"));
    assert_eq!(read.subject, "Re: Übersicht lädt nicht");
    assert_eq!(read.text, "Schöne Grüße\nhttps://acme.test/a?b=c");
    assert_eq!(read.html.unwrap().trim(), "<p>Schöne Grüße</p>");
    assert_eq!(read.references, ["m2@fernlight.test", "m1@fernlight.test"]);
    assert_eq!(read.date, Some(1_780_647_120));
    assert_eq!((read.automatic, read.instance.as_deref()), (None, Some("desk-1")));
    assert_eq!(read.defects, []);
}

/// CH-03
#[test]
fn automatic_mail_asks_for_silence_but_not_for_lost_bounces() {
    let mail = Outgoing { automatic: true, ..reply() };

    assert_eq!(header(&mail, "Auto-Submitted").unwrap(), "auto-generated");
    let suppressed = header(&mail, "X-Auto-Response-Suppress").unwrap();
    assert!(suppressed.contains("OOF") && !suppressed.contains("NDR"));
    assert_eq!(header(&mail, "Precedence"), None);
    assert!(parse(&mail.to_bytes().unwrap()).automatic.is_some());
}

/// CH-03
#[test]
fn no_field_can_add_a_header() {
    let evil = "x\r\nBcc: eve@evil.test\r\n\r\nBody";
    let mail = Outgoing {
        from: format!("{evil} <support@acme.test>"),
        to: vec![format!("\"{evil}\" <dana@fernlight.test>")],
        subject: evil.into(),
        references: vec![evil.into(), "m1@fernlight.test".into()],
        in_reply_to: Some(evil.into()),
        instance: evil.into(),
        ..reply()
    };

    let bytes = String::from_utf8(mail.to_bytes().unwrap()).unwrap();

    assert!(!bytes.lines().any(|line| line.starts_with("Bcc")), "{bytes}");
    assert_eq!(parse(bytes.as_bytes()).references, ["m1@fernlight.test"]);
}

/// CH-03
#[test]
fn an_unusable_address_or_id_is_refused() {
    let refused = |mail: Outgoing| mail.to_bytes().unwrap_err();

    for address in ["", "dana", "a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "x <a b@c.test>"]
    {
        let to = vec![address.to_owned()];
        assert_eq!(refused(Outgoing { to, ..reply() }), Error::Address("To"), "{address:?}");
    }
    assert_eq!(refused(Outgoing { from: "nobody".into(), ..reply() }), Error::Address("From"));
    let reply_to = Some("here".into());
    assert_eq!(refused(Outgoing { reply_to, ..reply() }), Error::Address("Reply-To"));
    assert_eq!(refused(Outgoing { to: vec![], cc: vec![], ..reply() }), Error::NoRecipient);
    assert_eq!(refused(Outgoing { message_id: "a b".into(), ..reply() }), Error::MessageId);
}

#[test]
fn the_same_mail_gives_the_same_bytes() {
    assert_eq!(reply().to_bytes(), reply().to_bytes());
}

/// CH-03
#[test]
fn files_go_along_unchanged() {
    let content: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let file = |name: &str, content_type: &str| Attachment {
        name: name.into(),
        content_type: content_type.into(),
        content_id: None,
        bytes: content.clone(),
    };
    let mut mail = reply();
    mail.attachments =
        vec![file("Übersicht.bin", "image/png"), file("x\r\nBcc: eve@evil.test", "no type")];

    let read = parse(&mail.to_bytes().unwrap());

    assert_eq!(read.text, "Schöne Grüße\nhttps://acme.test/a?b=c");
    assert!(read.html.is_some());
    let [first, second] = &read.attachments[..] else { panic!("{:?}", read.attachments) };
    assert_eq!((&*first.name, &*first.content_type), ("Übersicht.bin", "image/png"));
    assert_eq!(second.content_type, "application/octet-stream");
    assert!(first.bytes == content && second.bytes == content);
    assert!(read.recipients.iter().all(|one| one.email != "eve@evil.test"));
    assert_eq!(mail.to_bytes(), mail.to_bytes());

    mail.html = None;
    let read = parse(&mail.to_bytes().unwrap());
    assert_eq!((read.attachments.len(), read.html), (2, None));
}
