//! What of a mail is shown: its HTML, cleaned, without the quoted rest; else its text. Pictures come from us or not at all.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mail::Message;

use crate::attachments::{Kept, is_picture};
use crate::texts::{self, Body};

/// Longer HTML is not shown, but its text.
const LONGEST_HTML: usize = 192 * 1024;

/// The words of a mail, and how many pictures from elsewhere were left out.
pub(crate) struct Shown {
    pub(crate) body: Body,
    pub(crate) remote_pictures: usize,
    /// Whether the HTML is shown, signature and all.
    pub(crate) as_html: bool,
}

/// What is shown of a mail. Pictures that stand in it are marked as such among its files.
pub(crate) fn shown(message: &Message, files: &mut [Kept]) -> Shown {
    let plain = Body::plain(&message.reply_text);
    let own = match &message.html {
        // So much is no letter; its text will do.
        Some(html) if html.len() > LONGEST_HTML => None,
        Some(html) if message.quoted.is_none() => Some(html.as_str()),
        Some(html) => before_quote(html),
        None => None,
    };
    let Some(html) = own else { return Shown::plain(plain, files) };
    let (html, remote_pictures) = cleaned(html, files);
    let has_words = !is_blank(&texts::words_of(&html)) || html.contains("<img");
    if !has_words {
        return Shown::plain(plain, files);
    }
    let mut body = Body { text: plain.text, html };
    if is_blank(&body.text) {
        body.text = placeholder(files);
    }
    Shown { body, remote_pictures, as_html: true }
}

impl Shown {
    fn plain(body: Body, files: &[Kept]) -> Self {
        let body = if is_blank(&body.text) { Body::plain(&placeholder(files)) } else { body };
        Self { body, remote_pictures: 0, as_html: false }
    }
}

/// What stands where nothing was written: a ticket is never empty.
fn placeholder(files: &[Kept]) -> String {
    match files.len() {
        0 => "(empty mail)".to_owned(),
        1 => "(no text, 1 file)".to_owned(),
        n => format!("(no text, {n} files)"),
    }
}

/// Whether a reader sees nothing: also letters without width are nothing.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
    })
}

/// The HTML above the place where mail programs put what they quote.
fn before_quote(html: &str) -> Option<&str> {
    const MARKS: [&str; 8] = [
        "<div class=\"gmail_quote",
        "<div class=\"moz-cite-prefix",
        "<div id=\"appendonsend",
        "<div id=\"divrplyfwdmsg",
        "<blockquote type=\"cite",
        "<hr id=\"stopspelling",
        "<div class=\"yahoo_quoted",
        "<blockquote",
    ];
    let lower = html.to_ascii_lowercase();
    MARKS.iter().filter_map(|mark| lower.find(mark)).min().map(|at| &html[..at])
}

/// Cleans the HTML of a mail: pictures that came along are shown from us, all others are left out and counted.
fn cleaned(html: &str, files: &mut [Kept]) -> (String, usize) {
    let pictures: HashMap<String, String> = files
        .iter()
        .filter(|file| is_picture(&file.content_type))
        .filter_map(|file| Some((file.content_id.clone()?, address(file))))
        .collect();
    let remote = Arc::new(AtomicUsize::new(0));
    let counter = remote.clone();
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_url_schemes(["cid"])
        .rm_tag_attributes("img", ["align"])
        .attribute_filter(move |element, attribute, value| {
            if (element, attribute) == ("img", "src") {
                let value = value.trim();
                let lower = value.to_lowercase();
                if let Some(id) = lower.strip_prefix("cid:") {
                    return pictures.get(id).map(|address| Cow::Owned(address.clone()));
                }
                counter.fetch_add(usize::from(!lower.starts_with("data:")), Ordering::Relaxed);
                return None;
            }
            let leads = matches!(attribute, "href" | "cite" | "src");
            let is_ours = leads && (value.starts_with('/') || value.starts_with("cid:"));
            (!is_ours).then_some(Cow::Borrowed(value))
        });
    let html = without_empty_pictures(&cleaner.clean(html).to_string());
    for file in files.iter_mut() {
        file.inline = html.contains(&*file.token);
    }
    (html, remote.load(Ordering::Relaxed))
}

