//! Public questions: anybody reads and searches them, those who answer publish them. (CH-04, COM-03)

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use desk::limits::Limit;
use desk::questions::{self, Answered, Hit, Input, Verdict};
use desk::{Act, Desk, Error, Key, idempotency};
use domain::questions::QuestionState;
use domain::words::Locale;
use domain::{QuestionId, TicketId};
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, Object, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json::time;
use crate::tickets::{idempotency_key, looked_up};

/// How many matches are given, unless fewer are asked for.
const MATCHES: usize = 20;
/// Characters of a question or an answer at most.
const LONGEST: usize = 65_536;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/questions", Act::ReadPublic, list),
        Route::post("/questions", Act::WorkTickets, publish),
        Route::get("/questions/search", Act::ReadPublic, search),
        Route::get("/questions/{id}", Act::ReadPublic, show),
        Route::put("/questions/{id}", Act::WorkTickets, change),
        Route::delete("/questions/{id}", Act::WorkTickets, withdraw),
        Route::put("/questions/{id}/restore", Act::WorkTickets, restore),
        Route::post("/questions/{id}/feedback", Act::JudgePage, judge),
        Route::get("/questions/{id}/feedback", Act::ReadDesk, judged),
        Route::get("/docs_gaps", Act::ReadDesk, gaps),
    ]
}

/// Whether the caller is one of us, who may see where a question comes from.
fn answers(caller: &Caller) -> bool {
    caller.user.as_ref().is_some_and(|user| user.role.answers())
}

fn question(whole: &Answered, base: &str, inside: bool) -> Value {
    let Answered { question, answer } = whole;
    let mut value = json!({
        "id": question.id.0,
        "url": format!("{base}/api/v2/questions/{}.json", question.id),
        "html_url": format!("{base}/questions/{}", question.id),
        "state": question.state.as_str(),
        "title": question.title,
        "details": question.body,
        "html_details": question.html,
        "answer": answer.as_ref().map(|answer| &answer.body),
        "html_answer": answer.as_ref().map(|answer| &answer.html),
        "area": question.area,
        "locale": question.locale.tag(),
        "version": question.version,
        "created_at": time(question.created_at),
        "updated_at": time(question.updated_at),
    });
    if inside {
        value["ticket_id"] = question.ticket.map(|id| id.0).into();
        value["author_id"] = answer.as_ref().map(|answer| answer.author.0).into();
    }
    value
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let paging = Paging::read(&query, &["id", "created_at"])?;
    let inside = answers(&caller);
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut rows = questions::list(tx, ctx, &paging.page)?;
            let count = if paging.wants_count() { Some(questions::count(tx, ctx)?) } else { None };
            let key = |row: &Answered| Key { value: None, id: row.question.id.0 };
            let mut answer = paging.finish(&query, &base, &mut rows, count, key);
            let list = rows.iter().map(|row| question(row, &base, inside));
            answer.insert("questions".to_owned(), list.collect());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

/// What fits a text, the best first: while somebody types, or as a search.
async fn search(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let text = query.get("query").unwrap_or_default().to_owned();
    let most = query.get("per_page").and_then(|most| most.parse().ok()).unwrap_or(MATCHES);
    let locale = query.get("locale").map(Locale::nearest).unwrap_or_default();
    let inside = answers(&caller);
    let base = caller.base;
    let find = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        questions::matching(tx, ctx, &text, locale, most.clamp(1, MATCHES))
    };
    let hits: Vec<Hit> = desk.read(caller.ctx, find).await?;
    let list: Vec<Value> = hits
        .iter()
        .map(|hit| {
            let mut value = question(&hit.answered, &base, inside);
            value["excerpt"] =
                hit.excerpt.parts.iter().map(|part| part.text.as_str()).collect::<String>().into();
            value
        })
        .collect();
    let count = list.len();
    Ok(ok(json!({ "questions": list, "count": count, "next_page": null, "previous_page": null })))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = QuestionId(path_id(&id)?);
    let inside = answers(&caller);
    let base = caller.base;
    let whole = desk.read(caller.ctx, move |tx, ctx| questions::show(tx, ctx, id)).await?;
    if whole.question.state == QuestionState::Withdrawn && !inside {
        return Err(Error::NotFound.into());
    }
    Ok(ok(json!({ "question": question(&whole, &base, inside) })))
}

