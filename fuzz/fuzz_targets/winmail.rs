//! Whatever the bytes are, what is unpacked from them is not larger than they are, and its names are plain.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    // Few inputs begin like such a file by themselves.
    let mut bytes = vec![0x78, 0x9f, 0x3e, 0x22, 0, 0];
    bytes.extend_from_slice(raw);
    for bytes in [raw, &bytes[..]] {
        let Some(opened) = mail::unpack(bytes) else { continue };
        let size: usize = opened.files.iter().map(|file| file.bytes.len()).sum();
        assert!(size <= 4 * bytes.len() + 1024 * 1024, "{size} from {}", bytes.len());
        assert!(opened.files.len() <= 100);
        for file in &opened.files {
            assert!(!file.name.is_empty() && !file.name.contains(['/', '\\', '\n', '\0']));
        }
        assert_eq!(mail::unpack(bytes).as_ref(), Some(&opened));
    }
});
