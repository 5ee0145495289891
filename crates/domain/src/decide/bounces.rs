//! An answer that did not arrive answered nothing. (SLA-05, D-23)

use super::Deciding;
use crate::{Clock, CommentId, Event, Status};

impl Deciding<'_> {
    /// Takes an answer back: the customer waits again, and the clock it had stopped counts on from its own beginning.
    /// A clock that began meanwhile runs on instead. Only the latest answer can be taken back; an earlier one is noted.
    pub(super) fn bounced(&mut self, comment: CommentId) {
        let latest = self.ticket.answered.as_ref().filter(|answered| answered.comment == comment);
        let stopped = latest.map(|answered| answered.at);
        self.record(Event::AnswerBounced { comment });
        let Some(stopped) = stopped else { return };
        if self.ticket.merged.is_some() || self.ticket.spam.is_some() {
            return;
        }
        if matches!(self.ticket.status, Status::Pending | Status::Solved) {
            self.move_to(Status::Open);
        }
        let ended = |clock: &Clock| clock.stopped_at == Some(stopped);
        if self.ticket.current_clock().is_none() && self.ticket.clocks.last().is_some_and(ended) {
            self.resume_clock();
        }
    }

    /// The clock that ended last runs again, counted from its own beginning.
    pub(super) fn resume_clock(&mut self) {
        if let Some(clock) = self.ticket.clocks.last() {
            let timers = if clock.state == crate::ClockState::Missed {
                Vec::new()
            } else {
                let mut warnings = self.handbook.replies.warn_before.clone();
                warnings.retain(|warning| !clock.warned.contains(&warning.text));
                self.clock_timers(clock.team, &warnings, self.now, clock.due_at)
            };
            self.record(Event::ClockResumed { timers });
        }
    }
}
