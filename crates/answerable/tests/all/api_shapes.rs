//! What clients of the API rely on: every key, every page, every refusal. Told through HTTP, on both engines.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Answer, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ORIGIN: &str = "https://posthog.com";

const TICKET: &str = "id url external_id via created_at updated_at generated_timestamp type subject raw_subject \
    description priority status custom_status_id recipient requester_id submitter_id assignee_id group_id \
    organization_id brand_id ticket_form_id problem_id collaborator_ids follower_ids email_cc_ids \
    sharing_agreement_ids followup_ids forum_topic_id has_incidents is_public due_at tags custom_fields fields \
    satisfaction_rating allow_channelback allow_attachments from_messaging_channel";
const COMMENT: &str = "id type author_id audit_id created_at body html_body plain_body public attachments via metadata";
const REQUEST: &str = "id url status priority type subject description organization_id via custom_fields fields \
    requester_id collaborator_ids email_cc_ids is_public due_at can_be_solved_by_me solved created_at updated_at \
    recipient followup_source_id assignee_id group_id ticket_form_id custom_status_id";
const USER: &str = "id url name email role role_type custom_role_id external_id created_at updated_at last_login_at \
    active verified suspended moderator chat_only shared shared_agent restricted_agent only_private_comments \
    report_csv organization_id default_group_id locale locale_id time_zone iana_time_zone phone \
    shared_phone_number alias signature details notes ticket_restriction two_factor_auth_enabled photo tags user_fields";
const ORGANIZATION: &str = "id url name external_id domain_names details notes group_id shared_tickets \
    shared_comments tags organization_fields created_at updated_at";
const GROUP: &str = "id url name description default is_public deleted created_at updated_at";
const FIELD: &str = "id url type title raw_title description raw_description position active required \
    collapsed_for_agents regexp_for_validation title_in_portal raw_title_in_portal visible_in_portal \
    editable_in_portal required_in_portal tag removable key agent_description sub_type_id created_at updated_at";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

fn missing<'k>(object: &Value, keys: &'k str) -> Vec<&'k str> {
    keys.split_whitespace().filter(|key| object.get(key).is_none()).collect()
}

