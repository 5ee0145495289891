//! Comments and what they do: an answer ends a clock, a question starts one. (SLA-05 to SLA-07, ST-05)

use jiff::Timestamp;

use super::{Author, Deciding, NewComment};
use crate::{Event, Status};

impl Deciding<'_> {
    /// Records the comment and, on an existing ticket, everything that follows from it.
    pub(super) fn comment(&mut self, comment: &NewComment) {
        self.arrived(comment, None);
    }

    /// The same for a comment that may have been kept waiting since it arrived.
    pub(super) fn arrived(&mut self, comment: &NewComment, arrived_at: Option<Timestamp>) {
        let answer = comment.public && comment.by == Author::Agent;
        let ask = comment.public && comment.by == Author::Customer && !self.ticket.internal;
        let escalated_to = self.ticket.escalation.as_ref().map(|escalation| escalation.team);
        let from_escalation =
            answer && escalated_to.is_some_and(|team| self.facts.author.teams.contains(&team));
        self.record(Event::Commented {
            comment: comment.id,
            author: comment.author,
            public: comment.public,
            answer,
            from_escalation,
            ask,
            arrived_at: arrived_at.filter(|_| ask),
            digest: comment.digest.clone(),
        });
        if answer {
            self.answered();
        }
    }

    /// A human public reply. (SLA-05, ESC-03, ST-08)
    fn answered(&mut self) {
        self.answer_clock();
        if let Some(escalation) = self.ticket.escalation.clone()
            && escalation.owed
        {
            if self.facts.author.teams.contains(&escalation.team) {
                self.record(Event::EscalatedPromiseKept);
            } else {
                self.start_owed(&escalation);
            }
        }
        if self.ticket.status == Status::New {
            self.move_to(Status::Open);
        }
    }

    /// A customer message on an existing ticket: it opens again, its level is decided anew, and the next clock runs at
    /// that level unless one does, from when the message arrived. A ticket of our own opens again too, without a clock. (SLA-05 to SLA-07, PR-07, ST-05)
    pub(super) fn asked(&mut self, from: Timestamp) {
        if matches!(self.ticket.status, Status::Pending | Status::Hold | Status::Solved) {
            self.move_to(Status::Open);
        }
        self.reconsider();
        if self.ticket.current_clock().is_none() {
            self.start_target(self.kind_for_waiting(), from);
        }
    }
}
