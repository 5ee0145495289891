//! A part of a text in which what was searched for is marked.

use domain::search::Excerpt;
use maud::{Markup, html};

/// The part.
pub fn excerpt(excerpt: &Excerpt) -> Markup {
    html! {
        span dir="auto" {
            @for part in &excerpt.parts {
                @if part.is_found { mark { (part.text) } } @else { (part.text) }
            }
        }
    }
}
