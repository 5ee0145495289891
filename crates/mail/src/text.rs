//! Text from outside made plain: no control characters, no surprises in length.

/// Line ends become `\n`, other control characters vanish. Says whether any did.
pub(crate) fn clean(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut removed = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\t' => out.push(c),
            '\u{feff}' if out.is_empty() => {}
            c if c.is_control() => removed = true,
            c => out.push(c),
        }
    }
    (out, removed)
}

/// One line: every run of blanks and control characters becomes one space.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Shortens to at most `max` bytes, never inside a character. Says whether it did.
pub(crate) fn cut(text: &mut String, max: usize) -> bool {
    let too_long = text.len() > max;
    if too_long {
        text.truncate(text.floor_char_boundary(max));
    }
    too_long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_splits_a_character() {
        let mut text = "aé".to_owned();

        assert!(cut(&mut text, 2));

        assert_eq!(text, "a");
    }

    #[test]
    fn every_line_end_becomes_one_newline() {
        assert_eq!(clean("a\r\nb\rc\nd\0e\tf"), ("a\nb\nc\nde\tf".to_owned(), true));
    }

    #[test]
    fn a_header_stays_on_one_line() {
        assert_eq!(one_line("  Hi\r\nBcc: x@y.test\t\u{0}z "), "Hi Bcc: x@y.test z");
    }
}
