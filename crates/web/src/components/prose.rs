//! What somebody wrote, cleaned, inside a page that has headings of its own.

use maud::PreEscaped;

/// Cleaned HTML as a part of a page, below a heading of that level: its own headings follow, none left out, and code can
/// be scrolled sideways by key. Only cleaned HTML is ever stored, in which a tag is a tag and never a part of a text or an
/// attribute.
pub fn prose(html: &str, below: usize) -> PreEscaped<String> {
    let mut text = html.replace("<pre>", "<pre tabindex=\"0\">");
    let used = (1..=6).filter(|level| html.contains(&format!("</h{level}>"))).enumerate();
    // None is moved twice: what has been moved carries a mark until all are.
    for (rank, from) in used {
        let to = (below + 1 + rank).min(6);
        for (before, after) in [("<", ">"), ("<", " "), ("</", ">")] {
            let moved = format!("{before}\0h{to}{after}");
            text = text.replace(&format!("{before}h{from}{after}"), &moved);
        }
    }
    PreEscaped(text.replace('\0', ""))
}

/// Cleaned HTML in pieces: a text and the tag that follows it, which at the end is none. A sign that ends a tag may stand in
/// an attribute, too.
pub fn pieces(html: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        let mut quoted = false;
        let end = tag.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let (tag, after) = tag.split_at(end.map_or(tag.len(), |end| end + 1));
        rest = after;
        Some((text, tag))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_follow_those_of_the_page() {
        let html = "<h1 dir=\"auto\">One</h1><h2>Two</h2><h4>Four</h4><hr><p>&lt;h1&gt;</p>";
        let expected = "<h3 dir=\"auto\">One</h3><h4>Two</h4><h5>Four</h5><hr><p>&lt;h1&gt;</p>";
        assert_eq!(prose(html, 2).0, expected);
        assert_eq!(prose("<h5>Five</h5>", 1).0, "<h2>Five</h2>");
    }

    #[test]
    fn what_looks_like_a_tag_in_an_attribute_is_none() {
        let html = "a<img alt=\"<b> #1\">b</p>c";
        let found: Vec<(&str, &str)> = pieces(html).collect();
        assert_eq!(found, [("a", "<img alt=\"<b> #1\">"), ("b", "</p>"), ("c", "")]);
    }

    #[test]
    fn code_can_be_scrolled_by_key() {
        assert_eq!(
            prose("<pre><code>a</code></pre>", 2).0,
            "<pre tabindex=\"0\"><code>a</code></pre>"
        );
    }
}
