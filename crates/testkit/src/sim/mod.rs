//! The simulation: a made-up company lives through days or years, and every promise is checked on the way.
//!
//! [`simulate`] runs the real use cases on a fresh database of either engine, under a clock of its own. One generator
//! with a seed decides everything, so the same options give the same [`Report::hash`] of the event log, on every
//! machine and on both engines.
//!
//! # Who is there
//!
//! Customers of twelve organizations whose plans change, customers of none, agents in four teams, and three handbooks
//! that replace each other: around the clock on weekdays; office hours with a lunch break and holidays; a week from
//! Sunday to Thursday in a zone of odd minutes with a team that never sleeps. Teams sit in zones whose clocks change at
//! other times, one of them by half an hour. A run begins before one of those changes, in December, or in June.
//!
//! # What happens
//!
//! Requests by form and API (some twice under one key, some with a used key), mails (new, answers by token or by
//! reference, with quotes, late, in another order, copied, automatic, with a stranger's or a made-up token), answers,
//! notes, every status also where there is no way to it, holds on and beyond their bounds, escalations, hand-backs,
//! gradings, levels by hand, moves, assignments, two agents at once, deletions, first words of ours, tickets of our
//! own, answers from an agent's mail program. Some of it at the very instant at which something falls due, a
//! microsecond before, or one after. The worker is now and then behind the people. The machine crashes: the
//! transaction under way is thrown away, and letters that left are not known to have left. It stands still for hours
//! or a month. The mail server says "not now".
//!
//! # What must hold
//!
//! `model` tells the rows a second time without the product's code, over a calendar that looks at every quarter of an
//! hour (`calendar`). After every step the touched ticket must have had exactly the events its case says, at exactly
//! those instants, and stand as the case stands:
//!
//! - the log has no gap, never goes back in time, and adds up to the stored projection;
//! - one current clock at most, counted in open hours only, due when promised and never later; met only by a human
//!   reply in time, missed only after the deadline (SLA, ESC, PR rows);
//! - every timer fires once, at its instant, also after a standstill; warnings never in closed hours; the reminder and
//!   the end of a wait exactly on their day unless the customer wrote before; a hold wakes when it is open (ST rows);
//! - the survey goes out once, to whom a human answered, its span after the stretch of solved and closed began: never
//!   after reopening, and closing by age in between changes nothing (CS rows);
//! - new never returns, closed never changes, what the table does not allow is refused and changes nothing;
//! - a copy of a mail and a repeated request are one effect; a stale change is refused.
//!
//! Whoever gets our letters (`outside`) checks that each was owed, went to the right address, names the right day, came
//! once (after a crash perhaps again, word for word) and holds no word of a note. At the end of each day everything
//! stored and every wake-up is compared; at the very end nothing may be left unsent, and every number of the reports must
//! be the one that a second count of the log gives (`recount`).
//!
//! # A further input
//!
//! One function in `inputs`, `agents` or `mails` that asks the product and the case, one arm that leads to it, and what
//! follows from it in `model`. An event the cases have no word for is compared by replay only.

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
