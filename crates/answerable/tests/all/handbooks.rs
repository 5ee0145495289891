//! The tools of the handbook, as their users run them: explain, replay, reapply. On both engines.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use testkit::{Engine, HANDBOOK, Place, Program, Start};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@fernlight.test";
const ADA: &str = "ada@acme.test";

/// Quicker for high, and a card makes a ticket high.
fn other() -> String {
    let rule = "{ when = \"organization.trial\", because = \"in trial\" }";
    assert!(HANDBOOK.contains(rule));
    HANDBOOK
        .replace("first_reply = \"12h\"", "first_reply = \"8h\"")
        .replace(rule, "{ when = \"organization.card\", because = \"has a card\" }")
        .replace(
            "[[area]]\nslug = \"feature_flags\"\nname = \"Feature flags\"\nteam = \"flags\"",
            "[[area]]\nslug = \"feature_flags\"\nname = \"Feature flags\"\nteam = \"replay\"",
        )
}

fn file(place: &Place, name: &str, text: &str) -> PathBuf {
    let path = place.folder().join(name);
    std::fs::write(&path, text).expect("a file can be written");
    path
}

fn handbook(arguments: &[&str], file: Option<&Path>, place: &Place) -> Output {
    Command::new(BINARY)
        .arg("handbook")
        .args(arguments)
        .args(file)
        .env("ANSWERABLE_DATABASE_URL", place.url())
        .current_dir(place.folder())
        .output()
        .expect("the program can be started")
}

#[track_caller]
fn said(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{complaint}");
    String::from_utf8(output.stdout.clone()).expect("it writes text")
}

/// Lives through a day under the first handbook and leaves the database behind.
fn a_day(place: &Place) -> Vec<i64> {
    let program = Program::start(BINARY, place, &Start::at(MONDAY));
    program.organization("fernlight.test", &json!({ "card": true }));
    let critical = program.ask("lee@customer.test", "critical", "");
    let with_card = program.ask(KIM, "", "");
    let flags = program.ask("lee@customer.test", "", "feature_flags");
    program.advance("9h");
    program.reply(ADA, critical, "Please reload.");
    program.set_clock("2026-06-09T08:00:00Z");
    let later = program.ask("lee@customer.test", "", "");
    vec![critical, with_card, flags, later]
}

/// NF-05: priorities, routes, deadlines and breaches, ticket by ticket and in sum; nothing is changed by it
#[test]
fn a_replay_says_what_another_handbook_would_have_decided() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let ids = a_day(&place);
        let other = file(&place, "other.toml", &other());

        let table = said(&handbook(&["replay"], Some(&other), &place));

        let line = |id: i64, what: &str| {
            let start = format!("#{id} ");
            let found = table.lines().find(|line| line.starts_with(&start) && line.contains(what));
            found.unwrap_or_else(|| panic!("no {what} of #{id} in\n{table}")).to_owned()
        };
        let clock = line(ids[0], "first reply");
        assert!(clock.contains("12h, due Mon 8 Jun 2026, 21:00, met"), "{clock}");
        assert!(clock.contains("8h, due Mon 8 Jun 2026, 17:00, missed"), "{clock}");
        let priority = line(ids[1], "priority");
        assert!(priority.contains("low") && priority.ends_with("high"), "{priority}");
        assert!(line(ids[1], "first reply").contains("no promise"), "{table}");
        let route = line(ids[2], "route");
        assert!(route.contains("flags") && route.ends_with("replay"), "{route}");
        assert!(!table.contains(&format!("#{} ", ids[3])), "nothing differs:\n{table}");
        assert!(table.contains("4 tickets, 3 of them different"), "{table}");

        let json = said(&handbook(&["replay", "--json"], Some(&other), &place));
        let json: Value = serde_json::from_str(&json).expect("it is JSON");
        let sum = &json["sum"];
        assert_eq!((&sum["tickets"], &sum["different"]), (&json!(4), &json!(3)));
        assert_eq!((&sum["priorities"], &sum["routes"]), (&json!(1), &json!(1)));
        assert_eq!(sum["changes"], json!({ "low → high": 1 }));
        assert_eq!(
            (&sum["deadlines"]["sooner"], &sum["deadlines"]["more"]),
            (&json!(1), &json!(1))
        );
        assert_eq!((&sum["breaches"]["was"], &sum["breaches"]["more"]), (&json!(0), &json!(2)));
        let listed: Vec<&Value> =
            json["tickets"].as_array().into_iter().flatten().map(|one| &one["ticket"]).collect();
        assert_eq!(listed, [&json!(ids[2]), &json!(ids[1]), &json!(ids[0])], "the newest first");

        let since = ["replay", "--since", "2026-06-09"];
        let newest = said(&handbook(&since, Some(&other), &place));
        assert!(
            newest.starts_with("1 ticket opened since Tue 9 Jun 2026, 00:00, 0 of them"),
            "{newest}"
        );
        assert_eq!(
            said(&handbook(&["replay"], Some(&other), &place)),
            table,
            "nothing was changed"
        );
    }
}

