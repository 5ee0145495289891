//! Public questions: published by those who answer, read and searched by everybody, with nothing private in them unseen.
//! (COM-01, COM-03, CH-04)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use testkit::{Caller, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";
const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

fn safari() -> Value {
    json!({ "question": {
        "title": "Why do flags fall back to their default on Safari?",
        "details": "Since 41.2 every flag is off.",
        "answer": "Safari 19 drops the cookie; **set `persistence`** to `localStorage`.",
        "area": "session_replay",
    } })
}

#[track_caller]
fn publish(desk: &Program, body: &Value) -> i64 {
    desk.as_user(ADA).post("questions.json", body).expect(201).number("/question/id")
}

#[track_caller]
fn titles(caller: &Caller, query: &str) -> Vec<String> {
    let query = query.replace(' ', "%20");
    let found = caller.get(&format!("questions/search.json?query={query}")).expect(200);
    let list = found.at("/questions");
    list.as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_question_is_found_by_anybody_who_types_some_of_its_words() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = publish(desk, &safari());
        let other = json!({ "question": { "title": "How do I export events?", "details": "All of them.", "answer": "Settings, export." } });
        publish(desk, &other);
        let anybody = desk.as_anybody();

        for words in ["flags off safari", "SAFARI", "my flag on safari is not there", "persistence"]
        {
            assert_eq!(
                titles(&anybody, words).first().map(String::as_str),
                safari()["question"]["title"].as_str(),
                "{words}"
            );
        }
        assert_eq!(titles(&anybody, "the weather tomorrow"), [""; 0]);
        assert_eq!(titles(&anybody, "%F0%9F%8E%AB"), [""; 0]);
        let shown = anybody.get(&format!("questions/{id}.json")).expect(200).at("/question");
        assert_eq!(shown["details"], "Since 41.2 every flag is off.");
        assert!(
            shown["html_answer"]
                .as_str()
                .unwrap()
                .contains("<strong>set <code>persistence</code></strong>")
        );
        assert_eq!((shown.get("ticket_id"), shown.get("author_id")), (None, None));
        let list = anybody.get("questions.json?page[size]=1").expect(200);
        assert_eq!(list.at("/meta/has_more"), true);
        let page = desk.visit().get("/questions?q=flags%20safari").expect(200).text();
        assert!(page.contains("Why do flags fall back"), "{page}");
        let page = desk.visit().get(&format!("/questions/{id}")).expect(200).text();
        assert!(page.contains("Answer of") && page.contains("drops the cookie"), "{page}");
        assert!(!page.contains(ADA));
        let offered =
            desk.visit().get_fragment("/questions/matching?q=flags%20safari").expect(200).text();
        assert!(offered.contains("1 answer may help"), "{offered}");
        assert_eq!(desk.visit().get("/questions/matching?q=x").status, 303);
        desk.visit().get("/questions/999999").expect(404);
        desk.visit().get("/questions/abc").expect(404);
    });
}

