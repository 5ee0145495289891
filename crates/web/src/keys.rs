//! The one table of keys: it is the sheet behind `?`, the page of the documents, and what tests hold the pages to.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::components::button::{self, Button, cap};
use crate::problem::Answer;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes};

/// Where a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// On every page.
    Everywhere,
    /// After `G`.
    Go,
    /// In a list, and along the messages of a ticket.
    List,
    /// On a ticket, the row in focus, or all that is selected.
    Selection,
    /// On a ticket's page.
    Ticket,
    /// In a text field that is sent.
    Composer,
}

impl Place {
    /// All of them, in the order of the sheet.
    pub const ALL: [Self; 6] =
        [Self::Everywhere, Self::Go, Self::List, Self::Selection, Self::Ticket, Self::Composer];

    /// What it is called.
    pub fn label(self) -> Text {
        match self {
            Self::Everywhere => Text::PlaceEverywhere,
            Self::Go => Text::PlaceGo,
            Self::List => Text::PlaceList,
            Self::Selection => Text::PlaceSelection,
            Self::Ticket => Text::PlaceTicket,
            Self::Composer => Text::PlaceComposer,
        }
    }

    /// Whether keys of the two can be pressed on the same page, so that they must be different ones.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Go, _) | (_, Self::Go) => self == other,
            (Self::Composer, _) | (_, Self::Composer) => self == other,
            _ => true,
        }
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// It presses the control with `data-key` or `data-chord` of this name.
    Control,
    /// It moves the focus or the selection, where script does: the words of the script that handle it.
    Script(&'static str),
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// As the pages name it: `q`, `shift+j`, `g q`.
    pub key: &'static str,
    /// What it does, in words.
    pub text: Text,
    /// Where.
    pub place: Place,
    /// How.
    pub press: Press,
}

const fn control(place: Place, key: &'static str, text: Text) -> Entry {
    Entry { key, text, place, press: Press::Control }
}

const fn script(place: Place, key: &'static str, text: Text, words: &'static str) -> Entry {
    Entry { key, text, place, press: Press::Script(words) }
}

