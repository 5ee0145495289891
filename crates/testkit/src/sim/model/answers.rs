//! What customers and agents say, and what follows from it. (SLA-05 to SLA-07, ST-01, ST-05, ESC-03)

use domain::Status;
use jiff::SignedDuration;

use super::clocks::moment;
use super::{Case, Rules, Said};

impl Case {
    /// A ticket begins with a customer's question, or with words of ours. (PR-05, PR-06, SLA-05)
    pub(in super::super) fn open(&mut self, rules: &Rules<'_>, by_agent: bool, mark: &str) {
        let now = rules.now;
        self.level = rules.policy.level(&rules.plan, self.severity, self.area);
        self.say(now, Said::Level(self.level));
        self.team = rules.policy.team(self.area);
        self.say(now, Said::Team(self.team));
        if self.organization.is_none() && !self.internal {
            self.send("notification", now, "unknown organization".to_owned());
        }
        if by_agent {
            self.answer(rules, &[], mark);
        } else if self.internal {
            self.say(now, Said::Commented(true, false, false));
        } else {
            self.say(now, Said::Commented(true, false, true));
            self.asked = Some(now);
            self.start("first", now, rules);
            let due = self.clock.as_ref().map(|clock| clock.due);
            self.told = Some(due);
            self.say(now, Said::Acknowledged(due));
            let words =
                due.map_or("neither an answer nor a time".to_owned(), |due| moment(rules, due));
            self.send("acknowledgement", now, words);
        }
    }

    /// The customer writes on. (SLA-06, SLA-07, ST-05, D-14)
    pub(in super::super) fn ask(&mut self, rules: &Rules<'_>) {
        let now = rules.now;
        self.say(now, Said::Commented(true, false, !self.internal));
        if !self.internal {
            self.asked.get_or_insert(now);
        }
        if matches!(self.status, Status::Pending | Status::Hold | Status::Solved) {
            self.become_(Status::Open, now);
        }
        self.reconsider(rules);
        if self.clock.is_none() {
            self.start(self.next_kind(), now, rules);
        }
        self.wait(rules, false);
    }

    /// A human answers in public. `teams` are the author's. (SLA-05, ESC-03, ST-08)
    pub(in super::super) fn answer(&mut self, rules: &Rules<'_>, teams: &[usize], mark: &str) {
        let now = rules.now;
        self.say(now, Said::Commented(true, true, false));
        self.send("reply", now, mark.to_owned());
        self.replied = true;
        self.asked = None;
        if let Some(escalation) = &mut self.escalation {
            escalation.silent = false;
        }
        if let Some(clock) = self.clock.take() {
            self.say(now, Said::Stopped(if now <= clock.due { "met" } else { "missed" }));
            if let Some(escalation) = &mut self.escalation
                && clock.kind == "escalated"
            {
                escalation.owed = false;
            }
        }
        if let Some(escalation) = &mut self.escalation
            && escalation.owed
        {
            if teams.contains(&escalation.team) {
                escalation.owed = false;
                self.say(now, Said::Kept);
            } else {
                self.start_owed(rules);
            }
        }
        if self.status == Status::New {
            self.become_(Status::Open, now);
        }
    }

    /// A note, or words of somebody who neither asks nor answers.
    pub(in super::super) fn note(&mut self, rules: &Rules<'_>) {
        self.say(rules.now, Said::Commented(false, false, false));
    }

    /// An answered ticket that waits for the customer is reminded and solves itself; an answer restarts that. (ST-01)
    /// While anything is owed to the customer there is neither. (SLA-10)
    pub(in super::super) fn wait(&mut self, rules: &Rules<'_>, answered: bool) {
        let waits = self.status == Status::Pending
            && self.clock.is_none()
            && self.asked.is_none()
            && self.replied;
        if !waits {
            (self.remind, self.solve) = (None, None);
        } else if answered || self.solve.is_none() {
            let later = |seconds| rules.now + SignedDuration::from_secs(seconds);
            self.remind = rules.policy.remind.map(later);
            self.solve = Some(later(rules.policy.solve));
        }
    }
}
