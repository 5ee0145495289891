//! Configuration: one TOML file, then the environment, then flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use channels::dkim::Signer;
use channels::imap::{ImapConfig, Password, SignIn};
use channels::lmtp::Relays;
use channels::oauth2::{OAuth2, Tokens};
use jiff::civil::Date;
use serde::Deserialize;

use crate::cli::{ServeOptions, StoreOptions};

/// What `serve` runs with.
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) database_url: String,
    pub(crate) key_file: PathBuf,
    pub(crate) handbook: Option<PathBuf>,
    pub(crate) public_url: String,
    pub(crate) smtp_url: Option<String>,
    pub(crate) smtp_ca_file: Option<PathBuf>,
    pub(crate) lmtp_listen: Option<SocketAddr>,
    pub(crate) lmtp_relays: Relays,
    pub(crate) mailboxes: Vec<Mailbox>,
    pub(crate) signers: Vec<Signer>,
    pub(crate) files: PathBuf,
    pub(crate) trusted_server: Option<String>,
    pub(crate) trusted_forwarders: Vec<String>,
    /// Whether webhooks may reach addresses that are not public.
    pub(crate) webhooks_reach_private: bool,
}

/// A mailbox to fetch, and how often at least.
pub(crate) struct Mailbox {
    pub(crate) imap: ImapConfig,
    pub(crate) every: Duration,
}

/// The file; each key is the flag of the same name, and what has no flag stands in tables.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    database_url: Option<String>,
    key_file: Option<PathBuf>,
    handbook: Option<PathBuf>,
    public_url: Option<String>,
    smtp_url: Option<String>,
    smtp_ca_file: Option<PathBuf>,
    lmtp_listen: Option<SocketAddr>,
    #[serde(default)]
    lmtp_relays: Vec<String>,
    #[serde(default)]
    mailbox: Vec<MailboxTable>,
    #[serde(default)]
    dkim: Vec<DkimTable>,
    files: Option<PathBuf>,
    trusted_server: Option<String>,
    #[serde(default)]
    trusted_forwarders: Vec<String>,
    #[serde(default)]
    webhooks_reach_private: bool,
}

/// Where files are kept unless somebody says otherwise: beside the database's file, else in the working directory.
pub(crate) fn files_beside(database_url: &str) -> PathBuf {
    let file =
        database_url.strip_prefix("sqlite://").map(|rest| rest.split('?').next().unwrap_or(rest));
    file.map_or_else(
        || "answerable.files".into(),
        |file| PathBuf::from(file).with_extension("files"),
    )
}

/// `[[mailbox]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailboxTable {
    name: String,
    url: String,
    user: String,
    password: Option<String>,
    password_env: Option<String>,
    oauth2: Option<OAuth2Table>,
    ca_file: Option<PathBuf>,
    since: Option<String>,
    every_seconds: Option<u64>,
}

/// `[mailbox.oauth2]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OAuth2Table {
    token_url: String,
    client_id: String,
    client_secret: Option<String>,
    client_secret_env: Option<String>,
    refresh_token: Option<String>,
    refresh_token_env: Option<String>,
    refresh_token_file: Option<PathBuf>,
}

/// `[[dkim]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DkimTable {
    domain: String,
    selector: String,
    key_file: PathBuf,
}

const DATABASE_URL: &str = "sqlite://answerable.db";
const KEY_FILE: &str = "answerable.key";

/// Puts file, environment and flags together; the later wins.
pub(crate) fn load(options: ServeOptions) -> anyhow::Result<Config> {
    let file = read(options.config.as_deref())?;
    let default = "127.0.0.1:3000".parse()?;
    let listen = if options.listen == default {
        file.listen.unwrap_or(options.listen)
    } else {
        options.listen
    };
    let (database_url, key_file) =
        place(options.store, file.database_url.as_deref(), file.key_file.as_deref());
    let public_url =
        options.public_url.or(file.public_url).unwrap_or_else(|| format!("http://{listen}"));
    let public_url = public_url.trim_end_matches('/').to_owned();
    if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
        bail!("public_url: expected an address that begins with https://, got {public_url:?}");
    }
    Ok(Config {
        listen,
        files: options.files.or(file.files).unwrap_or_else(|| files_beside(&database_url)),
        database_url,
        key_file,
        handbook: options.handbook.or(file.handbook),
        public_url,
        smtp_url: options.smtp_url.or(file.smtp_url),
        smtp_ca_file: file.smtp_ca_file,
        lmtp_listen: options.lmtp_listen.or(file.lmtp_listen),
        lmtp_relays: Relays::read(&or_else(options.lmtp_relays, file.lmtp_relays))
            .context("lmtp_relays")?,
        mailboxes: mailboxes(file.mailbox)?,
        signers: file.dkim.iter().map(signer).collect::<Result<_, _>>()?,
        trusted_server: options.trusted_server.or(file.trusted_server),
        trusted_forwarders: or_else(options.trusted_forwarders, file.trusted_forwarders),
        webhooks_reach_private: file.webhooks_reach_private,
    })
}

