//! Triggers and automations from both doors of the real program. (zendesk-api 28, 29)

use serde_json::{Value, json};
use testkit::{Answer, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const ADA: &str = "ada@acme.test";
const KIM: &str = "kim@customer.test";

fn create(desk: &Program, sort: &str, rule: &Value) -> Answer {
    desk.as_admin().post(&format!("{sort}s.json"), &json!({ sort: rule }))
}

/// As the API's guides show one.
fn pending() -> Value {
    json!({
        "title": "Tag what waits",
        "conditions": {
            "all": [
                { "field": "status", "operator": "value", "value": "pending" },
                { "field": "current_tags", "operator": "not_includes", "value": "waits" },
                { "field": "update_type", "operator": "is", "value": "Change" },
                { "field": "role", "operator": "is", "value": "agent" },
            ],
            "any": [
                { "field": "comment_is_public", "operator": "is", "value": "true" },
                { "field": "assignee_id", "operator": "changed", "value": "" },
            ],
        },
        "actions": [
            { "field": "current_tags", "value": "waits" },
            { "field": "notification_group", "value": ["1", "Waits", "#{{ticket.id}}"] },
        ],
    })
}

#[test]
fn a_trigger_is_kept_as_clients_write_it_and_acts() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let answer = create(desk, "trigger", &pending()).expect(201);
        let id = answer.number("/trigger/id");
        let trigger = answer.at("/trigger");
        assert_eq!(trigger["conditions"], pending()["conditions"]);
        assert_eq!(trigger["actions"], pending()["actions"]);
        assert_eq!(trigger["active"], true);
        assert_eq!(trigger["category_id"], Value::Null);
        let ticket = desk.ask(KIM, "", "");
        let change = json!({ "status": "pending", "comment": { "body": "Try again." } });
        desk.update(ADA, ticket, &change).expect(200);

        assert_eq!(desk.ticket(ticket)["tags"], json!(["waits"]));
        let audits = desk.as_admin().get(&format!("tickets/{ticket}/audits.json")).expect(200);
        let audits = audits.at("/audits");
        let last = audits.as_array().unwrap().last().unwrap();
        assert_eq!(last["author_id"], -1);
        let change = last["events"]
            .as_array()
            .unwrap()
            .iter()
            .find(|event| event["type"] == "Change")
            .unwrap();
        assert_eq!(change["value"], json!(["waits"]));
        assert_eq!(change["via"]["channel"], "rule");
        let from = json!({ "id": id, "title": "Tag what waits" });
        assert_eq!(change["via"]["source"]["from"], from);
        assert_eq!(change["via"]["source"]["rel"], "trigger");
        let post = desk.sent(ticket, "notification");
        assert!(post.iter().any(|post| post["subject"] == "Waits"), "{post:?}");
    });
}

