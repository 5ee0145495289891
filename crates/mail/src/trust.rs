//! Whether a mail is from whom it says.
//!
//! Two ways lead to a verdict: we check ourselves (SPF, DKIM, DMARC, ARC; that needs the network and is not done here),
//! or the server that took the mail in did and wrote it down in Authentication-Results. Such a header counts only when
//! it names the one server that the configuration trusts: anybody can write one.

use crate::message::Message;

/// What became of one method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Check {
    /// Nobody looked.
    #[default]
    NotChecked,
    /// There was nothing to look at: no signature, no record.
    Absent,
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It could not be looked at now, or is not well-formed.
    Error,
}

impl Check {
    /// As Authentication-Results spells it; nothing where nobody looked.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotChecked => "",
            Self::Absent => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    fn read(word: &str) -> Self {
        match word {
            "pass" => Self::Pass,
            "fail" | "hardfail" | "softfail" | "policy" => Self::Fail,
            "none" | "neutral" => Self::Absent,
            _ => Self::Error,
        }
    }
}

/// What the sender's domain asks to be done with mail that it disowns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// Nothing, or nothing is known.
    #[default]
    None,
    /// To be careful with it.
    Quarantine,
    /// To refuse it.
    Reject,
}

/// Whether the sender's address is proved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody looked, so nothing speaks for it or against it.
    #[default]
    Unchecked,
    /// The domain in From stands behind the mail.
    Aligned,
    /// Nothing ties the mail to the domain in From.
    Unaligned,
    /// The domain in From disowns the mail.
    Disowned,
}

/// Everything known about where a mail comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The end of it.
    pub verdict: Verdict,
    /// Whether the server that sent it may send for the envelope's domain.
    pub spf: Check,
    /// Whether a signature of the domain in From holds.
    pub dkim: Check,
    /// Whether either of both is aligned with From, as its domain asks.
    pub dmarc: Check,
    /// Whether a forwarder we trust vouches for it.
    pub arc: Check,
    /// What the domain in From asks for.
    pub policy: Policy,
    /// The server or the forwarder whose word this is, if it is not ours.
    pub said_by: Option<String>,
}

impl Trust {
    /// Whether an act that needs a known sender may rest on it: nothing less than a proof will do.
    pub fn is_proved(&self) -> bool {
        self.verdict == Verdict::Aligned
    }

    /// Whether the sender may be taken for whom they say where no proof is asked for.
    pub fn is_believable(&self) -> bool {
        matches!(self.verdict, Verdict::Unchecked | Verdict::Aligned)
    }

    /// Whether the sender's domain asks to refuse this.
    pub fn is_to_be_refused(&self) -> bool {
        self.verdict == Verdict::Disowned && self.policy == Policy::Reject
    }

    /// The verdict of the server that took the mail in, if it is the one trusted. Only its topmost header counts: what
    /// lies below was there before.
    pub fn told_by(server: &str, message: &Message) -> Option<Self> {
        let domain = domain(message)?;
        let found = message.authentication_results.iter().find_map(|header| {
            let (id, rest) = header.split_once(';')?;
            let id = id.split_whitespace().next()?;
            id.eq_ignore_ascii_case(server).then_some(rest)
        })?;
        Some(Self { said_by: Some(server.to_owned()), ..Self::read(found, &domain) })
    }

    /// Where no server is trusted: whether any says that the domain in From disowns the mail. Nobody writes that about
    /// a mail of their own.
    pub fn warned_of(message: &Message) -> Self {
        let Some(domain) = domain(message) else { return Self::default() };
        let disowned = message.authentication_results.iter().find_map(|header| {
            let (id, rest) = header.split_once(';')?;
            let trust = Self::read(rest, &domain);
            let server = id.split_whitespace().next().unwrap_or_default().to_owned();
            (trust.dmarc == Check::Fail).then_some(Self { said_by: Some(server), ..trust })
        });
        // The word alone is not proof enough to suspend anything.
        disowned.map(|trust| Self { policy: Policy::None, ..trust }).unwrap_or_default()
    }

    /// What some results (`dkim=pass header.d=…; dmarc=pass`) say about this mail.
    pub fn of_results(results: &str, message: &Message) -> Self {
        domain(message).map(|domain| Self::read(results, &domain)).unwrap_or_default()
    }

