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

fn status(desk: &Program, id: i64, status: &str) {
    desk.update(ADA, id, &json!({ "status": status })).expect(200);
}

/// A ticket that was answered and solved at once.
fn solved(desk: &Program) -> i64 {
    let id = desk.ask(KIM, "critical", "");
    desk.reply(ADA, id, "Please reload.");
    status(desk, id, "solved");
    id
}

fn surveys(desk: &Program, id: i64) -> usize {
    desk.sent(id, "survey").len()
}

/// The path of the survey's page that the mail about a ticket leads to, for a rating.
#[track_caller]
fn link(desk: &Program, id: i64, rating: u8) -> String {
    let mail =
        desk.sent(id, "survey").pop().unwrap_or_else(|| panic!("nobody was asked about {id}"));
    let text = mail["text"].as_str().unwrap_or_default().to_owned();
    let ends = format!("&rating={rating}");
    let found =
        text.split_whitespace().find(|word| word.contains("/survey?") && word.ends_with(&ends));
    let address = found.unwrap_or_else(|| panic!("no link for {rating} in {text}"));
    address[address.find("/survey?").unwrap()..].to_owned()
}

/// The same without the rating chosen beforehand.
#[track_caller]
fn plain_link(desk: &Program, id: i64) -> String {
    link(desk, id, 5).replace("&rating=5", "")
}

/// Somebody without any cookie opens an address or sends its form.
fn open(desk: &Program, path: &str) -> Answer {
    desk.visit().get(path)
}

fn send(desk: &Program, path: &str, rating: &str, comment: &str) -> Answer {
    desk.visit().post_bare(path, &[("rating", rating), ("comment", comment)])
}

fn rating(desk: &Program, id: i64) -> Value {
    desk.ticket(id)["satisfaction_rating"].clone()
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
        let id = solved(desk);
        desk.advance("71h");
        desk.advance("59m");
        assert_eq!(surveys(desk, id), 0);
        assert_eq!(rating(desk, id), json!({ "score": "unoffered" }));
        desk.advance("1m");
        assert_eq!(surveys(desk, id), 1);
        assert_eq!(rating(desk, id), json!({ "score": "offered" }));

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
            let link = link(desk, id, answer);
            assert!(link.contains(&format!("distinct_id=user-{kim}&")), "{link}");
            assert!(link.contains(&format!("ticketId={id}&")), "{link}");
            assert!(link.contains("team=Support&"), "{link}");
            assert!(mail["html"].as_str().unwrap().contains(&link.replace('&', "&amp;")), "{mail}");
        }
        desk.advance("100d");
        assert_eq!(surveys(desk, id), 1, "never twice");
    });
}

/// CS-01, ST-05, D-26
#[test]
fn reopening_cancels_the_survey_and_whoever_was_asked_is_not_asked_again() {
    on_each_engine(|desk| {
        let id = solved(desk);
        desk.advance("71h");
        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)));
        desk.advance("24h");
        assert_eq!(surveys(desk, id), 0, "it was reopened");
        desk.reply(ADA, id, "Once more.");
        status(desk, id, "solved");
        desk.advance("71h");
        assert_eq!(surveys(desk, id), 0, "counted anew");
        desk.advance("1h");
        assert_eq!(surveys(desk, id), 1);

        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)));
        desk.reply(ADA, id, "And again.");
        status(desk, id, "solved");
        desk.advance("60d");
        assert_eq!(surveys(desk, id), 1, "once per ticket ever");
    });
}

