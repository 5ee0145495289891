//! Macros from both doors of the real program. (zendesk-api 27)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use testkit::{Answer, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const ADA: &str = "ada@acme.test";
const BO: &str = "bo@acme.test";
const KIM: &str = "kim@customer.test";

const WORDS: &str =
    "Hi {{ticket.requester.first_name}}, about #{{ticket.id}}: {{current_user.first_name}} looks.";

fn refund() -> Value {
    json!({ "title": "Billing::Refund", "description": "Money back", "actions": [
        { "field": "comment_value", "value": WORDS },
        { "field": "comment_mode_is_public", "value": "true" },
        { "field": "status", "value": "pending" },
        { "field": "current_tags", "value": "refund money" },
        { "field": "priority", "value": "high" },
    ] })
}

fn made(answer: Answer) -> i64 {
    answer.expect(201).number("/macro/id")
}

fn create(desk: &Program, email: &str, body: &Value) -> Answer {
    desk.as_user(email).post("macros.json", &json!({ "macro": body }))
}

fn titles(answer: &Answer) -> Vec<String> {
    let all = answer.at("/macros");
    all.as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_macro_is_kept_as_clients_write_it() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let admin = desk.admin_email().to_owned();
        let answer = create(desk, &admin, &refund());
        let id = made(answer.clone());
        let one = answer.at("/macro");
        assert_eq!(one["title"], "Billing::Refund");
        assert_eq!(one["actions"], refund()["actions"]);
        assert_eq!(one["restriction"], Value::Null);
        assert_eq!(one["active"], true);
        assert!(one["url"].as_str().unwrap().ends_with(&format!("/api/v2/macros/{id}.json")));
        assert!(one["updated_at"].as_str().unwrap().ends_with('Z'));
        assert!(answer.header("location").unwrap().ends_with(&format!("/macros/{id}.json")));
        let own = json!({ "title": "Own", "restriction": { "type": "User" },
            "actions": [{ "field": "status", "value": "open" }] });
        let own = made(create(desk, ADA, &own));

        let list = desk.as_user(ADA).get("macros.json?page[size]=1").expect(200);
        assert_eq!(titles(&list), ["Billing::Refund"]);
        assert_eq!(list.at("/meta/has_more"), true);
        let next = list.at("/links/next");
        let next = next.as_str().unwrap().split_once("/api/v2/").unwrap().1.to_owned();
        assert_eq!(titles(&desk.as_user(ADA).get(&next).expect(200)), ["Own"]);
        assert_eq!(desk.as_user(ADA).get("macros.json").expect(200).number("/count"), 2);
        assert_eq!(titles(&desk.as_user(BO).get("macros.json").expect(200)), ["Billing::Refund"]);
        let categories = desk.as_user(BO).get("macros/categories.json").expect(200);
        assert_eq!(categories.json(), json!({ "categories": ["Billing"] }));
        let found = desk.as_user(BO).get("macros/search.json?query=REF").expect(200);
        assert_eq!(titles(&found), ["Billing::Refund"]);
        let personal = desk.as_user(ADA).get("macros.json?access=personal").expect(200);
        assert_eq!(titles(&personal), ["Own"]);

        desk.as_user(BO).get(&format!("macros/{own}.json")).expect(404);
        desk.as_user(ADA)
            .put(&format!("macros/{id}.json"), &json!({ "macro": { "title": "X" } }))
            .expect(403);
        let changed = json!({ "macro": { "title": "Mine", "active": false } });
        let answer = desk.as_user(ADA).put(&format!("macros/{own}.json"), &changed).expect(200);
        assert_eq!(answer.at("/macro/title"), "Mine");
        assert_eq!(
            titles(&desk.as_user(ADA).get("macros/active.json").expect(200)),
            ["Billing::Refund"]
        );
        let many = json!({ "macros": [{ "id": id, "position": 9, "active": false }] });
        let answer = desk.as_admin().put("macros/update_many.json", &many).expect(200);
        assert_eq!(answer.at("/macros/0/position"), 9);
        desk.as_admin().delete(&format!("macros/destroy_many.json?ids={id}")).expect(204);
        desk.as_admin().get(&format!("macros/{id}.json")).expect(404);
        desk.as_user(ADA).delete(&format!("macros/{own}.json")).expect(204);
    });
}

