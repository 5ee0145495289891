//! Tickets follow what becomes known about their people and teams. Told through HTTP, on both engines.

use serde_json::{Value, json};
use testkit::Program;

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const LATE: &str = "kim@late.test";
const ADA: &str = "ada@acme.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// Level, organization and the states of the clocks.
fn stands(desk: &Program, id: i64) -> (Value, Value, Vec<Value>) {
    let ticket = desk.ticket(id);
    let states = desk.clocks(id).iter().map(|clock| clock["state"].clone()).collect();
    (ticket["priority"].clone(), ticket["organization_id"].clone(), states)
}

/// A paying organization without people or domains; its number.
fn paying(desk: &Program) -> i64 {
    let organization =
        json!({ "name": "Late", "organization_fields": { "mrr": 9000, "plan": "scale" } });
    let answer =
        desk.as_admin().post("organizations.json", &json!({ "organization": organization }));
    answer.expect(201).number("/organization/id")
}

fn person(desk: &Program, email: &str) -> i64 {
    let found = desk.as_admin().get(&format!("users/search.json?query={email}")).expect(200);
    found.number("/users/0/id")
}

/// PR-07, PR-09: an app tells who a customer is after the customer has asked
#[test]
fn joining_an_organization_decides_open_tickets_anew() {
    on_each_engine(|desk| {
        let id = desk.ask(LATE, "", "");
        let low = (json!("low"), Value::Null, vec![]);
        assert_eq!(stands(desk, id), low);
        let organization = paying(desk);
        let user = person(desk, LATE);
        desk.advance("1h");

        let membership = json!({ "user_id": user, "organization_id": organization });
        let made = desk.as_admin().post(
            "organization_memberships.json",
            &json!({ "organization_membership": membership }),
        );

        let high = (json!("high"), json!(organization), vec![json!("running")]);
        assert_eq!(stands(desk, id), high);
        assert_eq!(desk.last_clock(id).2, "2026-06-08T21:00:00Z", "counted from when it is known");

        let membership = made.expect(201).number("/organization_membership/id");
        desk.as_admin().delete(&format!("organization_memberships/{membership}.json")).expect(204);
        let (level, belongs, clocks) = stands(desk, id);
        assert_eq!((level, belongs), (json!("low"), Value::Null));
        assert_eq!(clocks, ["running"], "a promise made is never withdrawn by a rule");
    });
}

/// PR-07, PR-09
#[test]
fn naming_a_mail_domain_decides_open_tickets_from_there_anew() {
    on_each_engine(|desk| {
        let open = desk.ask(LATE, "", "");
        let other = desk.ask("kim@elsewhere.test", "", "");
        let solved = desk.ask("lee@late.test", "", "");
        desk.reply(ADA, solved, "Done.");
        desk.update(ADA, solved, &json!({ "status": "solved" })).expect(200);

        let organization = desk.organization("late.test", &json!({ "trial": true }));

        assert_eq!(stands(desk, open).0, "high");
        assert_eq!(stands(desk, open).1, organization);
        assert_eq!(stands(desk, other).1, Value::Null);
        assert_eq!(stands(desk, solved).1, Value::Null, "what is done is left alone");

        let path = format!("organizations/{organization}.json");
        desk.as_admin()
            .put(&path, &json!({ "organization": { "organization_fields": { "trial": false } } }))
            .expect(200);
        assert_eq!(stands(desk, open).0, "low", "and it goes on following its facts");
        let reason = desk.explanation(open)["priority"]["facts"]["because"].to_string();
        assert!(reason.contains("organization"), "{reason}");
    });
}

/// PR-07: the customer's own message brings along what is known by then
#[test]
fn a_person_who_is_moved_takes_their_tickets_along() {
    on_each_engine(|desk| {
        let id = desk.ask(LATE, "", "");
        let organization = paying(desk);
        let user = person(desk, LATE);

        desk.as_admin()
            .put(
                &format!("users/{user}.json"),
                &json!({ "user": { "organization_id": organization } }),
            )
            .expect(200);

        assert_eq!(stands(desk, id).0, "high");
        assert_eq!(stands(desk, id).1, organization);
    });
}

/// zendesk-api 23: nothing points to what is gone, also not what is closed
#[test]
fn a_deleted_organization_leaves_no_ticket_behind() {
    on_each_engine(|desk| {
        let organization = desk.organization("late.test", &json!({ "trial": true }));
        let open = desk.ask(LATE, "", "");
        let closed = desk.ask(LATE, "", "");
        desk.reply(ADA, closed, "Done.");
        desk.update(ADA, closed, &json!({ "status": "solved" })).expect(200);
        desk.advance("21d");
        assert_eq!(desk.ticket(closed)["status"], "closed");

        desk.as_admin().delete(&format!("organizations/{organization}.json")).expect(204);

        assert_eq!(desk.ticket(open)["organization_id"], Value::Null);
        assert_eq!(desk.ticket(closed)["organization_id"], Value::Null);
        assert_eq!(desk.ticket(closed)["status"], "closed");
        assert_eq!(desk.explanation(open)["priority"]["value"], "low");
    });
}

/// ROT-01: every ticket has a team
#[test]
fn tickets_of_a_deleted_team_go_where_the_handbook_routes_them() {
    on_each_engine(|desk| {
        let group = desk.as_admin().post("groups.json", &json!({ "group": { "name": "Beta" } }));
        let group = group.expect(201).number("/group/id");
        let plain = desk.ask(LATE, "critical", "");
        let flags = desk.ask(LATE, "critical", "feature_flags");
        for id in [plain, flags] {
            desk.update(ADA, id, &json!({ "group_id": group })).expect(200);
        }
        let due = desk.last_clock(plain);

        desk.as_admin().delete(&format!("groups/{group}.json")).expect(204);

        let name = |id: i64| {
            let team = desk.ticket(id)["group_id"].to_string();
            desk.as_admin().get(&format!("groups/{team}.json")).expect(200).at("/group/name")
        };
        assert_eq!(name(plain), "Support");
        assert_eq!(name(flags), "Feature flags");
        assert_eq!(desk.last_clock(plain), due, "moving does not reset the clock (D-05)");
    });
}
