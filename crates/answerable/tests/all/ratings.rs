//! What customers say about the help: on the page, again, at once, by the API; and who is told. On both engines.

use std::thread;

use serde_json::{Value, json};
use testkit::{Answer, Mail, Program};

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

/// CS-05, CS-07
#[test]
fn an_answer_is_told_to_analytics_and_can_be_changed_for_seven_days() {
    on_each_engine(|desk| {
        let id = desk.solved();
        desk.advance("72h");
        let path = desk.survey_link(id, 4);

        let thanks = desk.rate(&path, "4", "Fast, \"thank\" you <b>all</b>\u{1}.").expect(200);
        assert!(
            thanks.text().contains("You can change your answer until Thu 18 Jun."),
            "{thanks:?}"
        );
        desk.rate(&path, "4", "Fast, \"thank\" you <b>all</b>\u{1}.").expect(200);
        desk.rate(&path, "4", "").expect(200);

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
        let is = desk.rating(id);
        assert_eq!(
            (is["score"].as_str(), is["comment"].as_str()),
            (Some("good"), Some("Fast, \"thank\" you <b>all</b>."))
        );

        desk.set_clock("2026-06-18T08:00:00Z");
        let form = open(desk, &desk.plain_survey_link(id)).expect(200).text();
        assert!(form.contains("value=\"4\" checked"), "what was said is chosen: {form}");
        assert!(!form.contains("Fast"), "but not what was written: {form}");
        desk.rate(&path, "2", "").expect(200);
        assert_eq!(desk.rating(id)["score"], "bad");
        assert!(desk.rating(id)["comment"].as_str().unwrap().starts_with("Fast"), "the words stay");
        assert_eq!(desk.sent(id, "survey_sent").len(), 2);

        desk.set_clock("2026-06-18T08:00:01Z");
        for settled in
            [desk.rate(&path, "5", "No, good.").expect(200), open(desk, &path).expect(200)]
        {
            assert!(settled.text().contains("Your answer stays as it is"), "{settled:?}");
        }
        assert_eq!(desk.rating(id)["score"], "bad");
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
        let id = desk.solved();
        desk.advance("72h");
        let path = desk.plain_survey_link(id);
        for wrong in ["0", "6", "-1", "4.5", "five", "", "99999999999999999999", "4\u{0}"] {
            let refused = desk.rate(&path, wrong, "My words.").expect(422);
            let text = refused.text();
            assert!(text.contains("Choose one of the five answers"), "{wrong:?}: {text}");
            assert!(text.contains("My words."), "{text}");
        }
        let long = desk.rate(&path, "5", &"x".repeat(2001)).expect(422).text();
        assert!(long.contains("at most 2000 characters"), "{long}");
        desk.rate(&path, "5", &"x".repeat(1_000_000)).expect(422);
        let endless = desk.rate(&path, "5", &"x".repeat(2_000_000));
        assert_eq!(endless.status, 413, "{endless:?}");
        let raw = |body: &[u8], kind: &str| desk.as_anybody().send("POST", &path, Some(kind), body);
        raw(b"rating=%FF", "application/x-www-form-urlencoded").expect(400);
        raw(b"{}", "application/json").expect(415);
        assert_eq!(desk.rating(id), json!({ "score": "offered" }));
        assert_eq!(desk.sent(id, "survey_sent").len(), 0);

        let odd = "<script>alert(1)</script>\u{0}\u{1b}[31m\u{202e}\r\nBcc: x@y.test";
        let page = desk.rate(&path, "4", odd).expect(200).text();
        assert!(!page.contains("<script>alert"), "{page}");
        let kept = desk.rating(id)["comment"].as_str().unwrap_or_default().to_owned();
        assert!(kept.starts_with("<script>alert(1)</script>[31m"), "{kept:?}");
        assert!(!kept.chars().any(|c| c.is_control() && c != '\n'), "{kept:?}");

        desk.rate(&path, "5", &"ü".repeat(2000)).expect(200);
        assert_eq!(
            desk.rating(id)["comment"].as_str().map(|words| words.chars().count()),
            Some(2000)
        );
    });
}