#[test]
fn applying_tells_what_would_change_and_changes_nothing() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "", "");
        let one = made(create(desk, desk.admin_email(), &refund()));
        let before = desk.ticket(id);

        let alone = desk.as_user(ADA).get(&format!("macros/{one}/apply.json")).expect(200);
        let ticket = alone.at("/result/ticket");
        assert_eq!(ticket["status"], "pending");
        assert_eq!(ticket["comment"]["body"], WORDS);
        assert_eq!(ticket["comment"]["public"], true);
        assert_eq!(ticket["comment"]["scoped_body"], json!([["channel:all", WORDS]]));
        assert!(ticket.get("group_id").is_none(), "only what changes");

        let on_it =
            desk.as_user(ADA).get(&format!("tickets/{id}/macros/{one}/apply.json")).expect(200);
        let ticket = on_it.at("/result/ticket");
        assert_eq!(ticket["id"], id);
        assert_eq!(ticket["status"], "pending");
        assert_eq!(ticket["priority"], "high");
        assert_eq!(ticket["tags"], json!(["money", "refund"]));
        let said = ticket["comment"]["body"].as_str().unwrap();
        assert!(
            said.starts_with("Hi ") && said.contains(&format!("about #{id}: Ada looks.")),
            "{said}"
        );
        assert_eq!(desk.ticket(id), before, "nothing is changed");
    });
}

#[test]
fn an_agent_uses_a_macro_and_the_log_names_it() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "", "");
        let one = made(create(desk, desk.admin_email(), &refund()));
        let ada = desk.visit_as(ADA);

        let picker = ada.get(&format!("/tickets/{id}/macro")).expect(200).text();
        assert!(picker.contains("Billing::Refund") && picker.contains("Add tags: refund money"));
        let to = ada.get(&format!("/tickets/{id}/macro?q=ref&go=1"));
        assert_eq!(
            to.header("location"),
            Some(format!("/tickets/{id}?macro={one}#composer").as_str())
        );
        let page = ada.get(&format!("/tickets/{id}?macro={one}")).expect(200).text();
        assert!(page.contains(&format!("about #{id}: Ada looks.")), "the words are filled in");
        assert_eq!(desk.ticket(id)["status"], "new", "nothing is sent by itself");

        let key = ("macro", one.to_string());
        let fields = [("body", "Hi, {{ticket.nothing}}"), (key.0, key.1.as_str()), ("then", "")];
        let refused = ada.post(&format!("/tickets/{id}/replies"), &fields).expect(422).text();
        assert!(refused.contains("{{ticket.nothing}} is not filled in"), "{refused}");
        assert!(refused.contains("name=\"macro\""), "the macro is still there");
        assert_eq!(desk.comments(id).len(), 1);

        let fields = [("body", "Hi, here it is."), (key.0, key.1.as_str()), ("then", "")];
        ada.post(&format!("/tickets/{id}/replies"), &fields).expect(303);
        let ticket = desk.ticket(id);
        assert_eq!(ticket["status"], "pending");
        assert_eq!(ticket["priority"], "high");
        assert_eq!(ticket["tags"], json!(["money", "refund"]));
        let audits =
            desk.as_admin().get(&format!("tickets/{id}/audits.json")).expect(200).at("/audits");
        let last = audits.as_array().unwrap().last().unwrap().clone();
        let events = last["events"].as_array().unwrap();
        let named = events.iter().find(|event| event["type"] == "AgentMacroReference").unwrap();
        assert_eq!(named["macro_title"], "Billing::Refund");
        assert_eq!(named["macro_id"], one.to_string());
        let log = ada.get(&format!("/tickets/{id}/activity")).expect(200).text();
        assert!(log.contains("used the macro Billing::Refund"));
    });
}

#[test]
fn a_macro_without_words_is_applied_by_hand() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "", "");
        let tag =
            json!({ "title": "Tag it", "actions": [{ "field": "set_tags", "value": "b a" }] });
        let one = made(create(desk, desk.admin_email(), &tag)).to_string();
        let ada = desk.visit_as(ADA);
        let page = ada.get(&format!("/tickets/{id}/macro?macro={one}")).expect(200).text();
        assert!(page.contains("Tags are exactly: b a"));

        ada.post(&format!("/tickets/{id}/macro"), &[("macro", &one)]).expect(303);

        assert_eq!(desk.ticket(id)["tags"], json!(["a", "b"]));
    });
}

