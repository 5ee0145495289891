//! Who is hero when, through the API, on both engines. (ROT-04, ROT-05, D-27, D-28)

use serde_json::{Value, json};
use testkit::{HANDBOOK, Program, Start};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const BO: &str = "bo@acme.test";
const CY: &str = "cy@acme.test";

/// The tests' handbook with a rota for a team in London and one in New York.
fn handbook(order: &str) -> String {
    let hero = format!(
        "slack = \"#support-replay\"\nlead = \"cy@acme.test\"\nhero = {{ order = [{order}], from = \"2026-01-05\" }}"
    );
    HANDBOOK.replace("slack = \"#support-replay\"", &hero).replace(
        "slack = \"#support-flags\"",
        "slack = \"#support-flags\"\nhero = { order = [\"flo@acme.test\"], from = \"2026-01-05\", handover = \"mon 09:00\" }",
    )
}

fn on_each_engine(story: impl Fn(&Program)) {
    let start =
        Start { handbook: handbook("\"bo@acme.test\", \"cy@acme.test\""), ..Start::at(MONDAY) };
    testkit::on_each_engine_with(BINARY, &start, story);
}

/// `from holder` of each shift of Session replay.
#[track_caller]
fn shifts(desk: &Program, from: &str, to: &str) -> Vec<String> {
    let path = format!("rotas/replay.json?from={from}&to={to}");
    let answer = desk.as_admin().get(&path).expect(200);
    let all = answer.at("/rota/shifts");
    let all = all.as_array().cloned().unwrap_or_default();
    for pair in all.windows(2) {
        assert_eq!(pair[0]["to"], pair[1]["from"], "a gap or an overlap");
    }
    let word = |value: &Value| value.as_str().unwrap_or("nobody").to_owned();
    let line = |one: &Value| {
        let holder = word(&one["holder"]);
        format!("{} {}", &word(&one["from"])[5..16], holder.split('@').next().unwrap_or_default())
    };
    all.iter().map(line).collect()
}

fn reasons(desk: &Program, from: &str, to: &str) -> Vec<String> {
    let path = format!("rotas/replay.json?from={from}&to={to}");
    let shifts = desk.as_admin().get(&path).expect(200).at("/rota/shifts");
    let all = shifts.as_array().cloned().unwrap_or_default();
    all.iter().map(|one| one["reason"].as_str().unwrap_or_default().to_owned()).collect()
}

/// What an answer complains about a field.
#[track_caller]
fn complaint(answer: testkit::Answer, field: &str) -> String {
    let answer = answer.expect(422);
    let told = answer.at(&format!("/details/{field}/0/description"));
    told.as_str().unwrap_or_else(|| panic!("nothing about {field}: {answer:?}")).to_owned()
}

fn override_(holder: &str, from: &str, to: &str, reason: &str) -> Value {
    json!({ "override": { "holder": holder, "from": from, "to": to, "reason": reason } })
}

fn swap(week: &str, with: &str, in_return: Option<&str>) -> Value {
    json!({ "swap": { "week": week, "with": with, "in_return": in_return } })
}

