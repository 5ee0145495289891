//! Files as downloads that run nothing, by addresses that nobody can guess; and how large they are, in words.

use std::fmt::Write as _;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use desk::Act;
use desk::attachments::{Attachment, is_picture};

use crate::components::prose::pieces;
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
    let mut response = download(&file.name, &file.content_type, content);
    // A picture can do nothing, so it may be looked at where it is; whatever else it may be is a download.
    if file.picture.is_some() && is_picture(&file.content_type) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, disposition("inline", &file.name));
    }
    Ok(response)
}

/// What is to be done with a file, and what it is called.
fn disposition(how: &str, name: &str) -> HeaderValue {
    let plain: String =
        name.chars().filter(|c| c.is_ascii_graphic() && !"\"\\%;".contains(*c)).collect();
    let plain = if plain.is_empty() { "file" } else { &plain };
    let encoded = escaped(name).replace('/', "%2F");
    let said = format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&said).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Some bytes as a download.
pub(crate) fn download(name: &str, content_type: &str, content: Vec<u8>) -> Response {
    let mut response = content.into_response();
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition("attachment", name));
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
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

/// As large as this a picture is shown at most.
const SHOWN: (i64, i64) = (320, 240);

/// How large a picture is shown: as it is, or as much smaller as it has to be.
fn fitting((width, height): (i64, i64)) -> (i64, i64) {
    let (most_wide, most_high) = SHOWN;
    if width <= most_wide && height <= most_high {
        return (width, height);
    }
    if width * most_high > height * most_wide {
        (most_wide, (height * most_wide / width).max(1))
    } else {
        ((width * most_high / height).max(1), most_high)
    }
}

/// The words of a message with the pictures that stand in them: each is fetched when it comes into view, and its place is
/// kept until then.
pub(crate) fn with_pictures(html: &str, files: &[Attachment]) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    for (text, tag) in pieces(html) {
        out.push_str(text);
        let Some(attributes) = tag.strip_prefix("<img ") else {
            out.push_str(tag);
            continue;
        };
        let file = files.iter().find(|file| {
            attributes.contains(&format!("src=\"/attachments/token/{}/\"", file.token))
        });
        let is_sized = attributes.contains("width=\"") || attributes.contains("height=\"");
        let size = file.and_then(|file| file.picture).filter(|_| !is_sized);
        out.push_str("<img loading=\"lazy\" ");
        if let Some((width, height)) = size {
            let _ = write!(out, "width=\"{width}\" height=\"{height}\" ");
        }
        out.push_str(attributes);
    }
    out
}

/// What stands beside a message about its files, owned.
pub(crate) struct Along(Vec<One>);

struct One {
    name: String,
    size: String,
    href: String,
    picture: Option<(i64, i64)>,
}

impl Along {
    /// The files of a comment, without the pictures that stand in its text.
    pub(crate) fn new(words: Words, files: &[Attachment]) -> Self {
        let one = |file: &Attachment| One {
            name: file.name.clone(),
            size: size(words, file.size),
            href: href(file),
            picture: file.picture.filter(|_| is_picture(&file.content_type)).map(fitting),
        };
        Self(files.iter().filter(|file| !file.inline).map(one).collect())
    }

    /// As the component wants them.
    pub(crate) fn shown(&self) -> Vec<timeline::Attachment<'_>> {
        let all = self.0.iter();
        all.map(|One { name, size, href, picture }| timeline::Attachment {
            name,
            size,
            href,
            picture: *picture,
        })
        .collect()
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

    #[test]
    fn a_picture_fits_and_keeps_its_shape() {
        assert_eq!(fitting((100, 50)), (100, 50));
        assert_eq!(fitting((3_200, 1_600)), (320, 160));
        assert_eq!(fitting((100, 24_000)), (1, 240));
        assert_eq!(fitting((30_000, 1)), (320, 1));
    }

    #[test]
    fn pictures_in_words_are_lazy_and_keep_their_place() {
        let file = Attachment {
            id: 1,
            hash: String::new(),
            ticket: None,
            comment: None,
            token: "t".to_owned(),
            name: "a.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 1,
            inline: true,
            picture: Some((40, 30)),
            uploader: None,
            created_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let shown = |html: &str| with_pictures(html, std::slice::from_ref(&file));
        assert_eq!(
            shown("<img src=\"/attachments/token/t/\" alt=\"\">"),
            "<img loading=\"lazy\" width=\"40\" height=\"30\" src=\"/attachments/token/t/\" alt=\"\">"
        );
        let own = "<img width=\"9\" src=\"/attachments/token/t/\" alt=\"\">";
        assert_eq!(shown(own), own.replace("<img ", "<img loading=\"lazy\" "));
        let hostile = "<a title=\"<img onerror=x \">&lt;img src</a>";
        assert_eq!(shown(hostile), hostile);
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
