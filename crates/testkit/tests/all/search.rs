//! Searching, on both engines: what is found, in which order, and what it costs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::office::{as_agent, furnish, person};
use desk::search::{Groups, Item};
use desk::texts::Body;
use desk::tickets::{Filter, NewTicket, Order, Person, Reply, Update};
use domain::search::Excerpt;
use domain::{Actor, Channel, Role, TicketId};
use jiff::SignedDuration;
use store::{Error as StoreError, params};
use testkit::{Engine, TrialDesk, each_desk};

/// A customer asks; the new ticket.
fn ask(desk: &TrialDesk, email: &str, subject: &str, words: &str) -> TicketId {
    let requester = Person::Address { email: email.to_owned(), name: None };
    let new = NewTicket::request(requester, subject, Body::plain(words), Channel::Web);
    let done = desk.change(desk.system(), move |tx, ctx| desk::tickets::open(tx, ctx, &new));
    done.unwrap().stored.ticket.id
}

/// Ada writes a note.
fn note(desk: &TrialDesk, id: TicketId, words: &str) {
    let body = Body::markdown(words);
    let reply = Reply { body, public: Some(false), author: None, details: None };
    let update = Update { comment: Some(reply), ..Update::default() };
    let ctx = as_agent(desk, "ada");
    desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update)).unwrap();
}

fn change(desk: &TrialDesk, id: TicketId, update: Update) {
    let ctx = as_agent(desk, "ada");
    desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update)).unwrap();
}

fn groups(desk: &TrialDesk, query: &str) -> Groups {
    let query = query.to_owned();
    let ctx = as_agent(desk, "ada");
    desk.look(ctx, move |tx, ctx| desk::search::groups(tx, ctx, &query, 20)).unwrap()
}

/// The subjects of the tickets that are found.
fn subjects(desk: &TrialDesk, query: &str) -> Vec<String> {
    groups(desk, query).tickets.into_iter().map(|hit| hit.stored.subject).collect()
}

fn marked(excerpt: &Excerpt) -> String {
    let part = |part: &domain::search::Part| {
        if part.is_found { format!("[{}]", part.text) } else { part.text.clone() }
    };
    excerpt.parts.iter().map(part).collect()
}

#[test]
fn texts_of_every_script_are_found_by_their_words() {
    each_desk(|desk| {
        furnish(desk);
        for (query, subject) in [
            ("flag safari", "Flags fall back to default on Safari"),
            ("\"fall back to\"", "Flags fall back to default on Safari"),
            ("zahl", "Der Zähler zählt über Nacht rückwärts"),
            ("GRÖSSE", ""),
            ("größe", "Der Zähler zählt über Nacht rückwärts"),
            ("京都のフラグ", "東京都のフラグが消えた"),
            ("利用者", "東京都のフラグが消えた"),
            ("都", "東京都のフラグが消えた"),
            ("東", "東京都のフラグが消えた"),
            ("\"東 都\"", ""),
            ("\"京 東\"", ""),
            ("保存", "环境变量 无法保存"),
            ("환불", "환불이 안 됩니다"),
            ("الرسم", "مرحبا، الرسم فارغ"),
            ("σισυφος", "Ωμέγα ΣΊΣΥΦΟΣ"),
        ] {
            let found = subjects(desk, query);
            if subject.is_empty() {
                assert!(found.is_empty(), "{query}: {found:?}");
            } else {
                assert_eq!(found.first().map(String::as_str), Some(subject), "{query}");
            }
        }
        let hit = &groups(desk, "東京都").tickets[0];
        assert_eq!(marked(&hit.subject), "[東京都]のフラグが消えた");
    });
}

#[test]
fn the_best_fit_comes_first_on_both_engines() {
    let mut orders: Vec<Vec<String>> = Vec::new();
    for engine in Engine::ALL {
        let desk = TrialDesk::fresh(engine);
        ask(&desk, "a@x.test", "Export stops", "The export of the export of exports stops.");
        ask(&desk, "b@x.test", "Something else", "By the way, my export is slow.");
        ask(&desk, "c@x.test", "Exporting is slow", "It takes an hour.");
        let last = ask(&desk, "d@x.test", "A question", "How are you?");
        note(&desk, last, "They mean the export.");

        orders.push(subjects(&desk, "export"));
    }
    assert_eq!(orders[0], ["Export stops", "Exporting is slow", "Something else", "A question"]);
    assert_eq!(orders[0], orders[1]);
}

