//! The gate: the only way out. What may not leave is refused here, and says why.
//!
//! A mail is tried for each of those it is for, in a conversation of its own, so that who is refused does not keep it
//! from the others. What became of it is written down at once: after a crash at most one of them gets it twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use channels::Outcome;
use desk::deliveries::Said;
use desk::tickets::Queued;
use desk::{Ctx, Desk, Error};
use domain::{Actor, Channel, DeliveryId};

use crate::Ways;

/// How many deliveries are taken at once.
const BATCH: i64 = 100;
/// How long of its lease a worker uses to begin something: what it has begun then ends in time.
const BEGIN_WITHIN: Duration = Duration::from_secs(150);

/// Sends everything that is due.
pub(crate) async fn run(desk: &Desk, ways: &Ways, node: &str) -> Result<(), Error> {
    let node: Arc<str> = node.into();
    let mut round = Round { desk, ways, down: None };
    loop {
        let ctx = desk.ctx(Actor::System, Channel::System);
        let waiting = desk.read(ctx.clone(), desk::deliveries::is_due).await?;
        if !waiting {
            return Ok(());
        }
        let who = node.clone();
        let claimed = desk
            .write(ctx.clone(), move |tx, ctx| desk::deliveries::claim(tx, ctx, &who, BATCH))
            .await?;
        if claimed.is_empty() {
            return Ok(());
        }
        if desk.settings().demo {
            capture(desk, ctx, claimed).await?;
        } else if !round.send_all(&ctx, claimed).await? {
            return Ok(());
        }
    }
}

/// Nothing leaves the machine: everything that could be sent counts as sent.
async fn capture(desk: &Desk, ctx: Ctx, claimed: Vec<Queued>) -> Result<(), Error> {
    desk.write(ctx, move |tx, ctx| desk::deliveries::captured(tx, ctx, &claimed)).await
}

/// One round of sending.
struct Round<'a> {
    desk: &'a Desk,
    ways: &'a Ways,
    /// Why analytics took no event: it takes none now, and whoever waits behind them should not wait for each.
    down: Option<String>,
}

