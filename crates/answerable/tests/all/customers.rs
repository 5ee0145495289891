//! Customers and their own requests: without a password, without a word that is not for them. (CH-02, CH-09)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::json;
use testkit::{Program, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";
const KIM: &str = "kim@customer.test";

/// The path of the last link that was mailed to somebody.
#[track_caller]
fn link(desk: &Program, email: &str) -> String {
    let outbox = desk.outbox();
    let sent = outbox.iter().rfind(|one| one["kind"] == "sign_in" && one["to"] == json!([email]));
    let text = sent.unwrap()["text"].as_str().unwrap();
    let start = text.find("/requests/sign-in/").unwrap();
    text[start..].split_whitespace().next().unwrap().to_owned()
}

fn ask_for_link(desk: &Program, email: &str, back: &str) -> (Visitor, String) {
    let visitor = desk.visit();
    let page = visitor.post("/requests/sign-in", &[("email", email), ("back", back)]).expect(200);
    (visitor, page.text())
}

/// Somebody who came by a link in a mail.
pub(crate) fn by_mail(desk: &Program, email: &str) -> Visitor {
    let (visitor, _) = ask_for_link(desk, email, "");
    visitor.post(&link(desk, email), &[]).expect(303);
    visitor
}

#[test]
fn a_link_by_mail_opens_ones_own_requests_and_its_button_uses_it_up() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "", "");
        let other = desk.ask("lu@customer.test", "", "");
        let (visitor, _) = ask_for_link(desk, KIM, &format!("/requests/{id}"));
        let path = link(desk, KIM);

        // Scanners open links.
        for _ in 0..3 {
            assert!(desk.visit().get(&path).expect(200).text().contains("Open my requests"));
        }
        let answer = visitor.post(&path, &[]).expect(303);
        assert_eq!(answer.header("location"), Some(format!("/requests/{id}").as_str()));

        assert!(visitor.get("/requests").expect(200).text().contains(&format!("#{id} ")));
        visitor.get(&format!("/requests/{id}")).expect(200);
        visitor.get(&format!("/requests/{other}")).expect(404);
        desk.visit().post(&path, &[]).expect(404);
        desk.visit().get(&path).expect(404);
        let person = desk.as_admin().get(&format!("users/search.json?query={KIM}")).expect(200);
        assert_eq!(person.at("/users/0/verified"), true);
    });
}

#[test]
fn nobody_hears_whether_an_address_is_known() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(KIM, "", "");
        let before = desk.outbox().len();

        let (_, known) = ask_for_link(desk, KIM, "");
        let (_, unknown) = ask_for_link(desk, "who@customer.test", "");

        assert_eq!(desk.outbox().len(), before + 1);
        // Two letters more or less, and the demo's bar, which counts the outbox.
        let main = |page: &str| {
            page.split("<main").nth(1).unwrap().split("</form>").next().unwrap().to_owned()
        };
        assert_eq!(main(&known).replace(KIM, ""), main(&unknown).replace("who@customer.test", ""));
        let visitor = desk.visit();
        visitor.post("/requests/sign-in", &[("email", "no address")]).expect(422);
    });
}

#[test]
fn a_link_is_over_after_an_hour_and_leads_to_nobody_elses_request() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(KIM, "", "");
        let other = desk.ask("lu@customer.test", "", "");
        let (visitor, _) = ask_for_link(desk, KIM, &format!("/requests/{other}"));
        let answer = visitor.post(&link(desk, KIM), &[]).expect(303);
        assert_eq!(answer.header("location"), Some("/requests"));

        let (visitor, _) = ask_for_link(desk, KIM, "");
        desk.advance("61m");

        visitor.get(&link(desk, KIM)).expect(404);
        visitor.post(&link(desk, KIM), &[]).expect(404);
        visitor.post("/requests/sign-in/0000000000", &[]).expect(404);
    });
}

/// A mailbox is no password: what it opens is a customer's side, also for those who answer.
#[test]
fn a_link_opens_no_desk() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "", "");
        let ada = by_mail(desk, "ada@acme.test");

        ada.get("/requests").expect(200);
        for path in [
            "/rota",
            "/views/mine",
            "/search?q=kim",
            &format!("/tickets/{id}"),
            &format!("/requests/{id}"),
        ] {
            assert_eq!(ada.get(path).status, 404, "{path}");
        }
    });
}