    fn read(results: &str, from_domain: &str) -> Self {
        let mut trust = Self::default();
        for result in results.split(';').take(50) {
            let result = result.to_ascii_lowercase();
            let mut words = result.split_whitespace();
            let Some((method, word)) = words.next().and_then(|first| first.split_once('=')) else {
                continue;
            };
            let check = Check::read(word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()));
            match method {
                "spf" => trust.spf = check,
                "arc" => trust.arc = check,
                "dmarc" => {
                    trust.dmarc = check;
                    if result.contains("p=reject") || result.contains("policy=reject") {
                        trust.policy = Policy::Reject;
                    } else if result.contains("p=quarantine") {
                        trust.policy = Policy::Quarantine;
                    }
                }
                "dkim" => {
                    let signer = words.find_map(|word| {
                        let value = word.strip_prefix("header.d=");
                        value.or_else(|| word.strip_prefix("header.i=")?.rsplit('@').next())
                    });
                    let own = signer.is_some_and(|signer| is_aligned(signer, from_domain));
                    // The best of several signatures counts, and only one of the domain itself.
                    if own && check == Check::Pass {
                        trust.dkim = Check::Pass;
                    } else if trust.dkim != Check::Pass {
                        trust.dkim = if check == Check::Pass { Check::Absent } else { check };
                    }
                }
                _ => {}
            }
        }
        trust.verdict = trust.conclusion();
        trust
    }

    /// What the methods come to.
    pub fn conclusion(&self) -> Verdict {
        match (self.dmarc, self.dkim) {
            (Check::Pass, _) => Verdict::Aligned,
            (Check::Fail, _) => Verdict::Disowned,
            // A domain without a policy of its own may still sign.
            (_, Check::Pass) => Verdict::Aligned,
            (Check::NotChecked, Check::NotChecked) if self.spf == Check::NotChecked => {
                Verdict::Unchecked
            }
            _ => Verdict::Unaligned,
        }
    }
}

fn domain(message: &Message) -> Option<String> {
    let from = message.from.as_ref()?.folded();
    from.rsplit_once('@').map(|(_, domain)| domain.to_owned())
}

/// Whether a signer's domain is the sender's, or one above it. One below it is not enough: many a domain lends names below
/// itself to strangers.
pub fn is_aligned(signer: &str, from_domain: &str) -> bool {
    let rest = from_domain.strip_suffix(signer);
    signer.contains('.') && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn message(results: &[&str]) -> Message {
        let results = results.iter().map(|one| format!("Authentication-Results: {one}\r\n"));
        let head: String = results.collect();
        parse(
            format!("{head}From: Dana <dana@fernlight.test>\r\nSubject: x\r\n\r\nHi\r\n")
                .as_bytes(),
        )
    }

    /// CH-03
    #[test]
    fn only_the_trusted_server_is_listened_to() {
        let forged = message(&["mx.evil.test; dmarc=pass header.from=fernlight.test"]);
        assert_eq!(Trust::told_by("mx.acme.test", &forged), None);

        let told = message(&["mx.acme.test; dmarc=pass header.from=fernlight.test; spf=pass"]);
        let trust = Trust::told_by("mx.acme.test", &told).unwrap();
        assert_eq!((trust.verdict, trust.spf), (Verdict::Aligned, Check::Pass));
        assert!(trust.is_proved());
    }

    /// CH-03: a sender's own header stands below that of the server
    #[test]
    fn the_topmost_header_of_the_trusted_server_counts() {
        let mail = message(&["mx.acme.test; dmarc=fail (p=reject)", "mx.acme.test; dmarc=pass"]);

        let trust = Trust::told_by("mx.acme.test", &mail).unwrap();

        assert_eq!(trust.verdict, Verdict::Disowned);
        assert!(trust.is_to_be_refused());
    }

    /// CH-03
    #[test]
    fn a_signature_of_another_domain_proves_nothing() {
        let read = |result: &str| {
            Trust::told_by("mx", &message(&[&format!("mx; {result}")])).unwrap().verdict
        };

        assert_eq!(read("dkim=pass header.d=evil.test"), Verdict::Unaligned);
        assert_eq!(read("dkim=pass header.d=fernlight.test"), Verdict::Aligned);
        assert_eq!(read("dkim=pass header.i=@fernlight.test"), Verdict::Aligned);
        assert_eq!(read("dkim=pass header.d=test"), Verdict::Unaligned);
        assert_eq!(read("dkim=pass header.d=shop.fernlight.test"), Verdict::Unaligned);
        assert_eq!(read("dkim=pass header.d=nlight.test"), Verdict::Unaligned);
        assert_eq!(
            read("dkim=fail header.d=fernlight.test; dkim=pass header.d=evil.test"),
            Verdict::Unaligned
        );
        assert_eq!(read("none"), Verdict::Unchecked);
    }

    /// CH-03
    #[test]
    fn a_warning_is_heeded_whoever_gives_it_and_suspends_nothing() {
        let trust = Trust::warned_of(&message(&["mx.any.test; dmarc=fail (p=reject dis=none)"]));
        assert!(!trust.is_believable() && !trust.is_to_be_refused());
        assert_eq!(trust.said_by.as_deref(), Some("mx.any.test"));

        assert_eq!(Trust::warned_of(&message(&["mx.any.test; dmarc=pass"])), Trust::default());
        assert!(Trust::default().is_believable() && !Trust::default().is_proved());
    }
}
