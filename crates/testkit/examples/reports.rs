//! Reports over many tickets: `reports -- <database-url> <tickets>`.
//!
//! The log of each ticket is made up and not lived through: five events or more, which the product's own books follow, so
//! that events, facts and sums agree as they would. The events and facts are written many at once, and the sums by the
//! job that writes them always. The table of tickets
//! stays empty: nothing but the subjects of a list is read from it. Two years of weeks, six teams, six areas, three levels, four channels.
//!
//! Prints a line of JSON: how long the slowest report takes over all of it, the slowest over twelve weeks, the slowest list
//! behind a number, and how many facts a second the job adds up.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use desk::Ctx;
use desk::reports::{Ask, Behind, By, Name};
use domain::reports::{Book, Circumstances};
use domain::{
    AuditId, Channel, ClockKind, ClockState, CommentId, Envelope, Event, EventId, Level, Owners,
    Rating, RuleFacts, Status, TeamId, TicketId, UserId,
};
use jiff::{SignedDuration, Timestamp};
use testkit::{Crowd, Failure};

/// Many small things come and go: a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many tickets one transaction writes.
const TOGETHER: i64 = 500;
const WEEK: i64 = 7 * 86_400;
const WEEKS: i64 = 104;
const AREAS: [&str; 6] = ["session_replay", "feature_flags", "billing", "surveys", "cdp", ""];
const PLANS: [&str; 4] = ["", "startups", "ridiculously-cheap", "scale"];
const LANGUAGES: [&str; 5] = ["en", "en", "de", "fr", "ja"];
const CHANNELS: [Channel; 4] = [Channel::Email, Channel::Api, Channel::Web, Channel::App];

#[tokio::main]
#[expect(clippy::print_stderr, reason = "an example says what went wrong")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reports: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "an example says what it found")]
async fn run(arguments: Vec<String>) -> Result<(), Failure> {
    let [url, count] =
        <[String; 2]>::try_from(arguments).map_err(|_| "expected <database-url> <tickets>")?;
    let count: i64 = count.parse()?;
    let crowd = Crowd::gather(&url).await?;
    let desk = crowd.desk();
    let ctx = desk.ctx(domain::Actor::System, Channel::System);
    let teams = desk
        .read(ctx.clone(), |tx, _| {
            Ok(store::teams::names(tx)?.into_iter().map(|one| one.0).collect())
        })
        .await?;
    let maker = Maker { teams, begin: start(&ctx), count };
    let mut events = 0;
    for first in (1..=count).step_by(usize::try_from(TOGETHER)?) {
        let maker = maker.clone();
        let last = (first + TOGETHER - 1).min(count);
        events +=
            desk.write(ctx.clone(), move |tx, ctx| maker.write(tx, ctx, (first, last))).await?;
    }
    let since = Instant::now();
    let mut facts = 0;
    loop {
        let added = desk.write(ctx.clone(), |tx, _| desk::reports::fold(tx, 20_000)).await?;
        facts += added;
        if added == 0 {
            break;
        }
    }
    let folding = since.elapsed();
    let (slowest, usual, list) = read(desk, &ctx).await?;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{}",
        serde_json::json!({
            "events": events,
            "facts": facts,
            "slowest_ms": milliseconds(slowest.0),
            "slowest": slowest.1,
            "twelve_weeks_ms": milliseconds(usual.0),
            "list_ms": milliseconds(list.0),
            "list": list.1,
            "facts_per_second": f64::from(u32::try_from(facts)?) / folding.as_secs_f64(),
        })
    );
    Ok(())
}

/// Two years before the end of this week.
fn start(ctx: &Ctx) -> Timestamp {
    ctx.now - SignedDuration::from_secs((WEEKS - 1) * WEEK)
}

type Slowest = (Duration, String);

