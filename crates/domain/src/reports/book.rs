//! Following a ticket's events, and what they add to its facts.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Fact, LASTS, Measure, Told, Week};
use crate::{Cause, ClockState, Event, Status, TeamId, Ticket, TicketId};

/// What is counted of one ticket, and what its requester was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Everything that counts or once did, in the order in which it happened.
    pub facts: Vec<Fact>,
    /// Every promise that was told, in that order.
    pub told: Vec<Told>,
}

/// What a fact takes from outside of the ticket.
pub struct Circumstances<'a> {
    /// The zone in which the company's weeks begin.
    pub zone: &'a TimeZone,
    /// The requester's language, as a tag.
    pub language: &'a str,
    /// The open seconds of a team's calendar between two instants.
    pub open_seconds: &'a dyn Fn(TeamId, Timestamp, Timestamp) -> i64,
}

/// Whether an event can change what is counted of a ticket that there is already. All others leave a book as it is, though
/// they may be part of what makes another event count.
pub fn concerns(event: &Event) -> bool {
    !matches!(
        event,
        Event::Commented { .. }
            | Event::ClockStarted { .. }
            | Event::ClockMoved { .. }
            | Event::Reapplied
            | Event::AnswerBounced { .. }
            | Event::TimersSet { .. }
            | Event::Warned { .. }
            | Event::Reminded
            | Event::Assigned { .. }
            | Event::Tagged { .. }
            | Event::CcsChanged { .. }
            | Event::SubjectChanged { .. }
            | Event::FieldChanged { .. }
            | Event::KindChanged { .. }
            | Event::SeverityChanged { .. }
            | Event::RequesterChanged { .. }
            | Event::OrganizationChanged { .. }
            | Event::EscalatedPromiseKept
            | Event::SplitOff { .. }
            | Event::IssueLinked { .. }
            | Event::SurveySuppressed { .. }
    )
}

impl Book {
    /// Takes in what happened to a ticket, and gives how it stands after it. `ticket` is how it was before; none if the
    /// events begin its log. Events of one change set are taken in together.
    pub fn follow<'e>(
        &mut self,
        id: TicketId,
        ticket: Option<Ticket>,
        events: impl IntoIterator<Item = (Timestamp, &'e Event)>,
        circumstances: &Circumstances<'_>,
    ) -> Option<Ticket> {
        let mut pen = Pen { book: self, circumstances, answered: false, returns: false };
        let mut ticket = ticket;
        for (at, event) in events {
            match &mut ticket {
                Some(ticket) => pen.note(ticket, at, event),
                None => ticket = Ticket::opened(id, at, event),
            }
        }
        ticket
    }

    fn is_begun(&self) -> bool {
        self.facts.iter().any(|fact| fact.measure == Measure::Asked)
    }
}

/// Writes a book while events go by.
struct Pen<'b, 'c> {
    book: &'b mut Book,
    circumstances: &'c Circumstances<'c>,
    /// The event before was a human answer.
    answered: bool,
    /// The ticket comes back from where it was set aside: its next status is none that somebody gave it.
    returns: bool,
}