/// CS-01, NF-03: the machine is off for a month; the link is good from when the mail leaves
#[test]
fn a_month_of_downtime_delays_the_survey_and_neither_skips_nor_doubles_it() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let before = Program::start(BINARY, &place, &Start::at(MONDAY));
        let id = solved(&before);
        before.kill();

        let after = Program::start(BINARY, &place, &Start::at("2026-07-20T08:00:00Z"));

        assert_eq!(surveys(&after, id), 1, "on {engine:?}");
        assert_eq!(after.ticket(id)["status"], "closed");
        let answered = send(&after, &link(&after, id, 4), "4", "").expect(200);
        assert!(answered.text().contains("Thank you"), "{answered:?}");
        assert_eq!(rating(&after, id)["score"], "good");
        after.kill();
        let again = Program::start(BINARY, &place, &Start::at("2026-09-01T08:00:00Z"));
        assert_eq!(surveys(&again, id), 1, "on {engine:?}");
    }
}

/// D-08, D-24
#[test]
fn closing_in_between_and_solving_by_itself_make_no_difference() {
    on_each_engine(|desk| {
        let id = solved(desk);
        desk.advance("24h");
        status(desk, id, "closed");
        desk.advance("48h");
        assert_eq!(surveys(desk, id), 1, "72 hours after solving, not after closing");

        let id = desk.ask(KIM, "critical", "");
        desk.reply(ADA, id, "Please reload.");
        status(desk, id, "pending");
        desk.advance("9d");
        assert_eq!((desk.ticket(id)["status"].as_str(), surveys(desk, id)), (Some("solved"), 0));
        desk.advance("1d");
        assert_eq!(surveys(desk, id), 1);
    });
}

/// CS-02, ST-10
#[test]
fn of_merged_tickets_only_the_one_that_goes_on_is_asked_about() {
    on_each_engine(|desk| {
        let (source, target) = (solved(desk), solved(desk));
        let merge = json!({ "ids": [source] });
        desk.as_user(ADA).post(&format!("tickets/{target}/merge.json"), &merge).expect(200);
        desk.advance("10d");
        assert_eq!((surveys(desk, source), surveys(desk, target)), (0, 1));

        let asked = solved(desk);
        desk.advance("3d");
        let other = solved(desk);
        let merge = json!({ "ids": [asked] });
        desk.as_user(ADA).post(&format!("tickets/{other}/merge.json"), &merge).expect(200);
        desk.advance("10d");
        assert_eq!((surveys(desk, asked), surveys(desk, other)), (1, 0), "they share one");
        let answered = send(desk, &link(desk, asked, 2), "2", "").expect(200);
        assert!(answered.text().contains("Thank you"), "what was asked there is answered there");
        assert_eq!(rating(desk, asked)["score"], "bad");
    });
}

