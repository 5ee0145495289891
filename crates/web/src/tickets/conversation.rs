//! The conversation: what was said, and between it what happened, folded.

use std::collections::HashMap;

use desk::mailbox::Filed;
use desk::tickets::{Comment, Queued};
use domain::{CommentId, Envelope, Event, Telling};
use maud::{Markup, PreEscaped, html};

use super::{SHOWN, Seen, letters, said};
use crate::attachments::{Along, with_pictures};
use crate::components::button::{self, Button};
use crate::components::leaving::Leaving;
use crate::components::notice::{Tone, message_box};
use crate::components::prose::{pieces, prose};
use crate::components::timeline::{self, Delivery, Happening, Message, Note};
use crate::reader::Reader;
use crate::routes;
use crate::words::Text;

/// What the cleaner left of a comment; only cleaned HTML is ever stored. What we wrote names tickets by their numbers, which
/// lead there; customers get the words as they are.
fn cleaned(comment: &Comment, ours: bool) -> PreEscaped<String> {
    let html = with_pictures(&comment.html, &comment.attachments);
    let html = if ours { with_tickets(&html) } else { html };
    prose(&html, 2)
}

/// Cleaned HTML in which `#7` leads to that ticket, where it is a word of its own and no link or code already.
fn with_tickets(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut within = 0;
    for (text, tag) in pieces(html) {
        if within == 0 {
            linked(&mut out, text);
        } else {
            out.push_str(text);
        }
        for name in ["a", "code", "pre"] {
            let is =
                |tag: &str| tag.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '>']));
            within += i32::from(tag.strip_prefix('<').is_some_and(is));
            within -= i32::from(tag.strip_prefix("</").is_some_and(is));
        }
        out.push_str(tag);
    }
    out
}

/// A text without tags, its numbers of tickets as links.
fn linked(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let digits = after[1..].bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = after.split_at(1 + digits);
        let begins =
            before.chars().next_back().is_none_or(|c| c.is_whitespace() || "(\u{201c}".contains(c));
        let ends = after.chars().next().is_none_or(|c| !c.is_alphanumeric());
        if begins && ends && (1..=12).contains(&digits) && !number.starts_with("#0") {
            let to = routes::ticket(number[1..].parse().unwrap_or_default());
            out.push_str(&html! { a href=(to) { (number) } }.into_string());
        } else {
            out.push_str(number);
        }
        rest = after;
    }
    out.push_str(rest);
}