impl Pen<'_, '_> {
    fn note(&mut self, ticket: &mut Ticket, at: Timestamp, event: &Event) {
        let (status, held) = (ticket.status, ticket.held_seconds);
        let current = ticket.clocks.iter().rposition(crate::Clock::is_current);
        let was_missed = ticket.current_clock().is_some_and(|one| one.state == ClockState::Missed);
        let from = ticket.team;
        ticket.fold(at, event);
        if ticket.internal {
            return;
        }
        match event {
            Event::Commented { .. } if !self.book.is_begun() => {
                self.count(ticket, at, Measure::Asked);
            }
            Event::Escalated { .. } => {
                self.count(ticket, at, Measure::Escalated).team = from;
            }
            Event::StatusChanged { to, cause, .. } => {
                let was_held = held > 0 || status == Status::Hold || ticket.held_seconds > 0;
                self.note_status(ticket, at, (status, *to, *cause), was_held);
            }
            Event::Breached { team, .. } => {
                if let Some(place) = current.filter(|_| !was_missed) {
                    let kind = ticket.clocks[place].kind;
                    let fact = self.count(ticket, at, Measure::Missed(kind));
                    (fact.team, fact.clock) = (*team, i64::try_from(place).ok());
                }
            }
            Event::ClockStopped { state, .. } => {
                if let Some(place) = current {
                    self.note_stop(ticket, at, place, (*state, was_missed));
                }
            }
            Event::ClockResumed { place, .. } => {
                let place = place.or(ticket.clocks.len().checked_sub(1));
                self.take_back(place.and_then(|place| i64::try_from(place).ok()));
            }
            Event::SurveyIssued { owners } => {
                self.count(ticket, at, Measure::SurveyAsked).team = owners.team;
            }
            Event::SurveyAnswered { rating, owners, .. } => {
                self.note_rating(ticket, at, i64::from(rating.number()), owners.team);
            }
            Event::ReplyTakenBack { before: Some(before), .. } | Event::Undone { before, .. } => {
                self.unsay(before.seq);
            }
            Event::MarkedSpam => self.set_aside(true),
            Event::UnmarkedSpam => self.set_aside(false),
            _ => {}
        }
        self.answered = matches!(event, Event::Commented { answer: true, .. });
        self.returns = match event {
            Event::UnmarkedSpam | Event::Unmerged | Event::LetGo { .. } => true,
            Event::StatusChanged { .. } => false,
            _ => self.returns,
        };
        super::ledger::note(&mut self.book.told, ticket, at, event, current);
        self.note_backlog(ticket, at);
    }

    /// A fact about a ticket as it is now. What is set aside as spam does not count.
    fn count(&mut self, ticket: &Ticket, at: Timestamp, measure: Measure) -> &mut Fact {
        let is_stay = matches!(measure, Measure::Waiting | Measure::Left);
        let aside = ticket.spam.is_some() && !is_stay;
        self.book.facts.push(Fact {
            measure,
            place: ticket.seq,
            clock: None,
            at,
            week: Week::of(at, self.circumstances.zone),
            level: ticket.priority,
            team: ticket.team,
            area: ticket.area.clone().unwrap_or_default(),
            channel: ticket.channel,
            language: self.circumstances.language.to_owned(),
            plan: ticket.facts.plan.clone(),
            hero: None,
            value: 0,
            counts: !aside,
            aside,
        });
        self.book.facts.last_mut().expect("it was just put there")
    }

    /// Solved by somebody or by itself, and opened again; setting aside and bringing back is neither.
    fn note_status(
        &mut self,
        ticket: &Ticket,
        at: Timestamp,
        (from, to, cause): (Status, Status, Option<Cause>),
        was_held: bool,
    ) {
        if self.returns || ticket.spam.is_some() || ticket.merged.is_some() {
            return;
        }
        if !from.is_done() && to.is_done() && cause != Some(Cause::Spam) {
            self.count(ticket, at, Measure::Solved);
            if was_held {
                self.count(ticket, at, Measure::Held);
            }
        }
        if from.is_done() && !to.is_done() {
            self.count(ticket, at, Measure::Reopened);
        }
    }

    fn note_stop(
        &mut self,
        ticket: &Ticket,
        at: Timestamp,
        place: usize,
        (state, was_missed): (ClockState, bool),
    ) {
        let clock = &ticket.clocks[place];
        let number = i64::try_from(place).ok();
        let outcome = match state {
            ClockState::Met => Some(Measure::Kept(clock.kind)),
            ClockState::Missed if !was_missed => Some(Measure::Missed(clock.kind)),
            ClockState::Cancelled => Some(Measure::Void(clock.kind)),
            ClockState::Missed | ClockState::Running => None,
        };
        if let Some(outcome) = outcome {
            self.count(ticket, at, outcome).clock = number;
        }
        if state == ClockState::Met || state == ClockState::Missed && self.answered {
            let seconds = (self.circumstances.open_seconds)(clock.team, clock.started_at, at);
            let fact = self.count(ticket, at, Measure::Replied(clock.kind));
            // A minute that has begun is a minute, so that no answer looks faster than it was.
            (fact.clock, fact.value) = (number, (seconds.max(0) + 59) / 60);
        }
    }

