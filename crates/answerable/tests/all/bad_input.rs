//! What is wrong is refused with a reason and changes nothing: bodies, handbooks, flags and a second process.

use std::process::{Command, Output};

use serde_json::{Map, Value, json};
use testkit::{Answer, Engine, HANDBOOK, Place, Program, Start, request};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// Where bodies go: the verb, the path, the key that wraps the fields.
type Door = (&'static str, String, &'static str);

/// The doors through which data comes in; the ones that change something have it before them.
fn doors(desk: &Program) -> Vec<Door> {
    let ticket = desk.ask("kim@customer.test", "critical", "billing");
    let organization = desk.organization("customer.test", &json!({}));
    let kim = desk.as_user("kim@customer.test").get("users/me.json").expect(200);
    let kim = kim.number("/user/id");
    vec![
        ("POST", "requests.json".to_owned(), "request"),
        ("POST", "tickets.json".to_owned(), "ticket"),
        ("PUT", format!("tickets/{ticket}.json"), "ticket"),
        ("POST", "users.json".to_owned(), "user"),
        ("PUT", format!("users/{kim}.json"), "user"),
        ("POST", "organizations.json".to_owned(), "organization"),
        ("PUT", format!("organizations/{organization}.json"), "organization"),
    ]
}

/// A body that would be taken.
fn right(door: &Door) -> Map<String, Value> {
    let body = match (door.0, door.2) {
        ("POST", "request") => return request("new@customer.test"),
        ("POST", "ticket") => json!({ "subject": "Empty", "comment": { "body": "Nothing." } }),
        ("POST", "user") => json!({ "name": "Lee", "email": "lee@customer.test" }),
        ("POST", _) => json!({ "name": "Another company" }),
        _ => json!({}),
    };
    body.as_object().cloned().unwrap_or_default()
}

/// How many tickets, users and organizations there are.
fn counts(desk: &Program) -> Vec<Value> {
    ["tickets", "users", "organizations"]
        .map(|things| {
            desk.as_admin().get(&format!("{things}/count.json")).expect(200).at("/count/value")
        })
        .to_vec()
}

fn send(desk: &Program, door: &Door, body: &[u8]) -> Answer {
    desk.as_admin().send(door.0, &format!("/api/v2/{}", door.1), Some("application/json"), body)
}

/// Refused, in the shape that clients know.
#[track_caller]
fn assert_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("application/json"), "{what}: {kind}");
    let error = &answer.json()["error"];
    let told = error.as_str().or_else(|| error["title"].as_str()).unwrap_or_default();
    assert!(!told.is_empty(), "{what}: {answer:?}");
}

/// A field error that names this field.
#[track_caller]
fn assert_names(answer: &Answer, field: &str, what: &str) {
    assert_refused(answer, what);
    assert_eq!(answer.status, 422, "{what}: {answer:?}");
    let json = answer.json();
    assert_eq!(json["error"], "RecordInvalid", "{what}: {json}");
    let errors = json["details"][field].as_array().cloned().unwrap_or_default();
    assert!(!errors.is_empty(), "{what} does not name {field}: {json}");
    for error in errors {
        assert!(error["error"].is_string() && error["description"].is_string(), "{what}: {error}");
    }
}

fn long(letters: usize) -> Value {
    "x".repeat(letters).into()
}

