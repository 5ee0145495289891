//! What stands around pages: whoever answers stays in the workspace, everybody else sees one column. On both engines.

use testkit::{HANDBOOK, Program, Start, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");
const ADA: &str = "ada@acme.test";
const KIM: &str = "kim@acme.example";

/// Looks through somebody's eyes.
fn visit(desk: &Program, email: &str) -> Visitor {
    let visitor = desk.visit();
    visitor.post("/demo/as", &[("person", email)]).expect(303);
    visitor
}

fn on_each_engine(story: impl Fn(&Program)) {
    let start = Start { handbook: HANDBOOK.to_owned(), ..Start::at("2026-06-08T08:00:00Z") };
    testkit::on_each_engine_with(BINARY, &start, story);
}

#[test]
fn pages_for_everybody_and_missing_ones_leave_nobody_outside_the_workspace() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "billing");
        let (ada, kim, nobody) = (visit(desk, ADA), visit(desk, KIM), desk.visit());
        for (path, status) in [("/questions", 200), ("/support-hours", 200), ("/no/such/page", 404)]
        {
            let has = |visitor: &Visitor, what: &str| {
                visitor.get(path).expect(status).text().contains(what)
            };
            assert!(has(&ada, "href=\"/views/mine\""), "{path}: the views are gone");
            assert!(has(&ada, "<command-bar"), "{path}: the bar is gone");
            assert!(!has(&ada, "class=\"plain-top\""), "{path}: a customer's header");
            for other in [&kim, &nobody] {
                assert!(has(other, "class=\"plain-top\"") && !has(other, "<command-bar"), "{path}");
            }
        }
        let gone = ada.get("/tickets/99999").expect(404).text();
        assert!(gone.contains("<command-bar"), "a ticket that is not there");
        assert!(kim.get(&format!("/requests/{id}")).expect(200).text().contains("plain-top"));
    });
}

#[test]
fn an_empty_list_says_what_is_due_next_in_the_team() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "");
        let page = visit(desk, ADA).get("/views/mine").expect(200).text();
        assert!(page.contains(&format!("Next due in the team: #{id}, 21:00")));
    });
}

#[test]
fn the_outbox_is_narrowed_by_kind_and_ticket() {
    on_each_engine(|desk| {
        let ids = [desk.ask(KIM, "critical", "billing"), desk.ask(KIM, "", "")];
        let visitor = visit(desk, ADA);
        let shown = |query: &str| {
            let page = visitor.get(&format!("/demo/outbox{query}")).expect(200).text();
            page.matches("id=\"delivery-").count()
        };
        // The hero is told, too, once what is due was done.
        desk.advance("1m");
        assert!(shown("") > 2);
        assert_eq!(shown("?kind=acknowledgement"), 2);
        assert_eq!(shown(&format!("?channel=email&kind=acknowledgement&ticket={}", ids[0])), 1);
        assert_eq!(shown("?kind=nothing"), 0);
    });
}

#[test]
fn what_comes_by_itself_can_be_gone_to_in_the_demo() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "critical", "billing");
        let ada = visit(desk, ADA);
        let page = ada.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("The target passes"));
        let back = format!("/tickets/{id}");
        ada.post("/demo/clock", &[("set", "2026-06-08T20:00:00Z"), ("back", &back)]).expect(303);
        assert!(!ada.get(&back).expect(200).text().contains("The team is warned"));
    });
}
