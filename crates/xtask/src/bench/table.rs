//! The table of a benchmark: what was measured, what it should be, and how it is printed.

use std::collections::BTreeMap;
use std::fmt;

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(super) const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// How people write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// How it is chosen on the command line.
    pub(super) fn flag(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Something worth measuring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    CreationsByMany,
    CreationsByOne,
    CreationsOverHttp,
    Letters,
    LargeLetter,
    LargeLetterMemory,
    List,
    ListLatency,
    QueuePage,
    TicketPage,
    QueueUsable,
    TicketUsable,
    KeyAnswered,
    FirstPage,
    NextPage,
    SearchRare,
    SearchCommon,
    SearchFiltered,
    SearchTyping,
    StartToReady,
    Memory,
    MemoryPeak,
    Due,
    DuePage,
    DueWrite,
    Reports,
    ReportsUsual,
    ReportsList,
    ReportsFacts,
    SimulatedYear,
}

impl What {
    const ALL: [Self; 30] = [
        Self::CreationsByMany,
        Self::CreationsByOne,
        Self::CreationsOverHttp,
        Self::Letters,
        Self::LargeLetter,
        Self::LargeLetterMemory,
        Self::List,
        Self::ListLatency,
        Self::QueuePage,
        Self::TicketPage,
        Self::QueueUsable,
        Self::TicketUsable,
        Self::KeyAnswered,
        Self::FirstPage,
        Self::NextPage,
        Self::SearchRare,
        Self::SearchCommon,
        Self::SearchFiltered,
        Self::SearchTyping,
        Self::StartToReady,
        Self::Memory,
        Self::MemoryPeak,
        Self::Due,
        Self::DuePage,
        Self::DueWrite,
        Self::Reports,
        Self::ReportsUsual,
        Self::ReportsList,
        Self::ReportsFacts,
        Self::SimulatedYear,
    ];

    /// What it is called, its unit, and the aim.
    pub(super) fn text(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::CreationsByMany => {
                ("durable ticket creations, use case, 64 callers", "/s", "7,000 on SQLite")
            }
            Self::CreationsByOne => ("durable ticket creations, use case, one caller", "/s", ""),
            Self::CreationsOverHttp => ("POST /api/v2/requests.json", "/s", "3,000"),
            Self::Letters => ("ordinary mails, from bytes to stored ticket", "/s", "1,000"),
            Self::LargeLetter => ("a mail of 25 MB, from bytes to stored ticket", "s", "below 1"),
            Self::LargeLetterMemory => ("memory it takes, in times its size", "×", "below 2"),
            Self::List => ("GET /api/v2/tickets.json?per_page=50", "/s", "5,000"),
            Self::ListLatency => ("the same, 99 of 100 within", "ms", "below 10"),
            Self::QueuePage => ("GET / (the queue, signed in)", "/s", "2,000"),
            Self::TicketPage => ("GET /tickets/{id} (signed in)", "/s", "3,000"),
            Self::QueueUsable => ("in Chromium: a list until it is usable", "ms", "below 150"),
            Self::TicketUsable => {
                ("in Chromium: Enter until the ticket is usable", "ms", "below 100")
            }
            Self::KeyAnswered => ("in Chromium: a key until its result is seen", "ms", "below 50"),
            Self::FirstPage => {
                ("a first page with everything it needs, compressed", "kB", "below 150")
            }
            Self::NextPage => ("a page after it", "kB", "below 15"),
            Self::SearchRare => ("the bar finds a rare word, 99 of 100 within", "ms", "below 100"),
            Self::SearchCommon => {
                ("the bar finds a word of every ticket, 99 of 100 within", "ms", "below 100")
            }
            Self::SearchFiltered => {
                ("that word and two filters on the page, 99 of 100 within", "ms", "below 200")
            }
            Self::SearchTyping => (
                "the bar while two people type letter by letter, 99 of 100 within",
                "ms",
                "below 100",
            ),
            Self::StartToReady => ("start to ready", "s", "below 1"),
            Self::Memory => ("resident memory after the load", "MB", "below 100"),
            Self::MemoryPeak => ("resident memory, highest", "MB", ""),
            Self::Due => ("100,000 tickets due in one minute, worked through", "s", "below 60"),
            Self::DuePage => {
                ("a ticket page's data meanwhile, 99 of 100 within", "ms", "below 100")
            }
            Self::DueWrite => ("a note meanwhile, 99 of 100 within", "ms", ""),
            Self::Reports => {
                ("the slowest report over 1,000,000 tickets in 104 weeks", "ms", "below 500")
            }
            Self::ReportsUsual => ("the same over 12 weeks", "ms", "below 500"),
            Self::ReportsList => ("the slowest list behind a number of it", "ms", "below 500"),
            Self::ReportsFacts => ("facts added up to weekly sums", "/s", ""),
            Self::SimulatedYear => {
                ("a simulated year, 200 tickets a day", "s", "below 60 on SQLite")
            }
        }
    }

    /// A value with its unit, three digits of it at least.
    pub(super) fn show(self, value: f64) -> String {
        let (_, unit, _) = self.text();
        let number = if value >= 100.0 { thousands(value) } else { format!("{value:.2}") };
        if unit.starts_with('/') { format!("{number}{unit}") } else { format!("{number} {unit}") }
    }
}

