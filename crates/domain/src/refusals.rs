//! Why a command may not happen.

use jiff::Timestamp;

use crate::Status;

/// A command that the rules refuse. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Closed is final; a follow-up is the way on. (ST-06)
    #[error("a closed ticket does not change; open a follow-up")]
    Closed,
    /// The status table has no such arrow.
    #[error("{from} does not become {to}; it can become {}", words(Status::after(*.from)))]
    Transition {
        /// The status it has.
        from: Status,
        /// The status asked for.
        to: Status,
    },
    /// On hold needs a day to come back.
    #[error("on hold needs hold_until, a day from {earliest} to {latest}")]
    HoldWithoutDate {
        /// First allowed instant.
        earliest: Timestamp,
        /// Last allowed instant.
        latest: Timestamp,
    },
    /// Too early, too late, or too often. (ST-04)
    #[error("on hold is for a day from {earliest} to {latest}; for less leave it pending")]
    HoldOutOfBounds {
        /// First allowed instant.
        earliest: Timestamp,
        /// Last allowed instant.
        latest: Timestamp,
    },
    /// Held for longer than the handbook allows in total. (ST-04)
    #[error("it has been on hold for too long in total; an admin can hold it again")]
    HeldTooLong,
    /// A level by hand ends after now. (PR-11)
    #[error("a level by hand cannot end at {until}, for that has passed")]
    EndsInThePast {
        /// The end that was asked for.
        until: Timestamp,
    },
    /// The assignee is not in the ticket's team.
    #[error("the assignee is not a member of the ticket's team")]
    AssigneeNotInTeam,
    /// The handbook or the desk has no such team.
    #[error("there is no such team")]
    UnknownTeam,
    /// A promise that nobody made, or that was kept, is not taken back. (PR-06)
    #[error("nothing is promised at present")]
    NothingPromised,
    /// Escalation goes to another team. (ESC-02)
    #[error("escalation goes to another team")]
    EscalationWithinTeam,
    /// It is not escalated, so it cannot be handed back.
    #[error("the ticket is not escalated")]
    NotEscalated,
    /// Two tickets are merged, not one. (ST-10)
    #[error("a ticket cannot be merged into itself")]
    MergeWithItself,
    /// It was not merged, so there is nothing to undo. (ST-10)
    #[error("the ticket is not merged into another one")]
    NotMerged,
    /// What is no request takes nothing in. (SLA-12)
    #[error("the ticket is marked as spam; unmark it first")]
    Spam,
    /// What was never solved cannot be rated.
    #[error("only a ticket that is or was solved can be rated")]
    NeverSolved,
    /// A rating may be changed for some days only. (CS-07)
    #[error("the rating could be changed until {until}")]
    RatingSettled {
        /// The last instant.
        until: Timestamp,
    },
    /// A done ticket is reopened before it is escalated.
    #[error("the ticket is {0}; reopen it first")]
    Done(Status),
}

fn words(statuses: &[Status]) -> String {
    statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>().join(", ")
}
