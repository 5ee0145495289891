//! Triggers and automations in the API. (zendesk-api 28, 29)

use axum::extract::{Path, State};
use desk::rules::Input;
use desk::{Act, Ctx, Desk, Tx};
use domain::RuleId;
use domain::actions::Used;
use domain::conditions::{Query as Conditions, objects};
use domain::rules::Rule;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::{Body, Object, id_list, path_id};
use crate::caller::Caller;
use crate::kept::{self, Kept};
use crate::paging::Query;
use crate::routes::Route;
use crate::tickets::json::time;
use crate::views::input::conditions_of_rule as conditions;
use crate::views::json::conditions as conditions_json;

/// The API's words for one sort of rule.
#[derive(Clone, Copy)]
struct Sort {
    used: Used,
    one: &'static str,
    many: &'static str,
}

const TRIGGERS: Sort = Sort { used: Used::Trigger, one: "trigger", many: "triggers" };
const AUTOMATIONS: Sort = Sort { used: Used::Automation, one: "automation", many: "automations" };

macro_rules! rule_routes {
    ($sort:expr, $path:literal) => {
        vec![
            Route::get($path, Act::Configure, |state, caller, query| {
                list(state, caller, query, $sort)
            }),
            Route::post($path, Act::Configure, |state, caller, body| {
                create(state, caller, body, $sort)
            }),
            Route::get(concat!($path, "/active"), Act::Configure, |state, caller, query| {
                active(state, caller, query, $sort)
            }),
            Route::get(concat!($path, "/search"), Act::Configure, |state, caller, query| {
                search(state, caller, query, $sort)
            }),
            Route::put(concat!($path, "/update_many"), Act::Configure, |state, caller, body| {
                update_many(state, caller, body, $sort)
            }),
            Route::delete(
                concat!($path, "/destroy_many"),
                Act::Configure,
                |state, caller, query| destroy_many(state, caller, query, $sort),
            ),
            Route::put(concat!($path, "/reorder"), Act::Configure, |state, caller, body| {
                reorder(state, caller, body, $sort)
            }),
            Route::get(concat!($path, "/{id}"), Act::Configure, |state, caller, path| {
                show(state, caller, path, $sort)
            }),
            Route::put(concat!($path, "/{id}"), Act::Configure, |state, caller, path, body| {
                update(state, caller, path, body, $sort)
            }),
            Route::delete(concat!($path, "/{id}"), Act::Configure, |state, caller, path| {
                delete(state, caller, path, $sort)
            }),
        ]
    };
}

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = rule_routes!(TRIGGERS, "/triggers");
    routes.extend(rule_routes!(AUTOMATIONS, "/automations"));
    routes
}

impl Kept for Rule {
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
        let condition = Conditions::parse(&self.condition).query.condition;
        let (all, any) = objects::write(&condition);
        let mut one = json!({
            "id": self.id.0,
            "url": url(self, base),
            "title": self.title,
            "raw_title": self.title,
            "description": self.description,
            "active": self.active,
            "default": false,
            "position": self.position,
            "conditions": { "all": conditions_json(&all), "any": conditions_json(&any) },
            "actions": kept::actions_json(&self.actions),
            "created_at": time(self.created_at),
            "updated_at": time(self.updated_at),
            "query": self.condition,
        });
        if self.used == Used::Trigger {
            one["category_id"] = Value::Null;
        }
        one
    }
}

fn url(rule: &Rule, base: &str) -> String {
    let many = if rule.used == Used::Automation { AUTOMATIONS.many } else { TRIGGERS.many };
    format!("{base}/api/v2/{many}/{}.json", rule.id)
}

async fn list(State(desk): State<Desk>, caller: Caller, query: Query, sort: Sort) -> Answer {
    page(desk, caller, query, sort, |_| true).await
}

async fn active(State(desk): State<Desk>, caller: Caller, query: Query, sort: Sort) -> Answer {
    page(desk, caller, query, sort, |rule| rule.active).await
}

async fn search(State(desk): State<Desk>, caller: Caller, query: Query, sort: Sort) -> Answer {
    let words = query.get("query").unwrap_or_default().to_lowercase();
    page(desk, caller, query, sort, move |rule| rule.title.to_lowercase().contains(&words)).await
}

