//! The installation's key: a file beside the database that only its owner may read.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use desk::Secrets;

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
