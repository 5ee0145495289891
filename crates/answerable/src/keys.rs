//! The installation's key: a file beside the database that only its owner may read. And beside that, what this
//! installation remembers of the data, by which it knows a restored backup.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use desk::Secrets;
use jiff::Timestamp;

/// Reads the key file, or makes it with a fresh key.
pub(crate) fn open(path: &Path) -> anyhow::Result<Secrets> {
    match fs::read_to_string(path) {
        Ok(line) => match Secrets::from_line(&line) {
            Some(secrets) => Ok(secrets),
            None => bail!("{} is not a key file", path.display()),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(path),
        Err(error) => {
            Err(error).with_context(|| format!("the key file {} cannot be read", path.display()))
        }
    }
}

fn make(path: &Path) -> anyhow::Result<Secrets> {
    let secrets = Secrets::fresh();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let context = || format!("the key file {} cannot be made", path.display());
    let mut file = options.open(path).with_context(context)?;
    writeln!(file, "{}", secrets.to_line()).with_context(context)?;
    file.sync_all().with_context(context)?;
    Ok(secrets)
}

/// What is remembered of the data: the last sign of life written into it, and the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub(crate) alive_at: Timestamp,
    pub(crate) epoch: i64,
}

/// Where that is kept.
fn memory(key_file: &Path) -> PathBuf {
    let mut path = key_file.as_os_str().to_owned();
    path.push(".seen");
    PathBuf::from(path)
}

/// What is remembered, if anything.
pub(crate) fn remembered(key_file: &Path) -> anyhow::Result<Option<Remembered>> {
    let path = memory(key_file);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read", path.display()));
        }
    };
    let (epoch, alive_at) = text.trim().split_once(' ').unwrap_or_default();
    match (epoch.parse(), alive_at.parse()) {
        (Ok(epoch), Ok(alive_at)) => Ok(Some(Remembered { alive_at, epoch })),
        _ => bail!("{} is damaged: remove it if this is not a restored backup", path.display()),
    }
}

/// Remembers it, whole or not at all.
pub(crate) fn remember(key_file: &Path, what: Remembered) -> anyhow::Result<()> {
    let path = memory(key_file);
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let context = || format!("{} cannot be written", path.display());
    fs::write(&partial, format!("{} {}\n", what.epoch, what.alive_at)).with_context(context)?;
    fs::rename(&partial, &path).with_context(context)
}
