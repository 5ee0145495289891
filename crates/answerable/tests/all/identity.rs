//! Customers whom an app signs for, and those for whom it does not: the ticket is made all the same. (CH-01)

use std::thread;

use serde_json::{Value, json};
use testkit::{Caller, DEMO_KEY, Program, signed, unsigned};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 20:00 in London, a Friday.
const FRIDAY: &str = "2026-06-05T19:00:00Z";

fn dana() -> Value {
    json!({
        "sub": "user-7",
        "email": "dana@fernlight.test",
        "name": "Dana Reyes",
        "zone": "Europe/London",
        "admin": true,
        "organization": {
            "id": "org-3", "name": "Fernlight", "plan": "scale", "mrr": 2400, "addons": ["teams"], "trial": false,
        },
    })
}

fn asking(words: &str) -> Value {
    json!({ "request": { "subject": "Flags are off", "comment": { "body": words } } })
}

#[track_caller]
fn ask(caller: &Caller) -> Value {
    caller.post("requests.json", &asking("Since the update.")).expect(201).at("/request")
}

fn bearer(desk: &Program, token: &str) -> Caller {
    desk.as_anybody().with("Authorization", &format!("Bearer {token}"))
}

/// CH-01, PR-06, PR-10
#[test]
fn a_signed_user_is_known_with_organization_and_promise_in_the_same_answer() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let app = desk.as_app_user(&dana());

        let request = ask(&app);

        assert_eq!(
            request["identity"],
            json!({ "verified": true, "reason": null, "description": null })
        );
        let promise = request["promise"].as_str().unwrap();
        assert!(promise.contains("Mon 8 Jun, 08:00 your time (BST)"), "{promise}");
        let id = request["id"].as_i64().unwrap();
        let sent = desk.sent(id, "acknowledgement");
        assert_eq!(sent.len(), 1);
        assert!(sent[0]["text"].as_str().unwrap().contains(promise));
        let facts = &desk.explanation(id)["priority"]["facts"];
        assert_eq!(facts["identity_verified"], true);
        assert_eq!(facts["source"], "signed by the app");
        assert_eq!(facts["as_of"], FRIDAY);
        let organization =
            &desk.as_admin().get("organizations.json").expect(200).at("/organizations/0");
        assert_eq!(organization["external_id"], "org-3");
        assert_eq!(
            organization["organization_fields"],
            json!({ "plan": "scale", "mrr": 2400, "addons": ["teams"], "trial": false })
        );
        let person =
            desk.as_admin().get("users/search.json?external_id=user-7").expect(200).at("/users/0");
        assert_eq!(
            (&person["email"], &person["verified"]),
            (&json!("dana@fernlight.test"), &json!(true))
        );
        assert_eq!(person["organization_id"], organization["id"]);
    });
}

/// CH-01, PR-07
#[test]
fn what_is_signed_later_brings_the_organization_up_to_date() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let mut claims = dana();
        claims["organization"] = json!({ "id": "org-3", "name": "Fernlight", "plan": "free" });
        let first = ask(&desk.as_app_user(&claims));
        assert!(desk.clocks(first["id"].as_i64().unwrap()).is_empty());
        claims["organization"] =
            json!({ "id": "org-3", "name": "Fernlight GmbH", "plan": "free", "trial": true });
        claims["email"] = json!("dana@fernlight.example");

        ask(&desk.as_app_user(&claims));

        assert_eq!(desk.last_clock(first["id"].as_i64().unwrap()).1, "running");
        let people =
            desk.as_admin().get("users/search.json?external_id=user-7").expect(200).at("/users");
        assert_eq!(people.as_array().unwrap().len(), 1);
        assert_eq!(people[0]["email"], "dana@fernlight.example");
        let known = desk.as_admin().get("organizations.json").expect(200).at("/organizations");
        assert_eq!(
            (known.as_array().unwrap().len(), &known[0]["name"]),
            (1, &json!("Fernlight GmbH"))
        );
    });
}

