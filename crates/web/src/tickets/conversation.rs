//! The conversation: what was said, and between it what happened, folded.

use std::collections::HashMap;

use desk::mailbox::Filed;
use desk::tickets::{Comment, Queued};
use domain::{AuditId, CommentId, Envelope, Event, Telling};
use maud::{Markup, PreEscaped, html};

use super::{SHOWN, Seen, letters, said};
use crate::attachments::Along;
use crate::components::button::{self, Button};
use crate::components::leaving::Leaving;
use crate::components::notice::{Tone, message_box};
use crate::components::timeline::{self, Delivery, Happening, Message, Note};
use crate::routes;
use crate::words::Text;

/// What the cleaner left of a comment; only cleaned HTML is ever stored.
pub(crate) fn cleaned(comment: &Comment) -> PreEscaped<&str> {
    PreEscaped(&comment.html)
}

/// Everything of a timeline that stays together.
enum Item<'a> {
    Came(&'a Filed),
    Said(&'a Envelope, &'a Comment),
    Told(&'a Envelope, &'a str),
    Happened(Vec<(&'a Envelope, String)>),
    LeftOut,
}

/// The items of the timeline.
pub(crate) fn conversation(seen: &Seen, shown: i64, missed: &[CommentId]) -> Markup {
    let first_missed = missed.first();
    html! {
        @for item in items(seen) {
            @match item {
                Item::Said(envelope, comment) => {
                    @if Some(&comment.id) == first_missed { (timeline::new_since(&seen.reader)) }
                    (comment_item(seen, envelope, comment))
                }
                Item::Came(mail) => (letters::automatic(seen, mail)),
                Item::Told(envelope, text) => (told(seen, envelope, text)),
                Item::Happened(all) => (happened(seen, &all)),
                Item::LeftOut => (left_out(seen, shown)),
            }
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
    for envelope in whole.events.iter().filter(|one| !gone.contains(&one.audit)) {
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

/// The change sets of replies that were taken back before they left, with nothing left of them.
fn taken_back(events: &[Envelope]) -> Vec<AuditId> {
    let replies = events.iter().filter_map(|envelope| match &envelope.event {
        Event::ReplyTakenBack { comment, before: Some(_) } => Some(*comment),
        _ => None,
    });
    let replies: Vec<CommentId> = replies.collect();
    let said = |envelope: &&Envelope| matches!(&envelope.event, Event::Commented { comment, .. } if replies.contains(comment));
    if replies.is_empty() {
        return Vec::new();
    }
    events.iter().filter(said).map(|envelope| envelope.audit).collect()
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
                body: html! { (cleaned(comment)) },
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
    let lost = lost(seen, envelope.seq);
    let leaves = leaves(seen, comment);
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
                (cleaned(comment))
                @if let Some(details) = &details { (letters::below(reader, seen.id(), details)) }
            },
            attachments: &files.shown(),
            delivery: match (&leaves, &lost) {
                (Some((words, until, undo)), _) => {
                    Some(Delivery::Leaving(Leaving { words, until: *until, undo }))
                }
                (None, Some(lost)) => {
                    Some(Delivery::Failed { whom: &lost.whom, retry: &lost.retry })
                }
                (None, None) => None,
            },
        },
    )
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

/// Who did not get what an event sent, and where trying again is posted to.
struct Lost {
    whom: Vec<(String, String)>,
    retry: String,
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
    (!whom.is_empty()).then(|| Lost { whom, retry: routes::retry(seen.id(), id.0) })
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
                (button::action(&seen.reader, &lost.retry, Button::plain(words.say(Text::TryAgain))))
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
    let rule = &envelope.actor_id;
    timeline::automatic(&seen.reader, summary, rule, envelope.at, &html! { p { (text) } })
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
    let to = format!("{}?shown={}", routes::ticket(seen.id()), shown + SHOWN + 20);
    html! {
        li.mark { a href=(to) { (words.count(Text::ShowEarlier, seen.whole.left_out)) } }
    }
}
