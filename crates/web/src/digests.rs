//! The weekly digest of a team: its numbers, the draft to edit and send, and what was sent. (ROT-09)

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::digests::{Digest, Edit};
use desk::texts::Body;
use desk::{Act, Error, FieldError};
use domain::TicketId;
use domain::digests::{Numbers, Theme, monday};
use jiff::Span;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, field};
use crate::components::notice::{Tone, message_box, refusal_box};
use crate::components::prose::prose;
use crate::components::row::{self, Row};
use crate::components::table::{Column, table};
use crate::components::time;
use crate::form::{Form, escaped};
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::lines;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes, times};

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/digest/{team}", Act::ReadDesk, this_week),
        Route::get("/digest/{team}/{week}", Act::ReadDesk, show),
        Route::post("/digest/{team}/{week}", Act::WorkTickets, act),
        Route::get("/digest/{team}/{week}/tickets", Act::ReadDesk, behind),
    ]
}

/// What was typed and refused.
#[derive(Clone, Debug, Default)]
struct Typed {
    text: Option<String>,
    errors: Vec<FieldError>,
    /// Somebody was faster.
    is_late: bool,
}

fn day(text: &str) -> Result<Date, Problem> {
    let day = text.parse::<Date>().map_err(|_| Problem::NotFound)?;
    Some(day).filter(|day| (1980..2190).contains(&day.year())).ok_or(Problem::NotFound)
}

async fn this_week(visitor: Visitor, Path(team): Path<String>) -> Answer {
    visitor.ctx.handbook.team(&team).ok_or(Problem::NotFound)?;
    let week = desk::digests::this_week(&visitor.ctx, &team);
    Ok(Redirect::to(&routes::digest(&team, &week.to_string())).into_response())
}

async fn show(visitor: Visitor, Path((team, week)): Path<(String, String)>) -> Answer {
    let asked = day(&week)?;
    if monday(asked).to_string() != week {
        let to = routes::digest(&team, &monday(asked).to_string());
        return Ok(Redirect::to(&to).into_response());
    }
    page(&visitor, &team, asked, Typed::default()).await
}

async fn page(visitor: &Visitor, team: &str, week: Date, typed: Typed) -> Answer {
    let ctx = visitor.ctx.clone();
    let slug = team.to_owned();
    let digest =
        visitor.desk.read(ctx, move |tx, ctx| desk::digests::read(tx, ctx, &slug, week)).await?;
    let mut reader = visitor.reader();
    // A team's week is told in its own zone.
    reader.zone = visitor.ctx.handbook.calendar(team).zone().clone();
    let words = reader.words;
    let title = words.fill(Text::DigestOf, &[("team", &digest.team.name)]);
    let when = |at| times::promise(words, at, &reader.zone, reader.now);
    let (from, to) = (when(digest.span.0), when(digest.span.1));
    let zone = visitor.ctx.handbook.calendar(team).zone_name();
    let span = words.fill(Text::DigestSpan, &[("from", &from), ("to", &to), ("zone", &zone)]);
    let main = html! {
        p.ticket-way { a href=(routes::rota(team)) { (words.fill(Text::RotaOf, &[("team", &digest.team.name)])) } }
        div.heading { h1 tabindex="-1" { (title) } p { (span) } }
        div.stack {
            (steps(visitor, &reader, team, week))
            @if digest.sent_at().is_some() { (sent(&reader, &digest, &typed)) }
            @else { (draft(visitor, &reader, team, &digest, &typed)) }
        }
    };
    let frame = frame::Frame { title: &title, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &reader, frame, &main, None).await?;
    let status = match (typed.is_late, typed.errors.is_empty()) {
        (true, _) => StatusCode::CONFLICT,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, true) => StatusCode::OK,
    };
    Ok((status, frame::html(page)).into_response())
}

/// Earlier, now, later.
fn steps(visitor: &Visitor, reader: &Reader, team: &str, week: Date) -> Markup {
    let words = reader.words;
    let running = desk::digests::this_week(&visitor.ctx, team);
    let at = |weeks: i32| {
        let day = week.checked_add(Span::new().days(weeks * 7)).unwrap_or(week);
        routes::digest(team, &day.to_string())
    };
    html! {
        p.line {
            (button::link(&at(-1), Button::plain(words.say(Text::RotaEarlier))))
            @if week != running {
                (button::link(&routes::digest(team, &running.to_string()), Button::plain(words.say(Text::RotaThisWeek))))
            }
            @if week < running { (button::link(&at(1), Button::plain(words.say(Text::RotaLater)))) }
        }
    }
}

/// Markdown of ours, cleaned like a customer's.
fn rendered(text: &str) -> Markup {
    html! { div.prose { (prose(&Body::markdown(text).html, 1)) } }
}