#[track_caller]
fn complete(object: &Value, keys: &str) {
    let missing = missing(object, keys);
    assert!(missing.is_empty(), "{missing:?} are missing in {object}");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn ids(value: &Value) -> Vec<i64> {
    list(value).iter().filter_map(|one| one["id"].as_i64()).collect()
}

fn new_ticket(subject: &str) -> Value {
    json!({ "ticket": { "subject": subject, "comment": { "body": "Words." },
        "requester": { "name": "Kim", "email": KIM } } })
}

fn made(desk: &Program, count: usize) -> Vec<i64> {
    let make = |number| {
        let answer = desk.as_admin().post("tickets.json", &new_ticket(&format!("No. {number}")));
        answer.expect(201).number("/ticket/id")
    };
    (0..count).map(make).collect()
}

fn form() -> Value {
    json!({ "request": testkit::request(KIM) })
}

/// Follows the link of every page until there is none; the ids in the order they came and the number of pages.
#[track_caller]
fn walk(desk: &Program, first: &str, next: &str) -> (Vec<i64>, usize) {
    let base = format!("http://{}", desk.address());
    let (mut path, mut seen, mut pages) = (first.to_owned(), Vec::new(), 0);
    loop {
        let page = desk.as_admin().get(&path).expect(200);
        let found = ids(&page.at("/tickets"));
        seen.extend(found);
        pages += 1;
        assert!(pages < 30, "{first} never ends");
        let link = page.at(next);
        let Some(link) = link.as_str() else {
            assert_eq!(link, Value::Null);
            return (seen, pages);
        };
        let rest = link.strip_prefix(&base).unwrap_or_else(|| panic!("{link} is not below {base}"));
        rest.clone_into(&mut path);
    }
}

/// 12.1, 12.2
#[test]
fn a_created_ticket_comes_with_its_place_its_audit_and_every_key() {
    on_each_engine(|desk| {
        let made = desk.as_admin().post("tickets", &new_ticket("Hello")).expect(201);

        let id = made.number("/ticket/id");
        let url = format!("http://{}/api/v2/tickets/{id}.json", desk.address());
        assert_eq!(made.header("location"), Some(url.as_str()));
        assert_eq!(made.at("/ticket/url"), url);
        assert_eq!(made.header("content-type"), Some("application/json; charset=utf-8"));
        assert!(made.header("retry-after").is_none(), "never on a success");
        let ticket = made.at("/ticket");
        complete(&ticket, TICKET);
        assert_eq!(ticket["fields"], ticket["custom_fields"]);
        let all: BTreeSet<_> = ids(&ticket["custom_fields"]).into_iter().collect();
        assert!(all.is_superset(&[testkit::SEVERITY, testkit::AREA, testkit::KIND].into()));
        let audit = made.at("/audit");
        complete(&audit, "id ticket_id created_at author_id via metadata events");
        assert_eq!(audit["ticket_id"], id);
        assert!(list(&audit["events"]).iter().any(|event| event["type"] == "Comment"), "{audit}");
        assert!(list(&audit["events"]).iter().all(|event| event["id"].is_i64()), "{audit}");
        for key in ["from", "to", "rel"] {
            assert!(ticket["via"]["source"].get(key).is_some(), "{key} in {}", ticket["via"]);
        }
        let changed = desk.update("ada@acme.test", id, &json!({ "status": "open" })).expect(200);
        complete(&changed.at("/ticket"), TICKET);
        complete(&changed.at("/audit"), "id ticket_id created_at author_id via metadata events");
    });
}

/// 13, 14
#[test]
fn a_comment_has_every_key_and_so_have_the_audits() {
    on_each_engine(|desk| {
        let id = made(desk, 1)[0];
        desk.note("ada@acme.test", id, "Between *us*.");

        let comments = desk.comments(id);

        assert_eq!(comments.len(), 2);
        for comment in &comments {
            complete(comment, COMMENT);
            complete(&comment["metadata"], "system custom");
            assert_eq!(comment["type"], "Comment");
        }
        assert_eq!(comments[1]["public"], false);
        let audits = desk.as_admin().get(&format!("tickets/{id}/audits")).expect(200).at("/audits");
        assert_eq!(list(&audits).len(), 2);
        for audit in list(&audits) {
            complete(audit, "id ticket_id created_at author_id via metadata events");
        }
    });
}

/// 18
#[test]
fn a_request_has_every_key_and_is_nobody_elses() {
    on_each_engine(|desk| {
        let made = desk.as_anybody().post("requests.json", &form()).expect(201);
        complete(&made.at("/request"), REQUEST);
        let id = made.number("/request/id");
        assert!(made.header("location").is_some());

        let own = desk.as_user(KIM).get(&format!("requests/{id}")).expect(200);
        complete(&own.at("/request"), REQUEST);
        let comments = desk.as_user(KIM).get(&format!("requests/{id}/comments")).expect(200);
        for comment in list(&comments.at("/comments")) {
            complete(comment, COMMENT);
            assert_eq!(comment["request_id"], id);
        }
        let lee = json!({ "user": { "name": "Lee", "email": "lee@customer.test" } });
        desk.as_admin().post("users", &lee).expect(201);
        let other = desk.as_user("lee@customer.test").get(&format!("requests/{id}")).expect(404);
        assert_eq!(other.at("/error"), "RecordNotFound");
        let nameless = json!({ "request": { "subject": "Hi", "comment": { "body": "Hi" } } });
        desk.as_anybody().post("requests", &nameless).expect(422);
    });
}

/// 21, 23, 24, 25
#[test]
fn users_organizations_groups_and_fields_have_every_key() {
    on_each_engine(|desk| {
        let admin = desk.as_admin();
        let user = json!({ "user": { "name": "Kim", "email": KIM } });
        let user = admin.post("users.json", &user).expect(201);
        complete(&user.at("/user"), USER);
        assert!(user.header("location").is_some());
        let organization = json!({ "organization": { "name": "Customer" } });
        let organization = admin.post("organizations.json", &organization).expect(201);
        complete(&organization.at("/organization"), ORGANIZATION);
        assert!(organization.header("location").is_some());
        let group = admin.post("groups", &json!({ "group": { "name": "Others" } })).expect(201);
        complete(&group.at("/group"), GROUP);
        assert!(group.header("location").is_some());
        for (name, keys) in [
            ("users", USER),
            ("organizations", ORGANIZATION),
            ("groups", GROUP),
            ("ticket_fields", FIELD),
        ] {
            let all = admin.get(name).expect(200).at(&format!("/{name}"));
            assert!(!list(&all).is_empty(), "{name}");
            for one in list(&all) {
                complete(one, keys);
            }
        }
        let fields = admin.get("ticket_fields.json").expect(200).at("/ticket_fields");
        let types: BTreeSet<_> =
            list(&fields).iter().filter_map(|field| field["type"].as_str()).collect();
        let system = "subject description status tickettype priority group assignee";
        assert!(system.split(' ').all(|one| types.contains(one)), "{types:?}");
    });
}

/// 1.1
#[test]
fn a_path_is_the_same_with_and_without_its_suffix() {
    on_each_engine(|desk| {
        let id = made(desk, 1)[0];

        for path in [
            "tickets".to_owned(),
            format!("tickets/{id}"),
            format!("tickets/{id}/comments"),
            format!("tickets/{id}/audits"),
            "tickets/count".to_owned(),
            "users/me".to_owned(),
            "groups".to_owned(),
            "organizations".to_owned(),
            "ticket_fields".to_owned(),
        ] {
            let plain = desk.as_admin().get(&path).expect(200);
            let suffixed = desk.as_admin().get(&format!("{path}.json?include=None")).expect(200);
            let keys = |answer: &Answer| {
                let json = answer.json();
                json.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>())
            };
            assert_eq!(keys(&plain), keys(&suffixed), "{path}");
        }
    });
}

