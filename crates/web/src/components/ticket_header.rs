//! The strip above a ticket's conversation: what it is, what is due, what one can do.

use domain::Status;
use handbook::Level;
use maud::{Markup, html};

use super::badge::{priority, status};
use super::button::{Button, action, dialog_link, link, menu};
use super::icon::icon;
use super::time_left::{TimeLeft, time_left};
use crate::reader::Reader;
use crate::words::Text;
use crate::{keys, routes};

/// A ticket as its own page heads it.
#[derive(Clone, Debug)]
pub struct TicketHeader<'a> {
    /// The number.
    pub id: i64,
    /// How many events it has.
    pub seq: i64,
    /// What it is about.
    pub subject: &'a str,
    /// What is due.
    pub left: TimeLeft,
    /// The same with the promise in words: "First reply due Mon 08:00".
    pub promise: &'a str,
    /// How much it presses.
    pub priority: Level,
    /// Where it stands.
    pub status: Status,
    /// Whether it goes on as another ticket.
    pub merged: bool,
    /// Who has it: "Flags / Bo".
    pub owner: &'a str,
    /// Who has it for a while: "Yours until 09:42, taken with Next".
    pub presence: &'a str,
    /// Who else is here, in words: "Ada is viewing".
    pub others: &'a [String],
    /// That it is hidden from the reader's own lists, in words, if it is.
    pub snoozed: Option<&'a str>,
    /// Whether the reader follows it.
    pub follows: bool,
    /// Whether it is the reader's for a while, who may give it back. (ROT-11)
    pub taken: bool,
    /// The list one came from: where it is and its words, "My queue, 1 of 12".
    pub list: Option<(&'a str, &'a str)>,
    /// Where the next ticket of that list is.
    pub next: Option<&'a str>,
    /// Where the previous one is.
    pub previous: Option<&'a str>,
    /// The actions that have no button of their own: where, and their words.
    pub more: &'a [(&'a str, &'a str, Option<&'a str>)],
}

/// What the command bar offers to choose when it is asked for by its key.
const PICKED: [&str; 9] =
    ["assignment", "status", "priority", "team", "area", "tags", "escalation", "macro", "spam"];

/// The strip.
pub fn ticket_header(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    html! {
        header.ticket-head id={ "ticket-" (ticket.id) "-header" } data-ticket=(ticket.id) {
            (way(reader, ticket))
            (ticket_subject(ticket))
            div.ticket-state {
                (ticket_now(reader, ticket))
                (ticket_actions(reader, ticket))
            }
            (ticket_presence(reader, ticket))
        }
    }
}

/// What it is about.
pub fn ticket_subject(ticket: &TicketHeader<'_>) -> Markup {
    html! {
        h1 id={ "ticket-" (ticket.id) "-subject" } dir="auto" tabindex="-1" { span.number { "#" (ticket.id) } " " (ticket.subject) }
    }
}

/// What one can do with it as it stands.
pub fn ticket_actions(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let words = reader.words;
    html! {
        div.ticket-actions id={ "ticket-" (ticket.id) "-actions" } {
            @if ticket.status == Status::Closed && !ticket.merged {
                (link(&routes::follow_up(ticket.id), Button::plain(words.say(Text::OpenFollowUp)).with_key(keys::REPLY)))
            }
            @if !ticket.status.is_done() {
                (dialog_link(&routes::ticket_part(ticket.id, "solution"), Button::plain(words.say(Text::Solve))))
            }
            span hidden {
                button type="button" data-pick="assignment" data-value="me" data-key=(keys::TO_ME) aria-keyshortcuts=[super::button::shortcut(Some(keys::TO_ME))] { (words.say(Text::KeyToMe)) }
            }
            (menu(&format!("ticket-{}-more", ticket.id), Button::plain(words.say(Text::More)), &more(reader, ticket)))
        }
    }
}

/// Who is at a ticket besides the reader, and what is between the reader and it. It changes in place and is never announced.
pub fn ticket_presence(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let words = reader.words;
    let to = routes::ticket_part(ticket.id, "presence");
    // Who only closed the lid says no more that they left: then it is looked at again by itself.
    let again = if ticket.others.is_empty() { "" } else { ", every 30s" };
    let trigger = format!("live:presence-{} from:body delay:300ms{again}", ticket.id);
    html! {
        div.ticket-presence.line id={ "ticket-" (ticket.id) "-presence" } hx-get=(to) hx-trigger=(trigger) hx-swap="outerHTML" hx-disinherit="*" {
            @if !ticket.others.is_empty() { span.here { (ticket.others.join(", ")) } }
            @if !ticket.presence.is_empty() { span { (ticket.presence) } }
            @if ticket.taken {
                (dialog_link(&routes::ticket_part(ticket.id, "skip"), Button::quiet(words.say(Text::ActGiveBack))))
            }
            @if ticket.follows { span { (words.say(Text::YouFollow)) } }
            @if let Some(snoozed) = ticket.snoozed {
                span { (snoozed) }
                (action(reader, &routes::ticket_part(ticket.id, "wake"), Button::quiet(words.say(Text::ButtonWake))))
            }
        }
    }
}

