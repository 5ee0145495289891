//! Where the server is and how to talk to it.

use std::path::PathBuf;
use std::time::Duration;

use ::postgres::config::SslMode;
use ::postgres::{Client, Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

/// After so long a server counts as not reachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// After so long without an acknowledgement a connection counts as broken.
const BROKEN_AFTER: Duration = Duration::from_secs(30);

/// A server, as its URL describes it.
pub(crate) struct Server {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Server {
    /// Understands a URL. `sslmode=verify-full` and `sslrootcert` are ours; the driver knows the rest.
    pub(crate) fn from_url(url: &str) -> Result<Self, Error> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots) = (None, None);
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => roots = Some(PathBuf::from(value)),
                _ => others.push(pair),
            }
        }
        let url = format!("{address}?{}", others.join("&"));
        let mut config: Config = url.parse().map_err(|error| Error::Url(Some(Box::new(error))))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("answerable");
        }
        config.tcp_user_timeout(BROKEN_AFTER).keepalives_idle(BROKEN_AFTER);
        let tls = match mode {
            None | Some("disable" | "allow" | "prefer") => {
                config.ssl_mode(SslMode::Disable);
                None
            }
            Some("require" | "verify-ca" | "verify-full") => {
                config.ssl_mode(SslMode::Require);
                Some(tls(roots)?)
            }
            Some(other) => {
                return Err(Error::Url(Some(format!("sslmode={other} is not known").into())));
            }
        };
        Ok(Self { config, tls })
    }

    /// A new connection. Never inside an async worker.
    pub(crate) fn connect(&self) -> Result<Client, Error> {
        let connected = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let mut client = connected.map_err(|error| Error::Connect(Box::new(error)))?;
        // A node that dies in the middle must not hold its locks for ever.
        client.batch_execute("SET idle_in_transaction_session_timeout = '60s'")?;
        Ok(client)
    }

    /// The connection in `client`, made if there is none.
    pub(crate) fn reuse<'c>(
        &self,
        client: &'c mut Option<Client>,
    ) -> Result<&'c mut Client, Error> {
        match client {
            Some(client) => Ok(client),
            none => Ok(none.insert(self.connect()?)),
        }
    }
}

fn tls(roots: Option<PathBuf>) -> Result<MakeRustlsConnect, Error> {
    let failed = |error: crate::error::Cause| Error::Tls(error);
    let mut store = RootCertStore::empty();
    if let Some(path) = roots {
        for certificate in
            CertificateDer::pem_file_iter(path).map_err(|error| failed(error.into()))?
        {
            let certificate = certificate.map_err(|error| failed(error.into()))?;
            store.add(certificate).map_err(|error| failed(error.into()))?;
        }
    } else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.into()))?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Order and comparison of text must be those of its bytes, as they are on SQLite.
pub(crate) fn check_collation(client: &mut Client) -> Result<(), Error> {
    let row = client.query_one(
        "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()",
        &[],
    )?;
    let (collation, encoding): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let is_by_bytes = matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8");
    if !is_by_bytes || encoding != "UTF8" {
        tracing::warn!(
            collation,
            encoding,
            "lists may be ordered differently; make the database with CREATE DATABASE … TEMPLATE template0 \
             ENCODING 'UTF8' LC_COLLATE 'C'"
        );
    }
    Ok(())
}
