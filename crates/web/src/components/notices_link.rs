//! The way to one's notices, with how many are not read.

use maud::{Markup, html};

use super::icon::icon;
use crate::words::{Text, Words, number};
use crate::{keys, routes};

/// Beyond this it only says that there are more.
const MOST_COUNTED: i64 = 1_000;

/// The link; a fragment that is fetched again when something was told to this person.
pub fn notices_link(words: Words, unread: i64, person: i64) -> Markup {
    let trigger = format!("live:notices-{person} from:body delay:300ms");
    html! {
        a.top-notices #notices-link href=(routes::NOTICES) data-chord=(keys::GO_NOTICES) data-key-label=(words.say(Text::Notices))
            hx-get=(routes::NOTICES_COUNT) hx-trigger=(trigger) hx-swap="outerHTML" {
            (icon("mail"))
            span.wordy { (words.say(Text::Notices)) }
            @if unread > 0 {
                span.count aria-hidden="true" { @if unread > MOST_COUNTED { (number(MOST_COUNTED)) "+" } @else { (number(unread)) } }
                span.hidden { (words.count(Text::Unread, unread.min(MOST_COUNTED))) }
            }
        }
    }
}
