//! What is set aside and comes back: merged tickets, split messages, spam. Told through HTTP, on both engines.

use std::thread;

use serde_json::{Value, json};
use testkit::{Answer, Mail, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const LEE: &str = "lee@other.test";
const ADA: &str = "ada@acme.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// Asks for a merge as somebody.
fn merge(desk: &Program, who: &str, target: i64, ids: &[i64]) -> Answer {
    desk.as_user(who).post(&format!("tickets/{target}/merge.json"), &json!({ "ids": ids }))
}

/// Merges, and says so; why not, otherwise.
fn merged(desk: &Program, target: i64, ids: &[i64]) -> Result<(), String> {
    let job = merge(desk, ADA, target, ids).expect(200).at("/job_status");
    match job["status"].as_str() {
        Some("completed") if job["results"][0]["success"] != false => Ok(()),
        _ => Err(job.to_string()),
    }
}

fn unmerge(desk: &Program, id: i64) -> Answer {
    desk.as_user(ADA).post(&format!("tickets/{id}/unmerge.json"), &json!({}))
}

/// State and deadline of each clock, oldest first.
fn clocks(desk: &Program, id: i64) -> Vec<(String, String)> {
    let text = |clock: &Value, key: &str| clock[key].as_str().unwrap_or_default().to_owned();
    desk.clocks(id).iter().map(|clock| (text(clock, "state"), text(clock, "due_at"))).collect()
}

fn clock(state: &str, due_at: &str) -> (String, String) {
    (state.to_owned(), due_at.to_owned())
}

/// The mails that left so far.
fn mails(desk: &Program) -> usize {
    desk.outbox().iter().filter(|one| one["channel"] == "email").count()
}

/// Two tickets of two customers, the second an hour younger.
fn two(desk: &Program) -> (i64, i64) {
    let older = desk.ask(KIM, "critical", "");
    desk.advance("1h");
    (older, desk.ask(LEE, "critical", ""))
}

/// ST-10, SLA-13, ST-09
#[test]
fn a_merge_keeps_the_earliest_deadline_and_sends_nothing() {
    on_each_engine(|desk| {
        let (older, younger) = two(desk);
        let before = mails(desk);

        assert_eq!(merged(desk, younger, &[older]), Ok(()));

        let source = desk.ticket(older);
        assert_eq!(source["status"], "closed");
        assert!(source["tags"].to_string().contains("closed_by_merge"), "{source}");
        assert_eq!(source["solve_cause"], "duplicate");
        assert_eq!(clocks(desk, older), [clock("cancelled", "2026-06-08T20:00:00Z")]);
        let reason = &desk.clocks(older)[0]["reason"];
        assert!(reason.as_str().is_some_and(|reason| reason.contains("merged")), "{reason}");
        assert_eq!(clocks(desk, younger), [clock("running", "2026-06-08T20:00:00Z")]);
        assert_eq!(mails(desk), before, "merging mails nobody");
        let notes = desk.comments(younger);
        assert!(notes.iter().skip(1).all(|note| note["public"] == false), "{notes:?}");

        desk.set_clock("2026-06-08T20:00:01Z");
        assert_eq!(clocks(desk, younger)[0].0, "missed");
        assert_eq!(desk.sent(younger, "breach").len(), 1);
        assert_eq!(desk.sent(older, "breach").len(), 0, "neither met nor missed");
    });
}

/// SLA-13: what was missed before the merge stays missed, and is counted
#[test]
fn a_missed_promise_is_not_merged_away() {
    on_each_engine(|desk| {
        let (older, younger) = two(desk);
        desk.set_clock("2026-06-08T20:30:00Z");

        assert_eq!(merged(desk, younger, &[older]), Ok(()));

        assert_eq!(clocks(desk, older)[0].0, "missed");
        assert_eq!(clocks(desk, younger), [clock("running", "2026-06-08T21:00:00Z")]);
    });
}

/// ST-10, CH-03: the number and the address of a merged ticket lead to where it goes on
#[test]
fn mail_to_the_merged_ticket_lands_where_it_goes_on() {
    on_each_engine(|desk| {
        let (older, younger) = two(desk);
        let address = desk.reply_address(older);
        let third = desk.ask("mo@third.test", "", "");
        assert_eq!(merged(desk, younger, &[older]), Ok(()));
        assert_eq!(merged(desk, third, &[younger]), Ok(()), "a chain");

        let mail = Mail::from(KIM).to(&address).saying("Any news?\r\n");
        let landed = desk.receive(&mail);

        assert_eq!(landed, ("continued".to_owned(), Some(third)));
        let words = desk.comments(third).last().map(|comment| comment["body"].clone());
        assert!(words.is_some_and(|words| words.to_string().contains("Any news?")));
        let ccs = desk.ticket(third)["email_cc_ids"].as_array().map(Vec::len);
        assert_eq!(ccs, Some(2), "the people of both take part");
        desk.reply(ADA, third, "Here is the news.");
        let reply = desk.sent(third, "reply").pop().unwrap_or_default();
        assert!(reply["headers"]["Cc"].to_string().contains(KIM), "{reply}");
    });
}

/// ST-10: the one way out of closed
#[test]
fn unmerging_brings_both_back() {
    on_each_engine(|desk| {
        let (older, younger) = two(desk);
        desk.update(ADA, older, &json!({ "status": "open" })).expect(200);
        let before = (desk.ticket(older), mails(desk));
        assert_eq!(merged(desk, younger, &[older]), Ok(()));
        desk.advance("30m");

        unmerge(desk, older).expect(200);

        let after = desk.ticket(older);
        for key in ["status", "tags", "solve_cause", "priority", "group_id", "assignee_id"] {
            assert_eq!(after[key], before.0[key], "{key}");
        }
        assert_eq!(clocks(desk, older), [clock("running", "2026-06-08T20:00:00Z")]);
        assert_eq!(clocks(desk, younger)[0].0, "running");
        assert!(desk.ticket(younger)["email_cc_ids"].as_array().is_some_and(Vec::is_empty));
        assert_eq!(mails(desk), before.1, "unmerging mails nobody");
        unmerge(desk, older).expect(422);
        desk.reply(ADA, older, "Here you are.");
        assert_eq!(clocks(desk, older)[0].0, "met");
        assert_eq!(clocks(desk, younger)[0].0, "running");
    });
}

/// ST-10, ST-01: a ticket that had solved itself is solved again, and its customer is not told twice
#[test]
fn unmerging_what_had_solved_itself_tells_nobody() {
    on_each_engine(|desk| {
        let (older, younger) = two(desk);
        desk.reply(ADA, older, "Please try again.");
        desk.update(ADA, older, &json!({ "status": "pending" })).expect(200);
        desk.advance("8d");
        assert_eq!(desk.ticket(older)["solve_cause"], "auto");
        assert_eq!(desk.sent(older, "auto_solved").len(), 1);
        assert_eq!(merged(desk, younger, &[older]), Ok(()));

        unmerge(desk, older).expect(200);

        let ticket = desk.ticket(older);
        assert_eq!((&ticket["status"], &ticket["solve_cause"]), (&json!("solved"), &json!("auto")));
        assert_eq!(desk.sent(older, "auto_solved").len(), 1);
    });
}

/// ST-10: what cannot be merged says why, and all of it stays as it was
#[test]
fn what_cannot_be_merged_is_refused_whole() {
    on_each_engine(|desk| {
        let (older, younger) = two(desk);
        let gone = desk.ask("mo@third.test", "", "");
        desk.update(ADA, gone, &json!({ "status": "solved" })).expect(200);
        desk.update(ADA, gone, &json!({ "status": "closed" })).expect(200);

        for (target, ids, why) in [
            (older, vec![older], "itself"),
            (older, vec![younger, older], "itself"),
            (older, vec![younger, gone], "closed"),
            (gone, vec![older], "closed"),
            (older, vec![younger, 999_999], "no such ticket"),
            (999_999, vec![younger], "no such ticket"),
        ] {
            let refused = merged(desk, target, &ids).unwrap_err();
            assert!(refused.contains(why), "{ids:?} into {target}: {refused}");
        }
        for ids in [json!([]), json!("1"), json!(["x"]), json!([-1]), json!({}), Value::Null] {
            let path = format!("tickets/{older}/merge.json");
            let answer = desk.as_user(ADA).post(&path, &json!({ "ids": ids }));
            assert!([400, 422].contains(&answer.status), "{ids}: {answer:?}");
        }

        for id in [older, younger] {
            assert_eq!(desk.ticket(id)["status"], "new");
            assert_eq!(clocks(desk, id)[0].0, "running");
            assert_eq!(desk.comments(id).len(), 1);
        }
        assert_eq!(merged(desk, older, &[younger]), Ok(()));
        let twice = merged(desk, older, &[younger]).unwrap_err();
        assert!(twice.contains("closed"), "{twice}");
    });
}

/// ST-10, NF-02: of two merges at once, in a ring or of the same, one wins and nothing is lost
#[test]
fn two_merges_at_once_end_well() {
    on_each_engine(|desk| {
        for round in 0..8 {
            let (one, other) = two(desk);
            let (a, b) = if round % 2 == 0 { (one, other) } else { (other, one) };

            let won = thread::scope(|scope| {
                let first = scope.spawn(|| merged(desk, a, &[b]));
                let second = scope.spawn(|| {
                    if round < 4 { merged(desk, b, &[a]) } else { merged(desk, a, &[b]) }
                });
                [first, second].map(|one| one.join().expect("no panic").is_ok())
            });

            assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}");
            let closed = [a, b].iter().filter(|id| desk.ticket(**id)["status"] == "closed").count();
            assert_eq!(closed, 1, "round {round}");
            let running: usize = [a, b]
                .iter()
                .map(|id| clocks(desk, *id).iter().filter(|clock| clock.0 == "running").count())
                .sum();
            assert_eq!(running, 1, "round {round}");
        }
    });
}

