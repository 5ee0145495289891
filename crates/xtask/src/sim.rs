//! `cargo xtask sim`: a made-up company lives through simulated days, and every promise is checked on the way.
//!
//! The simulation is part of `testkit`; this builds it, brings a database server if one is needed, and runs it.

use std::env;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};

use crate::commands::{cargo, wrong_usage};
use crate::packages::{Install, Package, provide};
use crate::postgres::{Durability, Postgres};

/// Where the simulation finds a server on which it may create databases.
const POSTGRES_URL: &str = "ANSWERABLE_TEST_POSTGRES";

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    engine: String,
    seed: u64,
    /// How many seeds, from the first on.
    runs: u64,
    days: u64,
    tickets_per_day: u64,
}

/// Lives through each seed; the first broken promise ends it with 1.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = Options::parse(arguments)?;
    let server = if options.engine == "sqlite" || env::var_os(POSTGRES_URL).is_some() {
        None
    } else {
        provide(&[Package::Postgres], Install::Allowed)?;
        Some(Postgres::start(Durability::None)?)
    };
    for seed in options.seed..options.seed.saturating_add(options.runs) {
        let mut command = example(&options.engine, seed, options.days, options.tickets_per_day);
        if let Some(server) = &server {
            command.env(POSTGRES_URL, server.url("postgres"));
        }
        let status = command.status().context("cargo could not be started")?;
        if !status.success() {
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The simulation as a program, built for speed.
pub(crate) fn example(engine: &str, seed: u64, days: u64, tickets_per_day: u64) -> Command {
    let mut command =
        cargo(&["run", "--release", "--quiet", "--package", "testkit", "--example", "sim", "--"]);
    command.arg(engine).args([seed, days, tickets_per_day].map(|number| number.to_string()));
    command
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options =
            Self { engine: "both".to_owned(), seed: 1, runs: 1, days: 30, tickets_per_day: 40 };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let value = arguments
                .next()
                .ok_or_else(|| wrong_usage(format!("`{argument}` wants a value")))?;
            let number =
                || value.parse().map_err(|_| wrong_usage(format!("`{argument}` wants a number")));
            match argument.as_str() {
                "--engine" => {
                    ensure!(
                        ["sqlite", "postgres", "both"].contains(&value.as_str()),
                        wrong_usage("--engine wants sqlite, postgres or both")
                    );
                    options.engine.clone_from(value);
                }
                "--seed" => options.seed = number()?,
                "--runs" => options.runs = number()?,
                "--days" => options.days = number()?,
                "--tickets-per-day" => options.tickets_per_day = number()?,
                unknown => {
                    return Err(wrong_usage(format!(
                        "`{unknown}` means nothing here; see cargo xtask help"
                    )));
                }
            }
        }
        // Beyond that the calendars of a run would fill the memory.
        ensure!(options.days <= 3660, wrong_usage("--days wants at most 3660"));
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Options> {
        Options::parse(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_say_what_to_live_through() {
        let options = parsed("--seed 7 --days 365 --engine sqlite --tickets-per-day 200").unwrap();

        assert_eq!((options.seed, options.runs, options.days), (7, 1, 365));
        assert_eq!((&*options.engine, options.tickets_per_day), ("sqlite", 200));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for words in ["--seed", "--seed one", "--engine oracle", "--days 9999", "--weeks 2"] {
            assert!(parsed(words).is_err(), "{words}");
        }
    }
}
