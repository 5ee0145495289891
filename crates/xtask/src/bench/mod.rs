//! `cargo xtask bench`: the real program, measured on both databases, side by side.
//!
//! Nothing here passes or fails: the table is for people. The load generator, the server and the database share one
//! machine, so a rate is a floor, and the ratio between the engines says more than either number.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::commands::{binary, cargo, read, run as run_to_end, wrong_usage};
use crate::load::{self, Report, request};
use crate::packages::{Install, Package, provide, require_node};
use crate::postgres::{Durability, Postgres};
use crate::suite::in_the_browser;

mod program;
mod table;

use program::{Program, ticket_ids};
use table::{Engine, Table, What};

/// Callers who ask at once over HTTP.
const CONNECTIONS: u64 = 8;

/// People who type into the bar at once.
const TYPISTS: u64 = 2;

/// What they type, letter by letter: words of the comments that stand everywhere, rare ones, one character.
const TYPED: [&str; 10] = [
    "chase sese",
    "chart number 4711",
    "flamo prose chart",
    "unment",
    "customer 12",
    "empty chart chase",
    "baly wichase",
    "status:open sese",
    "丁七",
    "丁丂丄",
];

/// What was asked for on the command line.
#[derive(Debug)]
struct Options {
    engines: Vec<Engine>,
    /// How long each measurement takes.
    seconds: u64,
    /// How many tickets are stored before reading is measured.
    tickets: u64,
    /// How many further comments are stored then.
    comments: u64,
    /// How many tickets fall due at once.
    due: u64,
    /// How many tickets reports are drawn up of.
    counted: u64,
}

/// Measures and prints; a measurement that fails leaves a gap in the table and its reason above it.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = Options::parse(arguments)?;
    require_node()?;
    run_to_end(&mut cargo(&["build", "--release", "--package", "answerable"]))?;
    run_to_end(&mut cargo(&["build", "--release", "--package", "testkit", "--examples"]))?;

    provide(&[Package::Chromium], Install::Allowed)?;
    let folder = Folder::create()?;
    let server = if options.engines.contains(&Engine::Postgres) {
        provide(&[Package::Postgres], Install::Allowed)?;
        Some(Postgres::start(Durability::Full)?)
    } else {
        None
    };
    let mut table = Table::default();
    for &engine in &options.engines {
        let database = |name: &str| match &server {
            Some(server) if engine == Engine::Postgres => server.create(name),
            _ => Ok(format!("sqlite://{}", folder.0.join(name).with_extension("db").display())),
        };
        println!("\n== {}", engine.name());
        let mut measure =
            Measure { engine, options: &options, folder: &folder.0, table: &mut table };
        measure.use_cases(&database("use_cases")?);
        measure.letters(&database("letters")?);
        measure.due(&database("due")?);
        measure.reports(&database("reports")?);
        if engine == Engine::Sqlite {
            measure.take(What::SimulatedYear, |_| simulated_year());
        }
        if let Err(error) = measure.program(&database("program")?) {
            println!("   the rest cannot be measured: {error:#}");
        }
    }

    println!(
        "\n{CONNECTIONS} connections over HTTP, {} s each, {} tickets stored",
        options.seconds, options.tickets
    );
    print!("{table}");
    Ok(ExitCode::SUCCESS)
}

/// The measurements of one engine.
struct Measure<'a> {
    engine: Engine,
    options: &'a Options,
    folder: &'a Path,
    table: &'a mut Table,
}

