//! The sample company: people, organizations on every plan, and some weeks of tickets, told through the use cases.
//!
//! Everything is drawn from a fixed seed and dated back from the demo's clock, so that two demos tell the same story.

mod heroes;
mod macros;
mod mailbox;
mod people;
mod questions;
mod words;

use desk::mailbox::Arrival;
use desk::surveys;
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Update, open, update};
use desk::{Ctx, Desk};
use domain::{
    Actor, Cause, Channel, Claimed, Kind, Rating, Role, Severity, Status, TeamId, TicketId, UserId,
};
use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};

/// The team whose hero a newcomer first looks through the eyes of.
pub(super) const TEAM: &str = "replay";
/// How many tickets the story has.
const TICKETS: usize = 240;
/// Over how many days it runs.
const DAYS: i64 = 35;

/// Fills an empty desk; one that has tickets is left alone.
pub(super) async fn fill(desk: &Desk) -> anyhow::Result<()> {
    let counter = desk.clone();
    let ctx = desk.ctx(Actor::System, Channel::System);
    if desk.read(ctx.clone(), move |tx, _| counter.count_tickets(tx)).await? > 0 {
        return Ok(());
    }
    let begin = begin(ctx.now)?;
    let customers = desk.write(ctx.at(begin), words::people).await?;
    let agents = desk.read(ctx.clone(), |tx, ctx| words::agents(tx, &ctx.handbook)).await?;
    let mut story = story(ctx.now, &ctx.handbook, &customers, &agents);
    story.sort_by_key(|scene| scene.at);
    let mut numbers: Vec<Option<TicketId>> = vec![None; TICKETS + heroes::OWN.len()];
    for scene in story {
        jobs::wake_until(desk, scene.at).await?;
        play(desk, &ctx, scene, &mut numbers).await?;
    }
    jobs::wake_until(desk, ctx.now).await?;
    desk.write(ctx.clone(), words::views).await?;
    desk.write(ctx.clone(), macros::keep).await?;
    desk.write(ctx.clone(), questions::publish).await?;
    desk.write(ctx.clone(), mailbox::fetch).await?;
    for raw in words::LETTERS {
        let message = mail::parse(raw.as_bytes());
        let incoming = desk.incoming(raw.into(), message, mail::Trust::default()).await?;
        let ctx = Ctx { via: Channel::Email, ..ctx.clone() };
        let arrival = Arrival::handed_in(&ctx.handbook.company.from, ctx.now);
        desk.write(ctx, move |tx, ctx| desk::mailbox::receive(tx, ctx, &arrival, &incoming))
            .await?;
    }
    people::tell(desk, &ctx).await
}

/// When the story begins.
pub(super) fn begin(now: Timestamp) -> anyhow::Result<Timestamp> {
    Ok(now.checked_sub(SignedDuration::from_hours(24 * (DAYS + 1)))?)
}

/// Somebody who asks.
pub(super) struct Customer {
    pub(super) id: UserId,
}

/// Somebody who answers.
pub(super) struct Agent {
    pub(super) id: UserId,
    pub(super) team: TeamId,
    pub(super) slug: String,
}

/// Something that happens at an instant.
struct Scene {
    at: Timestamp,
    ticket: usize,
    what: What,
}

enum What {
    Ask {
        requester: UserId,
        text: usize,
        area: Option<String>,
        severity: Option<Severity>,
        kind: Kind,
        channel: Channel,
    },
    Answer {
        agent: UserId,
        text: usize,
        then: Option<Status>,
    },
    Note {
        agent: UserId,
        text: usize,
    },
    Write {
        requester: UserId,
        text: usize,
    },
    Take {
        agent: UserId,
    },
    Solve {
        agent: UserId,
        cause: Cause,
    },
    Hold {
        agent: UserId,
    },
    Escalate {
        agent: UserId,
        team: TeamId,
    },
    Move {
        agent: UserId,
        team: TeamId,
    },
    Tag {
        agent: UserId,
    },
    /// The heroes say a word about what they will leave. (ROT-07)
    Words,
    Rate {
        rating: Rating,
        words: &'static str,
    },
}

/// A small generator with a fixed seed: the same story every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        let index = self.roll(list.len() as u64);
        &list[usize::try_from(index).unwrap_or(0)]
    }

    fn index(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll(sides as u64)).unwrap_or(0)
    }

    fn minutes(&mut self, from: i64, to: i64) -> SignedDuration {
        let width = u64::try_from(to - from).unwrap_or(1);
        SignedDuration::from_mins(from + i64::try_from(self.roll(width)).unwrap_or(0))
    }
}

