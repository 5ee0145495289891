//! What people are told and when, who is away, what calendars read and what a digest says: through the doors of the real
//! program, on both engines. (ROT-05, ROT-09, ROT-10)

use serde_json::{Value, json};
use testkit::{Engine, HANDBOOK, Place, Program, Start};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London, 4:00 in New York.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const ADA: &str = "ada@acme.test";
const BO: &str = "bo@acme.test";
const CY: &str = "cy@acme.test";

/// Session replay has heroes and answers its own tickets; Bo works nine to five in New York.
fn handbook() -> String {
    let hero = "slack = \"#support-replay\"\nhero = { order = [\"bo@acme.test\", \"cy@acme.test\"], from = \"2026-01-05\" }";
    let bo = "[[person]]\nemail = \"bo@acme.test\"\nname = \"Bo\"\ntimezone = \"America/New_York\"\nhours = \"09:00-17:00\"\n\n[fields]";
    HANDBOOK
        .replace("slack = \"#support-replay\"", hero)
        .replace("first_level = \"support\"\n", "")
        .replace("[fields]", bo)
}

fn start(now: &str) -> Start {
    Start { handbook: handbook(), ..Start::at(now) }
}

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine_with(BINARY, &start(MONDAY), story);
}

/// A ticket of Session replay that somebody has, given to them by Ada.
fn given(desk: &Program, to: &str) -> i64 {
    let id = desk.ask("kim@customer.test", "critical", "session_replay");
    let who = desk.as_user(to).get("users/me.json").expect(200).number("/user/id");
    desk.update(ADA, id, &json!({ "assignee_id": who })).expect(200);
    id
}

/// The mails that told somebody something.
fn told(desk: &Program, to: &str) -> Vec<Value> {
    let mut all = desk.outbox();
    all.retain(|one| {
        one["kind"] == "notification" && one["channel"] == "email" && one["to"] == json!([to])
    });
    all
}

fn text(delivery: &Value) -> String {
    delivery["text"].as_str().unwrap_or_default().to_owned()
}

/// ROT-10
#[test]
fn a_burst_is_one_mail_and_nothing_rings_outside_the_hours() {
    on_each_engine(|desk| {
        let first = given(desk, CY);
        let mails = told(desk, CY);
        assert_eq!(mails.len(), 1, "the first one leaves at once");
        assert_eq!(mails[0]["ticket_id"], first);
        assert_eq!(mails[0]["headers"].get("Reply-To"), None);
        assert!(text(&mails[0]).contains(&format!("/tickets/{first}\n")));
        for _ in 0..3 {
            given(desk, CY);
        }
        desk.advance("4m");
        assert_eq!(told(desk, CY).len(), 1);
        desk.advance("1m");
        let mails = told(desk, CY);
        assert_eq!(mails.len(), 2, "and the others as one");
        assert!(mails[1]["subject"].as_str().is_some_and(|text| text.starts_with("3 notices: ")));

        for _ in 0..2 {
            given(desk, BO);
        }
        desk.set_clock("2026-06-08T12:59:59Z");
        assert!(told(desk, BO).is_empty(), "it is night in New York");
        desk.set_clock("2026-06-08T13:00:00Z");
        assert_eq!(told(desk, BO).len(), 1);
        let night = given(desk, BO);
        desk.set_clock("2026-06-12T21:00:00Z");
        let friday = told(desk, BO).len();
        desk.note(ADA, night, "The secret is in the drawer, @Bo.");
        desk.set_clock("2026-06-15T12:59:59Z");
        assert_eq!(told(desk, BO).len(), friday, "not on a weekend");
        desk.set_clock("2026-06-15T13:00:00Z");
        let last = told(desk, BO).last().map(text).unwrap_or_default();
        assert!(last.contains("names you") && !last.contains("drawer"), "{last}");
    });
}

