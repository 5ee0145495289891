//! Mail in and out with real servers: Dovecot's mailboxes, Postfix in both directions, the pipe. On both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::json;
use testkit::servers::{Dovecot, Postfix, Served, free_port, soon};
use testkit::{Engine, Place};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// A message from Dana.
fn message(id: &str, subject: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Dana <dana@fernlight.test>\r\nTo: support@acme.test\r\nSubject: {subject}\r\n\
         Message-ID: <{id}@fernlight.test>\r\nDate: Mon, 8 Jun 2026 09:00:00 +0000\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

fn subjects(desk: &Served) -> Vec<String> {
    let all = desk.tickets();
    all.iter().map(|ticket| ticket["subject"].as_str().unwrap_or_default().to_owned()).collect()
}

#[track_caller]
fn wait_for(desk: &Served, expected: &[&str]) {
    soon(&format!("tickets {expected:?}"), || {
        let found = subjects(desk);
        (found.len() >= expected.len()).then_some(())
    });
    assert_eq!(subjects(desk), expected);
}

/// CH-03, NF-01: what others have read is fetched too, what comes later is fetched at once, and nothing is marked
#[test]
fn what_lies_in_a_mailbox_becomes_tickets_and_stays_as_it_is() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let dovecot = Dovecot::start(place.folder(), "");
        dovecot.put("support", "1", &message("1", "First", "Hello"));
        dovecot.put_seen("support", "2", &message("2", "Second", "Hello again"));
        dovecot.put("sales", "1", &message("3", "Third", "How much is it?"));
        let tables = dovecot.table("support") + &dovecot.table("sales");
        let mut desk = Served::prepare(BINARY, &place, &tables);

        desk.start();
        soon("three tickets", || (desk.tickets().len() == 3).then_some(()));
        dovecot.put("support", "3", &message("4", "Fourth", "And another thing"));
        soon("the fourth", || (desk.tickets().len() == 4).then_some(()));

        let mut found = subjects(&desk);
        found.sort_unstable();
        assert_eq!(found, ["First", "Fourth", "Second", "Third"]);
        assert_eq!(dovecot.seen("support"), 1, "what was unread is unread");
        assert_eq!(desk.figure("answerable_mails_undecided"), Some(0));
    }
}

/// CH-03: the same bytes under other UIDs are the same mails
#[test]
fn another_uidvalidity_brings_nothing_twice() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let mut dovecot = Dovecot::start(place.folder(), "");
        dovecot.put("support", "1", &message("1", "First", "Hello"));
        dovecot.put("support", "2", b"From: kim@fernlight.test\r\nSubject: No id\r\n\r\nHello\r\n");
        let mut desk = Served::prepare(BINARY, &place, &dovecot.table("support"));
        desk.start();
        wait_for(&desk, &["First", "No id"]);

        dovecot.kill();
        dovecot.renumber("support", 77);
        dovecot.put("support", "3", &message("3", "Third", "Hello"));
        dovecot.start_again();

        wait_for(&desk, &["First", "No id", "Third"]);
        for id in desk.tickets().iter().map(|ticket| ticket["id"].as_i64().unwrap()) {
            assert_eq!(desk.comments(id).len(), 1);
        }
    }
}

