//! What customers are told beside answers: where it went, how it was graded, what no longer holds. On both engines.

use serde_json::json;
use testkit::{Program, SEVERITY};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";
const BO: &str = "bo@acme.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// The numbers of the handbook's teams by name.
fn team(desk: &Program, name: &str) -> i64 {
    let groups = desk.as_admin().get("groups.json").expect(200).at("/groups");
    let found = groups.as_array().into_iter().flatten().find(|group| group["name"] == name);
    found.and_then(|group| group["id"].as_i64()).unwrap_or_default()
}

fn escalate(desk: &Program, who: &str, id: i64, team: i64, tell: bool) {
    let escalation =
        json!({ "group_id": team, "note": "why, tried, expected", "tell_requester": tell });
    desk.as_user(who)
        .post(&format!("tickets/{id}/escalate.json"), &json!({ "escalation": escalation }))
        .expect(200);
}

/// The last mail about a ticket.
fn last_mail(desk: &Program, id: i64) -> String {
    let outbox = desk.outbox();
    let about = outbox.iter().rev().find(|one| one["ticket_id"] == id && one["channel"] == "email");
    about.map(|one| one["text"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

/// ESC-02, PR-06
#[test]
fn the_customer_hears_of_an_escalation_if_the_agent_says_so() {
    on_each_engine(|desk| {
        let replay = team(desk, "Session replay");
        let id = desk.ask(KIM, "critical", "session_replay");
        desk.reply(ADA, id, "Looking.");
        escalate(desk, ADA, id, replay, true);

        let mail = last_mail(desk, id);
        assert!(mail.contains("The Session replay team is looking into it"), "{mail}");
        assert!(mail.contains("Wed 10 Jun, 09:00 London time (BST)"), "{mail}");
        assert!(!mail.contains("tried"), "the note never leaves: {mail}");
        assert_eq!(desk.comments(id).len(), 3, "automatic mail is no comment");

        let quiet = desk.ask(KIM, "critical", "session_replay");
        let before = last_mail(desk, quiet);
        escalate(desk, ADA, quiet, replay, false);
        assert_eq!(last_mail(desk, quiet), before);
    });
}

/// ESC-07: what was kept is over; a further escalation counts for itself
#[test]
fn escalating_again_after_the_promise_was_kept_counts_from_now() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "session_replay");
        desk.reply(ADA, id, "Looking.");
        escalate(desk, ADA, id, team(desk, "Session replay"), false);
        desk.advance("24h");
        desk.reply(BO, id, "Found it.");
        desk.advance("7d");

        escalate(desk, BO, id, team(desk, "Billing"), false);

        let clock =
            ("escalated".to_owned(), "running".to_owned(), "2026-06-18T08:00:00Z".to_owned());
        assert_eq!(desk.last_clock(id), clock);
        assert_eq!(desk.sent(id, "breach").len(), 0);
    });
}

/// ESC-07: what is still to be kept is not put off by handing it on
#[test]
fn escalating_again_before_an_answer_keeps_the_start() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "session_replay");
        desk.reply(ADA, id, "Looking.");
        escalate(desk, ADA, id, team(desk, "Session replay"), false);
        desk.advance("24h");

        escalate(desk, BO, id, team(desk, "Billing"), false);

        assert_eq!(desk.last_clock(id).2, "2026-06-10T08:00:00Z");
    });
}

/// ESC-03, ESC-08, PR-07: the promise that waits behind an unmet first clock is never born breached by a higher level
#[test]
fn a_level_that_rises_while_the_escalated_promise_waits_brings_it_nearer() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "high", "session_replay");
        escalate(desk, ADA, id, team(desk, "Session replay"), false);
        desk.advance("72h");
        let critical = json!({ "custom_fields": [{ "id": SEVERITY, "value": "critical" }] });
        desk.update(ADA, id, &critical).expect(200);

        desk.reply(ADA, id, "The team looks into it.");

        // Four working days from Monday, or two from Thursday: Friday comes first.
        let clock =
            ("escalated".to_owned(), "running".to_owned(), "2026-06-12T08:00:00Z".to_owned());
        assert_eq!(desk.last_clock(id), clock);
    });
}

/// PR-04, D-21: graded with a reason, told to the customer, counted and never held against them
#[test]
fn a_severity_that_is_graded_down_is_told_and_counted() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let due = desk.last_clock(id);
        let graded = json!({
            "custom_fields": [{ "id": SEVERITY, "value": "low" }],
            "severity_reason": "the dashboard works, only a colour is off",
        });

        desk.update(ADA, id, &graded).expect(200);

        let mail = last_mail(desk, id);
        assert!(mail.contains("You said that this is critical"), "{mail}");
        assert!(mail.contains("only a colour is off"), "{mail}");
        assert_eq!(desk.ticket(id)["priority"], "low");
        assert_eq!(desk.last_clock(id), due, "the promise stays");
        let user = desk.ticket(id)["requester_id"].to_string();
        let related = desk.as_user(ADA).get(&format!("users/{user}/related.json")).expect(200);
        assert_eq!(related.number("/user_related/severities_graded_down"), 1);

        let again = desk.ask(KIM, "critical", "");
        assert_eq!(desk.ticket(again)["priority"], "high", "nothing is held against them");

        let before = last_mail(desk, id);
        let up = json!({ "custom_fields": [{ "id": SEVERITY, "value": "high" }] });
        desk.update(ADA, id, &up).expect(200);
        assert!(!last_mail(desk, id).contains("You said that this is low"), "{before}");
    });
}

/// PR-06: only a person takes a promise back, and says why
#[test]
fn a_promise_is_taken_back_with_a_reason() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let path = format!("tickets/{id}/withdraw_promise.json");
        let why = json!({ "promise": { "reason": "the data centre is under water." } });

        desk.as_user(ADA).post(&path, &json!({ "promise": { "reason": " " } })).expect(422);
        desk.as_user(ADA).post(&path, &why).expect(200);

        let mail = last_mail(desk, id);
        assert!(mail.contains("We had said Mon 8 Jun, 21:00 London time (BST)"), "{mail}");
        assert!(mail.contains("the data centre is under water"), "{mail}");
        assert_eq!(desk.last_clock(id).1, "cancelled");
        desk.advance("24h");
        assert_eq!(desk.sent(id, "breach").len(), 0);
        let again = desk.as_user(ADA).post(&path, &why).expect(422);
        assert!(again.text().contains("nothing is promised"), "{}", again.text());

        desk.reply(ADA, id, "Here is your answer.");
        let mail = testkit::Mail::from(KIM).to(&desk.reply_address(id));
        assert_eq!(desk.receive(&mail).0, "continued");
        assert_eq!(desk.last_clock(id).0, "next", "what is asked anew is promised anew");
    });
}

/// PR-11: a level that a person chose stays, also where the rules had said the same
#[test]
fn the_level_the_rules_gave_can_be_set_by_hand() {
    on_each_engine(|desk| {
        let organization = desk.organization("customer.test", &json!({ "trial": true }));
        let id = desk.ask(KIM, "", "");
        desk.update(ADA, id, &json!({ "priority": "high" })).expect(200);
        let seen = desk.ticket(id)["version"].clone();
        desk.update(ADA, id, &json!({ "priority": "high" })).expect(200);
        assert_eq!(desk.ticket(id)["version"], seen, "saying it again changes nothing");

        desk.as_admin()
            .put(
                &format!("organizations/{organization}.json"),
                &json!({ "organization": { "organization_fields": { "trial": false } } }),
            )
            .expect(200);

        assert_eq!(desk.ticket(id)["priority"], "high");
    });
}