#[test]
fn rules_are_listed_ordered_changed_and_dropped() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        for (sort, one) in [("triggers", "trigger"), ("automations", "automation")] {
            let rule = |title: &str| {
                let rule = json!({ "title": title,
                    "all": [
                        { "field": "created_at", "operator": "greater_than", "value": "24" },
                        { "field": "current_tags", "operator": "not_includes", "value": "old" },
                    ],
                    "actions": [{ "field": "current_tags", "value": "old" }] });
                create(desk, one, &rule).expect(201).number(&format!("/{one}/id"))
            };
            let ids = [rule("First"), rule("Second"), rule("Third")];
            let titles = |path: &str| -> Vec<String> {
                let list = desk.as_admin().get(path).expect(200).at(&format!("/{sort}"));
                let list = list.as_array().unwrap().clone();
                list.iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
            };
            assert_eq!(titles(&format!("{sort}.json")), ["First", "Second", "Third"]);
            assert_eq!(titles(&format!("{sort}/search.json?query=sec")), ["Second"]);
            let order = json!({ (format!("{one}_ids")): [ids[2], ids[0]] });
            desk.as_admin().put(&format!("{sort}/reorder.json"), &order).expect(200);
            assert_eq!(titles(&format!("{sort}.json")), ["Third", "First", "Second"]);
            let many = json!({ sort: [{ "id": ids[0], "active": false }] });
            desk.as_admin().put(&format!("{sort}/update_many.json"), &many).expect(200);
            assert_eq!(titles(&format!("{sort}/active.json")), ["Third", "Second"]);
            let page = desk.as_admin().get(&format!("{sort}.json?page[size]=2")).expect(200);
            assert_eq!(page.at("/meta/has_more"), true);
            let change = json!({ one: { "title": "Other", "actions": [{ "field": "set_tags", "value": "old x" }] } });
            let path = format!("{sort}/{}.json", ids[1]);
            let changed = desk.as_admin().put(&path, &change).expect(200);
            assert_eq!(changed.at(&format!("/{one}/title")), "Other");
            assert_eq!(changed.at(&format!("/{one}/conditions/all/0/field")), "created_at");
            desk.as_admin()
                .delete(&format!("{sort}/destroy_many.json?ids={},{}", ids[0], ids[1]))
                .expect(204);
            desk.as_admin().delete(&format!("{sort}/{}.json", ids[2])).expect(204);
            desk.as_admin().get(&path).expect(404);
            desk.as_user(ADA).get(&format!("{sort}.json")).expect(403);
        }
    });
}

#[test]
fn an_automation_closes_what_was_solved_days_ago() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let rule = json!({
            "title": "Close after four days",
            "all": [
                { "field": "status", "operator": "is", "value": "solved" },
                { "field": "SOLVED", "operator": "greater_than", "value": "96" },
            ],
            "actions": [{ "field": "status", "value": "closed" }],
        });
        let answer = create(desk, "automation", &rule).expect(201);
        assert_eq!(answer.at("/automation/conditions/all/1/field"), "SOLVED");
        let ticket = desk.ask(KIM, "", "");
        desk.update(ADA, ticket, &json!({ "status": "solved" })).expect(200);

        desk.advance("96h");
        assert_eq!(desk.ticket(ticket)["status"], "solved");
        desk.advance("1s");
        assert_eq!(desk.ticket(ticket)["status"], "closed");
    });
}

#[test]
fn what_a_rule_cannot_be_is_refused_by_name() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let tag = json!([{ "field": "current_tags", "value": "x" }]);
        let open = json!([{ "field": "status", "operator": "is", "value": "open" }]);
        for (sort, all, actions, field) in [
            (
                "trigger",
                json!([{ "field": "colour", "operator": "is", "value": "red" }]),
                tag.clone(),
                "all[0].field",
            ),
            (
                "trigger",
                json!([{ "field": "status", "operator": "sounds_like", "value": "open" }]),
                tag.clone(),
                "all[0].operator",
            ),
            (
                "trigger",
                json!([{ "field": "status", "operator": "is", "value": "ajar" }]),
                tag.clone(),
                "all[0].value",
            ),
            (
                "trigger",
                json!([{ "field": "custom_fields_7", "operator": "value_previous", "value": "x" }]),
                tag.clone(),
                "all[0].operator",
            ),
            ("trigger", json!([]), tag.clone(), "conditions"),
            ("trigger", open.clone(), json!([]), "actions"),
            (
                "trigger",
                open.clone(),
                json!([{ "field": "comment_mode_is_public", "value": "true" }]),
                "actions[0].value",
            ),
            (
                "trigger",
                open.clone(),
                json!([{ "field": "notification_user", "value": ["requester_id", "Soon", "By tomorrow."] }]),
                "actions[0].value",
            ),
            (
                "trigger",
                open.clone(),
                json!([{ "field": "notification_webhook", "value": ["999", "{}"] }]),
                "actions[0].value",
            ),
            ("automation", open.clone(), tag.clone(), "conditions"),
            (
                "automation",
                json!([{ "field": "created_at", "operator": "greater_than", "value": "24" }]),
                tag.clone(),
                "conditions",
            ),
            (
                "automation",
                json!([
                { "field": "created_at", "operator": "greater_than", "value": "24" },
                { "field": "status", "operator": "changed", "value": "" },
                { "field": "current_tags", "operator": "not_includes", "value": "x" }]),
                tag.clone(),
                "conditions",
            ),
        ] {
            let rule = json!({ "title": "T", "all": all, "actions": actions });
            let answer = create(desk, sort, &rule).expect(422);
            assert!(answer.at("/details").get(field).is_some(), "{field}: {answer:?}");
        }
        let many: Vec<Value> = (0..10_000)
            .map(|_| json!({ "field": "status", "operator": "is", "value": "open" }))
            .collect();
        create(desk, "trigger", &json!({ "title": "T", "all": many, "actions": tag })).expect(422);
        let view = json!({ "view": { "title": "V", "all": [{ "field": "status", "operator": "changed", "value": "" }] } });
        desk.as_admin().post("views.json", &view).expect(422);
        assert_eq!(desk.as_admin().get("triggers.json").expect(200).number("/count"), 0);
    });
}

