//! What a ticket is about and for whom, and what somebody wants to know of it besides: changed on its page, asked on the
//! forms, shown where it may be seen, and told in words. On both engines.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::json;
use testkit::{Answer, Program, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";
const ADA: &str = "ada@acme.test";
const KIM: &str = "kim@customer.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// A field of tickets: its number, and what forms call it.
fn field(desk: &Program, field: &serde_json::Value) -> (i64, String) {
    let body = json!({ "ticket_field": field });
    let id = desk.as_admin().post("ticket_fields.json", &body).expect(201);
    let id = id.number("/ticket_field/id");
    (id, format!("field_{id}"))
}

/// What stands in a field of a form.
#[track_caller]
fn stands(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\"")).unwrap();
    let (_, rest) = rest.split_once("value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// Sends the form of a ticket's details as it stood on a page, with some fields changed.
fn send(visitor: &Visitor, id: i64, page: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("seen".to_owned(), stands(page, "seen"))];
    for part in page.split("name=\"").skip(1) {
        let name = part.split('"').next().unwrap();
        if let Some(own) = name.strip_suffix("_was") {
            let was = stands(page, name);
            let now = changes.iter().find(|(known, _)| *known == own).map(|(_, value)| *value);
            fields.push((own.to_owned(), now.unwrap_or(&was).to_owned()));
            fields.push((name.to_owned(), was));
        }
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post(&format!("/tickets/{id}/details"), &fields)
}

#[test]
fn what_a_ticket_is_about_and_for_whom_is_changed_on_its_page() {
    on_each_engine(|desk| {
        let (version, name) = field(desk, &json!({ "type": "text", "title": "Version" }));
        let id = desk.ask(KIM, "", "billing");
        let ada = desk.visit_as(ADA);
        let form = format!("/tickets/{id}/details");
        let page = ada.get(&form).expect(200).text();
        send(&ada, id, &page, &[]).expect(303);
        let before = desk.as_admin().get(&format!("tickets/{id}.json")).number("/ticket/version");

        let changes = [
            ("subject", "Flags fall back"),
            ("area", "feature_flags"),
            ("kind", "bug"),
            ("ccs", "lee@other.test, mo@other.test"),
            (name.as_str(), "41.2"),
        ];
        send(&ada, id, &page, &changes).expect(303);
        let ticket = desk.as_admin().get(&format!("tickets/{id}.json")).expect(200).at("/ticket");
        assert!(ticket["version"].as_i64().unwrap() > before, "nothing had changed before");
        assert_eq!(ticket["subject"], "Flags fall back");
        assert_eq!(ticket["email_cc_ids"].as_array().unwrap().len(), 2);
        let values = ticket["custom_fields"].as_array().unwrap();
        assert_eq!(values.iter().find(|one| one["id"] == version).unwrap()["value"], "41.2");
        let page = ada.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("<dt>Version</dt>") && page.contains("41.2"), "{page}");
        let log = ada.get(&format!("/tickets/{id}/activity")).expect(200).text();
        for said in ["Version: 41.2", "Area: from Billing to Feature flags", "Subject: Flags fall"]
        {
            assert!(log.contains(said), "{said}: {log}");
        }

        let page = ada.get(&form).expect(200).text();
        for (name, wrong, said) in [
            ("subject", "", "Subject is missing"),
            ("requester", "nobody", "is not properly formatted"),
            ("area", "gardening", "choose one of the list"),
        ] {
            let page = send(&ada, id, &page, &[(name, wrong)]).expect(422).text();
            assert!(page.contains(said), "{name}: {page}");
        }
        send(&ada, id, &page, &[("requester", "lu@customer.test")]).expect(303);
        let page = ada.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("lu@customer.test"), "{page}");
    });
}

