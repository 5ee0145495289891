//! How a conversation goes on: what leaves, what comes back, and to which ticket it belongs. Told through HTTP, on both engines.

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

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn outcome(of: &str, ticket: i64) -> (String, Option<i64>) {
    (of.to_owned(), Some(ticket))
}

/// A ticket of somebody with a mail address, and the address that continues it.
fn asked(desk: &Program) -> (i64, String) {
    let id = desk.ask(KIM, "critical", "");
    (id, desk.reply_address(id))
}

fn solve(desk: &Program, id: i64) {
    desk.update(ADA, id, &json!({ "status": "solved" })).expect(200);
}

/// The address with one character of its token changed, each in turn.
fn forged(address: &str) -> Vec<String> {
    let (local, domain) = address.split_once('@').expect("a mail address");
    let token = local.find('+').expect("the token stands behind a plus") + 1;
    let change = |at: usize| {
        let other = if local[at..].starts_with(['a', 'A']) { "b" } else { "a" };
        format!("{}{other}{}@{domain}", &local[..at], &local[at + 1..])
    };
    (token..local.len()).map(change).collect()
}

/// CH-03, SLA-05
#[test]
fn a_reply_leaves_as_text_and_html_names_its_way_back_and_meets_the_clock() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);
        desk.set_clock("2026-06-08T09:00:00Z");

        desk.reply(ADA, id, "Please **reload** once:\n\n- open `settings`\n- press *Reload*");

        let sent = desk.sent(id, "reply");
        assert_eq!(sent.len(), 1);
        let mail = &sent[0];
        assert_eq!(mail["channel"], "email");
        assert_eq!(mail["to"], json!([KIM]));
        assert!(text(mail, "text").contains("reload"), "{mail}");
        let html = text(mail, "html");
        assert!(html.contains("<strong>reload</strong>"), "{html}");
        assert!(html.contains("<li>") && html.contains("<code>settings</code>"), "{html}");
        let headers = &mail["headers"];
        assert!(text(headers, "From").contains("support@acme.test"), "{headers}");
        let message_id = text(headers, "Message-ID");
        assert!(message_id.starts_with('<') && message_id.ends_with('>'), "{headers}");
        let back = text(headers, "Reply-To");
        assert!(back.contains('@') && back != "support@acme.test", "{headers}");
        let clock = &desk.clocks(id)[0];
        assert_eq!(clock["state"], "met");
        assert_eq!(clock["stopped_at"], "2026-06-08T09:00:00Z");
        assert_eq!(desk.receive(&Mail::from(KIM).to(back)), outcome("continued", id));
    });
}

/// SLA-05
#[test]
fn what_is_written_in_a_mail_cannot_run_in_the_next_one() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);

        desk.reply(ADA, id, "Look: <script>alert(1)</script> [here](javascript:alert(2))");

        let sent = desk.sent(id, "reply");
        let html = text(&sent[0], "html");
        assert!(!html.contains("<script") && !html.contains("\"javascript:"), "{html}");
    });
}

/// CH-03, SLA-05
#[test]
fn an_internal_note_is_in_nothing_that_leaves() {
    on_each_engine(|desk| {
        let (id, address) = asked(desk);
        let secret = "sparrow-7f3e";

        desk.note(ADA, id, &format!("Between us: {secret}, and @bo knows."));
        assert_eq!(desk.last_clock(id).1, "running", "a note is no answer");
        desk.reply(ADA, id, "Please try again.");
        desk.receive(&Mail::from(KIM).to(&address));
        desk.reply(ADA, id, "Once more, please.");
        desk.note("bo@acme.test", id, &format!("Still {secret}."));
        desk.update(ADA, id, &json!({ "status": "pending" })).expect(200);
        desk.advance("9d");

        let leaked: Vec<Value> = desk
            .outbox()
            .into_iter()
            .filter(|one| one["channel"] == "email" && one.to_string().contains(secret))
            .collect();
        assert!(leaked.is_empty(), "{leaked:?}");
        let own = desk.as_user(KIM).get(&format!("requests/{id}/comments.json")).expect(200);
        assert!(!own.text().contains(secret), "{own:?}");
        let own = desk.as_user(KIM).get(&format!("requests/{id}.json")).expect(200);
        assert!(!own.text().contains(secret), "{own:?}");
        let notes = desk.comments(id).iter().filter(|one| one["public"] == false).count();
        assert_eq!(notes, 2);
        assert!(
            !Value::from(desk.outbox()).to_string().contains(secret),
            "not even to our own channels"
        );
    });
}