async fn page(
    desk: Desk,
    caller: Caller,
    query: Query,
    sort: Sort,
    keep: impl Fn(&Rule) -> bool,
) -> Answer {
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::list(tx, ctx, sort.used);
    let mut all = desk.read(caller.ctx, read).await?;
    all.retain(|rule| keep(rule));
    Ok(ok(kept::page(&query, &caller.base, (sort.many, &kept::SORTS), all)?))
}

async fn show(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    sort: Sort,
) -> Answer {
    let id = RuleId(path_id(&id)?);
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::show(tx, ctx, sort.used, id);
    let rule = desk.read(caller.ctx, read).await?;
    Ok(ok(json!({ sort.one: rule.json(&caller.base) })))
}

fn read(mut sent: Object<'_>) -> Result<Input, Problem> {
    let input = Input {
        title: sent.text("title", 300).map(Option::unwrap_or_default),
        description: sent.text("description", 65_536),
        condition: conditions(&mut sent),
        actions: kept::actions(&mut sent),
        active: sent.flag("active").flatten(),
        position: sent.id("position").flatten(),
    };
    sent.finish()?;
    Ok(input)
}

async fn create(State(desk): State<Desk>, caller: Caller, body: Body, sort: Sort) -> Answer {
    let input = read(body.object(sort.one)?)?;
    // Clients of the API say when one is not to act yet; the pages say when it is to.
    let input = Input { active: input.active.or(Some(true)), ..input };
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::create(tx, ctx, sort.used, &input);
    let rule = desk.write(caller.ctx, write).await?;
    Ok(created(&url(&rule, &caller.base), json!({ sort.one: rule.json(&caller.base) })))
}

async fn update(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
    sort: Sort,
) -> Answer {
    let id = RuleId(path_id(&id)?);
    let input = read(body.object(sort.one)?)?;
    let write =
        move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::update(tx, ctx, sort.used, id, &input);
    let rule = desk.write(caller.ctx, write).await?;
    Ok(ok(json!({ sort.one: rule.json(&caller.base) })))
}

async fn delete(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    sort: Sort,
) -> Answer {
    let id = RuleId(path_id(&id)?);
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::delete(tx, ctx, sort.used, id);
    desk.write(caller.ctx, write).await?;
    Ok(no_content())
}

/// Places and whether they act, of several at once: all of it or nothing.
async fn update_many(State(desk): State<Desk>, caller: Caller, body: Body, sort: Sort) -> Answer {
    let places = kept::places(&body, sort.many)?;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let one = |(id, position, active): &(i64, Option<i64>, Option<bool>)| {
            let input = Input { position: *position, active: *active, ..Input::default() };
            desk::rules::update(tx, ctx, sort.used, RuleId(*id), &input)
        };
        places.iter().map(one).collect::<Result<Vec<_>, _>>()
    };
    let all = desk.write(caller.ctx, write).await?;
    Ok(ok(kept::whole(&caller.base, sort.many, &all)))
}

async fn destroy_many(
    State(desk): State<Desk>,
    caller: Caller,
    query: Query,
    sort: Sort,
) -> Answer {
    let ids = id_list(query.get("ids").unwrap_or_default())?;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        ids.iter().try_for_each(|id| desk::rules::delete(tx, ctx, sort.used, RuleId(*id)))
    };
    desk.write(caller.ctx, write).await?;
    Ok(no_content())
}

/// `{"trigger_ids": [3, 1]}`: those named come first, in this order.
async fn reorder(State(desk): State<Desk>, caller: Caller, body: Body, sort: Sort) -> Answer {
    let mut sent = body.bare();
    let key = format!("{}_ids", sort.one);
    let ids = sent.ids(&key).flatten();
    if ids.is_none() {
        sent.complain(&key, "BlankValue", "cannot be blank");
    }
    sent.finish()?;
    let ids = ids.unwrap_or_default();
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let mut all = desk::rules::list(tx, ctx, sort.used)?;
        let place = |rule: &Rule| ids.iter().position(|id| *id == rule.id.0).unwrap_or(ids.len());
        all.sort_by_key(place);
        for (position, rule) in (1_i64..).zip(&all) {
            if rule.position != position {
                let input = Input { position: Some(position), ..Input::default() };
                desk::rules::update(tx, ctx, sort.used, rule.id, &input)?;
            }
        }
        desk::rules::list(tx, ctx, sort.used)
    };
    let all = desk.write(caller.ctx, write).await?;
    Ok(ok(kept::whole(&caller.base, sort.many, &all)))
}