impl Measure<'_> {
    /// Durable ticket creations below HTTP.
    fn use_cases(&mut self, database: &str) {
        self.take(What::CreationsByMany, |measure| measure.throughput(database, 64));
        self.take(What::CreationsByOne, |measure| measure.throughput(database, 1));
    }

    /// Mail, small and large.
    fn letters(&mut self, database: &str) {
        let seconds = self.options.seconds.to_string();
        let figures = [
            (What::Letters, "per_second"),
            (What::LargeLetter, "large_seconds"),
            (What::LargeLetterMemory, "large_memory"),
        ];
        self.figures(read(&mut example("letters", &[database, &seconds])), &figures);
    }

    /// What falls due all at once, and whether people notice.
    fn due(&mut self, database: &str) {
        let count = self.options.due.to_string();
        let figures = [
            (What::Due, "seconds"),
            (What::DuePage, "page_p99_ms"),
            (What::DueWrite, "write_p99_ms"),
        ];
        self.figures(read(&mut example("due", &[database, &count])), &figures);
    }

    /// Reports over many tickets.
    fn reports(&mut self, database: &str) {
        let count = self.options.counted.to_string();
        let figures = [
            (What::Reports, "slowest_ms"),
            (What::ReportsUsual, "twelve_weeks_ms"),
            (What::ReportsList, "list_ms"),
            (What::ReportsFacts, "facts_per_second"),
        ];
        self.figures(read(&mut example("reports", &[database, &count])), &figures);
    }

    /// Takes the figures that an example printed as JSON into the table, or says why not.
    fn figures(&mut self, answer: Result<String>, figures: &[(What, &str)]) {
        let measured = answer.and_then(|answer| {
            let line = answer.lines().last().unwrap_or_default();
            serde_json::from_str::<serde_json::Value>(line)
                .with_context(|| format!("it said `{line}`"))
        });
        for (what, name) in figures {
            match &measured {
                Ok(answer) => {
                    let value = answer[*name].as_f64().unwrap_or_default();
                    println!("   {}: {}", what.text().0, what.show(value));
                    self.table.note(self.engine, *what, value);
                }
                Err(error) => println!("   {}: {error:#}", what.text().0),
            }
        }
    }

    /// Everything that needs the program running: first writing into an empty desk, then reading from a full one.
    fn program(&mut self, database: &str) -> Result<()> {
        let program = Program::start(database, self.folder)?;
        self.take(What::CreationsOverHttp, |measure| measure.creations(&program));
        program.stop()?;

        let tickets = self.options.tickets.to_string();
        let comments = self.options.comments.to_string();
        println!("   storing {tickets} tickets and {comments} further comments");
        run_to_end(&mut example("seed", &[database, &tickets, &comments]))?;
        let program = Program::start(database, self.folder)?;
        self.table.note(self.engine, What::StartToReady, program.ready_after.as_secs_f64());
        self.reading(&program)?;
        self.take(What::Memory, |_| program.memory("VmRSS"));
        self.take(What::MemoryPeak, |_| program.memory("VmHWM"));
        program.stop()
    }

    fn reading(&mut self, program: &Program) -> Result<()> {
        let credentials = program.bearer();
        let list = move |path: &str| request("GET", path, &[("Authorization", &credentials)], b"");
        let first_page = "/api/v2/tickets.json?per_page=50";
        match self.load(program, |_| list(first_page)) {
            Ok(report) => {
                self.table.note(self.engine, What::List, report.per_second());
                self.table.note(
                    self.engine,
                    What::ListLatency,
                    report.within(990).unwrap_or_default(),
                );
            }
            Err(error) => println!("   {}: {error:#}", What::List.text().0),
        }

        let tickets = ticket_ids(&load::send(program.address, &list(first_page))?)?;
        let cookie = program.sign_in().context("signing in for the pages")?;
        let page = move |path: &str| request("GET", path, &[("Cookie", &cookie)], b"");
        self.take(What::QueuePage, |measure| {
            measure.load(program, |_| page("/")).map(|report| report.per_second())
        });
        self.take(What::TicketPage, |measure| {
            let of = |n: u64| tickets[usize::try_from(n).unwrap_or_default() % tickets.len()];
            measure
                .load(program, |n| page(&format!("/tickets/{}", of(n))))
                .map(|report| report.per_second())
        });
        self.searching(program, &page);
        self.in_the_browser(program);
        Ok(())
    }

    /// What a person at a screen waits for.
    fn in_the_browser(&mut self, program: &Program) {
        let figures = [
            (What::QueueUsable, "queue_ms"),
            (What::TicketUsable, "ticket_ms"),
            (What::KeyAnswered, "key_ms"),
            (What::FirstPage, "first_kb"),
            (What::NextPage, "next_kb"),
        ];
        let answer = in_the_browser()
            .and_then(|mut node| read(node.arg("page-figures.mjs").arg(&program.file)));
        self.figures(answer, &figures);
    }

    /// Every seeded ticket says "chart", and each another number.
    fn searching(&mut self, program: &Program, page: &(impl Fn(&str) -> Vec<u8> + Sync)) {
        let tickets = self.options.tickets.max(1);
        let rare = move |n: u64| format!("/bar?q=number%20{}", n % tickets);
        let common = |_| "/bar?q=chart".to_owned();
        let filtered = |_| "/search?q=chart%20status%3Anew%20assignee%3Anone".to_owned();
        let all: [(What, &(dyn Fn(u64) -> String + Sync)); 3] = [
            (What::SearchRare, &rare),
            (What::SearchCommon, &common),
            (What::SearchFiltered, &filtered),
        ];
        for (what, path) in all {
            self.take(what, |measure| {
                let report = measure.load(program, |n| page(&path(n)))?;
                report.within(990).context("nothing was answered")
            });
        }
        self.take(What::SearchTyping, |measure| {
            let queries = typed();
            let next =
                |n: u64| page(&queries[usize::try_from(n).unwrap_or_default() % queries.len()]);
            let duration = Duration::from_secs(measure.options.seconds);
            let report = load::run(program.address, TYPISTS, duration, next)?;
            report.within(990).context("nothing was answered")
        });
    }

    /// Requests by customers, each with its own address and text.
    fn creations(&mut self, program: &Program) -> Result<f64> {
        let report = self.load(program, |n| {
            let body = format!(
                r#"{{"request":{{"requester":{{"name":"Caller {n}","email":"caller{n}@example.test"}},
                "subject":"Question {n}","comment":{{"body":"This is question {n}. How do I do it?"}}}}}}"#
            );
            request("POST", "/api/v2/requests.json", &[("Content-Type", "application/json")], body.as_bytes())
        })?;
        Ok(report.per_second())
    }

    fn throughput(&self, database: &str, callers: u64) -> Result<f64> {
        let arguments = [database, &callers.to_string(), &self.options.seconds.to_string()];
        let answer = read(&mut example("throughput", &arguments))?;
        let line = answer.lines().last().unwrap_or_default();
        let answer: serde_json::Value =
            serde_json::from_str(line).with_context(|| format!("it said `{line}`"))?;
        answer["per_second"].as_f64().with_context(|| format!("it said `{line}`"))
    }

    /// A short warm-up, then the measurement.
    fn load(&self, program: &Program, next: impl Fn(u64) -> Vec<u8> + Sync) -> Result<Report> {
        // The warm-up counts from far away, so that no request is sent twice.
        load::run(program.address, CONNECTIONS, Duration::from_secs(1), |n| {
            next(n + 1_000_000_000)
        })?;
        let report = load::run(
            program.address,
            CONNECTIONS,
            Duration::from_secs(self.options.seconds),
            next,
        )?;
        if let Some(first) = &report.first_error {
            println!("   {} errors; the first: {first}", report.errors);
        }
        Ok(report)
    }

    /// Takes one measurement into the table, or says why not.
    fn take(&mut self, what: What, measure: impl FnOnce(&mut Self) -> Result<f64>) {
        match measure(self) {
            Ok(value) => {
                println!("   {}: {}", what.text().0, what.show(value));
                self.table.note(self.engine, what, value);
            }
            Err(error) => println!("   {}: {error:#}", what.text().0),
        }
    }
}

