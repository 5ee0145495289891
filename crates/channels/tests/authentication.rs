//! Senders are believed when their domain stands behind them, and not when somebody says so. No name server is asked.

use channels::authentication::{Authenticator, Records};
use mail::{Check, Session, Trust, Verdict};
use mail_auth::arc::ArcSealer;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter as _;
use mail_auth::dkim::DkimSigner;
use mail_auth::{AuthenticatedMessage, AuthenticationResults};

const PLAIN: &str = "From: Dana <dana@fernlight.test>\r\nTo: support@acme.test\r\nSubject: Flags\r\n\
    Message-ID: <1@fernlight.test>\r\nDate: Mon, 8 Jun 2026 08:00:00 +0000\r\n\r\nAll flags are off.\r\n";

fn key() -> Ed25519Key {
    // A key for tests, known to everybody.
    Ed25519Key::from_seed_and_public_key(&SEED, &PUBLIC).expect("the key is one")
}

/// The first test vector of RFC 8032.
const SEED: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];
const PUBLIC: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];
const KEY_RECORD: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn records() -> Records {
    Records::default()
        .with("desk._domainkey.fernlight.test", KEY_RECORD)
        .with("desk._domainkey.evil.test", KEY_RECORD)
        .with("desk._domainkey.lists.test", KEY_RECORD)
        .with("_dmarc.fernlight.test", "v=DMARC1; p=reject")
        .with("fernlight.test", "v=spf1 ip4:192.0.2.7 -all")
}

fn signed(domain: &str, mail: &str) -> String {
    let signer = DkimSigner::from_key(key()).domain(domain).selector("desk").headers([
        "From",
        "To",
        "Subject",
        "Message-ID",
    ]);
    let signature = signer.sign(mail.as_bytes()).expect("a mail can be signed");
    format!("{}{mail}", signature.to_header())
}

async fn check(authenticator: &Authenticator, raw: &str, peer: Option<&str>) -> Trust {
    let session = peer.map(|peer| session(peer, "dana@fernlight.test"));
    authenticator.check(raw.as_bytes(), &mail::parse(raw.as_bytes()), session.as_ref()).await
}

fn session(client: &str, mail_from: &str) -> Session {
    Session {
        client: client.parse().expect("an address"),
        helo: "mx.fernlight.test".to_owned(),
        mail_from: mail_from.to_owned(),
        is_direct: true,
    }
}

/// Somebody who may not send for anybody.
const STRANGER: Option<&str> = Some("198.51.100.9");

fn ourselves(forwarders: &[&str]) -> Authenticator {
    let forwarders = forwarders.iter().map(|one| (*one).to_owned()).collect();
    Authenticator::with_records(records(), forwarders).expect("a resolver can be made")
}

/// CH-03
#[tokio::test]
async fn a_signature_of_the_senders_domain_proves_the_sender() {
    let trust = check(&ourselves(&[]), &signed("fernlight.test", PLAIN), None).await;

    assert_eq!(
        (trust.verdict, trust.dkim, trust.dmarc),
        (Verdict::Aligned, Check::Pass, Check::Pass)
    );
    assert_eq!(trust.spf, Check::NotChecked);
}

/// CH-03
#[tokio::test]
async fn what_was_changed_or_signed_by_somebody_else_is_disowned() {
    let own = signed("fernlight.test", PLAIN);
    let changed = own.replace("flags are off", "flags are on");
    let foreign = signed("evil.test", PLAIN);

    for raw in [PLAIN, &changed, &foreign] {
        let trust = check(&ourselves(&[]), raw, STRANGER).await;

        assert_eq!(trust.verdict, Verdict::Disowned, "{raw}");
        assert!(trust.is_to_be_refused(), "its domain asks for that");
    }
}

/// CH-03: nobody knows by which server a fetched mail was sent, so nothing of it is disowned; a server that saw it is heeded
#[tokio::test]
async fn what_is_half_looked_at_is_unproved_and_not_refused() {
    let trust = check(&ourselves(&[]), PLAIN, None).await;
    assert_eq!((trust.verdict, trust.spf), (Verdict::Unaligned, Check::NotChecked));
    assert_eq!((trust.dkim, trust.dmarc), (Check::Absent, Check::NotChecked));
    assert!(!trust.is_to_be_refused() && !trust.is_believable());

    let warned = format!("Authentication-Results: mx.any.test; dmarc=fail (p=reject)\r\n{PLAIN}");
    let trust = check(&ourselves(&[]), &warned, None).await;
    assert_eq!((trust.verdict, trust.dmarc), (Verdict::Disowned, Check::Fail));
    assert!(!trust.is_to_be_refused(), "anybody can write that");
    let own = format!(
        "Authentication-Results: mx.any.test; dmarc=fail\r\n{}",
        signed("fernlight.test", PLAIN)
    );
    assert_eq!(check(&ourselves(&[]), &own, None).await.verdict, Verdict::Aligned);
}

