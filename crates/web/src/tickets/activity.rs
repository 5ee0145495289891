//! Everything that happened to a ticket, newest last, each with who or which rule did it.

use desk::pages::Mentioned;
use desk::work::{Skip, SkipFilter};
use desk::{Ctx, Error, Page, Tx};
use domain::{Envelope, Event, TicketId, User, UserId};
use jiff::Timestamp;
use maud::{Markup, html};

use super::names::{Log as Told, Names};
use super::{Seen, said, via};
use crate::components::table::{Column, cards};
use crate::components::time;
use crate::components::timeline::{By, by_whom};
use crate::routes;
use crate::words::Text;

/// How many times of giving it back are told.
const MOST_SKIPS: i64 = 200;

/// The whole log, and everybody in it.
pub(crate) struct Log {
    events: Vec<Envelope>,
    skips: Vec<Skip>,
    people: Vec<User>,
    mentioned: Mentioned,
}

/// Reads the log.
pub(crate) fn read(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Log, Error> {
    let events = desk::tickets::events(tx, ctx, id)?;
    let filter = SkipFilter { ticket: Some(id), user: None };
    let skips = desk::work::skips(tx, ctx, filter, &Page::first(MOST_SKIPS))?;
    let mut ids: Vec<UserId> = Vec::new();
    for envelope in &events {
        ids.extend(envelope.person());
        match &envelope.event {
            Event::Commented { author, .. } => ids.push(*author),
            Event::Opened(opened) => ids.push(opened.requester),
            Event::Assigned { to } => ids.extend(to),
            Event::RequesterChanged { to, .. } => ids.push(*to),
            Event::CcsChanged { ccs } => ids.extend(ccs),
            _ => {}
        }
    }
    ids.extend(skips.iter().map(|skip| skip.user));
    ids.sort();
    ids.dedup();
    let stored = desk::tickets::show(tx, ctx, id)?;
    let mentioned = desk::pages::mentioned(tx, &stored, &events)?;
    Ok(Log { people: desk::tickets::beside::people(tx, &ids)?, events, skips, mentioned })
}

/// How many events stand beside the conversation.
const RECENT: usize = 8;

/// The last events in short, the newest first: what, who or which rule did it, and when.
pub(crate) fn recent(seen: &Seen) -> Markup {
    let names = seen.names();
    html! {
        ol.recent {
            @for envelope in seen.whole.events.iter().rev().take(RECENT) {
                li {
                    (what(&names, envelope))
                    span.muted { " · " (by_whom(&seen.reader, &names.by(envelope))) " · " (time::past(&seen.reader, envelope.at)) }
                }
            }
        }
    }
}

/// The table.
pub(crate) fn page(seen: &Seen, log: &Log) -> Markup {
    let words = seen.reader.words;
    let names = Names::new(&seen.reader, &seen.around, &log.people).of(Told {
        events: &log.events,
        mentioned: &log.mentioned,
        handbook: &seen.handbook,
        configures: seen.configures,
    });
    let columns = [
        Column::number(words.say(Text::ColumnNumber)),
        Column::text(words.say(Text::ColumnWhen)),
        Column::text(words.say(Text::ColumnWhat)),
        Column::text(words.say(Text::ColumnWho)),
        Column::text(words.say(Text::ColumnVia)),
        Column::text(words.say(Text::Handbook)),
    ];
    let mut rows: Vec<(Timestamp, Vec<Markup>)> = log
        .events
        .iter()
        .map(|envelope| {
            let row = vec![
                html! { (envelope.seq) },
                time::dated(&seen.reader, envelope.at),
                html! { (what(&names, envelope)) },
                match names.by(envelope) {
                    By::Person(name) => html! { (name) },
                    by @ By::Rule { .. } => by_whom(&seen.reader, &by),
                },
                html! { (via(words, envelope.via)) },
                html! { a href=(routes::handbook(&envelope.policy)) { code { (envelope.policy.get(..7).unwrap_or(&envelope.policy)) } } },
            ];
            (envelope.at, row)
        })
        .collect();
    // Giving it back changes nothing about a ticket, so it has no number here. (ROT-11)
    rows.extend(log.skips.iter().map(|skip| {
        let what = words.fill(Text::SaidGaveBack, &[("reason", &skip.reason)]);
        let mut row = vec![html! {}, time::dated(&seen.reader, skip.created_at)];
        row.extend([html! { (what) }, html! { (names.person(skip.user)) }, html! {}, html! {}]);
        (skip.created_at, row)
    }));
    rows.sort_by_key(|(at, _)| *at);
    let rows: Vec<Vec<Markup>> = rows.into_iter().map(|(_, row)| row).collect();
    cards("activity", words.say(Text::ActivityCaption), &columns, &rows)
}

fn what(names: &Names<'_>, envelope: &Envelope) -> String {
    let words = names.reader.words;
    match &envelope.event {
        Event::Opened(_) => words.say(Text::SaidOpened).to_owned(),
        Event::Commented { public: false, .. } => words.say(Text::SaidNote).to_owned(),
        Event::Commented { answer: true, .. } => words.say(Text::SaidAnswer).to_owned(),
        Event::Commented { .. } => words.say(Text::SaidMessage).to_owned(),
        _ => said::sentence(names, envelope).unwrap_or_else(|| envelope.event.kind().to_owned()),
    }
}
