//! Reports, the tickets behind their numbers, the ledger of promises and what anybody may read. On both engines.
use testkit::{Answer, HANDBOOK, Program, Start, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";
const PASSWORD: &str = "a long enough password";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

fn agent(desk: &Program, email: &str) -> Visitor {
    let id = desk.as_user(email).get("users/me.json").expect(200).number("/user/id");
    let body = serde_json::json!({ "password": PASSWORD });
    desk.as_admin().post(&format!("users/{id}/password.json"), &body).expect(200);
    desk.sign_in(email, PASSWORD)
}

/// The lines of a report's table.
fn csv(visitor: &Visitor, path: &str) -> Vec<String> {
    let answer = visitor.get(path).expect(200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    answer.text().lines().map(str::to_owned).collect()
}

fn shows(answer: &Answer, words: &str) -> bool {
    answer.text().contains(words)
}

/// SLA-01, SLA-09, SLA-14: three kept, one missed, and one that ended without an answer
#[test]
fn first_replies_are_counted_by_team_with_the_tickets_behind_each_number() {
    on_each_engine(|desk| {
        let tickets: Vec<i64> = (0..5).map(|_| desk.ask(KIM, "critical", "")).collect();
        for id in &tickets[..3] {
            desk.advance("30m");
            desk.reply(ADA, *id, "Please reload.");
        }
        desk.set_status(tickets[4], "solved");
        desk.advance("13h");
        desk.ask("low@customer.test", "", "");
        let ada = agent(desk, ADA);

        let lines = csv(&ada, "/reports/first-reply/csv?weeks=1&by=team");
        assert_eq!(
            lines,
            [
                "\"team\",\"kept\",\"missed\",\"share %\",\"p50 min\",\"p90 min\",\"answers\",\"ended without\"",
                "\"Support\",3,1,75.0,,,3,1",
                "\"Together\",3,1,75.0,,,3,1",
            ]
        );
        desk.reply(ADA, tickets[3], "Sorry.");
        let fifth = desk.ask(KIM, "critical", "");
        desk.advance("1m");
        desk.reply(ADA, fifth, "At once.");
        let lines = csv(&ada, "/reports/first-reply/csv?weeks=1&by=team");
        assert_eq!(lines[1], "\"Support\",4,1,80.0,60,870,5,1", "five answers have percentiles");

        let page = ada.get("/reports/first-reply?weeks=1&by=team").expect(200);
        assert!(shows(&page, "80.0 %") && shows(&page, "<title id=\"chart-title\">"), "{page:?}");
        let behind = "/reports/first-reply/tickets?weeks=1&by=team&level=all&of=first_missed";
        assert!(shows(&page, &behind.replace('&', "&amp;")), "{page:?}");
        let list = ada.get(behind).expect(200);
        assert!(shows(&list, &format!("href=\"/tickets/{}\"", tickets[3])), "{list:?}");
        assert!(!shows(&list, &format!("href=\"/tickets/{}\"", tickets[0])), "{list:?}");
        assert!(shows(&list, "Support 12 h 0 m"), "who had it how long: {list:?}");
        let solved = ada.get("/reports/first-reply/tickets?weeks=1&of=first_void").expect(200);
        assert!(shows(&solved, &format!("href=\"/tickets/{}\"", tickets[4])), "{solved:?}");
    });
}

/// What is spam was never asked, and counts again once it was a request after all
#[test]
fn spam_does_not_count_as_long_as_it_is() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.ask(KIM, "critical", "");
        let ada = agent(desk, ADA);
        let asked = || csv(&ada, "/reports/volume/csv?weeks=1")[1].clone();
        let waiting = || csv(&ada, "/reports/backlog/csv?weeks=1")[1].clone();
        assert_eq!((asked(), waiting()), ("\"Support\",2,0".into(), "\"Support\",2".into()));
        desk.as_user(ADA)
            .put(&format!("tickets/{id}/mark_as_spam.json"), &serde_json::json!({}))
            .expect(200);
        assert_eq!((asked(), waiting()), ("\"Support\",1,0".into(), "\"Support\",1".into()));
        let list = ada.get("/reports/volume/tickets?weeks=1&of=asked").expect(200);
        assert!(!shows(&list, &format!("href=\"/tickets/{id}\"")), "{list:?}");
    });
}

/// CS-08: by week of asking, with response and n; a mean of five answers at least
#[test]
fn satisfaction_hides_a_mean_of_few() {
    on_each_engine(|desk| {
        let tickets: Vec<i64> = (0..5).map(|_| desk.solved()).collect();
        desk.advance("72h");
        for id in &tickets[..4] {
            desk.rate(&desk.survey_link(*id, 5), "5", "");
        }
        let ada = agent(desk, ADA);
        let line = || csv(&ada, "/reports/satisfaction/csv?weeks=1")[1].clone();
        assert_eq!(line(), "\"Support\",,4,4,5,80.0");
        let page = ada.get("/reports/satisfaction?weeks=1").expect(200);
        assert!(shows(&page, "n = 4"), "{page:?}");
        desk.rate(&desk.survey_link(tickets[4], 3), "3", "");
        assert_eq!(line(), "\"Support\",4.60,5,5,5,100.0");
        desk.rate(&desk.survey_link(tickets[4], 5), "5", "");
        assert_eq!(line(), "\"Support\",5.00,5,5,5,100.0", "the last word counts");
    });
}

