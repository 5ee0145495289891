//! Mail comes in: mailboxes are fetched, each by one node at a time, and what is archived is decided.
//!
//! A node that fetches a mailbox says so in the data for some minutes and says it again while it works. Should two ever
//! fetch at once, both archive the same, and the second changes nothing.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use channels::authentication::Authenticator;
use channels::imap::{Fetched, Imap, ImapConfig};
use channels::lmtp::HandedIn;
use desk::mailbox::{Arrival, Incoming, Session, Source};
use desk::mailboxes::{Archived, Listing, Mailbox};
use desk::{Ctx, Desk, Error};
use domain::{Actor, Channel};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// How long a mailbox is listened to before it is looked at all the same.
const LISTEN: Duration = Duration::from_mins(1);
/// How long it is waited for a mailbox that another node has, or while we are mute.
const ASIDE: Duration = Duration::from_secs(10);
/// How often everything a mailbox lists is compared with what we know.
const COUNT_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How many messages, and how many bytes of them, are fetched and archived together.
const TOGETHER: usize = 32;
const BYTES_TOGETHER: u64 = 8 * 1024 * 1024;
/// The largest message that is fetched.
const LARGEST: u32 = 50 * 1024 * 1024;
/// How often the conversation may break off at one message before the message is passed over for a while.
const BLAME: u32 = 3;