/// NF-05: the handbook that was live reproduces every recorded decision
#[test]
fn the_live_handbook_over_the_recorded_history_changes_nothing() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        a_day(&place);
        let same = file(&place, "same.toml", HANDBOOK);

        let table = said(&handbook(&["replay"], Some(&same), &place));
        let proof = said(&handbook(&["replay", "--recorded"], None, &place));

        assert!(table.starts_with("4 tickets, 0 of them different"), "{table}");
        assert_eq!(
            proof,
            "4 tickets: every recorded decision follows from the handbook that was live\n"
        );
    }
}

#[test]
fn a_replay_of_nonsense_is_refused_with_a_clear_line() {
    let place = Place::fresh(Engine::Sqlite);
    let right = file(&place, "right.toml", HANDBOOK);
    let wrong = file(&place, "wrong.toml", &HANDBOOK.replace("first_reply", "first_repl"));

    let date = handbook(&["replay", "--since", "yesterday"], Some(&right), &place);
    let nothing = handbook(&["replay"], None, &place);
    let broken = handbook(&["replay"], Some(&wrong), &place);
    let missing = handbook(&["replay"], Some(Path::new("nowhere.toml")), &place);

    let complaint = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(date.status.code(), Some(2));
    assert!(complaint(&date).contains("a day such as 2026-05-11"), "{}", complaint(&date));
    assert_eq!(nothing.status.code(), Some(2));
    assert_eq!(broken.status.code(), Some(1));
    assert!(complaint(&broken).contains("wrong.toml:12"), "{}", complaint(&broken));
    assert_eq!(missing.status.code(), Some(1));
    assert!(complaint(&missing).contains("nowhere.toml cannot be read"), "{}", complaint(&missing));
}

/// SLA-04, SLA-06, ESC-01: the walk over the hours as text, and as JSON
#[test]
fn explain_says_every_target_and_how_the_deadline_comes_about() {
    let place = Place::fresh(Engine::Sqlite);
    let file_of = |name: &str, text: &str| file(&place, name, text).display().to_string();
    let book = file_of("handbook.toml", HANDBOOK);
    let facts = file_of("facts.json", r#"{ "organization": { "trial": true, "known": true } }"#);
    let explain = ["explain", &book, "--facts", &facts];
    let asked = [&explain[..], &["--at", "2026-03-27T20:00:00Z"]].concat();

    let plain = said(&handbook(&explain, None, &place));
    let walked = said(&handbook(&asked, None, &place));
    let json = said(&handbook(&[&asked[..], &["--json"]].concat(), None, &place));

    assert!(plain.starts_with("priority high, because: in trial\nfirst reply 12h\nfollow-up 24h\nafter an escalation 2 business days\nteam support"), "{plain}");
    assert!(!plain.contains("due"), "{plain}");
    let steps = "first reply due Mon 30 Mar 2026, 08:00 BST\n  \
         Fri 27 Mar 2026, 20:00 GMT  to  Sat 28 Mar 2026, 00:00 GMT  counts 4 h\n  \
         Sat 28 Mar 2026, 00:00 GMT  to  Mon 30 Mar 2026, 00:00 BST  skipped: weekend\n  \
         Mon 30 Mar 2026, 00:00 BST  to  Mon 30 Mar 2026, 08:00 BST  counts 8 h\n";
    assert!(walked.contains(steps), "{walked}");
    assert!(walked.contains("after an escalation due Tue 31 Mar 2026, 20:00 BST"), "{walked}");
    let json: Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["priority"]["value"], "high");
    assert_eq!(json["promises"][0]["due_at"], "2026-03-30T07:00:00Z");
    assert_eq!(json["promises"][1]["target"], "24h");
    assert_eq!(json["promises"][0]["walk"]["steps"][1]["why"], "weekend");
}

