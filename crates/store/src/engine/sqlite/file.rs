//! The database file: who may open it, and how.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::Error;

/// How long to wait for a lock of SQLite's own. Ours keeps other processes out, so only a tool can hold one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 512;

/// Keeps other processes away from the file for as long as the lock lives; it goes when this process does.
pub(crate) fn lock(path: &Path) -> Result<File, Error> {
    let lock_path = beside(path, ".lock");
    let open =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&lock_path);
    let file = open.map_err(|error| cannot_open(&lock_path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(cannot_open(&lock_path, error)),
    }
}

/// The file as one name, whichever way it was written: links resolved, made absolute.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf, Error> {
    if let Ok(resolved) = path.canonicalize() {
        return Ok(resolved);
    }
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|_| Error::Folder(folder.to_owned()))?;
    let name = path.file_name().ok_or(Error::Url(None))?;
    Ok(folder.join(name))
}

/// A name beside the file, made by adding to its own.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub(crate) fn open_writer(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        steady_plans(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "cache_size", -32_000)?;
        // Pages that change again and again are copied into the file once in 32 MB, not once in four.
        connection.pragma_update(None, "wal_autocheckpoint", 8_000)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        Ok(connection)
    };
    open().map_err(|error| unreadable(path, error))
}

pub(crate) fn open_reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        steady_plans(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "cache_size", -4_000)?;
        Ok(connection)
    };
    open().map_err(|error| unreadable(path, error))
}

/// Tells SQLite how the tables look, the same everywhere and always: see the text.
pub(crate) fn describe(connection: &Connection) -> Result<(), Error> {
    let text = include_str!("statistics.sql");
    Ok(connection.execute_batch(&format!("BEGIN; {text} COMMIT"))?)
}

/// Plans do not follow the bound values: otherwise a statement is prepared anew whenever one changes.
fn steady_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

fn unreadable(path: &Path, error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Error::NotSqlite(path.to_owned()),
        _ => Error::Open { path: path.to_owned(), source: error.into() },
    }
}

fn cannot_open(path: &Path, error: std::io::Error) -> Error {
    Error::Open { path: path.to_owned(), source: error.into() }
}
