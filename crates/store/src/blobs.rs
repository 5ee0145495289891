//! Contents of files: each kept once, under its hash, in a folder beside the database.
//!
//! A content is written before the transaction that names it, so that the writer never waits for a disk that copies
//! megabytes, and a row never names what is not there. What is written and then named by no row, because somebody gave
//! up or the power went, is taken away by the sweep a day later. The sweep and a writer may meet at the same content:
//! a writer that finds it there makes it young again, and the sweep looks at the age after it has put it aside.
//!
//! Only four verbs are needed of the folder (put, get, list, take away), so that an object storage can stand in for it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{Error, Tx, params};

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The folder.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: Arc<Path>,
}

impl Blobs {
    /// The contents in a folder, which is made when the first one comes.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into().into() }
    }

    /// Keeps a content and gives its hash. It is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn put(&self, content: &[u8], now: Timestamp) -> Result<String, Error> {
        let hash = hash_of(content);
        self.write(&hash, content, age(now)).map_err(Error::Blob)?;
        Ok(hash)
    }

    /// A content by its hash.
    ///
    /// # Errors
    ///
    /// When it is not there, or is not what it was.
    pub fn get(&self, hash: &str) -> Result<Vec<u8>, Error> {
        let content = fs::read(self.path(hash)).map_err(Error::Blob)?;
        if hash_of(&content) == hash {
            Ok(content)
        } else {
            Err(Error::corrupt("a file in the folder of files", "its content has changed"))
        }
    }

    /// Hashes of the contents that are older than `before`.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn older_than(&self, before: Timestamp) -> Result<Vec<String>, Error> {
        let before = age(before);
        let mut found = Vec::new();
        for shelf in entries(&self.folder).map_err(Error::Blob)? {
            for file in entries(&shelf).map_err(Error::Blob)? {
                let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let is_old = modified(&file).is_ok_and(|at| at < before);
                if is_old && name.len() == 64 {
                    found.push(name.to_owned());
                } else if is_old {
                    // A writing that never ended.
                    let _ = fs::remove_file(&file);
                }
            }
        }
        Ok(found)
    }

    /// Takes a content away that no row names, unless somebody has just put it there again. Says whether it is gone.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub fn take_away(&self, hash: &str, before: Timestamp) -> Result<bool, Error> {
        let path = self.path(hash);
        let aside = path.with_extension("aside");
        let taken = || -> io::Result<bool> {
            fs::rename(&path, &aside)?;
            if modified(&aside)? >= age(before) {
                fs::rename(&aside, &path)?;
                return Ok(false);
            }
            fs::remove_file(&aside)?;
            Ok(true)
        };
        match taken() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            outcome => outcome.map_err(Error::Blob),
        }
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(hash.get(..2).unwrap_or("00")).join(hash)
    }

    fn write(&self, hash: &str, content: &[u8], now: SystemTime) -> io::Result<()> {
        let path = self.path(hash);
        if let Ok(known) = File::options().write(true).open(&path) {
            return known.set_modified(now);
        }
        let shelf = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(shelf)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let partial = shelf.join(format!("{}-{number}.partial", std::process::id()));
        let mut file = File::create_new(&partial)?;
        file.write_all(content)?;
        file.set_modified(now)?;
        file.sync_all()?;
        fs::rename(&partial, &path)?;
        File::open(shelf)?.sync_all()
    }
}

/// The name of a content.
pub fn hash_of(content: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(content).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn age(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default())
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// Says that a content is there and wanted.
pub fn insert(tx: &mut Tx<'_>, hash: &str, size: i64, now: Timestamp) -> Result<(), Error> {
    // Nobody may release it meanwhile.
    tx.lock_name(&format!("blob:{hash}"))?;
    tx.execute(
        "INSERT INTO blobs (hash, size_bytes, created_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
        params![hash, size, now],
    )
    .map(|_| ())
}

/// Forgets a content that neither an attachment nor a mail names any more; the sweep takes its file away later.
pub fn release(tx: &mut Tx<'_>, hash: &str) -> Result<(), Error> {
    tx.lock_name(&format!("blob:{hash}"))?;
    tx.execute(
        "DELETE FROM blobs WHERE hash = $1
         AND NOT EXISTS (SELECT 1 FROM attachments WHERE attachments.hash = $1)
         AND NOT EXISTS (SELECT 1 FROM mails WHERE mails.hash = $1)",
        params![hash],
    )
    .map(|_| ())
}

/// Which of these are known.
pub fn known(tx: &mut Tx<'_>, hashes: &[String]) -> Result<Vec<String>, Error> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = crate::Sql::new();
    sql.push("SELECT hash FROM blobs WHERE hash IN (");
    sql.join(hashes, ", ", "", |sql, hash| {
        sql.bind(hash.as_str());
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(|row| row.get(0)).collect()
}