/// ROT-04
#[test]
fn a_rota_has_an_entry_a_week_at_the_local_boundary() {
    on_each_engine(|desk| {
        assert_eq!(
            shifts(desk, "2026-03-23", "2026-04-13"),
            ["03-23T00:00 cy", "03-29T23:00 bo", "04-05T23:00 cy"]
        );
        let path = "rotas/flags.json?from=2026-06-08&to=2026-06-16";
        let rota = desk.as_admin().get(path).expect(200).at("/rota");
        assert_eq!(rota["team"], "flags");
        // One person has every week, and no two weeks are merged. The span begins before Monday's handover.
        let from: Vec<_> =
            rota["shifts"].as_array().into_iter().flatten().map(|one| &one["from"]).collect();
        assert_eq!(from, ["2026-06-08T04:00:00Z", "2026-06-08T13:00:00Z", "2026-06-15T13:00:00Z"]);
        assert_eq!(rota["shifts"][1]["holder"], "flo@acme.test");
        assert_eq!(rota["shifts"][1]["reason"], "turn in the handbook's order");
        // Support is no rota of heroes.
        let none = desk.as_admin().get("rotas/support.json?from=2026-06-08&to=2026-06-15");
        let none = none.expect(200).at("/rota/shifts/0");
        assert_eq!(none["holder"], Value::Null);
        let why = "nobody: the handbook names no hero; falls back on the whole team";
        assert_eq!(none["reason"], why);
        desk.as_admin().get("rotas/nothing.json").expect(404);
        for (query, field) in [
            ("from=2026-06-08&to=2026-06-08", "to"),
            ("from=8.6.2026", "from"),
            ("from=2026-06-08&to=2126-06-08", "to"),
            ("from=9999-12-31", "from"),
        ] {
            complaint(desk.as_admin().get(&format!("rotas/replay.json?{query}")), field);
        }
    });
}

/// ROT-05
#[test]
fn an_override_splits_the_week_and_the_order_stays() {
    on_each_engine(|desk| {
        let made = desk.as_user(BO).post(
            "rotas/replay/overrides.json",
            &override_(CY, "2026-06-11T12:00:00Z", "2026-06-11T17:00:00Z", "dentist"),
        );
        assert_eq!(made.expect(201).at("/override/holder"), CY);

        assert_eq!(
            shifts(desk, "2026-06-08", "2026-06-29"),
            [
                "06-07T23:00 bo",
                "06-11T12:00 cy",
                "06-11T17:00 bo",
                "06-14T23:00 cy",
                "06-21T23:00 bo"
            ]
        );
        assert_eq!(reasons(desk, "2026-06-11", "2026-06-12")[1], "override: dentist");
        // A later one wins where they overlap, and says that there was an earlier one.
        let later = override_(BO, "2026-06-11T14:00", "2026-06-11T15:00", "");
        desk.as_admin().post("rotas/replay/overrides.json", &later).expect(201);
        let told = reasons(desk, "2026-06-11", "2026-06-12");
        assert_eq!(told[2], "override (wins over an earlier override)");
        assert_eq!(shifts(desk, "2026-06-11", "2026-06-12")[2], "06-11T13:00 bo");
    });
}

/// ROT-05
#[test]
fn an_override_that_cannot_be_is_refused_in_one_sentence() {
    on_each_engine(|desk| {
        let give = |body: Value| desk.as_admin().post("rotas/replay/overrides.json", &body);
        let (from, to) = ("2026-06-11T12:00:00Z", "2026-06-11T17:00:00Z");
        let told = complaint(give(override_("who@acme.test", from, to, "")), "holder");
        assert_eq!(told, "Holder: nobody has the address who@acme.test");
        let told = complaint(give(override_("ray@acme.test", from, to, "")), "holder");
        assert_eq!(told, "Holder: ray@acme.test is not in the team Session replay");
        let told = complaint(give(override_(CY, to, from, "")), "to");
        assert_eq!(told, "To: is not after From");
        let past = override_(CY, "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", "");
        let told = complaint(give(past), "to");
        assert_eq!(told, "To: has passed; what was held cannot be changed any more");
        let told = complaint(give(override_(CY, "soon", to, "")), "from");
        assert!(told.starts_with("From: expected a date and time"), "{told}");
        complaint(give(json!({ "override": {} })), "holder");
        let body = override_(CY, from, to, "");
        desk.as_admin().post("rotas/nothing/overrides.json", &body).expect(404);
        assert_eq!(shifts(desk, "2026-06-08", "2026-06-15"), ["06-07T23:00 bo"]);
    });
}

