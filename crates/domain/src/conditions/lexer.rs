//! A query in pieces: terms, brackets, `OR` and the minus in front of them.

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `OR`
    Or,
    /// `-` in front of a term or a bracket.
    Minus,
    /// A term.
    Term(Term),
}

/// `status:open`, `created>2026-01-01`, `word`, `"a phrase"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// As typed, quotes closed.
    pub(super) source: String,
    /// The property and how its value is compared; none is words.
    pub(super) property: Option<(String, &'static str)>,
    /// The value, or the words.
    pub(super) value: String,
    /// Whether the value stood in quotes.
    pub(super) is_quoted: bool,
}

/// Longer ones first, so that `<=` is not taken for `<`.
const OPERATORS: [&str; 5] = ["<=", ">=", ":", "<", ">"];

/// The pieces in their order. A quote that is not closed ends with the query.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut depth = 0;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let used = match first {
            '(' => {
                depth += 1;
                pieces.push(Piece::Open);
                1
            }
            ')' => {
                // One that closes nothing is left out.
                if depth > 0 {
                    depth -= 1;
                    pieces.push(Piece::Close);
                }
                1
            }
            '-' if rest[1..]
                .starts_with(|next: char| !next.is_whitespace() && !"-)".contains(next)) =>
            {
                pieces.push(Piece::Minus);
                1
            }
            _ => {
                let (term, used) = term(rest);
                pieces.push(match term.source.as_str() {
                    "OR" => Piece::Or,
                    _ => Piece::Term(term),
                });
                used
            }
        };
        rest = rest[used..].trim_start();
    }
    pieces
}

/// The term a text begins with, and how many bytes it has.
fn term(text: &str) -> (Term, usize) {
    let property = property(text);
    let start = property.as_ref().map_or(0, |(name, operator)| name.len() + operator.len());
    let property = property.map(|(name, operator)| (name.to_lowercase(), operator));
    let (value, is_quoted, used) = match text[start..].strip_prefix('"') {
        Some(quoted) => {
            let (value, used) = unquoted(quoted);
            (value, true, start + 1 + used)
        }
        None => {
            let ends = |next: char| next.is_whitespace() || next == ')';
            let used = text[start..].find(ends).map_or(text.len(), |end| start + end);
            (text[start..used].to_owned(), false, used)
        }
    };
    let mut source = text[..used].to_owned();
    if is_quoted {
        source = format!("{}{}", &text[..start], quoted(&value));
    }
    (Term { source, property, value, is_quoted }, used)
}

/// The property a term begins with, and its operator. Addresses of the web and times of day are words.
fn property(text: &str) -> Option<(&str, &'static str)> {
    if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let end = text.find(|next: char| !next.is_ascii_alphanumeric() && next != '_')?;
    let operator = OPERATORS.into_iter().find(|operator| text[end..].starts_with(operator))?;
    let value = &text[end + operator.len()..];
    (!value.starts_with("//") && !value.starts_with('\\')).then_some((&text[..end], operator))
}

/// What stands before the closing quote, and how many bytes that and the quote have.
fn unquoted(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, at + 1),
            '\\' => match letters.next() {
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                Some((_, other)) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    (value, text.len())
}

/// A value in quotes.
pub(super) fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether words typed without quotes are read as these words alone.
pub(super) fn is_plain_word(text: &str) -> bool {
    let term = |piece: &Piece| match piece {
        Piece::Term(term) => term.property.is_none() && !term.is_quoted && term.value == text,
        _ => false,
    };
    is_plain_value(text) && text != "AND" && matches!(pieces(text).as_slice(), [one] if term(one))
}

/// Whether a value needs no quotes.
pub(super) fn is_plain_value(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with("//")
        && !text.contains(|letter: char| {
            letter.is_whitespace()
                || letter.is_control()
                || matches!(letter, '"' | '(' | ')' | '\\')
        })
}
