//! How was our help? Asked once, answered by a link without a cookie, and told to whoever should know. On both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::thread;

use serde_json::{Value, json};
use testkit::{Answer, Connection, Engine, HANDBOOK, Mail, Place, Program, Start};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// Somebody without any cookie opens an address.
fn open(desk: &Program, path: &str) -> Answer {
    desk.visit().get(path)
}

/// The figure of /metrics.
fn forged(desk: &Program) -> String {
    let metrics = desk.as_anybody().get("/metrics").expect(200).text();
    let line =
        metrics.lines().find(|line| line.starts_with("answerable_survey_links_refused_total "));
    line.unwrap().to_owned()
}

/// CS-01, CS-04
#[test]
fn the_survey_leaves_after_72_hours_with_a_signed_link_for_each_answer() {
    on_each_engine(|desk| {
        let id = desk.solved();
        desk.advance("71h");
        desk.advance("59m");
        assert_eq!(desk.surveys(id), 0);
        assert_eq!(desk.rating(id), json!({ "score": "unoffered" }));
        desk.advance("1m");
        assert_eq!(desk.surveys(id), 1);
        assert_eq!(desk.rating(id), json!({ "score": "offered" }));

        let mail = desk.sent(id, "survey").pop().unwrap();
        assert_eq!(mail["at"], "2026-06-11T08:00:00Z");
        assert_eq!(mail["to"], json!([KIM]));
        let header = |name: &str| mail["headers"][name].as_str().unwrap_or_default().to_owned();
        assert!(header("Reply-To").contains(&format!("support+t{id}-")), "{mail}");
        assert!(header("List-Unsubscribe").contains("/survey/refusal?"), "{mail}");
        assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        let kim = desk.as_user(KIM).get("users/me.json").number("/user/id");
        for answer in 1..=5 {
            let link = desk.survey_link(id, answer);
            assert!(link.contains(&format!("distinct_id=user-{kim}&")), "{link}");
            assert!(link.contains(&format!("ticketId={id}&")), "{link}");
            assert!(link.contains("team=Support&"), "{link}");
            assert!(mail["html"].as_str().unwrap().contains(&link.replace('&', "&amp;")), "{mail}");
        }
        desk.advance("100d");
        assert_eq!(desk.surveys(id), 1, "never twice");
    });
}

/// CS-01, ST-05, D-26
#[test]
fn reopening_cancels_the_survey_and_whoever_was_asked_is_not_asked_again() {
    on_each_engine(|desk| {
        let id = desk.solved();
        desk.advance("71h");
        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)));
        desk.advance("24h");
        assert_eq!(desk.surveys(id), 0, "it was reopened");
        desk.reply(ADA, id, "Once more.");
        desk.set_status(id, "solved");
        desk.advance("71h");
        assert_eq!(desk.surveys(id), 0, "counted anew");
        desk.advance("1h");
        assert_eq!(desk.surveys(id), 1);

        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)));
        desk.reply(ADA, id, "And again.");
        desk.set_status(id, "solved");
        desk.advance("60d");
        assert_eq!(desk.surveys(id), 1, "once per ticket ever");
    });
}

/// CS-01, NF-03: the machine is off for a month; the link is good from when the mail leaves
#[test]
fn a_month_of_downtime_delays_the_survey_and_neither_skips_nor_doubles_it() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let before = Program::start(BINARY, &place, &Start::at(MONDAY));
        let id = before.solved();
        before.kill();

        let after = Program::start(BINARY, &place, &Start::at("2026-07-20T08:00:00Z"));

        assert_eq!(after.surveys(id), 1, "on {engine:?}");
        assert_eq!(after.ticket(id)["status"], "closed");
        let answered = after.rate(&after.survey_link(id, 4), "4", "").expect(200);
        assert!(answered.text().contains("Thank you"), "{answered:?}");
        assert_eq!(after.rating(id)["score"], "good");
        after.kill();
        let again = Program::start(BINARY, &place, &Start::at("2026-09-01T08:00:00Z"));
        assert_eq!(again.surveys(id), 1, "on {engine:?}");
    }
}