/// SLA-13, ST-10
#[test]
fn a_split_message_counts_from_its_arrival_and_tells_nobody() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let address = desk.reply_address(id);
        desk.set_clock("2026-06-08T10:00:00Z");
        desk.receive(&Mail::from(KIM).to(&address).saying("And my invoice is wrong.\r\n"));
        desk.set_clock("2026-06-08T13:00:00Z");
        let comments = desk.comments(id);
        let before = mails(desk);
        let split = |who: &str, comment: &Value| {
            let body = json!({ "split": { "comment_id": comment, "subject": "Invoice" } });
            desk.as_user(who).post(&format!("tickets/{id}/split.json"), &body)
        };

        let new = split(ADA, &comments[1]["id"]).expect(201).number("/ticket/id");

        let ticket = desk.ticket(new);
        assert_eq!(ticket["subject"], "Invoice");
        assert_eq!(desk.clocks(new)[0]["started_at"], "2026-06-08T10:00:00Z");
        assert!(desk.comments(new)[0]["body"].to_string().contains("invoice"));
        assert_eq!(mails(desk), before, "splitting mails nobody");
        assert_eq!(clocks(desk, id), [clock("running", "2026-06-08T20:00:00Z")]);

        split(ADA, &comments[0]["id"]).expect(422);
        split(ADA, &json!(999_999)).expect(422);
        split(ADA, &json!("one")).expect(422);
        split(ADA, &desk.comments(new)[0]["id"]).expect(422);
        assert_eq!(split(KIM, &comments[1]["id"]).status, 403);
        desk.reply(ADA, id, "Reload, please.");
        let answer = desk.comments(id).pop().unwrap_or_default();
        split(ADA, &answer["id"]).expect(422);
    });
}

