//! Where closures wait for a thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A line that many put into and some threads take from, until it is closed.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    is_closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State { waiting: VecDeque::new(), is_closed: false }),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that can panic happens while the lock is held, so a poisoned one is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an item at the end; a closed queue drops it.
    pub(crate) fn push(&self, item: T) {
        let mut state = self.state();
        if !state.is_closed {
            state.waiting.push_back(item);
            self.changed.notify_one();
        }
    }

    /// Takes the first item, waiting for one. `None` when the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.state();
        loop {
            if let Some(item) = state.waiting.pop_front() {
                return Some(item);
            }
            if state.is_closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the first item if one waits.
    pub(crate) fn pop_waiting(&self) -> Option<T> {
        self.state().waiting.pop_front()
    }

    /// Lets takers finish what waits and then stop.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }
}
