//! Signatures over real mails of ours, checked the way a receiver checks them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use channels::dkim::{Error, Signer};
use mail::Outgoing;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

fn key() -> String {
    pem(Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref())
}

fn mail() -> Vec<u8> {
    let mail = Outgoing {
        from: "Acme support <support@acme.test>".into(),
        to: vec!["Dana <dana@fernlight.test>".into()],
        subject:
            "Re: Flags fall back to default, and a subject long enough that it is folded somewhere"
                .into(),
        text: "Fixed in 41.2.  Two blanks,\ta tab, and trailing ones.  \n\n\n".into(),
        html: Some("<p>Fixed.</p>".into()),
        message_id: "t1-1-a.1@acme.test".into(),
        references: vec!["b@fernlight.test".into(), "a@fernlight.test".into()],
        date_unix: 1_780_000_000,
        ..Outgoing::default()
    };
    mail.to_bytes().unwrap()
}

/// The value of a tag of a signature.
fn tag(signature: &str, name: &str) -> String {
    let value = signature.split_once(':').unwrap().1;
    let found = value.split(';').find_map(|one| {
        let (own, value) = one.split_once('=')?;
        (own.trim() == name).then(|| value.split_whitespace().collect())
    });
    found.unwrap_or_else(|| panic!("no {name} in {signature}"))
}

/// CH-03
#[test]
fn the_receiver_finds_the_signature_true_and_any_change_untrue() {
    let signer = Signer::new("acme.test", "s1", key().as_bytes()).unwrap();
    let mail = mail();

    let signature = String::from_utf8(signer.sign(&mail, 1_780_000_000)).unwrap();

    assert!(signature.ends_with("\r\n") && signature.lines().all(|line| line.len() <= 100));
    assert_eq!(tag(&signature, "a"), "ed25519-sha256");
    assert_eq!((tag(&signature, "d"), tag(&signature, "s")), ("acme.test".into(), "s1".into()));
    assert_eq!(tag(&signature, "t"), "1780000000");
    let (public, kind) = signer.record();
    assert_eq!((signer.record_name().as_str(), kind), ("s1._domainkey.acme.test", "ed25519"));
    assert!(is_true(&mail, &signature, &public));
    let text = String::from_utf8(mail).unwrap();
    let changed = [
        text.replace("Fixed in 41.2", "Fixed in 41.3"),
        text.replace("support@acme.test", "billing@acme.test"),
        format!("Subject: Your account is closed\r\n{text}"),
        format!("{text}more"),
    ];
    for changed in changed {
        assert!(!is_true(changed.as_bytes(), &signature, &public), "{changed}");
    }
    // What servers do to blanks and folds changes nothing.
    let blanks = text.replace("\r\n ", "\r\n\t ").replace("Date: ", "Date:   ");
    assert!(is_true(format!("{blanks}\r\n\r\n").as_bytes(), &signature, &public));
}

/// A receiver's check, written from RFC 6376 and not from our signer.
fn is_true(mail: &[u8], signature: &str, public: &str) -> bool {
    let mail = String::from_utf8(mail.to_vec()).unwrap();
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let words: Vec<&str> =
                line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            let lead = if line.starts_with([' ', '\t']) { " " } else { "" };
            format!("{lead}{}", words.join(" ")).trim_end().to_owned()
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let body: String = lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
    if STANDARD.encode(Sha256::digest(body)) != tag(signature, "bh") {
        return false;
    }
    let relaxed = |header: &str| {
        let (name, value) = header.split_once(':').unwrap();
        let words: Vec<&str> = value.split_whitespace().collect();
        format!("{}:{}", name.to_lowercase(), words.join(" "))
    };
    let mut headers: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match headers.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
            _ => headers.push(line.to_owned()),
        }
    }
    let mut headers: Vec<String> = headers.iter().map(|header| relaxed(header)).collect();
    let mut data = String::new();
    for name in tag(signature, "h").split(':') {
        let name = format!("{name}:");
        if let Some(place) = headers.iter().rposition(|header| header.starts_with(&name)) {
            data.push_str(&headers.remove(place));
            data.push_str("\r\n");
        }
    }
    let (unsigned, _) = signature.rsplit_once("b=").unwrap();
    data.push_str(&relaxed(&format!("{unsigned}b=")));
    let key = UnparsedPublicKey::new(&ED25519, STANDARD.decode(public).unwrap());
    let signature = STANDARD.decode(tag(signature, "b")).unwrap();
    key.verify(&Sha256::digest(data), &signature).is_ok()
}

#[test]
fn a_key_that_cannot_sign_is_refused_and_none_is_printed() {
    let short = pem(b"0\x03\x02\x01\x00");

    assert!(matches!(Signer::new("acme.test", "s1", short.as_bytes()), Err(Error::Kind)));
    let shown = format!("{:?}", Signer::new("acme.test", "s1", key().as_bytes()).unwrap());
    assert!(shown.contains("acme.test") && !shown.contains("PRIVATE"), "{shown}");
}