/// ROT-05
#[test]
fn a_swap_counts_once_it_is_accepted() {
    on_each_engine(|desk| {
        let before = shifts(desk, "2026-06-08", "2026-07-13");
        let asked = desk.as_user(CY).post("rotas/replay/swaps.json", &swap("2026-06-15", BO, None));
        let asked = asked.expect(201).at("/swap");
        assert_eq!(
            (&asked["state"], &asked["in_return"]),
            (&json!("offered"), &json!("2026-06-22"))
        );
        assert_eq!(shifts(desk, "2026-06-08", "2026-07-13"), before);
        let path = format!("rotas/replay/swaps/{}.json", asked["id"]);
        let say = |state: &str| json!({ "swap": { "state": state } });
        desk.as_user("ray@acme.test").put(&path, &say("accepted")).expect(403);
        complaint(desk.as_user(BO).put(&path, &say("maybe")), "state");

        desk.as_user(BO).put(&path, &say("accepted")).expect(200);

        let after = [
            "06-07T23:00 bo",
            "06-14T23:00 bo",
            "06-21T23:00 cy",
            "06-28T23:00 cy",
            "07-05T23:00 bo",
        ];
        assert_eq!(shifts(desk, "2026-06-08", "2026-07-13"), after);
        assert_eq!(reasons(desk, "2026-06-15", "2026-06-22"), ["swap with cy@acme.test"]);
        desk.as_user(BO).put(&path, &say("refused")).expect(409);
        // The weeks begin as agreed, and turns continue as before.
        desk.set_clock("2026-07-01T00:00:00Z");
        assert_eq!(shifts(desk, "2026-06-08", "2026-07-13"), after);
    });
}

/// ROT-05
#[test]
fn a_swap_that_cannot_be_is_refused_in_one_sentence() {
    on_each_engine(|desk| {
        let ask = |body: Value| desk.as_admin().post("rotas/replay/swaps.json", &body);
        for (body, field, expected) in [
            (swap("2026-06-22", BO, None), "with", "With: nobody can swap with themselves"),
            (
                swap("2026-06-22", "who@acme.test", None),
                "with",
                "With: nobody has the address who@acme.test",
            ),
            (swap("2026-06-01", BO, None), "week", "Week: the week of 2026-06-01 has passed"),
            (
                swap("2026-06-10", CY, None),
                "week",
                "Week: the week of 2026-06-10 has begun; give days of it away by an override",
            ),
            (
                swap("2026-06-22", CY, Some("2026-07-06")),
                "in_return",
                "In return: the week of 2026-07-06 is not theirs",
            ),
            (swap("2028-06-22", CY, None), "week", "Week: 2028-06-22 is more than a year ahead"),
        ] {
            assert_eq!(complaint(ask(body), field), expected);
        }
        desk.as_user(BO).post("rotas/replay/swaps.json", &swap("2026-06-15", BO, None)).expect(403);
        let none = desk
            .as_admin()
            .post("rotas/flags/swaps.json", &swap("2026-06-15", "flo@acme.test", None));
        assert_eq!(complaint(none, "with"), "With: nobody can swap with themselves");
    });
}

/// ROT-04, ROT-05
#[test]
fn weeks_that_began_are_kept_when_time_passes() {
    on_each_engine(|desk| {
        let seen = shifts(desk, "2026-06-08", "2026-08-03");

        desk.set_clock("2026-07-29T12:00:00Z");

        assert_eq!(shifts(desk, "2026-06-08", "2026-08-03"), seen);
    });
}

