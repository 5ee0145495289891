//! Lives through simulated days: `sim -- <sqlite|postgres|both> <seed> <days> <tickets a day>`.
//!
//! Prints what was done, and last how many seconds it took. Ends with 1 when a promise was broken, after telling what
//! was asked and the ticket's log, and when the engines tell different stories.

use std::process::ExitCode;
use std::time::Instant;

use testkit::Engine;
use testkit::sim::{Options, simulate};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "an example says what it did")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((engines, options)) = parsed(&arguments) else {
        eprintln!("expected <sqlite|postgres|both> <seed> <days> <tickets a day>");
        return ExitCode::from(2);
    };
    let mut hashes = Vec::new();
    for engine in engines {
        let since = Instant::now();
        match simulate(engine, &options) {
            Ok(report) => {
                print!("{engine:?}, seed {}, {} days: {report}", options.seed, options.days);
                println!("{:.1} s", since.elapsed().as_secs_f64());
                hashes.push(report.hash);
            }
            Err(broken) => {
                eprintln!("{engine:?}, {broken}");
                return ExitCode::FAILURE;
            }
        }
    }
    if hashes.iter().any(|hash| *hash != hashes[0]) {
        eprintln!("seed {}: the engines tell different stories", options.seed);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn parsed(arguments: &[String]) -> Option<(Vec<Engine>, Options)> {
    let [engine, seed, days, tickets_per_day] = arguments else { return None };
    let engines = match engine.as_str() {
        "sqlite" => vec![Engine::Sqlite],
        "postgres" => vec![Engine::Postgres],
        "both" => Engine::ALL.to_vec(),
        _ => return None,
    };
    let options = Options {
        seed: seed.parse().ok()?,
        days: days.parse().ok()?,
        tickets_per_day: tickets_per_day.parse().ok()?,
    };
    Some((engines, options))
}