/// ROT-10, NF-03: a machine that was off for a month tells once, in the hours, and only what is still so.
#[test]
fn a_month_of_downtime_tells_once_and_in_the_hours() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let id = {
            let desk = Program::start(BINARY, &place, &start(MONDAY));
            let id = given(&desk, BO);
            desk.kill();
            id
        };
        // A Saturday night.
        let desk = Program::start(BINARY, &place, &start("2026-07-11T02:00:00Z"));
        assert!(told(&desk, BO).is_empty(), "{engine:?}");
        desk.set_clock("2026-07-13T13:00:00Z");
        let mails = told(&desk, BO);
        assert_eq!(mails.len(), 1, "{engine:?}: {mails:?}");
        let said = text(&mails[0]);
        assert!(said.contains("The digest of Session replay"), "{said}");
        // The week passed on, and with it what Bo had: that it was given to Bo is over.
        assert!(!said.contains(&format!("/tickets/{id}\n")), "{said}");
        desk.advance("24h");
        assert_eq!(told(&desk, BO).len(), 1, "{engine:?}");
    }
}

/// ROT-04, ROT-10: over a week boundary.
#[test]
fn the_week_passes_on_and_its_hero_is_told_in_the_morning() {
    on_each_engine(|desk| {
        desk.set_clock("2026-06-21T23:30:00Z");
        assert!(told(desk, BO).is_empty(), "nothing rings at 00:00");
        let bo = desk.visit_as(BO);
        assert!(bo.get("/notices").expect(200).text().contains("You are hero until"));
        assert!(bo.get("/").expect(200).text().contains("Hero of Session replay: you"));

        desk.set_clock("2026-06-22T13:00:00Z");

        let mails = told(desk, BO);
        assert_eq!(mails.len(), 1);
        assert!(
            text(&mails[0])
                .contains("You are hero of Session replay until Sun 28 Jun, 19:00 (EDT)."),
            "{mails:?}"
        );
    });
}