fn input(object: &mut Object<'_>) -> Input {
    let mut text = |key: &str, most: usize| object.words(key, most).map(Option::unwrap_or_default);
    let (title, body, answer) =
        (text("title", 1000), text("details", LONGEST), text("answer", LONGEST));
    let locale = object.text("locale", 35).flatten();
    let known = locale.as_deref().and_then(Locale::of);
    if locale.is_some() && known.is_none() {
        object.complain("locale", "InvalidValue", "expected en, de, fr, es or ja");
    }
    Input {
        title,
        body,
        answer,
        area: object.text("area", 100).map(|area| area.filter(|area| !area.is_empty())),
        locale: known,
        ticket: object.id("ticket_id").flatten().map(TicketId),
        is_checked: object.flag("checked").flatten().unwrap_or_default(),
    }
}

async fn publish(
    State(desk): State<Desk>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let key = idempotency_key("questions", &headers, &body)?;
    let keyed = key.is_some();
    let mut object = body.object("question")?;
    let input = input(&mut object);
    object.finish()?;
    let base = caller.base;
    let (answer, hit) = desk
        .write(caller.ctx, move |tx, ctx| {
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                let whole = questions::publish(tx, ctx, &input)?;
                Ok(json!({ "question": question(&whole, &base, true) }).to_string())
            })
        })
        .await?;
    let value: Value = serde_json::from_str(&answer).unwrap_or_default();
    let location = value["question"]["url"].as_str().unwrap_or_default().to_owned();
    Ok(looked_up(created(&location, value), keyed, hit))
}

async fn change(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = QuestionId(path_id(&id)?);
    let mut object = body.object("question")?;
    let input = input(&mut object);
    object.finish()?;
    let base = caller.base;
    let whole =
        desk.write(caller.ctx, move |tx, ctx| questions::change(tx, ctx, id, &input)).await?;
    Ok(ok(json!({ "question": question(&whole, &base, true) })))
}

async fn withdraw(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = QuestionId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| questions::withdraw(tx, ctx, id)).await?;
    Ok(no_content())
}

async fn restore(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = QuestionId(path_id(&id)?);
    let base = caller.base;
    let whole = desk.write(caller.ctx, move |tx, ctx| questions::restore(tx, ctx, id)).await?;
    Ok(ok(json!({ "question": question(&whole, &base, true) })))
}

/// Whether the page was useful. Nobody has to say who they are.
async fn judge(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = QuestionId(path_id(&id)?);
    let mut object = body.object("feedback")?;
    let is_useful = object.flag("useful").flatten();
    if is_useful.is_none() {
        object.complain("useful", "BlankValue", "cannot be blank");
    }
    let words = object.words("words", questions::MOST_WORDS).flatten().unwrap_or_default();
    let version = object.id("version").flatten();
    object.finish()?;
    let Some(is_useful) = is_useful else { return Err(Problem::BrokenJson) };
    caller.admit(&desk, Limit::VerdictsFromAddress)?;
    desk.write(caller.ctx, move |tx, ctx| {
        let version = match version {
            Some(version) => version,
            None => questions::show(tx, ctx, id)?.question.version,
        };
        questions::judge(tx, ctx, id, Verdict { version, is_useful, words: &words })
    })
    .await?;
    Ok(no_content())
}

async fn judged(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = QuestionId(path_id(&id)?);
    let (verdicts, remarks) =
        desk.read(caller.ctx, move |tx, ctx| questions::judged(tx, ctx, id)).await?;
    let verdicts: Vec<Value> = verdicts
        .iter()
        .map(|one| json!({ "version": one.version, "useful": one.useful, "useless": one.useless }))
        .collect();
    let remarks: Vec<Value> = remarks
        .iter()
        .map(|one| {
            json!({ "version": one.version, "useful": one.is_useful, "words": one.words, "created_at": time(one.created_at) })
        })
        .collect();
    Ok(ok(json!({ "feedback": { "versions": verdicts, "remarks": remarks } })))
}

/// What readers did not find, page by page, until the page changes. (CH-06)
async fn gaps(State(desk): State<Desk>, caller: Caller) -> Answer {
    let base = caller.base;
    let all = desk.read(caller.ctx, questions::gaps).await?;
    let one = |gap: &questions::Gap| {
        let words: Vec<&String> = gap.remarks.iter().map(|one| &one.words).collect();
        let id = gap.question.id;
        json!({
            "question_id": id.0, "title": gap.question.title, "area": gap.question.area,
            "html_url": format!("{base}/questions/{id}"), "version": gap.verdicts.version,
            "useful": gap.verdicts.useful, "useless": gap.verdicts.useless, "remarks": words,
        })
    };
    let listed: Vec<Value> = all.iter().map(one).collect();
    Ok(ok(json!({ "docs_gaps": listed, "count": listed.len() })))
}