fn or_else(flags: Vec<String>, file: Vec<String>) -> Vec<String> {
    if flags.is_empty() { file } else { flags }
}

/// A secret that the handbook names by its environment variable.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where the data is and, if it stands in the file, where the running desk takes mail.
pub(crate) fn stores(
    options: StoreOptions,
    config: Option<&Path>,
) -> anyhow::Result<(StoreOptions, Option<SocketAddr>)> {
    let file = read(config)?;
    let (database_url, key_file) =
        place(options, file.database_url.as_deref(), file.key_file.as_deref());
    Ok((StoreOptions { database_url, key_file }, file.lmtp_listen))
}

fn read(path: Option<&Path>) -> anyhow::Result<File> {
    let Some(path) = path else { return Ok(File::default()) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
    // The parser's own words show the line, and the line may hold a secret.
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text[..span.start].lines().count().max(1));
        anyhow::anyhow!("the configuration {}:{line}: {}", path.display(), error.message())
    })
}

fn place(
    options: StoreOptions,
    database_url: Option<&str>,
    key_file: Option<&Path>,
) -> (String, PathBuf) {
    let database_url = match database_url {
        Some(url) if options.database_url == DATABASE_URL => url.to_owned(),
        _ => options.database_url,
    };
    let key_file = match key_file {
        Some(path) if options.key_file.as_os_str() == KEY_FILE => path.to_owned(),
        _ => options.key_file,
    };
    (database_url, key_file)
}

fn mailboxes(tables: Vec<MailboxTable>) -> anyhow::Result<Vec<Mailbox>> {
    let mut mailboxes: Vec<Mailbox> = Vec::new();
    for table in tables {
        let name = table.name.clone();
        if name.trim().is_empty() || mailboxes.iter().any(|one| one.imap.name == name) {
            bail!("mailbox.name: every mailbox needs a name of its own, got {name:?}");
        }
        mailboxes.push(mailbox(table).with_context(|| format!("mailbox {name}"))?);
    }
    Ok(mailboxes)
}

fn mailbox(table: MailboxTable) -> anyhow::Result<Mailbox> {
    let password = secret("password", table.password, table.password_env)?;
    let sign_in = match (password, table.oauth2) {
        (Some(password), None) => SignIn::Password(Password(password)),
        (None, Some(oauth2)) => SignIn::OAuth2(Box::new(tokens(oauth2, table.ca_file.clone())?)),
        _ => bail!("password: expected password_env, password or [mailbox.oauth2], one of them"),
    };
    let since = match table.since {
        Some(day) => Some(day.parse::<Date>().map_err(|_| {
            anyhow::anyhow!("since: expected a day such as 2026-06-08, got {day:?}")
        })?),
        None => None,
    };
    let every = table.every_seconds.unwrap_or(60);
    if !(1..=1500).contains(&every) {
        bail!("every_seconds: expected 1 to 1500, got {every}");
    }
    let imap = ImapConfig {
        name: table.name,
        url: table.url,
        user: table.user,
        sign_in,
        ca_file: table.ca_file,
        since,
    };
    imap.check().context("url")?;
    Ok(Mailbox { imap, every: Duration::from_secs(every) })
}

fn tokens(table: OAuth2Table, ca_file: Option<PathBuf>) -> anyhow::Result<Tokens> {
    let given = secret("refresh_token", table.refresh_token, table.refresh_token_env)?;
    let refresh_file = table.refresh_token_file;
    let refresh_token = match &refresh_file {
        Some(file) if file.exists() => {
            let text = std::fs::read_to_string(file);
            let text = text.with_context(|| format!("refresh_token_file: {}", file.display()))?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty()).or(given)
        }
        _ => given,
    };
    let refresh_token = refresh_token.context(
        "oauth2.refresh_token: expected refresh_token_env, refresh_token or a refresh_token_file that holds it",
    )?;
    Ok(Tokens::new(OAuth2 {
        token_url: table.token_url,
        client_id: table.client_id,
        client_secret: secret("client_secret", table.client_secret, table.client_secret_env)?,
        refresh_token,
        refresh_file,
        ca_file,
    }))
}

/// A secret as it is written, or from the environment.
fn secret(
    key: &str,
    written: Option<String>,
    variable: Option<String>,
) -> anyhow::Result<Option<String>> {
    match (written, variable) {
        (Some(_), Some(_)) => bail!("{key}: expected {key} or {key}_env, not both"),
        (written, None) => Ok(written),
        (None, Some(variable)) => std::env::var(&variable)
            .map(Some)
            .with_context(|| format!("{key}_env: the variable {variable} is not set")),
    }
}

fn signer(table: &DkimTable) -> anyhow::Result<Signer> {
    let context = || format!("dkim.key_file: {}", table.key_file.display());
    let pem = std::fs::read(&table.key_file).with_context(context)?;
    Signer::new(&table.domain, &table.selector, &pem).with_context(context)
}
