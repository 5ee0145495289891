//! A type for each kind of id, so that a team can never be taken for a ticket.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A ticket's number, shown to everybody and never used twice. (D-31)
    TicketId
    /// One comment; from the same sequence as [`EventId`].
    CommentId
    /// One event in a ticket's log.
    EventId
    /// One change set: all events of one command.
    AuditId
    /// A person: agent or end user.
    UserId
    /// One address of a person.
    IdentityId
    /// A customer's organization.
    OrganizationId
    /// A person's place in an organization or a team.
    MembershipId
    /// A team; the API calls it group.
    TeamId
    /// A ticket field.
    FieldId
    /// A brand under which the company answers.
    BrandId
    /// One outgoing effect in the outbox.
    DeliveryId
    /// An override, a swap or an absence of a rota.
    ShiftId
    /// Something somebody is told.
    NoticeId
    /// An API token.
    TokenId
    /// A list that is kept.
    ViewId
    /// A public question.
    QuestionId
    /// An answer to one.
    AnswerId
    /// A macro.
    MacroId
    /// A trigger or an automation.
    RuleId
    /// A webhook.
    WebhookId
}
