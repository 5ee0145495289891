//! Who is away: `absences`. (ROT-05)

use axum::extract::{Path, State};
use desk::availability::Absences;
use desk::rota::Days;
use desk::{Act, Desk, Error};
use domain::rota::Absence;
use domain::{ShiftId, UserId};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::routes::Route;
use crate::tickets::json::time;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/absences", Act::ReadDesk, list),
        Route::post("/absences", Act::WorkTickets, create),
        Route::delete("/absences/{id}", Act::WorkTickets, end),
    ]
}

/// Everybody's absences that are not over, in the order in which they begin.
async fn list(State(desk): State<Desk>, caller: Caller) -> Answer {
    let found = desk.read(caller.ctx, desk::availability::list).await?;
    let shown: Vec<Value> = found.all.iter().map(|one| absence(&found, one)).collect();
    Ok(ok(json!({ "absences": shown })))
}

fn absence(found: &Absences, one: &Absence) -> Value {
    let person = found.people.get(&one.person);
    shown(one, person.and_then(|user| user.email.as_deref()))
}

fn shown(one: &Absence, email: Option<&str>) -> Value {
    json!({
        "id": one.id,
        "user_id": one.person,
        "email": email,
        "from": time(one.from),
        "to": one.to.map(time),
    })
}

/// `{"absence": {"from": "2026-06-29", "to": "2026-07-04"}}`: local days, `to` not being one of them; `email` says who,
/// for admins.
async fn create(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let mut sent = body.object("absence")?;
    let mut day = |key: &str| match sent.text(key, 100).flatten() {
        Some(text) if !text.trim().is_empty() => {
            let day = text.trim().parse::<Date>().ok();
            if day.is_none() {
                sent.complain(key, "InvalidValue", "expected a date such as 2026-06-29");
            }
            day
        }
        _ => {
            sent.complain(key, "BlankValue", "cannot be blank");
            None
        }
    };
    let (from, to) = (day("from"), day("to"));
    let email = sent.text("email", 255).flatten().filter(|email| !email.trim().is_empty());
    sent.finish()?;
    let (Some(from), Some(to)) = (from, to) else { return Err(Problem::BrokenJson) };
    let location = format!("{}/api/v2/absences.json", caller.base);
    let made = desk
        .write(caller.ctx, move |tx, ctx| {
            let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
            let person: UserId = match &email {
                Some(email) => {
                    let known = desk::sessions::candidate(tx, email)?;
                    known.map(|user| user.id).ok_or_else(|| {
                        let what = format!("Email: nobody has the address {email}");
                        Error::invalid("email", "InvalidValue", what)
                    })?
                }
                None => me,
            };
            let (absence, _) = desk::rota::absent(tx, ctx, person, Days { from, to })?;
            let user = desk::users::show(tx, ctx, person)?;
            Ok(shown(&absence, user.email.as_deref()))
        })
        .await?;
    Ok(created(&location, json!({ "absence": made })))
}

/// Somebody is back earlier, or not away after all.
async fn end(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = ShiftId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| desk::rota::back(tx, ctx, id).map(|_| ())).await?;
    Ok(no_content())
}