/// CS-03
#[test]
fn who_is_excluded_is_not_asked_and_the_ticket_says_why() {
    on_each_engine(|desk| {
        let unanswered = desk.ask(KIM, "critical", "");
        status(desk, unanswered, "solved");
        let spam = solved(desk);
        desk.as_user(ADA).put(&format!("tickets/{spam}/mark_as_spam.json"), &json!({})).expect(200);
        let gone = solved(desk);
        desk.as_user(ADA).delete(&format!("tickets/{gone}.json")).expect(204);
        let ours = desk.ask(ADA, "critical", "");
        desk.reply("dee@acme.test", ours, "Look here.");
        status(desk, ours, "solved");
        let erased = desk.ask("lee@customer.test", "critical", "");
        desk.reply(ADA, erased, "Please reload.");
        status(desk, erased, "solved");
        let lee = desk.as_user("lee@customer.test").get("users/me.json").number("/user/id");
        desk.as_admin().delete(&format!("users/{lee}.json"));

        desk.advance("30d");

        for id in [unanswered, spam, gone, ours, erased] {
            assert_eq!(surveys(desk, id), 0, "{id}");
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
        let id = solved(desk);
        desk.advance("72h");
        let mail = desk.sent(id, "survey").pop().unwrap();
        let header = mail["headers"]["List-Unsubscribe"].as_str().unwrap().to_owned();
        let path = &header[header.find("/survey/refusal").unwrap()..header.len() - 1];

        for _ in 0..3 {
            open(desk, path).expect(200);
        }
        let next = solved(desk);
        desk.advance("72h");
        assert_eq!(surveys(desk, next), 1, "opening the page changes nothing");

        desk.visit().post_bare(path, &[("List-Unsubscribe", "One-Click")]).expect(200);
        desk.visit().post_bare(path, &[("List-Unsubscribe", "One-Click")]).expect(200);
        let next = solved(desk);
        desk.advance("72h");
        assert_eq!(surveys(desk, next), 0);

        desk.visit().post_bare(path, &[("again", "true")]).expect(200);
        let next = solved(desk);
        desk.advance("72h");
        assert_eq!(surveys(desk, next), 1, "and it can be taken back");
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
        status(desk, id, "solved");
        desk.advance("72h");
        assert_eq!(surveys(desk, id), 0);

        let (_, next) = desk.receive(&Mail::from(KIM));
        let next = next.unwrap();
        desk.reply(ADA, next, "Good to hear from you.");
        status(desk, next, "solved");
        desk.advance("72h");
        assert_eq!(surveys(desk, next), 1, "who writes can be written to");
    });
}

/// CS-02: off unless the handbook says so
#[test]
fn a_cap_keeps_one_person_from_being_asked_about_every_ticket() {
    let handbook = format!("{HANDBOOK}\n[csat]\nafter = \"24h\"\ncap = \"10d\"\n");
    let start = Start { handbook, ..Start::at(MONDAY) };
    testkit::on_each_engine_with(BINARY, &start, |desk| {
        let (first, second) = (solved(desk), solved(desk));
        desk.advance("24h");
        assert_eq!(surveys(desk, first) + surveys(desk, second), 1);
        desk.advance("9d");
        let third = solved(desk);
        desk.advance("24h");
        assert_eq!(surveys(desk, third), 1, "ten days later they are asked again");
    });
}

/// CS-06
#[test]
fn ten_thousand_scanners_leave_no_rating() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let id = solved(desk);
        desk.advance("72h");
        let links: Vec<String> = (1..=5).map(|rating| link(desk, id, rating)).collect();
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
        assert_eq!(rating(desk, id), json!({ "score": "offered" }));
    });
}

/// CS-06: no script, no cookie, small, in the customer's language, and without a word of the ticket
#[test]
fn the_page_is_small_and_needs_neither_cookie_nor_script() {
    on_each_engine(|desk| {
        let id = solved(desk);
        let kim = desk.as_user(KIM).get("users/me.json").number("/user/id");
        let german = json!({ "user": { "locale": "de-AT" } });
        desk.as_admin().put(&format!("users/{kim}.json"), &german).expect(200);
        desk.advance("72h");

        let mail = desk.sent(id, "survey").pop().unwrap();
        assert!(mail["subject"].as_str().unwrap().starts_with("Wie war unsere Hilfe"), "{mail}");
        let page = open(desk, &link(desk, id, 4)).expect(200);
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
        let thanks = send(desk, &link(desk, id, 4), "4", "").expect(200);
        assert_eq!(thanks.header("set-cookie"), None);
        assert!(thanks.text().contains("bis Do, 18. Juni"), "{}", thanks.text());
    });
}

/// CS-04, CS-07
#[test]
fn a_changed_address_is_refused_and_counted_and_looks_like_an_expired_one() {
    on_each_engine(|desk| {
        let (id, other) = (solved(desk), solved(desk));
        desk.advance("72h");
        let good = plain_link(desk, id);
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
            let refused = send(desk, path, "1", "Not me.").expect(410);
            assert!(
                refused.text().contains("Not me."),
                "what was typed is still there: {refused:?}"
            );
        }
        assert_eq!(rating(desk, id), json!({ "score": "offered" }));
        assert_eq!(rating(desk, other), json!({ "score": "offered" }));
        assert!(forged(desk).ends_with(" 16"), "{}", forged(desk));
        open(desk, "/survey").expect(200);
        send(desk, "/survey", "5", "").expect(410);
        assert!(forged(desk).ends_with(" 16"), "nobody changed anything there");

        desk.advance("31d");
        let expired = open(desk, &good).expect(200).text();
        assert!(expired.contains("This link no longer works"), "{expired}");
        assert!(pages.iter().all(|page| *page == expired), "one page for both: {pages:#?}");
        send(desk, &good, "5", "").expect(410);
        assert_eq!(rating(desk, id), json!({ "score": "offered" }));
    });
}

