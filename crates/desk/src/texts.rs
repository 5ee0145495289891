//! Words people write: made safe and readable before anything is stored.

use std::sync::LazyLock;

use crate::Error;

/// Longest comment in bytes; what is beyond is cut. (zendesk-api 12.2)
const LONGEST: usize = 64 * 1024;

/// A comment's words: as typed, and as clean HTML.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Body {
    /// As typed: Markdown or plain text.
    pub text: String,
    /// Cleaned HTML of it.
    pub html: String,
}

impl Body {
    /// Plain text: line breaks stay, nothing is markup.
    pub fn plain(text: &str) -> Self {
        let text = tidy(text);
        let mut html = String::with_capacity(text.len() + 16);
        for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            html.push_str("<p>");
            html.push_str(&escape(paragraph.trim_matches('\n')).replace('\n', "<br>"));
            html.push_str("</p>");
        }
        Self { text, html }
    }

    /// Markdown, as agents write it; raw HTML in it is shown, not obeyed.
    pub fn markdown(text: &str) -> Self {
        let text = tidy(text);
        let mut options = comrak::Options::default();
        options.extension.strikethrough = true;
        options.extension.table = true;
        options.extension.autolink = true;
        options.render.hardbreaks = true;
        options.render.escape = true;
        let html = clean(&comrak::markdown_to_html(&text, &options));
        Self { text, html }
    }

    /// HTML from outside: cleaned, and its words as plain text.
    pub fn html(source: &str) -> Self {
        let html = clean(&tidy(source));
        Self { text: words_of(&html), html }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.html.trim().is_empty()
    }

    /// The words without markup, for lists and plain mail.
    pub fn plain_text(&self) -> String {
        words_of(&self.html)
    }
}

/// HTML with everything dangerous taken out; links open without a referrer.
pub fn clean(html: &str) -> String {
    static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
        let mut builder = ammonia::Builder::default();
        builder.rm_tags(["img"]).link_rel(Some("noopener noreferrer nofollow"));
        builder
    });
    CLEANER.clean(html).to_string()
}

/// The words of cleaned HTML.
pub fn words_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('>') else { break };
        let tag = rest[start + 1..start + length].trim_start_matches('/');
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        let closing = rest[start..].starts_with("</");
        match name.as_str() {
            "br" => text.push('\n'),
            "li" if !closing => text.push_str("\n- "),
            "p" | "div" | "pre" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "tr" | "ul" | "ol"
                if closing =>
            {
                text.push_str("\n\n");
            }
            _ => {}
        }
        rest = &rest[start + length + 1..];
    }
    text.push_str(rest);
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines() {
        blank = if line.trim().is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// Text for HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Plain text as it is kept beside comments: survey words, notes of other systems.
pub fn plain(text: &str) -> String {
    tidy(text)
}

/// Line ends made the same, control characters taken out, cut to size at a character.
fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    cut(&text, LONGEST).unwrap_or(text)
}

/// A text that is too long, cut and marked as such; none if it is short enough. `longest` is in bytes. (CH-01)
pub fn cut(text: &str, longest: usize) -> Option<String> {
    const MARK: &str = "\n\n[… the rest was too long and is cut here]";
    (text.len() > longest).then(|| {
        let end = text.floor_char_boundary(longest.saturating_sub(MARK.len()));
        format!("{}{MARK}", &text[..end])
    })
}

/// One line of at most `max` characters: subjects, names.
pub fn one_line(text: &str, max: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().chars().take(max).collect()
}

/// Letters of a title at most.
pub const LONGEST_TITLE: usize = 255;

/// A title of something that is kept: a view, a macro, a rule.
///
/// # Errors
///
/// When nothing is left of it, or it is longer than [`LONGEST_TITLE`].
pub fn title(text: &str) -> Result<String, Error> {
    let title = one_line(text, LONGEST_TITLE + 1);
    if title.is_empty() {
        return Err(Error::blank("title", "Title"));
    }
    if title.chars().count() > LONGEST_TITLE {
        let text = format!("Title: is too long (maximum is {LONGEST_TITLE} characters)");
        return Err(Error::invalid("title", "TooLong", text));
    }
    Ok(title)
}

/// Tags as they are kept: lower case, without odd characters, sorted, each once.
pub fn tags<'t>(words: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut tags: Vec<String> = words
        .into_iter()
        .flat_map(str::split_whitespace)
        .map(|word| {
            word.to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || "_-/.:".contains(*c))
                .collect::<String>()
        })
        .filter(|tag| !tag.is_empty())
        .collect();
    tags.sort();
    tags.dedup();
    tags
}
