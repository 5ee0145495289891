//! Promises: when they start, come nearer and end. (SLA, ESC and PR rows)

use domain::{Level, Status};
use jiff::{SignedDuration, Timestamp};

use super::{Case, Rules, Running, Said, Warning};

/// A breach falls due strictly after its deadline.
const TICK: SignedDuration = SignedDuration::from_micros(1);

impl Case {
    /// A clock starts if the level promises anything. (SLA-01 to SLA-03, SLA-06, ESC-01)
    pub(super) fn start(&mut self, kind: &'static str, from: Timestamp, rules: &Rules<'_>) {
        if let Some(target) = rules.policy.target(kind, self.level) {
            self.run(kind, from, rules.policy.due(self.team, from, target), rules);
        }
    }

    /// What was owed since the escalation: of all its levels the earliest deadline. (ESC-03, ESC-08)
    pub(super) fn start_owed(&mut self, rules: &Rules<'_>) {
        let Some(escalation) = &self.escalation else { return };
        let due = |(since, level): &(Timestamp, Level)| {
            let target = rules.policy.target("escalated", *level)?;
            Some(rules.policy.due(self.team, *since, target))
        };
        if let Some(due) = escalation.marks.iter().filter_map(due).min() {
            self.run("escalated", escalation.since, due, rules);
        }
    }

    fn run(&mut self, kind: &'static str, from: Timestamp, due: Timestamp, rules: &Rules<'_>) {
        if self.internal {
            return;
        }
        let mut clock = Running {
            kind,
            started: from,
            due,
            missed: false,
            team: self.team,
            warnings: Vec::new(),
            breach: None,
        };
        clock.set(rules, rules.policy.warnings, due, from.max(rules.now));
        if let Some(escalation) = self.escalation.as_mut().filter(|one| from >= one.since) {
            escalation.silent = false;
        }
        self.clocks += 1;
        self.clock = Some(clock);
        self.say(rules.now, Said::Started(kind, from, due));
    }

    /// The clock ends without an answer; what was missed stays missed. (ST-09, ESC-03)
    pub(super) fn cancel(&mut self, at: Timestamp) {
        if let Some(clock) = self.clock.take() {
            self.say(at, Said::Stopped(if clock.missed { "missed" } else { "cancelled" }));
        }
    }

    /// The facts are looked at anew. A level set by hand stays. (PR-07, PR-11)
    pub(in super::super) fn reconsider(&mut self, rules: &Rules<'_>) {
        if self.by_hand || self.status.is_done() {
            return;
        }
        let level = rules.policy.level(&rules.plan, self.severity, self.area);
        if level != self.level {
            self.set_level(level, rules);
        }
    }

    /// An agent says how urgent it is, also what the rules had said: then it stays. (PR-11)
    pub(in super::super) fn override_level(&mut self, level: Level, rules: &Rules<'_>) {
        if !self.by_hand || level != self.level {
            self.by_hand = true;
            self.set_level(level, rules);
        }
    }

    /// A higher level brings the deadline nearer or starts a clock; a lower one counts from the next clock. (PR-07)
    fn set_level(&mut self, level: Level, rules: &Rules<'_>) {
        let before = std::mem::replace(&mut self.level, level);
        self.say(rules.now, Said::Level(level));
        if let Some(escalation) = self.escalation.as_mut().filter(|escalation| escalation.owed) {
            if level > before {
                escalation.marks.push((rules.now, level));
            } else if level < before {
                escalation.marks = vec![(escalation.since, level)];
            }
        }
        if level <= before || self.internal || self.status.is_done() {
            return;
        }
        if let Some(clock) = &mut self.clock {
            let target = rules.policy.target(clock.kind, level);
            let due = target.map(|target| rules.policy.due(clock.team, rules.now, target));
            if let Some(due) = due.filter(|due| *due < clock.due && !clock.missed) {
                // Those it still waits for, moved; one that was given is not given again.
                let waiting: Vec<Warning> = clock.warnings.iter().map(|(_, one)| *one).collect();
                clock.set(rules, &waiting, due, rules.now);
                self.say(rules.now, Said::Moved(due));
            }
        } else if self.escalation.as_ref().is_some_and(|escalation| escalation.silent)
            && rules.policy.target("escalated", level).is_some()
        {
            // The other team has not replied yet, and now there is a target for that. (ESC-08)
            self.start("escalated", rules.now, rules);
            (self.remind, self.solve) = (None, None);
        } else if self.asked.is_some() {
            self.start(self.next_kind(), rules.now, rules);
        }
        self.improve(rules);
    }

    /// A first clock until there was an answer or a clock, then a next one. (SLA-06, SLA-07)
    pub(super) fn next_kind(&self) -> &'static str {
        if self.replied || self.clocks > 0 { "next" } else { "first" }
    }

    /// The customer is told again only if the promise is better. (PR-06)
    fn improve(&mut self, rules: &Rules<'_>) {
        let Some(clock) =
            self.clock.as_ref().filter(|clock| clock.kind == "first" && !clock.missed)
        else {
            return;
        };
        let due = clock.due;
        let is_better = self.told.is_some_and(|told| told.is_none_or(|told| due < told));
        if is_better {
            self.told = Some(Some(due));
            self.say(rules.now, Said::Improved(Some(due)));
            self.send("promise", rules.now, moment(rules, due));
        }
    }

    /// Done: whatever ran ends. (ST-09)
    pub(super) fn solved(&mut self, rules: &Rules<'_>) {
        self.cancel(rules.now);
        self.become_(Status::Solved, rules.now);
        self.close = Some(rules.now + SignedDuration::from_secs(rules.policy.close));
        if !self.surveyed && !self.internal {
            let after = SignedDuration::from_secs(rules.policy.survey);
            self.survey = self.done_since.map(|since| since + after);
        }
        if let Some(escalation) = &mut self.escalation {
            escalation.owed = false;
        }
    }
}

impl Running {
    /// Sets the deadline: the warnings that lie ahead, and the breach. (SLA-11)
    fn set(&mut self, rules: &Rules<'_>, warnings: &[Warning], due: Timestamp, after: Timestamp) {
        let calendar = &rules.policy.calendars[self.team];
        self.due = due;
        self.warnings = warnings
            .iter()
            .map(|(text, seconds)| (calendar.back(due, *seconds), (*text, *seconds)))
            .filter(|(at, _)| *at > after)
            .collect();
        for (at, _) in &self.warnings {
            assert!(calendar.is_open(*at), "a warning at {at} is in closed hours");
        }
        // What counts from long ago may be past its deadline when it begins; that is told at once, not before.
        self.breach = Some((due + TICK).max(rules.now));
    }
}

/// A deadline as the customer reads it, in the company's zone.
pub(super) fn moment(rules: &Rules<'_>, due: Timestamp) -> String {
    let zone =
        jiff::tz::TimeZone::get(rules.policy.zone).expect("the zones of the simulation exist");
    due.to_zoned_datetime(zone).strftime("%a %-d %b").to_string()
}
