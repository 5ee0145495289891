//! Whether words are in a text, and how well they fit.

use std::collections::BTreeSet;

use super::tokens::{MOST_TOKENS, Token, tokens};

/// Something that is searched for: a word, which may go on, or a phrase as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// As typed.
    pub text: String,
    /// Nothing may follow the last letter.
    pub is_exact: bool,
}

/// The same as the index knows it: tokens that stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    /// The tokens in their order; at least one.
    pub tokens: Vec<String>,
    /// Whether the last token may go on.
    pub is_open: bool,
}

impl Words {
    /// A word that may go on.
    pub fn open(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_exact: false }
    }

    /// A phrase as it stands.
    pub fn exact(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_exact: true }
    }

    /// What the index is asked for; nothing if there is no letter in it. One letter or two do not go on: half of all
    /// words begin with them.
    pub fn needle(&self) -> Option<Needle> {
        let mut cut = tokens(&self.text);
        if cut.last()?.is_tail {
            cut.pop();
        }
        let last = cut.last()?;
        let is_open = if last.is_character {
            last.text.chars().count() == 1
        } else {
            !self.is_exact && last.text.chars().count() > 2
        };
        Some(Needle { tokens: cut.into_iter().map(|token| token.text).collect(), is_open })
    }

    /// The number it is, as in `4812` or `#4812`.
    pub fn number(&self) -> Option<i64> {
        self.text.strip_prefix('#').unwrap_or(&self.text).parse().ok()
    }
}

impl Needle {
    /// Whether it is nothing but one character of a script without spaces: an index has those as [`Doc::letters`], so that
    /// not all pairs that begin with it need to be gathered.
    pub fn is_letter(&self) -> bool {
        self.is_open && self.tokens.iter().map(|token| token.chars().count()).sum::<usize>() == 1
    }

    /// Where it stands among tokens, as places of its first token.
    pub(super) fn places<'t>(&'t self, among: &'t [Token]) -> impl Iterator<Item = usize> + 't {
        let size = self.tokens.len();
        (0..(among.len() + 1).saturating_sub(size)).filter(move |at| {
            let last = size - 1;
            self.tokens.iter().enumerate().all(|(index, wanted)| {
                let has = &among[at + index].text;
                if index == last && self.is_open { has.starts_with(wanted) } else { has == wanted }
            })
        })
    }

    /// Whether a place is the word as typed, not one that goes on.
    fn is_whole(&self, among: &[Token], at: usize) -> bool {
        let last = self.tokens.len() - 1;
        among[at + last].text == self.tokens[last]
    }
}

/// A text as the index knows it: fields, the weightiest first. Words may stand in different fields, a phrase may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    fields: Vec<Vec<Token>>,
}

impl Doc {
    /// Cuts the fields; together they have at most [`MOST_TOKENS`] tokens.
    pub fn of(fields: &[&str]) -> Self {
        let mut left = MOST_TOKENS;
        let fields = fields.iter().map(|text| {
            let mut cut = tokens(text);
            cut.truncate(left);
            left -= cut.len();
            cut
        });
        Self { fields: fields.collect() }
    }

