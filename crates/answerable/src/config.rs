//! Configuration: one TOML file, then the environment, then flags.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::cli::ServeOptions;

/// What `serve` runs with.
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) database_url: String,
    pub(crate) key_file: PathBuf,
    pub(crate) handbook: Option<PathBuf>,
    pub(crate) public_url: String,
    pub(crate) smtp_url: Option<String>,
    pub(crate) files: PathBuf,
    pub(crate) trusted_server: Option<String>,
    pub(crate) trusted_forwarders: Vec<String>,
}

/// The file; each key is the flag of the same name.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    database_url: Option<String>,
    key_file: Option<PathBuf>,
    handbook: Option<PathBuf>,
    public_url: Option<String>,
    smtp_url: Option<String>,
    files: Option<PathBuf>,
    trusted_server: Option<String>,
    #[serde(default)]
    trusted_forwarders: Vec<String>,
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

/// Puts file, environment and flags together; the later wins.
pub(crate) fn load(options: ServeOptions) -> anyhow::Result<Config> {
    let file = match &options.config {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
            toml::from_str(&text)
                .with_context(|| format!("the configuration {} is wrong", path.display()))?
        }
        None => File::default(),
    };
    let defaults = ("127.0.0.1:3000".parse()?, "sqlite://answerable.db", "answerable.key");
    let listen = if options.listen == defaults.0 {
        file.listen.unwrap_or(options.listen)
    } else {
        options.listen
    };
    let database_url = if options.store.database_url == defaults.1 {
        file.database_url.unwrap_or(options.store.database_url)
    } else {
        options.store.database_url
    };
    let key_file = if options.store.key_file.as_os_str() == defaults.2 {
        file.key_file.unwrap_or(options.store.key_file)
    } else {
        options.store.key_file
    };
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
        trusted_server: options.trusted_server.or(file.trusted_server),
        trusted_forwarders: if options.trusted_forwarders.is_empty() {
            file.trusted_forwarders
        } else {
            options.trusted_forwarders
        },
    })
}
