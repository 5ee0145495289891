//! Who holds which week, by the rules of a rota. (ROT-04, ROT-05)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use domain::rota::{
    Absence, Cover, Fallback, Override, Reason, Recorded, Rota, Rule, Shift, Swap, SwapState, Why,
};
use domain::{ShiftId, UserId};
use handbook::Handover;
use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

const BO: UserId = UserId(1);
const CY: UserId = UserId(2);
const DAN: UserId = UserId(3);
const LEAD: UserId = UserId(9);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rule(order: &[UserId], from: Date, (weekday, time): (Weekday, Time), zone: &str) -> Rule {
    let zone = TimeZone::get(zone).unwrap();
    Rule::new(order.to_vec(), from, Handover { weekday, time }, zone)
}

/// Mondays at midnight in London, since 5 January 2026.
fn london(order: &[UserId]) -> Rule {
    rule(order, date(2026, 1, 5), (Weekday::Monday, Time::midnight()), "Europe/London")
}

fn rota(rule: Rule) -> Rota {
    let members = rule.order.clone();
    Rota { rule, members, lead: None, recorded: Recorded::default() }
}

/// Lets the week begin that runs at an instant.
fn begin(rota: &mut Rota, now: &str) {
    let week = rota.week_at(at(now)).unwrap().begun().unwrap();
    if rota.recorded.weeks.is_empty() {
        rota.recorded.first_rule = Some(rota.rule.clone());
    }
    rota.recorded.last_rule = Some(rota.rule.clone());
    rota.recorded.weeks.push(week);
}

fn names(person: Option<UserId>) -> &'static str {
    match person {
        Some(BO) => "Bo",
        Some(CY) => "Cy",
        Some(DAN) => "Dan",
        Some(LEAD) => "Lead",
        Some(_) => "?",
        None => "nobody",
    }
}

/// `08 00:00 Bo` for each shift: the day and hour in UTC, and the holder.
fn told(shifts: &[Shift]) -> Vec<String> {
    let line =
        |shift: &Shift| format!("{} {}", shift.from.strftime("%m-%d %H:%M"), names(shift.holder));
    shifts.iter().map(line).collect()
}

#[track_caller]
fn holders(rota: &Rota, from: &str, to: &str, expected: &[&str]) {
    assert_eq!(told(&rota.shifts(at(from), at(to))), expected);
}

/// ROT-04
#[test]
fn weeks_go_round_at_the_local_midnight_also_when_clocks_change() {
    let rota = rota(london(&[BO, CY]));

    holders(
        &rota,
        "2026-03-16T00:00:00Z",
        "2026-04-06T00:00:00Z",
        &["03-16 00:00 Bo", "03-23 00:00 Cy", "03-29 23:00 Bo", "04-05 23:00 Cy"],
    );
}

/// ROT-04
#[test]
fn a_handover_that_does_not_exist_on_the_day_clocks_change_moves_forward() {
    let sunday = (Weekday::Sunday, Time::constant(1, 30, 0, 0));
    let rota = rota(rule(&[BO, CY], date(2026, 1, 4), sunday, "Europe/London"));

    // On 29 March, 01:30 does not exist: it is 02:30, an instant later than a week after the one before.
    let weeks = rota.weeks(at("2026-03-22T12:00:00Z"), at("2026-04-01T00:00:00Z"));

    assert_eq!(weeks[0].to, at("2026-03-29T01:30:00Z"));
    assert_eq!(weeks[1].from, at("2026-03-29T01:30:00Z"));
    assert_eq!(weeks[1].to, at("2026-04-05T00:30:00Z"));
}

/// ROT-04
#[test]
fn a_handover_that_exists_twice_is_the_first() {
    let sunday = (Weekday::Sunday, Time::constant(1, 30, 0, 0));
    let rota = rota(rule(&[BO, CY], date(2026, 1, 4), sunday, "Europe/London"));

    let week = rota.week_at(at("2026-10-25T00:45:00Z")).unwrap();

    assert_eq!(week.from, at("2026-10-25T00:30:00Z"));
}

/// ROT-04
#[test]
fn before_the_first_week_nobody_holds_and_it_says_so() {
    let rota = Rota { lead: Some(LEAD), ..rota(london(&[BO, CY])) };

    let shift = rota.shift_at(at("2026-01-04T12:00:00Z")).unwrap();

    assert_eq!(shift.holder, None);
    assert_eq!(shift.reason, Reason::Nobody(Why::NotBegun, Fallback::Lead(LEAD)));
    assert_eq!(shift.answers(), Some(LEAD));
}

