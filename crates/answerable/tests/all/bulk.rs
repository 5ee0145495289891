//! Many tickets at once from a list's page: all of the list and not only the page, macros, what was left out and why, and
//! taking it back. On both engines.

use serde_json::json;
use testkit::{Answer, Program, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");
const MONDAY: &str = "2026-06-08T08:00:00Z";
const ADA: &str = "ada@acme.test";

/// More than a page of a list shows.
const MANY: usize = 53;

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

/// What the page says that one comes to.
#[track_caller]
fn told(visitor: &Visitor, answer: &Answer) -> String {
    let to = answer.clone().expect(303).header("location").unwrap_or_default().to_owned();
    let page = visitor.get(&to).expect(200).text();
    let notice = page.split_once("class=\"notice\"").map_or("", |(_, rest)| rest);
    let words = notice.split_once("role=\"status\">").map_or("", |(_, rest)| rest);
    words.split_once("</p>").map_or("", |(words, _)| words).to_owned()
}

fn count(desk: &Program, query: &str) -> i64 {
    let path = format!("search.json?query=type:ticket {query}").replace(' ', "%20");
    desk.as_admin().get(&path).expect(200).number("/count")
}

fn macro_of(desk: &Program, title: &str, actions: &[(&str, &str)]) -> String {
    let actions: Vec<_> =
        actions.iter().map(|(field, value)| json!({ "field": field, "value": value })).collect();
    let body = json!({ "macro": { "title": title, "actions": actions } });
    desk.as_admin().post("macros.json", &body).expect(201).number("/macro/id").to_string()
}

#[test]
fn all_of_a_list_is_changed_and_brought_back_beyond_what_its_page_shows() {
    on_each_engine(|desk| {
        let ids: Vec<i64> = (0..MANY).map(|_| desk.ask("kim@customer.test", "", "")).collect();
        let other = desk.ask("lee@other.test", "", "");
        let ada = desk.visit_as(ADA);
        let list = "/views/all?q=requester:kim@customer.test";
        let page = ada.get(list).expect(200).text();
        assert!(page.contains("All 53 of this list"), "{page}");
        assert!(!page.contains(&format!("id=\"row-{}\"", ids[0])), "it is on the second page");

        // The bar says what it would be done to.
        let bar = format!("/bar/choices?do=status&id=all&from={}", list.replace('?', "%3F"));
        let bar = ada.get_fragment(&bar).expect(200).text();
        assert!(bar.contains("Set the status of 53 tickets"), "{bar}");

        // One is closed meanwhile, for it was merged.
        let merge = json!({ "ids": [ids[4]] });
        desk.as_admin().post(&format!("tickets/{}/merge.json", ids[5]), &merge).expect(200);
        let set = [("do", "status"), ("value", "solved"), ("id", "all"), ("from", list)];
        let said = told(&ada, &ada.post("/bulk", &set));
        assert!(said.starts_with("52 tickets solved."), "{said}");
        assert!(said.contains(&format!("1 not changed: #{}: ", ids[4])), "{said}");
        assert_eq!(desk.ticket(ids[0])["status"], "solved");
        assert_eq!(desk.ticket(other)["status"], "new", "it is not of that list");
        assert_eq!(count(desk, "status:solved"), 52);

        let said = told(&ada, &ada.post("/undo", &[("from", list)]));
        assert_eq!(said, "Undone: 52 tickets are as they were.");
        assert_eq!(count(desk, "status:solved"), 0);

        // A list that is not there has nothing that could be changed.
        let none = [("do", "status"), ("value", "solved"), ("id", "all"), ("from", "/rota")];
        ada.post("/bulk", &none).expect(422);
    });
}

#[test]
fn a_macro_is_used_on_a_selection() {
    on_each_engine(|desk| {
        let [a, b] = [1, 2].map(|_| desk.ask("kim@customer.test", "", ""));
        let (a_text, b_text) = (a.to_string(), b.to_string());
        let ada = desk.visit_as(ADA);
        let many = [("id", a_text.as_str()), ("id", b_text.as_str()), ("from", "/views/open")];

        // Without words it is done at once, and undone.
        let quiet = macro_of(desk, "Beta", &[("current_tags", "beta"), ("status", "open")]);
        let fields = [&many[..], &[("do", "macro"), ("value", &quiet)]].concat();
        let said = told(&ada, &ada.post("/bulk", &fields));
        assert_eq!(said, "Macro used on 2 tickets.");
        for id in [a, b] {
            assert_eq!(desk.ticket(id)["tags"], json!(["beta"]));
            assert_eq!(desk.ticket(id)["status"], "open");
        }
        let said = told(&ada, &ada.post("/undo", &[("from", "/views/open")]));
        assert_eq!(said, "Undone: 2 tickets are as they were.");
        assert_eq!(desk.ticket(a)["tags"], json!([]));

        // Its words are looked at first, and each ticket fills them in.
        let words = "Hi {{ticket.requester.first_name}}, #{{ticket.id}} is mended.";
        let actions =
            [("comment_value", words), ("comment_mode_is_public", "true"), ("status", "pending")];
        let loud = macro_of(desk, "Mended", &actions);
        let form = format!("/bulk?do=macro&value={loud}&id={a}&id={b}&from=/views/open");
        let page = ada.get(&form).expect(200).text();
        assert!(page.contains(words) && page.contains("Send to 2 tickets"), "{page}");
        assert_eq!(desk.comments(a).len(), 1, "looking sends nothing");
        let fields = [&many[..], &[("do", "macro"), ("value", &loud), ("form", "1")]].concat();
        let said = told(&ada, &ada.post("/bulk", &fields));
        assert_eq!(said, "Macro used on 2 tickets.");
        for id in [a, b] {
            let last = desk.comments(id).last().cloned().unwrap_or_default();
            assert_eq!(last["body"], format!("Hi Kim, #{id} is mended."));
            assert_eq!(last["public"], true);
            assert_eq!(desk.ticket(id)["status"], "pending");
            assert_eq!(desk.sent(id, "reply").len(), 1, "each customer is written to once");
        }

        // The form that was looked at is sent twice and acts once; another one was looked at before that.
        let page = ada.get(&form).expect(200).text();
        let hidden = |name: &str| -> Vec<String> {
            let field = format!("name=\"{name}\" value=\"");
            let values = page.split(&field).skip(1).filter_map(|rest| rest.split('"').next());
            values.map(str::to_owned).collect()
        };
        let (keys, seen) = (hidden("idempotency_key"), hidden("seen"));
        assert_eq!((keys.len(), seen.len()), (1, 2));
        let looked = |key: &str| {
            let seen = [("seen", seen[0].as_str()), ("seen", seen[1].as_str())];
            let fields =
                [("do", "macro"), ("value", &loud), ("form", "1"), ("idempotency_key", key)];
            told(&ada, &ada.post("/bulk", &[&many[..], &fields, &seen].concat()))
        };
        assert_eq!(looked(&keys[0]), "Macro used on 2 tickets.");
        let again = looked(&keys[0]);
        assert_eq!(again, format!("2 not changed: #{a}, #{b}: It was done a moment ago."));
        let late = looked("another");
        let why = "Somebody has written on it since you looked.";
        assert_eq!(late, format!("2 not changed: #{a}, #{b}: {why}"));
        assert_eq!(desk.sent(a, "reply").len(), 2);

        // What nothing is known for is not sent, and named.
        let gap = macro_of(desk, "Gap", &[("comment_value", "Build {{ticket.custom.build}}?")]);
        let fields = [&many[..], &[("do", "macro"), ("value", &gap), ("form", "1")]].concat();
        let said = told(&ada, &ada.post("/bulk", &fields));
        let named = format!("#{a}, #{b}: Macro: nothing is known for {{{{ticket.custom.build}}}}");
        assert_eq!(said, format!("2 not changed: {named}"));
        assert_eq!(desk.comments(a).len(), 3);

        // Which one may be asked without script.
        let page = ada.get(&format!("/bulk?do=macro&id={a}&id={b}&from=/views/open"));
        let page = page.expect(200).text();
        assert!(page.contains("Mended") && page.contains("Look at it"), "{page}");
        ada.post("/bulk", &[&many[..], &[("do", "macro"), ("value", "x")]].concat()).expect(422);
        ada.post("/bulk", &[&many[..], &[("do", "escalation")]].concat()).expect(422);
    });
}
