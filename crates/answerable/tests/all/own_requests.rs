//! One's own requests through the API and the pages: looking for them, files, ratings, and what goes on in a follow-up.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use testkit::{AREA, Answer, Caller, KIND, Mail, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";
const KIM: &str = "kim@customer.test";
const LU: &str = "lu@customer.test";
const ADA: &str = "ada@acme.test";

fn app_user(desk: &Program, email: &str) -> Caller {
    desk.as_app_user(&json!({ "sub": email, "email": email }))
}

#[track_caller]
fn numbers(caller: &Caller, path: &str) -> Vec<i64> {
    let found = caller.get(path).expect(200).at("/requests");
    found.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
}

fn asked(subject: &str, body: &str) -> Value {
    json!({ "request": { "subject": subject, "comment": { "body": body } } })
}

#[track_caller]
fn ask(caller: &Caller, subject: &str, body: &str) -> i64 {
    caller.post("requests.json", &asked(subject, body)).expect(201).number("/request/id")
}

/// zendesk-api 18: words of notes and tags find nothing, nor does anything of somebody else's.
#[test]
fn a_search_of_ones_own_requests_finds_what_one_may_read() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let (kim, lu) = (app_user(desk, KIM), app_user(desk, LU));
        let first = ask(&kim, "Flags are off", "On Safari.");
        let second = ask(&kim, "Funnel", "It is empty.");
        ask(&lu, "Flags are on", "On Safari as well.");
        desk.note(ADA, second, "Safari is not the reason, says the flags team");
        desk.reply(ADA, second, "Please update the browser.");
        desk.update(ADA, second, &json!({ "additional_tags": ["flags"] })).expect(200);

        assert_eq!(numbers(&kim, "requests/search.json?query=safari"), [first]);
        assert_eq!(numbers(&kim, "requests/search.json?query=flags"), [first]);
        assert_eq!(numbers(&kim, "requests/search.json?query=update%20browser"), [second]);
        assert_eq!(numbers(&kim, "requests/search.json?query=%22is%20empty%22"), [second]);
        assert_eq!(numbers(&kim, "requests/search.json"), [second, first]);
        assert_eq!(numbers(&kim, "requests/search.json?query=safari&status=solved"), [0; 0]);
        assert_eq!(numbers(&kim, "requests/search.json?query=safari&cc_id=1"), [0; 0]);
        let page = kim.get("requests/search.json?per_page=1").expect(200);
        assert_eq!((page.at("/count"), page.at("/requests/0/id")), (2.into(), second.into()));
        assert!(page.at("/next_page").is_string());
        desk.as_anybody().get("requests/search.json?query=safari").expect(401);
        kim.get("requests/search.json?cc_id=x").expect(400);
    });
}

#[test]
fn a_ticket_that_is_all_notes_is_in_no_list_of_its_requester() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let kim = app_user(desk, KIM);
        let own = ask(&kim, "Mine", "Mine.");
        desk.as_user(ADA).post("tickets.json", &json!({ "ticket": {
            "subject": "SECRET about Kim", "comment": { "body": "SECRET", "public": false }, "requester": { "email": KIM },
        } })).expect(201);

        for path in [
            "requests.json",
            "requests/open.json",
            "requests/search.json?query=secret",
            "requests/search.json",
        ] {
            let text = kim.get(path).expect(200).text();
            assert!(!text.contains("SECRET"), "{path}: {text}");
        }
        let list = kim.get("requests.json").expect(200);
        assert_eq!((list.at("/count"), list.at("/requests/0/id")), (1.into(), own.into()));
    });
}

#[test]
fn who_is_copied_in_has_a_list_of_that() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let (kim, lu) = (app_user(desk, KIM), app_user(desk, LU));
        let id = ask(&kim, "Flags are off", "On Safari.");
        lu.get("requests.json").expect(200);
        let ccs = json!({ "email_ccs": [{ "user_email": LU, "action": "put" }] });
        desk.update(ADA, id, &ccs).expect(200);

        assert_eq!(numbers(&lu, "requests/ccd.json"), [id]);
        assert_eq!(numbers(&lu, "requests.json"), [0; 0]);
        assert_eq!(numbers(&kim, "requests/ccd.json"), [0; 0]);
        let of_kim = desk.ticket(id)["requester_id"].clone();
        assert_eq!(numbers(&desk.as_user(ADA), &format!("users/{of_kim}/requests.json")), [id]);
        kim.get(&format!("users/{of_kim}/requests.json")).expect(403);
        let me = lu.get("users/me.json").expect(200).number("/user/id");
        assert_eq!(numbers(&lu, &format!("requests/search.json?query=safari&cc_id={me}")), [id]);
    });
}

