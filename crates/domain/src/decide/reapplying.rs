//! A handbook changed while clocks ran. They keep their targets, unless somebody says otherwise. (SLA-15)

use super::Deciding;
use crate::{Clock, ClockState, Event, Refusal, Status};

impl Deciding<'_> {
    /// The present handbook decides the level anew, and its target applies to the running clock as if the clock had
    /// begun under it. That it was done is an event, whether or not anything follows from it.
    ///
    /// It helps the customer or changes nothing, for what was promised is not taken back (PR-07): a deadline comes
    /// nearer or stays; an instant that has already passed counts from now instead, so no clock is born breached; a
    /// clock that was missed stays missed. A customer who waits without a clock gets one where the present handbook
    /// promises an answer.
    pub(super) fn reapply(&mut self) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed {
            return Err(Refusal::Closed);
        }
        if self.ticket.status.is_done() {
            return Err(Refusal::Done(self.ticket.status));
        }
        self.record(Event::Reapplied);
        self.reconsider();
        match self.ticket.current_clock().cloned() {
            Some(clock) if clock.state == ClockState::Running => self.retarget(&clock),
            Some(_) => {}
            None => self.start_for_waiting(),
        }
        self.tell_if_sooner();
        Ok(())
    }

    fn retarget(&mut self, clock: &Clock) {
        let Some(target) = self.target(clock.kind) else { return };
        let calendar = self.facts.calendar(self.handbook, clock.team);
        let (mut due_at, mut walk) = calendar.add(clock.started_at, &target);
        if due_at <= self.now {
            (due_at, walk) = calendar.add(self.now, &target);
        }
        let why = format!("{}, by the present handbook", clock.reason);
        self.bring_nearer(clock, due_at, target, walk, why);
    }
}
