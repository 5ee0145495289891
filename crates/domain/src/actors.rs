//! Who does something.

use serde::{Deserialize, Serialize};

use crate::UserId;

/// What a person may do, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Needs help; sees only the own requests.
    EndUser,
    /// Staff without access to tickets.
    Light,
    /// Answers tickets.
    Agent,
    /// Also configures the desk.
    Admin,
}

impl Role {
    /// The word the database stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EndUser => "end_user",
            Self::Light => "light",
            Self::Agent => "agent",
            Self::Admin => "admin",
        }
    }

    /// Whether a public comment by this role is an answer to the customer.
    pub fn answers(self) -> bool {
        matches!(self, Self::Agent | Self::Admin)
    }
}

impl std::str::FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::EndUser, Self::Light, Self::Agent, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(())
    }
}

/// Who acts. Only a person who is an agent can stop a clock. (SLA-05)
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody signed in, or known by an address.
    Person {
        /// Who.
        id: UserId,
        /// As what.
        role: Role,
    },
    /// A rule of the handbook, a trigger or an automation, by name.
    Rule(String),
    /// The desk itself.
    System,
    /// A machine that writes.
    Ai(String),
    /// Nobody we know.
    Anonymous,
}

impl Actor {
    /// The person's id, if it is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Rule(_) | Self::System | Self::Ai(_) | Self::Anonymous => None,
        }
    }

    /// The person's role; everything that is not a person has none.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Person { role, .. } => Some(*role),
            Self::Rule(_) | Self::System | Self::Ai(_) | Self::Anonymous => None,
        }
    }

    /// Whether this is a human agent. (SLA-05)
    pub fn is_agent(&self) -> bool {
        self.role().is_some_and(Role::answers)
    }

    /// Whether this is an admin.
    pub fn is_admin(&self) -> bool {
        self.role() == Some(Role::Admin)
    }

    /// The word for the envelope's actor kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person { .. } => "person",
            Self::Rule(_) => "rule",
            Self::System => "system",
            Self::Ai(_) => "ai",
            Self::Anonymous => "anonymous",
        }
    }

    /// The envelope's actor id: a user's number or a rule's name.
    pub fn label(&self) -> String {
        match self {
            Self::Person { id, .. } => id.to_string(),
            Self::Rule(name) | Self::Ai(name) => name.clone(),
            Self::System | Self::Anonymous => String::new(),
        }
    }
}