/// CH-03, SLA-05: a refused copy does not keep the mail from the others, and the ticket says who has it
#[test]
fn each_of_those_a_reply_is_for_gets_it_or_is_named() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let postfix = Postfix::start(place.folder(), None);
        let smtp = format!("smtp_url = \"{}\"\n", postfix.url());
        let mut desk = Served::prepare(BINARY, &place, &smtp);
        desk.start();
        let id = ask(&desk, "dana@fernlight.test");
        let ccs = json!([
            { "user_email": "max@fernlight.test", "action": "put" },
            { "user_email": "gone@fernlight.test", "action": "put" },
        ]);
        let change = json!({ "ticket": {
            "email_ccs": ccs, "comment": { "body": "Please reload the page." },
        } });
        desk.admin().put(&format!("tickets/{id}.json"), &change).expect(200);

        let reply = soon("the reply", || {
            let mails = postfix.delivered("dana@fernlight.test");
            mails.into_iter().find(|mail| mail.contains("reload the page"))
        });
        soon("the copy", || postfix.delivered("max@fernlight.test").pop());
        assert!(reply.contains("max@fernlight.test") && reply.contains("Cc: "), "{reply}");

        let path = format!("tickets/{id}/deliveries.json");
        let gone = soon("the refusal", || {
            let all = desk.admin().get(&path).expect(200).at("/deliveries");
            let all = all.as_array().cloned().unwrap_or_default();
            let reply = all.into_iter().find(|one| one["kind"] == "reply")?;
            let known = reply["recipients"].as_array().cloned().unwrap_or_default();
            known.into_iter().find(|one| one["state"] == "failed")
        });
        assert_eq!(gone["address"], "gone@fernlight.test");
        assert!(gone["said"].as_str().unwrap().contains("nobody here by that name"), "{gone}");
        let clock = desk.admin().get(&format!("tickets/{id}/clocks.json")).expect(200);
        assert_ne!(clock.at("/clocks/0/state"), "running", "the customer has it");
        assert_eq!(postfix.delivered("max@fernlight.test").len(), 1);
    }
}

/// SLA-05: a refused answer un-stops the clock; at the right address it counts from when it is there
#[test]
fn a_refused_answer_goes_to_the_right_address() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let postfix = Postfix::start(place.folder(), None);
        let smtp = format!("smtp_url = \"{}\"\n", postfix.url());
        let mut desk = Served::prepare(BINARY, &place, &smtp);
        desk.start();
        let id = ask(&desk, "gone@fernlight.test");
        let change = json!({ "ticket": { "comment": { "body": "Please reload the page." } } });
        desk.admin().put(&format!("tickets/{id}.json"), &change).expect(200);
        let clock = || {
            let all = desk.admin().get(&format!("tickets/{id}/clocks.json")).expect(200);
            all.at("/clocks/0/state").as_str().unwrap_or_default().to_owned()
        };
        let reply = || {
            let all = desk.admin().get(&format!("tickets/{id}/deliveries.json")).expect(200);
            let all = all.at("/deliveries");
            all.as_array()?.iter().find(|one| one["kind"] == "reply").cloned()
        };
        let lost = soon("the refusal", || reply().filter(|one| one["state"] == "failed"));
        assert_eq!(clock(), "running");

        let path = format!("tickets/{id}/deliveries/{}/address.json", lost["id"]);
        let new = json!({ "delivery": { "email": "dana@fernlight.test" } });
        desk.admin().post(&path, &new).expect(200);

        let mail = soon("the reply", || {
            let mails = postfix.delivered("dana@fernlight.test");
            mails.into_iter().find(|mail| mail.contains("reload the page"))
        });
        assert!(mail.contains("To: dana@fernlight.test"), "{mail}");
        soon("the end of the clock", || (clock() == "met").then_some(()));
    }
}

/// CH-03, NF-01: kept before it is answered, decided afterwards, and once however often it is handed in
#[test]
fn a_mail_server_hands_in_mail_and_a_pipe_does_too() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let port = free_port();
        let lmtp = format!("lmtp:inet:127.0.0.1:{port}");
        let postfix = Postfix::start(place.folder(), Some(&lmtp));
        let listen = format!("lmtp_listen = \"127.0.0.1:{port}\"\n");
        let mut desk = Served::prepare(BINARY, &place, &listen);

        // The desk is down: the mail server keeps its mail, the pipe finds the data free and keeps it there.
        hand_to(&postfix, &message("1", "By server", "Hello\r\n.\r\nthere"));
        assert_eq!(piped(&desk, &message("2", "By pipe", "Hello")), 0);
        desk.start();
        soon("both", || (desk.tickets().len() == 2).then_some(()));
        assert_eq!(piped(&desk, &message("2", "By pipe", "Hello")), 0);
        assert_eq!(piped(&desk, &message("3", "While it runs", "Hello")), 0);
        hand_to(&postfix, &message("1", "By server", "Hello\r\n.\r\nthere"));
        soon("the third", || (desk.tickets().len() == 3).then_some(()));

        let mut found = subjects(&desk);
        found.sort_unstable();
        assert_eq!(found, ["By pipe", "By server", "While it runs"]);
        let by_server = desk.tickets().into_iter().find(|one| one["subject"] == "By server");
        let said = desk.comments(by_server.unwrap()["id"].as_i64().unwrap());
        assert_eq!(said.len(), 1);
        assert!(said[0]["body"].as_str().unwrap().contains("Hello\n.\nthere"), "{}", said[0]);
        assert_eq!(piped(&desk, b""), 65, "nothing is no message");
    }
}

