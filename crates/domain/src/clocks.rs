//! Clocks and timers: how a promise is measured, as data.
//!
//! A ticket has at most one *current* clock; all are kept. Every instant in here was computed when the clock started
//! and came with the event, so that neither the fold nor a restart needs the handbook again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::TeamId;

/// Which promise a clock measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The first answer. (SLA-01, SLA-02)
    First,
    /// A follow-up. (SLA-06)
    Next,
    /// A reply by the team it was escalated to. (ESC-01)
    Escalated,
}

impl ClockKind {
    /// The word the API writes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Next => "next",
            Self::Escalated => "escalated",
        }
    }
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Counting.
    Running,
    /// Answered in time; exactly at the deadline is in time. (SLA-03)
    Met,
    /// The deadline passed; current until somebody answers.
    Missed,
    /// Ended without an answer that counts.
    Cancelled,
}

impl ClockState {
    /// The word the API writes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One running or ended measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Which promise.
    pub kind: ClockKind,
    /// How it stands.
    pub state: ClockState,
    /// When it began to count.
    pub started_at: Timestamp,
    /// An answer at exactly this instant is in time.
    pub due_at: Timestamp,
    /// When it was answered or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    /// The target as the handbook writes it.
    pub target: String,
    /// Why it runs, and how it ended.
    pub reason: String,
    /// The team whose calendar it keeps, also when the ticket moves on. (D-05)
    pub team: TeamId,
    /// The warnings given so far: each once, also when it ends and runs again. (SLA-11)
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned: Vec<String>,
}

impl Clock {
    /// Not yet answered or cancelled: running, or missed and still waiting.
    pub fn is_current(&self) -> bool {
        self.stopped_at.is_none()
    }
}

/// What happens by itself at a known instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The team is warned: this much open time is left. (SLA-11)
    Warn(String),
    /// The deadline has passed.
    Breach,
    /// The customer is reminded. (D-11)
    Remind,
    /// The ticket solves itself. (ST-01)
    Solve,
    /// A held ticket comes back. (ST-04)
    Wake,
    /// A solved ticket closes. (D-12)
    Close,
    /// A level set by hand runs out. (PR-11)
    EndOverride,
    /// The customer is asked how the help was. Hangs on the stretch of solved and closed. (CS-01)
    Survey,
}

impl TimerKind {
    /// Whether it hangs on the current clock.
    pub fn is_of_clock(&self) -> bool {
        matches!(self, Self::Warn(_) | Self::Breach)
    }

    /// Whether it hangs on the status, and goes with it.
    pub fn is_of_status(&self) -> bool {
        matches!(self, Self::Remind | Self::Solve | Self::Wake | Self::Close)
    }

    /// Whether it hangs on an answered ticket's waiting for the customer. (ST-01)
    pub fn is_of_wait(&self) -> bool {
        matches!(self, Self::Remind | Self::Solve)
    }
}

/// A thing to do at an instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timer {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: TimerKind,
}
