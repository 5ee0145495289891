//! Two tickets become one, and two again. Nothing of it is ever mailed by itself. (ST-10, SLA-13)

use super::{Brought, Deciding, NewComment};
use crate::events::Started;
use crate::{Aside, Cause, Clock, ClockState, Event, Refusal, Status, TicketId, Timer, TimerKind};

/// The tag that the API's clients look for.
const MERGED_TAG: &str = "closed_by_merge";

impl Deciding<'_> {
    /// The ticket goes on in another one. Its clock ends, neither met nor missed unless it was missed already.
    pub(super) fn merge_into(
        &mut self,
        into: TicketId,
        note: Option<&NewComment>,
    ) -> Result<(), Refusal> {
        if into == self.ticket.id {
            return Err(Refusal::MergeWithItself);
        }
        if self.ticket.status == Status::Closed {
            return Err(Refusal::Closed);
        }
        if let Some(note) = note {
            self.comment(note);
        }
        let mut tags = self.ticket.tags.clone();
        if !tags.iter().any(|tag| tag == MERGED_TAG) {
            tags.push(MERGED_TAG.to_owned());
            tags.sort();
            self.record(Event::Tagged { tags });
        }
        self.record(Event::MergedInto { into });
        self.cancel_clock("merged");
        self.record(Event::StatusChanged {
            from: self.ticket.status,
            to: Status::Closed,
            cause: Some(Cause::Duplicate),
            hold_until: None,
            by_admin: false,
            timers: Vec::new(),
        });
        Ok(())
    }

    /// Another ticket goes on in this one: its people take part, its customer waits here, and of two deadlines the
    /// earlier one counts.
    pub(super) fn take_in(
        &mut self,
        brought: &Brought,
        note: Option<&NewComment>,
    ) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed {
            return Err(Refusal::Closed);
        }
        if self.ticket.spam.is_some() {
            return Err(Refusal::Spam);
        }
        if let Some(note) = note {
            self.comment(note);
        }
        let mut ccs = brought.people.clone();
        ccs.retain(|person| !self.ticket.has_participant(*person));
        let running =
            brought.clock.as_deref().filter(|(clock, _)| clock.state == ClockState::Running);
        let free = self.ticket.current_clock().is_none() && !self.ticket.internal;
        let brings_clock = free && (running.is_some() || brought.asked_at.is_some());
        self.record(Event::TookIn {
            ticket: brought.ticket,
            asked_at: brought.asked_at,
            ccs,
            clock: brought.clock.clone(),
            brings_clock,
            surveyed: brought.surveyed,
        });
        let idle = matches!(self.ticket.status, Status::Pending | Status::Hold | Status::Solved);
        if brought.asked_at.is_some() && idle {
            self.move_to(Status::Open);
        }
        let present = self.ticket.current_clock().cloned();
        match (running, present) {
            (Some((clock, walk)), Some(own)) if own.state == ClockState::Running => {
                self.take_deadline(brought.ticket, clock, walk, &own);
            }
            (Some((clock, walk)), None) if brings_clock => {
                self.take_clock(brought.ticket, clock, walk);
            }
            // Missed there, or without a promise there: whoever waits gets this ticket's promise, from now on.
            (None, None) if brings_clock => self.start_target(self.kind_for_waiting(), self.now),
            _ => {}
        }
        Ok(())
    }

    /// The earlier deadline of the two counts.
    fn take_deadline(&mut self, from: TicketId, clock: &Clock, walk: &handbook::Walk, own: &Clock) {
        if clock.due_at < own.due_at {
            let warnings = self.pending_warnings();
            self.record(Event::ClockMoved {
                due_at: clock.due_at,
                target: clock.target.clone(),
                reason: format!("{}, due as #{from} was", own.reason),
                timers: self.clock_timers(own.team, &warnings, self.now, clock.due_at),
                walk: walk.clone(),
            });
        }
    }

    /// The other ticket's promise is kept here.
    fn take_clock(&mut self, from: TicketId, clock: &Clock, walk: &handbook::Walk) {
        // What was warned of there is not warned of again here.
        let mut warnings = self.handbook.replies.warn_before.clone();
        warnings.retain(|warning| !clock.warned.contains(&warning.text));
        let started = Started {
            kind: self.kind_for_waiting(),
            started_at: clock.started_at,
            due_at: clock.due_at,
            target: clock.target.clone(),
            reason: format!("{}, from #{from}", clock.reason),
            team: clock.team,
            timers: self.clock_timers(clock.team, &warnings, self.now, clock.due_at),
            walk: walk.clone(),
        };
        self.record(Event::ClockStarted { clock: started });
    }

    /// The ticket stands for itself again, as it did before: the one way out of closed.
    pub(super) fn unmerge(&mut self) -> Result<(), Refusal> {
        let before = self.ticket.merged.clone().ok_or(Refusal::NotMerged)?.before;
        self.record(Event::Unmerged);
        let mut tags = self.ticket.tags.clone();
        tags.retain(|tag| tag != MERGED_TAG);
        self.record(Event::Tagged { tags });
        self.restore(&before);
        if before.clock {
            self.resume_clock(None);
        }
        self.settle();
        Ok(())
    }

    /// The ticket stands again where it stood before it was set aside. A hold whose day has come is over, and New never
    /// returns. (ST-08, ST-10)
    pub(super) fn restore(&mut self, before: &Aside) {
        let hold = before.hold_until.filter(|until| *until > self.now);
        let to = match before.status {
            Status::Hold if hold.is_none() => Status::Open,
            Status::New => Status::Open,
            other => other,
        };
        let timers = match (to, hold) {
            (Status::Solved, _) => self.solved_timers(before.cause.unwrap_or(Cause::Unstated)),
            (Status::Hold, Some(until)) => {
                let calendar = self.facts.calendar(self.handbook, self.ticket.team);
                vec![Timer { at: calendar.next_open(until), kind: TimerKind::Wake }]
            }
            _ => Vec::new(),
        };
        self.record(Event::StatusChanged {
            from: self.ticket.status,
            to,
            cause: before.cause.filter(|_| to == Status::Solved),
            hold_until: hold.filter(|_| to == Status::Hold),
            by_admin: false,
            timers,
        });
    }

    /// A ticket that was taken in stands for itself again. A clock that began because of it ends, unless somebody wrote
    /// here since; a deadline that came nearer stays, for a promise is not taken back. Where nobody answered or asked
    /// since, this one stands again where it stood.
    pub(super) fn let_go(&mut self, ticket: TicketId) {
        let taken = self.ticket.taken_in.iter().find(|taken| taken.ticket == ticket).cloned();
        let Some(taken) = taken else { return };
        let last = self.ticket.clocks.len().checked_sub(1);
        if taken.clock.is_some() && taken.clock == last && taken.asked_since.is_none() {
            self.cancel_clock("unmerged");
        }
        let untouched = taken.asked_at.is_some() && self.ticket.asked_at == taken.asked_at;
        self.record(Event::LetGo { ticket });
        let waits = self.ticket.asked_at.is_some() || self.ticket.current_clock().is_some();
        if let Some(before) = taken.before.filter(|_| untouched && !waits)
            && self.ticket.status == Status::Open
            && before.status != Status::Open
        {
            self.restore(&before);
            self.settle();
        }
    }
}