/// Nothing private is copied unseen: a note is no proposal, and a ticket's words are published only by whoever says that
/// they have read them.
#[test]
fn what_comes_from_a_ticket_is_read_before_it_is_public() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = desk.ask(KIM, "critical", "session_replay");
        desk.reply(ADA, id, "Set persistence, and write to kim@customer.test about it.");
        desk.note(ADA, id, "MARKER note");
        let ada = desk.visit_as(ADA);

        let form = ada.get(&format!("/questions/new?ticket={id}")).expect(200).text();
        assert!(form.contains("Set persistence") && !form.contains("MARKER"), "{form}");
        assert!(
            form.contains("This looks private:") && form.contains("kim@customer.test"),
            "{form}"
        );
        assert_eq!(
            ada.get(&format!("/tickets/{id}/question")).header("location"),
            Some(format!("/questions/new?ticket={id}").as_str())
        );
        let number = id.to_string();
        let fields = |answer: &'static str, checked: &'static str| {
            vec![
                ("title", "Where do recordings go?"),
                ("details", "They vanish."),
                ("answer", answer),
                ("locale", "en"),
                ("area", ""),
                ("checked", checked),
            ]
        };
        let mut private = fields("Ask kim@customer.test.", "");
        private.push(("ticket", &number));
        let refused = ada.post("/questions/new", &private).expect(422).text();
        assert!(refused.contains("this looks private: kim@customer.test"), "{refused}");
        assert!(refused.contains("Ask kim@customer.test."), "what was typed is still there");
        let mut unread = fields("Set persistence.", "");
        unread.push(("ticket", &number));
        let refused = ada.post("/questions/new", &unread).expect(422).text();
        assert!(refused.contains("say that you have read every word"), "{refused}");
        assert_eq!(
            desk.as_anybody().get("questions.json").expect(200).at("/count"),
            0,
            "nothing half-written"
        );
        let mut read = fields("Set persistence.", "true");
        read.push(("ticket", &number));
        let made = ada.post("/questions/new", &read).expect(303);
        let path = made.header("location").unwrap().to_owned();

        let page = desk.visit().get(&path).expect(200).text();
        let main = page.split("<main").nth(1).unwrap();
        assert!(
            !main.contains("Written from") && !main.contains(&format!("/tickets/{id}")),
            "{main}"
        );
        let page = ada.get(&path).expect(200).text();
        assert!(
            page.contains("Written from ticket") && page.contains(&format!("/tickets/{id}")),
            "{page}"
        );
        assert_eq!(desk.sent(id, "reply").len(), 1, "nobody was told of it");
    });
}

/// CH-04: what was taken away leaves a tombstone, and is found no more.
#[test]
fn a_question_is_changed_taken_away_and_brought_back() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = publish(desk, &safari());
        let (ada, anybody) = (desk.as_user(ADA), desk.as_anybody());
        let path = format!("questions/{id}.json");

        let changed =
            ada.put(&path, &json!({ "question": { "answer": "Update to 41.3." } })).expect(200);
        assert_eq!(changed.at("/question/version"), 2);
        assert_eq!(
            ada.put(&path, &json!({ "question": { "answer": "Update to 41.3." } }))
                .expect(200)
                .at("/question/version"),
            2,
            "no change"
        );
        assert_eq!(titles(&anybody, "cookie"), [""; 0], "the old answer is found no more");
        assert_eq!(titles(&anybody, "update").len(), 1);
        for (body, field) in [
            (json!({ "question": { "title": " " } }), "title"),
            (json!({ "question": { "answer": "" } }), "answer"),
            (json!({ "question": { "area": "nowhere" } }), "area"),
            (json!({ "question": { "locale": "xx" } }), "locale"),
            (json!({ "question": { "title": "x".repeat(300) } }), "title"),
            (json!({ "question": { "answer": "Ask dana@fernlight.test" } }), "checked"),
        ] {
            let refused = ada.put(&path, &body).expect(422);
            assert!(refused.json()["details"].get(field).is_some(), "{field}: {refused:?}");
        }

        ada.delete(&path).expect(204);
        anybody.get(&path).expect(404);
        assert_eq!(titles(&anybody, "update"), [""; 0]);
        assert_eq!(anybody.get("questions.json").expect(200).at("/count"), 0);
        let page = desk.visit().get(&format!("/questions/{id}")).expect(410).text();
        assert!(
            page.contains("This question was taken away") && !page.contains("Safari"),
            "{page}"
        );
        desk.visit()
            .post(&format!("/questions/{id}/feedback"), &[("useful", "yes"), ("version", "1")])
            .expect(404);
        ada.put(&format!("questions/{id}/restore.json"), &json!({})).expect(200);
        assert_eq!(titles(&anybody, "update").len(), 1);
    });
}

