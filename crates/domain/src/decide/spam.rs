//! What is no request: no clock, no survey, nobody is told, and a mistake can be undone. (SLA-12)

use super::Deciding;
use crate::{Cause, ClockKind, Event, Refusal, Status};

impl Deciding<'_> {
    /// Sets the ticket aside as spam. Its clock ends; a promise that was missed before stays missed.
    pub(super) fn mark_spam(&mut self) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed {
            return Err(Refusal::Closed);
        }
        if self.ticket.spam.is_none() {
            self.record(Event::MarkedSpam);
            self.cancel_clock("spam");
            self.solve_because(Cause::Spam);
        }
        Ok(())
    }

    /// It was a request after all. Whoever waits for an answer has an open ticket again whose clock counts from the
    /// arrival of the message, so that the mistake is ours; otherwise it stands where it stood.
    pub(super) fn unmark_spam(&mut self) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed {
            return Err(Refusal::Closed);
        }
        let Some(before) = self.ticket.spam.clone() else { return Ok(()) };
        self.record(Event::UnmarkedSpam);
        if before.asked_at.is_none() && !before.clock {
            self.restore(&before);
            self.settle();
            return Ok(());
        }
        self.move_to(Status::Open);
        if before.clock {
            self.resume_clock(None);
        } else if let Some(asked_at) = before.asked_at {
            self.start_target(self.kind_for_waiting(), asked_at);
        }
        Ok(())
    }

    /// Which promise a customer who waits without a clock gets.
    pub(super) fn kind_for_waiting(&self) -> ClockKind {
        let first = self.ticket.replied_at.is_none() && self.ticket.clocks.is_empty();
        if first { ClockKind::First } else { ClockKind::Next }
    }
}
