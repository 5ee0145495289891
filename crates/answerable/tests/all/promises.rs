//! What a customer is promised when they ask: how important, whose, and by when. Told through HTTP, on both engines.

use serde_json::{Value, json};
use testkit::{Mail, Program, Start};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

fn on_each_engine(now: &str, story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, now, story);
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// PR-01, PR-05, PR-06, ROT-01, SLA-01
#[test]
fn asking_decides_level_team_and_deadline_and_tells_the_customer() {
    on_each_engine(MONDAY, |desk| {
        let id = desk.ask("kim@customer.test", "critical", "session_replay");

        let ticket = desk.ticket(id);
        assert_eq!(ticket["priority"], "high");
        assert_eq!(ticket["status"], "new");
        assert_eq!(ticket["assignee_id"], Value::Null);
        let group = desk.as_admin().get(&format!("groups/{}.json", ticket["group_id"])).expect(200);
        assert_eq!(group.at("/group/name"), "Support");
        let clocks = desk.clocks(id);
        assert_eq!(clocks.len(), 1);
        assert_eq!(clocks[0]["kind"], "first");
        assert_eq!(clocks[0]["state"], "running");
        assert_eq!(clocks[0]["target"], "12h");
        assert_eq!(clocks[0]["started_at"], MONDAY);
        assert_eq!(clocks[0]["due_at"], "2026-06-08T20:00:00Z");
        let told = desk.sent(id, "acknowledgement");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["to"], json!(["kim@customer.test"]));
        let text = told[0]["text"].as_str().unwrap();
        assert!(
            text.contains("8 Jun") && text.contains("21:00") && text.contains("London"),
            "{text}"
        );
        assert!(text.contains("no weekend support"), "{text}");
        let own = desk.as_user("kim@customer.test").get(&format!("requests/{id}.json")).expect(200);
        let promise = own.at("/request/promise");
        assert!(text.contains(promise.as_str().unwrap()), "{text} does not contain {promise}");
    });
}

/// ROT-01, ROT-02
#[test]
fn every_area_has_a_team_and_so_has_none() {
    on_each_engine(MONDAY, |desk| {
        let groups = desk.as_admin().get("groups.json").expect(200).at("/groups");
        let name = |id: &Value| {
            let group = groups.as_array().unwrap().iter().find(|group| group["id"] == *id);
            group.map_or(Value::Null, |group| group["name"].clone())
        };
        for (area, team) in [
            ("session_replay", "Support"),
            ("feature_flags", "Feature flags"),
            ("billing", "Billing"),
            ("", "Support"),
            ("no such area", "Support"),
        ] {
            let id = desk.ask("kim@customer.test", "", area);

            assert_eq!(name(&desk.ticket(id)["group_id"]), team, "{area}");
            assert_eq!(desk.ticket(id)["status"], "new", "{area}");
            let route = &desk.explanation(id)["route"];
            assert!(
                route["because"].as_str().is_some_and(|why| !why.is_empty()),
                "{area}: {route}"
            );
        }
    });
}

/// PR-01, PR-02, PR-03, PR-04, PR-13: each condition suffices by itself, and the highest level wins.
#[test]
fn every_fact_raises_the_level_by_itself() {
    on_each_engine(MONDAY, |desk| {
        let cases = [
            (json!({}), "", "", "low", ""),
            (json!({ "mrr": 1999.99 }), "", "", "low", ""),
            (json!({ "plan": "free", "card": false }), "medium", "session_replay", "low", ""),
            (json!({ "mrr": 2000 }), "", "", "high", "high-paying customer"),
            (json!({ "trial": true }), "", "", "high", "in trial"),
            (json!({ "addons": ["other", "teams"] }), "", "", "high", "has the teams add-on"),
            (json!({}), "critical", "", "high", "critical severity"),
            (
                json!({ "plan": "ridiculously-cheap" }),
                "",
                "",
                "normal",
                "on the Ridiculously cheap plan",
            ),
            (json!({ "plan": "startups" }), "", "", "normal", "on a startup programme"),
            (json!({ "plan": "yc" }), "", "", "normal", "on a startup programme"),
            (json!({}), "", "billing", "normal", "billing issue"),
            (json!({}), "high", "", "normal", "high severity"),
            (json!({ "plan": "startups", "trial": true }), "", "", "high", "in trial"),
            (json!({ "plan": "ridiculously-cheap" }), "critical", "", "high", "critical severity"),
            (json!({ "mrr": 5000 }), "low", "billing", "high", "high-paying customer"),
        ];
        for (number, (facts, severity, area, level, because)) in cases.iter().enumerate() {
            let domain = format!("company-{number}.test");
            let organization = desk.organization(&domain, facts);

            let id = desk.ask(&format!("kim@{domain}"), severity, area);

            let ticket = desk.ticket(id);
            assert_eq!(ticket["organization_id"], organization, "{facts}");
            assert_eq!(ticket["priority"], *level, "{facts} {severity} {area}");
            let explained = desk.explanation(id);
            assert_eq!(explained["priority"]["value"], *level);
            let reasons = words(&explained["priority"]["because"]);
            assert_eq!(reasons.contains(because), !because.is_empty(), "{facts}: {reasons:?}");
        }
    });
}

