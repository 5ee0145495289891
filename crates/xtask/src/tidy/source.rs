//! A Rust file taken apart just far enough: code without comments and literals, the literals, and what is a test.

use std::ops::RangeInclusive;

/// A Rust file taken apart. Lines are counted from one.
#[derive(Debug)]
pub(super) struct Source {
    /// The code, line by line, with comments left out and literals emptied.
    pub(super) code: Vec<String>,
    /// Each string literal and the line it starts on.
    pub(super) strings: Vec<(usize, String)>,
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// Takes a file apart.
    pub(super) fn new(text: &str) -> Self {
        let mut scanner = Scanner { rest: text, code: String::new(), strings: Vec::new() };
        scanner.scan();
        let tests = test_lines(&scanner.code);
        Self {
            code: scanner.code.lines().map(str::to_owned).collect(),
            strings: scanner.strings,
            tests,
        }
    }

    /// Whether a line belongs to a test or to a module of tests.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&line))
    }
}

/// Walks over a file; `code` keeps every line break, so lines stay countable.
struct Scanner<'a> {
    rest: &'a str,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Scanner<'_> {
    fn scan(&mut self) {
        while let Some(next) = self.rest.chars().next() {
            let starts_word =
                !self.code.ends_with(|before: char| before.is_alphanumeric() || before == '_');
            if self.rest.starts_with("//") {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.skip(end);
            } else if self.rest.starts_with("/*") {
                self.skip(block_comment(self.rest));
            } else if let Some(hashes) = raw_string(self.rest).filter(|_| starts_word) {
                let open = self.rest.find('"').unwrap_or_default() + 1;
                let close = format!("\"{}", "#".repeat(hashes));
                let length = self.rest[open..].find(&close).unwrap_or(self.rest.len() - open);
                self.string(open, length, close.len());
            } else if next == '"' {
                let length = escaped_until(&self.rest[1..], '"');
                self.string(1, length, 1);
            } else if let Some(length) = char_literal(self.rest) {
                self.code.push_str("''");
                self.skip(length);
            } else {
                self.code.push(next);
                self.rest = &self.rest[next.len_utf8()..];
            }
        }
    }

    fn string(&mut self, open: usize, length: usize, close: usize) {
        let line = self.code.matches('\n').count() + 1;
        self.strings.push((line, self.rest[open..open + length].to_owned()));
        self.code.push_str("\"\"");
        self.skip((open + length + close).min(self.rest.len()));
    }

    /// Leaves out some bytes but keeps their line breaks.
    fn skip(&mut self, bytes: usize) {
        let (skipped, rest) = self.rest.split_at(bytes);
        self.code.extend(skipped.chars().filter(|&c| c == '\n'));
        self.rest = rest;
    }
}

/// The number of hashes, if a raw string starts here.
fn raw_string(text: &str) -> Option<usize> {
    let after = ["r", "br", "cr"].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length up to an unescaped end.
fn escaped_until(text: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == end && !escaped {
            return at;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// The length of a character literal, which a lifetime is not.
fn char_literal(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let mut chars = inner.chars();
    let first = chars.next()?;
    if first == '\\' {
        return Some(escaped_until(inner, '\'') + 2);
    }
    (chars.next() == Some('\'')).then_some(first.len_utf8() + 2)
}

/// The lines of every item that is compiled for tests only.
fn test_lines(code: &str) -> Vec<RangeInclusive<usize>> {
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    let marks = ["#[cfg(test)]", "#[test]", "#[tokio::test"];
    let starts = marks.iter().flat_map(|mark| code.match_indices(mark)).map(|(at, _)| at);
    let mut ranges: Vec<_> =
        starts.map(|at| line_of(at)..=line_of(at + item_length(&code[at..]))).collect();
    if code.contains("#![cfg(test)]") {
        ranges.push(1..=usize::MAX);
    }
    ranges
}

/// The length of an item: to the brace that closes its body, or to its semicolon.
fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at,
            '}' => depth -= 1,
            ';' if depth == 0 => return at,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_not_code() {
        let source = Source::new(
            "let a = \"x // y\"; // dbg!\n/* a\n/* b */ c */ let b = r#\"a\"b\"#;\nlet c = 'x';\n",
        );

        assert_eq!(source.code, ["let a = \"\"; ", "", " let b = \"\";", "let c = '';"]);
        assert_eq!(source.strings, [(1, "x // y".to_owned()), (3, "a\"b".to_owned())]);
    }

    #[test]
    fn a_lifetime_is_no_character() {
        let source =
            Source::new("fn f<'a>(x: &'a str) -> char { '\\'' }\nlet q = '\"'; let r = \"\\\"\";");

        assert_eq!(
            source.code,
            ["fn f<'a>(x: &'a str) -> char { '' }", "let q = ''; let r = \"\";"]
        );
    }

    #[test]
    fn a_name_that_ends_in_r_starts_no_raw_string() {
        let source = Source::new("html! { br\n\"a\" }");

        assert_eq!(source.strings, [(2, "a".to_owned())]);
    }

    #[test]
    fn modules_and_functions_of_tests_are_known() {
        let source = Source::new(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod d;\nfn e() {}",
        );

        let tests: Vec<usize> = (1..=9).filter(|&line| source.is_test(line)).collect();

        assert_eq!(tests, [2, 3, 4, 5, 7, 8]);
    }
}
