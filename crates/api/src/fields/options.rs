//! The choices of a drop-down, one at a time.

use axum::extract::{Path, State};
use desk::{Act, Desk, Key};
use domain::{FieldId, FieldOption};
use serde_json::json as object;

use super::{Owner, input, json};
use crate::answers::{Answer, created, no_content, ok};
use crate::body::{Body, path_id};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/ticket_fields/{id}/options", Act::OwnRequests, list),
        Route::post("/ticket_fields/{id}/options", Act::Configure, set),
        Route::get("/ticket_fields/{id}/options/{option}", Act::OwnRequests, show),
        Route::delete("/ticket_fields/{id}/options/{option}", Act::Configure, delete),
        Route::get("/user_fields/{id}/options", Act::ReadDesk, list),
        Route::post("/user_fields/{id}/options", Act::Configure, set),
        Route::get("/user_fields/{id}/options/{option}", Act::ReadDesk, show),
        Route::delete("/user_fields/{id}/options/{option}", Act::Configure, delete),
        Route::get("/organization_fields/{id}/options", Act::ReadDesk, list),
        Route::post("/organization_fields/{id}/options", Act::Configure, set),
        Route::get("/organization_fields/{id}/options/{option}", Act::ReadDesk, show),
        Route::delete("/organization_fields/{id}/options/{option}", Act::Configure, delete),
    ]
}

async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    owner: Owner,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let id = FieldId(path_id(&id)?);
    let field =
        desk.read(caller.ctx, move |tx, ctx| desk::fields::show(tx, ctx, owner.word, id)).await?;
    let paging = Paging::read(&query, &["id"])?;
    let count = i64::try_from(field.options.len()).unwrap_or(i64::MAX);
    let mut rows = crate::paging::part(&paging.page, field.options, |option| (0, option.id));
    let key = |option: &FieldOption| Key { value: None, id: option.id };
    let mut answer = paging.finish(&query, &caller.base, &mut rows, Some(count), key);
    answer.insert("custom_field_options".to_owned(), rows.iter().map(json::option).collect());
    Ok(ok(answer))
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    owner: Owner,
    Path((id, option)): Path<(String, String)>,
) -> Answer {
    let (id, option) = (FieldId(path_id(&id)?), path_id(&option)?);
    let field =
        desk.read(caller.ctx, move |tx, ctx| desk::fields::show(tx, ctx, owner.word, id)).await?;
    let found = field.options.iter().find(|one| one.id == option).ok_or(desk::Error::NotFound)?;
    Ok(ok(object!({ "custom_field_option": json::option(found) })))
}

async fn set(
    State(desk): State<Desk>,
    caller: Caller,
    owner: Owner,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = FieldId(path_id(&id)?);
    let input = input::option(body.object("custom_field_option")?)?;
    let (option, is_new) = desk
        .write(caller.ctx, move |tx, ctx| desk::fields::set_option(tx, ctx, owner.word, id, &input))
        .await?;
    let answer = object!({ "custom_field_option": json::option(&option) });
    let location = format!("{}/api/v2/{}/{id}/options/{}.json", caller.base, owner.list, option.id);
    Ok(if is_new { created(&location, answer) } else { ok(answer) })
}

async fn delete(
    State(desk): State<Desk>,
    caller: Caller,
    owner: Owner,
    Path((id, option)): Path<(String, String)>,
) -> Answer {
    let (id, option) = (FieldId(path_id(&id)?), path_id(&option)?);
    desk.write(caller.ctx, move |tx, ctx| {
        desk::fields::delete_option(tx, ctx, owner.word, id, option)
    })
    .await?;
    Ok(no_content())
}
