//! An answer that did not arrive is no answer; a report that is not ours changes nothing. On both engines.

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

/// A delivery report: what became of the mail for each of these people.
fn report(original: &str, people: &[(&str, &str)]) -> Vec<u8> {
    let block = |(who, action): &(&str, &str)| {
        format!("Final-Recipient: rfc822; {who}\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n")
    };
    let blocks: String = people.iter().map(block).collect();
    let id = testkit::unique();
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.customer.test\r\nTo: support@acme.test\r\n\
         Subject: Undelivered\r\nMessage-ID: <report-{id}@mx.customer.test>\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.customer.test\r\n\r\n{blocks}\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

/// The Message-ID of the last mail of a kind about a ticket, brackets and all.
fn message_id(desk: &Program, id: i64, kind: &str) -> String {
    let sent = desk.sent(id, kind).pop().unwrap_or_else(|| panic!("no {kind} about {id}"));
    sent["headers"]["Message-ID"].as_str().unwrap_or_default().to_owned()
}

fn clock(kind: &str, state: &str, due_at: &str) -> (String, String, String) {
    (kind.to_owned(), state.to_owned(), due_at.to_owned())
}

/// A ticket that was answered after an hour.
fn answered(desk: &Program) -> i64 {
    let id = desk.ask(KIM, "critical", "");
    desk.advance("1h");
    desk.reply(ADA, id, "Please reload.");
    id
}

/// SLA-05, D-23
#[test]
fn a_bounced_answer_reopens_and_counts_from_the_original_start() {
    on_each_engine(|desk| {
        for status in ["open", "pending", "solved"] {
            let id = answered(desk);
            let due = desk.last_clock(id).2;
            desk.update(ADA, id, &json!({ "status": status })).expect(200);
            let told = desk.sent(id, "notification").len();

            let answer = desk.inbox(report(&message_id(desk, id, "reply"), &[(KIM, "failed")]));

            assert_eq!(answer["outcome"], "automatic", "{answer}");
            assert_eq!(desk.ticket(id)["status"], "open", "was {status}");
            assert_eq!(desk.last_clock(id), clock("first", "running", &due));
            assert!(desk.sent(id, "notification").len() > told, "somebody is alerted");
            assert_eq!(desk.comments(id).len(), 2, "a report is no comment");
            desk.advance("12h");
            assert_eq!(desk.last_clock(id).1, "missed");
            assert_eq!(desk.sent(id, "breach").len(), 1);
            desk.advance("323h");
            assert_eq!(desk.ticket(id)["status"], "open", "it does not solve itself unanswered");
            assert_eq!(&desk.now()[10..], &MONDAY[10..], "two weeks later");
        }
    });
}

/// SLA-05: the report may come twice, and after the answer was sent again
#[test]
fn a_bounce_counts_once() {
    on_each_engine(|desk| {
        let id = answered(desk);
        let first = message_id(desk, id, "reply");
        desk.inbox(report(&first, &[(KIM, "failed")]));
        desk.advance("1h");
        desk.reply(ADA, id, "Once more: please reload.");
        assert_eq!(desk.last_clock(id).1, "met");

        desk.inbox(report(&first, &[(KIM, "failed")]));

        assert_eq!(desk.last_clock(id).1, "met");
        assert_eq!(desk.clocks(id).len(), 1);
    });
}

/// SLA-05: the customer who wrote again meanwhile has still the first promise
#[test]
fn a_bounce_that_comes_late_resumes_the_first_promise() {
    on_each_engine(|desk| {
        let id = answered(desk);
        let bounced = message_id(desk, id, "reply");
        desk.advance("1h");
        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)).saying("Hello?\r\n"));
        assert_eq!(desk.last_clock(id).0, "next");

        desk.inbox(report(&bounced, &[(KIM, "failed")]));

        let states: Vec<Value> = desk.clocks(id).iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["running", "cancelled"]);
        desk.reply(ADA, id, "Here we are.");
        let states: Vec<Value> = desk.clocks(id).iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["met", "cancelled"]);
    });
}

