//! Readable text from an HTML body, for mails that have no text of their own.
//!
//! Reads in one pass whatever comes, correct or not: scripts, styles and comments vanish,
//! blocks become lines, a quote is marked with `>`, and a link keeps its address.

use mail_parser::decoders::html::add_html_token;

const MAX_BYTES: usize = 1024 * 1024;
const MAX_QUOTE_DEPTH: usize = 5;

/// The text a reader would see.
pub(crate) fn to_text(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    // One broken quote would otherwise be searched for from every tag on.
    let mut quotes_count = true;
    while !rest.is_empty() && writer.out.len() < MAX_BYTES {
        let Some(at) = rest.find('<') else {
            writer.text(rest);
            break;
        };
        writer.text(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            writer.text("<");
            rest = &rest[1..];
        } else {
            let end = end_of_tag(rest, &mut quotes_count);
            let tag = &rest[1..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            rest = writer.tag(tag, rest);
        }
    }
    writer.finish()
}

/// The position of the `>` that closes the tag; one inside quotes does not.
fn end_of_tag(rest: &str, quotes_count: &mut bool) -> usize {
    if *quotes_count {
        let mut quote = None;
        for (at, c) in rest.bytes().enumerate() {
            match (quote, c) {
                (None, b'>') => return at,
                (None, b'"' | b'\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
        }
        *quotes_count = false;
    }
    rest.find('>').unwrap_or(rest.len())
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Newlines owed before the next text.
    newlines: usize,
    /// A blank owed before the next text on this line.
    space: bool,
    quote_depth: usize,
    preformatted: bool,
    /// The open link, and where its text began.
    link: Option<(String, usize)>,
}

impl Writer {
    /// Writes what a tag means; returns the HTML after what it hides.
    fn tag<'h>(&mut self, tag: &str, rest: &'h str) -> &'h str {
        let (closing, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            hidden @ ("script" | "style" | "title" | "template" | "noscript") if !closing => {
                return after_closing(rest, hidden);
            }
            "br" => self.newlines += 1,
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "table" => self.owe(2),
            "pre" => {
                self.owe(2);
                self.preformatted = !closing;
            }
            "blockquote" => {
                self.owe(1);
                let depth = self.quote_depth;
                self.quote_depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
            }
            "li" if !closing => {
                self.owe(1);
                self.word("-");
                self.space = true;
            }
            "div" | "tr" | "hr" | "dt" | "dd" | "section" | "article" | "header" | "footer"
            | "address" | "form" | "li" => self.owe(1),
            "td" | "th" => self.space = true,
            "a" if closing => self.close_link(),
            "a" => self.link = attribute(tag, "href").map(|href| (href, self.out.len())),
            "img" => {
                if let Some(alt) = attribute(tag, "alt") {
                    self.text(&alt);
                }
            }
            _ => {}
        }
        rest
    }

    /// At least so many newlines before the next text.
    fn owe(&mut self, newlines: usize) {
        self.newlines = self.newlines.max(newlines);
    }

    fn text(&mut self, raw: &str) {
        let text = decode(raw);
        if self.preformatted {
            for (at, line) in text.split('\n').enumerate() {
                self.newlines += usize::from(at > 0);
                if !line.trim().is_empty() {
                    self.word(line.trim_end());
                }
            }
            return;
        }
        for word in text.split_inclusive(char::is_whitespace) {
            let trimmed = word.trim_end();
            if !trimmed.is_empty() {
                self.word(trimmed);
            }
            self.space |= trimmed.len() < word.len();
        }
    }

    fn word(&mut self, word: &str) {
        if self.newlines > 0 && !self.out.is_empty() {
            for _ in 0..self.newlines.min(3) {
                self.out.push('\n');
            }
            self.mark();
        } else if self.out.is_empty() {
            self.mark();
        } else if self.space {
            self.out.push(' ');
        }
        self.newlines = 0;
        self.space = false;
        self.out.push_str(word);
    }

    fn mark(&mut self) {
        for _ in 0..self.quote_depth.min(MAX_QUOTE_DEPTH) {
            self.out.push_str("> ");
        }
    }

    /// Says where a link leads, unless its text does.
    fn close_link(&mut self) {
        let Some((href, from)) = self.link.take() else { return };
        let leads_somewhere = href.starts_with("http://") || href.starts_with("https://");
        let shown = self.out.get(from..).unwrap_or_default().trim();
        if leads_somewhere && !shown.is_empty() && bare(shown) != bare(&href) {
            self.space = true;
            self.word(&format!("({href})"));
        }
    }

    fn finish(self) -> String {
        self.out.trim_matches('\n').trim_end().to_owned()
    }
}

/// A web address without what people leave out.
fn bare(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.trim_end_matches('/')
}

/// What follows `</name`, or nothing: an open script hides the rest, as in a browser.
fn after_closing<'h>(rest: &'h str, name: &str) -> &'h str {
    let closes = |at: &usize| {
        let after = &rest.as_bytes()[*at + 2..];
        after.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
    };
    let at = rest.match_indices("</").map(|(at, _)| at).find(closes);
    at.and_then(|at| rest[at..].split_once('>')).map_or("", |(_, after)| after)
}

/// The value of an attribute, decoded and on one line.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let at = rest.find('=')?;
        let key = rest[..at].trim_end().rsplit(|c: char| c.is_whitespace() || c == '/').next()?;
        let value = rest[at + 1..].trim_start();
        let (value, after) = match value.bytes().next()? {
            quote @ (b'"' | b'\'') => value[1..].split_once(char::from(quote))?,
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            let value = crate::text::one_line(&decode(value));
            return (!value.is_empty()).then_some(value);
        }
        rest = after;
    }
}

/// Replaces entities such as `&amp;`; anything else after `&` stays as it is.
fn decode(text: &str) -> String {
    const MAX_ENTITY_BYTES: usize = 32;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let near = rest.bytes().take(MAX_ENTITY_BYTES).position(|b| b == b';');
        let end = near.map_or(1, |semicolon| semicolon + 1);
        add_html_token(&mut out, &rest.as_bytes()[..end], false);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_what_a_reader_sees() {
        let html = "<html><head><title>T</title><style>p{}</style></head><body><!-- no -->\
            <p>Hi&nbsp;<b>Dana</b> &amp; all,</p>\n<p>a &lt; b<br>two</p><script>x('</p>')</script>\
            <ul><li>one<li>two</ul>See <a href=\"https://acme.test/a?b=1&amp;c=2\">the page</a> \
            or <a href='https://acme.test'>https://acme.test</a>.</body></html>";

        assert_eq!(
            to_text(html),
            "Hi Dana & all,\n\na < b\ntwo\n\n- one\n- two\n\nSee the page \
             (https://acme.test/a?b=1&c=2) or https://acme.test."
        );
    }

    #[test]
    fn quotes_and_preformatted_text_keep_their_shape() {
        let html = "Yes<blockquote>one<br>two<blockquote>deep</blockquote></blockquote>\
            <pre>a\n  b</pre>";

        assert_eq!(to_text(html), "Yes\n> one\n> two\n> > deep\n\na\n  b");
    }

    #[test]
    fn broken_html_still_gives_its_text() {
        assert_eq!(
            to_text("1 < 2 <b title=\"x>bold</b> & &bogus; &#x41;"),
            "1 < 2 bold & &bogus; A"
        );
        assert_eq!(to_text("end <a"), "end");
        assert_eq!(to_text("a<style>p{"), "a");
    }
}
