//! Connections to servers outside, as TLS wants them: one set of roots, one provider.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Bytes in both directions, whatever carries them.
pub(crate) trait Wire: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin> Wire for T {}

/// A connection over TCP, with TLS or without.
pub(crate) type Stream = Box<dyn Wire>;

/// Why there is no secure connection.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of certificates cannot be used.
    #[error("the certificates in {0} cannot be read")]
    Roots(String),
    /// The name is not one a certificate can be for.
    #[error("{0} is not the name of a server")]
    Name(String),
    /// TLS was refused, or the certificate is wrong.
    #[error("no secure connection: {0}")]
    Handshake(std::io::Error),
}

/// Speaks TLS over a connection, with the well-known roots or those in a file.
pub(crate) async fn secure(
    stream: TcpStream,
    host: &str,
    roots: Option<&Path>,
) -> Result<Stream, Error> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::Name(host.to_owned()))?;
    let connector = TlsConnector::from(Arc::new(config(roots)?));
    let stream = connector.connect(name, stream).await.map_err(Error::Handshake)?;
    Ok(Box::new(stream))
}

fn config(roots: Option<&Path>) -> Result<ClientConfig, Error> {
    let mut store = RootCertStore::empty();
    match roots {
        None => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let wrong = || Error::Roots(path.display().to_string());
            let file = CertificateDer::pem_file_iter(path).map_err(|_| wrong())?;
            for certificate in file {
                store.add(certificate.map_err(|_| wrong())?).map_err(|_| wrong())?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows the usual versions");
    Ok(builder.with_root_certificates(store).with_no_client_auth())
}
