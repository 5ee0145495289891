//! The handover sheet of a week: a word about each ticket before it ends, and afterwards what became of it. (ROT-07)

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use desk::handovers::{Entry, Mark, Marking, Outcome, Sheet};
use desk::rota::TeamRota;
use desk::{Error, FieldError};
use domain::TicketId;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, field, summary};
use crate::components::table::{Column, table};
use crate::components::time_left::time_left;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::{Chips, subject};
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes, times};

/// The sheet.
pub(super) async fn show(visitor: Visitor, Path((slug, week)): Path<(String, String)>) -> Answer {
    sheet(&visitor, &slug, day(&week)?, &Refused::default()).await
}

/// A mark that was refused: what was typed, and why.
#[derive(Debug, Default)]
struct Refused {
    form: Form,
    errors: Vec<FieldError>,
}

impl Refused {
    /// What was typed about this ticket, if it is the one.
    fn about(&self, ticket: TicketId) -> Option<&Self> {
        (self.form.number("ticket") == Some(ticket.0)).then_some(self)
    }

    fn error(&self, name: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == name);
        error.map(|error| error.description.as_str())
    }
}

fn day(text: &str) -> Result<Date, Problem> {
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    day.filter(|day| (1980..2190).contains(&day.year())).ok_or(Problem::NotFound)
}

