//! What another handbook would have made of a ticket: levels, routes, deadlines, breaches, and what happens by itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{Setting, Shadow};
use crate::{
    Cause, ClockKind, ClockState, Envelope, Event, Level, Status, TeamId, Ticket, TicketId,
};

/// How a ticket would have become another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Differences {
    /// The ticket.
    pub ticket: TicketId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What differs; nothing if all is the same.
    pub differences: Vec<Difference>,
}

/// One thing that would have been different.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Difference {
    /// The levels it had, in order. (PR-05, PR-07)
    Priority {
        /// As it was.
        was: Vec<Level>,
        /// As it would have been.
        would_be: Vec<Level>,
    },
    /// The teams the handbook sent it to, in order, by slug. (ROT-01)
    Route {
        /// As it was.
        was: Vec<String>,
        /// As it would have been.
        would_be: Vec<String>,
    },
    /// A clock: another deadline, another end, none, or one more. (SLA rows)
    Clock {
        /// As it was; none if there was no such clock.
        was: Option<ClockSeen>,
        /// As it would have been; none if there would have been no such clock.
        would_be: Option<ClockSeen>,
    },
    /// Something that happens by itself. (ST-01, ST-04, D-11, D-12)
    ByItself {
        /// What.
        happening: Happening,
        /// When it did.
        was: Vec<Timestamp>,
        /// When it would have.
        would_be: Vec<Timestamp>,
    },
    /// Something people did that would have been refused.
    Refused {
        /// When they did it.
        at: Timestamp,
        /// What they did.
        act: String,
        /// Why it would have been refused.
        why: String,
    },
}

/// What happens by itself and is not a clock's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// The customer is reminded.
    Reminded,
    /// A pending ticket solves itself.
    AutoSolved,
    /// A held ticket comes back.
    HoldEnded,
    /// A solved ticket closes.
    Closed,
    /// The customer is asked how the help was.
    Surveyed,
}

/// A clock as a reader of the log sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockSeen {
    /// Which promise.
    pub kind: ClockKind,
    /// How it stands, or ended.
    pub state: ClockState,
    /// As the handbook writes it.
    pub target: String,
    /// When it began to count.
    pub started_at: Timestamp,
    /// An answer at exactly this instant is in time.
    pub due_at: Timestamp,
    /// When the team was warned.
    pub warned_at: Vec<Timestamp>,
    /// Whether the deadline passed.
    pub breached: bool,
}

/// All differences of many tickets, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Tickets looked at.
    pub tickets: u64,
    /// Tickets with any difference.
    pub different: u64,
    /// Tickets with other levels.
    pub priorities: u64,
    /// How many went from which last level to which: `low → normal`.
    pub changes: BTreeMap<String, u64>,
    /// Tickets that would have gone to another team.
    pub routes: u64,
    /// Clocks with another deadline.
    pub deadlines: Deadlines,
    /// Deadlines that passed.
    pub breaches: Breaches,
    /// Tickets for which something would have happened by itself at another time.
    pub by_itself: u64,
    /// Acts that would have been refused.
    pub refused: u64,
}

/// Clocks, counted by how their deadlines differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deadlines {
    /// Due sooner.
    pub sooner: u64,
    /// Due later.
    pub later: u64,
    /// Clocks there would have been beside the present ones.
    pub more: u64,
    /// Clocks there would not have been.
    pub fewer: u64,
}

/// Deadlines that passed, counted over all tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Breaches {
    /// As it was.
    pub was: u64,
    /// As it would have been.
    pub would_be: u64,
    /// Missed only under the other handbook.
    pub more: u64,
    /// Missed only as it was.
    pub fewer: u64,
}