/// CH-03, SLA-06, ST-05
#[test]
fn the_customers_mail_continues_the_ticket_and_starts_a_clock_of_twice_the_target() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);
        desk.reply(ADA, id, "Please try again.");
        let address = desk.reply_address(id);
        solve(desk, id);
        desk.set_clock("2026-06-08T10:00:00Z");

        let mail = Mail::from("Kim <KIM@Customer.test>").to(&address).saying("Still empty.\r\n");
        assert_eq!(desk.receive(&mail), outcome("continued", id));

        assert_eq!(desk.ticket(id)["status"], "open");
        let comments = desk.comments(id);
        let last = comments.last().unwrap();
        assert!(text(last, "body").contains("Still empty."), "{last}");
        assert_eq!(last["public"], true);
        assert_eq!(last["author_id"], desk.ticket(id)["requester_id"]);
        assert_eq!(last["via"]["channel"], "email");
        let (kind, state, due) = desk.last_clock(id);
        assert_eq!(
            (kind.as_str(), state.as_str(), due.as_str()),
            ("next", "running", "2026-06-09T10:00:00Z")
        );
        desk.advance("2h");
        assert_eq!(desk.receive(&Mail::from(KIM).to(&address)), outcome("continued", id));
        assert_eq!(desk.clocks(id).len(), 2, "a second mail neither restarts nor adds");
        assert_eq!(desk.last_clock(id).2, "2026-06-09T10:00:00Z");
    });
}

/// SLA-07
#[test]
fn a_second_mail_before_the_first_reply_changes_no_deadline() {
    on_each_engine(|desk| {
        let (id, address) = asked(desk);
        let before = desk.clocks(id);
        desk.advance("3h");

        assert_eq!(desk.receive(&Mail::from(KIM).to(&address)), outcome("continued", id));

        assert_eq!(desk.clocks(id), before);
        assert_eq!(desk.comments(id).len(), 2);
        assert_eq!(desk.sent(id, "acknowledgement").len(), 1, "one acknowledgement a ticket");
    });
}

/// SLA-05: neither a status without words nor a solved ticket is an answer.
#[test]
fn a_status_alone_answers_nobody() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);

        desk.update(ADA, id, &json!({ "status": "pending" })).expect(200);
        assert_eq!(desk.last_clock(id).1, "running");
        solve(desk, id);

        assert_ne!(desk.last_clock(id).1, "met");
    });
}

/// SLA-05: an agent's answer from a mail client of their own counts.
#[test]
fn an_agent_may_answer_from_a_mail_client() {
    on_each_engine(|desk| {
        let (id, address) = asked(desk);

        let mail = Mail::from("Ada <ada@acme.test>").to(&address).saying("Fixed now.\r\n");
        assert_eq!(desk.receive(&mail), outcome("continued", id));

        assert_eq!(desk.last_clock(id).1, "met");
        let sent = desk.sent(id, "reply");
        assert_eq!(sent.len(), 1, "it goes on to the customer");
        assert_eq!(sent[0]["to"], json!([KIM]));
        assert!(text(&sent[0], "text").contains("Fixed now."), "{}", sent[0]);
    });
}