/// What is wrong with the fields of each thing: the field as it is sent, its value, the field that is named.
#[expect(clippy::too_many_lines, reason = "a table")]
fn wrong_fields(wrapper: &str, verb: &str) -> Vec<(&'static str, Value, &'static str)> {
    let mut all = match wrapper {
        "request" => vec![
            ("subject", json!({}), "subject"),
            ("subject", json!(["x"]), "subject"),
            ("subject", json!(true), "subject"),
            ("subject", long(1001), "subject"),
            ("comment", json!({ "body": {} }), "comment.body"),
            ("comment", json!({ "body": long(1_100_000) }), "comment.body"),
            ("comment", json!(7), "comment"),
            ("comment", Value::Null, "comment"),
            ("comment", json!({}), "comment"),
            ("requester", json!("kim@customer.test"), "requester"),
            ("requester", json!({ "email": "no address" }), "requester.email"),
            ("requester", json!({ "name": "Kim" }), "requester.email"),
            ("requester", json!({ "email": null }), "requester.email"),
            (
                "requester",
                json!({ "email": "k@customer.test", "name": long(256) }),
                "requester.name",
            ),
            ("tags", json!({ "a": 1 }), "tags"),
            ("tags", json!([{}]), "tags"),
            ("tags", json!([long(256)]), "tags"),
            ("collaborators", json!("kim"), "collaborators"),
            ("collaborators", json!([true]), "collaborators"),
        ],
        "ticket" => vec![
            ("subject", json!({}), "subject"),
            ("subject", json!([1]), "subject"),
            ("subject", long(1001), "subject"),
            ("comment", json!(7), "comment"),
            ("comment", json!({ "body": [] }), "comment.body"),
            ("comment", json!({ "body": "x", "public": "perhaps" }), "comment.public"),
            ("comment", json!({ "body": "x", "author_id": "me" }), "comment.author_id"),
            ("priority", json!("important"), "priority"),
            ("priority", json!([]), "priority"),
            ("status", json!("lost"), "status"),
            ("status", json!({}), "status"),
            ("type", json!("riddle"), "type"),
            ("assignee_id", json!("ada"), "assignee_id"),
            ("assignee_id", json!(-1), "assignee_id"),
            ("assignee_id", json!(1.5), "assignee_id"),
            ("assignee_email", json!("nobody@nowhere.test"), "assignee_email"),
            ("group_id", json!({}), "group_id"),
            ("group_id", json!(u64::MAX), "group_id"),
            ("organization_id", json!(true), "organization_id"),
            ("requester_id", json!("kim"), "requester_id"),
            ("hold_until", json!("tomorrow"), "hold_until"),
            ("hold_until", json!(7), "hold_until"),
            ("tags", json!({}), "tags"),
            ("tags", json!([long(256)]), "tags"),
            ("external_id", json!([]), "external_id"),
            ("external_id", long(256), "external_id"),
        ],
        "user" => vec![
            ("name", json!({}), "name"),
            ("name", json!(["x"]), "name"),
            ("name", long(256), "name"),
            ("email", json!({}), "email"),
            ("email", json!(true), "email"),
            ("email", long(256), "email"),
            ("email", json!("no address"), "email"),
            ("role", json!("king"), "role"),
            ("role", json!([]), "role"),
            ("external_id", json!({}), "external_id"),
            ("external_id", long(256), "external_id"),
            ("phone", json!([]), "phone"),
            ("alias", long(256), "alias"),
            ("details", json!({}), "details"),
            ("details", long(70_000), "details"),
            ("notes", json!([]), "notes"),
            ("notes", long(70_000), "notes"),
            ("tags", json!({}), "tags"),
            ("tags", json!([{}]), "tags"),
            ("suspended", json!("perhaps"), "suspended"),
            ("verified", json!(7), "verified"),
            ("organization_id", json!("acme"), "organization_id"),
            ("user_fields", json!([1]), "user_fields"),
        ],
        _ => vec![
            ("name", json!({}), "name"),
            ("name", json!(true), "name"),
            ("name", long(256), "name"),
            ("name", Value::Null, "name"),
            ("name", json!(""), "name"),
            ("external_id", json!([]), "external_id"),
            ("external_id", long(256), "external_id"),
            ("domain_names", json!({}), "domain_names"),
            ("domain_names", json!([{}]), "domain_names"),
            ("domain_names", json!([long(256)]), "domain_names"),
            ("details", json!({}), "details"),
            ("details", long(70_000), "details"),
            ("notes", long(70_000), "notes"),
            ("group_id", json!("support"), "group_id"),
            ("shared_tickets", json!("perhaps"), "shared_tickets"),
            ("shared_comments", json!(7), "shared_comments"),
            ("tags", json!({}), "tags"),
            ("tags", json!([long(256)]), "tags"),
            ("organization_fields", json!("mrr"), "organization_fields"),
        ],
    };
    if (wrapper, verb) == ("user", "POST") {
        all.push(("name", Value::Null, "name"));
        all.push(("name", json!("  "), "name"));
    }
    all
}

