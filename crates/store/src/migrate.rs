//! Bringing the tables up to date: numbered files, forward only, each in one transaction, never changed once applied.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::engine::{beside, for_postgres, for_sqlite};
use crate::error::Cause;
use crate::{Error, Kind};

/// A step from one shape of the tables to the next.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its place in the order, from 1.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
    /// Its text in the common dialect.
    pub sql: &'static str,
}

/// Ours, in order.
pub const ALL: &[Migration] = &[
    Migration { number: 1, name: "the_desk", sql: include_str!("../migrations/0001_the_desk.sql") },
    Migration {
        number: 2,
        name: "follow_ups",
        sql: include_str!("../migrations/0002_follow_ups.sql"),
    },
    Migration { number: 3, name: "rotas", sql: include_str!("../migrations/0003_rotas.sql") },
    Migration { number: 4, name: "work", sql: include_str!("../migrations/0004_work.sql") },
    Migration { number: 5, name: "notices", sql: include_str!("../migrations/0005_notices.sql") },
    Migration { number: 6, name: "mail", sql: include_str!("../migrations/0006_mail.sql") },
    Migration {
        number: 7,
        name: "mailboxes",
        sql: include_str!("../migrations/0007_mailboxes.sql"),
    },
    Migration { number: 8, name: "surveys", sql: include_str!("../migrations/0008_surveys.sql") },
    Migration { number: 9, name: "search", sql: include_str!("../migrations/0009_search.sql") },
    Migration {
        number: 10,
        name: "customers",
        sql: include_str!("../migrations/0010_customers.sql"),
    },
    Migration { number: 11, name: "lists", sql: include_str!("../migrations/0011_lists.sql") },
    Migration { number: 12, name: "macros", sql: include_str!("../migrations/0012_macros.sql") },
    Migration { number: 13, name: "doors", sql: include_str!("../migrations/0013_doors.sql") },
    Migration { number: 14, name: "writing", sql: include_str!("../migrations/0014_writing.sql") },
    Migration { number: 15, name: "reports", sql: include_str!("../migrations/0015_reports.sql") },
    Migration { number: 16, name: "rules", sql: include_str!("../migrations/0016_rules.sql") },
    Migration {
        number: 17,
        name: "questions",
        sql: include_str!("../migrations/0017_questions.sql"),
    },
    Migration {
        number: 18,
        name: "at_a_ticket",
        sql: include_str!("../migrations/0018_at_a_ticket.sql"),
    },
    Migration {
        number: 19,
        name: "webhooks",
        sql: include_str!("../migrations/0019_webhooks.sql"),
    },
    Migration { number: 20, name: "figures", sql: include_str!("../migrations/0020_figures.sql") },
    Migration { number: 21, name: "undos", sql: include_str!("../migrations/0021_undos.sql") },
    Migration { number: 22, name: "letters", sql: include_str!("../migrations/0022_letters.sql") },
    Migration {
        number: 23,
        name: "pictures",
        sql: include_str!("../migrations/0023_pictures.sql"),
    },
    Migration {
        number: 24,
        name: "not_before",
        sql: include_str!("../migrations/0024_not_before.sql"),
    },
];

/// Keeps two nodes from migrating one database at the same time.
const ADVISORY_LOCK: i64 = 0x616e_7377_6572;

const APPLIED: &str = "SELECT number, name, checksum FROM migrations ORDER BY number";
const RECORD: &str =
    "INSERT INTO migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";

impl Migration {
    /// Hash of the text, whatever ends its lines.
    fn checksum(&self) -> String {
        let digest = Sha256::digest(self.sql.replace("\r\n", "\n"));
        digest.iter().fold(String::new(), |mut hex, byte| {
            // Writing into a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    fn failed(&self, source: impl Into<Cause>) -> Error {
        Error::Migration { number: self.number, name: self.name.to_owned(), source: source.into() }
    }
}

/// What a database says was applied to it: number, name and checksum.
type Applied = (i64, String, String);

/// The migrations still to be applied, if those that were are the first of ours.
fn pending<'m>(migrations: &'m [Migration], applied: &[Applied]) -> Result<&'m [Migration], Error> {
    for (index, (number, name, checksum)) in applied.iter().enumerate() {
        let Some(migration) = migrations.get(index) else {
            let known = migrations.last().map_or(0, |last| last.number);
            return Err(Error::Newer { found: applied.last().map_or(0, |last| last.0), known });
        };
        if migration.number != *number || migration.checksum() != *checksum {
            return Err(Error::MigrationChanged { number: *number, name: name.clone() });
        }
    }
    Ok(&migrations[applied.len()..])
}

