//! Reports: how support is doing, each number with the tickets behind it; the ledger of promises; what anybody may read.
//! (SLA-14, CS-08)

mod behind;
mod chart;
mod definitions;
mod export;
mod ledger;
mod mails;
mod overview;
mod page;
mod picture;
mod public;
mod strokes;

use desk::reports::{Ask, By, Figure, Name, Report, Unit};
use domain::reports::{Dimension, Measure};

use crate::problem::Problem;
use crate::table::Route;
use crate::times;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

pub(crate) fn pages() -> Vec<Route> {
    let mut all = overview::pages();
    all.extend(ledger::pages());
    all.extend(page::pages());
    all.extend(behind::pages());
    all.extend(export::pages());
    all.extend(mails::pages());
    all.extend(public::pages());
    all
}

/// What the address asks for.
fn asked(visitor: &Visitor, name: &str) -> Result<Ask, Problem> {
    Ask::read(name, |field| visitor.query.get(field)).map_err(unknown)
}

/// What is wrong with an address is not about anything that could have been saved.
fn unknown(error: desk::Error) -> Problem {
    match error {
        desk::Error::Invalid(errors) => Problem::Unknown(errors),
        other => other.into(),
    }
}

async fn drawn(visitor: &Visitor, ask: Ask) -> Result<Report, Problem> {
    let ctx = visitor.ctx.clone();
    Ok(visitor.desk.read(ctx, move |tx, ctx| desk::reports::report(tx, ctx, ask)).await?)
}

/// What a report is called.
fn title(name: Name) -> Text {
    match name {
        Name::Volume => Text::ReportVolume,
        Name::Backlog => Text::ReportBacklog,
        Name::FirstReply => Text::ReportFirstReply,
        Name::NextReply => Text::ReportNextReply,
        Name::EscalatedReply => Text::ReportEscalatedReply,
        Name::Escalations => Text::ReportEscalations,
        Name::Reopened => Text::ReportReopened,
        Name::OnHold => Text::ReportOnHold,
        Name::Satisfaction => Text::ReportSatisfaction,
    }
}

fn cut(by: By) -> Text {
    match by {
        By::Week => Text::ReportByWeek,
        By::Level => Text::ReportByLevel,
        By::Dimension(Dimension::Team) => Text::ReportByTeam,
        By::Dimension(Dimension::Area) => Text::ReportByArea,
        By::Dimension(Dimension::Channel) => Text::ReportByChannel,
        By::Dimension(Dimension::Language) => Text::ReportByLanguage,
        By::Dimension(Dimension::Plan) => Text::ReportByPlan,
        By::Dimension(Dimension::Hero) => Text::ReportByHero,
    }
}

fn column(figure: Figure) -> Text {
    match figure {
        Figure::Count(Measure::Kept(_)) => Text::ReportColumnKept,
        Figure::Count(Measure::Missed(_)) => Text::ReportColumnMissed,
        Figure::Count(Measure::Void(_)) => Text::ReportColumnVoid,
        Figure::Count(Measure::Replied(_)) => Text::ReportColumnReplied,
        Figure::Count(Measure::Asked) => Text::ReportColumnAsked,
        Figure::Count(Measure::Solved) => Text::ReportColumnSolved,
        Figure::Count(Measure::Waiting | Measure::Left) => Text::ReportColumnWaiting,
        Figure::Count(Measure::Escalated) => Text::ReportColumnEscalated,
        Figure::Count(Measure::Reopened) => Text::ReportColumnReopened,
        Figure::Count(Measure::Held) => Text::ReportColumnHeld,
        Figure::Count(Measure::Rated | Measure::RatedUnasked) => Text::ReportColumnRated,
        Figure::Count(Measure::SurveyAsked) => Text::ReportColumnSurveyed,
        Figure::Ratings => Text::ReportColumnRatings,
        Figure::Share(Measure::Rated, _) => Text::ReportColumnResponse,
        Figure::Attainment(_) | Figure::Share(..) => Text::ReportColumnShare,
        Figure::Percentile(_, 50) => Text::ReportColumnP50,
        Figure::Percentile(..) => Text::ReportColumnP90,
        Figure::Mean => Text::ReportColumnMean,
    }
}

/// What has no name of its own.
fn label(words: Words, by: By, label: &str) -> String {
    let nameless = match by {
        By::Dimension(Dimension::Area) => Text::ReportNoArea,
        By::Dimension(Dimension::Plan) => Text::ReportNoPlan,
        By::Dimension(Dimension::Hero) => Text::ReportNoHero,
        By::Level => {
            let level = label.parse().ok();
            return level.map_or(label.to_owned(), |level| {
                words.say(crate::components::badge::level_text(level)).to_owned()
            });
        }
        By::Week => return label.parse().map_or(label.to_owned(), |day| monday(words, day)),
        By::Dimension(_) => Text::ReportNoArea,
    };
    if label.is_empty() { words.say(nameless).to_owned() } else { label.to_owned() }
}

/// "8 Jun 2026".
fn monday(words: Words, day: jiff::civil::Date) -> String {
    let (date, month, year) = (day.day(), words.month(day.month()), day.year());
    words.fill(Text::ShortDayYear, &[("day", &date), ("month", &month), ("year", &year)])
}

/// A figure as people read it.
fn written(words: Words, unit: Unit, value: i64) -> String {
    match unit {
        Unit::Count => words.number(value),
        Unit::Share => words.decimal(value / 10, &format!("{} %", value % 10)),
        Unit::Minutes => times::span(words, value * 60),
        Unit::Rating => words.decimal(value / 100, &format!("{:02}", value % 100)),
    }
}
