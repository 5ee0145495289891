//! Whatever the bytes are, they become a message: the same one twice, with plain text and a fingerprint.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let message = mail::parse(raw);

    let plain = |text: &str| text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t');
    assert!(plain(&message.text) && plain(&message.subject) && !message.subject.contains('\n'));
    assert!(message.text.len() <= mail::MAX_TEXT_BYTES);
    assert_eq!(message.fingerprint.len(), 64);
    assert!(message.attachments.iter().all(|file| !file.name.contains(['/', '\\'])));
    assert_eq!(mail::parse(raw), message);
    mail::claims(&message);
    mail::Trust::warned_of(&message);
});
