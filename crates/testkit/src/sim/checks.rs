//! The product held against what must be true: each ticket after each step, everything at the end of each day.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::{
    Actor, Channel, ClockState, Envelope, Event, TeamId, Ticket, TicketId, TimerKind, UserId,
};
use jiff::Timestamp;
use sha2::Digest as _;
use store::Tx;

use super::broken::{Broken, Stop};
use super::model::Said;
use super::policy::TEAMS;
use super::world::World;

impl World {
    /// A promise is broken; tells what is known.
    pub(super) fn broken(&self, tx: &mut Tx<'_>, number: Option<usize>, wrong: String) -> Stop {
        let log = number.map(|number| self.threads[number].id);
        let log = log.map(|id| store::events::of_ticket(tx, id)).and_then(Result::ok);
        Stop::Broken(Box::new(Broken {
            seed: 0,
            step: self.steps,
            at: self.now.to_string(),
            asked: match number {
                Some(number) => format!("{} (ticket {number})", self.doing),
                None => self.doing.clone(),
            },
            wrong,
            log: log.unwrap_or_default().iter().map(|one| self.line(one)).collect(),
        }))
    }

    /// Reads what the log says since it was last looked at, and holds it against the case.
    pub(super) fn compare(&mut self, tx: &mut Tx<'_>, number: usize) -> Result<(), Stop> {
        let thread = &self.threads[number];
        let id = thread.id;
        let Some(stored) = store::tickets::load(tx, id)? else {
            return Err(self.broken(tx, Some(number), "it is not stored".to_owned()));
        };
        let seen = thread.seen;
        if seen > 0 && thread.ticket.is_none() {
            self.remember(tx, number)?;
        }
        let news = store::events::tail(tx, id, stored.ticket.seq - seen)?;
        if let Err(wrong) = self.take_in(number, &news, &stored.ticket) {
            return Err(self.broken(tx, Some(number), wrong));
        }
        let thread = &mut self.threads[number];
        thread.case.said.clear();
        thread.seen = stored.ticket.seq;
        thread.ticket = Some(Box::new(stored.ticket));
        self.touched.insert(number);
        Ok(())
    }

    /// Takes up a ticket that was laid down.
    fn remember(&mut self, tx: &mut Tx<'_>, number: usize) -> Result<(), Stop> {
        let thread = &mut self.threads[number];
        let log = store::events::of_ticket(tx, thread.id)?;
        let seen = log.iter().take_while(|one| one.seq <= thread.seen);
        let ticket = Ticket::replay(thread.id, seen.map(|one| (one.at, &one.event)));
        thread.ticket = ticket.map(Box::new);
        self.live.insert(number);
        Ok(())
    }

    fn take_in(&mut self, number: usize, news: &[Envelope], stored: &Ticket) -> Result<(), String> {
        let mut fold = self.threads[number].ticket.as_deref().cloned();
        let mut actual = Vec::new();
        let mut latest = fold.as_ref().map(|ticket| ticket.updated_at);
        for (envelope, place) in news.iter().zip(fold.as_ref().map_or(0, |one| one.seq) + 1..) {
            if envelope.seq != place {
                return Err(format!("there is a gap in its log: {} at {place}", envelope.seq));
            }
            if latest.is_some_and(|latest| envelope.at < latest) {
                return Err(format!("{} lies before the event above it", self.line(envelope)));
            }
            latest = Some(envelope.at);
            match &mut fold {
                None => fold = Ticket::replay(stored.id, [(envelope.at, &envelope.event)]),
                Some(ticket) => ticket.fold(envelope.at, &envelope.event),
            }
            let line = format!("{number} {}\n", self.line(envelope));
            self.log.update(line.as_bytes());
            actual.extend(self.said(&envelope.event).map(|said| (envelope.at, said)));
        }
        if fold.as_ref() != Some(stored) {
            return Err(format!("its log adds up to {fold:?}, and stored is {stored:?}"));
        }
        let mut expected = self.threads[number].case.said.clone();
        expected.sort();
        actual.sort();
        if actual != expected {
            return Err(difference(&expected, &actual));
        }
        self.state(number, stored)
    }

