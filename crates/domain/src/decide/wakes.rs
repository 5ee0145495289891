//! What has come due happens, each at its own instant, in order. (NF-03)

use super::Deciding;
use crate::{Cause, ClockKind, Event, Status, Timer, TimerKind};

impl Deciding<'_> {
    /// Fires every timer that is due by now. A timer that an earlier one took away does not fire.
    pub(super) fn wake(&mut self) {
        let limit = self.now;
        while let Some(timer) =
            self.ticket.timers.first().filter(|timer| timer.at <= limit).cloned()
        {
            self.now = timer.at;
            self.fire(timer);
        }
        self.now = limit;
    }

    fn fire(&mut self, timer: Timer) {
        match timer.kind {
            TimerKind::Warn(threshold) => {
                let due_at = self.ticket.due_at().unwrap_or(timer.at);
                self.record(Event::Warned { threshold, due_at });
            }
            TimerKind::Breach => {
                let due_at = self.ticket.due_at().unwrap_or(timer.at);
                self.record(Event::Breached { due_at, team: self.ticket.team });
            }
            TimerKind::Remind => self.record(Event::Reminded),
            TimerKind::Solve => self.solve_because(Cause::Auto),
            TimerKind::Wake => {
                self.move_to(Status::Open);
                if self.ticket.current_clock().is_none() {
                    self.start_target(ClockKind::Next, self.now);
                }
            }
            TimerKind::Close => self.close(),
            TimerKind::EndOverride => self.end_override(),
            TimerKind::Survey => self.survey(),
        }
    }
}
