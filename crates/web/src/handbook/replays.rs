//! Another handbook over the recorded history: bounded, one at a time, and away from the threads that answer people.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use desk::replay::{Compared, Scope};
use domain::replay::{ClockSeen, Difference, Happening, Sum};
use domain::{ClockKind, ClockState, Level};
use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use tokio::sync::Semaphore;

use super::page;
use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, field};
use crate::components::table::{Column, table};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::{Text, number};
use crate::{routes, times};

/// How far back one may look.
const SPANS: [i64; 3] = [7, 28, 90];
/// Tickets looked at, at most: the newest.
const MOST_TICKETS: u64 = 1_000;
/// Tickets shown side by side, at most: the newest.
const MOST_SHOWN: usize = 200;
/// Tickets read in one short transaction.
const PAGE: i64 = 50;

/// One replay at a time; others wait for their turn and hold up nobody else.
static TURN: Semaphore = Semaphore::const_new(1);

/// What was typed, and what is wrong with it.
#[derive(Default)]
pub(super) struct Typed {
    text: String,
    days: Option<i64>,
    wrong: Vec<String>,
}

/// The form alone.
pub(super) async fn form(visitor: Visitor) -> Answer {
    answer(&visitor, StatusCode::OK, &Typed::default(), None).await
}

/// Replays what was sent.
pub(super) async fn run(visitor: Visitor, form: Form) -> Answer {
    let file = form.text_of("file").map_err(|wrong| Problem::NotText(wrong.0))?;
    let text = file.unwrap_or_else(|| form.some("text").unwrap_or_default().to_owned());
    let days = form.number("days").filter(|days| SPANS.contains(days)).unwrap_or(28);
    let mut typed = Typed { text, days: Some(days), wrong: Vec::new() };
    let words = visitor.reader().words;
    if typed.text.is_empty() {
        typed.wrong.push(words.say(Text::ReplayNothing).to_owned());
        return answer(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &typed, None).await;
    }
    match Handbook::parse(&typed.text) {
        Ok(handbook) => {
            let found = over(&visitor, handbook, days).await?;
            answer(&visitor, StatusCode::OK, &typed, Some(&found)).await
        }
        Err(problems) => {
            typed.wrong = problems
                .0
                .iter()
                .map(|one| {
                    let parts: [(&str, &dyn std::fmt::Display); 2] =
                        [("line", &one.line), ("reason", &one.reason)];
                    words.fill(Text::HandbookWrong, &parts)
                })
                .collect();
            answer(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &typed, None).await
        }
    }
}

/// What a replay found.
struct Found {
    sum: Sum,
    /// The newest that differ.
    shown: Vec<Compared>,
    days: i64,
    /// Older tickets were left out.
    is_cut: bool,
}

async fn over(visitor: &Visitor, handbook: Handbook, days: i64) -> Result<Found, Problem> {
    let _turn = TURN.acquire().await.map_err(|_| Problem::NotFound)?;
    let handbook = std::sync::Arc::new(handbook);
    let since = visitor.ctx.now.checked_sub(SignedDuration::from_hours(24 * days)).ok();
    let mut scope = Scope::newest(since, PAGE);
    let mut found = Found { sum: Sum::default(), shown: Vec::new(), days, is_cut: false };
    loop {
        let ctx = visitor.ctx.clone();
        let batch =
            visitor.desk.read(ctx, move |tx, ctx| desk::replay::read(tx, ctx, scope)).await?;
        scope.before = batch.next;
        let handbook = handbook.clone();
        let compared = tokio::task::spawn_blocking(move || batch.compare(&handbook)).await;
        for one in compared.unwrap_or_default() {
            found.sum.add(&one.differences, one.breaches);
            if !one.differences.differences.is_empty() && found.shown.len() < MOST_SHOWN {
                found.shown.push(one);
            }
        }
        found.is_cut = scope.before.is_some() && found.sum.tickets >= MOST_TICKETS;
        if scope.before.is_none() || found.is_cut {
            return Ok(found);
        }
    }
}

