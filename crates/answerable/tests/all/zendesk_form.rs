//! The in-app form that posted to another help desk works by changing its host alone: same path, same JSON, same answer,
//! from any origin. (zendesk-api 6, 18)

use serde_json::{Value, json};
use testkit::{Caller, Program, Start};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const PATH: &str = "/api/v2/requests.json";
const ORIGIN: &str = "https://app.example.test";
/// The ids the form was shipped with.
const SEVERITY: i64 = 22_084_126_888_475;
const AREA: i64 = 22_129_191_462_555;

/// A desk whose handbook has the ids that the form was shipped with.
fn with_the_forms_ids(story: impl Fn(&Program)) {
    let handbook = testkit::HANDBOOK
        .replace("severity = 360001", &format!("severity = {SEVERITY}"))
        .replace("area = 360002", &format!("area = {AREA}"));
    let start = Start { handbook, ..Start::at(MONDAY) };
    testkit::on_each_engine_with(BINARY, &start, story);
}

/// What the form sends, pretty-printed as it does.
fn form() -> String {
    let body = json!({ "request": {
        "requester": { "name": "Dana Reyes", "email": "dana@fernlight.test" },
        "subject": "Flags are off",
        "tags": ["in_app", "plan_scale"],
        "custom_fields": [
            { "id": SEVERITY, "value": "critical" },
            { "id": AREA, "value": "session_replay" },
            { "id": 27_242_745_654_043_i64, "value": "an unknown field" },
            { "id": 26_073_267_652_251_i64, "value": null },
        ],
        "comment": { "body": "Since the update.\n\nAll of them.\n" },
    } });
    format!("{body:#}")
}

fn page(desk: &Program) -> Caller {
    desk.as_anybody().with("Origin", ORIGIN)
}

#[test]
fn the_form_works_by_changing_its_host_alone() {
    with_the_forms_ids(|desk| {
        let preflight = page(desk)
            .with("Access-Control-Request-Method", "POST")
            .with("Access-Control-Request-Headers", "content-type")
            .send("OPTIONS", PATH, None, b"")
            .expect(204);
        assert!(matches!(preflight.header("access-control-allow-origin"), Some("*" | ORIGIN)));
        let allowed = preflight.header("access-control-allow-headers").unwrap_or_default();
        assert!(allowed.contains("content-type") && allowed.contains("authorization"), "{allowed}");
        let methods = preflight.header("access-control-allow-methods").unwrap_or_default();
        assert!(methods.contains("POST"), "{methods}");

        let answer =
            page(desk).send("POST", PATH, Some("application/json"), form().as_bytes()).expect(201);

        assert!(matches!(answer.header("access-control-allow-origin"), Some("*" | ORIGIN)));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        let id = answer.number("/request/id");
        let location = answer.header("location").unwrap_or_default().to_owned();
        assert!(location.ends_with(&format!("/api/v2/requests/{id}.json")), "{location}");
        let ticket = desk.ticket(id);
        assert_eq!(ticket["subject"], "Flags are off");
        assert_eq!(ticket["tags"], json!(["in_app", "plan_scale"]));
        assert_eq!(ticket["priority"], "high", "the severity is read from the form's own field");
        let value = |field: i64| {
            let fields = ticket["custom_fields"].as_array().cloned().unwrap_or_default();
            fields.into_iter().find(|one| one["id"] == field).map(|one| one["value"].clone())
        };
        assert_eq!(value(SEVERITY), Some("critical".into()));
        assert_eq!(value(AREA), Some("session_replay".into()));
        let comment = &desk.comments(id)[0];
        assert_eq!(comment["body"], "Since the update.\n\nAll of them.\n");
        let shape = answer.at("/request");
        for key in [
            "id",
            "url",
            "status",
            "priority",
            "type",
            "subject",
            "description",
            "organization_id",
            "via",
            "custom_fields",
            "fields",
            "requester_id",
            "collaborator_ids",
            "email_cc_ids",
            "is_public",
            "due_at",
            "can_be_solved_by_me",
            "solved",
            "created_at",
            "updated_at",
            "recipient",
            "followup_source_id",
            "assignee_id",
            "group_id",
            "ticket_form_id",
            "custom_status_id",
        ] {
            assert!(shape.get(key).is_some(), "{key} in {shape}");
        }
    });
}

/// When fetch fails the form repeats itself with a beacon, which arrives as text.
#[test]
fn a_beacon_does_as_well_and_errors_can_be_read_by_the_page() {
    with_the_forms_ids(|desk| {
        let kind = Some("text/plain;charset=UTF-8");
        let beacon = page(desk).send("POST", PATH, kind, form().as_bytes()).expect(201);
        assert!(beacon.number("/request/id") > 0);

        for (body, status) in [
            ("{", 422),
            (r#"{"request":{"subject":"s","comment":{"body":"b"}}}"#, 422),
            (r#"{"request":{"requester":{"email":"x"},"comment":{"body":"b"}}}"#, 422),
        ] {
            let refused = page(desk).send("POST", PATH, Some("application/json"), body.as_bytes());
            assert_eq!(refused.status, status, "{body}: {refused:?}");
            assert!(refused.header("access-control-allow-origin").is_some(), "errors included");
        }
        assert_eq!(
            desk.as_admin().get("tickets/count.json").expect(200).at("/count/value"),
            Value::from(1)
        );
    });
}
