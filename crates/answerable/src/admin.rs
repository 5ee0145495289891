//! Commands for the people who run the server.

use anyhow::Context as _;
use desk::{Clock, Ctx, Error};
use domain::Role;
use handbook::Handbook;

use crate::cli::{AgentCommand, RoleName, StoreOptions, TokenCommand, UnmuteOptions};
use crate::{config, keys, serve};

pub(crate) fn ctx() -> anyhow::Result<Ctx> {
    let sample = Handbook::parse(Handbook::sample())
        .map_err(|problems| serve::wrong("sample", &problems))?;
    Ok(Ctx::starting(Clock::System.now(), sample))
}

/// What a use case refuses, as one line.
pub(crate) fn told(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(fields) => {
            let lines: Vec<String> = fields.into_iter().map(|field| field.description).collect();
            anyhow::anyhow!(lines.join("; "))
        }
        Error::Conflict(said) => anyhow::anyhow!(said),
        other => other.into(),
    }
}

#[expect(clippy::print_stdout, reason = "this is the command line's answer")]
pub(crate) fn agent(command: AgentCommand) -> anyhow::Result<()> {
    let AgentCommand::Create { email, name, role, public_url, store } = command;
    let role = match role {
        RoleName::Admin => Role::Admin,
        RoleName::Agent => Role::Agent,
        RoleName::Light => Role::Light,
    };
    anyhow::ensure!(!name.trim().is_empty(), "--name must not be empty");
    let ctx = ctx()?;
    let store = serve::store(&store.database_url)?;
    let token = store
        .write_blocking(move |tx| {
            let user = desk::sessions::ensure_agent(tx, &ctx, &email, &name, role)?;
            desk::sessions::create_link(tx, &ctx, user.id)
        })
        .map_err(told)?;
    println!("{}/welcome/{token}", public_url.trim_end_matches('/'));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is the command line's answer")]
pub(crate) fn token(command: TokenCommand) -> anyhow::Result<()> {
    let TokenCommand::Create { email, store } = command;
    let ctx = ctx()?;
    let store = serve::store(&store.database_url)?;
    let shown = email.clone();
    let token = store
        .write_blocking(move |tx| {
            let user = desk::sessions::candidate(tx, &email)?.ok_or(Error::NotFound)?;
            if !user.role.answers() {
                return Err(Error::Forbidden("only agents and admins have API tokens".to_owned()));
            }
            desk::sessions::create_token(tx, &ctx, user.id)
        })
        .with_context(|| format!("no token was made for {shown}"))?;
    println!("{token}");
    Ok(())
}

/// Ends the silence in which a copy or a restored backup began.
#[expect(clippy::print_stdout, reason = "this is the command line's answer")]
pub(crate) fn unmute(options: UnmuteOptions) -> anyhow::Result<()> {
    let (store, _) = config::stores(options.store, options.config.as_deref())?;
    let ctx = ctx()?;
    let store = serve::store(&store.database_url)?;
    let released = store
        .write_blocking(move |tx| desk::installation::unmute(tx, &ctx, options.send_held))
        .map_err(told)?;
    println!("mail, chat and mailboxes: on");
    if options.send_held {
        println!("{released} held deliveries leave as well");
    }
    Ok(())
}

/// Says what works and what does not.
#[expect(clippy::print_stdout, reason = "this is the command line's answer")]
pub(crate) fn doctor(options: &StoreOptions) -> anyhow::Result<()> {
    let store = serve::store(&options.database_url)?;
    println!("database: {} answers, migrations are done", serve::shown(&options.database_url));
    keys::open(&options.key_file)?;
    println!("key: {} is right", options.key_file.display());
    let active = store.read_blocking(|tx| -> Result<_, Error> {
        Ok(desk::handbooks::active(tx).ok().flatten())
    })?;
    match active {
        Some(handbook) => println!("handbook: version {} is in force", &handbook.version[..12]),
        None => anyhow::bail!("no handbook is in force: start once with --handbook FILE"),
    }
    let waiting = store.read_blocking(|tx| desk::deliveries::unsent(tx, "pending"))?;
    let failed = store.read_blocking(|tx| desk::deliveries::unsent(tx, "failed"))?;
    println!("outbox: {waiting} waiting, {failed} failed");
    if let Some((since, because)) = store.read_blocking(desk::installation::muted)? {
        anyhow::bail!(
            "nothing leaves since {since}: {because}. If this is the real desk: answerable unmute"
        );
    }
    Ok(())
}