#[test]
fn comments_are_found_with_their_ticket_and_shown_with_what_was_searched_for() {
    each_desk(|desk| {
        let id = ask(desk, "dana@fernlight.test", "Flags are off", "Since the update.");
        note(desk, id, "Same as the *storage* bug of March? The storage is full.");

        let found = groups(desk, "storage");

        assert_eq!(found.tickets.len(), 1);
        assert_eq!(found.tickets[0].stored.ticket.id, id);
        assert_eq!(found.comments.len(), 1);
        let hit = &found.comments[0];
        assert_eq!((hit.said.ticket, hit.said.is_public), (id, false));
        let shown = "Same as the *[storage]* bug of March? The [storage] is full.";
        assert_eq!(marked(&hit.excerpt), shown);
        assert_eq!(marked(&found.tickets[0].excerpt), shown);
    });
}

#[test]
fn words_go_with_everything_else_a_query_says() {
    each_desk(|desk| {
        furnish(desk);
        let count = |query: &str| groups(desk, query).ticket_count;
        assert_eq!(count("safari"), 6);
        assert_eq!(count("safari status:pending"), 3);
        assert_eq!(count("safari -status:pending"), 3);
        assert_eq!(count("safari tags:vip") + count("safari -tags:vip"), 6);
        assert_eq!(count("safari requester:Dana") + count("safari -requester:Dana"), 6);
        assert_eq!(
            count("team:\"Feature flags\" safari OR status:solved safari"),
            count("safari (team:flags OR status:solved)")
        );
        assert_eq!(
            count("organization:Fernlight")
                + count("organization:Tallow")
                + count("organization:none"),
            20
        );
        assert_eq!(
            count("assignee:none")
                + count("assignee:ada")
                + count("assignee:bo")
                + count("assignee:flo"),
            20
        );
        assert_eq!(count("nothing-like-this"), 0);
        assert_eq!(count("🚀"), 0);
        assert_eq!(count("colour:red"), 0);
        assert_eq!(groups(desk, "colour:red").misread[0].part, "colour:red");
    });
}

#[test]
fn a_number_finds_its_ticket_first() {
    each_desk(|desk| {
        furnish(desk);
        for query in ["3", "#3"] {
            let found = groups(desk, query);
            assert_eq!(found.tickets[0].stored.ticket.id, TicketId(3), "{query}");
        }
        assert!(subjects(desk, "4812").contains(&"Chart 4812 is empty".to_owned()));
        assert_eq!(groups(desk, "99999999999999999999999").ticket_count, 0);
    });
}

#[test]
fn what_changes_is_found_by_its_new_words_alone() {
    each_desk(|desk| {
        let id = ask(desk, "dana@fernlight.test", "Flags are off", "Since the update.");
        let update = Update { subject: Some("Rollout is stuck".into()), ..Update::default() };
        change(desk, id, update);
        change(desk, id, Update { add_tags: vec!["canary".into()], ..Update::default() });

        assert_eq!(subjects(desk, "rollout").len(), 1);
        assert_eq!(subjects(desk, "canary").len(), 1);
        assert!(subjects(desk, "flags").is_empty());

        let ctx = as_agent(desk, "ada").acting_as(Actor::System);
        desk.change(ctx, move |tx, ctx| desk::tickets::delete(tx, ctx, id)).unwrap();
        assert!(subjects(desk, "rollout").is_empty());
        assert!(groups(desk, "rollout").comments.is_empty());
    });
}

#[test]
fn people_and_organizations_are_found_by_name_and_address() {
    each_desk(|desk| {
        furnish(desk);
        let people = |query: &str| -> Vec<String> {
            groups(desk, query).people.into_iter().filter_map(|user| user.email).collect()
        };
        assert!(people("dana").contains(&"customer0@fernlight.test".to_owned()));
        assert!(people("花子").contains(&"customer2@freemail.test".to_owned()));
        assert_eq!(people("customer4@tallow"), ["customer4@tallow.test"]);
        assert_eq!(people("type:user email:customer4@tallow.test"), ["customer4@tallow.test"]);
        assert_eq!(people("type:user email:*@tallow.test").len(), 2);
        assert_eq!(people("type:user role:agent ada"), ["ada@acme.test"]);
        assert_eq!(people("type:user role:agent -ada -bo -cy -dee -flo"), ["ray@acme.test"]);
        assert!(people("status:open dana").is_empty());
        let found = groups(desk, "fernl").organizations;
        assert_eq!(found[0].name, "Fernlight");

        let dana = person(desk, "customer0@fernlight.test").id;
        desk.change(desk.system(), move |tx, ctx| desk::users::delete(tx, ctx, dana).map(|_| ()))
            .unwrap();
        assert!(people("customer0").is_empty());
    });
}