/// CH-01: how an app leads its user to the pages.
#[test]
fn a_signed_user_is_given_a_link_that_is_opened_at_once() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let claims = json!({ "sub": "7", "email": KIM });
        let app = desk.as_app_user(&claims);
        let id = app
            .post(
                "requests.json",
                &json!({ "request": { "subject": "s", "comment": { "body": "b" } } }),
            )
            .expect(201)
            .number("/request/id");
        let other = desk.ask("lu@customer.test", "", "");
        app.post("requests/sign_in.json", &json!({ "request_id": other })).expect(404);
        let link = app
            .post("requests/sign_in.json", &json!({ "request_id": id }))
            .expect(201)
            .at("/sign_in/url");
        let path = link
            .as_str()
            .unwrap()
            .split_once("/requests")
            .map(|(_, rest)| format!("/requests{rest}"))
            .unwrap();

        let visitor = desk.visit();
        visitor.get(&path).expect(200);
        visitor.post(&path, &[]).expect(303);
        visitor.get(&format!("/requests/{id}")).expect(200);

        // The session is no longer good than a signature may be.
        desk.advance("61m");
        assert_eq!(visitor.get("/requests").status, 303);
    });
}

/// CH-02
#[test]
fn a_moved_conversation_goes_to_whoever_proves_an_address() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask("unknown.author@forum.test", "", "");
        let made = desk
            .as_user("ada@acme.test")
            .post(&format!("tickets/{id}/claim.json"), &json!({}))
            .expect(201);
        assert_eq!(made.at("/claim/expires_at"), "2026-06-22T08:00:00Z");
        let path = made
            .at("/claim/url")
            .as_str()
            .unwrap()
            .split_once("/claim")
            .map(|(_, rest)| format!("/claim{rest}"))
            .unwrap();

        let visitor = desk.visit();
        let page = visitor.get(&path).expect(200).text();
        assert!(!page.contains("The funnel is empty"), "links get forwarded");
        visitor.post(&path, &[("email", "not an address")]).expect(422);
        visitor.post(&path, &[("email", "kim@customer.test")]).expect(200);
        assert_eq!(
            desk.ticket(id)["requester_id"],
            desk.ticket(id)["submitter_id"],
            "nothing is proved yet"
        );
        visitor.post(&link(desk, KIM), &[]).expect(303);

        visitor.get(&format!("/requests/{id}")).expect(200);
        assert_ne!(desk.ticket(id)["requester_id"], desk.ticket(id)["submitter_id"]);
        // Once is once.
        desk.visit().get(&path).expect(404);
        desk.visit().post(&path, &[("email", "lu@customer.test")]).expect(404);
    });
}

/// CH-02: fourteen days, and one taker however many ask.
#[test]
fn a_claim_has_one_taker_and_an_end() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask("unknown.author@forum.test", "", "");
        let claim = || {
            let made =
                desk.as_admin().post(&format!("tickets/{id}/claim.json"), &json!({})).expect(201);
            made.at("/claim/url")
                .as_str()
                .unwrap()
                .split_once("/claim")
                .map(|(_, rest)| format!("/claim{rest}"))
                .unwrap()
        };
        let path = claim();
        let (kim, lu) = (desk.visit(), desk.visit());
        kim.post(&path, &[("email", KIM)]).expect(200);
        lu.post(&path, &[("email", "lu@customer.test")]).expect(200);
        lu.post(&link(desk, "lu@customer.test"), &[]).expect(303);
        kim.post(&link(desk, KIM), &[]).expect(404);
        lu.get(&format!("/requests/{id}")).expect(200);

        // Who is signed in needs no mail.
        let kim = by_mail(desk, KIM);
        kim.post(&claim(), &[]).expect(303);
        kim.get(&format!("/requests/{id}")).expect(200);

        let late = claim();
        desk.advance("15d");
        kim.get(&late).expect(404);
    });
}