#[test]
fn recent_tickets_are_those_one_worked_on_last() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids: Vec<i64> = (0..3).map(|_| desk.ask(KIM, "", "")).collect();
        let me = desk.as_user(ADA).get("users/me.json").expect(200).number("/user/id");
        for id in [ids[2], ids[0]] {
            desk.advance("1m");
            desk.update(ADA, id, &json!({ "assignee_id": me })).expect(200);
        }

        let recent = desk.as_user(ADA).get("tickets/recent.json?include=users").expect(200);

        let found: Vec<Value> =
            recent.at("/tickets").as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(found, [ids[0], ids[2]]);
        assert!(recent.at("/users").is_array());
        desk.as_user(KIM).get("tickets/recent.json").expect(403);
    });
}

fn area(ticket: &Value) -> Value {
    let fields = ticket["custom_fields"].as_array().unwrap();
    let value = |id: i64| fields.iter().find(|one| one["id"] == id).unwrap()["value"].clone();
    json!([value(AREA), value(KIND)])
}

/// ST-06: what it was about, and for whom, holds on.
#[test]
fn a_follow_up_goes_on_with_area_kind_and_organization() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.organization("customer.test", &json!({ "plan": "scale" }));
        let other = desk.organization("other.test", &json!({ "plan": "free" }));
        let id = desk.ask(KIM, "critical", "session_replay");
        desk.update(ADA, id, &json!({ "custom_fields": [{ "id": KIND, "value": "bug" }] }))
            .expect(200);
        let kim = desk.ticket(id)["requester_id"].clone();
        let member =
            json!({ "organization_membership": { "user_id": kim, "organization_id": other } });
        desk.as_admin().post("organization_memberships.json", &member).expect(201);
        desk.update(ADA, id, &json!({ "organization_id": other })).expect(200);
        desk.reply(ADA, id, "Fixed.");
        let address = desk.reply_address(id);
        desk.set_status(id, "solved");
        desk.set_status(id, "closed");
        let source = desk.ticket(id);

        let (_, by_mail) = desk.receive(&Mail::from(KIM).to(&address));
        let body = json!({ "ticket": { "subject": "Again", "comment": { "body": "It is back." }, "requester_id": kim, "via_followup_source_id": id } });
        let by_api = desk.as_user(ADA).post("tickets.json", &body).expect(201).number("/ticket/id");

        for follow_up in [by_mail.unwrap(), by_api] {
            let ticket = desk.ticket(follow_up);
            assert_eq!(ticket["via"]["source"]["rel"].as_str().unwrap_or("follow_up"), "follow_up");
            assert_eq!(area(&ticket), json!(["session_replay", "bug"]), "{ticket}");
            assert_eq!(ticket["organization_id"], source["organization_id"]);
            assert_eq!(ticket["group_id"], source["group_id"], "and so to the same team");
            assert_ne!(ticket["priority"], "high", "how bad it was is not said anew");
        }
        let mut said = body.clone();
        said["ticket"]["custom_fields"] = json!([{ "id": AREA, "value": "billing" }]);
        let named = desk.as_user(ADA).post("tickets.json", &said).expect(201).number("/ticket/id");
        assert_eq!(area(&desk.ticket(named))[0], "billing");
    });
}

fn upload(caller: &Caller, name: &str, content: &[u8]) -> Answer {
    caller.send(
        "POST",
        &format!("uploads.json?filename={name}"),
        Some("application/octet-stream"),
        content,
    )
}

fn with_files(tokens: &Value) -> Value {
    json!({ "request": { "requester": { "email": "dana@fernlight.test" }, "subject": "See the file", "comment": { "body": "There.", "uploads": tokens } } })
}

