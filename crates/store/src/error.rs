//! What can go wrong below the use cases.

use std::path::PathBuf;
use std::sync::Arc;

/// A cause, as other crates give it.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL names neither engine, or is not well formed.
    #[error("not a database URL; write sqlite://path/to/file.db or postgres://user@host/database")]
    Url(#[source] Option<Cause>),
    /// The database file's folder is missing.
    #[error("the folder {} of the database file does not exist", .0.display())]
    Folder(PathBuf),
    /// The database file cannot be opened, read or written.
    #[error("cannot open the database file {}", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The file is something else.
    #[error("the file {} is not an SQLite database", .0.display())]
    NotSqlite(PathBuf),
    /// The file is a database of another program.
    #[error("the database file {} holds tables that are not ours", .0.display())]
    Foreign(PathBuf),
    /// Another process has the file.
    #[error("the database file {} is in use by another process; one at a time may open it", .0.display())]
    InUse(PathBuf),
    /// The server cannot be reached, or refuses us.
    #[error("cannot connect to PostgreSQL")]
    Connect(#[source] Cause),
    /// The connection asks for TLS that cannot be had.
    #[error("cannot set up TLS for PostgreSQL")]
    Tls(#[source] Cause),
    /// The embedded engine refused a statement.
    #[error("the database refused a statement")]
    Sqlite(#[from] rusqlite::Error),
    /// The server refused a statement.
    #[error("the database server refused a statement")]
    Postgres(#[from] postgres::Error),
    /// The change was not kept; nor was anything that shared its commit.
    #[error("the commit failed and nothing was kept")]
    Commit(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The connection broke while the commit was on its way.
    #[error("the connection broke during the commit; whether the change was kept is not known")]
    InDoubt(#[source] postgres::Error),
    /// A closure panicked; its transaction was rolled back.
    #[error("a transaction panicked: {0}")]
    Panicked(String),
    /// A statement failed before in this transaction, so it can only be rolled back.
    #[error("an earlier statement of this transaction failed")]
    Aborted,
    /// A read tried to write.
    #[error("a read may not write")]
    ReadOnly,
    /// A transaction waits for another of the same store, which could last for ever.
    #[error("a transaction may not wait for another")]
    Nested,
    /// The store was closed meanwhile.
    #[error("the store is closed")]
    Closed,
    /// A statement that always has a row had none.
    #[error("expected a row, found none")]
    NoRow,
    /// A column holds something unexpected.
    #[error("column {index} holds {found}, not {wanted}")]
    Column {
        /// Counted from 0.
        index: usize,
        /// What the caller asked for.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A statement names other parameters than it was given.
    #[error("a statement was given {given} values but its text names {named}")]
    Parameters {
        /// The largest `$n` of the text.
        named: usize,
        /// How many values came with it.
        given: usize,
    },
    /// A stored document or word cannot be understood.
    #[error("the stored value of {what} is not valid")]
    Corrupt {
        /// Table and column.
        what: &'static str,
        /// Why.
        #[source]
        source: Cause,
    },
    /// So many ids in a row could not be had while others take theirs.
    #[error("could not take {0} ids in a row")]
    Ids(i64),
    /// A migration failed; it left nothing behind.
    #[error("migration {number:04} ({name}) failed")]
    Migration {
        /// Its number.
        number: i64,
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// A migration that was applied has another text now.
    #[error(
        "migration {number:04} ({name}) was applied with another text; an applied migration never changes"
    )]
    MigrationChanged {
        /// Its number.
        number: i64,
        /// Its name.
        name: String,
    },
    /// The database was used by a newer program.
    #[error(
        "the database is at migration {found:04} but this program knows only {known:04}; use a newer program"
    )]
    Newer {
        /// The database's newest migration.
        found: i64,
        /// The program's newest migration.
        known: i64,
    },
    /// The copy made before migrating failed, so nothing was migrated.
    #[error("cannot copy the database to {} before migrating", path.display())]
    Backup {
        /// Where the copy was to be.
        path: PathBuf,
        /// Why.
        #[source]
        source: Cause,
    },
    /// A content could not be written to the folder of files, or read from it.
    #[error("the folder of files does not work")]
    Blob(#[source] std::io::Error),
    /// A thread of the store could not be started.
    #[error("cannot start a thread of the store")]
    Thread(#[source] std::io::Error),
}

impl Error {
    /// A stored value, named by table and column, that cannot be understood.
    pub fn corrupt(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { what, source: source.into() }
    }

    /// Whether a row with this key is there already.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error().is_some_and(|error| {
                use rusqlite::ffi;
                [
                    ffi::SQLITE_CONSTRAINT_UNIQUE,
                    ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
                    ffi::SQLITE_CONSTRAINT_ROWID,
                ]
                .contains(&error.extended_code)
            }),
            Self::Postgres(error) => {
                error.code() == Some(&postgres::error::SqlState::UNIQUE_VIOLATION)
            }
            _ => false,
        }
    }
}