/// CH-01: every reason is tried on the use case itself; here is what the doors make of them.
#[test]
fn a_token_that_is_not_believed_makes_a_ticket_all_the_same_and_opens_nothing() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let (kid, secret) = DEMO_KEY;
        let head = json!({ "alg": "HS256", "kid": kid });
        let mut over = dana();
        over["exp"] = (desk.seconds() - 61).into();
        let none = json!({ "alg": "none", "kid": kid });
        for (reason, token) in [
            ("malformed", "a.b.c".to_owned()),
            ("expired", signed(&head, &over, secret.as_bytes())),
            ("signature_wrong", signed(&head, &over, b"another secret")),
            ("algorithm_refused", format!("{}.", unsigned(&none, &over))),
        ] {
            let caller = bearer(desk, &token);
            let mut body = asking("It is bad.");
            body["request"]["requester"] = json!({ "email": "dana@fernlight.test" });

            let request = caller.post("requests.json", &body).expect(201).at("/request");
            let denied = caller.get("requests.json").expect(401);

            assert_eq!(request["identity"]["verified"], false, "{reason}");
            assert_eq!(request["identity"]["reason"], reason, "{token}");
            assert!(request["identity"]["description"].is_string());
            assert_eq!(request["organization_id"], Value::Null);
            let id = request["id"].as_i64().unwrap();
            assert_eq!(desk.explanation(id)["priority"]["facts"]["identity_verified"], false);
            assert_eq!(denied.at("/identity/reason"), reason);
            assert_eq!(denied.at("/error"), "Couldn't authenticate you");
        }
        let known = desk.as_admin().get("organizations.json").expect(200).at("/organizations");
        assert_eq!(known, json!([]));
    });
}

#[test]
fn clocks_may_be_a_minute_apart() {
    testkit::on_sqlite(BINARY, FRIDAY, |desk| {
        let now = desk.seconds();
        for (exp, iat) in [(now - 59, now - 300), (now + 300, now + 59), (now + 3600, now)] {
            let mut claims = dana();
            claims["exp"] = exp.into();
            claims["iat"] = iat.into();
            assert_eq!(ask(&desk.as_app_user(&claims))["identity"]["verified"], true, "{exp}");
        }
    });
}

/// CH-01: a promise is cheap, a missed one is not.
#[test]
fn the_claimed_organization_decides_the_priority_and_nothing_else() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let mut body = asking("It is bad.");
        body["identity"] = json!({
            "email": "eve@free.test",
            "organization": { "id": "org-9", "name": "Big", "mrr": 9000, "plan": "scale" },
        });

        let request = desk.as_anybody().post("requests.json", &body).expect(201).at("/request");

        assert_eq!(request["identity"]["reason"], "unsigned");
        assert!(request["promise"].as_str().unwrap().contains("8 Jun"), "{request}");
        let id = request["id"].as_i64().unwrap();
        let said = desk.explanation(id)["priority"].clone();
        assert_eq!(said["value"], "high");
        assert_eq!(said["facts"]["because"], "claimed, not verified");
        assert_eq!(
            desk.as_admin().get("organizations.json").expect(200).at("/organizations"),
            json!([])
        );

        // It stays so when the customer writes again.
        desk.reply("ada@acme.test", id, "We look at it.");
        let to = desk.reply_address(id);
        desk.receive(&testkit::Mail::from("eve@free.test").to(&to));
        let (kind, state, due) = desk.last_clock(id);
        assert_eq!((kind.as_str(), state.as_str()), ("next", "running"), "{due}");
        assert_eq!(desk.ticket(id)["priority"], "high");
    });
}