/// CH-01: attachments upload first and are bound on submit, whoever asks.
#[test]
fn whoever_asks_sends_files_ahead() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let anybody = desk.as_anybody();
        let sent = upload(&anybody, "console.txt", b"one\ntwo").expect(201);
        let token = sent.at("/upload/token");
        let url = sent.at("/upload/attachment/content_url");
        let path = url
            .as_str()
            .unwrap()
            .split_once("/attachments")
            .map(|(_, rest)| format!("/attachments{rest}"))
            .unwrap();
        desk.visit().get(&path).expect(404);
        let made = anybody.post("requests.json", &with_files(&json!([token]))).expect(201);
        assert_eq!(desk.visit().get(&path).expect(200).text(), "one\ntwo");
        let id = made.number("/request/id");
        assert_eq!(desk.comments(id)[0]["attachments"][0]["file_name"], "console.txt");
        anybody.post("requests.json", &with_files(&json!([token]))).expect(422);

        // A token that expired between the file and the words loses neither.
        let kim = app_user(desk, KIM);
        let late = upload(&anybody, "a.txt", b"a").expect(201).at("/upload/token");
        let mine = upload(&kim, "b.txt", b"b").expect(201).at("/upload/token");
        let bound = kim
            .post("requests.json", &with_files(&json!([late, mine])))
            .expect(201)
            .number("/request/id");
        assert_eq!(desk.comments(bound)[0]["attachments"].as_array().unwrap().len(), 2);
        // What one has sent is no stranger's.
        let mine = upload(&kim, "c.txt", b"c").expect(201).at("/upload/token");
        let refused = anybody.post("requests.json", &with_files(&json!([mine]))).expect(422);
        assert!(refused.json()["details"].get("uploads").is_some(), "{refused:?}");
        desk.as_anybody().delete(&format!("uploads/{}.json", mine.as_str().unwrap())).expect(404);
        kim.delete(&format!("uploads/{}.json", mine.as_str().unwrap())).expect(204);
        // 20 MB are the limit, and one byte more is refused with the whole body read.
        upload(&kim, "screenshot.png", &vec![0; 20 * 1024 * 1024]).expect(201);
        upload(&kim, "screenshot.png", &vec![0; 20 * 1024 * 1024 + 1]).expect(413);
        upload(&kim, "", b"x").expect(422);
    });
}

/// CH-02, NF-11: nothing of somebody else's is found by its number.
#[test]
fn a_guessed_number_finds_nothing() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let (kim, lu) = (app_user(desk, KIM), app_user(desk, LU));
        let token = upload(&kim, "secret.txt", b"secret").expect(201).at("/upload/token");
        let id = kim
            .post("requests.json", &with_files(&json!([token])))
            .expect(201)
            .number("/request/id");
        let file = desk.comments(id)[0]["attachments"][0]["id"].clone();
        let comment = desk.comments(id)[0]["id"].clone();
        lu.get("requests.json").expect(200);
        let nobody = desk.as_anybody();

        for path in [
            format!("requests/{id}.json"),
            format!("requests/{id}/comments.json"),
            format!("requests/{id}/comments/{comment}.json"),
            format!("attachments/{file}.json"),
            format!("attachments/{file}/content"),
        ] {
            lu.get(&path).expect(404);
            nobody.get(&path).expect(401);
            kim.get(&path).expect(200);
        }
        lu.put(&format!("requests/{id}.json"), &json!({ "request": { "solved": true } }))
            .expect(404);
        lu.post(
            &format!("tickets/{id}/satisfaction_rating.json"),
            &json!({ "satisfaction_rating": { "rating": 1 } }),
        )
        .expect(404);
        assert_eq!(desk.ticket(id)["status"], "new");
        desk.visit().get("/attachments/token/0123456789abcdef/").expect(404);
    });
}

