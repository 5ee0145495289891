//! SQLite: one thread that writes, and some that read.
//!
//! The writer takes every closure that waits into one transaction and commits once for all of them. So each change is on
//! disk before its caller hears of it, at a share of the price of one sync. Most closures are not refused, or before they
//! have written anything. When one is refused later, everything is rolled back, so that it leaves nothing behind, and
//! those before it run again, each in a savepoint of its own.

pub(crate) mod counters;
pub(crate) mod file;
pub(crate) mod statement;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use self::counters::Counters;
use super::notices::Board;
use super::queue::Queue;
use super::threads::Threads;
use super::tx::{Late, Session, Tx};
use super::work::{Ending, Work};
use super::{Options, Task};
use crate::Error;
use crate::migrate::{self, Migration};

/// How many closures share a commit at most.
const BATCH: usize = 256;
/// After so long a batch takes no more closures in, so that its first callers do not wait for its last.
const BATCH_TIME: Duration = Duration::from_millis(20);
/// A write that holds the only writer for longer than this is worth a warning.
const SLOW: Duration = Duration::from_millis(50);

/// The waiting lines of an open file, and its threads.
pub(crate) struct Pool {
    writes: Arc<Queue<Task>>,
    reads: Arc<Queue<Task>>,
    threads: Threads,
}

impl Pool {
    pub(crate) fn open(
        path: &Path,
        options: &Options,
        migrations: &[Migration],
        board: &Board,
    ) -> Result<Self, Error> {
        let lock = Arc::new(file::lock(path)?);
        let mut connection = file::open_writer(path)?;
        migrate::sqlite(&mut connection, path, migrations, options.now)?;
        file::describe(&connection)?;

        let mut pool = Self {
            writes: Arc::new(Queue::new()),
            reads: Arc::new(Queue::new()),
            threads: Threads::default(),
        };
        for _ in 0..options.readers.max(1) {
            let (connection, lock, reads) =
                (file::open_reader(path)?, Arc::clone(&lock), Arc::clone(&pool.reads));
            pool.threads.start("store-reader", move || read_all(&connection, &reads, &lock))?;
        }
        let (writes, board) = (Arc::clone(&pool.writes), board.clone());
        pool.threads
            .start("store-writer", move || write_all(&connection, &writes, &board, &lock))?;
        Ok(pool)
    }

    pub(crate) fn push(&self, task: Task) {
        if task.is_write { &self.writes } else { &self.reads }.push(task);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        self.threads.join();
    }
}

/// Reads for as long as the store is open; the lock is held until then.
fn read_all(connection: &Connection, reads: &Queue<Task>, _lock: &File) {
    while let Some(mut task) = reads.pop() {
        if let Err(error) = read(connection, task.work.as_mut()) {
            task.work.fail(error);
        }
        task.work.answer();
    }
}

fn read(connection: &Connection, work: &mut dyn Work) -> Result<(), Error> {
    statement::command(connection, "BEGIN")?;
    let mut tx = Tx::reader(Session::Sqlite(connection, None));
    work.run(&mut tx);
    // Nothing was written; this only lets go of the snapshot.
    statement::command(connection, "ROLLBACK")
}

/// Writes for as long as the store is open; the lock is held until then.
fn write_all(connection: &Connection, writes: &Queue<Task>, board: &Board, _lock: &File) {
    let mut counters = Counters::default();
    while let Some(first) = writes.pop() {
        let mut batch = Batch::default();
        let committed = batch.run(connection, &mut counters, first, writes);
        if committed.is_err() {
            counters = Counters::default();
        }
        if committed.is_err() && !connection.is_autocommit() {
            let undone = statement::command(connection, "ROLLBACK");
            tracing::error!(is_undone = undone.is_ok(), "a commit failed and was rolled back");
        }
        batch.answer(committed, board);
    }
}

/// The closures that share a commit.
#[derive(Default)]
struct Batch {
    works: Vec<Box<dyn Work>>,
    touched: Vec<Arc<str>>,
    late: Vec<Late>,
}

impl Batch {
    fn run(
        &mut self,
        connection: &Connection,
        counters: &mut Counters,
        first: Task,
        writes: &Queue<Task>,
    ) -> Result<(), Error> {
        let started = Instant::now();
        let before = *counters;
        let mut begun = statement::command(connection, "BEGIN IMMEDIATE");
        let mut is_clean = true;
        let mut next = Some(first);
        while let Some(mut task) = next {
            if begun.is_ok() && is_clean {
                is_clean = self.step(connection, counters, task.work.as_mut());
            }
            self.works.push(task.work);
            let is_full = self.works.len() >= BATCH || started.elapsed() > BATCH_TIME;
            let goes_on = !is_full && begun.is_ok() && is_clean;
            next = if goes_on { writes.pop_waiting() } else { None };
        }
        if begun.is_ok() && !is_clean {
            *counters = before;
            // The last one was refused, and that is its answer; the others are to be kept.
            let refused = self.works.pop();
            begun = self.run_apart(connection, counters);
            self.works.extend(refused);
        }
        begun?;
        self.late.iter().try_for_each(|late| late.run(connection))?;
        counters.save(connection)?;
        statement::command(connection, "COMMIT")
    }

    /// Runs one closure. Says whether it left nothing behind that it should not.
    fn step(
        &mut self,
        connection: &Connection,
        counters: &mut Counters,
        work: &mut dyn Work,
    ) -> bool {
        let started = Instant::now();
        let before = *counters;
        let mut tx = Tx::writer(Session::Sqlite(connection, Some(counters)));
        let ending = work.run(&mut tx);
        let is_clean = ending == Ending::Keep || !tx.has_written();
        let (touched, late) = tx.into_rest();
        if ending == Ending::Keep {
            self.touched.extend(touched);
            self.late.extend(late);
        } else {
            *counters = before;
        }
        warn_if_slow(started.elapsed());
        is_clean
    }

    /// Undoes everything and runs these closures again, each in its savepoint. An error here is the end of the whole batch.
    fn run_apart(&mut self, connection: &Connection, counters: &mut Counters) -> Result<(), Error> {
        self.touched.clear();
        self.late.clear();
        // A full disk may have undone everything already.
        if !connection.is_autocommit() {
            statement::command(connection, "ROLLBACK")?;
        }
        statement::command(connection, "BEGIN IMMEDIATE")?;
        let mut works = std::mem::take(&mut self.works);
        let mut outcome = Ok(());
        for work in &mut works {
            outcome = outcome.and_then(|()| self.step_apart(connection, counters, work.as_mut()));
        }
        self.works = works;
        outcome
    }

    fn step_apart(
        &mut self,
        connection: &Connection,
        counters: &mut Counters,
        work: &mut dyn Work,
    ) -> Result<(), Error> {
        statement::command(connection, "SAVEPOINT one")?;
        if !self.step(connection, counters, work) {
            statement::command(connection, "ROLLBACK TO one")?;
        }
        statement::command(connection, "RELEASE one")
    }

    fn answer(mut self, committed: Result<(), Error>, board: &Board) {
        match committed {
            Ok(()) => board.publish(self.touched),
            Err(error) => {
                let cause: Arc<dyn std::error::Error + Send + Sync> = Arc::new(error);
                self.works.iter_mut().for_each(|work| work.fail(Error::Commit(Arc::clone(&cause))));
            }
        }
        self.works.into_iter().for_each(Work::answer);
    }
}

fn warn_if_slow(elapsed: Duration) {
    if elapsed > SLOW {
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(elapsed_ms, "a write held up all others; bulk work goes in chunks");
    }
}