/// What a shadow has that the recorded ticket has not, and the other way round. None for an empty log.
pub fn differences(
    log: &[Envelope],
    shadow: &Shadow,
    setting: &Setting,
) -> Option<(Differences, Breaches)> {
    let ticket = Ticket::replay(
        shadow.ticket.id,
        log.iter().map(|envelope| (envelope.at, &envelope.event)),
    )?;
    let was = Seen::of(log.iter().map(|envelope| (envelope.at, &envelope.event)));
    let would_be = Seen::of(shadow.events.iter().map(|(at, event)| (*at, event)));
    let mut found = Vec::new();
    if was.levels != would_be.levels {
        found.push(Difference::Priority { was: was.levels, would_be: would_be.levels });
    }
    if was.routes != would_be.routes {
        let names = |teams: &[TeamId]| teams.iter().map(|id| setting.team(*id)).collect();
        found
            .push(Difference::Route { was: names(&was.routes), would_be: names(&would_be.routes) });
    }
    let mut breaches = Breaches::default();
    for (was, would_be) in paired(was.clocks, would_be.clocks) {
        breaches.count(was.as_ref(), would_be.as_ref());
        if was != would_be {
            found.push(Difference::Clock { was, would_be });
        }
    }
    for happening in [
        Happening::Reminded,
        Happening::AutoSolved,
        Happening::HoldEnded,
        Happening::Closed,
        Happening::Surveyed,
    ] {
        let of = |seen: &[(Happening, Timestamp)]| -> Vec<Timestamp> {
            seen.iter().filter(|(what, _)| *what == happening).map(|(_, at)| *at).collect()
        };
        let (was, would_be) = (of(&was.by_itself), of(&would_be.by_itself));
        if was != would_be {
            found.push(Difference::ByItself { happening, was, would_be });
        }
    }
    found.extend(shadow.refused.iter().map(|refused| Difference::Refused {
        at: refused.at,
        act: refused.what.to_owned(),
        why: refused.why.to_string(),
    }));
    let differences =
        Differences { ticket: ticket.id, opened_at: ticket.created_at, differences: found };
    Some((differences, breaches))
}

/// What a log says, as far as handbooks have a say in it.
#[derive(Default)]
struct Seen {
    levels: Vec<Level>,
    routes: Vec<TeamId>,
    clocks: Vec<ClockSeen>,
    by_itself: Vec<(Happening, Timestamp)>,
}

impl Seen {
    fn of<'e>(events: impl Iterator<Item = (Timestamp, &'e Event)>) -> Self {
        let mut seen = Self::default();
        for (at, event) in events {
            seen.see(at, event);
        }
        seen.levels.dedup();
        seen
    }

    fn see(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::PriorityDecided { decision, .. } => self.levels.push(decision.value),
            Event::PriorityOverridden { level, .. } => self.levels.push(*level),
            Event::Routed { team, .. } => self.routes.push(*team),
            Event::ClockStarted { clock } => self.clocks.push(ClockSeen {
                kind: clock.kind,
                state: ClockState::Running,
                target: clock.target.clone(),
                started_at: clock.started_at,
                due_at: clock.due_at,
                warned_at: Vec::new(),
                breached: false,
            }),
            Event::Reminded => self.by_itself.push((Happening::Reminded, at)),
            Event::StatusChanged { to: Status::Solved, cause: Some(Cause::Auto), .. } => {
                self.by_itself.push((Happening::AutoSolved, at));
            }
            Event::StatusChanged { from: Status::Hold, to: Status::Open, .. } => {
                self.by_itself.push((Happening::HoldEnded, at));
            }
            Event::StatusChanged { to: Status::Closed, .. } => {
                self.by_itself.push((Happening::Closed, at));
            }
            Event::SurveyIssued { .. } => self.by_itself.push((Happening::Surveyed, at)),
            _ => self.see_clock(at, event),
        }
    }

    fn see_clock(&mut self, at: Timestamp, event: &Event) {
        let Some(clock) = self.clocks.last_mut() else { return };
        match event {
            Event::ClockMoved { due_at, target, .. } => {
                clock.due_at = *due_at;
                clock.target.clone_from(target);
            }
            Event::ClockStopped { state, .. } => clock.state = *state,
            Event::ClockResumed { .. } => {
                clock.state = if clock.breached { ClockState::Missed } else { ClockState::Running };
            }
            Event::Warned { .. } => clock.warned_at.push(at),
            Event::Breached { .. } => {
                clock.breached = true;
                clock.state = ClockState::Missed;
            }
            _ => {}
        }
    }
}

