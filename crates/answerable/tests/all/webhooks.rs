//! Webhooks through the API, as its clients call them. (zendesk-api 34)

use serde_json::{Value, json};
use testkit::{Answer, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";

fn create(desk: &Program, webhook: &Value) -> Answer {
    desk.as_admin().post("webhooks", &json!({ "webhook": webhook }))
}

#[test]
fn a_webhook_is_kept_and_its_secrets_are_not_told() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let new = json!({
            "name": "Them", "endpoint": "https://hooks.acme.test/x", "http_method": "POST",
            "request_format": "json", "status": "active", "subscriptions": ["conditional_ticket_events"],
            "authentication": { "type": "basic_auth", "data": { "username": "u", "password": "hidden" }, "add_position": "header" },
            "custom_headers": { "X-Own": "secret too" },
        });
        let made = create(desk, &new).expect(201);
        let id = made.at("/webhook/id").as_str().unwrap().to_owned();
        assert_eq!(made.at("/webhook/authentication/type"), "basic_auth");
        let text = desk.as_admin().get(&format!("webhooks/{id}")).expect(200).text();
        assert!(!text.contains("hidden") && !text.contains("secret too"), "{text}");

        let list =
            desk.as_admin().get("webhooks?page[size]=10&filter[name_contains]=the").expect(200);
        assert_eq!(list.at("/meta/has_more"), false);
        assert_eq!(list.at("/webhooks/0/id"), id.as_str());
        let change = json!({ "webhook": { "name": "Others", "status": "inactive" } });
        desk.as_admin().put(&format!("webhooks/{id}"), &change).expect(204);
        let patch = json!({ "webhook": { "status": "active" } }).to_string();
        let json = Some("application/json");
        desk.as_admin()
            .send("PATCH", &format!("webhooks/{id}"), json, patch.as_bytes())
            .expect(204);
        let one = desk.as_admin().get(&format!("webhooks/{id}")).expect(200);
        assert_eq!(one.at("/webhook/name"), "Others");
        assert_eq!(one.at("/webhook/status"), "active");
        assert_eq!(one.at("/webhook/authentication/type"), "basic_auth", "it stays");

        let path = format!("webhooks/{id}/signing_secret");
        let secret = desk.as_admin().get(&path).expect(200).at("/signing_secret/secret");
        assert_eq!(
            desk.as_admin().get(&path).expect(200).at("/signing_secret/algorithm"),
            "SHA256"
        );
        let renewed =
            desk.as_admin().post(&path, &json!({})).expect(201).at("/signing_secret/secret");
        assert_ne!(secret, renewed);
        let copy = desk.as_admin().post(
            &format!("webhooks?clone_webhook_id={id}"),
            &json!({ "webhook": { "name": "Copy" } }),
        );
        assert_eq!(copy.expect(201).at("/webhook/endpoint"), "https://hooks.acme.test/x");
        desk.as_admin().delete(&format!("webhooks/{id}")).expect(204);
        desk.as_admin().get(&format!("webhooks/{id}")).expect(404);
        assert!(!desk.complaints().contains("hidden"));
    });
}

#[test]
fn in_the_demo_deliveries_are_captured_with_their_headers() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let new = json!({ "name": "Them", "endpoint": "https://hooks.acme.test/x" });
        let id = create(desk, &new).expect(201).at("/webhook/id").as_str().unwrap().to_owned();
        let rule = json!({ "title": "Tell", "query": "update:created",
            "actions": [{ "field": "notification_webhook", "value": [id, "{\"id\": {{ticket.id}}}"] }] });
        desk.as_admin().post("triggers.json", &json!({ "trigger": rule })).expect(201);

        let ticket = desk.ask(KIM, "", "");

        let sent = desk.sent(ticket, "trigger");
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(sent[0]["channel"], "webhook");
        assert_eq!(sent[0]["to"], json!(["https://hooks.acme.test/x"]));
        assert_eq!(sent[0]["text"], format!("{{\"id\": {ticket}}}"));
        assert!(sent[0]["headers"]["X-Zendesk-Webhook-Signature"].is_string());
        let audits =
            desk.as_admin().get(&format!("tickets/{ticket}/audits.json")).expect(200).text();
        assert!(audits.contains("\"type\":\"External\""));
        let log =
            desk.as_admin().get(&format!("webhooks/{id}/invocations?page[size]=5")).expect(200);
        assert_eq!(log.at("/invocations/0/status"), "success");
        let invocation = log.at("/invocations/0/id").as_str().unwrap().to_owned();
        desk.as_admin()
            .get(&format!("webhooks/{id}/invocations/{invocation}/attempts"))
            .expect(200);
        let test = json!({ "request": { "payload": "{}" } });
        let answer =
            desk.as_admin().post(&format!("webhooks/test?webhook_id={id}"), &test).expect(200);
        assert_eq!(answer.at("/response/status_code"), 200);
        let page = desk
            .visit_as(desk.admin_email())
            .get("/settings/deliveries?channel=webhook")
            .expect(200)
            .text();
        assert!(page.contains("https://hooks.acme.test/x"));
    });
}

#[test]
fn what_a_webhook_cannot_be_is_refused_by_name() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let good = json!({ "name": "N", "endpoint": "https://hooks.acme.test/" });
        for (field, value) in [
            ("name", json!("")),
            ("endpoint", json!("")),
            ("endpoint", json!("ftp://x.test/")),
            ("endpoint", json!("https://user:pw@x.test/")),
            ("endpoint", json!("https:///x")),
            ("endpoint", json!("https://x.test/a b")),
            ("endpoint", json!(format!("https://x.test/{}", "x".repeat(3000)))),
            ("http_method", json!("STEAL")),
            ("request_format", json!("smoke")),
            ("status", json!("maybe")),
            ("subscriptions", json!(["zen:event-type:ticket.exploded"])),
            ("authentication", json!({ "type": "palm_reading", "data": {} })),
            ("authentication", json!({ "type": "bearer_token", "data": { "token": "a\nb" } })),
            (
                "authentication",
                json!({ "type": "api_key", "data": { "name": "Host", "value": "x" } }),
            ),
            ("custom_headers", json!({ "X-Zendesk-Webhook-Signature": "forged" })),
            ("custom_headers", json!({ "Bad Name": "x" })),
            ("custom_headers", json!({ "A": "b\r\nHost: evil" })),
        ] {
            let mut webhook = good.clone();
            webhook[field] = value;
            let answer = create(desk, &webhook).expect(422);
            assert!(answer.at("/details").get(field).is_some(), "{field}: {answer:?}");
        }
        assert_eq!(desk.as_admin().get("webhooks").expect(200).at("/webhooks"), json!([]));
    });
}
