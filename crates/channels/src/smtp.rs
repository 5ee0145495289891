//! Mail leaves by SMTP, or, in the demo, not at all.
//!
//! One mail is one conversation. The server's answer decides: 2xx is sent, 4xx and everything
//! that goes wrong on the way is for later, 5xx is final. A refused sign-in is for later too:
//! it says that our settings are wrong, not that the address is.

use std::{error::Error as _, fmt, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    address::Envelope,
    transport::smtp::{Error as SmtpError, response::Response},
};
use mail::Outgoing;
use tokio::time::timeout;

use crate::Outcome;

/// Why a mail server cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is not one of a mail server.
    #[error("the SMTP URL cannot be used")]
    Url(#[source] SmtpError),
    /// `?tls=` has a value that means nothing.
    #[error("tls in the SMTP URL must be required, opportunistic or none")]
    Tls,
}

/// Where the mail server is and how to sign in.
#[derive(Clone)]
pub struct SmtpConfig {
    /// `smtps://user:password@host:465` or `smtp://…:587?tls=required`; `opportunistic` and
    /// `none` must be asked for. A path becomes the name we greet with.
    pub url: String,
    /// How long one mail may take from connecting to the last answer.
    pub timeout: Duration,
}

impl SmtpConfig {
    /// The server at a URL, with two minutes for each mail.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), timeout: Duration::from_mins(2) }
    }

    /// The URL as the library reads it, where no `tls` means none.
    fn library_url(&self) -> Result<String, Error> {
        let (base, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        match query {
            _ if base.starts_with("smtps:") && query.is_empty() => Ok(base.to_owned()),
            "" | "tls=required" => Ok(format!("{base}?tls=required")),
            "tls=opportunistic" => Ok(self.url.clone()),
            "tls=none" => Ok(base.to_owned()),
            _ => Err(Error::Tls),
        }
    }
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.url.rsplit_once('@').map_or(&*self.url, |(_, server)| server);
        f.debug_struct("SmtpConfig")
            .field("server", &server)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A mail server that takes our mail.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

impl Smtp {
    /// Reads the settings; does not connect yet.
    pub fn new(config: &SmtpConfig) -> Result<Self, Error> {
        let url = config.library_url()?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(Error::Url)?;
        let transport = builder.timeout(Some(config.timeout)).build();
        Ok(Self { transport, timeout: config.timeout })
    }

    /// Sends one mail and says what became of it.
    pub async fn send(&self, mail: &Outgoing) -> Outcome {
        let (envelope, bytes) = match written(mail) {
            Ok(written) => written,
            Err(reason) => return Outcome::Failed { reason },
        };
        match timeout(self.timeout, self.transport.send_raw(&envelope, &bytes)).await {
            Ok(Ok(response)) => Outcome::Sent { response: said(&response) },
            Ok(Err(error)) => refused(&error, &envelope),
            Err(_) => {
                let seconds = self.timeout.as_secs();
                Outcome::Later { reason: format!("the mail server did not answer in {seconds} s") }
            }
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").finish_non_exhaustive()
    }
}

/// The demo's mail server: takes every mail that could be sent and sends none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Capture;

impl Capture {
    /// Says what a server that takes everything would have said.
    pub fn send(self, mail: &Outgoing) -> Outcome {
        match written(mail) {
            Ok(_) => Outcome::Sent { response: "250 captured".to_owned() },
            Err(reason) => Outcome::Failed { reason },
        }
    }
}

fn written(mail: &Outgoing) -> Result<(Envelope, Vec<u8>), String> {
    let address = |email: &str| email.parse::<Address>().map_err(|error| error.to_string());
    let parts = mail.envelope().map_err(|error| error.to_string())?;
    let to = parts.to.iter().map(|email| address(email)).collect::<Result<_, _>>()?;
    let envelope =
        Envelope::new(Some(address(&parts.from)?), to).map_err(|error| error.to_string())?;
    Ok((envelope, mail.to_bytes().map_err(|error| error.to_string())?))
}

fn said(response: &Response) -> String {
    let text: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), text.join(" ")).trim_end().to_owned()
}

fn refused(error: &SmtpError, envelope: &Envelope) -> Outcome {
    let code = error.status().map(u16::from);
    let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let reason = code.map_or_else(|| text.clone(), |code| format!("{text} ({code})"));
    let sign_in = matches!(code, Some(530 | 534 | 535 | 538));
    let unspoken =
        error.is_client() && envelope.to().iter().any(|to| !AsRef::<str>::as_ref(to).is_ascii());
    // The same codes say that we are not welcome (5.7.x), which is not the address's fault.
    if error.is_permanent()
        && matches!(code, Some(550 | 551 | 553 | 556))
        && !text.starts_with("5.7.")
    {
        Outcome::NobodyThere { reason }
    } else if error.is_permanent() && !sign_in || unspoken {
        Outcome::Failed { reason }
    } else {
        Outcome::Later { reason }
    }
}
