//! Searching and keeping lists, from both doors of the real program.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use testkit::{Answer, Program};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const ADA: &str = "ada@acme.test";
const BO: &str = "bo@acme.test";
const FLO: &str = "flo@acme.test";

/// Some tickets; their numbers.
fn furnish(desk: &Program) -> Vec<i64> {
    let ask = |email: &str, subject: &str, words: &str, tags: &[&str]| {
        let ticket = json!({
            "requester": { "name": "Dana Reyes", "email": email }, "subject": subject,
            "comment": { "body": words }, "tags": tags,
        });
        let made = desk.as_admin().post("tickets.json", &json!({ "ticket": ticket }));
        made.expect(201).number("/ticket/id")
    };
    desk.organization("fernlight.test", &json!({ "mrr": 2400.0 }));
    vec![
        ask("dana@fernlight.test", "Flags fall back on Safari", "Every flag is off.", &["vip"]),
        ask("kim@tallow.test", "東京都のフラグ", "フラグが表示されません。", &["beta"]),
        ask("lu@marl.test", "Rollout is stuck", "At 50 %, in Safari too.", &["vip", "beta"]),
    ]
}

fn search(desk: &Program, query: &str) -> Answer {
    desk.as_admin().get(&format!("search.json?query={}", escaped(query)))
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| ["%".to_owned(), format!("{byte:02X}")];
    text.bytes().flat_map(byte).collect()
}

/// The sorts and numbers of what was found.
fn found(answer: &Answer) -> Vec<(String, i64)> {
    let one = |one: &Value| {
        (one["result_type"].as_str().unwrap().to_owned(), one["id"].as_i64().unwrap())
    };
    answer.at("/results").as_array().unwrap().iter().map(one).collect()
}

/// zendesk-api 19
#[test]
fn the_api_finds_tickets_people_and_organizations() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids = furnish(desk);
        let tickets = |query: &str| -> Vec<i64> {
            let found = found(&search(desk, &format!("type:ticket {query}")).expect(200));
            found.into_iter().map(|(_, id)| id).collect()
        };
        assert_eq!(tickets("safari"), [ids[0], ids[2]], "in the subject before elsewhere");
        assert_eq!(tickets("フラグ"), [ids[1]]);
        assert_eq!(tickets("tags:vip tags:beta order_by:created sort:asc"), ids);
        assert_eq!(tickets("tags:\"vip beta\""), [ids[2]]);
        assert_eq!(tickets("-tags:vip"), [ids[1]]);
        assert_eq!(tickets("organization:fernlight.test"), [ids[0]]);
        assert_eq!(tickets("requester:kim@tallow.test status<solved created>4hours"), [ids[1]]);
        assert_eq!(tickets(&format!("{}", ids[2])), [ids[2]]);
        assert_eq!(tickets("colour:red"), [0_i64; 0]);

        let all = found(&search(desk, "fernlight").expect(200));
        assert!(all.iter().any(|(sort, _)| sort == "organization"), "{all:?}");
        assert!(all.iter().any(|(sort, _)| sort == "user"), "{all:?}");
        let groups = found(&search(desk, "type:group flags").expect(200));
        assert_eq!(groups.len(), 1);
        let people = search(desk, "type:user role:admin").expect(200);
        assert_eq!(people.number("/count"), 1);
        assert_eq!(people.at("/results/0/email"), desk.admin_email());
    });
}

/// zendesk-api 19, 7.1
#[test]
fn results_are_paged_counted_and_sideloaded() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids = furnish(desk);
        let first = desk
            .as_admin()
            .get("search.json?query=type:ticket&sort_by=created_at&sort_order=asc&per_page=2&include=tickets(users,organizations)")
            .expect(200);
        assert_eq!(found(&first).iter().map(|one| one.1).collect::<Vec<_>>(), ids[..2]);
        assert_eq!((first.number("/count"), first.at("/facets")), (3, Value::Null));
        assert_eq!(first.at("/previous_page"), Value::Null);
        assert_eq!(first.at("/users").as_array().unwrap().len(), 2);
        assert_eq!(first.at("/organizations/0/name"), "fernlight.test");
        let next =
            first.at("/next_page").as_str().unwrap().split("/api/v2/").nth(1).unwrap().to_owned();
        let second = desk.as_admin().get(&next).expect(200);
        assert_eq!(found(&second).iter().map(|one| one.1).collect::<Vec<_>>(), ids[2..]);
        assert_eq!(second.at("/next_page"), Value::Null);

        let count = desk.as_admin().get("search/count.json?query=type:ticket+safari").expect(200);
        assert_eq!(count.json(), json!({ "count": 2 }));
        let far = desk.as_admin().get("search.json?query=type:ticket&page=11").expect(422);
        assert_eq!(far.at("/error"), "invalid");
    });
}

