//! Waking what has come due, in order, each subject at its own instant.

use desk::{Ctx, Desk, Error};
use domain::{Actor, Channel};
use jiff::Timestamp;

/// How many are woken in one transaction. It is over in some milliseconds, so that nobody who asks waits for it.
const TOGETHER: usize = 32;
/// How many transactions are made before something else has its turn.
const TURN: usize = 16;

/// Wakes what is due by `until`, for one turn. With `moving` the demo's clock goes along. Says whether more may be due.
pub(crate) async fn turn(desk: &Desk, until: Timestamp, moving: bool) -> Result<bool, Error> {
    for _ in 0..TURN {
        let ctx = present(desk, until);
        let woken = desk
            .write(ctx, move |tx, ctx| desk::tickets::wake_some(tx, ctx, until, TOGETHER))
            .await;
        match woken {
            Ok(None) => return Ok(false),
            Ok(Some(last)) if moving => desk.clock().move_to(last),
            Ok(Some(_)) => {}
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "wake-ups failed together; they are tried one by one"
                );
                if !one(desk, until, moving).await? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// The circumstances now. Who tells a story of the past takes its own instants for the present.
fn present(desk: &Desk, until: Timestamp) -> Ctx {
    let ctx = desk.ctx(Actor::System, Channel::System);
    let now = ctx.now.min(until);
    ctx.at(now)
}

/// Wakes everything due by `until`.
pub(crate) async fn run(desk: &Desk, until: Timestamp, moving: bool) -> Result<(), Error> {
    while turn(desk, until, moving).await? {}
    Ok(())
}

/// Wakes the earliest subject alone, and puts it off if it fails, so that it cannot hold up the others.
async fn one(desk: &Desk, until: Timestamp, moving: bool) -> Result<bool, Error> {
    let ctx = desk.ctx(Actor::System, Channel::System);
    let due = desk.read(ctx, move |tx, _| desk::tickets::due(tx, until, 1)).await?;
    let Some(wakeup) = due.into_iter().next() else { return Ok(false) };
    if moving {
        desk.clock().move_to(wakeup.due_at);
    }
    let subject = wakeup.clone();
    let outcome = desk
        .write(present(desk, until), move |tx, ctx| desk::tickets::wake_one(tx, ctx, &subject))
        .await;
    if let Err(error) = outcome {
        tracing::error!(
            subject.kind = wakeup.subject_kind,
            subject.id = wakeup.subject_id,
            error = &error as &dyn std::error::Error,
            "a wake-up failed; it is put off"
        );
        let ctx = desk.ctx(Actor::System, Channel::System);
        desk.write(ctx, move |tx, ctx| desk::tickets::put_off(tx, ctx, &wakeup)).await?;
    }
    Ok(true)
}
