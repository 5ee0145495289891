//! Requests to webhooks: one each, with no redirects, little patience, and nowhere into our own network.
//!
//! Where a request may go is looked at on the addresses a name stands for, at the moment it is connected to: a name that
//! first stands for one address and then for another gains nothing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ureq::Agent;
use ureq::config::Config;
use ureq::http::{Request as HttpRequest, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::Outcome;

/// How long one request may take, from looking up the name to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is looked at.
const MOST_READ: u64 = 4096;

/// The way requests leave for webhooks.
pub struct Webhooks {
    agent: Agent,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// The beginning of the answer, or why there was none.
    pub said: String,
    /// What follows for the delivery.
    pub outcome: Outcome,
}

impl Webhooks {
    /// With requests to public addresses, or, where an installation says so, to any.
    pub fn new(allows_private: bool) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent("answerable")
            .build();
        let resolver = Guard { allows_private, inner: DefaultResolver::default() };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), resolver) }
    }

    /// Sends one request, and says what became of it.
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: String,
    ) -> Answer {
        let mut request = HttpRequest::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let has_body = !matches!(method, "GET" | "DELETE");
        let request = match request.body(if has_body { body } else { String::new() }) {
            Ok(request) => request,
            Err(error) => return unanswered(&error.to_string(), false),
        };
        let agent = self.agent.clone();
        let sent = tokio::task::spawn_blocking(move || ask(&agent, request, has_body)).await;
        sent.unwrap_or_else(|error| unanswered(&error.to_string(), true))
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").finish_non_exhaustive()
    }
}

fn unanswered(why: &str, again: bool) -> Answer {
    let reason = why.to_owned();
    let outcome = if again { Outcome::Later { reason } } else { Outcome::Failed { reason } };
    Answer { status: None, said: why.to_owned(), outcome }
}

fn ask(agent: &Agent, request: HttpRequest<String>, has_body: bool) -> Answer {
    let asked = if has_body {
        agent.run(request)
    } else {
        let (parts, _) = request.into_parts();
        agent.run(HttpRequest::from_parts(parts, ()))
    };
    let mut answer = match asked {
        Ok(answer) => answer,
        Err(ureq::Error::Other(error)) if error.is::<Forbidden>() => {
            return unanswered(&error.to_string(), false);
        }
        Err(error @ (ureq::Error::BadUri(_) | ureq::Error::Http(_))) => {
            return unanswered(&error.to_string(), false);
        }
        Err(error) => return unanswered(&error.to_string(), true),
    };
    let status = answer.status();
    let read = answer.body_mut().with_config().limit(MOST_READ).lossy_utf8(true).read_to_string();
    let said = read.unwrap_or_default();
    let code = status.as_u16();
    let reason = format!("{code} {}", said.chars().take(200).collect::<String>().trim());
    let outcome = match code {
        200..=299 => Outcome::Sent { response: reason },
        408 | 409 | 429 | 500..=599 => Outcome::Later { reason },
        _ => Outcome::Failed { reason },
    };
    Answer { status: Some(code), said, outcome }
}

/// A name that stands for an address in our own network.
#[derive(Debug)]
struct Forbidden;

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint is not a public address")
    }
}

impl std::error::Error for Forbidden {}

/// Looks names up, and refuses those that stand for any address that is not public.
#[derive(Debug)]
struct Guard {
    allows_private: bool,
    inner: DefaultResolver,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.allows_private || found.iter().all(|address| is_public(address.ip())) {
            Ok(found)
        } else {
            Err(ureq::Error::Other(Box::new(Forbidden)))
        }
    }
}

/// Whether an address is one of the public network: not this machine, not a network of somebody's own, not a link, not
/// where clouds tell secrets, not many at once.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Only the global unicast part, without what stands for an address of the other sort or for examples.
    (segments[0] & 0xe000) == 0x2000
        && segments[0] != 0x2002
        && !(segments[0] == 0x2001 && (segments[1] < 0x200 || segments[1] == 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for (address, public) in [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("127.0.0.1", false),
            ("10.0.0.1", false),
            ("172.16.9.9", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("192.0.2.1", false),
            ("198.18.0.1", false),
            ("2606:4700::1111", true),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("fc00::1", false),
            ("fd12::1", false),
            ("ff02::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_into_our_own_network() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let webhooks = Webhooks::new(false);
        for host in
            ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"]
        {
            let url = format!("http://{host}:{port}/");
            let answer = webhooks.send("POST", &url, &[], "{}".to_owned()).await;
            assert_eq!(answer.status, None, "{host}: {answer:?}");
            assert!(listener.accept().is_err(), "{host}");
        }
    }
}
