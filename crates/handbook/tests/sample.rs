//! The handbook that ships with the product, and what it decides.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::LazyLock;

use handbook::{Facts, Handbook, Level, Target};
use proptest::prelude::*;

static SAMPLE: LazyLock<Handbook> = LazyLock::new(|| Handbook::parse(Handbook::sample()).unwrap());

/// The eight conditions of the page: four for high, then four for normal.
fn facts(conditions: u8) -> Facts {
    let is = |bit: u8| conditions & (1 << bit) != 0;
    let mut facts = Facts::default();
    facts.organization.mrr = if is(0) { 2000.0 } else { 1999.99 };
    facts.organization.trial = is(1);
    facts.organization.addons =
        if is(2) { vec!["sso".to_owned(), "teams".to_owned()] } else { vec![] };
    severity(is(3), is(7)).clone_into(&mut facts.ticket.severity);
    plan(is(4), is(5)).clone_into(&mut facts.organization.plan);
    if is(6) { "billing" } else { "session_replay" }.clone_into(&mut facts.ticket.area);
    facts
}

/// A ticket has one severity: critical covers high, so that pair leaves the level at high.
fn severity(critical: bool, high: bool) -> &'static str {
    if critical {
        "critical"
    } else if high {
        "high"
    } else {
        "low"
    }
}

fn plan(cheap: bool, startup: bool) -> &'static str {
    match (cheap, startup) {
        (true, _) => "ridiculously-cheap",
        (false, true) => "startups",
        (false, false) => "free",
    }
}

fn level(conditions: u8) -> Level {
    SAMPLE.decide_priority(&facts(conditions)).value
}

/// PR-01
#[test]
fn any_of_the_four_high_conditions_suffices() {
    let high = (0..16).filter(|conditions| level(*conditions) == Level::High).count();

    assert_eq!(high, 15);
    assert_eq!(level(0), Level::Low);
    for bit in 0..4 {
        assert_eq!(level(1 << bit), Level::High, "condition {bit} alone");
    }
}

/// PR-02, PR-03
#[test]
fn all_256_combinations_have_one_level() {
    let count = |wanted| (0..=255).filter(|conditions| level(*conditions) == wanted).count();

    assert_eq!([count(Level::High), count(Level::Normal), count(Level::Low)], [240, 15, 1]);
}

/// PR-02
#[test]
fn adding_a_true_condition_never_lowers_the_level() {
    for conditions in 0..=255_u8 {
        for bit in 0..8 {
            assert!(
                level(conditions | 1 << bit) >= level(conditions),
                "{conditions:08b} and {bit}"
            );
        }
    }
}

/// PR-02, PR-04
#[test]
fn the_edges_between_the_levels() {
    let decided = |plan: &str, change: fn(&mut Facts)| {
        let mut facts = Facts::default();
        facts.organization.plan = plan.to_owned();
        change(&mut facts);
        SAMPLE.decide_priority(&facts).value
    };
    let trial = |facts: &mut Facts| facts.organization.trial = true;
    let critical = |facts: &mut Facts| facts.ticket.severity = "critical".to_owned();
    let high = |facts: &mut Facts| facts.ticket.severity = "high".to_owned();

    assert_eq!(decided("startups", trial), Level::High);
    assert_eq!(decided("ridiculously-cheap", critical), Level::High);
    assert_eq!(decided("free", critical), Level::High);
    assert_eq!(decided("free", high), Level::Normal);
    assert_eq!(decided("yc", |_| ()), Level::Normal);
    assert_eq!(decided("free", |_| ()), Level::Low);
}

