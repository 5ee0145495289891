//! Who holds when: `rotas`, with overrides and swaps. (ROT-04, ROT-05)

use axum::extract::{Path, State};
use desk::rota::{Days, NewOverride, NewSwap, Rotas, SwapState, TeamRota};
use desk::{Act, Ctx, Desk, Error, Tx};
use domain::rota::{Fallback, Override, Reason, Shift, Swap, Why};
use domain::{ShiftId, UserId};
use jiff::civil::Date;
use jiff::{Span, tz::TimeZone};
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, created, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;
use crate::tickets::json::time;

/// How many days are shown when nothing is asked for: thirteen weeks.
const DAYS: i32 = 13 * 7;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/rotas/{team}", Act::ReadDesk, show),
        Route::post("/rotas/{team}/overrides", Act::WorkTickets, give),
        Route::post("/rotas/{team}/swaps", Act::WorkTickets, offer),
        Route::put("/rotas/{team}/swaps/{id}", Act::WorkTickets, answer),
    ]
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Path(team): Path<String>,
    query: Query,
) -> Answer {
    let zone = caller.ctx.handbook.calendar(&team).zone();
    let today = zone.to_datetime(caller.ctx.now).date();
    let from = day(&query, "from", "From")?.unwrap_or(today);
    let later = || from.checked_add(Span::new().days(DAYS)).unwrap_or(from);
    let days = Days { from, to: day(&query, "to", "To")?.unwrap_or_else(later) };
    let rotas =
        desk.read(caller.ctx, move |tx, ctx| desk::rota::read(tx, ctx, &team, days)).await?;
    let shown = rotas.teams.first().map(|(loaded, shifts)| rota(&rotas, loaded, shifts));
    Ok(ok(json!({ "rota": shown })))
}

fn day(query: &Query, key: &str, human: &str) -> Result<Option<Date>, Problem> {
    let Some(text) = query.get(key).filter(|text| !text.is_empty()) else { return Ok(None) };
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    let shown: String = text.chars().take(40).collect();
    let what = format!("{human}: expected a date such as 2026-06-08, got {shown:?}");
    day.map(Some).ok_or_else(|| Error::invalid(key, "InvalidValue", what).into())
}

fn rota(rotas: &Rotas, loaded: &TeamRota, shifts: &[Shift]) -> Value {
    json!({
        "team": loaded.team.slug,
        "shifts": shifts.iter().map(|one| shift(rotas, loaded, one)).collect::<Vec<_>>(),
    })
}

fn shift(rotas: &Rotas, loaded: &TeamRota, shift: &Shift) -> Value {
    let fallback = if shift.holder.is_none() { shift.answers() } else { None };
    json!({
        "from": time(shift.from),
        "to": time(shift.to),
        "holder": shift.holder.and_then(|person| rotas.email(person)),
        "reason": reason(rotas, loaded, shift),
        "fallback": fallback.and_then(|person| rotas.email(person)),
        "overridden": shift.beneath,
    })
}

/// Why somebody holds or nobody does, in one line.
fn reason(rotas: &Rotas, loaded: &TeamRota, shift: &Shift) -> String {
    let email = |person: UserId| rotas.email(person).unwrap_or("somebody").to_owned();
    let text = match shift.reason {
        Reason::Turn => "turn in the handbook's order".to_owned(),
        Reason::Swap(_, turn) => format!("swap with {}", email(turn)),
        Reason::Override(id) => {
            let given = loaded.rota.recorded.overrides.iter().find(|one| one.id == id);
            match given.map(|one| one.reason.as_str()).filter(|words| !words.is_empty()) {
                Some(words) => format!("override: {words}"),
                None => "override".to_owned(),
            }
        }
        Reason::Nobody(why, fallback) => {
            let why = match why {
                Why::Away(person) => format!("{} is away", email(person)),
                Why::Left(person) => format!("{} is no longer in the team", email(person)),
                Why::NotBegun => "the rota has not begun".to_owned(),
                Why::NoRota => "the handbook names no hero".to_owned(),
            };
            let fallback = match fallback {
                Fallback::Previous(person) => {
                    format!("{}, the hero of the week before", email(person))
                }
                Fallback::Lead(person) => format!("{}, the lead", email(person)),
                Fallback::Team => "the whole team".to_owned(),
            };
            format!("nobody: {why}; falls back on {fallback}")
        }
    };
    match shift.beneath.len() {
        0 => text,
        1 => format!("{text} (wins over an earlier override)"),
        many => format!("{text} (wins over {many} earlier overrides)"),
    }
}

