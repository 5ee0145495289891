//! A run from the first day to the last.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use jiff::SignedDuration;
use sha2::Digest as _;

use super::broken::{Broken, Stop};
use super::machine::Machine;
use super::outside::Outside;
use super::world::{Planned, World};
use crate::Engine;

/// How much of a day is lived in one transaction.
const STRETCH: SignedDuration = SignedDuration::from_hours(1);
/// Of two hundred requests so many come in each hour: most by day.
const SHARES: [u64; 24] =
    [2, 2, 2, 2, 2, 2, 4, 6, 12, 18, 18, 16, 12, 14, 16, 16, 14, 10, 8, 6, 6, 6, 4, 2];
/// How long the company goes on without new requests, so that what was begun comes to its end.
const LAST_DAYS: i64 = 60;

/// What to simulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Everything follows from it.
    pub seed: u64,
    /// How many days there are new requests.
    pub days: i64,
    /// How many tickets begin on a working day, more or less.
    pub tickets_per_day: u64,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The digest of the event log: the same for the same options, whatever the engine.
    pub hash: String,
    /// How many tickets began.
    pub tickets: u64,
    /// How many inputs and wake-ups there were.
    pub steps: u64,
    /// How often each was done.
    pub tally: BTreeMap<String, u64>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} tickets, {} steps, log {}", self.tickets, self.steps, self.hash)?;
        for (what, times) in &self.tally {
            writeln!(f, "{times:>9}  {what}")?;
        }
        Ok(())
    }
}

/// Lives through a run on an engine.
///
/// # Errors
///
/// The first promise that was broken.
///
/// # Panics
///
/// When there is no place for a database.
pub fn simulate(engine: Engine, options: &Options) -> Result<Report, Box<Broken>> {
    let mut machine = Machine::new(engine);
    let mut run = match Run::begin(&mut machine, options) {
        Ok(run) => run,
        Err(stop) => return Err(Box::new(told(options, None, stop))),
    };
    match run.live() {
        Ok(()) => Ok(run.report()),
        Err(stop) => Err(Box::new(told(options, run.world.as_ref(), stop))),
    }
}

fn told(options: &Options, world: Option<&World>, stop: Stop) -> Broken {
    let wrong = match stop {
        Stop::Broken(mut broken) => {
            broken.seed = options.seed;
            return *broken;
        }
        Stop::Failed(error) => format!("it failed: {error}: {error:?}"),
        Stop::Crash => "a crash was not lived through".to_owned(),
    };
    Broken {
        seed: options.seed,
        step: world.map_or(0, |world| world.steps),
        at: world.map(|world| world.now.to_string()).unwrap_or_default(),
        asked: world.map(|world| world.doing.clone()).unwrap_or_default(),
        wrong,
        log: Vec::new(),
    }
}

struct Run<'m> {
    machine: &'m mut Machine,
    world: Option<World>,
    outside: Outside,
    options: Options,
}

impl<'m> Run<'m> {
    fn begin(machine: &'m mut Machine, options: &Options) -> Result<Self, Stop> {
        let start = jiff::Timestamp::UNIX_EPOCH;
        let store = machine.store(start)?;
        let world = World::found(&store, options.seed, options.days + LAST_DAYS)?;
        let outside = Outside::new(options.seed ^ 2);
        Ok(Self { machine, world: Some(world), outside, options: options.clone() })
    }

    fn live(&mut self) -> Result<(), Stop> {
        for day in 0..self.options.days + LAST_DAYS {
            for share in SHARES {
                self.stretch(day, share)?;
            }
            self.within(World::look_at_all)?;
            self.within(|_, tx| World::add_up(tx))?;
            self.perhaps_stand_still(day)?;
        }
        self.within(World::nothing_is_left)?;
        self.within(World::reports_agree)
    }

    /// The world, which is always there between two parts of its life.
    fn world(&mut self) -> &mut World {
        self.world.as_mut().expect("the world is back after each part of its life")
    }

    fn within<T: Send + 'static>(
        &mut self,
        part: impl FnOnce(&mut World, &mut store::Tx<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        let world = self.world.take().expect("the world is back after each part of its life");
        let (world, outcome) = self.machine.live(world, part);
        self.world = Some(world);
        outcome
    }