/// Clean HTML without the pictures that lost their address; their words stay. Each that is left has words, if only none.
fn without_empty_pictures(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("<img") {
        out.push_str(&rest[..start]);
        let mut quoted = false;
        let end = rest[start..].find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let Some(end) = end.map(|end| start + end + 1) else {
            rest = "";
            break;
        };
        let tag = &rest[start..end];
        let alt = tag.split_once(" alt=\"").and_then(|(_, rest)| rest.split('"').next());
        match (tag.contains(" src=\""), alt) {
            (true, Some(_)) => out.push_str(tag),
            (true, None) => {
                out.push_str(tag.trim_end_matches('>'));
                out.push_str(" alt=\"\">");
            }
            // In an attribute only quotation marks are escaped.
            (false, alt) => out.push_str(&alt.unwrap_or_default().replace('<', "&lt;")),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn address(file: &Kept) -> String {
    format!("/attachments/token/{}/", file.token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(id: &str) -> Kept {
        Kept {
            hash: "h".to_owned(),
            name: "p.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 1,
            token: format!("token-{id}"),
            content_id: Some(id.to_owned()),
            inline: false,
            picture: None,
        }
    }

    /// CH-03, NF-11
    #[test]
    fn pictures_come_from_us_or_not_at_all() {
        let mut files = [picture("a@mail"), picture("b@mail")];
        let html = "<p>See <img src=\"CID:A@mail\" onerror=\"x()\"> and \
            <img src=\"https://evil.test/pixel.gif?me\"><img src=\"data:image/png;base64,AA\"></p>\
            <a href=\"/sign-out\">x</a><a href=\"javascript:x()\">y</a><script>x()</script>";

        let (cleaned, remote) = cleaned(html, &mut files);

        let ours = "<img src=\"/attachments/token/token-a@mail/\" alt=\"\">";
        assert!(cleaned.contains(ours), "{cleaned}");
        assert_eq!(cleaned.matches("<img").count(), 1, "{cleaned}");
        assert_eq!(remote, 1);
        for bad in ["evil.test", "onerror", "data:", "sign-out", "javascript", "<script"] {
            assert!(!cleaned.contains(bad), "{bad} in {cleaned}");
        }
        assert_eq!((files[0].inline, files[1].inline), (true, false));
    }

    /// CH-03
    #[test]
    fn a_mail_never_shows_as_nothing() {
        let mut message = Message { reply_text: "\u{200b} \n".to_owned(), ..Message::default() };
        assert_eq!(shown(&message, &mut []).body.text, "(empty mail)");
        assert_eq!(shown(&message, &mut [picture("a")]).body.text, "(no text, 1 file)");

        message.html = Some("<style>p{}</style><div></div>".to_owned());
        assert_eq!(shown(&message, &mut []).body.html, "<p>(empty mail)</p>");

        message.html = Some("<img src=\"cid:a\">".to_owned());
        let shown = shown(&message, &mut [picture("a")]);
        assert!(shown.as_html && shown.body.html.contains("<img"), "{}", shown.body.html);
    }

    /// CH-03
    #[test]
    fn html_is_shown_without_what_it_quotes() {
        let message = Message {
            reply_text: "Yes.".to_owned(),
            quoted: Some("On Friday …".to_owned()),
            html: Some(
                "<div>Yes.<b>!</b></div><div class=\"gmail_quote\">On Friday …</div>".to_owned(),
            ),
            ..Message::default()
        };

        let body = shown(&message, &mut []).body;

        assert_eq!(body.html, "<div>Yes.<b>!</b></div>");
        assert_eq!(body.text, "Yes.");
    }
}
