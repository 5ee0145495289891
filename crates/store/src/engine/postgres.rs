//! PostgreSQL: some threads, each with its connection.
//!
//! The driver is the synchronous one, so that a use case is the same function on both engines; its calls block a
//! thread of ours and never one of the async workers.

mod link;
mod news;
mod server;
mod statements;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

pub(crate) use self::link::Link;
use self::news::News;
pub(crate) use self::server::Server;

use super::notices::Board;
use super::queue::Queue;
use super::threads::Threads;
use super::tx::{Session, Tx};
use super::work::Ending;
use super::{Options, Task};
use crate::Error;
use crate::migrate::{self, Migration};

/// How often a closure is tried before its caller hears of a deadlock or a broken connection.
const ATTEMPTS: u32 = 5;

/// The waiting line of a server, and its threads.
pub(crate) struct Pool {
    queue: Arc<Queue<Task>>,
    threads: Threads,
    /// Stops when dropped.
    _news: News,
}

impl Pool {
    pub(crate) fn open(
        url: &str,
        options: &Options,
        migrations: &[Migration],
        board: &Board,
    ) -> Result<Self, Error> {
        let server = Arc::new(Server::from_url(url)?);
        let tag = prepare_database(&server, migrations, options)?;

        let (news, board) = News::start(&server, tag, board)?;
        let mut pool =
            Self { queue: Arc::new(Queue::new()), threads: Threads::default(), _news: news };
        for _ in 0..options.connections.max(1) {
            let (server, queue, board) =
                (Arc::clone(&server), Arc::clone(&pool.queue), board.clone());
            pool.threads
                .start("store-postgres", move || serve_all(Link::new(server), &queue, &board))?;
        }
        Ok(pool)
    }

    pub(crate) fn push(&self, task: Task) {
        self.queue.push(task);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.close();
        self.threads.join();
    }
}

/// Migrates and looks at the database, and gives a name that no other node has. On a thread of its own: the driver must not run inside an async worker, and
/// whoever opens a store may be one.
fn prepare_database(
    server: &Server,
    migrations: &[Migration],
    options: &Options,
) -> Result<String, Error> {
    thread::scope(|scope| {
        let work = || {
            let mut client = server.connect()?;
            migrate::postgres(&mut client, migrations, options.now)?;
            server::check_collation(&mut client)?;
            Ok(client.query_one("SELECT CAST(gen_random_uuid() AS TEXT)", &[])?.try_get(0)?)
        };
        let thread =
            thread::Builder::new().name("store-migrate".to_owned()).spawn_scoped(scope, work);
        let outcome = thread.map_err(Error::Thread)?.join();
        outcome.unwrap_or_else(|_| Err(Error::Panicked("while migrating".to_owned())))
    })
}

/// Takes closures for as long as the store is open.
fn serve_all(mut link: Link, queue: &Queue<Task>, board: &Board) {
    while let Some(mut task) = queue.pop() {
        match serve(&mut link, &mut task) {
            Ok(touched) => board.publish(touched),
            Err(error) => task.work.fail(error),
        }
        task.work.answer();
    }
}

/// Runs one closure until it ends well, says no, or has been tried often enough. An error replaces its answer.
fn serve(link: &mut Link, task: &mut Task) -> Result<Vec<Arc<str>>, Error> {
    let mut attempt = 1;
    loop {
        let may_retry = attempt < ATTEMPTS;
        if let Err(error) = link.begin(task.is_write) {
            if may_retry && link.is_worth_retrying() {
                attempt += 1;
                pause(attempt);
                continue;
            }
            return Err(error);
        }
        let session = Session::Postgres(&mut *link);
        let mut tx = if task.is_write { Tx::writer(session) } else { Tx::reader(session) };
        let ending = task.work.run(&mut tx);
        let (touched, _) = tx.into_rest();
        if ending == Ending::Keep {
            return link.commit().map(|()| touched);
        }
        let is_accident = ending == Ending::Refuse && link.is_worth_retrying();
        link.roll_back();
        if !(is_accident && may_retry) {
            return Ok(Vec::new());
        }
        attempt += 1;
        pause(attempt);
    }
}

/// A little longer each time, so that those who met do not meet again.
fn pause(attempt: u32) {
    thread::sleep(Duration::from_millis(3) * attempt * attempt);
}