/// Plants a word into everything that is not for customers.
fn plant(desk: &Program, id: i64) {
    let admin = desk.as_admin();
    let field = admin
        .post(
            "ticket_fields.json",
            &json!({ "ticket_field": { "type": "text", "title": "MARKER field" } }),
        )
        .expect(201)
        .number("/ticket_field/id");
    let group = admin
        .post("groups.json", &json!({ "group": { "name": "MARKER group" } }))
        .expect(201)
        .number("/group/id");
    let ticket = &desk.ticket(id);
    let organization =
        desk.organization("marker.test", &json!({ "plan": "MARKER plan", "mrr": 987_654 }));
    admin.put(&format!("organizations/{organization}.json"), &json!({ "organization": { "notes": "MARKER notes", "details": "MARKER details", "tags": ["marker_organization"] } })).expect(200);
    admin.put(&format!("users/{}.json", ticket["requester_id"]), &json!({ "user": { "notes": "MARKER notes", "details": "MARKER details", "tags": ["marker_person"], "organization_id": organization } })).expect(200);
    let ada = admin.get("users/search.json?query=ada@acme.test").expect(200).number("/users/0/id");
    admin.put(&format!("users/{ada}.json"), &json!({ "user": { "notes": "MARKER notes", "phone": "MARKER phone", "alias": "Ada of Acme", "signature": "MARKER" } })).expect(200);
    desk.note("ada@acme.test", id, "MARKER note");
    desk.reply("ada@acme.test", id, "We look at it.");
    desk.update(
        "ada@acme.test",
        id,
        &json!({
            "tags": ["marker_tag"], "external_id": "MARKER external", "priority": "urgent",
            "custom_fields": [{ "id": field, "value": "MARKER value" }],
        }),
    )
    .expect(200);
    desk.as_user("ada@acme.test")
        .post(
            &format!("tickets/{id}/escalate.json"),
            &json!({ "escalation": { "group_id": group, "note": "MARKER escalation" } }),
        )
        .expect(200);
}

/// Nothing internal is in the markup or in an answer of the API, whoever of the customer's side reads it.
#[test]
fn no_internal_word_reaches_a_customer() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let claims = json!({ "sub": "7", "email": KIM });
        let app = desk.as_app_user(&claims);
        let asked = json!({ "request": { "subject": "Mine", "comment": { "body": "Mine" }, "tags": ["marker_asked"], "context": { "page": "MARKER page" } } });
        let id = app.post("requests.json", &asked).expect(201).number("/request/id");
        plant(desk, id);
        let app = desk.as_app_user(&claims);
        let by_address = desk.as_user(KIM);
        let visitor = by_mail(desk, KIM);

        let mut seen = Vec::new();
        for path in [
            "requests.json",
            "requests/open.json",
            &format!("requests/{id}.json"),
            &format!("requests/{id}/comments.json?include=users"),
            "users/me.json",
            "widget.json",
        ] {
            for caller in [&app, &by_address] {
                seen.push((path.to_owned(), caller.get(path).expect(200).text()));
            }
        }
        let change = json!({ "request": { "comment": { "body": "And now?" } } });
        seen.push((
            "PUT".to_owned(),
            app.put(&format!("requests/{id}.json"), &change).expect(200).text(),
        ));
        for path in ["/requests", &format!("/requests/{id}"), "/support-hours"] {
            // What stands before the main part is the demo's own bar.
            let page = visitor.get(path).expect(200).text();
            seen.push((path.to_owned(), page.split_once("<main").unwrap().1.to_owned()));
        }

        for (path, text) in seen {
            let lower = text.to_lowercase();
            for word in
                ["marker", "urgent", "987654", "987,654", "ada@acme.test", "escalat", "unsigned"]
            {
                let is_public = path == "/support-hours" && word == "escalat"
                    || path == "users/me.json" && word == "marker";
                assert!(is_public || !lower.contains(word), "{word} in {path}: {text}");
            }
            assert!(
                path == "/support-hours"
                    || path == "widget.json"
                    || !lower.contains("session replay"),
                "a team in {path}"
            );
        }
        let request = app.get(&format!("requests/{id}.json")).expect(200).at("/request");
        for key in ["priority", "group_id", "assignee_id"] {
            assert_eq!(request[key], json!(null), "{key}");
        }
        assert_eq!(request["can_be_solved_by_me"], false);
    });
}