#[test]
fn a_team_without_a_hero_has_weeks_that_are_nobodys() {
    let rule = Rule::nobody(TimeZone::get("Europe/London").unwrap());
    let rota = Rota { members: vec![BO], ..rota(rule) };

    let shifts = rota.shifts(at("2026-06-08T00:00:00Z"), at("2026-06-22T00:00:00Z"));

    assert_eq!(told(&shifts), ["06-08 00:00 nobody", "06-14 23:00 nobody", "06-21 23:00 nobody"]);
    assert_eq!(shifts[0].reason, Reason::Nobody(Why::NoRota, Fallback::Team));
}

/// ROT-05
#[test]
fn an_override_splits_its_week_and_shifts_no_other() {
    let mut rota = rota(london(&[BO, CY]));
    rota.recorded.overrides.push(Override {
        id: ShiftId(1),
        holder: CY,
        from: at("2026-06-11T12:00:00Z"),
        to: at("2026-06-11T17:00:00Z"),
        reason: "dentist".to_owned(),
    });

    holders(
        &rota,
        "2026-06-07T23:00:00Z",
        "2026-06-28T23:00:00Z",
        &["06-07 23:00 Bo", "06-11 12:00 Cy", "06-11 17:00 Bo", "06-14 23:00 Cy", "06-21 23:00 Bo"],
    );
}

/// ROT-05
#[test]
fn of_two_overrides_the_last_made_wins_and_both_are_named() {
    let mut rota = rota(london(&[BO, CY, DAN]));
    for (id, holder, from, to) in [(1, CY, "09", "11"), (2, DAN, "10", "12")] {
        rota.recorded.overrides.push(Override {
            id: ShiftId(id),
            holder,
            from: at(&format!("2026-06-{from}T00:00:00Z")),
            to: at(&format!("2026-06-{to}T00:00:00Z")),
            reason: String::new(),
        });
    }

    let shifts = rota.shifts(at("2026-06-08T00:00:00Z"), at("2026-06-14T23:00:00Z"));

    let seen: Vec<_> = shifts
        .iter()
        .map(|shift| (shift.from.strftime("%d").to_string(), names(shift.holder), &shift.beneath))
        .collect();
    let beneath = vec![ShiftId(1)];
    assert_eq!(
        seen.iter().map(|(day, who, under)| (day.as_str(), *who, *under)).collect::<Vec<_>>(),
        [
            ("08", rota_holder(&rota), &vec![]),
            ("09", "Cy", &vec![]),
            ("10", "Dan", &beneath),
            ("11", "Dan", &vec![]),
            ("12", rota_holder(&rota), &vec![]),
        ]
    );
}

fn rota_holder(rota: &Rota) -> &'static str {
    names(rota.week_at(at("2026-06-09T00:00:00Z")).unwrap().holder)
}

fn swap(state: SwapState) -> Swap {
    Swap {
        id: ShiftId(7),
        state,
        asker: BO,
        week: at("2026-06-07T23:00:00Z"),
        other: CY,
        in_return: at("2026-06-14T23:00:00Z"),
    }
}

const FOUR_WEEKS: (&str, &str) = ("2026-06-07T23:00:00Z", "2026-07-05T23:00:00Z");

/// ROT-05
#[test]
fn only_an_accepted_swap_exchanges_two_weeks_and_no_other_week_changes() {
    for state in [SwapState::Offered, SwapState::Refused, SwapState::Withdrawn] {
        let mut rota = rota(london(&[BO, CY]));
        rota.recorded.swaps.push(swap(state));
        let expected = ["06-07 23:00 Bo", "06-14 23:00 Cy", "06-21 23:00 Bo", "06-28 23:00 Cy"];
        holders(&rota, FOUR_WEEKS.0, FOUR_WEEKS.1, &expected);
    }
    let mut rota = rota(london(&[BO, CY]));
    rota.recorded.swaps.push(swap(SwapState::Accepted));
    let expected = ["06-07 23:00 Cy", "06-14 23:00 Bo", "06-21 23:00 Bo", "06-28 23:00 Cy"];
    holders(&rota, FOUR_WEEKS.0, FOUR_WEEKS.1, &expected);
}

/// ROT-05
#[test]
fn after_a_swapped_week_began_the_order_continues_after_the_turn_and_not_after_the_holder() {
    let mut rota = rota(london(&[BO, CY]));
    rota.recorded.swaps.push(swap(SwapState::Accepted));
    begin(&mut rota, "2026-06-08T00:00:00Z");

    let expected = ["06-07 23:00 Cy", "06-14 23:00 Bo", "06-21 23:00 Bo", "06-28 23:00 Cy"];

    holders(&rota, FOUR_WEEKS.0, FOUR_WEEKS.1, &expected);
}

