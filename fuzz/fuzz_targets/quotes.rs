//! Quotes and signatures are folded, and no letter is lost.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let raw = format!("From: dana@fernlight.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}");
    let message = mail::parse(raw.as_bytes());

    let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let folded = message.quoted.as_deref().map_or(0, count);
    let signature = message.signature.as_deref().map_or(0, |text| count(text) + 2);
    assert_eq!(count(&message.reply_text) + folded + signature, count(&message.text));
});