/// What nobody touched stays, also where it is no choice any more; and what is wrong is said where it was typed.
#[test]
fn what_was_not_touched_stays_as_it_is() {
    on_each_engine(|desk| {
        let option = |value: &str| json!({ "name": value.to_uppercase(), "value": value });
        let options = json!([option("old"), option("new")]);
        let plan = json!({ "type": "tagger", "title": "Build", "custom_field_options": options });
        let (build, name) = field(desk, &plan);
        let id = desk.ask(KIM, "", "billing");
        let set = json!({ "custom_fields": [{ "id": build, "value": "old" }], "email_ccs": [{ "user_email": "lee@other.test" }] });
        desk.update(ADA, id, &set).expect(200);
        let fewer = json!({ "ticket_field": { "custom_field_options": [option("new")] } });
        desk.as_admin().put(&format!("ticket_fields/{build}.json"), &fewer).expect(200);

        let ada = desk.visit_as(ADA);
        let page = ada.get(&format!("/tickets/{id}/details")).expect(200).text();
        assert!(page.contains("value=\"old\" selected"), "{page}");
        send(&ada, id, &page, &[("subject", "Another")]).expect(303);
        let ticket = desk.as_admin().get(&format!("tickets/{id}.json")).expect(200).at("/ticket");
        let values = ticket["custom_fields"].as_array().unwrap();
        assert_eq!(values.iter().find(|one| one["id"] == build).unwrap()["value"], "old");

        let page = ada.get(&format!("/tickets/{id}/details")).expect(200).text();
        let wrong = send(&ada, id, &page, &[("ccs", "lee@other.test bob@")]).expect(422).text();
        assert!(
            wrong.contains("id=\"ccs-error\"") && !wrong.contains("requester-error"),
            "{wrong}"
        );
        send(&ada, id, &page, &[("organization", "abc")]).expect(422);
        assert_eq!(stands(&page, &format!("{name}_was")), "old");
    });
}

/// NF-04: two changes of one field ask about that field only.
#[test]
fn whoever_changes_the_same_is_asked_and_the_rest_is_changed_all_the_same() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "billing");
        let ada = desk.visit_as(ADA);
        let page = ada.get(&format!("/tickets/{id}/details")).expect(200).text();
        let area = json!({ "custom_fields": [{ "id": testkit::AREA, "value": "feature_flags" }] });
        desk.update("bo@acme.test", id, &area).expect(200);

        send(&ada, id, &page, &[("kind", "bug")]).expect(303);
        let changes = [("area", "session_replay"), ("subject", "Mask the names")];
        let asked = send(&ada, id, &page, &changes).expect(409).text();
        assert!(asked.contains("changed this") && asked.contains("Feature flags"), "{asked}");
        let leave = asked.split("<form").find(|form| form.contains("Leave it, change the rest"));
        let leave = leave.unwrap();
        assert!(leave.contains("Mask the names") && !leave.contains("session_replay"), "{leave}");
    });
}

#[test]
fn a_wrong_area_is_mended_from_the_bar_for_one_and_for_many() {
    on_each_engine(|desk| {
        let ids = [desk.ask(KIM, "", "billing"), desk.ask(KIM, "", "")];
        let ada = desk.visit_as(ADA);
        let bar = format!("/bar/choices?do=area&id={}&id={}", ids[0], ids[1]);
        let bar = ada.get_fragment(&bar).expect(200).text();
        assert!(
            bar.contains("Set the area of 2 tickets") && bar.contains("feature_flags"),
            "{bar}"
        );
        let (one, two) = (ids[0].to_string(), ids[1].to_string());
        let set = [("do", "area"), ("value", "feature_flags"), ("id", &one), ("id", &two)];
        ada.post("/bulk", &set).expect(303);
        let areas = || {
            let of = |id: i64| {
                let found = desk.as_admin().get(&format!("tickets/{id}.json")).at("/ticket");
                let values = found["custom_fields"].as_array().unwrap().clone();
                values.iter().find(|one| one["id"] == testkit::AREA).unwrap()["value"].clone()
            };
            ids.map(of)
        };
        assert_eq!(areas(), [json!("feature_flags"), json!("feature_flags")]);
        ada.post("/undo", &[]).expect(303);
        assert_eq!(areas(), [json!("billing"), json!(null)]);
        let wrong = [("do", "area"), ("value", "gardening"), ("id", &one), ("form", "1")];
        ada.post("/bulk", &wrong).expect(422);
    });
}

#[test]
fn customers_are_asked_what_they_may_say_and_see_no_more() {
    on_each_engine(|desk| {
        let shown = json!({ "visible_in_portal": true, "editable_in_portal": true });
        let with = |more: serde_json::Value| {
            let mut field = shown.clone();
            field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            field
        };
        let seats =
            with(json!({ "type": "integer", "title": "Seats", "required_in_portal": true }));
        let (_, seats) = field(desk, &seats);
        let plan = with(json!({ "type": "tagger", "title": "Hosting", "custom_field_options": [
            { "name": "Our cloud", "value": "cloud" }, { "name": "Your own", "value": "own" }] }));
        let (_, hosting) = field(desk, &plan);
        let (_, secret) = field(desk, &json!({ "type": "text", "title": "Churn risk" }));
        desk.ask(KIM, "", "");
        let kim = crate::customers::by_mail(desk, KIM);
        let page = kim.get("/requests/new").expect(200).text();
        assert!(page.contains("Seats") && page.contains("Our cloud"), "{page}");
        assert!(!page.contains("Churn risk"), "{page}");
        let ask = |seats_are: &str| {
            kim.post(
                "/requests/new",
                &[
                    ("subject", "Flags"),
                    ("body", "They are off."),
                    (&seats, seats_are),
                    (&hosting, "own"),
                    (&secret, "high"),
                ],
            )
        };
        assert!(ask("").expect(422).text().contains("Seats is missing."));
        let page = ask("lots").expect(422).text();
        assert!(page.contains("Seats: expected a whole number, got “lots”."), "{page}");
        assert!(page.contains("value=\"lots\""), "what was typed is there: {page}");
        ask("12").expect(200);
        let id = desk.as_admin().get("tickets.json?sort=-id").at("/tickets/0/id");
        let page = kim.get(&format!("/requests/{id}")).expect(200).text();
        assert!(page.contains("Seats") && page.contains("Your own"), "{page}");
        assert!(!page.contains("Churn"), "{page}");
        let page = desk.visit_as(ADA).get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("Your own") && !page.contains("Churn risk"), "{page}");
    });
}