/// CS-02, CS-07: many at once leave one rating
#[test]
fn of_many_answers_at_once_one_counts() {
    on_each_engine(|desk| {
        let id = desk.solved();
        desk.advance("72h");
        let path = desk.plain_survey_link(id);

        thread::scope(|scope| {
            for rating in ["1", "2", "3", "4", "5", "5", "4", "3"] {
                let path = &path;
                scope.spawn(move || desk.rate(path, rating, "").expect(200));
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
        let (deleted, erased) = (desk.solved(), desk.solved());
        desk.advance("72h");
        let paths = [desk.plain_survey_link(deleted), desk.plain_survey_link(erased)];
        desk.as_user(ADA).delete(&format!("tickets/{deleted}.json")).expect(204);
        let gone = |path: &str| {
            let page = open(desk, path).expect(200).text();
            assert!(page.contains("This link no longer works"), "{page}");
            desk.rate(path, "5", "").expect(410);
            let told = desk.visit().post_bare(path, &[("comment", "You lost my words.")]);
            assert!(told.expect(200).text().contains("The team reads it"));
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
        let id = desk.solved();
        desk.advance("72h");
        let notices = desk.sent(id, "notification").len();

        desk.rate(&desk.survey_link(id, 2), "2", "It took three days.\n#1 was rated 5 of 5")
            .expect(200);

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
        assert!(page().contains("href=\"#composer\"") && page().contains("Write to Kim"));
        desk.reply(ADA, id, "We are sorry, and here is why.");
        assert!(!page().contains("Kim rated this"), "somebody has written to them");
        assert!(page().contains("2 of 5, bad"), "the rating itself stays");

        let fine = desk.solved();
        desk.advance("72h");
        desk.rate(&desk.survey_link(fine, 5), "5", "").expect(200);
        assert_eq!(
            desk.sent(fine, "low_rating").len() + desk.sent(fine, "notification").len(),
            notices
        );
        desk.rate(&desk.survey_link(fine, 5), "5", "You are the best.").expect(200);
        assert!(
            desk.sent(fine, "notification").iter().any(|one| one["channel"] == "slack"
                && one["text"].as_str().unwrap().contains("the best"))
        );
        // It is Sunday, and mail waits for their hours.
        desk.advance("30h");
        let told = desk.sent(fine, "notification");
        assert!(told.iter().any(|one| one["to"] == json!([ADA])), "words are worth an answer");
        let page = || visitor.get(&format!("/tickets/{fine}")).expect(200).text();
        assert!(page().contains("Kim rated this 5 of 5"), "{}", page());
        desk.note(ADA, fine, "Nothing to add.");
        assert!(!page().contains("Kim rated this"), "a note says why nothing follows");
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
            desk.plain_survey_link(id).contains("team=Session%20replay&"),
            "{}",
            desk.plain_survey_link(id)
        );
        desk.rate(&desk.survey_link(id, 1), "1", "").expect(200);
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
        desk.set_status(id, "solved");
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
        desk.set_status(id, "open");
        let rated = rate(KIM, "bad").expect(200);
        assert_eq!(rated.at("/satisfaction_rating/rating"), 1);
        assert_eq!(desk.rating(id)["score"], "bad");
        assert_eq!(desk.sent(id, "survey_sent").len(), 2);
        desk.set_status(id, "solved");
        desk.advance("10d");
        assert_eq!(desk.surveys(id), 0, "who has rated is not asked");
        let late = rate(KIM, "good").expect(422).text();
        assert!(late.contains("could be changed until 2026-06-15"), "{late}");
    });
}

/// zendesk-api 32
#[test]
fn ratings_are_listed_by_score_and_time() {
    on_each_engine(|desk| {
        let ids: Vec<i64> = (0..4).map(|_| desk.solved()).collect();
        desk.advance("72h");
        desk.rate(&desk.plain_survey_link(ids[0]), "5", "").expect(200);
        desk.rate(&desk.plain_survey_link(ids[1]), "3", "Slow.").expect(200);
        desk.rate(&desk.plain_survey_link(ids[2]), "4", "Good.").expect(200);
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

/// zendesk-api 17
#[test]
fn a_tickets_figures_are_told_from_its_log() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.advance("2h");
        desk.reply(ADA, id, "Please reload.");
        desk.set_status(id, "pending");
        desk.advance("1h");
        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)));
        desk.advance("30m");
        desk.set_status(id, "solved");

        let answer = desk.as_admin().get(&format!("tickets/{id}/metrics.json")).expect(200);

        let figures = answer.at("/ticket_metric");
        assert_eq!(figures["ticket_id"], id);
        assert_eq!(figures["reply_time_in_minutes"], json!({ "calendar": 120, "business": 120 }));
        assert_eq!(figures["reply_time_in_seconds"], json!({ "calendar": 7200 }));
        assert_eq!(figures["full_resolution_time_in_minutes"]["calendar"], 210);
        assert_eq!(figures["agent_wait_time_in_minutes"]["calendar"], 60);
        assert_eq!(figures["requester_wait_time_in_minutes"]["calendar"], 150);
        assert_eq!((&figures["replies"], &figures["reopens"]), (&json!(1), &json!(0)));
        assert_eq!(figures["solved_at"], "2026-06-08T11:30:00Z");
        let newer = desk.ask(KIM, "", "");
        let list = desk.as_admin().get("ticket_metrics.json").expect(200);
        assert_eq!(list.number("/ticket_metrics/0/ticket_id"), newer);
        assert_eq!(list.at("/ticket_metrics/1"), figures);
        assert_eq!(list.at("/ticket_metrics/0/reply_time_in_minutes/calendar"), Value::Null);
        for path in [format!("tickets/{id}.json"), format!("tickets/show_many.json?ids={id}")] {
            let sign = if path.contains('?') { '&' } else { '?' };
            let with = desk.as_admin().get(&format!("{path}{sign}include=metric_sets")).expect(200);
            let ticket = with.json();
            let ticket = ticket.pointer("/ticket").or(ticket.pointer("/tickets/0")).unwrap();
            assert_eq!(ticket["metric_set"], figures, "{path}");
        }
        desk.as_admin().get("tickets/999999/metrics.json").expect(404);
    });
}
