//! The ledger of promises: what each customer was told, when, and what became of it.

use desk::Act;
use desk::reports::{Entry, Wanted, levels};
use domain::TeamId;
use domain::reports::{Outcome, Saying};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::badge::{self, level_text};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::table::{Column, table};
use crate::components::time;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes};

/// How many a page has.
const SIZE: i64 = 50;

pub(super) fn pages() -> Vec<Route> {
    vec![Route::get("/reports/promises", Act::ReadDesk, show)]
}

fn invalid(field: &str, human: &str, text: &str) -> Problem {
    let what = format!("{human}: {text:?} is none we know");
    super::unknown(desk::Error::invalid(field, "InvalidValue", what))
}

/// What the address asks for.
fn wanted(visitor: &Visitor) -> Result<Wanted, Problem> {
    let query = &visitor.query;
    let mut wanted = Wanted { most: SIZE, ..Wanted::default() };
    if let Some(text) = query.some("outcome") {
        wanted.outcome =
            Some(Outcome::parse(text).ok_or_else(|| invalid("outcome", "Outcome", text))?);
    }
    if let Some(text) = query.some("level") {
        wanted.level = Some(text.parse().map_err(|_| invalid("level", "Level", text))?);
    }
    if let Some(text) = query.some("team") {
        let id = text.parse().map_err(|_| invalid("team", "Team", text))?;
        wanted.team = Some(TeamId(id));
    }
    if let Some(text) = query.some("before") {
        let numbers: Vec<i64> = text.split('.').filter_map(|part| part.parse().ok()).collect();
        let [at, ticket, place] = numbers.as_slice() else {
            return Err(invalid("before", "Before", text));
        };
        let at = Timestamp::from_microsecond(*at).map_err(|_| invalid("before", "Before", text))?;
        wanted.before = Some((at, *ticket, *place));
    }
    Ok(wanted)
}

async fn show(visitor: Visitor) -> Answer {
    let wanted = wanted(&visitor)?;
    let (ctx, asked) = (visitor.ctx.clone(), wanted.clone());
    let (ledger, teams) = visitor
        .desk
        .read(ctx, move |tx, ctx| {
            let ledger = desk::reports::ledger(tx, ctx, &asked)?;
            Ok((ledger, desk::reports::teams(tx, ctx)?))
        })
        .await?;
    let reader = visitor.reader();
    let words = reader.words;
    let heading = words.say(Text::PromisesLedger);
    let next = ledger.entries.last().filter(|_| ledger.more).map(|last| {
        let place =
            format!("{}.{}.{}", last.told.at.as_microsecond(), last.ticket, last.told.place);
        let pairs = visitor.query.pairs().filter(|(name, _)| *name != "before");
        let kept: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}&", crate::form::escaped(value))).collect();
        let kept = kept.concat();
        format!("{}?{kept}before={place}", routes::PROMISES_LEDGER)
    });
    let main = html! {
        p.ticket-way { a href=(routes::REPORTS) { (words.say(Text::Reports)) } }
        div.heading { h1 tabindex="-1" { (heading) } p { (words.say(Text::PromisesLedgerWhy)) } }
        div.stack {
            (filters(words, &wanted, &teams))
            @if ledger.entries.is_empty() {
                (empty_state(words.say(Text::PromiseNone), words.say(Text::PromiseNoneWhy), None))
            } @else {
                (entries(&reader, heading, &ledger.entries))
                @if let Some(next) = &next {
                    nav.pages aria-label=(words.say(Text::Pages)) { a.button href=(next) rel="next" { (words.say(Text::Older)) } }
                }
            }
        }
    };
    let frame = frame::Frame { title: heading, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

fn filters(words: Words, wanted: &Wanted, teams: &[(TeamId, String)]) -> Markup {
    html! {
        form.report-cut method="get" action=(routes::PROMISES_LEDGER) {
            label { span { (words.say(Text::PromiseOutcome)) }
                select name="outcome" {
                    option value="" { (words.say(Text::PromiseAll)) }
                    @for one in Outcome::ALL { option value=(one.as_str()) selected[wanted.outcome == Some(one)] { (words.say(outcome(one).1)) } }
                }
            }
            label { span { (words.say(Text::PromiseTeam)) }
                select name="team" {
                    option value="" { (words.say(Text::PromiseAllTeams)) }
                    @for (id, name) in teams { option value=(id) selected[wanted.team == Some(*id)] { (name) } }
                }
            }
            label { span { (words.say(Text::ReportLevel)) }
                select name="level" {
                    option value="" { (words.say(Text::ReportAllLevels)) }
                    @for level in levels() { option value=(level.as_str()) selected[wanted.level == Some(level)] { (words.say(level_text(level))) } }
                }
            }
            (button::submit(Button::plain(words.say(Text::ReportShow))))
        }
    }
}

/// The sign and the word of an outcome.
fn outcome(outcome: Outcome) -> (&'static str, Text) {
    match outcome {
        Outcome::Open => ("◷", Text::PromiseOpen),
        Outcome::Kept => ("✓", Text::PromiseKept),
        Outcome::Missed => ("‼", Text::PromiseMissed),
        Outcome::Improved => ("▲", Text::PromiseImproved),
        Outcome::Withdrawn => ("↩", Text::PromiseWithdrawn),
        Outcome::Void => ("–", Text::PromiseVoid),
        Outcome::Nothing => ("–", Text::PromiseNothing),
    }
}

fn entries(reader: &Reader, caption: &str, entries: &[Entry]) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::ReportTicket)),
        Column::text(words.say(Text::PromiseTold)),
        Column::text(words.say(Text::PromiseWords)),
        Column::text(words.say(Text::PromiseOutcome)),
        Column::text(words.say(Text::PromiseTeam)),
    ];
    let rows: Vec<Vec<Markup>> = entries.iter().map(|entry| row(reader, entry)).collect();
    table("ledger", caption, &columns, &rows)
}

fn row(reader: &Reader, entry: &Entry) -> Vec<Markup> {
    let words = reader.words;
    let told = &entry.told;
    let (sign, word) = outcome(told.outcome);
    let occasion = words.say(match told.saying {
        Saying::Acknowledged => Text::PromiseAcknowledged,
        Saying::Improved => Text::PromiseSaidBetter,
        Saying::Escalated => Text::PromiseSaidEscalated,
    });
    vec![
        html! {
            a href=(routes::ticket(entry.ticket.0)) {
                "#" (entry.ticket) " "
                @match &entry.subject {
                    Some(subject) => span dir="auto" { (subject) },
                    None => span.muted { (words.say(Text::ReportDeleted)) },
                }
            }
            " " (badge::priority(words, told.level))
        },
        html! { (time::dated(reader, told.at)) br; span.muted { (occasion) } },
        html! {
            @if let Some(said) = &entry.words { span dir="auto" { (said) } }
            @if let Some(due) = told.due_at { br; span.muted { (words.say(Text::PromiseDue)) " " (time::dated(reader, due)) } }
        },
        html! {
            span class={ "outcome outcome-" (told.outcome.as_str()) } { span aria-hidden="true" { (sign) } " " (words.say(word)) }
            @if let Some(at) = told.settled_at { br; span.muted { (time::dated(reader, at)) } }
        },
        html! { (entry.team) },
    ]
}
