//! A desk in this process, for trying use cases without HTTP.

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use channels::Transport;
use channels::authentication::Authenticator;
use channels::posthog::Posthog;
use channels::smtp::Capture;
use channels::webhooks::Webhooks;
use desk::deliveries::Delivery;
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Update};
use desk::{Blobs, Clock, Ctx, Desk, Error, Secrets, Settings, Store, Tx};
use domain::{Actor, Channel, DeliveryId, Ticket, TicketId, User};
use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};
use jobs::Worker;
use tokio::runtime::{Builder, Runtime};

use crate::{Engine, HANDBOOK, Place};

/// Where the clock of a trial stands at first: a Monday, 9:00 in London.
pub const MONDAY_MORNING: &str = "2026-06-08T08:00:00Z";

/// A desk on a fresh store whose clock stands still until it is moved.
pub struct TrialDesk {
    desk: Desk,
    worker: Arc<Worker>,
    runtime: Runtime,
    // Last, so that the store is closed before its files go.
    place: Place,
}

impl TrialDesk {
    /// A desk on a fresh store.
    ///
    /// # Panics
    ///
    /// When the store cannot be made.
    pub fn fresh(engine: Engine) -> Self {
        Self::open(engine, HANDBOOK, None)
    }

    /// A desk on a fresh store whose events leave for analytics, under a handbook that says where to.
    ///
    /// # Panics
    ///
    /// When the store cannot be made, or the handbook is wrong.
    pub fn with_posthog(engine: Engine, text: &str, posthog: Posthog) -> Self {
        Self::open(engine, text, Some(posthog))
    }

    fn open(engine: Engine, text: &str, posthog: Option<Posthog>) -> Self {
        let place = Place::fresh(engine);
        let now: Timestamp = MONDAY_MORNING.parse().expect("Monday is an instant");
        let options = store::Options { now: Some(now), ..store::Options::default() };
        let store = Store::open(place.url(), &options).expect("a fresh store can be opened");
        let parsed = Handbook::parse(text).expect("the handbook is right");
        let base = Ctx::starting(now, parsed.clone());
        let text = text.to_owned();
        let started = store
            .write_blocking(move |tx| desk::handbooks::start(tx, &base, &text).map_err(desk_error));
        let handbook = started.expect("the handbook can be put in force");
        let blobs = Blobs::at(place.folder().join("files"));
        let settings = Settings {
            public_url: "http://desk.test".into(),
            demo: posthog.is_none(),
            from_monday: false,
        };
        let desk = Desk::new(
            (store, blobs),
            Clock::standing(now),
            Secrets::new([7; 32], 1),
            handbook,
            settings,
        );
        let mail = Transport::Capture(Capture);
        let worker = match posthog {
            Some(posthog) => {
                // The other programs of tests are on this machine.
                let ways = (posthog, Webhooks::new(true));
                Worker::serving_with("", desk.clone(), mail, ways, Authenticator::Nobody)
            }
            None => Worker::new(desk.clone(), mail),
        };
        let runtime =
            Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        Self { desk, worker, runtime, place }
    }

    /// The circumstances of a command of the desk itself, now.
    pub fn system(&self) -> Ctx {
        self.desk.ctx(Actor::System, Channel::System)
    }

    /// Runs a use case that changes something.
    ///
    /// # Errors
    ///
    /// What the use case says.
    pub fn change<T: Send + 'static>(
        &self,
        ctx: Ctx,
        case: impl FnMut(&mut Tx<'_>, &Ctx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.runtime.block_on(self.desk.write(ctx, case))
    }

    /// Runs a use case that only reads.
    ///
    /// # Errors
    ///
    /// What the use case says.
    pub fn look<T: Send + 'static>(
        &self,
        ctx: Ctx,
        case: impl FnMut(&mut Tx<'_>, &Ctx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.runtime.block_on(self.desk.read(ctx, case))
    }

    /// Puts a handbook in force.
    ///
    /// # Panics
    ///
    /// When it is wrong.
    pub fn activate(&self, text: &str) {
        let parsed = Handbook::parse(text).expect("the handbook is right");
        let (text, copy) = (text.to_owned(), parsed.clone());
        let done = self
            .change(self.system(), move |tx, ctx| desk::handbooks::activate(tx, ctx, &copy, &text));
        done.expect("the handbook can be put in force");
        self.desk.set_handbook(parsed);
    }

    /// Somebody by the first part of their address at the company.
    ///
    /// # Panics
    ///
    /// When nobody has it.
    pub fn person(&self, name: &str) -> User {
        let email = format!("{name}@acme.test");
        let found = self.look(self.system(), move |tx, _| desk::sessions::candidate(tx, &email));
        found.expect("people can be read").unwrap_or_else(|| panic!("nobody is {name}"))
    }

