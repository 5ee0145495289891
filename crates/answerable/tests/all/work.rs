//! A hero's day with the real program: the queue, the next ticket, giving it back, and the end of the week, on both
//! engines. (ROT-03, ROT-06, ROT-07, ROT-11)

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};
use testkit::{Answer, HANDBOOK, Program, Start, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const ADA: &str = "ada@acme.test";
const BO: &str = "bo@acme.test";
const CY: &str = "cy@acme.test";
const ELI: &str = "eli@acme.test";

/// How many support engineers ask for work at once.
const CROWD: usize = 8;

/// The tests' handbook: product engineers take turns, customer success tags, and Eli is new.
fn handbook() -> String {
    let hero = "slack = \"#support-replay\"\nlead = \"cy@acme.test\"\n\
                hero = { order = [\"bo@acme.test\", \"cy@acme.test\"], from = \"2026-01-05\" }";
    let crowd: Vec<String> =
        (0..CROWD).map(|number| format!("\"one{number}@acme.test\"")).collect();
    let support = format!("\"dee@acme.test\", \"{ELI}\", {}", crowd.join(", "));
    let more = "\n[work]\ntagged = [\"cs\"]\ntop_account = \"organization.mrr >= 5000.0\"\n\
                [[person]]\nemail = \"eli@acme.test\"\nname = \"Eli\"\n\
                areas = { only = [\"session_replay\"], until = \"2026-07-01\" }\n";
    HANDBOOK
        .replace("slack = \"#support-replay\"", hero)
        .replace("\"dee@acme.test\"", &support)
        .replace("[fields]", &format!("{more}\n[fields]"))
}

fn on_each_engine(story: impl Fn(&Program)) {
    let start = Start { handbook: handbook(), ..Start::at(MONDAY) };
    testkit::on_each_engine_with(BINARY, &start, story);
}

/// Somebody's pages.
fn visit(desk: &Program, email: &str) -> Visitor {
    let users = desk.as_admin().get(&format!("users/search.json?query={email}")).expect(200);
    let id = users.number("/users/0/id").to_string();
    let visitor = desk.visit();
    visitor.post("/demo/as", &[("person", &id)]).expect(303);
    visitor
}

fn text(answer: &Answer) -> String {
    // Tags away, one space for each gap.
    let page = answer.text();
    let words = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, rest)| rest));
    words.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// ROT-06: the queue says the class of each row and why.
