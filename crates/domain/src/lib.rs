//! Tickets and everything decided about them. Pure: no SQL, no HTTP, no wall clock, no randomness.
//!
//! A [`Ticket`] is the [fold](Ticket::fold) of its [`Event`]s. [`decide()`] looks at a ticket, a [`Command`], the
//! [`Facts`] and the handbook, and says which events follow, or why none may. Nothing else changes a ticket.

pub mod actions;
mod actors;
mod clocks;
pub mod conditions;
mod decide;
pub mod digests;
mod events;
mod facts;
pub mod handovers;
mod ids;
pub mod looks;
mod macros;
mod metrics;
pub mod notices;
mod people;
pub mod placeholders;
mod promises;
pub mod questions;
mod refusals;
pub mod replay;
pub mod reports;
pub mod rota;
pub mod rules;
pub mod search;
mod status;
mod surveys;
mod tickets;
pub mod undoing;
mod views;
pub mod webhooks;
pub mod words;
pub mod work;

pub use actors::{Actor, Role};
pub use clocks::{Clock, ClockKind, ClockState, Timer, TimerKind};
pub use decide::{
    Author, Brought, ByHand, Changes, Command, CustomChange, Decided, NewComment, Opening, decide,
};
pub use events::{Applied, Effect, Envelope, Event, Opened, Started, Telling, UnknownEvent};
pub use facts::{Candidate, Facts, Provenance, RuleFacts, TeamRef};
pub use ids::{
    AnswerId, AuditId, BrandId, CommentId, DeliveryId, EventId, FieldId, IdentityId, MacroId,
    MembershipId, NoticeId, OrganizationId, QuestionId, RuleId, ShiftId, TeamId, TicketId, TokenId,
    UserId, ViewId, WebhookId,
};
pub use macros::Macro;
pub use metrics::{Metrics, Span};
pub use people::{
    Claimed, ClaimedOrganization, Field, FieldOption, Identity, Membership, Organization, Team,
    User, fold,
};
pub use promises::{Promise, Reader};
pub use refusals::Refusal;
pub use status::{Cause, Channel, Kind, Severity, Status};
pub use surveys::{NoRating, Owners, Rating, Survey, SurveyAnswer, Unasked};
pub use tickets::{Answered, Aside, Escalation, Merged, Override, TakenIn, Ticket};
pub use views::{View, ViewFor, slug};

pub use handbook::Level;
