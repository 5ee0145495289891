//! Mail: whose it is, whether that is believed, which ticket it belongs to, and what waits for a decision. Told through HTTP,
//! on both engines.

use serde_json::{Value, json};
use testkit::{Mail, Program, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

fn outcome(of: &str, ticket: i64) -> (String, Option<i64>) {
    (of.to_owned(), Some(ticket))
}

/// Somebody with a browser.
fn signed_in(desk: &Program, email: &str) -> Visitor {
    let password = "correct horse battery";
    let id = desk.as_user(email).get("users/me.json").expect(200).number("/user/id");
    let path = format!("users/{id}/password.json");
    desk.as_admin().post(&path, &json!({ "password": password })).expect(200);
    desk.sign_in(email, password)
}

/// A ticket that began by mail, and what was sent.
fn begun(desk: &Program, mail: &Mail) -> i64 {
    let (outcome, id) = desk.receive(mail);
    assert_eq!(outcome, "created");
    id.expect("a ticket")
}

fn email_of(desk: &Program, user: &Value) -> String {
    let user = desk.as_admin().get(&format!("users/{user}.json")).expect(200);
    user.at("/user/email").as_str().unwrap_or_default().to_owned()
}

/// The mails that wait, newest first.
fn suspended(desk: &Program) -> Vec<Value> {
    let list = desk.as_user(ADA).get("suspended_tickets.json?sort_order=desc").expect(200);
    list.at("/suspended_tickets").as_array().cloned().unwrap_or_default()
}

/// CH-03: a reply is found although its mail program rewrote subject and ids on the way
#[test]
fn a_reply_whose_ids_were_rewritten_finds_its_ticket() {
    on_each_engine(|desk| {
        let id = begun(desk, &Mail::from(KIM));
        desk.reply(ADA, id, "Please reload.");
        let sent = desk.sent(id, "reply").pop().unwrap();
        let references = sent["headers"]["References"].as_str().unwrap();

        let mail = Mail::from(KIM)
            .header("Subject", "AW: something else entirely")
            .header("In-Reply-To", "<0100018f-rewritten@relay.test>")
            .header("References", &format!("{references} <0100018f-rewritten@relay.test>"));

        assert_eq!(desk.receive(&mail), outcome("continued", id));
    });
}

/// CH-03: the same mail in two mailboxes, without an id, and another under the same id
#[test]
fn the_same_mail_is_one_comment_and_another_one_is_another() {
    on_each_engine(|desk| {
        let mail = Mail::from(KIM).header("Message-ID", "<fixed@customer.test>");
        let id = begun(desk, &mail);
        let copy = mail
            .clone()
            .header("Received", "from elsewhere")
            .header("Delivered-To", "help@acme.test");
        assert_eq!(desk.receive(&copy), outcome("duplicate", id));
        let other = desk.receive(&mail.clone().saying("Other words.\r\n"));
        assert_eq!(other.0, "created");
        assert_ne!(other.1, Some(id));
        let nameless = |words: &str| {
            let raw = Mail::from(KIM).saying(words).raw();
            let text = String::from_utf8(raw).unwrap();
            let lines = text.split_inclusive("\r\n").filter(|line| !line.starts_with("Message-ID"));
            desk.inbox(lines.collect::<String>().into_bytes())["outcome"].clone()
        };
        assert_eq!(nameless("No id.\r\n"), "created");
        assert_eq!(nameless("No id.\r\n"), "duplicate");
        assert_eq!(nameless("No id either.\r\n"), "created");
    });
}

/// CH-03: who is copied in by the customer takes part from then on; who forges a customer adds nobody
#[test]
fn people_copied_in_take_part() {
    on_each_engine(|desk| {
        let id =
            begun(desk, &Mail::from(KIM).header("Cc", "Lee <lee@customer.test>, ada@acme.test"));
        let address = desk.reply_address(id);
        let ccs = |desk: &Program| desk.ticket(id)["email_cc_ids"].as_array().map_or(0, Vec::len);
        assert_eq!(ccs(desk), 1, "one of us is not copied in");
        let forged = Mail::from(KIM)
            .to(&address)
            .header("Cc", "eve@evil.test")
            .header("Authentication-Results", "mx.acme.test; dmarc=fail (p=none)");
        assert_eq!(desk.receive(&forged), outcome("continued", id));
        assert_eq!(ccs(desk), 1);

        let mail =
            Mail::from(KIM).to(&address).header("Cc", "Sam <sam@customer.test>, lee@customer.test");
        assert_eq!(desk.receive(&mail), outcome("continued", id));

        assert_eq!(ccs(desk), 2);
        let theirs = Mail::from("sam@customer.test").to(&address);
        assert_eq!(desk.receive(&theirs), outcome("continued", id));
        assert_eq!(desk.receive(&Mail::from("eve@evil.test").to(&address)).0, "claimed");
    });
}

/// CH-03: an agent forwards a customer's mail: the customer is the requester, and their clock runs
#[test]
fn what_one_of_us_forwards_is_the_customers() {
    on_each_engine(|desk| {
        let quoted = "Can somebody look?\r\n\r\n---------- Forwarded message ---------\r\n\
            From: Kim Moss <kim@customer.test>\r\nDate: Fri, 5 Jun 2026\r\nSubject: Flags\r\n\r\nAll flags are off.\r\n";
        let id = begun(desk, &Mail::from(ADA).header("Subject", "Fwd: Flags").saying(quoted));
        let ticket = desk.ticket(id);
        assert_eq!(email_of(desk, &ticket["requester_id"]), KIM);
        assert_eq!(email_of(desk, &ticket["submitter_id"]), ADA);
        let comment = &desk.comments(id)[0];
        assert_eq!(comment["author_id"], ticket["requester_id"]);
        let body = comment["body"].as_str().unwrap();
        assert!(body.contains("All flags are off.") && body.contains("look?"), "{body}");
        assert_eq!(desk.sent(id, "acknowledgement").len(), 1);

        let copied =
            Mail::from(ADA).header("Cc", "lee@customer.test").saying("Lee needs help.\r\n");
        let id = begun(desk, &copied);
        let ticket = desk.ticket(id);
        assert_eq!(email_of(desk, &ticket["requester_id"]), "lee@customer.test");
        assert_eq!(desk.comments(id)[0]["author_id"], ticket["submitter_id"]);
        assert!(desk.clocks(id).is_empty(), "a ticket of ours waits for the customer");

        let forged = Mail::from(ADA)
            .header("Subject", "Fwd: Flags")
            .header("Authentication-Results", "mx; dmarc=fail")
            .saying(quoted);
        let id = begun(desk, &forged);
        assert_eq!(email_of(desk, &desk.ticket(id)["requester_id"]), ADA);
        let page = signed_in(desk, ADA).get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("nothing proves that it is from them"), "{page}");

        let customers =
            Mail::from("lee@customer.test").header("Subject", "Fwd: Flags").saying(quoted);
        let id = begun(desk, &customers);
        assert_eq!(email_of(desk, &desk.ticket(id)["requester_id"]), "lee@customer.test");
        let body = desk.comments(id)[0]["body"].as_str().unwrap().to_owned();
        assert!(body.contains("All flags are off."), "a forward is kept as it is: {body}");
    });
}

