//! Ticket forms: there is one, and it holds every active ticket field.

use axum::extract::{Path, State};
use desk::{Act, Desk, Error};
use serde_json::{Value, json as object};

use super::{json, whole};
use crate::answers::{Answer, ok};
use crate::body::{id_list, path_id};
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/ticket_forms", Act::OwnRequests, list),
        Route::get("/ticket_forms/show_many", Act::OwnRequests, show_many),
        Route::get("/ticket_forms/{id}", Act::OwnRequests, show),
    ]
}

async fn form(desk: &Desk, caller: Caller) -> Result<Value, Error> {
    let fields = desk.read(caller.ctx, |tx, ctx| desk::fields::list(tx, ctx, "ticket")).await?;
    Ok(json::form(&fields, &caller.base))
}

async fn list(State(desk): State<Desk>, caller: Caller) -> Answer {
    let mut answer = whole(1);
    answer.insert("ticket_forms".to_owned(), vec![form(&desk, caller).await?].into());
    Ok(ok(answer))
}

async fn show_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let is_asked = id_list(query.get("ids").unwrap_or_default())?.contains(&1);
    let forms: Vec<Value> = if is_asked { vec![form(&desk, caller).await?] } else { Vec::new() };
    let mut answer = whole(i64::from(is_asked));
    answer.insert("ticket_forms".to_owned(), forms.into());
    Ok(ok(answer))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    if path_id(&id)? != 1 {
        return Err(Error::NotFound.into());
    }
    Ok(ok(object!({ "ticket_form": form(&desk, caller).await? })))
}
