//! Lists keep what they wrote last, and never show anything old. On both engines.

use serde_json::{Value, json};
use testkit::{Mail, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");
const MONDAY: &str = "2026-06-08T08:00:00Z";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// The ticket as a list shows it.
#[track_caller]
fn listed(desk: &Program, id: i64) -> Value {
    let list = desk.as_admin().get("tickets.json?per_page=100").expect(200).at("/tickets");
    let found = list.as_array().into_iter().flatten().find(|ticket| ticket["id"] == id).cloned();
    found.unwrap_or_else(|| panic!("no ticket {id} in the list"))
}

#[test]
fn a_list_shows_every_change_at_once() {
    on_each_engine(|desk| {
        let id = desk.ask("kim@customer.test", "high", "");
        let other = desk.ask("lee@customer.test", "", "");
        assert_eq!(listed(desk, id), desk.ticket(id));

        let changes = [
            json!({ "subject": "The funnel is empty again" }),
            json!({ "status": "open" }),
            json!({ "external_id": "crm-77" }),
            json!({ "tags": ["vip"] }),
            json!({ "priority": "low" }),
            json!({ "comment": { "body": "Please try again." } }),
        ];
        for change in changes {
            desk.as_admin()
                .put(&format!("tickets/{id}.json"), &json!({ "ticket": change }))
                .expect(200);
            assert_eq!(listed(desk, id), desk.ticket(id), "after {change}");
        }

        let field = json!({ "ticket_field": { "type": "text", "title": "Build" } });
        let field = desk
            .as_admin()
            .post("ticket_fields.json", &field)
            .expect(201)
            .number("/ticket_field/id");
        assert_eq!(listed(desk, id), desk.ticket(id), "with another field");
        let value = json!({ "ticket": { "custom_fields": [{ "id": field, "value": "41.2" }] } });
        desk.as_admin().put(&format!("tickets/{id}.json"), &value).expect(200);
        assert_eq!(listed(desk, id), desk.ticket(id));
        desk.as_admin().delete(&format!("ticket_fields/{field}.json")).expect(204);
        assert_eq!(listed(desk, id), desk.ticket(id), "without it");
        assert_eq!(listed(desk, other), desk.ticket(other));

        desk.as_admin().delete(&format!("tickets/{id}.json")).expect(204);
        let left = desk.as_admin().get("tickets.json").expect(200);
        assert_eq!(left.at("/tickets").as_array().map(Vec::len), Some(1));
    });
}

/// ST-06
#[test]
fn a_closed_ticket_names_its_follow_ups() {
    on_each_engine(|desk| {
        let id = desk.ask("kim@customer.test", "high", "");
        desk.as_admin()
            .put(&format!("tickets/{id}.json"), &json!({ "ticket": { "status": "solved" } }))
            .expect(200);
        let address = desk.reply_address(id);
        desk.advance("21d");
        assert_eq!(listed(desk, id)["followup_ids"], json!([]));

        let (_, other) = desk.receive(&Mail::from("kim@customer.test").to(&address));

        assert_eq!(listed(desk, id)["followup_ids"], json!([other.expect("a follow-up")]));
        assert_eq!(desk.ticket(id)["followup_ids"], listed(desk, id)["followup_ids"]);
    });
}

#[test]
fn change_sets_tell_words_that_are_known_and_number_each_event_once() {
    on_each_engine(|desk| {
        let id = desk.ask("kim@customer.test", "high", "");
        desk.as_admin()
            .put(&format!("tickets/{id}.json"), &json!({ "ticket": { "subject": "Empty funnel" } }))
            .expect(200);

        let audits =
            desk.as_admin().get(&format!("tickets/{id}/audits.json")).expect(200).at("/audits");

        let events: Vec<&Value> = audits
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|audit| audit["events"].as_array())
            .flatten()
            .collect();
        let subjects: Vec<&Value> = events
            .iter()
            .filter(|event| event["field_name"] == "subject")
            .map(|event| &event["value"])
            .collect();
        assert_eq!(
            subjects,
            [&Value::Null, &json!("Empty funnel")],
            "what it was before is not kept"
        );
        let mut ids: Vec<i64> = events.iter().filter_map(|event| event["id"].as_i64()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{events:?}");
    });
}

/// zendesk-api 12.1
#[test]
fn who_follows_a_ticket_is_read_and_written_and_lists_say_so_at_once() {
    on_each_engine(|desk| {
        let id = desk.ask("kim@customer.test", "high", "");
        let user =
            |email: &str| desk.as_user(email).get("users/me.json").expect(200).number("/user/id");
        let (ada, bo) = (user("ada@acme.test"), user("bo@acme.test"));
        let put = |ticket: Value| {
            desk.as_admin().put(&format!("tickets/{id}.json"), &json!({ "ticket": ticket }))
        };
        let names = |part: &str| {
            let answer = desk.as_admin().get(&format!("tickets/{id}/{part}.json")).expect(200);
            let users = answer.at("/users");
            let ids = users.as_array().into_iter().flatten().filter_map(|user| user["id"].as_i64());
            ids.collect::<Vec<_>>()
        };
        assert_eq!(listed(desk, id)["follower_ids"], json!([]));

        let both = json!([{ "user_id": ada, "action": "put" }, { "user_email": "bo@acme.test" }]);
        let answer =
            put(json!({ "followers": both, "email_ccs": [{ "user_email": "lu@x.test" }] }));
        assert_eq!(answer.expect(200).at("/ticket/follower_ids"), json!([ada, bo]));
        assert_eq!(listed(desk, id), desk.ticket(id));
        let cc = desk.ticket(id)["email_cc_ids"][0].clone();
        assert_eq!(listed(desk, id)["collaborator_ids"], json!([ada, bo, cc]));
        assert_eq!(names("followers"), [ada, bo]);
        assert_eq!(names("collaborators").len(), 3);

        // Nothing else need change with it.
        put(json!({ "followers": [{ "user_id": bo, "action": "delete" }] })).expect(200);
        assert_eq!(listed(desk, id)["follower_ids"], json!([ada]));
        let own = desk.visit_as("bo@acme.test");
        own.post(&format!("/tickets/{id}/follow"), &[("follows", "1")]).expect(303);
        assert_eq!(listed(desk, id)["follower_ids"], json!([ada, bo]));

        // Customers are copied in; nobody follows who is not there. Nothing is half-written.
        let kim = desk.ticket(id)["requester_id"].clone();
        for one in [json!({ "user_id": kim }), json!({ "user_email": "nobody@acme.test" })] {
            let refused = put(json!({ "followers": [one], "subject": "Other" })).expect(422);
            assert_ne!(refused.at("/details/followers"), Value::Null, "{refused:?}");
        }
        assert_ne!(desk.ticket(id)["subject"], "Other");

        let new =
            json!({ "ticket": { "comment": { "body": "x" }, "followers": [{ "user_id": bo }] } });
        let new = desk.as_admin().post("tickets.json", &new).expect(201);
        assert_eq!(new.at("/ticket/follower_ids"), json!([bo]));

        let reasons = desk.as_admin().get("satisfaction_reasons.json").expect(200);
        assert_eq!(reasons.at("/reasons"), json!([]));
        desk.as_admin().get("satisfaction_reasons/1.json").expect(404);
    });
}