fn instant(now: Option<Timestamp>) -> i64 {
    now.map_or(0, Timestamp::as_microsecond)
}

/// Migrates a file. It is ours alone; before anything changes it is copied.
pub(crate) fn sqlite(
    connection: &mut Connection,
    path: &Path,
    migrations: &[Migration],
    now: Option<Timestamp>,
) -> Result<(), Error> {
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
        [],
        |row| row.get(0),
    )?;
    if tables > 0 && !connection.table_exists(None, "migrations")? {
        return Err(Error::Foreign(path.to_owned()));
    }
    connection.execute_batch(
        "BEGIN IMMEDIATE;
         CREATE TABLE IF NOT EXISTS migrations (
             number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
         ) STRICT;
         CREATE TABLE IF NOT EXISTS ids (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
         COMMIT",
    )?;
    let applied = connection
        .prepare(APPLIED)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<Applied>, _>>()?;
    let pending = pending(migrations, &applied)?;
    if let (Some(first), false) = (pending.first(), applied.is_empty()) {
        copy_aside(connection, path, first)?;
    }
    // Tables that are made anew would otherwise lose the rows that refer to them; the references are checked below.
    connection.pragma_update(None, "foreign_keys", false)?;
    for migration in pending {
        apply_to_file(connection, migration, now).map_err(|source| migration.failed(source))?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

fn apply_to_file(
    connection: &mut Connection,
    migration: &Migration,
    now: Option<Timestamp>,
) -> Result<(), Cause> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(&for_sqlite(migration.sql))?;
    if transaction.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err("a row refers to one that is not there".into());
    }
    transaction
        .execute(RECORD, (migration.number, migration.name, migration.checksum(), instant(now)))?;
    Ok(transaction.commit()?)
}

/// Copies the whole database to a file beside it, named after the migration that comes next.
fn copy_aside(connection: &Connection, path: &Path, next: &Migration) -> Result<(), Error> {
    let backup = beside(path, &format!(".before-{:04}", next.number));
    copy_whole(connection, &backup).map_err(|source| Error::Backup { path: backup, source })
}

/// Copies so that the copy is either whole or not there under its name. SQLite itself does it: for this process to
/// open and close the file beside it would drop its locks.
fn copy_whole(connection: &Connection, to: &Path) -> Result<(), Cause> {
    let half = beside(to, ".half");
    if half.exists() {
        fs::remove_file(&half)?;
    }
    let name = half.to_str().ok_or("the name of the file is not text")?;
    connection.execute("VACUUM INTO ?1", [name])?;
    File::open(&half)?.sync_all()?;
    Ok(fs::rename(&half, to)?)
}

/// Migrates a server's database while all other nodes wait.
pub(crate) fn postgres(
    client: &mut ::postgres::Client,
    migrations: &[Migration],
    now: Option<Timestamp>,
) -> Result<(), Error> {
    // Held until the connection ends or it is given back below.
    client.execute("SELECT pg_advisory_lock($1)", &[&ADVISORY_LOCK])?;
    let mut tables = "SET client_min_messages = warning;
         CREATE TABLE IF NOT EXISTS migrations (
             number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL
         );\n"
        .to_owned();
    tables.extend(Kind::ALL.iter().map(|kind| kind.create_sequence()));
    client.batch_execute(&tables)?;
    let rows = client.query(APPLIED, &[])?;
    let applied = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)));
    let applied: Vec<Applied> = applied.collect::<Result<_, ::postgres::Error>>()?;
    for migration in pending(migrations, &applied)? {
        apply_to_server(client, migration, now).map_err(|source| migration.failed(source))?;
    }
    client.execute("SELECT pg_advisory_unlock($1)", &[&ADVISORY_LOCK])?;
    Ok(())
}

fn apply_to_server(
    client: &mut ::postgres::Client,
    migration: &Migration,
    now: Option<Timestamp>,
) -> Result<(), Cause> {
    let mut transaction = client.transaction()?;
    transaction.batch_execute(&for_postgres(migration.sql))?;
    transaction.execute(
        RECORD,
        &[&migration.number, &migration.name, &migration.checksum(), &instant(now)],
    )?;
    Ok(transaction.commit()?)
}