/// zendesk-api 19, 7.2
#[test]
fn an_export_walks_through_everything_by_cursor() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids = furnish(desk);
        let mut path =
            "search/export.json?query=type:ticket&filter[type]=ticket&page[size]=2".to_owned();
        let mut walked = Vec::new();
        loop {
            let page = desk.as_admin().get(&path).expect(200);
            walked.extend(found(&page).into_iter().map(|(_, id)| id));
            if page.at("/meta/has_more") == false {
                assert_eq!(page.at("/links/next"), Value::Null);
                break;
            }
            path = page
                .at("/links/next")
                .as_str()
                .unwrap()
                .split("/api/v2/")
                .nth(1)
                .unwrap()
                .to_owned();
        }
        walked.sort_unstable();
        assert_eq!(walked, ids);
        desk.as_admin().get("search/export.json?query=x&page[size]=1001").expect(400);
        desk.as_admin().get("search/export.json?query=x&filter[type]=article").expect(400);
    });
}

#[test]
fn a_query_that_is_not_understood_is_named() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        furnish(desk);
        for (query, named) in [
            ("type:ticket status:banana", "status:banana"),
            ("created>soon", "created>soon"),
            (&"x".repeat(10_000), "too long"),
        ] {
            let answer = search(desk, query).expect(422);
            assert_eq!(answer.at("/error"), "invalid");
            assert!(answer.text().contains(named), "{answer:?}");
        }
        for query in [
            "",
            "\"",
            "' OR 1=1",
            "NEAR(a b)",
            "100%",
            "🎫",
            "\u{202e}x",
            "((((",
            "a AND b OR",
            "\\",
        ] {
            search(desk, query).expect(200);
        }
        let end_user = desk.as_user("dana@fernlight.test");
        end_user.get("search.json?query=flags").expect(403);
    });
}