fn story(
    now: Timestamp,
    handbook: &Handbook,
    customers: &[Customer],
    agents: &[Agent],
) -> Vec<Scene> {
    let mut dice = Dice(2026);
    let mut scenes = Vec::new();
    let areas: Vec<&str> = handbook.areas.iter().map(|area| area.slug.as_str()).collect();
    for ticket in 0..TICKETS {
        // More and more towards the present, so that the queue is full today.
        let age = if ticket % 5 == 0 {
            dice.minutes(5, 60 * 24 * 2)
        } else {
            dice.minutes(60, 60 * 24 * DAYS)
        };
        let asked = now - age;
        let requester = dice.pick(customers).id;
        let text = dice.index(words::QUESTIONS.len());
        let wanted = words::QUESTIONS[text].area;
        let area = areas.iter().find(|area| **area == wanted).map(|area| (*area).to_owned());
        let severity = match dice.roll(10) {
            0 => Some(Severity::Critical),
            1 | 2 => Some(Severity::High),
            3..=5 => Some(Severity::Medium),
            6 => Some(Severity::Low),
            _ => None,
        };
        let channel =
            *dice.pick(&[Channel::App, Channel::App, Channel::Email, Channel::Web, Channel::Api]);
        let kind = words::QUESTIONS[text].kind;
        let first = handbook.route(area.as_deref()).team;
        scenes.push(Scene {
            at: asked,
            ticket,
            what: What::Ask { requester, text, area: area.clone(), severity, kind, channel },
        });
        let team: Vec<&Agent> = agents.iter().filter(|agent| agent.slug == first).collect();
        if team.is_empty() {
            continue;
        }
        let agent = dice.pick(&team).id;
        // First level escalates to the team of the product, anybody else to whoever comes next.
        let product = handbook.route(area.as_deref()).product_team.filter(|slug| *slug != first);
        let engineer = agents.iter().find(|agent| Some(&agent.slug) == product.as_ref());
        if let Some(scene) =
            engineer.and_then(|engineer| heroes::passed_on(ticket, asked, now, agent, engineer))
        {
            scenes.push(scene);
            continue;
        }
        let other = engineer.or(agents.iter().find(|agent| agent.slug != first));
        continue_story(&mut dice, &mut scenes, now, asked, ticket, text, agent, requester, other);
        scenes.extend(scenes.last().and_then(|last| rated(last, now)));
    }
    scenes.extend(heroes::own(now, customers, agents));
    scenes.extend(heroes::evenings(now, handbook));
    scenes.retain(|scene| scene.at < now);
    scenes
}

/// Of two who are asked how the help was one answers, some hours or a day later.
fn rated(last: &Scene, now: Timestamp) -> Option<Scene> {
    let What::Solve { .. } = last.what else { return None };
    // Dice of its own, so that the rest of the story stays as it is.
    let mut mood = Dice(last.ticket as u64 * 7919);
    mood.roll(2);
    let (rating, words) = *mood.pick(&words::RATINGS);
    let at = last.at + SignedDuration::from_hours(72) + mood.minutes(5, 60 * 30);
    let rating = Rating::try_from(rating).ok().filter(|_| mood.roll(2) == 0 && at < now)?;
    Some(Scene { at, ticket: last.ticket, what: What::Rate { rating, words } })
}

#[expect(clippy::too_many_arguments, reason = "one scene after another, all about the same ticket")]
fn continue_story(
    dice: &mut Dice,
    scenes: &mut Vec<Scene>,
    now: Timestamp,
    asked: Timestamp,
    ticket: usize,
    text: usize,
    agent: UserId,
    requester: UserId,
    other: Option<&Agent>,
) {
    let slow = dice.roll(8) == 0;
    let mut at = asked + dice.minutes(20, if slow { 60 * 60 } else { 60 * 8 });
    let mut add = |at: Timestamp, what: What| {
        if at < now {
            scenes.push(Scene { at, ticket, what });
        }
    };
    let ending = dice.roll(12);
    // What is older than some days was ended by somebody: only the last days are open.
    let is_old = now.duration_since(asked) > SignedDuration::from_hours(24 * 4);
    if ending == 0 && !is_old {
        return;
    }
    if dice.roll(4) == 0 {
        add(at, What::Take { agent });
        at += dice.minutes(1, 30);
    }
    if dice.roll(4) == 0 {
        add(at, What::Note { agent, text });
        at += dice.minutes(1, 60);
    }
    if ending == 1
        && let Some(other) = other
    {
        add(at, What::Escalate { agent, team: other.team });
        if is_old {
            add(
                at + dice.minutes(60 * 5, 60 * 40),
                What::Answer { agent: other.id, text, then: Some(Status::Pending) },
            );
        }
        return;
    }
    let then = if dice.roll(2) == 0 { Some(Status::Pending) } else { None };
    add(at, What::Answer { agent, text, then });
    at += dice.minutes(30, 60 * 30);
    match ending {
        2..=5 => {
            add(at, What::Write { requester, text });
            at += dice.minutes(30, 60 * 16);
            if is_old || ending > 3 {
                add(at, What::Answer { agent, text, then: None });
                at += dice.minutes(30, 60 * 26);
                add(at, What::Solve { agent, cause: Cause::Confirmed });
            }
        }
        6 => add(at, What::Hold { agent }),
        7..=10 => add(at, What::Solve { agent, cause: Cause::Answered }),
        _ if is_old => add(at, What::Solve { agent, cause: Cause::Answered }),
        _ => {}
    }
}

