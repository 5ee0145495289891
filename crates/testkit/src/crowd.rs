//! A crowd of customers over any database, for measuring: some with an organization, all with questions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use channels::Transport;
use channels::smtp::Capture;
use desk::mailbox::{Arrival, Received};
use desk::organizations::Input;
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Update};
use desk::{Clock, Ctx, Desk, Error, Secrets, Settings, Store};
use domain::{Actor, Channel, Role, Severity, Status, TicketId, UserId};
use handbook::Handbook;
use jiff::SignedDuration;
use jobs::Worker;
use serde_json::{Map, Value};

use crate::Engine;
use crate::trial::desk_error;

/// How many customers take turns.
const CUSTOMERS: u64 = 200;
/// Every so many customers share an organization.
const ORGANIZATIONS: u64 = 10;

/// What a run could not do.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A desk with customers who ask and an agent who answers.
pub struct Crowd {
    desk: Desk,
    customers: Vec<UserId>,
    agent: UserId,
    turn: AtomicU64,
}

impl Crowd {
    /// Opens a database under the sample handbook and makes its customers known.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn gather(url: &str) -> Result<Arc<Self>, Failure> {
        Self::gather_under(url, Clock::System).await
    }

    /// The same under another clock.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn gather_under(url: &str, clock: Clock) -> Result<Arc<Self>, Failure> {
        let store = Store::open(url, &store::Options::default())?;
        let sample = Handbook::parse(Handbook::sample())?;
        let base = Ctx::starting(clock.now(), sample);
        let handbook = store
            .write(move |tx| {
                desk::handbooks::start(tx, &base, Handbook::sample()).map_err(desk_error)
            })
            .await?;
        let settings =
            Settings { public_url: "http://127.0.0.1".into(), demo: true, from_monday: false };
        let blobs = desk::Blobs::at(std::env::temp_dir().join("answerable-crowd.files"));
        let desk = Desk::new((store, blobs), clock, Secrets::fresh(), handbook, settings);
        let (customers, agent) = people(&desk).await?;
        Ok(Arc::new(Self { desk, customers, agent, turn: AtomicU64::new(0) }))
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// A customer asks for something critical, which is promised a reply.
    ///
    /// # Errors
    ///
    /// When it was not stored.
    pub async fn ask_urgently(&self, turn: u64) -> Result<TicketId, Error> {
        let customer = self.customer(turn);
        let ctx = self.acting(customer, Role::EndUser, SignedDuration::ZERO);
        let mut new = question(turn, customer);
        new.severity = Some(Severity::Critical);
        let done = self.desk.write(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).await?;
        Ok(done.stored.ticket.id)
    }

    /// An agent looks at a ticket's page.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn look_at(&self, id: TicketId) -> Result<(), Error> {
        let ctx = self.acting(self.agent, Role::Agent, SignedDuration::ZERO);
        self.desk
            .read(ctx, move |tx, ctx| desk::pages::ticket(tx, ctx, id, desk::pages::Part::Last(30)))
            .await?;
        Ok(())
    }

    /// An agent writes a note.
    ///
    /// # Errors
    ///
    /// When it was not stored.
    pub async fn note_on(&self, id: TicketId) -> Result<(), Error> {
        let ctx = self.acting(self.agent, Role::Agent, SignedDuration::ZERO);
        let body = Body::plain("I am looking into it.");
        let reply = Reply { body, public: Some(false), author: None, details: None };
        let note = Update { comment: Some(reply), ..Update::default() };
        self.desk.write(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &note)).await?;
        Ok(())
    }

    /// A mail arrives: from raw bytes to a stored ticket.
    ///
    /// # Errors
    ///
    /// When it was not stored.
    pub async fn receive(&self, raw: Vec<u8>) -> Result<Received, Error> {
        let message = mail::parse(&raw);
        let incoming = self.desk.incoming(raw, message, mail::Trust::default()).await?;
        let ctx = self.desk.ctx(Actor::System, Channel::Email);
        let arrival = Arrival::handed_in("crowd", ctx.now);
        self.desk
            .write(ctx, move |tx, ctx| desk::mailbox::receive(tx, ctx, &arrival, &incoming))
            .await
    }

    /// The clock, for those who move it.
    pub fn clock(&self) -> &Clock {
        self.desk.clock()
    }

    /// Which engine holds the data.
    pub fn engine(&self) -> Engine {
        match self.desk.store().engine() {
            store::Engine::Sqlite => Engine::Sqlite,
            store::Engine::Postgres => Engine::Postgres,
        }
    }

    /// The next turn, counted over all callers.
    pub fn turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    /// A customer asks.
    ///
    /// # Errors
    ///
    /// When it was not stored.
    pub async fn ask(&self, turn: u64) -> Result<TicketId, Error> {
        let customer = self.customer(turn);
        let ctx = self.acting(customer, Role::EndUser, SignedDuration::ZERO);
        let new = question(turn, customer);
        let done = self.desk.write(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).await?;
        Ok(done.stored.ticket.id)
    }

    /// Stores the ticket of a turn as a desk has them after some weeks: most are solved, one in fifty is waiting.
    ///
    /// # Errors
    ///
    /// When it was not stored.
    pub async fn live_through(&self, turn: u64) -> Result<(), Error> {
        if turn.is_multiple_of(50) {
            self.ask(turn).await?;
            return Ok(());
        }
        // Younger than what closes a ticket, so that nothing is due when the program starts.
        let age = SignedDuration::from_mins(120 + i64::try_from(turn % 26_000).unwrap_or_default());
        let customer = self.customer(turn);
        let mut new = question(turn, customer);
        let answered = turn.is_multiple_of(10) || turn % 10 == 5;
        if answered {
            let ctx = self.acting(customer, Role::EndUser, age);
            let done =
                self.desk.write(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).await?;
            let id = done.stored.ticket.id;
            let ctx = self.acting(self.agent, Role::Agent, age - SignedDuration::from_mins(90));
            let words =
                Body::markdown("Thank you for asking. Please **reload** the page; that was it.");
            let reply = Reply { body: words, public: Some(true), author: None, details: None };
            let answer =
                Update { comment: Some(reply), status: Some(Status::Solved), ..Update::default() };
            self.desk
                .write(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &answer))
                .await?;
        } else {
            new.status = Some(Status::Solved);
            let ctx = self.acting(self.agent, Role::Agent, age);
            self.desk.write(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).await?;
        }
        Ok(())
    }

    /// Does what is due and lets the mail that waits be captured, so that a start over this database is a quiet one.
    ///
    /// # Errors
    ///
    /// When it could not be done.
    pub async fn settle(&self) -> Result<(), Error> {
        Worker::new(self.desk.clone(), Transport::Capture(Capture)).settle().await
    }

    fn customer(&self, turn: u64) -> UserId {
        let index = usize::try_from(turn % CUSTOMERS).unwrap_or_default();
        self.customers[index]
    }

    fn acting(&self, id: UserId, role: Role, ago: SignedDuration) -> Ctx {
        let ctx = self.desk.ctx(Actor::Person { id, role }, Channel::Web);
        let at = ctx.now - ago;
        ctx.at(at)
    }
}

