//! Waking what has come due, in order, each subject at its own instant.

use desk::{Desk, Error};
use domain::{Actor, Channel, TicketId};
use jiff::Timestamp;

/// Wakes everything due by `until`. With `moving` the demo's clock goes along.
pub(crate) async fn run(desk: &Desk, until: Timestamp, moving: bool) -> Result<(), Error> {
    loop {
        let ctx = desk.ctx(Actor::System, Channel::System);
        let due = desk.read(ctx.clone(), move |tx, _| desk::tickets::due(tx, until, 1)).await?;
        let Some(wakeup) = due.into_iter().next() else { return Ok(()) };
        if moving {
            desk.clock().move_to(wakeup.due_at);
        }
        // Whatever the delay, the decision is made as of the instant it was due.
        let ctx = ctx.at(wakeup.due_at);
        let id = TicketId(wakeup.subject_id);
        let outcome = desk.write(ctx, move |tx, ctx| desk::tickets::wake(tx, ctx, id)).await;
        if let Err(error) = outcome {
            tracing::error!(
                ticket.id = wakeup.subject_id,
                error = &error as &dyn std::error::Error,
                "a wake-up failed; it is put off"
            );
            let ctx = desk.ctx(Actor::System, Channel::System);
            desk.write(ctx, move |tx, ctx| desk::tickets::put_off(tx, ctx, id)).await?;
        }
    }
}