/// 7.1, 7.2
#[test]
fn pages_neither_repeat_nor_skip() {
    on_each_engine(|desk| {
        let all = made(desk, 60);

        let first = desk.as_admin().get("tickets.json?per_page=7&page=1").expect(200);
        assert_eq!(first.number("/count"), 60);
        assert_eq!(first.at("/previous_page"), Value::Null);
        let (seen, pages) = walk(desk, "tickets.json?per_page=7&page=1", "/next_page");
        assert_eq!((seen, pages), (all.clone(), 9));

        for first in ["tickets.json?page[size]=7", "tickets?page%5Bsize%5D=7&sort=id"] {
            let (seen, pages) = walk(desk, first, "/links/next");
            assert_eq!((seen, pages), (all.clone(), 9), "{first}");
        }
        let (mut seen, _) = walk(desk, "tickets.json?page[size]=7&sort=-updated_at", "/links/next");
        seen.sort_unstable();
        assert_eq!(seen, all);
        let exact = desk.as_admin().get("tickets.json?page[size]=60").expect(200);
        assert_eq!(exact.at("/meta/has_more"), false);
        assert_eq!(exact.at("/links/next"), Value::Null);
        assert!(exact.json().get("count").is_none());
        desk.as_admin().get("tickets.json?page[size]=0").expect(400);
        desk.as_admin().get("tickets.json?page[size]=7&page[after]=nonsense").expect(400);
    });
}

/// 7.2
#[test]
fn a_cursor_is_stable_while_tickets_come_in() {
    on_each_engine(|desk| {
        let before = made(desk, 10);
        let first = desk.as_admin().get("tickets.json?page[size]=7").expect(200);
        let after = made(desk, 3);

        let cursor = first.at("/meta/after_cursor").as_str().unwrap().to_owned();
        let rest = desk.as_admin().get(&format!("tickets?page[size]=7&page[after]={cursor}"));
        let rest = rest.expect(200);

        let mut seen = ids(&first.at("/tickets"));
        seen.extend(ids(&rest.at("/tickets")));
        assert_eq!(seen, [before, after].concat());
        assert_eq!(rest.at("/meta/has_more"), false);
    });
}

/// 6
#[test]
fn pages_of_other_origins_may_ask() {
    on_each_engine(|desk| {
        let page = desk.as_anybody().with("Origin", ORIGIN);

        let preflight = page
            .clone()
            .with("Access-Control-Request-Method", "POST")
            .with("Access-Control-Request-Headers", "content-type,idempotency-key")
            .send("OPTIONS", "requests.json", None, b"")
            .expect(204);
        assert!(preflight.body.is_empty() && preflight.header("content-type").is_none());
        let methods = preflight.header("access-control-allow-methods").unwrap_or_default();
        assert!(methods.contains("POST") || methods == "*", "{methods}");
        let headers = preflight.header("access-control-allow-headers").unwrap_or_default();
        let headers = headers.to_ascii_lowercase();
        for name in ["content-type", "authorization", "idempotency-key"] {
            assert!(headers.contains(name), "{name} in {headers}");
        }
        for answer in [
            preflight,
            page.post("requests.json", &form()).expect(201),
            page.post("requests.json", &json!({ "request": {} })).expect(422),
            page.get("tickets.json").expect(401),
            page.get("no/such/thing.json").expect(404),
        ] {
            let allowed = answer.header("access-control-allow-origin");
            assert!(allowed.is_some_and(|who| who == "*" || who == ORIGIN), "{answer:?}");
        }
    });
}

