//! Related records beside tickets: each once, next to the main list or inside it.

use std::collections::HashMap;

use desk::tickets::Stored;
use desk::{Ctx, Error, Tx};
use domain::{ClockKind, Metrics, OrganizationId, TeamId, TicketId, UserId};
use serde_json::{Map, Value, json};

use crate::paging::Query;
use crate::tickets::json::time;
use crate::tickets::metrics::metric;

/// Adds the lists that `include` asks for.
pub(crate) fn add<'s>(
    tx: &mut Tx<'_>,
    query: &Query,
    base: &str,
    tickets: impl Iterator<Item = &'s Stored> + Clone,
    answer: &mut Map<String, Value>,
) -> Result<(), Error> {
    let wanted: Vec<&str> = ["users", "groups", "organizations"]
        .into_iter()
        .filter(|name| query.includes(name))
        .collect();
    named(tx, &wanted, base, tickets, answer)
}

/// Adds these lists.
pub(crate) fn named<'s>(
    tx: &mut Tx<'_>,
    wanted: &[&str],
    base: &str,
    tickets: impl Iterator<Item = &'s Stored> + Clone,
    answer: &mut Map<String, Value>,
) -> Result<(), Error> {
    if wanted.contains(&"users") {
        let ids = tickets.clone().flat_map(|stored| {
            let ticket = &stored.ticket;
            [ticket.requester, ticket.submitter]
                .into_iter()
                .chain(ticket.assignee)
                .chain(ticket.ccs.iter().copied())
        });
        let ids: Vec<UserId> = ids.collect();
        answer.insert("users".to_owned(), users(tx, &ids, base)?);
    }
    if wanted.contains(&"groups") {
        let ids: Vec<TeamId> = tickets.clone().map(|stored| stored.ticket.team).collect();
        let teams = desk::tickets::beside::teams(tx)?;
        let found = teams.iter().filter(|team| ids.contains(&team.id));
        answer.insert(
            "groups".to_owned(),
            found.map(|team| crate::groups::json(team, base)).collect(),
        );
    }
    if wanted.contains(&"organizations") {
        let ids: Vec<OrganizationId> =
            tickets.filter_map(|stored| stored.ticket.organization).collect();
        let found = desk::tickets::beside::organizations(tx, &ids)?;
        let list = found
            .iter()
            .map(|organization| crate::organizations::json(organization, base))
            .collect();
        answer.insert("organizations".to_owned(), list);
    }
    Ok(())
}

/// Whether anything goes into each ticket.
pub(crate) fn embeds(query: &Query) -> bool {
    query.includes("slas") || query.includes("dates") || query.includes("metric_sets")
}

/// The figures of tickets, if `include` asks for them.
pub(crate) fn figures<'s>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    query: &Query,
    tickets: impl Iterator<Item = &'s Stored>,
) -> Result<HashMap<TicketId, Metrics>, Error> {
    if query.includes("metric_sets") {
        desk::tickets::metrics(tx, ctx, tickets)
    } else {
        Ok(HashMap::new())
    }
}

/// Puts into a ticket what `include` asks for.
pub(crate) fn embed(
    query: &Query,
    base: &str,
    stored: &Stored,
    figures: &HashMap<TicketId, Metrics>,
    value: &mut Value,
) {
    let id = stored.ticket.id;
    if let Some(figures) = figures.get(&id) {
        value["metric_set"] = metric(id, figures, base);
    }
    if query.includes("slas") {
        value["slas"] = json!({ "policy_metrics": policy_metrics(stored) });
    }
}

/// The clocks as the API's policy metrics; an escalated clock reports as the next reply.
fn policy_metrics(stored: &Stored) -> Vec<Value> {
    let clocks = stored.ticket.clocks.iter();
    clocks
        .filter(|clock| clock.is_current())
        .map(|clock| {
            let metric =
                if clock.kind == ClockKind::First { "first_reply_time" } else { "next_reply_time" };
            json!({ "metric": metric, "stage": "active", "breach_at": time(clock.due_at) })
        })
        .collect()
}

/// People, each once.
pub(crate) fn users(tx: &mut Tx<'_>, ids: &[UserId], base: &str) -> Result<Value, Error> {
    Ok(desk::tickets::beside::people(tx, ids)?
        .iter()
        .map(|user| crate::users::json(user, base))
        .collect())
}

/// People as a customer may see them: who they are, and whether they are one of us.
pub(crate) fn people(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Value, Error> {
    let people = desk::tickets::beside::people(tx, ids)?;
    let list = people.iter().map(|user| {
        let name = user.alias.as_deref().unwrap_or(&user.name);
        json!({ "id": user.id.0, "name": name, "agent": user.role.answers(), "photo": null, "organization_id": null })
    });
    Ok(list.collect())
}
