//! Work: the next ticket and who keeps it, what newcomers are given, and the order everything waits in. (ROT-03,
//! ROT-06, ROT-11)

mod areas;
mod next;
mod placing;
mod skips;

pub use areas::{Unfamiliar, unfamiliar};
pub use next::{leases, next};
pub use skips::{count, skip, skips};
pub use store::leases::Lease;
pub use store::skips::{Filter as SkipFilter, Skip};

pub(crate) use areas::limit;
pub(crate) use next::end_lease;
pub(crate) use placing::{begin as place_anew, wake};

/// The kind of the wake-ups that place tickets anew; the subject is the last ticket that was placed.
pub(crate) const SUBJECT: &str = "work";