/// D-08, D-24
#[test]
fn closing_in_between_and_solving_by_itself_make_no_difference() {
    on_each_engine(|desk| {
        let id = desk.solved();
        desk.advance("24h");
        desk.set_status(id, "closed");
        desk.advance("48h");
        assert_eq!(desk.surveys(id), 1, "72 hours after solving, not after closing");

        let id = desk.ask(KIM, "critical", "");
        desk.reply(ADA, id, "Please reload.");
        desk.set_status(id, "pending");
        desk.advance("9d");
        assert_eq!((desk.ticket(id)["status"].as_str(), desk.surveys(id)), (Some("solved"), 0));
        desk.advance("1d");
        assert_eq!(desk.surveys(id), 1);
    });
}

/// CS-02, ST-10
#[test]
fn of_merged_tickets_only_the_one_that_goes_on_is_asked_about() {
    on_each_engine(|desk| {
        let (source, target) = (desk.solved(), desk.solved());
        let merge = json!({ "ids": [source] });
        desk.as_user(ADA).post(&format!("tickets/{target}/merge.json"), &merge).expect(200);
        desk.advance("10d");
        assert_eq!((desk.surveys(source), desk.surveys(target)), (0, 1));

        let asked = desk.solved();
        desk.advance("3d");
        let other = desk.solved();
        let merge = json!({ "ids": [asked] });
        desk.as_user(ADA).post(&format!("tickets/{other}/merge.json"), &merge).expect(200);
        desk.advance("10d");
        assert_eq!((desk.surveys(asked), desk.surveys(other)), (1, 0), "they share one");
        let answered = desk.rate(&desk.survey_link(asked, 2), "2", "").expect(200);
        assert!(answered.text().contains("Thank you"), "what was asked there is answered there");
        assert_eq!(desk.rating(asked)["score"], "bad");
    });
}

/// CS-03
#[test]
fn who_is_excluded_is_not_asked_and_the_ticket_says_why() {
    on_each_engine(|desk| {
        let unanswered = desk.ask(KIM, "critical", "");
        desk.set_status(unanswered, "solved");
        let spam = desk.solved();
        desk.as_user(ADA).put(&format!("tickets/{spam}/mark_as_spam.json"), &json!({})).expect(200);
        let gone = desk.solved();
        desk.as_user(ADA).delete(&format!("tickets/{gone}.json")).expect(204);
        let ours = desk.ask(ADA, "critical", "");
        desk.reply("dee@acme.test", ours, "Look here.");
        desk.set_status(ours, "solved");
        let erased = desk.ask("lee@customer.test", "critical", "");
        desk.reply(ADA, erased, "Please reload.");
        desk.set_status(erased, "solved");
        let lee = desk.as_user("lee@customer.test").get("users/me.json").number("/user/id");
        desk.as_admin().delete(&format!("users/{lee}.json"));

        desk.advance("30d");

        for id in [unanswered, spam, gone, ours, erased] {
            assert_eq!(desk.surveys(id), 0, "{id}");
        }
        let password = json!({ "password": "a long enough password" });
        let ada = desk.as_user(ADA).get("users/me.json").number("/user/id");
        desk.as_admin().post(&format!("users/{ada}/password.json"), &password).expect(200);
        let visitor = desk.sign_in(ADA, "a long enough password");
        let why = |id: i64| visitor.get(&format!("/tickets/{id}/activity")).expect(200).text();
        assert!(why(unanswered).contains("no human answered"));
        assert!(why(erased).contains("the person was removed"));
    });
}

/// CS-03: from the page and by the one request that mail programs send
#[test]
fn who_wants_no_surveys_gets_none() {
    on_each_engine(|desk| {
        let id = desk.solved();
        desk.advance("72h");
        let mail = desk.sent(id, "survey").pop().unwrap();
        let header = mail["headers"]["List-Unsubscribe"].as_str().unwrap().to_owned();
        let path = &header[header.find("/survey/refusal").unwrap()..header.len() - 1];

        for _ in 0..3 {
            open(desk, path).expect(200);
        }
        let next = desk.solved();
        desk.advance("72h");
        assert_eq!(desk.surveys(next), 1, "opening the page changes nothing");

        desk.visit().post_bare(path, &[("List-Unsubscribe", "One-Click")]).expect(200);
        desk.visit().post_bare(path, &[("List-Unsubscribe", "One-Click")]).expect(200);
        let next = desk.solved();
        desk.advance("72h");
        assert_eq!(desk.surveys(next), 0);

        desk.visit().post_bare(path, &[("again", "true")]).expect(200);
        let next = desk.solved();
        desk.advance("72h");
        assert_eq!(desk.surveys(next), 1, "and it can be taken back");
        let other = path.replace("person=", "person=1");
        open(desk, &other).expect(404);
        desk.visit().post_bare(&other, &[]).expect(404);
    });
}

