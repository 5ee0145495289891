//! Reports and the ledger below HTTP: every query walks an index, and what was counted before is read from the logs.

use desk::reports::{Ask, Behind, By, Name, Wanted};
use domain::reports::{Dimension, Measure, Outcome};
use domain::{ClockKind, TeamId};
use jiff::SignedDuration;
use testkit::{TrialDesk, each_desk};

const DANA: &str = "dana@fernlight.test";

/// Five tickets: three answered in time, one late, one not at all.
fn live(desk: &TrialDesk) {
    let bo = desk.person("bo");
    let tickets: Vec<_> =
        (0..5).map(|n| desk.ask(DANA, &format!("Flags are off {n}"), Some("billing"))).collect();
    for id in &tickets[..3] {
        desk.advance(SignedDuration::from_hours(1));
        desk.write(&bo, *id, "Please reload.", true);
    }
    desk.advance(SignedDuration::from_hours(40));
    desk.write(&bo, tickets[3], "Sorry.", true);
}

fn ask(name: Name, by: By) -> Ask {
    Ask { name, weeks: 12, by, level: None }
}

/// No query of a report looks at every row of a table that grows.
#[test]
fn every_query_walks_an_index() {
    each_desk(|desk| {
        live(desk);
        if desk.store().engine() != store::Engine::Sqlite {
            // The server reads small tables whole, whatever indexes they have.
            return;
        }
        let plans = desk
            .look(desk.system(), |tx, ctx| {
                tx.plans_of(|tx| {
                    for name in Name::ALL {
                        let ask = ask(name, By::Dimension(Dimension::Team));
                        let report = desk::reports::report(tx, ctx, ask)?;
                        let behind = Behind {
                            ask,
                            measures: name.figures()[0].measures(),
                            name: report.groups.first().map(|group| group.name.clone()),
                            week: None,
                            after: None,
                            most: 51,
                        };
                        desk::reports::behind(tx, ctx, &behind)?;
                    }
                    for (outcome, team) in
                        [(None, None), (Some(Outcome::Missed), None), (None, Some(TeamId(1)))]
                    {
                        let wanted = Wanted { outcome, team, most: 50, ..Wanted::default() };
                        desk::reports::ledger(tx, ctx, &wanted)?;
                    }
                    Ok::<_, desk::Error>(())
                })
            })
            .unwrap();
        let grows = |line: &&str| line.contains("report_facts") || line.contains("promises");
        let lines: Vec<&str> = plans.iter().flat_map(|plan| plan.lines()).filter(grows).collect();
        assert!(lines.len() > 20, "{lines:?}");
        for line in lines {
            assert!(line.contains("INDEX"), "{line}");
        }
    });
}

/// SLA-14, and an upgrade from a version that counted nothing
#[test]
fn reports_are_the_same_when_they_are_made_from_old_logs() {
    each_desk(|desk| {
        live(desk);
        let read = || {
            desk.look(desk.system(), |tx, ctx| {
                let report = desk::reports::report(
                    tx,
                    ctx,
                    ask(Name::FirstReply, By::Dimension(Dimension::Team)),
                )?;
                Ok((report.groups, report.total.sums))
            })
            .unwrap()
        };
        let before = read();
        assert_eq!(before.1.count(Measure::Kept(ClockKind::First)), 3);
        assert_eq!(before.1.count(Measure::Missed(ClockKind::First)), 2);
        assert_eq!(before.1.count(Measure::Replied(ClockKind::First)), 4);
        testkit::recount::agrees(desk);
        assert_eq!(read(), before);
    });
}
