//! Along a list from ticket to ticket: every list, kept and filtered ones too, says what comes next, also after the ticket
//! one looks at has left it. On both engines.

use serde_json::json;
use testkit::{Answer, Program, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");
const MONDAY: &str = "2026-06-08T08:00:00Z";
const ADA: &str = "ada@acme.test";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// Four tickets, the oldest first, of which all but the second have the tag.
fn furnish(desk: &Program) -> [i64; 4] {
    [true, false, true, true].map(|tagged| {
        let id = desk.ask("kim@customer.test", "", "");
        if tagged {
            let change = json!({ "ticket": { "tags": ["beta"] } });
            desk.as_admin().put(&format!("tickets/{id}.json"), &change).expect(200);
        }
        desk.advance("1m");
        id
    })
}

/// The addresses of the tickets a list shows, in their order.
fn rows(visitor: &Visitor, list: &str) -> Vec<String> {
    let page = visitor.get(list).expect(200).text();
    page.split("<h2><a href=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0.replace("&amp;", "&")))
        .collect()
}

/// The address a page's link with these words before its `rel` has.
fn link(page: &Answer, rel: &str) -> Option<String> {
    let page = page.text();
    let tag = page.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\"")))?;
    Some(tag.split_once("href=\"")?.1.split_once('"')?.0.replace("&amp;", "&"))
}

/// What the way back is called.
fn back(page: &Answer) -> String {
    let page = page.text();
    let way = page.split_once("class=\"ticket-way\"").expect("a way back").1;
    let words = way.split_once("</svg>").expect("its icon").1;
    words.split_once("</a>").expect("its end").0.trim().to_owned()
}

fn id_of(address: &str) -> i64 {
    let rest = address.strip_prefix("/tickets/").unwrap_or_else(|| panic!("{address}"));
    rest.split(['?', '#']).next().and_then(|id| id.parse().ok()).expect("a number")
}

/// Walks from the first ticket of a list to its end and back.
fn walk(ada: &Visitor, list: &str, title: &str, expected: &[i64]) {
    let shown = rows(ada, list);
    assert_eq!(shown.iter().map(|to| id_of(to)).collect::<Vec<_>>(), expected, "{list}");
    let mut at = shown[0].clone();
    for (place, id) in expected.iter().enumerate() {
        assert_eq!(id_of(&at), *id, "{list}");
        let page = ada.get(&at).expect(200);
        assert_eq!(back(&page), format!("{title}, {} of {}", place + 1, expected.len()));
        match link(&page, "next") {
            Some(next) => at = next,
            None => assert_eq!(place + 1, expected.len(), "{at} leads on"),
        }
    }
    let before = link(&ada.get(&at).expect(200), "prev").expect("a way back");
    assert_eq!(id_of(&before), expected[expected.len() - 2]);
}

#[test]
fn next_and_previous_follow_the_list_one_came_from() {
    on_each_engine(|desk| {
        let [a, b, c, d] = furnish(desk);
        let ada = desk.visit_as(ADA);
        let view = json!({ "view": { "title": "Beta", "description": "", "all": [
            { "field": "current_tags", "operator": "includes", "value": "beta" },
        ] } });
        let kept = desk.as_user(ADA).post("views.json", &view).expect(201).number("/view/id");
        let pages = ada.get("/views/open").expect(200).text();
        let slug = pages
            .split("href=\"/views/")
            .filter_map(|rest| Some(rest.split_once('"')?.0))
            .find(|slug| slug.contains(&kept.to_string()) || slug.starts_with("beta"))
            .unwrap_or_else(|| panic!("no view {kept} in {pages}"))
            .to_owned();

        walk(&ada, "/views/open?q=order_by:created+sort:asc", "To do", &[a, b, c, d]);
        walk(&ada, "/views/open?q=tags:beta+order_by:created+sort:asc", "To do", &[a, c, d]);
        walk(
            &ada,
            &format!("/views/{slug}?q=tags:beta+order_by:created+sort:asc"),
            "Beta",
            &[a, c, d],
        );
        let shown: Vec<i64> =
            rows(&ada, &format!("/views/{slug}")).iter().map(|to| id_of(to)).collect();
        assert_eq!(shown.len(), 3);
        walk(&ada, &format!("/views/{slug}"), "Beta", &shown);
    });
}

#[test]
fn what_was_answered_or_solved_is_followed_by_the_next_one_of_that_list() {
    on_each_engine(|desk| {
        let [a, b, c, d] = furnish(desk);
        let ada = desk.visit_as(ADA);
        let shown = rows(&ada, "/views/open?q=tags:beta+order_by:created+sort:asc");
        assert_eq!(id_of(&shown[1]), c);

        // Solved with its form, from the page: the next one comes.
        let ada = ada.at(&shown[1]);
        let to = ada.post(&format!("/tickets/{c}/solution"), &[("cause", "answered")]).expect(303);
        let to = to.header("location").unwrap_or_default().to_owned();
        assert_eq!(id_of(&to), d);
        let page = ada.get(&to).expect(200);
        assert_eq!(back(&page), "To do, 2 of 2");

        // Looked at again it stands where it stood.
        let page = ada.get(&shown[1]).expect(200);
        assert_eq!(back(&page), "To do");
        assert_eq!(link(&page, "next").as_deref().map(id_of), Some(d));
        assert_eq!(link(&page, "prev").as_deref().map(id_of), Some(a));

        // Sent: at the end of the list one begins again.
        let list = "/views/open?q=tags%3Abeta%20order_by%3Acreated%20sort%3Aasc#row-1-link";
        let fields = [("body", "Fixed."), ("then", "pending"), ("from", list), ("seen", "99")];
        let to = ada.post(&format!("/tickets/{d}/replies"), &fields).expect(303);
        assert_eq!(id_of(to.header("location").unwrap_or_default()), a);

        // By the bar, from the ticket's own page.
        let from = format!("/tickets/{a}?list=open&q=order_by%3Acreated%20sort%3Aasc&n=1");
        let a_text = a.to_string();
        let fields = [("do", "status"), ("value", "solved"), ("id", &a_text), ("from", &from)];
        let to = ada.post("/bulk", &fields).expect(303);
        assert_eq!(id_of(to.header("location").unwrap_or_default()), b);

        // The last one leaves an empty list, and that is where one goes.
        let from = format!("/tickets/{b}?list=open&q=order_by%3Acreated%20sort%3Aasc&n=1");
        let ada = ada.at(&from);
        let to = ada.post(&format!("/tickets/{b}/solution"), &[("cause", "answered")]).expect(303);
        let to = to.header("location").unwrap_or_default();
        assert_eq!(to.split('#').next(), Some("/views/open?q=order_by%3Acreated%20sort%3Aasc"));

        // Who came from no list stays, and so does who wants to.
        desk.as_admin()
            .put(&format!("tickets/{b}.json"), &json!({ "ticket": { "status": "open" } }))
            .expect(200);
        let ada = ada.at(&format!("/tickets/{b}"));
        let to = ada.post(&format!("/tickets/{b}/solution"), &[("cause", "answered")]).expect(303);
        assert_eq!(to.header("location"), Some(format!("/tickets/{b}").as_str()));
    });
}
