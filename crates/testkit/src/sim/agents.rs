//! What agents do to a ticket, allowed or not, one function an input.

use desk::texts::Body;
use desk::tickets::Update;
use domain::{Channel, Level, Role, Severity, Status};
use jiff::SignedDuration;
use store::Tx;

use super::broken::Stop;
use super::inputs::reply;
use super::model::No;
use super::policy::{AREAS, TEAMS};
use super::world::{Agent, Planned, World};

impl World {
    /// An agent turns to a ticket and does one thing; then others will.
    pub(super) fn agent_turns(&mut self, tx: &mut Tx<'_>, number: usize) -> Result<(), Stop> {
        let agent = self.dice.place(self.agents.len());
        let agent = self.agents[agent].clone();
        self.threads[number].turns -= 1;
        let is_last = self.threads[number].turns <= 0;
        match self.dice.roll(100) {
            _ if is_last && self.dice.of_thousand(900) => {
                self.answer(tx, number, &agent, Some(Status::Solved))?;
            }
            0..45 => {
                let status = *self.dice.pick(&[
                    None,
                    None,
                    Some(Status::Pending),
                    Some(Status::Pending),
                    Some(Status::Solved),
                    Some(Status::Open),
                ]);
                self.answer(tx, number, &agent, status)?;
            }
            45..53 => self.note(tx, number, &agent)?,
            53..61 => self.set_status(tx, number, &agent)?,
            61..65 => self.hold(tx, number, &agent)?,
            65..73 => self.escalate(tx, number, &agent)?,
            73..77 => self.deescalate(tx, number, &agent)?,
            77..81 => self.grade(tx, number, &agent)?,
            81..84 => self.move_area(tx, number, &agent)?,
            84..88 => self.override_level(tx, number, &agent)?,
            88..92 => self.take(tx, number, &agent)?,
            92..95 => self.move_team(tx, number, &agent)?,
            95..98 => self.two_at_once(tx, number, &agent)?,
            98 => self.delete(tx, number, &agent)?,
            _ => self.plan_agents_mail(number, &agent),
        }
        let case = &self.threads[number].case;
        let is_over = case.deleted || case.status == Status::Closed;
        if !is_last && !is_over {
            let after = self.delay();
            self.plan_about(number, Planned::Agent(number), after);
        }
        if !is_over && self.dice.of_thousand(250) {
            let after = self.delay();
            self.plan_about(number, Planned::Customer(number), after);
        }
        Ok(())
    }

