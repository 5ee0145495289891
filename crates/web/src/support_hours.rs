//! When and how we answer, written by the handbook in force.

use desk::Act;
use domain::Level;
use handbook::{Amount, Calendar, Channel, Handbook, Priority, Target};
use maud::{Markup, html};

use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::table::{Column, cards};
use crate::problem::Answer;
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes, times};

pub(crate) fn pages() -> Vec<Route> {
    vec![Route::get("/support-hours", Act::ReadPublic, show)]
}

async fn show(visitor: Visitor) -> Answer {
    let reader = visitor.everybody();
    let words = reader.words;
    let handbook = &visitor.ctx.handbook;
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.say(Text::SupportHoursTitle)) }
            (hours(words, handbook))
            (targets(words, handbook))
            (reasons(words, handbook))
            (channels(words, handbook))
            (example(&visitor, &reader))
            @if handbook.reports.public_weeks.is_some() {
                p { a href=(routes::PROMISES) { (words.say(Text::PublicPromises)) } }
            }
            p { (button::link(routes::NEW_REQUEST, Button::primary(words.say(Text::AskForHelp)))) }
        }
    };
    let title = words.say(Text::SupportHoursTitle);
    Ok(frame::html(frame::everybodys(&visitor, &reader, title, &main).await?))
}

/// The company's hours, and those of teams that keep others.
fn hours(words: Words, handbook: &Handbook) -> Markup {
    let company = handbook.company_calendar();
    let others: Vec<_> = handbook
        .teams
        .iter()
        .map(|team| (team, handbook.calendar(&team.slug)))
        .filter(|(_, calendar)| {
            said(words, calendar) != said(words, company)
                || calendar.holidays() != company.holidays()
        })
        .collect();
    let rows: Vec<Vec<Markup>> = others
        .iter()
        .map(|(team, calendar)| {
            vec![
                html! { (team.name) },
                html! { (said(words, calendar)) },
                html! { (holidays(words, calendar)) },
            ]
        })
        .collect();
    let columns = [
        Column::text(words.say(Text::Team)),
        Column::text(words.say(Text::Hours)),
        Column::text(words.say(Text::Holidays)),
    ];
    html! {
        p { (said(words, company)) "." @if !weekend(company) { " " (words.say(Text::NoWeekends)) } }
        @if !company.holidays().is_empty() {
            p { (words.fill(Text::ClosedOn, &[("days", &holidays(words, company))])) }
        }
        @if !rows.is_empty() { (cards("hours", words.say(Text::HoursOfTeams), &columns, &rows)) }
    }
}

fn weekend(calendar: &Calendar) -> bool {
    calendar.days()[5] || calendar.days()[6]
}

/// "Mon–Fri, round the clock, London time".
pub(crate) fn said(words: Words, calendar: &Calendar) -> String {
    let day = |index: usize| words.weekday(i8::try_from(index + 1).unwrap_or(1));
    let mut days: Vec<String> = Vec::new();
    let mut index = 0;
    while index < 7 {
        if !calendar.days()[index] {
            index += 1;
            continue;
        }
        let last = (index..7).take_while(|day| calendar.days()[*day]).last().unwrap_or(index);
        days.push(if last > index {
            format!("{}–{}", day(index), day(last))
        } else {
            day(index).to_owned()
        });
        index = last + 1;
    }
    let ranges: Vec<String> = calendar
        .ranges()
        .iter()
        .map(|range| {
            let to = range.to.map_or("24:00".to_owned(), |to| to.strftime("%H:%M").to_string());
            format!("{}–{to}", range.from.strftime("%H:%M"))
        })
        .collect();
    let hours = if ranges.is_empty() {
        words.say(Text::RoundTheClock).to_owned()
    } else {
        ranges.join(", ")
    };
    let place = domain::words::place(calendar.zone_name());
    words.fill(Text::HoursSaid, &[("days", &days.join(", ")), ("hours", &hours), ("place", &place)])
}

fn holidays(words: Words, calendar: &Calendar) -> String {
    let days: Vec<String> = calendar
        .holidays()
        .iter()
        .map(|date| {
            let (day, month, year) = (date.day(), words.month(date.month()), date.year());
            words.fill(Text::ShortDayYear, &[("day", &day), ("month", &month), ("year", &year)])
        })
        .collect();
    if days.is_empty() { "–".to_owned() } else { days.join(", ") }
}

