//! What the customer is told beside answers: where the ticket went, how it was graded, what no longer holds. (PR-06)

use jiff::Timestamp;

use super::Deciding;
use crate::{Event, Promise, Refusal, Telling, words};

impl Deciding<'_> {
    /// Tells the customer; the words are kept as they were said.
    pub(super) fn tell(&mut self, about: Telling, text: String, due_at: Option<Timestamp>) {
        let promise = Promise { text, due_at, at: self.now };
        self.record(Event::Told { about, promise });
    }

    /// The customer hears which team looks into it, and by when somebody answers if that is promised. (ESC-02)
    pub(super) fn tell_of_escalation(&mut self) {
        if !self.ticket.public || self.ticket.internal {
            return;
        }
        let team = self.facts.team(self.ticket.team).map(|team| team.name.clone());
        let due_at = self.ticket.due_at().filter(|due| *due > self.now);
        let reader = &self.facts.reader;
        let when = due_at.map(|due| reader.when(due, self.now));
        let when = when.as_ref().map(|(when, zone)| (when.as_str(), zone.as_str()));
        let text = words::escalated(reader.locale, &team.unwrap_or_default(), when);
        self.tell(Telling::Escalated, text, due_at);
    }

    /// An agent takes a promise back, with a reason the customer is told: the clock ends, and no other runs until
    /// somebody asks again or the level rises. No rule ever does this. (PR-06)
    pub(super) fn withdraw_promise(&mut self, reason: &str) -> Result<(), Refusal> {
        if self.ticket.status.is_done() {
            return Err(Refusal::Done(self.ticket.status));
        }
        let due_at = self.ticket.due_at().ok_or(Refusal::NothingPromised)?;
        self.record(Event::PromiseWithdrawn { reason: reason.to_owned() });
        self.cancel_clock("withdrawn");
        let reader = &self.facts.reader;
        let (when, zone) = reader.when(due_at, self.now);
        let text = words::withdrawn(reader.locale, &when, &zone, reason);
        self.tell(Telling::Withdrawn, text, None);
        Ok(())
    }
}