/// CS-03, D-23
#[test]
fn nobody_is_asked_at_an_address_that_bounces_until_they_write_from_it() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.reply(ADA, id, "Please reload.");
        let reply = desk.sent(id, "reply").pop().unwrap();
        let original = reply["headers"]["Message-ID"].as_str().unwrap().to_owned();
        let report = format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: support@acme.test\r\nSubject: Undelivered\r\n\
             Message-ID: <r{}@mx.test>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n\
             Final-Recipient: rfc822; {KIM}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n\r\n--b--\r\n",
            testkit::unique()
        );
        desk.inbox(report.into_bytes());
        desk.reply(ADA, id, "Once more.");
        desk.set_status(id, "solved");
        desk.advance("72h");
        assert_eq!(desk.surveys(id), 0);

        let (_, next) = desk.receive(&Mail::from(KIM));
        let next = next.unwrap();
        desk.reply(ADA, next, "Good to hear from you.");
        desk.set_status(next, "solved");
        desk.advance("72h");
        assert_eq!(desk.surveys(next), 1, "who writes can be written to");
    });
}

/// CS-02: off unless the handbook says so
#[test]
fn a_cap_keeps_one_person_from_being_asked_about_every_ticket() {
    let handbook = format!("{HANDBOOK}\n[csat]\nafter = \"24h\"\ncap = \"10d\"\n");
    let start = Start { handbook, ..Start::at(MONDAY) };
    testkit::on_each_engine_with(BINARY, &start, |desk| {
        let (first, second) = (desk.solved(), desk.solved());
        desk.advance("24h");
        assert_eq!(desk.surveys(first) + desk.surveys(second), 1);
        desk.advance("9d");
        let third = desk.solved();
        desk.advance("24h");
        assert_eq!(desk.surveys(third), 1, "ten days later they are asked again");
    });
}

/// CS-06
#[test]
fn ten_thousand_scanners_leave_no_rating() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let id = desk.solved();
        desk.advance("72h");
        let links: Vec<String> = (1..=5).map(|rating| desk.survey_link(id, rating)).collect();
        let before = desk.ticket(id);

        thread::scope(|scope| {
            for scanner in 0..4 {
                let links = &links;
                scope.spawn(move || {
                    let mut connection = Connection::new(desk.address());
                    for round in 0..2500 {
                        let method = if round % 2 == 0 { "GET" } else { "HEAD" };
                        let link = &links[(scanner + round) % links.len()];
                        let answer = connection.send(method, link, &[], b"").unwrap();
                        assert_eq!(answer.status, 200, "{answer:?}");
                    }
                });
            }
        });

        assert_eq!(desk.ticket(id), before);
        assert_eq!(desk.sent(id, "survey_sent").len(), 0);
        assert_eq!(desk.rating(id), json!({ "score": "offered" }));
    });
}

/// CS-06: no script, no cookie, small, in the customer's language, and without a word of the ticket
#[test]
fn the_page_is_small_and_needs_neither_cookie_nor_script() {
    on_each_engine(|desk| {
        let id = desk.solved();
        let kim = desk.as_user(KIM).get("users/me.json").number("/user/id");
        let german = json!({ "user": { "locale": "de-AT" } });
        desk.as_admin().put(&format!("users/{kim}.json"), &german).expect(200);
        desk.advance("72h");

        let mail = desk.sent(id, "survey").pop().unwrap();
        assert!(mail["subject"].as_str().unwrap().starts_with("Wie war unsere Hilfe"), "{mail}");
        let page = open(desk, &desk.survey_link(id, 4)).expect(200);
        assert_eq!(page.header("set-cookie"), None);
        assert!(page.body.len() <= 4096, "{} bytes", page.body.len());
        let text = page.text();
        assert!(text.contains("<html lang=\"de\">"), "{text}");
        assert!(text.contains("Wie war unsere Hilfe?"), "{text}");
        assert!(!text.contains("<script"), "{text}");
        assert!(text.contains("value=\"4\" checked"), "what was clicked is chosen: {text}");
        assert!(!text.contains("funnel") && !text.contains("Kim"), "links get forwarded: {text}");
        let csp = page.header("content-security-policy").unwrap_or_default();
        assert!(csp.contains("default-src 'none'"), "{csp}");
        let thanks = desk.rate(&desk.survey_link(id, 4), "4", "").expect(200);
        assert_eq!(thanks.header("set-cookie"), None);
        assert!(thanks.text().contains("bis Do, 18. Juni"), "{}", thanks.text());

        let password = json!({ "password": "a long enough password" });
        desk.as_admin().post(&format!("users/{kim}/password.json"), &password).expect(200);
        let own = desk.sign_in(KIM, "a long enough password").get(&format!("/requests/{id}"));
        let own = own.text();
        assert!(own.contains("value=\"4\" checked"), "their own request says the same: {own}");
    });
}