/// Every report by everything, over all weeks and over twelve, and the first page of a list.
async fn read(desk: &desk::Desk, ctx: &Ctx) -> Result<(Slowest, Slowest, Slowest), Failure> {
    let (mut slowest, mut usual, mut list) = Default::default();
    for name in Name::ALL {
        for by in By::ALL {
            let nobodys = by == By::Dimension(domain::reports::Dimension::Hero);
            if name == Name::Backlog && nobodys {
                continue;
            }
            for (weeks, worst) in [(WEEKS, &mut slowest), (12, &mut usual)] {
                let ask = Ask { name, weeks, by, level: None };
                let since = Instant::now();
                let report = desk
                    .read(ctx.clone(), move |tx, ctx| desk::reports::report(tx, ctx, ask))
                    .await?;
                note(worst, since.elapsed(), ask);
                if weeks == 12 {
                    continue;
                }
                let measures = name.figures()[0].measures();
                let name = report.groups.last().map(|group| group.name.clone());
                let behind = Behind { ask, measures, name, week: None, after: None, most: 51 };
                let since = Instant::now();
                let asked = behind.clone();
                desk.read(ctx.clone(), move |tx, ctx| desk::reports::behind(tx, ctx, &asked))
                    .await?;
                note(&mut list, since.elapsed(), ask);
            }
        }
    }
    Ok((slowest, usual, list))
}

fn note(worst: &mut Slowest, took: Duration, ask: Ask) {
    if took > worst.0 {
        *worst = (took, format!("{}?{}", ask.name.as_str(), ask.query()));
    }
}

/// Makes up tickets.
#[derive(Clone)]
struct Maker {
    teams: Vec<TeamId>,
    begin: Timestamp,
    count: i64,
}

/// A number that looks like chance and is the same for the same ticket.
fn roll(id: i64, salt: i64, sides: i64) -> i64 {
    let mixed = (id ^ (salt << 40)).cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    i64::try_from((mixed >> 33) % sides.cast_unsigned()).unwrap_or(0)
}

fn pick<T: Copy>(list: &[T], number: i64) -> T {
    list[usize::try_from(number).unwrap_or(0) % list.len()]
}

impl Maker {
    fn write(
        &self,
        tx: &mut store::Tx<'_>,
        ctx: &Ctx,
        (first, last): (i64, i64),
    ) -> Result<i64, desk::Error> {
        let mut envelopes: Vec<Envelope> = Vec::new();
        for id in first..=last {
            let log = self.log(id);
            let seconds =
                |_: TeamId, from: Timestamp, to: Timestamp| to.duration_since(from).as_secs();
            let mut book = Book::default();
            let circumstances = Circumstances {
                zone: ctx.handbook.company_calendar().zone(),
                language: pick(&LANGUAGES, roll(id, 7, 5)),
                open_seconds: &seconds,
            };
            let events = log.iter().map(|(at, event)| (*at, event));
            book.follow(TicketId(id), None, events, &circumstances);
            for fact in &mut book.facts {
                fact.hero = Some(UserId(1 + fact.week.0 % 9));
            }
            store::reports::save(tx, TicketId(id), &Book::default(), &book)?;
            for (place, (at, event)) in (0..).zip(log) {
                envelopes.push(Envelope {
                    id: EventId(1_000_000_000 + id * 16 + place),
                    ticket: TicketId(id),
                    seq: place + 1,
                    audit: AuditId(id * 4 + place / 4),
                    at,
                    actor_kind: "rule".to_owned(),
                    actor_id: "bench".to_owned(),
                    via: Channel::Api,
                    policy: ctx.handbook.version.clone(),
                    event,
                });
            }
        }
        for some in envelopes.chunks(500) {
            store::events::append(tx, some)?;
        }
        Ok(i64::try_from(envelopes.len()).unwrap_or(0))
    }

