//! Every report in one line.

use desk::Act;
use desk::reports::{Ask, By, Figure, Name, Report};
use domain::reports::Dimension;
use maud::{Markup, html};

use super::chart::spark;
use super::page::{cell, in_one_line};
use super::title;
use crate::components::notice::{Tone, message_box};
use crate::components::table::{Column, table};
use crate::problem::Answer;
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes};

/// The weeks it tells of.
const WEEKS: i64 = 12;

pub(super) fn pages() -> Vec<Route> {
    vec![Route::get("/reports", Act::ReadDesk, show)]
}

async fn show(visitor: Visitor) -> Answer {
    let ctx = visitor.ctx.clone();
    let reports = visitor
        .desk
        .read(ctx, |tx, ctx| {
            let by = By::Dimension(Dimension::Team);
            Name::ALL
                .into_iter()
                .map(|name| {
                    desk::reports::report(tx, ctx, Ask { name, weeks: WEEKS, by, level: None })
                })
                .collect::<Result<Vec<Report>, _>>()
        })
        .await?;
    let reader = visitor.reader();
    let words = reader.words;
    let heading = words.say(Text::Reports);
    let rows: Vec<Vec<Markup>> = reports.iter().map(|report| row(&reader, report)).collect();
    let columns = [
        Column::text(words.say(Text::Reports)),
        Column::number(words.say(Text::ReportTotal)),
        Column::text(words.say(Text::ReportEachWeek)),
        Column::text(words.say(Text::ReportWhatCounts)),
    ];
    let why = words.fill(Text::ReportsWhy, &[("n", &WEEKS)]);
    let main = html! {
        div.heading { h1 tabindex="-1" { (heading) } p { (why) } }
        div.stack {
            @if reports.iter().any(|report| report.is_filling) {
                (message_box("filling", Tone::Info, words.say(Text::ReportFilling), &html! {}))
            }
            (table("reports", &words.count(Text::ReportTheLast, WEEKS), &columns, &rows))
            p.muted { (words.say(Text::ReportLowExcluded)) }
            p { a href=(routes::PROMISES_LEDGER) { (words.say(Text::PromisesLedger)) } ": " (words.say(Text::PromisesLedgerWhy)) }
        }
    };
    let frame = frame::Frame { title: heading, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

fn row(reader: &Reader, report: &Report) -> Vec<Markup> {
    let words = reader.words;
    let (ask, figure) = (report.ask, report.ask.name.headline());
    let values: Vec<Option<i64>> =
        report.total.by_week.iter().map(|sums| figure.of(sums)).collect();
    let most = match figure {
        Figure::Attainment(_) | Figure::Share(..) => 1_000,
        _ => values.iter().flatten().copied().max().unwrap_or(1),
    };
    vec![
        html! { a href=(routes::report(ask.name.as_str())) { (words.say(title(ask.name))) } },
        cell(words, ask, (figure, &report.total.sums), (None, None)),
        spark(&values, most),
        in_one_line(reader, report),
    ]
}
