//! The outside world: one module each, each with its fake.

pub mod authentication;
pub mod smtp;

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
    Smtp(smtp::Smtp),
    /// Nowhere: the demo's.
    Capture(smtp::Capture),
    /// No mail server is configured: mail waits.
    None,
}

impl Transport {
    /// Sends one mail and says what became of it.
    pub async fn send(&self, mail: &mail::Outgoing) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Capture(capture) => capture.send(mail),
            Self::None => Outcome::Later { reason: "no mail server is configured".to_owned() },
        }
    }
}