/// zendesk-api 26
#[test]
fn a_view_is_kept_read_changed_and_dropped() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids = furnish(desk);
        let ada = desk.as_user(ADA);
        let made = ada
            .post(
                "views.json",
                &json!({ "view": {
                    "title": "VIPs, unsolved",
                    "all": [
                        { "field": "status", "operator": "less_than", "value": "solved" },
                        { "field": "current_tags", "operator": "includes", "value": "vip" },
                    ],
                    "any": [],
                    "output": { "columns": ["subject", "status"], "sort_by": "created", "sort_order": "asc" },
                } }),
            )
            .expect(201);
        let id = made.number("/view/id");
        assert_eq!(made.at("/view/query"), "status<solved tags:vip order_by:created sort:asc");
        assert_eq!(made.at("/view/restriction/type"), "User");
        assert_eq!(
            made.at("/view/conditions/all/0"),
            json!({ "field": "status", "operator": "less_than", "value": "solved" })
        );
        assert_eq!(made.at("/view/execution/sort"), json!({ "id": "created", "order": "asc" }));

        let tickets = ada.get(&format!("views/{id}/tickets")).expect(200);
        let shown: Vec<Value> = tickets
            .at("/tickets")
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].clone())
            .collect();
        assert_eq!(shown, [ids[0], ids[2]]);
        let by_cursor = ada.get(&format!("views/{id}/tickets.json?page[size]=1")).expect(200);
        assert_eq!(by_cursor.at("/meta/has_more"), true);
        let next = by_cursor
            .at("/links/next")
            .as_str()
            .unwrap()
            .split("/api/v2/")
            .nth(1)
            .unwrap()
            .to_owned();
        assert_eq!(ada.get(&next).expect(200).at("/tickets/0/id"), ids[2]);
        let rows = ada.get(&format!("views/{id}/execute.json")).expect(200);
        assert_eq!(
            rows.at("/columns"),
            json!([{ "id": "subject", "title": "Subject" }, { "id": "status", "title": "Status" }])
        );
        assert_eq!(rows.at("/rows/0/ticket/id"), ids[0]);
        assert_eq!(rows.number("/count"), 2);
        let count = ada.get(&format!("views/{id}/count.json")).expect(200);
        assert_eq!(
            (count.number("/view_count/value"), count.at("/view_count/fresh")),
            (2, Value::Bool(true))
        );
        let counts = ada.get(&format!("views/count_many.json?ids={id},6")).expect(200);
        assert_eq!(counts.at("/view_counts").as_array().unwrap().len(), 2);

        desk.update(ADA, ids[0], &json!({ "status": "solved" })).expect(200);
        assert_eq!(
            ada.get(&format!("views/{id}/count.json")).expect(200).number("/view_count/value"),
            1
        );
        let changed = json!({ "view": { "all": [{ "field": "assignee_id", "operator": "is", "value": "current_user" }] } });
        let answer = ada.put(&format!("views/{id}.json"), &changed).expect(200);
        assert_eq!(answer.at("/view/query"), "assignee:me order_by:created sort:asc");
        assert_eq!(answer.at("/view/title"), "VIPs, unsolved");

        desk.as_user(BO).get(&format!("views/{id}.json")).expect(200);
        desk.as_user(BO).put(&format!("views/{id}.json"), &changed).expect(403);
        desk.as_user(BO).delete(&format!("views/{id}.json")).expect(403);
        ada.delete(&format!("views/{id}.json")).expect(204);
        ada.get(&format!("views/{id}.json")).expect(404);
        ada.delete("views/1.json").expect(422);
    });
}

#[test]
fn views_are_listed_for_whom_they_are_kept() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let group = desk.as_admin().get("groups.json").expect(200);
        let replay = group
            .at("/groups")
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "Session replay")
            .unwrap()["id"]
            .clone();
        let keep = |email: &str, title: &str, restriction: Option<Value>| {
            let mut view = json!({ "title": title, "query": "status:open" });
            if let Some(restriction) = restriction {
                view["restriction"] = restriction;
            }
            desk.as_user(email).post("views.json", &json!({ "view": view }))
        };
        keep(BO, "Bo's", None).expect(201);
        keep(BO, "Replay's", Some(json!({ "type": "Group", "id": replay }))).expect(201);
        keep(desk.admin_email(), "Everybody's", Some(Value::Null)).expect(201);
        keep(FLO, "Not hers", Some(json!({ "type": "Group", "id": replay }))).expect(422);
        keep(FLO, "Not hers", Some(Value::Null)).expect(422);
        let titles = |email: &str, path: &str| -> Vec<String> {
            let answer = desk.as_user(email).get(path).expect(200);
            let views = answer.at("/views");
            views
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["title"].as_str().unwrap().to_owned())
                .collect()
        };
        let built_in = [
            "My queue",
            "Mine",
            "Unassigned",
            "Escalated",
            "Due soon",
            "Open",
            "Pending",
            "On hold",
            "Solved",
            "All",
        ];
        let with = |more: &[&str]| -> Vec<String> {
            built_in.iter().chain(more).map(|title| (*title).to_owned()).collect()
        };
        assert_eq!(titles(BO, "views.json"), with(&["Bo's", "Replay's", "Everybody's"]));
        assert_eq!(titles(FLO, "views/active.json"), with(&["Everybody's"]));
        assert_eq!(titles(FLO, "views/compact.json").len(), 11);
        assert_eq!(titles(BO, "views.json?access=personal"), ["Bo's"]);
        assert_eq!(titles(BO, "views/search.json?query=repl"), ["Replay's"]);
        let paged = desk.as_user(BO).get("views.json?page[size]=12").expect(200);
        assert_eq!(paged.at("/meta/has_more"), true);
        let next =
            paged.at("/links/next").as_str().unwrap().split("/api/v2/").nth(1).unwrap().to_owned();
        assert_eq!(desk.as_user(BO).get(&next).expect(200).at("/views/0/title"), "Everybody's");
    });
}

