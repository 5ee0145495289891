//! A closure on its way through a transaction, whatever it gives.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::tx::Tx;
use crate::Error;

thread_local! {
    static IN_TRANSACTION: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a transaction, so that waiting for another could last for ever.
pub(crate) fn in_transaction() -> bool {
    IN_TRANSACTION.get()
}

/// How a closure ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It wants to be committed.
    Keep,
    /// It said no.
    Refuse,
    /// It panicked.
    Panic,
}

/// A closure waiting for its transaction, with the place its answer goes to.
pub(crate) trait Work: Send {
    /// Runs the closure and remembers what it gave.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ending;

    /// Replaces what the closure gave.
    fn fail(&mut self, error: Error);

    /// Tells the caller.
    fn answer(self: Box<Self>);
}

/// The one kind of [`Work`]. `reply` takes the answer to the caller.
pub(crate) struct Call<T, E, F, R> {
    closure: F,
    outcome: Option<Result<T, E>>,
    reply: R,
}

impl<T, E, F, R> Call<T, E, F, R> {
    pub(crate) fn new(closure: F, reply: R) -> Self {
        Self { closure, outcome: None, reply }
    }
}

impl<T, E, F, R> Work for Call<T, E, F, R>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Ending {
        IN_TRANSACTION.set(true);
        let caught = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        IN_TRANSACTION.set(false);
        let (outcome, ending) = match caught {
            Ok(Ok(_)) if tx.is_aborted() => (Err(Error::Aborted.into()), Ending::Refuse),
            Ok(Ok(value)) => (Ok(value), Ending::Keep),
            Ok(Err(error)) => (Err(error), Ending::Refuse),
            Err(panic) => (Err(Error::Panicked(words(panic.as_ref())).into()), Ending::Panic),
        };
        self.outcome = Some(outcome);
        ending
    }

    fn fail(&mut self, error: Error) {
        self.outcome = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        (self.reply)(self.outcome.unwrap_or_else(|| Err(Error::Closed.into())));
    }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let words =
        text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    tracing::error!(panic = words, "a transaction panicked and was rolled back");
    words.to_owned()
}