/// COM-03
#[test]
fn readers_say_without_a_cookie_whether_a_page_was_useful() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let id = publish(desk, &safari());
        let path = format!("/questions/{id}/feedback");
        let send = |body: &str| {
            desk.as_anybody().send(
                "POST",
                &path,
                Some("application/x-www-form-urlencoded"),
                body.as_bytes(),
            )
        };

        send("useful=yes&version=1&words=").expect(303);
        send("useful=no&version=1&words=Which+%3Cb%3Eversion%3C%2Fb%3E%3F").expect(303);
        desk.as_user(ADA)
            .put(
                &format!("questions/{id}.json"),
                &json!({ "question": { "details": "Since 41.2 all flags are off." } }),
            )
            .expect(200);
        desk.as_anybody()
            .post(
                &format!("questions/{id}/feedback.json"),
                &json!({ "feedback": { "useful": true } }),
            )
            .expect(204);

        send("version=1").expect(422);
        send("useful=yes&version=9").expect(422);
        send(&format!("useful=yes&version=1&words={}", "x".repeat(2001))).expect(422);
        let foreign = desk.visit();
        foreign.get("/questions").expect(200);
        foreign.post_bare(&path, &[("useful", "yes"), ("version", "1")]).expect(403);
        let said = desk
            .as_user(ADA)
            .get(&format!("questions/{id}/feedback.json"))
            .expect(200)
            .at("/feedback");
        assert_eq!(
            said["versions"],
            json!([{ "version": 2, "useful": 1, "useless": 0 }, { "version": 1, "useful": 1, "useless": 1 }])
        );
        assert_eq!(said["remarks"][0]["words"], "Which <b>version</b>?");
        let ada = desk.visit_as(ADA);
        let page = ada.get(&format!("/questions/{id}")).expect(200).text();
        assert!(
            page.contains("Version 1: 1 of 2 found it useful") && page.contains("&lt;b&gt;version"),
            "{page}"
        );
        // What was of no use before the page changed is mended; now somebody runs into the present one. (CH-06)
        let gaps = || desk.as_user(ADA).get("docs_gaps.json").expect(200);
        assert_eq!(gaps().at("/count"), 0);
        assert!(ada.get("/docs-gaps").expect(200).text().contains("No gaps"));
        send("useful=no&version=2&words=Where+is+it%3F").expect(303);
        let gap = &gaps().at("/docs_gaps")[0];
        assert_eq!(
            (&gap["question_id"], &gap["useful"], &gap["useless"]),
            (&json!(id), &json!(1), &json!(1))
        );
        assert_eq!(gap["remarks"], json!(["Where is it?"]));
        let page = ada.get("/docs-gaps").expect(200).text();
        assert!(
            page.contains("1 of 2 readers found it of no use") && page.contains("Where is it?"),
            "{page}"
        );
        // Marked as mended it is no gap any more, until a reader runs into it again; that can be taken back, too.
        ada.post(&format!("/questions/{id}/mending"), &[]).expect(303);
        assert_eq!(gaps().at("/count"), 0);
        assert!(ada.get("/docs-gaps").expect(200).text().contains("Marked as mended"));
        ada.post(&format!("/questions/{id}/reopening"), &[]).expect(303);
        assert_eq!(gaps().at("/count"), 1);
        ada.post(&format!("/questions/{id}/mending"), &[]).expect(303);
        send("useful=no&version=2").expect(303);
        assert_eq!(gaps().at("/count"), 1);
        ada.post("/questions/999/mending", &[]).expect(404);
        let page = desk.visit().get(&format!("/questions/{id}?thanks=1")).expect(200).text();
        assert!(page.contains("Thank you") && !page.contains("&lt;b&gt;version"), "{page}");
    });
}

#[test]
fn markup_in_a_question_is_shown_and_not_obeyed() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let hostile =
            "<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3))";
        let id = publish(
            desk,
            &json!({ "question": { "title": hostile, "details": hostile, "answer": hostile } }),
        );

        let page = desk.visit().get(&format!("/questions/{id}")).expect(200).text();

        for bad in ["<script>alert", "<img", "javascript:alert(3)\""] {
            assert!(!page.contains(bad), "{bad} in {page}");
        }
        let offered =
            desk.visit().get_fragment("/questions/matching?q=alert%20onerror").expect(200).text();
        assert!(offered.contains("&lt;script&gt;") && !offered.contains("<script"), "{offered}");
    });
}
