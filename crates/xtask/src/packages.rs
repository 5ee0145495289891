//! What the tests need from the machine: found, or installed as Debian packages.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};

use crate::commands::{find, is_root, run};

/// Whether missing programs may be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Install {
    /// Missing packages are installed.
    Allowed,
    /// Missing packages are an error (`--no-install`).
    Forbidden,
}

/// A program the tests need and how Debian calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Package {
    /// The database server; found by the folder of its programs.
    Postgres,
    /// The browser.
    Chromium,
    /// The mail server whose mailboxes are fetched.
    Dovecot,
    /// The mail server that takes what leaves.
    Postfix,
}

impl Package {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Chromium => "chromium",
            Self::Dovecot => "dovecot-imapd",
            Self::Postfix => "postfix",
        }
    }

    /// Where it is on this machine, if it is.
    pub(crate) fn place(self) -> Option<PathBuf> {
        match self {
            Self::Postgres => postgres_folder(),
            Self::Chromium => chromium(),
            Self::Dovecot => find("dovecot").or_else(|| in_sbin("dovecot")),
            Self::Postfix => find("postfix").or_else(|| in_sbin("postfix")),
        }
    }
}

/// Installs what is missing, in one go.
pub(crate) fn provide(packages: &[Package], install: Install) -> Result<()> {
    let missing: Vec<&str> =
        packages.iter().filter(|package| package.place().is_none()).map(|p| p.name()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if install == Install::Forbidden {
        bail!(
            "missing on this machine: {names} (leave out --no-install, or install them yourself)"
        );
    }
    if find("apt-get").is_none() {
        bail!(
            "missing on this machine: {names}; install them with your package manager, then run this again"
        );
    }
    println!("Installing {names} with apt-get.");
    run(apt_get()?.arg("update").arg("--quiet"))?;
    if missing.contains(&Package::Postfix.name()) {
        leave_unconfigured()?;
    }
    run(apt_get()?
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(&missing))?;
    match packages.iter().find(|package| package.place().is_none()) {
        Some(package) => bail!(
            "{} was installed but its programs are not where they are expected",
            package.name()
        ),
        None => Ok(()),
    }
}

/// Node.js with npm is the one thing besides Rust that has to be there.
pub(crate) fn require_node() -> Result<()> {
    for program in ["node", "npm"] {
        find(program).with_context(|| {
            format!("`{program}` is not here: install Node.js 20 or newer, with npm")
        })?;
    }
    Ok(())
}

/// The tests bring a configuration of their own; the system's mail stays as it is.
fn leave_unconfigured() -> Result<()> {
    let answer = "postfix postfix/main_mailer_type select No configuration";
    run(as_root()?.args(["sh", "-c", &format!("echo '{answer}' | debconf-set-selections")]))
}

/// Servers are installed and not started: the tests start their own.
fn apt_get() -> Result<Command> {
    let mut command = as_root()?;
    command.args(["DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"]);
    Ok(command)
}

fn as_root() -> Result<Command> {
    if is_root()? {
        return Ok(Command::new("env"));
    }
    let sudo = find("sudo")
        .context("installing packages needs root, and there is no sudo: run this as root once, or install them")?;
    let mut command = Command::new(sudo);
    command.arg("env");
    Ok(command)
}

/// The folder of `initdb` and `pg_ctl`: the newest that Debian has installed, else wherever the PATH leads.
fn postgres_folder() -> Option<PathBuf> {
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<f64>().ok();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| folder.join("bin/initdb").is_file())
        .collect();
    versions
        .sort_by(|a, b| version(a).partial_cmp(&version(b)).unwrap_or(std::cmp::Ordering::Equal));
    match versions.pop() {
        Some(newest) => Some(newest.join("bin")),
        None => find("initdb")?.parent().map(PathBuf::from),
    }
}

/// Servers are not on everybody's path.
fn in_sbin(program: &str) -> Option<PathBuf> {
    Some(PathBuf::from("/usr/sbin").join(program)).filter(|file| file.is_file())
}

fn chromium() -> Option<PathBuf> {
    let chosen =
        env::var_os("ANSWERABLE_CHROMIUM").map(PathBuf::from).filter(|file| file.is_file());
    chosen.or_else(|| ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find))
}
