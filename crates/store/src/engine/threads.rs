//! Threads that live as long as the store.

use std::thread::{self, JoinHandle};

use crate::Error;

/// The threads of a pool.
#[derive(Default)]
pub(crate) struct Threads {
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    /// Starts one.
    pub(crate) fn start(
        &mut self,
        name: &str,
        run: impl FnOnce() + Send + 'static,
    ) -> Result<(), Error> {
        self.handles
            .push(thread::Builder::new().name(name.to_owned()).spawn(run).map_err(Error::Thread)?);
        Ok(())
    }

    /// Waits until they have ended. The one that calls this, having dropped the last handle in a closure, is left to
    /// end by itself.
    pub(crate) fn join(&mut self) {
        for handle in self.handles.drain(..) {
            if handle.thread().id() != thread::current().id() && handle.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }
}
