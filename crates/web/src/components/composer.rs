//! Writing a reply and writing a note: two forms, two endpoints, two colours, never one with a switch.

use maud::{Markup, html};

use super::button::{csrf, key_cap};
use super::icon::icon;
use crate::reader::Reader;
use crate::routes;
use crate::words::Text;

/// What the composer pair needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Composer<'a> {
    /// The ticket written to.
    pub ticket: i64,
    /// The requester's first name.
    pub requester: &'a str,
    /// The number of the last event shown.
    pub seen: i64,
    /// What makes sending twice harmless.
    pub idempotency_key: &'a str,
    /// The reply so far.
    pub reply: &'a str,
    /// The note so far.
    pub note: &'a str,
    /// Which one is open.
    pub open: Kind,
    /// Files that were chosen before and are kept: the token that binds them, and their names.
    pub files: Option<(&'a str, &'a [String])>,
    /// The macro that stands in the open one, with what it also changes.
    pub staged: Option<&'a Markup>,
    /// What the status becomes after a reply, where a macro says so.
    pub then: Option<&'a str>,
    /// What is said above the field, such as a refused send; with the words already typed below it.
    pub refusal: Option<&'a Markup>,
}

/// Public or internal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// For the requester.
    #[default]
    Reply,
    /// Among us.
    Note,
}

/// What the status becomes after a reply.
const THEN: &[(&str, Text)] = &[
    ("pending", Text::ThenPending),
    ("open", Text::ThenOpen),
    ("hold", Text::ThenHold),
    ("solved:answered", Text::ThenAnswered),
    ("solved:confirmed", Text::ThenConfirmed),
    ("solved:issue", Text::ThenIssue),
    ("solved:no_reply", Text::ThenNoReply),
];

/// What Markdown the buttons put around what is selected.
const MARKS: &[(&str, Text)] = &[
    ("bold", Text::Bold),
    ("link", Text::Link),
    ("code", Text::Code),
    ("list", Text::List),
    ("quote", Text::Quote),
];

/// The pair.
pub fn composer(reader: &Reader, composer: &Composer<'_>) -> Markup {
    html! {
        section #composer .composer aria-label=(reader.words.fill(Text::ReplyTo, &[("name", &composer.requester)])) {
            (reply(reader, composer))
            (note(reader, composer))
        }
    }
}

/// What stands in its place while a playbook locks the ticket.
pub fn locked(heading: &str, reason: &str) -> Markup {
    html! {
        section #composer .locked aria-labelledby="composer-locked" {
            (icon("lock"))
            div { h2 #composer-locked { (heading) } p { (reason) } }
        }
    }
}

fn reply(reader: &Reader, composer: &Composer<'_>) -> Markup {
    let words = reader.words;
    let id = format!("ticket-{}-reply", composer.ticket);
    let solve = words.say(Text::SendAndSolve);
    html! {
        details.reply-side name="composer" open[composer.open == Kind::Reply] {
            summary data-key="r" aria-keyshortcuts="R" {
                span { (words.fill(Text::ReplyTo, &[("name", &composer.requester)])) } (key_cap(Some("r")))
            }
            form id={ (id) "-form" } method="post" enctype="multipart/form-data" action=(routes::replies(composer.ticket)) data-send {
                (carried(reader, composer))
                @if composer.open == Kind::Reply { @if let Some(refusal) = composer.refusal { (refusal) } @if let Some(staged) = composer.staged { (staged) } }
                (toolbar(reader, &id))
                label.hidden for=(id) { (words.fill(Text::YourReply, &[("name", &composer.requester)])) }
                draft-keeper name=(id) { textarea id=(id) name="body" dir="auto" required { (composer.reply) } }
                (files(reader, &id, composer, Kind::Reply))
                div.composer-foot {
                    span.draft role="status" {}
                    div.then {
                        label for={ (id) "-then" } { (words.say(Text::Then)) }
                        select id={ (id) "-then" } name="then" {
                            @for (value, text) in THEN { option value=(value) selected[composer.then == Some(*value)] { (words.say(*text)) } }
                        }
                    }
                    button.hidden type="submit" name="solve" value="answered" tabindex="-1" data-send-solved { (solve) }
                    button.button.primary type="submit" data-send-button aria-keyshortcuts="Control+Enter Meta+Enter" {
                        (words.fill(Text::SendTo, &[("name", &composer.requester)])) kbd aria-hidden="true" { "Ctrl ↵" }
                    }
                }
            }
        }
    }
}

fn note(reader: &Reader, composer: &Composer<'_>) -> Markup {
    let words = reader.words;
    let id = format!("ticket-{}-note", composer.ticket);
    html! {
        details.note-side name="composer" open[composer.open == Kind::Note] {
            summary data-key="n" aria-keyshortcuts="N" {
                (icon("lock")) span { (words.say(Text::InternalNote)) } (key_cap(Some("n")))
            }
            form id={ (id) "-form" } method="post" enctype="multipart/form-data" action=(routes::notes(composer.ticket)) data-send {
                (carried(reader, composer))
                @if composer.open == Kind::Note { @if let Some(refusal) = composer.refusal { (refusal) } @if let Some(staged) = composer.staged { (staged) } }
                p.composer-warning { (icon("lock")) (words.fill(Text::CannotSee, &[("name", &composer.requester)])) }
                (toolbar(reader, &id))
                label.hidden for=(id) { (words.fill(Text::YourNote, &[("name", &composer.requester)])) }
                draft-keeper name=(id) { textarea id=(id) name="body" dir="auto" required { (composer.note) } }
                (files(reader, &id, composer, Kind::Note))
                div.composer-foot {
                    span.draft role="status" {}
                    button.button.primary type="submit" data-send-button aria-keyshortcuts="Control+Enter Meta+Enter" {
                        (words.say(Text::AddNote)) kbd aria-hidden="true" { "Ctrl ↵" }
                    }
                }
            }
        }
    }
}

/// Where files are chosen; those chosen before are kept.
fn files(reader: &Reader, id: &str, composer: &Composer<'_>, kind: Kind) -> Markup {
    let words = reader.words;
    html! {
        div.composer-files {
            label for={ (id) "-files" } { (words.say(Text::Attach)) }
            input id={ (id) "-files" } name="files" type="file" multiple;
            @if let Some((token, names)) = composer.files.filter(|_| composer.open == kind) {
                input type="hidden" name="upload" value=(token);
                span { (words.fill(Text::AttachedSoFar, &[("names", &names.join(", "))])) }
            }
        }
    }
}

fn carried(reader: &Reader, composer: &Composer<'_>) -> Markup {
    html! {
        (csrf(reader))
        input type="hidden" name="seen" value=(composer.seen);
        input type="hidden" name="idempotency_key" value=(composer.idempotency_key);
    }
}

fn toolbar(reader: &Reader, id: &str) -> Markup {
    let words = reader.words;
    html! {
        div.toolbar {
            text-tools for=(id) role="toolbar" aria-label=(words.say(Text::Formatting)) aria-controls=(id) {
                @for (mark, text) in MARKS { button.button.quiet type="button" data-mark=(mark) { (words.say(*text)) } }
            }
        }
    }
}
