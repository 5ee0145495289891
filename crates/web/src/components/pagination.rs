//! Pages by key: newer and older, the range and the count, no page numbers.

use maud::{Markup, html};

use super::icon::icon;
use crate::words::{Text, Words, counted, number};

/// Where one is in a long list.
#[derive(Clone, Copy, Debug)]
pub struct Pages<'a> {
    /// The place of the first one shown.
    pub first: i64,
    /// The place of the last one shown.
    pub last: i64,
    /// How many there are.
    pub all: i64,
    /// Where the newer ones are.
    pub newer: Option<&'a str>,
    /// Where the older ones are.
    pub older: Option<&'a str>,
}

/// The links.
pub fn pagination(words: Words, pages: &Pages<'_>) -> Markup {
    let range = words.fill(
        Text::Range,
        &[
            ("first", &number(pages.first)),
            ("last", &number(pages.last)),
            ("all", &counted(pages.all)),
        ],
    );
    html! {
        nav.pages aria-label=(words.say(Text::Pages)) {
            span { (range) }
            @if let Some(newer) = pages.newer { a.button.quiet href=(newer) rel="prev" { (icon("back")) (words.say(Text::Newer)) } }
            @if let Some(older) = pages.older { a.button.quiet href=(older) rel="next" { (words.say(Text::Older)) (icon("next")) } }
        }
    }
}