async fn play(
    desk: &Desk,
    ctx: &Ctx,
    scene: Scene,
    numbers: &mut [Option<TicketId>],
) -> anyhow::Result<()> {
    let at = scene.at;
    let person =
        |id, role| Ctx { via: Channel::Web, ..ctx.at(at).acting_as(Actor::Person { id, role }) };
    let number = numbers[scene.ticket];
    let change = |body: Option<(Body, bool)>, status| Update {
        comment: body.map(|(body, public)| Reply {
            body,
            public: Some(public),
            author: None,
            details: None,
        }),
        status,
        ..Update::default()
    };
    let (actor, change) = match scene.what {
        What::Ask { requester, text, area, severity, kind, channel } => {
            let question = &words::QUESTIONS[text];
            let mut new = NewTicket::request(
                Person::Known(requester),
                question.subject,
                Body::plain(question.body),
                channel,
            );
            new.area = area;
            new.severity = severity;
            new.kind = Some(kind);
            if channel == Channel::App {
                new.claimed = Some(Claimed { verified: true, ..Claimed::default() });
                new.context = desk::sent_along::cut(&words::sent_along(scene.ticket));
            }
            let ctx = Ctx { via: channel, ..person(requester, Role::EndUser) };
            let done = desk.write(ctx, move |tx, ctx| open(tx, ctx, &new)).await?;
            numbers[scene.ticket] = Some(done.stored.ticket.id);
            return Ok(());
        }
        What::Answer { agent, text, then } => (
            person(agent, Role::Agent),
            change(Some((Body::markdown(words::answer(text)), true)), then),
        ),
        What::Note { agent, text } => (
            person(agent, Role::Agent),
            change(Some((Body::markdown(words::note(text)), false)), None),
        ),
        What::Write { requester, text } => (
            person(requester, Role::EndUser),
            change(Some((Body::plain(words::follow_up(text)), true)), None),
        ),
        What::Words => return heroes::leave_words(desk, ctx.at(at)).await,
        What::Move { agent, team } => {
            (person(agent, Role::Agent), Update { team: Some(team), ..Update::default() })
        }
        What::Tag { agent } => (
            person(agent, Role::Agent),
            Update { add_tags: vec!["cs".to_owned()], ..Update::default() },
        ),
        What::Take { agent } => (
            person(agent, Role::Agent),
            Update { assignee: Some(Some(agent)), ..Update::default() },
        ),
        What::Solve { agent, cause } => (
            person(agent, Role::Agent),
            Update { cause: Some(cause), ..change(None, Some(Status::Solved)) },
        ),
        What::Hold { agent } => {
            let hold_until = Some(at + SignedDuration::from_hours(24 * 12));
            (person(agent, Role::Agent), Update { hold_until, ..change(None, Some(Status::Hold)) })
        }
        What::Escalate { agent, team } => {
            return escalate(desk, person(agent, Role::Agent), number, team).await;
        }
        What::Rate { rating, words } => {
            let ctx = person(UserId(0), Role::EndUser);
            return rate(desk, ctx, number, rating, words).await;
        }
    };
    let Some(id) = number else { return Ok(()) };
    tolerate(desk.write(actor, move |tx, ctx| update(tx, ctx, id, &change)).await.map(|_| ()))
}

async fn escalate(
    desk: &Desk,
    ctx: Ctx,
    number: Option<TicketId>,
    team: TeamId,
) -> anyhow::Result<()> {
    let Some(id) = number else { return Ok(()) };
    let note = Body::markdown(words::ESCALATION);
    let outcome = desk
        .write(ctx, move |tx, ctx| desk::tickets::escalate(tx, ctx, id, team, &note, true))
        .await;
    tolerate(outcome.map(|_| ()))
}

/// Who was not asked, because it was reopened or nobody had answered, says nothing.
async fn rate(
    desk: &Desk,
    ctx: Ctx,
    number: Option<TicketId>,
    rating: Rating,
    words: &'static str,
) -> anyhow::Result<()> {
    let Some(id) = number else { return Ok(()) };
    let said = desk
        .write(ctx, move |tx, ctx| match surveys::link(tx, id)? {
            Some(link) => surveys::answer(tx, ctx, &link, rating, words).map(|_| ()),
            None => Ok(()),
        })
        .await;
    tolerate(said)
}

/// A scene that the rules refuse (it was solved meanwhile, it is closed) is left out of the story.
fn tolerate(outcome: Result<(), desk::Error>) -> anyhow::Result<()> {
    match outcome {
        Ok(()) | Err(desk::Error::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
