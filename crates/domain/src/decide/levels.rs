//! The level and the team: what the handbook says about a ticket's facts. (PR, ROT rows)

use super::{ByHand, Deciding};
use crate::{Clock, ClockKind, ClockState, Event, Level, Refusal, RuleFacts};

/// Facts that can be erased, whose values therefore do not go into the log.
const ERASABLE: [&str; 2] = ["requester.email", "ticket.subject"];

impl Deciding<'_> {
    /// The facts the handbook's rules see, the ticket's own being those of this very moment.
    fn rule_facts(&self) -> handbook::Facts {
        let word = |text: Option<&'static str>| text.unwrap_or_default().to_owned();
        let mut facts = self.facts.rules.clone();
        facts.ticket.channel = self.ticket.channel.as_str().to_owned();
        facts.ticket.area = self.ticket.area.clone().unwrap_or_default();
        facts.ticket.severity = word(self.ticket.severity.map(crate::Severity::as_str));
        facts.ticket.kind = word(self.ticket.kind.map(crate::Kind::as_str));
        facts.ticket.tags.clone_from(&self.ticket.tags);
        facts
    }

    /// Sets the level by the handbook, with its reasons. (PR-05)
    pub(super) fn decide_level(&mut self) {
        let decision = self.decision();
        self.record_level(decision);
    }

    /// Decides the level anew; only another level or other facts are an event. A level set by hand stays, but what
    /// the rules could have seen is written down all the same. (PR-07, PR-11)
    pub(super) fn reconsider(&mut self) {
        if self.ticket.status.is_done() {
            return;
        }
        let before = self.ticket.priority;
        let by_hand = self.ticket.level_override.is_some();
        let decision = if by_hand { None } else { Some(self.decision()) };
        if let Some(decision) = decision.filter(|decision| decision.value != before) {
            self.record_level(decision);
            self.level_changed(before);
            return;
        }
        let facts = RuleFacts::of(&self.facts.rules);
        if facts != self.ticket.facts {
            let provenance = self.facts.provenance.clone();
            self.record(Event::FactsChanged { facts, provenance });
        }
    }

    /// What the handbook says, without the values that a log may not keep.
    fn decision(&self) -> handbook::PriorityDecision {
        let mut decision = self.handbook.decide_priority(&self.rule_facts());
        let facts = decision.rules.iter_mut().flat_map(|tried| &mut tried.facts);
        for fact in facts.filter(|fact| ERASABLE.contains(&fact.name.as_str())) {
            "(not kept)".clone_into(&mut fact.value);
        }
        decision
    }

    fn record_level(&mut self, decision: handbook::PriorityDecision) {
        let provenance = self.facts.provenance.clone();
        let facts = RuleFacts::of(&self.facts.rules);
        self.record(Event::PriorityDecided { decision, provenance, facts });
    }

    /// A person sets the level, also to the one that the rules gave: then it stays when they change their mind. Saying
    /// again what a person already set changes nothing. (PR-11)
    pub(super) fn override_level(&mut self, by_hand: &ByHand) -> Result<(), Refusal> {
        let before = self.ticket.priority;
        let ByHand { level, reason, until } = by_hand.clone();
        if let Some(until) = until.filter(|until| *until <= self.now) {
            return Err(Refusal::EndsInThePast { until });
        }
        let present = self.ticket.level_override.as_ref();
        let is_same = present.is_some_and(|had| had.level == level && had.until == until);
        if !is_same {
            self.record(Event::PriorityOverridden { level, reason, until });
            self.level_changed(before);
        }
        Ok(())
    }

    /// A level set by hand has run out: the rules decide again. (PR-11)
    pub(super) fn end_override(&mut self) {
        self.record(Event::OverrideEnded);
        self.reconsider();
    }

    /// A higher level brings the deadline nearer or starts a clock; a lower one applies from the next clock. (PR-07)
    fn level_changed(&mut self, before: Level) {
        if self.ticket.priority <= before || self.ticket.internal || self.ticket.status.is_done() {
            return;
        }
        match self.ticket.current_clock().cloned() {
            Some(clock) if clock.state == ClockState::Running => self.hasten(&clock),
            Some(_) => {}
            None => self.start_for_waiting(),
        }
        self.tell_if_sooner();
    }

    /// A customer who waits without a clock gets one from now on, if the level promises anything: the escalated one
    /// where the other team has not replied yet. (PR-07, ESC-08)
    pub(super) fn start_for_waiting(&mut self) {
        if self.escalated_without_promise() && self.has_escalated_target() {
            self.start_target(ClockKind::Escalated, self.now);
        } else if self.ticket.asked_at.is_some() {
            self.start_target(self.kind_for_waiting(), self.now);
        }
    }

    /// Whether it was escalated at a level that promised no reply, and had none since.
    fn escalated_without_promise(&self) -> bool {
        let ticket = &self.ticket;
        ticket.escalation.as_ref().is_some_and(|escalation| {
            let begun = |clock: &Clock| clock.started_at >= escalation.at;
            !escalation.replied && !ticket.clocks.iter().any(begun)
        })
    }

    /// Who was promised an answer is told when it comes sooner. (PR-06)
    pub(super) fn tell_if_sooner(&mut self) {
        if let Some(clock) = self.ticket.current_clock()
            && self.ticket.promise.is_some()
            && clock.kind == ClockKind::First
            && clock.state == ClockState::Running
            && self
                .ticket
                .promise
                .as_ref()
                .and_then(|promise| promise.due_at)
                .is_none_or(|due| clock.due_at < due)
        {
            let promise = self.facts.reader.improved(clock.due_at, self.now);
            self.record(Event::PromiseImproved { promise });
        }
    }

    /// Chooses the team by the handbook. Total: there is always one. (ROT-01, ROT-02)
    pub(super) fn route(&mut self) -> Result<(), Refusal> {
        let route = self.handbook.route(self.ticket.area.as_deref());
        let team = self.facts.team_by_slug(&route.team).ok_or(Refusal::UnknownTeam)?.id;
        self.record(Event::Routed { team, route });
        Ok(())
    }
}
