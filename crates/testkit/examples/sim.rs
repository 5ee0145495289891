//! Lives through simulated days: `sim -- <sqlite|postgres> <seed> <days> <tickets a day>`. Prints what was done.

use std::process::ExitCode;
use std::time::Instant;

use testkit::Engine;
use testkit::sim::{Options, simulate};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "an example says what it did")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((engine, options)) = parsed(&arguments) else {
        eprintln!("expected <sqlite|postgres> <seed> <days> <tickets a day>");
        return ExitCode::from(2);
    };
    let since = Instant::now();
    match simulate(engine, &options) {
        Ok(report) => {
            println!(
                "{engine:?}, seed {}: {report}{:.1} s",
                options.seed,
                since.elapsed().as_secs_f64()
            );
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("{engine:?}, {broken}");
            ExitCode::FAILURE
        }
    }
}

fn parsed(arguments: &[String]) -> Option<(Engine, Options)> {
    let [engine, seed, days, tickets_per_day] = arguments else { return None };
    let engine = match engine.as_str() {
        "sqlite" => Engine::Sqlite,
        "postgres" => Engine::Postgres,
        _ => return None,
    };
    let options = Options {
        seed: seed.parse().ok()?,
        days: days.parse().ok()?,
        tickets_per_day: tickets_per_day.parse().ok()?,
    };
    Some((engine, options))
}