/// CS-02, CS-07: the page, the API and the link say one and the same thing, once.
#[test]
fn a_solved_request_is_rated_on_its_page_and_nobody_is_asked_again() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.solved();
        let open = desk.ask(KIM, "", "");
        desk.ask(LU, "", "");
        let kim = desk.visit_as(KIM);
        let path = format!("/requests/{id}");

        assert!(
            !kim.get(&format!("/requests/{open}")).expect(200).text().contains("How was our help?")
        );
        let page = kim.get(&path).expect(200).text();
        assert!(page.contains("How was our help?") && page.contains("5 Very good"), "{page}");
        kim.post(&format!("{path}/rating"), &[("comment", "No rating.")]).expect(422);
        let typed = kim
            .post(&format!("{path}/rating"), &[("rating", "9"), ("comment", "Kept <b>words</b>")])
            .expect(422)
            .text();
        assert!(typed.contains("Kept &lt;b&gt;words"), "{typed}");
        kim.post(&format!("{path}/rating"), &[("rating", "4"), ("comment", "Fast.")]).expect(303);
        assert_eq!(desk.rating(id)["score"], "good");
        let own = app_user(desk, KIM)
            .get(&format!("requests/{id}.json"))
            .expect(200)
            .at("/request/satisfaction");
        assert_eq!(
            (&own["rating"], &own["comment"], &own["settled"]),
            (&4.into(), &"Fast.".into(), &false.into())
        );

        desk.advance("4d");
        assert_eq!(desk.surveys(id), 0, "whoever has rated is not asked");
        let rated = app_user(desk, KIM)
            .post(
                &format!("tickets/{id}/satisfaction_rating.json"),
                &json!({ "satisfaction_rating": { "rating": 2, "comment": "Not so fast." } }),
            )
            .expect(200);
        assert_eq!(
            (rated.at("/satisfaction_rating/score"), rated.at("/satisfaction_rating/rating")),
            ("bad".into(), 2.into())
        );
        assert_eq!(
            (
                rated.at("/satisfaction_rating/group_id"),
                rated.at("/satisfaction_rating/assignee_id")
            ),
            (Value::Null, Value::Null)
        );
        let page = kim.get(&path).expect(200).text();
        assert!(page.contains("value=\"2\" checked") && page.contains("Not so fast."), "{page}");
        desk.advance("4d");
        let settled = kim.get(&path).expect(200).text();
        assert!(!settled.contains("name=\"rating\""), "{settled}");
        kim.post(&format!("{path}/rating"), &[("rating", "5")]).expect(422);
        assert_eq!(desk.rating(id)["score"], "bad");
        kim.post(&format!("/requests/{open}/rating"), &[("rating", "5")]).expect(422);
        desk.visit_as(LU).post(&format!("{path}/rating"), &[("rating", "1")]).expect(404);
    });
}

/// CH-02: the link is made where the agent reads the conversation.
#[test]
fn an_agent_makes_a_link_on_the_ticket_and_its_opener_has_the_conversation() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(LU, "", "");
        let id = desk.ask("unknown.author@forum.test", "", "");
        let ada = desk.visit_as(ADA);
        let page = ada.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains(&format!("/tickets/{id}/claim")), "{page}");
        ada.get(&format!("/tickets/{id}/claim")).expect(200);

        let page = ada.post(&format!("/tickets/{id}/claim"), &[]).expect(201).text();
        let link = page.split("/claim/").last().unwrap().split('"').next().unwrap().to_owned();
        assert!(page.contains("Mon 22 Jun"), "{page}");
        let kim = desk.visit_as(LU);
        kim.get(&format!("/claim/{link}")).expect(200);
        kim.post(&format!("/claim/{link}"), &[]).expect(303);

        kim.get(&format!("/requests/{id}")).expect(200);
        desk.visit().get(&format!("/claim/{link}")).expect(404);
        desk.set_status(id, "solved");
        desk.set_status(id, "closed");
        ada.post(&format!("/tickets/{id}/claim"), &[]).expect(422);
    });
}

