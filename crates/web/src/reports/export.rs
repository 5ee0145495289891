//! A report as a table for spreadsheets (CSV) and its chart as a picture (PNG).

use std::fmt::Write as _;

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use desk::Act;
use desk::reports::{Report, Unit};

use super::page::chart_of;
use super::picture::png;
use super::{asked, column, cut, drawn, label};
use crate::problem::Answer;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

pub(super) fn pages() -> Vec<Route> {
    vec![
        Route::get("/reports/{name}/csv", Act::ReadDesk, table),
        Route::get("/reports/{name}/chart.png", Act::ReadDesk, picture),
    ]
}

async fn table(visitor: Visitor, Path(name): Path<String>) -> Answer {
    let report = drawn(&visitor, asked(&visitor, &name)?).await?;
    let text = csv(visitor.reader().words, &report);
    let file = format!("attachment; filename=\"{name}.csv\"");
    let head =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, &file)];
    Ok((head, text).into_response())
}

async fn picture(visitor: Visitor, Path(name): Path<String>) -> Answer {
    let report = drawn(&visitor, asked(&visitor, &name)?).await?;
    let words = visitor.reader().words;
    let chart = chart_of(words, &report);
    let file = format!("inline; filename=\"{name}.png\"");
    let head = [(header::CONTENT_TYPE, "image/png"), (header::CONTENT_DISPOSITION, &file)];
    Ok((head, png(words, &chart)).into_response())
}

/// Numbers as spreadsheets read them: a share in hundredths, a time in whole minutes; nothing where there is too little.
fn csv(words: Words, report: &Report) -> String {
    let ask = report.ask;
    let figures = ask.name.figures();
    let mut text = quoted(words.say(cut(ask.by)));
    for figure in &figures {
        let unit = match figure.unit() {
            Unit::Share => " %",
            Unit::Minutes => " min",
            Unit::Count | Unit::Rating => "",
        };
        let _ = write!(text, ",{}", quoted(&format!("{}{unit}", words.say(column(*figure)))));
    }
    text.push_str("\r\n");
    let rows = report.groups.iter().map(|group| (label(words, ask.by, &group.label), &group.sums));
    let together = (words.say(Text::ReportTotal).to_owned(), &report.total.sums);
    for (name, sums) in rows.chain([together]) {
        text.push_str(&quoted(&name));
        for figure in &figures {
            let value = figure.of(sums).map(|value| match figure.unit() {
                Unit::Share => format!("{}.{}", value / 10, value % 10),
                Unit::Rating => format!("{}.{:02}", value / 100, value % 100),
                Unit::Count | Unit::Minutes => value.to_string(),
            });
            let _ = write!(text, ",{}", value.unwrap_or_default());
        }
        text.push_str("\r\n");
    }
    text
}

/// A text in quotes. One that a spreadsheet would take for a formula begins with an apostrophe.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
