//! The promises and the hours of the handbook, for programs that read them: `slas/policies` and
//! `business_hours/schedules`. They are changed in the handbook alone. (SLA-01 to SLA-08)

use axum::extract::{Path, State};
use desk::{Act, Desk, Error};
use domain::Team;
use handbook::{Amount, Calendar, Handbook, Level, Range, Target};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, ok};
use crate::body::path_id;
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;
use crate::tickets::json::time;

/// The schedule of everybody without hours of their own; that of a team has the number after the team's.
const COMPANY: i64 = 1;

pub(crate) fn routes() -> Vec<Route> {
    let read = Act::ReadDesk;
    let write = Act::Configure;
    vec![
        Route::get("/slas/policies", read, policies),
        Route::post("/slas/policies", write, targets_are_in_the_handbook),
        Route::get("/slas/policies/definitions", read, definitions),
        Route::put("/slas/policies/reorder", write, targets_are_in_the_handbook),
        Route::get("/slas/policies/{id}", read, policy),
        Route::put("/slas/policies/{id}", write, targets_are_in_the_handbook),
        Route::delete("/slas/policies/{id}", write, targets_are_in_the_handbook),
        Route::get("/business_hours/schedules", read, schedules),
        Route::post("/business_hours/schedules", write, hours_are_in_the_handbook),
        Route::get("/business_hours/schedules/{id}", read, schedule),
        Route::put("/business_hours/schedules/{id}", write, hours_are_in_the_handbook),
        Route::delete("/business_hours/schedules/{id}", write, hours_are_in_the_handbook),
        Route::put("/business_hours/schedules/{id}/workweek", write, hours_are_in_the_handbook),
        Route::get("/business_hours/schedules/{id}/holidays", read, holidays),
        Route::post("/business_hours/schedules/{id}/holidays", write, hours_are_in_the_handbook),
        Route::get("/business_hours/schedules/{id}/holidays/{holiday}", read, holiday),
        Route::put(
            "/business_hours/schedules/{id}/holidays/{holiday}",
            write,
            hours_are_in_the_handbook,
        ),
        Route::delete(
            "/business_hours/schedules/{id}/holidays/{holiday}",
            write,
            hours_are_in_the_handbook,
        ),
    ]
}

async fn targets_are_in_the_handbook() -> Answer {
    Err(Problem::Forbidden("Response targets are in the handbook and are changed there".to_owned()))
}

async fn hours_are_in_the_handbook() -> Answer {
    Err(Problem::Forbidden(
        "Hours and holidays are in the handbook and are changed there".to_owned(),
    ))
}

async fn policies(State(desk): State<Desk>, caller: Caller) -> Answer {
    let all = all_policies(&desk, caller).await?;
    Ok(ok(json!({
        "count": all.len(),
        "sla_policies": all,
        "next_page": null,
        "previous_page": null,
    })))
}

async fn policy(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let mut all = all_policies(&desk, caller).await?;
    let place = all.iter().position(|one| one["id"] == id).ok_or(Error::NotFound)?;
    Ok(ok(json!({ "sla_policy": all.swap_remove(place) })))
}

/// What a filter of a policy may say; ours say only whether it is escalated.
async fn definitions() -> Answer {
    let escalated = json!({
        "title": "Escalated",
        "value": "is_escalated",
        "operators": [{ "title": "Is", "value": "is" }],
        "values": [{ "title": "Yes", "value": "true" }, { "title": "No", "value": "false" }],
    });
    Ok(ok(json!({ "definitions": { "all": [escalated], "any": [] } })))
}

/// Escalated tickets first, for the first policy that fits is the one that counts.
async fn all_policies(desk: &Desk, caller: Caller) -> Result<Vec<Value>, Problem> {
    let book = caller.ctx.handbook.clone();
    let base = caller.base.clone();
    let since = desk.read(caller.ctx, desk::policy::since).await?;
    let escalated = |level: Level| book.priority(level).escalated.clone();
    let first = |level: Level| book.priority(level).first_reply.clone();
    let next = |level: Level| book.next_reply(level);
    let of_escalated = metrics(&book, "next_reply_time", escalated);
    let mut of_all = metrics(&book, "first_reply_time", first);
    of_all.extend(metrics(&book, "next_reply_time", next));
    let one = |id: i64, title: &str, filter: Value, metrics: Vec<Value>| {
        json!({
            "id": id,
            "url": format!("{base}/api/v2/slas/policies/{id}.json"),
            "title": title,
            "description": "From the handbook",
            "position": id,
            "filter": filter,
            "policy_metrics": metrics,
            "created_at": time(since),
            "updated_at": time(since),
        })
    };
    let is_escalated = json!({ "field": "is_escalated", "operator": "is", "value": "true" });
    Ok(vec![
        one(1, "Escalated", json!({ "all": [is_escalated], "any": [] }), of_escalated),
        one(2, "Replies", json!({ "all": [], "any": [] }), of_all),
    ])
}

