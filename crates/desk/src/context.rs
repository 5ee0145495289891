//! What every use case is given: who acts, when, through which door, and under which handbook.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use domain::{Actor, Channel};
use handbook::Handbook;
use jiff::Timestamp;
use store::blobs::Blobs;
use store::{Store, Tx};

use crate::{Clock, Error, Secrets};

/// The circumstances of one command. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// The one instant of this command.
    pub now: Timestamp,
    /// What the clock shows: later than `now` when something is done late.
    pub clock: Timestamp,
    /// In the demo, whose clock can be moved: the instant by everybody else's clocks, which date what apps sign.
    pub outside: Option<Timestamp>,
    /// Through which door it came.
    pub via: Channel,
    /// The handbook in force.
    pub handbook: Arc<Handbook>,
    /// Keys.
    pub secrets: Arc<Secrets>,
    /// Where our pages are, without a slash at the end; links in mails begin with it.
    pub base_url: Arc<str>,
    /// Nothing leaves, so what somebody types into a form is not held back.
    pub demo: bool,
    /// One of us who pressed a button of the workspace and may take it back: what leaves because of it, also by rules,
    /// waits for as long as they chose.
    pub pressed_by: Option<domain::UserId>,
}

impl Ctx {
    /// The same circumstances of somebody who may take back what they do.
    pub fn pressed(self) -> Self {
        let pressed_by = self.actor.user().filter(|_| self.actor.is_agent());
        Self { pressed_by, ..self }
    }

    /// The same circumstances with somebody else acting.
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same circumstances at another instant.
    pub fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
    }
}

/// What is configured for the whole desk.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where our pages are, as customers reach them.
    pub public_url: Arc<str>,
    /// Nothing leaves the machine, and the clock can be moved.
    pub demo: bool,
    /// The demo was started on a weekend, so its clock began on Monday morning.
    pub from_monday: bool,
}

/// The desk: storage, clock, keys and the handbook in force. Cheap to clone; holds no state of its own.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    secrets: Arc<Secrets>,
    handbook: RwLock<Arc<Handbook>>,
    settings: Settings,
    blobs: Blobs,
    ticket_count: std::sync::Mutex<Option<(i64, i64)>>,
    attempts: crate::attempts::Attempts,
    limits: crate::limits::Limits,
    forged_links: AtomicU64,
}

impl Desk {
    /// A desk over an opened store and a folder for files. The handbook must have been activated in the store.
    pub fn new(
        (store, blobs): (Store, Blobs),
        clock: Clock,
        secrets: Secrets,
        handbook: Handbook,
        settings: Settings,
    ) -> Self {
        let inner = Inner {
            store,
            clock,
            secrets: Arc::new(secrets),
            handbook: RwLock::new(Arc::new(handbook)),
            settings,
            blobs,
            ticket_count: std::sync::Mutex::new(None),
            attempts: crate::attempts::Attempts::default(),
            limits: crate::limits::Limits::default(),
            forged_links: AtomicU64::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The storage.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The contents of files.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// What is configured.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The handbook in force.
    pub fn handbook(&self) -> Arc<Handbook> {
        self.inner.handbook.read().expect("the handbook is never left locked by a panic").clone()
    }

    /// Puts another handbook in force on this node.
    pub fn set_handbook(&self, handbook: Handbook) {
        *self.inner.handbook.write().expect("the handbook is never left locked by a panic") =
            Arc::new(handbook);
    }

    /// The person with this address, if the password is theirs.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`], also for an address nobody has, and [`Error::TooManyAttempts`] after ten wrong
    /// passwords in a quarter of an hour; the demo, whose clock may stand still, counts none.
    pub async fn sign_in(&self, email: &str, password: String) -> Result<domain::User, Error> {
        let ctx = self.ctx(Actor::Anonymous, Channel::Web);
        let now = ctx.now;
        let counts = !self.settings().demo;
        if counts {
            self.inner.attempts.admit(email, now)?;
        }
        let asked = email.to_owned();
        let candidate = self.read(ctx, move |tx, _| crate::sessions::candidate(tx, &asked)).await?;
        let checked = crate::sessions::check_password(candidate, password).await;
        if counts {
            self.inner.attempts.note(email, checked.is_ok(), now);
        }
        checked
    }

    /// Counts a call against a limit; the demo, whose clock may stand still, counts none.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] with the seconds to wait.
    pub fn admit(&self, limit: crate::limits::Limit, who: &str) -> Result<(), Error> {
        if self.settings().demo {
            return Ok(());
        }
        self.inner.limits.admit(limit, who, self.inner.clock.now())
    }

    /// The circumstances of a command now.
    pub fn ctx(&self, actor: Actor, via: Channel) -> Ctx {
        let now = self.inner.clock.now();
        Ctx {
            actor,
            now,
            clock: now,
            outside: self.settings().demo.then(|| Clock::System.now()),
            via,
            handbook: self.handbook(),
            secrets: self.inner.secrets.clone(),
            base_url: self.inner.settings.public_url.clone(),
            demo: self.inner.settings.demo,
            pressed_by: None,
        }
    }

    /// Runs a use case that changes something, in one transaction.
    pub async fn write<T, F>(&self, ctx: Ctx, mut f: F) -> Result<T, Error>
    where
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.store.write(move |tx| f(tx, &ctx)).await
    }

    /// Runs a use case that only reads, in one transaction.
    pub async fn read<T, F>(&self, ctx: Ctx, mut f: F) -> Result<T, Error>
    where
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.store.read(move |tx| f(tx, &ctx)).await
    }

    /// Counts a survey's address that was not signed by us. (CS-04)
    pub fn count_forged_link(&self) {
        self.inner.forged_links.fetch_add(1, Ordering::Relaxed);
    }

    /// How many of them there were since this node started.
    pub fn forged_links(&self) -> u64 {
        self.inner.forged_links.load(Ordering::Relaxed)
    }

    /// How many tickets there are, deleted ones left out. Old rows are counted once and remembered; only the newest
    /// thousand are counted each time, so that a row committed late is not missed.
    pub fn count_tickets(&self, tx: &mut Tx<'_>) -> Result<i64, Error> {
        const MARGIN: i64 = 1000;
        let known =
            *self.inner.ticket_count.lock().expect("the count is never left locked by a panic");
        let (upto, rows) = match known {
            Some(known) => known,
            None => store::tickets::settled_count(tx, MARGIN)?,
        };
        let (newer, deleted) = store::tickets::tail_counts(tx, upto)?;
        let fresh = if newer > 4 * MARGIN {
            store::tickets::settled_count(tx, MARGIN)?
        } else {
            (upto, rows)
        };
        *self.inner.ticket_count.lock().expect("the count is never left locked by a panic") =
            Some(fresh);
        Ok(rows + newer - deleted)
    }
}

impl Ctx {
    /// The circumstances of starting: the desk itself acts, before there is a desk.
    pub fn starting(now: Timestamp, handbook: Handbook) -> Self {
        Self {
            actor: Actor::System,
            now,
            outside: None,
            clock: now,
            via: Channel::System,
            handbook: Arc::new(handbook),
            secrets: Arc::new(Secrets::fresh()),
            base_url: "".into(),
            demo: false,
            pressed_by: None,
        }
    }
}
