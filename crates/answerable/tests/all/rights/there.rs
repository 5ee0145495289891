//! Paths with numbers of things that are there, for whoever may see them.

use serde_json::{Value, json};
use testkit::Visitor;

use super::ADA;

/// A path of the settings with something that is there.
pub(super) fn of_settings(
    desk: &testkit::Program,
    visitor: &Visitor,
    path: String,
    number: usize,
    id: i64,
) -> String {
    let part = |place: usize| path.split('/').nth(place).unwrap_or_default();
    if part(1) != "settings" || part(3) != id.to_string() {
        return path;
    }
    let admin = desk.as_admin();
    let made = |sort: &str, body: Value| admin.post(sort, &body).expect(201).json();
    let there = match part(2) {
        "people" => desk.as_user(ADA).get("users/me.json").expect(200).at("/user/id"),
        "fields" => made(
            "ticket_fields",
            json!({ "ticket_field": { "type": "text", "title": "F" } }),
        )["ticket_field"]["id"]
            .clone(),
        "webhooks" => made(
            "webhooks",
            json!({ "webhook": { "name": "W", "endpoint": "https://acme.test/" } }),
        )["webhook"]["id"]
            .clone(),
        "deliveries" => desk.outbox()[0]["id"].clone(),
        "tokens" if number == 3 => {
            visitor.post("/settings/tokens", &[("name", "T")]).expect(200);
            let page = visitor.get("/settings/tokens").expect(200).text();
            let (_, rest) = page.split_once("/settings/tokens/").unwrap_or_default();
            return format!(
                "/settings/tokens/{}/revocation",
                rest.split('/').next().unwrap_or_default()
            );
        }
        "teams" => {
            let group = made("groups", json!({ "group": { "name": "G" } }))["group"]["id"].clone();
            let ada = desk.as_user(ADA).get("users/me.json").expect(200).at("/user/id");
            let place = json!({ "group_membership": { "user_id": ada, "group_id": group } });
            let place = made("group_memberships", place)["group_membership"]["id"].clone();
            let path = path.replacen(&id.to_string(), &group.to_string(), 1);
            return path.replace(&format!("/members/{id}/"), &format!("/members/{place}/"));
        }
        _ => return path,
    };
    let there = there.as_str().map_or(there.to_string(), str::to_owned);
    path.replacen(&id.to_string(), &there, 1)
}

/// A path with a rule that is there.
pub(super) fn of_rules(desk: &testkit::Program, path: &str, id: i64) -> String {
    let sort = if path.contains("triggers") { "trigger" } else { "automation" };
    let rule = json!({ "title": "Old", "query": "created<24hours -tags:old",
        "actions": [{ "field": "current_tags", "value": "old" }] });
    let made = desk.as_admin().post(&format!("{sort}s.json"), &json!({ sort: rule })).expect(201);
    let number = made.number(&format!("/{sort}/id"));
    path.replacen(&id.to_string(), &number.to_string(), 1)
}

/// A path with a macro of whoever visits, if they can have one, else of an admin.
pub(super) fn of_macros(desk: &testkit::Program, path: &str, number: usize, id: i64) -> String {
    let email = if number == 2 { ADA } else { desk.admin_email() };
    let actions = json!([{ "field": "status", "value": "pending" }]);
    let body = json!({ "macro": { "title": "Wait", "actions": actions, "restriction": { "type": "User" } } });
    let made = desk.as_user(email).post("macros.json", &body).expect(201).number("/macro/id");
    path.replacen(&id.to_string(), &made.to_string(), 1)
}

/// The number of a question that everybody may read.
pub(super) fn published(desk: &testkit::Program) -> i64 {
    let question = json!({ "title": "Why?", "details": "Why is it so?", "answer": "Because." });
    let made = desk.as_user(ADA).post("questions.json", &json!({ "question": question }));
    made.expect(201).number("/question/id")
}

/// A path of macros, rules or the handbook with names of what is there.
pub(super) fn of_policies(desk: &testkit::Program, path: String, number: usize, id: i64) -> String {
    let is_macro =
        path.starts_with("/settings/macros/") && !path.starts_with("/settings/macros/new");
    if is_macro {
        of_macros(desk, &path, number, id)
    } else if path.starts_with("/settings/triggers/") || path.starts_with("/settings/automations/")
    {
        of_rules(desk, &path, id)
    } else if path.starts_with("/settings/handbook/") {
        let policy = desk.explanation(id)["policy"].as_str().unwrap_or_default().to_owned();
        path.replace(&id.to_string(), &policy)
    } else {
        path
    }
}
