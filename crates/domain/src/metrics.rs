//! A ticket in figures: how long it took and how often it changed hands, told from its log alone. (SLA-14)
//!
//! Every span is given twice: by the wall clock, and in open time of one calendar. Waits are counted once they have ended.

use handbook::Calendar;
use jiff::Timestamp;

use crate::{CommentId, Envelope, Event, Status, Ticket, UserId};

/// A span of time, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// By the wall clock.
    pub calendar: i64,
    /// While we were open.
    pub business: i64,
}

impl Span {
    fn of(calendar: &Calendar, from: Timestamp, to: Timestamp) -> Self {
        let seconds = to.duration_since(from).as_secs().max(0);
        Self { calendar: seconds, business: calendar.elapsed(from, to).max(0) }
    }

    fn add(&mut self, other: Self) {
        self.calendar += other.calendar;
        self.business += other.business;
    }
}

/// The figures of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// How many times it came to a team, the first included.
    pub team_stations: i64,
    /// How many times somebody got it.
    pub assignee_stations: i64,
    /// How often it was opened again.
    pub reopens: i64,
    /// Human public replies.
    pub replies: i64,
    /// When whoever has it last did something.
    pub assignee_updated_at: Option<Timestamp>,
    /// When the requester last did something.
    pub requester_updated_at: Option<Timestamp>,
    /// When the status last changed.
    pub status_updated_at: Timestamp,
    /// When somebody first got it.
    pub initially_assigned_at: Option<Timestamp>,
    /// When somebody last got it.
    pub assigned_at: Option<Timestamp>,
    /// The start of the present stretch of solved and closed.
    pub solved_at: Option<Timestamp>,
    /// When something was last written.
    pub latest_comment_at: Option<Timestamp>,
    /// Until the first human reply.
    pub reply: Option<Span>,
    /// Until it was first solved.
    pub first_resolution: Option<Span>,
    /// Until it was solved for the present stretch.
    pub full_resolution: Option<Span>,
    /// How long we waited for the customer.
    pub agent_wait: Span,
    /// How long the customer waited for us, on hold included.
    pub requester_wait: Span,
    /// How long it was on hold.
    pub on_hold: Span,
}

/// The log without changes that were undone and replies that were taken back before they left, and without all that had
/// followed from them.
fn as_it_left(log: &[Envelope]) -> impl Iterator<Item = &Envelope> {
    let mut undone: Vec<std::ops::RangeInclusive<i64>> = Vec::new();
    let mut gone: Vec<CommentId> = Vec::new();
    for envelope in log {
        match &envelope.event {
            // All since then, and the undoing itself.
            Event::Undone { before, .. } | Event::ReplyTakenBack { before: Some(before), .. } => {
                undone.push(before.seq + 1..=envelope.seq);
            }
            Event::ReplyTakenBack { comment, before: None } => gone.push(*comment),
            _ => {}
        }
    }
    log.iter().filter(move |envelope| {
        !undone.iter().any(|range| range.contains(&envelope.seq))
            && !matches!(&envelope.event, Event::Commented { comment, .. } if gone.contains(comment))
    })
}

impl Metrics {
    /// The figures that a log adds up to; none for one without an opening.
    pub fn of(log: &[Envelope], calendar: &Calendar) -> Option<Self> {
        let first = log.first()?;
        let mut ticket = Ticket::opened(first.ticket, first.at, &first.event)?;
        let mut metrics = Self::begun(first.at);
        let mut since = first.at;
        metrics.note_person(first, &ticket);
        for envelope in as_it_left(log).skip(1) {
            let before = ticket.status;
            ticket.fold(envelope.at, &envelope.event);
            if before != ticket.status {
                metrics.count_wait(before, Span::of(calendar, since, envelope.at));
                since = envelope.at;
            }
            metrics.note_event(envelope, calendar);
            metrics.note_person(envelope, &ticket);
        }
        metrics.solved_at = ticket.solved_at;
        let span = |to: Timestamp| Span::of(calendar, first.at, to);
        metrics.full_resolution = ticket.solved_at.map(span);
        Some(metrics)
    }

    fn begun(at: Timestamp) -> Self {
        Self {
            created_at: at,
            updated_at: at,
            team_stations: 0,
            assignee_stations: 0,
            reopens: 0,
            replies: 0,
            assignee_updated_at: None,
            requester_updated_at: None,
            status_updated_at: at,
            initially_assigned_at: None,
            assigned_at: None,
            solved_at: None,
            latest_comment_at: None,
            reply: None,
            first_resolution: None,
            full_resolution: None,
            agent_wait: Span::default(),
            requester_wait: Span::default(),
            on_hold: Span::default(),
        }
    }

    /// Who waited while a status lasted.
    fn count_wait(&mut self, status: Status, span: Span) {
        match status {
            Status::New | Status::Open => self.requester_wait.add(span),
            Status::Pending => self.agent_wait.add(span),
            Status::Hold => {
                self.requester_wait.add(span);
                self.on_hold.add(span);
            }
            Status::Solved | Status::Closed => {}
        }
    }

    fn note_event(&mut self, envelope: &Envelope, calendar: &Calendar) {
        let at = envelope.at;
        self.updated_at = self.updated_at.max(at);
        let span = Span::of(calendar, self.created_at, at);
        match &envelope.event {
            Event::Commented { answer, .. } => {
                self.latest_comment_at = Some(at);
                if *answer {
                    self.replies += 1;
                    self.reply.get_or_insert(span);
                }
            }
            Event::StatusChanged { from, to, .. } if from != to => {
                self.status_updated_at = at;
                self.reopens += i64::from(from.is_done() && !to.is_done());
                if to.is_done() {
                    self.first_resolution.get_or_insert(span);
                }
            }
            Event::Assigned { to: Some(_) } => {
                self.assignee_stations += 1;
                self.initially_assigned_at.get_or_insert(at);
                self.assigned_at = Some(at);
            }
            Event::Routed { .. }
            | Event::TeamChanged { .. }
            | Event::Escalated { .. }
            | Event::Deescalated { .. } => self.team_stations += 1,
            _ => {}
        }
    }

    /// Who did something last.
    fn note_person(&mut self, envelope: &Envelope, ticket: &Ticket) {
        let person: Option<UserId> = envelope.person();
        if person.is_some() && person == ticket.assignee {
            self.assignee_updated_at = Some(envelope.at);
        }
        if person == Some(ticket.requester) {
            self.requester_updated_at = Some(envelope.at);
        }
    }
}
