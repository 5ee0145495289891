//! Files as downloads that run nothing, by addresses that nobody can guess; and how large they are, in words.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use desk::Act;
use desk::attachments::Attachment;

use crate::components::timeline;
use crate::form::escaped;
use crate::problem::Answer;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/attachments/token/{token}", Act::ReadPublic, content),
        Route::get("/attachments/token/{token}/", Act::ReadPublic, content),
    ]
}

/// What a file is served under: alone, without script, frame or anything else.
pub(crate) const SANDBOX: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

async fn content(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let ctx = visitor.ctx.clone();
    let file =
        visitor.desk.read(ctx, move |tx, ctx| desk::attachments::by_token(tx, ctx, &token)).await?;
    let content = visitor.desk.content(&file.hash).await?;
    Ok(download(&file.name, &file.content_type, content))
}

/// Some bytes as a download.
pub(crate) fn download(name: &str, content_type: &str, content: Vec<u8>) -> Response {
    let plain: String =
        name.chars().filter(|c| c.is_ascii_graphic() && !"\"\\%;".contains(*c)).collect();
    let plain = if plain.is_empty() { "file" } else { &plain };
    let encoded = escaped(name).replace('/', "%2F");
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let mut response = content.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, &disposition),
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (header::CACHE_CONTROL, "private, max-age=600"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A file's address.
fn href(file: &Attachment) -> String {
    format!("/attachments/token/{}/?name={}", file.token, escaped(&file.name))
}

/// What stands beside a message about its files, owned.
pub(crate) struct Along(Vec<(String, String, String)>);

impl Along {
    /// The files of a comment, without the pictures that stand in its text.
    pub(crate) fn new(words: Words, files: &[Attachment]) -> Self {
        let shown = files.iter().filter(|file| !file.inline);
        let listed = shown.map(|file| (file.name.clone(), size(words, file.size), href(file)));
        Self(listed.collect())
    }

    /// As the component wants them.
    pub(crate) fn shown(&self) -> Vec<timeline::Attachment<'_>> {
        let all = self.0.iter();
        all.map(|(name, size, href)| timeline::Attachment { name, size, href }).collect()
    }
}

/// A size as people read it: "12 kB".
pub(crate) fn size(words: Words, bytes: i64) -> String {
    match bytes {
        ..1_000 => words.fill(Text::SizeBytes, &[("n", &bytes)]),
        1_000..1_000_000 => words.fill(Text::SizeKilobytes, &[("n", &(bytes / 1_000))]),
        _ => {
            let tenths = bytes / 100_000;
            let megabytes = format!("{}.{}", tenths / 10, tenths % 10);
            words.fill(Text::SizeMegabytes, &[("n", &megabytes)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_at_a_glance() {
        let say = |bytes| size(Words::default(), bytes);

        assert_eq!(say(999), "999 B");
        assert_eq!(say(12_345), "12 kB");
        assert_eq!(say(20_500_000), "20.5 MB");
    }

    /// NF-11
    #[test]
    fn a_name_cannot_leave_its_header() {
        let response = download("a\"; x=\r\nSet-Cookie: ü.html", "text/html", Vec::new());

        let value = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(
            value,
            "attachment; filename=\"ax=Set-Cookie:.html\"; \
             filename*=UTF-8''a%22%3B%20x%3D%0D%0ASet-Cookie%3A%20%C3%BC.html"
        );
        assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], SANDBOX);
    }
}
