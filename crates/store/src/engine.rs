//! Opening a database and running closures in its transactions.

mod notices;
mod postgres;
mod queue;
mod sqlite;
mod threads;
mod translate;
mod tx;
mod work;

use std::path::Path;
use std::sync::{Arc, mpsc};

use jiff::Timestamp;
use tokio::sync::{broadcast, oneshot};

pub(crate) use self::sqlite::file::beside;
pub(crate) use self::translate::{for_postgres, for_sqlite};
pub use self::tx::Tx;

use self::notices::Board;
use self::work::{Call, Work};
use crate::migrate::{self, Migration};
use crate::{Error, params};

/// Which engine holds the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file of this process.
    Sqlite,
    /// A server.
    Postgres,
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads that read on SQLite.
    pub readers: usize,
    /// Connections to PostgreSQL; each has its thread.
    pub connections: usize,
    /// Written down as the instant at which migrations were applied.
    pub now: Option<Timestamp>,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, connections: 16, now: None }
    }
}

/// An open database. A cheap handle; the last one to go finishes what waits and closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    board: Board,
}

enum Pool {
    Sqlite(sqlite::Pool),
    Postgres(postgres::Pool),
}

/// A closure in a waiting line.
struct Task {
    is_write: bool,
    work: Box<dyn Work>,
}

impl Store {
    /// Opens `sqlite://relative.db`, `sqlite:///absolute/path.db`, `postgres://…` or `postgresql://…`, and brings its
    /// tables up to date.
    ///
    /// A database file belongs to one process at a time. PostgreSQL is spoken to without TLS unless the URL says
    /// `sslmode=require` or `sslmode=verify-full`; both check the server's certificate, against `sslrootcert` when the
    /// URL names such a file.
    ///
    /// # Errors
    ///
    /// [`Error::Url`], [`Error::Folder`], [`Error::Open`], [`Error::NotSqlite`], [`Error::Foreign`],
    /// [`Error::InUse`], [`Error::Connect`] and [`Error::Tls`] say why it cannot be opened; [`Error::Newer`],
    /// [`Error::Migration`], [`Error::MigrationChanged`] and [`Error::Backup`] why its tables cannot be used.
    pub fn open(url: &str, options: &Options) -> Result<Self, Error> {
        Self::open_with(url, options, migrate::ALL)
    }

    /// Opens a database with other tables than ours, for tests of the engines.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    #[doc(hidden)]
    pub fn open_with(
        url: &str,
        options: &Options,
        migrations: &[Migration],
    ) -> Result<Self, Error> {
        let board = Board::new();
        let pool = match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => {
                let path = sqlite::file::resolve(Path::new(path))?;
                Pool::Sqlite(sqlite::Pool::open(&path, options, migrations, &board)?)
            }
            Some(("postgres" | "postgresql", _)) => {
                Pool::Postgres(postgres::Pool::open(url, options, migrations, &board)?)
            }
            _ => return Err(Error::Url(None)),
        };
        Ok(Self { inner: Arc::new(Inner { pool, board }) })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.inner.pool {
            Pool::Sqlite(_) => Engine::Sqlite,
            Pool::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a closure in a transaction and gives what it gave, once that is on disk. `Err` and a panic roll back.
    ///
    /// The closure may run more than once: on PostgreSQL a deadlock or a broken connection starts it again, on SQLite
    /// another closure of the same commit that is refused after it has written. It runs even if nobody waits for the
    /// answer any more.
    ///
    /// # Errors
    ///
    /// What the closure gave; [`Error::Panicked`], [`Error::Commit`], [`Error::InDoubt`], [`Error::Connect`],
    /// [`Error::Closed`]; [`Error::Aborted`] when it gave `Ok` although one of its statements had failed.
    pub async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run(true, closure).await
    }

    /// Runs a closure over one unchanging picture of the data. It cannot write.
    ///
    /// # Errors
    ///
    /// As [`Store::write`]; its statements fail with [`Error::ReadOnly`] when they write.
    pub async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run(false, closure).await
    }

    /// [`Store::write`] for threads that are not async.
    ///
    /// # Errors
    ///
    /// As [`Store::write`], and [`Error::Nested`] when called inside a transaction.
    pub fn write_blocking<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run_blocking(true, closure)
    }

    /// [`Store::read`] for threads that are not async.
    ///
    /// # Errors
    ///
    /// As [`Store::read`], and [`Error::Nested`] when called inside a transaction.
    pub fn read_blocking<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run_blocking(false, closure)
    }

    /// The topics that committed transactions touch from now on, here and on other nodes. The topic "*" says that
    /// news from other nodes may have been lost, so that anything may have changed.
    pub fn changes(&self) -> broadcast::Receiver<Arc<str>> {
        self.inner.board.subscribe()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.read(|tx| tx.query_one("SELECT 1", params![]).map(|_| ())).await
    }

    async fn run<T, E, F>(&self, is_write: bool, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let reply = move |outcome| {
            // A caller who has gone away does not mind.
            let _ = sender.send(outcome);
        };
        self.push(is_write, Call::new(closure, reply));
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    fn run_blocking<T, E, F>(&self, is_write: bool, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        if work::in_transaction() {
            return Err(Error::Nested.into());
        }
        let (sender, answer) = mpsc::sync_channel(1);
        let reply = move |outcome| {
            let _ = sender.send(outcome);
        };
        self.push(is_write, Call::new(closure, reply));
        answer.recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    fn push(&self, is_write: bool, work: impl Work + 'static) {
        let task = Task { is_write, work: Box::new(work) };
        match &self.inner.pool {
            Pool::Sqlite(pool) => pool.push(task),
            Pool::Postgres(pool) => pool.push(task),
        }
    }
}
