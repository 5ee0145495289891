//! How requesters found the help: ratings in the API's shape, where four and five are good and the rest is bad. (CS-02)

use axum::extract::{Path, State};
use desk::limits::Limit;
use desk::surveys::{self, Filter, Survey};
use desk::{Act, Desk, Key, KeyValue};
use domain::{Rating, TicketId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, ok};
use crate::body::{Body, Object, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json::time;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/satisfaction_ratings", Act::ReadDesk, list),
        Route::get("/satisfaction_ratings/count", Act::ReadDesk, count),
        Route::get("/satisfaction_ratings/{id}", Act::ReadDesk, show),
        Route::get("/satisfaction_reasons", Act::ReadDesk, reasons),
        Route::get("/satisfaction_reasons/{id}", Act::ReadDesk, no_reason),
        Route::post("/tickets/{id}/satisfaction_rating", Act::OwnRequests, rate),
    ]
}

fn score(survey: &Survey) -> &'static str {
    match survey.rating {
        Some(rating) if rating.is_good() => "good",
        Some(_) => "bad",
        None => "offered",
    }
}

/// Nobody chooses from reasons here: customers say why in their own words, which are the rating's comment.
async fn reasons() -> Answer {
    Ok(ok(json!({ "reasons": [], "count": 0, "next_page": null, "previous_page": null })))
}

async fn no_reason() -> Answer {
    Err(desk::Error::NotFound.into())
}

/// A rating, or that one was asked for.
fn rating(survey: &Survey, base: &str) -> Value {
    json!({
        "id": survey.id,
        "url": format!("{base}/api/v2/satisfaction_ratings/{}.json", survey.id),
        "ticket_id": survey.ticket.0,
        "requester_id": survey.requester.0,
        "assignee_id": survey.assignee.map(|id| id.0),
        "group_id": survey.owners.team.0,
        "score": score(survey),
        "rating": survey.rating.map(Rating::number),
        "comment": survey.comment,
        "reason": null,
        "reason_id": null,
        "created_at": time(survey.created_at),
        "updated_at": time(survey.updated_at),
    })
}

/// What a ticket says about it.
pub(crate) fn of_ticket(survey: Option<&Survey>) -> Value {
    match survey {
        None => json!({ "score": "unoffered" }),
        Some(survey) if survey.rating.is_none() => json!({ "score": "offered" }),
        Some(survey) => json!({
            "id": survey.id,
            "score": score(survey),
            "comment": survey.comment,
            "reason": null,
            "reason_id": null,
        }),
    }
}

fn filter(query: &Query) -> Result<Filter, Problem> {
    let mut filter = Filter {
        from: instant(query, "start_time")?,
        to: instant(query, "end_time")?,
        ..Filter::default()
    };
    let score = query.get("score").unwrap_or_default();
    let (score, commented) = match score.rsplit_once("_with") {
        Some((score, "_comment")) => (score, Some(true)),
        Some((score, "out_comment")) => (score, Some(false)),
        _ => (score, None),
    };
    filter.commented = commented;
    match score {
        "" => {}
        "received" => filter.rated = Some(true),
        "good" | "bad" => filter.good = Some(score == "good"),
        "offered" => filter.rated = Some(false),
        // Whoever was not asked is in no list: nobody speaks without rating.
        "unoffered" => (filter.rated, filter.commented) = (Some(false), Some(true)),
        _ => return Err(Problem::Attribute(format!("score is not valid: {score}"))),
    }
    Ok(filter)
}

/// Unix seconds, also with decimals, or an instant as we write them.
fn instant(query: &Query, name: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let whole = text.split('.').next().unwrap_or(text);
    let seconds = whole.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let read = seconds.or_else(|| text.parse().ok());
    read.map(Some).ok_or_else(|| Problem::Attribute(format!("{name} must be Unix seconds")))
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let filter = filter(&query)?;
    let paging = Paging::read(&query, &["created_at"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut rows = surveys::list(tx, ctx, filter, &paging.page)?;
            let count =
                if paging.wants_count() { Some(surveys::count(tx, ctx, filter)?) } else { None };
            let mut answer = paging.finish(&query, &base, &mut rows, count, |row| Key {
                value: Some(KeyValue::Int(row.created_at.as_microsecond())),
                id: row.id,
            });
            let rows = rows.iter().map(|row| rating(row, &base));
            answer.insert("satisfaction_ratings".to_owned(), rows.collect());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

async fn count(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let filter = filter(&query)?;
    let now = caller.ctx.now;
    let value = desk.read(caller.ctx, move |tx, ctx| surveys::count(tx, ctx, filter)).await?;
    Ok(ok(json!({ "count": { "value": value, "refreshed_at": time(now) } })))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let base = caller.base;
    let found = desk.read(caller.ctx, move |tx, ctx| surveys::show(tx, ctx, id)).await?;
    Ok(ok(json!({ "satisfaction_rating": rating(&found, &base) })))
}

/// The same for the requester: not a word about who worked on it.
fn own_rating(survey: &Survey, base: &str) -> Value {
    let mut value = rating(survey, base);
    for inside in ["assignee_id", "group_id"] {
        value[inside] = Value::Null;
    }
    value
}

/// The requester rates their ticket: from 1 to 5, or good for the best and bad for the worst.
async fn rate(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let mut input = body.object("satisfaction_rating")?;
    let rated = rated(&mut input);
    let comment = input.text("comment", surveys::MOST_WORDS).flatten().unwrap_or_default();
    input.finish()?;
    let Some(rated) = rated else { return Err(Problem::BrokenJson) };
    caller.admit_person(&desk, Limit::ByPerson)?;
    let inside = caller.user.as_ref().is_some_and(|user| user.role.answers());
    let base = caller.base;
    let survey =
        desk.write(caller.ctx, move |tx, ctx| surveys::rate(tx, ctx, id, rated, &comment)).await?;
    let shown = if inside { rating(&survey, &base) } else { own_rating(&survey, &base) };
    Ok(ok(json!({ "satisfaction_rating": shown })))
}

/// What was said: `rating` on our scale, else `score` on the API's.
fn rated(input: &mut Object<'_>) -> Option<Rating> {
    if let Some(rating) = input.word::<Rating>("rating").flatten() {
        return Some(rating);
    }
    match input.text("score", 40).flatten().as_deref() {
        Some("good" | "good_with_comment") => Some(Rating::BEST),
        Some("bad" | "bad_with_comment") => Some(Rating::WORST),
        Some(_) => {
            input.complain("score", "InvalidValue", "expected good or bad");
            None
        }
        None => {
            input.complain("score", "BlankValue", "cannot be blank");
            None
        }
    }
}
