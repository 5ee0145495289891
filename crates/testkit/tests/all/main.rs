//! The crates together, on both engines: one module for each subject.

mod availability;
mod beside;
mod conditions;
mod corpus;
mod deliveries;
mod digests;
mod figures;
mod files;
mod handovers;
mod identities;
mod mailboxes;
mod notices;
mod office;
mod posthog;
mod replay;
mod reports;
mod rota;
mod rules;
mod search;
mod senders;
mod simulation;
mod undos;
mod webhooks;
mod work;
mod writing;