/// CS-07: words for the team, by a link that is over and by one that never was
#[test]
fn words_by_a_link_that_is_over_still_reach_the_team() {
    on_each_engine(|desk| {
        let id = solved(desk);
        desk.advance("72h");
        let good = plain_link(desk, id);
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
        assert_eq!(rating(desk, id), json!({ "score": "offered" }));
    });
}

/// CS-05, CS-07
#[test]
fn an_answer_is_told_to_analytics_and_can_be_changed_for_seven_days() {
    on_each_engine(|desk| {
        let id = solved(desk);
        desk.advance("72h");
        let path = link(desk, id, 4);

        let thanks = send(desk, &path, "4", "Fast, \"thank\" you <b>all</b>\u{1}.").expect(200);
        assert!(
            thanks.text().contains("You can change your answer until Thu 18 Jun."),
            "{thanks:?}"
        );
        send(desk, &path, "4", "Fast, \"thank\" you <b>all</b>\u{1}.").expect(200);
        send(desk, &path, "4", "").expect(200);

        let sent = desk.sent(id, "survey_sent");
        let [event] = sent.as_slice() else { panic!("the same again is no news: {sent:#?}") };
        assert_eq!(event["channel"], "posthog");
        let payload = &event["payload"];
        let kim = desk.as_user(KIM).get("users/me.json").number("/user/id");
        assert_eq!(payload["event"], "survey sent");
        assert_eq!(payload["distinct_id"], format!("user-{kim}"));
        assert_eq!(payload["timestamp"], "2026-06-11T08:00:00Z");
        assert_eq!(payload["uuid"].as_str().map(str::len), Some(36));
        assert_eq!(payload["properties"]["ticketId"], id);
        assert_eq!(payload["properties"]["team"], "Support");
        assert_eq!(payload["properties"]["rating"], 4);
        assert_eq!(payload["properties"]["comment"], "Fast, \"thank\" you <b>all</b>.");
        assert_eq!(payload["api_key"], Value::Null, "no secret lies in the database");
        let is = rating(desk, id);
        assert_eq!(
            (is["score"].as_str(), is["comment"].as_str()),
            (Some("good"), Some("Fast, \"thank\" you <b>all</b>."))
        );

        desk.set_clock("2026-06-18T08:00:00Z");
        let form = open(desk, &plain_link(desk, id)).expect(200).text();
        assert!(form.contains("value=\"4\" checked"), "what was said is chosen: {form}");
        assert!(!form.contains("Fast"), "but not what was written: {form}");
        send(desk, &path, "2", "").expect(200);
        assert_eq!(rating(desk, id)["score"], "bad");
        assert!(
            rating(desk, id)["comment"].as_str().unwrap().starts_with("Fast"),
            "the words stay"
        );
        assert_eq!(desk.sent(id, "survey_sent").len(), 2);

        desk.set_clock("2026-06-18T08:00:01Z");
        for settled in
            [send(desk, &path, "5", "No, good.").expect(200), open(desk, &path).expect(200)]
        {
            assert!(settled.text().contains("Your answer stays as it is"), "{settled:?}");
        }
        assert_eq!(rating(desk, id)["score"], "bad");
        assert_eq!(desk.sent(id, "survey_sent").len(), 2);
        let audits = desk.as_admin().get(&format!("tickets/{id}/audits.json")).expect(200).text();
        assert_eq!(
            audits.matches("\"SatisfactionRating\"").count(),
            3,
            "asked, four, two: {audits}"
        );
    });
}

