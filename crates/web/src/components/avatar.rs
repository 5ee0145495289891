//! Initials in a colour of one's own, always beside the name.

use maud::{Markup, html};

/// How large an avatar is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// In rows and headers.
    #[default]
    Small,
    /// At the head of a person's facts.
    Large,
}

const HUES: u32 = 12;

/// The initials of a name.
pub fn avatar(name: &str, size: Size) -> Markup {
    let large = size == Size::Large;
    html! { span class={ "avatar hue-" (hue(name)) @if large { " avatar-large" } } aria-hidden="true" { (initials(name)) } }
}

fn initials(name: &str) -> String {
    let mut words =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

fn hue(name: &str) -> u32 {
    name.chars().fold(7_u32, |sum, letter| sum.wrapping_mul(31).wrapping_add(u32::from(letter)))
        % HUES
        + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(initials("Dana Reyes"), "DR");
        assert_eq!(initials("Ana María de la Cruz"), "AC");
        assert_eq!(initials("Bo"), "B");
        assert_eq!(initials("李"), "李");
        assert_eq!(initials(""), "");
    }
}