fn targets(words: Words, handbook: &Handbook) -> Markup {
    let target = |target: Option<&Target>| match target {
        Some(target) => html! { (written(words, target)) },
        None => html! { "–" },
    };
    let row = |priority: &Priority| {
        let first = match &priority.first_reply {
            Some(first) => html! { (written(words, first)) },
            None => html! { (words.say(Text::NoPromiseHere)) },
        };
        let next = handbook.next_reply(priority.level);
        vec![
            badge::priority(words, priority.level),
            first,
            target(next.as_ref()),
            target(priority.escalated.as_ref()),
        ]
    };
    let columns = [
        Column::text(words.say(Text::PriorityColumn)),
        Column::text(words.say(Text::FirstReply)),
        Column::text(words.say(Text::FollowUps)),
        Column::text(words.say(Text::EscalatedColumn)),
    ];
    let rows: Vec<Vec<Markup>> = handbook.priorities.iter().map(row).collect();
    html! {
        (cards("targets", words.say(Text::HowSoon), &columns, &rows))
        p.hint { (words.say(Text::HoursCount)) }
    }
}

/// A target as it is written in the handbook, its words in the reader's language.
fn written(words: Words, target: &Target) -> String {
    match target.amount {
        Amount::OpenSeconds(_) => target.text.clone(),
        Amount::BusinessDays(days) => words.count(Text::BusinessDays, i64::from(days)),
    }
}

/// What makes a request as pressing as each level says.
fn reasons(words: Words, handbook: &Handbook) -> Markup {
    let with = handbook.priorities.iter().filter(|priority| !priority.rules.is_empty());
    html! {
        @for priority in with {
            @let list: Vec<&str> = priority.rules.iter().map(|rule| rule.because.as_str()).collect();
            p { (words.fill(Text::AnyOf, &[("level", &words.say(badge::level_text(priority.level))), ("reasons", &list.join(", "))])) }
        }
        p { (words.say(Text::EverythingElse)) }
    }
}

/// How we are reached, and by whom. (CH-09)
fn channels(words: Words, handbook: &Handbook) -> Markup {
    let columns = [Column::text(words.say(Text::Channel)), Column::text(words.say(Text::WhoMay))];
    let row = |channel: &Channel| {
        let known = match channel.name.as_str() {
            "app" => Some(Text::ChannelApp),
            "form" => Some(Text::ChannelForm),
            "email" => Some(Text::ChannelMail),
            "api" => Some(Text::ChannelApi),
            _ => None,
        };
        let name = html! {
            @if channel.name == "questions" { a href=(routes::QUESTIONS) { (words.say(Text::Questions)) } }
            @else if let Some(known) = known { (words.say(known)) }
            @else { span dir="auto" { (channel.name) } }
        };
        let reasons: Vec<&str> = channel.rules.iter().map(|rule| rule.because.as_str()).collect();
        let everyone = if channel.name == "api" { Text::WithToken } else { Text::Everyone };
        let who = html! {
            @match &channel.who {
                Some(who) => span dir="auto" { (who) },
                None if reasons.is_empty() => (words.say(everyone)),
                None => {},
            }
            @if !reasons.is_empty() {
                @if channel.who.is_some() { ": " }
                span dir="auto" { (reasons.join(", ")) }
            }
        };
        vec![name, who]
    };
    let rows: Vec<Vec<Markup>> = handbook.channels.iter().map(row).collect();
    cards("channels", words.say(Text::Channels), &columns, &rows)
}

/// What would be promised now, for the most pressing level that promises anything.
fn example(visitor: &Visitor, reader: &Reader) -> Markup {
    let words = reader.words;
    let handbook = &visitor.ctx.handbook;
    let urgent =
        |priority: &&Priority| priority.first_reply.is_some() && priority.level <= Level::High;
    let Some(priority) = handbook.priorities.iter().find(urgent) else { return html! {} };
    let Some(target) = &priority.first_reply else { return html! {} };
    let due = handbook.company_calendar().add(reader.now, target).0;
    let due = domain::words::minute(due);
    let when = times::told(reader, due);
    let level = words.say(badge::level_text(priority.level));
    html! { p { (words.fill(Text::ExamplePromise, &[("level", &level), ("when", &when)])) } }
}