/// Everything of a timeline that stays together.
enum Item<'a> {
    Came(&'a Filed),
    Said(&'a Envelope, &'a Comment),
    Told(&'a Envelope, &'a str),
    Happened(Vec<(&'a Envelope, String)>),
    LeftOut,
}

/// The first comment that is new to the reader: one they missed while they wrote, else one that came since they last
/// looked. What they wrote themselves is not.
pub(crate) fn mark(seen: &Seen, missed: &[CommentId], read_to: Option<i64>) -> Option<CommentId> {
    if let Some(first) = missed.first() {
        return Some(*first);
    }
    let read_to = read_to?;
    seen.whole.events.iter().filter(|envelope| envelope.seq > read_to).find_map(|envelope| {
        match &envelope.event {
            Event::Commented { comment, author, .. } if Some(*author) != seen.me => Some(*comment),
            _ => None,
        }
    })
}

/// The items of the timeline; the rule "new since" stands above the marked one.
pub(crate) fn conversation(seen: &Seen, shown: i64, mark: Option<CommentId>) -> Markup {
    html! {
        @for item in items(seen) {
            @if let Item::Said(_, comment) = &item {
                @if Some(comment.id) == mark { (timeline::new_since(&seen.reader)) }
            }
            (shown_item(seen, shown, &item))
        }
        @if seen.whole.later > 0 { (later(seen)) }
    }
}

/// The items after an event.
pub(crate) fn since(seen: &Seen, since: i64) -> Markup {
    let is_new = |item: &Item<'_>| match item {
        Item::Said(envelope, _) | Item::Told(envelope, _) => envelope.seq > since,
        Item::Happened(all) => all.first().is_some_and(|(envelope, _)| envelope.seq > since),
        Item::Came(_) | Item::LeftOut => false,
    };
    html! { @for item in items(seen).iter().filter(|item| is_new(item)) { (shown_item(seen, SHOWN, item)) } }
}

fn shown_item(seen: &Seen, shown: i64, item: &Item<'_>) -> Markup {
    match item {
        Item::Said(envelope, comment) => comment_item(seen, envelope, comment),
        Item::Came(mail) => letters::automatic(seen, mail),
        Item::Told(envelope, text) => told(seen, envelope, text),
        Item::Happened(all) => happened(seen, all),
        Item::LeftOut => left_out(seen, shown),
    }
}

/// What follows those that are shown.
fn later(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    let last = seen.whole.comments.last().map_or(0, |comment| comment.id.0);
    let to = format!("{0}?message={last}#message-{last}", routes::ticket(seen.id()));
    html! {
        li.mark {
            a href=(to) { (words.count(Text::ShowLater, seen.whole.later)) }
            a href=(routes::ticket(seen.id())) { (words.say(Text::ShowEnd)) }
        }
    }
}

fn items(seen: &Seen) -> Vec<Item<'_>> {
    let whole = &seen.whole;
    let names = seen.names();
    let comments: HashMap<CommentId, &Comment> =
        whole.comments.iter().map(|comment| (comment.id, comment)).collect();
    // Between the first comment and the last ones nothing is shown but how much was left out.
    let resumes = whole.comments.get(1).filter(|_| whole.left_out > 0).map(|comment| comment.id);
    let mut skipping = false;
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut automatic = whole.automatic.iter().peekable();
    let gone = taken_back(&whole.events);
    for envelope in
        whole.events.iter().filter(|one| !gone.iter().any(|range| range.contains(&one.seq)))
    {
        while let Some(mail) = automatic.next_if(|mail| mail.received_at < envelope.at) {
            if !skipping {
                items.push(Item::Came(mail));
            }
        }
        let said = match &envelope.event {
            Event::Commented { comment, .. } => comments.get(comment).copied(),
            _ => None,
        };
        if said.is_some() && said.map(|comment| comment.id) == resumes {
            skipping = false;
        }
        if skipping {
            continue;
        }
        if let Some(comment) = said {
            items.push(Item::Said(envelope, comment));
            if whole.later > 0 && Some(comment.id) == whole.comments.last().map(|last| last.id) {
                return items;
            }
            if resumes.is_some() && comment.id == whole.comments[0].id {
                items.push(Item::LeftOut);
                skipping = true;
            }
            continue;
        }
        if let Event::Acknowledged { promise }
        | Event::PromiseImproved { promise }
        | Event::Told { promise, .. } = &envelope.event
        {
            items.push(Item::Told(envelope, &promise.text));
            continue;
        }
        let Some(sentence) = said::sentence(&names, envelope) else { continue };
        match items.last_mut() {
            Some(Item::Happened(all)) => all.push((envelope, sentence)),
            _ => items.push(Item::Happened(vec![(envelope, sentence)])),
        }
    }
    items.extend(automatic.map(Item::Came));
    items
}

/// The events of replies that were taken back before they left, with what rules had done because of them.
fn taken_back(events: &[Envelope]) -> Vec<std::ops::Range<i64>> {
    let gone = |envelope: &Envelope| match &envelope.event {
        Event::ReplyTakenBack { before: Some(before), .. } => Some(before.seq + 1..envelope.seq),
        _ => None,
    };
    events.iter().filter_map(gone).collect()
}

