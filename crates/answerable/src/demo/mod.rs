//! The newcomer's first minute and the outside checks' handle: a desk whose clock can be moved and whose mail is read
//! instead of sent.

mod doors;
mod sample;

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use channels::Transport;
use channels::smtp::Capture;
use desk::{Blobs, Clock, Ctx, Desk, Secrets, Settings, Store, Tx};
use domain::{Actor, Channel, Role, User};
use handbook::Handbook;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use jobs::Worker;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cli::DemoOptions;
use crate::config::files_beside;
use crate::{app, serve};

/// The demo's admin, who is in no team.
const ADMIN: &str = "admin@demo.test";
/// The key that an app signs identities with in the demo, the same in every demo: it is in the guide, and no secret.
const IDENTITY_KEY: (&str, &str) = ("demo", "answerable-demo-identity-secret-not-for-production");

pub(crate) async fn run(options: DemoOptions) -> anyhow::Result<()> {
    if !options.listen.ip().is_loopback() {
        bail!(
            "the demo needs no sign-in for its clock and mail, so it listens on loopback only, not on {}",
            options.listen
        );
    }
    let (text, name) = match &options.handbook {
        Some(path) => (serve::read(path)?, path.display().to_string()),
        None => (Handbook::sample().to_owned(), "sample".to_owned()),
    };
    let folder = Folder::new()?;
    let url = options.database_url.clone().unwrap_or_else(|| folder.database());
    let handbook = Handbook::parse(&text).map_err(|problems| serve::wrong(&name, &problems))?;
    let zone = TimeZone::get(&handbook.company.timezone).unwrap_or(TimeZone::UTC);
    let (clock, from_monday) = clock(&options, &zone, Clock::System.now());
    let store = serve::store(&url)?;
    let since = since(&options, &store, clock.now()).await?;
    let handbook = serve::start_handbook(&store, Some(&text), &name, since).await?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = format!("http://{}", listener.local_addr()?);
    let settings = Settings { public_url: address.as_str().into(), demo: true, from_monday };
    let blobs = Blobs::at(match &options.database_url {
        Some(url) if url.starts_with("sqlite:") => files_beside(url),
        _ => folder.files(),
    });
    let desk = Desk::new((store, blobs), clock, Secrets::fresh(), handbook, settings);
    let mut credentials = admin(&desk, &address).await?;
    if !options.empty {
        sample::fill(&desk).await.context("the sample company could not be made")?;
    }
    let worker = Worker::new(desk.clone(), Transport::Capture(Capture));
    worker.settle().await?;
    let links = links(&desk, &address).await?;
    credentials["links"] = links.iter().map(|(_, link)| link.as_str()).collect();
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(worker.clone().run(stopped.clone()));
    let following = tokio::spawn(serve::follow_handbook(desk.clone(), stopped));
    let router = app::router(desk.clone(), doors::router(worker));
    let server = tokio::spawn(serve::serve(listener, router));
    announce(&address, &credentials, &links, from_monday);
    if let Some(path) = &options.credentials_file {
        write_whole(path, &credentials.to_string())?;
    }
    server.await??;
    let _ = stop.send(true);
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        let _ = working.await;
        let _ = following.await;
    })
    .await;
    Ok(())
}

/// Since when the handbook is in force: the sample company has worked by it for some weeks, so that its heroes have
/// handed over to each other. (ROT-07)
async fn since(options: &DemoOptions, store: &Store, now: Timestamp) -> anyhow::Result<Timestamp> {
    let known = store.read(desk::handbooks::active_version).await?;
    if options.empty || known.is_some() { Ok(now) } else { sample::begin(now) }
}

/// The clock: standing at `now` or running from there, or running with the world's; on a weekend it begins on Monday
/// morning, so that something moves. Says whether it does.
fn clock(options: &DemoOptions, zone: &TimeZone, world: Timestamp) -> (Clock, bool) {
    match options.now {
        Some(now) if options.running => return (Clock::running(now), false),
        Some(now) => return (Clock::standing(now), false),
        None => {}
    }
    match after_weekend(zone, world) {
        Some(monday) => (Clock::running(monday), true),
        None => (Clock::running(world), false),
    }
}

/// Monday morning, if it is the weekend.
fn after_weekend(zone: &TimeZone, world: Timestamp) -> Option<Timestamp> {
    let local = world.to_zoned_datetime(zone.clone());
    let days = match local.weekday() {
        Weekday::Saturday => 2,
        Weekday::Sunday => 1,
        _ => return None,
    };
    let monday = local.date().checked_add(days.days()).ok()?;
    zone.to_timestamp(monday.at(9, 12, 0, 0)).ok()
}

