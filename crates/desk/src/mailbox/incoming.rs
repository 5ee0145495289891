//! A mail before anything is decided about it: read, its files kept, and whether its sender is believed.

use jiff::Timestamp;
use mail::{Message, Trust};
use store::blobs::Blobs;

use crate::attachments::{self, Kept, NewFile};
use crate::{Desk, Error, secrets};

/// Shorter mails are kept in their rows, where they cost no writing of their own.
const SHORT: usize = 128 * 1024;

/// A mail that may be taken in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// What it says. Its files are in `files`.
    pub(crate) message: Message,
    /// Its files.
    pub(crate) files: Vec<Kept>,
    /// Whether its sender is believed.
    pub(crate) trust: Trust,
    /// All of it, unless a blob holds it.
    pub(crate) raw: Vec<u8>,
    /// What tells its bytes from others.
    pub(crate) digest: String,
    /// That blob.
    pub(crate) hash: Option<String>,
    /// How large it is.
    pub(crate) size: i64,
}

impl Incoming {
    /// Keeps the mail's files and, if it is a long one, the mail itself. Waits for the disk.
    ///
    /// # Errors
    ///
    /// When the folder of files does not work.
    pub fn keep(
        blobs: &Blobs,
        raw: Vec<u8>,
        mut message: Message,
        trust: Trust,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
        let digest = secrets::content_hash(&raw);
        let hash = if raw.len() > SHORT { Some(blobs.put(&raw, now)?) } else { None };
        // From here on a long mail is not held twice.
        let raw = if hash.is_some() { Vec::new() } else { raw };
        let mut files = Vec::new();
        for file in std::mem::take(&mut message.attachments) {
            let content_id = file.content_id;
            let file = NewFile { name: file.name, content: file.bytes, content_id };
            files.push(attachments::keep(blobs, file, now)?);
        }
        Ok(Self { message, files, trust, raw, digest, hash, size })
    }
}

impl Incoming {
    /// A short mail of which only the words count: its files are left out and nothing is written.
    pub fn of_words(raw: Vec<u8>, message: Message, trust: Trust) -> Self {
        let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
        let digest = secrets::content_hash(&raw);
        Self { message, files: Vec::new(), trust, raw, digest, hash: None, size }
    }
}

impl Desk {
    /// Makes a mail ready to be taken in by [`super::receive`].
    ///
    /// # Errors
    ///
    /// When the folder of files does not work.
    pub async fn incoming(
        &self,
        raw: Vec<u8>,
        message: Message,
        trust: Trust,
    ) -> Result<Incoming, Error> {
        let now = self.clock().now();
        self.with_blobs(move |blobs| Incoming::keep(blobs, raw, message, trust, now)).await
    }
}