/// CS-05: bad input is refused by name, and nothing is half-written
#[test]
fn bad_ratings_and_endless_words_are_refused() {
    on_each_engine(|desk| {
        let id = solved(desk);
        desk.advance("72h");
        let path = plain_link(desk, id);
        for wrong in ["0", "6", "-1", "4.5", "five", "", "99999999999999999999", "4\u{0}"] {
            let refused = send(desk, &path, wrong, "My words.").expect(422);
            let text = refused.text();
            assert!(text.contains("Choose one of the five answers"), "{wrong:?}: {text}");
            assert!(text.contains("My words."), "{text}");
        }
        let long = send(desk, &path, "5", &"x".repeat(2001)).expect(422).text();
        assert!(long.contains("at most 2000 characters"), "{long}");
        send(desk, &path, "5", &"x".repeat(1_000_000)).expect(422);
        let endless = send(desk, &path, "5", &"x".repeat(2_000_000));
        assert_eq!(endless.status, 413, "{endless:?}");
        let raw = |body: &[u8], kind: &str| desk.as_anybody().send("POST", &path, Some(kind), body);
        raw(b"rating=%FF", "application/x-www-form-urlencoded").expect(400);
        raw(b"{}", "application/json").expect(415);
        assert_eq!(rating(desk, id), json!({ "score": "offered" }));
        assert_eq!(desk.sent(id, "survey_sent").len(), 0);

        send(desk, &path, "5", &"ü".repeat(2000)).expect(200);
        assert_eq!(
            rating(desk, id)["comment"].as_str().map(|words| words.chars().count()),
            Some(2000)
        );
    });
}

/// CS-02, CS-07: many at once leave one rating
#[test]
fn of_many_answers_at_once_one_counts() {
    on_each_engine(|desk| {
        let id = solved(desk);
        desk.advance("72h");
        let path = plain_link(desk, id);

        thread::scope(|scope| {
            for rating in ["1", "2", "3", "4", "5", "5", "4", "3"] {
                let path = &path;
                scope.spawn(move || send(desk, path, rating, "").expect(200));
            }
        });

        let list = desk.as_admin().get("satisfaction_ratings.json?score=received").expect(200);
        let rows = list.at("/satisfaction_ratings");
        assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
        let last = desk.sent(id, "survey_sent").pop().unwrap();
        assert_eq!(
            last["payload"]["properties"]["rating"], rows[0]["rating"],
            "the last one counts"
        );
    });
}

/// CS-07: a link about what is gone is as good as none
#[test]
fn the_link_of_a_deleted_ticket_or_a_removed_person_no_longer_works() {
    on_each_engine(|desk| {
        let (deleted, erased) = (solved(desk), solved(desk));
        desk.advance("72h");
        let paths = [plain_link(desk, deleted), plain_link(desk, erased)];
        desk.as_user(ADA).delete(&format!("tickets/{deleted}.json")).expect(204);
        let gone = |path: &str| {
            let page = open(desk, path).expect(200).text();
            assert!(page.contains("This link no longer works"), "{page}");
            send(desk, path, "5", "").expect(410);
        };
        gone(&paths[0]);
        let kim = desk.as_user(KIM).get("users/me.json").number("/user/id");
        desk.as_admin().delete(&format!("users/{kim}.json"));
        gone(&paths[1]);
        assert_eq!(desk.sent(erased, "survey_sent").len(), 0);
    });
}

