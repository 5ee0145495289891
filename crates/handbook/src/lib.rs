//! The policy file: parse, check, evaluate, explain. Pure: no clock, no network, no database.
//!
//! A [`Handbook`] is made by [`Handbook::parse`] and never changes afterwards. Everything it decides comes with its
//! reasons: [`Handbook::decide_priority`] lists the rules tried, [`Handbook::route`] says why a team was chosen, and
//! [`Calendar::add`] returns the walk over the calendar beside the instant.

mod calendar;
mod channels;
mod facts;
mod file;
mod heroes;
mod nearest;
mod priorities;
mod routes;
mod rules;
mod targets;
mod work;

pub use calendar::{Calendar, Range, Step, Walk};
pub use channels::{Channel, Eligibility};
pub use facts::{Fact, Facts, OrganizationFacts, RequesterFacts, TicketFacts};
pub use file::{
    AllowedAreas, Area, Availability, Company, Contacts, Csat, Digest, Fields, Freshness, Handbook,
    Handover, Hero, Hold, Lifecycle, OpenWork, Person, Posthog, Problem, Problems, Replies,
    Reports, Team,
};
pub use heroes::Holder;
pub use priorities::{Level, Priority, PriorityDecision, Rule, Tried, UnknownLevel};
pub use routes::Route;
pub use targets::{Amount, Target};
pub use work::{Condition, Work};