    /// One change by an agent.
    fn change(
        &mut self,
        tx: &mut Tx<'_>,
        number: usize,
        agent: &Agent,
        update: &Update,
        expect: impl FnOnce(&mut super::model::Case, &super::model::Rules<'_>) -> Result<(), No>,
    ) -> Result<bool, Stop> {
        let ctx = self.person(agent.id, Role::Agent, Channel::Api);
        self.ask_of(
            tx,
            number,
            &ctx,
            |tx, ctx, id| desk::tickets::update(tx, ctx, id, update).map(|_| ()),
            |case, rules| {
                case.may_change()?;
                expect(case, rules)?;
                case.wait(rules, false);
                Ok(())
            },
        )
    }

    /// A public reply, perhaps with another status.
    fn answer(
        &mut self,
        tx: &mut Tx<'_>,
        number: usize,
        agent: &Agent,
        status: Option<Status>,
    ) -> Result<(), Stop> {
        let mark = format!("Answer {}", self.fresh());
        self.step("answer", format!("{} answers, status {status:?}", agent.email));
        let update = Update { comment: Some(reply(&mark, true)), status, ..Update::default() };
        // The words of somebody who asked are a question, also when they are one of us.
        let is_requester = self.threads[number].email == agent.email;
        let teams = agent.teams.clone();
        self.change(tx, number, agent, &update, move |case, rules| {
            if is_requester {
                case.ask(rules);
            } else {
                case.answer(rules, &teams, &mark);
            }
            if let Some(status) = status {
                case.set_status(status, None, false, rules)?;
            }
            case.wait(rules, !is_requester);
            Ok(())
        })?;
        Ok(())
    }

    /// Words that no customer may ever read.
    fn note(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        if self.threads[number].email == agent.email {
            return Ok(());
        }
        self.step("note", format!("{} writes a note", agent.email));
        let words = format!("{} {}", super::outside::SECRET, self.fresh());
        let update = Update { comment: Some(reply(&words, false)), ..Update::default() };
        self.change(tx, number, agent, &update, |case, rules| {
            case.note(rules);
            Ok(())
        })?;
        Ok(())
    }

    /// Any status, also one that there is no way to.
    fn set_status(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        let status = *self.dice.pick(Status::ALL);
        self.step("status", format!("{} sets {status}", agent.email));
        let update = Update { status: Some(status), ..Update::default() };
        self.change(tx, number, agent, &update, |case, rules| {
            case.set_status(status, None, false, rules)
        })?;
        Ok(())
    }

    /// On hold until a day that may be too near, too far, or on the very bound. (ST-04)
    fn hold(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        const DAY: i64 = 86_400_000_000;
        let (least, most) = self.policy().hold;
        let ahead = match self.dice.roll(6) {
            0 => least * 1_000_000 + self.dice.between(-1, 1),
            1 => most * 1_000_000 + self.dice.between(-1, 1),
            _ => self.dice.between(DAY, 45 * DAY),
        };
        let until = self.now + SignedDuration::from_micros(ahead);
        let is_admin = self.dice.of_thousand(300);
        self.step("hold", format!("{} holds until {until}", agent.email));
        let update =
            Update { status: Some(Status::Hold), hold_until: Some(until), ..Update::default() };
        let role = if is_admin { Role::Admin } else { Role::Agent };
        let ctx = self.person(agent.id, role, Channel::Api);
        self.ask_of(
            tx,
            number,
            &ctx,
            |tx, ctx, id| desk::tickets::update(tx, ctx, id, &update).map(|_| ()),
            |case, rules| {
                case.may_change()?;
                case.set_status(Status::Hold, Some(until), is_admin, rules)?;
                case.wait(rules, false);
                Ok(())
            },
        )?;
        Ok(())
    }

    /// Handed to any team, also the same. (ESC-02, ESC-07)
    fn escalate(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        let team = self.dice.place(TEAMS.len());
        self.step("escalation", format!("{} escalates to {}", agent.email, TEAMS[team].0));
        let note = Body::plain(&format!("{}: why, tried, expected", super::outside::SECRET));
        let to = self.teams[team];
        let ctx = self.person(agent.id, Role::Agent, Channel::Api);
        self.ask_of(
            tx,
            number,
            &ctx,
            |tx, ctx, id| desk::tickets::escalate(tx, ctx, id, to, &note, false).map(|_| ()),
            |case, rules| case.escalate(team, rules),
        )?;
        Ok(())
    }

    /// Handed back. (ESC-06)
    fn deescalate(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        self.step("de-escalation", format!("{} hands it back", agent.email));
        let ctx = self.person(agent.id, Role::Agent, Channel::Api);
        self.ask_of(
            tx,
            number,
            &ctx,
            |tx, ctx, id| desk::tickets::deescalate(tx, ctx, id).map(|_| ()),
            super::model::Case::deescalate,
        )?;
        Ok(())
    }

    /// The severity is graded anew. (PR-04, PR-07)
    fn grade(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        let severity = *self.dice.pick(&[
            None,
            Some(Severity::Critical),
            Some(Severity::High),
            Some(Severity::Low),
        ]);
        self.step("grading", format!("{} grades it {severity:?}", agent.email));
        let update = Update { severity: Some(severity), ..Update::default() };
        self.change(tx, number, agent, &update, |case, rules| {
            if severity != case.severity {
                case.grade(rules, severity);
                case.reconsider(rules);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Another area, and with it another team. (ROT-01)
    fn move_area(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        let area = Some(self.dice.place(AREAS.len()));
        self.step("area", format!("{} says it is about {area:?}", agent.email));
        let slug = area.map(|area| AREAS[area].to_owned());
        let update = Update { area: Some(slug), ..Update::default() };
        self.change(tx, number, agent, &update, |case, rules| {
            if area != case.area {
                case.set_area(area, rules);
                case.reconsider(rules);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// A level by hand. (PR-11)
    fn override_level(
        &mut self,
        tx: &mut Tx<'_>,
        number: usize,
        agent: &Agent,
    ) -> Result<(), Stop> {
        let level = *self.dice.pick(&[Level::Low, Level::Normal, Level::High, Level::Urgent]);
        self.step("level by hand", format!("{} sets {level:?}", agent.email));
        let update = Update {
            level: Some(domain::ByHand { level, reason: "because".to_owned(), until: None }),
            ..Update::default()
        };
        self.change(tx, number, agent, &update, |case, rules| {
            case.override_level(level, rules);
            Ok(())
        })?;
        Ok(())
    }

    /// Somebody takes it, perhaps along to their own team. (ST-08)
    fn take(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        self.step("assignment", format!("{} takes it", agent.email));
        let update = Update { assignee: Some(Some(agent.id)), ..Update::default() };
        let teams = agent.teams.clone();
        self.change(tx, number, agent, &update, |case, rules| {
            case.take(&teams, rules);
            Ok(())
        })?;
        Ok(())
    }

    /// Another team, without a word. (SLA-09)
    fn move_team(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        let team = self.dice.place(TEAMS.len());
        self.step("team", format!("{} moves it to {}", agent.email, TEAMS[team].0));
        let update = Update { team: Some(self.teams[team]), ..Update::default() };
        self.change(tx, number, agent, &update, |case, rules| {
            case.move_to(team, rules);
            Ok(())
        })?;
        Ok(())
    }

    /// Two agents have read the same ticket: the second must be told. (NF-04)
    fn two_at_once(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        let seen = self.threads[number].seen;
        let before = self.threads[number].case.next();
        self.note(tx, number, agent)?;
        let moved = self.threads[number].seen != seen;
        self.step("stale change", format!("{} has read {seen}", agent.email));
        let update = Update { seen: Some(seen), status: Some(Status::Open), ..Update::default() };
        let is_stale = moved || before.is_some_and(|at| at <= self.now);
        self.change(tx, number, agent, &update, |case, rules| {
            if is_stale { Err(No) } else { case.set_status(Status::Open, None, false, rules) }
        })?;
        Ok(())
    }

    /// Removed from every list.
    fn delete(&mut self, tx: &mut Tx<'_>, number: usize, agent: &Agent) -> Result<(), Stop> {
        self.step("deletion", format!("{} deletes it", agent.email));
        let ctx = self.person(agent.id, Role::Agent, Channel::Api);
        self.ask_of(
            tx,
            number,
            &ctx,
            |tx, ctx, id| desk::tickets::delete(tx, ctx, id).map(|_| ()),
            super::model::Case::delete,
        )?;
        Ok(())
    }
}