/// The keys that press a control, each under the name its pages use; nowhere else a key is written.
macro_rules! names {
    ($($name:ident = $key:literal,)+) => {
        $(#[doc = concat!("The key `", $key, "`.")] pub const $name: &str = $key;)+
    };
}

names! {
    SEARCH = "/",
    SHEET = "?",
    TAKE = "q",
    NEW = "c",
    UNDO = "z",
    GO_QUEUE = "g q",
    GO_MINE = "g m",
    GO_UNASSIGNED = "g u",
    GO_ESCALATED = "g e",
    GO_DUE_SOON = "g d",
    GO_PENDING = "g p",
    GO_ON_HOLD = "g h",
    GO_SOLVED = "g s",
    GO_TRIAGE = "g t",
    GO_SUSPENDED = "g j",
    GO_ROTA = "g r",
    GO_REPORTS = "g c",
    GO_HANDBOOK = "g b",
    GO_NOTICES = "g n",
    GO_SETTINGS = "g o",
    NEWS = ".",
    FILTERS = "f",
    ASSIGN = "a",
    TO_ME = "i",
    STATUS = "s",
    PRIORITY = "p",
    TEAM = "t",
    TAGS = "l",
    ESCALATE = "e",
    MACRO = "m",
    FOLLOWING = "shift+j",
    PRECEDING = "shift+k",
    BACK = "u",
    REPLY = "r",
    NOTE = "n",
    SNOOZE = "h",
    FOLLOW = "w",
    WHY = "y",
    CUSTOMER = "d",
    ACTIVITY = "v",
}

/// The table.
pub const TABLE: &[Entry] = &[
    script(Place::Everywhere, "ctrl+k", Text::KeyBar, "=== 'k'"),
    control(Place::Everywhere, SEARCH, Text::KeySearch),
    control(Place::Everywhere, SHEET, Text::KeySheet),
    control(Place::Everywhere, TAKE, Text::KeyTake),
    control(Place::Everywhere, NEW, Text::ActNewTicket),
    control(Place::Everywhere, UNDO, Text::KeyUndo),
    script(Place::Everywhere, "shift+t", Text::KeyExact, "'shift+t'"),
    control(Place::Go, GO_QUEUE, Text::KeyQueue),
    control(Place::Go, GO_MINE, Text::ViewMine),
    control(Place::Go, GO_UNASSIGNED, Text::ViewUnassigned),
    control(Place::Go, GO_ESCALATED, Text::ViewEscalated),
    control(Place::Go, GO_DUE_SOON, Text::ViewDueSoon),
    control(Place::Go, GO_PENDING, Text::ViewPending),
    control(Place::Go, GO_ON_HOLD, Text::ViewOnHold),
    control(Place::Go, GO_SOLVED, Text::ViewSolved),
    control(Place::Go, GO_TRIAGE, Text::ViewTriage),
    control(Place::Go, GO_SUSPENDED, Text::ViewSuspended),
    control(Place::Go, GO_ROTA, Text::KeyRota),
    control(Place::Go, GO_REPORTS, Text::KeyReports),
    control(Place::Go, GO_HANDBOOK, Text::KeyHandbook),
    control(Place::Go, GO_NOTICES, Text::KeyNotices),
    control(Place::Go, GO_SETTINGS, Text::KeySettings),
    script(Place::List, "j", Text::KeyNextRow, "case 'j'"),
    script(Place::List, "k", Text::KeyPreviousRow, "case 'k'"),
    script(Place::List, "home", Text::KeyFirstRow, "case 'Home'"),
    script(Place::List, "end", Text::KeyLastRow, "case 'End'"),
    script(Place::List, "o", Text::KeyOpenRow, "case 'o'"),
    script(Place::List, "ctrl+enter", Text::KeyOpenRowInTab, "key === 'Enter'"),
    script(Place::List, "x", Text::KeySelect, "case 'x'"),
    script(Place::List, "shift+x", Text::KeySelectTo, "case 'shift+x'"),
    script(Place::List, "escape", Text::KeyClear, "case 'Escape'"),
    control(Place::List, NEWS, Text::KeyShowNew),
    control(Place::List, FILTERS, Text::KeyFilters),
    control(Place::Selection, ASSIGN, Text::KeyAssign),
    control(Place::Selection, TO_ME, Text::KeyToMe),
    control(Place::Selection, STATUS, Text::KeyStatus),
    control(Place::Selection, PRIORITY, Text::KeyPriority),
    control(Place::Selection, TEAM, Text::KeyTeam),
    control(Place::Selection, TAGS, Text::KeyTags),
    control(Place::Selection, ESCALATE, Text::KeyEscalate),
    control(Place::Selection, MACRO, Text::KeyMacro),
    control(Place::Selection, REPLY, Text::KeyReply),
    control(Place::Selection, NOTE, Text::KeyNote),
    control(Place::Selection, SNOOZE, Text::KeySnooze),
    control(Place::Selection, FOLLOW, Text::KeyFollow),
    control(Place::Ticket, FOLLOWING, Text::KeyFollowing),
    control(Place::Ticket, PRECEDING, Text::KeyPreceding),
    control(Place::Ticket, BACK, Text::KeyBack),
    control(Place::Ticket, WHY, Text::KeyWhy),
    control(Place::Ticket, CUSTOMER, Text::KeyCustomer),
    control(Place::Ticket, ACTIVITY, Text::KeyActivity),
    script(Place::Composer, "ctrl+enter", Text::KeySend, "data-send-button"),
    script(Place::Composer, "ctrl+shift+enter", Text::KeySendSolved, "data-send-solved"),
    script(Place::Composer, "escape", Text::KeyLeave, "leave(event)"),
];

/// The two lines that stand for the same key where both work.
pub fn clashes() -> Vec<(&'static str, Place, Place)> {
    let mut found = Vec::new();
    for (index, one) in TABLE.iter().enumerate() {
        let others = TABLE.iter().skip(index + 1);
        let same = others.filter(|other| other.key == one.key && other.place.meets(one.place));
        found.extend(same.map(|other| (one.key, one.place, other.place)));
    }
    found
}

/// Whether a page may have a control with this key.
pub fn is_known(key: &str) -> bool {
    TABLE.iter().any(|entry| entry.press == Press::Control && entry.key == key)
}

/// The same key on a Mac, where it is another one.
fn mac(key: &str) -> Option<String> {
    key.strip_prefix("ctrl+").map(|rest| format!("⌘ {}", cap(rest)))
}

/// The page of the documents, in Markdown.
pub fn document(words: Words) -> String {
    let mut text = format!("# {}\n\n{}\n", words.say(Text::DocKeys), words.say(Text::KeysWhy));
    for place in Place::ALL {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## {}\n\n| | |\n|---|---|\n", words.say(place.label()));
        for entry in TABLE.iter().filter(|entry| entry.place == place) {
            let mut key = format!("`{}`", cap(entry.key));
            if let Some(mac) = mac(entry.key) {
                key = words.fill(Text::OnMac, &[("key", &key), ("mac", &format!("`{mac}`"))]);
            }
            let _ = writeln!(text, "| {key} | {} |", words.say(entry.text));
        }
    }
    text
}

pub(crate) fn pages() -> Vec<Route> {
    vec![Route::get(routes::KEYS, desk::Act::ReadDesk, sheet)]
}

/// All keys: a page without script, a dialog with it.
async fn sheet(visitor: Visitor) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let title = words.say(Text::AllKeys);
    let looks = visitor.looks;
    let letters = if looks.single_keys { Text::SwitchLettersOff } else { Text::SwitchLettersOn };
    let times = if looks.exact_times { Text::SwitchExactOff } else { Text::SwitchExactOn };
    let value = |is_on| if is_on { "off" } else { "on" };
    let main = html! {
        form.line method="post" action=(routes::LOOK) {
            (button::csrf(&reader))
            button.button type="submit" name="single_keys" value=(value(looks.single_keys)) { (words.say(letters)) }
            button.button type="submit" name="exact_times" value=(value(looks.exact_times)) { (words.say(times)) }
            @if !looks.single_keys { span.hint { (words.say(Text::LettersOff)) } }
        }
        p.hint { (words.say(Text::KeysWhy)) }
        div.keys-sheet { @for place in Place::ALL { (group(words, place, visitor.fragment)) } }
    };
    if visitor.fragment {
        let close = Button::plain(words.say(Text::Close));
        return Ok(frame::html(html! {
            h2 #dialog-heading tabindex="-1" { (title) }
            div.stack {
                (main)
                a.button.plain href="/" data-close { (close.label) }
            }
        }));
    }
    let main = html! { h1 tabindex="-1" { (title) } div.stack { (main) } };
    let frame = frame::Frame { title, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

/// In the dialog it stands below a heading more than on the page.
fn group(words: Words, place: Place, in_dialog: bool) -> Markup {
    let id = format!("keys-{place:?}").to_lowercase();
    html! {
        section aria-labelledby=(id) {
            @if in_dialog { h3 id=(id) { (words.say(place.label())) } } @else { h2 id=(id) { (words.say(place.label())) } }
            dl.keys {
                @for entry in TABLE.iter().filter(|entry| entry.place == place) {
                    div { dt { kbd { (cap(entry.key)) } @if let Some(cap) = mac(entry.key) { " " kbd { (cap) } } } dd { (words.say(entry.text)) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_where_both_work() {
        assert_eq!(clashes(), Vec::new());
    }

    #[test]
    fn what_script_does_is_in_the_script() {
        // As it is written: what is sent is shortened.
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/js");
        let script: String = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        for entry in TABLE {
            if let Press::Script(words) = entry.press {
                assert!(script.contains(words), "{}: no script has {words}", entry.key);
            }
        }
    }

    #[test]
    fn pages_take_their_keys_from_the_table() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut folders = vec![std::path::PathBuf::from(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let code = std::fs::read_to_string(entry.path()).unwrap();
                for written in ["data-key=\"", "data-chord=\"", "with_key(\""] {
                    let is_written = code.lines().any(|line| {
                        line.contains(written) && !line.contains("written") && !line.contains("///")
                    });
                    assert!(!is_written, "{:?} writes a key beside the table", entry.path());
                }
            }
        }
    }

    #[test]
    fn the_document_is_the_table() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/keys.md");
        let expected = document(Words::default());
        if std::env::var_os("ANSWERABLE_WRITE_DOCS").is_some() {
            std::fs::write(file, &expected).unwrap();
        }
        let found = std::fs::read_to_string(file).unwrap_or_default();
        assert_eq!(found, expected, "docs/keys.md: ANSWERABLE_WRITE_DOCS=1 writes it anew");
    }
}
