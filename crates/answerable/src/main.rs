//! The binary: command line, configuration, wiring.

mod addresses;
mod admin;
mod app;
mod bodies;
mod cli;
mod config;
mod deliver;
mod demo;
mod doctor;
mod figures;
mod handbooks;
mod identity;
mod keys;
mod post;
mod replays;
mod serve;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command, DoctorPart};

/// Many small things come and go: a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { deliver::wrong_usage() } else { ExitCode::SUCCESS };
        }
    };
    log();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(options) => runtime()?.block_on(demo::run(options))?,
        Command::Serve(options) => runtime()?.block_on(serve::run(options))?,
        Command::Agent(command) => admin::agent(command)?,
        Command::Token(command) => admin::token(command)?,
        Command::Identity(command) => identity::run(command)?,
        Command::Handbook(command) => handbooks::run(command)?,
        Command::Mail(command) => return Ok(deliver::run(command)),
        Command::Unmute(options) => admin::unmute(options)?,
        Command::Doctor(options) => match options.part {
            Some(DoctorPart::Mail { options, send }) => {
                runtime()?.block_on(doctor::mail(options, send))?;
            }
            None => admin::doctor(&options.store)?,
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ANSWERABLE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,answerable=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

/// One clear line on standard error: the error and what it comes from.
#[expect(clippy::print_stderr, reason = "this is the command line's answer")]
pub(crate) fn complain(error: &anyhow::Error) {
    eprintln!("answerable: {error:#}");
}
