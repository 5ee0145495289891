//! What every file of ours keeps to.

use std::path::Path;

use super::source::Source;
use super::{Finding, Weight};

/// A file longer than this has become two rooms.
const LONGEST: usize = 900;
/// A file longer than this should be looked at.
const LONG: usize = 600;

/// Words that are not left behind, tests included, and why.
const NEVER: [(&str, &str); 5] = [
    ("dbg!", "left over from debugging"),
    ("todo!", "unfinished"),
    ("unimplemented!", "unfinished"),
    ("#[ignore", "a test is run or deleted"),
    ("#[should_panic", "assert on the error instead"),
];

/// Words that belong in tests only, and why.
const IN_TESTS_ONLY: [(&str, &str); 1] =
    [(".unwrap()", "say what is wrong: `?`, `expect` or a default")];

/// Readings of the wall clock; the one place for them is the clock.
const CLOCK_READINGS: [&str; 3] = ["Timestamp::now", "ZonedDateTime::now", "SystemTime::now"];
const CLOCK: &str = "crates/desk/src/clock.rs";

/// How a statement of SQL is recognised: by how it starts, or by how it starts and what follows.
const SQL: [(&str, &str); 10] = [
    ("SELECT ", ""),
    ("INSERT INTO ", ""),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("CREATE TABLE ", ""),
    ("CREATE INDEX ", ""),
    ("ALTER TABLE ", ""),
    ("DROP ", ""),
    ("PRAGMA ", ""),
    ("WITH ", "SELECT "),
];
/// The store, the harness that makes its databases, and the list above.
const SQL_ROOMS: [&str; 3] = ["crates/store", "crates/testkit", "crates/xtask"];

/// Checks one file; the path is relative to the root of the repository.
pub(super) fn check(file: &Path, text: &str) -> Vec<Finding> {
    let source = Source::new(text);
    let is_test = |line: usize| source.is_test(line) || is_test_file(file);
    let mut findings: Vec<(Option<usize>, Weight, String)> = Vec::new();

    if !text.starts_with("//!") {
        findings.push((
            Some(1),
            Weight::Error,
            "the file does not start with `//!` and what it is about".to_owned(),
        ));
    }
    let length = text.lines().count();
    if length > LONGEST {
        findings.push((
            None,
            Weight::Error,
            format!("{length} lines, {LONGEST} are the limit: split it"),
        ));
    } else if length > LONG {
        findings.push((None, Weight::Warning, format!("{length} lines: still one room?")));
    }
    for (line, code) in (1..).zip(&source.code) {
        let mut found = |word: &str, why: &str| {
            findings.push((Some(line), Weight::Error, format!("`{word}`: {why}")));
        };
        for (word, why) in NEVER.iter().filter(|(word, _)| has_word(code, word)) {
            found(word, why);
        }
        for (word, why) in
            IN_TESTS_ONLY.iter().filter(|(word, _)| !is_test(line) && code.contains(word))
        {
            found(word, why);
        }
        for word in
            CLOCK_READINGS.iter().filter(|word| file != Path::new(CLOCK) && code.contains(*word))
        {
            found(word, "take the time from the context or the clock");
        }
    }
    if !SQL_ROOMS.iter().any(|room| file.starts_with(room)) {
        for (line, _) in
            source.strings.iter().filter(|(line, text)| !is_test(*line) && is_sql(text))
        {
            findings.push((Some(*line), Weight::Error, "SQL lives in crates/store".to_owned()));
        }
    }

    findings
        .into_iter()
        .map(|(line, weight, message)| Finding { file: file.to_owned(), line, weight, message })
        .collect()
}

/// Integration tests, benchmarks, examples, modules called `tests`, and the crate that only tests use.
fn is_test_file(file: &Path) -> bool {
    file.starts_with("crates/testkit")
        || file.ends_with("tests.rs")
        || file.components().any(|part| {
            ["tests", "benches", "examples"].iter().any(|folder| part.as_os_str() == *folder)
        })
}

/// Whether a word stands in the code by itself: `dbg!` is not in `my_dbg!`.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    SQL.iter()
        .any(|(start, follows)| text.strip_prefix(start).is_some_and(|rest| rest.contains(follows)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(file: &str, text: &str) -> Vec<String> {
        check(Path::new(file), text).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn a_tidy_file_gives_no_finding() {
        let text = "//! Tickets.\n\nfn a() -> u8 { b().unwrap_or(1) } // no dbg!\n";

        assert!(messages("crates/desk/src/tickets.rs", text).is_empty());
    }

    #[test]
    fn a_file_says_what_it_is_about() {
        assert_eq!(
            messages("crates/desk/src/a.rs", "fn a() {}"),
            ["crates/desk/src/a.rs:1: the file does not start with `//!` and what it is about"]
        );
    }

    #[test]
    fn leftovers_are_found_where_they_stand() {
        let text = "//! A.\nfn a() {\n    dbg!(1);\n    b().unwrap();\n}\n#[cfg(test)]\nmod tests {\n    fn c() { b().unwrap(); todo!() }\n}\n";

        assert_eq!(
            messages("crates/desk/src/a.rs", text),
            [
                "crates/desk/src/a.rs:3: `dbg!`: left over from debugging",
                "crates/desk/src/a.rs:4: `.unwrap()`: say what is wrong: `?`, `expect` or a default",
                "crates/desk/src/a.rs:8: `todo!`: unfinished",
            ]
        );
        assert_eq!(messages("crates/desk/tests/a.rs", "//! A.\nfn a() { b().unwrap() }").len(), 0);
    }

    #[test]
    fn only_the_clock_reads_the_clock() {
        let text = "//! A.\nfn now() { jiff::Timestamp::now(); }\n";

        assert!(messages("crates/desk/src/clock.rs", text).is_empty());
        assert_eq!(messages("crates/desk/tests/clock.rs", text).len(), 1);
    }

    #[test]
    fn sql_lives_in_the_store() {
        let text = "//! A.\nconst A: &str = \"\n  SELECT id FROM tickets\";\nconst B: &str = \"SELECTED\";\n";

        assert!(messages("crates/store/src/a.rs", text).is_empty());
        assert_eq!(
            messages("crates/web/src/a.rs", text),
            ["crates/web/src/a.rs:2: SQL lives in crates/store"]
        );
    }

    #[test]
    fn long_files_warn_before_they_fail() {
        let text = |lines: usize| format!("//! A.\n{}", "\n".repeat(lines - 1));

        assert!(messages("crates/a/src/a.rs", &text(600)).is_empty());
        assert_eq!(
            messages("crates/a/src/a.rs", &text(601)),
            ["crates/a/src/a.rs: warning: 601 lines: still one room?"]
        );
        assert_eq!(
            messages("crates/a/src/a.rs", &text(901)),
            ["crates/a/src/a.rs: 901 lines, 900 are the limit: split it"]
        );
    }
}