/// PR-01
#[test]
fn a_decision_names_every_true_condition_and_the_facts_it_saw() {
    let decision = SAMPLE.decide_priority(&facts(0b0000_0101));

    assert_eq!(decision.because, ["high-paying customer", "has the teams add-on"]);
    let tried: Vec<_> =
        decision.rules.iter().map(|tried| (tried.when.as_str(), tried.holds)).collect();
    assert_eq!(
        tried,
        [
            ("organization.mrr >= 2000.0", true),
            ("organization.trial", false),
            ("'teams' in organization.addons", true),
            ("ticket.severity == 'critical'", false),
        ]
    );
    let fact = &decision.rules[2].facts[0];
    assert_eq!(
        (fact.name.as_str(), fact.value.as_str()),
        ("organization.addons", r#"["sso", "teams"]"#)
    );
}

/// PR-03
#[test]
fn a_low_ticket_was_tried_against_everything_and_has_no_reason() {
    let decision = SAMPLE.decide_priority(&facts(0));

    assert_eq!((decision.rules.len(), decision.because.len()), (8, 0));
}

/// SLA-01, SLA-02, SLA-03, SLA-06, ESC-01
#[test]
fn the_targets_are_those_of_the_page() {
    let text = |target: Option<Target>| target.map(|target| target.text);
    let targets = |level| {
        let priority = SAMPLE.priority(level);
        (
            text(priority.first_reply.clone()),
            text(SAMPLE.next_reply(level)),
            text(priority.escalated.clone()),
        )
    };
    let some = |text: &str| Some(text.to_owned());

    assert_eq!(targets(Level::High), (some("12h"), some("24h"), some("2 business days")));
    assert_eq!(targets(Level::Normal), (some("24h"), some("48h"), some("4 business days")));
    assert_eq!(targets(Level::Low), (None, None, None));
    assert_eq!(targets(Level::Urgent), targets(Level::High));
}

/// ROT-01
#[test]
fn support_answers_first_for_the_products_of_the_page() {
    for area in [
        "product_analytics",
        "web_analytics",
        "session_replay",
        "feature_success",
        "comms",
        "data_warehouse",
        "customer_success",
    ] {
        assert_eq!(SAMPLE.route(Some(area)).team, "support", "{area}");
    }
    let route = SAMPLE.route(Some("session_replay"));
    assert_eq!(route.because, "Session replay: first level is Support");
    assert_eq!(route.product_team.as_deref(), Some("replay"));
}

/// ROT-02
#[test]
fn other_products_go_straight_to_their_team() {
    let route = SAMPLE.route(Some("feature_flags"));

    assert_eq!(route.team, "flags");
    assert_eq!(route.because, "Feature flags: the Feature flags team answers directly");
}

/// ROT-01
#[test]
fn what_has_no_known_area_goes_to_triage() {
    let none = SAMPLE.route(None);
    let unknown = SAMPLE.route(Some("piano"));

    assert_eq!(
        (none.team.as_str(), none.because.as_str()),
        ("support", "no area: triage team Support")
    );
    assert_eq!(unknown.because, "unknown area \"piano\": triage team Support");
    assert_eq!((unknown.team.as_str(), unknown.area), ("support", None));
    assert_eq!(SAMPLE.route(Some("")), none);
}

/// SLA-11, ST-01, ST-04, CSAT rows, D-09 to D-12
#[test]
fn the_other_numbers_are_those_of_the_page() {
    let lifecycle = &SAMPLE.lifecycle;
    let days = |seconds: i64| seconds / 86_400;

    assert_eq!(lifecycle.pending_reminder.map(days), Some(5));
    assert_eq!(days(lifecycle.pending_solves_after), 7);
    assert_eq!((days(lifecycle.hold.at_least), days(lifecycle.hold.at_most)), (7, 30));
    assert_eq!(days(lifecycle.closes_after), 20);
    assert_eq!(days(SAMPLE.csat.after), 3);
    let warnings: Vec<_> =
        SAMPLE.replies.warn_before.iter().map(|target| target.text.as_str()).collect();
    assert_eq!(warnings, ["3h", "1h"]);
}

/// PB-09
#[test]
fn the_playbooks_know_whom_to_tell() {
    assert_eq!(SAMPLE.contacts.abuse.len(), 3);
    assert_eq!(SAMPLE.contacts.legal, ["cam@acme.test", "fay@acme.test"]);
    assert_eq!(SAMPLE.contacts.sales, ["sales@acme.test"]);
}

#[test]
fn people_are_found_whatever_the_case_of_their_address() {
    assert_eq!(SAMPLE.person("BO@Acme.Test").unwrap().email, "bo@acme.test");
    assert_eq!(SAMPLE.members()["ada@acme.test"], "Ada");
    assert_eq!(SAMPLE.members()["gus@acme.test"], "gus");
    assert_eq!(SAMPLE.person_calendar("Bo@acme.test").unwrap().zone_name(), "America/New_York");
    assert!(SAMPLE.person_calendar("ada@acme.test").is_none());
}

/// D-02
#[test]
fn a_team_has_the_calendar_of_the_company_unless_it_has_its_own() {
    assert_eq!(SAMPLE.calendar("support").zone_name(), "Europe/London");
    assert_eq!(SAMPLE.calendar("warehouse").zone_name(), "America/New_York");
    assert_eq!(SAMPLE.calendar("warehouse").holidays().len(), 3);
    assert_eq!(SAMPLE.calendar("nobody").zone_name(), SAMPLE.company_calendar().zone_name());
}

#[test]
fn a_handbook_can_be_shared_by_all_threads() {
    fn shared<T: Send + Sync + Clone + std::fmt::Debug>(_: &T) {}

    shared(&*SAMPLE);
}

proptest! {
    /// PR-05
    #[test]
    fn whatever_the_facts_there_is_a_level(mrr in any::<f64>(), plan in ".*", addons in prop::collection::vec(".*", 0..4)) {
        let mut facts = Facts::default();
        facts.organization.mrr = mrr;
        facts.organization.plan = plan;
        facts.organization.addons = addons;

        let decision = SAMPLE.decide_priority(&facts);

        prop_assert_eq!(decision.value == Level::Low, decision.because.is_empty());
    }
}
