//! Whether a mail is from whom it says, asked of the network before anything is decided about it.
//!
//! A signature of the sender's domain (DKIM) or the address of the server that sent it (SPF), brought together by what that
//! domain asks for (DMARC), proves a sender. A mail that was forwarded has lost both; then the word of a forwarder that is
//! trusted by name counts (ARC). Nothing here fails: what could not be looked up proves nothing.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use mail::{Check, Message, Policy, Session, Trust, Verdict, is_aligned};
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::dmarc::{self, Dmarc};
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::spf::Spf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DmarcResult, DnsError, MX, MessageAuthenticator,
    Parameters, RecordSet, ResolverCache, SpfOutput, SpfResult, Txt,
};

/// Longer nobody waits for name servers.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why mail cannot be checked.
#[derive(Debug, thiserror::Error)]
#[error("the settings for name servers cannot be read: {0}")]
pub struct Error(String);

/// Who looks whether senders are who they say.
pub enum Authenticator {
    /// Nobody. A header that says that the sender's domain disowns the mail is heeded, whoever wrote it.
    Nobody,
    /// The server that takes our mail in, and says so in Authentication-Results under this name. We look, if we can, at
    /// mail that was handed to us past it.
    Server(String, Option<Box<Looking>>),
    /// We.
    Ourselves(Box<Looking>),
}

/// What we look with.
pub struct Looking {
    resolver: MessageAuthenticator,
    /// Records that stand in for name servers, in tests.
    given: Option<Records>,
    forwarders: Vec<String>,
    host: String,
}

impl Authenticator {
    /// Checks by the name servers of this machine. `forwarders` are domains whose word counts about mail they forward,
    /// `host` is our own name.
    ///
    /// # Errors
    ///
    /// When the machine's settings cannot be read.
    pub fn ourselves(forwarders: Vec<String>, host: &str) -> Result<Self, Error> {
        let resolver =
            MessageAuthenticator::new_system_conf().map_err(|error| Error(error.to_string()))?;
        Ok(Self::looking(resolver, None, forwarders, host))
    }

    /// Checks by these TXT records alone; no name server is asked.
    ///
    /// # Errors
    ///
    /// When a resolver cannot be made.
    pub fn with_records(records: Records, forwarders: Vec<String>) -> Result<Self, Error> {
        let nowhere = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default());
        let resolver = nowhere.map_err(|error| Error(error.to_string()))?;
        Ok(Self::looking(resolver, Some(records), forwarders, "localhost"))
    }

    fn looking(
        resolver: MessageAuthenticator,
        given: Option<Records>,
        forwarders: Vec<String>,
        host: &str,
    ) -> Self {
        let forwarders = forwarders.into_iter().map(|one| one.to_ascii_lowercase()).collect();
        Self::Ourselves(Box::new(Looking { resolver, given, forwarders, host: host.to_owned() }))
    }

    /// The word of a server counts, where mail passes it; the rest is looked at as by `self`.
    #[must_use]
    pub fn behind(self, server: String) -> Self {
        match self {
            Self::Ourselves(looking) => Self::Server(server, Some(looking)),
            _ => Self::Server(server, None),
        }
    }

    /// Whether a mail's sender is who they say, and how that is known.
    pub async fn check(&self, raw: &[u8], message: &Message, session: Option<&Session>) -> Trust {
        match self {
            Self::Nobody => Trust::warned_of(message),
            Self::Server(_, looking) if session.is_some_and(|session| session.is_direct) => {
                // Whoever speaks to us himself may have written any header.
                match looking {
                    Some(looking) => looking.found(raw, message, session).await,
                    None => UNPROVED,
                }
            }
            // Who should have looked and did not say so proves nothing.
            Self::Server(name, _) => Trust::told_by(name, message).unwrap_or(UNPROVED),
            Self::Ourselves(looking) => looking.found(raw, message, session).await,
        }
    }
}

/// Nothing ties the mail to its sender.
const UNPROVED: Trust = Trust {
    verdict: Verdict::Unaligned,
    spf: Check::NotChecked,
    dkim: Check::NotChecked,
    dmarc: Check::NotChecked,
    arc: Check::NotChecked,
    policy: Policy::None,
    said_by: None,
};

/// The outcome, or nothing if it panics: a mail that nobody can check is still a mail.
async fn unharmed<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => {
            tracing::error!("a mail could not be checked");
            Poll::Ready(None)
        }
    })
    .await
}