    /// Some hours: everything planned for them happens, and what is to leave leaves.
    fn stretch(&mut self, day: i64, share: u64) -> Result<(), Stop> {
        let is_last = day >= self.options.days;
        // Few write at the weekend. What is expected is a fraction of a request, so the dice round it.
        let weekend = if day % 7 >= 5 { 4 } else { 1 };
        let parts = self.options.tickets_per_day * share * 2 / weekend;
        let most = parts / 200 + u64::from(self.world().dice.roll(200) < parts % 200);
        let crashes = self.world().dice.of_thousand(5);
        let saved = crashes.then(|| self.world().clone());
        let lived = self.within(move |world, tx| {
            if !is_last {
                world.plan_requests(STRETCH, most);
            }
            world.live(tx, STRETCH)?;
            let claimed = world.claim(tx)?;
            if crashes { Err(Stop::Crash) } else { Ok(claimed) }
        });
        match (lived, saved) {
            (Ok(claimed), _) => self.send(claimed),
            (Err(Stop::Crash), Some(saved)) => {
                self.machine.go_down();
                let world = self.world.insert(saved);
                let lost = std::mem::take(&mut world.unrecorded);
                self.outside.forgotten(&lost);
                world.refused.clear();
                // The same people come again, and not all of them do the same.
                world.dice.roll(2);
                *world.tally.entry("crash").or_default() += 1;
                Ok(())
            }
            (Err(stop), _) => Err(stop),
        }
    }

    fn send(&mut self, claimed: Vec<store::outbox::Queued>) -> Result<(), Stop> {
        let world = self.world.as_mut().expect("the world is back after each part of its life");
        let Err((number, wrong)) = world.deliver(&mut self.outside, claimed) else { return Ok(()) };
        self.within(move |world, tx| Err(world.broken(tx, number, wrong)))
    }

    /// The machine is off for hours or for a month; mails wait, and people try again later.
    fn perhaps_stand_still(&mut self, day: i64) -> Result<(), Stop> {
        let end = self.options.days + LAST_DAYS;
        let world = self.world();
        let (is_short, is_long) = (world.dice.of_thousand(30), world.dice.of_thousand(4));
        if day + 40 > end || !(is_short || is_long) {
            return Ok(());
        }
        let hours = if is_long { world.dice.between(200, 800) } else { world.dice.between(1, 60) };
        let lost = std::mem::take(&mut world.unrecorded);
        world.refused.clear();
        world.now += SignedDuration::from_hours(hours);
        let now = world.now;
        *world.tally.entry("standstill").or_default() += 1;
        while let Some(entry) = world.plans.first_entry().filter(|entry| entry.key().0 < now) {
            let planned = entry.remove();
            let after = SignedDuration::from_micros(world.dice.between(0, 3_600_000_000));
            world.plan(now + after, planned);
        }
        let worker_first = world.dice.of_thousand(500);
        self.outside.forgotten(&lost);
        self.machine.go_down();
        if worker_first {
            self.work(now)?;
        }
        Ok(())
    }

    /// The product's own worker does what is due.
    fn work(&mut self, until: jiff::Timestamp) -> Result<(), Stop> {
        let world = self.world.as_mut().expect("the world is back after each part of its life");
        world.doing = format!("the worker wakes everything due by {until}");
        self.machine.work(world, until)?;
        self.within(move |world, tx| {
            let due: Vec<usize> = world
                .live
                .iter()
                .copied()
                .filter(|number| world.threads[*number].case.next().is_some_and(|at| at <= until))
                .collect();
            for number in due {
                world.step("wake-up by the worker", format!("the worker wakes it by {until}"));
                world.caught_up(tx, number, until)?;
            }
            world.look_at_all(tx)
        })
    }

    fn report(mut self) -> Report {
        let repeated = self.outside.repeated;
        let world = self.world();
        let mut tally: BTreeMap<String, u64> =
            world.tally.iter().map(|(what, times)| ((*what).to_owned(), *times)).collect();
        tally.insert("letter repeated after a crash".to_owned(), repeated);
        let hash = world.log.clone().finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        Report { hash, tickets: world.threads.len() as u64, steps: world.steps, tally }
    }
}

impl World {
    /// Lives through a stretch of time.
    fn live(&mut self, tx: &mut store::Tx<'_>, span: SignedDuration) -> Result<(), Stop> {
        let until = self.now + span;
        if self.dice.of_thousand(15) {
            self.plan_within(span, Planned::PlanChange);
        }
        if self.dice.of_thousand(3) {
            self.plan_within(span, Planned::HandbookChange);
        }
        self.record(tx)?;
        // The worker may be behind: then people come before what is due on their ticket.
        let is_behind = self.dice.of_thousand(300);
        while let Some(entry) = self.plans.first_entry().filter(|entry| entry.key().0 <= until) {
            self.now = self.now.max(entry.key().0);
            let planned = entry.remove();
            if !is_behind {
                self.wake(tx, self.now)?;
            }
            self.perform(tx, planned)?;
        }
        self.now = until;
        self.wake(tx, until)
    }

    fn plan_within(&mut self, span: SignedDuration, planned: Planned) {
        let most = i64::try_from(span.as_micros()).unwrap_or_default();
        let after = SignedDuration::from_micros(self.dice.between(0, most));
        self.plan(self.now + after, planned);
    }
}