#[test]
fn bad_views_are_refused_by_name_and_nothing_is_kept() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let admin = desk.as_admin();
        for (view, field) in [
            (json!({ "all": [] }), "title"),
            (
                json!({ "title": "x", "all": [{ "field": "colour", "operator": "is", "value": "red" }] }),
                "all[0].field",
            ),
            (
                json!({ "title": "x", "all": [{ "field": "status", "operator": "changed", "value": "open" }] }),
                "all[0].operator",
            ),
            (json!({ "title": "x", "any": ["status"] }), "any[0]"),
            (json!({ "title": "x", "query": "colour:red" }), "query"),
            (json!({ "title": "x", "query": "type:user" }), "query"),
            (json!({ "title": "x", "query": "a".repeat(10_000) }), "query"),
            (
                json!({ "title": "x", "query": "status:open", "restriction": { "type": "Group", "id": 999_999 } }),
                "restriction",
            ),
            (json!({ "title": "x".repeat(300), "query": "status:open" }), "title"),
        ] {
            let answer = admin.post("views.json", &json!({ "view": view })).expect(422);
            let details = answer.at("/details");
            assert!(details.as_object().unwrap().contains_key(field), "{field}: {answer:?}");
        }
        assert_eq!(admin.get("views.json").expect(200).number("/count"), 10);
        let preview =
            json!({ "view": { "all": [{ "field": "status", "operator": "is", "value": "new" }] } });
        desk.ask("kim@tallow.test", "", "");
        let answer = admin.post("views/preview.json", &preview).expect(200);
        assert_eq!(answer.number("/count"), 1);
        let answer = admin.post("views/preview/count.json", &preview).expect(200);
        assert_eq!(answer.number("/view_count/value"), 1);
        assert_eq!(admin.get("views.json").expect(200).number("/count"), 10);
    });
}

#[test]
fn the_page_shows_what_is_found_marked_and_escaped() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids = furnish(desk);
        desk.note(ADA, ids[0], "Same as the <b>storage</b> bug of March.");
        let ada = sign_in(desk);

        let page = ada.get("/search?q=storage").expect(200).text();
        assert!(page.contains("<mark>storage</mark>"), "{page}");
        assert!(!page.contains("<b>storage"), "{page}");
        assert!(page.contains("Internal note"));
        let page = ada.get("/search?q=safari").expect(200).text();
        assert!(page.contains("<mark>Safari</mark>"));
        let fragment = ada.get_fragment("/search?q=safari").expect(200).text();
        assert!(fragment.contains("<mark>Safari</mark>") && !fragment.contains("<html"));
        let bar = ada.get_fragment("/bar?q=flags").expect(200).text();
        assert!(bar.contains(&format!("/tickets/{}", ids[0])) && bar.contains("Search everywhere"));
        let page = ada.get("/search?q=zeppelin+team:flags").expect(200).text();
        assert!(
            page.contains("Nothing found for") && page.contains("/search?q=zeppelin\""),
            "{page}"
        );
        let page = ada.get("/search?q=colour:red").expect(200).text();
        assert!(page.contains("Not understood"));
        let went = ada.get(&format!("/search?q=%23{}", ids[0]));
        assert_eq!(went.header("location"), Some(format!("/tickets/{}", ids[0]).as_str()));
        for query in
            ["%3Cscript%3Ealert(1)%3C/script%3E", "%00", "%E2%80%AE%22", &"x".repeat(5_000)]
        {
            let page = ada.get(&format!("/search?q={query}")).expect(200).text();
            assert!(!page.contains("<script>alert"));
        }
    });
}

/// Signs Ada in to the pages.
fn sign_in(desk: &Program) -> testkit::Visitor {
    let password = "correct horse battery";
    let id = desk.as_user(ADA).get("users/me.json").expect(200).number("/user/id");
    let body = json!({ "password": password });
    desk.as_admin().post(&format!("users/{id}/password.json"), &body).expect(200);
    desk.sign_in(ADA, password)
}

