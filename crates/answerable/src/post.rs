//! How mail comes in and goes out: the mail server, the mailboxes and the door at which mail is handed in, and whether
//! this installation may speak at all.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use channels::Transport;
use channels::lmtp::Limits;
use channels::smtp::{Smtp, SmtpConfig};
use desk::installation::{Began, Here};
use desk::{Clock, Desk, Secrets, Store};
use domain::{Actor, Channel};
use jobs::Fetcher;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::keys::{self, Remembered};

/// How often a sign of life is written into the data.
const PULSE: Duration = Duration::from_mins(1);

/// The way mail leaves.
pub(crate) fn transport(config: &mut Config) -> anyhow::Result<Transport> {
    match &config.smtp_url {
        Some(url) => {
            let smtp = SmtpConfig::new(url).trusting(config.smtp_ca_file.clone());
            let smtp = Smtp::new(&smtp).context("ANSWERABLE_SMTP_URL is not usable")?;
            let smtp = smtp.signed_by(std::mem::take(&mut config.signers));
            Ok(Transport::Smtp(Box::new(smtp)))
        }
        None => {
            tracing::warn!(
                "no mail server is configured (ANSWERABLE_SMTP_URL): mail waits in the outbox"
            );
            Ok(Transport::None)
        }
    }
}

/// Takes the data over, mute if it is a copy or a restored backup; gives the secrets in their epoch.
pub(crate) async fn begin(
    store: &Store,
    secrets: Secrets,
    config: &Config,
) -> anyhow::Result<(Secrets, Began)> {
    let remembered = keys::remembered(&config.key_file)?;
    let here = Here {
        instance: secrets.instance.clone(),
        place: place(&config.database_url),
        public_url: config.public_url.clone(),
        seen_at: remembered.map(|one| one.alive_at),
        epoch: remembered.map_or(secrets.epoch(), |one| one.epoch.max(secrets.epoch())),
    };
    let now = Clock::System.now();
    let began = store
        .write(move |tx| desk::installation::begin(tx, &here, now))
        .await
        .context("the data could not be taken over")?;
    remember(&config.key_file, &began);
    if let Some(because) = &began.installation.muted_because {
        tracing::error!(
            because,
            "NOTHING LEAVES AND NO MAILBOX IS FETCHED. If this is the real desk, say so: answerable unmute, or the button \
             that admins see on every page"
        );
    }
    Ok((secrets.in_epoch(began.epoch, began.past.clone()), began))
}

fn remember(key_file: &Path, began: &Began) {
    let what = Remembered { alive_at: began.installation.alive_at, epoch: began.epoch };
    if let Err(error) = keys::remember(key_file, what) {
        tracing::warn!(
            error = error.as_ref() as &dyn std::error::Error,
            "a restored backup could not be told from the data as it is now"
        );
    }
}

/// What tells a database from a copy as far as its address does: the path of a file, and the machine it is on.
fn place(database_url: &str) -> String {
    let Some(path) = database_url.strip_prefix("sqlite://") else { return String::new() };
    let path =
        std::path::absolute(path).map_or_else(|_| path.into(), |path| path.display().to_string());
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    format!("{} {path}", machine.trim()).trim().to_owned()
}

/// Everything that works on mail beside the worker.
pub(crate) async fn start(
    desk: &Desk,
    config: Config,
    began: &Began,
    stop: &watch::Receiver<bool>,
) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let mut tasks =
        vec![tokio::spawn(pulse(desk.clone(), config.key_file.clone(), began.epoch, stop.clone()))];
    let node = node(&config);
    for mailbox in config.mailboxes {
        tracing::info!(mailbox = mailbox.imap.name, "a mailbox is fetched");
        let fetcher = Fetcher::new(desk.clone(), mailbox.imap, &node).every(mailbox.every);
        tasks.push(tokio::spawn(fetcher.run(stop.clone())));
    }
    if let Some(address) = config.lmtp_listen {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("lmtp_listen: cannot listen on {address}"))?;
        tracing::info!(%address, "mail can be handed in by LMTP and SMTP");
        let desk = desk.clone();
        let keep = move |mail| jobs::keep(desk.clone(), mail);
        let named = (hostname(), config.lmtp_relays);
        let served = channels::lmtp::serve(listener, named, Limits::default(), keep, stop.clone());
        tasks.push(tokio::spawn(served));
    }
    Ok(tasks)
}

/// Writes signs of life, in the data first and then beside the key.
async fn pulse(
    desk: Desk,
    key_file: std::path::PathBuf,
    epoch: i64,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(PULSE) => {}
        }
        let ctx = desk.ctx(Actor::System, Channel::System);
        match desk.write(ctx, desk::installation::alive).await {
            Ok(alive_at) => {
                if let Err(error) = keys::remember(&key_file, Remembered { alive_at, epoch }) {
                    tracing::warn!(
                        error = error.as_ref() as &dyn std::error::Error,
                        "not remembered"
                    );
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no sign of life");
            }
        }
    }
}

/// What tells this node from others that share the data.
pub(crate) fn node(config: &Config) -> String {
    format!("{} {}", hostname(), config.listen)
}

/// What this machine is called.
pub(crate) fn hostname() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}
