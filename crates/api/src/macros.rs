//! Macros in the API. (zendesk-api 27)

use axum::extract::{Path, State};
use desk::macros::{Input, Prepared};
use desk::{Act, Ctx, Desk, Error, Tx};
use domain::actions::{self, Action, Used, Where, Who};
use domain::{Macro, MacroId, TicketId, UserId};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, Object, id_list, path_id};
use crate::caller::Caller;
use crate::kept::{self, Kept};
use crate::paging::Query;
use crate::routes::Route;
use crate::tickets::json::time;
use crate::views::input::restriction;
use crate::views::json::restriction as restriction_json;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/macros", Act::ReadDesk, list),
        Route::post("/macros", Act::WorkTickets, create),
        Route::get("/macros/active", Act::ReadDesk, active),
        Route::get("/macros/search", Act::ReadDesk, search),
        Route::get("/macros/categories", Act::ReadDesk, categories),
        Route::put("/macros/update_many", Act::WorkTickets, update_many),
        Route::delete("/macros/destroy_many", Act::WorkTickets, destroy_many),
        Route::get("/macros/{id}", Act::ReadDesk, show),
        Route::put("/macros/{id}", Act::WorkTickets, update),
        Route::delete("/macros/{id}", Act::WorkTickets, delete),
        Route::get("/macros/{id}/apply", Act::ReadDesk, apply),
        Route::get("/tickets/{id}/macros/{macro}/apply", Act::ReadDesk, apply_to),
    ]
}

impl Kept for Macro {
    fn id(&self) -> i64 {
        self.id.0
    }
    fn title(&self) -> &str {
        &self.title
    }
    fn position(&self) -> i64 {
        self.position
    }
    fn active(&self) -> bool {
        self.active
    }
    fn times(&self) -> (Timestamp, Timestamp) {
        (self.created_at, self.updated_at)
    }
    fn json(&self, base: &str) -> Value {
        json!({
            "id": self.id.0,
            "url": url(self, base),
            "title": self.title,
            "raw_title": self.title,
            "description": self.description,
            "active": self.active,
            "default": false,
            "position": self.position,
            "restriction": restriction_json(self.kept_for),
            "actions": kept::actions_json(&self.actions),
            "created_at": time(self.created_at),
            "updated_at": time(self.updated_at),
        })
    }
}

fn url(one: &Macro, base: &str) -> String {
    format!("{base}/api/v2/macros/{}.json", one.id)
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, |_| true).await
}

async fn active(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    page(desk, caller, query, |one| one.active).await
}

async fn search(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let words = query.get("query").unwrap_or_default().to_lowercase();
    page(desk, caller, query, move |one| one.title.to_lowercase().contains(&words)).await
}

/// Whether a macro is one of those that the parameters of a list ask for.
fn is_asked(query: &Query, one: &Macro) -> bool {
    let category = query.get("category").is_none_or(|wanted| one.category() == Some(wanted));
    category && kept::is_for(query, one.kept_for)
}

async fn page(desk: Desk, caller: Caller, query: Query, keep: impl Fn(&Macro) -> bool) -> Answer {
    let only_own = query.get("only_viewable") == Some("true");
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        if only_own { desk::macros::list(tx, ctx) } else { desk::macros::all(tx, ctx) }
    };
    let mut all = desk.read(caller.ctx, read).await?;
    all.retain(|one| keep(one) && is_asked(&query, one));
    Ok(ok(kept::page(&query, &caller.base, ("macros", &kept::SORTS), all)?))
}

async fn categories(State(desk): State<Desk>, caller: Caller) -> Answer {
    let all = desk.read(caller.ctx, desk::macros::all).await?;
    let mut names: Vec<&str> = all.iter().filter_map(Macro::category).collect();
    names.sort_unstable();
    names.dedup();
    Ok(ok(json!({ "categories": names })))
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = MacroId(path_id(&id)?);
    let one = desk.read(caller.ctx, move |tx, ctx| desk::macros::show(tx, ctx, id)).await?;
    Ok(ok(json!({ "macro": one.json(&caller.base) })))
}

fn read(mut sent: Object<'_>, user: Option<UserId>) -> Result<Input, Problem> {
    let input = Input {
        title: sent.text("title", 300).map(Option::unwrap_or_default),
        description: sent.text("description", 65_536),
        actions: kept::actions(&mut sent),
        active: sent.flag("active").flatten(),
        position: sent.id("position").flatten(),
        kept_for: restriction(&mut sent, user),
    };
    sent.finish()?;
    Ok(input)
}

async fn create(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let input = read(body.object("macro")?, caller.ctx.actor.user())?;
    let one = desk.write(caller.ctx, move |tx, ctx| desk::macros::create(tx, ctx, &input)).await?;
    Ok(created(&url(&one, &caller.base), json!({ "macro": one.json(&caller.base) })))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let id = MacroId(path_id(&id)?);
    let input = read(body.object("macro")?, caller.ctx.actor.user())?;
    let one =
        desk.write(caller.ctx, move |tx, ctx| desk::macros::update(tx, ctx, id, &input)).await?;
    Ok(ok(json!({ "macro": one.json(&caller.base) })))
}

async fn delete(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = MacroId(path_id(&id)?);
    desk.write(caller.ctx, move |tx, ctx| desk::macros::delete(tx, ctx, id)).await?;
    Ok(no_content())
}

