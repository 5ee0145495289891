//! An answer that did not arrive answered nothing. (SLA-05, D-23)

use super::Deciding;
use crate::{Answered, CommentId, Event, Status, Ticket};

impl Deciding<'_> {
    /// Takes an answer back: the customer waits again, and the clock it had stopped counts on from its own beginning.
    /// A clock that began meanwhile gives way to it, unless it is due earlier. A question with a further answer to it is
    /// answered still. Only the latest question can be unanswered again; the bounce of an earlier answer is noted.
    pub(super) fn bounced(&mut self, comment: CommentId) {
        self.unanswered(comment, Event::AnswerBounced { comment }, "an answer bounced");
    }

    /// Takes a reply back that has not left. Where nothing else has happened since, it never was: the clock goes on from
    /// its start, and everything stands as before. Else what happened since counts, and the customer waits again.
    pub(super) fn take_back(&mut self, comment: CommentId, before: Option<&Ticket>) {
        let before_it = before.map(|ticket| Box::new(ticket.clone()));
        let event = Event::ReplyTakenBack { comment, before: before_it };
        match before {
            Some(_) => self.record(event),
            None => self.unanswered(comment, event, "a reply was taken back"),
        }
    }

    fn unanswered(&mut self, comment: CommentId, event: Event, why: &str) {
        let only =
            |answered: &&Answered| answered.comment == comment && answered.further.is_empty();
        let latest = self.ticket.answered.as_ref().filter(only);
        let stopped = latest.map(|answered| answered.at);
        self.record(event);
        let Some(stopped) = stopped else { return };
        if self.ticket.status == Status::Closed || self.ticket.spam.is_some() {
            return;
        }
        if matches!(self.ticket.status, Status::Pending | Status::Solved) {
            self.move_to(Status::Open);
        }
        let ended = self.ticket.clocks.iter().rposition(|clock| clock.stopped_at == Some(stopped));
        let Some(place) = ended else { return };
        let current = self.ticket.current_clock();
        if current.is_none_or(|current| self.ticket.clocks[place].due_at < current.due_at) {
            self.cancel_clock(why);
            let last = place + 1 == self.ticket.clocks.len();
            self.resume_clock((!last).then_some(place));
        }
    }

    /// An answer that had bounced arrived at another attempt: the customer has it now, and the clock that counted on ends
    /// now, met or missed. Nothing follows if somebody wrote meanwhile, for then it is not what the customer waits for; and
    /// the status stays as it is, for a machine solves nothing.
    pub(super) fn delivered(&mut self, comment: CommentId) {
        let Some(bounced) = self.ticket.bounced.filter(|one| one.comment == comment) else {
            return;
        };
        self.record(Event::AnswerDelivered { comment });
        if self.ticket.spam.is_none()
            && self.ticket.current_clock().is_some_and(|clock| clock.started_at <= bounced.at)
        {
            self.answer_clock();
        }
    }

    /// A clock that had ended runs again, counted from its own beginning: the last one unless a place is named.
    pub(super) fn resume_clock(&mut self, place: Option<usize>) {
        let clocks = &self.ticket.clocks;
        let clock = place.map_or_else(|| clocks.last(), |place| clocks.get(place));
        if let Some(clock) = clock {
            let timers = if clock.state == crate::ClockState::Missed {
                Vec::new()
            } else {
                let mut warnings = self.handbook.replies.warn_before.clone();
                warnings.retain(|warning| !clock.warned.contains(&warning.text));
                self.clock_timers(clock.team, &warnings, self.now, clock.due_at)
            };
            self.record(Event::ClockResumed { place, timers });
        }
    }
}