#[test]
fn each_row_of_the_queue_says_where_it_stands_and_why() {
    on_each_engine(|desk| {
        desk.organization("big.test", &json!({ "mrr": 3000.0 }));
        desk.organization("rich.test", &json!({ "mrr": 9000.0 }));
        let replay = desk.as_admin().get("groups.json").expect(200);
        let groups = replay.at("/groups").as_array().cloned().unwrap_or_default();
        let replay = groups.iter().find(|group| group["name"] == "Session replay");
        let replay = replay.map(|group| group["id"].clone()).unwrap_or_default();
        let low = desk.ask("jo@free.test", "low", "session_replay");
        let asked = desk.ask("kim@big.test", "", "session_replay");
        let (high, top) = (
            desk.ask("lu@big.test", "", "session_replay"),
            desk.ask("mo@rich.test", "", "session_replay"),
        );
        let tagged = desk.ask("pat@free.test", "", "session_replay");
        for id in [high, top, low, asked, tagged] {
            let move_on = json!({ "escalation": { "group_id": replay, "note": "Please look." } });
            if [high, top].contains(&id) {
                desk.as_user(ADA)
                    .post(&format!("tickets/{id}/escalate.json"), &move_on)
                    .expect(200);
            } else {
                desk.update(ADA, id, &json!({ "group_id": replay })).expect(200);
            }
        }
        desk.update(ADA, tagged, &json!({ "tags": ["cs"] })).expect(200);

        let page = visit(desk, BO).get("/views/my-queue").expect(200);

        let words = text(&page);
        let expected = [
            format!("#{tagged} pat Place in the work order: 1 tagged cs · organization unknown"),
            format!(
                "#{top} mo, rich.test Place in the work order: 2 escalated top account, by Ada · reply due"
            ),
            format!(
                "#{high} lu, big.test Place in the work order: 3 escalated High, by Ada · reply due"
            ),
            format!(
                "#{asked} kim, big.test Place in the work order: 5 reply due 21:00 · high-paying customer"
            ),
            format!("#{low} jo Place in the work order: 6 Low · organization unknown"),
        ];
        let simple = words.replace(" New ", " ").replace(" Open ", " ");
        let mut from = 0;
        for line in &expected {
            let (number, why) = line.split_once("Place").unwrap_or((line, ""));
            let number = number.split_whitespace().next().unwrap_or_default();
            let place = simple[from..]
                .find(number)
                .unwrap_or_else(|| panic!("no {number} after the others: {words}"));
            from += place;
            let why = format!("Place{why}");
            assert!(simple[from..].contains(&why), "no {why}: {}", &simple[from..]);
        }
        // Near its target, and past it, the same row says so.
        desk.set_clock("2026-06-08T18:30:00Z");
        let near = text(&visit(desk, BO).get("/views/my-queue"));
        assert!(near.contains("5 near target · high-paying customer"), "{near}");
        assert!(near.contains("3 due soon"), "{near}");
        desk.set_clock("2026-06-08T20:30:00Z");
        let over = text(&visit(desk, BO).get("/views/my-queue"));
        assert!(over.contains("5 past target · high-paying customer"), "{over}");
        assert!(over.contains("3 over"), "{over}");
    });
}

/// ROT-11: however many ask at once, nobody gets what another one got.
#[test]
fn two_people_never_get_the_same_ticket() {
    on_each_engine(|desk| {
        for number in 0..CROWD + 3 {
            desk.ask(&format!("kim@customer{number}.test"), "critical", "session_replay");
        }
        let start = Barrier::new(CROWD);

        let taken: Vec<i64> = thread::scope(|scope| {
            let asking: Vec<_> = (0..CROWD)
                .map(|number| {
                    let start = &start;
                    scope.spawn(move || {
                        let caller = desk.as_user(&format!("one{number}@acme.test"));
                        start.wait();
                        caller
                            .post("leases.json", &json!({}))
                            .expect(201)
                            .number("/lease/ticket_id")
                    })
                })
                .collect();
            asking.into_iter().filter_map(|one| one.join().ok()).collect()
        });

        let each_once: BTreeSet<i64> = taken.iter().copied().collect();
        assert_eq!((taken.len(), each_once.len()), (CROWD, CROWD), "{taken:?}");
        // What was asked first was handed out first.
        assert_eq!(each_once.iter().max(), Some(&i64::try_from(CROWD).unwrap_or_default()));
    });
}