/// Places and whether they are offered, of several at once: all of it or nothing.
async fn update_many(State(desk): State<Desk>, caller: Caller, body: Body) -> Answer {
    let places = kept::places(&body, "macros")?;
    let update = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let one = |(id, position, active): &(i64, Option<i64>, Option<bool>)| {
            let input = Input { position: *position, active: *active, ..Input::default() };
            desk::macros::update(tx, ctx, MacroId(*id), &input)
        };
        places.iter().map(one).collect::<Result<Vec<_>, _>>()
    };
    let all = desk.write(caller.ctx, update).await?;
    Ok(ok(kept::whole(&caller.base, "macros", &all)))
}

async fn destroy_many(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    desk.write(caller.ctx, move |tx, ctx| {
        ids.iter().try_for_each(|id| desk::macros::delete(tx, ctx, MacroId(*id)))
    })
    .await?;
    Ok(no_content())
}

/// What a macro would change of any ticket. Placeholders stay, for there is no ticket to fill them in from.
async fn apply(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = MacroId(path_id(&id)?);
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let one = desk::macros::show(tx, ctx, id)?;
        Ok::<_, Error>((one, ctx.actor.user()))
    };
    let (one, me) = desk.read(caller.ctx, read).await?;
    let actions: Vec<Action> =
        one.actions.iter().filter_map(|object| actions::read(Used::Macro, object).ok()).collect();
    Ok(ok(json!({ "result": { "ticket": changes(&actions, me) } })))
}

fn changes(actions: &[Action], me: Option<UserId>) -> Map<String, Value> {
    let mut ticket = Map::new();
    let mut words: Vec<&str> = Vec::new();
    let mut public = true;
    let mut set = |key: &str, value: Value| {
        ticket.insert(key.to_owned(), value);
    };
    let mut fields = Vec::new();
    for action in actions {
        match action {
            Action::Status(status) => set("status", status.as_str().into()),
            Action::Priority(level) => set("priority", level.as_str().into()),
            Action::Severity(word) => set("severity", word.map(domain::Severity::as_str).into()),
            Action::Kind(word) => set("kind", word.map(domain::Kind::as_str).into()),
            Action::Area(area) => set("area", area.clone().into()),
            Action::Team(Where::Id(team)) => set("group_id", team.0.into()),
            Action::Assignee(Who::Id(user)) => set("assignee_id", user.0.into()),
            Action::Assignee(Who::Me) => set("assignee_id", me.map(|id| id.0).into()),
            Action::Assignee(Who::Nobody) => set("assignee_id", Value::Null),
            Action::SetTags(tags) => set("tags", tags.clone().into()),
            Action::AddTags(tags) => set("additional_tags", tags.clone().into()),
            Action::RemoveTags(tags) => set("remove_tags", tags.clone().into()),
            Action::Field(id, value) => fields.push(json!({ "id": id, "value": value })),
            Action::Comment(text) => words.push(text),
            Action::IsPublic(is) => public = *is,
            Action::Team(Where::Mine)
            | Action::Assignee(Who::Assignee)
            | Action::TellPerson(..)
            | Action::TellTeam(..)
            | Action::Webhook(..) => {}
        }
    }
    if !fields.is_empty() {
        set("fields", fields.clone().into());
        set("custom_fields", fields.into());
    }
    if !words.is_empty() {
        set("comment", comment(&words.join("\n\n"), public));
    }
    ticket
}

fn comment(text: &str, public: bool) -> Value {
    let body = desk::texts::Body::markdown(text);
    json!({
        "body": body.text,
        "html_body": body.html,
        "scoped_body": [["channel:all", body.text]],
        "public": public,
    })
}

/// The ticket as it would be.
async fn apply_to(
    State(desk): State<Desk>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
) -> Answer {
    let (id, one) = (TicketId(path_id(&id)?), MacroId(path_id(&one)?));
    let base = caller.base;
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let stored = desk::tickets::show(tx, ctx, id)?;
        let one = desk::macros::show(tx, ctx, one)?;
        let prepared = desk::macros::prepare(tx, ctx, &one, &stored)?;
        let is_public = stored.ticket.public;
        let query = Query::new(&axum::http::Uri::from_static("/"));
        let mut ticket = crate::tickets::one(tx, ctx, stored, &base, &query)?;
        put(&mut ticket, &prepared, is_public);
        Ok::<_, Error>(ticket)
    };
    let ticket = desk.read(caller.ctx, read).await?;
    Ok(ok(json!({ "result": { "ticket": ticket } })))
}

fn put(ticket: &mut Value, prepared: &Prepared, is_public: bool) {
    let update = &prepared.update;
    let id = |id: Option<i64>| Value::from(id);
    if let Some(status) = update.status {
        ticket["status"] = status.as_str().into();
    }
    if let Some(by_hand) = &update.level {
        ticket["priority"] = by_hand.level.as_str().into();
    }
    if let Some(team) = update.team {
        ticket["group_id"] = team.0.into();
    }
    if let Some(assignee) = update.assignee {
        ticket["assignee_id"] = id(assignee.map(|user| user.0));
    }
    if let Some(tags) = &update.tags {
        ticket["tags"] = tags.clone().into();
    }
    for list in ["custom_fields", "fields"] {
        let Some(fields) = ticket[list].as_array_mut() else { continue };
        for field in fields {
            let set = update.fields.iter().find(|(id, _)| field["id"] == *id);
            if let Some((_, value)) = set {
                let value = value.as_deref().map(serde_json::from_str::<Value>);
                field["value"] = value.and_then(Result::ok).unwrap_or_default();
            }
        }
    }
    if let Some(words) = &prepared.words {
        ticket["comment"] = comment(words, prepared.public.unwrap_or(is_public));
    }
}