#[test]
fn a_wrong_field_is_named_and_nothing_is_kept() {
    on_each_engine(|desk| {
        let doors = doors(desk);
        let before = counts(desk);
        let mut wrong = Vec::new();
        for door in &doors {
            for (field, value, named) in wrong_fields(door.2, door.0) {
                let mut body = right(door);
                let shown: String = value.to_string().chars().take(40).collect();
                body.insert(field.to_owned(), value);
                let what = format!("{} {} with {field} = {shown}", door.0, door.1);

                let answer = send(desk, door, json!({ door.2: body }).to_string().as_bytes());

                let told = std::panic::catch_unwind(|| assert_names(&answer, named, &what)).is_ok();
                if !told || counts(desk) != before {
                    wrong.push(format!("{what}: {answer:?}, {:?}", counts(desk)));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(counts(desk), before);
    });
}

#[test]
fn several_wrong_fields_are_all_named_in_one_answer() {
    on_each_engine(|desk| {
        let body = json!({ "user": { "name": {}, "tags": 7, "suspended": "perhaps" } });

        let answer = desk.as_admin().post("users.json", &body);

        for field in ["name", "tags", "suspended"] {
            assert_names(&answer, field, "three wrong fields");
        }
    });
}

/// As deep as no reader should follow.
fn nested() -> Vec<u8> {
    format!("{}1{}", "{\"request\":".repeat(2000), "}".repeat(2000)).into_bytes()
}

#[test]
fn a_body_that_is_no_object_of_fields_is_refused_and_nothing_is_kept() {
    on_each_engine(|desk| {
        let doors = doors(desk);
        let before = counts(desk);
        for door in &doors {
            let key = door.2;
            let huge = json!({ key: { "name": long(10_000_000) } }).to_string().into_bytes();
            let arrays = format!("{{\"{key}\":{}{}}}", "[".repeat(2000), "]".repeat(2000));
            let mut not_text = format!("{{\"{key}\":{{\"name\":\"").into_bytes();
            not_text.extend_from_slice(b"\xff\xfe\"}}");
            let bodies: [(&str, Vec<u8>); 14] = [
                ("nothing", Vec::new()),
                ("an empty object", b"{}".to_vec()),
                ("another wrapper", b"{\"something\":{}}".to_vec()),
                ("null in the wrapper", json!({ key: null }).to_string().into_bytes()),
                ("a list in the wrapper", json!({ key: [1] }).to_string().into_bytes()),
                ("a text in the wrapper", json!({ key: "x" }).to_string().into_bytes()),
                ("half of an object", format!("{{\"{key}\":{{\"name\":").into_bytes()),
                ("no JSON", b"name=Lee&email=lee%40customer.test".to_vec()),
                ("an array", b"[]".to_vec()),
                ("a text", b"\"x\"".to_vec()),
                ("invalid UTF-8", not_text),
                ("ten megabytes", huge),
                ("objects 2,000 deep", nested()),
                ("arrays 2,000 deep", arrays.into_bytes()),
            ];
            for (what, body) in bodies {
                let what = format!("{} {} with {what}", door.0, door.1);
                let answer = send(desk, door, &body);
                assert_refused(&answer, &what);
                if what.ends_with("wrapper") || what.ends_with("nothing") {
                    assert_names(&answer, key, &what);
                }
                if what.ends_with("megabytes") {
                    assert_eq!(answer.status, 413, "{what}: {answer:?}");
                }
            }
        }
        assert_eq!(counts(desk), before);
    });
}

#[test]
fn a_wrong_number_in_the_path_or_the_query_is_refused() {
    on_each_engine(|desk| {
        for path in [
            "tickets/x.json",
            "tickets/-1.json",
            "tickets/99999999999999999999.json",
            "tickets/1%00.json",
            "tickets/%FF.json",
            "users/x.json",
            "organizations/x.json",
            "tickets/show_many.json?ids=1,x",
            "users/show_many.json?ids=x",
            "no/such/thing.json",
        ] {
            assert_refused(&desk.as_admin().get(path), path);
        }
    });
}

fn check(text: &str) -> (Output, String) {
    let place = Place::fresh(Engine::Sqlite);
    let file = place.folder().join("handbook.toml");
    std::fs::write(&file, text).expect("the handbook can be written");
    let output = Command::new(BINARY).args(["handbook", "check"]).arg(&file).output();
    let output = output.expect("the program can be started");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let demo = Command::new(BINARY)
        .args(["demo", "--empty", "--listen", "127.0.0.1:0", "--database-url", place.url()])
        .arg("--handbook")
        .arg(&file)
        .output()
        .expect("the program can be started");
    if !output.status.success() {
        assert_eq!(demo.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&demo.stderr), told, "both say the same");
    }
    (output, told)
}

/// The number of the line that contains this.
fn line_of(text: &str, part: &str) -> usize {
    1 + text.lines().position(|line| line.contains(part)).expect("the line is there")
}

#[test]
fn a_wrong_handbook_is_refused_with_its_file_line_and_reason() {
    let cases = [
        ("[hours]", "[hours]\nranges = [\"09:00-12:00\", \"11:00-13:00\"]", "ranges = ", "overlap"),
        ("triage = \"support\"", "triage = \"support\"\ncolour = \"red\"", "colour", "colour"),
        ("team = \"billing\"", "team = \"biling\"", "team = \"biling\"", "biling"),
        ("organization.mrr >= 2000.0", "organization.mrr >= 'much'", "'much'", ""),
        ("organization.mrr >= 2000.0", "organization.size >= 2.0", "organization.size", "size"),
        (
            "when = \"organization.trial\"",
            "when = \"organization.mrr\"",
            "\"organization.mrr\"",
            "",
        ),
        ("first_reply = \"12h\"", "first_reply = \"soon\"", "\"soon\"", "soon"),
        ("timezone = \"Europe/London\"", "timezone = \"Europe/Atlantis\"", "Atlantis", "Atlantis"),
    ];
    for (old, new, at, reason) in cases {
        let text = HANDBOOK.replacen(old, new, 1);
        assert_ne!(text, HANDBOOK);

        let (output, told) = check(&text);

        assert_eq!(output.status.code(), Some(1), "{new}: {told}");
        let place = format!("handbook.toml:{}: ", line_of(&text, at));
        let line = told.lines().find(|line| line.contains(&place));
        let line = line.unwrap_or_else(|| panic!("{new}: no {place} in {told}"));
        let why = line.split(&place).nth(1).unwrap_or_default();
        assert!(why.len() > 5 && why.contains(reason), "{new}: {told}");
    }
}

#[test]
fn a_wrong_flag_ends_with_two() {
    for flags in [
        &["demo", "--colour", "red"][..],
        &["demo", "--listen", "nowhere"],
        &["demo", "--now", "tomorrow"],
        &["handbook", "burn"],
        &["dance"],
        &[],
    ] {
        let output = Command::new(BINARY).args(flags).output().expect("the program can be started");

        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(!output.stderr.is_empty(), "{flags:?} says nothing");
    }
}

#[test]
fn a_second_process_on_a_file_is_refused_until_the_first_is_gone() {
    let place = Place::fresh(Engine::Sqlite);
    let first = Program::start(BINARY, &place, &Start::at(MONDAY));
    let ticket = first.ask("kim@customer.test", "critical", "");
    let second = || {
        Command::new(BINARY)
            .args(["demo", "--empty", "--listen", "127.0.0.1:0", "--now", MONDAY])
            .args(["--database-url", place.url()])
            .output()
            .expect("the program can be started")
    };

    let output = second();

    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("desk.db"), "it does not name the file: {told}");
    assert_eq!(first.ticket(ticket)["status"], "new", "the first goes on");
    first.kill();
    let again = Program::start(BINARY, &place, &Start::at(MONDAY));
    assert_eq!(again.ticket(ticket)["status"], "new");
}