/// CH-03, D-29
#[test]
fn a_stranger_with_the_address_of_a_ticket_gets_one_of_their_own() {
    on_each_engine(|desk| {
        let (id, address) = asked(desk);
        let before = (desk.comments(id), desk.clocks(id));

        let mail = Mail::from("mallory@elsewhere.test").to(&address).saying("Let me in.\r\n");
        let (what, other) = desk.receive(&mail);

        assert_eq!(what, "claimed");
        let other = other.expect("a new ticket");
        assert_ne!(other, id);
        assert_eq!(desk.ticket(other)["claims_ticket_id"], id);
        assert_eq!((desk.comments(id), desk.clocks(id)), before);
        let told = desk.outbox();
        let told: Vec<_> =
            told.iter().filter(|one| one["to"] == json!(["mallory@elsewhere.test"])).collect();
        assert!(told.iter().all(|one| one["ticket_id"] == other), "{told:?}");
        let told = format!("{told:?}");
        assert!(!told.contains("Since this morning") && !told.contains(KIM), "{told}");
    });
}

/// CH-03
#[test]
fn a_changed_address_proves_nothing() {
    on_each_engine(|desk| {
        let (id, address) = asked(desk);
        let count = desk.comments(id).len();

        for address in forged(&address) {
            let (what, other) = desk.receive(&Mail::from(KIM).to(&address));
            assert_ne!(what, "continued", "{address}");
            assert_ne!(other, Some(id), "{address}");
        }

        assert_eq!(desk.comments(id).len(), count);
    });
}

/// CH-03, NF-02
#[test]
fn the_same_mail_twice_is_one() {
    on_each_engine(|desk| {
        let first = Mail::from(KIM);
        let (what, id) = desk.receive(&first);
        assert_eq!(what, "created");
        let id = id.unwrap();
        assert_eq!(desk.receive(&first), outcome("duplicate", id));
        let next = Mail::from(KIM).to(&desk.reply_address(id));
        assert_eq!(desk.receive(&next), outcome("continued", id));
        let clocks = desk.clocks(id);

        assert_eq!(desk.receive(&next), outcome("duplicate", id));

        assert_eq!(desk.comments(id).len(), 2);
        assert_eq!(desk.clocks(id), clocks);
        assert_eq!(desk.ticket_count(), 1);
        assert_eq!(desk.sent(id, "acknowledgement").len(), 1);
    });
}

/// CH-03: a Message-ID that was seen before, with other words, is no copy.
#[test]
fn other_words_under_an_old_message_id_are_not_lost() {
    on_each_engine(|desk| {
        let mail = Mail::from(KIM);
        let (_, id) = desk.receive(&mail);

        let (what, _) = desk.receive(&mail.saying("Something else entirely.\r\n"));

        assert_ne!(what, "duplicate");
        assert!(id.is_some());
        let list = desk.as_admin().get("tickets.json").expect(200).at("/tickets");
        let ids = list.as_array().unwrap().iter().filter_map(|one| one["id"].as_i64());
        let told: String = ids.map(|id| Value::from(desk.comments(id)).to_string()).collect();
        assert!(told.contains("Something else entirely."), "{told}");
    });
}

/// CH-03, PR-06
#[test]
fn an_automatic_answer_changes_nothing_and_is_not_answered() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);
        desk.reply(ADA, id, "Please try again.");
        let address = desk.reply_address(id);
        solve(desk, id);
        let before = (desk.comments(id), desk.clocks(id), desk.outbox().len());
        desk.advance("1h");

        let away = Mail::from(KIM).to(&address).header("Auto-Submitted", "auto-replied");
        let (what, _) = desk.receive(&away);

        assert_eq!(what, "automatic");
        assert_eq!((desk.comments(id), desk.clocks(id), desk.outbox().len()), before);
        assert_eq!(desk.ticket(id)["status"], "solved");
        let (what, other) = desk
            .receive(&Mail::from("robot@customer.test").header("Auto-Submitted", "auto-generated"));
        let told = desk.outbox();
        assert!(
            told.iter().all(|one| one["to"] != json!(["robot@customer.test"])),
            "{what} {other:?}: {told:?}"
        );
    });
}

