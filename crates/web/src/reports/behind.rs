//! The tickets behind a number: exactly those, as often as they were counted, the newest first.

use axum::extract::Path;
use desk::Act;
use desk::reports::{Behind, Line, Place};
use domain::reports::{Measure, Week};
use maud::{Markup, html};

use super::{asked, label, title, written};
use crate::components::badge;
use crate::components::empty_state::empty_state;
use crate::components::table::{Column, table};
use crate::components::time;
use crate::form::escaped;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, number};
use crate::{frame, routes};

/// How many a page has.
const SIZE: usize = 50;

pub(super) fn pages() -> Vec<Route> {
    vec![Route::get("/reports/{name}/tickets", Act::ReadDesk, show)]
}

/// A field of the address that cannot be read.
fn invalid(field: &str, human: &str, text: &str) -> Problem {
    let what = format!("{human}: {text:?} is nothing that this report counts");
    super::unknown(desk::Error::invalid(field, "InvalidValue", what))
}

/// Where the list goes on: `week.ticket.place`.
fn place(text: &str) -> Result<Option<Place>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let numbers: Vec<i64> = text.split('.').filter_map(|part| part.parse().ok()).collect();
    match numbers.as_slice() {
        [week, ticket, place] => Ok(Some(Place { week: *week, ticket: *ticket, place: *place })),
        _ => Err(invalid("after", "After", text)),
    }
}

fn wanted(visitor: &Visitor, name: &str) -> Result<Behind, Problem> {
    let ask = asked(visitor, name)?;
    let known = ask.name.figures().into_iter().flat_map(desk::reports::Figure::measures);
    let known: Vec<Measure> = known.collect();
    let of = visitor.query.get("of");
    let measures: Option<Vec<Measure>> = of.split(',').map(Measure::parse).collect();
    let measures = measures.filter(|all| all.iter().all(|one| known.contains(one)));
    let week = match visitor.query.some("week") {
        Some(text) => {
            let day = text.parse().map_err(|_| invalid("week", "Week", text))?;
            Some(Week::of_day(day))
        }
        None => None,
    };
    Ok(Behind {
        ask,
        measures: measures.ok_or_else(|| invalid("of", "Of", of))?,
        name: visitor.query.some("named").map(|_| visitor.query.get("row").to_owned()),
        week,
        after: place(visitor.query.get("after"))?,
        most: SIZE + 1,
    })
}

async fn show(visitor: Visitor, Path(name): Path<String>) -> Answer {
    let wanted = wanted(&visitor, &name)?;
    let (ctx, asked) = (visitor.ctx.clone(), wanted.clone());
    let (mut lines, count) =
        visitor.desk.read(ctx, move |tx, ctx| desk::reports::behind(tx, ctx, &asked)).await?;
    let more = lines.len() > SIZE;
    lines.truncate(SIZE);
    let reader = visitor.reader();
    let words = reader.words;
    let what = words.say(title(wanted.ask.name));
    let heading = words.fill(Text::ReportBehind, &[("what", &what), ("n", &number(count))]);
    let last = lines.last().filter(|_| more).map(|line| {
        let week = if wanted.ask.name == desk::reports::Name::Backlog {
            line.fact.value
        } else {
            line.fact.week.0
        };
        format!("{week}.{}.{}", line.ticket, line.fact.place)
    });
    let next = last.map(|last| {
        let pairs = visitor.query.pairs().filter(|(name, _)| *name != "after");
        let query: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        format!("{}/tickets?{}&after={last}", routes::report(&name), query.join("&"))
    });
    let back = format!("{}?{}", routes::report(&name), wanted.ask.query());
    let row = match &wanted.name {
        Some(name) => label(words, wanted.ask.by, &shown(&visitor, &wanted, name).await?),
        None => words.say(Text::ReportBehindAll).to_owned(),
    };
    let main = html! {
        p.ticket-way { a href=(back) { (words.fill(Text::ReportBack, &[("what", &what)])) } }
        div.heading { h1 tabindex="-1" { (heading) } p { (row) @if let Some(week) = wanted.week { ", " (super::monday(words, week.monday())) } } }
        @if lines.is_empty() {
            (empty_state(words.say(Text::ReportNoTickets), words.say(Text::ReportNoTicketsWhy), None))
        } @else {
            div.stack {
                (list(&reader, &heading, &lines))
                @if let Some(next) = &next {
                    nav.pages aria-label=(words.say(Text::Pages)) { a.button href=(next) rel="next" { (words.say(Text::ReportMore)) } }
                }
            }
        }
    };
    let frame = frame::Frame { title: &heading, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

/// What a row is called.
async fn shown(visitor: &Visitor, wanted: &Behind, name: &str) -> Result<String, Problem> {
    let report = super::drawn(visitor, wanted.ask).await?;
    let group = report.groups.into_iter().find(|group| group.name == name);
    Ok(group.map_or_else(|| name.to_owned(), |group| group.label))
}

fn list(reader: &Reader, caption: &str, lines: &[Line]) -> Markup {
    let words = reader.words;
    let has_value = lines.iter().any(|line| line.fact.measure.has_value());
    let is_rated = lines
        .iter()
        .any(|line| matches!(line.fact.measure, Measure::Rated | Measure::RatedUnasked));
    let mut columns = vec![
        Column::text(words.say(Text::ReportTicket)),
        Column::text(words.say(Text::PriorityColumn)),
        Column::text(words.say(Text::ReportWhen)),
    ];
    if has_value {
        let value = if is_rated { Text::ReportRating } else { Text::ReportTook };
        columns.push(Column::number(words.say(value)));
    }
    let is_missed = lines.iter().any(|line| !line.held.is_empty());
    if is_missed {
        columns.push(Column::text(words.say(Text::ReportTeamTimes)));
    }
    let held = |line: &Line| {
        let one = |(team, seconds): &(String, i64)| {
            format!("{team} {}", crate::times::span(words, *seconds))
        };
        line.held.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let row = |line: &Line| {
        let fact = &line.fact;
        let mut row = vec![
            html! {
                a href=(routes::ticket(line.ticket.0)) {
                    "#" (line.ticket) " "
                    @match &line.subject {
                        Some(subject) => span dir="auto" { (subject) },
                        None => span.muted { (words.say(Text::ReportDeleted)) },
                    }
                }
            },
            badge::priority(words, fact.level),
            time::dated(reader, fact.at),
        ];
        if has_value {
            row.push(html! {
                @if is_rated { (fact.value) }
                @else if fact.measure.has_value() { (written(words, desk::reports::Unit::Minutes, fact.value)) }
            });
        }
        if is_missed {
            row.push(html! { (held(line)) });
        }
        row
    };
    let rows: Vec<Vec<Markup>> = lines.iter().map(row).collect();
    table("behind", caption, &columns, &rows)
}