#[test]
fn ten_thousand_rules_are_too_many() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let rule = json!({ "title": "T", "query": "update:created tags:never",
            "actions": [{ "field": "current_tags", "value": "x" }] });
        for _ in 0..500 {
            create(desk, "trigger", &rule).expect(201);
        }
        let refused = create(desk, "trigger", &rule).expect(422);
        assert!(refused.text().contains("500 already"), "{refused:?}");

        let since = std::time::Instant::now();
        desk.ask(KIM, "", "");
        assert!(since.elapsed() < std::time::Duration::from_secs(2), "{:?}", since.elapsed());
    });
}

/// The page: made inactive, tried, activated, and its log read.
#[test]
fn an_admin_tries_a_trigger_before_it_goes_live() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ticket = desk.ask(KIM, "", "");
        desk.update(ADA, ticket, &json!({ "additional_tags": ["vip"] })).expect(200);
        let admin = desk.visit_as(desk.admin_email());
        let fields = [
            ("title", "Important people"),
            ("conditions", "changed:tags tags:vip"),
            ("a_priority", "urgent"),
            ("a_words", "Be quick."),
        ];

        let mut tried = fields.to_vec();
        tried.push(("try", "1"));
        let page = admin.post("/settings/triggers/new", &tried).expect(200).text();
        assert!(page.contains("It would have acted 1 time."), "{page}");
        assert!(page.contains(&format!("#{ticket}")) && page.contains("Urgent"));
        assert_eq!(desk.as_admin().get("triggers.json").expect(200).number("/count"), 0);

        let to = admin.post("/settings/triggers/new", &fields).expect(303);
        let to = to.header("location").unwrap().split('?').next().unwrap().to_owned();
        let page = admin.get(&to).expect(200).text();
        assert!(page.contains("It does not act yet"));
        let other = desk.ask(KIM, "", "");
        desk.update(ADA, other, &json!({ "additional_tags": ["vip"] })).expect(200);
        assert_eq!(desk.ticket(other)["priority"], "low", "it is not active");

        admin.post(&format!("{to}/activation"), &[("active", "true")]).expect(303);
        let third = desk.ask(KIM, "", "");
        desk.update(ADA, third, &json!({ "additional_tags": ["vip"] })).expect(200);
        assert_eq!(desk.ticket(third)["priority"], "urgent");
        let page = admin.get(&to).expect(200).text();
        assert!(page.contains("It acts.") && page.contains(&format!("/tickets/{third}/activity")));
        let log = admin.get(&format!("/tickets/{third}/activity")).expect(200).text();
        assert!(log.contains("by rule: Important people"), "{log}");

        let wrong = [("title", ""), ("conditions", "colour:red"), ("a_status", "solved")];
        let page = admin.post(&to, &wrong).expect(422).text();
        assert!(page.contains("Title: cannot be blank"), "{page}");
        assert!(page.contains("value=\"colour:red\""), "what was typed stays");
        admin.post(&format!("{to}/deletion"), &[]).expect(303);
        admin.get(&to).expect(404);
    });
}
