//! Analytics: an event goes to PostHog's capture endpoint, one request each. (CS-05)
//!
//! The event is written elsewhere and has an identifier of its own, by which PostHog knows one that came twice. Here the
//! key is added, which the environment holds and the database does not.

use std::fmt;
use std::time::Duration;

use ureq::Agent;
use ureq::http::StatusCode;

use crate::Outcome;

/// How long one event may take, from connecting to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is looked at.
const MOST_READ: u64 = 4096;

/// Where a key is found by its name.
type Keys = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The way events leave for PostHog.
pub struct Posthog {
    agent: Agent,
    keys: Box<Keys>,
}

impl Posthog {
    /// With keys from wherever `keys` finds them by the name the handbook gives.
    pub fn new(keys: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("answerable")
            .build();
        Self { agent: config.into(), keys: Box::new(keys) }
    }

    /// Sends one event to the instance at `host`, with the key that is kept under `key_name`, and says what became of it.
    pub async fn send(&self, host: &str, key_name: &str, event: &str) -> Outcome {
        let Some(key) = (self.keys)(key_name).filter(|key| !key.is_empty()) else {
            return Outcome::Later { reason: format!("there is no key in {key_name}") };
        };
        let Some(body) = with_key(event, &key) else {
            return Outcome::Failed { reason: "the event is no JSON object".to_owned() };
        };
        let (agent, address) = (self.agent.clone(), capture_of(host));
        let sent = tokio::task::spawn_blocking(move || post(&agent, &address, &body)).await;
        sent.unwrap_or_else(|error| Outcome::Later { reason: error.to_string() })
    }
}

impl fmt::Debug for Posthog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Posthog").finish_non_exhaustive()
    }
}

/// The address events are captured at; a host without a scheme is meant with TLS.
fn capture_of(host: &str) -> String {
    let host = host.trim().trim_end_matches('/');
    let scheme = if host.contains("://") { "" } else { "https://" };
    format!("{scheme}{host}/i/v0/e/")
}

fn with_key(event: &str, key: &str) -> Option<String> {
    let mut event: serde_json::Value = serde_json::from_str(event).ok()?;
    event.as_object_mut()?.insert("api_key".to_owned(), key.into());
    Some(event.to_string())
}

fn post(agent: &Agent, address: &str, body: &str) -> Outcome {
    let asked = agent.post(address).header("content-type", "application/json").send(body);
    let mut answer = match asked {
        Ok(answer) => answer,
        Err(error @ (ureq::Error::BadUri(_) | ureq::Error::Http(_))) => {
            return Outcome::Later { reason: format!("{address} cannot be asked: {error}") };
        }
        Err(error) => return Outcome::Later { reason: error.to_string() },
    };
    let status = answer.status();
    let read = answer.body_mut().with_config().limit(MOST_READ).lossy_utf8(true).read_to_string();
    let said: String = read.unwrap_or_default().chars().take(200).collect();
    let response = format!("{} {}", status.as_u16(), said.trim()).trim_end().to_owned();
    match status {
        _ if status.is_success() => Outcome::Sent { response },
        // These say that the event itself is wrong. Everything else may be another way tomorrow: a wrong key or host too.
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNPROCESSABLE_ENTITY => Outcome::Failed { reason: response },
        _ => Outcome::Later { reason: response },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_an_address_with_or_without_its_scheme() {
        assert_eq!(capture_of("eu.i.posthog.com"), "https://eu.i.posthog.com/i/v0/e/");
        assert_eq!(capture_of("http://127.0.0.1:80/"), "http://127.0.0.1:80/i/v0/e/");
    }

    #[test]
    fn the_key_goes_into_the_event_and_only_there() {
        assert_eq!(
            with_key(r#"{"event":"x"}"#, "k").as_deref(),
            Some(r#"{"api_key":"k","event":"x"}"#)
        );
        assert_eq!(with_key("[]", "k"), None);
    }
}
