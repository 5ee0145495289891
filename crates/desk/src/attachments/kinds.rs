//! What a file is, by looking into it. What its sender calls it is believed only where the content cannot tell:
//! between one text and another, and between what lies in one kind of container.

/// The type of a file.
pub fn kind_of(name: &str, content: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending.as_deref().unwrap_or_default();
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(start, _)| content.starts_with(start)) {
        return match *kind {
            "application/zip" => in_zip(ending),
            "application/x-ole-storage" => in_ole(ending),
            kind => kind,
        };
    }
    match content {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "audio/wav",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => "image/avif",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i', b'c', ..] => "image/heic",
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', ..] => "video/quicktime",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        _ if is_text(content) => of_text(ending),
        _ => "application/octet-stream",
    }
}

/// Whether it is a picture that a browser shows and that cannot do anything.
pub fn is_picture(kind: &str) -> bool {
    matches!(kind, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif")
}

const BEGINNINGS: [(&[u8], &str); 17] = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"{\\rtf", "application/rtf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
];

fn in_zip(ending: &str) -> &'static str {
    match ending {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/zip",
    }
}

fn in_ole(ending: &str) -> &'static str {
    match ending {
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "ppt" => "application/vnd.ms-powerpoint",
        "msg" => "application/vnd.ms-outlook",
        _ => "application/octet-stream",
    }
}

fn of_text(ending: &str) -> &'static str {
    match ending {
        "csv" => "text/csv",
        "json" => "application/json",
        "xml" => "application/xml",
        "html" | "htm" | "xhtml" => "text/html",
        "svg" => "image/svg+xml",
        "css" => "text/css",
        "js" | "mjs" => "text/javascript",
        "md" => "text/markdown",
        "ics" => "text/calendar",
        "eml" => "message/rfc822",
        _ => "text/plain",
    }
}

/// Whether it reads as text as far as one looks.
fn is_text(content: &[u8]) -> bool {
    const LOOKED_AT: usize = 4096;
    let head = &content[..content.len().min(LOOKED_AT)];
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // Cut within a letter.
        Err(error) => error.error_len().is_none() && head.len() == LOOKED_AT,
    };
    valid && !head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NF-11
    #[test]
    fn a_file_is_what_is_in_it() {
        for (name, content, kind) in [
            ("photo.html", &b"\x89PNG\r\n\x1a\n0000"[..], "image/png"),
            ("crash.log", b"panic at line 7", "text/plain"),
            ("photo.png", b"<script>alert(1)</script>", "text/plain"),
            ("page.html", b"<script>alert(1)</script>", "text/html"),
            ("rows.csv", b"a,b\n1,2\n", "text/csv"),
            ("facts.json", b"{}", "application/json"),
            (
                "report.docx",
                b"PK\x03\x04....",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("tool.exe", b"MZ\0\0\x03", "application/octet-stream"),
            ("nothing", b"", "text/plain"),
            ("w.webp", b"RIFF0000WEBPVP8 ", "image/webp"),
        ] {
            assert_eq!(kind_of(name, content), kind, "{name}");
        }
    }

    /// NF-11
    #[test]
    fn a_drawing_that_may_hold_script_is_no_picture() {
        assert!(
            is_picture("image/png") && !is_picture("image/svg+xml") && !is_picture("text/html")
        );
    }
}