/// CH-03, SLA-05: what is not a permanent failure of our answer to the customer changes nothing
#[test]
fn other_reports_change_nothing() {
    on_each_engine(|desk| {
        let id = answered(desk);
        let other = answered(desk);
        let ours = message_id(desk, id, "reply");
        let (token, rest) = ours.split_once('.').expect("a token and a number");
        let (number, domain) = rest.split_once('@').expect("a domain");
        let theirs = message_id(desk, other, "reply");
        let (their_token, _) = theirs.split_once('.').expect("a token");
        let mut changed = ours.clone().into_bytes();
        changed[2] = if changed[2] == b'a' { b'b' } else { b'a' };
        let version = desk.ticket(id)["version"].clone();

        for (what, original, action) in [
            ("late, not lost", ours.clone(), "delayed"),
            ("delivered", ours.clone(), "delivered"),
            ("relayed", ours.clone(), "relayed"),
            ("of the acknowledgement", message_id(desk, id, "acknowledgement"), "failed"),
            ("with a changed token", String::from_utf8(changed).expect("text"), "failed"),
            ("with another's token", format!("{their_token}.{number}@{domain}"), "failed"),
            ("with no such number", format!("{token}.999999@{domain}"), "failed"),
            ("with a huge number", format!("{token}.99999999999999999999@{domain}"), "failed"),
            ("without a number", format!("{token}@{domain}"), "failed"),
            ("of a stranger's mail", "<abc@elsewhere.test>".to_owned(), "failed"),
            ("of nothing", String::new(), "failed"),
        ] {
            let answer = desk.inbox(report(&original, &[(KIM, action)]));

            assert_eq!(answer["outcome"], "automatic", "{what}: {answer}");
            assert_eq!(desk.ticket(id)["version"], version, "{what}");
            assert_eq!(desk.last_clock(id).1, "met", "{what}");
            assert_eq!(desk.last_clock(other).1, "met", "{what}");
        }
        let plain = Mail::from("MAILER-DAEMON@mx.customer.test").saying(&ours);
        assert_eq!(desk.receive(&plain).0, "automatic");
        assert_eq!(desk.ticket(id)["version"], version, "words are no report");
    });
}

/// SLA-05: of a mail to several people the customer's own copy counts
#[test]
fn a_copy_that_bounced_does_not_matter() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let cc = json!({ "email_ccs": [{ "user_email": "max@customer.test", "action": "put" }] });
        desk.update(ADA, id, &cc).expect(200);
        desk.reply(ADA, id, "Please reload.");
        let original = message_id(desk, id, "reply");
        let max = "Max@customer.test";

        desk.inbox(report(&original, &[(max, "failed")]));
        assert_eq!(desk.last_clock(id).1, "met", "the customer has it");
        desk.inbox(report(&original, &[(KIM, "delayed"), (max, "failed")]));
        assert_eq!(desk.last_clock(id).1, "met", "the customer may still get it");

        desk.inbox(report(&original, &[("kim@forwarded.test", "failed"), (max, "failed")]));
        assert_eq!(
            desk.last_clock(id).1,
            "running",
            "their mail goes on elsewhere, and failed there"
        );
    });
}

/// ST-06, SLA-05: nobody could answer a clock of a closed ticket
#[test]
fn a_bounce_on_a_closed_ticket_starts_nothing() {
    on_each_engine(|desk| {
        let id = answered(desk);
        desk.update(ADA, id, &json!({ "status": "solved" })).expect(200);
        desk.update(ADA, id, &json!({ "status": "closed" })).expect(200);

        desk.inbox(report(&message_id(desk, id, "reply"), &[(KIM, "failed")]));
        desk.advance("30d");

        assert_eq!(desk.ticket(id)["status"], "closed");
        assert_eq!(desk.last_clock(id).1, "met");
        assert_eq!(desk.sent(id, "breach").len(), 0);
    });
}

/// What the ticket says about the mail of its answer: the delivery's number, its state, and who did not get it.
fn reply_of(desk: &Program, id: i64) -> (i64, String, Vec<Value>) {
    let all = desk.as_user(ADA).get(&format!("tickets/{id}/deliveries.json")).expect(200);
    let all = all.at("/deliveries");
    let reply = all.as_array().into_iter().flatten().rfind(|one| one["kind"] == "reply");
    let reply = reply.unwrap_or_else(|| panic!("no reply in {all}"));
    let lost = reply["recipients"].as_array().into_iter().flatten();
    let lost = lost.filter(|one| one["state"] == "failed").cloned().collect();
    let state = reply["state"].as_str().unwrap_or_default().to_owned();
    (reply["id"].as_i64().unwrap_or_default(), state, lost)
}

