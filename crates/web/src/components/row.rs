//! A row of a list: when and what; below, who and why here.

use domain::Status;
use handbook::Level;
use maud::{Markup, html};

use super::avatar::{Size, avatar};
use super::badge::{priority, status};
use super::button::{Button, key_cap, menu, shortcut};
use super::time_left::{TimeLeft, time_left};
use crate::reader::Reader;
use crate::words::{Text, Words, number};
use crate::{keys, routes};

/// A ticket as a list shows it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The number.
    pub id: i64,
    /// Its version: what is drawn anew has another number.
    pub seq: i64,
    /// What its address ends with, so that its page knows the list: `?list=my-queue`.
    pub within: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// Who asks: "Dana, Fernlight".
    pub requester: &'a str,
    /// What is due.
    pub left: TimeLeft,
    /// How much it presses.
    pub priority: Level,
    /// Where it stands.
    pub status: Status,
    /// Who has it.
    pub assignee: Option<&'a str>,
    /// Its place in the work order, where the list has one.
    pub rank: Option<i64>,
    /// Why it stands here, most important first.
    pub why: &'a [&'a str],
    /// Whether something in it is new to the reader.
    pub unread: bool,
    /// Who else is at it, in words: "Ada is viewing".
    pub here: &'a str,
    /// Where it went while the list was open: "moved to Replay by you".
    pub gone: Option<&'a str>,
}

/// A list that is worked in: its rows can be selected, and news of it come in.
#[derive(Clone, Copy, Debug)]
pub struct WorkList<'a> {
    /// What it is called.
    pub label: &'a str,
    /// Where it is.
    pub href: &'a str,
    /// Where news of it are.
    pub news: &'a str,
    /// Its rows.
    pub rows: &'a [Row<'a>],
    /// How many tickets are in it, those of other pages too.
    pub all: i64,
}

/// As many tickets are changed at once.
pub const MOST_AT_ONCE: i64 = 1_000;

/// What can be set on everything that is selected: its word in forms, its label, its key.
const ACTIONS: [(&str, Text, Option<&str>); 7] = [
    ("assignment", Text::KeyAssign, Some(keys::ASSIGN)),
    ("status", Text::KeyStatus, Some(keys::STATUS)),
    ("priority", Text::KeyPriority, Some(keys::PRIORITY)),
    ("team", Text::KeyTeam, Some(keys::TEAM)),
    ("area", Text::ActArea, None),
    ("tags", Text::KeyTags, Some(keys::TAGS)),
    ("macro", Text::KeyMacro, Some(keys::MACRO)),
];

/// The same that is wanted less often, with what is chosen at once.
const MORE_ACTIONS: [(&str, Option<&str>, Text, &str); 2] = [
    ("assignment", Some("me"), Text::KeyToMe, keys::TO_ME),
    ("escalation", None, Text::KeyEscalate, keys::ESCALATE),
];

/// What is done with the row in focus alone: where, whether at once, its label, its key.
const OF_ROW: [(&str, bool, Text, &str); 4] = [
    ("#ticket-*-reply", false, Text::KeyReply, keys::REPLY),
    ("#ticket-*-note", false, Text::KeyNote, keys::NOTE),
    ("snooze", false, Text::KeySnooze, keys::SNOOZE),
    ("follow", true, Text::KeyFollow, keys::FOLLOW),
];