/// CS-08, CS-10
#[test]
fn a_low_rating_reaches_the_team_and_its_owner_and_reopens_nothing() {
    on_each_engine(|desk| {
        let id = solved(desk);
        desk.advance("72h");
        let notices = desk.sent(id, "notification").len();

        send(desk, &link(desk, id, 2), "2", "It took three days.\n#1 was rated 5 of 5").expect(200);

        let posts = desk.sent(id, "low_rating");
        let [post] = posts.as_slice() else { panic!("{posts:#?}") };
        assert_eq!(post["to"], json!(["#team-support"]));
        let text = post["text"].as_str().unwrap();
        assert!(text.contains("was rated 2 of 5") && text.contains("three days. #1 was"), "{text}");
        let told = desk.sent(id, "notification");
        assert_eq!(told.len(), notices + 1);
        assert_eq!(told.last().unwrap()["to"], json!([ADA]));
        assert_eq!(desk.ticket(id)["status"], "solved");

        let password = json!({ "password": "a long enough password" });
        let ada = desk.as_user(ADA).get("users/me.json").number("/user/id");
        desk.as_admin().post(&format!("users/{ada}/password.json"), &password).expect(200);
        let visitor = desk.sign_in(ADA, "a long enough password");
        let page = || visitor.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page().contains("Kim rated this 2 of 5, bad"), "{}", page());
        desk.reply(ADA, id, "We are sorry, and here is why.");
        assert!(!page().contains("Kim rated this"), "somebody has written to them");
        assert!(page().contains("2 of 5, bad"), "the rating itself stays");

        let fine = solved(desk);
        desk.advance("72h");
        send(desk, &link(desk, fine, 5), "5", "").expect(200);
        assert_eq!(
            desk.sent(fine, "low_rating").len() + desk.sent(fine, "notification").len(),
            notices
        );
        send(desk, &link(desk, fine, 5), "5", "You are the best.").expect(200);
        assert!(
            desk.sent(fine, "notification").iter().any(|one| one["channel"] == "slack"
                && one["text"].as_str().unwrap().contains("the best"))
        );
    });
}

/// CS-09
#[test]
fn the_survey_is_about_the_team_that_solved_it() {
    on_each_engine(|desk| {
        let groups = desk.as_admin().get("groups.json").expect(200).at("/groups");
        let group = |name: &str| {
            let all = groups.as_array().unwrap();
            all.iter().find(|one| one["name"] == name).unwrap()["id"].as_i64().unwrap()
        };
        let id = desk.ask(KIM, "critical", "session_replay");
        desk.reply(ADA, id, "We look into it.");
        let escalation =
            json!({ "escalation": { "group_id": group("Session replay"), "note": "Why?" } });
        desk.as_user(ADA).post(&format!("tickets/{id}/escalate.json"), &escalation).expect(200);
        desk.reply("bo@acme.test", id, "Found it.");
        desk.update("bo@acme.test", id, &json!({ "status": "solved" })).expect(200);
        desk.update(ADA, id, &json!({ "group_id": group("Billing") })).expect(200);

        desk.advance("72h");

        assert!(
            plain_link(desk, id).contains("team=Session%20replay&"),
            "{}",
            plain_link(desk, id)
        );
        send(desk, &link(desk, id, 1), "1", "").expect(200);
        assert_eq!(desk.sent(id, "low_rating")[0]["to"], json!(["#support-replay"]));
        let list = desk.as_admin().get("satisfaction_ratings.json").expect(200);
        assert_eq!(list.number("/satisfaction_ratings/0/group_id"), group("Session replay"));
    });
}