/// 18: what a page sends when it is being closed.
#[test]
fn a_beacon_of_plain_text_makes_a_request() {
    on_each_engine(|desk| {
        let mut request = testkit::request(KIM);
        request.insert("tags".to_owned(), json!(["web", "beacon"]));
        let fields =
            json!([{ "id": 1, "value": "unknown" }, { "id": testkit::AREA, "value": null }]);
        request.insert("custom_fields".to_owned(), fields);
        request.insert("comment".to_owned(), json!({ "body": "One\nTwo" }));
        let body = serde_json::to_vec_pretty(&json!({ "request": request })).unwrap();

        let made = desk.as_anybody().with("Origin", ORIGIN).send(
            "POST",
            "requests.json",
            Some("text/plain;charset=UTF-8"),
            &body,
        );

        let id = made.expect(201).number("/request/id");
        let ticket = desk.ticket(id);
        assert_eq!(ticket["tags"], json!(["beacon", "web"]));
        assert_eq!(ticket["description"], "One\nTwo");
    });
}

/// 10
#[test]
fn the_same_key_makes_one_ticket() {
    on_each_engine(|desk| {
        for (path, caller, body, id) in [
            ("tickets.json", desk.as_admin(), new_ticket("Once"), "/ticket/id"),
            ("requests.json", desk.as_anybody(), form(), "/request/id"),
        ] {
            let count = desk.ticket_count();
            let caller = caller.with("Idempotency-Key", path);

            let miss = caller.post(path, &body).expect(201);
            let hit = caller.post(path, &body).expect(201);

            assert_eq!(miss.header("x-idempotency-lookup"), Some("miss"));
            assert_eq!(hit.header("x-idempotency-lookup"), Some("hit"));
            assert_eq!(miss.number(id), hit.number(id));
            let mut other = body.clone();
            other["ticket"]["subject"] = "Twice".into();
            other["request"]["subject"] = "Twice".into();
            let refused = caller.post(path, &other).expect(400);
            assert_eq!(refused.at("/error"), "IdempotentRequestError");
            assert_eq!(desk.ticket_count(), count + 1);
        }
    });
}

/// 10
#[test]
fn a_safe_update_of_what_has_changed_is_refused() {
    on_each_engine(|desk| {
        let id = made(desk, 1)[0];
        let seen = desk.ticket(id)["updated_at"].clone();
        desk.advance("1m");
        desk.update("ada@acme.test", id, &json!({ "subject": "Hers" })).expect(200);
        desk.advance("1m");

        let safe = |stamp: &Value| {
            let change = json!({ "subject": "His", "safe_update": true, "updated_stamp": stamp });
            desk.update("dee@acme.test", id, &change)
        };

        assert_eq!(safe(&seen).expect(409).at("/error"), "UpdateConflict");
        assert_eq!(desk.ticket(id)["subject"], "Hers", "nothing changes");
        safe(&desk.ticket(id)["updated_at"]).expect(200);
        assert_eq!(desk.ticket(id)["subject"], "His");
    });
}