/// PR-05, NF-05
#[test]
fn a_decision_shows_its_policy_its_facts_its_rules_and_its_walk() {
    on_each_engine("2026-06-05T17:00:00Z", |desk| {
        desk.organization("customer.test", &json!({ "plan": "startups", "mrr": 12.5 }));
        let id = desk.ask("kim@customer.test", "", "session_replay");

        let explained = desk.explanation(id);

        assert_eq!(explained["policy"].as_str().map(str::len), Some(64));
        let rules = explained["priority"]["rules"].as_array().unwrap();
        let mrr = rules.iter().find(|rule| rule["when"] == "organization.mrr >= 2000.0").unwrap();
        assert_eq!(mrr["holds"], false);
        assert_eq!(mrr["facts"][0]["value"], "12.5");
        let plan = rules.iter().find(|rule| rule["because"] == "on a startup programme").unwrap();
        assert_eq!(plan["holds"], true);
        let walk = &explained["clocks"][0]["walk"];
        assert_eq!(walk["zone"], "Europe/London");
        let steps = walk["steps"].as_array().unwrap();
        let counted: i64 = steps.iter().filter_map(|step| step["counts_seconds"].as_i64()).sum();
        assert_eq!(counted, 24 * 3600, "{walk}");
        assert!(
            steps.iter().any(|step| step["counts_seconds"] == 0),
            "the weekend is skipped: {walk}"
        );
        assert_eq!(explained["clocks"][0]["due_at"], "2026-06-08T17:00:00Z");
    });
}

/// PR-03, SLA-03, D-16
#[test]
fn a_low_ticket_is_promised_nothing_and_never_late() {
    on_each_engine(MONDAY, |desk| {
        let id = desk.ask("kim@customer.test", "", "");

        assert_eq!(desk.ticket(id)["priority"], "low");
        assert!(desk.clocks(id).is_empty());
        let beside = desk.as_admin().get(&format!("tickets/{id}.json?include=slas")).expect(200);
        assert_eq!(beside.at("/ticket/slas/policy_metrics"), json!([]));
        let told = desk.sent(id, "acknowledgement");
        let text = told[0]["text"].as_str().unwrap();
        assert!(!text.contains("Jun") && !text.contains("by Mon"), "a date is promised: {text}");
        desk.advance("30d");
        assert!(desk.sent(id, "breach").is_empty());
        assert!(desk.sent(id, "warning").is_empty());
        desk.reply("ada@acme.test", id, "Here you are.");
        let (outcome, same) =
            desk.receive(&Mail::from("kim@customer.test").to(&desk.reply_address(id)));
        assert_eq!((outcome.as_str(), same), ("continued", Some(id)));
        assert!(desk.clocks(id).is_empty(), "doubling nothing gives nothing");
    });
}

/// SLA-01, SLA-02, SLA-05: the reasons and the deadline are also where the API's clients look for them.
#[test]
fn the_deadline_stands_beside_the_ticket_until_somebody_replies() {
    on_each_engine(MONDAY, |desk| {
        let id = desk.ask("kim@customer.test", "high", "");
        let metrics = || {
            let list = desk.as_admin().get("tickets.json?include=slas").expect(200);
            list.at("/tickets/0/slas/policy_metrics")
        };

        let metric = &metrics()[0];
        assert_eq!(metric["metric"], "first_reply_time");
        assert_eq!(metric["breach_at"], "2026-06-09T08:00:00Z");
        assert!(metric["stage"].is_string());
        desk.note("ada@acme.test", id, "Let me look.");
        desk.update("ada@acme.test", id, &json!({ "status": "pending" })).expect(200);
        assert_eq!(desk.last_clock(id).1, "running", "neither a note nor a status is an answer");
        desk.reply("ada@acme.test", id, "Here you are.");
        assert_eq!(metrics(), json!([]));
        assert_eq!(desk.last_clock(id).1, "met");
    });
}