/// What a turn's customer asks.
fn question(turn: u64, customer: UserId) -> NewTicket {
    let words = format!(
        "Hello,\n\nsince this morning my chart number {turn} shows nothing.\n\nWe changed nothing on our side. \
         What can we do?\n\nKind regards"
    );
    let subject = format!("Chart {turn} is empty");
    let mut new =
        NewTicket::request(Person::Known(customer), &subject, Body::plain(&words), Channel::Web);
    new.severity = match turn % 7 {
        0 => Some(Severity::Critical),
        1 | 2 => Some(Severity::High),
        3 => Some(Severity::Low),
        _ => None,
    };
    let areas = ["product_analytics", "session_replay", "feature_flags", "billing"];
    new.area = Some(areas[usize::try_from(turn % 4).unwrap_or_default()].to_owned());
    new
}

/// The customers and an agent; who is known from an earlier run stays.
async fn people(desk: &Desk) -> Result<(Vec<UserId>, UserId), Failure> {
    let ctx = desk.ctx(Actor::System, Channel::System);
    let found = desk
        .write(ctx, |tx, ctx| {
            let agent = desk::sessions::candidate(tx, "ada@acme.test")?.ok_or(Error::NotFound)?;
            let known = desk::sessions::candidate(tx, &address(0))?.is_some();
            for number in 0..if known { 0 } else { ORGANIZATIONS } {
                let facts =
                    [("mrr", Value::from(number * 500)), ("trial", Value::from(number == 1))];
                let input = Input {
                    name: Some(format!("Company {number}")),
                    domains: Some(vec![format!("company-{number}.test")]),
                    fields: facts
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect::<Map<_, _>>(),
                    ..Input::default()
                };
                desk::organizations::create(tx, ctx, &input)?;
            }
            let mut customers = Vec::new();
            for number in 0..CUSTOMERS {
                let name = format!("Customer {number}");
                let user =
                    desk::sessions::ensure_agent(tx, ctx, &address(number), &name, Role::EndUser)?;
                customers.push(user.id);
            }
            Ok((customers, agent.id))
        })
        .await?;
    Ok(found)
}

/// A customer's address; every other one is at a company we know.
fn address(number: u64) -> String {
    if number.is_multiple_of(2) {
        format!("customer-{number}@company-{}.test", number / 2 % ORGANIZATIONS)
    } else {
        format!("customer-{number}@freemail.test")
    }
}
