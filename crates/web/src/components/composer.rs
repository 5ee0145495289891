//! Writing a reply and writing a note: two forms, two endpoints, two drafts, two colours, never one with a switch.

use maud::{Markup, html};

use super::button::{csrf, key_cap, shortcut};
use super::file_drop::{Chosen, file_drop};
use super::icon::icon;
use crate::reader::Reader;
use crate::words::Text;
use crate::{keys, routes};

/// What the composer pair needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Composer<'a> {
    /// The ticket written to.
    pub ticket: i64,
    /// Who writes.
    pub writer: i64,
    /// The requester's first name.
    pub requester: &'a str,
    /// The number of the last event shown.
    pub seen: i64,
    /// What makes sending twice harmless.
    pub idempotency_key: &'a str,
    /// The list one came from.
    pub from: &'a str,
    /// The reply so far.
    pub reply: Side<'a>,
    /// The note so far.
    pub note: Side<'a>,
    /// Which one is open.
    pub open: Kind,
    /// The macro that stands in the open one, with what it also changes.
    pub staged: Option<&'a Markup>,
    /// What is said above the field, such as a refused send; with the words already typed below it.
    pub refusal: Option<&'a Markup>,
}

/// One of the two as it stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Side<'a> {
    /// The words so far.
    pub text: &'a str,
    /// Whether they come out of a form that was not sent, and not out of a draft.
    pub typed: bool,
    /// When the draft was saved, as an instant and in words: "Draft saved 09:12".
    pub saved: Option<(&'a str, &'a str)>,
    /// The device whose draft it is.
    pub device: &'a str,
    /// Older drafts of other devices, each with its name: "Draft from your phone, 09:03".
    pub older: &'a [(String, &'a str)],
    /// Files that were chosen before and are kept.
    pub files: Chosen<'a>,
    /// How the words will look, if that was asked for.
    pub preview: Option<&'a Markup>,
    /// What the status is to become: a word of `then`.
    pub then: &'a str,
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