/// ROT-11
#[test]
fn the_next_ticket_is_taken_kept_and_given_back_with_a_reason() {
    on_each_engine(|desk| {
        let first = desk.ask("kim@customer.test", "critical", "session_replay");
        let second = desk.ask("lu@customer.test", "", "session_replay");
        let (ada, dee) = (visit(desk, ADA), visit(desk, "dee@acme.test"));

        // Looking takes nothing.
        ada.get("/next").expect(405);
        ada.get("/views/my-queue").expect(200);
        let to = ada.post("/next", &[]).expect(303);
        assert_eq!(to.header("location"), Some(format!("/tickets/{first}?list=my-queue").as_str()));
        let page = text(&ada.get(&format!("/tickets/{first}")));
        assert!(page.contains("Yours until 09:30, taken with Next Give back…"), "{page}");
        let page = text(&dee.get(&format!("/tickets/{first}")));
        assert!(page.contains("Ada has it until 09:30, taken with Next"), "{page}");
        assert!(!page.contains("Give back…"), "{page}");
        let queue = text(&dee.get("/views/my-queue"));
        assert!(queue.contains("with Ada until 09:30"), "{queue}");

        let skip = format!("/tickets/{first}/skip");
        let refused = ada.post(&skip, &[("reason", " ")]).expect(422);
        assert!(text(&refused).contains("Say why."), "{refused:?}");
        let back = ada.post(&skip, &[("reason", "needs <a Mac>")]).expect(303);
        assert_eq!(back.header("location"), Some("/views/my-queue"));

        assert_eq!(
            ada.post("/next", &[]).header("location"),
            Some(format!("/tickets/{second}?list=my-queue").as_str())
        );
        assert_eq!(
            dee.post("/next", &[]).header("location"),
            Some(format!("/tickets/{first}?list=my-queue").as_str())
        );
        let page = dee.get(&format!("/tickets/{first}")).text();
        assert!(page.contains("Ada gave it back, just now: needs &lt;a Mac&gt;"), "{page}");
        let activity = text(&dee.get(&format!("/tickets/{first}/activity")));
        assert!(activity.contains("Gave it back: needs &lt;a Mac&gt; Ada"), "{activity}");
        let skips = desk.as_admin().get("skips.json").expect(200);
        assert_eq!(skips.at("/count"), 1);
        assert_eq!(skips.at("/next_page"), Value::Null);
        let user = desk.as_user(ADA).get("users/me.json").expect(200).number("/user/id");
        assert_eq!(
            skips.at("/skips/0"),
            json!({
                "id": skips.at("/skips/0/id"), "ticket_id": first, "user_id": user, "reason": "needs <a Mac>",
                "created_at": MONDAY, "updated_at": MONDAY,
            })
        );
        for path in
            [format!("tickets/{first}/skips.json"), format!("users/{user}/skips.json?page[size]=1")]
        {
            assert_eq!(desk.as_admin().get(&path).expect(200).at("/skips/0/ticket_id"), first);
        }
        assert_eq!(
            desk.as_admin().get(&format!("tickets/{second}/skips.json")).at("/skips"),
            json!([])
        );
        desk.as_admin().get("tickets/999/skips.json").expect(404);

        // Nothing is left for whoever comes third, who is told so.
        let none = desk.as_user("one0@acme.test").post("leases.json", &json!({})).expect(200);
        assert_eq!(none.at("/lease"), Value::Null);
        let one = visit(desk, "one0@acme.test");
        let to = one.post("/next", &[]).expect(303);
        let page = text(&one.get(to.header("location").unwrap_or_default()));
        assert!(page.contains("Nothing is left for you to take"), "{page}");

        // A lease is no change of the ticket: who reads it meanwhile can still send.
        let seq = desk.ticket(second)["updated_stamp"].clone();
        desk.advance("31m");
        assert_eq!(desk.ticket(second)["updated_stamp"], seq);
        let again = desk.as_user("one0@acme.test").post("leases.json", &json!({})).expect(201);
        assert_eq!(again.number("/lease/ticket_id"), first);
        for (body, field) in [
            (json!({ "skip": { "ticket_id": first } }), "reason"),
            (json!({ "skip": { "reason": "x" } }), "ticket_id"),
            (json!({ "skip": { "ticket_id": "x", "reason": "x" } }), "ticket_id"),
        ] {
            let refused = desk.as_user(ADA).post("skips.json", &body).expect(422);
            assert_ne!(refused.at(&format!("/details/{field}")), Value::Null, "{refused:?}");
        }
    });
}