/// ROT-04: the hero of the instant is told about an escalation, also during an override.
#[test]
fn whoever_holds_at_the_instant_is_told() {
    on_each_engine(|desk| {
        let group = |name: &str| {
            let groups = desk.as_admin().get("groups.json").expect(200).at("/groups");
            let found = groups.as_array().into_iter().flatten().find(|one| one["name"] == name);
            found.map(|one| one["id"].clone()).unwrap_or_default()
        };
        let told = |id: i64| {
            let sent = desk.sent(id, "notification");
            let mails = sent.iter().filter(|one| one["channel"] == "email");
            mails.map(|one| one["to"][0].clone()).collect::<Vec<_>>()
        };
        let escalate = |id: i64| {
            let body = json!({ "escalation": { "group_id": group("Session replay"), "note": "Please look." } });
            desk.as_admin().post(&format!("tickets/{id}/escalate.json"), &body).expect(200);
        };
        let first = desk.ask("kim@customer.test", "critical", "session_replay");
        escalate(first);
        assert_eq!(told(first), [BO]);

        let now = override_(CY, "2026-06-08T08:00:00Z", "2026-06-08T12:00:00Z", "");
        desk.as_admin().post("rotas/replay/overrides.json", &now).expect(201);
        let second = desk.ask("lea@customer.test", "critical", "session_replay");
        escalate(second);

        assert_eq!(told(second), [CY]);
    });
}

/// ROT-05: the walk of somebody who will be away, by forms alone.
#[test]
fn an_absence_is_covered_by_forms_without_script() {
    on_each_engine(|desk| {
        let (bo, cy) = (desk.visit_as(BO), desk.visit_as(CY));
        let page = bo.get("/rota").expect(200).text();
        assert!(page.contains("Session replay") && page.contains("Feature flags"), "{page}");
        assert!(!page.contains("Needs a word"), "{page}");

        bo.post("/rota/absences", &[("from", "2026-06-24"), ("to", "2026-06-26")]).expect(303);
        let page = bo.get("/rota").expect(200).text();
        assert!(page.contains("is away in the week of Mon 22 Jun"), "{page}");
        assert!(page.contains("Ask Cy") || page.contains("Ask cy"), "{page}");
        assert!(!cy.get("/rota").expect(200).text().contains("Ask cy"), "Cy cannot ask themselves");
        let asked = [("week", "2026-06-22 bo@acme.test"), ("in_return", "2026-06-29 cy@acme.test")];
        bo.post("/rota/replay/swaps", &asked).expect(303);
        let page = cy.get("/rota/replay").expect(200).text();
        let swap = page.split("/rota/replay/swaps/").nth(1).and_then(|rest| rest.split('"').next());
        let swap = swap.unwrap_or_else(|| panic!("no swap to answer: {page}")).to_owned();
        cy.post(&format!("/rota/replay/swaps/{swap}"), &[("state", "accepted")]).expect(303);

        assert!(!bo.get("/rota").expect(200).text().contains("Needs a word"));
        assert_eq!(
            shifts(desk, "2026-06-15", "2026-07-13"),
            ["06-14T23:00 cy", "06-21T23:00 cy", "06-28T23:00 bo", "07-05T23:00 bo"]
                .map(str::to_owned)
        );
    });
}

/// A form that is refused says why beside its field and keeps what was typed.
#[test]
fn a_refused_form_of_the_rota_keeps_what_was_typed() {
    on_each_engine(|desk| {
        let bo = desk.visit_as(BO);
        let typed = [
            ("holder", CY),
            ("from", "2026-06-11T13:00"),
            ("to", "2026-06-11T12:00"),
            ("reason", "dentist <b>"),
        ];
        let page = bo.post("/rota/replay/overrides", &typed).expect(422).text();
        assert!(page.contains("To: is not after From"), "{page}");
        assert!(page.contains("dentist &lt;b&gt;") && page.contains("2026-06-11T13:00"), "{page}");
        let page = bo.post("/rota/absences", &[("from", "soon"), ("to", "")]).expect(422).text();
        assert!(page.contains("First day: expected a date"), "{page}");
        bo.get("/rota/nothing").expect(404);
        let page = bo.get("/rota/replay?from=2026-03-23").expect(200).text();
        assert!(page.contains("Mon 30 Mar, 00:00"), "{page}");
    });
}
