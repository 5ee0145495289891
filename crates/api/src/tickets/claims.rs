//! A link that gives a moved conversation to whoever proves an address. (CH-02)

use axum::extract::{Path, State};
use desk::{Act, Desk};
use domain::TicketId;
use serde_json::json;

use super::json::time;
use crate::answers::{Answer, created};
use crate::body::path_id;
use crate::caller::Caller;
use crate::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::post("/tickets/{id}/claim", Act::WorkTickets, create)]
}

/// The link is good for fourteen days and once. It is shown here only.
async fn create(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = TicketId(path_id(&id)?);
    let base = caller.base;
    let (path, expires_at) =
        desk.write(caller.ctx, move |tx, ctx| desk::customers::claim_link(tx, ctx, id)).await?;
    let url = format!("{base}{path}");
    let claim =
        json!({ "claim": { "url": url, "ticket_id": id.0, "expires_at": time(expires_at) } });
    Ok(created(&url, claim))
}
