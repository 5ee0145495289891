//! What was said on a ticket and what happened to it. A note is never mistaken for a reply.

use jiff::Timestamp;
use maud::{Markup, html};

use super::avatar::{Size, avatar};
use super::icon::icon;
use super::leaving::{Leaving, leaving};
use super::time;
use crate::reader::Reader;
use crate::words::Text;

/// Something said, for the requester to read.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// The number of its event.
    pub id: i64,
    /// Who said it.
    pub author: &'a str,
    /// What they did: "asked", "wrote", "replied to Dana".
    pub did: &'a str,
    /// By which way it came: "in the app", "e-mail, DKIM ok".
    pub via: Option<&'a str>,
    /// When.
    pub at: Timestamp,
    /// Whether the author is one of us.
    pub ours: bool,
    /// The words, cleaned.
    pub body: Markup,
    /// What came along.
    pub attachments: &'a [Attachment<'a>],
    /// How its delivery goes, of what we said.
    pub delivery: Option<Markup>,
}

/// A file beside a message.
#[derive(Clone, Copy, Debug)]
pub struct Attachment<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its size in words: "12 kB".
    pub size: &'a str,
    /// Where it is.
    pub href: &'a str,
    /// Width and height of a picture that is shown.
    pub picture: Option<(i64, i64)>,
}

/// What is to say about the way out.
#[derive(Clone, Debug)]
pub enum Delivery<'a> {
    /// It leaves in so many seconds and can be undone.
    Leaving(Leaving<'a>),
    /// Other servers refused it: to whom, and in their own words.
    Failed {
        /// Who does not have it, and why.
        whom: &'a [(String, String)],
        /// What one can do about it.
        ways: Markup,
    },
}

/// Something said among us.
#[derive(Clone, Debug)]
pub struct Note<'a> {
    /// The number of its event.
    pub id: i64,
    /// Who said it.
    pub author: &'a str,
    /// Who cannot see it.
    pub hidden_from: &'a str,
    /// When.
    pub at: Timestamp,
    /// The words, cleaned.
    pub body: Markup,
    /// What came along.
    pub attachments: &'a [Attachment<'a>],
}

/// Something that happened, and who or which rule did it.
#[derive(Clone, Debug)]
pub struct Happening<'a> {
    /// What: "Routed to Flags".
    pub what: &'a str,
    /// By whom.
    pub by: By<'a>,
    /// When.
    pub at: Timestamp,
}

/// Who changed something.
#[derive(Clone, Debug)]
pub enum By<'a> {
    /// A person.
    Person(&'a str),
    /// A rule: its name, and where it is written, if the reader may look at it.
    Rule {
        /// What it is called.
        name: &'a str,
        /// Where it is.
        to: Option<String>,
    },
}