    /// The circumstances of a command of somebody, now.
    pub fn acting(&self, user: &User) -> Ctx {
        self.desk.ctx(Actor::Person { id: user.id, role: user.role }, Channel::Web)
    }

    /// A question of a customer about a part of the product.
    ///
    /// # Panics
    ///
    /// When it cannot be asked.
    pub fn ask(&self, email: &str, subject: &str, area: Option<&str>) -> TicketId {
        let person = Person::Address { email: email.to_owned(), name: None };
        let mut new = NewTicket::request(person, subject, Body::plain("It is."), Channel::Web);
        new.area = area.map(str::to_owned);
        let asking = self.desk.ctx(Actor::Anonymous, Channel::Web);
        let done = self.change(asking, move |tx, ctx| desk::tickets::open(tx, ctx, &new));
        done.expect("anybody can ask").stored.ticket.id
    }

    /// Somebody changes a ticket.
    ///
    /// # Panics
    ///
    /// When they may not.
    pub fn update(&self, by: &User, id: TicketId, update: Update) -> Ticket {
        let done = self
            .change(self.acting(by), move |tx, ctx| desk::tickets::update(tx, ctx, id, &update));
        done.expect("the ticket can be changed").stored.ticket
    }

    /// Somebody writes on a ticket, for all to read or as a note.
    pub fn write(&self, by: &User, id: TicketId, words: &str, public: bool) -> Ticket {
        let body = Body::markdown(words);
        let reply = Reply { body, public: Some(public), author: None, details: None };
        self.update(by, id, Update { comment: Some(reply), ..Update::default() })
    }

    /// A ticket as it is.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn ticket(&self, id: TicketId) -> Ticket {
        let found = self.look(self.system(), move |tx, ctx| desk::tickets::show(tx, ctx, id));
        found.expect("the ticket is there").ticket
    }

    /// Everything of a kind that left, oldest first, after everything due now was done.
    ///
    /// # Panics
    ///
    /// When something that was due fails.
    pub fn sent(&self, kind: &str) -> Vec<Delivery> {
        self.advance(SignedDuration::ZERO);
        let all = self
            .look(self.system(), |tx, _| desk::deliveries::all_sent(tx, DeliveryId(0), 10_000))
            .expect("deliveries can be read");
        all.into_iter().map(|queued| queued.delivery).filter(|one| one.kind == kind).collect()
    }

    /// Moves the clock to an instant, doing what falls due on the way.
    ///
    /// # Panics
    ///
    /// When something that was due fails.
    pub fn advance_to(&self, at: &str) {
        let at: Timestamp = at.parse().expect("that is an instant");
        self.runtime.block_on(self.worker.advance_to(at)).expect("what is due can be done");
    }

    /// Takes away what nobody wants any more; how many contents went.
    ///
    /// # Panics
    ///
    /// When the folder of files does not work.
    pub fn sweep(&self) -> usize {
        self.runtime.block_on(self.desk.sweep_files()).expect("the folder of files can be swept")
    }

    /// The folder of files.
    pub fn files(&self) -> std::path::PathBuf {
        self.place.folder().join("files")
    }

    /// Moves the clock, doing what falls due on the way.
    ///
    /// # Panics
    ///
    /// When something that was due fails.
    pub fn advance(&self, by: SignedDuration) {
        let at = self.desk.clock().now() + by;
        self.runtime.block_on(self.worker.advance_to(at)).expect("what is due can be done");
    }
}

impl Deref for TrialDesk {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

/// A handbook that cannot be put in force, as use cases say it.
pub(crate) fn desk_error(error: desk::handbooks::LoadError) -> Error {
    match error {
        desk::handbooks::LoadError::Desk(error) => error,
        desk::handbooks::LoadError::Wrong(problems) => Error::Conflict(problems.to_string()),
    }
}

/// Runs a test of use cases on a fresh desk of each engine.
#[expect(clippy::print_stderr, reason = "who reads a failed test wants to know")]
pub fn each_desk(test: impl Fn(&TrialDesk)) {
    for engine in Engine::ALL {
        let tried = catch_unwind(AssertUnwindSafe(|| test(&TrialDesk::fresh(engine))));
        if let Err(panic) = tried {
            eprintln!("that was on {engine:?}");
            resume_unwind(panic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_is_open_on_each_engine_and_its_clock_moves() {
        each_desk(|desk| {
            assert_eq!(desk.clock().now().to_string(), MONDAY_MORNING);

            desk.advance(SignedDuration::from_hours(24));

            assert_eq!(desk.clock().now().to_string(), "2026-06-09T08:00:00Z");
            let version =
                desk.look(desk.system(), |tx, _| desk::handbooks::active_version(tx)).unwrap();
            assert_eq!(version, Some(desk.handbook().version.clone()));
        });
    }
}
