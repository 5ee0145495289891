//! Asking how the help was, once, and taking the answer. (CS rows)

use super::Deciding;
use super::statuses::later;
use crate::{Cause, Event, Rating, Refusal, SurveyAnswer, Timer, TimerKind, Unasked};

impl Deciding<'_> {
    /// When the requester of a ticket that is solved for this reason will be asked, if they will be. The span counts from
    /// the beginning of the present stretch of solved and closed, which a mistaken mark as spam does not end. (CS-01, D-08)
    pub(super) fn survey_timer(&self, cause: Cause) -> Option<Timer> {
        let ticket = &self.ticket;
        let none = cause == Cause::Spam || ticket.internal || ticket.survey.is_some();
        let due = later(ticket.solved_at.unwrap_or(self.now), self.handbook.csat.after);
        (!none).then_some(Timer { at: due.max(self.now), kind: TimerKind::Survey })
    }

    /// The span is over: the requester is asked, or it is written down why not. (CS-03)
    pub(super) fn survey(&mut self) {
        let reason = if self.ticket.replied_at.is_none() {
            Some(Unasked::NoReply)
        } else if self.ticket.is_surveyed() {
            Some(Unasked::Merged)
        } else {
            self.facts.unasked
        };
        self.record(match reason {
            Some(reason) => Event::SurveySuppressed { reason },
            None => Event::SurveyIssued { owners: self.ticket.owners() },
        });
    }

    /// The requester says how the help was. They may think better of it for some days. (CS-07)
    pub(super) fn rate(&mut self, rating: Rating, digest: Option<&str>) -> Result<(), Refusal> {
        let before = self.ticket.survey.and_then(|survey| survey.answer);
        if let Some(until) = before.map(|answer| answer.changeable_until())
            && self.now > until
        {
            return Err(Refusal::RatingSettled { until });
        }
        if digest.is_some() || before.is_none_or(|answer| answer.rating != rating) {
            let owners = self.ticket.owners();
            let digest = digest.map(str::to_owned);
            let changeable = later(self.now, self.handbook.csat.changeable);
            let first = SurveyAnswer { rating, first_at: self.now, at: self.now, until: None };
            let is_usual = before.is_some() || first.changeable_until() == changeable;
            let until = (!is_usual).then_some(changeable);
            self.record(Event::SurveyAnswered { rating, owners, digest, until });
        }
        Ok(())
    }
}
