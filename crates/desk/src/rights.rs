//! Who may do what. One function, and what it does not allow is denied.

use domain::{Actor, Role};

use crate::Error;

/// What a door or a use case is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Read what everybody may read: support hours, the request form.
    ReadPublic,
    /// Ask for help.
    OpenRequest,
    /// Say how the help was, with an address that is signed.
    AnswerSurvey,
    /// Say whether a public page was useful.
    JudgePage,
    /// Read and continue one's own requests.
    OwnRequests,
    /// Read tickets, people and organizations.
    ReadDesk,
    /// Answer and change tickets.
    WorkTickets,
    /// Add and change people and organizations.
    ManagePeople,
    /// Change fields, groups, settings; see what only admins see.
    Configure,
}

/// Whether this actor may do this.
pub fn may(actor: &Actor, act: Act) -> bool {
    let at_least = |role: Role| actor.role().is_some_and(|own| own >= role);
    match act {
        Act::ReadPublic | Act::OpenRequest | Act::AnswerSurvey | Act::JudgePage => true,
        Act::OwnRequests => at_least(Role::EndUser),
        Act::ReadDesk | Act::WorkTickets | Act::ManagePeople => match actor {
            Actor::Person { .. } => at_least(Role::Agent),
            Actor::Rule(_) | Actor::System => true,
            Actor::Ai(_) | Actor::Anonymous => false,
        },
        Act::Configure => match actor {
            Actor::Person { .. } => at_least(Role::Admin),
            Actor::System => true,
            Actor::Rule(_) | Actor::Ai(_) | Actor::Anonymous => false,
        },
    }
}

/// Refuses what [`may`] does not allow: 401 for nobody, 403 for somebody.
pub fn require(actor: &Actor, act: Act) -> Result<(), Error> {
    if may(actor, act) {
        Ok(())
    } else if *actor == Actor::Anonymous {
        Err(Error::Unauthenticated)
    } else {
        Err(Error::forbidden())
    }
}
