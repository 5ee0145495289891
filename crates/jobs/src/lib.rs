//! What is due: wake-ups, mail that came in and was not decided, and the outbox. Nothing is kept in memory between two
//! rounds.

mod files;
mod mailboxes;
mod outbox;
mod sums;
mod wakeups;

use std::sync::Arc;
use std::time::Duration;

use channels::Transport;
use channels::authentication::Authenticator;
use channels::posthog::Posthog;
use channels::webhooks::Webhooks;
use desk::{Desk, Error};
use domain::{Actor, Channel};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, watch};

pub use self::mailboxes::{Fetcher, keep};

/// How often the queues are looked at when nothing tells us to.
const ROUND: Duration = Duration::from_secs(1);

/// Does what is due. One round at a time on this node; several nodes may work at once.
pub struct Worker {
    desk: Desk,
    ways: Ways,
    /// Who looks whether senders of mail are who they say.
    authenticator: Arc<Authenticator>,
    node: String,
    round: Mutex<()>,
}

/// The ways out that are configured.
#[derive(Debug)]
pub(crate) struct Ways {
    mail: Transport,
    posthog: Option<Posthog>,
    webhooks: Webhooks,
}

impl Worker {
    /// A worker over a desk, sending mail through a transport and nothing else, and looking at no sender.
    pub fn new(desk: Desk, transport: Transport) -> Arc<Self> {
        Self::over(
            "",
            desk,
            Ways { mail: transport, posthog: None, webhooks: Webhooks::new(false) },
            Authenticator::Nobody,
        )
    }

    /// The same for one of several nodes, each with a name of its own, with a way for what analytics want to know, and with
    /// somebody who looks at senders.
    pub fn serving(
        node: &str,
        desk: Desk,
        transport: Transport,
        posthog: Posthog,
        authenticator: Authenticator,
    ) -> Arc<Self> {
        let ways = (posthog, Webhooks::new(false));
        Self::serving_with(node, desk, transport, ways, authenticator)
    }

    /// The same with a way of one's own for webhooks.
    pub fn serving_with(
        node: &str,
        desk: Desk,
        transport: Transport,
        (posthog, webhooks): (Posthog, Webhooks),
        authenticator: Authenticator,
    ) -> Arc<Self> {
        let ways = Ways { mail: transport, posthog: Some(posthog), webhooks };
        Self::over(node, desk, ways, authenticator)
    }

    fn over(node: &str, desk: Desk, ways: Ways, authenticator: Authenticator) -> Arc<Self> {
        let authenticator = Arc::new(authenticator);
        Arc::new(Self { desk, ways, authenticator, node: node.to_owned(), round: Mutex::new(()) })
    }

    /// Works until `stop` turns true: after every change, and every second.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut changes = self.desk.store().changes();
        if let Err(error) = self.reclaim().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what was about to leave when we ended waits a little"
            );
        }
        let sweeping = tokio::spawn(files::run(self.desk.clone(), stop.clone()));
        let adding = tokio::spawn(sums::run(self.desk.clone(), stop.clone()));
        while !*stop.borrow() {
            if let Err(error) = self.settle().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a round of due work failed"
                );
                tokio::time::sleep(ROUND).await;
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = self.news(&mut changes) => {}
                () = tokio::time::sleep(ROUND) => {}
            }
        }
        let _ = sweeping.await;
        let _ = adding.await;
    }

    /// Takes up again what this node had taken when it ended.
    async fn reclaim(&self) -> Result<u64, Error> {
        let (ctx, node) = (self.desk.ctx(Actor::System, Channel::System), self.node.clone());
        self.desk.write(ctx, move |tx, ctx| desk::deliveries::reclaim(tx, ctx, &node)).await
    }

    /// Waits until something was put into the outbox or into the archive of mail.
    async fn news(&self, changes: &mut tokio::sync::broadcast::Receiver<Arc<str>>) {
        loop {
            match changes.recv().await {
                Ok(topic) if matches!(&*topic, "outbox" | "mails" | "*") => return,
                Ok(_) => {}
                Err(_) => return tokio::time::sleep(ROUND).await,
            }
        }
    }

    /// Does everything that is due now: wake-ups in order, and between their turns mail that came in and deliveries, so
    /// that after a long downtime an answer does not wait for a hundred thousand warnings.
    pub async fn settle(&self) -> Result<(), Error> {
        let _round = self.round.lock().await;
        let mut more = true;
        while more {
            let now = self.desk.clock().now();
            more = wakeups::turn(&self.desk, now, false).await?;
            more |= mailboxes::decide(&self.desk, &self.authenticator).await?;
            outbox::run(&self.desk, &self.ways, &self.node).await?;
        }
        Ok(())
    }

    /// Moves the demo's clock to `at`, doing on the way what falls due, each at its own instant.
    pub async fn advance_to(&self, at: Timestamp) -> Result<(), Error> {
        let _round = self.round.lock().await;
        self.advance(at).await
    }

    /// Moves the demo's clock by a span; several at once add up.
    pub async fn advance_by(&self, span: SignedDuration) -> Result<(), Error> {
        let _round = self.round.lock().await;
        let now = self.desk.clock().now();
        self.advance(now.checked_add(span).unwrap_or(now)).await
    }

    async fn advance(&self, at: Timestamp) -> Result<(), Error> {
        wakeups::run(&self.desk, at, true).await?;
        self.desk.clock().move_to(at);
        outbox::run(&self.desk, &self.ways, &self.node).await
    }

    /// The next instant at which something happens by itself.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let ctx = self.desk.ctx(Actor::System, Channel::System);
        self.desk.read(ctx, |tx, _| desk::tickets::next_due(tx)).await
    }
}

/// Wakes everything that is due by an instant, in order, each at its own. For telling a story that lies in the past.
pub async fn wake_until(desk: &Desk, until: Timestamp) -> Result<(), Error> {
    wakeups::run(desk, until, false).await
}
