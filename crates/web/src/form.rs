//! What a form or the query of an address says.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use desk::attachments::{NewFile, hash_of};

use crate::multipart;

/// Names and values in the order they were sent, and files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: Arc<Vec<(String, NewFile)>>,
}

/// The field whose value is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotText(pub(crate) String);

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn read(source: &[u8]) -> Result<Self, NotText> {
        let pairs = source.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        let fields = pairs.map(pair).collect::<Result<_, _>>()?;
        Ok(Self { fields, files: Arc::default() })
    }

    /// Fields.
    pub(crate) fn of_all(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { fields: fields.into_iter().collect(), files: Arc::default() }
    }

    /// Reads `multipart/form-data`. Where no file was chosen browsers send an empty one, which is none.
    pub(crate) fn read_parts(source: &[u8], boundary: &str) -> Result<Self, NotText> {
        let mut fields = Vec::new();
        let mut files = Vec::new();
        for part in multipart::parts(source, boundary) {
            match (part.file, std::str::from_utf8(part.content)) {
                (Some(name), _) if name.is_empty() && part.content.is_empty() => {}
                (Some(name), _) => {
                    let content = part.content.to_vec();
                    files.push((part.name, NewFile { name, content, content_id: None }));
                }
                (None, Ok(value)) => fields.push((part.name, value.replace("\r\n", "\n"))),
                (None, Err(_)) => return Err(NotText(part.name)),
            }
        }
        Ok(Self { fields, files: Arc::new(files) })
    }

    /// The files of a field.
    pub(crate) fn files(&self, name: &str) -> Vec<NewFile> {
        let files = self.files.iter().filter(|(known, _)| known == name);
        files.map(|(_, file)| file.clone()).collect()
    }

    /// The text of a file, if there is one with text in it.
    pub(crate) fn text_of(&self, name: &str) -> Result<Option<String>, NotText> {
        let file = self.files.iter().find(|(known, _)| known == name);
        let Some((_, file)) = file else { return Ok(None) };
        let text = std::str::from_utf8(&file.content).map_err(|_| NotText(name.to_owned()))?;
        Ok((!text.trim().is_empty()).then(|| text.replace("\r\n", "\n")))
    }

    /// The first value of a field; empty if it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The first value of a field, without spaces around it; none if it is empty.
    pub(crate) fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// A field that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.some(name).and_then(|value| value.parse().ok())
    }

    /// Names and values.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What makes two sendings of a form the same: everything but the proof, which differs on every page.
    pub(crate) fn content(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, value) in self.pairs().filter(|(name, _)| *name != "csrf") {
            for part in [name, value] {
                bytes.extend_from_slice(part.as_bytes());
                bytes.push(0);
            }
        }
        for (name, file) in self.files.iter() {
            for part in [name, &file.name, &hash_of(&file.content)] {
                bytes.extend_from_slice(part.as_bytes());
                bytes.push(0);
            }
        }
        bytes
    }
}

/// The guard has read the form; what was not sent is empty.
impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

fn pair(source: &[u8]) -> Result<(String, String), NotText> {
    let split = source.iter().position(|byte| *byte == b'=').unwrap_or(source.len());
    let name = String::from_utf8_lossy(&unescaped(&source[..split])).into_owned();
    let value = unescaped(source.get(split + 1..).unwrap_or_default());
    match String::from_utf8(value) {
        Ok(value) => Ok((name, value.replace("\r\n", "\n"))),
        Err(_) => Err(NotText(name)),
    }
}

fn unescaped(source: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(source.len());
    let mut at = 0;
    while at < source.len() {
        let escape = source.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (source[at], escape.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(value)) => {
                bytes.push(value);
                at += 2;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        at += 1;
    }
    bytes
}

/// A value for the query of an address.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(
                    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase(),
                );
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let form = Form::read(b"subject=Flags+off%21&body=a%0D%0Ab&empty=&flag").unwrap();

        assert_eq!(form.get("subject"), "Flags off!");
        assert_eq!(form.get("body"), "a\nb");
        assert_eq!(form.some("empty"), None);
        assert_eq!(form.get("flag"), "");
        assert_eq!(form.get("absent"), "");
    }

    #[test]
    fn a_value_that_is_no_text_is_refused_by_name() {
        assert_eq!(Form::read(b"a=1&subject=%FF"), Err(NotText("subject".to_owned())));
    }

    #[test]
    fn a_broken_escape_is_taken_as_it_is() {
        assert_eq!(Form::read(b"a=100%&b=%zz").unwrap().get("a"), "100%");
        assert_eq!(Form::read(b"a=100%&b=%zz").unwrap().get("b"), "%zz");
    }

    #[test]
    fn the_content_leaves_the_proof_out() {
        let first = Form::read(b"csrf=1&body=x").unwrap();
        let second = Form::read(b"csrf=2&body=x").unwrap();
        assert_eq!(first.content(), second.content());
    }

    #[test]
    fn an_address_is_escaped() {
        assert_eq!(escaped("/views/mine?a=1"), "/views/mine%3Fa%3D1");
        assert_eq!(escaped("é"), "%C3%A9");
    }
}
