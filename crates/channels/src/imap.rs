//! A mailbox on a mail server, read by IMAP and left as it is: nothing is marked, moved or deleted.
//!
//! The folder is opened with EXAMINE and messages are read with BODY.PEEK, so that other programs see no difference;
//! what we know about a message hangs on UIDVALIDITY and UID alone.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_imap::error::Error as ImapError;
use async_imap::{Authenticator, Client, Session};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::oauth2::{self, Tokens};
use crate::tls::{self, Stream};

/// How long one command may take; fetching has longer.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long fetching some messages may take.
const FETCH_PATIENCE: Duration = Duration::from_mins(10);

/// Why a mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is not one of a mailbox.
    #[error("the URL of a mailbox is imaps://host/FOLDER or imap://host/FOLDER?tls=required")]
    Url,
    /// The server cannot be reached.
    #[error("the server does not answer: {0}")]
    Connect(std::io::Error),
    /// No secure connection.
    #[error(transparent)]
    Tls(#[from] tls::Error),
    /// No access token.
    #[error(transparent)]
    Token(#[from] oauth2::Error),
    /// The server does not take our name and password.
    #[error("the sign-in was refused: {0}")]
    SignIn(String),
    /// The folder is not there, or tells its messages apart by nothing that lasts.
    #[error("the folder cannot be used: {0}")]
    Folder(String),
    /// The server said nothing in time.
    #[error("the server said nothing for {} s", .0.as_secs())]
    Silent(Duration),
    /// The conversation ended or was not understood.
    #[error("the conversation broke off: {0}")]
    Broken(String),
}

impl Error {
    /// Whether the settings are to blame, so that trying again soon is useless.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Url | Self::SignIn(_) | Self::Folder(_) | Self::Token(oauth2::Error::Refused(_))
        )
    }
}

impl From<ImapError> for Error {
    fn from(error: ImapError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// How a mailbox knows us.
#[derive(Debug)]
pub enum SignIn {
    /// By a password.
    Password(Password),
    /// By an access token (XOAUTH2).
    OAuth2(Box<Tokens>),
}

/// A password; it is not printed.
#[derive(Clone)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// Where a mailbox is.
#[derive(Debug)]
pub struct ImapConfig {
    /// What we call it.
    pub name: String,
    /// `imaps://host:993/INBOX` or `imap://host:143/INBOX?tls=required`; `tls=none` must be asked for.
    pub url: String,
    /// Who signs in.
    pub user: String,
    /// How.
    pub sign_in: SignIn,
    /// Certificates to trust instead of the well-known ones.
    pub ca_file: Option<PathBuf>,
    /// Messages that came before this day are left alone.
    pub since: Option<Date>,
}

/// How the connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// From the first byte.
    Tls,
    /// After STARTTLS.
    StartTls,
    /// Not at all.
    None,
}

impl ImapConfig {
    /// Says what is wrong with the URL, if anything is.
    pub fn check(&self) -> Result<(), Error> {
        self.address().map(|_| ())
    }

    fn address(&self) -> Result<(Security, &str, u16, &str), Error> {
        let (scheme, rest) = self.url.split_once("://").ok_or(Error::Url)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let security = match (scheme, query) {
            ("imaps", "") => Security::Tls,
            ("imap", "" | "tls=required") => Security::StartTls,
            ("imap", "tls=none") => Security::None,
            _ => return Err(Error::Url),
        };
        let default = if security == Security::Tls { 993 } else { 143 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| Error::Url)?),
            None => (authority, default),
        };
        if host.is_empty() || host.contains('@') {
            return Err(Error::Url);
        }
        Ok((security, host, port, if folder.is_empty() { "INBOX" } else { folder }))
    }
}

/// One message as the server keeps it.
#[derive(Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID.
    pub uid: u32,
    /// When the server took it in, if it says so.
    pub received_at: Option<Timestamp>,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// A mailbox that is open.
#[derive(Debug)]
pub struct Imap {
    session: Session<Stream>,
    /// The UIDVALIDITY that the UIDs belong to.
    pub validity: u32,
    can_idle: bool,
}