/// SLA-15: a running clock keeps its handbook until an admin says otherwise, and that is an event
#[test]
fn an_admin_reapplies_the_handbook_that_was_activated_meanwhile() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let id = {
            let program = Program::start(BINARY, &place, &Start::at(MONDAY));
            program.ask("lee@customer.test", "critical", "")
        };
        let again = Start { handbook: other(), ..Start::at("2026-06-08T09:00:00Z") };
        let program = Program::start(BINARY, &place, &again);
        assert_eq!(program.clocks(id)[0]["due_at"], "2026-06-08T20:00:00Z");
        let path = format!("tickets/{id}/reapply.json");
        program.as_user(ADA).post(&path, &json!({})).expect(403);
        program.as_anybody().post(&path, &json!({})).expect(401);
        assert_eq!(program.clocks(id)[0]["due_at"], "2026-06-08T20:00:00Z");

        let why = format!("/tickets/{id}/explanation");
        let page = words(&agent(&program).get(&why).expect(200).text());
        assert!(page.contains("keeps the handbook it began under"), "{page}");
        assert!(!page.contains("Apply the handbook in force"), "an agent may not: {page}");

        program.as_admin().post(&path, &json!({})).expect(200);

        let page = words(&agent(&program).get(&why).expect(200).text());
        assert!(!page.contains("keeps the handbook it began under"), "{page}");
        assert_eq!(program.clocks(id)[0]["due_at"], "2026-06-08T16:00:00Z");
        assert_eq!(program.clocks(id)[0]["target"], "8h");
        let told = program.sent(id, "promise");
        assert_eq!(told.len(), 1, "the customer hears of the better promise");
        let text =
            program.explanation(id)["clocks"][0]["text"].as_str().unwrap_or_default().to_owned();
        assert!(text.contains("8h, running"), "{text}");
        assert!(text.contains("due Mon 8 Jun 2026, 17:00 BST"), "{text}");
        assert!(text.ends_with("counts 8 h"), "{text}");
        program.as_admin().post("tickets/999999/reapply.json", &json!({})).expect(404);
        program.update(ADA, id, &json!({ "status": "solved" })).expect(200);
        program.as_admin().post(&path, &json!({})).expect(422);
        drop(program);
        assert!(
            said(&handbook(&["replay", "--recorded"], None, &place)).starts_with("1 ticket: every")
        );
    }
}

/// Somebody who answers, signed in.
fn agent(program: &Program) -> testkit::Visitor {
    let password = "a long enough password";
    let id = program.as_user(ADA).get("users/me.json").expect(200).number("/user/id");
    let body = json!({ "password": password });
    program.as_admin().post(&format!("users/{id}/password.json"), &body).expect(200);
    program.sign_in(ADA, password)
}

/// The words between the tags, spaces squeezed.
fn words(page: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for letter in page.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                words.push(' ');
            }
            _ if !inside => words.push(letter),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// SLA-15: the same by a button that only admins have
#[test]
fn an_admin_reapplies_the_handbook_on_the_page() {
    let place = Place::fresh(Engine::Sqlite);
    let id = {
        let program = Program::start(BINARY, &place, &Start::at(MONDAY));
        program.ask("lee@customer.test", "critical", "")
    };
    let again = Start { handbook: other(), ..Start::at("2026-06-08T09:00:00Z") };
    let program = Program::start(BINARY, &place, &again);
    let password = "a long enough password";
    let admin = program.as_admin().get("users/me.json").expect(200).number("/user/id");
    let body = json!({ "password": password });
    program.as_admin().post(&format!("users/{admin}/password.json"), &body).expect(200);
    let admin = program.sign_in(program.admin_email(), password);
    let why = format!("/tickets/{id}/explanation");
    assert!(admin.get(&why).expect(200).text().contains("Apply the handbook in force"));
    assert_eq!(agent(&program).post(&format!("/tickets/{id}/reapplication"), &[]).status, 403);

    let answer = admin.post(&format!("/tickets/{id}/reapplication"), &[]);

    assert_eq!((answer.status, answer.header("location")), (303, Some(why.as_str())));
    assert_eq!(program.clocks(id)[0]["due_at"], "2026-06-08T16:00:00Z");
    let activity = admin.get(&format!("/tickets/{id}/activity")).expect(200).text();
    assert!(words(&activity).contains("The present handbook’s targets apply"), "{activity}");
}