async fn answer(
    visitor: &Visitor,
    status: StatusCode,
    typed: &Typed,
    found: Option<&Found>,
) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let main = html! {
        div.heading {
            h1 tabindex="-1" { (words.say(Text::ReplayTitle)) }
            p { a href=(routes::HANDBOOK) { (words.say(Text::HandbookInForce)) } }
        }
        div.stack {
            @if let Some(found) = found { (result(&reader, found)) }
            (section(&reader, typed))
        }
    };
    let page = page(visitor, &reader, words.say(Text::ReplayTitle), &main).await?;
    Ok((status, crate::frame::html(page)).into_response())
}

/// The form, with what was typed.
pub(super) fn section(reader: &Reader, typed: &Typed) -> Markup {
    let words = reader.words;
    let spans = SPANS.map(|days| (days.to_string(), words.count(Text::LastDays, days)));
    let options: Vec<(&str, &str)> =
        spans.iter().map(|(value, label)| (value.as_str(), label.as_str())).collect();
    let days = typed.days.unwrap_or(28).to_string();
    let text = Field {
        error: typed.wrong.first().map(String::as_str),
        value: &typed.text,
        optional: true,
        id: "replay-text",
        control: Control::Text,
        ..Field::line("text", words.say(Text::ReplayText))
    };
    let over = Field {
        value: &days,
        id: "replay-days",
        control: Control::Select(&options),
        ..Field::line("days", words.say(Text::ReplayOver))
    };
    html! {
        section.stack #replay aria-labelledby="handbook-replay" {
            h2 #handbook-replay { (words.say(Text::ReplayNow)) }
            p.hint { (words.say(Text::ReplayHint)) }
            form method="post" action=(routes::REPLAY) enctype="multipart/form-data" {
                (button::csrf(reader))
                div.field {
                    label for="replay-file" { (words.say(Text::ReplayFile)) }
                    input id="replay-file" name="file" type="file" accept=".toml,text/plain";
                }
                (field(words, &text))
                @if typed.wrong.len() > 1 { ul { @for wrong in &typed.wrong { li { (wrong) } } } }
                (field(words, &over))
                div.field-actions { (button::submit(Button::primary(words.say(Text::ReplayNow)))) }
            }
        }
    }
}

fn result(reader: &Reader, found: &Found) -> Markup {
    let words = reader.words;
    let sum = &found.sum;
    let tickets = words.count(Text::Tickets, i64::try_from(sum.tickets).unwrap_or(i64::MAX));
    let days = words.count(Text::LastDays, found.days);
    let heading = words.fill(
        Text::ReplayedOver,
        &[("tickets", &tickets), ("days", &days), ("different", &sum.different)],
    );
    html! {
        section.stack #replayed aria-labelledby="handbook-replayed" {
            h2 #handbook-replayed { (heading) }
            @if found.is_cut { p { (words.fill(Text::ReplayCut, &[("n", &number(1_000))])) } }
            @if found.shown.is_empty() {
                (empty_state(words.say(Text::NothingDiffers), words.say(Text::NothingDiffersWhy), None))
            } @else {
                (in_sum(reader, sum))
                (side_by_side(reader, &found.shown))
                @if found.shown.len() == MOST_SHOWN { p { (words.fill(Text::ReplayRowsCut, &[("n", &MOST_SHOWN)])) } }
            }
        }
    }
}

fn in_sum(reader: &Reader, sum: &Sum) -> Markup {
    let words = reader.words;
    let columns =
        [Column::text(words.say(Text::ColumnWhat)), Column::number(words.say(Text::Number))];
    let rows: Vec<Vec<Markup>> = [
        (Text::SumPriorities, sum.priorities),
        (Text::SumRoutes, sum.routes),
        (Text::SumSooner, sum.deadlines.sooner),
        (Text::SumLater, sum.deadlines.later),
        (Text::SumMore, sum.deadlines.more),
        (Text::SumFewer, sum.deadlines.fewer),
        (Text::SumMissed, sum.breaches.was),
        (Text::SumWouldMiss, sum.breaches.would_be),
        (Text::SumMoreMissed, sum.breaches.more),
        (Text::SumFewerMissed, sum.breaches.fewer),
        (Text::SumByItself, sum.by_itself),
        (Text::SumRefused, sum.refused),
    ]
    .into_iter()
    .map(|(text, n)| {
        let n = number(i64::try_from(n).unwrap_or(i64::MAX));
        vec![html! { (words.say(text)) }, html! { (n) }]
    })
    .collect();
    table("replay-sum", words.say(Text::ReplaySumCaption), &columns, &rows)
}

