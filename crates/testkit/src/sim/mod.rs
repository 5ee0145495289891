//! The simulation: a made-up company lives through days or years, and every promise is checked on the way.

mod agents;
mod broken;
mod calendar;
mod checks;
mod company;
mod dice;
mod inputs;
mod machine;
mod mails;
mod model;
mod outside;
mod policy;
mod run;
mod world;

pub use broken::Broken;
pub use run::{Options, Report, simulate};
