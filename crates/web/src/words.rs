//! Every text a page shows, in one place, in every language we speak.
//!
//! A text is a whole sentence with placeholders in braces, never glued from parts; a plural is two forms with a bar
//! between them. The match in [`english`] has no default arm: a text without words does not compile.

mod texts;

use std::fmt::Display;

pub use domain::words::Locale;
pub use domain::words::survey::{Texts as SurveyTexts, texts as survey};
pub use texts::Text;

use texts::english;

/// A language the pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, 24-hour clock, day before month.
    #[default]
    English,
}

/// The words of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The language spoken.
    pub language: Language,
}

impl Words {
    /// The tag of the language, for `lang`.
    pub fn tag(self) -> &'static str {
        match self.language {
            Language::English => "en",
        }
    }

    /// A text as it is.
    pub fn say(self, text: Text) -> &'static str {
        match self.language {
            Language::English => english(text),
        }
    }

    /// A text with its placeholders filled.
    pub fn fill(self, text: Text, values: &[(&str, &dyn Display)]) -> String {
        filled(self.say(text), values)
    }

    /// A text in the singular or plural of `n`, which also fills `{n}`.
    pub fn count(self, text: Text, n: i64) -> String {
        let (one, many) =
            self.say(text).split_once('|').unwrap_or((self.say(text), self.say(text)));
        filled(if n == 1 { one } else { many }, &[("n", &number(n))])
    }

    /// The short name of a weekday, Monday being 1.
    pub fn weekday(self, day: i8) -> &'static str {
        name_of(self.say(Text::Weekdays), day)
    }

    /// The short name of a month, January being 1.
    pub fn month(self, month: i8) -> &'static str {
        name_of(self.say(Text::Months), month)
    }
}

/// A whole number with separators every three digits.
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if n < 0 { format!("-{grouped}") } else { grouped }
}

fn filled(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            text.push_str(&value.to_string());
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

fn name_of(names: &'static str, position: i8) -> &'static str {
    usize::try_from(position - 1).ok().and_then(|index| names.split(' ').nth(index)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_vanish() {
        assert_eq!(Words::default().fill(Text::Left, &[("span", &"48 m")]), "48 m left");
        assert_eq!(Words::default().fill(Text::Left, &[]), " left");
    }

    #[test]
    fn a_count_has_its_plural() {
        assert_eq!(Words::default().count(Text::Tickets, 1), "1 ticket");
        assert_eq!(Words::default().count(Text::Tickets, 1_200), "1,200 tickets");
    }

    #[test]
    fn braces_are_balanced_in_every_text() {
        for text in Text::ALL {
            let words = Words::default().say(*text);
            assert_eq!(words.matches('{').count(), words.matches('}').count(), "{text:?}");
        }
    }

    #[test]
    fn no_text_shouts() {
        for text in Text::ALL {
            assert!(!Words::default().say(*text).contains('!'), "{text:?}");
        }
    }
}
