//! Why a simulation stops, in a form in which somebody can find the mistake.

use std::fmt;

use desk::Error;

/// A promise that was not kept: what was asked, what is wrong, and the ticket's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The run's seed.
    pub seed: u64,
    /// The step at which it was seen.
    pub step: u64,
    /// The simulated instant.
    pub at: String,
    /// What was asked.
    pub asked: String,
    /// What is wrong.
    pub wrong: String,
    /// The ticket's log, one event a line; empty if it is not about one ticket.
    pub log: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, step {}, at {}", self.seed, self.step, self.at)?;
        writeln!(f, "asked: {}", self.asked)?;
        writeln!(f, "wrong: {}", self.wrong)?;
        for line in &self.log {
            writeln!(f, "    {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Broken {}

/// Why a step, and with it the transaction, ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// As planned: the machine went down.
    Crash,
    /// A promise was broken.
    Broken(Box<Broken>),
    /// Something failed that must not.
    Failed(Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
