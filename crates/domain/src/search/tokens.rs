//! Cutting a text into tokens.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A text has no more tokens than this; what is beyond is not found. PostgreSQL keeps 16,383 places of a text.
pub const MOST_TOKENS: usize = 10_000;
/// Letters of a token at most. What begins with the same 64 letters is the same token.
const LONGEST: usize = 64;

/// A piece of a text that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Letters and digits, folded.
    pub text: String,
    /// The bytes of the text it stands for.
    pub span: Range<usize>,
    /// The last character of a run of characters, which is also part of the pair before it.
    pub(super) is_tail: bool,
    /// A character of a script without spaces, or a pair of them.
    pub(super) is_character: bool,
}

/// The tokens of a text in their order, at most [`MOST_TOKENS`].
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some(&(start, letter)) = letters.peek() {
        if found.len() >= MOST_TOKENS {
            break;
        }
        let Some(kind) = Run::of(letter) else {
            letters.next();
            continue;
        };
        let mut end = start;
        while let Some(&(at, letter)) = letters.peek()
            && (continues(letter) || Run::of(letter) == Some(kind))
        {
            end = at + letter.len_utf8();
            letters.next();
        }
        match kind {
            Run::Word => word(&text[start..end], start, &mut found),
            Run::Characters => characters(&text[start..end], start, &mut found),
        }
    }
    found.truncate(MOST_TOKENS);
    found
}

/// What a stretch of letters is cut into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    /// One token.
    Word,
    /// Pairs.
    Characters,
}

impl Run {
    fn of(letter: char) -> Option<Self> {
        if letter.is_ascii() {
            return letter.is_ascii_alphanumeric().then_some(Self::Word);
        }
        if is_character(letter) {
            Some(Self::Characters)
        } else {
            letter.is_alphanumeric().then_some(Self::Word)
        }
    }
}

/// Whether words of this letter's script are not kept apart by spaces, or take endings that searches leave off.
fn is_character(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30fa}' | '\u{30fc}'..='\u{318f}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
        && (letter.is_alphanumeric() || is_combining_mark(letter))
}

/// Whether a letter does not end a stretch, whatever it is: accents, joiners, soft hyphens.
fn continues(letter: char) -> bool {
    !letter.is_ascii()
        && (matches!(letter, '\u{ad}' | '\u{200c}' | '\u{200d}') || is_combining_mark(letter))
}

fn word(source: &str, start: usize, found: &mut Vec<Token>) {
    let text = folded(source);
    if !text.is_empty() {
        let span = start..start + source.len();
        found.push(Token { text, span, is_tail: false, is_character: false });
    }
}

fn characters(source: &str, start: usize, found: &mut Vec<Token>) {
    let text = folded_whole(source);
    let letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> =
        source.char_indices().map(|(at, _)| start + at).chain([start + source.len()]).collect();
    let is_one_to_one = places.len() == letters.len() + 1;
    for at in 0..letters.len() {
        let last = (at + 2).min(letters.len());
        let span =
            if is_one_to_one { places[at]..places[last] } else { start..start + source.len() };
        found.push(Token {
            text: letters[at..last].iter().collect(),
            span,
            is_tail: last - at == 1 && letters.len() > 1,
            is_character: true,
        });
    }
}

/// A word as it is compared, cut at [`LONGEST`].
fn folded(source: &str) -> String {
    if source.is_ascii() {
        let cut = source.len().min(LONGEST);
        return source[..cut].to_ascii_lowercase();
    }
    folded_whole(source).chars().take(LONGEST).collect()
}

/// Compatible forms made one, Latin, Greek, Cyrillic and Arabic accents taken off, lower case.
fn folded_whole(source: &str) -> String {
    let plain: String = source.nfkd().filter(|letter| !is_accent(*letter)).nfc().collect();
    plain
        .to_lowercase()
        .chars()
        .filter(|letter| {
            if letter.is_ascii() { letter.is_ascii_alphanumeric() } else { !is_accent(*letter) }
        })
        .map(|letter| if letter == 'ς' { 'σ' } else { letter })
        .collect()
}

fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}'
        | '\u{670}' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_are_cut_and_folded() {
        assert_eq!(texts("Flags fall back, v41.2!"), ["flags", "fall", "back", "v41", "2"]);
        assert_eq!(texts("dana@Fernlight.test"), ["dana", "fernlight", "test"]);
        assert_eq!(texts("Crème BRÛLÉE e\u{301}te\u{301}"), ["creme", "brulee", "ete"]);
        assert_eq!(texts("ＡＢＣ　ﬁne ΟΔΟΣ"), ["abc", "fine", "οδοσ"]);
        assert_eq!(texts("İstanbul ⑴"), ["istanbul", "1"]);
    }

    #[test]
    fn scripts_without_spaces_become_pairs() {
        assert_eq!(texts("東京都"), ["東京", "京都", "都"]);
        assert_eq!(texts("猫"), ["猫"]);
        assert_eq!(texts("iPhoneを使う"), ["iphone", "を使", "使う", "う"]);
        assert_eq!(texts("환불이"), ["환불", "불이", "이"]);
        assert_eq!(texts("ﾊﾟｽﾜｰﾄﾞ"), texts("パスワード"));
    }

    #[test]
    fn what_is_no_letter_is_no_token() {
        assert!(texts("🎫 -- %_'\"\\ \u{202e} \u{0}").is_empty());
    }

    #[test]
    fn a_token_knows_where_it_stands() {
        let text = "Où est 東京?";
        let spans: Vec<&str> = tokens(text).iter().map(|token| &text[token.span.clone()]).collect();
        assert_eq!(spans, ["Où", "est", "東京", "京"]);
    }

    #[test]
    fn a_text_without_end_has_an_end() {
        assert_eq!(tokens(&"a ".repeat(50_000)).len(), MOST_TOKENS);
        assert_eq!(tokens(&"x".repeat(9_000))[0].text.len(), LONGEST);
        assert_eq!(tokens(&"字".repeat(50_000)).len(), MOST_TOKENS);
    }
}