/// Clocks that measure the same promise: of one kind and from one instant; then what is left of each kind, in order.
fn paired(
    was: Vec<ClockSeen>,
    mut would_be: Vec<ClockSeen>,
) -> Vec<(Option<ClockSeen>, Option<ClockSeen>)> {
    let mut take = |fits: &dyn Fn(&ClockSeen) -> bool| {
        would_be.iter().position(fits).map(|place| would_be.remove(place))
    };
    let mut pairs: Vec<(Option<ClockSeen>, Option<ClockSeen>)> = was
        .into_iter()
        .map(|clock| {
            let same =
                take(&|other| other.kind == clock.kind && other.started_at == clock.started_at);
            (Some(clock), same)
        })
        .collect();
    for (was, would_be) in &mut pairs {
        if let (Some(was), None) = (&was, &would_be) {
            *would_be = take(&|other| other.kind == was.kind);
        }
    }
    pairs.extend(would_be.into_iter().map(|clock| (None, Some(clock))));
    pairs
}

impl Breaches {
    fn count(&mut self, was: Option<&ClockSeen>, would_be: Option<&ClockSeen>) {
        let was = was.is_some_and(|clock| clock.breached);
        let would_be = would_be.is_some_and(|clock| clock.breached);
        self.was += u64::from(was);
        self.would_be += u64::from(would_be);
        self.more += u64::from(would_be && !was);
        self.fewer += u64::from(was && !would_be);
    }
}

impl Sum {
    /// Counts one more ticket.
    pub fn add(&mut self, ticket: &Differences, breaches: Breaches) {
        self.tickets += 1;
        self.breaches.was += breaches.was;
        self.breaches.would_be += breaches.would_be;
        self.breaches.more += breaches.more;
        self.breaches.fewer += breaches.fewer;
        self.different += u64::from(!ticket.differences.is_empty());
        let mut by_itself = false;
        for difference in &ticket.differences {
            match difference {
                Difference::Priority { was, would_be } => {
                    self.priorities += 1;
                    let last = |levels: &[Level]| levels.last().map_or("–", |one| one.as_str());
                    let change = format!("{} → {}", last(was), last(would_be));
                    *self.changes.entry(change).or_default() += 1;
                }
                Difference::Route { .. } => self.routes += 1,
                Difference::Clock { was, would_be } => {
                    self.deadlines.count(was.as_ref(), would_be.as_ref());
                }
                Difference::ByItself { .. } => by_itself = true,
                Difference::Refused { .. } => self.refused += 1,
            }
        }
        self.by_itself += u64::from(by_itself);
    }
}

impl Deadlines {
    fn count(&mut self, was: Option<&ClockSeen>, would_be: Option<&ClockSeen>) {
        match (was, would_be) {
            (Some(was), Some(would_be)) => {
                self.sooner += u64::from(would_be.due_at < was.due_at);
                self.later += u64::from(would_be.due_at > was.due_at);
            }
            (None, Some(_)) => self.more += 1,
            (Some(_), None) => self.fewer += 1,
            (None, None) => {}
        }
    }
}

impl Setting {
    /// A team as the handbook calls it; by name if the handbook does not know it.
    fn team(&self, id: TeamId) -> String {
        let found = self.teams.iter().find(|team| team.id == id);
        found.map_or_else(
            || format!("team {id}"),
            |team| team.slug.clone().unwrap_or_else(|| team.name.clone()),
        )
    }
}
