//! How the ways in and out of a desk stand: what last came by each, and what last failed to leave.

use jiff::Timestamp;
use store::Tx;
use store::outbox::Queued;
use store::page::{Page, Start};

use crate::mailboxes::Mailbox;
use crate::{Act, Ctx, Error, require};

/// Among so many of the newest messages it is looked for the last one by each way.
pub const LOOKED_AT: i64 = 5_000;

/// How everything stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The mailboxes that are fetched.
    pub mailboxes: Vec<Mailbox>,
    /// When customers last wrote, by the way they wrote.
    pub came: Vec<(String, Timestamp)>,
    /// The last delivery that failed, by channel.
    pub failed: Vec<(&'static str, Queued)>,
    /// How much waits to leave, by any channel, and how much failed.
    pub unsent: (i64, i64),
    /// Why nothing leaves, if nothing does.
    pub muted: Option<String>,
    /// How many keys apps sign with.
    pub keys: usize,
    /// How many webhooks are in use.
    pub webhooks: usize,
}

/// Reads it.
///
/// # Errors
///
/// When somebody else than an admin asks.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Standing, Error> {
    require(&ctx.actor, Act::Configure)?;
    let mut failed = Vec::new();
    for channel in ["email", "slack", "posthog", "webhook"] {
        let page = Page { start: Start::Offset(0), size: 1, descending: true };
        let last = store::outbox::page(tx, (Some(channel), Some("failed")), &page)?.pop();
        failed.extend(last.map(|last| (channel, last)));
    }
    let keys = crate::identity::keys::list(tx, ctx)?;
    Ok(Standing {
        mailboxes: crate::mailboxes::account(tx, ctx, 1)?.mailboxes,
        came: store::comments::last_by_way(tx, LOOKED_AT)?,
        failed,
        unsent: (
            crate::deliveries::unsent(tx, "pending")?,
            crate::deliveries::unsent(tx, "failed")?,
        ),
        muted: crate::installation::muted(tx)?.map(|(_, because)| because),
        keys: keys.iter().filter(|key| key.revoked_at.is_none()).count(),
        webhooks: crate::webhooks::list(tx, ctx)?.iter().filter(|one| one.active).count(),
    })
}
