//! What the heroes of the sample company have to do, and what they say when their week ends. (ROT-06, ROT-07)

use desk::handovers::{Mark, Marking};
use desk::{Ctx, Desk, Tx};
use domain::{Actor, Channel, Kind, Role, UserId};
use handbook::Handbook;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Span, Timestamp};

use super::{Agent, Customer, DAYS, Scene, TEAM, TICKETS, What, words};

/// A ticket that waits with the hero a newcomer first looks through the eyes of.
pub(super) struct Own {
    /// How long ago it was asked.
    hours: i64,
    /// By which customer.
    customer: usize,
    /// Which question.
    text: usize,
    /// Whether first level escalated it, or only moved it.
    escalated: bool,
    /// Whether customer success tagged it.
    tagged: bool,
}

const fn own_ticket(
    hours: i64,
    customer: usize,
    text: usize,
    escalated: bool,
    tagged: bool,
) -> Own {
    Own { hours, customer, text, escalated, tagged }
}

/// One of each class of the work order, some of them asked before the last week ended. The customers are of Marl,
/// Tallow, Fernlight, Osier and Copperline; the questions are about recordings.
pub(super) const OWN: [Own; 6] = [
    own_ticket(92, 6, 3, true, false),
    own_ticket(86, 3, 4, true, false),
    own_ticket(67, 0, 5, true, false),
    own_ticket(65, 15, 3, false, true),
    own_ticket(21, 28, 5, false, false),
    own_ticket(3, 7, 4, false, false),
];

/// Asks them, and lets first level pass them on.
pub(super) fn own(now: Timestamp, customers: &[Customer], agents: &[Agent]) -> Vec<Scene> {
    let of = |slug: &str| agents.iter().find(|agent| agent.slug == slug);
    let (Some(first), Some(engineer)) = (of("support"), of(TEAM)) else { return Vec::new() };
    let mut scenes = Vec::new();
    for (own, ticket) in OWN.iter().zip(TICKETS..) {
        let asked = now - SignedDuration::from_hours(own.hours);
        let (agent, team) = (first.id, engineer.team);
        let Some(requester) = customers.get(own.customer).map(|customer| customer.id) else {
            continue;
        };
        let area = Some(words::QUESTIONS[own.text].area.to_owned());
        let ask = What::Ask {
            requester,
            text: own.text,
            area,
            severity: None,
            kind: Kind::Bug,
            channel: Channel::App,
        };
        let passed =
            if own.escalated { What::Escalate { agent, team } } else { What::Move { agent, team } };
        let later =
            |minutes, what| Scene { at: asked + SignedDuration::from_mins(minutes), ticket, what };
        scenes.extend([later(0, ask), later(12, passed)]);
        if let Some(friend) = of("success").filter(|_| own.tagged) {
            scenes.push(later(30, What::Tag { agent: friend.id }));
        }
    }
    scenes
}

/// Of what came lately, half of what first level would answer waits with the engineers of the product, so that their
/// heroes have something to do.
pub(super) fn passed_on(
    ticket: usize,
    asked: Timestamp,
    now: Timestamp,
    agent: UserId,
    engineer: &Agent,
) -> Option<Scene> {
    let is_young = now.duration_since(asked) < SignedDuration::from_hours(96);
    let team = engineer.team;
    let what = match ticket % 4 {
        0 => What::Escalate { agent, team },
        2 => What::Move { agent, team },
        _ => return None,
    };
    let at = asked + SignedDuration::from_mins(10);
    is_young.then_some(Scene { at, ticket, what })
}

/// On Friday evenings heroes say what they leave. (ROT-07)
pub(super) fn evenings(now: Timestamp, handbook: &Handbook) -> Vec<Scene> {
    let zone = handbook.company_calendar().zone();
    let hours =
        (0..DAYS * 24).filter_map(|hour| now.checked_sub(SignedDuration::from_hours(hour)).ok());
    let is_evening = |at: &Timestamp| {
        let local = zone.to_datetime(*at);
        local.weekday() == Weekday::Friday && local.hour() == 21
    };
    hours.filter(is_evening).map(|at| Scene { at, ticket: 0, what: What::Words }).collect()
}

/// Each hero says something about the first tickets on their sheet, and nothing about the others.
pub(super) async fn leave_words(desk: &Desk, ctx: Ctx) -> anyhow::Result<()> {
    let handbook = desk.handbook();
    let change = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        for team in handbook.teams.iter().filter(|team| team.hero.is_some()) {
            let zone = handbook.calendar(&team.slug).zone();
            let today = zone.to_datetime(ctx.now).date();
            let sheet = match desk::handovers::read(tx, ctx, &team.slug, today) {
                Ok(sheet) => sheet,
                Err(desk::Error::NotFound) => continue,
                Err(error) => return Err(error),
            };
            let hero = sheet.handover.from.map(|id| Actor::Person { id, role: Role::Agent });
            let (Some(hero), Some(_)) = (hero, sheet.handover.drawn_at) else { continue };
            let ctx = ctx.acting_as(hero);
            let until = today.checked_add(Span::new().days(5)).ok();
            for (entry, (mark, word)) in sheet.entries.iter().zip(words::WORDS) {
                let until = until.filter(|_| *mark == Mark::Waiting);
                let marking = Marking { mark: Some(*mark), until, word: (*word).to_owned() };
                let ticket = entry.line.ticket;
                desk::handovers::mark(tx, &ctx, &team.slug, today, ticket, &marking)?;
            }
        }
        Ok(())
    };
    Ok(desk.write(ctx, change).await?)
}