/// Says something about a ticket.
pub(super) async fn mark(
    visitor: Visitor,
    Path((slug, week)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let week = day(&week)?;
    let Some(ticket) = form.number("ticket").map(TicketId) else {
        let missing = visitor.reader().words.say(Text::HandoverTicketMissing);
        let description = missing.to_owned();
        let error = FieldError { field: "ticket".to_owned(), code: "BlankValue", description };
        return sheet(&visitor, &slug, week, &Refused { form, errors: vec![error] }).await;
    };
    let marking = Marking {
        mark: Mark::named(form.get("mark")),
        until: form.some("until").and_then(|text| text.parse().ok()),
        word: form.get("word").to_owned(),
    };
    let (ctx, team) = (visitor.ctx.clone(), slug.clone());
    let done = visitor
        .desk
        .write(ctx, move |tx, ctx| {
            desk::handovers::mark(tx, ctx, &team, week, ticket, &marking).map(|_| ())
        })
        .await;
    match done {
        Ok(()) => {
            let to = format!("{}#ticket-{ticket}", routes::handover(&slug, week));
            Ok(Redirect::to(&to).into_response())
        }
        Err(Error::Invalid(errors)) => {
            sheet(&visitor, &slug, week, &Refused { form, errors }).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn sheet(visitor: &Visitor, slug: &str, week: Date, refused: &Refused) -> Answer {
    let mut reader = visitor.reader();
    let words = reader.words;
    // A team's weeks are told in its own zone.
    reader.zone = visitor.ctx.handbook.calendar(slug).zone().clone();
    let (ctx, named) = (visitor.ctx.clone(), slug.to_owned());
    let sheet =
        visitor.desk.read(ctx, move |tx, ctx| desk::handovers::read(tx, ctx, &named, week)).await?;
    let around = visitor.around().await?;
    let chips = Chips::new(&visitor.ctx, &around);
    let title = words.fill(Text::HandoverOf, &[("team", &sheet.team.name)]);
    let shown = Shown { visitor, reader: &reader, sheet: &sheet, chips: &chips, refused };
    let main = html! {
        p.ticket-way { a href=(routes::rota(slug)) { (words.fill(Text::RotaOf, &[("team", &sheet.team.name)])) } }
        h1 tabindex="-1" { (title) }
        div.stack { (shown.markup(slug, week)) }
    };
    let frame = frame::Frame { title: &title, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &reader, frame, &main, None).await?;
    let status =
        if refused.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, frame::html(page)).into_response())
}

/// Everything a sheet's page is made from.
struct Shown<'a> {
    visitor: &'a Visitor,
    reader: &'a Reader,
    sheet: &'a Sheet,
    chips: &'a Chips,
    refused: &'a Refused,
}

impl Shown<'_> {
    fn markup(&self, slug: &str, week: Date) -> Markup {
        let words = self.reader.words;
        let handover = &self.sheet.handover;
        if handover.drawn_at.is_none() && self.refused.errors.is_empty() {
            let when = times::promise(words, handover.draw_at, &self.reader.zone, self.reader.now);
            let hours = &self.visitor.ctx.handbook.work.handover.text;
            let why = words.fill(Text::HandoverLaterWhy, &[("when", &when), ("hours", hours)]);
            return empty_state(words.say(Text::HandoverLater), &why, None);
        }
        let nothing = self.sheet.entries.is_empty();
        html! {
            p { (self.week()) }
            @for error in self.elsewhere() { p.error role="alert" { (error) } }
            @if nothing { (empty_state(words.say(Text::HandoverNothing), words.say(Text::HandoverNothingWhy), None)) }
            @else if handover.passed_at.is_some() { (self.passed()) }
            @else {
                p.hint { (words.say(Text::HandoverHint)) }
                ol.handover {
                    @for entry in &self.sheet.entries { (self.entry(slug, week, entry)) }
                }
            }
        }
    }

    /// What was refused and stands beside no form of the page.
    fn elsewhere(&self) -> Vec<&str> {
        let refused = self.refused;
        let open = self.sheet.handover.passed_at.is_none();
        let shown = |entry: &Entry| refused.about(entry.line.ticket).is_some();
        if open && self.sheet.entries.iter().any(shown) {
            return Vec::new();
        }
        refused.errors.iter().map(|error| error.description.as_str()).collect()
    }

    fn person(&self, person: Option<domain::UserId>) -> &str {
        let nobody = self.reader.words.say(Text::RotaNobody);
        person.map_or(nobody, |person| self.sheet.name(person))
    }

    /// "Week of Mon 8 Jun: Bo hands over to Cy, Mon 15 Jun, 00:00".
    fn week(&self) -> String {
        let (words, handover) = (self.reader.words, &self.sheet.handover);
        let day = times::day(words, handover.week, &self.reader.zone, self.reader.now);
        let until = times::promise(words, handover.ends_at, &self.reader.zone, self.reader.now);
        let next = words.say(Text::HandoverNext);
        let to = if handover.passed_at.is_some() { self.person(handover.to) } else { next };
        let from = self.person(handover.from);
        words.fill(
            Text::HandoverWeek,
            &[("day", &day), ("from", &from), ("to", &to), ("until", &until)],
        )
    }

    fn title(&self, entry: &Entry) -> Markup {
        let words = self.reader.words;
        html! {
            @match &entry.stored {
                Some(stored) => a href=(routes::ticket(entry.line.ticket.0)) dir="auto" {
                    "#" (entry.line.ticket) " " (subject(words, &stored.subject))
                },
                None => { "#" (entry.line.ticket) " " (words.say(Text::HandoverDeleted)) },
            }
        }
    }

    /// Who has the ticket now.
    fn owner(&self, entry: &Entry) -> String {
        let words = self.reader.words;
        match entry.stored.as_ref().and_then(|stored| stored.ticket.assignee) {
            Some(person) => words.fill(Text::HandoverHas, &[("name", &self.sheet.name(person))]),
            None => words.say(Text::HandoverNobodyHas).to_owned(),
        }
    }

    /// What was said about a ticket, and by whom.
    fn said(&self, entry: &Entry) -> Markup {
        let (words, line) = (self.reader.words, &entry.line);
        let mark = match (line.mark, line.waits_until) {
            (None, _) if self.sheet.handover.passed_at.is_some() => {
                words.say(Text::HandoverNoWordLeft).to_owned()
            }
            (None, _) => words.say(Text::HandoverNoWord).to_owned(),
            (Some(Mark::Done), _) => words.say(Text::HandoverDone).to_owned(),
            (Some(Mark::Told), _) => words.say(Text::HandoverTold).to_owned(),
            (Some(Mark::Waiting), until) => {
                let day = |at| times::day(words, at, &self.reader.zone, self.reader.now);
                let day = until.map(day).unwrap_or_default();
                words.fill(Text::HandoverWaitsUntil, &[("day", &day)])
            }
        };
        let said = match (line.marked_by, line.marked_at) {
            (Some(by), Some(at)) => {
                let when = times::past(words, at, &self.reader.zone, self.reader.now);
                let name = self.sheet.name(by);
                words.fill(
                    Text::HandoverMarkedBy,
                    &[("mark", &mark), ("name", &name), ("when", &when)],
                )
            }
            _ => mark,
        };
        html! { (said) @if !line.word.is_empty() { ": " span dir="auto" { (line.word) } } }
    }

    /// A ticket of a sheet that can still be marked.
    fn entry(&self, slug: &str, week: Date, entry: &Entry) -> Markup {
        let words = self.reader.words;
        let waits = entry.stored.as_ref().is_some_and(|stored| {
            stored.ticket.wants_work() && stored.ticket.team == self.sheet.team.id
        });
        html! {
            li id={ "ticket-" (entry.line.ticket) } {
                h2 { (self.title(entry)) }
                p.line.small {
                    span { (words.say(Text::WorkOrder)) " " (entry.line.class.number()) }
                    @if let Some(stored) = &entry.stored { (time_left(self.reader, self.chips.left(&stored.ticket))) }
                    span { (self.owner(entry)) }
                }
                p { (self.said(entry)) }
                @if waits { (self.form(slug, week, entry)) } @else { p.hint { (words.say(Text::HandoverGone)) } }
            }
        }
    }

    fn form(&self, slug: &str, week: Date, entry: &Entry) -> Markup {
        let words = self.reader.words;
        let id = entry.line.ticket;
        let ids = ["mark", "until", "word"].map(|name| format!("{name}-{id}"));
        let marks = [
            ("", words.say(Text::HandoverNoWord)),
            ("done", words.say(Text::HandoverDone)),
            ("told", words.say(Text::HandoverTold)),
            ("waiting", words.say(Text::HandoverWaiting)),
        ];
        let line = &entry.line;
        let day = |at| self.reader.zone.to_datetime(at).date().to_string();
        let until = line.waits_until.map(day).unwrap_or_default();
        let typed = self.refused.about(id);
        let value = |name: &str, known| typed.map_or(known, |refused| refused.form.get(name));
        let error = |name: &str| typed.and_then(|refused| refused.error(name));
        let fields = [
            Field {
                id: &ids[0],
                value: value("mark", line.mark.map_or("", Mark::as_str)),
                error: error("mark"),
                control: Control::Select(&marks),
                ..Field::line("mark", words.say(Text::HandoverMark))
            },
            Field {
                id: &ids[1],
                value: value("until", &until),
                error: error("until"),
                optional: true,
                control: Control::Line { kind: "date", autocomplete: "off" },
                ..Field::line("until", words.say(Text::HandoverUntil))
            },
            Field {
                id: &ids[2],
                value: value("word", &line.word),
                optional: true,
                ..Field::line("word", words.say(Text::HandoverWord))
            },
        ];
        html! {
            form method="post" action=(routes::handover(slug, week)) {
                (button::csrf(self.reader))
                input type="hidden" name="ticket" value=(id);
                @if typed.is_some() { (summary(words, &fields.iter().collect::<Vec<_>>())) }
                div.handover-fields {
                    @for one in &fields { (field(words, one)) }
                    (button::submit(Button::plain(words.say(Text::HandoverSave))))
                }
            }
        }
    }

    /// A week that has ended: who said what, and what became of it.
    fn passed(&self) -> Markup {
        let words = self.reader.words;
        let columns = [
            Column::text(words.say(Text::HandoverTicket)),
            Column::number(words.say(Text::HandoverClass)),
            Column::text(words.say(Text::HandoverSaid)),
            Column::text(words.say(Text::HandoverOutcome)),
            Column::text(words.say(Text::HandoverNow)),
        ];
        let rows: Vec<Vec<Markup>> = self
            .sheet
            .entries
            .iter()
            .map(|entry| {
                vec![
                    self.title(entry),
                    html! { (entry.line.class.number()) },
                    self.said(entry),
                    html! { (self.outcome(entry)) },
                    html! { (self.owner(entry)) },
                ]
            })
            .collect();
        table("handover", words.say(Text::HandoverCaption), &columns, &rows)
    }

    fn outcome(&self, entry: &Entry) -> String {
        let words = self.reader.words;
        let handover = &self.sheet.handover;
        if entry.line.outcome != Some(Outcome::Left) {
            return words.say(Text::HandoverSettled).to_owned();
        }
        let Some(to) = handover.to else { return words.say(Text::HandoverLeftNobody).to_owned() };
        let text = match entry.line.mark {
            _ if handover.from == handover.to => Text::HandoverStays,
            None => Text::HandoverLeftSilent,
            Some(Mark::Done) => Text::HandoverLeftDone,
            Some(Mark::Told | Mark::Waiting) => Text::HandoverLeft,
        };
        words.fill(text, &[("name", &self.sheet.name(to))])
    }
}

/// The ways from a team's rota to the sheets of its running week and of the week before.
pub(super) fn ways(reader: &Reader, slug: &str, loaded: &TeamRota) -> Markup {
    let words = reader.words;
    let running = loaded.rota.week_at(reader.now).filter(|week| week.holder.is_some());
    let before = running.and_then(|week| loaded.rota.week_before(&week));
    let weeks = running.into_iter().chain(before.filter(|week| week.holder.is_some()));
    html! {
        p.line {
            @for week in weeks {
                @let day = times::day(words, week.from, &reader.zone, reader.now);
                @let date = reader.zone.to_datetime(week.from).date();
                a href=(routes::handover(slug, date)) { (words.fill(Text::HandoverOfWeek, &[("day", &day)])) }
            }
        }
    }
}
