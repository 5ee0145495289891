//! The storage and the domain agree on every condition, on both engines.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::cell::Cell;

use crate::office::{TEXTS, WORDS, Whole, as_agent, furnish};
use desk::tickets::Filter;
use domain::conditions::{
    Condition, CustomField, Named, Op, PersonField, Place, Query, TimeField, Unit, When, objects,
};
use domain::search::Words;
use domain::{Channel, Kind, Level, Severity, Status, TicketId};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use store::conditions::Meant;
use store::search::Ask;
use testkit::each_desk;

fn words() -> impl Strategy<Value = Words> {
    let from_texts =
        (select(TEXTS.to_vec()), 0_usize..8, 1_usize..4).prop_map(|(text, at, count)| {
            let all: Vec<&str> =
                text.0.split_whitespace().chain(text.1.split_whitespace()).collect();
            all[at % all.len()..].iter().take(count).copied().collect::<Vec<_>>().join(" ")
        });
    let text = prop_oneof![
        3 => select(WORDS.to_vec()).prop_map(str::to_owned),
        3 => from_texts,
        1 => "[a-z]{1,3}",
        1 => "[ -~]{1,12}",
    ];
    (text, any::<bool>()).prop_map(|(text, is_exact)| Words { text, is_exact })
}

fn named() -> impl Strategy<Value = Named> {
    prop_oneof![Just(Named::Me), Just(Named::None), (1_i64..24).prop_map(Named::Id)]
}

