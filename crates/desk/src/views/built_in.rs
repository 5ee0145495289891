//! The lists everybody has, as the API tells of them. The pages show the same under the same names.

use domain::{View, ViewFor, ViewId};
use handbook::Amount;
use jiff::Timestamp;

use crate::Ctx;

/// The number of the first view that somebody keeps; smaller ones are built in.
pub const FIRST_KEPT: i64 = 101;

/// Name in addresses, title, and what it holds.
const ALL: [(&str, &str, &str); 10] = [
    ("my-queue", "My queue", "team:mine status<pending order_by:due sort:asc"),
    ("mine", "Mine", "assignee:me status<solved order_by:due sort:asc"),
    ("unassigned", "Unassigned", "assignee:none status<pending order_by:due sort:asc"),
    ("escalated", "Escalated", "is:escalated status<pending order_by:due sort:asc"),
    ("due-soon", "Due soon", ""),
    ("open", "Open", "status<pending order_by:due sort:asc"),
    ("pending", "Pending", "status:pending order_by:updated sort:desc"),
    ("on-hold", "On hold", "status:hold order_by:updated sort:desc"),
    ("solved", "Solved", "status:solved order_by:updated sort:desc"),
    ("all", "All", "order_by:updated sort:desc"),
];

/// All of them, in the order of the navigation. They were always there.
pub fn all(ctx: &Ctx) -> Vec<View> {
    let soon = warning_seconds(ctx) / 60;
    let view = |(id, (slug, title, query)): (i64, (&str, &str, &str))| {
        let query = match slug {
            "due-soon" => format!("due<+{soon}minutes status<pending order_by:due sort:asc"),
            _ => query.to_owned(),
        };
        View {
            id: ViewId(id),
            slug: slug.to_owned(),
            title: title.to_owned(),
            description: None,
            query,
            columns: Vec::new(),
            active: true,
            position: id,
            kept_for: ViewFor::Everybody,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    };
    (1..).zip(ALL).map(view).collect()
}

/// The handbook's first warning, in seconds.
fn warning_seconds(ctx: &Ctx) -> i64 {
    let seconds =
        ctx.handbook.replies.warn_before.iter().filter_map(|target| match target.amount {
            Amount::OpenSeconds(seconds) => Some(seconds),
            Amount::BusinessDays(_) => None,
        });
    seconds.max().unwrap_or(3_600)
}

/// Whether a name in addresses is taken by a list that everybody has, or by a page.
pub(super) fn is_taken(slug: &str) -> bool {
    slug == "new" || ALL.iter().any(|(taken, _, _)| *taken == slug)
}