fn side_by_side(reader: &Reader, shown: &[Compared]) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::ColumnTicket)),
        Column::text(words.say(Text::ColumnWhat)),
        Column::text(words.say(Text::Was)),
        Column::text(words.say(Text::WouldBe)),
    ];
    let rows: Vec<Vec<Markup>> = shown
        .iter()
        .flat_map(|one| one.differences.differences.iter().map(move |difference| (one, difference)))
        .map(|(one, difference)| {
            let id = one.differences.ticket;
            let (what, was, would_be) = cells(reader, difference);
            vec![
                html! { a href=(routes::ticket(id.0)) { "#" (id) } " " span.muted dir="auto" { (one.subject) } },
                html! { (what) },
                html! { (was) },
                html! { mark { (would_be) } },
            ]
        })
        .collect();
    table("replay-rows", words.say(Text::ReplayRowsCaption), &columns, &rows)
}

/// What differs, as it was, and as it would have been.
fn cells(reader: &Reader, difference: &Difference) -> (String, String, String) {
    let words = reader.words;
    let when = |at: Timestamp| times::promise(words, at, &reader.zone, reader.now);
    match difference {
        Difference::Priority { was, would_be } => {
            let levels = |levels: &[Level]| {
                let names: Vec<&str> =
                    levels.iter().map(|one| words.say(badge::level_text(*one))).collect();
                names.join(" → ")
            };
            (words.say(Text::PriorityColumn).to_owned(), levels(was), levels(would_be))
        }
        Difference::Route { was, would_be } => {
            (words.say(Text::Route).to_owned(), was.join(" → "), would_be.join(" → "))
        }
        Difference::Clock { was, would_be } => {
            let kind = was.as_ref().or(would_be.as_ref()).map(|clock| clock.kind);
            let kind = match kind {
                Some(ClockKind::First) | None => Text::ClockFirst,
                Some(ClockKind::Next) => Text::ClockNext,
                Some(ClockKind::Escalated) => Text::ClockEscalated,
            };
            let (was, would_be) = (clock(reader, was.as_ref()), clock(reader, would_be.as_ref()));
            (words.say(kind).to_owned(), was, would_be)
        }
        Difference::ByItself { happening, was, would_be } => {
            let what = match happening {
                Happening::Reminded => Text::WasReminded,
                Happening::AutoSolved => Text::SolvedItself,
                Happening::HoldEnded => Text::BackFromHold,
                Happening::Closed => Text::ClosedByAge,
                Happening::Surveyed => Text::WasSurveyed,
            };
            let all = |instants: &[Timestamp]| {
                let instants: Vec<String> = instants.iter().map(|at| when(*at)).collect();
                if instants.is_empty() {
                    words.say(Text::Never).to_owned()
                } else {
                    instants.join("; ")
                }
            };
            (words.say(what).to_owned(), all(was), all(would_be))
        }
        Difference::Refused { at, act, why } => (
            act.clone(),
            words.fill(Text::DoneAt, &[("when", &when(*at))]),
            words.fill(Text::WouldRefuse, &[("why", why)]),
        ),
    }
}

fn clock(reader: &Reader, clock: Option<&ClockSeen>) -> String {
    let words = reader.words;
    let Some(clock) = clock else { return words.say(Text::NoSuchPromise).to_owned() };
    let state = match clock.state {
        ClockState::Running => Text::ClockRuns,
        ClockState::Met => Text::ClockMet,
        ClockState::Missed => Text::ClockMissed,
        ClockState::Cancelled => Text::ClockCancelled,
    };
    let when = times::promise(words, clock.due_at, &reader.zone, reader.now);
    words.fill(
        Text::ClockDue,
        &[("target", &clock.target), ("when", &when), ("state", &words.say(state))],
    )
}