impl Kind {
    /// Its name in addresses and ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }
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

fn reply(reader: &Reader, composer: &Composer<'_>) -> Markup {
    let words = reader.words;
    let name: [(&str, &dyn std::fmt::Display); 1] = [("name", &composer.requester)];
    let id = format!("ticket-{}-reply", composer.ticket);
    html! {
        details.reply-side name="composer" open[composer.open == Kind::Reply] {
            summary data-key=(keys::REPLY) aria-keyshortcuts=[shortcut(Some(keys::REPLY))] {
                span { (words.fill(Text::ReplyTo, &name)) } (key_cap(Some(keys::REPLY)))
            }
            form id={ (id) "-form" } method="post" enctype="multipart/form-data" action=(routes::replies(composer.ticket)) data-send {
                (carried(reader, composer))
                @if composer.open == Kind::Reply { @if let Some(refusal) = composer.refusal { (refusal) } @if let Some(staged) = composer.staged { (staged) } }
                (field(reader, composer, Kind::Reply, &id, &words.fill(Text::YourReply, &name)))
                (file_drop(reader, composer.ticket, &id, &composer.reply.files))
                div.composer-foot {
                    (saved(&composer.reply))
                    div.then {
                        label for={ (id) "-then" } { (words.say(Text::Then)) }
                        select id={ (id) "-then" } name="then" {
                            @for (value, text) in THEN {
                                option value=(value) selected[*value == composer.reply.then] { (words.say(*text)) }
                            }
                        }
                    }
                    button.hidden type="submit" name="solve" value="answered" tabindex="-1" data-send-solved { (words.say(Text::SendAndSolve)) }
                    button.button.primary type="submit" data-send-button aria-keyshortcuts="Control+Enter Meta+Enter" {
                        (words.fill(Text::SendTo, &name)) kbd aria-hidden="true" { "Ctrl ↵" }
                    }
                }
            }
        }
    }
}

fn note(reader: &Reader, composer: &Composer<'_>) -> Markup {
    let words = reader.words;
    let name: [(&str, &dyn std::fmt::Display); 1] = [("name", &composer.requester)];
    let id = format!("ticket-{}-note", composer.ticket);
    html! {
        details.note-side name="composer" open[composer.open == Kind::Note] {
            summary data-key=(keys::NOTE) aria-keyshortcuts=[shortcut(Some(keys::NOTE))] {
                (icon("lock")) span { (words.say(Text::InternalNote)) } (key_cap(Some(keys::NOTE)))
            }
            form id={ (id) "-form" } method="post" enctype="multipart/form-data" action=(routes::notes(composer.ticket)) data-send {
                (carried(reader, composer))
                @if composer.open == Kind::Note { @if let Some(refusal) = composer.refusal { (refusal) } @if let Some(staged) = composer.staged { (staged) } }
                p.composer-warning { (icon("lock")) (words.fill(Text::CannotSee, &name)) }
                (field(reader, composer, Kind::Note, &id, &words.fill(Text::YourNote, &name)))
                (file_drop(reader, composer.ticket, &id, &composer.note.files))
                div.composer-foot {
                    (saved(&composer.note))
                    button.button.primary type="submit" data-send-button aria-keyshortcuts="Control+Enter Meta+Enter" {
                        (words.say(Text::AddNote)) kbd aria-hidden="true" { "Ctrl ↵" }
                    }
                }
            }
        }
    }
}

/// The field with its tools, its preview and the drafts of other devices.
fn field(reader: &Reader, composer: &Composer<'_>, kind: Kind, id: &str, label: &str) -> Markup {
    let words = reader.words;
    let side = match kind {
        Kind::Reply => &composer.reply,
        Kind::Note => &composer.note,
    };
    let to = routes::draft(composer.ticket, kind.as_str());
    html! {
        draft-keeper name={ (composer.writer) "-" (id) } to=(to) data-at=[side.saved.map(|(at, _)| at)] data-device=(side.device) data-typed[side.typed] {
            div.toolbar {
                text-tools for=(id) role="toolbar" aria-label=(words.say(Text::Formatting)) aria-controls=(id) {
                    @for (mark, text) in MARKS {
                        @let picks = (*mark == "link").then(|| words.say(if kind == Kind::Reply { Text::LinkInReply } else { Text::LinkInNote }));
                        button.button.quiet type="button" data-mark=(mark) data-command[picks.is_some()] data-key-label=[picks] { (words.say(*text)) }
                    }
                }
                (macros(reader, composer.ticket, kind))
                (modes(reader, composer.ticket, id))
            }
            @for (label, text) in side.older {
                details.older {
                    summary { (label) }
                    div dir="auto" data-older { (text) }
                    button.button type="button" data-use { (words.say(Text::DraftUse)) }
                }
            }
            label.hidden for=(id) { (label) }
            textarea id=(id) name="body" dir="auto" data-mentions[kind == Kind::Note] { (side.text) }
            @if kind == Kind::Note {
                mention-list for=(id) { ul role="listbox" id={ (id) "-mentions" } aria-label=(words.say(Text::MentionWhom)) hidden {} }
            }
            div.preview.prose id={ (id) "-preview" } dir="auto" tabindex="-1" { @if let Some(preview) = side.preview { (preview) } }
        }
    }
}

/// The way to the words that are kept ready.
fn macros(reader: &Reader, ticket: i64, kind: Kind) -> Markup {
    let to = routes::ticket_part(ticket, "macro");
    let key = (kind == Kind::Reply).then_some(keys::MACRO);
    html! {
        a.button.quiet href=(to) hx-get=(to) hx-target="#dialog-content" data-pick="macro" data-key=[key] aria-keyshortcuts=[shortcut(key)] {
            (reader.words.say(Text::ActMacro)) (key_cap(key))
        }
    }
}

/// Write or look at how it will be read; without script a button of the form does the same.
fn modes(reader: &Reader, ticket: i64, id: &str) -> Markup {
    let words = reader.words;
    html! {
        fieldset.modes {
            legend.hidden { (words.say(Text::WriteOrPreview)) }
            label { input type="radio" name="mode" value="write" id={ (id) "-write" } checked; (words.say(Text::Write)) }
            label {
                input type="radio" name="mode" value="preview" id={ (id) "-look" } hx-post=(routes::preview(ticket)) hx-trigger="change"
                    hx-target={ "#" (id) "-preview" };
                (words.say(Text::Preview))
            }
        }
        noscript { button.button.quiet type="submit" name="preview" value="1" { (words.say(Text::Preview)) } }
    }
}

fn saved(side: &Side<'_>) -> Markup {
    html! { span.draft role="status" { @if let Some((_, words)) = side.saved { (words) } } }
}

fn carried(reader: &Reader, composer: &Composer<'_>) -> Markup {
    html! {
        (csrf(reader))
        input type="hidden" name="seen" value=(composer.seen);
        input type="hidden" name="idempotency_key" value=(composer.idempotency_key);
        input type="hidden" name="from" value=(composer.from);
    }
}
