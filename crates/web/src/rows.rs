//! From a ticket to its row: what is due, who asks, and why it stands here.

use std::collections::HashMap;

use desk::Ctx;
use desk::pages::Rows;
use desk::tickets::{Order, Stored};
use desk::work::Lease;
use domain::work::WorkClass;
use domain::{ClockKind, Level, Organization, Status, TeamId, Ticket, TimerKind, User, UserId};
use jiff::Timestamp;

use crate::components::badge::level_text;
use crate::components::row::Row;
use crate::components::time_left::{Promise, TimeLeft};
use crate::memory::Around;
use crate::reader::Reader;
use crate::tickets::doing;
use crate::times;
use crate::views::warning_seconds;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// What a row says, owned.
pub(crate) struct Line {
    pub(crate) id: i64,
    seq: i64,
    pub(crate) left: TimeLeft,
    pub(crate) why: Vec<String>,
    subject: String,
    requester: String,
    priority: Level,
    status: Status,
    assignee: Option<String>,
    rank: Option<i64>,
    here: String,
    unread: bool,
}

impl Line {
    /// The component.
    pub(crate) fn row<'a>(&'a self, why: &'a [&'a str]) -> Row<'a> {
        Row {
            id: self.id,
            seq: self.seq,
            within: "",
            subject: &self.subject,
            requester: &self.requester,
            left: self.left,
            priority: self.priority,
            status: self.status,
            assignee: self.assignee.as_deref(),
            rank: self.rank,
            why,
            unread: self.unread,
            here: &self.here,
            gone: None,
        }
    }
}

/// Which version of a ticket a row shows: another one after each change, and when it has been read.
pub(crate) fn version(seq: i64, unread: bool) -> i64 {
    if unread { -seq } else { seq }
}