impl Imap {
    /// Connects, signs in and opens the folder for reading.
    pub async fn open(config: &ImapConfig) -> Result<Self, Error> {
        let (_, _, _, folder) = config.address()?;
        let mut session = within(PATIENCE, sign_in(config)).await?;
        let capabilities = within(PATIENCE, plain(session.capabilities())).await?;
        let opened = within(PATIENCE, plain(session.examine(folder))).await;
        let opened = opened.map_err(|error| match error {
            Error::Broken(said) => Error::Folder(said),
            other => other,
        })?;
        let validity = opened
            .uid_validity
            .filter(|validity| *validity > 0)
            .ok_or_else(|| Error::Folder("it has no UIDVALIDITY".to_owned()))?;
        Ok(Self { session, validity, can_idle: capabilities.has_str("IDLE") })
    }

    /// The UIDs from one on, in order.
    pub async fn uids(&mut self, from: u32) -> Result<Vec<u32>, Error> {
        let found = self.search(&format!("UID {from}:*")).await?;
        // `7:*` names the last message even if its UID is lower.
        let mut uids: Vec<u32> = found.into_iter().filter(|uid| *uid >= from).collect();
        uids.sort_unstable();
        Ok(uids)
    }

    /// Those of the messages that are there.
    pub async fn present(&mut self, uids: &[u32]) -> Result<HashSet<u32>, Error> {
        self.search(&format!("UID {}", set(uids))).await
    }

    /// The UIDs of messages that came on a day or later.
    pub async fn since(&mut self, day: Date) -> Result<HashSet<u32>, Error> {
        self.search(&format!("SINCE {}", day.strftime("%-d-%b-%Y"))).await
    }

    async fn search(&mut self, query: &str) -> Result<HashSet<u32>, Error> {
        within(PATIENCE, plain(self.session.uid_search(query))).await
    }

    /// How many bytes messages have.
    pub async fn sizes(&mut self, uids: &[u32]) -> Result<Vec<(u32, u32)>, Error> {
        let fetch = async {
            let found = self.session.uid_fetch(set(uids), "(UID RFC822.SIZE)").await?;
            found.try_collect::<Vec<_>>().await
        };
        let found = within(PATIENCE, plain(fetch)).await?;
        Ok(found.iter().filter_map(|one| Some((one.uid?, one.size?))).collect())
    }

    /// Messages as they are kept; what is gone is left out.
    pub async fn fetch(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, Error> {
        let fetch = async {
            let found = self.session.uid_fetch(set(uids), "(UID INTERNALDATE BODY.PEEK[])").await?;
            found.try_collect::<Vec<_>>().await
        };
        let found = within(FETCH_PATIENCE, plain(fetch)).await?;
        let fetched = found.iter().filter_map(|one| {
            let received_at = one.internal_date().map(|date| date.timestamp());
            Some(Fetched {
                uid: one.uid?,
                received_at: received_at.and_then(|at| Timestamp::from_second(at).ok()),
                raw: one.body()?.to_vec(),
            })
        });
        Ok(fetched.collect())
    }

    /// Waits until something happens in the mailbox, or for a span; gives the mailbox back while it is open.
    pub async fn wait(self, span: Duration) -> Result<Self, Error> {
        if !self.can_idle {
            tokio::time::sleep(span).await;
            let Self { mut session, validity, can_idle } = self;
            within(PATIENCE, plain(session.noop())).await?;
            return Ok(Self { session, validity, can_idle });
        }
        let Self { session, validity, can_idle } = self;
        let mut idle = session.idle();
        within(PATIENCE, plain(idle.init())).await?;
        // It ends by itself when something happens; a span without news is no failure.
        let _ = timeout(span, idle.wait().0).await;
        let session = within(PATIENCE, plain(idle.done())).await?;
        Ok(Self { session, validity, can_idle })
    }

    /// Says good-bye.
    pub async fn close(mut self) {
        // The server notices all the same.
        let _ = timeout(Duration::from_secs(2), self.session.logout()).await;
    }
}

async fn sign_in(config: &ImapConfig) -> Result<Session<Stream>, Error> {
    match &config.sign_in {
        SignIn::Password(password) => {
            let client = connect(config).await?;
            client.login(&config.user, &password.0).await.map_err(|(error, _)| refused(error))
        }
        SignIn::OAuth2(tokens) => match show(config, tokens).await {
            // The token may have run out sooner than was said, or was withdrawn.
            Err(Error::SignIn(_)) => show(config, tokens).await,
            shown => shown,
        },
    }
}

/// Signs in by an access token; one that is not taken is not shown again.
async fn show(config: &ImapConfig, tokens: &Tokens) -> Result<Session<Stream>, Error> {
    let token = tokens.token().await?;
    let client = connect(config).await?;
    let answer = Bearer { user: &config.user, token: Some(token) };
    match client.authenticate("XOAUTH2", answer).await {
        Ok(session) => Ok(session),
        Err((error, _)) => {
            tokens.forget().await;
            Err(refused(error))
        }
    }
}

fn refused(error: ImapError) -> Error {
    match error {
        ImapError::No(said) | ImapError::Bad(said) => Error::SignIn(said),
        other => other.into(),
    }
}

async fn connect(config: &ImapConfig) -> Result<Client<Stream>, Error> {
    let (security, host, port, _) = config.address()?;
    let stream = TcpStream::connect((host, port)).await.map_err(Error::Connect)?;
    stream.set_nodelay(true).map_err(Error::Connect)?;
    let roots = config.ca_file.as_deref();
    if security == Security::StartTls {
        let mut client = Client::new(stream);
        greeting(&mut client).await?;
        client.run_command_and_check_ok("STARTTLS", None).await?;
        return Ok(Client::new(tls::secure(client.into_inner(), host, roots).await?));
    }
    let stream: Stream = match security {
        Security::Tls => tls::secure(stream, host, roots).await?,
        _ => Box::new(stream),
    };
    let mut client = Client::new(stream);
    greeting(&mut client).await?;
    Ok(client)
}

async fn greeting<T: tls::Wire>(client: &mut Client<T>) -> Result<(), Error> {
    match client.read_response().await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(Error::Broken("the server hung up without a word".to_owned())),
        Err(error) => Err(Error::Broken(error.to_string())),
    }
}

