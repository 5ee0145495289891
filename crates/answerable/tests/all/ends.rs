//! What ends by itself, what is refused, and what a month of silence leaves behind. On both engines.

use std::thread;

use serde_json::{Value, json};
use testkit::{Mail, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

fn level(desk: &Program, id: i64) -> String {
    desk.ticket(id)["priority"].as_str().unwrap_or_default().to_owned()
}

/// PR-11
#[test]
fn a_level_by_hand_ends_when_it_says_and_the_rules_decide_again() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "");
        let by_hand = json!({ "priority": "high", "priority_reason": "launch day",
            "priority_until": "2026-06-10T08:00:00Z" });
        desk.update(ADA, id, &by_hand).expect(200);
        assert_eq!(level(desk, id), "high");
        assert_eq!(desk.last_clock(id).2, "2026-06-08T20:00:00Z");
        let why = desk.explanation(id)["priority"]["because"].to_string();
        assert!(why.contains("launch day") && why.contains("2026-06-10"), "{why}");

        desk.update(ADA, id, &json!({ "tags": ["vip"] })).expect(200);
        desk.set_clock("2026-06-10T07:59:59Z");
        assert_eq!(level(desk, id), "high", "rules do not undo it before");

        desk.set_clock("2026-06-10T08:00:00Z");
        assert_eq!(level(desk, id), "low");
        assert_eq!(desk.last_clock(id).1, "missed", "what was promised stays");
        let why = desk.explanation(id)["priority"]["because"].to_string();
        assert!(!why.contains("launch day"), "{why}");
    });
}

/// PR-11: an end that is past or no instant is refused, and nothing is half done
#[test]
fn a_level_by_hand_needs_an_end_ahead() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "");
        for until in [json!("2026-06-08T07:59:59Z"), json!("tomorrow"), json!(7), json!([])] {
            let change = json!({ "priority": "high", "priority_until": until });

            let refused = desk.update(ADA, id, &change).expect(422);

            assert!(refused.text().contains("priority_until"), "{until}: {refused:?}");
            assert_eq!(level(desk, id), "low", "{until}");
        }
    });
}

/// PR-11, PR-07: on a solved ticket the end starts no clock
#[test]
fn a_level_by_hand_may_end_while_the_ticket_is_solved() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let by_hand = json!({ "priority": "low", "priority_until": "2026-06-10T08:00:00Z" });
        desk.update(ADA, id, &by_hand).expect(200);
        desk.reply(ADA, id, "Please reload.");
        desk.update(ADA, id, &json!({ "status": "solved" })).expect(200);
        let clocks = desk.clocks(id);

        desk.set_clock("2026-06-11T08:00:00Z");
        assert_eq!(desk.ticket(id)["status"], "solved");
        assert_eq!(desk.clocks(id), clocks);

        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)));
        assert_eq!(level(desk, id), "high");
        assert_eq!(desk.last_clock(id).2, "2026-06-12T08:00:00Z", "24 hours, for high");
    });
}

/// NF-04
#[test]
fn a_stale_safe_update_says_what_changed() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let seen = desk.ticket(id)["version"].clone();
        desk.reply(ADA, id, "Please reload.");
        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)));
        let stale = json!({ "status": "solved", "safe_update": true, "updated_stamp": seen });

        let refused = desk.update(ADA, id, &stale).expect(409);

        let words = refused.text();
        assert!(
            words.contains("the customer wrote") && words.contains("a reply was sent"),
            "{words}"
        );
        assert_eq!(desk.ticket(id)["status"], "open");
        let fresh = json!({ "status": "solved", "safe_update": true,
            "updated_stamp": desk.ticket(id)["version"] });
        desk.update(ADA, id, &fresh).expect(200);
        let blank = json!({ "status": "open", "safe_update": true });
        assert!(desk.update(ADA, id, &blank).expect(422).text().contains("updated_stamp"));
    });
}

/// NF-04: of many who answer from the same page, one does
#[test]
fn of_many_safe_updates_at_once_one_wins() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let seen = desk.ticket(id)["version"].clone();

        let mut answers: Vec<u16> = thread::scope(|scope| {
            let sends: Vec<_> = (0..6)
                .map(|number| {
                    let reply = json!({ "comment": { "body": format!("Answer {number}"), "public": true },
                        "safe_update": true, "updated_stamp": seen });
                    scope.spawn(move || desk.update(ADA, id, &reply).status)
                })
                .collect();
            sends.into_iter().map(|send| send.join().expect("no panic")).collect()
        });

        answers.sort_unstable();
        assert_eq!(answers, [200, 409, 409, 409, 409, 409]);
        assert_eq!(desk.sent(id, "reply").len(), 1);
    });
}

/// GH-02
#[test]
fn an_issue_is_a_public_address_and_solving_for_it_stops_the_escalated_clock() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.reply(ADA, id, "We look into it.");
        let replay = desk.as_admin().get("groups.json").expect(200).at("/groups");
        let replay =
            replay.as_array().into_iter().flatten().find(|one| one["name"] == "Session replay");
        let escalation =
            json!({ "escalation": { "group_id": replay.map(|one| &one["id"]), "note": "Why?" } });
        desk.as_user(ADA).post(&format!("tickets/{id}/escalate.json"), &escalation).expect(200);
        assert_eq!(desk.last_clock(id).1, "running");
        for url in [
            json!("not an address"),
            json!("ftp://github.com/acme/app/issues/7"),
            json!("javascript:alert(1)"),
            json!("http://"),
            json!(7),
            json!({}),
        ] {
            let change = json!({ "status": "solved", "issue_url": url });
            let refused = desk.update("bo@acme.test", id, &change).expect(422);
            assert!(refused.text().contains("issue_url"), "{url}: {refused:?}");
            assert_eq!(desk.ticket(id)["status"], "open", "{url}");
        }

        let refer = json!({ "status": "solved", "solve_cause": "issue_opened",
            "issue_url": "https://github.com/acme/app/issues/7",
            "comment": { "body": "Follow https://github.com/acme/app/issues/7", "public": true } });
        desk.update("bo@acme.test", id, &refer).expect(200);

        assert_eq!(desk.ticket(id)["solve_cause"], "issue_opened");
        assert_eq!(desk.last_clock(id).0, "escalated");
        assert_eq!(desk.last_clock(id).1, "met");
        desk.advance("3d");
        assert_eq!(desk.sent(id, "breach").len(), 0);
    });
}

