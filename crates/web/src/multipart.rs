//! Forms with files, as browsers send them: `multipart/form-data`.

/// One part of such a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part<'b> {
    /// What the form calls it.
    pub(crate) name: String,
    /// The name of a file, if it is one.
    pub(crate) file: Option<String>,
    /// Its content.
    pub(crate) content: &'b [u8],
}

/// The boundary that a content type names, if it is that of a form with files.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let rest = content_type.strip_prefix("multipart/form-data")?;
    let named = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let named = named.trim_matches('"');
    (!named.is_empty() && named.len() <= 70).then_some(named)
}

/// The parts, in order. What is not well-formed is left out.
pub(crate) fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<Part<'b>> {
    let delimiter = format!("--{boundary}");
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(start) = find(rest, delimiter.as_bytes()) {
        let part = &rest[start + delimiter.len()..];
        if part.starts_with(b"--") {
            break;
        }
        let end = find(part, delimiter.as_bytes()).unwrap_or(part.len());
        found.extend(read(&part[..end]));
        rest = &part[end..];
    }
    found
}

/// One part: its head says the name, its content ends before the line break that belongs to the next boundary.
fn read(part: &[u8]) -> Option<Part<'_>> {
    let part = part.strip_prefix(b"\r\n")?;
    let blank = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..blank]).ok()?;
    let content = &part[blank + 4..];
    let content = content.strip_suffix(b"\r\n").unwrap_or(content);
    let disposition = head.split("\r\n").find(|line| {
        line.get(..20).is_some_and(|name| name.eq_ignore_ascii_case("content-disposition:"))
    })?;
    let name = parameter(disposition, " name=\"")?;
    Some(Part { name, file: parameter(disposition, " filename=\""), content })
}

/// A quoted parameter; browsers write a quote in a name as `%22`.
fn parameter(line: &str, key: &str) -> Option<String> {
    let (_, rest) = line.split_once(key)?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("%22", "\"").replace("%0D", " ").replace("%0A", " "))
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--xyz\r\nContent-Disposition: form-data; name=\"days\"\r\n\r\n28\r\n\
        --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.toml\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n[company]\r\nname = \"x\"\r\n\r\n--xyz--\r\n";

    #[test]
    fn a_form_with_a_file_is_read_as_browsers_write_it() {
        let kind = "multipart/form-data; boundary=xyz";

        let read = parts(BODY, boundary(kind).unwrap());

        let days = Part { name: "days".to_owned(), file: None, content: b"28" };
        let file = Part {
            name: "file".to_owned(),
            file: Some("a.toml".to_owned()),
            content: b"[company]\r\nname = \"x\"\r\n",
        };
        assert_eq!(read, [days, file]);
    }

    #[test]
    fn what_is_no_such_form_has_no_boundary() {
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        assert_eq!(boundary("multipart/form-data"), None);
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\""), Some("a b"));
    }

    #[test]
    fn broken_bodies_are_read_as_far_as_they_go() {
        for cut in 0..BODY.len() {
            let read = parts(&BODY[..cut], "xyz");
            assert!(read.len() <= 2, "{cut}");
        }
        assert_eq!(parts(b"--xyz\r\n\r\n\r\n--xyz--", "xyz"), []);
        assert_eq!(parts(b"", "xyz"), []);
    }
}