/// What `mail deliver` ends with.
fn piped(desk: &Served, raw: &[u8]) -> i32 {
    let mut child = desk
        .command(&["mail", "deliver"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(raw).unwrap();
    child.wait().unwrap().code().unwrap()
}

/// Gives a message to a mail server.
fn hand_to(postfix: &Postfix, raw: &[u8]) {
    let stream = TcpStream::connect(("127.0.0.1", postfix.port())).unwrap();
    let mut from_server = BufReader::new(stream.try_clone().unwrap());
    let mut to_server = stream;
    let mut say = |line: &[u8], expected: &str| {
        to_server.write_all(line).unwrap();
        loop {
            let mut answer = String::new();
            from_server.read_line(&mut answer).unwrap();
            assert!(answer.starts_with(expected), "{answer}");
            if answer.as_bytes()[3] != b'-' {
                return;
            }
        }
    };
    say(b"", "220");
    say(b"EHLO test\r\n", "250");
    say(b"MAIL FROM:<dana@fernlight.test>\r\n", "250");
    say(b"RCPT TO:<support@acme.test>\r\n", "250");
    say(b"DATA\r\n", "354");
    let text = String::from_utf8_lossy(raw).replace("\r\n.", "\r\n..");
    say(format!("{text}.\r\n").as_bytes(), "250");
    say(b"QUIT\r\n", "221");
}

/// NF-02: a copy says nothing until somebody says that it may, and knows no ticket that it does not have
#[test]
fn a_copy_of_the_data_is_mute_until_somebody_lets_it_speak() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let postfix = Postfix::start(place.folder(), None);
        let dovecot = Dovecot::start(place.folder(), "");
        let tables = format!("smtp_url = \"{}\"\n{}", postfix.url(), dovecot.table("support"));
        let mut desk = Served::prepare(BINARY, &place, &tables);
        desk.start();
        assert_eq!(desk.figure("answerable_muted"), Some(0));
        desk.kill();
        desk.start();
        assert_eq!(desk.figure("answerable_muted"), Some(0), "it is itself");
        desk.kill();

        // Somebody else's key: this is not the installation that used the data.
        std::fs::remove_file(desk.file("desk.key")).unwrap();
        std::fs::remove_file(desk.file("desk.key.seen")).unwrap();
        desk.start();
        assert_eq!(desk.figure("answerable_muted"), Some(1));
        assert!(desk.complaints().contains("NOTHING LEAVES"), "{}", desk.complaints());
        dovecot.put("support", "1", &message("1", "First", "Hello"));
        let id = ask(&desk, "dana@fernlight.test");
        thread::sleep(Duration::from_secs(2));
        assert_eq!(desk.tickets().len(), 1, "no mailbox is fetched");
        assert!(postfix.delivered("dana@fernlight.test").is_empty());

        let unmuted = desk.admin().post("mailboxes/unmute.json", &json!({}));
        assert_eq!(unmuted.expect(200).at("/released"), 0);
        let told = soon("the acknowledgement", || postfix.delivered("dana@fernlight.test").pop());
        assert!(told.contains(&format!("support+t{id}-2-")), "another epoch: {told}");
        soon("the mailbox", || (desk.tickets().len() == 2).then_some(()));
        desk.admin().post("mailboxes/unmute.json", &json!({})).expect(409);
    }
}