/// PR-06
#[test]
fn the_ledger_says_what_became_of_each_promise() {
    on_each_engine(|desk| {
        let [kept, missed, low] =
            ["critical", "critical", ""].map(|severity| desk.ask(KIM, severity, ""));
        desk.reply(ADA, kept, "Please reload.");
        desk.advance("13h");
        let ada = agent(desk, ADA);
        for (outcome, id) in [("kept", kept), ("missed", missed), ("nothing", low)] {
            let page = ada.get(&format!("/reports/promises?outcome={outcome}")).expect(200);
            for other in [kept, missed, low] {
                let is_there = shows(&page, &format!("href=\"/tickets/{other}\""));
                assert_eq!(is_there, other == id, "{outcome} #{other}: {page:?}");
            }
        }
        let page = ada.get("/reports/promises").expect(200);
        assert!(shows(&page, "Mon 8 Jun"), "{page:?}");
        ada.get("/reports/promises?outcome=perhaps").expect(422);
    });
}

#[test]
fn what_cannot_be_read_in_an_address_is_named() {
    on_each_engine(|desk| {
        let ada = agent(desk, ADA);
        for (query, words) in [
            ("weeks=0", "Weeks: expected 1 to 104"),
            ("weeks=105", "Weeks: expected 1 to 104"),
            ("weeks=many", "Weeks: expected 1 to 104"),
            ("by=mood", "By: expected one of"),
            ("level=higher", "Level: expected one of"),
        ] {
            for part in ["", "/csv", "/chart.png"] {
                let answer = ada.get(&format!("/reports/first-reply{part}?{query}")).expect(422);
                assert!(shows(&answer, words), "{query}: {answer:?}");
            }
        }
        ada.get("/reports/backlog?by=hero").expect(422);
        ada.get("/reports/first-reply/tickets?of=asked").expect(422);
        ada.get("/reports/first-reply/tickets?of=first_kept&after=x").expect(422);
        ada.get("/reports/luck").expect(404);
    });
}

/// CS-08: by person only for those who lead
#[test]
fn numbers_by_hero_are_for_admins_and_leads() {
    on_each_engine(|desk| {
        desk.ask(KIM, "critical", "");
        agent(desk, ADA).get("/reports/first-reply?by=hero").expect(403);
        agent(desk, desk.admin_email()).get("/reports/first-reply?by=hero").expect(200);
    });
}

#[test]
fn the_chart_is_a_picture_that_is_small_and_whole() {
    on_each_engine(|desk| {
        for _ in 0..3 {
            desk.ask(KIM, "critical", "");
            desk.advance("24h");
        }
        let answer = agent(desk, ADA).get("/reports/volume/chart.png?weeks=12").expect(200);
        assert_eq!(answer.header("content-type"), Some("image/png"));
        let bytes = &answer.body;
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.ends_with(b"IEND\xaeB`\x82"));
        assert!(bytes.len() < 60_000, "{} bytes", bytes.len());
    });
}

/// ROT-10: on Monday, within the hours of whoever wants it, and not twice
#[test]
fn a_report_comes_by_mail_every_week() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.reply(ADA, id, "Please reload.");
        let ada = agent(desk, ADA);
        ada.post(
            "/reports/first-reply/mail",
            &[("weeks", "4"), ("by", "team"), ("level", "all"), ("do", "keep")],
        )
        .expect(303);
        assert!(shows(&ada.get("/reports/first-reply").expect(200), "Stop mailing"));
        let mails = || {
            let all = desk.outbox();
            let of_reports = all.into_iter().filter(|mail| mail["kind"] == "report");
            of_reports.collect::<Vec<_>>()
        };
        desk.set_clock("2026-06-14T22:00:00Z");
        assert_eq!(mails().len(), 0);
        desk.set_clock("2026-06-15T12:00:00Z");
        let sent = mails();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(sent[0]["to"], serde_json::json!([ADA]));
        let text = sent[0]["text"].as_str().unwrap();
        assert!(text.contains("Support: kept 1, missed 0, share 100.0 %"), "{text}");
        assert!(text.contains("/reports/first-reply?weeks=4&by=team&level=all"), "{text}");
        desk.set_clock("2026-06-22T12:00:00Z");
        assert_eq!(mails().len(), 2);
        ada.post("/reports/first-reply/mail", &[("do", "forget")]).expect(303);
        desk.set_clock("2026-06-29T12:00:00Z");
        assert_eq!(mails().len(), 2);
    });
}

#[test]
fn promises_are_public_only_if_the_handbook_says_so() {
    on_each_engine(|desk| {
        desk.visit().get("/promises").expect(404);
    });
    let handbook = format!("{HANDBOOK}\n[reports]\npublic = true\npublic_weeks = 4\n");
    let start = Start { handbook, ..Start::at(MONDAY) };
    testkit::on_each_engine_with(BINARY, &start, |desk| {
        for _ in 0..5 {
            let id = desk.ask(KIM, "critical", "");
            desk.advance("10m");
            desk.reply(ADA, id, "Please reload.");
        }
        assert!(
            shows(&desk.visit().get("/promises").expect(200), "None yet"),
            "this week is not over"
        );
        desk.advance("7d");
        let page = desk.visit().get("/promises").expect(200);
        assert!(shows(&page, "100.0 %") && shows(&page, "10 m"), "{page:?}");
        assert!(!shows(&page, "Support:") && !shows(&page, KIM), "{page:?}");
        for (language, words) in [
            ("de", "Wie wir halten, was wir versprechen"),
            ("fr", "Comment nous tenons nos promesses"),
            ("es", "Cómo cumplimos lo que prometemos"),
            ("ja", "お約束の達成状況"),
        ] {
            let page = desk.visit().get(&format!("/promises?lang={language}")).expect(200);
            assert!(shows(&page, words), "{language}: {page:?}");
        }
    });
}
