//! Who may come in where: every route of the API (`api`) and of the pages (`pages`), against every role. A route that is
//! not in its table fails the test. (the one authorization function, deny by default)

mod api;
mod pages;
mod there;

use std::collections::BTreeSet;

use serde_json::json;

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

/// Who is let in: nobody in particular, a customer, an agent, an admin.
type Roles = [bool; 4];

const ALL: Roles = [true, true, true, true];
const KNOWN: Roles = [false, true, true, true];
const DESK: Roles = [false, false, true, true];
/// A customer is let in for themselves alone, and the numbers of this test are nobody's.
const OTHERS: Roles = DESK;
const ADMIN: Roles = [false, false, false, true];
/// The handbook says it, and the handbook alone.
const NOBODY: Roles = [false, false, false, false];

fn flat(table: &'static [(&str, &str, Roles)]) -> Vec<(&'static str, &'static str, Roles)> {
    let verbs = table
        .iter()
        .flat_map(|(verbs, path, roles)| verbs.split(' ').map(|verb| (verb, *path, *roles)));
    verbs.collect()
}

/// Both lists name the same routes.
fn compare(expected: &[(&str, &str, Roles)], routes: impl Iterator<Item = (String, &'static str)>) {
    let expected: BTreeSet<(String, &str)> =
        expected.iter().map(|(verb, path, _)| ((*verb).to_owned(), *path)).collect();
    let routes: BTreeSet<(String, &str)> = routes.collect();
    let missing: Vec<_> = routes.difference(&expected).collect();
    assert!(missing.is_empty(), "not in the table of this test: {missing:?}");
    let gone: Vec<_> = expected.difference(&routes).collect();
    assert!(gone.is_empty(), "no such route any more: {gone:?}");
}

/// A path with numbers that belong to nothing.
fn filled(path: &str, id: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { id } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn a_suspended_or_deleted_person_is_not_let_in() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(KIM, "", "");
        let id = desk.as_user(KIM).get("users/me.json").expect(200).number("/user/id");
        let change = |suspended: bool| {
            let change = json!({ "user": { "suspended": suspended } });
            desk.as_admin().put(&format!("users/{id}.json"), &change).expect(200);
        };

        change(true);
        let status = desk.as_user(KIM).get("requests.json").status;
        assert!(matches!(status, 401 | 403), "{status}");
        change(false);
        desk.as_user(KIM).get("requests.json").expect(200);
        desk.as_admin().delete(&format!("users/{id}.json")).expect(200);
        let status = desk.as_user(KIM).get("requests.json").status;
        assert!(matches!(status, 401 | 403), "{status}");
    });
}

#[test]
fn a_customer_sees_their_own_requests_and_no_note_and_nobody_elses() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let mine = desk.ask(KIM, "critical", "");
        let other = desk.ask("lee@customer.test", "critical", "");
        desk.note(ADA, mine, "Kim is difficult.");
        desk.reply(ADA, mine, "Please reload.");
        let kim = desk.as_user(KIM);

        let list = kim.get("requests.json").expect(200);
        let ids: Vec<i64> = list
            .at("/requests")
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["id"].as_i64())
            .collect();
        assert_eq!(ids, [mine]);
        let comments = kim.get(&format!("requests/{mine}/comments.json?include=users")).expect(200);
        assert_eq!(comments.at("/comments").as_array().map(Vec::len), Some(2));
        assert!(!comments.text().contains("difficult"));
        assert!(
            !comments.text().contains(ADA),
            "the agent's address is not the customer's business"
        );
        for path in [format!("requests/{other}.json"), format!("requests/{other}/comments.json")] {
            let answer = kim.get(&path).expect(404);
            assert_eq!(answer.at("/error"), "RecordNotFound");
            assert_eq!(
                answer.json(),
                kim.get(&path.replace(&other.to_string(), "999999")).expect(404).json()
            );
        }
        let words = json!({ "request": { "comment": { "body": "I am not Lee." } } });
        kim.put(&format!("requests/{other}.json"), &words).expect(404);
        assert_eq!(desk.comments(other).len(), 1);
        let id =
            desk.as_user("lee@customer.test").get("users/me.json").expect(200).number("/user/id");
        for path in [
            "end_users/{id}.json",
            "end_users/{id}/identities.json",
            "users/{id}/identities.json",
            "users/{id}.json",
        ] {
            let [theirs, nobodys] =
                [id, 999_999].map(|id| kim.get(&path.replace("{id}", &id.to_string())));
            assert!(matches!(theirs.status, 403 | 404), "{theirs:?}");
            assert_eq!(
                (theirs.status, theirs.text()),
                (nobodys.status, nobodys.text()),
                "it can be told who is known"
            );
        }
        let own = kim.get("users/me.json").expect(200).number("/user/id");
        kim.get(&format!("end_users/{own}.json")).expect(200);
        kim.get(&format!("users/{own}/identities.json")).expect(200);
        let me = kim.get("users/me.json").expect(200);
        assert_eq!(me.at("/user").get("notes"), None, "what agents note is not shown");
        assert_eq!(me.at("/user").get("tags"), None);
    });
}

/// zendesk-api 18: naming an agent's address gives the sender nothing of that agent.
#[test]
fn an_agents_address_on_a_form_gives_away_nothing() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let request = json!({ "requester": { "name": "Mallory", "email": ADA }, "subject": "Hello",
            "comment": { "body": "I am Ada." } });

        let answer =
            desk.as_anybody().post("requests.json", &json!({ "request": request })).expect(201);

        assert!(!answer.text().contains("\"Ada\""), "{answer:?}");
        let ada = desk.as_user(ADA).get("users/me.json").expect(200);
        assert_eq!(ada.at("/user/name"), "Ada", "a name on a form renames nobody");
        assert_eq!(ada.at("/user/role"), "agent");
    });
}

/// Roles are not given away by those who do not have them.
#[test]
fn an_agent_makes_nobody_an_admin() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(KIM, "", "");
        let kim = desk.as_user(KIM).get("users/me.json").expect(200).number("/user/id");
        let ada = desk.as_user(ADA).get("users/me.json").expect(200).number("/user/id");
        for (id, role) in [(kim, "admin"), (kim, "agent"), (ada, "admin")] {
            let change = json!({ "user": { "role": role } });
            let answer = desk.as_user(ADA).put(&format!("users/{id}.json"), &change);
            assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        }
        let user = json!({ "user": { "name": "New", "email": "new@acme.test", "role": "admin" } });
        let answer = desk.as_user(ADA).post("users.json", &user);
        assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        let admin = desk.as_admin().get("users/me.json").expect(200).number("/user/id");
        for change in [json!({ "suspended": true }), json!({ "role": "end-user" })] {
            let answer =
                desk.as_user(ADA).put(&format!("users/{admin}.json"), &json!({ "user": change }));
            assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        }
        let answer = desk.as_user(ADA).delete(&format!("users/{admin}.json"));
        assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        let identity = json!({ "identity": { "type": "email", "value": "mallory@acme.test", "primary": true } });
        let answer = desk.as_user(ADA).post(&format!("users/{admin}/identities.json"), &identity);
        assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        assert_eq!(desk.as_user(ADA).get("users/me.json").at("/user/role"), "agent");
        assert_eq!(desk.as_user(KIM).get("users/me.json").at("/user/role"), "end-user");
    });
}