/// What cannot be taken back is not passed over in favour of something older on another ticket.
#[test]
fn undoing_reaches_what_was_done_last_and_nothing_older() {
    on_each_engine(|desk| {
        let (first, second) = (desk.ask(KIM, "", ""), desk.ask(KIM, "", ""));
        let ada = desk.visit_as(ADA);
        let tags = |id: i64| {
            desk.as_admin().get(&format!("tickets/{id}.json")).at("/ticket/tags").to_string()
        };
        let tag = || {
            ada.post(&format!("/tickets/{first}/tags"), &[("tags", "one")]).expect(303);
        };
        tag();
        let note = [("team", "2"), ("note", "Look at it."), ("tell", "")];
        let page = ada.get(&format!("/tickets/{second}/escalation")).expect(200).text();
        let team = page.split("id=\"team\"").nth(1).unwrap();
        let team = team.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let note = note.map(|(name, value)| (name, if name == "team" { &team } else { value }));
        ada.post(&format!("/tickets/{second}/escalation"), &note).expect(303);
        ada.post("/undo", &[]).expect(303);
        assert_eq!(tags(first), "[\"one\"]", "the escalation was last");
        ada.post(&format!("/tickets/{first}/tags"), &[("tags", "")]).expect(303);
        tag();
        ada.post(&format!("/tickets/{second}/deescalation"), &[]).expect(303);
        ada.post("/undo", &[]).expect(303);
        assert_eq!(tags(first), "[\"one\"]", "handing back was last");

        let actions = json!([{ "field": "current_tags", "value": "three" }]);
        let body = json!({ "macro": { "title": "Three", "actions": actions } });
        let three = desk.as_admin().post("macros.json", &body).expect(201).number("/macro/id");
        let path = format!("/tickets/{second}/macro");
        ada.post(&path, &[("macro", &three.to_string())]).expect(303);
        assert_eq!(tags(second), "[\"three\"]");
        ada.post("/undo", &[]).expect(303);
        assert_eq!((tags(first).as_str(), tags(second).as_str()), ("[\"one\"]", "[]"));
    });
}

/// ESC-02: the customer is told if the agent says so, in the very words the form shows.
#[test]
fn an_escalation_shows_what_the_customer_will_be_told() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "feature_flags");
        let ada = desk.visit_as(ADA);
        let path = format!("/tickets/{id}/escalation");
        let page = ada.get(&path).expect(200).text();
        let told = page.split_once("id=\"tell-hint\">“").unwrap().1.split_once("”").unwrap().0;
        assert!(told.contains("is looking into it") && told.contains(", "), "{told}");
        let team = page.split("id=\"team\"").nth(1).unwrap();
        let chosen = team.split("selected").next().unwrap().rsplit("value=\"").next().unwrap();
        let team = chosen.split('"').next().unwrap();
        ada.post(&path, &[("team", team), ("note", "Look."), ("tell", "true")]).expect(303);
        let sent = desk.sent(id, "promise");
        assert!(sent[0]["text"].as_str().unwrap().contains(told), "{sent:?}: {told}");
    });
}

/// GH-02
#[test]
fn a_public_issue_is_linked_without_solving() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "");
        let ada = desk.visit_as(ADA);
        let path = format!("/tickets/{id}/issue");
        ada.post(&path, &[("issue_url", "https://acme.test/")]).expect(422);
        let url = "https://github.com/acme/replay/issues/12";
        ada.post(&path, &[("issue_url", url)]).expect(303);
        let log = ada.get(&format!("/tickets/{id}/activity")).expect(200).text();
        assert!(log.contains(url), "{log}");
        let ticket = desk.as_admin().get(&format!("tickets/{id}.json")).at("/ticket");
        assert_ne!(ticket["status"], "solved");
    });
}