/// ST-04: hold dates that are none are refused by name
#[test]
fn a_hold_without_a_fitting_day_is_refused() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        for until in [
            Value::Null,
            json!("2026-06-15T07:59:59Z"),
            json!("2026-07-08T08:00:01Z"),
            json!("2025-06-15T08:00:00Z"),
            json!("soon"),
            json!(12),
        ] {
            let change = json!({ "status": "hold", "hold_until": until });
            let refused = desk.update(ADA, id, &change).expect(422);
            assert!(refused.text().contains("hold_until"), "{until}: {refused:?}");
        }
        for until in ["2026-06-15T08:00:00Z", "2026-07-08T08:00:00Z"] {
            let change = json!({ "status": "hold", "hold_until": until });
            desk.update(ADA, id, &change).expect(200);
        }
        assert_eq!(desk.last_clock(id).1, "running", "SLA-10: nothing was answered");
    });
}

/// ST-04: the customer hears of the day, but nothing is said over what nobody has read
#[test]
fn putting_on_hold_tells_the_customer_the_day() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "");
        let ada = desk.visit_as(ADA);
        let form = format!("/tickets/{id}/hold");
        let seen = |page: &str| {
            let (_, rest) = page.split_once("name=\"seen\" value=\"").expect("what was seen");
            rest.split_once('"').expect("its end").0.to_owned()
        };
        let page = ada.get(&form).expect(200).text();
        assert!(page.contains("You will hear from us by {{day}}."), "the sentence stands ready");
        let hold = |seen: &str, body: &str| {
            ada.post(&form, &[("seen", seen), ("until", "2026-06-22"), ("body", body)])
        };

        let note = json!({ "comment": { "body": "Is it the cache?", "public": false } });
        desk.update("dee@acme.test", id, &note).expect(200);
        let refused = hold(&seen(&page), "By {{day}}.").expect(422).text();
        assert!(refused.contains("Somebody wrote after you opened this"), "{refused}");
        hold(&seen(&refused), "By {{dya}}.").expect(422);
        assert_eq!(desk.ticket(id)["status"], "new", "nothing is half done");
        assert_eq!(desk.sent(id, "reply").len(), 0);

        hold(&seen(&refused), "By {{day}}.").expect(303);
        assert_eq!(desk.ticket(id)["status"], "hold");
        let told = desk.sent(id, "reply");
        assert!(
            told[0]["text"].as_str().unwrap_or_default().contains("By Mon 22 Jun."),
            "{told:?}"
        );
    });
}

/// NF-03, ST-01, D-11, D-12: a month in one step is the same as a month in steps
#[test]
fn a_month_of_downtime_does_what_was_due_once_and_in_order() {
    on_each_engine(|desk| {
        let mut stories = Vec::new();
        for steps in [vec!["30d"], vec!["6h"; 120]] {
            let start = desk.now();
            let missed = desk.ask(KIM, "critical", "");
            let waits = desk.ask("lee@other.test", "high", "");
            desk.reply(ADA, waits, "Please reload.");
            desk.update(ADA, waits, &json!({ "status": "pending" })).expect(200);
            for step in steps {
                desk.advance(step);
            }
            let outbox = desk.outbox();
            let of_both = |one: &&Value| one["ticket_id"] == missed || one["ticket_id"] == waits;
            let happened: Vec<_> = outbox.iter().filter(of_both).collect();
            let times: Vec<_> = happened.iter().map(|one| one["at"].to_string()).collect();
            assert!(times.is_sorted(), "{times:?}");
            let kinds: Vec<String> = happened.iter().map(|one| one["kind"].to_string()).collect();
            for kind in ["reminder", "auto_solved", "breach"] {
                let count = kinds.iter().filter(|one| one.contains(kind)).count();
                assert_eq!(count, 1, "{kind}: {kinds:?}");
            }
            assert_eq!(desk.ticket(waits)["status"], "closed");
            stories.push(kinds);
            // The next one begins on the same day of the week, in the same hour, in the same summer.
            assert_eq!(start[10..], desk.now()[10..]);
            desk.advance("5d");
        }
        assert_eq!(stories[0], stories[1]);
    });
}

/// ST-01: a mail that comes in the very second, or before it is seen, wins over the end of waiting
#[test]
fn mail_that_came_before_the_end_wins() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.reply(ADA, id, "Please reload.");
        desk.update(ADA, id, &json!({ "status": "pending" })).expect(200);
        let address = desk.reply_address(id);
        desk.set_clock("2026-06-15T07:59:59Z");

        desk.receive(&Mail::from(KIM).to(&address).saying("It does not help.\r\n"));
        desk.advance("30d");

        assert_eq!(desk.ticket(id)["status"], "open");
        assert_eq!(desk.sent(id, "auto_solved").len(), 0);
        assert_eq!(desk.last_clock(id).0, "next");
    });
}