/// CH-03, SLA-05: one of us answers by mail with the token; a reference alone, or a word against the sender, is not enough
#[test]
fn an_agents_mail_needs_the_token_and_no_word_against_it() {
    on_each_engine(|desk| {
        let question = Mail::from(KIM).header("Message-ID", "<question@customer.test>");
        let id = begun(desk, &question);
        let address = desk.reply_address(id);
        let by_reference = Mail::from(ADA).header("In-Reply-To", "<question@customer.test>");
        assert_eq!(desk.receive(&by_reference).0, "claimed");
        let forged =
            Mail::from(ADA).to(&address).header("Authentication-Results", "mx; dmarc=fail");
        assert_eq!(desk.receive(&forged).0, "claimed");
        assert!(desk.sent(id, "reply").is_empty());

        assert_eq!(desk.receive(&Mail::from(ADA).to(&address)), outcome("continued", id));

        assert_eq!(desk.sent(id, "reply").len(), 1);
    });
}

/// CH-03: an agent who is copied in does not answer by a forged mail
#[test]
fn a_copied_in_agent_is_not_impersonated() {
    on_each_engine(|desk| {
        let id = begun(desk, &Mail::from(KIM));
        let address = desk.reply_address(id);
        desk.update("bo@acme.test", id, &json!({ "email_ccs": [{ "user_email": ADA }] }))
            .expect(200);

        let forged =
            Mail::from(ADA).to(&address).header("Authentication-Results", "mx; dmarc=fail");

        assert_eq!(desk.receive(&forged).0, "claimed");
        assert!(desk.sent(id, "reply").is_empty());
    });
}

