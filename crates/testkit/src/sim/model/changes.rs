//! What agents set: status, team, escalation. (ST, ESC and SLA-09 rows)

use domain::Status;
use jiff::{SignedDuration, Timestamp};

use super::{Case, Escalation, No, Rules, Said};

impl Case {
    /// A closed ticket does not change, and a deleted one is not there. (ST-06)
    pub(in super::super) fn may_change(&self) -> Result<(), No> {
        if self.deleted || self.status == Status::Closed { Err(No) } else { Ok(()) }
    }

    /// Another status, if there is such an arrow. (ST-01, ST-04, ST-06 to ST-08)
    pub(in super::super) fn set_status(
        &mut self,
        to: Status,
        until: Option<Timestamp>,
        is_admin: bool,
        rules: &Rules<'_>,
    ) -> Result<(), No> {
        match (self.status, to) {
            (Status::Solved, Status::Closed) => self.become_(to, rules.now),
            (from, Status::New | Status::Closed) if from != to => return Err(No),
            (_, Status::Hold) => self.hold(until, is_admin, rules)?,
            (Status::Solved, Status::Solved) => {}
            (_, Status::Solved) => self.solved(rules),
            (Status::Solved, to) => {
                // What the plan has become since is seen now. (PR-07, ST-07)
                self.become_(to, rules.now);
                self.reconsider(rules);
                if to == Status::Open && self.clock.is_none() {
                    self.start("next", rules.now, rules);
                }
            }
            (from, to) if from != to => self.become_(to, rules.now),
            _ => {}
        }
        Ok(())
    }

    /// We come back on a named day. (ST-04)
    fn hold(
        &mut self,
        until: Option<Timestamp>,
        is_admin: bool,
        rules: &Rules<'_>,
    ) -> Result<(), No> {
        let now = rules.now;
        let Some(until) = until else {
            return if self.status == Status::Hold { Ok(()) } else { Err(No) };
        };
        let (least, most) = rules.policy.hold;
        let ahead = until.duration_since(now);
        if ahead < SignedDuration::from_secs(least) || ahead > SignedDuration::from_secs(most) {
            return Err(No);
        }
        let present = self.held_since.map_or(0, |since| now.duration_since(since).as_secs());
        if self.held_seconds + present + ahead.as_secs() > most && !is_admin {
            return Err(No);
        }
        self.become_(Status::Hold, now);
        self.wake = Some(rules.policy.calendars[self.team].next_open(until));
        Ok(())
    }

    /// Taken by somebody of these teams, the first being their own. (ST-08)
    pub(in super::super) fn take(&mut self, teams: &[usize], rules: &Rules<'_>) {
        if !teams.contains(&self.team) {
            self.move_to(teams[0], rules);
        }
        if self.status == Status::New {
            self.become_(Status::Open, rules.now);
        }
    }

    /// Another team has it; the clock stays as it is. (SLA-09)
    pub(in super::super) fn move_to(&mut self, team: usize, rules: &Rules<'_>) {
        if team != self.team {
            self.team = team;
            self.say(rules.now, Said::Team(team));
        }
    }

    /// The area is another one: routed anew, unless it is escalated. (ROT-01)
    pub(in super::super) fn set_area(&mut self, area: Option<usize>, rules: &Rules<'_>) {
        if area == self.area {
            return;
        }
        self.area = area;
        if self.escalation.is_none() {
            self.team = rules.policy.team(area);
            self.say(rules.now, Said::Team(self.team));
        }
    }

    /// Handed to another team with a note. (ESC-02, ESC-03, ESC-07)
    pub(in super::super) fn escalate(&mut self, team: usize, rules: &Rules<'_>) -> Result<(), No> {
        if self.deleted || self.status.is_done() || team == self.team {
            return Err(No);
        }
        let now = rules.now;
        self.note(rules);
        let kind = self.clock.as_ref().map(|clock| clock.kind);
        let before = self.escalation.take();
        let from = before.as_ref().map_or(self.team, |before| before.from);
        // Only what is still to be kept goes on; otherwise this one counts for itself. (ESC-07)
        let before = before.filter(|before| before.owed || kind == Some("escalated"));
        let since = before.as_ref().map_or(now, |before| before.since);
        let promised = rules.policy.target("escalated", self.level).is_some();
        let owed = kind == Some("first") && promised;
        self.say(now, Said::Escalated(team, since, owed));
        self.send("escalation", now, "was escalated to you".to_owned());
        let silent = before.as_ref().is_none_or(|before| before.silent);
        let marks = before.map_or_else(|| vec![(since, self.level)], |before| before.marks);
        self.escalation = Some(Escalation { team, from, since, owed, silent, marks });
        self.team = team;
        if promised && matches!(kind, None | Some("next")) {
            self.cancel(now);
            self.start("escalated", since, rules);
        }
        self.wait(rules, false);
        Ok(())
    }

    /// Handed back; the clocks stay as they are. (ESC-06)
    pub(in super::super) fn deescalate(&mut self, rules: &Rules<'_>) -> Result<(), No> {
        self.may_change()?;
        let escalation = self.escalation.take().ok_or(No)?;
        self.team = escalation.from;
        self.say(rules.now, Said::Deescalated(self.team));
        Ok(())
    }

    /// Removed from every list.
    pub(in super::super) fn delete(&mut self, rules: &Rules<'_>) -> Result<(), No> {
        if self.deleted {
            return Err(No);
        }
        self.cancel(rules.now);
        self.say(rules.now, Said::Deleted);
        (self.remind, self.solve, self.wake, self.close) = (None, None, None, None);
        self.survey = None;
        self.deleted = true;
        Ok(())
    }
}