/// The targets of every level that promises something; a business day is a whole day of minutes.
fn metrics(book: &Handbook, metric: &str, target: impl Fn(Level) -> Option<Target>) -> Vec<Value> {
    let levels = book.priorities.iter().map(|priority| priority.level);
    let promised = levels.filter_map(|level| Some((level, target(level)?)));
    promised
        .map(|(level, target)| {
            let seconds = match target.amount {
                Amount::OpenSeconds(seconds) => seconds,
                Amount::BusinessDays(days) => i64::from(days) * 24 * 60 * 60,
            };
            json!({
                "priority": level.as_str(),
                "metric": metric,
                "target": seconds / 60,
                "target_in_seconds": seconds,
                "business_hours": true,
            })
        })
        .collect()
}

/// A calendar of the handbook.
struct Schedule {
    id: i64,
    name: String,
    calendar: Calendar,
    since: Timestamp,
}

async fn all_schedules(desk: &Desk, caller: Caller) -> Result<Vec<Schedule>, Problem> {
    let book = caller.ctx.handbook.clone();
    let read = |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        Ok((desk::policy::since(tx, ctx)?, desk::teams::list(tx, ctx)?))
    };
    let (since, teams) = desk.read(caller.ctx, read).await?;
    let company = Schedule {
        id: COMPANY,
        name: book.company.name.clone(),
        calendar: book.company_calendar().clone(),
        since,
    };
    let of_team = |team: Team| {
        let calendar = book.calendar(team.slug.as_deref()?).clone();
        Some(Schedule { id: COMPANY + team.id.0, name: team.name, calendar, since })
    };
    Ok(std::iter::once(company).chain(teams.into_iter().filter_map(of_team)).collect())
}

async fn one_schedule(desk: &Desk, caller: Caller, id: &str) -> Result<Schedule, Problem> {
    let id = path_id(id)?;
    let all = all_schedules(desk, caller).await?;
    Ok(all.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)?)
}

async fn schedules(State(desk): State<Desk>, caller: Caller) -> Answer {
    let all = all_schedules(&desk, caller).await?;
    let shown: Vec<Value> = all.iter().map(shown).collect();
    Ok(ok(json!({
        "count": shown.len(),
        "schedules": shown,
        "next_page": null,
        "previous_page": null,
    })))
}

async fn schedule(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let one = one_schedule(&desk, caller, &id).await?;
    Ok(ok(json!({ "schedule": shown(&one) })))
}

fn shown(one: &Schedule) -> Value {
    json!({
        "id": one.id,
        "name": one.name,
        "time_zone": one.calendar.zone_name(),
        "intervals": intervals(&one.calendar),
        "created_at": time(one.since),
        "updated_at": time(one.since),
    })
}

/// The open hours of a week, in minutes since Sunday at midnight, in order and none across midnight.
fn intervals(calendar: &Calendar) -> Vec<Value> {
    const DAY: i64 = 24 * 60;
    let minute = |range: &Range| {
        let of = |time: jiff::civil::Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        (of(range.from), range.to.map_or(DAY, of))
    };
    let hours: Vec<(i64, i64)> = match calendar.ranges() {
        [] => vec![(0, DAY)],
        ranges => ranges.iter().map(minute).collect(),
    };
    let days = calendar.days();
    let [.., sunday] = days;
    let week = [sunday].into_iter().chain(days.into_iter().take(6));
    (0..)
        .zip(week)
        .filter(|(_, is_open)| *is_open)
        .flat_map(|(day, _)| {
            hours.iter().map(move |(from, to)| {
                json!({ "start_time": day * DAY + from, "end_time": day * DAY + to })
            })
        })
        .collect()
}

/// `start_date` and `end_date` narrow it to the days between them, both included.
async fn holidays(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let from = day(&query, "start_date")?.unwrap_or(Date::MIN);
    let to = day(&query, "end_date")?.unwrap_or(Date::MAX);
    let one = one_schedule(&desk, caller, &id).await?;
    let days = one.calendar.holidays().iter().filter(|day| (from..=to).contains(*day));
    let shown: Vec<Value> = days.map(|day| closed(*day)).collect();
    Ok(ok(json!({
        "count": shown.len(),
        "holidays": shown,
        "next_page": null,
        "previous_page": null,
    })))
}

async fn holiday(
    State(desk): State<Desk>,
    caller: Caller,
    Path((id, holiday)): Path<(String, String)>,
) -> Answer {
    let holiday = path_id(&holiday)?;
    let one = one_schedule(&desk, caller, &id).await?;
    let mut days = one.calendar.holidays().iter();
    let day = days.find(|day| number(**day) == holiday).ok_or(Error::NotFound)?;
    Ok(ok(json!({ "holiday": closed(*day) })))
}

fn day(query: &Query, name: &str) -> Result<Option<Date>, Problem> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let day = text.parse::<Date>().map_err(|_| {
        let what = format!("{name}: expected a date such as 2026-12-25");
        Error::invalid("base", "InvalidValue", what)
    })?;
    Ok(Some(day))
}

/// A day the handbook names; it has no name there, and its number is its date.
fn closed(day: Date) -> Value {
    json!({
        "id": number(day),
        "name": day.to_string(),
        "start_date": day.to_string(),
        "end_date": day.to_string(),
    })
}

fn number(day: Date) -> i64 {
    (i64::from(day.year()) * 100 + i64::from(day.month())) * 100 + i64::from(day.day())
}