/// A ticket that began with a note shows its customer nothing of it.
#[test]
fn a_ticket_that_began_with_a_note_does_not_show_it() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let claims = json!({ "sub": "7", "email": KIM });
        desk.as_app_user(&claims).get("requests.json").expect(200);
        let made = desk.as_user("ada@acme.test").post("tickets.json", &json!({ "ticket": {
            "subject": "About you", "comment": { "body": "SECRET note", "public": false }, "requester": { "email": KIM },
        } })).expect(201).number("/ticket/id");
        desk.reply("ada@acme.test", made, "Hello.");

        let shown =
            desk.as_app_user(&claims).get(&format!("requests/{made}.json")).expect(200).text();

        assert!(!shown.contains("SECRET"), "{shown}");
    });
}

/// ST-05
#[test]
fn a_customer_solves_and_reopens() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.reply("ada@acme.test", id, "Fixed.");
        let kim = by_mail(desk, KIM);

        kim.post(&format!("/requests/{id}/solution"), &[]).expect(303);
        let page = kim.get(&format!("/requests/{id}")).expect(200).text();
        assert!(page.contains("Solved, reply by Sun 28 Jun to reopen"), "{page}");
        assert!(page.contains("Reopen"));
        kim.post(&format!("/requests/{id}/replies"), &[("body", "Not quite.")]).expect(303);

        assert_eq!(desk.ticket(id)["status"], "open");
        kim.post(&format!("/requests/{id}/replies"), &[("body", " ")]).expect(422);
    });
}

/// CH-09
#[test]
fn support_hours_are_written_in_every_language() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        for (tag, title, promise) in [
            (
                "en",
                "When and how we answer",
                "A High request sent now is answered by Mon 8 Jun, 21:00 London time (BST).",
            ),
            (
                "de",
                "Wann und wie wir antworten",
                "die jetzt kommt, wird bis Mo 8. Juni, 21:00 Ortszeit London (BST) beantwortet",
            ),
            ("fr", "Quand et comment nous répondons", "lun. 8 juin, 21:00 heure de London (BST)"),
            ("es", "Cuándo y cómo respondemos", "lun 8 jun, 21:00 hora de London (BST)"),
            ("ja", "回答の時間と方法", "6月8日(月) 21:00(London時間、BST)までに"),
        ] {
            let chosen = desk.visit().get(&format!("/support-hours?lang={tag}")).expect(200).text();
            let accepted = desk
                .as_anybody()
                .with("Accept-Language", &format!("xx, {tag};q=0.9"))
                .get("/support-hours")
                .expect(200)
                .text();
            for page in [chosen, accepted] {
                assert!(page.contains(title), "{tag}: {page}");
                assert!(page.contains(promise), "{tag}: {page}");
                assert!(page.contains(&format!("lang=\"{tag}\"")));
            }
        }
    });
}

/// What is chosen once stays chosen, and mails are in the same language.
#[test]
fn a_customer_is_answered_in_the_language_of_the_form() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let visitor = desk.visit();
        visitor.get("/support-hours?lang=de").expect(200);
        let page = visitor
            .post(
                "/requests/new",
                &[
                    ("email", KIM),
                    ("subject", "Hilfe"),
                    ("body", "<script>alert(1)</script>"),
                    ("severity", "critical"),
                ],
            )
            .expect(200)
            .text();

        assert!(page.contains("Wir haben Ihre Anfrage"), "{page}");
        assert!(page.contains("Mo 8. Juni, 21:00 Ortszeit London (BST)"), "{page}");
        let sent = desk.sent(1, "acknowledgement");
        assert!(
            sent[0]["text"].as_str().unwrap().contains("Mo 8. Juni, 21:00 Ortszeit London (BST)")
        );
        let kim = by_mail(desk, KIM);
        let shown = kim.get("/requests/1").expect(200).text();
        assert!(shown.contains("&lt;script&gt;") && !shown.contains("<script>alert"));
    });
}
