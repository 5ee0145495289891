//! The search in the API: `search`, `search/count`, `search/export`. (zendesk-api 19)

use axum::extract::State;
use desk::search::{Item, PAGED};
use desk::{Act, Desk, Error, Tx};
use domain::UserId;
use domain::conditions::{Misread, Order, OrderBy, Sort, Why};
use serde_json::{Map, Value, json};

use crate::answers::{Answer, Problem, ok};
use crate::caller::Caller;
use crate::paging::{Paging, Query};
use crate::routes::Route;
use crate::tickets::json as shape;
use crate::{groups, organizations, sideloads, users};

/// Things of a page of an export at most.
const EXPORTED: i64 = 1_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/search", Act::ReadDesk, find),
        Route::get("/search/count", Act::ReadDesk, count),
        Route::get("/search/export", Act::ReadDesk, export),
    ]
}

/// What is not understood is told by name. A property that nothing has is no error: it is found nowhere.
fn understood(misread: &[Misread]) -> Result<(), Problem> {
    match misread.iter().find(|one| one.why != Why::NoSuchProperty) {
        None => Ok(()),
        Some(one) => Err(Problem::Unreadable(format!("Invalid search: {one}"))),
    }
}

/// The order asked for beside the query, if one is.
fn order(query: &Query) -> Option<Order> {
    let by = match query.get("sort_by")? {
        "updated_at" => OrderBy::Updated,
        "created_at" => OrderBy::Created,
        "priority" => OrderBy::Priority,
        "status" => OrderBy::Status,
        "ticket_type" => OrderBy::Type,
        _ => return None,
    };
    Some(Order { by, is_rising: query.get("sort_order") == Some("asc") })
}

async fn find(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let paging = Paging::read(&query, &[])?;
    let (offset, size) = paging.window_of();
    if offset >= PAGED {
        let text = format!(
            "Invalid search: requested response size was greater than Search Response Limits ({PAGED})"
        );
        return Err(Problem::Unreadable(text));
    }
    let text = query.get("query").unwrap_or_default().to_owned();
    let order = order(&query);
    let base = caller.base.clone();
    let (answer, misread) = desk
        .read(caller.ctx, move |tx, ctx| {
            // One more than the page has says whether there is another.
            let window = (offset, size + 1);
            let found = desk::search::find(tx, ctx, &text, (&[], order), window)?;
            let mut items = found.items;
            let key = |_: &Item| desk::Key { value: None, id: 0 };
            let mut answer = paging.finish(&query, &base, &mut items, Some(found.count), key);
            if offset + items.len() >= found.paged {
                answer.insert("next_page".to_owned(), Value::Null);
            }
            answer.insert("facets".to_owned(), Value::Null);
            answer.insert("results".to_owned(), results(tx, &items, &base)?);
            beside(tx, &query, &items, &base, &mut answer)?;
            Ok((answer, found.misread))
        })
        .await?;
    understood(&misread)?;
    Ok(ok(answer))
}

async fn count(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let text = query.get("query").unwrap_or_default().to_owned();
    let found = desk
        .read(caller.ctx, move |tx, ctx| desk::search::find(tx, ctx, &text, (&[], None), (0, 0)))
        .await?;
    understood(&found.misread)?;
    Ok(ok(json!({ "count": found.count })))
}

async fn export(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let sort = match query.get("filter[type]") {
        None | Some("ticket") => Sort::Ticket,
        Some("user") => Sort::User,
        Some("organization") => Sort::Organization,
        Some("group") => Sort::Group,
        Some(other) => {
            let text =
                format!("filter[type] must be ticket, user, organization or group, got {other:?}");
            return Err(Problem::Attribute(text));
        }
    };
    let paging = Paging::read_export(&query, EXPORTED)?;
    let before = paging.after_id();
    let size = paging.window_of().1;
    let text = query.get("query").unwrap_or_default().to_owned();
    let base = caller.base.clone();
    let (answer, misread) = desk
        .read(caller.ctx, move |tx, ctx| {
            let (mut items, misread) =
                desk::search::export(tx, ctx, &text, sort, (before, size + 1))?;
            let key = |item: &Item| desk::Key { value: None, id: id(item) };
            let mut answer = paging.finish(&query, &base, &mut items, None, key);
            answer.insert("facets".to_owned(), Value::Null);
            answer.insert("results".to_owned(), results(tx, &items, &base)?);
            Ok((answer, misread))
        })
        .await?;
    understood(&misread)?;
    Ok(ok(answer))
}

fn id(item: &Item) -> i64 {
    match item {
        Item::Ticket(listed) => listed.stored.ticket.id.0,
        Item::User(user) => user.id.0,
        Item::Organization(one) => one.id.0,
        Item::Group(team) => team.id.0,
    }
}

/// Each thing in its own shape, with the sort it is of.
fn results(tx: &mut Tx<'_>, items: &[Item], base: &str) -> Result<Value, Error> {
    let fields = shape::custom_fields(tx)?;
    let one = |item: &Item| {
        let (mut value, sort) = match item {
            Item::Ticket(listed) => {
                let ticket = shape::ticket(listed, &fields, base);
                (serde_json::to_value(ticket).unwrap_or_default(), Sort::Ticket)
            }
            Item::User(user) => (users::json(user, base), Sort::User),
            Item::Organization(one) => (organizations::json(one, base), Sort::Organization),
            Item::Group(team) => (groups::json(team, base), Sort::Group),
        };
        value["result_type"] = sort.as_str().into();
        value
    };
    Ok(items.iter().map(one).collect())
}

/// What `include=tickets(users,organizations)` asks for beside the results.
fn beside(
    tx: &mut Tx<'_>,
    query: &Query,
    items: &[Item],
    base: &str,
    answer: &mut Map<String, Value>,
) -> Result<(), Error> {
    let wanted = query.get("include").unwrap_or_default();
    let names = |of: &str| -> Vec<&str> {
        let inside =
            wanted.split_once(&format!("{of}(")).and_then(|(_, rest)| rest.split_once(')'));
        inside.map_or(Vec::new(), |(names, _)| names.split(',').map(str::trim).collect())
    };
    let tickets = items.iter().filter_map(|item| match item {
        Item::Ticket(listed) => Some(&listed.stored),
        _ => None,
    });
    sideloads::named(tx, &names("tickets"), base, tickets, answer)?;
    if names("users").contains(&"organizations") && !answer.contains_key("organizations") {
        let ids = items.iter().filter_map(|item| match item {
            Item::User(user) => user.organization,
            _ => None,
        });
        let ids: Vec<_> = ids.collect();
        let found = desk::tickets::beside::organizations(tx, &ids)?;
        let list = found.iter().map(|one| organizations::json(one, base)).collect();
        answer.insert("organizations".to_owned(), list);
    }
    if names("users").contains(&"groups") && !answer.contains_key("groups") {
        let ids = items.iter().filter_map(|item| match item {
            Item::User(user) => Some(user.id),
            _ => None,
        });
        let ids: Vec<UserId> = ids.collect();
        let teams = desk::tickets::beside::teams_of(tx, &ids)?;
        answer.insert(
            "groups".to_owned(),
            teams.iter().map(|team| groups::json(team, base)).collect(),
        );
    }
    Ok(())
}
