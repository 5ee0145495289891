//! Only a token of ours verifies, whatever else a mail carries.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mail::ReplyKey;

fuzz_target!(|input: (&str, i64)| {
    let (text, number) = input;
    let ticket = number & i64::MAX;
    let key = ReplyKey::new(b"the key of this installation", 1);
    let own = key.token(ticket);

    assert_eq!(key.verify(&own), Some(ticket));
    if !text.eq_ignore_ascii_case(&own) {
        assert_ne!(key.verify(text), Some(ticket));
    }
    let other = ReplyKey::new(b"the key of another one", 1);
    assert_eq!(other.verify(&own), None);
    let raw = format!("To: support+{text}@acme.test\r\nReferences: <{text}.1@acme.test>\r\n\r\nx");
    let message = mail::parse(raw.as_bytes());
    mail::find_token(&message, &key, "support@acme.test");
    mail::claims(&message);
});
