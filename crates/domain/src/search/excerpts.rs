//! The part of a text that shows why it was found.

use super::matching::Words;
use super::tokens::tokens;

/// A part of a text in pieces, those that were searched for marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The pieces in their order.
    pub parts: Vec<Part>,
}

/// A piece of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its letters.
    pub text: String,
    /// Whether it was searched for.
    pub is_found: bool,
}

/// About `most` letters around the place where most of these words stand; without such a place, the beginning.
pub fn excerpt(text: &str, words: &[Words], most: usize) -> Excerpt {
    let cut = tokens(text);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for needle in words.iter().filter_map(Words::needle) {
        let size = needle.tokens.len();
        found.extend(
            needle.places(&cut).map(|at| (cut[at].span.start, cut[at + size - 1].span.end)),
        );
    }
    found.sort_unstable();
    let found = joined(found);
    let (start, end) = window(text, &found, most);
    Excerpt { parts: parts(text, start, end, &found) }
}

/// Spans that touch or overlap made one.
fn joined(spans: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// The bytes to show.
fn window(text: &str, found: &[(usize, usize)], most: usize) -> (usize, usize) {
    if text.len() <= most {
        return (0, text.len());
    }
    let within = |from: usize| {
        found.iter().filter(|(start, end)| *start >= from && *end <= from + most).count()
    };
    // Of places with as many words the first.
    let best = found.iter().map(|(start, _)| *start).rev().max_by_key(|start| within(*start));
    let lead = most / 4;
    let mut start = best.map_or(0, |best| best.saturating_sub(lead)).min(text.len() - most);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (start + most).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    if start > 0 {
        let first = best.unwrap_or(start).max(start);
        start =
            text[start..first].find(char::is_whitespace).map_or(start, |space| start + space + 1);
        while !text.is_char_boundary(start) {
            start += 1;
        }
    }
    (start, end)
}

fn parts(text: &str, start: usize, end: usize, found: &[(usize, usize)]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut push = |from: usize, to: usize, is_found: bool, before: &str, after: &str| {
        let piece = one_line(&text[from..to]);
        let text = format!("{before}{piece}{after}");
        if !text.is_empty() {
            parts.push(Part { text, is_found });
        }
    };
    let (lead, trail) = (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    let mut at = start;
    for (from, to) in found.iter().copied().filter(|(from, to)| *from >= start && *to <= end) {
        push(at, from, false, if at == start { lead } else { "" }, "");
        push(from, to, true, "", "");
        at = to;
    }
    push(at, end, false, if at == start { lead } else { "" }, trail);
    parts
}

/// Every stretch of white space becomes one space.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            c if c.is_whitespace() || c.is_control() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, words: &[&str], most: usize) -> String {
        let words: Vec<Words> = words.iter().map(|word| Words::open(*word)).collect();
        let parts = excerpt(text, &words, most).parts;
        parts
            .iter()
            .map(|part| if part.is_found { format!("[{}]", part.text) } else { part.text.clone() })
            .collect()
    }

    #[test]
    fn what_was_searched_for_is_marked() {
        assert_eq!(
            shown("Flags fall\n\nback to flags", &["flag"], 80),
            "[Flags] fall back to [flags]"
        );
        assert_eq!(shown("東京都の天気", &["京都"], 80), "東[京都]の天気");
        assert_eq!(shown("東京都の天気", &["東京都"], 80), "[東京都]の天気");
        assert_eq!(shown("nothing here", &["flag"], 80), "nothing here");
    }

    #[test]
    fn the_place_with_most_words_is_shown() {
        let text = format!("flag {} the flag of safari {}", "word ".repeat(60), "word ".repeat(60));
        let shown = shown(&text, &["flag", "safari"], 60);
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains("the [flag] of [safari]"), "{shown}");
    }

    #[test]
    fn a_text_without_spaces_is_cut_between_letters() {
        let shown = shown(&"字".repeat(500), &["字字"], 50);
        assert!(shown.chars().count() < 60, "{shown}");
    }
}