/// CS-02, zendesk-api 32
#[test]
fn the_requester_rates_by_the_api_and_nobody_else_does() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let path = format!("tickets/{id}/satisfaction_rating.json");
        let rate = |who: &str, score: &str| {
            let body = json!({ "satisfaction_rating": { "score": score, "comment": "By hand." } });
            desk.as_user(who).post(&path, &body)
        };
        assert!(rate(KIM, "good").expect(422).text().contains("is or was solved"));
        desk.reply(ADA, id, "Please reload.");
        status(desk, id, "solved");
        rate(ADA, "good").expect(403);
        desk.ask("lee@customer.test", "", "");
        rate("lee@customer.test", "good").expect(404);
        assert_eq!(desk.as_anybody().post(&path, &json!({})).status, 401);
        assert!(rate(KIM, "fine").expect(422).text().contains("score"));
        desk.as_user(KIM).post(&path, &json!({ "satisfaction_rating": {} })).expect(422);

        let rated = rate(KIM, "good").expect(200);
        assert_eq!(rated.at("/satisfaction_rating/score"), "good");
        assert_eq!(rated.at("/satisfaction_rating/rating"), 5);
        assert_eq!(rated.number("/satisfaction_rating/ticket_id"), id);
        status(desk, id, "open");
        let rated = rate(KIM, "bad").expect(200);
        assert_eq!(rated.at("/satisfaction_rating/rating"), 1);
        assert_eq!(rating(desk, id)["score"], "bad");
        assert_eq!(desk.sent(id, "survey_sent").len(), 2);
        status(desk, id, "solved");
        desk.advance("10d");
        assert_eq!(surveys(desk, id), 0, "who has rated is not asked");
        let late = rate(KIM, "good").expect(422).text();
        assert!(late.contains("could be changed until 2026-06-15"), "{late}");
    });
}

/// zendesk-api 32
#[test]
fn ratings_are_listed_by_score_and_time() {
    on_each_engine(|desk| {
        let ids: Vec<i64> = (0..4).map(|_| solved(desk)).collect();
        desk.advance("72h");
        send(desk, &plain_link(desk, ids[0]), "5", "").expect(200);
        send(desk, &plain_link(desk, ids[1]), "3", "Slow.").expect(200);
        send(desk, &plain_link(desk, ids[2]), "4", "Good.").expect(200);
        let tickets = |query: &str| -> Vec<i64> {
            let list =
                desk.as_admin().get(&format!("satisfaction_ratings.json?{query}")).expect(200);
            let rows = list.at("/satisfaction_ratings");
            rows.as_array().unwrap().iter().map(|one| one["ticket_id"].as_i64().unwrap()).collect()
        };
        assert_eq!(tickets(""), ids);
        assert_eq!(tickets("sort_order=desc"), ids.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(tickets("score=received"), ids[..3]);
        assert_eq!(tickets("score=good"), [ids[0], ids[2]]);
        assert_eq!(tickets("score=bad"), [ids[1]]);
        assert_eq!(tickets("score=good_with_comment"), [ids[2]]);
        assert_eq!(tickets("score=good_without_comment"), [ids[0]]);
        assert_eq!(tickets("score=received_with_comment"), [ids[1], ids[2]]);
        assert_eq!(tickets("score=offered"), [ids[3]]);
        assert_eq!(tickets("score=unoffered"), [0; 0]);
        assert_eq!(tickets("start_time=1781164800"), ids, "from that second on");
        assert_eq!(tickets("start_time=1781164801.5"), [0; 0]);
        assert_eq!(
            tickets("end_time=2026-06-11T08:00:00Z"),
            [0; 0],
            "until then, not including it"
        );
        let first = desk.as_admin().get("satisfaction_ratings.json?page[size]=3").expect(200);
        let after = first.at("/meta/after_cursor");
        assert_eq!(
            tickets(&format!("page[size]=3&page[after]={}", after.as_str().unwrap())),
            [ids[3]]
        );
        let count = desk.as_admin().get("satisfaction_ratings/count.json?score=good").expect(200);
        assert_eq!(count.number("/count/value"), 2);
        let row = first.at("/satisfaction_ratings/0");
        let one =
            desk.as_admin().get(&format!("satisfaction_ratings/{}.json", row["id"])).expect(200);
        assert_eq!(one.at("/satisfaction_rating"), row);
        desk.as_admin().get("satisfaction_ratings/999999.json").expect(404);
        for wrong in ["score=fine", "start_time=soon"] {
            let answer = desk.as_admin().get(&format!("satisfaction_ratings.json?{wrong}"));
            assert_eq!(answer.status, 400, "{answer:?}");
        }
    });
}