impl Looking {
    async fn found(&self, raw: &[u8], message: &Message, session: Option<&Session>) -> Trust {
        let look = unharmed(self.look(raw, message, session));
        let found = tokio::time::timeout(PATIENCE, look).await;
        let trust = found.ok().flatten().unwrap_or(UNPROVED);
        if session.is_some() || trust.verdict == Verdict::Aligned {
            trust
        } else {
            half(trust, message)
        }
    }

    async fn look(&self, raw: &[u8], message: &Message, session: Option<&Session>) -> Trust {
        let from = message.from.as_ref().map(mail::Address::folded).unwrap_or_default();
        let from = from.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        let Some(parsed) = AuthenticatedMessage::parse(raw) else { return UNPROVED };
        let dkim = self.resolver.verify_dkim(self.asking(&parsed)).await;
        let mail_from = session.map_or("", Session::domain);
        let spf = match session {
            Some(session) => self.spf(session).await,
            None => SpfOutput::new(String::new()).with_result(SpfResult::None),
        };
        let dmarc = DmarcParameters::new(&parsed, &dkim, mail_from, &spf);
        let dmarc = self.resolver.verify_dmarc(self.asking(dmarc)).await;
        let mut trust = Trust {
            spf: session.map_or(Check::NotChecked, |_| of_spf(spf.result())),
            dkim: of_dkim(&dkim, from),
            dmarc: of_dmarc(&dmarc.result()),
            policy: of_policy(dmarc.policy()),
            ..Trust::default()
        };
        trust.verdict = match trust.conclusion() {
            Verdict::Unchecked => Verdict::Unaligned,
            // A domain without a policy still says who may send for it.
            Verdict::Unaligned if trust.spf == Check::Pass && is_aligned(mail_from, from) => {
                Verdict::Aligned
            }
            verdict => verdict,
        };
        if trust.verdict == Verdict::Aligned || parsed.as_headers.is_empty() {
            return trust;
        }
        self.vouched(&parsed, message, trust).await
    }

    async fn spf(&self, session: &Session) -> SpfOutput {
        let sender = SpfParameters::verify_mail_from(
            session.client,
            &session.helo,
            &self.host,
            &session.mail_from,
        );
        self.resolver.verify_spf(self.asking(sender)).await
    }

    /// The same mail as the last forwarder saw it, if that one is trusted and its seal holds.
    async fn vouched(
        &self,
        parsed: &AuthenticatedMessage<'_>,
        message: &Message,
        trust: Trust,
    ) -> Trust {
        let chain = self.resolver.verify_arc(self.asking(parsed)).await;
        let holds = *chain.result() == DkimResult::Pass;
        let arc = if holds { Check::Pass } else { Check::Fail };
        let trust = Trust { arc, ..trust };
        let Some(last) = chain.sets().last().filter(|_| holds) else { return trust };
        let forwarder = last.seal.header.d.to_ascii_lowercase();
        if !self.forwarders.contains(&forwarder) {
            return trust;
        }
        let results = String::from_utf8_lossy(last.results.value);
        let results = results.split_once(';').map_or("", |(_, rest)| rest);
        let seen = Trust::of_results(results, message);
        if seen.verdict == Verdict::Aligned {
            return Trust { arc, said_by: Some(forwarder), ..seen };
        }
        trust
    }

    fn asking<P>(
        &self,
        params: P,
    ) -> Parameters<'_, P, Records, Nothing, Nothing, Nothing, Nothing> {
        let nothing = self.given.as_ref().map(|_| &Nothing);
        Parameters {
            params,
            cache_txt: self.given.as_ref(),
            cache_mx: nothing,
            cache_ptr: nothing,
            cache_ipv4: nothing,
            cache_ipv6: nothing,
        }
    }
}

/// What was found of a mail whose way to us nobody knows, so that SPF could not be looked at: the sender's domain may stand
/// behind it all the same, and disowns nothing. A server on the way that saw it disowned is heeded.
fn half(trust: Trust, message: &Message) -> Trust {
    let warned = Trust::warned_of(message);
    if warned.verdict == Verdict::Disowned {
        return Trust { dkim: trust.dkim, arc: trust.arc, ..warned };
    }
    let dmarc = if trust.dmarc == Check::Fail { Check::NotChecked } else { trust.dmarc };
    Trust { verdict: Verdict::Unaligned, dmarc, policy: Policy::None, ..trust }
}

