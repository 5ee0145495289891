//! What a decision writes down about the facts, so that another handbook can be tried on the same history.

mod common;

use common::{Desk, agent, customer};
use domain::{Author, Changes, Command, Event, Level, RuleFacts, Severity};

fn last_facts(desk: &Desk) -> Option<&RuleFacts> {
    desk.log.iter().rev().find_map(|(_, event)| match event {
        Event::PriorityDecided { facts, .. } | Event::FactsChanged { facts, .. } => Some(facts),
        _ => None,
    })
}

/// PR-05, NF-05: also the facts that no rule of the day looks at
#[test]
fn a_decision_keeps_all_facts() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.organization.plan = "startups".into();
    desk.organization.card = true;
    desk.organization.mrr = 1999.99;
    desk.ask(None);

    let facts = last_facts(&desk).unwrap();

    assert_eq!(desk.level(), Level::Low);
    assert_eq!((facts.plan.as_str(), facts.card, facts.mrr), ("startups", true, 1999.99));
    assert_eq!(*facts, desk.ticket().facts);
}

/// PR-07: the level stays and the facts are kept all the same, once
#[test]
fn other_facts_are_written_down_when_the_level_stays() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.organization.plan = "startups".into();
    desk.run(&agent(), &Command::Reconsider).unwrap();
    desk.run(&agent(), &Command::Reconsider).unwrap();
    assert_eq!(desk.count("facts_changed"), 1);
    assert_eq!(last_facts(&desk).unwrap().plan, "startups");

    desk.update(
        &agent(),
        Changes { level: Some(common::by_hand(Level::Low)), ..Changes::default() },
    )
    .unwrap();
    desk.organization.plan = "yc".into();
    desk.customer_writes();

    assert_eq!(desk.level(), Level::Low, "a level set by hand stays");
    assert_eq!(last_facts(&desk).unwrap().plan, "yc");
}

/// A number comes back from the log as it was, to its last bit.
#[test]
fn revenue_survives_the_log() {
    for mrr in [0.1 + 0.2, 1e300, 1_234.566_666_666_666_6, 2000.0] {
        let facts = RuleFacts { mrr, ..RuleFacts::default() };
        let event = Event::FactsChanged { facts, provenance: domain::Provenance::default() };
        let read = Event::decode(event.kind(), Event::VERSION, &event.encode()).unwrap();
        assert_eq!(read, event);
    }
}

/// Words that can be erased stay out of the log, also where a rule looks at them.
#[test]
fn an_address_and_a_subject_stay_out_of_the_log() {
    let mut desk = Desk::at("2026-06-04T09:00");
    let text = common::HANDBOOK.replace(
        "ticket.severity == 'critical'",
        "ticket.subject == 'Outage' || requester.email == 'dana@fernlight.test'",
    );
    desk.handbook = handbook::Handbook::parse(&text).unwrap();
    let opening = desk.opening();
    let mut facts = desk.facts(common::CUSTOMER);
    facts.rules.ticket.subject = "Outage".into();
    facts.rules.requester.email = "dana@fernlight.test".into();

    let command = Command::Open(Box::new(opening));
    let decided =
        domain::decide(None, &command, &facts, &customer(), &desk.handbook, desk.now).unwrap();

    assert_eq!(decided.ticket.priority, Level::High);
    let log: String = decided.events.iter().map(|(_, event)| event.encode()).collect();
    assert!(!log.contains("\"Outage\""), "{log}");
    assert!(!log.contains("\"dana@fernlight.test\""), "{log}");
}

/// ESC-03: whether an answer came from the team escalated to is known for good
#[test]
fn an_answer_keeps_from_where_it_came() {
    let mut desk = Desk::at("2026-06-04T09:00");
    desk.ask(Some(Severity::Critical));
    desk.escalate(common::REPLAY).unwrap();
    desk.reply();
    let comment = desk.comment(common::AGENT, Author::Agent, true);
    let mut facts = desk.facts(common::AGENT);
    facts.author.teams.push(common::REPLAY);
    let changes = Changes { comment: Some(comment), ..Changes::default() };
    let command = Command::Update(Box::new(changes));
    let ticket = desk.ticket.clone();
    let decided =
        domain::decide(ticket.as_ref(), &command, &facts, &agent(), &desk.handbook, desk.now)
            .unwrap();
    desk.log.extend(decided.events);

    let from: Vec<bool> = desk
        .log
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Commented { answer: true, from_escalation, .. } => Some(*from_escalation),
            _ => None,
        })
        .collect();

    assert_eq!(from, [false, true]);
}
