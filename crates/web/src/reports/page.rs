//! One report: its key figure, its chart, its table, and what each number means.

use axum::extract::Path;
use desk::Act;
use desk::reports::{Ask, By, Figure, Group, MOST_WEEKS, Name, Report, Unit, levels};
use domain::ClockKind;
use domain::reports::{LEAST, Measure, Sums};
use maud::{Markup, html};

use super::chart::{Chart, Line, MOST, spark, svg};
use super::definitions::definitions;
use super::mails::mail_form;
use super::{asked, column, cut, drawn, label, monday, title, written};
use crate::components::badge::level_text;
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::notice::{Tone, message_box};
use crate::components::table::{Column, table};
use crate::problem::Answer;
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes};

/// The spans that are offered.
const SPANS: [i64; 6] = [1, 4, 12, 26, 52, MOST_WEEKS];

pub(super) fn pages() -> Vec<Route> {
    vec![Route::get("/reports/{name}", Act::ReadDesk, show)]
}

async fn show(visitor: Visitor, Path(name): Path<String>) -> Answer {
    let ask = asked(&visitor, &name)?;
    let report = drawn(&visitor, ask).await?;
    let form = mail_form(&visitor, &report).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let heading = words.say(title(ask.name));
    let main = html! {
        p.ticket-way { a href=(routes::REPORTS) { (words.say(Text::Reports)) } }
        div.heading { h1 tabindex="-1" { (heading) } }
        div.stack {
            div.report-tools { (cuts(words, ask)) div.line { (exports(words, ask)) (form) } }
            @if report.is_filling { (message_box("filling", Tone::Info, words.say(Text::ReportFilling), &html! {})) }
            (key_figures(words, &report))
            @if report.groups.is_empty() {
                (empty_state(words.say(Text::ReportNothing), words.say(Text::ReportNothingWhy), None))
            } @else {
                (picture(words, &report))
                (figures(words, &report))
                @if ask.by != By::Week { (weeks(words, &report)) }
            }
            (definitions(&visitor, words, ask.name))
        }
    };
    let frame = frame::Frame { title: heading, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

/// The cut: a form that works with a button.
fn cuts(words: Words, ask: Ask) -> Markup {
    let bys = By::ALL.into_iter().filter(|by| {
        ask.name != Name::Backlog || *by != By::Dimension(domain::reports::Dimension::Hero)
    });
    let mut spans = SPANS.to_vec();
    if !spans.contains(&ask.weeks) {
        spans.push(ask.weeks);
        spans.sort_unstable();
    }
    html! {
        form.report-cut method="get" action=(routes::report(ask.name.as_str())) {
            label { span { (words.say(Text::ReportWeeks)) }
                select name="weeks" {
                    @for weeks in spans { option value=(weeks) selected[weeks == ask.weeks] { (words.count(Text::ReportLastWeeks, weeks)) } }
                }
            }
            label { span { (words.say(Text::ReportBy)) }
                select name="by" {
                    @for by in bys { option value=(by.as_str()) selected[by == ask.by] { (words.say(cut(by))) } }
                }
            }
            label { span { (words.say(Text::ReportLevel)) }
                select name="level" {
                    option value="all" selected[ask.level.is_none()] { (words.say(Text::ReportAllLevels)) }
                    @for level in levels() {
                        option value=(level.as_str()) selected[ask.level == Some(level)] { (words.say(level_text(level))) }
                    }
                }
            }
            (button::submit(Button::plain(words.say(Text::ReportShow))))
        }
    }
}

fn exports(words: Words, ask: Ask) -> Markup {
    let to = |part: &str| format!("{}/{part}?{}", routes::report(ask.name.as_str()), ask.query());
    html! {
        (button::link(&to("csv"), Button::plain(words.say(Text::ReportCsv))))
        (button::link(&to("chart.png"), Button::plain(words.say(Text::ReportPng))))
    }
}

/// The address of the tickets behind a number; `name` is the row's, none for everything together.
pub(super) fn behind(
    ask: Ask,
    measures: &[Measure],
    name: Option<&str>,
    week: Option<&str>,
) -> String {
    let of = measures.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(",");
    let mut to = format!("{}/tickets?{}&of={of}", routes::report(ask.name.as_str()), ask.query());
    if let Some(name) = name {
        to.push_str("&row=");
        to.push_str(&crate::form::escaped(name));
        // An empty name is a name, too.
        to.push_str("&named=1");
    }
    if let Some(week) = week {
        to.push_str("&week=");
        to.push_str(week);
    }
    to
}

/// A figure, with the tickets behind it wherever there are any.
pub(super) fn cell(
    words: Words,
    ask: Ask,
    (figure, sums): (Figure, &Sums),
    (name, week): (Option<&str>, Option<&str>),
) -> Markup {
    let measures = figure.measures();
    let base: i64 = match figure {
        Figure::Share(_, whole) => sums.count(whole),
        _ => measures.iter().map(|one| sums.count(*one)).sum(),
    };
    let of = match figure {
        Figure::Share(part, _) => vec![part],
        _ => measures,
    };
    let behind_it: i64 = of.iter().map(|one| sums.count(*one)).sum();
    html! {
        @match figure.of(sums) {
            Some(value) => {
                @if behind_it > 0 { a href=(behind(ask, &of, name, week)) { (written(words, figure.unit(), value)) } }
                @else { (written(words, figure.unit(), value)) }
            }
            None => {
                @if base > 0 { a.few href=(behind(ask, &of, name, week)) { (words.fill(Text::ReportTooFew, &[("n", &base)])) } }
                @else { "–" }
            }
        }
    }
}

fn key_figures(words: Words, report: &Report) -> Markup {
    let ask = report.ask;
    let sums = &report.total.sums;
    let (figure, row) = (ask.name.headline(), (None, None));
    html! {
        div.key-figure {
            p.figure {
                (cell(words, ask, (figure, sums), row))
                @if figure == Figure::Mean && figure.of(sums).is_some() { span.figure-unit { " / 5" } }
            }
            p.muted { (base(words, report)) }
        }
    }
}

/// What a key figure is made of.
fn base(words: Words, report: &Report) -> Markup {
    let sums = &report.total.sums;
    let count = |measure| crate::words::number(sums.count(measure));
    match report.ask.name {
        Name::FirstReply => replies(words, sums, ClockKind::First),
        Name::NextReply => replies(words, sums, ClockKind::Next),
        Name::EscalatedReply => replies(words, sums, ClockKind::Escalated),
        Name::Satisfaction => {
            let rate = sums
                .response_rate()
                .map_or("–".to_owned(), |rate| written(words, Unit::Share, rate));
            let base = [
                ("part", &count(Measure::Rated) as &dyn std::fmt::Display),
                ("whole", &count(Measure::SurveyAsked)),
                ("share", &rate),
            ];
            html! {
                (words.count(Text::ReportBaseRatings, sums.ratings().total())) " · "
                (words.fill(Text::ReportBaseResponse, &base)) " · "
                (words.fill(Text::ReportTooFewWhy, &[("n", &LEAST)]))
            }
        }
        Name::Escalations | Name::Reopened | Name::OnHold => {
            let measures = report.ask.name.headline().measures();
            let [part, whole] = measures.as_slice() else { return html! {} };
            html! { (words.fill(Text::ReportBase, &[("part", &count(*part)), ("whole", &count(*whole))])) }
        }
        Name::Volume => {
            html! { (words.say(Text::ReportColumnSolved)) " " (count(Measure::Solved)) }
        }
        Name::Backlog => html! { (words.say(Text::ReportColumnWaiting)) },
    }
}

/// "182 of 196 kept, 14 missed · p50 2 h 40 m · p90 10 h 05 m, open hours only".
fn replies(words: Words, sums: &Sums, kind: ClockKind) -> Markup {
    let number = crate::words::number;
    let time = |hundredth| {
        sums.minutes(kind, hundredth)
            .map_or_else(|| "–".to_owned(), |minutes| written(words, Unit::Minutes, minutes))
    };
    let kept = [
        ("kept", &number(sums.count(Measure::Kept(kind))) as &dyn std::fmt::Display),
        ("settled", &number(sums.settled(kind))),
        ("missed", &number(sums.count(Measure::Missed(kind)))),
    ];
    html! {
        (words.fill(Text::ReportBaseKept, &kept))
        @if sums.settled(kind) > 0 {
            " · " (words.fill(Text::ReportTimes, &[("p50", &time(50)), ("p90", &time(90))]))
        }
    }
}

/// The chart of a report: the rows with the most, each a line; by week, one line of everything.
pub(super) fn chart_of(words: Words, report: &Report) -> Chart {
    let ask = report.ask;
    let figure = ask.name.headline();
    let line = |name: String, weeks: &[Sums]| Line {
        name,
        values: weeks.iter().map(|sums| figure.of(sums)).collect(),
    };
    let lines = if ask.by == By::Week {
        vec![line(words.say(Text::ReportTotal).to_owned(), &report.total.by_week)]
    } else {
        let most = most(report);
        most.iter().map(|group| line(label(words, ask.by, &group.label), &group.by_week)).collect()
    };
    let mut chart = Chart {
        title: words.fill(Text::ReportChartOf, &[("what", &words.say(title(ask.name)))]),
        description: String::new(),
        unit: figure.unit(),
        mondays: report.weeks.iter().map(|week| week.monday()).collect(),
        lines,
    };
    let (low, high) = chart.bounds().unwrap_or_default();
    chart.description = words.fill(
        Text::ReportChartDesc,
        &[
            ("by", &words.say(cut(ask.by))),
            ("high", &written(words, chart.unit, high)),
            ("low", &written(words, chart.unit, low)),
        ],
    );
    chart
}

/// The rows that have a line: those with the most behind them, the heaviest first, whose line is whole. A row that has no
/// value in any week has none.
fn most(report: &Report) -> Vec<&Group> {
    let measures = report.ask.name.headline().measures();
    let weight = |group: &Group| -> i64 {
        group.by_week.iter().flat_map(|sums| measures.iter().map(|one| sums.count(*one))).sum()
    };
    let figure = report.ask.name.headline();
    let has_line = |group: &&Group| group.by_week.iter().any(|sums| figure.of(sums).is_some());
    let mut heaviest: Vec<&Group> = report.groups.iter().filter(has_line).collect();
    heaviest.sort_by_key(|group| std::cmp::Reverse(weight(group)));
    heaviest.truncate(MOST);
    heaviest
}

fn picture(words: Words, report: &Report) -> Markup {
    let chart = chart_of(words, report);
    html! {
        figure.report-chart {
            div.table-box role="region" tabindex="0" aria-label=(chart.title) { (svg(words, &chart)) }
            @if report.ask.by != By::Week && report.groups.len() > MOST {
                figcaption.hint { (words.fill(Text::ReportMostLines, &[("n", &chart.lines.len())])) }
            }
        }
    }
}

/// The table: a row a line, and everything together.
fn figures(words: Words, report: &Report) -> Markup {
    let ask = report.ask;
    let figures = ask.name.figures();
    let mut columns = vec![Column::text(words.say(cut(ask.by)))];
    columns.extend(figures.iter().map(|figure| Column::number(words.say(column(*figure)))));
    let has_weeks = ask.by != By::Week && report.weeks.len() > 1;
    if has_weeks {
        columns.push(Column::text(words.say(Text::ReportEachWeek)));
    }
    let headline = ask.name.headline();
    let values = |weeks: &[Sums]| -> Vec<Option<i64>> {
        weeks.iter().map(|sums| headline.of(sums)).collect()
    };
    let highest = report.groups.iter().flat_map(|group| values(&group.by_week)).flatten().max();
    let row = |name: Option<&str>, shown: &str, group: &Group| {
        let mut row = vec![html! { (shown) }];
        row.extend(figures.iter().map(|one| cell(words, ask, (*one, &group.sums), (name, None))));
        if has_weeks {
            let most = if headline.unit() == Unit::Share { 1_000 } else { highest.unwrap_or(1) };
            row.push(if name.is_some() {
                spark(&values(&group.by_week), most)
            } else {
                html! {}
            });
        }
        row
    };
    let mut rows: Vec<Vec<Markup>> = report
        .groups
        .iter()
        .map(|group| row(Some(&group.name), &label(words, ask.by, &group.label), group))
        .collect();
    if report.groups.len() > 1 {
        rows.push(row(None, words.say(Text::ReportTotal), &report.total));
    }
    let caption = words.fill(Text::ReportTableOf, &[("by", &words.say(cut(ask.by)))]);
    table("report", &caption, &columns, &rows)
}

/// The chart as a table: weeks down, lines across.
fn weeks(words: Words, report: &Report) -> Markup {
    let ask = report.ask;
    let shown = most(report);
    let names: Vec<String> = shown.iter().map(|group| label(words, ask.by, &group.label)).collect();
    let mut columns = vec![Column::text(words.say(Text::ReportColumnWeek))];
    columns.extend(names.iter().map(|name| Column::number(name)));
    let figure = ask.name.headline();
    let rows: Vec<Vec<Markup>> = (0..report.weeks.len())
        .rev()
        .map(|place| {
            let day = report.weeks[place].monday();
            let week = day.to_string();
            let mut row = vec![html! { (monday(words, day)) }];
            row.extend(shown.iter().map(|group| {
                let at = (Some(group.name.as_str()), Some(week.as_str()));
                cell(words, ask, (figure, &group.by_week[place]), at)
            }));
            row
        })
        .collect();
    html! {
        details { summary { (words.say(Text::ReportChartTable)) }
            (table("report-weeks", &words.fill(Text::ReportChartOf, &[("what", &words.say(title(ask.name)))]), &columns, &rows))
        }
    }
}

/// For pages that show a report in one line.
pub(super) fn in_one_line(reader: &Reader, report: &Report) -> Markup {
    let words = reader.words;
    html! { span.muted { (base(words, report)) } }
}
