//! The ledger of promises: what a requester was told to expect, and what became of it. (PR-06)

use jiff::Timestamp;

use crate::{ClockState, Event, Level, Promise, TeamId, Telling, Ticket};

/// On what occasion somebody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// When they asked.
    Acknowledged,
    /// When the promise became better.
    Improved,
    /// When the ticket was escalated.
    Escalated,
}

impl Saying {
    /// Every occasion.
    pub const ALL: [Self; 3] = [Self::Acknowledged, Self::Improved, Self::Escalated];

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Improved => "improved",
            Self::Escalated => "escalated",
        }
    }

    /// The occasion with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The instant that was named lies ahead and nobody has answered.
    Open,
    /// Somebody answered in time.
    Kept,
    /// The instant passed without an answer.
    Missed,
    /// A better promise took its place.
    Improved,
    /// One of us took it back, with a reason.
    Withdrawn,
    /// It ended before its time without an answer: solved, merged, spam, escalated.
    Void,
    /// No instant was named: low priority has no target, and the requester was told so.
    Nothing,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Kept,
        Self::Missed,
        Self::Improved,
        Self::Withdrawn,
        Self::Void,
        Self::Nothing,
    ];

    /// The word that is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Kept => "kept",
            Self::Missed => "missed",
            Self::Improved => "improved",
            Self::Withdrawn => "withdrawn",
            Self::Void => "void",
            Self::Nothing => "nothing",
        }
    }

    /// The outcome with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// One promise as it was told. The words are in the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The place of the event in the ticket's log.
    pub place: i64,
    /// When it was said.
    pub at: Timestamp,
    /// On what occasion.
    pub saying: Saying,
    /// The instant that was named.
    pub due_at: Option<Timestamp>,
    /// The clock that measures it, by its place among the ticket's clocks.
    pub clock: Option<i64>,
    /// What became of it.
    pub outcome: Outcome,
    /// When that was settled.
    pub settled_at: Option<Timestamp>,
    /// The level then.
    pub level: Level,
    /// The team that had the ticket then.
    pub team: TeamId,
}

impl Told {
    fn settle(&mut self, at: Timestamp, outcome: Outcome) {
        self.outcome = outcome;
        self.settled_at = Some(at);
    }
}

/// Takes in one event; `current` was the ticket's current clock before it.
pub(super) fn note(
    told: &mut Vec<Told>,
    ticket: &Ticket,
    at: Timestamp,
    event: &Event,
    current: Option<usize>,
) {
    let current = current.and_then(|place| i64::try_from(place).ok());
    match event {
        Event::Acknowledged { promise } => say(told, ticket, Saying::Acknowledged, promise),
        Event::PromiseImproved { promise } => {
            for one in open(told) {
                one.settle(at, Outcome::Improved);
            }
            say(told, ticket, Saying::Improved, promise);
        }
        Event::Told { about: Telling::Escalated, promise } => {
            say(told, ticket, Saying::Escalated, promise);
        }
        Event::PromiseWithdrawn { .. } => {
            for one in open(told) {
                one.settle(at, Outcome::Withdrawn);
            }
        }
        Event::Breached { due_at, .. } => {
            for one in open(told).filter(|one| one.clock == current) {
                if one.due_at.is_some_and(|said| said <= *due_at) {
                    one.settle(at, Outcome::Missed);
                }
            }
        }
        Event::ClockStopped { state, .. } => {
            let answered = matches!(state, ClockState::Met);
            for one in open(told).filter(|one| one.clock == current) {
                let in_time = one.due_at.is_some_and(|said| at <= said);
                one.settle(
                    at,
                    match (in_time, answered) {
                        (true, true) => Outcome::Kept,
                        (true, false) => Outcome::Void,
                        (false, _) => Outcome::Missed,
                    },
                );
            }
        }
        Event::ClockResumed { .. }
        | Event::ReplyTakenBack { before: Some(_), .. }
        | Event::Undone { .. } => {
            let place = match event {
                Event::ClockResumed { place: Some(place), .. } => Some(*place),
                Event::ClockResumed { .. } => ticket.clocks.len().checked_sub(1),
                _ => ticket.clocks.iter().rposition(crate::Clock::is_current),
            };
            let place = place.and_then(|place| i64::try_from(place).ok());
            let ended = |one: &&mut Told| matches!(one.outcome, Outcome::Kept | Outcome::Void);
            let of_clock = |one: &&mut Told| place.is_some() && one.clock == place;
            for one in told.iter_mut().filter(of_clock).filter(ended) {
                (one.outcome, one.settled_at) = (Outcome::Open, None);
            }
        }
        _ => {}
    }
}

fn open(told: &mut [Told]) -> impl Iterator<Item = &mut Told> {
    told.iter_mut().filter(|one| one.outcome == Outcome::Open)
}

fn say(told: &mut Vec<Told>, ticket: &Ticket, saying: Saying, promise: &Promise) {
    let clock = ticket.clocks.iter().rposition(crate::Clock::is_current);
    told.push(Told {
        place: ticket.seq,
        at: promise.at,
        saying,
        due_at: promise.due_at,
        clock: clock
            .filter(|_| promise.due_at.is_some())
            .and_then(|place| i64::try_from(place).ok()),
        outcome: if promise.due_at.is_some() { Outcome::Open } else { Outcome::Nothing },
        settled_at: None,
        level: ticket.priority,
        team: ticket.team,
    });
}