fn comment_item(seen: &Seen, envelope: &Envelope, comment: &Comment) -> Markup {
    let reader = &seen.reader;
    let names = seen.names();
    let requester = seen.requester();
    let by_rule = envelope.actor_kind == "rule" && !comment.public;
    let rule = by_rule.then(|| reader.words.fill(Text::ByRule, &[("rule", &envelope.actor_id)]));
    let author = rule.as_deref().unwrap_or_else(|| names.person(comment.author));
    let files = Along::new(reader.words, &comment.attachments);
    let details = letters::details(comment);
    if !comment.public {
        return timeline::note(
            reader,
            &Note {
                id: comment.id.0,
                author,
                hidden_from: &requester,
                at: comment.created_at,
                body: html! { (cleaned(comment, true)) },
                attachments: &files.shown(),
            },
        );
    }
    let ticket = &seen.whole.stored.ticket;
    let ours = matches!(envelope.event, Event::Commented { answer: true, .. });
    let did = if ours {
        reader.words.fill(Text::DidReply, &[("name", &requester)])
    } else if comment.id == seen.whole.stored.first_comment {
        reader.words.say(Text::DidAsk).to_owned()
    } else {
        reader.words.say(Text::DidWrite).to_owned()
    };
    let way = letters::way(reader.words, comment, details.as_ref());
    timeline::message(
        reader,
        &Message {
            id: comment.id.0,
            author,
            did: &did,
            via: (!ours || details.is_some()).then_some(&way),
            at: comment.created_at,
            ours: ours
                || (comment.author != ticket.requester && !ticket.has_participant(comment.author)),
            body: html! {
                (cleaned(comment, ours))
                @if let Some(details) = &details { (letters::below(reader, seen.id(), details)) }
            },
            attachments: &files.shown(),
            delivery: ours.then(|| delivered(seen, envelope, comment)),
        },
    )
}

/// How the delivery of an answer goes.
fn delivered(seen: &Seen, envelope: &Envelope, comment: &Comment) -> Markup {
    let lost = lost(seen, envelope.seq);
    let leaves = leaves(seen, comment);
    let delivery = match (&leaves, &lost) {
        (Some((words, until, undo)), _) => {
            Some(Delivery::Leaving(Leaving { words, until: *until, undo }))
        }
        (None, Some(lost)) => {
            Some(Delivery::Failed { whom: &lost.whom, ways: lost.ways(&seen.reader) })
        }
        (None, None) => None,
    };
    timeline::delivered(&seen.reader, comment.id.0, delivery.as_ref())
}

/// How the deliveries of the answers go that are shown.
pub(crate) fn deliveries(seen: &Seen) -> Markup {
    let said = |envelope: &Envelope| match envelope.event {
        Event::Commented { comment, answer: true, .. } => {
            seen.whole.comments.iter().find(|one| one.public && one.id == comment)
        }
        _ => None,
    };
    html! {
        @for envelope in &seen.whole.events {
            @if let Some(comment) = said(envelope) { (delivered(seen, envelope, comment)) }
        }
    }
}

/// What is said about a reply that waits; only its writer can undo it.
fn leaves(seen: &Seen, comment: &Comment) -> Option<(String, jiff::Timestamp, String)> {
    let until = comment.leaves_at.filter(|at| *at > seen.reader.now)?;
    if seen.me != Some(comment.author) {
        return None;
    }
    let values: [(&str, &dyn std::fmt::Display); 2] = [("name", &seen.requester()), ("n", &"{n}")];
    let words = seen.reader.words.fill(Text::ReplyLeaves, &values);
    Some((words, until, routes::undo(seen.id(), comment.id.0)))
}

/// Who did not get what an event sent, where trying again is posted to, and where another address is asked for.
struct Lost {
    whom: Vec<(String, String)>,
    retry: String,
    elsewhere: Option<String>,
}

impl Lost {
    fn ways(&self, reader: &Reader) -> Markup {
        let words = reader.words;
        html! {
            div.line {
                (button::action(reader, &self.retry, Button::plain(words.say(Text::TryAgain))))
                @if let Some(to) = &self.elsewhere {
                    (button::dialog_link(to, Button::plain(words.say(Text::OtherAddress))))
                }
            }
        }
    }
}

/// Those who did not get the mail of an event.
fn lost(seen: &Seen, seq: i64) -> Option<Lost> {
    let prefix = format!("ticket:{}:{seq}:", seen.id());
    let queued = seen.whole.deliveries.iter().find(|one| one.delivery.key.starts_with(&prefix))?;
    lost_of(seen, queued)
}