/// CH-03, D-29: what a trusted word says about the sender stands at the message
#[test]
fn a_message_says_whether_its_sender_is_believed() {
    on_each_engine(|desk| {
        let id = begun(
            desk,
            &Mail::from(KIM).saying("Hello.\r\n\r\n-- \r\nKim Moss\r\nCustomer Inc.\r\n"),
        );
        let address = desk.reply_address(id);
        let doubtful = Mail::from(KIM)
            .to(&address)
            .header("Authentication-Results", "mx.acme.test; dmarc=fail; spf=fail")
            .saying("Yes.\r\n\r\nOn Mon, 8 Jun 2026 at 09:00, Acme <support@acme.test> wrote:\r\n> Is it?\r\n");
        assert_eq!(desk.receive(&doubtful), outcome("continued", id));

        let page = signed_in(desk, ADA).get(&format!("/tickets/{id}")).expect(200).text();

        assert!(page.contains("e-mail, not verified: DMARC fail, SPF fail"), "{page}");
        assert!(page.contains("Quoted text") && page.contains("&gt; Is it?"), "{page}");
        assert!(page.contains("Signature") && page.contains("Customer Inc."), "{page}");
        assert_eq!(desk.comments(id)[0]["body"], "Hello.");
        let own = signed_in(desk, KIM).get(&format!("/requests/{id}")).expect(200).text();
        assert!(own.contains("Quoted text") && !own.contains("not verified"), "{own}");
    });
}

/// CH-03: automatic mail is found on the ticket, folded, and changes nothing
#[test]
fn automatic_mail_is_kept_and_does_nothing() {
    on_each_engine(|desk| {
        let id = begun(desk, &Mail::from(KIM));
        let address = desk.reply_address(id);
        desk.reply(ADA, id, "Please reload.");
        desk.update(ADA, id, &json!({ "status": "solved" })).expect(200);
        let before = (desk.clocks(id), desk.comments(id).len());

        let away = Mail::from(KIM)
            .to(&address)
            .header("Subject", "Out of office")
            .header("Auto-Submitted", "auto-replied")
            .saying("Back on Monday.\r\n");
        assert_eq!(desk.receive(&away), outcome("automatic", id));
        let list =
            Mail::from("news@list.test").header("List-Id", "<news.list.test>").saying("Buy.\r\n");
        assert_eq!(desk.receive(&list), ("automatic".to_owned(), None));

        assert_eq!((desk.clocks(id), desk.comments(id).len()), before);
        assert_eq!(desk.ticket(id)["status"], "solved");
        let ada = signed_in(desk, ADA);
        let page = ada.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("Automatic mail from") && page.contains("Back on Monday."), "{page}");
        let page = ada.get("/views/suspended?of=automatic").expect(200).text();
        assert!(page.contains("news@list.test") && page.contains("mailing list"), "{page}");
    });
}

