//! What the forms of the rota ask for.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect};
use desk::calendars::Whose;
use desk::rota::{Days, NewOverride, NewSwap, SwapState};
use desk::{Error, FieldError};
use domain::{ShiftId, UserId};
use jiff::civil::Date;

use super::{Typed, one, overview, team_of};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::routes;
use crate::visitor::Visitor;

/// Says that the visitor, or whom an admin chose, is away.
pub(super) async fn absent(visitor: Visitor, form: Form) -> Answer {
    let me = visitor.person()?.id;
    let who = form.number("person").map_or(me, UserId);
    let done = match days(&form) {
        Ok(days) => {
            let ctx = visitor.ctx.clone();
            let change = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                desk::rota::absent(tx, ctx, who, days).map(|_| ())
            };
            visitor.desk.write(ctx, change).await
        }
        Err(errors) => Err(Error::Invalid(errors)),
    };
    match done {
        Ok(()) => Ok(Redirect::to(routes::ROTA).into_response()),
        Err(Error::Invalid(errors)) => {
            overview(&visitor, &Typed { form, errors, which: "away" }).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Says that somebody is back, or not away after all.
pub(super) async fn back(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = ShiftId(id.parse().map_err(|_| Problem::NotFound)?);
    let ctx = visitor.ctx.clone();
    visitor.desk.write(ctx, move |tx, ctx| desk::rota::back(tx, ctx, id).map(|_| ())).await?;
    Ok(Redirect::to(routes::ROTA).into_response())
}

/// Makes a new secret link for the calendar of a team.
pub(super) async fn renew(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let team = team_of(&visitor, &slug).await?;
    let ctx = visitor.ctx.clone();
    let whose = Whose::Team(team);
    visitor.desk.write(ctx, move |tx, ctx| desk::calendars::renew(tx, ctx, whose)).await?;
    Ok(Redirect::to(&routes::rota(&slug)).into_response())
}

/// The days from the first to the last, which is part of them.
fn days(form: &Form) -> Result<Days, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut day = |name: &str, human: &str| {
        let day = form.some(name).and_then(|text| text.parse::<Date>().ok());
        if day.is_none() {
            let description = format!("{human}: expected a date such as 2026-06-29");
            errors.push(FieldError { field: name.to_owned(), code: "InvalidValue", description });
        }
        day.unwrap_or_default()
    };
    let (from, last) = (day("from", "First day"), day("to", "Last day"));
    match last.tomorrow() {
        Ok(to) if errors.is_empty() => Ok(Days { from, to }),
        _ => Err(errors),
    }
}

/// Gives time to somebody.
pub(super) async fn give(visitor: Visitor, Path(slug): Path<String>, form: Form) -> Answer {
    let new = NewOverride {
        holder: form.get("holder").to_owned(),
        from: form.get("from").to_owned(),
        to: form.get("to").to_owned(),
        reason: desk::texts::one_line(form.get("reason"), 255),
    };
    let (ctx, team) = (visitor.ctx.clone(), slug.clone());
    let change = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        desk::rota::give(tx, ctx, &team, &new).map(|_| ())
    };
    let done = visitor.desk.write(ctx, change).await;
    shown(&visitor, &slug, done, Typed { form, errors: Vec::new(), which: "give" }).await
}

/// Asks somebody to take over while somebody is away.
pub(super) async fn ask_cover(visitor: Visitor, Path(slug): Path<String>, form: Form) -> Answer {
    let new = NewOverride {
        holder: form.get("holder").to_owned(),
        from: form.get("from").to_owned(),
        to: form.get("to").to_owned(),
        reason: String::new(),
    };
    let (ctx, team) = (visitor.ctx.clone(), slug.clone());
    let change = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        desk::rota::ask_cover(tx, ctx, &team, &new).map(|_| ())
    };
    let done = visitor.desk.write(ctx, change).await;
    shown(&visitor, &slug, done, Typed { form, errors: Vec::new(), which: "give" }).await
}

/// Asks for a swap.
pub(super) async fn offer(visitor: Visitor, Path(slug): Path<String>, form: Form) -> Answer {
    let (week, _) = week(form.get("week"));
    let (back, with) = week_in_return(&form);
    let done = match (week, back) {
        (Some(week), Some(back)) => {
            let new = NewSwap { week, with, in_return: Some(back) };
            let (ctx, team) = (visitor.ctx.clone(), slug.clone());
            let change = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                desk::rota::offer(tx, ctx, &team, &new).map(|_| ())
            };
            visitor.desk.write(ctx, change).await
        }
        (None, _) => Err(Error::blank("week", "Week")),
        (_, None) => Err(Error::blank("in_return", "In return")),
    };
    shown(&visitor, &slug, done, Typed { form, errors: Vec::new(), which: "swap" }).await
}

/// `2026-06-15 cy@acme.test`: a day of a week, and who has it.
fn week(text: &str) -> (Option<Date>, String) {
    let (day, person) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    (day.parse().ok(), person.to_owned())
}

fn week_in_return(form: &Form) -> (Option<Date>, String) {
    week(form.get("in_return"))
}

/// Accepts, refuses or withdraws a swap.
pub(super) async fn answer(
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let id = ShiftId(id.parse().map_err(|_| Problem::NotFound)?);
    let state: Option<SwapState> = form.get("state").parse().ok();
    let done = match state {
        Some(state) => {
            let (ctx, team) = (visitor.ctx.clone(), slug.clone());
            let change = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                desk::rota::answer(tx, ctx, &team, id, state).map(|_| ())
            };
            visitor.desk.write(ctx, change).await
        }
        None => Err(Error::blank("state", "State")),
    };
    shown(&visitor, &slug, done, Typed { form, errors: Vec::new(), which: "swap" }).await
}

/// The team's page after a change, or with what is wrong.
async fn shown(visitor: &Visitor, slug: &str, done: Result<(), Error>, typed: Typed) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&routes::rota(slug)).into_response()),
        Err(Error::Invalid(errors)) => one(visitor, slug, &Typed { errors, ..typed }).await,
        Err(error) => Err(error.into()),
    }
}