#[test]
fn a_list_is_filtered_by_query_chips_and_selects() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids = furnish(desk);
        let ada = sign_in(desk);
        let link = |id: i64| format!("id=\"row-{id}-link\"");

        let page = ada.get("/views/open?q=tags:beta").expect(200).text();
        assert!(
            page.contains(&link(ids[1]))
                && page.contains(&link(ids[2]))
                && !page.contains(&link(ids[0])),
            "{page}"
        );
        assert!(page.contains("class=\"chip\" href=\"/views/open\""), "the chip takes itself out");
        let chosen = ada.get("/views/open?q=tags:beta&status=new&priority=&area=&assignee=none");
        assert_eq!(chosen.status, 303);
        assert_eq!(
            chosen.header("location"),
            Some("/views/open?q=tags%3Abeta%20status%3Anew%20assignee%3Anone")
        );
        let page = ada.get("/views/open?q=colour:red").expect(200).text();
        assert!(page.contains("Not understood"));
    });
}

#[test]
fn a_list_is_kept_shared_changed_and_dropped_by_pages() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let ids = furnish(desk);
        let ada = sign_in(desk);
        let link = |id: i64| format!("id=\"row-{id}-link\"");

        let form = ada.get("/views/new?q=tags:beta").expect(200).text();
        assert!(form.contains("value=\"tags:beta\""));
        let refused = ada.post(
            "/views/new",
            &[
                ("title", ""),
                ("query", "colour:red"),
                ("order", "due"),
                ("restriction", "me"),
                ("active", "true"),
            ],
        );
        assert_eq!(refused.status, 422);
        assert!(
            refused.text().contains("Title: cannot be blank")
                && refused.text().contains("value=\"colour:red\""),
            "{refused:?}"
        );
        let fields = [
            ("title", "Beta flags!"),
            ("query", "tags:beta"),
            ("order", "due"),
            ("restriction", "me"),
            ("active", "true"),
        ];
        let kept = ada.post("/views/new", &fields);
        assert_eq!(kept.header("location"), Some("/views/beta-flags"), "{kept:?}");
        let page = ada.get("/views/beta-flags").expect(200).text();
        assert!(page.contains(&link(ids[1])) && !page.contains(&link(ids[0])));
        assert!(
            page.contains("aria-current=\"page\"") && page.contains("Beta flags!"),
            "it stands in the navigation"
        );
        let home = ada.get("/views/all").expect(200).text();
        assert!(home.contains("Beta flags!"));

        // Somebody who is given the address sees the list, and by whom it is kept, but does not change it.
        let id = desk.as_user(BO).get("users/me.json").expect(200).number("/user/id");
        desk.as_admin()
            .post(
                &format!("users/{id}/password.json"),
                &json!({ "password": "correct horse battery" }),
            )
            .expect(200);
        let bo = desk.sign_in(BO, "correct horse battery");
        let page = bo.get("/views/beta-flags").expect(200).text();
        assert!(page.contains("Kept by Ada") && !page.contains("/views/beta-flags/edit"), "{page}");
        bo.get("/views/beta-flags/edit").expect(403);

        let again = ada.post("/views/new", &fields);
        let second = again.header("location").unwrap().to_owned();
        assert!(second.starts_with("/views/beta-flags-"), "{second}");
        let changed = [
            ("title", "Beta"),
            ("query", "tags:vip"),
            ("order", "updated"),
            ("restriction", "me"),
            ("active", "true"),
            ("position", "1"),
        ];
        let answer = ada.post("/views/beta-flags/edit", &changed);
        assert_eq!(answer.header("location"), Some("/views/beta-flags"), "the address stays");
        assert!(ada.get("/views/beta-flags").expect(200).text().contains(&link(ids[0])));
        ada.post("/views/beta-flags/deletion", &[]);
        ada.get("/views/beta-flags").expect(404);
        ada.get("/views/nothing-like-this").expect(404);
    });
}
