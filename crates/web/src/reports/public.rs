//! `/promises`: how promises were kept, for anybody, if the company lets them know.

use desk::Act;
use desk::reports::Unit;
use domain::ClockKind;
use domain::reports::{LEAST, Measure, Sums, Week};
use jiff::Span;
use maud::{Markup, html};

use super::{monday, written};
use crate::components::table::{Column, table};
use crate::frame;
use crate::problem::Answer;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

pub(super) fn pages() -> Vec<Route> {
    vec![Route::get("/promises", Act::ReadPublic, show)]
}

async fn show(visitor: Visitor) -> Answer {
    let ctx = visitor.ctx.clone();
    let attained = visitor.desk.read(ctx, desk::reports::attained).await?;
    let reader = visitor.everybody();
    let words = reader.words;
    let title = words.say(Text::PublicPromises);
    let from = attained.weeks.first().map_or_else(String::new, |week| monday(words, week.monday()));
    let to = attained.weeks.last().map_or_else(String::new, |week| last_day(words, *week));
    let why = words.fill(Text::PublicPromisesWhy, &[("from", &from), ("to", &to)]);
    let columns = [
        Column::text(words.say(Text::PublicKind)),
        Column::number(words.say(Text::PublicKept)),
        Column::number(words.say(Text::PublicMissed)),
        Column::number(words.say(Text::PublicShare)),
        Column::number(words.say(Text::PublicMedian)),
        Column::number(words.say(Text::PublicNinety)),
    ];
    let rows: Vec<Vec<Markup>> =
        attained.kinds.iter().map(|(kind, sums)| row(words, *kind, sums)).collect();
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (title) }
            p { (why) }
            (table("promises", title, &columns, &rows))
            p.hint { (words.say(Text::PublicHow)) }
            p.hint { (words.say(Text::PublicLow)) }
        }
    };
    Ok(frame::html(frame::everybodys(&visitor, &reader, title, &main).await?))
}

fn last_day(words: Words, week: Week) -> String {
    let day = week.monday();
    monday(words, day.checked_add(Span::new().days(6)).unwrap_or(day))
}

/// Of fewer than a handful nothing is told: the numbers would be those of single people.
fn row(words: Words, kind: ClockKind, sums: &Sums) -> Vec<Markup> {
    let name = match kind {
        ClockKind::First => Text::PublicFirst,
        ClockKind::Next | ClockKind::Escalated => Text::PublicNext,
    };
    let settled = sums.settled(kind);
    let few = if settled == 0 { Text::PublicNone } else { Text::PublicTooFew };
    if settled < LEAST {
        let dash = || html! { "–" };
        return vec![
            html! { (words.say(name)) },
            html! { (words.say(few)) },
            dash(),
            dash(),
            dash(),
            dash(),
        ];
    }
    let time = |hundredth| {
        sums.minutes(kind, hundredth)
            .map_or_else(|| "–".to_owned(), |minutes| written(words, Unit::Minutes, minutes))
    };
    let share = sums.attainment(kind).unwrap_or_default();
    vec![
        html! { (words.say(name)) },
        html! { (words.number(sums.count(Measure::Kept(kind)))) },
        html! { (words.number(sums.count(Measure::Missed(kind)))) },
        html! { (written(words, Unit::Share, share)) },
        html! { (time(50)) },
        html! { (time(90)) },
    ]
}
