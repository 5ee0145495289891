//! From a ticket to its row: what is due, who asks, and why it stands here.

use std::collections::HashMap;

use desk::Ctx;
use desk::pages::Rows;
use desk::tickets::Stored;
use domain::{ClockKind, Level, Organization, Status, TeamId, Ticket, TimerKind, User};
use jiff::Timestamp;

use crate::components::row::Row;
use crate::components::time_left::{Promise, TimeLeft};
use crate::memory::Around;
use crate::views::warning_seconds;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// What a row says, owned.
pub(crate) struct Line {
    pub(crate) id: i64,
    pub(crate) left: TimeLeft,
    pub(crate) why: Vec<String>,
    subject: String,
    requester: String,
    priority: Level,
    status: Status,
    assignee: Option<String>,
}

impl Line {
    /// The component.
    pub(crate) fn row<'a>(&'a self, why: &'a [&'a str]) -> Row<'a> {
        Row {
            id: self.id,
            subject: &self.subject,
            requester: &self.requester,
            left: self.left,
            priority: self.priority,
            status: self.status,
            assignee: self.assignee.as_deref(),
            rank: None,
            why,
            unread: false,
            viewer: None,
            gone: None,
        }
    }
}

/// The rows of a page.
pub(crate) fn lines(visitor: &Visitor, around: &Around, rows: &Rows) -> Vec<Line> {
    let words = Words::default();
    let chips = Chips::new(&visitor.ctx, around);
    let people: HashMap<_, _> = rows.people.iter().map(|user| (user.id, user)).collect();
    let organizations: HashMap<_, _> = rows.organizations.iter().map(|one| (one.id, one)).collect();
    let line = |stored: &Stored| {
        let ticket = &stored.ticket;
        let requester = people.get(&ticket.requester).copied();
        let organization = ticket.organization.and_then(|id| organizations.get(&id)).copied();
        let left = chips.left(ticket);
        Line {
            id: ticket.id.0,
            why: why(words, &visitor.ctx, stored, left, organization),
            left,
            subject: subject(words, &stored.subject),
            requester: asker(requester, organization),
            priority: ticket.priority,
            status: ticket.status,
            assignee: ticket.assignee.and_then(|id| people.get(&id)).map(|user| user.name.clone()),
        }
    };
    rows.tickets.iter().map(line).collect()
}

/// The subject, or that there is none.
pub(crate) fn subject(words: Words, subject: &str) -> String {
    if subject.trim().is_empty() {
        words.say(Text::NoSubject).to_owned()
    } else {
        subject.to_owned()
    }
}

fn asker(requester: Option<&User>, organization: Option<&Organization>) -> String {
    let name = requester.map_or("", |user| user.name.as_str());
    match organization {
        Some(organization) => format!("{name}, {}", organization.name),
        None => name.to_owned(),
    }
}

/// Why a ticket stands where it stands, most important first.
fn why(
    words: Words,
    ctx: &Ctx,
    stored: &Stored,
    left: TimeLeft,
    organization: Option<&Organization>,
) -> Vec<String> {
    let ticket = &stored.ticket;
    let mut why = Vec::new();
    if ticket.escalation.is_some() {
        why.push(words.say(Text::WhyEscalated).to_owned());
    }
    if let TimeLeft::Due { at, soon_seconds, .. } = left {
        let seconds = at.as_second() - ctx.now.as_second();
        if seconds < 0 {
            why.push(words.say(Text::WhyOver).to_owned());
        } else if seconds <= soon_seconds {
            why.push(words.say(Text::WhySoon).to_owned());
        }
    }
    match &ticket.level_override {
        Some(by_hand) => {
            why.push(words.fill(Text::WhyByHand, &[("reason", &by_hand.reason)]));
        }
        None => why.extend(ticket.because.iter().cloned()),
    }
    if organization.is_none() && !ticket.internal {
        why.push(words.say(Text::WhyUnknown).to_owned());
    }
    why
}

/// Makes chips: what a ticket waits for.
pub(crate) struct Chips {
    soon_seconds: i64,
    counting: HashMap<TeamId, bool>,
    counting_else: bool,
}

impl Chips {
    /// Looks at each team's calendar once.
    pub(crate) fn new(ctx: &Ctx, around: &Around) -> Self {
        let handbook = &ctx.handbook;
        let counting = around.teams.iter().filter_map(|team| {
            let slug = team.slug.as_deref()?;
            Some((team.id, handbook.calendar(slug).is_open(ctx.now)))
        });
        Self {
            soon_seconds: warning_seconds(handbook),
            counting: counting.collect(),
            counting_else: handbook.company_calendar().is_open(ctx.now),
        }
    }

    /// The chip of a ticket.
    pub(crate) fn left(&self, ticket: &Ticket) -> TimeLeft {
        if let Some(clock) = ticket.current_clock() {
            return TimeLeft::Due {
                promise: promise(clock.kind),
                at: clock.due_at,
                soon_seconds: self.soon_seconds,
                counting: self.counting.get(&clock.team).copied().unwrap_or(self.counting_else),
            };
        }
        let timer = |kind: &TimerKind| -> Option<Timestamp> {
            ticket.timers.iter().find(|timer| timer.kind == *kind).map(|timer| timer.at)
        };
        if let Some(at) = timer(&TimerKind::Solve) {
            return TimeLeft::Solves(at);
        }
        if let Some(at) = timer(&TimerKind::Wake) {
            return TimeLeft::Wakes(at);
        }
        match ticket.status {
            Status::Solved | Status::Closed => TimeLeft::Done,
            Status::New | Status::Open | Status::Pending | Status::Hold => {
                let answered = ticket.replied_at.is_some() && ticket.asked_at.is_none();
                if answered { TimeLeft::Answered } else { TimeLeft::NoPromise }
            }
        }
    }
}

/// What a kind of clock measures.
pub(crate) fn promise(kind: ClockKind) -> Promise {
    match kind {
        ClockKind::First => Promise::First,
        ClockKind::Next => Promise::Next,
        ClockKind::Escalated => Promise::Escalated,
    }
}