/// NF-02: yesterday's backup, restored on the machine that knows better
#[test]
fn a_restored_backup_is_mute_and_sends_nothing_twice() {
    let place = Place::fresh(Engine::Sqlite);
    let mut desk = Served::prepare(BINARY, &place, "");
    desk.start();
    let id = ask(&desk, "dana@fernlight.test");
    soon("the acknowledgement in the outbox", || {
        desk.figure("answerable_outbox_pending").filter(|count| *count > 0)
    });
    desk.kill();
    let names = ["desk.db", "desk.db-wal"];
    let backup = names.map(|name| std::fs::read(desk.file(name)).unwrap());
    desk.start();
    ask(&desk, "kim@fernlight.test");
    desk.kill();
    let _ = std::fs::remove_file(desk.file("desk.db-shm"));
    for (name, bytes) in names.iter().zip(backup) {
        std::fs::write(desk.file(name), bytes).unwrap();
    }

    desk.start();

    assert_eq!(desk.figure("answerable_muted"), Some(1));
    assert!(desk.complaints().contains("a backup was restored"), "{}", desk.complaints());
    assert_eq!(desk.figure("answerable_outbox_pending"), Some(0));
    assert!(desk.figure("answerable_outbox_held").unwrap() > 0);
    let held = desk.admin().get(&format!("tickets/{id}/deliveries.json")).expect(200);
    // What goes to a channel that nobody has connected may have failed before the copy was made.
    let mut mails = held.at("/deliveries").as_array().unwrap().clone();
    mails.retain(|one| one["channel"] == "email");
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0]["state"], "held");
    desk.kill();
    let told = desk.told(&["unmute"]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    desk.start();
    assert_eq!(desk.figure("answerable_muted"), Some(0));
    assert!(desk.figure("answerable_outbox_held").unwrap() > 0, "what may have left stays back");
}

/// Somebody asks through the form; the new ticket's number.
fn ask(desk: &Served, email: &str) -> i64 {
    let request = json!({
        "requester": { "name": "Dana", "email": email },
        "subject": "The funnel is empty",
        "comment": { "body": "Since this morning my funnel shows nothing." },
        "custom_fields": testkit::fields("critical", ""),
    });
    let asked = desk.anybody().post("requests.json", &json!({ "request": request }));
    asked.expect(201).number("/request/id")
}

/// What stands between us and our customers is said in words, and mends the exit status.
#[test]
fn the_doctor_finds_our_own_message_and_says_what_is_to_be_fixed() {
    let place = Place::fresh(Engine::Sqlite);
    let dovecot = Dovecot::start(place.folder(), "");
    dovecot.put("support", "1", &message("1", "First", "Hello"));
    let postfix = Postfix::start(place.folder(), None);
    // What Postfix delivers lands in Dovecot's mailbox.
    let (boxes, inbox) = ("postfix/mail/box", "dovecot/mail/support");
    std::os::unix::fs::symlink(place.folder().join(inbox), place.folder().join(boxes)).unwrap();
    let tables = format!("smtp_url = \"{}\"\n{}", postfix.url(), dovecot.table("support"));
    let mut desk = Served::prepare(BINARY, &place, &tables);
    desk.start();
    soon("the first", || (desk.tickets().len() == 1).then_some(()));

    let told = desk.told(&["doctor", "mail", "--send"]);

    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("good     mailbox support: signed in"), "{told}");
    assert!(told.contains("good     mail server: connected"), "{told}");
    assert!(told.contains("good     plus addresses: a message to support+doctor-"), "{told}");
    assert!(told.contains("good     clock"), "{told}");
    thread::sleep(Duration::from_secs(2));
    assert_eq!(desk.tickets().len(), 1, "our own message is no ticket");

    let wrong = dovecot.table("support").replace("secret", "wrong");
    desk.configure(place.url(), &format!("smtp_url = \"smtp://127.0.0.1:1?tls=none\"\n{wrong}"));
    let told = desk.told(&["doctor", "mail"]);
    assert_eq!(told.status.code(), Some(1));
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("FIX      mailbox support: the sign-in was refused"), "{told}");
    assert!(told.contains("FIX      mail server: "), "{told}");
    assert!(!told.contains("wrong"), "{told}");
}
