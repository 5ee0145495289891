//! Tickets: open, update, wake, escalate, read. One file per ability.

mod append;
pub mod beside;
mod bounce;
mod command;
mod escalate;
mod explain;
mod merge;
mod open;
mod read;
mod reapply;
mod situation;
mod spam;
mod split;
mod update;
mod wake;

pub use append::Done;
pub use escalate::{deescalate, escalate};
pub use explain::{Explained, explain};
pub use merge::{Said, can_merge, merge, resolve, unmerge};
pub use open::{CustomValue, NewTicket, Person, open};
pub use read::{
    ChangeSet, Listed, audits, clocks, comments, comments_by_id, count, count_all, count_comments,
    count_own, count_own_comments, deliveries, events, field_values, key, list, many, own,
    own_comments, show, show_own, versions, view_counts, whole,
};
pub use reapply::reapply;
pub use spam::{mark_spam, unmark_spam};
pub use split::split;
pub use store::comments::Comment;
pub use store::outbox::Queued;
pub use store::tickets::{Filter, Order, Stored};
pub use update::{Reply, Update, delete, issue_in, update};
pub use wake::{Woken, due, next_due, put_off, reconsider_organization, wake, wake_one, wake_some};

pub(crate) use bounce::{refused, reported};
pub(crate) use situation::reader as reader_of;

/// The ticket with everything done that had come due before now.
pub(crate) fn fresh(
    tx: &mut store::Tx<'_>,
    ctx: &crate::Ctx,
    id: domain::TicketId,
) -> Result<Stored, crate::Error> {
    update::lock(tx, ctx, id)
}