fn sent(reader: &Reader, digest: &Digest, typed: &Typed) -> Markup {
    let words = reader.words;
    let kept = digest.kept.as_ref();
    let name = kept.and_then(|kept| kept.sent_by).and_then(|id| digest.names.get(&id));
    let name = name.map_or(words.say(Text::Somebody), String::as_str);
    let heading = words.fill(Text::DigestSentBy, &[("name", &name)]);
    html! {
        @if let Some(at) = digest.sent_at() {
            (message_box("sent", Tone::Ok, &heading, &html! { p { (time::dated(reader, at)) ". " (words.say(Text::DigestStays)) } }))
        }
        @if let Some(text) = &typed.text {
            div.field {
                label for="kept" { (words.say(Text::KeptText)) }
                textarea #kept rows="8" readonly dir="auto" { (text) }
            }
        }
        (rendered(&digest.text))
    }
}

fn draft(visitor: &Visitor, reader: &Reader, team: &str, digest: &Digest, typed: &Typed) -> Markup {
    let words = reader.words;
    let Some(numbers) = &digest.numbers else {
        return html! {
            (empty_state(words.say(Text::DigestTooOld), words.say(Text::DigestTooOldWhy), None))
            @if !digest.text.is_empty() { (rendered(&digest.text)) }
        };
    };
    let week = digest.week.to_string();
    html! {
        @if numbers.is_empty() {
            (empty_state(words.say(Text::DigestQuiet), words.say(Text::DigestQuietWhy), None))
        } @else {
            (figures(visitor, reader, team, &week, numbers))
        }
        section.stack aria-labelledby="draft-heading" {
            h2 #draft-heading { (words.say(Text::DigestDraft)) }
            (state(reader, digest))
            @if typed.is_late {
                (refusal_box("late", Tone::Warn, words.say(Text::DigestLate), &html! {
                    p { (words.say(Text::DigestLateWhy)) }
                    details { summary { (words.say(Text::DigestTheirs)) } (rendered(&digest.text)) }
                }))
            }
            @if digest.is_mine { (form(visitor, reader, team, digest, typed)) }
            @else {
                p.hint { (words.say(Text::DigestNotYours)) }
                (rendered(&digest.text))
            }
        }
    }
}

/// Who changed the draft last.
fn state(reader: &Reader, digest: &Digest) -> Markup {
    let words = reader.words;
    let Some(kept) = &digest.kept else {
        return html! { p.hint { (words.say(Text::DigestDrawn)) } };
    };
    let name = kept.edited_by.and_then(|id| digest.names.get(&id));
    html! {
        p.hint {
            @match name {
                Some(name) => (words.fill(Text::DigestEditedBy, &[("name", name)])),
                None => (words.say(Text::DigestDrawnUp)),
            }
            " " (time::past(reader, kept.edited_at))
        }
    }
}

fn form(visitor: &Visitor, reader: &Reader, team: &str, digest: &Digest, typed: &Typed) -> Markup {
    let words = reader.words;
    let error = typed.errors.iter().find(|error| error.field == "text");
    let text = Field {
        value: typed.text.as_deref().unwrap_or(&digest.text),
        hint: Some(words.say(Text::DigestHint)),
        error: error.map(|error| error.description.as_str()),
        control: Control::Text,
        ..Field::line("text", words.say(Text::DigestText))
    };
    let named = visitor.ctx.handbook.team(team);
    let channel = named.and_then(|team| team.slack.clone()).unwrap_or_else(|| format!("#{team}"));
    let send = words.fill(Text::DigestSend, &[("channel", &channel)]);
    html! {
        form.stack.digest-form method="post" action=(routes::digest(team, &digest.week.to_string())) {
            (button::csrf(reader))
            input type="hidden" name="version" value=(digest.version());
            (field(words, &text))
            div.field-actions {
                button.button type="submit" name="do" value="save" { (words.say(Text::DigestSave)) }
                button.button.primary type="submit" name="do" value="send" { (send) }
            }
        }
        details { summary { (words.say(Text::DigestPreview)) } (rendered(text.value)) }
    }
}

/// A number with the list behind it.
fn number(team: &str, week: &str, tickets: &[TicketId], of: &str) -> Markup {
    html! {
        @if tickets.is_empty() { "0" }
        @else { a href={ (routes::digest(team, week)) "/tickets?of=" (escaped(of)) } { (tickets.len()) } }
    }
}

