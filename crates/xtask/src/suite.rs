//! `cargo xtask test`: every check, on a machine that needs nothing but Rust and Node.js. CI calls exactly this.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::commands::{binary, cargo, command, root, run as run_to_end, wrong_usage};
use crate::packages::{Install, Package, provide, require_node};
use crate::postgres::{Durability, Postgres};
use crate::tidy;

/// Where the store's tests find a server on which they may create databases.
const POSTGRES_URL: &str = "ANSWERABLE_TEST_POSTGRES";

/// One part of the suite, in the order they run: the cheap ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Fmt,
    Tidy,
    Clippy,
    Docs,
    Rust,
    Browser,
}

impl Part {
    const ALL: [Self; 6] =
        [Self::Fmt, Self::Tidy, Self::Clippy, Self::Docs, Self::Rust, Self::Browser];

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Tidy => "tidy",
            Self::Clippy => "clippy",
            Self::Docs => "docs",
            Self::Rust => "rust",
            Self::Browser => "browser",
        }
    }
}

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    parts: Vec<Part>,
    install: Install,
    /// Handed to `cargo test` instead of `--workspace`.
    cargo_test: Vec<String>,
}

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
}

/// One finished part.
struct Finished {
    name: &'static str,
    took: Duration,
    tally: Tally,
}

/// Runs the parts asked for, all of them even when an early one fails, and ends with the line that counts.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = Options::parse(arguments)?;
    let started = Instant::now();
    let mut finished = vec![timed("set-up", || set_up(&options).map(|()| Tally::default()))];
    if finished.iter().all(|part| part.tally.failed == 0) {
        finished
            .extend(options.parts.iter().map(|&part| timed(part.name(), || check(part, &options))));
    }

    let total = finished.iter().fold(Tally::default(), |total, part| total.plus(part.tally));
    print_summary(&finished, started.elapsed());
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn timed(name: &'static str, check: impl FnOnce() -> Result<Tally>) -> Finished {
    println!("\n== {name}");
    let started = Instant::now();
    let tally = check().unwrap_or_else(|error| {
        println!("{error:#}");
        Tally { passed: 0, failed: 1 }
    });
    let took = started.elapsed();
    println!(
        "== {name}: {}, {:.1} s",
        if tally.failed == 0 { "good" } else { "FAILED" },
        took.as_secs_f64()
    );
    Finished { name, took, tally }
}

fn print_summary(finished: &[Finished], took: Duration) {
    println!("\n{:<10}{:>9}{:>9}{:>9}", "part", "seconds", "passed", "failed");
    for part in finished {
        let Tally { passed, failed } = part.tally;
        println!("{:<10}{:>9.1}{passed:>9}{failed:>9}", part.name, part.took.as_secs_f64());
    }
    println!("{:<10}{:>9.1}\n", "total", took.as_secs_f64());
    let failed: Vec<&str> =
        finished.iter().filter(|part| part.tally.failed > 0).map(|part| part.name).collect();
    if !failed.is_empty() {
        println!("Failed: {}. To run one part alone: --only PART", failed.join(", "));
    }
}

fn set_up(options: &Options) -> Result<()> {
    require_node()?;
    let mut packages = Vec::new();
    if options.parts.contains(&Part::Rust) && env::var_os(POSTGRES_URL).is_none() {
        packages.push(Package::Postgres);
    }
    if options.parts.contains(&Part::Rust) {
        packages.extend([Package::Dovecot, Package::Postfix]);
    }
    if options.parts.contains(&Part::Browser) {
        packages.push(Package::Chromium);
    }
    provide(&packages, options.install)
}

fn check(part: Part, options: &Options) -> Result<Tally> {
    match part {
        Part::Fmt => checked(&mut cargo(&["fmt", "--all", "--check"])),
        Part::Tidy => Ok(Tally { passed: 0, failed: tidy::check()? }),
        Part::Clippy => checked(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ])),
        Part::Docs => {
            let arguments =
                ["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"];
            checked(cargo(&arguments).env("RUSTDOCFLAGS", "-D warnings"))
        }
        Part::Rust => test_rust(&options.cargo_test),
        Part::Browser => test_in_the_browser(),
    }
}

fn test_rust(arguments: &[String]) -> Result<Tally> {
    // A server somebody keeps running is used as it is; dropping our own stops it.
    let (_server, url) = if let Ok(url) = env::var(POSTGRES_URL) {
        (None, url)
    } else {
        let server = Postgres::start(Durability::None)?;
        let url = server.url("postgres");
        (Some(server), url)
    };
    let mut tests = cargo(&["test", "--no-fail-fast"]);
    if arguments.is_empty() {
        tests.arg("--workspace");
    }
    tallied(tests.args(arguments).env(POSTGRES_URL, url))
}

fn test_in_the_browser() -> Result<Tally> {
    run_to_end(&mut cargo(&["build", "--quiet", "--package", "answerable"]))?;
    tallied(
        in_the_browser()?
            .args(["--test", "--test-reporter=spec"])
            .env("ANSWERABLE_BINARY", binary("debug")?),
    )
}

