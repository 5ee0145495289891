//! Public questions: threads that everybody may read, the accepted answer on top. They are no tickets: nobody is promised
//! anything, no clock runs, nobody is asked how it was. (COM-01)
//!
//! What a question is written from is private, so its words are looked through before they become public.

use jiff::Timestamp;

use crate::words::Locale;
use crate::{AnswerId, QuestionId, TicketId, UserId};

/// Whether a question can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionState {
    /// By everybody.
    Published,
    /// It was taken away; its address says so. (CH-04)
    Withdrawn,
}

impl QuestionState {
    /// The word the storage and the API have.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A word that is no state of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected published or withdrawn")]
pub struct NoQuestionState;

impl std::str::FromStr for QuestionState {
    type Err = NoQuestionState;

    fn from_str(text: &str) -> Result<Self, NoQuestionState> {
        match text {
            "published" => Ok(Self::Published),
            "withdrawn" => Ok(Self::Withdrawn),
            _ => Err(NoQuestionState),
        }
    }
}

/// A public question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which.
    pub id: QuestionId,
    /// Whether it can be read.
    pub state: QuestionState,
    /// What it asks, on one line.
    pub title: String,
    /// The question as it was written.
    pub body: String,
    /// The same as cleaned HTML.
    pub html: String,
    /// The part of the product, by the handbook's slug.
    pub area: Option<String>,
    /// The language it is written in.
    pub locale: Locale,
    /// The answer that counts.
    pub accepted: Option<AnswerId>,
    /// The private ticket it was written from.
    pub ticket: Option<TicketId>,
    /// Counts the changes of its words.
    pub version: i64,
    /// When it was first published.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which.
    pub id: AnswerId,
    /// To which question.
    pub question: QuestionId,
    /// Who wrote it.
    pub author: UserId,
    /// As it was written.
    pub body: String,
    /// The same as cleaned HTML.
    pub html: String,
    /// When.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}

/// Letters of a name that is looked for; shorter ones are in too many words.
const SHORTEST_NAME: usize = 3;
/// Letters of a run that may be a key or a token.
const LONGEST_WORD: usize = 24;
/// How many things are named at most.
const NAMED: usize = 10;

/// What in a text looks as if it were not for everybody: mail addresses, network addresses, keys and tokens, and these
/// names, whole or a word of them. Each once, in the order they stand in.
pub fn private_parts(text: &str, names: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_private =
            is_address(word) || is_network_address(word) || word.split(is_edge).any(is_key);
        if is_private {
            note(&mut found, word);
        }
    }
    let words: Vec<String> = words_of(text).map(crate::fold).collect();
    for name in names {
        let parts: Vec<&str> = words_of(name).collect();
        let whole: Vec<String> = parts.iter().map(|part| crate::fold(part)).collect();
        if !whole.is_empty() && words.windows(whole.len()).any(|some| some == whole) {
            note(&mut found, name);
            continue;
        }
        for (part, folded) in parts.iter().zip(&whole) {
            if part.chars().count() >= SHORTEST_NAME && words.contains(folded) {
                note(&mut found, part);
            }
        }
    }
    found.truncate(NAMED);
    found
}

fn note(found: &mut Vec<String>, what: &str) {
    if found.iter().all(|known| known != what) {
        found.push(what.to_owned());
    }
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// What ends a key within an address: `?token=…&`.
fn is_edge(c: char) -> bool {
    "/?&=#:;,\"'()<>|.".contains(c)
}

fn is_address(word: &str) -> bool {
    let parts = word.split_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

fn is_network_address(word: &str) -> bool {
    word.parse::<std::net::IpAddr>()
        .is_ok_and(|address| !address.is_loopback() && !address.is_unspecified())
}

/// A long run with digits and letters in it: no language has such words.
fn is_key(run: &str) -> bool {
    let is_one = |c: char| c.is_ascii_alphanumeric() || "_-+".contains(c);
    run.chars().count() >= LONGEST_WORD
        && run.chars().all(is_one)
        && run.contains(|c: char| c.is_ascii_digit())
        && run.contains(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_for_everybody_is_noticed() {
        let text = "Hi Dana, write to dana@fernlight.test. From 203.0.113.7 (not 127.0.0.1) with phc_4f6b2c8d9e0a1b2c3d4e5f60 \
            at https://app.test/x?token=abcdefghij0123456789abcdef, says Fernlight Ltd.";

        let found = private_parts(text, &["Dana Reyes", "Fernlight Ltd", "Li"]);

        assert_eq!(
            found,
            [
                "dana@fernlight.test",
                "203.0.113.7",
                "phc_4f6b2c8d9e0a1b2c3d4e5f60",
                "https://app.test/x?token=abcdefghij0123456789abcdef",
                "Dana",
                "Fernlight Ltd",
            ]
        );
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        for text in [
            "Flags fall back to their default on Safari 19, since 41.2.",
            "See https://docs.test/session-replay/how-to-control-which-sessions-you-record",
            "Donaudampfschifffahrtsgesellschaftskapitän",
            "a@b and @dana and user@localhost",
            "",
        ] {
            assert_eq!(private_parts(text, &["Li Wu", ""]), Vec::<String>::new(), "{text}");
        }
    }
}