/// SLA-09: a team reads its deadlines in its own zone, and why they press.
#[test]
fn a_team_is_told_of_its_deadlines_in_words() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        desk.advance("72h");
        let warned = desk.sent(id, "warning");
        let breached = desk.sent(id, "breach");
        let text = |sent: &[serde_json::Value]| sent[0]["text"].as_str().unwrap().to_owned();
        let (warned, breached) = (text(&warned), text(&breached));
        assert!(warned.contains(" left, until ") && warned.contains(", "), "{warned}");
        assert!(breached.contains("BST") && breached.contains("nobody’s"), "{breached}");
        assert!(!breached.contains("T08:"), "{breached}");
    });
}

#[test]
fn addresses_that_the_app_sends_along_are_links_if_they_are_plain() {
    on_each_engine(|desk| {
        let context = json!({ "page": "https://app.customer.test/flags?x=1", "deploy": "javascript:alert(1)" });
        let mut request = testkit::request(KIM);
        request.insert("context".to_owned(), context);
        let body = json!({ "request": request });
        let id = desk.as_anybody().post("requests.json", &body).expect(201).number("/request/id");
        let page = desk.visit_as(ADA).get(&format!("/tickets/{id}")).expect(200).text();
        let link = "<a href=\"https://app.customer.test/flags?x=1\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">";
        assert!(page.contains(link) && page.contains("at app.customer.test"), "{page}");
        assert!(!page.contains("href=\"javascript"), "{page}");
    });
}

/// NF-11: pictures are shown small, in their place before they are there; whatever else may run is a download.
#[test]
fn pictures_are_shown_and_numbers_of_tickets_lead_there() {
    on_each_engine(|desk| {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0c\x80\0\0\x06\x40\x08\x06\0\0\0";
        let svg =
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)' width='9' height='9'/>";
        let id = desk.ask(KIM, "", "");
        let upload = |name: &str, content: &[u8]| {
            let path = format!("uploads.json?filename={name}");
            let caller = desk.as_user(ADA);
            caller
                .send("POST", &path, Some("application/binary"), content)
                .expect(201)
                .at("/upload/token")
        };
        let uploads = [upload("shot.png", png), upload("drawing.svg", svg)];
        let body = format!("As in #{id}; see `#{id}` too.");
        desk.update(ADA, id, &json!({ "comment": { "body": body, "uploads": uploads } }))
            .expect(200);
        let page = desk.visit_as(ADA).get(&format!("/tickets/{id}")).expect(200).text();
        let (_, picture) = page.split_once("<img src=\"/attachments/token/").unwrap();
        let picture = picture.split('>').next().unwrap();
        assert!(picture.contains("width=\"320\" height=\"160\" loading=\"lazy\""), "{picture}");
        assert_eq!(page.matches("<img src=\"/attachments").count(), 1, "{page}");
        let link = format!("As in <a href=\"/tickets/{id}\">#{id}</a>; see <code>#{id}</code>");
        assert!(page.contains(&link), "{page}");
        let own = crate::customers::by_mail(desk, KIM);
        let own = own.get(&format!("/requests/{id}")).expect(200).text();
        assert!(own.contains("loading=\"lazy\"") && !own.contains(&link), "{own}");

        let served = |name: &str| {
            let all = desk.comments(id)[1]["attachments"].as_array().unwrap().clone();
            let file = all.iter().find(|file| file["file_name"] == name).unwrap().clone();
            let url = file["content_url"].as_str().unwrap().to_owned();
            let path = url.splitn(4, '/').nth(3).unwrap().to_owned();
            let answer = desk.as_anybody().get(&format!("/{path}")).expect(200);
            assert!(answer.header("content-security-policy").unwrap().contains("sandbox"));
            (answer.header("content-disposition").unwrap().to_owned(), file["width"].clone())
        };
        let inline = "inline; filename=\"shot.png\"; filename*=UTF-8''shot.png".to_owned();
        assert_eq!(served("shot.png"), (inline, json!(3200)));
        let (disposition, width) = served("drawing.svg");
        assert!(disposition.starts_with("attachment;") && width.is_null(), "{disposition}");
    });
}

#[test]
fn the_channels_say_what_is_known_and_no_more() {
    on_each_engine(|desk| {
        let admin = desk.visit_as(desk.admin_email());
        let page = admin.get("/settings/channels").expect(200).text();
        assert!(page.contains("None of the newest messages came by it."), "{page}");
        assert!(!page.contains("Ready"), "{page}");
        desk.ask(KIM, "", "");
        let page = admin.get("/settings/channels").expect(200).text();
        assert!(page.contains("A customer last wrote by it"), "{page}");
    });
}
