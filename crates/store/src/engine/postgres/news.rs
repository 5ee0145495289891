//! News between nodes: what one commits, the others hear of.
//!
//! `NOTIFY` inside a transaction makes all commits of the server stand in one line, so it is done afterwards, by one
//! thread that gathers topics for a moment. Another thread listens.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use ::postgres::Client;
use ::postgres::fallible_iterator::FallibleIterator;

use super::Server;
use crate::Error;
use crate::engine::notices::Board;
use crate::engine::threads::Threads;

/// How long topics are gathered before they are sent.
const GATHER: Duration = Duration::from_millis(20);
/// How many bytes of topics one notification may have; the server allows 8000.
const PAYLOAD: usize = 7000;
/// How many topics wait while the server cannot be reached; more become "*".
const WAITING: usize = 10_000;
/// How often the listener looks whether the store is still open.
const TURN: Duration = Duration::from_millis(250);
/// How long to wait before connecting again.
const RECONNECT: Duration = Duration::from_millis(500);
/// How long opening waits for the listener to listen.
const READY: Duration = Duration::from_secs(5);
/// Anything may have changed.
const EVERYTHING: &str = "*";

/// The two threads; they end after this is dropped.
pub(crate) struct News {
    is_open: Arc<AtomicBool>,
    teller: Threads,
}

impl News {
    /// Starts them and gives the board whose topics they send. `tag` is this node's and no other's.
    pub(crate) fn start(
        server: &Arc<Server>,
        tag: String,
        board: &Board,
    ) -> Result<(Self, Board), Error> {
        let node = Node {
            server: Arc::clone(server),
            is_open: Arc::new(AtomicBool::new(true)),
            tag: tag.into(),
        };
        let mut news = Self { is_open: Arc::clone(&node.is_open), teller: Threads::default() };

        let (listener, heard) = (node.clone(), board.clone());
        let (ready, is_ready) = channel();
        // Nobody waits for the listener to end: it may be in the middle of its turn.
        Threads::default().start("store-listen", move || listener.listen(&heard, &ready))?;
        let (sender, topics) = channel();
        news.teller.start("store-notify", move || node.tell(&topics))?;
        if is_ready.recv_timeout(READY).is_err() {
            tracing::warn!("not listening for changes of other nodes yet");
        }
        Ok((news, board.with_elsewhere(sender)))
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.is_open.store(false, Ordering::Relaxed);
        self.teller.join();
    }
}

/// This node, as seen by the others.
#[derive(Clone)]
struct Node {
    server: Arc<Server>,
    is_open: Arc<AtomicBool>,
    tag: Arc<str>,
}

impl Node {
    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Sends topics until there are no more senders.
    fn tell(&self, topics: &Receiver<Arc<str>>) {
        let mut client = None;
        while let Ok(first) = topics.recv() {
            let mut waiting = BTreeSet::from([first]);
            let mut is_sent = false;
            while !is_sent {
                gather(topics, &mut waiting);
                is_sent = self.send(&mut client, &waiting);
                if !is_sent && !self.is_open() {
                    return;
                }
            }
        }
    }

    /// Sends what waits; a connection that fails is given up, and the next call makes another.
    fn send(&self, client: &mut Option<Client>, waiting: &BTreeSet<Arc<str>>) -> bool {
        let outcome = self.server.reuse(client).and_then(|client| {
            for payload in payloads(&self.tag, waiting) {
                client.execute("SELECT pg_notify('answerable', $1)", &[&payload])?;
            }
            Ok(())
        });
        if let Err(error) = &outcome {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "cannot tell other nodes of changes"
            );
            *client = None;
            thread::sleep(RECONNECT);
        }
        outcome.is_ok()
    }

    /// Listens until the store is closed.
    fn listen(&self, board: &Board, ready: &Sender<()>) {
        let mut is_first = true;
        while self.is_open() {
            let outcome = self.listen_once(board, ready, is_first);
            is_first = false;
            if self.is_open() {
                let error = outcome.as_ref().err().map(|error| error as &dyn std::error::Error);
                tracing::warn!(error, "the connection that listens for changes broke");
                thread::sleep(RECONNECT);
            }
        }
    }

    /// Listens until the connection breaks or the store is closed.
    fn listen_once(&self, board: &Board, ready: &Sender<()>, is_first: bool) -> Result<(), Error> {
        let mut client = self.server.connect()?;
        client.batch_execute("LISTEN answerable")?;
        if is_first {
            // Opening may have stopped waiting.
            let _ = ready.send(());
        } else {
            board.put_up(EVERYTHING);
        }
        while self.is_open() && !client.is_closed() {
            while let Some(notification) = client.notifications().timeout_iter(TURN).next()? {
                self.hear(notification.payload(), board);
            }
        }
        Ok(())
    }

    fn hear(&self, payload: &str, board: &Board) {
        let mut lines = payload.lines();
        if lines.next() != Some(&self.tag) {
            lines.for_each(|topic| board.put_up(topic));
        }
    }
}

/// Takes topics in for a moment. Too many become one that says so.
fn gather(topics: &Receiver<Arc<str>>, waiting: &mut BTreeSet<Arc<str>>) {
    let until = Instant::now() + GATHER;
    while let Ok(topic) = topics.recv_timeout(until.saturating_duration_since(Instant::now())) {
        waiting.insert(topic);
    }
    if waiting.len() > WAITING {
        *waiting = BTreeSet::from([EVERYTHING.into()]);
    }
}

/// The tag and the topics, a line each, in texts that are short enough.
fn payloads(tag: &str, topics: &BTreeSet<Arc<str>>) -> Vec<String> {
    let mut payloads = vec![tag.to_owned()];
    for topic in topics {
        // A topic that fits nowhere, or would be two, still says that something happened.
        let topic = if topic.len() > PAYLOAD || topic.contains('\n') { EVERYTHING } else { topic };
        if payloads.last().is_some_and(|last| last.len() + topic.len() > PAYLOAD) {
            payloads.push(tag.to_owned());
        }
        if let Some(last) = payloads.last_mut() {
            last.push('\n');
            last.push_str(topic);
        }
    }
    payloads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_topics_become_several_short_payloads() {
        let topics: BTreeSet<Arc<str>> =
            (0..2000).map(|number| format!("ticket:{number}").into()).collect();

        let payloads = payloads("node", &topics);

        assert!(payloads.len() > 1 && payloads.iter().all(|payload| payload.len() < 8000));
        let told: Vec<&str> = payloads.iter().flat_map(|payload| payload.lines().skip(1)).collect();
        assert_eq!(told.len(), 2000);
    }
}
