//! Running the desk.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use channels::authentication::Authenticator;
use channels::posthog::Posthog;
use channels::webhooks::Webhooks;
use desk::{Blobs, Clock, Ctx, Desk, Settings, Store};
use domain::{Actor, Channel};
use handbook::Handbook;
use jobs::Worker;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cli::ServeOptions;
use crate::config::{self, Config};
use crate::{app, keys, post};

pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<()> {
    let mut config = config::load(options)?;
    let store = store(&config.database_url)?;
    let secrets = keys::open(&config.key_file)?;
    let transport = post::transport(&mut config)?;
    let authenticator = authenticator(&config);
    let (secrets, began) = post::begin(&store, secrets, &config).await?;
    let desk = open(store, secrets, config.handbook.as_deref(), &config).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    tracing::info!(senders.checked_by = ?authenticator, "senders of mail are checked");
    tracing::info!(address = %config.listen, public_url = %config.public_url, "the desk is open");
    let (stop, stopped) = watch::channel(false);
    let posthog = Posthog::new(config::environment);
    let node = post::node(&config);
    let ways = (posthog, Webhooks::new(config.webhooks_reach_private));
    let worker = Worker::serving_with(&node, desk.clone(), transport, ways, authenticator);
    let worker = tokio::spawn(worker.run(stopped.clone()));
    let follower = tokio::spawn(follow_handbook(desk.clone(), stopped.clone()));
    let post = post::start(&desk, config, &began, &stopped).await?;
    serve(listener, app::router(desk, Router::new())).await?;
    let _ = stop.send(true);
    let _ = tokio::time::timeout(Duration::from_secs(10), async {
        for task in post {
            let _ = task.await;
        }
        let _ = worker.await;
        let _ = follower.await;
    })
    .await;
    Ok(())
}

/// Opens the database.
pub(crate) fn store(url: &str) -> anyhow::Result<Store> {
    Store::open(url, &store::Options::default())
        .with_context(|| format!("the database {} cannot be used", shown(url)))
}

/// A database URL without its password.
pub(crate) fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

/// Who looks whether senders are who they say.
fn authenticator(config: &Config) -> Authenticator {
    let host = config.public_url.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let ourselves = Authenticator::ourselves(config.trusted_forwarders.clone(), host);
    match (&config.trusted_server, ourselves) {
        (None, Ok(ourselves)) => ourselves,
        (Some(server), Ok(ourselves)) => ourselves.behind(server.clone()),
        (server, Err(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "senders of mail cannot be checked, so none counts as proved unless a trusted_server says so"
            );
            Authenticator::Nobody.behind(server.clone().unwrap_or_default())
        }
    }
}

/// A desk with a handbook in force.
async fn open(
    store: Store,
    secrets: desk::Secrets,
    handbook: Option<&Path>,
    config: &Config,
) -> anyhow::Result<Desk> {
    let settings =
        Settings { public_url: config.public_url.as_str().into(), demo: false, from_monday: false };
    let text = handbook.map(read).transpose()?;
    let name = handbook.map(|path| path.display().to_string()).unwrap_or_default();
    let handbook = start_handbook(&store, text.as_deref(), &name, Clock::System.now()).await?;
    let blobs = Blobs::at(&config.files);
    Ok(Desk::new((store, blobs), Clock::System, secrets, handbook, settings))
}

/// The text of a handbook file.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("the handbook {} cannot be read", path.display()))
}

/// Puts the handbook in force that a node starts with, or reads the one that is.
pub(crate) async fn start_handbook(
    store: &Store,
    text: Option<&str>,
    name: &str,
    now: jiff::Timestamp,
) -> anyhow::Result<Handbook> {
    let parsed =
        text.map(Handbook::parse).transpose().map_err(|problems| wrong(name, &problems))?;
    let sample =
        Handbook::parse(Handbook::sample()).map_err(|problems| wrong("sample", &problems))?;
    let text = text.map(str::to_owned);
    let base = Ctx::starting(now, parsed.unwrap_or(sample));
    let started = store
        .write(move |tx| -> Result<Option<Handbook>, desk::Error> {
            let result = match &text {
                Some(text) => desk::handbooks::start(tx, &base, text).map(Some),
                None => desk::handbooks::active(tx),
            };
            match result {
                Ok(handbook) => Ok(handbook),
                Err(desk::handbooks::LoadError::Desk(error)) => Err(error),
                Err(desk::handbooks::LoadError::Wrong(problems)) => {
                    Err(desk::Error::Conflict(problems.to_string()))
                }
            }
        })
        .await?;
    started.context("no handbook is in force: start once with --handbook FILE")
}

/// What is wrong with a handbook, each line with the file's name.
pub(crate) fn wrong(name: &str, problems: &handbook::Problems) -> anyhow::Error {
    let lines: Vec<String> = problems
        .0
        .iter()
        .map(|problem| format!("{name}:{}: {}", problem.line, problem.reason))
        .collect();
    anyhow::anyhow!("the handbook is wrong\n{}", lines.join("\n"))
}

/// Keeps this node on the handbook that is in force, whoever activated it.
pub(crate) async fn follow_handbook(desk: Desk, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
        let ctx = desk.ctx(Actor::System, Channel::System);
        let mine = ctx.handbook.version.clone();
        let newer = desk
            .read(ctx, move |tx, _| match desk::handbooks::active_version(tx)? {
                Some(version) if version != mine => Ok(desk::handbooks::active(tx).ok().flatten()),
                _ => Ok(None),
            })
            .await;
        if let Ok(Some(handbook)) = newer {
            tracing::info!(version = handbook.version, "another handbook is in force");
            desk.set_handbook(handbook);
        }
    }
}

/// Answers until we are asked to stop; then what is under way has a few seconds to end. Open event streams never end by
/// themselves.
pub(crate) async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let (asked, was_asked) = watch::channel(false);
    let stop = async move {
        signal().await;
        let _ = asked.send(true);
    };
    let mut was_asked = was_asked;
    let late = async move {
        let _ = was_asked.wait_for(|asked| *asked).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        ended = axum::serve(listener, service).with_graceful_shutdown(stop) => ended,
        () = late => Ok(()),
    }
}

/// Waits for Ctrl-C or a polite request to stop.
pub(crate) async fn signal() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