fn figures(
    visitor: &Visitor,
    reader: &Reader,
    team: &str,
    week: &str,
    numbers: &Numbers,
) -> Markup {
    let words = reader.words;
    let cell = |tickets: &[TicketId], of: &str| number(team, week, tickets, of);
    let mut rows = vec![
        vec![html! { (words.say(Text::DigestAsked)) }, cell(&numbers.asked, "asked")],
        vec![html! { (words.say(Text::DigestAnswered)) }, cell(&numbers.answered, "answered")],
    ];
    for promises in &numbers.promises {
        let word = promises.level.as_str();
        let level = words.say(badge::level_text(promises.level));
        for (text, tickets, of) in [
            (Text::DigestMet, &promises.met, format!("met-{word}")),
            (Text::DigestMissed, &promises.missed, format!("missed-{word}")),
        ] {
            let label = words.fill(text, &[("level", &level)]);
            rows.push(vec![html! { (label) }, cell(tickets, &of)]);
        }
    }
    rows.push(vec![
        html! { (words.say(Text::DigestEscalatedIn)) },
        cell(&numbers.escalated_in, "escalated-in"),
    ]);
    rows.push(vec![
        html! { (words.say(Text::DigestEscalatedOut)) },
        cell(&numbers.escalated_out, "escalated-out"),
    ]);
    for (text, tickets, of) in [
        (Text::DigestRatedWell, &numbers.rated_well, "rated-well"),
        (Text::DigestRatedBadly, &numbers.rated_badly, "rated-badly"),
        (Text::DigestDocs, &numbers.docs, "docs"),
    ] {
        rows.push(vec![html! { (words.say(text)) }, cell(tickets, of)]);
    }
    if let Some(seconds) = numbers.median_seconds {
        let span = times::span(words, seconds);
        rows.push(vec![
            html! { (words.say(Text::DigestMedian)) },
            html! { (span) ", " (words.say(Text::DigestBase)) " " (cell(&numbers.first_replies, "first-replies")) },
        ]);
    }
    let columns =
        [Column::text(words.say(Text::DigestFigure)), Column::number(words.say(Text::DigestCount))];
    let area = |name: &str| {
        let known = visitor.ctx.handbook.area(name);
        known.map_or(name.to_owned(), |area| area.name.clone())
    };
    let plain = |name: &str| name.to_owned();
    html! {
        div.digest-figures {
            (table("load", words.say(Text::DigestLoad), &columns, &rows))
            (themes(reader, (team, week), (Text::DigestAreas, "area"), &numbers.areas, area))
            (themes(reader, (team, week), (Text::DigestKinds, "kind"), &numbers.kinds, plain))
            (themes(reader, (team, week), (Text::DigestTags, "tag"), &numbers.tags, plain))
            (themes(reader, (team, week), (Text::DigestIssues, "issue"), &numbers.issues, plain))
        }
    }
}

fn themes(
    reader: &Reader,
    (team, week): (&str, &str),
    (heading, key): (Text, &str),
    themes: &[Theme],
    shown: impl Fn(&str) -> String,
) -> Markup {
    let words = reader.words;
    let columns = [Column::text(words.say(heading)), Column::number(words.say(Text::DigestCount))];
    let rows: Vec<Vec<Markup>> = themes
        .iter()
        .map(|(name, tickets)| {
            let label = shown(name);
            let link = key == "issue";
            vec![
                html! { @if link { a href=(name) rel="noreferrer" { (label) } } @else { (label) } },
                number(team, week, tickets, &format!("{key}:{name}")),
            ]
        })
        .collect();
    html! { @if !rows.is_empty() { (table(key, words.say(heading), &columns, &rows)) } }
}

async fn act(visitor: Visitor, Path((team, week)): Path<(String, String)>, form: Form) -> Answer {
    let week = monday(day(&week)?);
    let edit =
        Edit { version: form.number("version").unwrap_or(-1), text: form.get("text").to_owned() };
    let sends = form.get("do") == "send";
    let (ctx, slug) = (visitor.ctx.clone(), team.clone());
    let done = visitor
        .desk
        .write(ctx, move |tx, ctx| {
            let act = if sends { desk::digests::send } else { desk::digests::save };
            act(tx, ctx, &slug, week, &edit)
        })
        .await;
    let typed = || Some(form.get("text").to_owned());
    match done {
        Ok(()) => Ok(Redirect::to(&routes::digest(&team, &week.to_string())).into_response()),
        Err(Error::Invalid(errors)) => {
            page(&visitor, &team, week, Typed { text: typed(), errors, is_late: false }).await
        }
        Err(Error::Conflict(_)) => {
            page(&visitor, &team, week, Typed { text: typed(), is_late: true, ..Typed::default() })
                .await
        }
        Err(error) => Err(error.into()),
    }
}

/// The tickets behind a number.
async fn behind(visitor: Visitor, Path((team, week)): Path<(String, String)>) -> Answer {
    let week = monday(day(&week)?);
    let of = visitor.query.get("of").to_owned();
    let (ctx, slug) = (visitor.ctx.clone(), team.clone());
    let asked = of.clone();
    let (known, rows) = visitor
        .desk
        .read(ctx, move |tx, ctx| desk::digests::tickets(tx, ctx, (&slug, week), &asked))
        .await?;
    let around = visitor.around().await?;
    let reader = visitor.reader();
    let words = reader.words;
    let found = lines(&visitor, &around, &rows, desk::tickets::Order::Id);
    let whys: Vec<Vec<&str>> =
        found.iter().map(|line| line.why.iter().map(String::as_str).collect()).collect();
    let rows: Vec<Row<'_>> = found.iter().zip(&whys).map(|(line, why)| line.row(why)).collect();
    let title = words.fill(Text::DigestBehind, &[("what", &of)]);
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let main = html! {
        p.ticket-way {
            a href=(routes::digest(&team, &week.to_string())) { (words.fill(Text::DigestOf, &[("team", &known.name)])) }
        }
        div.heading { h1 tabindex="-1" { (title) } p { (words.count(Text::Tickets, count)) } }
        (row::list(&reader, &title, &rows))
    };
    let frame = frame::Frame { title: &title, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}
