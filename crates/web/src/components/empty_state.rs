//! Nothing is here: the fact, why, and one thing to do.

use maud::{Markup, html};

/// The fact as a heading, one line why, one action.
pub fn empty_state(heading: &str, why: &str, action: Option<&Markup>) -> Markup {
    html! {
        div.empty {
            h2 tabindex="-1" { (heading) }
            p { (why) }
            @if let Some(action) = action { (action) }
        }
    }
}