/// SLA-12
#[test]
fn spam_has_no_clock_and_unmarking_counts_from_the_arrival() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.advance("1h");
        let spam = |what: &str| {
            desk.as_user(ADA).put(&format!("tickets/{id}/{what}_as_spam.json"), &json!({}))
        };
        let before = desk.outbox().len();

        spam("mark").expect(200);
        spam("mark").expect(200);

        assert_eq!(desk.ticket(id)["solve_cause"], "spam");
        assert_eq!(clocks(desk, id)[0].0, "cancelled");
        desk.advance("4d");
        assert_eq!(desk.outbox().len(), before, "no breach, no survey, no word");

        spam("unmark").expect(200);
        spam("unmark").expect(200);
        assert_eq!(desk.ticket(id)["status"], "open");
        assert_eq!(desk.clocks(id)[0]["started_at"], MONDAY);
        desk.advance("1m");
        assert_eq!(clocks(desk, id), [clock("missed", "2026-06-08T20:00:00Z")]);
        desk.reply(ADA, id, "We are sorry, we took this for spam.");
        let mail = Mail::from(KIM).to(&desk.reply_address(id));
        assert_eq!(desk.receive(&mail).0, "continued", "the sender is heard again");
    });
}

/// ST-10, SLA-12: neither customers nor strangers set tickets aside
#[test]
fn only_agents_set_tickets_aside() {
    on_each_engine(|desk| {
        let (older, younger) = two(desk);
        let tries = |who: &str| {
            let user = desk.as_user(who);
            let post =
                |what: &str, body: Value| user.post(&format!("tickets/{older}/{what}.json"), &body);
            let put =
                |what: &str| user.put(&format!("tickets/{older}/{what}_as_spam.json"), &json!({}));
            vec![
                post("merge", json!({ "ids": [younger] })).status,
                post("unmerge", json!({})).status,
                post("split", json!({ "split": { "comment_id": 1 } })).status,
                put("mark").status,
                put("unmark").status,
            ]
        };

        for who in [KIM, LEE] {
            assert_eq!(tries(who), [403; 5], "{who}");
        }
        let nobody = desk
            .as_anybody()
            .post(&format!("tickets/{older}/merge.json"), &json!({ "ids": [younger] }));
        assert_eq!(nobody.status, 401);
        for id in [older, younger] {
            assert_eq!(desk.ticket(id)["status"], "new");
        }
    });
}