    /// How it stands must be how it must stand.
    fn state(&self, number: usize, ticket: &Ticket) -> Result<(), String> {
        let case = &self.threads[number].case;
        let same = |what: &str, expected: String, actual: String| {
            if expected == actual {
                Ok(())
            } else {
                Err(format!("{what} is {actual} and must be {expected}"))
            }
        };
        same("the status", case.status.to_string(), ticket.status.to_string())?;
        same("the level", format!("{:?}", case.level), format!("{:?}", ticket.priority))?;
        same("the team", case.team.to_string(), self.team(ticket.team).to_string())?;
        same(
            "escalated",
            case.is_escalated().to_string(),
            ticket.escalation.is_some().to_string(),
        )?;
        same("the oldest question", format!("{:?}", case.asked), format!("{:?}", ticket.asked_at))?;
        same("deleted", case.deleted.to_string(), ticket.deleted_at.is_some().to_string())?;
        same("what is to come", format!("{:?}", case.timers()), format!("{:?}", timers(ticket)))?;
        let current: Vec<_> = ticket.clocks.iter().filter(|clock| clock.is_current()).collect();
        let clock = current.first().map(|clock| {
            (clock.kind.as_str(), clock.started_at, clock.due_at, clock.state == ClockState::Missed)
        });
        let expected =
            case.clock.as_ref().map(|clock| (clock.kind, clock.started, clock.due, clock.missed));
        same("the clock", format!("{expected:?}"), format!("{clock:?}"))?;
        if current.len() > 1 {
            return Err(format!("more than one clock is current: {current:?}"));
        }
        Ok(())
    }

    /// Looks at everything: what is stored, and when it wants to be woken.
    pub(super) fn look_at_all(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let touched: Vec<usize> = std::mem::take(&mut self.touched).into_iter().collect();
        for some in touched.chunks(200) {
            let ids: Vec<TicketId> = some.iter().map(|number| self.threads[*number].id).collect();
            let stored: BTreeMap<TicketId, Ticket> = store::tickets::many(tx, &ids)?
                .into_iter()
                .map(|stored| (stored.ticket.id, stored.ticket))
                .collect();
            for number in some {
                let thread = &self.threads[*number];
                let seen = thread.ticket.as_deref().filter(|_| !thread.case.deleted);
                if stored.get(&thread.id) != seen {
                    return Err(self.broken(
                        tx,
                        Some(*number),
                        "it is stored otherwise".to_owned(),
                    ));
                }
            }
        }
        let wakeups = desk::tickets::due(tx, Timestamp::MAX, i64::MAX)?;
        let of_tickets = wakeups.iter().filter(|due| due.subject_kind == "ticket");
        let actual: BTreeMap<TicketId, Timestamp> =
            of_tickets.map(|due| (TicketId(due.subject_id), due.due_at)).collect();
        let expected: BTreeMap<TicketId, Timestamp> = self
            .live
            .iter()
            .filter_map(|number| {
                let thread = &self.threads[*number];
                Some((thread.id, thread.case.next()?))
            })
            .collect();
        if actual != expected {
            let number = self.live.iter().copied().find(|number| {
                let id = self.threads[*number].id;
                actual.get(&id) != expected.get(&id)
            });
            let wrong = "it wants to be woken at another time than it must".to_owned();
            return Err(self.broken(tx, number, wrong));
        }
        self.told_in_person(tx)?;
        self.rest();
        Ok(())
    }

    /// The job adds up what was counted, up to what it does in a day.
    pub(super) fn add_up(tx: &mut Tx<'_>) -> Result<(), Stop> {
        desk::reports::fold(tx, 1_500)?;
        Ok(())
    }

    /// Reports say what a second count of the log says. (SLA-14)
    pub(super) fn reports_agree(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let ctx = self.ctx(Actor::System, Channel::System);
        match crate::recount::differences(tx, &ctx)? {
            Ok(lines) => {
                *self.tally.entry("line of reports counted twice").or_default() += lines;
                Ok(())
            }
            Err(wrong) => Err(self.broken(tx, None, wrong)),
        }
    }

    /// What is closed or deleted, and owes nothing to anybody, needs no looking after.
    fn rest(&mut self) {
        let threads = &mut self.threads;
        self.live.retain(|number| {
            let thread = &mut threads[*number];
            let over = thread.case.deleted || thread.case.status == domain::Status::Closed;
            let over = over && thread.case.next().is_none();
            if over && thread.case.letters.is_empty() {
                thread.ticket = None;
            }
            !over || thread.ticket.is_some()
        });
    }

    pub(super) fn team(&self, id: TeamId) -> usize {
        self.teams.iter().position(|team| *team == id).unwrap_or(usize::MAX)
    }

    /// A person in words that are the same on every run.
    fn name(&self, id: UserId) -> &str {
        self.agents.iter().find(|agent| agent.id == id).map_or("customer", |agent| agent.email)
    }

