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
