//! Icons: symbols of the one sprite, always beside a word.

use maud::{Markup, html};

use crate::assets;

/// A symbol of the sprite, hidden from those who hear the word beside it.
pub fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ (assets::icons_url()) "#" (name) } {} } }
}
