//! The views with their counts, and the other places.

use maud::{Markup, html};

use super::button::{key_cap, shortcut};
use crate::words::{Text, Words, counted};

/// A link of the navigation.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its words.
    pub label: &'a str,
    /// Where it leads.
    pub href: &'a str,
    /// How many tickets wait there.
    pub count: Option<i64>,
    /// The chord that leads there: `"g q"`.
    pub chord: Option<&'a str>,
    /// The key that leads there.
    pub key: Option<&'a str>,
    /// Whether one is there.
    pub current: bool,
}

impl<'a> Place<'a> {
    /// A place without a count.
    pub fn new(label: &'a str, href: &'a str) -> Self {
        Self { label, href, count: None, chord: None, key: None, current: false }
    }
}

/// The navigation: the next ticket where no list offers it, own and shared views, team views, other places.
pub fn navigation(
    words: Words,
    next: Option<&Markup>,
    views: &[Place<'_>],
    team_views: &[Place<'_>],
    places: &[Place<'_>],
) -> Markup {
    html! {
        nav #views .views popover aria-label=(words.say(Text::Views)) {
            @if let Some(next) = next { (next) }
            (list(words, views))
            @if !team_views.is_empty() { h2 { (words.say(Text::OwnViews)) } (list(words, team_views)) }
            (list(words, places))
        }
    }
}

fn list(words: Words, places: &[Place<'_>]) -> Markup {
    html! {
        @if !places.is_empty() {
            ul {
                @for place in places {
                    li {
                        a href=(place.href) aria-current=[place.current.then_some("page")] data-chord=[place.chord] data-key=[place.key]
                            aria-keyshortcuts=[shortcut(place.key)] data-key-label=[place.chord.or(place.key).map(|_| place.label)] {
                            (place.label) (key_cap(place.key))
                            @if let Some(count) = place.count { " " (tickets(words, place.href, count)) }
                        }
                    }
                }
            }
        }
    }
}

/// How many tickets wait at an address: a part of its own, so that news can bring it up to date.
pub fn tickets(words: Words, href: &str, count: i64) -> Markup {
    html! {
        span id={ "count-view-" (href.rsplit('/').next().unwrap_or_default()) } {
            span.count aria-hidden="true" { (counted(count)) }
            span.hidden { (words.count(Text::Tickets, count)) }
        }
    }
}
