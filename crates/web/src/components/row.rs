//! A row of a list: when and what; below, who and why here.

use domain::Status;
use handbook::Level;
use maud::{Markup, html};

use super::avatar::{Size, avatar};
use super::badge::{priority, status};
use super::time_left::{TimeLeft, time_left};
use crate::reader::Reader;
use crate::routes;
use crate::words::Text;

/// A ticket as a list shows it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The number.
    pub id: i64,
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
    /// Who else looks at it.
    pub viewer: Option<&'a str>,
    /// Where it went while the list was open: "moved to Replay by you".
    pub gone: Option<&'a str>,
}

/// The list, its rows and the form for what is selected.
pub fn list(reader: &Reader, label: &str, rows: &[Row<'_>]) -> Markup {
    html! {
        div.list {
            row-list {
                ol #rows .rows aria-label=(label) { @for one in rows { (row(reader, one)) } }
            }
            (bulk(reader))
        }
    }
}

/// One row, a fragment of its own.
pub fn row(reader: &Reader, row: &Row<'_>) -> Markup {
    let words = reader.words;
    html! {
        li id={ "row-" (row.id) } class={ "row" @if row.unread { " unread" } @if row.gone.is_some() { " gone" } } {
            div.row-pick {
                input type="checkbox" form="bulk" name="ticket" value=(row.id) id={ "row-" (row.id) "-select" }
                    aria-label=(words.fill(Text::SelectTicket, &[("id", &row.id)]));
            }
            (time_left(reader, row.left))
            h2 {
                a href=(routes::ticket(row.id)) id={ "row-" (row.id) "-link" } dir="auto" {
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
            span.row-presence {
                @if let Some(name) = row.viewer { (words.fill(Text::Viewing, &[("name", &name)])) }
            }
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

/// What can be done with everything selected; it shows while something is.
fn bulk(reader: &Reader) -> Markup {
    let words = reader.words;
    let actions = [
        ("assignment", Text::Assign, "a"),
        ("status", Text::SetStatus, "s"),
        ("tags", Text::Tags, "l"),
        ("macro", Text::Macro, "m"),
    ];
    html! {
        form #bulk .bulk method="post" action=(routes::BULK) {
            (super::button::csrf(reader))
            span data-selected { (words.say(Text::SelectedHere)) }
            @for (name, text, key) in actions {
                button.button type="submit" name="action" value=(name) data-key=(key) aria-keyshortcuts=(key.to_uppercase()) {
                    (words.say(text))
                    (super::button::key_cap(Some(key)))
                }
            }
            button.button.quiet type="reset" { (words.say(Text::Clear)) }
        }
    }
}
