//! Nothing internal is ever in what a customer is given: a marker in everything that is for us, and every page, answer and
//! mail of the customer's side searched for it. A route that is new is searched by itself.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::Act;
use serde_json::{Value, json};
use testkit::{Caller, Mail, Program, Start, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";
const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";
const BO: &str = "bo@acme.test";

/// Team names, people, reasons and channels are markers; what `/support-hours` tells everybody is not.
fn handbook() -> String {
    let hero = "slack = \"#marker-replay\"\nhero = { order = [\"bo@acme.test\", \"cy@acme.test\"], from = \"2026-01-05\" }";
    let people = "\n[[person]]\nemail = \"bo@acme.test\"\nname = \"Marker Bo\"\nhours = \"09:00-17:00\"\n\n[fields]";
    testkit::HANDBOOK
        .replace("slack = \"#support-replay\"", hero)
        .replace("slack = \"#team-support\"", "slack = \"#marker-team\"")
        .replace("name = \"Support\"", "name = \"Marker support\"")
        .replace("name = \"Session replay\"\nmembers", "name = \"Marker replay\"\nmembers")
        .replace("name = \"Ada\"", "name = \"Marker Ada\"")
        .replace("critical severity", "marker because")
        .replace("\n[fields]", people)
}

/// The customer's ticket, with a marker in everything that is ours.
struct Planted {
    id: i64,
    public_file: i64,
    comment: i64,
}

#[track_caller]
fn upload(desk: &Program, name: &str) -> Value {
    let caller = desk.as_user(ADA);
    let sent =
        caller.send("POST", &format!("uploads.json?filename={name}"), Some("text/plain"), b"words");
    sent.expect(201).at("/upload/token")
}

fn plant(desk: &Program, app: &Caller) -> Planted {
    let admin = desk.as_admin();
    let ada = desk.as_user(ADA);
    let field = json!({ "ticket_field": { "type": "text", "title": "Marker field", "description": "marker" } });
    let field = admin.post("ticket_fields.json", &field).expect(201).number("/ticket_field/id");
    let group = json!({ "group": { "name": "Marker group", "description": "marker" } });
    admin.post("groups.json", &group).expect(201);
    let asked = json!({ "request": { "subject": "Mine", "comment": { "body": "Since today." }, "tags": ["marker_asked"],
        "custom_fields": { testkit::SEVERITY.to_string(): "critical", testkit::AREA.to_string(): "session_replay" },
        "context": { "page": "marker page", "errors": ["marker error"] } } });
    let id = app.post("requests.json", &asked).expect(201).number("/request/id");
    let requester = desk.ticket(id)["requester_id"].clone();
    let organization =
        desk.organization("marker.test", &json!({ "plan": "marker plan", "mrr": 987_654 }));
    admin.put(&format!("organizations/{organization}.json"), &json!({ "organization": { "notes": "marker", "details": "marker", "tags": ["marker_org"], "external_id": "marker-org" } })).expect(200);
    admin.put(&format!("users/{requester}.json"), &json!({ "user": { "notes": "marker", "details": "marker", "tags": ["marker_person"], "organization_id": organization } })).expect(200);
    let me = ada.get("users/me.json").expect(200).number("/user/id");
    admin.put(&format!("users/{me}.json"), &json!({ "user": { "notes": "marker", "details": "marker", "phone": "marker phone", "alias": "Ada of Acme", "signature": "marker", "tags": ["marker_agent"] } })).expect(200);
    let bo = desk.as_user(BO).get("users/me.json").expect(200).number("/user/id");
    admin
        .put(&format!("users/{bo}.json"), &json!({ "user": { "alias": "Bo of Acme" } }))
        .expect(200);
    admin
        .post(
            "views.json",
            &json!({ "view": { "title": "Marker view", "query": "tags:marker_tag" } }),
        )
        .expect(201);
    let acts = json!([{ "field": "current_tags", "value": "marker_acted" }]);
    let kept =
        json!({ "macro": { "title": "Marker::Macro", "actions": acts, "description": "marker" } });
    admin.post("macros.json", &kept).expect(201);
    let trigger = json!({ "trigger": { "title": "Marker trigger", "query": "tags:marker_tag", "actions": acts, "active": true } });
    admin.post("triggers.json", &trigger).expect(201);
    assert_eq!(ada.post("leases.json", &json!({})).expect(201).at("/lease/ticket_id"), id);
    let skip = json!({ "skip": { "ticket_id": id, "reason": "marker skip" } });
    ada.post("skips.json", &skip).expect(201);
    let note = json!({ "comment": { "body": "marker note @bo", "public": false, "uploads": [upload(desk, "marker-note.txt")] } });
    desk.update(ADA, id, &note).expect(200);
    let reply = json!({ "comment": { "body": "We look at it.", "public": true, "uploads": [upload(desk, "log.txt")] } });
    desk.update(ADA, id, &reply).expect(200);
    desk.update(ADA, id, &json!({
        "tags": ["marker_tag"], "external_id": "marker external", "priority": "urgent", "metadata": { "marker": "marker" },
        "custom_fields": [{ "id": field, "value": "marker value" }],
    })).expect(200);
    let other = desk.ask(KIM, "", "");
    desk.note(ADA, other, "marker merged note");
    let merge = json!({ "ids": [other], "target_comment": "marker target", "source_comment": "marker source" });
    ada.post(&format!("tickets/{id}/merge.json"), &merge).expect(200);
    let replay = ada.get("groups.json").expect(200).at("/groups");
    let is_replay = |one: &&Value| one["name"] == "Marker replay";
    let replay = replay.as_array().unwrap().iter().find(is_replay).unwrap()["id"].clone();
    let escalation = json!({ "escalation": { "group_id": replay, "note": "marker escalation" } });
    ada.post(&format!("tickets/{id}/escalate.json"), &escalation).expect(200);
    // The hero has it, has not answered, and hands it over with a word.
    app.put(
        &format!("requests/{id}.json"),
        &json!({ "request": { "comment": { "body": "Any news?" } } }),
    )
    .expect(200);
    desk.update(ADA, id, &json!({ "assignee_id": bo })).expect(200);
    desk.advance("107h");
    desk.advance("30m");
    let mark = json!({ "line": { "mark": "told", "word": "marker handover" } });
    let sheet = format!("rotas/replay/handovers/2026-06-08/tickets/{id}.json");
    desk.as_user(BO).put(&sheet, &mark).expect(200);
    let almost = json!({ "comment": { "body": "Almost there.", "public": true } });
    desk.update(BO, id, &almost).expect(200);
    // Mail that waits, with its cause, and one that nobody may send.
    desk.inbox("Subject: marker suspended\r\nMessage-ID: <marker@customer.test>\r\n\r\nmarker suspended words\r\n");
    publish(desk, id);
    desk.update(ADA, id, &json!({ "status": "solved" })).expect(200);
    let comments = desk.comments(id);
    let public = comments.iter().find(|one| one["body"] == "We look at it.").unwrap();
    Planted {
        id,
        public_file: public["attachments"][0]["id"].as_i64().unwrap(),
        comment: public["id"].as_i64().unwrap(),
    }
}

/// A question drawn from the ticket, with a remark that only we read.
fn publish(desk: &Program, id: i64) {
    let question = json!({ "question": { "title": "Why is it off?", "details": "Since today.", "answer": "Update it.", "ticket_id": id, "checked": true } });
    let published =
        desk.as_user(ADA).post("questions.json", &question).expect(201).number("/question/id");
    desk.as_anybody()
        .post(
            &format!("questions/{published}/feedback.json"),
            &json!({ "feedback": { "useful": false, "words": "marker remark" } }),
        )
        .expect(204);
}

/// A path of the customer's side with numbers of what is the customer's.
fn filled(path: &str, planted: &Planted) -> String {
    let id = match path {
        _ if path.starts_with("/attachments") => planted.public_file,
        _ if path.starts_with("/questions") => 1,
        _ => planted.id,
    };
    let parts = path.split('/').map(|part| match part {
        "{comment}" => planted.comment.to_string(),
        _ if part.starts_with('{') => id.to_string(),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

fn is_customers(act: Act) -> bool {
    matches!(
        act,
        Act::ReadPublic | Act::OpenRequest | Act::OwnRequests | Act::AnswerSurvey | Act::JudgePage
    )
}

/// Everything that the customer's side can be asked for, and what it answers.
fn everything(
    desk: &Program,
    planted: &Planted,
    callers: &[Caller],
    visitor: &Visitor,
) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    let Planted { id, .. } = planted;
    for route in api::routes()
        .iter()
        .filter(|route| route.method == api::Method::Get && is_customers(route.act))
    {
        let path = filled(route.path, planted);
        for query in [
            "",
            "?include=users,organizations,groups,slas,metric_sets,comment_count&query=marker",
            "?query=since&sort_order=desc",
        ] {
            for caller in callers {
                let answer = caller.get(&format!("/api/v2{path}.json{query}"));
                assert!(answer.status < 500, "{path}: {answer:?}");
                seen.push((format!("GET {path}{query}"), answer.text()));
            }
        }
    }
    for route in web::routes()
        .iter()
        .filter(|route| route.method == web::Method::Get && !route.demo && is_customers(route.act))
    {
        let path = filled(route.path, planted);
        if path == "/live" {
            continue;
        }
        for query in ["", "?q=marker", "?q=off&shown=500"] {
            let page = visitor.get(&format!("{path}{query}")).text();
            // What stands before the main part is the demo's own bar; what somebody searches for is their own word.
            let main = page.split_once("<main").map_or(page.as_str(), |(_, main)| main);
            seen.push((
                format!("{path}{query}"),
                main.replace("value=\"marker\"", "").replace("“marker”", ""),
            ));
        }
    }
    let changes = [
        (
            "PUT",
            format!("requests/{id}.json"),
            json!({ "request": { "comment": { "body": "And now?" } } }),
        ),
        ("PUT", format!("requests/{id}.json"), json!({ "request": { "solved": true } })),
        (
            "POST",
            format!("tickets/{id}/satisfaction_rating.json"),
            json!({ "satisfaction_rating": { "rating": 4 } }),
        ),
        ("POST", "requests/sign_in.json".to_owned(), json!({ "request_id": id })),
        (
            "PUT",
            format!("requests/{id}.json"),
            json!({ "request": { "comment": { "uploads": ["marker-not-mine"] } } }),
        ),
    ];
    for (verb, path, body) in changes {
        let sent =
            callers[0].send(verb, &path, Some("application/json"), body.to_string().as_bytes());
        seen.push((format!("{verb} {path}"), sent.text().replace("marker-not-mine", "")));
    }
    for path in [
        format!("/requests/{id}/rating"),
        format!("/requests/{id}/replies"),
        format!("/requests/{id}/solution"),
    ] {
        let page = visitor.post(&path, &[("rating", "9"), ("body", "")]).text();
        seen.push((
            path,
            page.split_once("<main").map_or(String::new(), |(_, main)| main.to_owned()),
        ));
    }
    let mails = desk.outbox();
    let to_kim =
        mails.iter().filter(|mail| mail["to"] == json!([KIM]) && mail["channel"] == "email");
    for mail in to_kim {
        let said =
            format!("{} {} {} {}", mail["subject"], mail["text"], mail["html"], mail["headers"]);
        seen.push((format!("mail {}", mail["kind"]), said));
    }
    seen
}

/// The customer's side of the issue: whoever of it reads, and by whichever door.
#[test]
fn no_internal_word_is_in_anything_a_customer_is_given() {
    let start = Start { handbook: handbook(), ..Start::at(MONDAY) };
    testkit::on_each_engine_with(BINARY, &start, |desk| {
        let claims = json!({ "sub": "7", "email": KIM, "name": "Kim" });
        let planted = plant(desk, &desk.as_app_user(&claims));
        let (_, claimed) = desk.receive(&Mail::from(KIM).header("Subject", "Re: my other request"));
        let callers = [desk.as_app_user(&claims), desk.as_user(KIM), desk.as_anybody()];
        let visitor = desk.visit_as(KIM);
        assert!(claimed.is_some());

        let seen = everything(desk, &planted, &callers, &visitor);

        assert!(seen.len() > 150, "{}", seen.len());
        let shown = seen.iter().filter(|(_, text)| text.contains("We look at it.")).count();
        assert!(shown > 5, "what is public is there: {shown}");
        for (path, text) in &seen {
            let lower = text.to_lowercase();
            let public = path.starts_with("/support-hours");
            for word in [
                "marker",
                "987654",
                "987,654",
                ADA,
                BO,
                "urgent",
                "escalat",
                "critical severity",
                "suspended",
                "unsigned",
            ] {
                let is_told = public && matches!(word, "marker" | "escalat" | "urgent");
                // The reason of a rule is told to everybody under support hours, nowhere else.
                assert!(is_told || !lower.contains(word), "{word} in {path}: {text}");
            }
        }
    });
}