/// The columns that hold numbers.
const NUMBERS: std::ops::RangeInclusive<usize> = 1..=3;

/// What was measured so far.
#[derive(Debug, Default)]
pub(super) struct Table(BTreeMap<(What, Engine), f64>);

impl Table {
    /// Keeps a value.
    pub(super) fn note(&mut self, engine: Engine, what: What, value: f64) {
        self.0.insert((what, engine), value);
    }

    fn row(&self, what: What) -> [String; 5] {
        let values = Engine::ALL.map(|engine| self.0.get(&(what, engine)).copied());
        let [sqlite, postgres] =
            values.map(|value| value.map_or_else(|| "–".to_owned(), |value| what.show(value)));
        let ratio = match values {
            [Some(sqlite), Some(postgres)] if sqlite > 0.0 => format!("{:.2}", postgres / sqlite),
            _ => "–".to_owned(),
        };
        let (name, _, aim) = what.text();
        [name.to_owned(), sqlite, postgres, ratio, aim.to_owned()]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", Engine::Sqlite.name(), Engine::Postgres.name(), "ratio", "aim"]
            .map(str::to_owned);
        let rows: Vec<[String; 5]> =
            std::iter::once(head).chain(What::ALL.map(|what| self.row(what))).collect();
        let width = |column: usize| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let widths = [0, 1, 2, 3, 4].map(width);
        for (n, row) in rows.iter().enumerate() {
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                if NUMBERS.contains(&column) {
                    write!(f, "| {cell:>width$} ")?;
                } else {
                    write!(f, "| {cell:<width$} ")?;
                }
            }
            writeln!(f, "|")?;
            if n == 0 {
                for (column, &width) in widths.iter().enumerate() {
                    let end = if NUMBERS.contains(&column) { ":" } else { "-" };
                    write!(f, "|{}{end}", "-".repeat(width + 1))?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// A whole number with separators every three digits.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_stand_side_by_side_with_their_ratio() {
        let mut table = Table::default();
        table.note(Engine::Sqlite, What::CreationsByMany, 8012.4);
        table.note(Engine::Postgres, What::CreationsByMany, 4006.2);
        table.note(Engine::Sqlite, What::ListLatency, 3.456);

        let many = table.row(What::CreationsByMany);
        let latency = table.row(What::ListLatency);

        assert_eq!(many[1..], ["8,012/s", "4,006/s", "0.50", "7,000 on SQLite"]);
        assert_eq!(latency[1..], ["3.46 ms", "–", "–", "below 10"]);
    }

    #[test]
    fn every_line_of_the_table_is_as_long_as_the_first() {
        let table = Table::default().to_string();

        let lengths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();

        assert_eq!(lengths.len(), What::ALL.len() + 2);
        assert!(lengths.iter().all(|length| length == &lengths[0]));
    }
}
