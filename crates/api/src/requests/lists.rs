//! Lists of one's own requests, and looking for one of them. (zendesk-api 18)

use axum::extract::{Path, State};
use desk::tickets::{Filter, Listed, Order, Own};
use desk::{Desk, Error, Key};
use domain::{OrganizationId, Status, UserId};
use serde_json::{Value, json};

use super::json::{Sees, request};
use crate::answers::{Answer, Problem, ok};
use crate::body::path_id;
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::tickets::json as shape;

pub(super) async fn all(state: State<Desk>, caller: Caller, query: Query) -> Answer {
    let own = Own::asked(&statuses(&query)?);
    page(state, caller, query, own).await
}

pub(super) async fn open(state: State<Desk>, caller: Caller, query: Query) -> Answer {
    let statuses = [Status::New, Status::Open, Status::Pending, Status::Hold];
    page(state, caller, query, Own::asked(&statuses)).await
}

pub(super) async fn solved(state: State<Desk>, caller: Caller, query: Query) -> Answer {
    page(state, caller, query, Own::asked(&[Status::Solved, Status::Closed])).await
}

/// Those one is copied in on.
pub(super) async fn copied(state: State<Desk>, caller: Caller, query: Query) -> Answer {
    let own = Own { is_copied: true, ..Own::asked(&statuses(&query)?) };
    page(state, caller, query, own).await
}

/// The statuses asked for; none is any.
fn statuses(query: &Query) -> Result<Vec<Status>, Problem> {
    let words = query.get("status").unwrap_or_default().split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse::<Status>().map_err(|error| Problem::Attribute(format!("status: {error}")))
        })
        .collect()
}

async fn page(State(desk): State<Desk>, caller: Caller, query: Query, own: Own) -> Answer {
    let paging = Paging::read(&query, &["id", "created_at"])?;
    let sees = Sees::of(&caller);
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut rows = desk::tickets::own(tx, ctx, &own, &paging.page)?;
            let count = if paging.wants_count() {
                Some(desk::tickets::count_own(tx, ctx, &own)?)
            } else {
                None
            };
            let key = |row: &Listed| Key { value: None, id: row.stored.ticket.id.0 };
            let mut answer = paging.finish(&query, &base, &mut rows, count, key);
            answer.insert("requests".to_owned(), shown(tx, ctx, &rows, &base, sees)?);
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

/// Somebody's requests, for those who answer.
pub(super) async fn of_user(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let requester = Some(UserId(path_id(&id)?));
    others(desk, caller, query, Filter { requester, ..Filter::default() }).await
}

/// An organization's requests, for those who answer.
pub(super) async fn of_organization(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let organization = Some(OrganizationId(path_id(&id)?));
    others(desk, caller, query, Filter { organization, ..Filter::default() }).await
}

async fn others(desk: Desk, caller: Caller, query: Query, filter: Filter) -> Answer {
    let paging = Paging::read(&query, &["id", "created_at"])?;
    let filter = Filter { public: true, statuses: statuses(&query)?, ..filter };
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let mut rows = desk::tickets::list(tx, ctx, &filter, Order::Id, &paging.page)?;
            let count = if paging.wants_count() {
                Some(desk::tickets::count_all(tx, ctx, &filter)?)
            } else {
                None
            };
            let key = |row: &Listed| Key { value: None, id: row.stored.ticket.id.0 };
            let mut answer = paging.finish(&query, &base, &mut rows, count, key);
            answer.insert("requests".to_owned(), shown(tx, ctx, &rows, &base, Sees::Everything)?);
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

/// Words in what one may read of one's own requests; `status`, `organization_id` and `cc_id` beside them.
pub(super) async fn search(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let paging = Paging::read(&query, &[])?;
    let (offset, size) = paging.window_of();
    let text = query.get("query").unwrap_or_default().to_owned();
    let me = caller.ctx.actor.user();
    let id = |name: &str| match query.get(name).map(str::parse::<i64>) {
        None => Ok(None),
        Some(Ok(id)) => Ok(Some(id)),
        Some(Err(_)) => Err(Problem::Attribute(format!("{name} must be a number"))),
    };
    let copied = id("cc_id")?;
    let own = Own {
        is_copied: copied.is_some(),
        organization: id("organization_id")?.map(OrganizationId),
        ..Own::asked(&statuses(&query)?)
    };
    // One is copied in oneself, or sees nothing of it.
    let is_other = copied.is_some_and(|id| me.is_none_or(|me| me.0 != id));
    let sees = Sees::of(&caller);
    let base = caller.base;
    let answer = desk
        .read(caller.ctx, move |tx, ctx| {
            let found = if is_other {
                Vec::new()
            } else {
                desk::tickets::search_own(tx, ctx, &text, &own)?
            };
            let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
            // One more than the page has says whether there is another.
            let mut rows: Vec<Listed> = found.into_iter().skip(offset).take(size + 1).collect();
            let key = |_: &Listed| Key { value: None, id: 0 };
            let mut answer = paging.finish(&query, &base, &mut rows, Some(count), key);
            answer.insert("requests".to_owned(), shown(tx, ctx, &rows, &base, sees)?);
            Ok(answer)
        })
        .await?;
    Ok(ok(answer))
}

/// Requests as their customer sees them, each with when it was last answered.
fn shown(
    tx: &mut desk::Tx<'_>,
    ctx: &desk::Ctx,
    rows: &[Listed],
    base: &str,
    sees: Sees,
) -> Result<Value, Error> {
    let fields = shape::custom_fields(tx)?;
    let ids: Vec<_> = rows.iter().map(|row| row.stored.ticket.id).collect();
    let answered = desk::tickets::answered_at(tx, ctx, &ids)?;
    let one = |row: &Listed| {
        let mut value = request(row, &fields, base, sees);
        let last = answered.iter().find(|(id, _)| *id == row.stored.ticket.id);
        value["last_reply_at"] = json!(last.map(|(_, at)| shape::time(*at)));
        value
    };
    Ok(rows.iter().map(one).collect())
}
