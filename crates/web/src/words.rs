//! Every text a page shows, in one place, in every language we speak.
//!
//! A text is a whole sentence with placeholders in braces, never glued from parts; a plural is two forms with a bar
//! between them. Texts are files in `words/` beside the sources: the English ones, a file for each subject, make up
//! [`Text`], so that a page that says what is not there does not compile. Customers' pages have translations, a file for
//! each language; a text that is not in them is English.

use std::fmt::Display;

pub use domain::words::Locale as Language;
pub use domain::words::survey::{Texts as SurveyTexts, texts as survey};
pub use texts::Text;

use texts::english;

mod texts {
    /// The key of each text, and its English.
    macro_rules! texts {
        ($($name:ident = $english:literal,)+) => {
            /// The key of a text.
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum Text { $(#[doc = concat!("“", $english, "”")] $name),+ }

            impl Text {
                /// All of them.
                pub const ALL: &[Text] = &[$(Text::$name),+];
            }

            pub(super) fn english(text: Text) -> &'static str {
                match text { $(Text::$name => $english),+ }
            }
        };
    }

    /// The words of a text in one language, where it has any.
    macro_rules! translated {
        ($language:ident: $($name:ident = $words:literal,)+) => {
            pub(super) fn $language(text: Text) -> Option<&'static str> {
                match text { $(Text::$name => Some($words),)+ _ => None }
            }
        };
    }

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
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
        self.language.tag()
    }

    /// A text as it is.
    pub fn say(self, text: Text) -> &'static str {
        let translated = match self.language {
            Language::En => None,
            Language::De => texts::german(text),
            Language::Fr => texts::french(text),
            Language::Es => texts::spanish(text),
            Language::Ja => texts::japanese(text),
        };
        translated.unwrap_or_else(|| english(text))
    }

    /// A text with its placeholders filled.
    pub fn fill(self, text: Text, values: &[(&str, &dyn Display)]) -> String {
        filled(self.say(text), values)
    }

    /// A text in the singular or plural of `n`, which also fills `{n}`.
    pub fn count(self, text: Text, n: i64) -> String {
        let (one, many) =
            self.say(text).split_once('|').unwrap_or((self.say(text), self.say(text)));
        filled(if n == 1 { one } else { many }, &[("n", &self.number(n))])
    }

    /// A whole number, its digits grouped as the language does.
    pub fn number(self, n: i64) -> String {
        let separator = match self.language {
            Language::En | Language::Ja => ",",
            Language::De => ".",
            Language::Fr => "\u{202f}",
            // Four digits stand together.
            Language::Es if n.abs() < 10_000 => "",
            Language::Es => ".",
        };
        grouped(n, separator)
    }

    /// A number with so many digits behind its point, as the language writes one.
    pub fn decimal(self, whole: i64, rest: &str) -> String {
        let point = if matches!(self.language, Language::En | Language::Ja) { "." } else { "," };
        format!("{}{point}{rest}", self.number(whole))
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

/// A whole number as English groups its digits.
pub fn number(n: i64) -> String {
    Words::default().number(n)
}

fn grouped(n: i64, separator: &str) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    if n < 0 { format!("-{grouped}") } else { grouped }
}

/// Beyond this nobody counts on.
pub const MOST_COUNTED: i64 = 1_000;

/// A count as it is shown: exact up to a thousand, then "1,000+".
pub fn counted(n: i64) -> String {
    if n > MOST_COUNTED { format!("{}+", number(MOST_COUNTED)) } else { number(n) }
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
    fn numbers_are_grouped_as_the_language_does() {
        let said = |language, n| Words { language }.number(n);
        assert_eq!(said(Language::En, -1_234_567), "-1,234,567");
        assert_eq!(said(Language::De, 1_234), "1.234");
        assert_eq!(said(Language::Fr, 1_234), "1\u{202f}234");
        assert_eq!(said(Language::Es, 1_234), "1234");
        assert_eq!(said(Language::Es, 12_345), "12.345");
        assert_eq!(Words { language: Language::De }.decimal(92, "9"), "92,9");
    }

    /// The placeholders of a text, sorted.
    fn placeholders(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn every_language_has_the_same_texts_with_the_same_places_to_fill() {
        let translated = |language: Language, text: Text| match language {
            Language::En => Some(english(text)),
            Language::De => texts::german(text),
            Language::Fr => texts::french(text),
            Language::Es => texts::spanish(text),
            Language::Ja => texts::japanese(text),
        };
        let mut count = 0;
        for text in Text::ALL {
            let is_translated = texts::german(*text).is_some();
            count += usize::from(is_translated);
            for language in Language::ALL.into_iter().filter(|one| *one != Language::En) {
                let words = translated(language, *text);
                assert_eq!(words.is_some(), is_translated, "{text:?} in {}", language.tag());
                let Some(words) = words else { continue };
                let expected = placeholders(english(*text));
                assert_eq!(placeholders(words), expected, "{text:?} in {}", language.tag());
                let bars = |text: &str| text.matches('|').count();
                assert_eq!(bars(words), bars(english(*text)), "{text:?} in {}", language.tag());
                assert!(!words.contains('!'), "{text:?} shouts in {}", language.tag());
            }
        }
        assert!(count > 100, "{count} texts are translated");
        for language in Language::ALL {
            assert_eq!(Words { language }.say(Text::Weekdays).split(' ').count(), 7);
            assert_eq!(Words { language }.say(Text::Months).split(' ').count(), 12);
        }
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
