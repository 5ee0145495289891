//! Tickets: open, update, wake, escalate, read. One file per ability.

mod append;
mod belong;
pub mod beside;
mod bounce;
mod changed;
mod command;
mod escalate;
mod explain;
mod merge;
mod metrics;
mod open;
mod own;
mod read;
mod reapply;
mod situation;
mod spam;
mod split;
mod take_back;
mod update;
mod wake;

pub use append::Done;
pub use belong::reconsider_organization;
pub use changed::{Thing, changed};
pub use escalate::{deescalate, escalate, escalation_words, withdraw_promise};
pub use explain::{Explained, explain};
pub use merge::{Said, can_merge, merge, resolve, unmerge};
pub use metrics::metrics;
pub use open::{CustomValue, NewTicket, Person, Speaks, open};
pub use own::{
    Own, answered_at, count_own, count_own_comments, own, own_comment, own_comments, search_own,
    show_own,
};
pub use read::{
    ChangeSet, Listed, audits, clocks, comments, comments_by_id, count, count_all, count_comments,
    events, field_values, key, list, many, recent, show, tags_with, versions, view_counts, whole,
};
pub use reapply::reapply;
pub use spam::{mark_spam, unmark_spam};
pub use split::split;
pub use store::comments::Comment;
pub use store::outbox::Queued;
pub use store::tickets::{Filter, Order, Stored};
pub(crate) use take_back::untell;
pub use take_back::{TakenBack, leaving, take_back};
pub use update::{Reply, Update, delete, issue_in, update};
pub use wake::{Woken, due, next_due, put_off, wake, wake_one, wake_some};

pub(crate) use append::save;
pub(crate) use belong::{leave_organization, leave_team, reconsider_domains, reconsider_person};
pub(crate) use bounce::{arrived, bounced, reported};
pub(crate) use command::run;
pub(crate) use read::listed;
pub(crate) use situation::{candidate, of_ticket as facts_of, reader as reader_of};

/// The ticket, locked, with everything done that had come due before now, and the circumstances as of now.
pub(crate) fn fresh(
    tx: &mut store::Tx<'_>,
    ctx: &crate::Ctx,
    id: domain::TicketId,
) -> Result<(Stored, crate::Ctx), crate::Error> {
    update::lock(tx, ctx, id)
}
