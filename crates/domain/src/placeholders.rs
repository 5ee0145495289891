//! Placeholders in prepared words: `{{ticket.requester.first_name}}`.
//!
//! Filling in is one pass from left to right over the words of the macro or the rule. What is put in is never looked at
//! again, so that no value can hold another placeholder and nothing can grow without end; and there are only names, no
//! filters, loops or conditions. What nobody knows stays as it was written, for a person to see.

use std::ops::Range;

/// Letters of filled-in words at most.
pub const LONGEST: usize = 65_536;
/// Letters of a name at most.
const LONGEST_NAME: usize = 100;

/// The placeholders of a text: where each stands, and its name.
fn places(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("{{").map(|at| from + at) {
        let inside = &text[at + 2..];
        let end = inside.find("}}").filter(|end| is_name(inside[..*end].trim()));
        match end {
            Some(end) => {
                found.push((at..at + end + 4, inside[..end].trim()));
                from = at + end + 4;
            }
            // Of three brackets the last two may begin one.
            None => from = at + 1,
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.".contains(letter))
}

/// The names of the placeholders in a text, each once, in their order.
pub fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (_, name) in places(text) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The text with every placeholder that `value_of` knows in place of its value; cut after [`LONGEST`] letters.
pub fn fill(text: &str, value_of: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for (place, name) in places(text) {
        filled.push_str(&text[from..place.start]);
        match value_of(name) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&text[place.clone()]),
        }
        from = place.end;
        if filled.len() > 4 * LONGEST {
            break;
        }
    }
    if filled.len() <= 4 * LONGEST {
        filled.push_str(&text[from..]);
    }
    match filled.char_indices().nth(LONGEST) {
        Some((end, _)) => filled[..end].to_owned(),
        None => filled,
    }
}

/// The first placeholder that is left in words somebody is about to send. What stands between backquotes is code and
/// may well be meant so.
pub fn unfilled(text: &str) -> Option<String> {
    let code = code(text);
    let is_code = |at: usize| code.iter().any(|range| range.contains(&at));
    let left = places(text).into_iter().find(|(place, _)| !is_code(place.start));
    left.map(|(place, _)| text[place].to_owned())
}

/// Where code stands in Markdown: between runs of the same number of backquotes, or between fences.
fn code(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some((at, length)) = run(text, from) {
        let fence = is_fence(text, at, length);
        let mut next = at + length;
        let mut end = None;
        while let Some((other, other_length)) = run(text, next) {
            let closes = if fence {
                other_length >= length && is_fence(text, other, other_length)
            } else {
                other_length == length
            };
            next = other + other_length;
            if closes {
                end = Some(next);
                break;
            }
        }
        match end {
            Some(end) => {
                ranges.push(at..end);
                from = end;
            }
            // A fence that is not closed goes on to the end; a single backquote is only that.
            None if fence => {
                ranges.push(at..text.len());
                return ranges;
            }
            None => from = at + length,
        }
    }
    ranges
}

/// The next backquotes: where they begin and how many they are.
fn run(text: &str, from: usize) -> Option<(usize, usize)> {
    let at = from + text[from..].find('`')?;
    let length = text[at..].bytes().take_while(|byte| *byte == b'`').count();
    Some((at, length))
}

fn is_fence(text: &str, at: usize, length: usize) -> bool {
    length >= 3 && text[..at].rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// A value as it may stand in Markdown: nothing in it makes a link, a picture, code or HTML.
pub fn in_markdown(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.chars().filter(|letter| !letter.is_control() || *letter == '\n') {
        if matches!(letter, '\\' | '[' | ']' | '<' | '`') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// A value as it may stand between the quotes of a JSON text.
pub fn in_json(value: &str) -> String {
    let quoted = serde_json::to_string(value).expect("a text is JSON");
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> Option<String> {
        match name {
            "ticket.id" => Some("7".to_owned()),
            "a" => Some("{{ticket.id}} {{a}}".to_owned()),
            "long" => Some("x".repeat(30_000)),
            _ => None,
        }
    }

    #[test]
    fn what_is_known_is_filled_in_and_the_rest_stays() {
        for (text, filled) in [
            ("#{{ticket.id}}", "#7"),
            ("#{{ ticket.id }}!", "#7!"),
            ("{{{ticket.id}}}", "{7}"),
            ("{{ticket.id", "{{ticket.id"),
            ("{{}} {{ }} {{1}} {{a b}} {{a|b}}", "{{}} {{ }} {{1}} {{a b}} {{a|b}}"),
            ("{{who.knows}} {{ticket.id}}", "{{who.knows}} 7"),
            ("é{{ticket.id}}é", "é7é"),
            ("", ""),
        ] {
            assert_eq!(fill(text, known), filled, "{text}");
        }
    }

    #[test]
    fn a_value_is_not_looked_at_again_and_nothing_grows_without_end() {
        assert_eq!(fill("{{a}}", known), "{{ticket.id}} {{a}}");
        let bomb = "{{long}}".repeat(10_000);
        assert_eq!(fill(&bomb, known).chars().count(), LONGEST);
        let brackets = "{".repeat(200_000);
        assert_eq!(fill(&brackets, known).chars().count(), LONGEST);
    }

    #[test]
    fn what_is_left_is_found_outside_of_code() {
        for (text, left) in [
            ("Hi {{ticket.requester.nick}}", Some("{{ticket.requester.nick}}")),
            ("Use `{{ user.name }}` here", None),
            ("```\n{{x}}\n```\nand {{y}}", Some("{{y}}")),
            ("```\n{{x}}", None),
            ("a ` b {{x}}", Some("{{x}}")),
            ("``{{x}} ` {{y}}``", None),
            ("{{x y}} {}", None),
            ("", None),
        ] {
            assert_eq!(unfilled(text).as_deref(), left, "{text}");
        }
    }

    #[test]
    fn the_names_are_told_once() {
        assert_eq!(names("{{b}} {{a}} {{b}} {{c d}}"), ["b", "a"]);
    }

    #[test]
    fn values_stay_what_they_are() {
        assert_eq!(in_markdown("[x](y) <b> `c`\u{7}"), "\\[x\\](y) \\<b> \\`c\\`");
        assert_eq!(in_json("a \"b\"\n\\"), "a \\\"b\\\"\\n\\\\");
    }
}