    /// A clock runs again: neither its answer nor its end has happened. That it was missed stays.
    fn take_back(&mut self, clock: Option<i64>) {
        for fact in self.book.facts.iter_mut().filter(|fact| fact.clock == clock) {
            let ends =
                matches!(fact.measure, Measure::Kept(_) | Measure::Void(_) | Measure::Replied(_));
            if clock.is_some() && ends {
                (fact.counts, fact.aside) = (false, false);
            }
        }
    }

    /// A reply was taken back before it left, or a change was undone: nothing of it has happened. How long the ticket stood in the backlog under
    /// which name stays as it was, for those seconds.
    fn unsay(&mut self, before: i64) {
        for fact in self.book.facts.iter_mut().filter(|fact| fact.place > before) {
            if !matches!(fact.measure, Measure::Waiting | Measure::Left) {
                (fact.counts, fact.aside) = (false, false);
            }
        }
    }

    /// The last word counts, in the week in which it was asked for.
    fn note_rating(&mut self, ticket: &Ticket, at: Timestamp, rating: i64, team: TeamId) {
        for fact in &mut self.book.facts {
            if matches!(fact.measure, Measure::Rated | Measure::RatedUnasked) {
                (fact.counts, fact.aside) = (false, false);
            }
        }
        let asked = self.book.facts.iter().find(|fact| fact.measure == Measure::SurveyAsked);
        if let Some(asked) = asked.cloned() {
            let place = ticket.seq;
            let (measure, value) = (Measure::Rated, rating);
            self.book.facts.push(Fact { measure, place, at, value, ..asked });
        } else {
            let fact = self.count(ticket, at, Measure::RatedUnasked);
            (fact.team, fact.value) = (team, rating);
        }
    }

    /// Spam is no request: nothing of it counts until it turns out to be one. How long it stood in the backlog stays.
    fn set_aside(&mut self, is_spam: bool) {
        for fact in &mut self.book.facts {
            let is_stay = matches!(fact.measure, Measure::Waiting | Measure::Left);
            if is_spam && fact.counts && !is_stay {
                (fact.counts, fact.aside) = (false, true);
            } else if !is_spam && fact.aside {
                (fact.counts, fact.aside) = (true, false);
            }
        }
    }

    /// The stay in the backlog ends when the ticket is done, set aside or deleted, and when it stands there under another
    /// name from now on.
    fn note_backlog(&mut self, ticket: &Ticket, at: Timestamp) {
        if !self.book.is_begun() {
            return;
        }
        let waits = !ticket.status.is_done()
            && ticket.spam.is_none()
            && ticket.merged.is_none()
            && ticket.deleted_at.is_none();
        let week = Week::of(at, self.circumstances.zone);
        let stay = self
            .book
            .facts
            .iter_mut()
            .find(|fact| fact.measure == Measure::Waiting && fact.value == LASTS);
        if let Some(stay) = stay {
            let same = stay.level == ticket.priority
                && stay.team == ticket.team
                && stay.area == ticket.area.as_deref().unwrap_or_default()
                && stay.plan == ticket.facts.plan;
            if waits && same {
                return;
            }
            stay.value = week.0;
            let (measure, place) = (Measure::Left, ticket.seq);
            let left = Fact { measure, place, at, week, value: 0, ..stay.clone() };
            self.book.facts.push(left);
        }
        if waits {
            self.count(ticket, at, Measure::Waiting).value = LASTS;
        }
    }
}