/// ROT-03: giving a newcomer something else works, with a word on the page and one in the answer.
#[test]
fn a_newcomers_area_warns_and_stops_nobody() {
    on_each_engine(|desk| {
        let odd = desk.ask("kim@customer.test", "critical", "");
        let known = desk.ask("lu@customer.test", "", "session_replay");
        let taken = desk.as_user(ELI).post("leases.json", &json!({})).expect(201);
        assert_eq!(taken.number("/lease/ticket_id"), known);
        let eli = desk.as_user(ELI).get("users/me.json").expect(200).number("/user/id");

        let page = text(&visit(desk, ADA).get(&format!("/tickets/{odd}/assignment")));
        assert!(page.contains("Eli (new, not for this area yet)"), "{page}");
        let done = desk.update(ADA, odd, &json!({ "assignee_id": eli })).expect(200);

        assert_eq!(done.at("/ticket/assignee_id"), eli);
        assert_eq!(
            done.at("/warnings"),
            json!([{
                "field": "assignee_id",
                "code": "UnfamiliarArea",
                "description": "Assignee: Eli is new and is to be given only Session replay until 2026-07-01",
            }])
        );
        let page = text(&visit(desk, ADA).get(&format!("/tickets/{odd}")));
        assert!(
            page.contains("Eli is new Until Wed 1 Jul Eli is to be given only: Session replay."),
            "{page}"
        );
        let fine = desk.update(ADA, known, &json!({ "assignee_id": eli })).expect(200);
        assert_eq!(fine.json()["warnings"], Value::Null);
        let other = desk.update(ADA, odd, &json!({ "tags": ["x"] })).expect(200);
        assert_eq!(other.json()["warnings"], Value::Null, "only who assigns is told");
    });
}

/// Where the week of the stories is handed over.
const SHEET: &str = "/rota/replay/2026-06-08/handover";

/// Three tickets that wait with the product engineers; the first is Bo's.
fn waiting(desk: &Program) -> Vec<i64> {
    let groups = desk.as_admin().get("groups.json").expect(200).at("/groups");
    let mut groups = groups.as_array().into_iter().flatten();
    let replay = groups.find(|one| one["name"] == "Session replay");
    let replay = replay.map(|group| group["id"].clone()).unwrap_or_default();
    let ids = (0..3).map(|number| {
        let id = desk.ask(&format!("kim@customer{number}.test"), "critical", "session_replay");
        desk.update(ADA, id, &json!({ "group_id": replay })).expect(200);
        id
    });
    let ids: Vec<i64> = ids.collect();
    let bo = desk.as_user(BO).get("users/me.json").expect(200).number("/user/id");
    desk.update(BO, ids[0], &json!({ "assignee_id": bo })).expect(200);
    ids
}

/// Where a ticket on the sheet is marked through the API.
fn line(ticket: i64) -> String {
    format!("rotas/replay/handovers/2026-06-08/tickets/{ticket}.json")
}