/// SLA-01, SLA-04, SLA-06, ESC-01: the vectors V1 to V8 of 1.13 in the order of time, on one desk.
#[test]
fn the_golden_vectors_hold() {
    on_each_engine("2026-03-27T19:00:00Z", |desk| {
        let replay = desk.as_admin().get("groups.json").expect(200).at("/groups");
        let replay =
            replay.as_array().unwrap().iter().find(|group| group["name"] == "Session replay");
        let replay = replay.unwrap()["id"].clone();
        let ask = |at: &str, severity: &str| {
            desk.set_clock(at);
            desk.ask("kim@customer.test", severity, "")
        };
        let write = |at: &str, id: i64| {
            desk.set_clock(at);
            let mail = Mail::from("kim@customer.test").to(&desk.reply_address(id));
            assert_eq!(desk.receive(&mail), ("continued".to_owned(), Some(id)));
        };
        let escalate = |at: &str, id: i64| {
            desk.set_clock(at);
            let escalation =
                json!({ "escalation": { "group_id": replay, "note": "Tried all; please look." } });
            desk.as_user("ada@acme.test")
                .post(&format!("tickets/{id}/escalate.json"), &escalation)
                .expect(200);
        };
        let due = |id: i64, kind: &str, at: &str| {
            assert_eq!(desk.last_clock(id), (kind.to_owned(), "running".to_owned(), at.to_owned()));
        };

        due(ask("2026-03-27T20:00:00Z", "critical"), "first", "2026-03-30T07:00:00Z"); // V1
        let (v6, v7) =
            (ask("2026-06-04T06:00:00Z", "high"), ask("2026-06-04T06:00:00Z", "critical"));
        desk.reply("ada@acme.test", v6, "Try this.");
        desk.reply("ada@acme.test", v7, "Try this.");
        write("2026-06-04T08:00:00Z", v6);
        due(v6, "next", "2026-06-08T08:00:00Z"); // V6
        escalate("2026-06-04T14:00:00Z", v7);
        due(v7, "escalated", "2026-06-08T14:00:00Z"); // V7
        due(ask("2026-06-04T22:30:00Z", "high"), "first", "2026-06-05T22:30:00Z"); // V4
        due(ask("2026-06-05T09:00:00Z", "high"), "first", "2026-06-08T09:00:00Z"); // V3
        let v8 = ask("2026-06-05T10:00:00Z", "high");
        desk.reply("ada@acme.test", v8, "Try this.");
        escalate("2026-06-05T14:00:00Z", v8);
        due(v8, "escalated", "2026-06-11T14:00:00Z"); // V8
        let v5 = ask("2026-06-05T15:00:00Z", "critical");
        desk.reply("ada@acme.test", v5, "Try this.");
        write("2026-06-05T17:00:00Z", v5);
        due(v5, "next", "2026-06-08T17:00:00Z"); // V5
        due(ask("2026-06-06T10:00:00Z", "critical"), "first", "2026-06-08T11:00:00Z"); // V2
    });
}

/// SLA-01, SLA-11
#[test]
fn a_reply_at_the_deadline_is_in_time_and_one_second_later_is_not() {
    on_each_engine(MONDAY, |desk| {
        let (met, missed) = (
            desk.ask("kim@customer.test", "critical", ""),
            desk.ask("lee@customer.test", "critical", ""),
        );

        desk.set_clock("2026-06-08T16:59:59Z");
        assert!(desk.sent(met, "warning").is_empty());
        desk.set_clock("2026-06-08T20:00:00Z");
        assert_eq!(desk.sent(met, "warning").len(), 2, "three hours and one hour before");
        assert!(desk.sent(met, "breach").is_empty(), "strictly after its deadline");
        desk.reply("ada@acme.test", met, "Here you are.");
        desk.advance("1s");
        let breaches = desk.sent(missed, "breach");
        assert_eq!(breaches.len(), 1);
        assert_eq!(breaches[0]["channel"], "slack");
        assert_eq!(breaches[0]["to"], json!(["#team-support"]));
        assert_eq!(desk.last_clock(missed).1, "missed");
        desk.reply("ada@acme.test", missed, "Sorry, here you are.");
        desk.advance("20d");

        assert_eq!(desk.last_clock(met).1, "met");
        assert_eq!(desk.clocks(met)[0]["stopped_at"], "2026-06-08T20:00:00Z");
        assert_eq!(desk.last_clock(missed).1, "missed");
        assert!(desk.sent(met, "breach").is_empty());
        assert_eq!(desk.sent(missed, "breach").len(), 1, "told once");
        assert_eq!(desk.sent(missed, "warning").len(), 2);
    });
}

