//! A handbook in words, with how often each rule decided, and as it is written, with its lines.

use desk::policy::{DAYS, Decided};
use handbook::{Handbook, Priority, Target};
use maud::{Markup, html};

use crate::components::badge;
use crate::components::table::{Column, cards};
use crate::reader::Reader;
use crate::times;
use crate::words::{Text, Words, number};

const DAY: i64 = 24 * 3600;

/// What it promises, whom it sends where, and what happens by itself.
pub(super) fn in_words(reader: &Reader, handbook: &Handbook, decided: &Decided) -> Markup {
    let words = reader.words;
    let tickets = words.count(Text::Tickets, count(decided.tickets));
    html! {
        section.stack aria-labelledby="handbook-words" {
            h2 #handbook-words { (words.say(Text::InWords)) }
            @for priority in &handbook.priorities { (level(words, handbook, priority, decided, &tickets)) }
            p.hint { (words.fill(Text::DecidedOver, &[("tickets", &tickets), ("days", &DAYS)])) }
            (areas(words, handbook))
            (lifecycle(words, handbook))
        }
    }
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn level(
    words: Words,
    handbook: &Handbook,
    priority: &Priority,
    decided: &Decided,
    tickets: &str,
) -> Markup {
    let name = words.say(badge::level_text(priority.level));
    let columns = [
        Column::text(words.say(Text::Reason)),
        Column::text(words.say(Text::Rule)),
        Column::number(words.say(Text::DecidedOf)),
    ];
    let rows: Vec<Vec<Markup>> = priority
        .rules
        .iter()
        .map(|rule| {
            let key = (priority.level, rule.when.clone());
            let times = decided.by_rule.get(&key).copied().unwrap_or_default();
            vec![
                html! { (rule.because) },
                html! { code { (rule.when) } },
                html! { (number(count(times))) },
            ]
        })
        .collect();
    let taken = decided.by_level.get(&priority.level).copied().unwrap_or_default();
    html! {
        h3 { (badge::priority(words, priority.level)) }
        p { (promises(words, handbook, priority)) }
        @if rows.is_empty() {
            p { (words.fill(Text::LevelElse, &[("level", &name), ("n", &number(count(taken))), ("tickets", &tickets)])) }
        } @else {
            (cards(&format!("rules-{}", priority.level), &words.fill(Text::LevelIfAny, &[("level", &name)]), &columns, &rows))
        }
    }
}

fn promises(words: Words, handbook: &Handbook, priority: &Priority) -> String {
    let Some(first) = &priority.first_reply else {
        return words.say(Text::LevelPromisesNothing).to_owned();
    };
    let text =
        |target: Option<&Target>| target.map_or("–", |target| target.text.as_str()).to_owned();
    let next = handbook.next_reply(priority.level);
    words.fill(
        Text::LevelPromises,
        &[
            ("first", &first.text),
            ("next", &text(next.as_ref())),
            ("escalated", &text(priority.escalated.as_ref())),
        ],
    )
}

/// Which team answers what.
fn areas(words: Words, handbook: &Handbook) -> Markup {
    let name = |slug: &str| handbook.team(slug).map_or(slug, |team| team.name.as_str()).to_owned();
    let mut rows: Vec<Vec<Markup>> = handbook
        .areas
        .iter()
        .map(|area| {
            let first = area.first_level.as_deref().unwrap_or(&area.team);
            vec![html! { (area.name) }, html! { (name(first)) }, html! { (name(&area.team)) }]
        })
        .collect();
    let triage = handbook.triage();
    rows.push(vec![
        html! { (words.say(Text::WithoutArea)) },
        html! { (triage.name) },
        html! { "–" },
    ]);
    let columns = [
        Column::text(words.say(Text::Area)),
        Column::text(words.say(Text::AnswersFirst)),
        Column::text(words.say(Text::OwnsIt)),
    ];
    cards("areas", words.say(Text::AreasCaption), &columns, &rows)
}

fn lifecycle(words: Words, handbook: &Handbook) -> Markup {
    let lifecycle = &handbook.lifecycle;
    let warnings: Vec<&str> =
        handbook.replies.warn_before.iter().map(|span| span.text.as_str()).collect();
    let solve = elapsed(words, lifecycle.pending_solves_after);
    let pending = match lifecycle.pending_reminder {
        Some(remind) => words
            .fill(Text::PendingReminds, &[("remind", &elapsed(words, remind)), ("solve", &solve)]),
        None => words.fill(Text::PendingSolves, &[("solve", &solve)]),
    };
    let hold = [lifecycle.hold.at_least, lifecycle.hold.at_most].map(|span| elapsed(words, span));
    let closes = elapsed(words, lifecycle.closes_after);
    let surveys = elapsed(words, handbook.csat.after);
    let changeable = elapsed(words, handbook.csat.changeable);
    html! {
        ul.stack {
            @if !warnings.is_empty() {
                li { (words.fill(Text::WarnsBefore, &[("spans", &warnings.join(", "))])) }
            }
            li { (pending) }
            li { (words.fill(Text::HoldsFor, &[("from", &hold[0]), ("to", &hold[1])])) }
            li { (words.fill(Text::ClosesAfter, &[("after", &closes)])) }
            li { (words.fill(Text::SurveysAfter, &[("after", &surveys), ("changeable", &changeable)])) }
            (work(words, handbook))
        }
    }
}

/// What comes first, and how long it is kept and when it is handed over. (ROT-06, ROT-07, ROT-11)
fn work(words: Words, handbook: &Handbook) -> Markup {
    let work = &handbook.work;
    let lease = times::span(words, work.lease);
    html! {
        @if !work.tagged.is_empty() {
            li { (words.fill(Text::TaggedComeFirst, &[("tags", &work.tagged.join(", "))])) }
        }
        @if let Some(top) = &work.top_account {
            li { (words.say(Text::TopAccountIf)) " " code { (top.when) } }
        }
        li { (words.fill(Text::NextIsKept, &[("span", &lease)])) }
        li { (words.fill(Text::SheetBefore, &[("span", &work.handover.text)])) }
    }
}

/// "7 days", "36 h 0 m".
fn elapsed(words: Words, seconds: i64) -> String {
    if seconds % DAY == 0 {
        words.count(Text::Days, seconds / DAY)
    } else {
        times::span(words, seconds)
    }
}

/// The text with its lines, each of which can be named: `#line-18`.
pub(super) fn as_written(reader: &Reader, text: &str) -> Markup {
    let words = reader.words;
    html! {
        section.stack aria-labelledby="handbook-text" {
            h2 #handbook-text { (words.say(Text::AsWritten)) }
            div.lines role="region" tabindex="0" aria-label=(words.say(Text::LineByLine)) {
                ol { @for (number, line) in (1..).zip(text.lines()) { li id={ "line-" (number) } { code { (line) } } } }
            }
        }
    }
}
