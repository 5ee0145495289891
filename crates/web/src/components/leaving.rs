//! A reply that leaves in some seconds and can be undone until then.

use jiff::Timestamp;
use maud::{Markup, html};

use super::button::{Button, action};
use crate::keys;
use crate::reader::Reader;
use crate::words::Text;

/// What is to say about it.
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// The sentence, with the seconds as `{n}`: "Reply to Dana leaves in {n} s."
    pub words: &'a str,
    /// When it leaves.
    pub until: Timestamp,
    /// Where undoing is posted to.
    pub undo: &'a str,
}

/// The sentence, which counts down, and the button beside it.
pub fn leaving(reader: &Reader, leaving: &Leaving<'_>) -> Markup {
    let left = leaving.until.duration_since(reader.now).as_secs().max(1);
    html! {
        leaving-in until=(leaving.until) data-words=(leaving.words) {
            span { (leaving.words.replace("{n}", &left.to_string())) }
            (action(reader, leaving.undo, Button::plain(reader.words.say(Text::Undo)).with_key(keys::UNDO)))
        }
    }
}