/// Node.js in the folder of the browser tests, with what they need installed.
pub(crate) fn in_the_browser() -> Result<Command> {
    let folder = root().join("tests/browser");
    let installed =
        folder.join("node_modules/.package-lock.json").metadata().and_then(|file| file.modified());
    let wanted = folder.join("package-lock.json").metadata().and_then(|file| file.modified())?;
    if installed.map_or(true, |installed| installed < wanted) {
        let arguments = [
            "ci",
            "--ignore-scripts",
            "--include=dev",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ];
        run_to_end(command("npm", &arguments).current_dir(&folder))?;
    }
    let chromium = Package::Chromium.place().context("Chromium is not installed")?;
    let mut node = command("node", &[]);
    node.current_dir(folder).env("ANSWERABLE_CHROMIUM", chromium);
    Ok(node)
}

/// Runs a command that counts nothing.
fn checked(command: &mut Command) -> Result<Tally> {
    run_to_end(command).map(|()| Tally::default())
}

/// Runs tests, shows what they print, and counts their results.
fn tallied(command: &mut Command) -> Result<Tally> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            tally = tally.plus(results_in(&line));
        }
        std::io::stdout().flush()?;
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        println!("No test failed, yet the run did: {status}.");
        tally.failed = 1;
    }
    Ok(tally)
}

/// The results a line of a test runner's output reports: Cargo's and Node's.
fn results_in(line: &str) -> Tally {
    if let Some(results) = line.trim_start().strip_prefix("test result: ") {
        let count = |what: &str| {
            let words: Vec<&str> =
                results.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
            words
                .windows(2)
                .find(|pair| pair[1] == what)
                .and_then(|pair| pair[0].parse().ok())
                .unwrap_or(0)
        };
        return Tally { passed: count("passed"), failed: count("failed") };
    }
    let Some(results) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) else {
        return Tally::default();
    };
    match results.split_once(' ').map(|(what, count)| (what, count.trim().parse().unwrap_or(0))) {
        Some(("pass", passed)) => Tally { passed, failed: 0 },
        Some(("fail" | "cancelled", failed)) => Tally { passed: 0, failed },
        _ => Tally::default(),
    }
}

impl Tally {
    fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options =
            Self { parts: Vec::new(), install: Install::Allowed, cargo_test: Vec::new() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--no-install" => options.install = Install::Forbidden,
                "--only" => options.parts.push(part_named(arguments.next())?),
                "--" => options.cargo_test = arguments.by_ref().cloned().collect(),
                unknown => {
                    return Err(wrong_usage(format!(
                        "`{unknown}` means nothing here; see cargo xtask help"
                    )));
                }
            }
        }
        if options.parts.is_empty() {
            options.parts.extend(Part::ALL);
        }
        Ok(options)
    }
}

fn part_named(name: Option<&String>) -> Result<Part> {
    let part = Part::ALL.into_iter().find(|part| name.is_some_and(|name| name == part.name()));
    part.ok_or_else(|| {
        let names: Vec<&str> = Part::ALL.into_iter().map(Part::name).collect();
        wrong_usage(format!("--only wants one of {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_from_both_test_runners() {
        let line = "test result: ok. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.51s";
        assert_eq!(results_in(line), Tally { passed: 12, failed: 3 });
        assert_eq!(
            results_in("test result: FAILED. 0 passed; 1 failed; 0 ignored"),
            Tally { passed: 0, failed: 1 }
        );
        assert_eq!(results_in("ℹ pass 4"), Tally { passed: 4, failed: 0 });
        assert_eq!(results_in("# fail 2"), Tally { passed: 0, failed: 2 });
        assert_eq!(results_in("ℹ cancelled 1"), Tally { passed: 0, failed: 1 });
        assert_eq!(results_in("ℹ duration_ms 812"), Tally::default());
        assert_eq!(results_in("test tests::pass 4 ... ok"), Tally::default());
    }

    #[test]
    fn without_flags_everything_runs() {
        let options = Options::parse(&[]).unwrap();

        assert_eq!(options.parts, Part::ALL);
        assert_eq!(options.install, Install::Allowed);
    }

    #[test]
    fn one_part_can_be_run_alone() {
        let arguments = ["--only", "rust", "--no-install", "--", "-p", "mail"].map(str::to_owned);

        let options = Options::parse(&arguments).unwrap();

        assert_eq!(options.parts, [Part::Rust]);
        assert_eq!(options.install, Install::Forbidden);
        assert_eq!(options.cargo_test, ["-p", "mail"]);
    }

    #[test]
    fn an_unknown_part_is_wrong_usage() {
        let arguments = ["--only", "everything"].map(str::to_owned);

        let error = Options::parse(&arguments).unwrap_err();

        assert_eq!(error.to_string(), "--only wants one of fmt, tidy, clippy, docs, rust, browser");
    }
}
