//! Where a ticket stands and what happens by itself from there. (ST rows)

use jiff::{SignedDuration, Timestamp};

use super::{Changes, Deciding};
use crate::{Cause, ClockKind, Event, Refusal, Status, Timer, TimerKind};

impl Deciding<'_> {
    /// A status somebody asks for. What the table does not allow is refused.
    pub(super) fn status(&mut self, to: Status, changes: &Changes) -> Result<(), Refusal> {
        let from = self.ticket.status;
        match (from, to) {
            (Status::Solved, Status::Closed) => self.close(),
            (_, Status::New | Status::Closed) if from != to => {
                return Err(Refusal::Transition { from, to });
            }
            (_, Status::Solved) if changes.cause == Some(Cause::Spam) => self.mark_spam()?,
            (Status::Solved, Status::Open | Status::Pending | Status::Hold)
                if self.ticket.spam.is_some() =>
            {
                self.unmark_spam()?;
                self.status(to, changes)?;
            }
            (_, Status::Hold) => self.hold(changes.hold_until)?,
            (Status::Solved, Status::Solved) => {}
            (_, Status::Solved) => self.solve(changes.cause),
            (Status::Solved, _) => self.reopen(to),
            _ if from != to => self.move_to(to),
            _ => {}
        }
        Ok(())
    }

    /// Changes the status and nothing else.
    pub(super) fn move_to(&mut self, to: Status) {
        let from = self.ticket.status;
        self.record(Event::StatusChanged {
            from,
            to,
            cause: None,
            hold_until: None,
            by_admin: false,
            timers: Vec::new(),
        });
    }

    /// Done. A clock that still runs ends neither met nor missed. (ST-09)
    fn solve(&mut self, cause: Option<Cause>) {
        let answered = self.ticket.replied_at.is_some() && self.ticket.asked_at.is_none();
        let cause = cause.unwrap_or(if answered { Cause::Answered } else { Cause::Unstated });
        self.solve_because(cause);
        let solver = &self.facts.author;
        if self.ticket.assignee.is_none()
            && self.actor.is_agent()
            && solver.id.is_some()
            && solver.teams.contains(&self.ticket.team)
        {
            self.record(Event::Assigned { to: solver.id });
        }
    }

    pub(super) fn solve_because(&mut self, cause: Cause) {
        self.cancel_clock("solved");
        let from = self.ticket.status;
        let timers = self.solved_timers(cause);
        self.record(Event::StatusChanged {
            from,
            to: Status::Solved,
            cause: Some(cause),
            hold_until: None,
            by_admin: false,
            timers,
        });
    }

    /// What follows by itself from solving.
    pub(super) fn solved_timers(&self, cause: Cause) -> Vec<Timer> {
        let close = self.timer(TimerKind::Close, self.handbook.lifecycle.closes_after);
        self.survey_timer(cause).into_iter().chain([close]).collect()
    }

    /// Closed for good. (ST-06)
    pub(super) fn close(&mut self) {
        self.move_to(Status::Closed);
    }

    /// Reopened by one of us: we owe another answer. (ST-07)
    fn reopen(&mut self, to: Status) {
        self.move_to(to);
        self.reconsider();
        if self.ticket.current_clock().is_none() && to == Status::Open {
            self.start_target(ClockKind::Next, self.now);
        }
    }

    /// We come back on a named day: more than a week, less than a month. (ST-04)
    fn hold(&mut self, until: Option<Timestamp>) -> Result<(), Refusal> {
        let bounds = &self.handbook.lifecycle.hold;
        let earliest = later(self.now, bounds.at_least);
        let latest = later(self.now, bounds.at_most);
        let Some(until) = until else {
            return if self.ticket.status == Status::Hold {
                Ok(())
            } else {
                Err(Refusal::HoldWithoutDate { earliest, latest })
            };
        };
        if until < earliest || until > latest {
            return Err(Refusal::HoldOutOfBounds { earliest, latest });
        }
        let present =
            self.ticket.held_at.map_or(0, |since| self.now.duration_since(since).as_secs());
        let total = self.ticket.held_seconds + present + until.duration_since(self.now).as_secs();
        if total > bounds.at_most && !self.actor.is_admin() {
            return Err(Refusal::HeldTooLong);
        }
        let at = self.facts.calendar(self.handbook, self.ticket.team).next_open(until);
        let timers = vec![Timer { at, kind: TimerKind::Wake }];
        let from = self.ticket.status;
        self.record(Event::StatusChanged {
            from,
            to: Status::Hold,
            cause: None,
            hold_until: Some(until),
            by_admin: self.actor.is_admin(),
            timers,
        });
        Ok(())
    }

    /// An answered ticket that waits for the customer gets its reminder and its end; a new reply restarts them. (ST-01)
    /// One that waits without an answer gets neither. (SLA-10)
    pub(super) fn settle(&mut self) {
        let waits = self.ticket.status == Status::Pending
            && self.ticket.current_clock().is_none()
            && self.ticket.asked_at.is_none()
            && self.ticket.replied_at.is_some();
        let runs = self.ticket.timers.iter().any(|timer| timer.kind == TimerKind::Solve);
        let replied = self
            .events
            .iter()
            .any(|(_, event)| matches!(event, Event::Commented { answer: true, .. }));
        if waits && (replied || !runs) {
            let lifecycle = &self.handbook.lifecycle;
            let remind =
                lifecycle.pending_reminder.map(|seconds| self.timer(TimerKind::Remind, seconds));
            let solve = self.timer(TimerKind::Solve, lifecycle.pending_solves_after);
            self.record(Event::TimersSet { timers: remind.into_iter().chain([solve]).collect() });
        }
    }

    pub(super) fn timer(&self, kind: TimerKind, seconds: i64) -> Timer {
        Timer { at: later(self.now, seconds), kind }
    }
}

pub(super) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
