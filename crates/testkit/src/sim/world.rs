//! The simulated company between two instants: who there is, what is planned, and what each ticket should be by now.
//!
//! A world can be copied. Before a crash that copy is all that is kept, as the database keeps what was committed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use desk::{Ctx, Error, Secrets};
use domain::{Actor, Channel, DeliveryId, OrganizationId, Role, TeamId, Ticket, TicketId, UserId};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use store::Tx;

use super::broken::Stop;
use super::dice::Dice;
use super::mails::{Arrived, Post};
use super::model::{Case, No, Rules};
use super::policy::{Plan, Policy};

/// Somebody who may ask.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub(super) email: String,
    pub(super) organization: Option<usize>,
}

/// An organization and what it pays.
#[derive(Clone, Debug)]
pub(super) struct Organization {
    pub(super) id: OrganizationId,
    pub(super) plan: Plan,
}

/// One of us.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    pub(super) id: UserId,
    pub(super) email: &'static str,
    /// Their own first.
    pub(super) teams: Vec<usize>,
}

/// A ticket: what the product made of it, and what must be true of it.
#[derive(Clone, Debug)]
pub(super) struct Thread {
    pub(super) id: TicketId,
    pub(super) case: Case,
    /// The fold of everything seen in its log; none once it is closed and nothing is expected of it any more.
    pub(super) ticket: Option<Box<Ticket>>,
    /// How many of its events were seen.
    pub(super) seen: i64,
    /// Who asked, by address.
    pub(super) email: String,
    /// Who is copied in.
    pub(super) copied: Option<usize>,
    /// The Message-ID it began with, if it began with a mail.
    pub(super) began_with: Option<String>,
    /// How often somebody will still turn to it.
    pub(super) turns: i64,
}

/// Something that will be done at an instant.
#[derive(Clone, Debug)]
pub(super) enum Planned {
    /// A new request by form, API or mail, or one of ours.
    Begin,
    /// The customer of a ticket writes.
    Customer(usize),
    /// An agent turns to a ticket.
    Agent(usize),
    /// A mail arrives.
    Mail(Box<Post>),
    /// A mail arrives once more.
    Again(usize),
    /// An organization pays more or less.
    PlanChange,
    /// Another handbook is put in force.
    HandbookChange,
}

/// See the module's head.
#[derive(Clone)]
pub(super) struct World {
    pub(super) dice: Dice,
    pub(super) now: Timestamp,
    pub(super) policies: Arc<Vec<Arc<Policy>>>,
    pub(super) policy: usize,
    pub(super) customers: Arc<Vec<Customer>>,
    pub(super) organizations: Vec<Organization>,
    pub(super) agents: Arc<Vec<Agent>>,
    pub(super) teams: Arc<Vec<TeamId>>,
    pub(super) secrets: Arc<Secrets>,
    pub(super) threads: Vec<Thread>,
    pub(super) numbers: BTreeMap<TicketId, usize>,
    /// Those that may still change.
    pub(super) live: BTreeSet<usize>,
    pub(super) plans: BTreeMap<(Timestamp, u64), Planned>,
    /// Counts whatever needs a name of its own.
    pub(super) count: u64,
    /// Mails that came and will come again.
    pub(super) arrived: Vec<Arrived>,
    /// What was touched since the last look at the whole.
    pub(super) touched: BTreeSet<usize>,
    /// What left and is not recorded yet.
    pub(super) unrecorded: Vec<DeliveryId>,
    /// The last letter of each ticket, by which it can be answered.
    pub(super) outbound: BTreeMap<usize, super::outside::Envelope>,
    /// What the other side has not taken yet.
    pub(super) refused: Vec<store::outbox::Queued>,
    pub(super) log: Sha256,
    /// What was done, by name.
    pub(super) tally: BTreeMap<&'static str, u64>,
    /// The input under way, for whoever reads a failure.
    pub(super) doing: String,
    pub(super) steps: u64,
}

impl World {
    /// The handbook in force.
    pub(super) fn policy(&self) -> Arc<Policy> {
        self.policies[self.policy].clone()
    }

    /// The circumstances of a command.
    pub(super) fn ctx(&self, actor: Actor, via: Channel) -> Ctx {
        Ctx {
            actor,
            now: self.now,
            clock: self.now,
            via,
            handbook: self.policies[self.policy].handbook.clone(),
            secrets: self.secrets.clone(),
            base_url: "http://desk.test".into(),
            outside: None,
            demo: true,
            pressed_by: None,
        }
    }

    pub(super) fn person(&self, id: UserId, role: Role, via: Channel) -> Ctx {
        self.ctx(Actor::Person { id, role }, via)
    }

    /// What an organization pays; nobody pays nothing.
    pub(super) fn plan_of(&self, organization: Option<usize>) -> Plan {
        organization.map(|place| self.organizations[place].plan.clone()).unwrap_or_default()
    }

    /// Begins a step: one input, or one wake-up.
    pub(super) fn step(&mut self, what: &'static str, doing: String) {
        self.steps += 1;
        *self.tally.entry(what).or_default() += 1;
        self.doing = doing;
    }