/// ROT-07
#[test]
fn a_sheet_lies_there_before_the_week_ends_and_is_marked_by_page_and_by_api() {
    on_each_engine(|desk| {
        let ids = waiting(desk);
        let bo = visit(desk, BO);
        let early = text(&bo.get(SHEET).expect(200));
        let later = "It will be on Fri 12 Jun, 20:00: 4h of open time before the week ends.";
        assert!(early.contains(later), "{early}");
        let overview = bo.get("/rota/replay").expect(200).text();
        assert!(overview.contains(SHEET), "{overview}");

        desk.set_clock("2026-06-12T19:00:00Z");

        let queue = text(&bo.get("/views/my-queue"));
        let way = "Handover sheet of Session replay: 3 to hand over by Mon 00:00, 3 without a word";
        assert!(queue.contains(way), "{queue}");
        let one = ids[0].to_string();
        let typed = [("ticket", one.as_str()), ("mark", "waiting"), ("word", "typed")];
        let refused = bo.post(SHEET, &typed).expect(422).text();
        assert!(refused.contains("Until: cannot be blank"), "{refused}");
        assert!(refused.contains("typed"), "{refused}");
        let nothing = bo.post(SHEET, &[("mark", "done")]).expect(422).text();
        assert!(nothing.contains("Ticket is missing."), "{nothing}");
        let word = [("ticket", one.as_str()), ("mark", "told"), ("word", "Cy knows")];
        bo.post(SHEET, &word).expect(303);
        let page = text(&bo.get(SHEET));
        assert!(page.contains("Next owner told, by Bo, just now: Cy knows"), "{page}");

        let told = json!({ "line": { "mark": "told", "word": "Cy knows" } });
        desk.as_user(BO).put(&line(ids[1]), &told).expect(200);
        for (bad, field) in [
            (json!({ "mark": "lost" }), "mark"),
            (json!({ "mark": "waiting", "until": "soon" }), "until"),
            (json!({ "mark": "waiting", "until": "2026-06-01" }), "until"),
        ] {
            let refused = desk.as_user(BO).put(&line(ids[1]), &json!({ "line": bad })).expect(422);
            assert_ne!(refused.at(&format!("/details/{field}")), Value::Null, "{refused:?}");
        }
        let taken_back = json!({ "line": { "mark": null } });
        let sheet = desk.as_user(BO).put(&line(ids[1]), &taken_back).expect(200);
        assert_eq!(sheet.at("/handover/lines/1/mark"), Value::Null);
        desk.as_user(BO).put(&line(999), &told).expect(404);
        for none in [
            "replay/handovers/2026-06-22",
            "support/handovers/2026-06-08",
            "replay/handovers/8.6.2026",
        ] {
            desk.as_user(BO).get(&format!("rotas/{none}.json")).expect(404);
        }
        bo.get("/rota/replay/2026-06-29/handover").expect(404);
        bo.get("/rota/replay/nothing/handover").expect(404);
    });
}

/// ROT-07
#[test]
fn a_week_that_has_ended_says_who_handled_what() {
    on_each_engine(|desk| {
        let ids = waiting(desk);
        desk.set_clock("2026-06-12T19:00:00Z");
        let waits = json!({ "mark": "waiting", "until": "2026-06-17", "word": "asked for a file" });
        desk.as_user(BO).put(&line(ids[0]), &json!({ "line": waits })).expect(200);
        desk.as_user(BO).put(&line(ids[1]), &json!({ "line": { "mark": "told" } })).expect(200);

        desk.set_clock("2026-06-15T07:30:00Z");

        let notices: Vec<Value> =
            desk.outbox().into_iter().filter(|one| one["kind"] == "handover").collect();
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert_eq!(notices[0]["to"], json!([CY]));
        let sheet = desk.as_user(CY).get("rotas/replay/handovers/2026-06-08.json").expect(200);
        assert_eq!((sheet.at("/handover/from"), sheet.at("/handover/to")), (json!(BO), json!(CY)));
        let lines = sheet.at("/handover/lines");
        let told = |line: &Value| {
            ["ticket_id", "mark", "outcome", "assignee"].map(|key| line[key].clone())
        };
        let lines: Vec<_> = lines.as_array().into_iter().flatten().map(told).collect();
        assert_eq!(
            lines,
            [
                [json!(ids[0]), json!("waiting"), json!("left"), json!(CY)],
                [json!(ids[1]), json!("told"), json!("left"), Value::Null],
                [json!(ids[2]), Value::Null, json!("left"), Value::Null],
            ]
        );
        let (bo, cy) = (visit(desk, BO), visit(desk, CY));
        let queue = text(&cy.get("/views/my-queue"));
        let way = "Handed over in Session replay from last week: 3, 1 without a word";
        assert!(queue.contains(way), "{queue}");
        let page = text(&cy.get(SHEET).expect(200));
        for told in [
            "Week of Mon 8 Jun: Bo hands over to Cy, Mon 15 Jun, 00:00",
            "left without a word, went on to Cy",
            "asked for a file left, went on to Cy with Cy",
        ] {
            assert!(page.contains(told), "no {told}: {page}");
        }
        let one = ids[0].to_string();
        bo.post(SHEET, &[("ticket", &one), ("mark", "done")]).expect(422);
    });
}