/// SLA-04, SLA-11
#[test]
fn nothing_counts_on_a_weekend_but_a_reply_on_it_does() {
    on_each_engine("2026-06-05T21:00:00Z", |desk| {
        let id = desk.ask("kim@customer.test", "critical", "");
        let other = desk.ask("lee@customer.test", "critical", "");
        assert_eq!(
            desk.last_clock(id).2,
            "2026-06-08T09:00:00Z",
            "two hours on Friday, ten on Monday"
        );

        desk.set_clock("2026-06-06T12:00:00Z");
        desk.reply("ada@acme.test", id, "I happened to be here.");
        desk.set_clock("2026-06-07T22:59:59Z");

        assert_eq!(desk.last_clock(id).1, "met");
        assert_eq!(desk.last_clock(other).1, "running");
        assert!(desk.sent(other, "warning").is_empty() && desk.sent(other, "breach").is_empty());
        desk.set_clock("2026-06-08T09:00:01Z");
        assert_eq!(desk.last_clock(other).1, "missed");
    });
}

/// SLA-04, D-02
#[test]
fn the_weekend_is_that_of_the_team() {
    on_each_engine("2026-06-06T03:00:00Z", |desk| {
        let new_york = desk.ask("kim@customer.test", "critical", "feature_flags");
        let london = desk.ask("kim@customer.test", "critical", "session_replay");

        assert_eq!(
            desk.last_clock(new_york).2,
            "2026-06-08T15:00:00Z",
            "it is still Friday, 23:00"
        );
        assert_eq!(desk.last_clock(london).2, "2026-06-08T11:00:00Z", "it is Saturday");
    });
}

/// PR-06: a customer whose zone is known is told in it.
#[test]
fn a_promise_is_written_in_the_zone_of_who_reads_it() {
    on_each_engine(MONDAY, |desk| {
        let user =
            json!({ "name": "Kim", "email": "kim@customer.test", "time_zone": "America/New_York" });
        desk.as_admin().post("users.json", &json!({ "user": user })).expect(201);

        let id = desk.ask("kim@customer.test", "critical", "");

        let text = desk.sent(id, "acknowledgement")[0]["text"].as_str().unwrap().to_owned();
        assert!(text.contains("16:00") && text.contains("EDT"), "{text}");
    });
}

/// PR-09
#[test]
fn an_unknown_organization_is_flagged_to_triage() {
    on_each_engine(MONDAY, |desk| {
        let id = desk.ask("kim@freemail.test", "high", "");

        assert_eq!(
            desk.ticket(id)["priority"],
            "normal",
            "the level comes from the severity alone"
        );
        let flagged = desk.sent(id, "notification");
        assert_eq!(flagged.len(), 1);
        assert_eq!(flagged[0]["to"], json!(["#team-support"]));
    });
}

/// PR-10
#[test]
fn of_several_organizations_the_one_that_raises_most_decides() {
    on_each_engine(MONDAY, |desk| {
        let poor = desk.organization("poor.test", &json!({ "plan": "startups" }));
        let rich = desk.organization("rich.test", &json!({ "mrr": 9000 }));
        let user = json!({ "name": "Kim", "email": "kim@poor.test" });
        let user = desk.as_admin().post("users.json", &json!({ "user": user })).expect(201);
        let membership = json!({ "user_id": user.number("/user/id"), "organization_id": rich });
        let membership = json!({ "organization_membership": membership });
        desk.as_admin().post("organization_memberships.json", &membership).expect(201);

        let id = desk.ask("kim@poor.test", "", "");

        let ticket = desk.ticket(id);
        assert_eq!(ticket["priority"], "high");
        assert_eq!(ticket["organization_id"], rich);
        let named = json!({ "requester_id": user.number("/user/id"), "organization_id": poor,
            "subject": "From the app", "comment": { "body": "Hello" } });
        let named = desk.as_admin().post("tickets.json", &json!({ "ticket": named })).expect(201);
        assert_eq!(named.at("/ticket/priority"), "normal", "the one that is named decides");
    });
}