    /// Asked, routed, answered or late, solved, and now and then escalated, opened again and rated.
    fn log(&self, id: i64) -> Vec<(Timestamp, Event)> {
        let asked = self.begin + SignedDuration::from_secs(WEEKS * WEEK / (self.count + 1) * id);
        let at = |minutes: i64| asked + SignedDuration::from_mins(minutes);
        let team = pick(&self.teams, roll(id, 1, 6));
        let level = pick(&[Level::High, Level::Normal, Level::Low], roll(id, 2, 3));
        let comment = |answer: bool| Event::Commented {
            comment: CommentId(id * 4),
            author: UserId(1),
            public: true,
            answer,
            from_escalation: false,
            ask: !answer,
            arrived_at: None,
            digest: String::new(),
        };
        let status = |from, to| Event::StatusChanged {
            from,
            to,
            cause: None,
            hold_until: None,
            by_admin: false,
            timers: Vec::new(),
        };
        let facts =
            RuleFacts { plan: pick(&PLANS, roll(id, 3, 4)).to_owned(), ..RuleFacts::default() };
        let mut log = vec![
            (
                asked,
                made_up::opened(
                    team,
                    pick(&AREAS, roll(id, 4, 6)),
                    pick(&CHANNELS, roll(id, 5, 4)),
                ),
            ),
            (asked, made_up::decided(level, facts)),
            (asked, comment(false)),
        ];
        let took = 1 + roll(id, 6, 1500);
        if level != Level::Low {
            let due = at(720);
            log.push((asked, made_up::started(ClockKind::First, asked, due, team)));
            if took > 720 {
                log.push((
                    due + SignedDuration::from_micros(1),
                    Event::Breached { due_at: due, team },
                ));
            }
        }
        if roll(id, 8, 12) == 0 {
            log.push((
                at(took),
                made_up::escalated(pick(&self.teams, roll(id, 9, 6)), team, at(took)),
            ));
        }
        log.push((at(took), comment(true)));
        if level != Level::Low {
            let state = if took > 720 { ClockState::Missed } else { ClockState::Met };
            log.push((at(took), Event::ClockStopped { state, reason: String::new() }));
        }
        if roll(id, 10, 200) > 0 {
            log.push((at(took + 60), status(Status::Open, Status::Solved)));
            if roll(id, 11, 3) == 0 {
                let owners = Owners { team, first_line: team, escalated: None };
                log.push((at(took + 4400), Event::SurveyIssued { owners }));
                if roll(id, 12, 3) == 0
                    && let Ok(rating) =
                        Rating::try_from(u8::try_from(1 + roll(id, 13, 5)).unwrap_or(5))
                {
                    log.push((
                        at(took + 5000),
                        Event::SurveyAnswered { rating, owners, digest: None, until: None },
                    ));
                }
            }
        }
        log
    }
}

/// Events that are not told in full.
mod made_up {
    use super::{Channel, ClockKind, Event, Level, RuleFacts, TeamId, Timestamp, UserId};

    pub(super) fn opened(team: TeamId, area: &str, channel: Channel) -> Event {
        Event::Opened(domain::Opened {
            requester: UserId(1),
            submitter: UserId(1),
            organization: None,
            team,
            channel,
            severity: None,
            area: (!area.is_empty()).then(|| area.to_owned()),
            kind: None,
            tags: Vec::new(),
            ccs: Vec::new(),
            internal: false,
            follow_up_of: None,
            claims: None,
            split_from: None,
            arrived_at: None,
            subject_digest: String::new(),
        })
    }

    pub(super) fn decided(level: Level, facts: RuleFacts) -> Event {
        let decision =
            handbook::PriorityDecision { value: level, because: Vec::new(), rules: Vec::new() };
        Event::PriorityDecided { decision, provenance: domain::Provenance::default(), facts }
    }

    pub(super) fn started(
        kind: ClockKind,
        from: Timestamp,
        due_at: Timestamp,
        team: TeamId,
    ) -> Event {
        let calendar = handbook::Calendar::weekdays("UTC").expect("a calendar");
        let target = handbook::Target::parse("1m").expect("a target");
        let (_, walk) = calendar.add(from, &target);
        let clock = domain::Started {
            kind,
            started_at: from,
            due_at,
            target: "12h".to_owned(),
            reason: String::new(),
            team,
            timers: Vec::new(),
            walk,
        };
        Event::ClockStarted { clock }
    }

    pub(super) fn escalated(team: TeamId, from: TeamId, since: Timestamp) -> Event {
        Event::Escalated { team, from, since, owed: false, note: domain::CommentId(1) }
    }
}