/// CH-01, PR-09
#[test]
fn a_claimed_organization_that_is_ours_counts_with_what_we_know_of_it() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        ask(&desk.as_app_user(&dana()));
        let mut body = asking("It is bad.");
        body["identity"] =
            json!({ "email": "eve@free.test", "organization": { "id": "org-3", "mrr": 0 } });

        let request = desk.as_anybody().post("requests.json", &body).expect(201).at("/request");

        let id = request["id"].as_i64().unwrap();
        assert_eq!(desk.ticket(id)["priority"], "high");
        assert!(desk.ticket(id)["organization_id"].is_number());
        assert_eq!(request["organization_id"], Value::Null);
        let belongs = desk
            .as_admin()
            .get("users/search.json?query=eve")
            .expect(200)
            .at("/users/0/organization_id");
        assert_eq!(belongs, Value::Null, "the claim makes nobody a member");
    });
}

#[test]
fn one_address_with_two_accounts_is_two_people() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        ask(&desk.as_app_user(&dana()));
        let mut other = dana();
        other["sub"] = json!("user-8");

        let request = ask(&desk.as_app_user(&other));

        let own = desk.as_app_user(&other).get("requests.json").expect(200);
        assert_eq!(own.at("/count"), 1);
        assert_eq!(own.at("/requests/0/id"), request["id"]);
        assert_eq!(desk.as_app_user(&dana()).get("requests.json").expect(200).at("/count"), 1);
    });
}

#[test]
fn an_address_that_the_app_has_not_proved_gives_nothing_of_its_owner() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        desk.ask("kim@customer.test", "", "");
        let claims = json!({ "sub": "eve", "email": "kim@customer.test", "email_verified": false });

        let own = desk.as_app_user(&claims).get("requests.json").expect(200);

        assert_eq!(own.at("/count"), 0);
        let proved = json!({ "sub": "kim", "email": "kim@customer.test" });
        assert_eq!(desk.as_app_user(&proved).get("requests.json").expect(200).at("/count"), 1);
    });
}

#[test]
fn an_app_cannot_make_one_of_us() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let mine = desk.ask("kim@customer.test", "", "");
        let ada = desk.as_app_user(
            &json!({ "sub": "a", "email": "ada@acme.test", "name": "Not Ada", "admin": true }),
        );

        ada.get("tickets.json").expect(403);
        ada.get(&format!("requests/{mine}.json")).expect(404);
        ada.put(&format!("requests/{mine}.json"), &json!({ "request": { "solved": true } }))
            .expect(404);
        ada.post(&format!("tickets/{mine}/claim.json"), &json!({})).expect(403);
        assert_eq!(ada.get("requests.json").expect(200).at("/count"), 0);

        let known =
            desk.as_admin().get("users/search.json?query=ada@acme.test").expect(200).at("/users/0");
        assert_eq!((&known["name"], &known["role"]), (&json!("Ada"), &json!("agent")));
    });
}

/// CH-01: double submit, and a retry after the first token has run out.
#[test]
fn one_click_is_one_ticket() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let body = asking("Twice.").to_string();
        let send = |token: &str| {
            bearer(desk, token).with("Idempotency-Key", "click-1").send(
                "POST",
                "requests.json",
                Some("application/json"),
                body.as_bytes(),
            )
        };
        let first = desk.identity(&dana());
        let numbers: Vec<i64> = thread::scope(|scope| {
            let both = [scope.spawn(|| send(&first)), scope.spawn(|| send(&first))];
            both.map(|one| one.join().unwrap().expect(201).number("/request/id")).to_vec()
        });
        desk.advance("90s");
        let later = send(&desk.identity(&dana())).expect(201);

        assert_eq!(numbers[0], numbers[1]);
        assert_eq!(later.number("/request/id"), numbers[0]);
        assert_eq!(later.header("x-idempotency-lookup"), Some("hit"));
        assert_eq!(desk.ticket_count(), 1);
    });
}