    /// An event in the words of the cases.
    fn said(&self, event: &Event) -> Option<Said> {
        Some(match event {
            Event::PriorityDecided { decision, .. } => Said::Level(decision.value),
            Event::PriorityOverridden { level, .. } => Said::Level(*level),
            Event::Routed { team, .. } | Event::TeamChanged { to: team, .. } => {
                Said::Team(self.team(*team))
            }
            Event::Commented { public, answer, ask, .. } => Said::Commented(*public, *answer, *ask),
            Event::ClockStarted { clock } => {
                Said::Started(clock.kind.as_str(), clock.started_at, clock.due_at)
            }
            Event::ClockMoved { due_at, .. } => Said::Moved(*due_at),
            Event::ClockStopped { state, .. } => Said::Stopped(state.as_str()),
            Event::Warned { threshold, .. } => Said::Warned(threshold.clone()),
            Event::Breached { team, .. } => Said::Breached(self.team(*team)),
            Event::Reminded => Said::Reminded,
            Event::StatusChanged { from, to, .. } => Said::Became(*from, *to),
            Event::Acknowledged { promise } => Said::Acknowledged(promise.due_at),
            Event::PromiseImproved { promise } => Said::Improved(promise.due_at),
            Event::Escalated { team, since, owed, .. } => {
                Said::Escalated(self.team(*team), *since, *owed)
            }
            Event::EscalatedPromiseKept => Said::Kept,
            Event::Deescalated { to } => Said::Deescalated(self.team(*to)),
            Event::SurveyIssued { .. } => Said::Asked,
            Event::SurveySuppressed { reason } => Said::Unasked(reason.as_str()),
            Event::Deleted => Said::Deleted,
            _ => return None,
        })
    }

    /// An event on one line, without numbers that differ between engines.
    pub(super) fn line(&self, envelope: &Envelope) -> String {
        let mut line = format!("{:>3} {} ", envelope.seq, envelope.at);
        match envelope.person() {
            Some(person) => line.push_str(self.name(person)),
            None => {
                let _ = write!(line, "{} {}", envelope.actor_kind, envelope.actor_id);
            }
        }
        let policy = self
            .policies
            .iter()
            .position(|policy| policy.handbook.version == envelope.policy)
            .map_or_else(|| "?".to_owned(), |place| place.to_string());
        let _ = write!(line, " by {} under {policy}: ", envelope.via);
        match (self.said(&envelope.event), &envelope.event) {
            (Some(Said::Team(team)), _) => {
                let slug = TEAMS.get(team).map_or("?", |(slug, _)| slug);
                let _ = write!(line, "{} {slug}", envelope.event.kind());
            }
            (_, Event::PriorityDecided { decision, .. }) => {
                let because = decision.because.join(", ");
                let _ = write!(line, "level {} ({because})", decision.value.as_str());
            }
            (Some(said), _) => {
                let _ = write!(line, "{said:?}");
            }
            (None, Event::Assigned { to }) => {
                let _ = write!(line, "assigned to {}", to.map_or("nobody", |id| self.name(id)));
            }
            (None, event) => line.push_str(event.kind()),
        }
        line
    }
}

/// What happens by itself, in the words of the cases.
fn timers(ticket: &Ticket) -> Vec<(Timestamp, String)> {
    let mut timers: Vec<_> = ticket
        .timers
        .iter()
        .map(|timer| {
            let word = match &timer.kind {
                TimerKind::Warn(text) => return (timer.at, format!("warn {text}")),
                TimerKind::Breach => "breach",
                TimerKind::Remind => "remind",
                TimerKind::Solve => "solve",
                TimerKind::Wake => "wake",
                TimerKind::Close => "close",
                TimerKind::EndOverride => "end of override",
                TimerKind::Survey => "survey",
            };
            (timer.at, word.to_owned())
        })
        .collect();
    timers.sort();
    timers
}

/// Both lists, without what they share.
fn difference(expected: &[(Timestamp, Said)], actual: &[(Timestamp, Said)]) -> String {
    let only = |these: &[(Timestamp, Said)], those: &[(Timestamp, Said)]| {
        let mut rest = those.to_vec();
        let mut lines = Vec::new();
        for one in these {
            match rest.iter().position(|other| other == one) {
                Some(place) => drop(rest.remove(place)),
                None => lines.push(format!("{} {:?}", one.0, one.1)),
            }
        }
        if lines.is_empty() { "nothing".to_owned() } else { lines.join("; ") }
    };
    format!(
        "it must have happened and did not: {}. It happened and must not have: {}",
        only(expected, actual),
        only(actual, expected)
    )
}