/// CS-04, CS-07
#[test]
fn a_changed_address_is_refused_and_counted_and_looks_like_an_expired_one() {
    on_each_engine(|desk| {
        let (id, other) = (desk.solved(), desk.solved());
        desk.advance("72h");
        let good = desk.plain_survey_link(id);
        let before = forged(desk);
        assert!(before.ends_with(" 0"), "{before}");

        let changed = [
            good.replace(&format!("ticketId={id}"), &format!("ticketId={other}")),
            good.replace(&format!("ticketId={id}"), &format!("ticketId=0{id}")),
            good.replace("team=Support", "team=Billing"),
            good.replace("distinct_id=user", "distinct_id=user-1"),
            good.replace("person=", "person=1"),
            good.replace("until=", "until=9"),
            good.replace("signature=", "signature=0"),
            good.split("&signature=").next().unwrap().to_owned() + "&signature=00",
        ];
        let mut pages = Vec::new();
        for path in &changed {
            assert_ne!(*path, good);
            pages.push(open(desk, path).expect(200).text());
            let refused = desk.rate(path, "1", "Not me.").expect(410);
            assert!(
                refused.text().contains("Not me."),
                "what was typed is still there: {refused:?}"
            );
        }
        assert_eq!(desk.rating(id), json!({ "score": "offered" }));
        assert_eq!(desk.rating(other), json!({ "score": "offered" }));
        assert!(forged(desk).ends_with(" 16"), "{}", forged(desk));
        open(desk, "/survey").expect(200);
        desk.rate("/survey", "5", "").expect(410);
        assert!(forged(desk).ends_with(" 16"), "nobody changed anything there");

        desk.advance("31d");
        let expired = open(desk, &good).expect(200).text();
        assert!(expired.contains("This link no longer works"), "{expired}");
        assert!(pages.iter().all(|page| *page == expired), "one page for both: {pages:#?}");
        desk.rate(&good, "5", "").expect(410);
        assert_eq!(desk.rating(id), json!({ "score": "offered" }));
    });
}

/// CS-07: words for the team, by a link that is over and by one that never was
#[test]
fn words_by_a_link_that_is_over_still_reach_the_team() {
    on_each_engine(|desk| {
        let id = desk.solved();
        desk.advance("72h");
        let good = desk.plain_survey_link(id);
        desk.advance("31d");
        let unknown = good.replace("person=", "person=1");
        let told = |path: &str, words: &str| {
            desk.visit().post_bare(path, &[("comment", words)]).expect(200).text()
        };

        assert_eq!(told(&good, "Too late, but thank you."), told(&unknown, "Who am I?"));
        told(&good, "Too late, but thank you.");

        let outbox = desk.outbox();
        let posts = |words: &str| -> Vec<&Value> {
            let holds = |one: &&Value| one["text"].as_str().unwrap_or_default().contains(words);
            outbox.iter().filter(holds).collect()
        };
        let [late] = posts("Too late, but thank you.")[..] else { panic!("{outbox:#?}") };
        assert_eq!(
            (&late["to"], late["ticket_id"].as_i64()),
            (&json!(["#team-support"]), Some(id))
        );
        let [lost] = posts("Who am I?")[..] else { panic!("{outbox:#?}") };
        assert_eq!(lost["ticket_id"], Value::Null);
        assert_eq!(desk.rating(id), json!({ "score": "offered" }));
    });
}
