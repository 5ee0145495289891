//! Every key of the pages is in the table of keys, and every line of the table presses a button that is there.

use std::collections::BTreeSet;

use testkit::{HANDBOOK, Program, Start, Visitor};
use web::keys::{Place, Press, TABLE};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");
const ADA: &str = "ada@acme.test";

fn visit(desk: &Program, email: &str) -> Visitor {
    let users = desk.as_admin().get(&format!("users/search.json?query={email}")).expect(200);
    let id = users.number("/users/0/id").to_string();
    let visitor = desk.visit();
    visitor.post("/demo/as", &[("person", &id)]).expect(303);
    visitor
}

/// The keys of a page's controls; each of them says its key to who hears the page.
fn keys(visitor: &Visitor, path: &str) -> BTreeSet<String> {
    let page = visitor.get(path).expect(200).text();
    let mut found = BTreeSet::new();
    for tag in
        page.split('<').filter(|tag| tag.contains(" data-key=") || tag.contains(" data-chord="))
    {
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        let value = |name: &str| {
            let rest = tag.split_once(&format!(" {name}=\""))?.1;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        if let Some(key) = value("data-key") {
            assert!(value("aria-keyshortcuts").is_some(), "{path}: {tag} says no key");
            found.insert(key);
        }
        found.extend(value("data-chord"));
    }
    found
}

#[test]
fn the_pages_have_the_keys_of_the_table_and_no_others() {
    let start = Start { handbook: HANDBOOK.to_owned(), ..Start::at("2026-06-08T08:00:00Z") };
    testkit::on_each_engine_with(BINARY, &start, |desk| {
        let ids = [1, 2, 3].map(|_| desk.ask("kim@acme.example", "critical", "billing"));
        let ada = visit(desk, ADA);
        let list = keys(&ada, "/views/open");
        let shown = ids[1];
        let ticket = keys(&ada, &format!("/tickets/{shown}?list=open"));
        let news = keys(&ada, "/views/open/news?q=&rows=0.0");

        let table: BTreeSet<&str> = TABLE
            .iter()
            .filter(|entry| entry.press == Press::Control)
            .map(|entry| entry.key)
            .collect();
        for key in list.iter().chain(&ticket).chain(&news) {
            assert!(table.contains(key.as_str()), "{key} is not in the table");
        }
        for entry in TABLE.iter().filter(|entry| entry.press == Press::Control) {
            let there = match entry.place {
                Place::Everywhere | Place::Go | Place::Selection => {
                    list.contains(entry.key) && ticket.contains(entry.key)
                }
                Place::List => list.contains(entry.key) || news.contains(entry.key),
                Place::Ticket | Place::Composer => ticket.contains(entry.key),
            };
            assert!(there, "{} presses nothing", entry.key);
        }
    });
}