#[test]
fn an_answer_sent_twice_is_one_comment() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let app = desk.as_app_user(&dana());
        let id = ask(&app)["id"].as_i64().unwrap();
        let keyed = app.clone().with("Idempotency-Key", "answer-1");
        let answer = json!({ "request": { "comment": { "body": "Any news?" } } });

        keyed.put(&format!("requests/{id}.json"), &answer).expect(200);
        keyed.put(&format!("requests/{id}.json"), &answer).expect(200);

        let comments = app.get(&format!("requests/{id}/comments.json")).expect(200);
        assert_eq!(comments.at("/count"), 2);
        let last = comments.number("/comments/1/id");
        app.get(&format!("requests/{id}/comments/{last}.json")).expect(200);
        app.get(&format!("requests/{id}/comments/{}.json", last + 1000)).expect(404);
    });
}

/// zendesk-api 18: what a beacon sends, which has neither a head nor the right label.
#[test]
fn a_beacon_carries_its_identity_in_the_body() {
    testkit::on_sqlite(BINARY, FRIDAY, |desk| {
        let mut body = asking("line one\nline two");
        body["identity"] = desk.identity(&dana()).into();
        body["request"]["tags"] = json!(["from_app"]);
        body["request"]["custom_fields"] =
            json!([{ "id": 99, "value": null }, { "id": testkit::SEVERITY, "value": "critical" }]);

        let answer = desk
            .as_anybody()
            .with("Origin", "https://app.example.test")
            .send(
                "POST",
                "requests",
                Some("text/plain;charset=UTF-8"),
                serde_json::to_string_pretty(&body).unwrap().as_bytes(),
            )
            .expect(201);

        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.at("/request/identity/verified"), true);
        let id = answer.number("/request/id");
        assert_eq!(desk.ticket(id)["tags"], json!(["from_app"]));
        assert_eq!(desk.comments(id)[0]["body"], "line one\nline two");
    });
}

/// CH-01: what the app sends along is data, and cut instead of refused.
#[test]
fn a_context_of_any_size_is_taken() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let mut body = asking("It is bad.");
        body["request"]["context"] = json!({
            "page": "https://app.test/flags", "nothing": "\u{0}", "html": "<img src=x onerror=alert(1)>",
            "log": vec!["x".repeat(5000); 200],
        });

        let request =
            desk.as_app_user(&dana()).post("requests.json", &body).expect(201).at("/request");

        assert_eq!(desk.ticket(request["id"].as_i64().unwrap())["via"]["channel"], "web");
    });
}

/// Another customer's ticket is not there, whatever one tries.
#[test]
fn one_users_token_opens_nothing_of_another() {
    testkit::on_each_engine(BINARY, FRIDAY, |desk| {
        let id = ask(&desk.as_app_user(&dana()))["id"].as_i64().unwrap();
        let eve = desk.as_app_user(&json!({ "sub": "eve", "email": "eve@free.test" }));
        let comment = desk.comments(id)[0]["id"].as_i64().unwrap();
        let change = json!({ "request": { "comment": { "body": "Mine now." } } });

        for path in [
            format!("requests/{id}.json"),
            format!("requests/{id}/comments.json"),
            format!("requests/{id}/comments/{comment}.json"),
            "requests/999999.json".to_owned(),
        ] {
            eve.get(&path).expect(404);
        }
        eve.put(&format!("requests/{id}.json"), &change).expect(404);
        eve.get(&format!("tickets/{id}.json")).expect(403);
        assert_eq!(desk.comments(id).len(), 1);
    });
}

/// What is too large is refused so that a page of another origin can read why.
#[test]
fn twenty_megabytes_are_refused_clearly() {
    testkit::on_sqlite(BINARY, FRIDAY, |desk| {
        let body = asking(&"x".repeat(20 * 1024 * 1024)).to_string();

        let answer = desk
            .as_app_user(&dana())
            .send("POST", "requests.json", Some("application/json"), body.as_bytes())
            .expect(413);

        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.at("/error"), "PayloadTooLarge");
        assert_eq!(desk.ticket_count(), 0);
    });
}