    /// A number nobody has had.
    pub(super) fn fresh(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Plans something.
    pub(super) fn plan(&mut self, at: Timestamp, planned: Planned) {
        let count = self.fresh();
        self.plans.insert((at.max(self.now), count), planned);
    }

    /// Plans something about a ticket: after a while, or at the very instant at which something falls due.
    pub(super) fn plan_about(&mut self, number: usize, planned: Planned, after: SignedDuration) {
        let mut at = self.now + after;
        if self.dice.of_thousand(80) {
            let timers = self.threads[number].case.timers();
            if !timers.is_empty() {
                let off = SignedDuration::from_micros(self.dice.between(-1, 1));
                at = self.dice.pick(&timers).0 + off;
            }
        }
        self.plan(at, planned);
    }

    /// Asks something of a ticket and of its case, and holds one against the other. Says whether it was allowed.
    pub(super) fn ask_of(
        &mut self,
        tx: &mut Tx<'_>,
        number: usize,
        ctx: &Ctx,
        call: impl FnOnce(&mut Tx<'_>, &Ctx, TicketId) -> Result<(), Error>,
        expect: impl FnOnce(&mut Case, &Rules<'_>) -> Result<(), No>,
    ) -> Result<bool, Stop> {
        let id = self.threads[number].id;
        let outcome = tx.attempt(|tx| call(tx, ctx, id));
        let policy = self.policy();
        let mut case = self.threads[number].case.clone();
        let plan = self.plan_of(case.organization);
        let rules = Rules { policy: &policy, plan, now: self.now };
        case.advance(&rules, self.now);
        let expected = expect(&mut case, &rules);
        match (outcome, expected) {
            (Ok(()), Ok(())) => {
                self.threads[number].case = case;
                self.compare(tx, number)?;
                Ok(true)
            }
            (
                Err(Error::Refused(_) | Error::Invalid(_) | Error::Conflict(_) | Error::NotFound),
                Err(No),
            ) => Ok(false),
            (Ok(()), Err(No)) => {
                Err(self.broken(tx, Some(number), "it was allowed, and must not be".to_owned()))
            }
            (Err(error), _) => {
                let why = format!("it was refused, and must not be: {error} ({error:?})");
                Err(self.broken(tx, Some(number), why))
            }
        }
    }

    /// A ticket that just began.
    pub(super) fn begin(
        &mut self,
        tx: &mut Tx<'_>,
        id: TicketId,
        mut thread: Thread,
        open: impl FnOnce(&mut Case, &Rules<'_>),
    ) -> Result<usize, Stop> {
        let policy = self.policy();
        let plan = self.plan_of(thread.case.organization);
        open(&mut thread.case, &Rules { policy: &policy, plan, now: self.now });
        let number = self.threads.len();
        if self.numbers.insert(id, number).is_some() {
            return Err(self.broken(tx, None, format!("the number {id} was given twice")));
        }
        self.threads.push(thread);
        self.live.insert(number);
        self.compare(tx, number)?;
        let after = self.delay();
        self.plan_about(number, Planned::Agent(number), after);
        if self.dice.of_thousand(150) {
            let after = self.delay();
            self.plan_about(number, Planned::Customer(number), after);
        }
        Ok(number)
    }

    /// How long somebody takes.
    pub(super) fn delay(&mut self) -> SignedDuration {
        let minutes = match self.dice.roll(100) {
            0..50 => self.dice.between(1, 300),
            50..80 => self.dice.between(240, 1500),
            80..93 => self.dice.between(1440, 5 * 1440),
            93..99 => self.dice.between(4 * 1440, 9 * 1440),
            _ => self.dice.between(9 * 1440, 26 * 1440),
        };
        SignedDuration::from_micros(minutes * 60_000_000 + self.dice.between(0, 59_999_999))
    }

    /// Everything due by an instant happens, each ticket at its own, in order; people are told in the present.
    pub(super) fn wake(&mut self, tx: &mut Tx<'_>, until: Timestamp) -> Result<(), Stop> {
        while let Some(due) = desk::tickets::due(tx, until, 1)?.into_iter().next() {
            if due.subject_kind != "ticket" {
                let ctx = self.ctx(Actor::System, Channel::System);
                tx.attempt(|tx| desk::tickets::wake_one(tx, &ctx, &due))?;
                continue;
            }
            let id = TicketId(due.subject_id);
            let Some(number) = self.numbers.get(&id).copied() else {
                return Err(self.broken(tx, None, format!("{id} wants to be woken, and is not")));
            };
            self.step("wake-up", format!("wake it at {}", due.due_at));
            let ctx = self.ctx(Actor::System, Channel::System).at(due.due_at);
            tx.attempt(|tx| desk::tickets::wake(tx, &ctx, id))?;
            self.caught_up(tx, number, due.due_at)?;
        }
        Ok(())
    }

    /// A ticket was woken: everything due by then must have happened, and nothing else.
    pub(super) fn caught_up(
        &mut self,
        tx: &mut Tx<'_>,
        number: usize,
        until: Timestamp,
    ) -> Result<(), Stop> {
        let policy = self.policy();
        let plan = self.plan_of(self.threads[number].case.organization);
        let rules = Rules { policy: &policy, plan, now: until };
        let case = &mut self.threads[number].case;
        if case.next().is_none_or(|at| at > until) {
            let next = case.next();
            return Err(self.broken(
                tx,
                Some(number),
                format!("it was woken at {until}, and nothing is due before {next:?}"),
            ));
        }
        case.advance(&rules, until);
        self.compare(tx, number)
    }
}