impl Round<'_> {
    /// Sends what was claimed, and gives back the rest when nobody answers or time runs out. Says whether to go on.
    async fn send_all(&mut self, ctx: &Ctx, claimed: Vec<Queued>) -> Result<bool, Error> {
        let since = Instant::now();
        let mut left = claimed.into_iter();
        let mut goes_on = true;
        for queued in left.by_ref() {
            let answers = match queued.delivery.channel.as_str() {
                "email" => self.mail(ctx, queued, since).await?,
                "posthog" => self.event(ctx, queued).await.map(|()| true)?,
                "webhook" => self.webhook(ctx, queued).await.map(|()| true)?,
                other => {
                    let reason = format!("no connection to {other} is configured");
                    self.record(ctx, queued, Outcome::Failed { reason }).await.map(|()| true)?
                }
            };
            goes_on = answers && since.elapsed() < BEGIN_WITHIN;
            if !goes_on {
                break;
            }
        }
        let rest: Vec<DeliveryId> = left.map(|queued| queued.delivery.id).collect();
        if !rest.is_empty() {
            let ctx = ctx.clone();
            self.desk.write(ctx, move |tx, ctx| desk::deliveries::put_back(tx, ctx, &rest)).await?;
        }
        Ok(goes_on)
    }

    /// Sends one mail. Says whether somebody answers at the other end.
    async fn mail(&self, ctx: &Ctx, queued: Queued, since: Instant) -> Result<bool, Error> {
        let instance = ctx.secrets.instance.clone();
        let mail = match self.desk.outgoing(&queued.delivery, &instance).await {
            Ok(mail) => mail,
            Err(error) => {
                tracing::error!(
                    delivery.id = queued.delivery.id.0,
                    error = &error as &dyn std::error::Error,
                    "a file of a mail cannot be read"
                );
                let reason = "a file that goes along cannot be read".to_owned();
                return self.record(ctx, queued, Outcome::Later { reason }).await.map(|()| true);
            }
        };
        if let Err(error) = mail.envelope() {
            let reason = error.to_string();
            return self.record(ctx, queued, Outcome::Failed { reason }).await.map(|()| true);
        }
        let asked = queued.clone();
        let waiting = self
            .desk
            .read(ctx.clone(), move |tx, _| desk::deliveries::waiting(tx, &asked, &instance))
            .await?;
        let last = waiting.len();
        for (place, address) in waiting.into_iter().enumerate() {
            let (said, answers) = heard(self.ways.mail.send(&mail, &address).await);
            if !matches!(said, Said::Yes(_)) {
                // What the other side said may name an address: it stands on the ticket, not in the log.
                tracing::warn!(delivery.id = queued.delivery.id.0, "a mail did not leave");
            }
            let is_over = place + 1 == last || !answers || since.elapsed() > BEGIN_WITHIN;
            let queued = queued.clone();
            let ctx = self.desk.ctx(Actor::System, Channel::System);
            self.desk
                .write(ctx, move |tx, ctx| {
                    desk::deliveries::heard(tx, ctx, &queued, &address, &said)?;
                    if is_over { desk::deliveries::concluded(tx, ctx, &queued) } else { Ok(()) }
                })
                .await?;
            if is_over {
                return Ok(answers);
            }
        }
        // Everybody has it; the crash came before that was written down.
        let ctx = self.desk.ctx(Actor::System, Channel::System);
        self.desk.write(ctx, move |tx, ctx| desk::deliveries::concluded(tx, ctx, &queued)).await?;
        Ok(true)
    }

    /// Hands one event to analytics. (CS-05)
    async fn event(&mut self, ctx: &Ctx, queued: Queued) -> Result<(), Error> {
        let to = &ctx.handbook.csat.posthog;
        let posthog = self.ways.posthog.as_ref().filter(|_| !to.host.is_empty());
        let outcome = match (posthog, self.down.clone()) {
            (None, _) => Outcome::Unwanted { reason: "not configured".to_owned() },
            (Some(_), Some(reason)) => Outcome::Later { reason },
            (Some(posthog), None) => {
                posthog.send(&to.host, &to.key_env, &queued.delivery.payload).await
            }
        };
        if let Outcome::Later { reason } = &outcome {
            self.down = Some(reason.clone());
        }
        self.record(ctx, queued, outcome).await
    }

    /// Sends one request to a webhook, and writes down what came back.
    async fn webhook(&self, ctx: &Ctx, queued: Queued) -> Result<(), Error> {
        let asked = queued.clone();
        let now = self.desk.ctx(Actor::System, Channel::System);
        let request =
            self.desk.read(now, move |tx, ctx| desk::webhooks::request(tx, ctx, &asked)).await?;
        let Some(request) = request else {
            let reason = "the webhook is stopped or was deleted".to_owned();
            return self.record(ctx, queued, Outcome::Unwanted { reason }).await;
        };
        let answer = self
            .ways
            .webhooks
            .send(&request.method, &request.url, &request.headers, request.body)
            .await;
        let is_test = queued.delivery.kind == "webhook_test";
        let (word, outcome) = match answer.outcome {
            Outcome::Sent { response } => ("success", Outcome::Sent { response }),
            // Somebody waits for what comes of a test; it is not tried again.
            Outcome::Later { reason } if !is_test => ("retrying", Outcome::Later { reason }),
            Outcome::Later { reason } => ("failed", Outcome::Failed { reason }),
            other => ("failed", other),
        };
        let answered = desk::webhooks::Answered { status: answer.status, said: answer.said };
        let id = queued.delivery.id;
        let now = self.desk.ctx(Actor::System, Channel::System);
        self.desk
            .write(now, move |tx, ctx| desk::webhooks::heard(tx, ctx, id, word, &answered))
            .await?;
        self.record(ctx, queued, outcome).await
    }

    async fn record(&self, ctx: &Ctx, queued: Queued, outcome: Outcome) -> Result<(), Error> {
        let id = queued.delivery.id;
        if matches!(outcome, Outcome::Failed { .. } | Outcome::NobodyThere { .. }) {
            tracing::warn!(delivery.id = id.0, "a delivery cannot leave");
        }
        self.desk
            .write(ctx.clone(), move |tx, ctx| match &outcome {
                Outcome::Sent { .. } => desk::deliveries::sent(tx, ctx, &[id]),
                Outcome::Later { reason } | Outcome::Unreachable { reason } => {
                    desk::deliveries::later(tx, ctx, &queued, reason)
                }
                Outcome::Unwanted { reason } => {
                    desk::deliveries::unwanted(tx, ctx, &queued, reason)
                }
                Outcome::Failed { reason } | Outcome::NobodyThere { reason } => {
                    desk::deliveries::failed(tx, ctx, &queued, reason)
                }
            })
            .await
    }
}

/// What the other side said, and whether it said anything at all.
fn heard(outcome: Outcome) -> (Said, bool) {
    match outcome {
        Outcome::Sent { response } => (Said::Yes(response), true),
        Outcome::Later { reason } => (Said::Later(reason), true),
        Outcome::Unreachable { reason } => (Said::Later(reason), false),
        Outcome::Failed { reason } | Outcome::Unwanted { reason } => (Said::No(reason), true),
        Outcome::NobodyThere { reason } => (Said::Nobody(reason), true),
    }
}
