//! The customer's side of a ticket.

mod create;
mod json;
mod lists;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use desk::limits::Limit;
use desk::tickets::{Listed, Reply, Update};
use desk::{Act, Ctx, Desk, Error, Key, Tx, idempotency};
use domain::{Cause, CommentId, Rating, Status, TicketId};
use serde_json::{Value, json};

use self::json::{Sees, request};
use crate::answers::{Answer, created, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::sideloads;
use crate::tickets::json as shape;
use crate::tickets::{idempotency_key, input, looked_up};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/requests", Act::OpenRequest, create::create),
        Route::post("/requests/sign_in", Act::OwnRequests, sign_in),
        Route::get("/requests", Act::OwnRequests, lists::all),
        Route::get("/requests/open", Act::OwnRequests, lists::open),
        Route::get("/requests/solved", Act::OwnRequests, lists::solved),
        Route::get("/requests/ccd", Act::OwnRequests, lists::copied),
        Route::get("/requests/search", Act::OwnRequests, lists::search),
        Route::get("/users/{id}/requests", Act::ReadDesk, lists::of_user),
        Route::get("/organizations/{id}/requests", Act::ReadDesk, lists::of_organization),
        Route::get("/requests/{id}", Act::OwnRequests, show),
        Route::put("/requests/{id}", Act::OwnRequests, update),
        Route::get("/requests/{id}/comments", Act::OwnRequests, comments),
        Route::get("/requests/{id}/comments/{comment}", Act::OwnRequests, comment),
    ]
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let sees = Sees::of(&caller);
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let stored = desk::tickets::show_own(tx, ctx, id)?;
            let listed = desk::tickets::whole(tx, stored)?;
            let fields = shape::custom_fields(tx)?;
            let mut value = request(&listed, &fields, &base, sees);
            value["last_reply_at"] = last_reply(tx, ctx, id)?;
            value["satisfaction"] = satisfaction(ctx, &listed);
            Ok(json!({ "request": value }))
        })
        .await?;
    Ok(ok(answer))
}

/// When somebody else last said something in public.
fn last_reply(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Value, Error> {
    let last = desk::tickets::answered_at(tx, ctx, &[id])?.pop();
    Ok(last.map(|(_, at)| shape::time(at)).into())
}

/// How it stands to being rated by whoever looks at it; null if there is nothing to rate.
fn satisfaction(ctx: &Ctx, listed: &Listed) -> Value {
    let Some(own) = desk::surveys::own(ctx, &listed.stored, listed.survey.as_ref()) else {
        return Value::Null;
    };
    json!({
        "rating": own.rating.map(Rating::number),
        "comment": own.words,
        "changeable_until": own.until.map(shape::time),
        "settled": own.is_settled,
    })
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    caller.admit_person(&desk, Limit::ByPerson)?;
    let key = idempotency_key("own-request", &headers, &body)?.map(|key| key.of(&id.to_string()));
    let keyed = key.is_some();
    let mut input = body.object("request")?;
    let comment = input::comment(&mut input, true);
    let is_solved = input.flag("solved").flatten().unwrap_or_default();
    let fields = desk.read(caller.ctx.clone(), |tx, _| shape::custom_fields(tx)).await?;
    let custom = input::custom(&mut input, &fields, input::Choices::Dropped);
    input.finish()?;
    let author = caller.ctx.actor.user();
    let files = comment.as_ref().map(|comment| comment.files.clone()).unwrap_or_default();
    let change = Update {
        files,
        comment: comment.map(|comment| Reply {
            body: comment.body,
            public: Some(true),
            author,
            details: None,
        }),
        status: is_solved.then_some(Status::Solved),
        cause: is_solved.then_some(Cause::Confirmed),
        // A customer may say how bad it is, and it moves up. (PR-04)
        severity: custom.severity,
        area: custom.area,
        kind: custom.kind,
        ..Update::default()
    };
    let sees = Sees::of(&caller);
    let base = caller.base;
    let (answer, hit) = desk
        .write(caller.ctx, move |tx, ctx| {
            idempotency::once(tx, ctx, key.as_ref(), |tx| {
                desk::tickets::show_own(tx, ctx, id)?;
                let done = desk::tickets::update(tx, ctx, id, &change)?;
                let listed = desk::tickets::whole(tx, done.stored)?;
                let fields = shape::custom_fields(tx)?;
                let mut value = request(&listed, &fields, &base, sees);
                value["last_reply_at"] = last_reply(tx, ctx, id)?;
                value["satisfaction"] = satisfaction(ctx, &listed);
                Ok(json!({ "request": value }).to_string())
            })
        })
        .await?;
    let value: Value = serde_json::from_str(&answer).unwrap_or_default();
    Ok(looked_up(ok(value), keyed, hit))
}

/// One public comment of one's own request.
async fn comment(
    State(desk): State<Desk>,
    caller: Caller,
    Path((id, comment)): Path<(String, String)>,
) -> Answer {
    let (id, comment) = (TicketId(path_id(&id)?), CommentId(path_id(&comment)?));
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| -> Result<_, Error> {
            let found = desk::tickets::own_comment(tx, ctx, id, comment)?;
            let mut value = shape::comment(&found, &base, false);
            value["request_id"] = id.0.into();
            Ok(json!({ "comment": value }))
        })
        .await?;
    Ok(ok(answer))
}

/// A link to one's own requests as pages, opened at once: how the app leads its user there.
async fn sign_in(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    caller.admit_person(&desk, Limit::LinksTo)?;
    let ticket = body.value.get("request_id").and_then(Value::as_i64).map(TicketId);
    let base = caller.base;
    let answer = desk
        .write(caller.ctx, move |tx, ctx| {
            let (path, expires_at) = desk::customers::open_link(tx, ctx, ticket)?;
            let url = format!("{base}{path}");
            Ok(json!({ "sign_in": { "url": url, "expires_at": shape::time(expires_at) } }))
        })
        .await?;
    let location = answer["sign_in"]["url"].as_str().unwrap_or_default().to_owned();
    Ok(created(&location, answer))
}

async fn comments(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = TicketId(path_id(&id)?);
    let paging = Paging::read(&query, &["created_at"])?;
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| -> Result<_, Error> {
            let mut rows = desk::tickets::own_comments(tx, ctx, id, &paging.page)?;
            let count = if paging.wants_count() {
                Some(desk::tickets::count_own_comments(tx, ctx, id)?)
            } else {
                None
            };
            let mut answer = paging
                .finish(&query, &base, &mut rows, count, |row| Key { value: None, id: row.id.0 });
            if query.includes("users") {
                let authors: Vec<_> = rows.iter().map(|row| row.author).collect();
                answer.insert("users".to_owned(), sideloads::people(tx, &authors)?);
            }
            let inline = query.get("include_inline_images") == Some("true");
            let list = rows.iter().map(|row| {
                let mut value = shape::comment(row, &base, inline);
                value["request_id"] = id.0.into();
                value
            });
            answer.insert("comments".to_owned(), list.collect());
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}
