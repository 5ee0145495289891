//! The policy, read-only: what it says, since when, how often each rule decided; and what another one would have done.
//! It is changed in version control, not here.

mod reading;
mod replays;
mod trying;

use axum::extract::Path;
use desk::Act;
use desk::policy::{self, Policy};
use handbook::Handbook;
use maud::{Markup, html};

use crate::components::table::{Column, cards};
use crate::components::time;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes};

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/settings/handbook", Act::ReadDesk, present),
        Route::get("/settings/handbook/replay", Act::ReadDesk, replays::form),
        Route::post("/settings/handbook/replay", Act::ReadDesk, replays::run),
        Route::get("/settings/handbook/{version}", Act::ReadDesk, earlier),
    ]
}

async fn present(visitor: Visitor) -> Answer {
    show(&visitor, None).await
}

async fn earlier(visitor: Visitor, Path(version): Path<String>) -> Answer {
    show(&visitor, Some(version)).await
}

async fn show(visitor: &Visitor, version: Option<String>) -> Answer {
    let ctx = visitor.ctx.clone();
    let read =
        visitor.desk.read(ctx, move |tx, ctx| policy::read(tx, ctx, version.as_deref())).await?;
    // It was right when it was stored; a later program may see it otherwise and then shows it as written.
    let parsed = Handbook::parse(&read.text).ok();
    let reader = visitor.reader();
    let words = reader.words;
    let live = read.version == visitor.ctx.handbook.version;
    let title = words.fill(Text::HandbookNumber, &[("version", &short(&read.version))]);
    let main = html! {
        div.heading {
            h1 tabindex="-1" { (title) }
            p { (since(&reader, &read, live)) }
        }
        div.stack {
            div.pair {
                @if let Some(handbook) = &parsed { (reading::in_words(&reader, handbook, &read.decided)) }
                (reading::as_written(&reader, &read.text))
            }
            @if live {
                div.pair {
                    (trying::section(visitor, &reader))
                    (replays::section(&reader, &replays::Typed::default()))
                }
            }
            (history(&reader, &read))
        }
    };
    Ok(frame::html(page(visitor, &reader, &title, &main).await?))
}

/// As people say a version.
fn short(version: &str) -> &str {
    version.get(..7).unwrap_or(version)
}

fn since(reader: &Reader, read: &Policy, live: bool) -> Markup {
    let words = reader.words;
    let latest = read.activations.iter().find(|one| one.version == read.version);
    html! {
        @if !live {
            (words.say(Text::NotInForce)) " "
            a href=(routes::HANDBOOK) { (words.say(Text::HandbookInForce)) }
        } @else if let Some(latest) = latest {
            @let when = crate::times::promise(words, latest.at, &reader.zone, reader.now);
            (words.fill(Text::LiveSince, &[("when", &when)]))
        }
    }
}

/// Who put which handbook in force, and when. (SLA-15)
fn history(reader: &Reader, read: &Policy) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::Version)),
        Column::text(words.say(Text::ColumnWhen)),
        Column::text(words.say(Text::ColumnWho)),
    ];
    let rows: Vec<Vec<Markup>> = read
        .activations
        .iter()
        .map(|one| {
            let name = policy::person(one).and_then(|id| read.names.get(&id));
            let name = name.map_or(words.say(Text::TheDesk), String::as_str);
            vec![
                html! { a href=(routes::handbook(&one.version)) { code { (short(&one.version)) } } },
                time::dated(reader, one.at),
                html! { (name) },
            ]
        })
        .collect();
    html! {
        section.stack aria-labelledby="handbook-history" {
            h2 #handbook-history { (words.say(Text::History)) }
            (cards("activations", words.say(Text::HistoryCaption), &columns, &rows))
        }
    }
}

/// A page of this part of the desk.
async fn page(
    visitor: &Visitor,
    reader: &Reader,
    title: &str,
    main: &Markup,
) -> Result<Markup, Problem> {
    let frame = frame::Frame { title, ..frame::Frame::default() };
    frame::workspace(visitor, reader, frame, main, None).await
}