/// PR-07
#[test]
fn a_better_plan_brings_the_deadline_forward_and_a_worse_one_takes_nothing_back() {
    on_each_engine(MONDAY, |desk| {
        let organization = desk.organization("customer.test", &json!({}));
        let facts = |facts: Value| {
            let change = json!({ "organization": { "organization_fields": facts } });
            desk.as_admin().put(&format!("organizations/{organization}.json"), &change).expect(200);
        };
        let low = desk.ask("kim@customer.test", "", "");
        let normal = desk.ask("kim@customer.test", "high", "");
        assert!(desk.clocks(low).is_empty());

        desk.set_clock("2026-06-08T10:00:00Z");
        facts(json!({ "mrr": 5000 }));

        assert_eq!(desk.ticket(low)["priority"], "high");
        assert_eq!(desk.last_clock(low).2, "2026-06-08T22:00:00Z", "twelve hours from the change");
        assert_eq!(desk.last_clock(normal).2, "2026-06-08T22:00:00Z", "earlier than before");
        desk.set_clock("2026-06-08T11:00:00Z");
        facts(json!({ "mrr": 0 }));
        assert_eq!(desk.last_clock(normal).1, "running");
        assert_eq!(
            desk.last_clock(normal).2,
            "2026-06-08T22:00:00Z",
            "a promise is not withdrawn by a rule"
        );
        assert_eq!(desk.last_clock(low).2, "2026-06-08T22:00:00Z");
    });
}