/// What went wrong in a visit to a mailbox.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the desk's data failed")]
    Desk(#[from] Error),
    #[error("{0}")]
    Mailbox(#[from] channels::imap::Error),
}

/// Fetches one mailbox.
pub struct Fetcher {
    desk: Desk,
    config: ImapConfig,
    node: String,
    /// How long to listen, at most.
    listen: Duration,
    /// The message at which the conversation broke off last, and how often in a row.
    suspect: Option<(u32, u32)>,
    /// Messages are fetched one by one, until the one is found at which it breaks off.
    alone: bool,
}

impl Fetcher {
    /// Fetches a mailbox in the name of a node; the name must be another on each node that shares the data.
    pub fn new(desk: Desk, config: ImapConfig, node: &str) -> Self {
        Self { desk, config, node: node.to_owned(), listen: LISTEN, suspect: None, alone: false }
    }

    /// Looks at the mailbox at least this often.
    pub fn every(self, span: Duration) -> Self {
        Self { listen: span, ..self }
    }

    /// Fetches until `stop` turns true.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut failures = 0;
        while !*stop.borrow() {
            let pause = tokio::select! {
                () = asked(&mut stop) => break,
                visited = self.visit(&mut failures) => match visited {
                    Ok(()) => ASIDE,
                    Err(trouble) => {
                        self.complain(&trouble).await;
                        failures += 1;
                        pause(failures, &trouble)
                    }
                },
            };
            tokio::select! {
                () = asked(&mut stop) => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        let (name, node) = (self.config.name.clone(), self.node.clone());
        let ended = self.write(move |tx, _| desk::mailboxes::let_go(tx, &name, &node)).await;
        if let Err(error) = ended {
            tracing::warn!(error = &error as &dyn std::error::Error, "a mailbox was not let go");
        }
    }

    /// Reads the mailbox and goes on listening to it, until somebody else has it or we are mute.
    async fn visit(&mut self, failures: &mut u32) -> Result<(), Trouble> {
        if self.hold().await?.is_none() {
            return Ok(());
        }
        let mut imap = Imap::open(&self.config).await?;
        let mut whole = true;
        loop {
            let Some(mailbox) = self.hold().await? else {
                imap.close().await;
                return Ok(());
            };
            whole |= self.is_count_due(&mailbox);
            self.list(&mut imap, &mailbox, whole).await?;
            self.fetch_all(&mut imap).await?;
            whole = false;
            *failures = 0;
            imap = imap.wait(self.listen).await?;
        }
    }

    fn is_count_due(&self, mailbox: &Mailbox) -> bool {
        let now = self.desk.clock().now();
        mailbox.counted_at.is_none_or(|at| now.duration_since(at) >= COUNT_EVERY)
    }

    /// Takes the mailbox, or keeps it; none if another node has it or we are mute.
    async fn hold(&self) -> Result<Option<Mailbox>, Error> {
        let (name, node) = (self.config.name.clone(), self.node.clone());
        self.write(move |tx, ctx| {
            if desk::installation::muted(tx)?.is_some() {
                return Ok(None);
            }
            desk::mailboxes::hold(tx, ctx, &name, &node)
        })
        .await
    }

    /// Writes down what the mailbox lists: all of it, or what is newer than what we know.
    async fn list(&self, imap: &mut Imap, mailbox: &Mailbox, whole: bool) -> Result<(), Trouble> {
        let whole = whole || mailbox.validity != imap.validity;
        let from = if whole { 1 } else { mailbox.last_uid.saturating_add(1) };
        let uids = imap.uids(from).await?;
        let old = match self.config.since {
            Some(day) if !uids.is_empty() => {
                let wanted = imap.since(day).await?;
                uids.iter().copied().filter(|uid| !wanted.contains(uid)).collect()
            }
            _ => Vec::new(),
        };
        if mailbox.validity != 0 && mailbox.validity != imap.validity {
            tracing::warn!(
                mailbox = mailbox.name,
                "the mailbox has another UIDVALIDITY: everything in it is looked at again"
            );
        }
        let listing = Listing { validity: imap.validity, uids, old, whole };
        let mailbox = mailbox.clone();
        let name = mailbox.name.clone();
        let missed =
            self.write(move |tx, ctx| desk::mailboxes::listed(tx, ctx, &mailbox, &listing)).await?;
        if missed > 0 {
            tracing::error!(
                mailbox = name,
                missed,
                "the mailbox lists messages that were missed before; they are fetched now"
            );
        }
        Ok(())
    }

    /// Fetches and archives everything that is listed and not archived.
    async fn fetch_all(&mut self, imap: &mut Imap) -> Result<(), Trouble> {
        const LOOK: i64 = 256;
        loop {
            let (name, validity) = (self.config.name.clone(), imap.validity);
            let open = self
                .write(move |tx, ctx| desk::mailboxes::open(tx, ctx, &name, validity, LOOK))
                .await?;
            if open.is_empty() {
                self.alone = false;
                return Ok(());
            }
            for group in self.groups(imap, &open).await? {
                self.fetch(imap, &group).await?;
                self.hold().await?;
            }
        }
    }

    /// The messages in groups small enough to be held in memory; what is gone or too large is written down.
    async fn groups(&self, imap: &mut Imap, open: &[u32]) -> Result<Vec<Vec<u32>>, Trouble> {
        let mut sizes = imap.sizes(open).await?;
        sizes.sort_unstable();
        let unsized_: Vec<u32> = open
            .iter()
            .copied()
            .filter(|uid| sizes.binary_search_by_key(uid, |(uid, _)| *uid).is_err())
            .collect();
        if !unsized_.is_empty() {
            self.not_given(imap, &unsized_).await?;
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut bytes = 0;
        for (uid, size) in sizes {
            if size > LARGEST {
                let why = format!("the message has {} MB", size / 1024 / 1024);
                self.pass_over(imap.validity, uid, why).await?;
                continue;
            }
            bytes += u64::from(size);
            match groups.last_mut() {
                Some(group) if !self.alone && group.len() < TOGETHER && bytes <= BYTES_TOGETHER => {
                    group.push(uid);
                }
                _ => {
                    groups.push(vec![uid]);
                    bytes = u64::from(size);
                }
            }
        }
        Ok(groups)
    }

    async fn fetch(&mut self, imap: &mut Imap, group: &[u32]) -> Result<(), Trouble> {
        let fetched = match imap.fetch(group).await {
            Ok(fetched) => fetched,
            Err(error) => {
                self.suspect(imap.validity, group, &error).await?;
                return Err(error.into());
            }
        };
        self.suspect = None;
        let missing: Vec<u32> = group
            .iter()
            .copied()
            .filter(|uid| !fetched.iter().any(|one| one.uid == *uid))
            .collect();
        let (name, validity) = (self.config.name.clone(), imap.validity);
        self.write(move |tx, ctx| {
            for one in &fetched {
                desk::mailboxes::archive(
                    tx,
                    ctx,
                    &arrival(&name, validity, one, ctx.now),
                    &one.raw,
                )?;
            }
            Ok(())
        })
        .await?;
        if missing.is_empty() { Ok(()) } else { self.not_given(imap, &missing).await }
    }

    /// The conversation broke off at these messages. Which of them it was shows when they are fetched one by one, and
    /// one at which it breaks off again and again waits, so that those after it do not.
    async fn suspect(
        &mut self,
        validity: u32,
        group: &[u32],
        error: &channels::imap::Error,
    ) -> Result<(), Error> {
        self.alone = true;
        let [uid] = group else { return Ok(()) };
        let times = match self.suspect {
            Some((suspect, times)) if suspect == *uid => times + 1,
            _ => 1,
        };
        self.suspect = Some((*uid, times));
        if times >= BLAME {
            self.suspect = None;
            self.pass_over(validity, *uid, error.to_string()).await?;
        }
        Ok(())
    }

    /// The server did not give these messages: they are gone, or it lists what it does not give.
    async fn not_given(&self, imap: &mut Imap, uids: &[u32]) -> Result<(), Trouble> {
        let present = imap.present(uids).await?;
        let (there, gone): (Vec<u32>, Vec<u32>) =
            uids.iter().partition(|uid| present.contains(uid));
        let (name, validity) = (self.config.name.clone(), imap.validity);
        self.write(move |tx, _| desk::mailboxes::gone(tx, &name, validity, &gone)).await?;
        for uid in there {
            let why = "the server lists the message and does not give it".to_owned();
            self.pass_over(validity, uid, why).await?;
        }
        Ok(())
    }

    async fn pass_over(&self, validity: u32, uid: u32, why: String) -> Result<(), Error> {
        let name = self.config.name.clone();
        tracing::error!(
            mailbox = name,
            uid,
            "a message cannot be fetched; it is tried again later"
        );
        self.write(move |tx, ctx| desk::mailboxes::unfetched(tx, ctx, &name, (validity, uid), &why))
            .await
    }

    async fn complain(&self, trouble: &Trouble) {
        // What the server said may name an address: it stands in the data, not in the log.
        tracing::warn!(mailbox = self.config.name, "a mailbox could not be read");
        let (name, why) = (self.config.name.clone(), trouble.to_string());
        let recorded =
            self.write(move |tx, ctx| desk::mailboxes::failing(tx, ctx, &name, &why)).await;
        if let Err(error) = recorded {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a mailbox's trouble was not written down"
            );
        }
    }

    async fn write<T, F>(&self, case: F) -> Result<T, Error>
    where
        F: FnMut(&mut desk::Tx<'_>, &Ctx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        self.desk.write(self.desk.ctx(Actor::System, Channel::Email), case).await
    }
}

/// Waits until we are asked to stop.
async fn asked(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

fn arrival(mailbox: &str, validity: u32, one: &Fetched, now: Timestamp) -> Arrival {
    Arrival {
        mailbox: mailbox.to_owned(),
        source: Source::Imap { validity, uid: one.uid },
        received_at: one.received_at.unwrap_or(now),
        session: None,
    }
}

/// A second after the first failure, then 2, 4 …, at most a minute; five where only we can change something.
fn pause(failures: u32, trouble: &Trouble) -> Duration {
    match trouble {
        Trouble::Mailbox(error) if error.is_ours() => Duration::from_mins(5),
        _ => Duration::from_secs(1 << (failures - 1).min(6)).min(Duration::from_mins(1)),
    }
}

/// Archives what was handed in at the door; the worker decides about it. Says whether it is kept for good.
pub async fn keep(desk: Desk, mail: HandedIn) -> bool {
    let ctx = desk.ctx(Actor::System, Channel::Email);
    let arrival = Arrival::handed_in("lmtp", ctx.now).by(mail.session);
    let kept = desk
        .write(ctx, move |tx, ctx| desk::mailboxes::archive(tx, ctx, &arrival, &mail.raw))
        .await;
    if let Err(error) = &kept {
        tracing::error!(error = error as &dyn std::error::Error, "a mail could not be kept");
    }
    kept.is_ok()
}

/// Decides about the next mails that were archived, some of them in one transaction; what fails is tried alone and put
/// off. Says whether there may be more.
pub(crate) async fn decide(desk: &Desk, authenticator: &Arc<Authenticator>) -> Result<bool, Error> {
    let ctx = desk.ctx(Actor::System, Channel::Email);
    let due = desk.read(ctx.clone(), desk::mailboxes::undecided).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let readable: Arc<[Ready]> = ready(desk, authenticator, due).await?.into();
    let all = readable.clone();
    let together = desk
        .write(ctx.clone(), move |tx, ctx| all.iter().try_for_each(|one| one.decide(tx, ctx)))
        .await;
    let Err(error) = together else { return Ok(true) };
    tracing::warn!(
        error = &error as &dyn std::error::Error,
        "mails failed together; they are tried one by one"
    );
    for place in 0..readable.len() {
        let all = readable.clone();
        let alone = desk.write(ctx.clone(), move |tx, ctx| all[place].decide(tx, ctx)).await;
        if let Err(error) = alone {
            let mail = &readable[place].mail;
            tracing::error!(
                mail.id,
                error = &error as &dyn std::error::Error,
                "nothing could be decided about a mail; it is tried again later"
            );
            put_off(desk, mail.clone(), error.to_string()).await?;
        }
    }
    Ok(true)
}

/// The mails that could be read, in their order, with their files kept and their senders looked at, all at the same time:
/// name servers may be slow. The others are put off.
async fn ready(
    desk: &Desk,
    authenticator: &Arc<Authenticator>,
    due: Vec<(Archived, Vec<u8>)>,
) -> Result<Vec<Ready>, Error> {
    let tasks: Vec<_> = due
        .into_iter()
        .map(|(mail, raw)| {
            let (desk, authenticator) = (desk.clone(), authenticator.clone());
            let session = desk::mailboxes::session(&mail);
            let incoming = tokio::spawn(async move {
                incoming(&desk, &authenticator, raw, session.as_ref()).await
            });
            (mail, incoming)
        })
        .collect();
    let mut all = Vec::new();
    for (mail, incoming) in tasks {
        let why = match incoming.await {
            Ok(Ok(incoming)) => {
                all.push(Ready { mail, incoming });
                continue;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the message could not be read".to_owned(),
        };
        tracing::error!(mail.id, "a mail could not be read; it is tried again later");
        put_off(desk, mail, why).await?;
    }
    Ok(all)
}

/// Reads a mail, asks who its sender is, and keeps its files.
async fn incoming(
    desk: &Desk,
    authenticator: &Authenticator,
    raw: Vec<u8>,
    session: Option<&Session>,
) -> Result<Incoming, Error> {
    let read = tokio::task::spawn_blocking(move || (desk::mailbox::parse(&raw), raw));
    let (message, raw) = read.await.unwrap_or_else(|error| resume_unwind(error.into_panic()));
    let trust = authenticator.check(&raw, &message, session).await;
    desk.incoming(raw, message, trust).await
}

/// A mail about which something can be decided.
struct Ready {
    mail: Archived,
    incoming: Incoming,
}

impl Ready {
    fn decide(&self, tx: &mut desk::Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
        let arrival = Arrival::handed_in(&self.mail.mailbox, self.mail.received_at);
        desk::mailbox::receive(tx, ctx, &arrival, &self.incoming).map(|_| ())
    }
}

async fn put_off(desk: &Desk, mail: Archived, why: String) -> Result<(), Error> {
    let ctx = desk.ctx(Actor::System, Channel::Email);
    desk.write(ctx, move |tx, ctx| desk::mailboxes::put_off(tx, ctx, &mail, &why)).await
}