/// Makes the admin and says how to get in.
async fn admin(desk: &Desk, address: &str) -> anyhow::Result<serde_json::Value> {
    let password = desk::token();
    let hash = desk::sessions::hash_password(&password);
    let ctx: Ctx = desk.ctx(Actor::System, Channel::System);
    let token = desk
        .write(ctx, move |tx, ctx| {
            let user = desk::sessions::ensure_agent(tx, ctx, ADMIN, "Demo admin", Role::Admin)?;
            desk::sessions::store_password(tx, ctx, user.id, &hash)?;
            let (key, secret) = IDENTITY_KEY;
            desk::identity::keys::put_secret(tx, ctx, key, secret)?;
            desk::sessions::create_token(tx, ctx, user.id)
        })
        .await?;
    Ok(serde_json::json!({ "url": address, "email": ADMIN, "password": password, "token": token }))
}

/// Who one can go on as with one link, each with it: a hero with a full queue, and the admin.
async fn links(desk: &Desk, address: &str) -> anyhow::Result<Vec<(String, String)>> {
    let hero = |tx: &mut Tx<'_>, ctx: &Ctx| {
        let teams = desk::teams::list(tx, ctx)?;
        let Some(team) = teams.iter().find(|team| team.slug.as_deref() == Some(sample::TEAM))
        else {
            return Ok(None);
        };
        let person = desk::rota::holding(tx, ctx, team)?.and_then(|holding| holding.person);
        Ok::<_, desk::Error>(person.map(|one| (one, format!("hero of {}", team.name))))
    };
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let admin = desk::sessions::candidate(tx, ADMIN)?
            .map(|one| (one, "who may do anything".to_owned()));
        Ok::<_, desk::Error>(hero(tx, ctx)?.into_iter().chain(admin).collect::<Vec<_>>())
    };
    let people = desk.read(desk.ctx(Actor::System, Channel::System), read).await?;
    let named = |(one, what): (User, String)| {
        (format!("{}, {what}", one.name), format!("{address}/demo/as/{}", one.id))
    };
    Ok(people.into_iter().map(named).collect())
}

#[expect(clippy::print_stdout, reason = "this is what a newcomer reads")]
fn announce(
    address: &str,
    credentials: &serde_json::Value,
    links: &[(String, String)],
    from_monday: bool,
) {
    println!("Answerable demo: {address}");
    if from_monday {
        println!("It is the weekend, so the demo's clock began on Monday morning.");
    }
    println!("Nothing leaves this machine. Open a link to look through somebody's eyes:");
    for (who, link) in links {
        println!("  {link}  {who}");
    }
    println!(
        "Or sign in as {} with password {}",
        credentials["email"].as_str().unwrap_or_default(),
        credentials["password"].as_str().unwrap_or_default()
    );
    println!("App identities are signed with key {} and secret {}", IDENTITY_KEY.0, IDENTITY_KEY.1);
    println!(
        "API token {} (email/token:TOKEN); outgoing mail is at {address}/demo/outbox",
        credentials["token"].as_str().unwrap_or_default()
    );
}

/// Writes a file so that a reader sees all of it or nothing.
fn write_whole(path: &std::path::Path, text: &str) -> anyhow::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let context = || format!("the credentials file {} cannot be written", path.display());
    std::fs::write(&partial, text).with_context(context)?;
    std::fs::rename(&partial, path).with_context(context)
}

/// A temporary folder that goes with the demo.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("answerable-demo-{}", desk::token()));
        std::fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }

    fn files(&self) -> PathBuf {
        self.0.join("files")
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("demo.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_started_on_a_weekend_begins_on_monday() {
        let zone = TimeZone::get("Europe/London").unwrap();
        for (world, expected) in [
            ("2026-06-05T23:30:00Z", Some("2026-06-08T08:12:00Z")),
            ("2026-06-07T12:00:00Z", Some("2026-06-08T08:12:00Z")),
            ("2026-06-05T12:00:00Z", None),
            ("2026-06-08T00:00:00Z", None),
        ] {
            let monday = after_weekend(&zone, world.parse().unwrap());
            assert_eq!(monday, expected.map(|at| at.parse().unwrap()), "{world}");
        }
    }
}