/// PR-06, PR-07
#[test]
fn a_better_promise_is_told_and_a_worse_one_is_not() {
    on_each_engine(MONDAY, |desk| {
        let organization = desk.organization("customer.test", &json!({ "plan": "yc" }));
        let id = desk.ask("kim@customer.test", "", "");
        let mails = || {
            let outbox = desk.outbox();
            let mails =
                outbox.iter().filter(|one| one["channel"] == "email" && one["ticket_id"] == id);
            mails.map(|mail| mail["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(mails().len(), 1);
        let facts = |facts: Value| {
            let change = json!({ "organization": { "organization_fields": facts } });
            desk.as_admin().put(&format!("organizations/{organization}.json"), &change).expect(200);
        };

        facts(json!({ "trial": true }));
        assert_eq!(mails().len(), 2);
        assert!(mails()[1].contains("21:00"), "{:?}", mails());
        facts(json!({ "trial": false, "plan": "free" }));
        assert_eq!(mails().len(), 2);
    });
}

/// PR-11
#[test]
fn a_level_set_by_hand_stays() {
    on_each_engine(MONDAY, |desk| {
        let id = desk.ask("kim@customer.test", "", "");

        desk.update("ada@acme.test", id, &json!({ "priority": "urgent" })).expect(200);

        assert_eq!(desk.ticket(id)["priority"], "urgent");
        assert_eq!(
            desk.last_clock(id).2,
            "2026-06-08T20:00:00Z",
            "the first level's target, from now"
        );
        let because = desk.explanation(id)["priority"]["because"].to_string();
        assert!(because.contains("set through the API"), "{because}");
        let mail = Mail::from("kim@customer.test").to(&desk.reply_address(id));
        assert_eq!(desk.receive(&mail).0, "continued");
        assert_eq!(desk.ticket(id)["priority"], "urgent", "no rule undoes it");
    });
}

/// SLA-05, SLA-12: an agent who asks makes an internal ticket.
#[test]
fn one_of_us_is_promised_nothing() {
    on_each_engine(MONDAY, |desk| {
        let ticket = json!({ "subject": "Broken build", "comment": { "body": "Look." },
            "custom_fields": [{ "id": testkit::SEVERITY, "value": "critical" }] });
        let made = desk
            .as_user("bo@acme.test")
            .post("tickets.json", &json!({ "ticket": ticket }))
            .expect(201);
        let id = made.number("/ticket/id");

        assert!(desk.clocks(id).is_empty());
        assert!(desk.sent(id, "acknowledgement").is_empty());
    });
}

/// SLA-06: the doubled target follows the handbook and is not written twice.
#[test]
fn another_handbook_gives_other_targets() {
    let mut start = Start::at(MONDAY);
    start.handbook = start
        .handbook
        .replace("\"12h\"", "\"8h\"")
        .replace("days = [", "holidays = [\"2026-06-09\"]\ndays = [");
    testkit::on_each_engine_with(BINARY, &start, |desk| {
        let id = desk.ask("kim@customer.test", "critical", "");
        assert_eq!(desk.last_clock(id).2, "2026-06-08T16:00:00Z");
        desk.reply("ada@acme.test", id, "Try this.");
        desk.set_clock("2026-06-08T16:00:00Z");
        desk.receive(&Mail::from("kim@customer.test").to(&desk.reply_address(id)));

        // Seven hours on Monday, nothing on the holiday, nine on Wednesday.
        assert_eq!(
            desk.last_clock(id),
            ("next".to_owned(), "running".to_owned(), "2026-06-10T08:00:00Z".to_owned())
        );
    });
}

/// SLA-01, SLA-04, SLA-06, ESC-06: programs read what is promised and the hours it is measured in, and change neither.
#[test]
fn targets_and_hours_can_be_read_and_are_changed_in_the_handbook_alone() {
    let handbook = testkit::HANDBOOK.replace(
        "slug = \"replay\"\n",
        "slug = \"replay\"\ntimezone = \"America/New_York\"\nhours = { days = [\"sun\", \"mon\"], ranges = [\"09:00-12:30\", \"13:30-24:00\"] }\nholidays = [\"2026-12-25\"]\n",
    );
    testkit::on_each_engine_with(BINARY, &Start { handbook, ..Start::at(MONDAY) }, |desk| {
        let read = desk.as_user("ada@acme.test").get("slas/policies.json").expect(200);
        assert_eq!(read.number("/count"), 2);
        assert_eq!(read.at("/next_page"), Value::Null);
        let of = |policy: usize, metric: &str, priority: &str| -> Vec<Value> {
            let metrics = read.at(&format!("/sla_policies/{policy}/policy_metrics"));
            let mut metrics = metrics.as_array().cloned().unwrap_or_default();
            metrics.retain(|one| one["metric"] == metric && one["priority"] == priority);
            metrics.iter().map(|one| one["target"].clone()).collect()
        };
        assert_eq!(of(0, "next_reply_time", "high"), [2 * 24 * 60]);
        assert_eq!(of(1, "first_reply_time", "high"), [12 * 60]);
        assert_eq!(of(1, "next_reply_time", "normal"), [48 * 60]);
        assert!(of(1, "first_reply_time", "low").is_empty(), "nothing is promised there");

        let read = desk.as_admin().get("business_hours/schedules.json").expect(200);
        let all = read.at("/schedules");
        let named =
            |name: &str| all.as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
        let company = named("Acme").expect("the company has hours");
        assert_eq!(company["time_zone"], "Europe/London");
        assert_eq!(company["intervals"][0], json!({ "start_time": 1440, "end_time": 2880 }));
        let team = named("Session replay").expect("the team has hours");
        assert_eq!(team["time_zone"], "America/New_York");
        let intervals = [(540, 750), (810, 1440), (1980, 2190), (2250, 2880)];
        let intervals = intervals.map(|(from, to)| json!({ "start_time": from, "end_time": to }));
        assert_eq!(team["intervals"], json!(intervals));
        let path = format!("business_hours/schedules/{}/holidays", team["id"]);
        let days = desk.as_admin().get(&format!("{path}.json")).expect(200);
        assert_eq!(days.at("/holidays/0/start_date"), "2026-12-25");
        desk.as_admin().get(&format!("{path}/{}.json", days.number("/holidays/0/id"))).expect(200);
        let later = desk.as_admin().get(&format!("{path}.json?start_date=2026-12-26")).expect(200);
        assert_eq!(later.number("/count"), 0);
        desk.as_admin().get(&format!("{path}.json?start_date=soon")).expect(422);

        let refused =
            desk.as_admin().put("slas/policies/1.json", &json!({ "sla_policy": {} })).expect(403);
        assert_eq!(refused.at("/error/title"), "Forbidden");
        desk.as_admin().post("business_hours/schedules.json", &json!({})).expect(403);
        desk.as_admin().get("slas/policies/3.json").expect(404);
    });
}