/// NF-11: whatever field somebody writes it into, it is shown and not obeyed, on either side.
#[test]
fn markup_in_any_field_is_shown_and_not_obeyed() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let bad = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}";
        let app = desk.as_app_user(&json!({
            "sub": "<script>7</script>", "email": KIM, "name": bad,
            "organization": { "id": "org-3", "name": bad, "plan": bad },
        }));
        let sent = upload(&app, "%3Cscript%3Ealert(3)%3C%2Fscript%3E.html", bad.as_bytes());
        let token = sent.expect(201).at("/upload/token");
        let body = json!({ "request": {
            "subject": bad, "comment": { "body": bad, "uploads": [token] }, "tags": [bad], "priority": bad,
            "custom_fields": [{ "id": AREA, "value": bad }, { "id": KIND, "value": bad }],
            "context": { "page": bad, "errors": [bad, { bad: bad }], bad: bad, "replay": "javascript:alert(4)" },
        } });
        let id = app.post("requests.json", &body).expect(201).number("/request/id");
        app.put(
            &format!("requests/{id}.json"),
            &json!({ "request": { "comment": { "body": bad } } }),
        )
        .expect(200);
        let (kim, ada) = (desk.visit_as(KIM), desk.visit_as(ADA));
        let own = [
            format!("/requests/{id}"),
            "/requests".to_owned(),
            format!("/requests/new?subject={}", "%3Cscript%3Ealert(1)"),
        ];
        let ours = [
            format!("/tickets/{id}"),
            "/views/all".to_owned(),
            "/search?q=alert".to_owned(),
            format!("/questions/new?ticket={id}"),
        ];

        let pages =
            own.iter().map(|path| kim.get(path)).chain(ours.iter().map(|path| ada.get(path)));

        for page in pages {
            let text = page.expect(200).text();
            let lower = text.to_lowercase();
            for raw in ["<script>alert", "<img src=x", "href=\"javascript:", "onerror=alert(2)>"] {
                assert!(!lower.contains(raw), "{raw} in {text}");
            }
        }
    });
}

/// PR-06: who is promised nothing is told where to say how bad it is, and doing so there decides anew
#[test]
fn a_mail_without_a_promise_leads_to_where_one_says_how_bad_it_is() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "", "");
        let mail = desk.outbox().into_iter().find(|one| one["kind"] == "acknowledgement").unwrap();
        let text = mail["text"].as_str().unwrap();
        assert!(text.contains("Tell us how bad it is: http"), "{text}");
        assert!(text.contains(&format!("/requests/{id}#severity\n")), "{text}");
        assert!(text.contains("The community is often quicker: http"), "{text}");
        let html = mail["html"].as_str().unwrap();
        assert!(html.contains(&format!("/requests/{id}#severity\">Tell us how bad it is</a>")));
        assert!(html.contains(&format!("/requests/{id}\">")), "the link to the request, too");

        let kim = desk.visit_as(KIM);
        let page = format!("/requests/{id}");
        assert!(kim.get(&page).expect(200).text().contains("id=\"severity\""));
        kim.post(&format!("{page}/severity"), &[("severity", "dreadful")]).expect(422);
        kim.post(&format!("{page}/severity"), &[("severity", "critical")]).expect(303);
        let after = kim.get(&page).expect(200).text();
        assert!(after.contains("Sooner than we said") && !after.contains("id=\"severity\""));
        assert_eq!(desk.ticket(id)["priority"], "high");
    });
}

/// The zone is the one the browser says, else the company's, and it is named either way
#[test]
fn times_are_in_the_readers_zone_and_say_whose() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.reply(ADA, id, "Try 41.2.");
        desk.update(ADA, id, &json!({ "status": "pending" })).expect(200);
        let page = |kim: testkit::Visitor| kim.get(&format!("/requests/{id}")).expect(200).text();

        let company = page(desk.visit_as(KIM));
        assert!(company.contains("Times are London time (BST)."));
        assert!(company.contains("mark it solved on Mon 15 Jun, 09:00 London time (BST)."));
        let own = page(desk.visit_as(KIM).with_cookie("zone", "America/New_York"));
        assert!(own.contains("Times are in your zone (EDT)."));
        assert!(own.contains("mark it solved on Mon 15 Jun, 04:00 your time (EDT)."));
        let nonsense = page(desk.visit_as(KIM).with_cookie("zone", "../../etc/passwd"));
        assert!(nonsense.contains("Times are London time (BST)."));
    });
}

#[test]
fn what_is_wrong_with_a_customers_form_is_said_in_their_language() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let visitor = desk.visit();
        let form = [("email", "nobody"), ("subject", "Hallo"), ("body", "Nichts geht.")];
        let refused = visitor.post("/requests/new?lang=de", &form).expect(422).text();
        assert!(refused.contains("Erwartet wird eine Adresse"), "in German");
        assert!(!refused.contains("properly formatted"), "no English");
    });
}