    /// The tokens of each field.
    pub fn fields(&self) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        self.fields.iter().map(|field| field.iter().map(|token| token.text.as_str()))
    }

    /// The characters of each field that begin a pair, each once and in no order; what stands alone is a token already.
    pub fn letters(&self) -> impl Iterator<Item = BTreeSet<&str>> {
        self.fields.iter().map(|field| {
            let pairs = field.iter().filter(|token| token.is_character);
            pairs
                .filter_map(|pair| {
                    pair.text.char_indices().nth(1).map(|(end, _)| &pair.text[..end])
                })
                .collect()
        })
    }

    /// Whether all of these are in it; in `field` alone, if one is named. What has no letter is left out, and nothing but
    /// that is found nowhere.
    pub fn has(&self, words: &[Words], field: Option<usize>) -> bool {
        let needles: Vec<Needle> = words.iter().filter_map(Words::needle).collect();
        !needles.is_empty()
            && needles.iter().all(|needle| {
                let mut fields = self.fields.iter().enumerate();
                fields.any(|(index, tokens)| {
                    field.is_none_or(|field| field == index)
                        && needle.places(tokens).next().is_some()
                })
            })
    }

    /// How well these fit: words as typed before words that go on, in a weighty field before others, often before once,
    /// in a short text before a long one.
    pub fn score(&self, words: &[Words]) -> f64 {
        const HALF: f64 = 1.2;
        let needles: Vec<Needle> = words.iter().filter_map(Words::needle).collect();
        let mut sum = 0.0;
        for (index, tokens) in self.fields.iter().enumerate() {
            let weight = match index {
                0 => 3.0,
                1 => 2.0,
                _ => 1.0,
            };
            let length =
                HALF * (0.5 + f64::from(u32::try_from(tokens.len()).unwrap_or(u32::MAX)) / 200.0);
            for needle in &needles {
                let often: f64 = needle
                    .places(tokens)
                    .map(|at| if needle.is_whole(tokens, at) { 1.0 } else { 0.6 })
                    .sum();
                sum += weight * often / (often + length);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, words: &[Words]) -> bool {
        Doc::of(&[text]).has(words, None)
    }

    #[test]
    fn a_word_goes_on_and_a_phrase_does_not() {
        assert!(has("Two printers burn", &[Words::open("PRINT"), Words::open("burn")]));
        assert!(!has("Two printers burn", &[Words::exact("print")]));
        assert!(has("My printer is on fire", &[Words::exact("printer is")]));
        assert!(!has("My printer is on fire", &[Words::exact("printer on")]));
        assert!(has("wait for 41.2 please", &[Words::open("41.2")]));
        assert!(!has("abc", &[Words::open("a")]));
        assert!(has("plan a", &[Words::open("a")]));
        assert!(!has("uint", &[Words::open("ui")]));
    }

    #[test]
    fn a_part_of_a_run_of_characters_is_found() {
        assert!(has("東京都の天気", &[Words::open("京都")]));
        assert!(has("東京都の天気", &[Words::open("天気")]));
        assert!(has("東京都の天気", &[Words::open("気")]));
        assert!(has("東京都の天気", &[Words::exact("都の天")]));
        assert!(!has("東京都の天気", &[Words::open("京の")]));
        assert!(has("환불이 안 됩니다", &[Words::open("환불")]));
        assert!(has("东京abc", &[Words::open("东京abc")]));
        assert!(has("ข้อผิดพลาดใหม่", &[Words::open("ผิดพลาด")]));
    }

    #[test]
    fn one_character_is_found_by_itself() {
        let doc = Doc::of(&["東京都の都", "flag 猫"]);
        let letters: Vec<Vec<&str>> = doc.letters().map(|all| all.into_iter().collect()).collect();
        assert_eq!(letters, [vec!["の", "京", "東", "都"], vec![]]);
        let is_letter = |text: &str| Words::open(text).needle().is_some_and(|one| one.is_letter());
        assert!(is_letter("都"));
        assert!(!is_letter("東京") && !is_letter("abc都") && !is_letter("a"));
    }

    #[test]
    fn what_has_no_letter_is_found_nowhere() {
        assert!(!has("🎫 yes", &[Words::open("🎫")]));
        assert!(has("yes", &[Words::open("-"), Words::open("yes")]));
        assert!(!has("yes", &[]));
    }

    #[test]
    fn a_field_can_be_named() {
        let doc = Doc::of(&["Flags", "vip", "On Safari"]);
        assert!(doc.has(&[Words::open("flags"), Words::open("safari")], None));
        assert!(!doc.has(&[Words::open("safari")], Some(0)));
        assert!(!doc.has(&[Words::exact("vip on")], None), "no phrase over the edge of a field");
    }

    #[test]
    fn the_better_fit_comes_first() {
        let words = [Words::open("flag")];
        let score = |fields: &[&str]| Doc::of(fields).score(&words);
        assert!(score(&["Flag", "", ""]) > score(&["Flags", "", ""]));
        assert!(score(&["Flag", "", ""]) > score(&["", "", "flag"]));
        assert!(score(&["", "", "flag and flag"]) > score(&["", "", "flag and pole"]));
        assert!(
            score(&["", "", "a flag"]) > score(&["", "", &format!("a flag {}", "x ".repeat(900))])
        );
    }
}