/// What the bar asks while these are typed.
fn typed() -> Vec<String> {
    let beginnings = |text: &'static str| {
        text.char_indices().map(move |(at, letter)| &text[..at + letter.len_utf8()])
    };
    let path = |text: &str| {
        text.bytes().fold("/bar?q=".to_owned(), |mut path, byte| {
            // Writing to a string cannot fail.
            let _ = write!(path, "%{byte:02X}");
            path
        })
    };
    TYPED.into_iter().flat_map(beginnings).map(path).collect()
}

/// The seconds that a year of a company takes; every promise in it is checked.
fn simulated_year() -> Result<f64> {
    let answer = read(&mut crate::sim::example("sqlite", 1, 365, 200))?;
    let line = answer.lines().last().unwrap_or_default();
    line.trim_end_matches(" s").parse().with_context(|| format!("it said `{line}`"))
}

fn example(name: &str, arguments: &[&str]) -> std::process::Command {
    let mut command =
        cargo(&["run", "--release", "--quiet", "--package", "testkit", "--example", name, "--"]);
    command.args(arguments);
    command
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            engines: Engine::ALL.to_vec(),
            seconds: 5,
            tickets: 200_000,
            comments: 1_800_000,
            due: 100_000,
            counted: 1_000_000,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let value = arguments
                .next()
                .ok_or_else(|| wrong_usage(format!("`{argument}` wants a value")))?;
            let number =
                || value.parse().map_err(|_| wrong_usage(format!("`{argument}` wants a number")));
            match argument.as_str() {
                "--engine" => {
                    let engine = Engine::ALL.into_iter().find(|engine| engine.flag() == value);
                    options.engines = vec![
                        engine.ok_or_else(|| wrong_usage("--engine wants sqlite or postgres"))?,
                    ];
                }
                "--seconds" => options.seconds = number()?,
                "--tickets" => options.tickets = number()?,
                "--comments" => options.comments = number()?,
                "--due" => options.due = number()?,
                "--counted" => options.counted = number()?,
                unknown => {
                    return Err(wrong_usage(format!(
                        "`{unknown}` means nothing here; see cargo xtask help"
                    )));
                }
            }
        }
        ensure!(options.seconds > 0, wrong_usage("--seconds wants at least 1"));
        Ok(options)
    }
}

/// A temporary folder, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("answerable-bench-{}", std::process::id()));
        fs::create_dir(&folder)
            .with_context(|| format!("{} could not be created", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} could not be deleted: {error}", self.0.display());
        }
    }
}