/// CH-03: a report has no sender in its envelope; then the name counts with which the server greeted
#[tokio::test]
async fn without_a_sender_in_the_envelope_the_greeting_counts() {
    let records = records().with("mx.fernlight.test", "v=spf1 ip4:192.0.2.7 -all");
    let ourselves =
        Authenticator::with_records(records, Vec::new()).expect("a resolver can be made");
    let message = mail::parse(PLAIN.as_bytes());

    let session = session("192.0.2.7", "");
    let trust = ourselves.check(PLAIN.as_bytes(), &message, Some(&session)).await;

    assert_eq!((trust.verdict, trust.spf), (Verdict::Aligned, Check::Pass));
}

/// CH-03
#[tokio::test]
async fn the_address_of_the_sending_server_proves_the_sender_too() {
    let trust = check(&ourselves(&[]), PLAIN, Some("192.0.2.7")).await;
    assert_eq!((trust.verdict, trust.spf), (Verdict::Aligned, Check::Pass));

    let trust = check(&ourselves(&[]), PLAIN, Some("198.51.100.9")).await;
    assert_eq!((trust.verdict, trust.spf), (Verdict::Disowned, Check::Fail));
}

/// CH-03: small domains have no policy, and no signature
#[tokio::test]
async fn a_domain_without_records_proves_nothing_and_is_not_refused() {
    let raw = PLAIN.replace("dana@fernlight.test", "kim@small.test");

    let trust = check(&ourselves(&[]), &raw, None).await;

    assert_eq!(trust.verdict, Verdict::Unaligned);
    assert!(!trust.is_to_be_refused());
}

/// CH-03: a header that claims a proof is worth nothing, unless the server it names is the one that is trusted
#[tokio::test]
async fn a_header_proves_nothing_by_itself() {
    let raw = format!("Authentication-Results: mx.acme.test; dmarc=pass\r\n{PLAIN}");
    let raw = raw.as_str();

    assert_eq!(check(&ourselves(&[]), raw, STRANGER).await.verdict, Verdict::Disowned);
    let server = Authenticator::Nobody.behind("mx.acme.test".to_owned());
    assert_eq!(check(&server, raw, None).await.verdict, Verdict::Aligned);
    let past = check(&server, raw, STRANGER).await;
    assert_eq!(past.verdict, Verdict::Unaligned, "it did not pass that server");
    let looking = ourselves(&[]).behind("mx.acme.test".to_owned());
    assert_eq!(check(&looking, raw, STRANGER).await.verdict, Verdict::Disowned);
    assert_eq!(check(&looking, raw, Some("192.0.2.7")).await.spf, Check::Pass);
    assert_eq!(check(&looking, raw, None).await.verdict, Verdict::Aligned);
    let other = Authenticator::Nobody.behind("mx.other.test".to_owned());
    assert_eq!(check(&other, raw, None).await.verdict, Verdict::Unaligned);
    assert_eq!(check(&Authenticator::Nobody, raw, None).await, Trust::default());
}

/// CH-03: forwarding breaks signatures; then a trusted forwarder's sealed word counts, and nobody else's
#[tokio::test]
async fn a_trusted_forwarder_vouches_for_what_it_saw() {
    let raw = forwarded(&signed("fernlight.test", PLAIN));

    let trust = check(&ourselves(&["lists.test"]), &raw, None).await;
    assert_eq!((trust.verdict, trust.arc), (Verdict::Aligned, Check::Pass));
    assert_eq!(trust.said_by.as_deref(), Some("lists.test"));

    let trust = check(&ourselves(&[]), &raw, STRANGER).await;
    assert_eq!((trust.verdict, trust.arc), (Verdict::Disowned, Check::Pass));
    let broken = raw.replace("by a list", "by anybody");
    let trust = check(&ourselves(&["lists.test"]), &broken, STRANGER).await;
    assert_eq!(trust.verdict, Verdict::Disowned);
}

/// A mail as a list passes it on: what it saw written down, a footer added, and all of it sealed.
fn forwarded(raw: &str) -> String {
    let original = AuthenticatedMessage::parse(raw.as_bytes()).expect("a mail");
    let outputs = [mail_auth::DkimOutput::pass().with_signature(&original.dkim_headers[0].header)];
    let results =
        AuthenticationResults::new("lists.test").with_dkim_results(&outputs, "fernlight.test");
    let changed = raw.replace("off.\r\n", "off.\r\n-- passed on by a list\r\n");
    let message = AuthenticatedMessage::parse(changed.as_bytes()).expect("a mail");
    let seal = ArcSealer::from_key(key())
        .domain("lists.test")
        .selector("desk")
        .headers(["From", "To", "Subject"])
        .seal(&message, &results, &mail_auth::ArcOutput::default())
        .expect("it can be sealed");
    format!("{}{}{changed}", seal.to_header(), results.to_header())
}

/// CH-03: whatever comes, the check ends
#[tokio::test]
async fn garbage_is_unproved() {
    for raw in ["", "\r\n", "From: x", "DKIM-Signature: v=1\r\nFrom: a@b.test\r\n\r\nx", "\0\0\0"] {
        let trust = check(&ourselves(&[]), raw, None).await;
        assert!(!trust.is_proved(), "{raw}");
    }
}
