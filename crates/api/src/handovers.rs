//! Handover sheets of a rota's weeks: `rotas/{team}/handovers/{week}`. (ROT-07)

use axum::extract::{Path, State};
use desk::handovers::{Entry, Mark, Marking, Outcome, Sheet};
use desk::{Act, Ctx, Desk, Error, Tx};
use domain::{TicketId, UserId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::routes::Route;
use crate::tickets::json::time;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/rotas/{team}/handovers/{week}", Act::ReadDesk, show),
        Route::put("/rotas/{team}/handovers/{week}/tickets/{id}", Act::WorkTickets, mark),
    ]
}

fn day(text: &str) -> Result<Date, Problem> {
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    day.filter(|day| (1971..=2199).contains(&day.year())).ok_or_else(|| Error::NotFound.into())
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Path((team, week)): Path<(String, String)>,
) -> Answer {
    let week = day(&week)?;
    let answer = desk.read(caller.ctx, move |tx, ctx| read(tx, ctx, &team, week)).await?;
    Ok(ok(json!({ "handover": answer })))
}

/// `{"line": {"mark": "waiting", "until": "2026-06-17", "word": "asked for a file"}}`; null takes the mark back.
async fn mark(
    State(desk): State<Desk>,
    caller: Caller,
    Path((team, week, id)): Path<(String, String, String)>,
    body: Body,
) -> Answer {
    let (week, ticket) = (day(&week)?, TicketId(path_id(&id)?));
    let mut sent = body.object("line")?;
    let word = sent.text("word", 300).flatten().unwrap_or_default();
    let named = sent.text("mark", 20).flatten().filter(|text| !text.is_empty());
    let mark = named.as_deref().and_then(Mark::named);
    if named.is_some() && mark.is_none() {
        sent.complain("mark", "InvalidValue", "expected done, told or waiting");
    }
    let until = sent.text("until", 20).flatten().filter(|text| !text.is_empty());
    let day = until.as_deref().and_then(|text| text.parse::<Date>().ok());
    if until.is_some() && day.is_none() {
        sent.complain("until", "InvalidValue", "expected a date such as 2026-06-17");
    }
    sent.finish()?;
    let marking = Marking { mark, until: day, word };
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            desk::handovers::mark(tx, ctx, &team, week, ticket, &marking)?;
            read(tx, ctx, &team, week)
        })
        .await?;
    Ok(ok(json!({ "handover": answer })))
}

fn read(tx: &mut Tx<'_>, ctx: &Ctx, team: &str, week: Date) -> Result<Value, Error> {
    let sheet = desk::handovers::read(tx, ctx, team, week)?;
    let zone = ctx.handbook.calendar(team).zone();
    let handover = &sheet.handover;
    let lines: Vec<Value> = sheet.entries.iter().map(|entry| line(&sheet, zone, entry)).collect();
    Ok(json!({
        "team": sheet.team.slug,
        "week": zone.to_datetime(handover.week).date().to_string(),
        "ends_at": time(handover.ends_at),
        "draw_at": time(handover.draw_at),
        "drawn_at": handover.drawn_at.map(time),
        "passed_at": handover.passed_at.map(time),
        "from": email(&sheet, handover.from),
        "to": email(&sheet, handover.to),
        "lines": lines,
    }))
}

fn email(sheet: &Sheet, person: Option<UserId>) -> Option<&str> {
    sheet.people.get(&person?)?.email.as_deref()
}

fn line(sheet: &Sheet, zone: &TimeZone, entry: &Entry) -> Value {
    let line = &entry.line;
    let assignee = entry.stored.as_ref().and_then(|stored| stored.ticket.assignee);
    json!({
        "ticket_id": line.ticket.0,
        "class": line.class.number(),
        "mark": line.mark.map(Mark::as_str),
        "until": line.waits_until.map(|at| zone.to_datetime(at).date().to_string()),
        "word": line.word,
        "marked_by": email(sheet, line.marked_by),
        "marked_at": line.marked_at.map(time),
        "outcome": line.outcome.map(Outcome::as_str),
        "assignee": email(sheet, assignee),
    })
}