fn lost_of(seen: &Seen, queued: &Queued) -> Option<Lost> {
    if queued.state == "pending" {
        return None;
    }
    let id = queued.delivery.id;
    let mut whom: Vec<(String, String)> = seen
        .whole
        .recipients
        .iter()
        .filter(|one| one.delivery == id && one.state == "failed")
        .map(|one| (one.address.clone(), one.said.clone()))
        .collect();
    if whom.is_empty() && matches!(queued.state.as_str(), "failed" | "held" | "suppressed") {
        let why = queued.last_error.clone().unwrap_or_default();
        whom.push((queued.delivery.to.join(", "), why));
    }
    let to = queued.delivery.to.as_slice();
    let is_addressed =
        to.len() == 1 && whom.iter().any(|(one, _)| one.eq_ignore_ascii_case(&to[0]));
    let is_lost = is_addressed && !matches!(queued.state.as_str(), "held" | "suppressed");
    let elsewhere = is_lost.then(|| routes::elsewhere(seen.id(), id.0));
    (!whom.is_empty()).then(|| Lost { whom, retry: routes::retry(seen.id(), id.0), elsewhere })
}

/// Mail to the customer that never arrived and has no message of its own to say so.
pub(crate) fn failures(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    let of_rules = seen.whole.deliveries.iter().filter(|queued| queued.delivery.automatic);
    let lost: Vec<(&Queued, Lost)> =
        of_rules.filter_map(|queued| Some((queued, lost_of(seen, queued)?))).collect();
    html! {
        @for (queued, lost) in &lost {
            @let to: Vec<&str> = lost.whom.iter().map(|(to, _)| to.as_str()).collect();
            @let heading = words.fill(Text::NotDeliveredTo, &[("to", &to.join(", "))]);
            (message_box(&format!("delivery-{}", queued.delivery.id), Tone::Danger, &heading, &html! {
                @for (_, why) in &lost.whom {
                    p { (queued.delivery.kind) ", " (queued.delivery.subject) ": " (why) }
                }
                (lost.ways(&seen.reader))
            }))
        }
    }
}

fn told(seen: &Seen, envelope: &Envelope, text: &str) -> Markup {
    let words = seen.reader.words;
    let summary = match &envelope.event {
        Event::PromiseImproved { .. } => words.say(Text::ToldSooner),
        Event::Told { about, .. } => words.say(match about {
            Telling::Escalated => Text::ToldEscalated,
            Telling::GradedDown => Text::ToldGraded,
            Telling::Withdrawn => Text::ToldWithdrawn,
        }),
        _ => words.say(Text::ToldFirst),
    };
    let by = seen.names().by(envelope);
    timeline::automatic(&seen.reader, summary, &by, envelope.at, &html! { p { (text) } })
}

fn happened(seen: &Seen, all: &[(&Envelope, String)]) -> Markup {
    let names = seen.names();
    let happenings: Vec<Happening<'_>> = all
        .iter()
        .map(|(envelope, sentence)| Happening {
            what: sentence,
            by: names.by(envelope),
            at: envelope.at,
        })
        .collect();
    timeline::happenings(&seen.reader, &happenings)
}

fn left_out(seen: &Seen, shown: i64) -> Markup {
    let words = seen.reader.words;
    let anchor = seen.whole.comments.get(1).map_or(0, |comment| comment.id.0);
    let more = shown + 50;
    // Beyond what a page can hold the part that is shown moves back instead of growing.
    let to = if more > super::MOST_SHOWN || seen.whole.later > 0 {
        let back = seen.whole.earlier.map_or(0, |comment| comment.0);
        format!("{0}?message={back}#message-{anchor}", routes::ticket(seen.id()))
    } else {
        format!("{}?shown={more}#message-{anchor}", routes::ticket(seen.id()))
    };
    html! {
        li.mark { a href=(to) { (words.count(Text::ShowEarlier, seen.whole.left_out)) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_tickets_lead_there() {
        let link = "<a href=\"/tickets/12\">#12</a>";
        assert_eq!(
            with_tickets("<p>See #12, and (#12).</p>"),
            format!("<p>See {link}, and ({link}).</p>")
        );
        for html in [
            "<p>C#12, &#39;x&#39;, #12th, # 12, #, #012</p>",
            "<p><a href=\"https://acme.test/#12\">x #12</a></p>",
            "<pre><code>#12</code></pre>",
            "<p><code>git #12</code></p>",
        ] {
            assert_eq!(with_tickets(html), html);
        }
        let picture = "<img alt=\"<p> #12 \">";
        assert_eq!(with_tickets(picture), picture);
        assert_eq!(with_tickets("<abbr>#12</abbr>"), format!("<abbr>{link}</abbr>"));
    }
}
