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
    let words = reader.words;
    html! {
        li id={ "row-" (row.id) } class={ "row" @if row.unread { " unread" } @if row.gone.is_some() { " gone" } } {
            div.row-left id={ "row-" (row.id) "-left" } { (time_left(reader, row.left)) }
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

/// A row's chip, to take the place of the one that is shown.
pub fn chip_in_place(reader: &Reader, id: i64, left: TimeLeft) -> Markup {
    html! { div hx-swap-oob={ "innerHTML:#row-" (id) "-left" } { (time_left(reader, left)) } }
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
