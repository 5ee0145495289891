//! The only place that reads the time.

use std::sync::Mutex;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Where "now" comes from.
pub enum Clock {
    /// The machine's clock.
    System,
    /// The demo's clock: it can be moved forward, and may stand still between calls.
    Demo(Mutex<DemoClock>),
}

/// A clock that can be moved.
pub struct DemoClock {
    base: Timestamp,
    since: Option<Instant>,
}

impl Clock {
    /// A clock that stands still at `at` until it is moved.
    pub fn standing(at: Timestamp) -> Self {
        Self::Demo(Mutex::new(DemoClock { base: at, since: None }))
    }

    /// A clock that begins at `at` and runs.
    pub fn running(at: Timestamp) -> Self {
        Self::Demo(Mutex::new(DemoClock { base: at, since: Some(Instant::now()) }))
    }

    /// The present instant, in whole microseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> Timestamp {
        let now = match self {
            Self::System => Timestamp::now(),
            Self::Demo(clock) => {
                clock.lock().expect("the clock is never left locked by a panic").now()
            }
        };
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Whether time passes by itself.
    pub fn is_running(&self) -> bool {
        match self {
            Self::System => true,
            Self::Demo(clock) => {
                clock.lock().expect("the clock is never left locked by a panic").since.is_some()
            }
        }
    }

    /// Moves the demo's clock to `at`; never back. The system's clock is not ours to move.
    pub fn move_to(&self, at: Timestamp) {
        if let Self::Demo(clock) = self {
            let mut clock = clock.lock().expect("the clock is never left locked by a panic");
            if at > clock.now() {
                clock.base = at;
                clock.since = clock.since.map(|_| Instant::now());
            }
        }
    }
}

impl DemoClock {
    fn now(&self) -> Timestamp {
        let passed = self.since.map_or(SignedDuration::ZERO, |since| {
            SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::ZERO)
        });
        self.base.checked_add(passed).unwrap_or(Timestamp::MAX)
    }
}
