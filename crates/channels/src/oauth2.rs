//! Access tokens for mail servers that take no passwords: fetched with a refresh token, kept until shortly before they
//! run out. A server may answer with another refresh token; then that one counts, and is kept in a file if there is one.
//! (RFC 6749, section 6)

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::tls;

/// How long asking for a token may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A token is asked for anew this long before it runs out.
const EARLY: Duration = Duration::from_mins(2);
/// The longest answer that is read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one of a token server.
    #[error("token_url must begin with https://")]
    Url,
    /// The token server cannot be reached.
    #[error("the token server does not answer: {0}")]
    Reach(String),
    /// No secure connection.
    #[error(transparent)]
    Tls(#[from] tls::Error),
    /// The token server refused; `invalid_grant` says that somebody has to give consent again.
    #[error("the token server refuses: {0}")]
    Refused(String),
}

/// Where tokens come from.
#[derive(Clone)]
pub struct OAuth2 {
    /// The token endpoint, `https://…`; `http://` on loopback.
    pub token_url: String,
    /// The application's id.
    pub client_id: String,
    /// The application's secret, if it has one.
    pub client_secret: Option<String>,
    /// What the mailbox's owner consented to.
    pub refresh_token: String,
    /// Where another one is kept that comes in its place.
    pub refresh_file: Option<PathBuf>,
    /// Certificates to trust instead of the well-known ones.
    pub ca_file: Option<PathBuf>,
}

impl fmt::Debug for OAuth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2").field("token_url", &self.token_url).finish_non_exhaustive()
    }
}

/// Tokens, fetched when they are needed.
#[derive(Debug)]
pub struct Tokens {
    source: OAuth2,
    kept: Mutex<Kept>,
}

/// What is known at the moment.
#[derive(Debug)]
struct Kept {
    access: Option<(Secret, Instant)>,
    refresh: Secret,
}

/// A token that is not printed.
#[derive(Clone)]
struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Tokens {
    /// Tokens from a source.
    pub fn new(source: OAuth2) -> Self {
        let refresh = Secret(source.refresh_token.clone());
        Self { source, kept: Mutex::new(Kept { access: None, refresh }) }
    }

    /// A token that is good for a while.
    pub async fn token(&self) -> Result<String, Error> {
        let mut kept = self.kept.lock().await;
        if let Some((token, until)) = &kept.access
            && *until > Instant::now()
        {
            return Ok(token.0.clone());
        }
        let granted = tokio::time::timeout(PATIENCE, self.refresh(&kept.refresh))
            .await
            .map_err(|_| Error::Reach(format!("nothing came in {} s", PATIENCE.as_secs())))??;
        let good_for = Duration::from_secs(granted.expires_in.unwrap_or(300)).saturating_sub(EARLY);
        kept.access = Some((Secret(granted.access_token.clone()), Instant::now() + good_for));
        if let Some(next) = granted.refresh_token.filter(|next| *next != kept.refresh.0) {
            if let Some(file) = &self.source.refresh_file
                && let Err(error) = write(file, &next)
            {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "another refresh token came and cannot be kept: after a restart somebody may have to consent again"
                );
            }
            kept.refresh = Secret(next);
        }
        Ok(granted.access_token)
    }

    /// Forgets a token that a server did not take.
    pub async fn forget(&self) {
        self.kept.lock().await.access = None;
    }

    async fn refresh(&self, token: &Secret) -> Result<Granted, Error> {
        let source = &self.source;
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("client_id", &source.client_id),
            ("refresh_token", &token.0),
        ];
        if let Some(secret) = &source.client_secret {
            form.push(("client_secret", secret));
        }
        let form: Vec<String> =
            form.iter().map(|(key, value)| format!("{key}={}", escaped(value))).collect();
        let (status, body) = self.post(form.join("&")).await?;
        if status == 200 {
            return serde_json::from_slice(&body)
                .map_err(|_| Error::Refused("its answer has no access_token".to_owned()));
        }
        let refused = serde_json::from_slice::<Refused>(&body);
        Err(Error::Refused(refused.map_or_else(
            |_| format!("status {status}"),
            |refused| format!("{} {}", refused.error, refused.error_description).trim().to_owned(),
        )))
    }

    async fn post(&self, form: String) -> Result<(u16, Bytes), Error> {
        let (is_secure, host, port, path) = self.address()?;
        let stream = TcpStream::connect((host, port)).await.map_err(reach)?;
        let stream: tls::Stream = if is_secure {
            tls::secure(stream, host, self.source.ca_file.as_deref()).await?
        } else {
            Box::new(stream)
        };
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(reach)?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, host)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(form)))
            .map_err(|_| Error::Url)?;
        let connection = async move {
            // What goes wrong on the way is seen where the answer is read.
            let _ = connection.await;
        };
        let talk = async {
            let answer = sender.send_request(request).await.map_err(reach)?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER_LIMIT).collect().await;
            let body = body.map_err(|error| Error::Reach(error.to_string()))?;
            Ok((status, body.to_bytes()))
        };
        tokio::pin!(connection);
        tokio::pin!(talk);
        tokio::select! {
            answer = &mut talk => answer,
            () = &mut connection => talk.await,
        }
    }

    fn address(&self) -> Result<(bool, &str, u16, &str), Error> {
        let (scheme, rest) = self.source.token_url.split_once("://").ok_or(Error::Url)?;
        let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
        let path = if rest.len() > authority.len() { &rest[authority.len()..] } else { "/" };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| Error::Url)?)),
            None => (authority, None),
        };
        match scheme {
            "https" => Ok((true, host, port.unwrap_or(443), path)),
            "http" if host == "127.0.0.1" || host == "localhost" => {
                Ok((false, host, port.unwrap_or(80), path))
            }
            _ => Err(Error::Url),
        }
    }
}

/// Replaces what is in a file, for its owner alone; whole or not at all.
fn write(file: &Path, token: &str) -> io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&beside)?;
    written.write_all(token.as_bytes())?;
    written.sync_all()?;
    std::fs::rename(beside, file)
}

fn reach(error: impl fmt::Display) -> Error {
    Error::Reach(error.to_string())
}

/// A value as forms write it.
fn escaped(value: &str) -> String {
    use std::fmt::Write as _;
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