fn of_spf(result: SpfResult) -> Check {
    match result {
        SpfResult::Pass => Check::Pass,
        SpfResult::Fail | SpfResult::SoftFail => Check::Fail,
        SpfResult::Neutral | SpfResult::None => Check::Absent,
        SpfResult::TempError | SpfResult::PermError => Check::Error,
    }
}

/// The best of the signatures of the domain in From; those of others prove nothing about it.
fn of_dkim(outputs: &[DkimOutput<'_>], from: &str) -> Check {
    let own = outputs.iter().filter(|output| {
        output.signature().is_some_and(|signature| is_aligned(&signature.d.to_lowercase(), from))
    });
    let checks = own.map(|output| match output.result() {
        DkimResult::Pass => Check::Pass,
        DkimResult::Fail(_) | DkimResult::Neutral(_) => Check::Fail,
        DkimResult::TempError(_) | DkimResult::PermError(_) => Check::Error,
        DkimResult::None => Check::Absent,
    });
    let rank = |check: &Check| match check {
        Check::Pass => 3,
        Check::Error => 2,
        Check::Fail => 1,
        Check::Absent | Check::NotChecked => 0,
    };
    checks.max_by_key(rank).unwrap_or(Check::Absent)
}

fn of_dmarc(result: &DmarcResult) -> Check {
    match result {
        DmarcResult::Pass => Check::Pass,
        DmarcResult::Fail(_) => Check::Fail,
        DmarcResult::TempError(_) | DmarcResult::PermError(_) => Check::Error,
        DmarcResult::None => Check::Absent,
    }
}

fn of_policy(policy: dmarc::Policy) -> Policy {
    match policy {
        dmarc::Policy::Reject => Policy::Reject,
        dmarc::Policy::Quarantine => Policy::Quarantine,
        dmarc::Policy::None | dmarc::Policy::Unspecified => Policy::None,
    }
}

/// TXT records that stand in for name servers. What is not among them does not exist.
#[derive(Clone, Default)]
pub struct Records(HashMap<Box<str>, Txt>);

impl Records {
    /// With a record at a name. One that means nothing is left out.
    #[must_use]
    pub fn with(mut self, name: &str, text: &str) -> Self {
        let bytes = text.as_bytes();
        let record = if name.contains("._domainkey.") {
            DomainKey::parse(bytes).map(|key| Txt::DomainKey(Arc::new(key)))
        } else if name.starts_with("_dmarc.") {
            Dmarc::parse(bytes).map(|policy| Txt::Dmarc(Arc::new(policy)))
        } else {
            Spf::parse(bytes).map(|spf| Txt::Spf(Arc::new(spf)))
        };
        if let Ok(record) = record {
            self.0.insert(format!("{}.", name.to_ascii_lowercase()).into(), record);
        }
        self
    }
}

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        let missing = DnsError::RecordNotFound(ResponseCode::NXDomain);
        let missing = Txt::Error(mail_auth::Error::Dns(missing));
        Some(self.0.get(name).cloned().unwrap_or(missing))
    }

    fn remove<Q>(&self, _name: &Q) -> Option<Txt>
    where
        Box<str>: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _name: Box<str>, _value: Txt, _until: Instant) {}
}

/// No other records: no addresses, no mail servers.
struct Nothing;

macro_rules! nothing_of {
    ($($key:ty => $value:ty),+ $(,)?) => {$(
        impl ResolverCache<$key, RecordSet<$value>> for Nothing {
            fn get<Q>(&self, _name: &Q) -> Option<RecordSet<$value>>
            where
                $key: std::borrow::Borrow<Q>,
                Q: std::hash::Hash + Eq + ?Sized,
            {
                let rrset: [$value; 0] = [];
                Some(RecordSet { rrset: rrset.into(), dnssec_status: Default::default() })
            }

            fn remove<Q>(&self, _name: &Q) -> Option<RecordSet<$value>>
            where
                $key: std::borrow::Borrow<Q>,
                Q: std::hash::Hash + Eq + ?Sized,
            {
                None
            }

            fn insert(&self, _name: $key, _value: RecordSet<$value>, _until: Instant) {}
        }
    )+};
}

nothing_of! {
    Box<str> => MX,
    Box<str> => Ipv4Addr,
    Box<str> => Ipv6Addr,
    IpAddr => Box<str>,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Nobody",
            Self::Server(..) => "Server",
            Self::Ourselves(_) => "Ourselves",
        })
    }
}