/// The token, once; then an empty answer, with which the server's reason is acknowledged.
struct Bearer<'a> {
    user: &'a str,
    token: Option<String>,
}

impl Authenticator for Bearer<'_> {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        match self.token.take() {
            Some(token) => format!("user={}\x01auth=Bearer {token}\x01\x01", self.user),
            None => String::new(),
        }
    }
}

/// A command's outcome with our words for what went wrong.
async fn plain<T>(command: impl Future<Output = async_imap::error::Result<T>>) -> Result<T, Error> {
    command.await.map_err(Error::from)
}

async fn within<T>(
    span: Duration,
    command: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    timeout(span, command).await.unwrap_or(Err(Error::Silent(span)))
}

/// UIDs in the server's language, runs shortened: `3:5,9`.
fn set(uids: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => runs.push((*uid, *uid)),
        }
    }
    let runs: Vec<String> = runs
        .into_iter()
        .map(
            |(first, last)| {
                if first == last { first.to_string() } else { format!("{first}:{last}") }
            },
        )
        .collect();
    runs.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> ImapConfig {
        ImapConfig {
            name: "support".to_owned(),
            url: url.to_owned(),
            user: "support@acme.test".to_owned(),
            sign_in: SignIn::Password(Password("secret".to_owned())),
            ca_file: None,
            since: None,
        }
    }

    #[test]
    fn encryption_is_the_default_and_the_folder_the_inbox() {
        let read = |url| {
            config(url).address().ok().map(|(security, host, port, folder)| {
                (security, host.to_owned(), port, folder.to_owned())
            })
        };
        let expected = |security, port, folder: &str| {
            Some((security, "mx.acme.test".to_owned(), port, folder.to_owned()))
        };

        assert_eq!(read("imaps://mx.acme.test"), expected(Security::Tls, 993, "INBOX"));
        assert_eq!(read("imaps://mx.acme.test:1/A/B"), expected(Security::Tls, 1, "A/B"));
        assert_eq!(read("imap://mx.acme.test"), expected(Security::StartTls, 143, "INBOX"));
        assert_eq!(read("imap://mx.acme.test?tls=none"), expected(Security::None, 143, "INBOX"));
        for wrong in ["mx.acme.test", "imap://", "imap://a?tls=no", "imaps://me:pw@mx", "pop://mx"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_password_is_never_printed() {
        let shown = format!("{:?}", config("imaps://mx.acme.test"));

        assert!(shown.contains("mx.acme.test") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn runs_of_uids_are_short() {
        assert_eq!(set(&[3, 4, 5, 9, 11, 12]), "3:5,9,11:12");
        assert_eq!(set(&[u32::MAX]), u32::MAX.to_string());
    }
}