/// CH-03
#[test]
fn a_chain_of_references_continues_for_a_participant_only() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);
        desk.reply(ADA, id, "Please try again.");
        let ours = text(&desk.sent(id, "reply")[0]["headers"], "Message-ID").to_owned();
        let chain = |sender: &str| {
            Mail::from(sender)
                .header("References", &format!("<other@mail.test> {ours}"))
                .header("In-Reply-To", &ours)
        };

        assert_eq!(desk.receive(&chain(KIM)), outcome("continued", id));
        let own = Mail::from(KIM);
        let (_, second) = desk.receive(&own);
        assert_ne!(second, Some(id), "the subject alone joins nothing");
        let (what, third) = desk.receive(&chain("mallory@elsewhere.test"));

        assert_ne!(what, "continued");
        assert_ne!(third, Some(id));
        assert_eq!(desk.last_clock(id).0, "next");
        assert_eq!(desk.comments(id).len(), 3);
    });
}

/// CH-03, NF-01
#[test]
fn whatever_arrives_is_taken() {
    on_each_engine(|desk| {
        let known = ["created", "continued", "claimed", "duplicate", "automatic", "suspended"];
        let garbage: Vec<u8> = (0..=255).cycle().step_by(7).take(4096).collect();
        let headless = "From: kim@customer.test\r\n\r\nHello".to_owned();
        let broken = "From: =?x?q?=ZZ?= <kim@customer.test\r\nContent-Type: multipart/mixed; boundary=\"\r\n\r\n--\r\n";
        let charset = b"From: kim@customer.test\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\x00caf\xe9".to_vec();
        let bodies: [(&str, Vec<u8>); 8] = [
            ("garbage", garbage),
            ("a null byte", vec![0]),
            ("line ends", b"\r\n\r\n".to_vec()),
            ("nothing but a sender", headless.into_bytes()),
            ("broken headers", broken.into()),
            ("an unknown charset", charset),
            ("an empty body", Mail::from("lee@customer.test").saying("").raw()),
            ("nothing", Vec::new()),
        ];
        for (name, raw) in bodies {
            let answer = desk.inbox(raw);
            assert!(known.contains(&text(&answer, "outcome")), "{name}: {answer}");
        }
        let (what, id) = desk.receive(&Mail::from(KIM));
        assert_eq!(what, "created", "and the next mail is handled as ever");
        assert!(id.is_some());
    });
}

/// CH-03, NF-01
#[test]
fn a_mail_of_three_megabytes_is_taken() {
    on_each_engine(|desk| {
        let long = "It does not work, and this is why.\r\n".repeat(3 * 1024 * 1024 / 36);

        let (what, id) = desk.receive(&Mail::from(KIM).saying(&long));

        assert_eq!(what, "created");
        let comments = desk.comments(id.unwrap());
        assert!(text(&comments[0], "body").starts_with("It does not work"));
    });
}

/// CH-03, PR-06
#[test]
fn a_mail_opens_a_ticket_of_its_sender() {
    on_each_engine(|desk| {
        let mail = Mail::from("Kim Doe <kim@customer.test>")
            .header("Subject", "=?utf-8?q?Caf=C3=A9_is_closed?=");

        let (what, id) = desk.receive(&mail);

        assert_eq!(what, "created");
        let id = id.unwrap();
        let ticket = desk.ticket(id);
        assert_eq!(ticket["subject"], "Café is closed");
        assert_eq!(ticket["via"]["channel"], "email");
        let user = desk.as_admin().get(&format!("users/{}.json", ticket["requester_id"]));
        let user = user.expect(200);
        assert_eq!(user.at("/user/email"), KIM);
        assert_eq!(user.at("/user/name"), "Kim Doe");
        assert_eq!(user.at("/user/role"), "end-user");
        let told = desk.sent(id, "acknowledgement");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["to"], json!([KIM]));
        assert!(text(&told[0]["headers"], "Reply-To").contains('@'));
    });
}