#[test]
fn all_sorts_are_paged_through_and_counted() {
    each_desk(|desk| {
        furnish(desk);
        let page = |query: &str, offset, size| {
            let query = query.to_owned();
            let ctx = as_agent(desk, "ada");
            desk.look(ctx, move |tx, ctx| {
                desk::search::find(tx, ctx, &query, (&[], None), (offset, size))
            })
            .unwrap()
        };
        let all = page("order_by:created sort:asc type:ticket", 0, 100);
        assert_eq!((all.count, all.items.len()), (20, 20));
        let ids: Vec<i64> = all.items.iter().map(id_of).collect();
        assert!(ids.is_sorted());
        let some = page("order_by:created sort:asc type:ticket", 5, 3);
        assert_eq!(some.items.iter().map(id_of).collect::<Vec<_>>(), ids[5..8]);
        let flags = page("flags", 0, 100);
        assert!(
            flags
                .items
                .iter()
                .any(|item| matches!(item, Item::Group(team) if team.name == "Feature flags"))
        );
        assert!(flags.items.iter().any(|item| matches!(item, Item::Ticket(_))));
        let rising = page("type:ticket order_by:status sort:asc", 0, 100);
        let statuses = rising.items.iter().map(|item| match item {
            Item::Ticket(listed) => listed.stored.ticket.status,
            other => panic!("{other:?}"),
        });
        assert!(statuses.collect::<Vec<_>>().is_sorted());
    });
}

fn id_of(item: &Item) -> i64 {
    match item {
        Item::Ticket(listed) => listed.stored.ticket.id.0,
        Item::User(user) => user.id.0,
        Item::Organization(one) => one.id.0,
        Item::Group(team) => team.id.0,
    }
}

#[test]
fn an_export_walks_through_everything_once() {
    each_desk(|desk| {
        furnish(desk);
        for (query, sort) in [
            ("safari", domain::conditions::Sort::Ticket),
            ("", domain::conditions::Sort::Ticket),
            ("", domain::conditions::Sort::User),
            ("", domain::conditions::Sort::Organization),
            ("", domain::conditions::Sort::Group),
        ] {
            let mut walked = Vec::new();
            let mut before = None;
            loop {
                let ctx = as_agent(desk, "ada");
                let (items, _) = desk
                    .look(ctx, move |tx, ctx| {
                        desk::search::export(tx, ctx, query, sort, (before, 3))
                    })
                    .unwrap();
                let Some(last) = items.last() else { break };
                before = Some(id_of(last));
                walked.extend(items.iter().map(id_of));
            }
            let mut once = walked.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), walked.len(), "{query} {sort:?}");
            assert!(walked.len() > 1, "{query} {sort:?}: {walked:?}");
        }
    });
}

#[test]
fn customers_do_not_search() {
    each_desk(|desk| {
        furnish(desk);
        let dana = person(desk, "customer0@fernlight.test");
        let ctx = desk.system().acting_as(Actor::Person { id: dana.id, role: Role::EndUser });
        let refused = desk.look(ctx.clone(), |tx, ctx| desk::search::groups(tx, ctx, "bug", 20));
        assert!(matches!(refused, Err(desk::Error::Forbidden(_))));
        let refused =
            desk.look(ctx, |tx, ctx| desk::search::find(tx, ctx, "bug", (&[], None), (0, 9)));
        assert!(matches!(refused, Err(desk::Error::Forbidden(_))));
    });
}

#[test]
fn what_was_there_before_the_index_is_read_into_it_by_and_by() {
    each_desk(|desk| {
        furnish(desk);
        let before =
            (subjects(desk, "safari"), groups(desk, "tags:vip type:bug is:unsolved").ticket_count);
        let age = |tx: &mut desk::Tx<'_>| -> Result<(), StoreError> {
            let fts = ["search_tickets", "search_comments", "search_users", "search_organizations"];
            for table in fts {
                tx.execute(&format!("DELETE FROM {table}"), params![])?;
            }
            for table in ["ticket_tags", "ticket_ccs"] {
                tx.execute(&format!("DELETE FROM {table}"), params![])?;
            }
            tx.execute(
                "UPDATE tickets SET kind = NULL, via = NULL, area = NULL, solved_at = NULL",
                params![],
            )?;
            for kind in ["users", "organizations", "questions", "tickets", "comments"] {
                tx.execute(
                    "INSERT INTO search_backfill (kind, upto) VALUES ($1, 0)",
                    params![kind],
                )?;
            }
            Ok(())
        };
        let now = desk.clock().now();
        desk.change(desk.system(), move |tx, _| {
            age(tx)?;
            Ok(store::wakeups::set(tx, desk::search::SUBJECT, 0, Some(now), true)?)
        })
        .unwrap();
        assert!(groups(desk, "safari").is_building);
        assert!(subjects(desk, "safari").is_empty());

        // One step, and then nothing for a while: what is written stays.
        let done = desk.change(desk.system(), |tx, _| Ok(store::search::step(tx, 7)?)).unwrap();
        assert!(done);
        desk.advance(SignedDuration::from_secs(1));

        assert!(!groups(desk, "safari").is_building);
        let after =
            (subjects(desk, "safari"), groups(desk, "tags:vip type:bug is:unsolved").ticket_count);
        assert_eq!(after, before);
        assert_eq!(desk.look(desk.system(), |tx, _| Ok(store::search::progress(tx)?)).unwrap(), []);
    });
}