/// 4
#[test]
fn refusals_look_as_clients_know_them() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "");
        let nobody = json!({ "error": "Couldn't authenticate you" });
        assert_eq!(desk.as_anybody().get("tickets.json").expect(401).json(), nobody);
        let wrong = desk.as_anybody().token(desk.admin_email(), "wrong");
        assert_eq!(wrong.get("users/me.json").expect(401).json(), nobody);

        let customer = desk.as_user(KIM).get(&format!("tickets/{id}.json")).expect(403);
        assert_eq!(customer.at("/error/title"), "Forbidden");
        assert!(customer.at("/error/message").is_string());

        let admin = desk.as_admin();
        let gone = json!({ "error": "RecordNotFound", "description": "Not found" });
        for path in ["tickets/999999.json", "users/999999", "organizations/999999.json"] {
            assert_eq!(admin.get(path).expect(404).json(), gone, "{path}");
        }
        let nowhere = admin.get("no_such_thing.json").expect(404);
        assert_eq!(
            nowhere.json(),
            json!({ "error": "InvalidEndpoint", "description": "Not found" })
        );

        let number = admin.get("tickets/abc.json").expect(400);
        assert!(number.at("/error/title").is_string(), "{number:?}");
        let many = (1..=101).map(|id: i32| id.to_string()).collect::<Vec<_>>().join(",");
        let many = admin.get(&format!("tickets/show_many.json?ids={many}")).expect(400);
        assert_eq!(many.at("/error"), "TooManyValues");
        assert_eq!(many.at("/max_count"), 100);
        let broken = admin.send("POST", "tickets.json", Some("application/json"), b"{\"ticket\":");
        assert!(broken.status == 422 || broken.status == 400, "{broken:?}");
        assert!(broken.json().get("error").is_some());
        let empty = admin.post("tickets.json", &json!({ "ticket": { "subject": "Hi" } }));
        let empty = empty.expect(422);
        assert_eq!(empty.at("/error"), "RecordInvalid");
        assert!(empty.at("/details/base/0/description").is_string());
        let user = json!({ "user": { "name": "Kim again", "email": KIM } });
        let taken = admin.post("users.json", &user).expect(422);
        assert_eq!(taken.at("/details/email/0/error"), "DuplicateValue");
    });
}

/// 2
#[test]
fn nobody_in_particular_is_an_anonymous_user() {
    on_each_engine(|desk| {
        let me = desk.as_anybody().get("users/me.json").expect(200).at("/user");

        assert_eq!(me["id"], Value::Null);
        assert_eq!(me["name"], "Anonymous user");
        assert_eq!(me["role"], "end-user");
        let me = desk.as_user(&desk.admin_email().to_uppercase()).get("users/me").expect(200);
        assert_eq!(me.at("/user/role"), "admin");
    });
}

/// 12.3
#[test]
fn many_are_shown_in_the_order_asked() {
    on_each_engine(|desk| {
        let all = made(desk, 4);
        let order = [all[2], all[0], 999_999, all[3]];
        let asked = order.map(|id| id.to_string());

        for separator in [",", "%2C"] {
            let path = format!("tickets/show_many.json?ids={}", asked.join(separator));
            let shown = desk.as_admin().get(&path).expect(200);

            assert_eq!(ids(&shown.at("/tickets")), [all[2], all[0], all[3]]);
            assert_eq!(shown.at("/next_page"), Value::Null);
            assert_eq!(shown.at("/previous_page"), Value::Null);
            assert_eq!(shown.number("/count"), 3);
        }
    });
}

/// 8
#[test]
fn what_belongs_to_tickets_comes_along_once() {
    on_each_engine(|desk| {
        let organization = desk.organization("customer.test", &json!({}));
        let (one, two) = (desk.ask(KIM, "high", ""), desk.ask(KIM, "high", ""));
        let ticket = desk.ticket(one);

        for path in [
            "tickets.json?include=users,groups,organizations,slas".to_owned(),
            format!("tickets/{one}.json?include=users%2Cgroups%2Corganizations%2Cslas"),
            format!("tickets/show_many?ids={one},{two}&include=users,groups,organizations,slas"),
        ] {
            let shown = desk.as_admin().get(&path).expect(200).json();

            let users = ids(&shown["users"]);
            assert_eq!(users.iter().filter(|id| ticket["requester_id"] == **id).count(), 1);
            assert_eq!(users.iter().collect::<BTreeSet<_>>().len(), users.len(), "{path}");
            assert_eq!(ids(&shown["organizations"]), [organization], "{path}");
            assert_eq!(ticket["group_id"], ids(&shown["groups"])[0], "{path}");
            assert_eq!(list(&shown["groups"]).len(), 1, "{path}");
            complete(&shown["users"][0], USER);
            complete(&shown["organizations"][0], ORGANIZATION);
            complete(&shown["groups"][0], GROUP);
            let beside = shown.get("tickets").map_or(&shown["ticket"], |tickets| &tickets[0]);
            let metric = &beside["slas"]["policy_metrics"][0];
            assert_eq!(metric["metric"], "first_reply_time", "{path}");
            assert_eq!(metric["breach_at"], "2026-06-09T08:00:00Z");
        }
    });
}
