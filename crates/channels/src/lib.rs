//! The outside world: one module each, each with its fake.

pub mod authentication;
pub mod dkim;
pub mod dns;
pub mod imap;
pub mod lmtp;
pub mod oauth2;
pub mod posthog;
pub mod smtp;
pub mod tls;
pub mod webhooks;

/// What became of something sent to the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it.
    Sent {
        /// What it said, for the record.
        response: String,
    },
    /// Not now; the same again later may work.
    Later {
        /// What was in the way, readable by an agent.
        reason: String,
    },
    /// Nobody answers at the other end, or our settings are wrong: it is the same for everything that waits.
    Unreachable {
        /// What was in the way, readable by an agent.
        reason: String,
    },
    /// Nobody wants it: there is nowhere to send it to, and that is how it should be.
    Unwanted {
        /// Why.
        reason: String,
    },
    /// Never, and no other mail either: nobody is there.
    NobodyThere {
        /// What the other side said, readable by an agent.
        reason: String,
    },
    /// Never; trying again is useless until somebody changes something.
    Failed {
        /// What was wrong, readable by an agent.
        reason: String,
    },
}

/// The way mail leaves.
#[derive(Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp(Box<smtp::Smtp>),
    /// Nowhere: the demo's.
    Capture(smtp::Capture),
    /// No mail server is configured: mail waits.
    None,
}

impl Transport {
    /// Sends a mail to one of those it is for, and says what became of it.
    pub async fn send(&self, mail: &mail::Outgoing, to: &str) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail, to).await,
            Self::Capture(capture) => capture.send(mail),
            Self::None => {
                Outcome::Unreachable { reason: "no mail server is configured".to_owned() }
            }
        }
    }
}