/// ROT-05
#[test]
fn a_swap_that_an_order_change_overtook_is_void_and_says_so() {
    let mut rota = rota(london(&[BO, CY]));
    rota.recorded.swaps.push(swap(SwapState::Accepted));
    begin(&mut rota, "2026-06-01T00:00:00Z");
    assert_eq!(rota.unfit(&rota.recorded.swaps[0]), None);

    rota.rule = london(&[CY, DAN, BO]);

    // 1 June was Cy's turn; the new order continues after Cy.
    let expected = ["06-07 23:00 Dan", "06-14 23:00 Bo", "06-21 23:00 Cy", "06-28 23:00 Dan"];
    holders(&rota, FOUR_WEEKS.0, FOUR_WEEKS.1, &expected);
    assert!(rota.unfit(&rota.recorded.swaps[0]).is_some());
}

/// ROT-05
#[test]
fn a_new_order_applies_from_the_next_boundary_and_continues_after_the_current_turn() {
    let mut rota = rota(london(&[DAN, BO, CY]));
    begin(&mut rota, "2026-06-08T00:00:00Z");
    let running = names(rota.recorded.weeks[0].holder.into());
    assert_eq!(running, "Bo");

    rota.rule = london(&[CY, BO, DAN]);
    holders(
        &rota,
        "2026-06-10T00:00:00Z",
        "2026-06-28T23:00:00Z",
        &["06-10 00:00 Bo", "06-14 23:00 Dan", "06-21 23:00 Cy"],
    );

    // Bo is gone from the order: whoever came after Bo in the old one is next.
    rota.rule = london(&[DAN, CY]);
    holders(
        &rota,
        "2026-06-10T00:00:00Z",
        "2026-06-28T23:00:00Z",
        &["06-10 00:00 Bo", "06-14 23:00 Cy", "06-21 23:00 Dan"],
    );
}

/// ROT-05
#[test]
fn weeks_that_began_stay_as_they_were_whatever_the_order_becomes() {
    let mut rota = rota(london(&[BO, CY]));
    for week in ["2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z", "2026-06-15T00:00:00Z"] {
        begin(&mut rota, week);
    }
    let before = rota.shifts(at("2026-01-01T00:00:00Z"), at("2026-06-21T23:00:00Z"));

    rota.rule = rule(&[DAN], date(2020, 1, 1), (Weekday::Thursday, Time::midnight()), "Asia/Tokyo");
    rota.members = vec![DAN];

    assert_eq!(rota.shifts(at("2026-01-01T00:00:00Z"), at("2026-06-21T23:00:00Z")), before);
}

/// ROT-05
#[test]
fn a_first_day_in_the_future_begins_the_order_anew_there() {
    let mut rota = rota(london(&[BO, CY]));
    begin(&mut rota, "2026-06-08T00:00:00Z");

    rota.rule.order.push(DAN);
    rota.rule.from = date(2026, 6, 24);

    let expected = ["06-07 23:00 Bo", "06-14 23:00 Cy", "06-21 23:00 Bo", "06-28 23:00 Cy"];
    holders(&rota, FOUR_WEEKS.0, FOUR_WEEKS.1, &expected);
}

/// ROT-05
#[test]
fn a_new_handover_gives_nobody_a_stub_or_a_fortnight() {
    for (weekday, ends) in
        [(Weekday::Wednesday, "2026-06-23T23:00:00Z"), (Weekday::Friday, "2026-06-18T23:00:00Z")]
    {
        let mut rota = rota(london(&[BO, CY]));
        begin(&mut rota, "2026-06-08T00:00:00Z");
        rota.rule = rule(&[BO, CY], date(2026, 1, 5), (weekday, Time::midnight()), "Europe/London");

        let weeks = rota.weeks(at("2026-06-08T00:00:00Z"), at("2026-06-30T00:00:00Z"));

        assert_eq!(weeks[0].to, at("2026-06-14T23:00:00Z"), "the running week ends as recorded");
        assert_eq!(weeks[1].to, at(ends));
        assert_eq!(weeks[1].holder, Some(CY));
    }
}

fn away(person: UserId, from: &str, to: &str) -> Absence {
    Absence { id: ShiftId(5), person, from: at(from), to: Some(at(to)), left: false }
}