/// CH-03: ten automatic mails an address and hour leave; the rest is suppressed, and says so
#[test]
fn two_machines_that_answer_each_other_fall_silent() {
    on_each_engine(|desk| {
        let last = (0..14).map(|_| begun(desk, &Mail::from(KIM))).last().unwrap();
        let other = begun(desk, &Mail::from("lee@customer.test"));
        let typed = desk.ask(KIM, "", "");
        assert_eq!(desk.sent(typed, "acknowledgement").len(), 1, "the demo holds no form back");

        let sent = |to: &str| {
            let outbox = desk.outbox();
            let mails = outbox.iter().filter(|one| one["kind"] == "acknowledgement");
            mails.filter(|one| one["to"] == json!([to])).count()
        };
        assert_eq!(sent(KIM), 11);
        assert_eq!(sent("lee@customer.test"), 1);
        let page = signed_in(desk, ADA).get(&format!("/tickets/{last}")).expect(200).text();
        assert!(page.contains("10 automatic mails went to this address"), "{page}");
        desk.reply(ADA, last, "What people write is not counted.");
        assert_eq!(desk.sent(last, "reply").len(), 1);
        desk.advance("61m");
        let later = begun(desk, &Mail::from(KIM));
        assert_eq!(desk.sent(later, "acknowledgement").len(), 1);
        assert_eq!(desk.sent(other, "acknowledgement").len(), 1);
    });
}

/// SLA-05: where mail does not arrive is said on the ticket and at the person, until they write again
#[test]
fn a_hard_bounce_marks_the_address() {
    on_each_engine(|desk| {
        let id = begun(desk, &Mail::from(KIM));
        let address = desk.reply_address(id);
        desk.reply(ADA, id, "Please reload.");
        let original = desk.sent(id, "reply").pop().unwrap()["headers"]["Message-ID"].clone();
        let report = |who: &str, original: &str| {
            format!(
                "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: support@acme.test\r\n\
                 Message-ID: <{}.report@mx.test>\r\nAuto-Submitted: auto-replied\r\n\
                 Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
                 --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n\
                 Final-Recipient: rfc822; {who}\r\nAction: failed\r\nStatus: 5.2.2\r\n\
                 Diagnostic-Code: smtp; 552 mailbox full\r\n\r\n\
                 --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n\r\n--b--\r\n",
                testkit::unique()
            )
            .into_bytes()
        };
        let state = |email: &str| {
            let users =
                desk.as_admin().get(&format!("users/search.json?query={email}")).expect(200);
            let user = users.number("/users/0/id");
            let all = desk.as_admin().get(&format!("users/{user}/identities.json")).expect(200);
            all.at("/identities/0/deliverable_state")
        };
        desk.ask("lee@customer.test", "", "");
        desk.inbox(report("lee@customer.test", original.as_str().unwrap()));
        assert_eq!(state("lee@customer.test"), "deliverable", "that mail never went there");
        assert_eq!(state(KIM), "deliverable");

        desk.inbox(report(KIM, original.as_str().unwrap()));

        assert_eq!(state(KIM), "undeliverable");
        let page = signed_in(desk, ADA).get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("Mail to kim@customer.test does not arrive"), "{page}");
        assert!(page.contains("552 mailbox full"), "{page}");
        desk.receive(&Mail::from(KIM).to(&address));
        assert_eq!(state(KIM), "deliverable");
    });
}

