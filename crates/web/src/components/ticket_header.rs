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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
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
    /// Whether the reader has it.
    pub mine: bool,
    /// The actions that have no button of their own: where, and their words.
    pub more: &'a [(&'a str, &'a str, Option<&'a str>)],
    /// What cannot be done with it any more.
    pub closed: &'a [(&'a str, &'a str, Option<&'a str>)],
}

/// What the command bar offers to choose when it is asked for by its key.
const PICKED: [&str; 9] =
    ["assignment", "status", "priority", "team", "area", "tags", "escalation", "macro", "spam"];

/// What stands in sight, and not in the menu; the macro beside what is written.
const IN_SIGHT: [&str; 2] = ["escalation", "snooze"];

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
            @if !ticket.closed.is_empty() { (closed(reader, ticket)) }
        }
    }
}

/// What the command bar says cannot be done, and why.
fn closed(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let why = reader.words.say(Text::ClosedForGoodWhy);
    html! {
        template data-closed {
            @for (_, label, key) in ticket.closed { span data-key=[*key] data-reason=(why) { (label) } }
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
                (dialog_link(&routes::ticket_part(ticket.id, "solution"), Button::plain(words.say(Text::Solve)).with_id("solve")))
            }
            @if ticket.status != Status::Closed {
                @if !ticket.mine { (to_me(reader, ticket, Button::plain(words.say(Text::KeyToMe)).with_key(keys::TO_ME).with_id("to-me"))) }
                @for one in ticket.more.iter().filter(|(part, ..)| IN_SIGHT.contains(part)) { (command(ticket, one, Some("button quiet"))) }
            }
            (follow(reader, ticket, (Some("button quiet"), Some(keys::FOLLOW))))
            (menu(&format!("ticket-{}-more", ticket.id), Button::plain(words.say(Text::More)), &more(ticket)))
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
                (dialog_link(&routes::ticket_part(ticket.id, "skip"), Button::quiet(words.say(Text::ActGiveBack)).with_id("give-back")))
            }
            @if ticket.follows { span { (words.say(Text::YouFollow)) } }
            @if let Some(snoozed) = ticket.snoozed {
                span { (snoozed) }
                (action(reader, &routes::ticket_part(ticket.id, "wake"), Button::quiet(words.say(Text::ButtonWake)).with_id("wake")))
            }
        }
    }
}

/// How the ticket stands, and as of which event.
pub fn ticket_now(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let words = reader.words;
    html! {
        div.ticket-now id={ "ticket-" (ticket.id) "-state" } data-seq=(ticket.seq) {
            a.plain #{ "ticket-" (ticket.id) "-promise" } href=(routes::ticket_part(ticket.id, "explanation")) { (time_left(reader, ticket.left)) }
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
fn follow(
    reader: &Reader,
    ticket: &TicketHeader<'_>,
    (class, key): (Option<&str>, Option<&str>),
) -> Markup {
    let (text, value) =
        if ticket.follows { (Text::ActUnfollow, "0") } else { (Text::ActFollow, "1") };
    html! {
        form method="post" action=(routes::ticket_part(ticket.id, "follow")) {
            (super::button::csrf(reader))
            button type="submit" id=[class.map(|_| "follow")] class=[class] name="follows" value=(value) data-key=[key] aria-keyshortcuts=[super::button::shortcut(key)] {
                (reader.words.say(text)) (super::button::key_cap(key))
            }
        }
    }
}

/// Gives it to the reader.
fn to_me(reader: &Reader, ticket: &TicketHeader<'_>, button: Button<'_>) -> Markup {
    html! {
        form method="post" action=(routes::BULK) {
            (super::button::csrf(reader))
            input type="hidden" name="do" value="assignment";
            input type="hidden" name="value" value="me";
            input type="hidden" name="id" value=(ticket.id);
            (super::button::submit(button))
        }
    }
}

/// A way to the form of an action, which script opens in the dialog or lets the bar ask for.
fn command(
    ticket: &TicketHeader<'_>,
    (part, label, key): &(&str, &str, Option<&str>),
    class: Option<&str>,
) -> Markup {
    let to = routes::ticket_part(ticket.id, part);
    html! {
        a id=[class.map(|_| part)] class=[class] href=(to) hx-get=(to) hx-target="#dialog-content" data-command data-key=[*key] data-pick=[Some(*part).filter(|part| PICKED.contains(part))] data-value=[(*part == "spam").then_some("")]
            aria-keyshortcuts=[super::button::shortcut(*key)] {
            (label) (super::button::key_cap(*key))
        }
    }
}

fn more(ticket: &TicketHeader<'_>) -> Markup {
    let hidden = |part: &str| !IN_SIGHT.contains(&part) && part != "macro";
    html! {
        @for one in ticket.more.iter().filter(|(part, ..)| hidden(part)) { (command(ticket, one, None)) }
    }
}

fn more_small(reader: &Reader, ticket: &TicketHeader<'_>) -> Markup {
    let words = reader.words;
    html! {
        @if !ticket.status.is_done() { a href=(routes::ticket_part(ticket.id, "solution")) { (words.say(Text::Solve)) } }
        @if !ticket.mine && ticket.status != Status::Closed { (to_me(reader, ticket, Button::plain(words.say(Text::KeyToMe)))) }
        (follow(reader, ticket, (None, None)))
        @for (part, label, _) in ticket.more { a href=(routes::ticket_part(ticket.id, part)) { (label) } }
    }
}