fn when() -> impl Strategy<Value = When> {
    let unit = select(vec![Unit::Minutes, Unit::Hours, Unit::Days, Unit::Weeks]);
    prop_oneof![
        Just(When::Never),
        (6_i8..8, 1_i8..28).prop_map(|(month, day)| When::Day(date(2026, month, day))),
        (1_780_000_000_i64..1_783_000_000)
            .prop_map(|second| When::At(jiff::Timestamp::from_second(second).unwrap())),
        (0_i64..100, unit.clone()).prop_map(|(count, unit)| When::Ago(count, unit)),
        (0_i64..100, unit).prop_map(|(count, unit)| When::In(count, unit)),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    select(vec![Op::Is, Op::Less, Op::LessOrIs, Op::Greater, Op::GreaterOrIs])
}

fn of_facts() -> impl Strategy<Value = Condition> {
    let levels = vec![Level::Low, Level::Normal, Level::High, Level::Urgent];
    let tags = vec!["vip", "beta", "%x", "_y", "東京", "late", "VIP", "x"];
    let texts = vec!["billing", "session_replay", "none such", "EXT-0", "ext-6", "EXT-12"];
    let values = vec!["gold", "a", "b,\"a", "7", "true", "[\"a\",\"b\"]", "", "\"a", "A"];
    let custom = prop::option::of(select(values))
        .prop_map(|value| Condition::Custom(CustomField::Id(77), value.map(str::to_owned)));
    let text =
        move || prop::option::of(select(texts.clone())).prop_map(|text| text.map(str::to_owned));
    prop_oneof![
        (1_i64..25).prop_map(|id| Condition::Number(TicketId(id))),
        (op(), select(Status::ALL.to_vec())).prop_map(|(op, status)| Condition::Status(op, status)),
        (op(), select(levels)).prop_map(|(op, level)| Condition::Priority(op, level)),
        prop::option::of(select(Kind::ALL.to_vec())).prop_map(Condition::Kind),
        prop::option::of(select(Severity::ALL.to_vec())).prop_map(Condition::Severity),
        text().prop_map(Condition::Area),
        text().prop_map(Condition::ExternalId),
        select(Channel::ALL.to_vec()).prop_map(Condition::Via),
        prop::option::of(select(tags)).prop_map(|tag| Condition::Tag(tag.map(str::to_owned))),
        Just(Condition::Escalated),
        Just(Condition::Unknown("colour:red".to_owned())),
        custom,
    ]
}

fn leaf() -> impl Strategy<Value = Condition> {
    let people = vec![
        PersonField::Requester,
        PersonField::Assignee,
        PersonField::Submitter,
        PersonField::Cc,
        PersonField::Commenter,
    ];
    let times = vec![TimeField::Created, TimeField::Updated, TimeField::Solved, TimeField::Due];
    let places = vec![Place::Anywhere, Place::Subject, Place::Description, Place::Comment];
    prop_oneof![
        3 => of_facts(),
        2 => (select(people), named()).prop_map(|(field, who)| Condition::Person(field, who)),
        1 => named().prop_map(Condition::Team),
        1 => named().prop_map(Condition::Organization),
        2 => (select(times), op(), when()).prop_map(|(field, op, when)| Condition::Time(field, op, when)),
        3 => (select(places), prop::collection::vec(words(), 0..3))
            .prop_map(|(place, words)| Condition::Text(place, words)),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

#[test]
fn the_storage_and_the_domain_agree_on_every_condition() {
    each_desk(|desk| {
        let ids = furnish(desk);
        let agent = as_agent(desk, "bo");
        let read = desk.look(agent.clone(), move |tx, ctx| {
            let all: Result<Vec<_>, _> = ids.iter().map(|id| Whole::read(tx, *id)).collect();
            Ok((all?, desk::search::asker(tx, ctx)?))
        });
        let (all, asker) = read.unwrap();
        let telling = Cell::new(0);
        let config = Config { cases: 200, failure_persistence: None, ..Config::default() };

        TestRunner::new(config)
            .run(&condition(), |condition| {
                let holding = all.iter().filter(|one| condition.holds(&one.item(), &asker));
                let mut expected: Vec<TicketId> = holding.map(|one| one.stored.ticket.id).collect();
                expected.sort();
                let tells = !expected.is_empty() && expected.len() < all.len();
                telling.set(telling.get() + usize::from(tells));
                let meant = Meant { condition: condition.clone(), asker: asker.clone() };
                let looked = desk.look(agent.clone(), move |tx, _| both_ways(tx, &meant));
                let [listed, searched, few] = looked.unwrap();
                prop_assert_eq!(&listed, &expected, "listed: {}", condition);
                prop_assert_eq!(&searched, &expected, "searched: {}", condition);
                prop_assert_eq!(&few, &expected, "searched by the rest: {}", condition);
                Ok(())
            })
            .unwrap();

        assert!(telling.get() > 20, "only {} conditions tell tickets apart", telling.get());
    });
}

/// The tickets a list holds, a search finds, and a search that looks at one text only.
fn both_ways(tx: &mut desk::Tx<'_>, meant: &Meant) -> Result<[Vec<TicketId>; 3], desk::Error> {
    let filter = Filter { meant: Some(meant.clone()), ..Filter::default() };
    let page = store::page::Page::first(100);
    let listed = store::tickets::page(tx, &filter, store::tickets::Order::Id, &page)?;
    let listed: Vec<TicketId> = listed.into_iter().map(|one| one.ticket.id).collect();
    let mut search = |condition: Condition, texts, each| {
        let ask = Ask { order: None, before: None, most: 100, texts, each: Some(each) };
        let meant = Meant { condition, asker: meant.asker.clone() };
        let hits = store::search::tickets(tx, &meant, ask)?;
        let mut ids: Vec<TicketId> = hits.found.into_iter().map(|one| one.id).collect();
        ids.sort();
        Ok::<_, desk::Error>(ids)
    };
    let searched = search(meant.condition.clone(), 1_000, 0)?;
    // Where more texts have the words than are looked at, the rest of the condition leads.
    let mut parts = meant.condition.parts().to_vec();
    parts.push(Condition::Number(TicketId(0)).negated());
    let few = search(Condition::All(parts.clone()), 0, 1_000)?;
    // Where both are common, many more texts are looked at.
    let many = search(Condition::All(parts), 0, 0)?;
    assert_eq!(many, few);
    Ok([listed, searched, few])
}

#[test]
fn condition_objects_say_the_same_as_the_condition_they_were_written_from() {
    each_desk(|desk| {
        let ids = furnish(desk);
        let agent = as_agent(desk, "bo");
        let read = desk.look(agent, move |tx, ctx| {
            let all: Result<Vec<_>, _> = ids.iter().map(|id| Whole::read(tx, *id)).collect();
            Ok((all?, desk::search::asker(tx, ctx)?))
        });
        let (all, asker) = read.unwrap();
        let config = Config { cases: 500, failure_persistence: None, ..Config::default() };

        TestRunner::new(config)
            .run(&condition(), |condition| {
                // What can be typed can be written as objects.
                let condition = Query::parse(&condition.to_string()).query.condition;
                prop_assume!(Query::parse(&condition.to_string()).misread.is_empty());
                let (every, any) = objects::write(&condition);
                let again = objects::read(&every, &any);
                prop_assert!(again.is_ok(), "{}: {:?}", condition, again);
                let again = again.unwrap();
                for one in &all {
                    let item = one.item();
                    prop_assert_eq!(
                        condition.holds(&item, &asker),
                        again.holds(&item, &asker),
                        "{}",
                        condition
                    );
                }
                Ok(())
            })
            .unwrap();
    });
}