/// D-28
#[test]
fn an_absence_without_cover_is_an_explicit_nobody_that_falls_back() {
    let mut rota = Rota { lead: Some(LEAD), ..rota(london(&[BO, CY])) };
    rota.recorded.absences.push(away(BO, "2026-06-09T00:00:00Z", "2026-06-11T00:00:00Z"));

    holders(
        &rota,
        "2026-06-07T23:00:00Z",
        "2026-06-14T23:00:00Z",
        &["06-07 23:00 Bo", "06-09 00:00 nobody", "06-11 00:00 Bo"],
    );
    let fallback = |rota: &Rota| rota.shift_at(at("2026-06-10T00:00:00Z")).unwrap().reason;
    let nobody = |fallback| Reason::Nobody(Why::Away(BO), fallback);
    assert_eq!(fallback(&rota), nobody(Fallback::Previous(CY)));
    rota.recorded.absences.push(away(CY, "2026-06-01T00:00:00Z", "2026-06-12T00:00:00Z"));
    assert_eq!(fallback(&rota), nobody(Fallback::Lead(LEAD)));
    rota.recorded.absences.push(away(LEAD, "2026-06-01T00:00:00Z", "2026-06-12T00:00:00Z"));
    assert_eq!(fallback(&rota), nobody(Fallback::Team));
}

/// ROT-05
#[test]
fn somebody_who_left_while_holding_is_missed_from_then_on() {
    let mut rota = rota(london(&[BO, CY]));
    begin(&mut rota, "2026-06-08T00:00:00Z");
    rota.rule = london(&[CY]);
    rota.members = vec![CY];
    let left = Absence {
        id: ShiftId(5),
        person: BO,
        from: at("2026-06-10T00:00:00Z"),
        to: None,
        left: true,
    };
    rota.recorded.absences.push(left);

    let shifts = rota.shifts(at("2026-06-07T23:00:00Z"), at("2026-06-28T23:00:00Z"));

    assert_eq!(
        told(&shifts),
        ["06-07 23:00 Bo", "06-10 00:00 nobody", "06-14 23:00 Cy", "06-21 23:00 Cy"]
    );
    assert_eq!(shifts[1].reason, Reason::Nobody(Why::Left(BO), Fallback::Previous(CY)));
}

/// ROT-05
#[test]
fn every_week_an_absence_touches_has_a_proposal() {
    let mut rota = rota(london(&[DAN, BO, CY]));
    begin(&mut rota, "2026-06-08T00:00:00Z");
    // Bo has the weeks of 8 and 29 June; Cy of 15 June and 6 July, Dan of 22 June.
    let (from, to) = (at("2026-06-10T00:00:00Z"), at("2026-07-03T00:00:00Z"));
    rota.recorded.absences.push(away(BO, "2026-06-10T00:00:00Z", "2026-07-03T00:00:00Z"));

    let proposals = rota.proposals(BO, from, to);

    let covers: Vec<_> = proposals.iter().map(|one| (one.from, one.cover)).collect();
    let swap = Cover::Swap { with: CY, in_return: at("2026-07-05T23:00:00Z") };
    assert_eq!(
        covers,
        [
            // The week that runs cannot be swapped any more.
            (from, Cover::Override { holder: CY }),
            (at("2026-06-28T23:00:00Z"), swap),
        ]
    );
    rota.recorded.absences.push(away(CY, "2026-06-01T00:00:00Z", "2026-12-01T00:00:00Z"));
    rota.recorded.absences.push(away(DAN, "2026-06-01T00:00:00Z", "2026-12-01T00:00:00Z"));
    let covers: Vec<_> = rota.proposals(BO, from, to).iter().map(|one| one.cover).collect();
    assert_eq!(covers, [Cover::Nobody, Cover::Nobody]);
}

/// ROT-04
#[test]
fn every_zone_of_the_database_is_covered_for_twenty_years() {
    let (from, to) = (at("2010-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z"));
    let zones: BTreeSet<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    assert!(zones.len() > 400, "the bundled database is there: {}", zones.len());
    for zone in &zones {
        for handover in [
            (Weekday::Monday, Time::midnight()),
            (Weekday::Sunday, Time::constant(2, 30, 0, 0)),
            (Weekday::Friday, Time::constant(0, 0, 0, 0)),
        ] {
            let rota = rota(rule(&[BO, CY, DAN], date(2010, 1, 1), handover, zone));
            covered(&rota, from, to, zone);
        }
    }
}

