//! Telling what has changed, once it is committed.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::sync::broadcast;

/// How many topics a receiver may lag behind before it loses the oldest.
const CAPACITY: usize = 4096;

/// Where committed topics are put up for everyone to see.
#[derive(Clone)]
pub(crate) struct Board {
    here: broadcast::Sender<Arc<str>>,
    elsewhere: Option<Sender<Arc<str>>>,
}

impl Board {
    /// A board that only this process sees.
    pub(crate) fn new() -> Self {
        Self { here: broadcast::Sender::new(CAPACITY), elsewhere: None }
    }

    /// The same board, whose topics also go to whoever holds the other end.
    pub(crate) fn with_elsewhere(&self, elsewhere: Sender<Arc<str>>) -> Self {
        Self { here: self.here.clone(), elsewhere: Some(elsewhere) }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.here.subscribe()
    }

    /// Puts up topics of a transaction that was committed here.
    pub(crate) fn publish(&self, topics: Vec<Arc<str>>) {
        for topic in topics {
            if let Some(elsewhere) = &self.elsewhere {
                // The other end is gone only while the store closes.
                let _ = elsewhere.send(Arc::clone(&topic));
            }
            self.put_up(topic);
        }
    }

    /// Puts up a topic that came from another node.
    pub(crate) fn put_up(&self, topic: impl Into<Arc<str>>) {
        // Nobody listening is fine.
        let _ = self.here.send(topic.into());
    }
}