/// The list, and at its foot the form of what is selected.
pub fn work_list(reader: &Reader, list: &WorkList<'_>) -> Markup {
    let words = reader.words;
    html! {
        div.list {
            row-list data-list=(list.href) data-news=(list.news) {
                ol #rows .rows.selectable aria-label=(list.label) { @for one in list.rows { (drawn(reader, one, true, false)) } }
            }
            form #bulk .bulk action=(routes::BULK) aria-label=(words.say(Text::PlaceSelection)) {
                input type="hidden" name="from" value=(list.href);
                (whole(words, i64::try_from(list.rows.len()).unwrap_or_default(), list.all))
                span.bulk-said role="status" data-selected=(words.say(Text::BulkSelected)) {}
                @for (what, label, key) in ACTIONS {
                    button.button.quiet name="do" value=(what) data-pick=(what) data-key=[key] aria-keyshortcuts=[shortcut(key)] {
                        (words.say(label)) (key_cap(key))
                    }
                }
                button.button.quiet type="reset" data-key-label=(words.say(Text::KeyClear)) aria-keyshortcuts="Escape" { (words.say(Text::BulkClear)) kbd aria-hidden="true" { "Esc" } }
                (menu("bulk-more", Button::quiet(words.say(Text::More)), &html! {
                    @for (what, value, label, key) in MORE_ACTIONS {
                        button type="button" data-pick=(what) data-value=[value] data-key=(key) aria-keyshortcuts=[shortcut(Some(key))] { (words.say(label)) (key_cap(Some(key))) }
                    }
                    @for (part, post, label, key) in OF_ROW {
                        button type="button" data-row=(part) data-post[post] data-key=(key) aria-keyshortcuts=[shortcut(Some(key))] { (words.say(label)) (key_cap(Some(key))) }
                    }
                }))
            }
        }
    }
}

/// All of the list, those of other pages too: so many as are changed at once.
pub fn whole(words: Words, shown: i64, all: i64) -> Markup {
    let text = if all > MOST_AT_ONCE { Text::SelectFirst } else { Text::SelectAll };
    let many = all.min(MOST_AT_ONCE);
    html! {
        label #count-whole .bulk-all {
            input type="checkbox" name="id" value="all" data-command data-key-label=(words.fill(text, &[("n", &number(many))])) data-beyond=[(all > shown).then(|| number(many))];
            (words.fill(text, &[("n", &number(many))]))
        }
    }
}

/// The list and its rows.
pub fn list(reader: &Reader, label: &str, rows: &[Row<'_>]) -> Markup {
    html! {
        div.list {
            row-list {
                ol #rows .rows aria-label=(label) { @for one in rows { (row(reader, one)) } }
            }
        }
    }
}

/// One row, a fragment of its own.
pub fn row(reader: &Reader, row: &Row<'_>) -> Markup {
    drawn(reader, row, false, false)
}

/// A row of a list that is worked in, drawn anew; in place it takes the place of the one that is shown.
pub fn anew(reader: &Reader, row: &Row<'_>, in_place: bool) -> Markup {
    drawn(reader, row, true, in_place)
}

fn drawn(reader: &Reader, row: &Row<'_>, selectable: bool, in_place: bool) -> Markup {
    let words = reader.words;
    let seq = selectable.then_some(row.seq);
    html! {
        li id={ "row-" (row.id) } class={ "row" @if row.unread { " unread" } @if row.gone.is_some() { " gone" } }
            data-seq=[seq] hx-swap-oob=[in_place.then_some("true")] {
            @if selectable {
                input.row-box #{ "row-" (row.id) "-box" } type="checkbox" name="id" value=(row.id) form="bulk"
                    aria-label=(words.fill(Text::SelectRow, &[("id", &row.id)]));
            }
            div.row-left id={ "row-" (row.id) "-left" } { (time_left(reader, row.left)) }
            h2 {
                a href={ (routes::ticket(row.id)) (row.within) } id={ "row-" (row.id) "-link" } dir="auto" {
                    @if row.unread { span.row-new { (words.say(Text::New)) } }
                    (row.subject)
                }
            }
            span.row-number { "#" (row.id) }
            (meta(reader, row))
            (priority(words, row.priority))
            (status(words, row.status))
            span.row-who {
                @match row.assignee {
                    Some(name) => { (avatar(name, Size::Small)) (name) }
                    None => { span.muted { (words.say(Text::Unassigned)) } }
                }
            }
            span.row-presence { (row.here) }
        }
    }
}

fn meta(reader: &Reader, row: &Row<'_>) -> Markup {
    let words = reader.words;
    html! {
        div.row-meta {
            span.row-person dir="auto" { (row.requester) }
            span.row-small aria-hidden="true" { (status(words, row.status)) @if let Some(name) = row.assignee { " · " (name) } }
            @if let Some(gone) = row.gone {
                span.row-why.row-gone { (gone) }
            } @else {
                span.row-why {
                    @if let Some(rank) = row.rank {
                        span.row-rank { span.hidden { (words.say(Text::WorkOrder)) " " } (rank) }
                    }
                    (row.why.join(" · "))
                }
            }
        }
    }
}