/// NF-05: in words with how often each rule decided, as written with its lines, since when
#[test]
fn the_page_shows_the_policy_and_how_often_each_rule_decided() {
    testkit::on_each_engine(BINARY, MONDAY, |program| {
        program.organization("fernlight.test", &json!({ "trial": true, "mrr": 5000 }));
        program.ask(KIM, "critical", "");
        program.ask(KIM, "", "");
        program.ask("lee@customer.test", "", "");
        let ada = agent(program);

        let page = ada.get("/settings/handbook").expect(200).text();

        let said = words(&page);
        assert!(said.contains("Live since Mon 8 Jun, 09:00."), "{said}");
        assert!(
            said.contains(
                "First reply in 12h, follow-ups in 24h, after an escalation in 2 business days."
            ),
            "{said}"
        );
        for part in [
            "in trial organization.trial 2",
            "critical severity ticket.severity == 'critical' 1",
            "billing issue ticket.area == 'billing' 0",
            "Low is everything else; it took 1 of 3 tickets.",
            "solves itself after 7 days",
            "Session replay Support Session replay",
        ] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        let line = "<li id=\"line-12\"><code>first_reply = &quot;12h&quot;</code></li>";
        assert!(page.contains(line), "{page}");
        let version = program.explanation(1)["policy"].as_str().unwrap_or_default().to_owned();
        let earlier = ada.get(&format!("/settings/handbook/{version}")).expect(200).text();
        assert!(words(&earlier).contains(&format!("Handbook {}", &version[..7])));
        ada.get("/settings/handbook/0123").expect(404);
    });
}

/// Trying facts is a question to an address: no effect, and a link can be kept
#[test]
fn facts_can_be_tried_on_the_page() {
    testkit::on_sqlite(BINARY, "2026-06-05T19:00:00Z", |program| {
        let ada = agent(program);

        let page = ada.get("/settings/handbook?try=1&mrr=2400&area=session_replay").expect(200);
        let said = words(&page.text());
        assert!(said.contains("because: high-paying customer"), "{said}");
        assert!(said.contains("First reply in 12h"), "{said}");
        assert!(said.contains("Mon 8 Jun, 08:00 BST"), "{said}");
        assert!(said.contains("→ Support"), "{said}");

        let wrong = words(&ada.get("/settings/handbook?try=1&mrr=lots").expect(200).text());
        assert!(wrong.contains("Monthly revenue is not a number."), "{wrong}");
    });
}

/// NF-05: a replay from the page, pasted or from a file, changes nothing
#[test]
fn another_handbook_is_replayed_on_the_page() {
    testkit::on_each_engine(BINARY, MONDAY, |program| {
        program.organization("fernlight.test", &json!({ "card": true }));
        let critical = program.ask("lee@customer.test", "critical", "");
        let with_card = program.ask(KIM, "", "");
        program.advance("9h");
        let (clocks, sent) = (program.clocks(critical), program.outbox().len());
        let ada = agent(program);

        let page = ada.post("/settings/handbook/replay", &[("text", &other()), ("days", "7")]);

        let said = words(&page.expect(200).text());
        assert!(said.contains("2 tickets of the last 7 days, 2 of them different"), "{said}");
        assert!(said.contains(&format!("#{critical} The funnel is empty First reply 12h, due Mon 8 Jun, 21:00, running 8h, due Mon 8 Jun, 17:00, missed")), "{said}");
        assert!(
            said.contains(&format!("#{with_card} The funnel is empty Priority Low High")),
            "{said}"
        );
        assert!(said.contains("Missed only under this handbook 2"), "{said}");
        assert_eq!((program.clocks(critical), program.outbox().len()), (clocks, sent));

        let same = ada.post("/settings/handbook/replay", &[("text", HANDBOOK)]).expect(200);
        assert!(words(&same.text()).contains("Nothing would have been different"));

        let file =
            ada.post_file("/settings/handbook/replay", ("file", &other()), &[("days", "28")]);
        let said = words(&file.expect(200).text());
        assert!(said.contains("2 tickets of the last 28 days, 2 of them different"), "{said}");

        let broken = HANDBOOK.replace("first_reply", "first_repl");
        let answer = ada.post("/settings/handbook/replay", &[("text", &broken)]).expect(422);
        let said = words(&answer.text());
        assert!(said.contains("This handbook is wrong. Line 12:"), "{said}");
        assert!(said.contains("first_repl ="), "what was typed is kept: {said}");
        let answer = ada.post("/settings/handbook/replay", &[("days", "28")]).expect(422);
        assert!(words(&answer.text()).contains("Choose a file or paste a handbook."));
    });
}
