//! What is said about something the reader did or should know.

use maud::{Markup, html};

use super::button::{Button, action};
use super::leaving::{Leaving, leaving};
use crate::keys;
use crate::reader::Reader;
use crate::words::Text;

/// What kind of thing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// News.
    Info,
    /// It worked.
    Ok,
    /// It soon matters.
    Warn,
    /// It failed.
    Danger,
}

/// The one notice of a page, with a way back where there is one.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// What happened.
    pub text: &'a str,
    /// Where undoing is posted to.
    pub undo: Option<&'a str>,
}

/// The region right after the main part where notices appear.
pub fn region(reader: &Reader, notice: Option<Notice<'_>>, leaves: Option<Leaving<'_>>) -> Markup {
    let words = reader.words;
    html! {
        section #notices .notices aria-label=(words.say(Text::Notices)) {
            @if let Some(notice) = notice { (shown(reader, notice)) }
            @else if let Some(leaves) = leaves { div.notice { (leaving(reader, &leaves)) } }
        }
    }
}

/// A notice, to take the place of the one that is shown.
pub fn in_place(reader: &Reader, notice: Notice<'_>) -> Markup {
    html! { div hx-swap-oob="innerHTML:#notices" { (shown(reader, notice)) } }
}

fn shown(reader: &Reader, notice: Notice<'_>) -> Markup {
    let undo = Button::plain(reader.words.say(Text::Undo)).with_key(keys::UNDO);
    html! {
        div.notice {
            p role="status" { (notice.text) }
            @if let Some(to) = notice.undo { (action(reader, to, undo)) }
        }
    }
}

/// A box within the page: what happened, why, and what one can do.
pub fn message_box(id: &str, tone: Tone, heading: &str, rest: &Markup) -> Markup {
    boxed(id, tone, heading, rest, Focus::Stays)
}

/// The same about a form that was refused: whoever sent it is led there.
pub fn refusal_box(id: &str, tone: Tone, heading: &str, rest: &Markup) -> Markup {
    boxed(id, tone, heading, rest, Focus::Comes)
}

/// Where the focus is once the page is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    Stays,
    Comes,
}

fn boxed(id: &str, tone: Tone, heading: &str, rest: &Markup, focus: Focus) -> Markup {
    let class = match tone {
        Tone::Info => "message-box",
        Tone::Ok => "message-box ok",
        Tone::Warn => "message-box warn",
        Tone::Danger => "message-box danger",
    };
    html! {
        section class=(class) aria-labelledby={ (id) "-heading" } {
            h2 id={ (id) "-heading" } tabindex="-1" autofocus[focus == Focus::Comes] { (heading) }
            (rest)
        }
    }
}