#[test]
fn the_form_makes_a_macro_and_says_what_is_wrong_where_it_is() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let admin = desk.sign_in(desk.admin_email(), &admin_password(desk));
        let fields =
            [("title", ""), ("a_other", "nonsense"), ("a_words", "Hello"), ("restriction", "all")];
        let refused = admin.post("/settings/macros/new", &fields).expect(422).text();
        assert!(refused.contains("a line is not an object"), "{refused}");
        assert!(refused.contains(">Hello</textarea>"), "what was typed stays");
        let fields = [("title", ""), ("a_words", "Hello"), ("restriction", "all")];
        let refused = admin.post("/settings/macros/new", &fields).expect(422).text();
        assert!(refused.contains("Title: cannot be blank"));
        let fields = [
            ("title", "Hello"),
            ("a_words", "Hello"),
            ("a_add", "a b"),
            ("a_status", "solved"),
            ("restriction", "all"),
            ("active", "true"),
        ];
        admin.post("/settings/macros/new", &fields).expect(303);
        let one = desk.as_admin().get("macros.json").expect(200).at("/macros/0");
        let actions = json!([
            { "field": "status", "value": "solved" },
            { "field": "current_tags", "value": "a b" },
            { "field": "comment_value", "value": "Hello" },
        ]);
        assert_eq!(one["actions"], actions);
        let page = admin.get(&format!("/settings/macros/{}", one["id"])).expect(200).text();
        assert!(page.contains("value=\"a b\"") && page.contains(">Hello</textarea>"));
    });
}

fn admin_password(desk: &Program) -> String {
    let password = "a long enough password";
    let id = desk.as_admin().get("users/me.json").expect(200).number("/user/id");
    desk.as_admin()
        .post(&format!("users/{id}/password.json"), &json!({ "password": password }))
        .expect(200);
    password.to_owned()
}

#[test]
fn what_a_macro_cannot_be_is_refused_by_name() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let admin = desk.admin_email();
        for (actions, field) in [
            (json!([]), "actions"),
            (json!("x"), "actions"),
            (json!([7]), "actions[0]"),
            (json!([{ "field": "nothing", "value": "x" }]), "actions[0].field"),
            (json!([{ "field": "status", "value": "hold" }]), "actions[0].value"),
            (
                json!([{ "field": "status", "value": "open" }, { "field": "priority", "value": "top" }]),
                "actions[1].value",
            ),
            (json!([{ "field": "group_id", "value": "999999" }]), "actions[0].value"),
            (json!([{ "field": "assignee_id", "value": "999999" }]), "actions[0].value"),
            (json!([{ "field": "custom_fields_999999", "value": "x" }]), "actions[0].field"),
            (
                json!([{ "field": "notification_user", "value": ["assignee_id", "a", "b"] }]),
                "actions[0].field",
            ),
            (json!([{ "field": "current_tags", "value": "" }]), "actions[0].value"),
            (json!([{ "field": "comment_value", "value": " " }]), "actions[0].value"),
            (
                json!([{ "field": "comment_value", "value": "x".repeat(66_000) }]),
                "actions[0].value",
            ),
        ] {
            let answer =
                create(desk, admin, &json!({ "title": "T", "actions": actions })).expect(422);
            assert!(answer.at("/details").get(field).is_some(), "{field}: {answer:?}");
        }
        let many: Vec<Value> =
            (0..51).map(|n| json!({ "field": "current_tags", "value": n.to_string() })).collect();
        create(desk, admin, &json!({ "title": "T", "actions": many })).expect(422);
        create(desk, ADA, &json!({ "title": "T", "restriction": null, "actions": [{ "field": "status", "value": "open" }] })).expect(422);
        create(desk, admin, &json!({ "title": "x".repeat(300), "actions": [{ "field": "status", "value": "open" }] })).expect(422);
        assert_eq!(desk.as_admin().get("macros.json").expect(200).number("/count"), 0);
    });
}
