//! The company lives through a few weeks, on both engines at once; `cargo xtask sim` does the same for as long as asked.

use std::thread;

use testkit::Engine;
use testkit::sim::{Options, Report, simulate};

/// Few enough days for every change of the code, chosen so that between them every input happens.
const RUNS: [Options; 3] = [
    Options { seed: 3, days: 5, tickets_per_day: 14 },
    Options { seed: 5, days: 5, tickets_per_day: 14 },
    Options { seed: 8, days: 5, tickets_per_day: 14 },
];

fn live(engine: Engine) -> Vec<Report> {
    let lived = RUNS.iter().map(|options| {
        simulate(engine, options).unwrap_or_else(|broken| panic!("on {engine:?}: {broken}"))
    });
    lived.collect()
}

/// PR-06 to PR-12, SLA-01 to SLA-15, ESC-01 to ESC-08, ST-01 to ST-11, NF-02, NF-03
#[test]
fn every_promise_is_kept_and_both_engines_tell_the_same_story() {
    let [sqlite, postgres] = thread::scope(|scope| {
        Engine::ALL.map(|engine| scope.spawn(move || live(engine))).map(|run| run.join().unwrap())
    });

    assert_eq!(sqlite, postgres);
    let all = |what: &str| -> u64 {
        sqlite.iter().map(|report| report.tally.get(what).copied().unwrap_or_default()).sum()
    };
    for what in ["crash", "copy of a mail", "escalation", "hold", "deletion", "wake-up"] {
        assert!(all(what) > 0, "no {what} among {sqlite:?}");
    }
}

/// The same seed is the same run
#[test]
fn a_seed_can_be_run_again() {
    let options = Options { seed: 1, days: 1, tickets_per_day: 10 };

    let first = simulate(Engine::Sqlite, &options).unwrap();

    assert_eq!(simulate(Engine::Sqlite, &options).unwrap(), first);
    assert_ne!(simulate(Engine::Sqlite, &Options { seed: 2, ..options }).unwrap().hash, first.hash);
}