/// One's notices by form, without script.
#[test]
fn notices_are_read_in_the_workspace() {
    on_each_engine(|desk| {
        let (one, two) = (given(desk, BO), given(desk, BO));
        let bo = desk.visit_as(BO);
        let page = bo.get("/notices").expect(200).text();
        assert!(page.contains("2 unread") && page.contains("Ada assigned it to you."), "{page}");
        assert!(page.contains(&format!("href=\"/tickets/{one}\"")), "{page}");
        assert!(bo.get("/notices/count").expect(200).text().contains("2 unread"));

        let second =
            page.split("name=\"ids\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let second = second.unwrap_or_else(|| panic!("nothing to mark as read: {page}")).to_owned();
        bo.post("/notices/read", &[("ids", &second)]).expect(303);
        assert!(bo.get("/notices").expect(200).text().contains("1 unread"));
        bo.post("/notices/read", &[("ticket", &one.to_string())]).expect(303);
        bo.post("/notices/read", &[("ticket", &two.to_string())]).expect(303);
        bo.post("/notices/read", &[("ids", "no, numbers")]).expect(303);
        assert!(!bo.get("/notices").expect(200).text().contains("unread\""));
        desk.set_clock("2026-06-08T13:00:00Z");
        assert!(told(desk, BO).is_empty(), "what was read needs no mail");
        let cy = desk.visit_as(CY);
        assert!(cy.get("/notices").expect(200).text().contains("You were told nothing yet"));
        cy.peek("/live?topics=notices:1").expect(404);
    });
}

#[test]
fn settings_are_kept_and_a_refused_form_keeps_what_was_typed() {
    on_each_engine(|desk| {
        let (cy, bo) = (desk.visit_as(CY), desk.visit_as(BO));
        let page = bo.get("/settings/me").expect(200).text();
        assert!(page.contains("The handbook says so.") && page.contains("Set by the handbook"));
        assert!(!page.contains("name=\"zone\"") && !page.contains("name=\"hours\""), "{page}");
        let page = cy.get("/settings/me").expect(200).text();
        assert!(page.contains("Those are the hours of Session replay."), "{page}");

        let typed = [("zone", "Mars/Base"), ("hours", "9 to 5"), ("mail", "assigned")];
        let page = cy.post("/settings/me", &typed).expect(422).text();
        assert!(page.contains("Mars/Base is not a time zone we know"), "{page}");
        assert!(page.contains("value=\"9 to 5\"") && page.contains("is not a range"), "{page}");
        let typed = [
            ("zone", "Asia/Tokyo"),
            ("hours", "09:00-17:00"),
            ("mail", "mentioned"),
            ("anytime", "mentioned"),
            ("theme", "dark"),
            ("density", "compact"),
        ];
        cy.post("/settings/me", &typed).expect(303);
        let page = cy.get("/settings/me").expect(200).text();
        assert!(page.contains("09:00–17:00, Tokyo time"), "{page}");
        assert!(page.contains("theme-dark") && page.contains("density-compact"), "{page}");
        let elsewhere = desk.visit_as(CY).get("/settings/me").expect(200).text();
        assert!(elsewhere.contains("density-compact"), "a person's, not a browser's: {elsewhere}");
        cy.post("/settings/me/look", &[("single_keys", "off"), ("theme", "pink")]).expect(303);
        let page = desk.visit_as(CY).get("/settings/me").expect(200).text();
        assert!(page.contains("data-letters=\"off\"") && page.contains("theme-dark"), "{page}");
        assert!(page.contains("09:00–17:00, Tokyo time"), "the rest stays: {page}");

        // It is 17:00 in Tokyo, and only mentions may ring.
        let id = given(desk, CY);
        assert!(told(desk, CY).is_empty());
        desk.note(ADA, id, "@cy, have a look.");
        assert_eq!(told(desk, CY).len(), 1);
        desk.set_clock("2026-06-09T00:00:00Z");
        assert_eq!(told(desk, CY).len(), 1, "assignments are not wanted by mail");
    });
}

/// ROT-05: away, by form and by API; the work goes to the hero and comes back.
#[test]
fn out_of_office_moves_the_work_and_brings_it_back() {
    on_each_engine(|desk| {
        let id = given(desk, CY);
        let owner = |id: i64| {
            let ticket = desk.as_admin().get(&format!("tickets/{id}.json")).expect(200);
            let owner = ticket.at("/ticket/assignee_id");
            let user = desk.as_admin().get(&format!("users/{owner}.json")).expect(200);
            user.at("/user/email").as_str().unwrap_or_default().to_owned()
        };
        let cy = desk.visit_as(CY);
        cy.post("/rota/absences", &[("from", "2026-06-08"), ("to", "2026-06-10")]).expect(303);
        assert!(!desk.outbox().is_empty());
        assert_eq!(owner(id), BO);
        let activity =
            desk.visit_as(ADA).get(&format!("/tickets/{id}/activity")).expect(200).text();
        assert!(activity.contains("out of office"), "{activity}");

        // Assigning to somebody who is away is possible and says so.
        let ada = desk.visit_as(ADA);
        let form = ada.get(&format!("/tickets/{id}/assignment")).expect(200).text();
        assert!(form.contains("Cy, away until"), "{form}");
        let other = given(desk, CY);
        let page = ada.get(&format!("/tickets/{other}")).expect(200).text();
        assert!(page.contains("Cy, who has this, is away until"), "{page}");

        let page = cy.get("/rota").expect(200).text();
        assert!(page.contains("Cy is away until Thu 11 Jun, 00:00."), "{page}");
        let all = desk.as_user(CY).get("absences.json").expect(200).at("/absences");
        let absence = all[0]["id"].to_string();
        assert_eq!((&all[0]["email"], &all[0]["to"]), (&json!(CY), &json!("2026-06-10T23:00:00Z")));
        desk.as_user(ADA).delete(&format!("absences/{absence}.json")).expect(404);
        ada.post(&format!("/rota/absences/{absence}/end"), &[]).expect(404);
        cy.post(&format!("/rota/absences/{absence}/end"), &[]).expect(303);
        desk.outbox();
        assert_eq!(owner(id), CY, "back early");
        cy.post(&format!("/rota/absences/{absence}/end"), &[]).expect(409);

        for (body, field) in [
            (json!({ "from": "soon", "to": "2026-06-20" }), "from"),
            (json!({ "from": "2026-06-20" }), "to"),
            (json!({ "from": "2026-06-20", "to": "2026-06-20" }), "to"),
            (json!({ "from": "2026-06-01", "to": "2026-06-02" }), "to"),
            (json!({ "from": "2026-06-20", "to": "2028-06-20" }), "to"),
            (
                json!({ "from": "2026-06-20", "to": "2026-06-21", "email": "who@acme.test" }),
                "email",
            ),
        ] {
            let refused = desk.as_admin().post("absences.json", &json!({ "absence": body }));
            let told = refused.expect(422).at(&format!("/details/{field}/0/description"));
            assert!(told.is_string(), "{body}: {told}");
        }
        let body = json!({ "absence": { "from": "2026-06-20", "to": "2026-06-21", "email": BO } });
        desk.as_user(CY).post("absences.json", &body).expect(403);
        desk.as_admin().post("absences.json", &body).expect(201);
    });
}

/// ROT-05: cover is asked for and taken.
#[test]
fn days_of_a_running_week_are_covered_by_who_is_asked() {
    on_each_engine(|desk| {
        let (bo, cy) = (desk.visit_as(BO), desk.visit_as(CY));
        bo.post("/rota/absences", &[("from", "2026-06-10"), ("to", "2026-06-11")]).expect(303);
        let page = bo.get("/rota").expect(200).text();
        assert!(
            page.contains("Proposed: Cy takes these days.") && page.contains("Ask Cy"),
            "{page}"
        );
        let hidden = |page: &str, name: &str| {
            let part = page.split("/rota/replay/overrides").nth(1).unwrap_or_default();
            let value = part.split(&format!("name=\"{name}\" value=\"")).nth(1);
            value.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
        };
        let (from, to) = (hidden(&page, "from"), hidden(&page, "to"));
        let asked = [("holder", CY), ("from", &from), ("to", &to)];
        bo.post("/rota/replay/covers", &asked).expect(303);
        bo.post("/rota/replay/covers", &asked).expect(303);
        let mails = told(desk, CY);
        assert_eq!(mails.len(), 1, "asked once: {mails:?}");
        assert!(text(&mails[0]).contains("Bo is away and asks you to take Session replay from"));
        bo.post(
            "/rota/replay/covers",
            &[("holder", "ray@acme.test"), ("from", &from), ("to", &to)],
        )
        .expect(422);

        let page = cy.get("/rota").expect(200).text();
        assert!(page.contains("Take it") && !page.contains("Ask Cy"), "{page}");
        cy.post("/rota/replay/overrides", &asked).expect(303);

        assert!(!bo.get("/rota").expect(200).text().contains("Needs a word"));
        let history = bo.get("/rota/replay").expect(200).text();
        assert!(history.contains("given to Cy.") && history.contains("by Cy"), "{history}");
        desk.set_clock("2026-06-10T12:00:00Z");
        // The days are Bo's, in New York.
        let rota = desk.as_admin().get("rotas/replay.json?from=2026-06-10&to=2026-06-11");
        let rota = rota.expect(200);
        assert_eq!(rota.at("/rota/shifts/1/from"), "2026-06-10T04:00:00Z");
        assert_eq!(rota.at("/rota/shifts/1/holder"), CY);
    });
}

/// ROT-05: the secret link of a calendar.
#[test]
fn a_calendar_is_read_by_its_secret_link_alone() {
    on_each_engine(|desk| {
        let bo = desk.visit_as(BO);
        let link = |page: &str| {
            let rest = page.split("/rota/calendar/").nth(1).unwrap_or_default();
            format!("/rota/calendar/{}", rest.split('"').next().unwrap_or_default())
        };
        let own = link(&bo.get("/settings/me").expect(200).text());
        let anybody = desk.as_anybody();
        let first = anybody.get(&own).expect(200);
        assert_eq!(first.header("content-type"), Some("text/calendar; charset=utf-8"));
        assert!(first.text().starts_with("BEGIN:VCALENDAR\r\n"), "{first:?}");
        assert!(first.text().contains("SUMMARY:Hero of Session replay\r\n"));
        let tag = first.header("etag").unwrap_or_default().to_owned();
        anybody.clone().with("If-None-Match", &tag).get(&own).expect(304);

        // A swap that was accepted changes it.
        let swap = json!({ "swap": { "week": "2026-06-15", "with": BO } });
        let asked = desk.as_user(CY).post("rotas/replay/swaps.json", &swap).expect(201);
        let path = format!("rotas/replay/swaps/{}.json", asked.number("/swap/id"));
        desk.as_user(BO).put(&path, &json!({ "swap": { "state": "accepted" } })).expect(200);
        let second = anybody.clone().with("If-None-Match", &tag).get(&own).expect(200);
        assert!(second.text().contains("DTSTART:20260614T230000Z"), "{second:?}");

        bo.post("/settings/me/calendar", &[]).expect(303);
        anybody.get(&own).expect(404);
        let fresh = link(&bo.get("/rota").expect(200).text());
        assert_ne!(fresh, own);
        anybody.get(&fresh).expect(200);
        anybody.get(fresh.trim_end_matches(".ics")).expect(404);
        anybody.get("/rota/calendar/p1-00.ics").expect(404);
        let team = link(&bo.get("/rota/replay").expect(200).text());
        assert!(
            anybody.get(&team).expect(200).text().contains("SUMMARY:Bo: hero of Session replay")
        );
        bo.post("/rota/replay/calendar", &[]).expect(303);
        anybody.get(&team).expect(404);
        desk.visit_as(ADA).post("/rota/replay/calendar", &[]).expect(403);
    });
}

/// ROT-09: a draft on Friday, edited and sent by the hero, over a week boundary.
#[test]
fn a_digest_is_drafted_on_friday_and_sent_by_the_hero() {
    on_each_engine(|desk| {
        let id = given(desk, BO);
        desk.reply(BO, id, "Here you are.");
        let (bo, ada) = (desk.visit_as(BO), desk.visit_as(ADA));
        let here = "/digest/replay/2026-06-08";
        let answer = bo.get("/digest/replay").expect(303);
        assert_eq!(answer.header("location"), Some(here));
        assert_eq!(bo.get("/digest/replay/2026-06-10").expect(303).header("location"), Some(here));
        let page = ada.get(here).expect(200).text();
        assert!(page.contains("The hero approves it.") && !page.contains("Send to"), "{page}");
        let list = ada.get(&format!("{here}/tickets?of=asked")).expect(200).text();
        assert!(list.contains(&format!("/tickets/{id}")), "{list}");
        ada.get(&format!("{here}/tickets?of=nothing")).expect(404);
        for wrong in [
            "/digest/nothing",
            "/digest/replay/soon",
            "/digest/replay/2026-06-15",
            "/digest/nothing/2026-06-08",
        ] {
            bo.get(wrong).expect(404);
        }

        desk.set_clock("2026-06-12T15:00:00Z");
        let mails = told(desk, BO);
        assert!(mails.iter().any(|one| text(one).contains(here)), "{mails:?}");
        let form = |version: &str, text: &str, act: &str| {
            bo.post(here, &[("version", version), ("text", text), ("do", act)])
        };
        let page = form("1", "", "send").expect(422).text();
        assert!(page.contains("Text: cannot be blank"), "{page}");
        form("1", "A quiet week. <script>alert(1)</script>", "save").expect(303);
        let page = form("1", "My own words.", "save").expect(409).text();
        assert!(
            page.contains("My own words.") && page.contains("changed or sent meanwhile"),
            "{page}"
        );
        ada.post(here, &[("version", "2"), ("text", "Mine."), ("do", "send")]).expect(403);
        let sent = |desk: &Program| {
            let mut all = desk.outbox();
            all.retain(|one| one["kind"] == "digest");
            all
        };
        assert!(sent(desk).is_empty(), "nothing is posted without the hero");
        form("2", "A *quiet* week.", "send").expect(303);
        form("3", "Again.", "send").expect(409);
        let posts = sent(desk);
        assert_eq!(posts.len(), 1);
        assert_eq!(
            (&posts[0]["channel"], &posts[0]["to"]),
            (&json!("slack"), &json!(["#support-replay"]))
        );

        desk.set_clock("2026-06-16T08:00:00Z");
        let page = ada.get(here).expect(200).text();
        assert!(page.contains("Sent by Bo") && page.contains("<em>quiet</em>"), "{page}");
        assert!(!page.contains("<textarea"), "it does not change any more");
    });
}