/// ST-05, ST-06
#[test]
fn a_closed_ticket_is_followed_up_by_another() {
    on_each_engine(|desk| {
        desk.organization("customer.test", &json!({ "mrr": 5000 }));
        let (id, _) = asked(desk);
        desk.reply(ADA, id, "Please try again.");
        let address = desk.reply_address(id);
        solve(desk, id);
        desk.advance("21d");
        assert_eq!(desk.ticket(id)["status"], "closed");
        let before = desk.comments(id).len();

        let (_, other) = desk.receive(&Mail::from(KIM).to(&address));

        let other = other.expect("a follow-up");
        assert_ne!(other, id);
        let ticket = desk.ticket(other);
        assert_eq!(ticket["status"], "new");
        assert_eq!(ticket["via"]["source"]["rel"], "follow_up");
        assert_eq!(ticket["via"]["source"]["from"]["ticket_id"], id);
        assert_eq!(desk.ticket(id)["status"], "closed");
        assert_eq!(desk.comments(id).len(), before);
        assert_eq!(desk.last_clock(other).0, "first");
    });
}

/// ST-06
#[test]
fn one_of_us_opens_a_follow_up_of_a_closed_ticket() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);
        desk.reply(ADA, id, "Please try again.");
        let ada = desk.visit_as(ADA);
        let open = ada.get(&format!("/tickets/new?follow_up={id}")).expect(303);
        assert_eq!(open.header("location"), Some(format!("/tickets/{id}").as_str()));
        solve(desk, id);
        desk.advance("21d");

        let page = ada.get(&format!("/tickets/{id}")).expect(200).text();
        let to = format!("/tickets/new?follow_up={id}");
        assert!(page.contains(&to) && !page.contains(&format!("ticket-{id}-reply")), "{page}");
        let form = ada.get(&to).expect(200).text();
        assert!(form.contains(&format!("Follow-up of #{id}")) && form.contains(KIM), "{form}");
        let follow_up = id.to_string();
        let fields =
            [("follow_up", follow_up.as_str()), ("subject", "Again"), ("body", "It is back.")];
        let opened = ada.post("/tickets/new", &fields).expect(303);

        let path = opened.header("location").unwrap_or_default().to_owned();
        let other: i64 = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect(&path);
        let ticket = desk.ticket(other);
        assert_eq!(ticket["via"]["source"]["from"]["ticket_id"], id);
        assert_eq!(ticket["requester_id"], desk.ticket(id)["requester_id"]);
        let page = ada.get(&path).expect(200).text();
        assert!(page.contains(&format!("Follow-up of #{id}")), "{page}");
        let closed = ada.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(closed.contains(&format!("Goes on in #{other}")), "{closed}");
    });
}

/// ST-05: nineteen days after solving, it is still the same conversation.
#[test]
fn a_solved_ticket_is_reopened_until_it_closes() {
    on_each_engine(|desk| {
        let (id, _) = asked(desk);
        desk.reply(ADA, id, "Please try again.");
        let address = desk.reply_address(id);
        solve(desk, id);
        desk.advance("19d");

        assert_eq!(desk.receive(&Mail::from(KIM).to(&address)), outcome("continued", id));

        assert_eq!(desk.ticket(id)["status"], "open");
        assert_eq!(desk.last_clock(id).0, "next");
    });
}

/// zendesk-api 11
#[test]
fn a_ticket_by_mail_says_from_whom_it_came() {
    on_each_engine(|desk| {
        let (_, id) = desk.receive(&Mail::from("Kim Doe <kim@customer.test>"));

        let ticket = desk.ticket(id.unwrap());
        assert_eq!(ticket["via"]["source"]["from"]["address"], "kim@customer.test");
        assert_eq!(ticket["via"]["source"]["from"]["name"], "Kim Doe");
    });
}
