//! Starting, hastening and ending clocks. (SLA rows)

use handbook::{Target, Walk};
use jiff::Timestamp;

use super::Deciding;
use crate::events::Started;
use crate::{Clock, ClockKind, ClockState, Escalation, Event, Level, TeamId, Timer, TimerKind};

/// The smallest step of stored time: a breach falls due strictly after its deadline.
const TICK: jiff::SignedDuration = jiff::SignedDuration::from_micros(1);

impl Deciding<'_> {
    /// The target of the level in force, if it promises anything.
    pub(super) fn target(&self, kind: ClockKind) -> Option<Target> {
        let level = self.ticket.priority;
        match kind {
            ClockKind::First => self.handbook.priority(level).first_reply.clone(),
            ClockKind::Next => self.handbook.next_reply(level),
            ClockKind::Escalated => self.handbook.priority(level).escalated.clone(),
        }
    }

    /// Whether the level in force has a target for an escalation.
    pub(super) fn has_escalated_target(&self) -> bool {
        self.target(ClockKind::Escalated).is_some()
    }

    /// Starts a clock if the level in force has a target for it; "no promise" starts nothing. (PR-03)
    pub(super) fn start_target(&mut self, kind: ClockKind, from: Timestamp) {
        if self.ticket.internal {
            return;
        }
        let Some(target) = self.target(kind) else { return };
        let calendar = self.facts.calendar(self.handbook, self.ticket.team);
        let deadline = calendar.add(from, &target);
        self.start(kind, from, target, deadline, self.ticket.priority);
    }

    /// Starts the escalated clock that waited for the first one to end. It counts from the escalation; where the level
    /// rose meanwhile, the earlier of the deadlines is due. (ESC-03, ESC-08)
    pub(super) fn start_owed(&mut self, escalation: &Escalation) {
        let calendar = self.facts.calendar(self.handbook, self.ticket.team);
        let deadlines = escalation.levels.iter().filter_map(|(since, level)| {
            let target = self.handbook.priority(*level).escalated.clone()?;
            let deadline = calendar.add(*since, &target);
            Some((target, deadline, *level))
        });
        if let Some((target, deadline, level)) = deadlines.min_by_key(|(_, (due_at, _), _)| *due_at)
        {
            self.start(ClockKind::Escalated, escalation.at, target, deadline, level);
        }
    }

    fn start(
        &mut self,
        kind: ClockKind,
        from: Timestamp,
        target: Target,
        (due_at, walk): (Timestamp, Walk),
        level: Level,
    ) {
        let team = self.ticket.team;
        let reason = reason(kind, level);
        let warnings = self.handbook.replies.warn_before.clone();
        let timers = self.clock_timers(team, &warnings, from.max(self.now), due_at);
        let clock = Started {
            kind,
            started_at: from,
            due_at,
            target: target.text,
            reason,
            team,
            timers,
            walk,
        };
        self.record(Event::ClockStarted { clock });
    }

    /// The deadline becomes the earlier of the old one and a fresh one from now. (PR-07)
    pub(super) fn hasten(&mut self, clock: &Clock) {
        let Some(target) = self.target(clock.kind) else { return };
        let (due_at, walk) = self.facts.calendar(self.handbook, clock.team).add(self.now, &target);
        let why = format!("{}, since it became {}", clock.reason, self.ticket.priority.as_str());
        self.bring_nearer(clock, due_at, target, walk, why);
    }

    /// Moves the deadline if it comes nearer; a promise is not taken back.
    pub(super) fn bring_nearer(
        &mut self,
        clock: &Clock,
        due_at: Timestamp,
        target: Target,
        walk: Walk,
        reason: String,
    ) {
        if due_at < clock.due_at {
            let warnings = self.pending_warnings();
            let timers = self.clock_timers(clock.team, &warnings, self.now, due_at);
            self.record(Event::ClockMoved { due_at, target: target.text, reason, timers, walk });
        }
    }

    /// The warnings that the current clock still waits for; one that was given is not given again.
    pub(super) fn pending_warnings(&self) -> Vec<Target> {
        self.ticket.timers.iter().filter_map(warning).collect()
    }

    /// Warnings that still lie ahead, and the breach: strictly after the deadline, and never before now, for an escalated
    /// clock that counts from long ago may begin past its deadline. (SLA-11, ESC-03)
    pub(super) fn clock_timers(
        &self,
        team: TeamId,
        warnings: &[Target],
        after: Timestamp,
        due_at: Timestamp,
    ) -> Vec<Timer> {
        let calendar = self.facts.calendar(self.handbook, team);
        let warnings = warnings.iter().filter_map(|before| {
            let handbook::Amount::OpenSeconds(seconds) = before.amount else { return None };
            let at = calendar.back(due_at, seconds);
            (at > after).then(|| Timer { at, kind: TimerKind::Warn(before.text.clone()) })
        });
        let breach = due_at.checked_add(TICK).ok();
        let breach = breach.map(|at| Timer { at: at.max(self.now), kind: TimerKind::Breach });
        warnings.chain(breach).collect()
    }

    /// A human answered: in time at exactly the deadline. (SLA-03, SLA-05)
    pub(super) fn answer_clock(&mut self) {
        let Some(clock) = self.ticket.current_clock() else { return };
        let state = if self.now <= clock.due_at { ClockState::Met } else { ClockState::Missed };
        let reason = clock.reason.clone();
        self.record(Event::ClockStopped { state, reason });
    }

    /// The current clock ends without an answer; one that was missed stays missed.
    pub(super) fn cancel_clock(&mut self, why: &str) {
        let Some(clock) = self.ticket.current_clock() else { return };
        let state = if clock.state == ClockState::Missed {
            ClockState::Missed
        } else {
            ClockState::Cancelled
        };
        let reason = format!("{}; ended: {why}", clock.reason);
        self.record(Event::ClockStopped { state, reason });
    }
}

/// The threshold of a warning that is still to come.
fn warning(timer: &Timer) -> Option<Target> {
    let TimerKind::Warn(threshold) = &timer.kind else { return None };
    Target::parse(threshold).ok()
}

fn reason(kind: ClockKind, level: Level) -> String {
    let what = match kind {
        ClockKind::First => "first reply",
        ClockKind::Next => "follow-up",
        ClockKind::Escalated => "reply after escalation",
    };
    format!("{what}, {} priority", level.as_str())
}
