//! `cargo xtask`: the commands of the people who build Answerable.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these commands talk to a person at a terminal"
)]

use std::env;
use std::process::ExitCode;

use anyhow::Result;

mod bench;
mod commands;
mod demo;
mod load;
mod packages;
mod postgres;
mod sim;
mod suite;
mod tidy;

const USAGE: &str = "\
cargo xtask demo [--release] [ARGUMENTS OF `answerable demo`]
    build Answerable and run its demo

cargo xtask test [--only PART]… [--no-install] [-- ARGUMENTS OF `cargo test`]
    everything CI checks; PART is fmt, tidy, clippy, docs, rust or browser

cargo xtask bench [--engine sqlite|postgres] [--seconds N] [--tickets N] [--comments N] [--due N] [--counted N]
    measure the real program on both databases

cargo xtask sim [--seed N] [--days D] [--tickets-per-day T] [--runs N] [--engine sqlite|postgres|both]
    live through simulated days and check every promise; --runs N takes N seeds in a row

cargo xtask tidy
    the house rules no compiler knows: edges between crates, file heads, file sizes, forbidden words
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_else(|| "help".to_owned());
    let arguments: Vec<String> = arguments.collect();

    match run(&command, &arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            if error.is::<commands::WrongUsage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn run(command: &str, arguments: &[String]) -> Result<ExitCode> {
    match command {
        "demo" => demo::run(arguments),
        "test" => suite::run(arguments),
        "bench" => bench::run(arguments),
        "sim" => sim::run(arguments),
        "tidy" => tidy::run(arguments),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(commands::wrong_usage(format!("there is no such command\n\n{USAGE}"))),
    }
}
