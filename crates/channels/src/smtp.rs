//! Mail leaves by SMTP, or, in the demo, not at all.
//!
//! One mail to one recipient is one conversation. The server's answer decides: 2xx is sent, 4xx is for
//! later, 5xx is final. Where there is no answer, or the sign-in is refused, nobody can be reached:
//! that says nothing about the address.

use std::path::{Path, PathBuf};
use std::{error::Error as _, fmt, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    address::Envelope,
    transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters},
    transport::smtp::{Error as SmtpError, response::Response},
};
use mail::Outgoing;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::time::timeout;

use crate::Outcome;
use crate::dkim::Signer;

/// Why a mail server cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is not one of a mail server.
    #[error("the SMTP URL cannot be used")]
    Url(#[source] SmtpError),
    /// `?tls=` has a value that means nothing.
    #[error("tls in the SMTP URL must be required, opportunistic or none")]
    Tls,
    /// The file of certificates cannot be used.
    #[error("the certificates in {0} cannot be read")]
    Certificates(String),
}

/// Where the mail server is and how to sign in.
#[derive(Clone)]
pub struct SmtpConfig {
    /// `smtps://user:password@host:465` or `smtp://…:587?tls=required`; `opportunistic` and
    /// `none` must be asked for. A path becomes the name we greet with.
    pub url: String,
    /// How long one mail may take from connecting to the last answer.
    pub timeout: Duration,
    /// Certificates to trust instead of the well-known ones.
    pub ca_file: Option<PathBuf>,
}

impl SmtpConfig {
    /// The server at a URL, with two minutes for each mail.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), timeout: Duration::from_mins(2), ca_file: None }
    }

    /// The same, trusting the certificates in a file and no others.
    #[must_use]
    pub fn trusting(self, ca_file: Option<PathBuf>) -> Self {
        Self { ca_file, ..self }
    }

    /// How the connection is secured when the certificates to trust are in a file; nothing, if it is not secured at all.
    fn secured_by(&self, ca_file: &Path) -> Result<Option<Tls>, Error> {
        let (base, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let (scheme, rest) = base.split_once("://").unwrap_or(("", base));
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let wrong = || Error::Certificates(ca_file.display().to_string());
        let mut parameters =
            TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::None);
        for certificate in CertificateDer::pem_file_iter(ca_file).map_err(|_| wrong())? {
            let der = certificate.map_err(|_| wrong())?.to_vec();
            let certificate = Certificate::from_der(der).map_err(|_| wrong())?;
            parameters = parameters.add_root_certificate(certificate);
        }
        let parameters = parameters.build().map_err(|_| wrong())?;
        Ok(match (scheme, query) {
            ("smtps", _) => Some(Tls::Wrapper(parameters)),
            (_, "tls=opportunistic") => Some(Tls::Opportunistic(parameters)),
            (_, "tls=none") => None,
            _ => Some(Tls::Required(parameters)),
        })
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
    signers: Vec<Signer>,
}

impl Smtp {
    /// Reads the settings; does not connect yet.
    pub fn new(config: &SmtpConfig) -> Result<Self, Error> {
        let url = config.library_url()?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(Error::Url)?;
        let builder = match config.ca_file.as_deref().map(|file| config.secured_by(file)) {
            Some(tls) => match tls? {
                Some(tls) => builder.tls(tls),
                None => builder,
            },
            None => builder,
        };
        let transport = builder.timeout(Some(config.timeout)).build();
        Ok(Self { transport, timeout: config.timeout, signers: Vec::new() })
    }

    /// The same, signing what leaves.
    pub fn signed_by(self, signers: Vec<Signer>) -> Self {
        Self { signers, ..self }
    }

    /// Connects and signs in, and sends nothing.
    pub async fn check(&self) -> Result<(), String> {
        match timeout(self.timeout, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server does not answer".to_owned()),
            Ok(Err(error)) => Err(told(&error)),
            Err(_) => Err(self.silence()),
        }
    }

    fn silence(&self) -> String {
        format!("the mail server did not answer in {} s", self.timeout.as_secs())
    }

    /// Sends a mail to one of those it is for, and says what became of it.
    pub async fn send(&self, mail: &Outgoing, to: &str) -> Outcome {
        let (envelope, mut bytes) = match written(mail, Some(to)) {
            Ok(written) => written,
            Err(reason) => return Outcome::Failed { reason },
        };
        let signatures: Vec<u8> =
            self.signers.iter().flat_map(|signer| signer.sign(&bytes, mail.date_unix)).collect();
        bytes.splice(0..0, signatures);
        match timeout(self.timeout, self.transport.send_raw(&envelope, &bytes)).await {
            Ok(Ok(response)) => Outcome::Sent { response: said(&response) },
            Ok(Err(error)) => refused(&error, &envelope),
            Err(_) => Outcome::Unreachable { reason: self.silence() },
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
        match written(mail, None) {
            Ok(_) => Outcome::Sent { response: "250 captured".to_owned() },
            Err(reason) => Outcome::Failed { reason },
        }
    }
}

/// The envelope, to one recipient or to all, and the bytes.
fn written(mail: &Outgoing, only: Option<&str>) -> Result<(Envelope, Vec<u8>), String> {
    let address = |email: &str| email.parse::<Address>().map_err(|error| error.to_string());
    let parts = mail.envelope().map_err(|error| error.to_string())?;
    let to = match only {
        Some(only) => vec![address(only)?],
        None => parts.to.iter().map(|email| address(email)).collect::<Result<_, _>>()?,
    };
    let envelope =
        Envelope::new(Some(address(&parts.from)?), to).map_err(|error| error.to_string())?;
    Ok((envelope, mail.to_bytes().map_err(|error| error.to_string())?))
}

fn said(response: &Response) -> String {
    let text: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), text.join(" ")).trim_end().to_owned()
}

/// What went wrong, with the code if the server gave one.
fn told(error: &SmtpError) -> String {
    let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    match error.status().map(u16::from) {
        Some(code) => format!("{text} ({code})"),
        None => text,
    }
}

fn refused(error: &SmtpError, envelope: &Envelope) -> Outcome {
    let code = error.status().map(u16::from);
    let reason = told(error);
    let sign_in = matches!(code, Some(530 | 534 | 535 | 538));
    let unspoken =
        error.is_client() && envelope.to().iter().any(|to| !AsRef::<str>::as_ref(to).is_ascii());
    // The same codes say that we are not welcome (5.7.x), which is not the address's fault.
    let is_gone = matches!(code, Some(550 | 551 | 553 | 556)) && !reason.starts_with("5.7.");
    match code {
        _ if error.is_permanent() && is_gone => Outcome::NobodyThere { reason },
        _ if error.is_permanent() && !sign_in || unspoken => Outcome::Failed { reason },
        Some(_) if !sign_in => Outcome::Later { reason },
        _ => Outcome::Unreachable { reason },
    }
}
