//! The settings pages of an admin: people, teams, fields, tokens, channels, deliveries.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::json;
use testkit::{Program, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

fn admin(desk: &Program) -> Visitor {
    desk.visit_as(desk.admin_email())
}

/// What stands between two texts.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

#[test]
fn somebody_is_added_gets_in_by_their_link_and_is_locked_out_again() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let admin = admin(desk);
        let wrong =
            admin.post("/settings/people", &[("name", ""), ("email", "x"), ("role", "agent")]);
        let page = wrong.expect(422).text();
        assert!(page.contains("Name: cannot be blank") && page.contains("value=\"x\""), "{page}");
        let fields = [("name", "Eve"), ("email", "eve@acme.test"), ("role", "agent")];
        let page = admin.post("/settings/people", &fields).expect(200).text();
        let token = between(&page, "/welcome/", "<").to_owned();

        let eve = desk.visit();
        let password = [("password", "a long enough password")];
        eve.post(&format!("/welcome/{token}"), &password).expect(303);
        eve.get("/settings/macros").expect(200);
        eve.get("/settings/people").expect(403);
        let id = desk.as_user("eve@acme.test").get("users/me.json").expect(200).number("/user/id");
        let path = format!("/settings/people/{id}");
        admin.post(&path, &[("role", "agent"), ("suspended", "true")]).expect(303);
        assert_ne!(desk.as_user("eve@acme.test").get("tickets.json").status, 200);
        admin.post(&path, &[("role", "admin")]).expect(303);
        eve.get("/settings/people").expect(200);
        let ada = desk.as_user("ada@acme.test").get("users/me.json").expect(200).number("/user/id");
        let page = admin.get(&format!("/settings/people/{ada}")).expect(200).text();
        assert!(page.contains("The handbook names"), "read-only, with the reason");
        admin.post(&format!("/settings/people/{ada}"), &[("role", "end_user")]).expect(422);
    });
}

#[test]
fn groups_are_changed_and_the_handbooks_teams_are_read() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let admin = admin(desk);
        admin.post("/settings/teams", &[("name", "")]).expect(422);
        let to = admin.post("/settings/teams", &[("name", "Night shift")]).expect(303);
        let to = to.header("location").unwrap().split('?').next().unwrap().to_owned();
        let ada = desk.as_user("ada@acme.test").get("users/me.json").expect(200).number("/user/id");
        admin.post(&format!("{to}/members"), &[("user_id", &ada.to_string())]).expect(303);
        let page = admin.get(&to).expect(200).text();
        let place = between(&page, "/members/", "/removal").to_owned();
        admin.post(&format!("{to}/members/{place}/removal"), &[]).expect(303);
        assert!(!admin.get(&to).expect(200).text().contains("/removal"));
        admin.post(&to, &[("name", "Day shift"), ("description", "By day")]).expect(303);
        assert!(admin.get("/settings/teams").expect(200).text().contains("Day shift"));
        admin.post(&format!("{to}/deletion"), &[]).expect(303);
        let page = admin.get("/settings/teams/1").expect(200).text();
        assert!(
            page.contains("written in the handbook")
                && !page.contains("/settings/teams/1/deletion")
        );
        admin.post("/settings/teams/1", &[("name", "Mine")]).expect(422);
    });
}

#[test]
fn a_field_is_made_with_its_choices_and_dropped() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let admin = admin(desk);
        let fields = [
            ("title", "Colour"),
            ("type", "tagger"),
            ("custom_field_options", "Deep blue = blue\nRed"),
            ("active", "true"),
        ];
        let mut untitled = fields;
        untitled[0].1 = "";
        let page = admin.post("/settings/fields/new", &untitled).expect(422).text();
        assert!(page.contains("Title: cannot be blank") && page.contains("Deep blue = blue"));
        admin.post("/settings/fields/new", &fields).expect(303);
        let all = desk.as_admin().get("ticket_fields.json").expect(200).at("/ticket_fields");
        let colour = all.as_array().unwrap().iter().find(|one| one["title"] == "Colour").unwrap();
        assert_eq!(colour["custom_field_options"][0]["value"], "blue");
        assert_eq!(colour["custom_field_options"][1]["value"], "red");
        let path = format!("/settings/fields/{}", colour["id"]);
        admin.get(&path).expect(200);
        admin.post(&format!("{path}/deletion"), &[]).expect(303);
        admin.get(&path).expect(404);
        let severity =
            all.as_array().unwrap().iter().find(|one| one["title"] == "Severity").unwrap();
        let path = format!("/settings/fields/{}", severity["id"]);
        assert!(admin.get(&path).expect(200).text().contains("belongs to the desk"));
        admin.post(&format!("{path}/deletion"), &[]).expect(422);
    });
}

#[test]
fn a_token_is_shown_once_used_and_revoked() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let admin = admin(desk);
        admin.post("/settings/tokens", &[("name", " ")]).expect(422);
        let page = admin.post("/settings/tokens", &[("name", "Sync")]).expect(200).text();
        let token = between(&page, "<code>", "</code>").to_owned();
        assert_eq!(token.len(), 40);
        let page = admin.get("/settings/tokens").expect(200).text();
        assert!(!page.contains(&token), "shown once");
        assert!(page.contains("Never"));
        let caller = desk.as_anybody().token(desk.admin_email(), &token);
        caller.get("users/me.json").expect(200);
        caller.get("tickets.json").expect(200);
        let page = admin.get("/settings/tokens").expect(200).text();
        assert!(!page.contains("Never"), "{page}");
        let id = between(&page, "/settings/tokens/", "/revocation").to_owned();
        admin.post(&format!("/settings/tokens/{id}/revocation"), &[]).expect(303);
        caller.get("tickets.json").expect(401);
        admin.post("/settings/tokens/999999/revocation", &[]).expect(404);
    });
}

#[test]
fn the_settings_lead_everywhere_and_say_how_things_stand() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let id = desk.ask("kim@customer.test", "high", "");
        desk.as_admin()
            .put(&format!("tickets/{id}.json"), &json!({ "ticket": { "status": "solved" } }))
            .expect(200);
        let admin = admin(desk);
        let home = admin.get("/settings").expect(200).text();
        for page in [
            "people",
            "teams",
            "channels",
            "fields",
            "macros",
            "triggers",
            "automations",
            "tokens",
            "webhooks",
            "deliveries",
            "handbook",
        ] {
            let path = format!("/settings/{page}");
            assert!(home.contains(&format!("href=\"{path}\"")), "{path}");
            admin.get(&path).expect(200);
        }
        let agent = desk.visit_as("ada@acme.test").get("/settings").expect(200).text();
        assert!(agent.contains("/settings/macros") && !agent.contains("/settings/tokens"));
        assert!(admin.get("/settings/channels").expect(200).text().contains("0 failed"));
        let page = admin.get("/settings/deliveries?channel=email&state=sent").expect(200).text();
        assert!(page.contains("kim@customer.test"), "{page}");
        assert!(
            admin.get("/settings/deliveries?state=failed").expect(200).text().contains("Nothing")
        );
    });
}
