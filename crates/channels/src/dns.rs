//! What the world is told about a domain.

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nobody answers questions about names here.
#[derive(Debug, thiserror::Error)]
#[error("no DNS server answers: {0}")]
pub struct Error(String);

/// Asks the DNS servers that the machine is configured with.
pub struct Dns(TokioResolver);

impl Dns {
    /// The machine's own configuration.
    pub fn of_the_machine() -> Result<Self, Error> {
        let wrong = |error: &dyn std::error::Error| Error(error.to_string());
        let builder = TokioResolver::builder_tokio().map_err(|error| wrong(&error))?;
        Ok(Self(builder.build().map_err(|error| wrong(&error))?))
    }

    /// The texts of a name; none if there are none.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, Error> {
        self.ask(name, RecordType::TXT, |data| match data {
            RData::TXT(text) => Some(
                text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect::<String>(),
            ),
            _ => None,
        })
        .await
    }

    /// The servers that take mail for a domain; none if there are none.
    pub async fn mail_servers(&self, domain: &str) -> Result<Vec<String>, Error> {
        self.ask(domain, RecordType::MX, |data| match data {
            RData::MX(mx) => Some(mx.exchange.to_utf8().trim_end_matches('.').to_owned()),
            _ => None,
        })
        .await
    }

    async fn ask(
        &self,
        name: &str,
        kind: RecordType,
        read: impl Fn(&RData) -> Option<String>,
    ) -> Result<Vec<String>, Error> {
        let name = format!("{}.", name.trim_end_matches('.'));
        match tokio::time::timeout(PATIENCE, self.0.lookup(name, kind)).await {
            Ok(Ok(found)) => {
                Ok(found.answers().iter().filter_map(|record| read(&record.data)).collect())
            }
            Ok(Err(error)) if error.is_no_records_found() => Ok(Vec::new()),
            Ok(Err(error)) => Err(Error(error.to_string())),
            Err(_) => Err(Error(format!("nothing came in {} s", PATIENCE.as_secs()))),
        }
    }
}