/// The list all of these stand in.
pub fn timeline(items: &Markup) -> Markup {
    html! { ol #timeline .timeline { (items) } }
}

/// A public message.
pub fn message(reader: &Reader, message: &Message<'_>) -> Markup {
    let heading = format!("message-{}-heading", message.id);
    html! {
        li {
            article id={ "message-" (message.id) } class={ "message" @if message.ours { " ours" } } aria-labelledby=(heading) tabindex="-1" {
                header {
                    (avatar(message.author, Size::Small))
                    h2 id=(heading) {
                        b { (message.author) } " " (message.did)
                        @if let Some(via) = message.via { " · " (via) }
                        " · " (time::dated(reader, message.at))
                    }
                }
                div.prose dir="auto" { (message.body) }
                (attachments(message.attachments))
                @if let Some(delivery) = &message.delivery { (delivery) }
            }
        }
    }
}

/// How the delivery of a message goes, if there is anything to say: it changes in place.
pub fn delivered(reader: &Reader, id: i64, delivery: Option<&Delivery<'_>>) -> Markup {
    html! {
        div id={ "message-" (id) "-delivery" } {
            @if let Some(delivery) = delivery { (delivery_strip(reader, delivery)) }
        }
    }
}

/// An internal note: tint, dashed edge, lock and words.
pub fn note(reader: &Reader, note: &Note<'_>) -> Markup {
    let words = reader.words;
    let heading = format!("message-{}-heading", note.id);
    html! {
        li {
            article.message.note id={ "message-" (note.id) } aria-labelledby=(heading) tabindex="-1" {
                header {
                    (icon("lock"))
                    h2 id=(heading) {
                        b { (words.say(Text::InternalNote)) } " " (words.fill(Text::NoteBy, &[("name", &note.author)]))
                        " · " (time::dated(reader, note.at))
                        " · " b { (words.fill(Text::CannotSee, &[("name", &note.hidden_from)])) }
                    }
                }
                div.prose dir="auto" { (note.body) }
                (attachments(note.attachments))
            }
        }
    }
}

/// One thing that happened: a muted line without a box.
pub fn happening(reader: &Reader, happening: &Happening<'_>) -> Markup {
    html! { li.happening { (line(reader, happening)) } }
}

/// Several things that happened one after the other, folded.
pub fn happenings(reader: &Reader, all: &[Happening<'_>]) -> Markup {
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return html! {} };
    if all.len() == 1 {
        return happening(reader, first);
    }
    let words = reader.words;
    let (from, to) = (
        crate::times::promise(words, first.at, &reader.zone, reader.now),
        crate::times::promise(words, last.at, &reader.zone, reader.now),
    );
    let n = all.len();
    let summary = if from == to {
        words.fill(Text::ChangesAt, &[("n", &n), ("at", &from)])
    } else {
        words.fill(Text::Changes, &[("n", &n), ("from", &from), ("to", &to)])
    };
    html! {
        li {
            details.happening {
                summary { (summary) }
                ul { @for one in all { li { (line(reader, one)) } } }
            }
        }
    }
}

/// A mail that left by itself, or because somebody had it sent, folded to one line.
pub fn automatic(
    reader: &Reader,
    summary: &str,
    by: &By<'_>,
    at: Timestamp,
    body: &Markup,
) -> Markup {
    html! {
        li {
            details.happening.automatic {
                summary {
                    (icon("mail")) " " (summary) " · " (time::dated(reader, at)) " · "
                    (said_by(reader, by))
                }
                div.text dir="auto" { (body) }
            }
        }
    }
}

/// The rule between what was there and what has come since.
pub fn new_since(reader: &Reader) -> Markup {
    html! { li #new-since .mark { (reader.words.say(Text::NewSince)) } }
}

fn said_by(reader: &Reader, by: &By<'_>) -> String {
    match by {
        By::Person(name) => reader.words.fill(Text::ByPerson, &[("name", name)]),
        By::Rule { name, .. } => reader.words.fill(Text::ByRule, &[("rule", name)]),
    }
}

/// Who it was; a rule leads to where it is written.
pub fn by_whom(reader: &Reader, by: &By<'_>) -> Markup {
    let said = said_by(reader, by);
    match by {
        By::Rule { to: Some(to), .. } => html! { a href=(to) { (said) } },
        _ => html! { (said) },
    }
}

fn line(reader: &Reader, happening: &Happening<'_>) -> Markup {
    let by = by_whom(reader, &happening.by);
    html! {
        span { "· " (happening.what) " · " span.by { (by) } " · " (time::past(reader, happening.at)) }
    }
}

fn attachments(all: &[Attachment<'_>]) -> Markup {
    html! {
        @if !all.is_empty() {
            ul.attachments {
                @for one in all {
                    li {
                        @if let Some((width, height)) = one.picture {
                            a.picture href=(one.href) {
                                img src=(one.href) alt=(one.name) width=(width) height=(height) loading="lazy";
                            }
                            span.muted { (one.name) ", " (one.size) }
                        } @else { a href=(one.href) { (icon("file")) (one.name) } ", " (one.size) }
                    }
                }
            }
        }
    }
}

fn delivery_strip(reader: &Reader, delivery: &Delivery<'_>) -> Markup {
    let words = reader.words;
    match delivery {
        Delivery::Leaving(one) => html! { div.strip.leaving { (leaving(reader, one)) } },
        Delivery::Failed { whom, ways } => html! {
            div.strip {
                @for (to, why) in *whom {
                    p { (words.fill(Text::NotDelivered, &[("to", to), ("why", why)])) }
                }
                (ways)
            }
        },
    }
}