/// SLA-05: the answer counts from when the customer has it, in time or not
#[test]
fn an_answer_that_arrives_at_another_attempt_counts_from_then() {
    on_each_engine(|desk| {
        for (wait, state) in [("2h", "met"), ("100h", "missed")] {
            let id = answered(desk);
            desk.update(ADA, id, &json!({ "status": "pending" })).expect(200);
            desk.inbox(report(&message_id(desk, id, "reply"), &[(KIM, "failed")]));
            assert_eq!(desk.last_clock(id).1, "running");
            let (mail, _, lost) = reply_of(desk, id);
            assert_eq!(lost[0]["address"], KIM);
            assert!(
                lost[0]["said"].as_str().is_some_and(|said| said.contains("5.1.1")),
                "{lost:?}"
            );

            desk.advance(wait);
            let retry = format!("tickets/{id}/deliveries/{mail}/retry.json");
            desk.as_user(ADA).post(&retry, &json!({})).expect(200);
            desk.advance("1m");

            assert_eq!(reply_of(desk, id).2, [] as [Value; 0]);
            assert_eq!(desk.last_clock(id).1, state);
            assert_eq!(desk.ticket(id)["status"], "open", "a machine solves nothing");
            assert_eq!(desk.sent(id, "breach").len(), usize::from(state == "missed"));
            desk.advance("300h");
            assert_eq!(desk.last_clock(id).1, state);
            assert_eq!(desk.clocks(id).len(), 1);

            // It came back once more.
            desk.inbox(report(&message_id(desk, id, "reply"), &[(KIM, "failed")]));
            let again = desk.last_clock(id).1;
            assert!(again == "running" || again == "missed", "{again}");
        }
    });
}

/// SLA-05: who wrote again meanwhile waits for more than the first answer
#[test]
fn an_answer_that_arrives_late_does_not_answer_what_was_asked_since() {
    on_each_engine(|desk| {
        let id = answered(desk);
        desk.inbox(report(&message_id(desk, id, "reply"), &[(KIM, "failed")]));
        desk.advance("1h");
        desk.receive(&Mail::from(KIM).to(&desk.reply_address(id)).saying("Hello?\r\n"));
        let (mail, ..) = reply_of(desk, id);

        let retry = format!("tickets/{id}/deliveries/{mail}/retry.json");
        desk.as_user(ADA).post(&retry, &json!({})).expect(200);
        desk.advance("1m");

        assert_eq!(desk.last_clock(id).1, "running");
        desk.reply(ADA, id, "Here we are.");
        assert_eq!(desk.last_clock(id).1, "met");
    });
}

/// SLA-05: ux.md 7, "Other address"
#[test]
fn an_answer_goes_to_another_address_which_is_the_customers_from_then_on() {
    on_each_engine(|desk| {
        let id = answered(desk);
        let (mail, ..) = reply_of(desk, id);
        let path = format!("tickets/{id}/deliveries/{mail}/address.json");
        let to = |email: &str| json!({ "delivery": { "email": email } });
        desk.as_user(ADA).post(&path, &to("new@customer.test")).expect(409);
        desk.inbox(report(&message_id(desk, id, "reply"), &[(KIM, "failed")]));

        for (email, says) in [
            ("", "properly formatted"),
            ("new", "properly formatted"),
            ("new@customer.test, x@y.test", "properly formatted"),
            ("a@b.test\r\nBcc: x@y.test", "properly formatted"),
            (ADA, "belongs to"),
        ] {
            let refused = desk.as_user(ADA).post(&path, &to(email)).expect(422).text();
            assert!(refused.contains("email") && refused.contains(says), "{email}: {refused}");
        }
        desk.as_user(ADA).post(&path, &json!({ "delivery": { "email": 7 } })).expect(422);
        assert_eq!(reply_of(desk, id).2.len(), 1, "nothing is half-written");
        desk.as_user(ADA).post(&path, &to(" new@Customer.test ")).expect(200);
        desk.advance("1m");

        let last = desk.sent(id, "reply").pop().expect("a reply");
        assert_eq!(last["to"], json!(["new@Customer.test"]));
        assert_eq!(desk.last_clock(id).1, "met");
        assert_eq!(reply_of(desk, id).1, "sent");
        desk.reply(ADA, id, "And one more thing.");
        let last = desk.sent(id, "reply").pop().expect("a reply");
        assert_eq!(last["to"], json!(["new@Customer.test"]), "what comes later goes there too");
        let answer = Mail::from("new@customer.test").to(&desk.reply_address(id));
        assert_eq!(desk.receive(&answer.saying("Thanks.\r\n")).1, Some(id));
        let answer = Mail::from(KIM).to(&desk.reply_address(id));
        assert_eq!(
            desk.receive(&answer.saying("Me too.\r\n")).1,
            Some(id),
            "and the first is known"
        );
    });
}