/// How the ticket stands, and as of which event.
pub fn ticket_now(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let words = reader.words;
    html! {
        div.ticket-now id={ "ticket-" (ticket.id) "-state" } data-seq=(ticket.seq) {
            a.plain href=(routes::ticket_part(ticket.id, "explanation")) { (time_left(reader, ticket.left)) }
            span { (ticket.promise) }
            (priority(words, ticket.priority))
            (status(words, ticket.status))
            span.small { (ticket.owner) }
        }
    }
}

/// The bar at the foot of a small screen; it leads to the composer.
pub fn bottom_bar(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let words = reader.words;
    html! {
        nav.bottom-bar aria-label=(words.say(Text::AboutThis)) {
            @if ticket.status == Status::Closed {
                @if !ticket.merged { (link(&routes::follow_up(ticket.id), Button::plain(words.say(Text::OpenFollowUp)))) }
            } @else {
                (link(&format!("#ticket-{}-reply", ticket.id), Button::plain(words.say(Text::Reply))))
                (link(&format!("#ticket-{}-note", ticket.id), Button::plain(words.say(Text::Note))))
            }
            (menu(&format!("ticket-{}-more-small", ticket.id), Button::plain(words.say(Text::More)), &more_small(reader, ticket)))
        }
    }
}

fn way(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let words = reader.words;
    html! {
        p.ticket-way {
            @match ticket.list {
                Some((href, label)) => a href=(href) data-key=(keys::BACK) data-key-label=(label) aria-keyshortcuts=[super::button::shortcut(Some(keys::BACK))] { (icon("back")) " " (label) },
                None => span {},
            }
            span.line {
                @if let Some(next) = ticket.next {
                    a href=(next) rel="next" data-key=(keys::FOLLOWING) aria-keyshortcuts=[super::button::shortcut(Some(keys::FOLLOWING))] { (words.say(Text::FollowingTicket)) } kbd.second aria-hidden="true" { (super::button::cap(keys::FOLLOWING)) }
                }
                @if let Some(previous) = ticket.previous {
                    a.second href=(previous) rel="prev" data-key=(keys::PRECEDING) aria-keyshortcuts=[super::button::shortcut(Some(keys::PRECEDING))] { (words.say(Text::PreviousTicket)) } kbd.second aria-hidden="true" { (super::button::cap(keys::PRECEDING)) }
                }
            }
        }
    }
}

/// Told or not told of what is said on it.
fn follow(reader: &Reader, ticket: &TicketHeader<'_>, key: Option<&str>) -> Markup {
    let (text, value) =
        if ticket.follows { (Text::ActUnfollow, "0") } else { (Text::ActFollow, "1") };
    html! {
        form method="post" action=(routes::ticket_part(ticket.id, "follow")) {
            (super::button::csrf(reader))
            button type="submit" name="follows" value=(value) data-key=[key] aria-keyshortcuts=[super::button::shortcut(key)] {
                (reader.words.say(text)) (super::button::key_cap(key))
            }
        }
    }
}

fn more(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    html! {
        (follow(reader, ticket, Some(keys::FOLLOW)))
        @for (part, label, key) in ticket.more {
            @let to = routes::ticket_part(ticket.id, part);
            a href=(to) hx-get=(to) hx-target="#dialog-content" data-command data-key=[*key] data-pick=[Some(*part).filter(|part| PICKED.contains(part))] data-value=[(*part == "spam").then_some("")]
                aria-keyshortcuts=[super::button::shortcut(*key)] {
                (label) (super::button::key_cap(*key))
            }
        }
    }
}

fn more_small(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    html! {
        @if !ticket.status.is_done() { a href=(routes::ticket_part(ticket.id, "solution")) { (reader.words.say(Text::Solve)) } }
        (follow(reader, ticket, None))
        @for (part, label, _) in ticket.more { a href=(routes::ticket_part(ticket.id, part)) { (label) } }
    }
}