/// CH-03: what is suspicious waits with its cause, and accepting starts the clock at arrival
#[test]
fn suspended_mail_waits_and_counts_from_its_arrival() {
    on_each_engine(|desk| {
        desk.organization("customer.test", &json!({ "mrr": 5000.0 }));
        desk.ask(KIM, "", "");
        let users = desk.as_admin().get("users/search.json?query=kim@customer.test").expect(200);
        let kim = users.number("/users/0/id");
        let suspend = |on: bool| {
            let change = json!({ "user": { "suspended": on } });
            desk.as_admin().put(&format!("users/{kim}.json"), &change).expect(200);
        };
        suspend(true);
        let mail = Mail::from(KIM).header("Subject", "Still broken");
        assert_eq!(desk.receive(&mail), ("suspended".to_owned(), None));
        assert_eq!(desk.receive(&mail).0, "duplicate");
        let raw = b"Subject: Nobody\r\nMessage-ID: <nobody@x>\r\n\r\nWho am I?\r\n".to_vec();
        assert_eq!(desk.inbox(raw)["outcome"], "suspended");
        assert_eq!(desk.ticket_count(), 1);

        let waiting = suspended(desk);
        assert_eq!(waiting.len(), 2);
        assert_eq!(waiting[1]["cause"], "the sender is suspended");
        assert_eq!(waiting[1]["author"]["email"], KIM);
        assert_eq!(waiting[0]["content"], "Who am I?");
        let ada = signed_in(desk, ADA);
        let page = ada.get("/views/suspended").expect(200).text();
        assert!(page.contains("Waits because the sender is suspended"), "{page}");
        desk.advance("3h");

        let accept = format!("/suspended/{}/acceptance", waiting[1]["id"]);
        let answer = ada.post(&accept, &[]);
        assert_eq!(answer.status, 303, "{answer:?}");
        let to = answer.header("location").unwrap().to_owned();
        let id: i64 = to.trim_start_matches("/tickets/").parse().unwrap();
        let clock = desk.clocks(id)[0].clone();
        assert_eq!(clock["started_at"], MONDAY);
        assert_eq!(clock["due_at"], "2026-06-08T20:00:00Z");
        assert_eq!(ada.post(&accept, &[]).status, 409, "once is enough");
        assert_eq!(desk.receive(&mail), outcome("duplicate", id));

        let nobody = format!("suspended_tickets/{}/recover.json", waiting[0]["id"]);
        let recovered = desk.as_user(ADA).put(&nobody, &json!({})).expect(200);
        assert_eq!(recovered.at("/ticket/0/subject"), "Nobody");
        assert_eq!(desk.as_user(ADA).put(&nobody, &json!({})).status, 404);
        assert!(suspended(desk).is_empty());
    });
}

/// CH-03: an accepted mail that continues a ticket starts the next clock at its arrival; a refused one is gone from the list
#[test]
fn an_accepted_answer_counts_from_its_arrival_and_a_refused_one_is_gone() {
    on_each_engine(|desk| {
        desk.organization("customer.test", &json!({ "mrr": 5000.0 }));
        let id = begun(desk, &Mail::from(KIM));
        let address = desk.reply_address(id);
        desk.reply(ADA, id, "Please reload.");
        let users = desk.as_admin().get("users/search.json?query=kim@customer.test").expect(200);
        let path = format!("users/{}.json", users.number("/users/0/id"));
        desk.as_admin().put(&path, &json!({ "user": { "suspended": true } })).expect(200);
        desk.receive(&Mail::from(KIM).to(&address).saying("No, it does not work.\r\n"));
        desk.receive(&Mail::from(KIM).saying("Buy cheap watches.\r\n"));
        let waiting = suspended(desk);
        desk.advance("2h");

        let recover = format!("suspended_tickets/recover_many.json?ids={}", waiting[1]["id"]);
        let recovered = desk.as_user(ADA).put(&recover, &json!({})).expect(200);
        let remove = format!("suspended_tickets/{}.json", waiting[0]["id"]);
        desk.as_user(ADA).delete(&remove).expect(204);

        assert_eq!(recovered.at("/tickets/0/id"), id);
        let next = desk.clocks(id).last().unwrap().clone();
        assert_eq!((&next["kind"], &next["started_at"]), (&json!("next"), &json!(MONDAY)));
        assert!(suspended(desk).is_empty());
        assert_eq!(desk.as_user(ADA).delete(&remove).status, 404);
        assert_eq!(desk.ticket_count(), 1);
    });
}