async fn give(
    State(desk): State<Desk>,
    caller: Caller,
    Path(team): Path<String>,
    body: Body,
) -> Answer {
    let mut sent = body.object("override")?;
    let mut text = |key: &str, max: usize, needed: bool| {
        let text = sent.text(key, max).flatten().unwrap_or_default();
        if needed && text.trim().is_empty() && sent.raw(key).is_none_or(Value::is_string) {
            sent.complain(key, "BlankValue", "cannot be blank");
        }
        text
    };
    let new = NewOverride {
        holder: text("holder", 255, true),
        from: text("from", 100, true),
        to: text("to", 100, true),
        reason: text("reason", 255, false),
    };
    sent.finish()?;
    let location = format!("{}/api/v2/rotas/{team}.json", caller.base);
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let (loaded, one) = desk::rota::give(tx, ctx, &team, &new)?;
            override_json(tx, ctx, &loaded, &one)
        })
        .await?;
    Ok(created(&location, json!({ "override": answer })))
}

fn override_json(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    loaded: &TeamRota,
    one: &Override,
) -> Result<Value, Error> {
    Ok(json!({
        "id": one.id,
        "team": loaded.team.slug,
        "holder": address(tx, ctx, loaded, one.holder)?,
        "from": time(one.from),
        "to": time(one.to),
        "reason": one.reason,
    }))
}

async fn offer(
    State(desk): State<Desk>,
    caller: Caller,
    Path(team): Path<String>,
    body: Body,
) -> Answer {
    let mut sent = body.object("swap")?;
    let mut day = |key: &str, needed: bool| match sent.text(key, 100).flatten() {
        Some(text) if !text.trim().is_empty() => {
            let day = text.trim().parse::<Date>().ok();
            if day.is_none() {
                sent.complain(key, "InvalidValue", "expected a date such as 2026-06-15");
            }
            day
        }
        _ if needed => {
            sent.complain(key, "BlankValue", "cannot be blank");
            None
        }
        _ => None,
    };
    let (week, in_return) = (day("week", true), day("in_return", false));
    let with = sent.text("with", 255).flatten().unwrap_or_default();
    if with.trim().is_empty() {
        sent.complain("with", "BlankValue", "cannot be blank");
    }
    sent.finish()?;
    let Some(week) = week else { return Err(Problem::BrokenJson) };
    let new = NewSwap { week, with, in_return };
    let location = format!("{}/api/v2/rotas/{team}.json", caller.base);
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let (loaded, swap) = desk::rota::offer(tx, ctx, &team, &new)?;
            swap_json(tx, ctx, &loaded, &swap)
        })
        .await?;
    Ok(created(&location, json!({ "swap": answer })))
}

/// `{"swap": {"state": "accepted"}}`, or refused, or withdrawn.
async fn answer(
    State(desk): State<Desk>,
    caller: Caller,
    Path((team, id)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let id = ShiftId(path_id(&id)?);
    let mut sent = body.object("swap")?;
    let text = sent.text("state", 20).flatten().unwrap_or_default();
    let state: Option<SwapState> = text.parse().ok();
    if state.is_none() {
        sent.complain("state", "InvalidValue", "expected accepted, refused or withdrawn");
    }
    sent.finish()?;
    let Some(state) = state else { return Err(Problem::BrokenJson) };
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let (loaded, swap) = desk::rota::answer(tx, ctx, &team, id, state)?;
            swap_json(tx, ctx, &loaded, &swap)
        })
        .await?;
    Ok(ok(json!({ "swap": answer })))
}

fn swap_json(tx: &mut Tx<'_>, ctx: &Ctx, loaded: &TeamRota, swap: &Swap) -> Result<Value, Error> {
    let day = |at| local(&loaded.rota.rule.zone, at);
    Ok(json!({
        "id": swap.id,
        "team": loaded.team.slug,
        "state": swap.state.as_str(),
        "holder": address(tx, ctx, loaded, swap.asker)?,
        "week": day(swap.week),
        "with": address(tx, ctx, loaded, swap.other)?,
        "in_return": day(swap.in_return),
    }))
}

fn local(zone: &TimeZone, at: jiff::Timestamp) -> String {
    zone.to_datetime(at).date().to_string()
}

fn address(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    loaded: &TeamRota,
    person: UserId,
) -> Result<Option<String>, Error> {
    let named = loaded.addresses.iter().find(|(_, id)| *id == person);
    match named {
        Some((address, _)) => Ok(Some(address.clone())),
        None => Ok(desk::users::show(tx, ctx, person)?.email),
    }
}