/// Every instant of a span lies in exactly one shift.
#[track_caller]
fn covered(rota: &Rota, from: Timestamp, to: Timestamp, what: &str) {
    let shifts = rota.shifts(from, to);
    assert_eq!(shifts.first().map(|shift| shift.from), Some(from), "{what} begins late");
    assert_eq!(shifts.last().map(|shift| shift.to), Some(to), "{what} ends early");
    for shift in &shifts {
        assert!(shift.from < shift.to, "{what} has an empty shift at {}", shift.from);
        let nobody = matches!(shift.reason, Reason::Nobody(..));
        assert_eq!(shift.holder.is_none(), nobody, "{what} is silent at {}", shift.from);
    }
    for pair in shifts.windows(2) {
        assert_eq!(pair[0].to, pair[1].from, "{what} has a gap or an overlap");
    }
}

fn instants() -> impl Strategy<Value = Timestamp> {
    (0..20_i64 * 366 * 24 * 4)
        .prop_map(|quarter| at("2010-01-01T00:00:00Z") + (quarter * 15).minutes())
}

fn people() -> impl Strategy<Value = UserId> {
    (1..6_i64).prop_map(UserId)
}

fn overrides() -> impl Strategy<Value = Override> {
    (people(), instants(), 1..60_000_i64).prop_map(|(holder, from, minutes)| Override {
        id: ShiftId(minutes),
        holder,
        from,
        to: from + minutes.minutes(),
        reason: String::new(),
    })
}

fn absences() -> impl Strategy<Value = Absence> {
    (people(), instants(), proptest::option::of(1..60_000_i64)).prop_map(
        |(person, from, minutes)| {
            let to = minutes.map(|minutes| from + minutes.minutes());
            Absence { id: ShiftId(1), person, from, to, left: to.is_none() }
        },
    )
}

prop_compose! {
    fn rules()(
        zone in prop::sample::select(jiff::tz::db().available().map(|name| name.to_string()).collect::<Vec<_>>()),
        order in prop::sample::subsequence(vec![UserId(1), UserId(2), UserId(3), UserId(4)], 0..=4).prop_shuffle(),
        weekday in 0..7_i8,
        minute in 0..24 * 60_i16,
        days in 0..7_000_i32,
    ) -> Rule {
        let time = Time::new(i8::try_from(minute / 60).unwrap(), i8::try_from(minute % 60).unwrap(), 0, 0).unwrap();
        let weekday = Weekday::from_monday_zero_offset(weekday).unwrap();
        rule(&order, date(2010, 1, 1) + days.days(), (weekday, time), &zone)
    }
}

proptest! {
    /// ROT-04, ROT-05
    #[test]
    fn whatever_happens_there_is_no_gap_no_overlap_and_the_past_stays(
        old in rules(),
        new in rules(),
        now in instants(),
        begun in 1..60_usize,
        overrides in prop::collection::vec(overrides(), 0..6),
        absences in prop::collection::vec(absences(), 0..4),
    ) {
        let (from, to) = (at("2010-01-01T00:00:00Z"), at("2030-02-01T00:00:00Z"));
        let mut rota = Rota { lead: Some(LEAD), ..rota(old) };
        rota.recorded.overrides = overrides;
        rota.recorded.absences = absences;
        let mut week = rota.week_at(now).unwrap();
        for _ in 0..begun {
            if let Some(started) = week.begun() {
                rota.recorded.first_rule.get_or_insert(rota.rule.clone());
                rota.recorded.last_rule = Some(rota.rule.clone());
                rota.recorded.weeks.push(started);
            }
            week = rota.week_at(week.to).unwrap();
        }
        covered(&rota, from, to, "the old rota");
        let end = rota.recorded.weeks.last().map_or(from, |week| week.to);
        let before = rota.weeks(from, end);

        rota.rule = new;

        covered(&rota, from, to, "the new rota");
        prop_assert_eq!(rota.weeks(from, end), before);
        let ahead = rota.weeks(end, to);
        for week in &ahead[..ahead.len().min(2)] {
            let length = week.to.duration_since(week.from);
            if !rota.recorded.weeks.is_empty() {
                prop_assert!(length >= SignedDuration::from_hours(84), "a stub of {length}");
                prop_assert!(length <= SignedDuration::from_hours(14 * 24 - 48), "a fortnight of {length}");
            }
        }
    }

    /// ROT-05
    #[test]
    fn changes_of_one_week_never_move_anybodys_turn(
        rule in rules(),
        now in instants(),
        overrides in prop::collection::vec(overrides(), 1..6),
        absences in prop::collection::vec(absences(), 1..4),
    ) {
        let to = at("2030-02-01T00:00:00Z");
        let mut rota = rota(rule);
        let before = rota.weeks(now, to);

        rota.recorded.overrides = overrides;
        rota.recorded.absences = absences;

        prop_assert_eq!(rota.weeks(now, to), before);
    }
}
