//! The demo's deliveries: everything that would have left the machine.

use jiff::Timestamp;
use maud::{Markup, html};

use super::prose::prose;
use super::time;
use crate::reader::Reader;
use crate::words::Text;

/// One delivery.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// By which channel.
    pub channel: &'a str,
    /// What kind of message.
    pub kind: &'a str,
    /// To whom.
    pub to: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// What it says.
    pub text: &'a str,
    /// The same with its links and headings, where the channel has that.
    pub html: Option<&'a str>,
    /// The first name of whoever it goes to, if that is one person we know.
    pub name: Option<&'a str>,
    /// What stands above it on the wire.
    pub headers: &'a [(&'a str, &'a str)],
}

/// The list, newest first.
pub fn outbox(reader: &Reader, sent: &[Sent<'_>]) -> Markup {
    html! {
        ol #outbox .outbox {
            @for one in sent {
                li id={ "delivery-" (one.id) } {
                    span.muted { (time::past(reader, one.at)) }
                    span { (one.channel) }
                    span { (one.kind) }
                    span.to { "→ " (one.to) }
                    span.subject dir="auto" { (one.subject) }
                    details {
                        summary { (reader.words.say(Text::TextAndHeaders)) span.hidden { ", " (one.subject) } }
                        pre dir="auto" { (one.text) }
                        @if let (Some(html), Some(name)) = (one.html, one.name) {
                            h2 { (reader.words.fill(Text::AsTheySeeIt, &[("name", &name)])) }
                            div.as-seen dir="auto" { (prose(html, 2)) }
                        }
                        @if !one.headers.is_empty() {
                            dl.facts { @for (name, value) in one.headers { dt { (name) } dd { (value) } } }
                        }
                    }
                }
            }
        }
    }
}
