//! Deadlines that another program counted minute by minute: `vectors.py` makes `vectors.tsv`. (1.13)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use handbook::{Amount, Calendar, Range, Target};
use jiff::Timestamp;

const VECTORS: &str = include_str!("vectors.tsv");
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// One line of the file.
struct Vector {
    line: &'static str,
    calendar: Calendar,
    target: Target,
    start: Timestamp,
    due: Timestamp,
}

fn vectors() -> Vec<Vector> {
    VECTORS.lines().skip(1).map(vector).collect()
}

fn vector(line: &'static str) -> Vector {
    let [zone, days, hours, holidays, target, start, due] =
        line.split('\t').collect::<Vec<_>>().try_into().unwrap();
    let hours = hours.split_whitespace().map(|text| Range::parse(text).unwrap()).collect();
    let holidays: BTreeSet<_> =
        holidays.split_whitespace().map(|text| text.parse().unwrap()).collect();
    Vector {
        line,
        calendar: Calendar::new(zone, DAYS.map(|day| days.contains(day)), hours, holidays).unwrap(),
        target: Target::parse(target).unwrap(),
        start: start.parse().unwrap(),
        due: due.parse().unwrap(),
    }
}

/// SLA-01 to SLA-04, SLA-06, ESC-01, D-01 to D-04
#[test]
fn every_deadline_is_the_one_that_was_counted() {
    let vectors = vectors();
    assert!(vectors.len() >= 200, "{}", vectors.len());

    let wrong: Vec<_> = vectors
        .iter()
        .filter_map(|vector| {
            let (due, _) = vector.calendar.add(vector.start, &vector.target);
            (due != vector.due).then(|| format!("{} but {due}", vector.line))
        })
        .collect();

    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// 1.13: what was added has elapsed, and going back from the deadline leads to a start of the same deadline
#[test]
fn every_deadline_leads_back_to_its_start() {
    let mut seen = 0;
    for Vector { line, calendar, target, start, due } in vectors() {
        let Amount::OpenSeconds(seconds) = target.amount else { continue };
        seen += 1;

        assert_eq!(calendar.elapsed(start, due), seconds, "{line}");
        let back = calendar.back(due, seconds);
        assert!(back >= start, "{line}: {back}");
        assert_eq!(calendar.next_open(start), back, "{line}: the latest start is the open one");
        assert_eq!(calendar.add(back, &target).0, due, "{line}");
    }
    assert!(seen > 100, "{seen}");
}

/// SLA-04, ESC-01: from closed time it is as if it had begun when the hours next did
#[test]
fn a_start_in_closed_time_counts_from_the_next_opening() {
    let mut seen = 0;
    for Vector { line, calendar, target, start, due } in vectors() {
        if calendar.is_open(start) {
            continue;
        }
        seen += 1;

        let opening = calendar.next_open(start);

        assert!(opening > start, "{line}");
        assert_eq!(calendar.elapsed(start, opening), 0, "{line}");
        assert_eq!(calendar.add(opening, &target).0, due, "{line}");
    }
    assert!(seen > 30, "{seen}");
}