#[test]
fn hostile_queries_find_nothing_and_break_nothing() {
    each_desk(|desk| {
        furnish(desk);
        for query in [
            "\"",
            "' OR 1=1 --",
            "* *",
            "NEAR(a b, 3)",
            "{subject}: x",
            "first : a",
            "a AND OR NOT",
            "^flag",
            "flag*)",
            "\\",
            "%",
            "_",
            "\u{0}flag",
            "🎫",
            "\u{202e}\u{202d}",
            "''':*",
            "a & b | !c",
            "<->",
            "((((",
            ")",
            "-",
            "--x",
            "status:",
            "custom_field_0:\"\"",
            "created>999999999999years",
            "id:0",
            "-(-(-(x)))",
            "\"\" \"\"",
            "subject:\"' || x\"",
            "ﷺ ﷺ ﷺ",
            "𝕱𝖑𝖆𝖌",
            "e\u{301}\u{301}\u{301}\u{301}",
        ] {
            groups(desk, query);
            let found = groups(desk, &format!("{query} -zzz"));
            assert!(found.ticket_count <= 20, "{query}");
        }
        assert_eq!(groups(desk, &"flag ".repeat(5_000)).misread.len(), 1);
        assert_eq!(groups(desk, &"x".repeat(10_000)).ticket_count, 0);
        assert_eq!(
            groups(desk, &"flag ".repeat(99)).ticket_count,
            groups(desk, "flag").ticket_count
        );
    });
}

/// The plans of the queries that a search or a list makes.
fn plans(
    desk: &TrialDesk,
    mut part: impl FnMut(&mut desk::Tx<'_>, &desk::Ctx) -> Result<(), desk::Error> + Send + 'static,
) -> Vec<String> {
    let ctx = as_agent(desk, "ada");
    desk.look(ctx, move |tx, ctx| {
        if tx.engine() == store::Engine::Postgres {
            // So few rows are read faster without an index; what matters is whether there is one.
            tx.query("SELECT set_config('enable_seqscan', 'off', TRUE)", params![])?;
        }
        tx.plans_of(|tx| part(tx, ctx))
    })
    .unwrap()
}

/// Every table that grows is read by an index, of which the plan names one.
fn assert_walks(query: &str, plans: &[String]) {
    const GROWING: [&str; 6] =
        ["tickets t", "comments c", "comments w", "ticket_tags", "field_values", "tickets"];
    assert!(!plans.is_empty());
    for line in plans.iter().flat_map(|plan| plan.lines()) {
        let line = line.trim();
        let scans = match line.strip_prefix("SCAN ") {
            // A walk along an index or the numbers is cut off by a limit.
            Some(rest) => ["t", "c", "w", "g", "v"].contains(&rest),
            None => GROWING.iter().any(|table| line.contains(&format!("Seq Scan on {table}"))),
        };
        assert!(!scans, "{query}: {line} in\n{}", plans.join("\n\n"));
    }
}

#[test]
fn searches_and_lists_walk_along_indexes() {
    each_desk(|desk| {
        furnish(desk);
        for query in [
            "safari",
            "safari status:pending tags:vip",
            "\"fall back\" requester:dana@fernlight.test",
            "環境 OR chart",
            "status<pending order_by:due sort:asc",
            "order_by:updated",
            "requester:3 order_by:created",
            "external_id:EXT-6",
            "tags:vip",
        ] {
            assert_walks(
                query,
                &plans(desk, move |tx, ctx| {
                    desk::search::groups(tx, ctx, query, 20)?;
                    desk::search::find(tx, ctx, query, (&[], None), (0, 25)).map(|_| ())
                }),
            );
        }
        for (query, order) in [
            ("team:mine status<pending", Order::Due),
            ("assignee:me status<solved", Order::Due),
            ("assignee:none status<pending", Order::Due),
            ("is:escalated status<pending", Order::Due),
            ("status:pending", Order::UpdatedAt),
            ("tags:vip status:open", Order::UpdatedAt),
            ("created>30days", Order::UpdatedAt),
        ] {
            assert_walks(
                query,
                &plans(desk, move |tx, ctx| {
                    let (_, meant) = desk::search::understand(tx, ctx, query)?;
                    let filter = Filter { meant: Some(meant), ..Filter::default() };
                    store::tickets::page(tx, &filter, order, &store::page::Page::first(51))?;
                    store::tickets::count_up_to(tx, &filter, 1001).map(|_| ()).map_err(Into::into)
                }),
            );
        }
    });
}