/// The rows of a page.
pub(crate) fn lines(visitor: &Visitor, around: &Around, rows: &Rows, order: Order) -> Vec<Line> {
    let words = Words::default();
    let chips = Chips::new(&visitor.ctx, around);
    let people: HashMap<_, _> = rows.people.iter().map(|user| (user.id, user)).collect();
    let organizations: HashMap<_, _> = rows.organizations.iter().map(|one| (one.id, one)).collect();
    let name = |id: &UserId| people.get(id).map(|user| user.name.as_str());
    let reader = visitor.reader();
    let line = |stored: &Stored| {
        let ticket = &stored.ticket;
        let requester = people.get(&ticket.requester).copied();
        let organization = ticket.organization.and_then(|id| organizations.get(&id)).copied();
        let left = chips.left(ticket);
        let by = rows.escalated_by.iter().find(|(id, _)| *id == ticket.id).map(|(_, user)| user);
        let here = rows.here.iter().filter(|(id, ..)| *id == ticket.id);
        let here = here.filter_map(|(_, user, writes)| Some(doing(words, name(user)?, *writes)));
        let unread = rows.unread.contains(&ticket.id);
        let lease = rows.leases.iter().find(|lease| lease.ticket == ticket.id);
        Line {
            id: ticket.id.0,
            seq: version(ticket.seq, unread),
            unread,
            here: here.collect::<Vec<_>>().join(", "),
            why: why(&Standing {
                reader: &reader,
                ctx: &visitor.ctx,
                stored,
                left,
                organization,
                ranked: order == Order::Work,
                escalated_by: by.and_then(name),
                lease: lease.map(|one| (one, name(&one.user))),
            }),
            left,
            subject: subject(words, &stored.subject),
            requester: asker(requester, organization),
            priority: ticket.priority,
            status: ticket.status,
            assignee: ticket.assignee.and_then(|id| people.get(&id)).map(|user| user.name.clone()),
            rank: (order == Order::Work).then(|| stored.work.number()),
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

/// What is known about a row's place.
struct Standing<'a> {
    reader: &'a Reader,
    ctx: &'a Ctx,
    stored: &'a Stored,
    left: TimeLeft,
    organization: Option<&'a Organization>,
    /// Whether the list is in the order of work.
    ranked: bool,
    escalated_by: Option<&'a str>,
    /// Who has taken it for a while, and their name.
    lease: Option<(&'a Lease, Option<&'a str>)>,
}

/// Why a ticket stands where it stands, most important first.
fn why(standing: &Standing<'_>) -> Vec<String> {
    let words = standing.reader.words;
    let ticket = &standing.stored.ticket;
    let mut why: Vec<String> = class(standing).into_iter().collect();
    why.extend(standing.lease.map(|(lease, name)| kept(standing, lease, name)));
    why.extend(deadline(standing));
    match &ticket.level_override {
        Some(by_hand) => {
            why.push(words.fill(Text::WhyByHand, &[("reason", &by_hand.reason)]));
        }
        None => why.extend(ticket.because.iter().cloned()),
    }
    if standing.organization.is_none() && !ticket.internal {
        why.push(words.say(Text::WhyUnknown).to_owned());
    }
    why
}

/// Why a ticket is in its class of the order of work; elsewhere only that it was escalated. (ROT-06)
fn class(standing: &Standing<'_>) -> Option<String> {
    let words = standing.reader.words;
    let ticket = &standing.stored.ticket;
    let level = words.say(level_text(ticket.priority));
    let by = |with: Text, without: Text| match standing.escalated_by {
        Some(name) => words.fill(with, &[("level", &level), ("name", &name)]),
        None => words.fill(without, &[("level", &level)]),
    };
    let escalated = || by(Text::WhyEscalatedLevelBy, Text::WhyEscalatedLevel);
    if !standing.ranked {
        return ticket.escalation.as_ref().map(|_| words.say(Text::WhyEscalated).to_owned());
    }
    Some(match standing.stored.work {
        WorkClass::Tagged => {
            let tag = standing.ctx.handbook.work.tag_of(&ticket.tags).unwrap_or_default();
            words.fill(Text::WhyTagged, &[("tag", &tag)])
        }
        WorkClass::TopAccount => by(Text::WhyTopAccountBy, Text::WhyTopAccount),
        WorkClass::EscalatedHigh | WorkClass::EscalatedNormal => escalated(),
        // Its deadline says why.
        WorkClass::Promised => return None,
        WorkClass::Rest if ticket.priority == Level::Low => level.to_owned(),
        WorkClass::Rest if standing.left == TimeLeft::Answered => {
            words.say(Text::Answered).to_owned()
        }
        WorkClass::Rest => words.say(Text::NoPromise).to_owned(),
    })
}

/// Who has taken it, and until when. (ROT-11)
fn kept(standing: &Standing<'_>, lease: &Lease, name: Option<&str>) -> String {
    let words = standing.reader.words;
    let until = times::time_of_day(lease.until, &standing.reader.zone);
    match name {
        Some(name) if standing.ctx.actor.user() != Some(lease.user) => {
            words.fill(Text::WhyTaken, &[("name", &name), ("until", &until)])
        }
        _ => words.fill(Text::WhyYours, &[("until", &until)]),
    }
}

/// Whether it is past its target or near it; in the order of work also when it is due.
fn deadline(standing: &Standing<'_>) -> Option<String> {
    let TimeLeft::Due { at, soon_seconds, .. } = standing.left else { return None };
    let Standing { reader, ctx, .. } = standing;
    let seconds = at.as_second() - ctx.now.as_second();
    if seconds < 0 {
        Some(reader.words.say(Text::WhyOver).to_owned())
    } else if seconds <= soon_seconds {
        Some(reader.words.say(Text::WhySoon).to_owned())
    } else if standing.ranked {
        let when = times::next(reader.words, at, &reader.zone, ctx.now);
        Some(reader.words.fill(Text::WhyDue, &[("when", &when)]))
    } else {
        None
    }
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
                if ticket.is_answered() {
                    TimeLeft::Answered
                } else {
                    TimeLeft::NoPromise
                }
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
